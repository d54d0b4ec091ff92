//! A resistance that moves towards a limit set by the voltage, at a rate that falls with the square of the distance: the
//! data-driven model of Messaris and Prodromakis.
//!
//! # Equations
//!
//! * I = a / R sinh(b V), with a_p and b_p for V > 0, a_n and b_n for V < 0;
//! * dR/dt = s(V) (r(V) - R)^2 while R has not reached r(V), otherwise 0; s(V) = A (e^(|V| / t) - 1) with A_p and t_p, or A_n
//!   and t_n; r(V) = r_p0 + r_p1 V, or r_n0 + r_n1 V.
//!
//! With the published signs s < 0 and r < R for positive voltages: they lower the resistance (set).
//!
//! At a constant voltage, with y0 = r - R0: R(t) = r - y0 / (1 + s y0 t).
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | R_min, R_max | `r_min`, `r_max` | ohm | 1600, 3000 | 1e-3 to 1e15, ascending | MemTorch, the range of the fit |
//! | A_p, A_n | `rate_set`, `rate_reset` | 1/(ohm s) | 600.10, -34.599 | -1e15 to 1e15 | MemTorch, set of 2021 |
//! | t_p, t_n | `t_set`, `t_reset` | V | -0.0212028, -0.05343997 | -1e3 to 1e3, not 0 | MemTorch; a negative t lets s saturate |
//! | r_p0, r_p1 | `limit_set`, `limit_set_slope` | ohm, ohm/V | 2699.23, -672.93 | -1e15 to 1e15 | MemTorch |
//! | r_n0, r_n1 | `limit_reset`, `limit_reset_slope` | ohm, ohm/V | 649.41, -1474.32 | -1e15 to 1e15 | MemTorch |
//! | a, b | `a`, `b` | 1, 1/V | 0.32046, 2.71690 | 1e-6 to 1e3, 1e-6 to 100 | MemTorch, both signs |
//!
//! All numbers may vary from cell to cell and from write to write; an r_max below r_min counts as r_min. State: `r`, the
//! resistance in ohm.
//!
//! Conductance: the slope at 0 V, a b / R.
//!
//! Exact: the closed form above, clipped to the range. Valid for |V| up to 2 V, where the device was measured (0.9 to 1.2 V
//! in the source). Not modelled: drift, noise; a pulse below about 0.5 V moves the cell too, if its limit asks for that.
//!
//! Checked by `the_closed_form_agrees_with_an_integration_in_time` and its neighbours in `tests.rs`.
//!
//! References: I. Messaris, A. Serb, S. Stathopoulos, A. Khiat, S. Nikolaidis, T. Prodromakis, "A data-driven Verilog-A ReRAM
//! model", IEEE Transactions on Computer-Aided Design 37(12), 3151-3162 (2018), DOI 10.1109/TCAD.2018.2791468. MemTorch: C.
//! Lammie et al., Neurocomputing 485, 124-133 (2022), DOI 10.1016/j.neucom.2022.02.043, its model Data_Driven2021.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp_m1, sinh_cosh};
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `messaris`.
#[derive(Clone, Copy, Debug)]
struct Messaris {
    r_min: f64,
    r_max: f64,
    set: Motion,
    reset: Motion,
    a: f64,
    b: f64,
}

/// The motion at voltages of one sign.
#[derive(Clone, Copy, Debug)]
struct Motion {
    /// A, 1/(ohm s).
    rate: f64,
    /// t, V.
    scale: f64,
    /// r at 0 V, ohm, and its slope, ohm/V.
    limit: f64,
    limit_slope: f64,
}

const RATES: (f64, f64) = (-1e15, 1e15);

