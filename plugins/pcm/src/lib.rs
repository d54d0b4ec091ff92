//! A phase-change cell: partial crystallisation by set pulses with measured statistics, drift of the amorphous phase, read
//! noise, and a reset that melts it.
//!
//! # Equations
//!
//! Conductances in microsiemens, as published:
//!
//! * A set pulse: P <- P e^(-1/2.6), then g <- g + N(mu, sigma), mu = -0.084 g + 0.880 + 1.40 P, sigma = 0.091 g + 0.260 +
//!   2.15 P (Nandakumar 2018, figure 4 and table I); P is the memory of past pulses, 1 after a reset. n pulses at once: P
//!   e^(-n/2.6), n mu, sqrt(n) sigma.
//! * A reset pulse: g <- 0.1 (1 + 0.1 N(0, 1)), P <- 1.
//! * g is clipped to 0.1 .. `g_max`.
//! * Drift: G(t) = g (t / t0)^-nu at the time t since the last pulse, for t > t0.
//! * Read noise: standard deviation 0.03 G + 0.13 per cell and read, of the conductance.
//!
//! A pulse is a voltage beyond a threshold for `pulse` seconds. Each pulse draws a nu, N(`nu`, `nu_deviation`), 0 or more, and
//! starts t anew.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | | `g_max` | S | 12e-6 | 1e-6 to 1e-4 | srnn-pcm: 12 or 20 uS |
//! | nu | `nu` | 1 | 0.04 | 0 to 1 | srnn-pcm |
//! | | `nu_deviation` | 1 | 0 | 0 to 1 | aihwkit: 0.008 to 0.045 |
//! | t0 | `t0` | s | 38.6 | 1e-9 to 1e9 | Nandakumar 2018: the read after programming |
//! | | `read_noise` | 1 | 1 | 0 to 100 | factor on the read noise |
//! | | `v_set` | V | 0.5 | 1e-3 to 1000 | below the programming voltage |
//! | | `v_reset` | V | -0.5 | -1000 to -1e-3 | |
//! | | `pulse` | s | 50e-9 | 1e-15 to 1e6 | Nandakumar 2018: 50 ns |
//!
//! Phase-change cells are unipolar: a set is a weaker pulse than a reset, not one of the other sign. Here the signs tell the two
//! apart, as the requests of a rule do. All numbers may vary from cell to cell and from write to write. State: `g`, `p`, `t`,
//! `nu`.
//!
//! Exact: drift is a closed form of the time that the state holds, so parts of a duration give the state of the whole. Pulses
//! in parts agree in distribution only. Valid for any voltage beyond the thresholds: its size does not matter. Not modelled: structural relaxation by temperature,
//! nonlinearity of the current. The refresh of signed pairs is a phase of a run (`target: Refresh(..)`), not of a device.
//!
//! Checked by `set_pulses_have_the_published_statistics`, `drift_is_a_power_of_time` and their neighbours in `tests.rs`.
//!
//! References: S. R. Nandakumar, M. Le Gallo, I. Boybat, B. Rajendran, A. Sebastian, E. Eleftheriou, "A phase-change memory
//! model for neuromorphic computing", Journal of Applied Physics 124, 152135 (2018), DOI 10.1063/1.5042408; numbers as in
//! github.com/YigitDemirag/srnn-pcm.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp, pow};
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `pcm`.
#[derive(Clone, Copy, Debug)]
struct Pcm {
    g_max: f64,
    nu: f64,
    nu_deviation: f64,
    t0: f64,
    read_noise: f64,
    v_set: f64,
    v_reset: f64,
    pulse: f64,
}

/// The equations are in microsiemens.
const MICRO: f64 = 1e-6;
/// The conductance of the amorphous cell, S.
const LOWEST: f64 = 0.1e-6;
/// Pulses after which the memory of them has fallen by a factor e.
const MEMORY: f64 = 2.6;

