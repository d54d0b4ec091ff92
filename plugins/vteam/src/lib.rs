//! A cell whose state boundary moves beyond two threshold voltages, as a power of what the voltage is beyond: VTEAM.
//!
//! # Equations
//!
//! With the voltage u of the publication, whose positive values switch off, u = -V, and the state x from 0 (on) to 1 (off):
//!
//! * dx/dt = k_off / d (u / v_off - 1)^a_off for u > v_off > 0, k_on / d (u / v_on - 1)^a_on for u < v_on < 0, otherwise 0
//!   (equation 4);
//! * `linear`: I = V / (r_on + (r_off - r_on) x) (equation 5); `exponential`: I = V exp(-lambda x) / r_on with
//!   lambda = ln(r_off / r_on) (equation 6).
//!
//! The publication leaves windows open; here x moves at its rate until it stops at an end. The model `threshold` has the same rates,
//! but moves the conductance, with a window that slows it down towards the ends; use it for a generic soft threshold.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | r_on | `r_on` | ohm | none | 1e-3 to 1e12 | the reader's device; MemTorch 50 |
//! | r_off | `r_off` | ohm | none | 1e-3 to 1e15, above r_on | MemTorch 1000 |
//! | d | `width` | m | none | 1e-12 to 1e-3 | the way of the boundary; MemTorch 3e-9 |
//! | k_on | `k_on` | m/s | none | -1e9 to 0 | MemTorch -10 |
//! | k_off | `k_off` | m/s | none | 0 to 1e9 | MemTorch 5e-4 |
//! | a_on, a_off | `a_on`, `a_off` | 1 | none | 0 to 50 | MemTorch 3 and 1 |
//! | v_on | `v_on` | V | none | -1000 to -1e-6 | MemTorch -0.2 |
//! | v_off | `v_off` | V | none | 1e-6 to 1000 | MemTorch 0.02 |
//! | | `current` | | `linear` | `linear`, `exponential` | |
//!
//! All numbers may vary from cell to cell and from write to write; an r_off below r_on counts as r_on. State: `x`.
//!
//! Exact: at a constant voltage x moves at a constant rate, and the ends clip it; parts of a duration give the state of the
//! whole to rounding. Valid for any voltage. Not modelled: drift, noise, nonlinearity of the current in the voltage.
//!
//! Checked by `the_published_cell_crosses_its_range_in_the_published_times` and its neighbours in `tests.rs`.
//!
//! Reference: S. Kvatinsky, M. Ramadan, E. G. Friedman, A. Kolodny, "VTEAM: a general model for voltage-controlled
//! memristors", IEEE Transactions on Circuits and Systems II 62(8), 786-790 (2015), DOI 10.1109/TCSII.2015.2433536.
//! MemTorch: C. Lammie et al., Neurocomputing 485, 124-133 (2022), DOI 10.1016/j.neucom.2022.02.043, its default VTEAM cell.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp, ln, pow};
use crosspike_device::{
    CellModel, Choice, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi, choices,
};

/// The device model `vteam`.
#[derive(Clone, Copy, Debug)]
struct Vteam {
    r_on: f64,
    r_off: f64,
    width: f64,
    on: Switch,
    off: Switch,
    is_exponential: bool,
}

/// The motion beyond one threshold.
#[derive(Clone, Copy, Debug)]
struct Switch {
    /// In m/s at twice the threshold.
    speed: f64,
    exponent: f64,
    threshold: f64,
}

impl Switch {
    /// The speed, in m/s, at a voltage of the publication; 0 up to the threshold.
    fn at(&self, volts: f64) -> f64 {
        let excess = volts / self.threshold - 1.0;
        if excess > 0.0 { self.speed * pow(excess, self.exponent) } else { 0.0 }
    }
}

const CURRENTS: &[Choice] = choices![c"linear", c"exponential"];