impl CellModel<1> for Messaris {
    const DESCRIPTION: Description = Description {
        name: c"messaris",
        version: c"0.1.0",
        text: c"a resistance that moves towards a limit set by the voltage (data-driven)",
        parameters: &[
            Parameter::number(c"r_min", c"ohm", (1e-3, 1e15), c"smallest resistance").or(1600.0).varies(),
            Parameter::number(c"r_max", c"ohm", (1e-3, 1e15), c"largest resistance").or(3000.0).varies(),
            Parameter::number(c"rate_set", c"1/(ohm s)", RATES, c"rate of set (A_p)").or(600.10).varies(),
            Parameter::number(c"rate_reset", c"1/(ohm s)", RATES, c"rate of reset (A_n)")
                .or(-34.599)
                .varies(),
            Parameter::number(c"t_set", c"V", (-1e3, 1e3), c"scale of the voltage of set (t_p)")
                .or(-0.0212028)
                .varies(),
            Parameter::number(c"t_reset", c"V", (-1e3, 1e3), c"scale of the voltage of reset (t_n)")
                .or(-0.05343997)
                .varies(),
            Parameter::number(c"limit_set", c"ohm", RATES, c"where set leads at 0 V (r_p0)")
                .or(2699.23)
                .varies(),
            Parameter::number(c"limit_reset", c"ohm", RATES, c"where reset leads at 0 V (r_n0)")
                .or(649.41)
                .varies(),
            Parameter::number(c"limit_set_slope", c"ohm/V", RATES, c"how that moves with the voltage (r_p1)")
                .or(-672.93)
                .varies(),
            Parameter::number(
                c"limit_reset_slope",
                c"ohm/V",
                RATES,
                c"how that moves with the voltage (r_n1)",
            )
            .or(-1474.32)
            .varies(),
            Parameter::number(c"a", c"1", (1e-6, 1e3), c"size of the current").or(0.32046).varies(),
            Parameter::number(c"b", c"1/V", (1e-6, 100.0), c"curvature of the current").or(2.71690).varies(),
        ],
        state: &[StateVariable::new(c"r", c"ohm", c"resistance")],
        capabilities: abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 0.0,
    };

    fn create(values: &Values<'_>) -> Result<Messaris, Fault> {
        let value = |index| values.number(index);
        if value(0) >= value(1) {
            let text =
                format!("`r_max` ({:e} ohm) must be larger than `r_min` ({:e} ohm)", value(1), value(0));
            return Err(Fault::new(text).of_parameter(1));
        }
        if let Some(parameter) = [4, 5].into_iter().find(|&parameter| value(parameter) == 0.0) {
            return Err(Fault::new("it is 0 V; expected a scale that voltages can be divided by")
                .of_parameter(parameter));
        }
        let motion = |first: usize| Motion {
            rate: value(first),
            scale: value(first + 2),
            limit: value(first + 4),
            limit_slope: value(first + 6),
        };
        Ok(Messaris {
            r_min: value(0),
            r_max: value(1),
            set: motion(2),
            reset: motion(3),
            a: value(10),
            b: value(11),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Messaris {
        let motion = |motion: Motion, first: usize| Motion {
            rate: own(first, motion.rate),
            scale: own(first + 2, motion.scale),
            limit: own(first + 4, motion.limit),
            limit_slope: own(first + 6, motion.limit_slope),
        };
        let r_min = own(0, self.r_min);
        Messaris {
            r_min,
            r_max: own(1, self.r_max).max(r_min),
            set: motion(self.set, 2),
            reset: motion(self.reset, 3),
            a: own(10, self.a),
            b: own(11, self.b),
        }
    }

    fn range(&self) -> (f64, f64) {
        (self.a * self.b / self.r_max, self.a * self.b / self.r_min)
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        [(self.a * self.b / target).clamp(self.r_min, self.r_max)]
    }

    fn conductance(&self, [r]: [f64; 1]) -> f64 {
        self.a * self.b / r
    }

    fn current(&self, [r]: [f64; 1], voltage: f64) -> (f64, f64) {
        let (sinh, cosh) = sinh_cosh(self.b * voltage);
        (self.a / r * sinh, self.a * self.b / r * cosh)
    }

    fn advance(&self, [r]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        if voltage == 0.0 || duration == 0.0 {
            return [r];
        }
        let motion = if voltage > 0.0 { self.set } else { self.reset };
        let limit = motion.limit + motion.limit_slope * voltage;
        let rate = motion.rate * exp_m1(voltage.abs() / motion.scale);
        let distance = limit - r;
        // A cell beyond its limit would move away from it: there it stays.
        let growth = rate * distance * duration;
        if growth <= 0.0 || growth.is_nan() {
            return [r];
        }
        [(limit - distance / (1.0 + growth)).clamp(self.r_min, self.r_max)]
    }

    fn valid_voltage(&self) -> (f64, f64) {
        (-2.0, 2.0)
    }
}

crosspike_device::export_models!(EachCell<Messaris, 1>);
