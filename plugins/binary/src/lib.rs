//! A synapse of many binary devices in parallel, each of which a pulse switches with a probability.
//!
//! # Equations
//!
//! G = n g_on + (N - n) g_off, n of the N devices being on. A set pulse turns each device that is off on with the probability
//! p_set, a reset pulse each that is on off with p_reset: the number that switches is binomial. A pulse is a voltage beyond a
//! threshold for `pulse` seconds; k pulses switch with 1 - (1 - p)^k, parts of a pulse likewise.
//!
//! An increment of D asks for D / (g_on - g_off) devices: whole ones switch, and one more with the probability of the rest, so
//! that increments are met on average (stochastic rounding).
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | N | `count` | 1 | 64 | 1 to 4096, whole | N2D2: 64 |
//! | | `g_off`, `g_on` | S | 11.9e-6, 304e-6 | 0 to 1000, ascending | N2D2, means of its HfO2 devices |
//! | | `p_set`, `p_reset` | 1 | 0.843, 0.992 | 0 to 1 | N2D2 |
//! | | `v_set` | V | 1.0 | 1e-3 to 1000 | the reader's device |
//! | | `v_reset` | V | -1.0 | -1000 to -1e-3 | the reader's device |
//! | | `pulse` | s | 100e-9 | 1e-15 to 1e6 | the reader's device |
//!
//! Stochastic learning wants far smaller probabilities than the success of a strong pulse: N2D2 lets its rule switch with
//! 0.002 (potentiation) and 0.0007 (depression); here weak pulses do, with a small `p_set` and `p_reset`.
//!
//! All numbers but N may vary from synapse to synapse and from write to write; a g_on below g_off counts as g_off. N2D2 spreads
//! single devices, log-normally, by 140 % (g_off) and 13 % (g_on); the mean of 64 then spreads by an eighth of that. State:
//! `on`, the number of devices that are on.
//!
//! Exact: the binomial number is drawn by inversion of its distribution, from one random number. Parts of a duration agree in
//! distribution. Valid for any voltage beyond the thresholds: its size does not matter. Not modelled: differences between the
//! devices of one synapse, new conductances at each switch, drift, noise.
//!
//! Checked by `pulses_switch_with_their_probability` and its neighbours in `tests.rs`.
//!
//! References: O. Bichler et al., "N2D2", github.com/CEA-LIST/N2D2, `models/mnist-stdp-ijcnn.ini`; D. Querlioz, O. Bichler,
//! A. F. Vincent, C. Gamrat, Proceedings of the IEEE 103(8), 1398 (2015), DOI 10.1109/JPROC.2015.2437616, many binary devices
//! per synapse.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp, ln, pow};
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `binary`.
#[derive(Clone, Copy, Debug)]
struct Binary {
    count: f64,
    g_off: f64,
    g_on: f64,
    p_set: f64,
    p_reset: f64,
    v_set: f64,
    v_reset: f64,
    pulse: f64,
}

