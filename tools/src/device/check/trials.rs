//! A trial is one promise of the device interface, put to the test.

use std::fmt;
use std::time::{Duration, Instant};

use crosspike::device::{Columns, DeviceFault, Kind};
use crosspike::scenario::ParameterValue;
use crosspike_device::abi;

use super::bench::{Answer, Bench, COUNT};
use super::made;
use crate::device::state::State;

/// What a trial has found.
#[derive(Debug)]
pub(super) enum Verdict {
    Pass,
    /// And why not.
    NotApplicable(&'static str),
    /// What was found and expected.
    Fail(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Pass => f.write_str("pass"),
            Verdict::NotApplicable(why) => write!(f, "not applicable: {why}"),
            // A verdict is one line.
            Verdict::Fail(found) => f.write_str(&found.replace('\n', " ")),
        }
    }
}

/// A trial by its name, the promise in words, and how it is tried.
pub(super) struct Trial {
    pub(super) name: &'static str,
    pub(super) promise: &'static str,
    pub(super) run: fn(&Bench) -> Verdict,
}

/// What a trial finds on its way: a fault, or a broken promise.
struct Broken(String);

impl From<DeviceFault> for Broken {
    fn from(fault: DeviceFault) -> Broken {
        Broken(fault.to_string())
    }
}

type Found = Result<(), Broken>;

macro_rules! trials {
    ($($name:ident: $promise:literal,)+) => {
        /// All trials, in their order.
        pub(super) const TRIALS: &[Trial] = &[$(Trial {
            name: stringify!($name),
            promise: $promise,
            run: |bench| match $name(bench) {
                Ok(verdict) => verdict,
                Err(Broken(found)) => Verdict::Fail(found),
            },
        }),+];
    };
}

trials! {
    conductances: "cells take the conductance nearest to what is asked for",
    walls: "nothing is written beyond the given cells",
    reads: "reads leave the state as it is",
    no_change: "an increment of 0 changes nothing",
    direction: "an increment moves a conductance its own way",
    batches: "a cell does not depend on the others of its batch",
    repeats: "equal calls give equal bits, on any device of these parameters",
    threads: "calls on different cells run at the same time",
    slopes: "slopes are the derivatives of the currents",
    linear: "a linear model is linear",
    odd: "an odd model is odd",
    monotone: "currents of a monotone model never fall",
    at_rest: "at 0 V only volatile models move",
    chance: "only stochastic models use random numbers",
    durations: "parts of a duration lead where the whole does",
    noise: "the noise of reads is 0 or more",
    own_values: "cells may have values of their own",
    parameters: "parameters at the ends of their ranges are taken or refused",
    extremes: "huge, tiny and absurd inputs are answered or refused",
    float_control: "the floating-point control stays as it is",
}

fn fail<T>(text: String) -> Result<T, Broken> {
    Err(Broken(text))
}

fn pass(found: Found) -> Result<Verdict, Broken> {
    found.map(|()| Verdict::Pass)
}

/// The first place at which two lists of bits differ.
fn same(what: &str, one: &[u64], other: &[u64]) -> Found {
    match one.iter().zip(other).position(|(one, other)| one != other) {
        None => Ok(()),
        Some(place) => {
            let [one, other] = [one[place], other[place]].map(f64::from_bits);
            fail(format!("{what}: {one:e} and {other:e} at cell {}", place % COUNT))
        }
    }
}

fn has(bench: &Bench, capability: u64) -> bool {
    bench.model.capabilities() & capability != 0
}

/// Advances all cells.
fn advance(bench: &Bench, state: &mut State, volts: &[f64], seconds: f64, number: u64) -> Found {
    let all = bench.draws(bench.device.advance_draws(), number);
    // A part of the cells takes the draws of its first ones.
    let draws: Vec<f64> = all.chunks(COUNT).flat_map(|draws| &draws[..state.count]).copied().collect();
    let volts = &volts[..state.count];
    bench.device.advance(state.cells(), volts, seconds, &draws)?;
    Ok(())
}

