//! The barrier carries electrons over (thermionic emission) or through itself (thermionic field emission).

use std::f64::consts::PI;

use crosspike_device::functions::{exp, exp_m1, sinh_cosh};

use crate::{Jart, Z};

/// CODATA 2018, SI.
pub(crate) const CHARGE: f64 = 1.602_176_634e-19;
pub(crate) const BOLTZMANN: f64 = 1.380_649e-23;
const PLANCK: f64 = 6.626_070_15e-34;
const VACUUM: f64 = 8.854_187_812_8e-12;
const ELECTRON_MASS: f64 = 9.109_383_7e-31;

/// Above this, exponents end: the current is far beyond what anything in series lets through.
const STEEPEST: f64 = 600.0;

/// The barrier of a cell at a concentration of vacancies.
pub(crate) struct Barrier {
    phi: f64,
    phi_n: f64,
    /// q^3 z N / (8 pi^2 eps_phi^3), 1/V times V^4.
    lowering: f64,
    /// W00, J.
    w00: f64,
    /// A A*, A/K^2.
    emission: f64,
}

impl Barrier {
    pub(crate) fn new(model: &Jart, n: f64) -> Barrier {
        let eps_phi = model.barrier_permittivity * VACUUM;
        let eps = model.permittivity * VACUUM;
        Barrier {
            phi: model.phi,
            phi_n: model.phi_n,
            lowering: CHARGE * CHARGE * CHARGE * Z * n / (8.0 * PI * PI * eps_phi * eps_phi * eps_phi),
            w00: CHARGE * PLANCK / (4.0 * PI) * (Z * n / (ELECTRON_MASS * eps)).sqrt(),
            emission: model.area() * model.richardson,
        }
    }

    /// The current at a voltage of the barrier, A, of the model's own polarity, at a temperature in K.
    pub(crate) fn current(&self, vs: f64, temperature: f64) -> f64 {
        let below = self.phi - self.phi_n - vs;
        let lowered = self.phi - (self.lowering * below.max(0.0)).sqrt().sqrt();
        let phi = lowered.max(0.0);
        let thermal = BOLTZMANN * temperature;
        if vs >= 0.0 {
            let growth = exp_m1((CHARGE * vs / thermal).min(STEEPEST));
            return self.emission * temperature * temperature * exp(-CHARGE * phi / thermal) * growth;
        }
        let x = self.w00 / thermal;
        let (sinh, cosh) = sinh_cosh(x.min(STEEPEST));
        let tanh = sinh / cosh;
        let (w0, e) = (self.w00 / tanh, self.w00 / (x - tanh));
        let root = (PI * self.w00 * CHARGE * (vs.abs() + phi / (cosh * cosh))).sqrt();
        let growth = exp_m1((CHARGE * vs.abs() / e).min(STEEPEST));
        -self.emission * temperature / BOLTZMANN * root * exp(-CHARGE * phi / w0) * growth
    }
}