impl CellModel<1> for Vteam {
    const DESCRIPTION: Description = Description {
        name: c"vteam",
        version: c"0.1.0",
        text: c"a boundary that moves beyond threshold voltages (VTEAM)",
        parameters: &[
            Parameter::number(c"r_on", c"ohm", (1e-3, 1e12), c"smallest resistance").varies(),
            Parameter::number(c"r_off", c"ohm", (1e-3, 1e15), c"largest resistance").varies(),
            Parameter::number(c"width", c"m", (1e-12, 1e-3), c"way of the boundary").varies(),
            Parameter::number(c"k_on", c"m/s", (-1e9, 0.0), c"speed of set at twice its threshold").varies(),
            Parameter::number(c"k_off", c"m/s", (0.0, 1e9), c"speed of reset at twice its threshold")
                .varies(),
            Parameter::number(
                c"a_on",
                c"1",
                (0.0, 50.0),
                c"power of the voltage beyond the threshold of set",
            )
            .varies(),
            Parameter::number(c"a_off", c"1", (0.0, 50.0), c"the same of reset").varies(),
            Parameter::number(c"v_on", c"V", (-1e3, -1e-6), c"threshold of set, with the published sign")
                .varies(),
            Parameter::number(c"v_off", c"V", (1e-6, 1e3), c"threshold of reset, with the published sign")
                .varies(),
            Parameter::choice(c"current", CURRENTS, c"how the resistance depends on the state"),
        ],
        state: &[StateVariable::new(c"x", c"1", c"place of the boundary, 0 on to 1 off")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<Vteam, Fault> {
        let value = |index| values.number(index);
        if value(0) >= value(1) {
            let text =
                format!("`r_off` ({:e} ohm) must be larger than `r_on` ({:e} ohm)", value(1), value(0));
            return Err(Fault::new(text).of_parameter(1));
        }
        Ok(Vteam {
            r_on: value(0),
            r_off: value(1),
            width: value(2),
            on: Switch { speed: value(3), exponent: value(5), threshold: value(7) },
            off: Switch { speed: value(4), exponent: value(6), threshold: value(8) },
            is_exponential: values.choice(9) == 1,
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Vteam {
        let r_on = own(0, self.r_on);
        Vteam {
            r_on,
            r_off: own(1, self.r_off).max(r_on),
            width: own(2, self.width),
            on: Switch {
                speed: own(3, self.on.speed),
                exponent: own(5, self.on.exponent),
                threshold: own(7, self.on.threshold),
            },
            off: Switch {
                speed: own(4, self.off.speed),
                exponent: own(6, self.off.exponent),
                threshold: own(8, self.off.threshold),
            },
            ..self
        }
    }

    fn range(&self) -> (f64, f64) {
        (1.0 / self.r_off, 1.0 / self.r_on)
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        let resistance = (1.0 / target).clamp(self.r_on, self.r_off);
        let x = if self.is_exponential {
            ln(resistance / self.r_on) / self.decades()
        } else {
            (resistance - self.r_on) / (self.r_off - self.r_on)
        };
        // An own r_off that counts as r_on leaves no way.
        [if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) }]
    }

    fn conductance(&self, [x]: [f64; 1]) -> f64 {
        if self.is_exponential {
            exp(-self.decades() * x) / self.r_on
        } else {
            1.0 / (self.r_on + (self.r_off - self.r_on) * x)
        }
    }

    fn advance(&self, [x]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        let published = -voltage;
        let speed = if published > 0.0 { self.off.at(published) } else { self.on.at(published) };
        // No infinite speed meets a duration of 0.
        if speed == 0.0 || duration == 0.0 {
            return [x];
        }
        [(x + speed / self.width * duration).clamp(0.0, 1.0)]
    }
}

impl Vteam {
    /// lambda.
    fn decades(&self) -> f64 {
        ln(self.r_off / self.r_on)
    }
}

crosspike_device::export_models!(EachCell<Vteam, 1>);