fn conductances(bench: &Bench) -> Result<Verdict, Broken> {
    let (low, high) = bench.device.range();
    let mut state = bench.cells()?;
    let once = bench.conductances(&mut state)?;
    let mut again = State::new(bench.device.state_count(), COUNT);
    let draws = bench.draws(bench.device.initial_draws(), 0);
    bench.device.initial_state(again.cells(), &once, &draws)?;
    let twice = bench.conductances(&mut again)?;
    let tolerance = 1e-6 * (high - low);
    for (cell, (once, twice)) in once.iter().zip(&twice).enumerate() {
        if (once - twice).abs() > tolerance {
            return fail(format!("cell {cell}: its own conductance of {once:e} S gives {twice:e} S"));
        }
        let target = bench.targets()[cell];
        if !has(bench, abi::HAS_LEVELS) && (once - target).abs() > 1e-2 * (high - low) {
            return fail(format!("cell {cell}: {target:e} S gives {once:e} S, without levels"));
        }
    }
    Ok(Verdict::Pass)
}

fn walls(bench: &Bench) -> Result<Verdict, Broken> {
    let mut state = bench.cells()?;
    let draws = bench.draws(bench.device.increment_draws(), 1);
    bench.device.increment(state.cells(), &bench.targets(), &draws)?;
    let (mut current, mut slope) = (Answer::new(), Answer::new());
    for volts in bench.pulse_volts() {
        advance(bench, &mut state, &volts, 1e-8, 2)?;
    }
    let volts = vec![bench.read_volts()[6]; COUNT];
    bench.device.current(state.cells(), &volts, current.room(), Some(slope.room()))?;
    let mut out = Answer::new();
    bench.device.conductance(state.cells(), out.room())?;
    match (state.walls_stand(), current.walls_stand() && slope.walls_stand() && out.walls_stand()) {
        (false, _) => fail("a number beside the state of the cells was overwritten".into()),
        (_, false) => fail("a number beside the room for an answer was overwritten".into()),
        _ => Ok(Verdict::Pass),
    }
}

fn reads(bench: &Bench) -> Result<Verdict, Broken> {
    let mut state = bench.cells()?;
    let before = state.bits();
    let mut out = vec![0.0; COUNT];
    for volt in bench.read_volts() {
        let volts = vec![volt; COUNT];
        bench.device.current(state.cells(), &volts, &mut out, None)?;
        bench.device.read_noise(state.cells(), &volts, &mut out)?;
        bench.device.time_to_next_level(state.cells(), &volts, &mut out)?;
    }
    bench.conductances(&mut state)?;
    pass(same("the state before and after reads", &before, &state.bits()))
}

fn no_change(bench: &Bench) -> Result<Verdict, Broken> {
    let mut state = bench.cells()?;
    advance(bench, &mut state, &[0.8; COUNT], 1e-7, 3)?;
    let before = state.bits();
    let draws = bench.draws(bench.device.increment_draws(), 4);
    bench.device.increment(state.cells(), &[0.0; COUNT], &draws)?;
    pass(same("the state before and after an increment of 0", &before, &state.bits()))
}

/// A little of everything that changes a state.
fn life(bench: &Bench, state: &mut State, first: usize) -> Found {
    let count = state.count;
    let part = |all: &[f64]| -> Vec<f64> {
        all.chunks(COUNT).flat_map(|draws| &draws[first..first + count]).copied().collect()
    };
    let (low, high) = bench.device.range();
    let change: Vec<f64> = (0..COUNT).map(|cell| (cell as f64 - 30.0) * 1e-3 * (high - low)).collect();
    let draws = part(&bench.draws(bench.device.increment_draws(), 5));
    bench.device.increment(state.cells(), &change[first..first + count], &draws)?;
    for (number, volts) in (6..).zip(bench.pulse_volts()) {
        let draws = part(&bench.draws(bench.device.advance_draws(), number));
        bench.device.advance(state.cells(), &volts[first..first + count], 1e-7, &draws)?;
    }
    Ok(())
}

