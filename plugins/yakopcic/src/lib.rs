//! A cell of sinh currents whose state moves beyond two threshold voltages, exponentially in the voltage: the generalised
//! model of Yakopcic.
//!
//! # Equations
//!
//! * I = a1 x sinh(b V) for V >= 0, a2 x sinh(b V) for V < 0 (equation 1);
//! * dx/dt = eta g(V) f(x) (equation 5), g = A_p (e^V - e^V_p) for V > V_p, -A_n (e^-V - e^V_n) for V < -V_n, otherwise 0
//!   (equation 2);
//! * where eta g > 0: f = e^(-alpha_p (x - x_p)) w_p for x >= x_p, otherwise 1, with w_p = (x_p - x) / (1 - x_p) + 1;
//!   where eta g < 0: f = e^(alpha_n (x + x_n - 1)) w_n for x <= 1 - x_n, otherwise 1, with w_n = x / (1 - x_n)
//!   (equations 3, 4, 6, 7).
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | a1, a2 | `a1`, `a2` | A | none | 1e-15 to 1e3 | the reader's device; a-Si 3.7e-7 and 4.35e-7 |
//! | b | `b` | 1/V | none | 1e-6 to 100 | a-Si 0.7 |
//! | A_p, A_n | `rate_set`, `rate_reset` | 1/s | none | 0 to 1e15 | a-Si 0.005 and 0.08 |
//! | V_p, V_n | `v_set`, `v_reset` | V | none | 0 to 100 | a-Si 1.5 and 0.5; both positive, as published |
//! | x_p, x_n | `x_set`, `x_reset` | 1 | none | 0 to 0.999 | a-Si 0.2 and 0.5 |
//! | alpha_p, alpha_n | `alpha_set`, `alpha_reset` | 1 | none | 0 to 1000 | a-Si 1.2 and 3 |
//! | eta | `eta` | 1 | 1 | -1 to 1, not 0 | 1: positive voltages set |
//!
//! All numbers but eta may vary from cell to cell and from write to write. State: `x`, 0 to 1.
//!
//! Conductance: the chord at 0.1 V, a1 x sinh(0.1 b) / 0.1. Negative voltages have a2 for a1.
//!
//! The motion is linear in time where f = 1, and integrated over x elsewhere, to 1e-12 of the time. Valid for |b V| <= 300.
//! Not modelled: drift, noise. The current is odd only where a1 = a2, so the model does not declare it.
//!
//! Checked by `currents_and_motions_have_the_published_form` and its neighbours in `tests.rs`.
//!
//! References: C. Yakopcic, T. M. Taha, G. Subramanyam, R. E. Pino, "Generalized memristive device SPICE model and its
//! application in circuit design", IEEE Transactions on Computer-Aided Design 32(8), 1201-1214 (2013), DOI
//! 10.1109/TCAD.2013.2252057. a-Si: the fit there to S. H. Jo et al., Nano Letters 10(4), 1297 (2010), as kept in
//! github.com/thomastiotto/Memristor-Models.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp, sinh_cosh};
use crosspike_device::ode::autonomous;
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `yakopcic`.
#[derive(Clone, Copy, Debug)]
struct Yakopcic {
    a1: f64,
    a2: f64,
    b: f64,
    set: Motion,
    reset: Motion,
    eta: f64,
}

/// The motion beyond one threshold, towards one end.
#[derive(Clone, Copy, Debug)]
struct Motion {
    /// A, 1/s.
    rate: f64,
    /// V_p or V_n, V.
    threshold: f64,
    /// Where the motion begins to slow down, as a distance from the end where it starts.
    free: f64,
    alpha: f64,
}

impl Motion {
    /// The rate without window, 1/s, at a voltage in its direction.
    fn free_rate(&self, volts: f64) -> f64 {
        if volts > self.threshold { self.rate * (exp(volts) - exp(self.threshold)) } else { 0.0 }
    }

    /// f at a distance from the end where the motion starts, and at the rest of it; together they are 1.
    fn window(&self, way: f64, rest: f64) -> f64 {
        if way < self.free { 1.0 } else { exp(-self.alpha * (way - self.free)) * rest / (1.0 - self.free) }
    }
}

const REFERENCE: f64 = 0.1;
const STEEPEST: f64 = 300.0;

