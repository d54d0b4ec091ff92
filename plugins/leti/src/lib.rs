//! The TiO2/Al2O3 bilayer of St. Petersburg Electrotechnical University, from its measurements: states, curvature, read noise.
//!
//! # Equations
//!
//! * `sinh`: I = (s / alpha) sinh(alpha V), with a curvature alpha that depends on the conductance G, the chord at 0.225 V, and
//!   s = 0.225 V alpha G / sinh(0.225 V alpha). alpha runs in straight lines over ln G through (3 uS, 4.6 /V), (75 uS, 3.8 /V),
//!   (200 uS, 3.5 /V), (600 uS, 2.1 /V), (3 mS, 1.2 /V).
//! * `cubic`: I = a V^3 + b V + c + (2 k + 1) e for the states k = 0..19, with a = 2.66646e-4 A/V^3, b = 6.24432e-5 A/V,
//!   c = 1.06637e-6 A, e = 1.954616e-6 A: the law of the founding study, whose states have 11177 to 2381 ohm, the mean chord
//!   from 0.20 to 0.25 V. It carries 3 to 77 uA at 0 V, which no passive device does, and it is not odd.
//!
//! Read noise: the standard deviation of a read is 4e-4 (R / 800 ohm) of the current, at most 1.5 %.
//!
//! Writes. States are `levels` equally spaced conductances from `g_min` to `g_max` (`cubic`: its 20). An increment leads to the
//! nearest one, or to one of the two neighbours such that it is met on average (`stochastic`). Pulses:
//!
//! * reset: below `v_reset` G moves by the part `reset_step` towards the limit of its voltage, where it lies above that. ln R of
//!   the limit runs in straight lines through 285 ohm at 0.5 V, 510 ohm at 0.85 V, 1.6 kohm at 1.1 V, 5 kohm at 1.3 V, 14 kohm
//!   at 1.5 V, 0.13 Mohm at 1.7 V, 0.36 Mohm at 1.9 V;
//! * set: above `v_set` G moves by the part `set_step` towards `g_max`.
//!
//! A pulse is `pulse` seconds long; other durations count in proportion (`stochastic` and `nearest` rounding then apply once).
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | | `law` | | `sinh` | `sinh`, `cubic` | |
//! | | `g_min`, `g_max` | S | 44e-6, 1363e-6 | 1e-9 to 1, ascending; not with `cubic` | `6-1.xlsx` |
//! | | `levels` | 1 | 118 | 0 (any conductance) or 2 to 1e6, whole; not with `cubic` | `6-1.xlsx`: 118 |
//! | | `rounding` | | `stochastic` | `stochastic`, `nearest` | |
//! | | `read_noise` | 1 | 1 | 0 to 100 | factor on the measured noise |
//! | | `v_set` | V | 0.7 | 1e-3 to 100 | above the reads; not measured |
//! | | `v_reset` | V | -0.6 | -100 to -1e-3 | trains of -0.70 to -1.76 V |
//! | | `set_step` | 1 | 0.02 | 0 to 1 | not measured: ours |
//! | | `reset_step` | 1 | 0.1 | 0 to 1 | ours: ten pulses of one voltage made about ten states |
//! | | `pulse` | s | 100e-9 | 1e-15 to 1e6 | not published: the width counts in proportion |
//!
//! `g_min`, `g_max`, `read_noise`, the voltages, steps and `pulse` may vary from cell to cell and from write to write; a g_max
//! below g_min counts as g_min. Sweep to sweep the currents of one state differed by 10 to 27 %, cycle to cycle the low
//! resistance by 15.9 % and the high one by 4.8 %. State: `g`, and `alpha` or, with `cubic`, the current at 0 V.
//!
//! Exact: nothing is integrated. Valid up to 0.69 V, where the currents were measured. Not modelled: forming, endurance (a
//! collapse of the high resistance after 268 cycles was seen), drift, the shape of sets.
//!
//! Checked by `the_study_s_list_of_resistances_is_met_exactly`, `curvatures_are_those_of_the_measured_sweeps` and their
//! neighbours in `tests.rs`.
//!
//! Source: files in github.com/anddudkin/SNN_memristor_based, folder `Memristor`, taken to be this device, which they do not
//! name: `6-1.xlsx` (118 states, read 118 times each), `excelDataCombined.mat` (53 sweeps), ten sweeps to 0.69 V. The law of the
//! study: A. P. Dudkin, E. A. Ryndin, N. V. Andreeva, Russian Microelectronics 54(4), 310-322 (2025), DOI
//! 10.31857/S0544126925040058.