fn direction(bench: &Bench) -> Result<Verdict, Broken> {
    let (low, high) = bench.device.range();
    // As far as the device can, from everywhere: beyond its range, too.
    for part in [-3.0, -0.4, 0.4, 3.0] {
        let mut state = bench.cells()?;
        let before = bench.conductances(&mut state)?;
        let change = part * high;
        let draws = bench.draws(bench.device.increment_draws(), 1);
        bench.device.increment(state.cells(), &[change; COUNT], &draws)?;
        let after = bench.conductances(&mut state)?;
        let tolerance = 1e-9 * (high - low);
        let wrong = |cell: &usize| (after[*cell] - before[*cell]) * part.signum() < -tolerance;
        if let Some(cell) = (0..COUNT).find(wrong) {
            let (from, to) = (before[cell], after[cell]);
            return fail(format!(
                "an increment of {change:e} S leads from {from:e} S to {to:e} S at cell {cell}"
            ));
        }
    }
    Ok(Verdict::Pass)
}

fn batches(bench: &Bench) -> Result<Verdict, Broken> {
    let mut whole = bench.cells()?;
    let before = whole.copy();
    life(bench, &mut whole, 0)?;
    let volts = vec![bench.read_volts()[5]; COUNT];
    let mut currents = vec![0.0; COUNT];
    bench.device.current(whole.cells(), &volts, &mut currents, None)?;
    for first in (0..COUNT).step_by(8) {
        let mut group = before.part(first, 8);
        life(bench, &mut group, first)?;
        same("a cell in a batch of 64 and in one of 8", &whole.part(first, 8).bits(), &group.bits())?;
        let mut current = vec![0.0; 8];
        bench.device.current(group.cells(), &volts[..8], &mut current, None)?;
        let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        same(
            "a current in a batch of 64 and in one of 8",
            &bits(&currents[first..first + 8]),
            &bits(&current),
        )?;
    }
    Ok(Verdict::Pass)
}

fn repeats(bench: &Bench) -> Result<Verdict, Broken> {
    let mut first = bench.cells()?;
    life(bench, &mut first, 0)?;
    let device = made(&bench.model, &bench.values).map_err(|error| Broken(error.to_string()))?;
    let (model, values) = (bench.model.clone(), bench.values.clone());
    let other = Bench { model, values, device, seed: bench.seed };
    let mut second = bench.cells()?;
    // Half of the life on this device, half on another: no device has a memory of its own.
    let half = second.copy();
    life(&other, &mut second, 0)?;
    same("two devices of the same parameters", &first.bits(), &second.bits())?;
    let mut third = half;
    life(bench, &mut third, 0)?;
    pass(same("the same calls for the second time", &first.bits(), &third.bits()))
}

fn threads(bench: &Bench) -> Result<Verdict, Broken> {
    let mut alone = bench.cells()?;
    let before = alone.copy();
    life(bench, &mut alone, 0)?;
    let run = || {
        let began = Instant::now();
        let mut state = before.copy();
        life(bench, &mut state, 0)?;
        // Again while that is quick: the more calls, the more of them meet.
        for _ in 1..20 {
            if began.elapsed() < Duration::from_secs(1) {
                state = before.copy();
                life(bench, &mut state, 0)?;
            }
        }
        Ok(state)
    };
    let together: Vec<Result<State, Broken>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        let ended = || fail("a thread has ended".into());
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| ended())).collect()
    });
    for state in together {
        same("a cell alone and with three other threads", &alone.bits(), &state?.bits())?;
    }
    Ok(Verdict::Pass)
}

fn slopes(bench: &Bench) -> Result<Verdict, Broken> {
    let mut state = bench.cells()?;
    let mut at = |volt: f64| -> Result<[Vec<f64>; 2], DeviceFault> {
        let [mut current, mut slope] = [vec![0.0; COUNT], vec![0.0; COUNT]];
        bench.device.current(state.cells(), &[volt; COUNT], &mut current, Some(&mut slope))?;
        Ok([current, slope])
    };
    for volt in bench.read_volts() {
        const STEP: f64 = 1e-5;
        let [[above, _], [below, _], [_, slope]] = [at(volt + STEP)?, at(volt - STEP)?, at(volt)?];
        for cell in 0..COUNT {
            let difference = (above[cell] - below[cell]) / (2.0 * STEP);
            let scale = slope[cell].abs().max(difference.abs());
            // Kinks at 0 V, such as those of unlike branches, are allowed.
            if volt != 0.0 && (difference - slope[cell]).abs() > 1e-4 * scale {
                return fail(format!(
                    "cell {cell} at {volt:e} V: slope {:e} S, differences {difference:e} S",
                    slope[cell]
                ));
            }
        }
    }
    Ok(Verdict::Pass)
}