impl CellModel<1> for Binary {
    const DESCRIPTION: Description = Description {
        name: c"binary",
        version: c"0.1.0",
        text: c"many binary devices in parallel that pulses switch with a probability",
        parameters: &[
            Parameter::number(c"count", c"1", (1.0, 4096.0), c"devices of one synapse").or(64.0).integer(),
            Parameter::number(c"g_off", c"S", (0.0, 1e3), c"conductance of a device that is off")
                .or(11.9e-6)
                .varies(),
            Parameter::number(c"g_on", c"S", (1e-15, 1e3), c"conductance of a device that is on")
                .or(304e-6)
                .varies(),
            Parameter::number(c"p_set", c"1", (0.0, 1.0), c"probability that a pulse turns a device on")
                .or(0.843)
                .varies(),
            Parameter::number(c"p_reset", c"1", (0.0, 1.0), c"probability that a pulse turns a device off")
                .or(0.992)
                .varies(),
            Parameter::number(c"v_set", c"V", (1e-3, 1e3), c"voltage above which pulses set")
                .or(1.0)
                .varies(),
            Parameter::number(c"v_reset", c"V", (-1e3, -1e-3), c"voltage below which pulses reset")
                .or(-1.0)
                .varies(),
            Parameter::number(c"pulse", c"s", (1e-15, 1e6), c"width of one pulse").or(100e-9).varies(),
        ],
        state: &[StateVariable::new(c"on", c"1", c"devices that are on")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE | abi::HAS_LEVELS | abi::STOCHASTIC,
        draws: (0, 1, 1),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<Binary, Fault> {
        let value = |index| values.number(index);
        if value(1) >= value(2) {
            let text = format!("`g_on` ({:e} S) must be larger than `g_off` ({:e} S)", value(2), value(1));
            return Err(Fault::new(text).of_parameter(2));
        }
        Ok(Binary {
            count: value(0),
            g_off: value(1),
            g_on: value(2),
            p_set: value(3),
            p_reset: value(4),
            v_set: value(5),
            v_reset: value(6),
            pulse: value(7),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Binary {
        let g_off = own(1, self.g_off);
        Binary {
            count: self.count,
            g_off,
            g_on: own(2, self.g_on).max(g_off),
            p_set: own(3, self.p_set),
            p_reset: own(4, self.p_reset),
            v_set: own(5, self.v_set),
            v_reset: own(6, self.v_reset),
            pulse: own(7, self.pulse),
        }
    }

    fn range(&self) -> (f64, f64) {
        (self.count * self.g_off, self.count * self.g_on)
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        let on = (target - self.count * self.g_off) / (self.g_on - self.g_off);
        // An own g_on that counts as g_off makes all numbers alike.
        [if on.is_nan() { 0.0 } else { on.clamp(0.0, self.count).round() }]
    }

    fn conductance(&self, [on]: [f64; 1]) -> f64 {
        on * self.g_on + (self.count - on) * self.g_off
    }

    fn increment(&self, [on]: [f64; 1], change: f64, draws: Draws<'_>) -> [f64; 1] {
        let wanted = change / (self.g_on - self.g_off);
        if !wanted.is_finite() {
            return [on];
        }
        let whole = wanted.floor();
        let more = if draws.uniform(0) < wanted - whole { 1.0 } else { 0.0 };
        [(on + whole + more).clamp(0.0, self.count)]
    }

    fn advance(&self, [on]: [f64; 1], voltage: f64, duration: f64, draws: Draws<'_>) -> [f64; 1] {
        let pulses = duration / self.pulse;
        let chance = |p: f64| if p < 1.0 { 1.0 - exp(pulses * ln(1.0 - p)) } else { 1.0 };
        if pulses == 0.0 {
            [on]
        } else if voltage > self.v_set {
            [on + binomial(self.count - on, chance(self.p_set), draws.uniform(0))]
        } else if voltage < self.v_reset {
            [on - binomial(on, chance(self.p_reset), draws.uniform(0))]
        } else {
            [on]
        }
    }
}

/// How many of `count` events of probability `p` occur, by the share `uniform` of the distribution below it.
fn binomial(count: f64, p: f64, uniform: f64) -> f64 {
    // The rarer outcome is counted, so that the first probability is no smaller than 2^-count.
    if p > 0.5 {
        return count - binomial(count, 1.0 - p, 1.0 - uniform);
    }
    if p <= 0.0 || count <= 0.0 {
        return 0.0;
    }
    // Probabilities start at (1 - p)^count; where that vanishes, a normal number stands for the binomial one.
    let first = pow(1.0 - p, count);
    if first < 1e-280 {
        let deviation = (count * p * (1.0 - p)).sqrt();
        let number = count * p + deviation * crosspike_device::functions::normal(uniform);
        return number.round().clamp(0.0, count);
    }
    let (mut number, mut probability, mut below) = (0.0, first, first);
    while below < uniform && number < count {
        number += 1.0;
        probability *= (count - number + 1.0) / number * (p / (1.0 - p));
        below += probability;
    }
    number
}

crosspike_device::export_models!(EachCell<Binary, 1>);