mod curves;
#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp, ln, sinh_cosh};
use crosspike_device::{
    CellModel, Choice, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi, choices,
};
use curves::{curvature, limit};

/// The device model `leti`.
#[derive(Clone, Copy, Debug)]
struct Leti {
    is_cubic: bool,
    g_min: f64,
    g_max: f64,
    levels: f64,
    is_nearest: bool,
    read_noise: f64,
    v_set: f64,
    v_reset: f64,
    set_step: f64,
    reset_step: f64,
    pulse: f64,
}

/// Where conductances are chords, V.
const REFERENCE: f64 = 0.225;
/// Of the study's law: A/V^3, A/V, A, A.
const CUBE: f64 = 2.66646e-4;
const LINE: f64 = 6.24432e-5;
const OFFSET: f64 = 1.06637e-6;
const STEP: f64 = 1.954616e-6;
const STATES: f64 = 20.0;

const LAWS: &[Choice] = choices![c"sinh", c"cubic"];
const ROUNDINGS: &[Choice] = choices![c"stochastic", c"nearest"];

impl CellModel<2> for Leti {
    const DESCRIPTION: Description = Description {
        name: c"leti",
        version: c"0.1.0",
        text: c"the measured TiO2/Al2O3 device, and the founding study's law of it",
        parameters: &[
            Parameter::choice(c"law", LAWS, c"measured curvature, or the founding study's 20 cubic states"),
            Parameter::number(c"g_min", c"S", (1e-9, 1.0), c"smallest conductance of `sinh`")
                .optional()
                .varies(),
            Parameter::number(c"g_max", c"S", (1e-9, 1.0), c"largest conductance of `sinh`")
                .optional()
                .varies(),
            Parameter::number(c"levels", c"1", (0.0, 1e6), c"states of `sinh`; 0: any conductance")
                .optional()
                .integer(),
            Parameter::choice(c"rounding", ROUNDINGS, c"how writes choose among the states"),
            Parameter::number(c"read_noise", c"1", (0.0, 100.0), c"factor on the measured read noise")
                .or(1.0)
                .varies(),
            Parameter::number(c"v_set", c"V", (1e-3, 100.0), c"voltage above which pulses set")
                .or(0.7)
                .varies(),
            Parameter::number(c"v_reset", c"V", (-100.0, -1e-3), c"voltage below which pulses reset")
                .or(-0.6)
                .varies(),
            Parameter::number(
                c"set_step",
                c"1",
                (0.0, 1.0),
                c"part of the way to g_max that a set pulse goes",
            )
            .or(0.02)
            .varies(),
            Parameter::number(
                c"reset_step",
                c"1",
                (0.0, 1.0),
                c"part of the way to its limit that a reset pulse goes",
            )
            .or(0.1)
            .varies(),
            Parameter::number(c"pulse", c"s", (1e-15, 1e6), c"width of one pulse").or(100e-9).varies(),
        ],
        state: &[
            StateVariable::new(c"g", c"S", c"conductance, the chord at 0.225 V"),
            StateVariable::new(c"alpha", c"1", c"curvature in 1/V; with `cubic` the current at 0 V in A"),
        ],
        capabilities: abi::MONOTONE | abi::HAS_LEVELS | abi::STOCHASTIC | abi::NOISY,
        draws: (0, 1, 1),
        reference_voltage: REFERENCE,
    };