/// Currents of all cells at a voltage.
fn currents(bench: &Bench, state: &mut State, volt: f64) -> Result<Vec<f64>, Broken> {
    let mut out = vec![0.0; COUNT];
    bench.device.current(state.cells(), &[volt; COUNT], &mut out, None)?;
    Ok(out)
}

fn linear(bench: &Bench) -> Result<Verdict, Broken> {
    if !has(bench, abi::LINEAR) {
        return Ok(Verdict::NotApplicable("it does not declare to be linear"));
    }
    let mut state = bench.cells()?;
    let g = bench.conductances(&mut state)?;
    for volt in bench.read_volts() {
        for (cell, (current, g)) in currents(bench, &mut state, volt)?.iter().zip(&g).enumerate() {
            if (current - g * volt).abs() > 1e-12 * (g * volt).abs() {
                return fail(format!("cell {cell} of {g:e} S at {volt:e} V: {current:e} A"));
            }
        }
    }
    Ok(Verdict::Pass)
}

fn odd(bench: &Bench) -> Result<Verdict, Broken> {
    if !has(bench, abi::ODD) {
        return Ok(Verdict::NotApplicable("it does not declare to be odd"));
    }
    let mut state = bench.cells()?;
    for volt in bench.read_volts() {
        let (one, other) = (currents(bench, &mut state, volt)?, currents(bench, &mut state, -volt)?);
        for cell in 0..COUNT {
            if (one[cell] + other[cell]).abs() > 1e-12 * one[cell].abs() {
                return fail(format!(
                    "cell {cell}: {:e} A at {volt:e} V, {:e} A at {:e} V",
                    one[cell], other[cell], -volt
                ));
            }
        }
    }
    Ok(Verdict::Pass)
}

fn monotone(bench: &Bench) -> Result<Verdict, Broken> {
    if !has(bench, abi::MONOTONE) {
        return Ok(Verdict::NotApplicable(
            "it does not declare to be monotone; exact wires take monotone cells only",
        ));
    }
    let mut state = bench.cells()?;
    let (lowest, highest) = bench.device.valid_voltage();
    let (lowest, highest) = (lowest.max(-1.0), highest.min(1.0));
    let mut before = currents(bench, &mut state, lowest)?;
    for step in 1..=200 {
        let volt = lowest + (highest - lowest) * f64::from(step) / 200.0;
        let here = currents(bench, &mut state, volt)?;
        if let Some(cell) = (0..COUNT).find(|&cell| here[cell] < before[cell] - 1e-13 * before[cell].abs()) {
            return fail(format!("cell {cell}: its current falls to {:e} A at {volt:e} V", here[cell]));
        }
        before = here;
    }
    Ok(Verdict::Pass)
}

fn at_rest(bench: &Bench) -> Result<Verdict, Broken> {
    if has(bench, abi::VOLATILE) {
        return Ok(Verdict::NotApplicable("it declares to be volatile"));
    }
    let mut state = bench.cells()?;
    let before = state.bits();
    advance(bench, &mut state, &[0.0; COUNT], 1e6, 30)?;
    pass(same("the state before and after 1e6 s at 0 V", &before, &state.bits()))
}

fn chance(bench: &Bench) -> Result<Verdict, Broken> {
    if has(bench, abi::STOCHASTIC) {
        return Ok(Verdict::NotApplicable("it declares to be stochastic"));
    }
    let draws = bench.device.initial_draws() + bench.device.increment_draws() + bench.device.advance_draws();
    if draws > 0 {
        return fail(format!("it takes {draws} random numbers, but does not declare to be stochastic"));
    }
    Ok(Verdict::Pass)
}

