//! A passively integrated Al2O3/TiO2-x memristor of UC Santa Barbara, by its published statistics of currents and of pulses.
//!
//! # Equations
//!
//! Static, with G0 in S and T in degree Celsius: I = A1 V + A3 V^3,
//!
//! * A1 = -2.58e-6 + 0.977 G0 + 1.166e-7 T + xi (-1.07e-6 + 0.25 G0 + 2.20e-8 T - 1300 G0^2),
//! * A3 = 1.18 G0 + 6596 G0^2 + 1.605e-3 T^-1.33 + xi (1.17e-5 + 1.30 G0 - 1e-7 T - 6500 G0^2 - 2.5e-3 G0 T),
//!
//! with one normal number xi for each device (`static_deviation`). Neither coefficient is taken below 1e-9 S and 0 S/V^2.
//!
//! A pulse of V volts and t seconds, with L = ln t: G0 <- G0 + D (1 + xi' (d0 + d1 L^2 + d2 V L + d3 V^2 L + d4 V^3)),
//!
//! * set: D = c0 (1 - tanh(c1 (L - c2))) (tanh(c3 V - c4) + 1),
//! * reset: D = c0 (-1 - tanh(c1 (L - c2))) (tanh(c3 V - c4) - 1),
//!
//! with coefficients for eight ranges of G0 from 3.16 to 316 uS (`coefficients.rs`), where G0 is clipped, and another normal
//! number xi' for each device (`dynamic_deviation`). A step of the wrong sign counts as none.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | T | `celsius` | 1 | 25 | 1 to 150 | degree Celsius; a port takes kelvin for it, which the offsets contradict |
//! | | `v_set`, `v_reset` | V | 0.5, -0.5 | 0.1 to 3, -3 to -0.1 | below them a pulse moves nothing; published pulses: 0.8 to 1.5 V |
//! | xi | `static_deviation` | 1 | 0 | -5 to 5 | give it a spread |
//! | xi' | `dynamic_deviation` | 1 | 0 | -5 to 5 | give it a spread |
//!
//! The deviations are 0 and cannot be spread by a relative deviation; they may be given for all devices of an array. State:
//! `g0`, in siemens.
//!
//! Conductance: the chord at 0.2 V, A1 + 0.04 A3.
//!
//! The formula of a pulse is a fit to single pulses from 100 ns to 1 s: it says nothing of parts of one, and a pulse in parts does
//! not give what the whole gives. So advances are taken as pulses of their own. Valid up to 0.5 V (currents). Not modelled:
//! thermal noise (four k T f I / V in the source), drift; stuck devices are stuck cells of the scenario.
//!
//! Checked by `pulses_have_the_published_form` and its neighbours in `tests.rs`.
//!
//! Reference: H. Nili, A. F. Vincent, M. Prezioso, M. R. Mahmoodi, I. Kataeva, D. B. Strukov, "Comprehensive compact
//! phenomenological modeling of integrated metal-oxide memristors", IEEE Transactions on Nanotechnology 19, 344-349 (2020), DOI
//! 10.1109/TNANO.2020.2982128; numbers as in github.com/caixunshiren/pytorch-metal-oxide-memristor-crossbar, `params.yaml`
//! and `dynamic_params.txt`.

mod coefficients;
#[cfg(test)]
mod tests;

use coefficients::{Pulse, RANGES};
use crosspike_device::functions::{exp_m1, ln, pow};
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `ucsb`.
#[derive(Clone, Copy, Debug)]
struct Ucsb {
    celsius: f64,
    v_set: f64,
    v_reset: f64,
    static_deviation: f64,
    dynamic_deviation: f64,
}

/// The ends of G0, S.
const LOWEST: f64 = 3.16e-6;
const HIGHEST: f64 = 316e-6;
/// The voltage of the chord, V.
const REFERENCE: f64 = 0.2;