    fn create(values: &Values<'_>) -> Result<Leti, Fault> {
        let value = |index| values.number(index);
        let is_cubic = values.choice(0) == 1;
        if let Some(parameter) = (1..4).find(|&parameter| is_cubic && !value(parameter).is_nan()) {
            let text = "it is for `law` \"sinh\"; \"cubic\" has its own 20 states";
            return Err(Fault::new(text).of_parameter(parameter));
        }
        let or = |index: usize, default: f64| if value(index).is_nan() { default } else { value(index) };
        let (g_min, g_max, levels) = if is_cubic {
            (study_conductance(0.0), study_conductance(STATES - 1.0), STATES)
        } else {
            (or(1, 44e-6), or(2, 1363e-6), or(3, 118.0))
        };
        if g_min >= g_max {
            let text = format!("`g_max` ({g_max:e} S) must be larger than `g_min` ({g_min:e} S)");
            return Err(Fault::new(text).of_parameter(2));
        }
        if levels == 1.0 {
            return Err(Fault::new("it is 1; expected 0 for any conductance, or at least 2").of_parameter(3));
        }
        Ok(Leti {
            is_cubic,
            g_min,
            g_max,
            levels,
            is_nearest: values.choice(4) == 1,
            read_noise: value(5),
            v_set: value(6),
            v_reset: value(7),
            set_step: value(8),
            reset_step: value(9),
            pulse: value(10),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Leti {
        let g_min = own(1, self.g_min);
        Leti {
            g_min,
            g_max: own(2, self.g_max).max(g_min),
            read_noise: own(5, self.read_noise),
            v_set: own(6, self.v_set),
            v_reset: own(7, self.v_reset),
            set_step: own(8, self.set_step),
            reset_step: own(9, self.reset_step),
            pulse: own(10, self.pulse),
            ..self
        }
    }

    fn range(&self) -> (f64, f64) {
        (self.g_min, self.g_max)
    }

    fn dead_zone(&self) -> f64 {
        if self.is_nearest && self.levels > 0.0 { 0.5 * self.gap() } else { 0.0 }
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 2] {
        self.rounded(target, 0.5)
    }

    fn conductance(&self, [g, _]: [f64; 2]) -> f64 {
        g
    }

    fn current(&self, [g, alpha]: [f64; 2], voltage: f64) -> (f64, f64) {
        if self.is_cubic {
            let square = voltage * voltage;
            return ((CUBE * square + LINE) * voltage + alpha, 3.0 * CUBE * square + LINE);
        }
        let (sinh, cosh) = sinh_cosh(alpha * voltage);
        let slope = g * REFERENCE * alpha / sinh_cosh(alpha * REFERENCE).0;
        (slope / alpha * sinh, slope * cosh)
    }

    fn increment(&self, [g, _]: [f64; 2], change: f64, draws: Draws<'_>) -> [f64; 2] {
        self.rounded(g + change, if self.is_nearest { 0.5 } else { draws.uniform(0) })
    }

    fn advance(&self, [g, alpha]: [f64; 2], voltage: f64, duration: f64, draws: Draws<'_>) -> [f64; 2] {
        let pulses = duration / self.pulse;
        let (step, end) = if voltage > self.v_set {
            (self.set_step, self.g_max)
        } else if voltage < self.v_reset {
            (self.reset_step, limit(-voltage).max(self.g_min).min(g))
        } else {
            return [g, alpha];
        };
        if pulses == 0.0 || end == g {
            return [g, alpha];
        }
        let left = if step < 1.0 { exp(pulses * ln(1.0 - step)) } else { 0.0 };
        let next = end + (g - end) * left;
        self.rounded(next, if self.is_nearest { 0.5 } else { draws.uniform(0) })
    }

    fn read_noise(&self, [g, alpha]: [f64; 2], voltage: f64) -> f64 {
        let relative = (4e-4 / (800.0 * g)).min(1.5e-2);
        self.read_noise * relative * self.current([g, alpha], voltage).0.abs()
    }

    fn valid_voltage(&self) -> (f64, f64) {
        (-0.69, 0.69)
    }
}

impl Leti {
    /// From one state to the next, S; of the study's law too, whose currents are equally spaced.
    fn gap(&self) -> f64 {
        (self.g_max - self.g_min) / (self.levels - 1.0)
    }

    /// The state of one of the two levels around a conductance: the upper one where the way to it is the larger part of a gap
    /// beyond `chance`. 0.5 leads to the nearer one.
    fn rounded(&self, target: f64, chance: f64) -> [f64; 2] {
        let target = target.clamp(self.g_min, self.g_max);
        if self.levels == 0.0 || self.g_max == self.g_min {
            return self.state(target);
        }
        let place = (target - self.g_min) / self.gap();
        let below = place.floor();
        let level = if place - below > chance { below + 1.0 } else { below };
        self.state((self.g_min + level * self.gap()).min(self.g_max))
    }

    fn state(&self, g: f64) -> [f64; 2] {
        if self.is_cubic {
            [g, g * REFERENCE - (CUBE * REFERENCE * REFERENCE + LINE) * REFERENCE]
        } else {
            [g, curvature(g)]
        }
    }
}

/// The chord of a state of the study's law at the reference voltage, S.
fn study_conductance(state: f64) -> f64 {
    let current = (CUBE * REFERENCE * REFERENCE + LINE) * REFERENCE + OFFSET + (2.0 * state + 1.0) * STEP;
    current / REFERENCE
}

crosspike_device::export_models!(EachCell<Leti, 2>);