fn durations(bench: &Bench) -> Result<Verdict, Broken> {
    if has(bench, abi::STOCHASTIC) {
        return Ok(Verdict::NotApplicable("it declares to be stochastic"));
    }
    if has(bench, abi::PULSED) {
        return Ok(Verdict::NotApplicable("it declares that an advance is one pulse"));
    }
    let (low, high) = bench.device.range();
    for seconds in [1e-9, 1e-7, 1e-4, 1e-1] {
        for volts in bench.pulse_volts() {
            let (mut whole, mut parts) = (bench.cells()?, bench.cells()?);
            advance(bench, &mut whole, &volts, seconds, 40)?;
            for _ in 0..4 {
                advance(bench, &mut parts, &volts, seconds / 4.0, 40)?;
            }
            let (one, other) = (bench.conductances(&mut whole)?, bench.conductances(&mut parts)?);
            if let Some(cell) = (0..COUNT).find(|&cell| (one[cell] - other[cell]).abs() > 1e-6 * (high - low))
            {
                return fail(format!(
                    "cell {cell} at {:e} V: {:e} S after {seconds:e} s, {:e} S after four quarters",
                    volts[cell], one[cell], other[cell]
                ));
            }
        }
    }
    Ok(Verdict::Pass)
}

fn noise(bench: &Bench) -> Result<Verdict, Broken> {
    if !has(bench, abi::NOISY) {
        return Ok(Verdict::NotApplicable("it does not declare to be noisy"));
    }
    let mut state = bench.cells()?;
    let mut largest: f64 = 0.0;
    for volt in bench.read_volts() {
        let mut out = vec![0.0; COUNT];
        bench.device.read_noise(state.cells(), &[volt; COUNT], &mut out)?;
        largest = out.into_iter().fold(largest, f64::max);
    }
    if largest > 0.0 { Ok(Verdict::Pass) } else { fail("it declares noise, but no cell has any".into()) }
}

fn own_values(bench: &Bench) -> Result<Verdict, Broken> {
    let named: Vec<_> = bench.model.parameters().iter().filter(|parameter| parameter.varies).collect();
    if named.is_empty() {
        return Ok(Verdict::NotApplicable("no parameter may vary"));
    }
    let mut any = false;
    for parameter in named {
        // A parameter that was left out has no value to vary around.
        let Ok(varying) = bench.device.varying(&parameter.name) else { continue };
        any = true;
        let index = [varying.index];
        let (mut alike, mut state) = (bench.cells()?, bench.cells()?);
        life_of_own(bench, &mut alike, Columns::default())?;
        let same_for_all = Aligned::new([varying.value; COUNT]);
        life_of_own(bench, &mut state, same_for_all.columns(&index))?;
        let what = format!("`{}` given to all cells and to each of them", parameter.name);
        same(&what, &alike.bits(), &state.bits())?;
        let draws = bench.draws(1, 50);
        let value = |cell: usize| (varying.value * (0.5 + draws[cell])).clamp(varying.min, varying.max);
        let own = Aligned::new(std::array::from_fn(value));
        let mut state = bench.cells()?;
        life_of_own(bench, &mut state, own.columns(&index))?;
        let mut out = vec![0.0; COUNT];
        bench.device.conductance(state.cells().with(own.columns(&index)), &mut out)?;
    }
    Ok(if any { Verdict::Pass } else { Verdict::NotApplicable("no parameter that may vary was given") })
}

/// One value for each cell, aligned as the program aligns them.
#[repr(align(64))]
struct Aligned([f64; COUNT]);

impl Aligned {
    fn new(values: [f64; COUNT]) -> Box<Aligned> {
        Box::new(Aligned(values))
    }

    fn columns<'a>(&'a self, parameters: &'a [usize]) -> Columns<'a> {
        Columns { parameters, values: &self.0, stride: COUNT }
    }
}

