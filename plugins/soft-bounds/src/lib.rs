//! A conductance whose steps shrink in proportion to what is left of its way: soft bounds.
//!
//! # Equations
//!
//! A pulse of set moves x = (g - g_min) / (g_max - g_min) by `step_set` (1 - x), a pulse of reset by -`step_reset` x. After n
//! pulses 1 - x, or x, is (1 - step)^n times what it was; parts of a pulse count by the same power. Then
//! N(0, 1) noise step sqrt(n) is added to x, with the step of the pulse. x is clipped to 0..1.
//!
//! A pulse is a voltage beyond a threshold for `pulse` seconds.
//!
//! In the language of aihwkit (w from -b to b) this is its LinearStepDevice with gamma = 1 for both directions, and its
//! SoftBoundsDevice: x = (w + b) / 2 b, and a `dw_min` at w = 0 is b (step_set / 2); so step = dw_min / b for bounds of size b.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | | `g_min`, `g_max` | S | none | 0 to 1000, ascending | the reader's device |
//! | | `step_set`, `step_reset` | 1 | none | 0 to 0.999999 | ReRamSB 0.0016 and 0.0027 |
//! | | `noise` | 1 | 0 | 0 to 100 | ReRamSB 3.75 |
//! | | `v_set` | V | none | 1e-3 to 1000 | the reader's device |
//! | | `v_reset` | V | none | -1000 to -1e-3 | the reader's device |
//! | | `pulse` | s | none | 1e-15 to 1e6 | the reader's device |
//!
//! All numbers may vary from cell to cell and from write to write (aihwkit's presets: 20 to 80 % of the step, 30 to 60 % of the
//! bounds); a g_max below g_min counts as g_min. Dead cells are stuck cells of the scenario. State: `g`.
//!
//! Exact: parts of a duration give the state of the whole to rounding, apart from the noise, which agrees in distribution where
//! nothing is clipped. Valid for any voltage beyond the thresholds: its size does not matter. Not modelled: drift, read
//! noise, a hidden state behind a noisy one (aihwkit's write noise).
//!
//! Checked by `steps_shrink_geometrically` and its neighbours in `tests.rs`.
//!
//! References: S. Fusi, L. F. Abbott, Nature Neuroscience 10, 485 (2007), DOI 10.1038/nn1859, soft bounds. M. J. Rasch et
//! al., "A flexible and fast PyTorch toolkit for simulating training and inference on analog crossbar arrays", AICAS 2021, DOI
//! 10.1109/AICAS51828.2021.9458494; presets in github.com/IBM/aihwkit, `simulator/presets/devices.py`.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp_m1, ln};
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `soft-bounds`.
#[derive(Clone, Copy, Debug)]
struct SoftBounds {
    g_min: f64,
    g_max: f64,
    step_set: f64,
    step_reset: f64,
    noise: f64,
    v_set: f64,
    v_reset: f64,
    pulse: f64,
}

const STEPS: (f64, f64) = (0.0, 0.999_999);

impl CellModel<1> for SoftBounds {
    const DESCRIPTION: Description = Description {
        name: c"soft-bounds",
        version: c"0.1.0",
        text: c"a conductance whose steps shrink with what is left of its way",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance").varies(),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance").varies(),
            Parameter::number(
                c"step_set",
                c"1",
                STEPS,
                c"first step from the lower end, a part of the range",
            )
            .varies(),
            Parameter::number(c"step_reset", c"1", STEPS, c"first step from the upper end").varies(),
            Parameter::number(c"noise", c"1", (0.0, 100.0), c"noise of a pulse, as a part of its first step")
                .or(0.0)
                .varies(),
            Parameter::number(c"v_set", c"V", (1e-3, 1e3), c"voltage above which pulses set").varies(),
            Parameter::number(c"v_reset", c"V", (-1e3, -1e-3), c"voltage below which pulses reset").varies(),
            Parameter::number(c"pulse", c"s", (1e-15, 1e6), c"width of one pulse").varies(),
        ],
        state: &[StateVariable::new(c"g", c"S", c"conductance")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE | abi::STOCHASTIC,
        draws: (0, 0, 1),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<SoftBounds, Fault> {
        let value = |index| values.number(index);
        if value(0) >= value(1) {
            let text = format!("`g_max` ({:e} S) must be larger than `g_min` ({:e} S)", value(1), value(0));
            return Err(Fault::new(text).of_parameter(1));
        }
        Ok(SoftBounds {
            g_min: value(0),
            g_max: value(1),
            step_set: value(2),
            step_reset: value(3),
            noise: value(4),
            v_set: value(5),
            v_reset: value(6),
            pulse: value(7),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> SoftBounds {
        let g_min = own(0, self.g_min);
        SoftBounds {
            g_min,
            g_max: own(1, self.g_max).max(g_min),
            step_set: own(2, self.step_set),
            step_reset: own(3, self.step_reset),
            noise: own(4, self.noise),
            v_set: own(5, self.v_set),
            v_reset: own(6, self.v_reset),
            pulse: own(7, self.pulse),
        }
    }

    fn range(&self) -> (f64, f64) {
        (self.g_min, self.g_max)
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        [target.clamp(self.g_min, self.g_max)]
    }

    fn conductance(&self, [g]: [f64; 1]) -> f64 {
        g
    }

    fn advance(&self, [g]: [f64; 1], voltage: f64, duration: f64, draws: Draws<'_>) -> [f64; 1] {
        let (step, end) = if voltage > self.v_set {
            (self.step_set, self.g_max)
        } else if voltage < self.v_reset {
            (self.step_reset, self.g_min)
        } else {
            return [g];
        };
        let pulses = duration / self.pulse;
        if pulses == 0.0 || step == 0.0 {
            return [g];
        }
        let moved = g - (end - g) * exp_m1(pulses * ln(1.0 - step));
        let noise = if self.noise > 0.0 { self.noise * step * pulses.sqrt() * draws.normal(0) } else { 0.0 };
        [(moved + noise * (self.g_max - self.g_min)).clamp(self.g_min, self.g_max)]
    }
}

crosspike_device::export_models!(EachCell<SoftBounds, 1>);
