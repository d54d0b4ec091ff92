//! A conductive filament whose gap to the electrode closes and opens: the Stanford/ASU compact model of oxide RRAM.
//!
//! # Equations
//!
//! * I = I0 e^(-g / g0) sinh(V / V0) (equation 1), g the gap;
//! * dg/dt = -v0 [e^(-q E_g / k T) e^(gamma a0 q V / (L k T)) - e^(-q E_r / k T) e^(-gamma a0 q V / (L k T))] (equation 2), within
//!   `gap_min` and `gap_max`;
//! * gamma = gamma0 - beta (g / g1)^3 (equation 3), no less than 0;
//! * T = T0 + |V I| R_th (equation 4).
//!
//! Where E_g = E_r the bracket is 2 e^(-q E / k T) sinh(gamma a0 q V / (L k T)); forms that are published with the sinh alone have
//! half of this v0.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | I0 | `i0` | A | 61.4e-6 | 1e-15 to 1e3 | Chen 2015 |
//! | g0 | `g0` | m | 0.27505e-9 | 1e-12 to 1e-6 | Chen 2015 |
//! | V0 | `v0` | V | 0.43 | 1e-3 to 100 | Chen 2015 |
//! | v0 | `velocity` | m/s | 150 | 0 to 1e15 | Chen 2015 |
//! | E_g, E_r | `e_g`, `e_r` | V | 1.501, 1.5 | 0 to 10 | Chen 2015; energies in electronvolt |
//! | gamma0 | `gamma0` | 1 | 16.5 | 0 to 1e3 | Chen 2015 |
//! | beta | `beta` | 1 | 1.25 | 0 to 1e3 | Chen 2015 |
//! | g1 | `g1` | m | 1e-9 | 1e-12 to 1e-6 | Chen 2015 |
//! | a0 | `a0` | m | 0.25e-9 | 1e-12 to 1e-8 | distance of oxygen vacancies |
//! | L | `thickness` | m | 5e-9 | 1e-10 to 1e-6 | thickness of the oxide |
//! | | `gap_min`, `gap_max` | m | 0.1e-9, 1.7e-9 | 0 to 1e-6, ascending | Memristor-Spikelearn |
//! | T0 | `temperature` | 1 | 350 | 1 to 2000 | kelvin; Memristor-Spikelearn |
//! | R_th | `heating` | 1/W | 0 | 0 to 1e9 | kelvin per watt; 0: the temperature is fixed |
//!
//! I0, g0, v0, gamma0, the gaps and the energies may vary from cell to cell and from write to write; a `gap_max` below
//! `gap_min` counts as `gap_min`. State: `gap`, m.
//!
//! Conductance: the chord at 0.1 V.
//!
//! Integrated over the gap, to 1e-10 of the time: the rate runs through many decades on the way. With E_g and E_r of their own
//! the gap drifts at 0 V, by 1e-21 m/s with the defaults; so the model is volatile. Valid up to 3 V. Not modelled: the
//! random motion of the gap (chi(t) delta_g in the publication), parasitic resistances.
//!
//! Checked by `motions_agree_with_an_integration_in_time`, `rates_have_the_published_decade` and their neighbours in `tests.rs`.
//!
//! References: P.-Y. Chen, S. Yu, "Compact modeling of RRAM devices and its applications in 1T1R and 1S1R array design", IEEE
//! Transactions on Electron Devices 62(12), 4022-4028 (2015), DOI 10.1109/TED.2015.2492421; Z. Jiang et al., IEEE Transactions
//! on Electron Devices 63(5), 1884 (2016), DOI 10.1109/TED.2016.2545412. Numbers as in
//! github.com/YLab-UChicago/Memristor-Spikelearn.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp, ln, sinh_cosh};
use crosspike_device::ode::autonomous;
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `stanford`.
#[derive(Clone, Copy, Debug)]
struct Stanford {
    i0: f64,
    g0: f64,
    v0: f64,
    velocity: f64,
    e_g: f64,
    e_r: f64,
    gamma0: f64,
    beta: f64,
    g1: f64,
    a0: f64,
    thickness: f64,
    gap_min: f64,
    gap_max: f64,
    temperature: f64,
    heating: f64,
}

/// Boltzmann's constant over the elementary charge, V/K (CODATA 2018).
const BOLTZMANN: f64 = 8.617_333_262e-5;
const REFERENCE: f64 = 0.1;