/// Some of everything, with values of the cells' own.
fn life_of_own(bench: &Bench, state: &mut State, own: Columns<'_>) -> Found {
    let (low, high) = bench.device.range();
    let draws = bench.draws(bench.device.initial_draws(), 51);
    bench.device.initial_state(state.cells().with(own), &bench.targets(), &draws)?;
    let draws = bench.draws(bench.device.increment_draws(), 52);
    bench.device.increment(state.cells().with(own), &[0.01 * (high - low); COUNT], &draws)?;
    let draws = bench.draws(bench.device.advance_draws(), 53);
    for volts in bench.pulse_volts() {
        bench.device.advance(state.cells().with(own), &volts, 1e-8, &draws)?;
    }
    let mut out = vec![0.0; COUNT];
    bench.device.current(state.cells().with(own), &[bench.read_volts()[5]; COUNT], &mut out, None)?;
    Ok(())
}

fn parameters(bench: &Bench) -> Result<Verdict, Broken> {
    for parameter in bench.model.parameters() {
        let Kind::Number { min, max, .. } = parameter.kind else { continue };
        for end in [min, max].into_iter().filter(|end| end.is_finite()) {
            let text = ParameterValue::Text(format!("{end:e} {}", parameter.unit));
            let value = if parameter.unit == "1" { ParameterValue::Number(end) } else { text };
            let others = bench.values.iter().filter(|(name, _)| *name != parameter.name);
            let mut values: Vec<_> = others.map(|(name, value)| (name, value.clone())).collect();
            values.push((&parameter.name, value));
            // Refused or taken, but never a crash; what is taken has a state for every conductance.
            if let Ok(device) = bench.model.device(&values) {
                let mut state = State::new(device.state_count(), COUNT);
                let draws = bench.draws(device.initial_draws(), 0);
                let targets = vec![0.5 * (device.range().0 + device.range().1); COUNT];
                if let Err(fault) = device.initial_state(state.cells(), &targets, &draws) {
                    return fail(format!("with `{}` = {end:e}: {fault}", parameter.name));
                }
                let mut out = vec![0.0; COUNT];
                if let Err(fault) = device.conductance(state.cells(), &mut out) {
                    return fail(format!("with `{}` = {end:e}: {fault}", parameter.name));
                }
            }
        }
    }
    Ok(Verdict::Pass)
}

fn extremes(bench: &Bench) -> Result<Verdict, Broken> {
    let mut out = vec![0.0; COUNT];
    for seconds in [0.0, f64::MIN_POSITIVE, 1e-300, 1.0, 1e300] {
        for volt in [1e3, -1e3, 1e-300, 0.0] {
            let mut state = bench.cells()?;
            advance(bench, &mut state, &[volt; COUNT], seconds, 60)?;
            if let Err(fault) = bench.device.conductance(state.cells(), &mut out) {
                return fail(format!("after {seconds:e} s at {volt:e} V: {fault}"));
            }
        }
    }
    for target in [0.0, 1e300, -1.0] {
        let mut state = State::new(bench.device.state_count(), COUNT);
        let draws = bench.draws(bench.device.initial_draws(), 0);
        bench.device.initial_state(state.cells(), &[target; COUNT], &draws)?;
        bench.conductances(&mut state)?;
        let draws = bench.draws(bench.device.increment_draws(), 61);
        bench.device.increment(state.cells(), &[1e300; COUNT], &draws)?;
        bench.conductances(&mut state)?;
    }
    // What is not a number may be refused or give what is not a number: the program's own checks see either.
    for absurd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut state = bench.cells()?;
        let _ = bench.device.current(state.cells(), &[absurd; COUNT], &mut out, None);
        let _ = advance(bench, &mut state, &[absurd; COUNT], 1e-9, 62);
        let _ = bench.device.increment(
            bench.cells()?.cells(),
            &[absurd; COUNT],
            &bench.draws(bench.device.increment_draws(), 63),
        );
    }
    Ok(Verdict::Pass)
}

fn float_control(bench: &Bench) -> Result<Verdict, Broken> {
    let mut state = bench.cells()?;
    life(bench, &mut state, 0)?;
    currents(bench, &mut state, bench.read_volts()[5])?;
    bench.conductances(&mut state)?;
    if bench.device.spoils_float_control() {
        return fail(
            "a call has changed rounding, flush-to-zero or traps (was it linked with -ffast-math?)".into(),
        );
    }
    Ok(Verdict::Pass)
}