impl CellModel<4> for Pcm {
    const DESCRIPTION: Description = Description {
        name: c"pcm",
        version: c"0.1.0",
        text: c"a phase-change cell with measured programming statistics, drift and read noise",
        parameters: &[
            Parameter::number(c"g_max", c"S", (1e-6, 1e-4), c"largest conductance").or(12e-6).varies(),
            Parameter::number(c"nu", c"1", (0.0, 1.0), c"mean exponent of the drift").or(0.04).varies(),
            Parameter::number(
                c"nu_deviation",
                c"1",
                (0.0, 1.0),
                c"standard deviation of the exponent from pulse to pulse",
            )
            .or(0.0)
            .varies(),
            Parameter::number(c"t0", c"s", (1e-9, 1e9), c"time after a pulse at which drift begins")
                .or(38.6)
                .varies(),
            Parameter::number(c"read_noise", c"1", (0.0, 100.0), c"factor on the measured read noise")
                .or(1.0)
                .varies(),
            Parameter::number(c"v_set", c"V", (1e-3, 1e3), c"voltage above which pulses set")
                .or(0.5)
                .varies(),
            Parameter::number(c"v_reset", c"V", (-1e3, -1e-3), c"voltage below which pulses reset")
                .or(-0.5)
                .varies(),
            Parameter::number(c"pulse", c"s", (1e-15, 1e6), c"width of one pulse").or(50e-9).varies(),
        ],
        state: &[
            StateVariable::new(c"g", c"S", c"conductance before drift"),
            StateVariable::new(c"p", c"1", c"memory of past pulses, 1 after a reset"),
            StateVariable::new(c"t", c"s", c"time since the last pulse"),
            StateVariable::new(c"nu", c"1", c"exponent of the drift since then"),
        ],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE | abi::STOCHASTIC | abi::VOLATILE | abi::NOISY,
        draws: (1, 0, 2),
        reference_voltage: 0.2,
    };

    fn create(values: &Values<'_>) -> Result<Pcm, Fault> {
        let value = |index| values.number(index);
        Ok(Pcm {
            g_max: value(0),
            nu: value(1),
            nu_deviation: value(2),
            t0: value(3),
            read_noise: value(4),
            v_set: value(5),
            v_reset: value(6),
            pulse: value(7),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Pcm {
        Pcm {
            g_max: own(0, self.g_max),
            nu: own(1, self.nu),
            nu_deviation: own(2, self.nu_deviation),
            t0: own(3, self.t0),
            read_noise: own(4, self.read_noise),
            v_set: own(5, self.v_set),
            v_reset: own(6, self.v_reset),
            pulse: own(7, self.pulse),
        }
    }

    /// A cell that has drifted for very long has hardly any conductance left.
    fn range(&self) -> (f64, f64) {
        (0.0, self.g_max)
    }

    fn initial(&self, target: f64, draws: Draws<'_>) -> [f64; 4] {
        let g = target.clamp(LOWEST, self.g_max);
        // As after many pulses: nothing is left of the memory.
        [g, 0.0, 0.0, self.drawn_nu(draws.normal(0))]
    }

    fn conductance(&self, [g, _, t, nu]: [f64; 4]) -> f64 {
        if t > self.t0 { g * pow(t / self.t0, -nu) } else { g }
    }

    /// The conductance before drift is changed; drift goes on.
    fn increment(&self, state: [f64; 4], change: f64, _: Draws<'_>) -> [f64; 4] {
        let [g, p, t, nu] = state;
        let drift = self.conductance([1.0, p, t, nu]);
        [(g + change / drift).clamp(LOWEST, self.g_max), p, t, nu]
    }

    fn advance(&self, [g, p, t, nu]: [f64; 4], voltage: f64, duration: f64, draws: Draws<'_>) -> [f64; 4] {
        let pulses = duration / self.pulse;
        if voltage > self.v_set && pulses > 0.0 {
            let micro = g / MICRO;
            let p = p * exp(-pulses / MEMORY);
            let mean = -0.084 * micro + 0.880 + 1.40 * p;
            let deviation = 0.091 * micro + 0.260 + 2.15 * p;
            let change = pulses * mean + pulses.sqrt() * deviation * draws.normal(0);
            let next = (g + change * MICRO).clamp(LOWEST, self.g_max);
            return [next, p, 0.0, self.drawn_nu(draws.normal(1))];
        }
        if voltage < self.v_reset && pulses > 0.0 {
            let next = (LOWEST * (1.0 + 0.1 * draws.normal(0))).max(0.0);
            return [next, 1.0, 0.0, self.drawn_nu(draws.normal(1))];
        }
        [g, p, t + duration, nu]
    }

    fn read_noise(&self, state: [f64; 4], voltage: f64) -> f64 {
        self.read_noise * (0.03 * self.conductance(state) + 0.13 * MICRO) * voltage.abs()
    }
}

impl Pcm {
    fn drawn_nu(&self, normal: f64) -> f64 {
        (self.nu + self.nu_deviation * normal).max(0.0)
    }
}

crosspike_device::export_models!(EachCell<Pcm, 4>);
