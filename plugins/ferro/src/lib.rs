//! A ferroelectric synapse: a conductance between two ends that moves beyond threshold voltages at a rate that is a power of
//! the voltage and of what is left of the way.
//!
//! # Equations
//!
//! G = g_max x + g_min (1 - x), I = G V, and
//!
//! * dx/dt = k_set (V / v_set - 1)^a_set (1 - x)^p_set for V > v_set,
//! * dx/dt = -k_reset (V / v_reset - 1)^a_reset x^p_reset for V < v_reset,
//! * otherwise nothing moves.
//!
//! With y the rest of the way and K the rate without window: y^(1-p) falls by (1 - p) K t, for p = 1 y falls by e^(-K t).
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | | `g_min`, `g_max` | S | 70e-9, 9e-6 | 0 to 1000, ascending | SIMBRAIN `ferro` |
//! | | `v_set`, `v_reset` | V | 1.4, -2.0 | 1e-3 to 1000, -1000 to -1e-3 | SIMBRAIN |
//! | k | `rate_set`, `rate_reset` | 1/s | 1.135e5, 7.37e8 | 0 to 1e15 | SIMBRAIN |
//! | a | `exponent_set`, `exponent_reset` | 1 | 5, 5 | 0 to 50 | SIMBRAIN |
//! | p | `window_set`, `window_reset` | 1 | 0.9, 1.8 | 0 to 10 | SIMBRAIN |
//!
//! All numbers may vary from cell to cell and from write to write; a g_max below g_min counts as g_min. State: `x`.
//!
//! SIMBRAIN's two signs are its own: there -2.0 V and -7.37e8 belong to one direction, 1.4 V and 1.135e5 to the other, and its
//! G_on is reached at x = 0. Here positive voltages raise the conductance.
//!
//! Exact: the closed forms above, so that parts of a duration give the state of the whole to rounding. Valid for any voltage.
//! Not modelled: the polarisation loop itself, imprint, fatigue, retention (SIMBRAIN has a stretched exponential for it),
//! noise, the gate capacitance.
//!
//! Checked by `motions_agree_with_an_integration_in_time` and its neighbours in `tests.rs`.
//!
//! References: SIMBRAIN, github.com/JoyJXU/SIMBRAIN, device `ferro`, a ferroelectric tunnel junction.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp, pow};
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `ferro`.
#[derive(Clone, Copy, Debug)]
struct Ferro {
    g_min: f64,
    g_max: f64,
    set: Switch,
    reset: Switch,
}

/// The motion beyond one threshold.
#[derive(Clone, Copy, Debug)]
struct Switch {
    threshold: f64,
    rate: f64,
    exponent: f64,
    window: f64,
}

impl Switch {
    /// What is left of the rest `y` of the way after a time at a voltage beyond the threshold.
    fn rest(&self, y: f64, volts: f64, duration: f64) -> f64 {
        let share = self.rate * pow(volts / self.threshold - 1.0, self.exponent) * duration;
        let power = 1.0 - self.window;
        if y <= 0.0 {
            return 0.0;
        }
        if power == 0.0 {
            return y * exp(-share);
        }
        let left = pow(y, power) - power * share;
        // A window below 1 lets the way end in a finite time.
        if left <= 0.0 { 0.0 } else { pow(left, 1.0 / power).min(y) }
    }
}

impl CellModel<1> for Ferro {
    const DESCRIPTION: Description = Description {
        name: c"ferro",
        version: c"0.1.0",
        text: c"a ferroelectric synapse with power laws of voltage and way",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance").or(70e-9).varies(),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance").or(9e-6).varies(),
            Parameter::number(c"v_set", c"V", (1e-3, 1e3), c"voltage above which the conductance rises")
                .or(1.4)
                .varies(),
            Parameter::number(c"v_reset", c"V", (-1e3, -1e-3), c"voltage below which it falls")
                .or(-2.0)
                .varies(),
            Parameter::number(c"rate_set", c"1/s", (0.0, 1e15), c"rate at twice the threshold")
                .or(1.135e5)
                .varies(),
            Parameter::number(c"rate_reset", c"1/s", (0.0, 1e15), c"the same of reset").or(7.37e8).varies(),
            Parameter::number(
                c"exponent_set",
                c"1",
                (0.0, 50.0),
                c"power of the voltage beyond the threshold",
            )
            .or(5.0)
            .varies(),
            Parameter::number(c"exponent_reset", c"1", (0.0, 50.0), c"the same of reset").or(5.0).varies(),
            Parameter::number(c"window_set", c"1", (0.0, 10.0), c"power of what is left of the way")
                .or(0.9)
                .varies(),
            Parameter::number(c"window_reset", c"1", (0.0, 10.0), c"the same of reset").or(1.8).varies(),
        ],
        state: &[StateVariable::new(c"x", c"1", c"part of the range, 0 to 1")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<Ferro, Fault> {
        let value = |index| values.number(index);
        if value(0) >= value(1) {
            let text = format!("`g_max` ({:e} S) must be larger than `g_min` ({:e} S)", value(1), value(0));
            return Err(Fault::new(text).of_parameter(1));
        }
        let switch = |first: usize| Switch {
            threshold: value(first),
            rate: value(first + 2),
            exponent: value(first + 4),
            window: value(first + 6),
        };
        Ok(Ferro { g_min: value(0), g_max: value(1), set: switch(2), reset: switch(3) })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Ferro {
        let switch = |switch: Switch, first: usize| Switch {
            threshold: own(first, switch.threshold),
            rate: own(first + 2, switch.rate),
            exponent: own(first + 4, switch.exponent),
            window: own(first + 6, switch.window),
        };
        let g_min = own(0, self.g_min);
        let g_max = own(1, self.g_max).max(g_min);
        Ferro { g_min, g_max, set: switch(self.set, 2), reset: switch(self.reset, 3) }
    }

    fn range(&self) -> (f64, f64) {
        (self.g_min, self.g_max)
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        let x = (target - self.g_min) / (self.g_max - self.g_min);
        // An own g_max that counts as g_min leaves no way.
        [if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) }]
    }

    fn conductance(&self, [x]: [f64; 1]) -> f64 {
        self.g_min * (1.0 - x) + self.g_max * x
    }

    fn advance(&self, [x]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        if duration == 0.0 {
            return [x];
        }
        if voltage > self.set.threshold {
            return [1.0 - self.set.rest(1.0 - x, voltage, duration)];
        }
        if voltage < self.reset.threshold { [self.reset.rest(x, voltage, duration)] } else { [x] }
    }
}

crosspike_device::export_models!(EachCell<Ferro, 1>);