impl CellModel<1> for Ucsb {
    const DESCRIPTION: Description = Description {
        name: c"ucsb",
        version: c"0.1.0",
        text: c"the passively integrated Al2O3/TiO2-x device of UC Santa Barbara",
        parameters: &[
            Parameter::number(c"celsius", c"1", (1.0, 150.0), c"temperature, degree Celsius").or(25.0),
            Parameter::number(c"v_set", c"V", (0.1, 3.0), c"voltage above which pulses set").or(0.5).varies(),
            Parameter::number(c"v_reset", c"V", (-3.0, -0.1), c"voltage below which pulses reset")
                .or(-0.5)
                .varies(),
            Parameter::number(c"static_deviation", c"1", (-5.0, 5.0), c"standard deviations of the currents")
                .or(0.0),
            Parameter::number(c"dynamic_deviation", c"1", (-5.0, 5.0), c"standard deviations of the steps")
                .or(0.0),
        ],
        state: &[StateVariable::new(c"g0", c"S", c"nominal conductance")],
        capabilities: abi::ODD | abi::MONOTONE | abi::PULSED,
        draws: (0, 0, 0),
        reference_voltage: REFERENCE,
    };

    fn create(values: &Values<'_>) -> Result<Ucsb, Fault> {
        let value = |index| values.number(index);
        let [celsius, v_set, v_reset] = [0, 1, 2].map(value);
        Ok(Ucsb { celsius, v_set, v_reset, static_deviation: value(3), dynamic_deviation: value(4) })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Ucsb {
        Ucsb { v_set: own(1, self.v_set), v_reset: own(2, self.v_reset), ..self }
    }

    fn range(&self) -> (f64, f64) {
        // With a large deviation the chord need not rise all the way.
        let chords = || (0..=1000).map(|k| self.chord(LOWEST + (HIGHEST - LOWEST) * f64::from(k) / 1000.0));
        (0.999 * chords().fold(f64::INFINITY, f64::min), 1.001 * chords().fold(0.0, f64::max))
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        let (mut low, mut high) = (LOWEST, HIGHEST);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            *(if self.chord(middle) < target { &mut low } else { &mut high }) = middle;
        }
        [high]
    }

    fn conductance(&self, [g0]: [f64; 1]) -> f64 {
        self.chord(g0)
    }

    fn current(&self, [g0]: [f64; 1], voltage: f64) -> (f64, f64) {
        let (a1, a3) = self.coefficients(g0);
        let square = voltage * voltage;
        ((a1 + a3 * square) * voltage, a1 + 3.0 * a3 * square)
    }

    fn advance(&self, [g0]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        if duration == 0.0 || (self.v_reset..=self.v_set).contains(&voltage) {
            return [g0];
        }
        let range = RANGES.iter().find(|range| g0 <= range.highest).unwrap_or(&RANGES[RANGES.len() - 1]);
        let (pulse, sign) = if voltage > 0.0 { (&range.set, 1.0) } else { (&range.reset, -1.0) };
        let step = self.step(pulse, sign, voltage, ln(duration.max(f64::MIN_POSITIVE)));
        [(g0 + sign * (sign * step).max(0.0)).clamp(LOWEST, HIGHEST)]
    }

    fn valid_voltage(&self) -> (f64, f64) {
        (-0.5, 0.5)
    }
}

impl Ucsb {
    /// A1 in S and A3 in S/V^2.
    fn coefficients(&self, g: f64) -> (f64, f64) {
        let (t, xi) = (self.celsius, self.static_deviation);
        let mean = -2.58e-6 + 0.977 * g + 1.166e-7 * t;
        let deviation = -1.07e-6 + 0.25 * g + 2.20e-8 * t - 1300.0 * g * g;
        let cubic = 1.18 * g + 6596.0 * g * g + 1.605e-3 * pow(t, -1.33);
        let cubic_deviation = 1.17e-5 + 1.30 * g - 1e-7 * t - 6500.0 * g * g - 2.5e-3 * g * t;
        ((mean + xi * deviation).max(1e-9), (cubic + xi * cubic_deviation).max(0.0))
    }

    fn chord(&self, g: f64) -> f64 {
        let (a1, a3) = self.coefficients(g);
        a1 + a3 * REFERENCE * REFERENCE
    }

    /// The change of G0 by a pulse, S.
    fn step(&self, Pulse { c, d }: &Pulse, sign: f64, v: f64, l: f64) -> f64 {
        let mean = c[0] * (sign - tanh(c[1] * (l - c[2]))) * (tanh(c[3] * v - c[4]) + sign);
        let shape = d[0] + d[1] * l * l + d[2] * v * l + d[3] * v * v * l + d[4] * v * v * v;
        mean * (1.0 + self.dynamic_deviation * shape)
    }
}

fn tanh(x: f64) -> f64 {
    let growth = exp_m1(2.0 * x.abs().min(300.0));
    (growth / (growth + 2.0)).copysign(x)
}

crosspike_device::export_models!(EachCell<Ucsb, 1>);