impl CellModel<1> for Yakopcic {
    const DESCRIPTION: Description = Description {
        name: c"yakopcic",
        version: c"0.1.0",
        text: c"sinh currents, and a state that moves exponentially beyond thresholds (Yakopcic)",
        parameters: &[
            Parameter::number(c"a1", c"A", (1e-15, 1e3), c"current of positive voltages").varies(),
            Parameter::number(c"a2", c"A", (1e-15, 1e3), c"current of negative voltages").varies(),
            Parameter::number(c"b", c"1/V", (1e-6, 100.0), c"curvature of the currents").varies(),
            Parameter::number(c"rate_set", c"1/s", (0.0, 1e15), c"rate of set (A_p)").varies(),
            Parameter::number(c"rate_reset", c"1/s", (0.0, 1e15), c"rate of reset (A_n)").varies(),
            Parameter::number(c"v_set", c"V", (0.0, 100.0), c"threshold of set (V_p)").varies(),
            Parameter::number(c"v_reset", c"V", (0.0, 100.0), c"threshold of reset, positive (V_n)").varies(),
            Parameter::number(c"x_set", c"1", (0.0, 0.999), c"state at which set slows down (x_p)").varies(),
            Parameter::number(
                c"x_reset",
                c"1",
                (0.0, 0.999),
                c"1 minus the state at which reset slows down (x_n)",
            )
            .varies(),
            Parameter::number(c"alpha_set", c"1", (0.0, 1e3), c"how much set slows down (alpha_p)").varies(),
            Parameter::number(c"alpha_reset", c"1", (0.0, 1e3), c"how much reset slows down (alpha_n)")
                .varies(),
            Parameter::number(c"eta", c"1", (-1.0, 1.0), c"direction and size of the motion").or(1.0),
        ],
        state: &[StateVariable::new(c"x", c"1", c"state, 0 to 1")],
        capabilities: abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: REFERENCE,
    };

    fn create(values: &Values<'_>) -> Result<Yakopcic, Fault> {
        let value = |index| values.number(index);
        if value(11) == 0.0 {
            return Err(
                Fault::new("`eta` is 0; expected 1, or -1 where negative voltages set").of_parameter(11)
            );
        }
        let set = Motion { rate: value(3), threshold: value(5), free: value(7), alpha: value(9) };
        let reset = Motion { rate: value(4), threshold: value(6), free: value(8), alpha: value(10) };
        Ok(Yakopcic { a1: value(0), a2: value(1), b: value(2), set, reset, eta: value(11) })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Yakopcic {
        let motion = |motion: Motion, first: usize| Motion {
            rate: own(first, motion.rate),
            threshold: own(first + 2, motion.threshold),
            free: own(first + 4, motion.free),
            alpha: own(first + 6, motion.alpha),
        };
        Yakopcic {
            a1: own(0, self.a1),
            a2: own(1, self.a2),
            b: own(2, self.b),
            set: motion(self.set, 3),
            reset: motion(self.reset, 4),
            ..self
        }
    }

    fn range(&self) -> (f64, f64) {
        (0.0, self.largest())
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        [(target / self.largest()).clamp(0.0, 1.0)]
    }

    fn conductance(&self, [x]: [f64; 1]) -> f64 {
        x * self.largest()
    }

    fn current(&self, [x]: [f64; 1], voltage: f64) -> (f64, f64) {
        let a = if voltage < 0.0 { self.a2 } else { self.a1 };
        let (sinh, cosh) = sinh_cosh(self.b * voltage);
        (a * x * sinh, a * x * self.b * cosh)
    }

    fn advance(&self, [x]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        let is_positive = voltage > 0.0;
        let motion = if is_positive { self.set } else { self.reset };
        let speed = motion.free_rate(voltage.abs()) * self.eta.abs();
        if speed == 0.0 || duration == 0.0 {
            return [x];
        }
        // With a negative eta the thresholds keep their voltages, and the windows follow the direction.
        let rises = is_positive == (self.eta > 0.0);
        let window = if rises { self.set } else { self.reset };
        if rises {
            return [autonomous(x, (0.0, 1.0), duration, 1e-12, |x| speed * window.window(x, 1.0 - x))];
        }
        [autonomous(x, (0.0, 1.0), duration, 1e-12, |x| -speed * window.window(1.0 - x, x))]
    }

    fn valid_voltage(&self) -> (f64, f64) {
        (-STEEPEST / self.b, STEEPEST / self.b)
    }
}

impl Yakopcic {
    /// The conductance of x = 1.
    fn largest(&self) -> f64 {
        self.a1 * sinh_cosh(self.b * REFERENCE).0 / REFERENCE
    }
}

crosspike_device::export_models!(EachCell<Yakopcic, 1>);
