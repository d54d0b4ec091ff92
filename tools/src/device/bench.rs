//! `crosspike device bench`: what the calls of a device cost per cell.

use std::time::{Duration, Instant};

use crosspike::device::{Device, DeviceFault};
use crosspike::random::{Purpose, Stream};

use super::lab::Subject;
use super::state::State;
use super::table;
use crate::chart::brief;
use crate::cli::DeviceBenchArguments;
use crate::exit::{Code, Failure, say};

/// Cells of a batch: one bit line of a large array.
const CELLS: usize = 1024;
/// How long one call is repeated, at least.
const ROUND: Duration = Duration::from_millis(20);

/// Times every call and prints the fastest of five rounds.
pub(super) fn bench(arguments: &DeviceBenchArguments) -> Result<(), Failure> {
    let subject = Subject::find(&arguments.target, &arguments.plugins)?;
    let began = Instant::now();
    let device = subject.device()?;
    let made = began.elapsed();
    let (volts, seconds) = (arguments.voltage.0, arguments.width.0);
    let rows = calls(&device, volts, seconds).map_err(|fault| Failure::new(Code::Device, fault))?;
    let head = format!(
        "{} {}: batches of {CELLS} cells all over the range, up to {}, {}; made in {:.3} ms",
        device.model().name(),
        device.model().version(),
        brief(volts, "V"),
        brief(seconds, "s"),
        1e3 * made.as_secs_f64()
    );
    say(&format!("{head}\n\n{}", table(["call", "ns per cell"], &rows, "")))
}

/// The calls with their nanoseconds per cell.
fn calls(device: &Device, most: f64, seconds: f64) -> Result<Vec<[String; 2]>, DeviceFault> {
    let (low, high) = device.range();
    let spread = |from: f64, to: f64| -> Vec<f64> {
        // Neighbours differ, as in an array.
        (0..CELLS).map(|k| from + (to - from) * ((k * 379) % CELLS) as f64 / (CELLS - 1) as f64).collect()
    };
    let targets = spread(low, high);
    let volts = spread(-most, most);
    let changes = spread(0.01 * (low - high), 0.01 * (high - low));
    let draws = device.initial_draws().max(device.increment_draws()).max(device.advance_draws());
    let stream = Stream::new(1, Purpose::Target, 0);
    let uniform: Vec<f64> = (0..draws * CELLS).map(|place| stream.uniform(place as u32, 0)).collect();
    let mut state = State::new(device.state_count(), CELLS);
    let [mut out, mut slope] = [vec![0.0; CELLS], vec![0.0; CELLS]];
    device.initial_state(state.cells(), &targets, &uniform)?;
    let start = state.copy();
    let mut rows = Vec::new();
    let mut row = |call: &str, nanoseconds: f64| rows.push([call.to_owned(), format!("{nanoseconds:.2}")]);
    row("conductance", time(&start, |state| device.conductance(state.cells(), &mut out))?);
    row("current", time(&start, |state| device.current(state.cells(), &volts, &mut out, None))?);
    let both = time(&start, |state| device.current(state.cells(), &volts, &mut out, Some(&mut slope)))?;
    row("current and slope", both);
    row("increment", time(&start, |state| device.increment(state.cells(), &changes, &uniform))?);
    row("advance", time(&start, |state| device.advance(state.cells(), &volts, seconds, &uniform))?);
    if device.model().is_noisy() {
        row("read noise", time(&start, |state| device.read_noise(state.cells(), &volts, &mut out))?);
    }
    row("initial state", time(&start, |state| device.initial_state(state.cells(), &targets, &uniform))?);
    Ok(rows)
}

/// Nanoseconds per cell of a call on cells that are always the same, the fastest of five rounds.
fn time(
    start: &State,
    mut call: impl FnMut(&mut State) -> Result<(), DeviceFault>,
) -> Result<f64, DeviceFault> {
    let mut state = start.copy();
    let mut fastest = f64::INFINITY;
    for _ in 0..5 {
        let (mut spent, mut calls) = (Duration::ZERO, 0);
        while spent < ROUND {
            state.take(start);
            let began = Instant::now();
            call(&mut state)?;
            spent += began.elapsed();
            calls += 1;
        }
        fastest = fastest.min(spent.as_nanos() as f64 / f64::from(calls) / CELLS as f64);
    }
    Ok(fastest)
}