impl CellModel<1> for Stanford {
    const DESCRIPTION: Description = Description {
        name: c"stanford",
        version: c"0.1.0",
        text: c"a filament whose gap closes and opens (Stanford/ASU)",
        parameters: &[
            Parameter::number(c"i0", c"A", (1e-15, 1e3), c"size of the current").or(61.4e-6).varies(),
            Parameter::number(c"g0", c"m", (1e-12, 1e-6), c"gap over which the current falls by a factor e")
                .or(0.27505e-9)
                .varies(),
            Parameter::number(c"v0", c"V", (1e-3, 100.0), c"voltage that bends the current").or(0.43),
            Parameter::number(c"velocity", c"m/s", (0.0, 1e15), c"speed of the gap (v0)").or(150.0).varies(),
            Parameter::number(c"e_g", c"V", (0.0, 10.0), c"energy of the motion that closes, eV")
                .or(1.501)
                .varies(),
            Parameter::number(c"e_r", c"V", (0.0, 10.0), c"energy of the motion that opens, eV")
                .or(1.5)
                .varies(),
            Parameter::number(c"gamma0", c"1", (0.0, 1e3), c"enhancement of the field").or(16.5).varies(),
            Parameter::number(c"beta", c"1", (0.0, 1e3), c"how much the gap weakens it").or(1.25),
            Parameter::number(c"g1", c"m", (1e-12, 1e-6), c"gap at which it does by beta").or(1e-9),
            Parameter::number(c"a0", c"m", (1e-12, 1e-8), c"distance of oxygen vacancies").or(0.25e-9),
            Parameter::number(c"thickness", c"m", (1e-10, 1e-6), c"thickness of the oxide").or(5e-9),
            Parameter::number(c"gap_min", c"m", (0.0, 1e-6), c"smallest gap").or(0.1e-9).varies(),
            Parameter::number(c"gap_max", c"m", (1e-12, 1e-6), c"largest gap").or(1.7e-9).varies(),
            Parameter::number(c"temperature", c"1", (1.0, 2000.0), c"ambient temperature, K").or(350.0),
            Parameter::number(c"heating", c"1/W", (0.0, 1e9), c"thermal resistance, K/W").or(0.0),
        ],
        state: &[StateVariable::new(c"gap", c"m", c"gap between filament and electrode")],
        capabilities: abi::ODD | abi::MONOTONE | abi::VOLATILE,
        draws: (0, 0, 0),
        reference_voltage: REFERENCE,
    };

    fn create(values: &Values<'_>) -> Result<Stanford, Fault> {
        let value = |index| values.number(index);
        if value(11) >= value(12) {
            let text =
                format!("`gap_max` ({:e} m) must be larger than `gap_min` ({:e} m)", value(12), value(11));
            return Err(Fault::new(text).of_parameter(12));
        }
        Ok(Stanford {
            i0: value(0),
            g0: value(1),
            v0: value(2),
            velocity: value(3),
            e_g: value(4),
            e_r: value(5),
            gamma0: value(6),
            beta: value(7),
            g1: value(8),
            a0: value(9),
            thickness: value(10),
            gap_min: value(11),
            gap_max: value(12),
            temperature: value(13),
            heating: value(14),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Stanford {
        let gap_min = own(11, self.gap_min);
        Stanford {
            i0: own(0, self.i0),
            g0: own(1, self.g0),
            velocity: own(3, self.velocity),
            e_g: own(4, self.e_g),
            e_r: own(5, self.e_r),
            gamma0: own(6, self.gamma0),
            gap_min,
            gap_max: own(12, self.gap_max).max(gap_min),
            ..self
        }
    }

    fn range(&self) -> (f64, f64) {
        (self.conductance([self.gap_max]), self.conductance([self.gap_min]))
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        let whole = self.conductance([0.0]);
        // A target of 0 S is far beyond the largest gap.
        let gap = if target > 0.0 { -self.g0 * ln(target / whole) } else { f64::INFINITY };
        [gap.clamp(self.gap_min, self.gap_max)]
    }

    fn conductance(&self, state: [f64; 1]) -> f64 {
        self.current(state, REFERENCE).0 / REFERENCE
    }

    fn current(&self, [gap]: [f64; 1], voltage: f64) -> (f64, f64) {
        let size = self.i0 * exp(-gap / self.g0);
        let (sinh, cosh) = sinh_cosh(voltage / self.v0);
        (size * sinh, size / self.v0 * cosh)
    }

    fn advance(&self, [gap]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        let ends = (self.gap_min, self.gap_max);
        let first = self.rate(gap, voltage) * duration;
        // Cells at rest hardly move: so small a step is straight to rounding.
        if first.abs() < 1e-9 * (self.gap_max - self.gap_min) {
            return [(gap + first).clamp(self.gap_min, self.gap_max)];
        }
        [autonomous(gap, ends, duration, 1e-10, |gap| self.rate(gap, voltage))]
    }

    fn valid_voltage(&self) -> (f64, f64) {
        (-3.0, 3.0)
    }
}

impl Stanford {
    /// dg/dt, m/s.
    fn rate(&self, gap: f64, voltage: f64) -> f64 {
        let power = (voltage * self.current([gap], voltage).0).abs();
        let thermal = BOLTZMANN * (self.temperature + power * self.heating);
        let ratio = gap / self.g1;
        let gamma = (self.gamma0 - self.beta * ratio * ratio * ratio).max(0.0);
        let field = gamma * self.a0 * voltage / self.thickness;
        -self.velocity * (exp((field - self.e_g) / thermal) - exp((-field - self.e_r) / thermal))
    }
}

crosspike_device::export_models!(EachCell<Stanford, 1>);
