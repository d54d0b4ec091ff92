//! A conductance that climbs and descends two curves of pulses, as measured ladders of potentiation and depression are
//! commonly fitted (NeuroSim).
//!
//! # Equations
//!
//! Up: G(n) = g_min + B (1 - e^(-n / A)), B = (g_max - g_min) / (1 - e^(-N / A)), after n of N pulses, A = N `shape_set`.
//! Down: the same curve with the number N of depression and A = N `shape_reset`, along which each pulse goes one step back. The
//! published labels have a positive A for potentiation and a negative one for depression: both are steep where they start.
//!
//! A pulse is a voltage beyond a threshold for `pulse` seconds; other durations count in proportion. From G the pulse number
//! is n = -A ln(1 - (G - g_min) / B), so that up and down may alternate anywhere. Afterwards N(0, 1) sigma (g_max - g_min)
//! sqrt(pulses) is added. All conductances are clipped to the range.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | | `g_min`, `g_max` | S | none | 0 to 1000, ascending | Ag:a-Si 3.0769e-9 and 3.8462e-8 |
//! | N | `pulses_set`, `pulses_reset` | 1 | none | 1 to 1e9 | Ag:a-Si 97 and 100 |
//! | A / N | `shape_set`, `shape_reset` | 1 | none | -1e6 to 1e6, not 0 | label 2.4: 0.499181; label -4.88: -0.200303 |
//! | sigma | `sigma` | 1 | 0 | 0 to 10 | Ag:a-Si 0.035 |
//! | | `v_set` | V | none | 1e-3 to 1000 | below the programming voltage; Ag:a-Si 3.2 |
//! | | `v_reset` | V | none | -1000 to -1e-3 | Ag:a-Si -2.8 |
//! | | `pulse` | s | none | 1e-15 to 1e6 | Ag:a-Si 300e-6 |
//!
//! All numbers may vary from cell to cell and from write to write; a g_max below g_min counts as g_min. State: `g`.
//!
//! NeuroSim names the shapes by labels from -9 to 9, whose table stands in its source (`formula.cpp`); 0.5, 1, 2, 3, 4, 5 and
//! 6 are 2.519877, 1.251653, 0.609035, 0.386830, 0.269089, 0.192406 and 0.135619, and a negative label has a negative shape.
//!
//! Exact: parts of a duration give the state of the whole to rounding, apart from the noise, which agrees in distribution
//! where nothing is clipped. Valid for any voltage beyond the thresholds: its size does not matter. Not modelled: drift,
//! read noise, nonlinearity of the current.
//!
//! Checked by `ladders_have_the_published_curves` and its neighbours in `tests.rs`.
//!
//! References: P.-Y. Chen, X. Peng, S. Yu, "NeuroSim: a circuit-level macro model for benchmarking neuro-inspired
//! architectures in online learning", IEEE Transactions on Computer-Aided Design 37(12), 3067-3080 (2018), DOI
//! 10.1109/TCAD.2018.2789723, equations 2 to 4. Ag:a-Si: its real device, after S. H. Jo et al., Nano Letters 10(4), 1297
//! (2010), DOI 10.1021/nl904092h.

#[cfg(test)]
mod tests;

use crosspike_device::functions::{exp_m1, ln};
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

/// The device model `ladder`.
#[derive(Clone, Copy, Debug)]
struct Ladder {
    g_min: f64,
    g_max: f64,
    set: Curve,
    reset: Curve,
    sigma: f64,
    v_set: f64,
    v_reset: f64,
    pulse: f64,
}

/// The curve of one direction, over the part of its pulses.
#[derive(Clone, Copy, Debug)]
struct Curve {
    pulses: f64,
    shape: f64,
}

impl Curve {
    /// The part of the range after a part of the pulses.
    fn height(&self, part: f64) -> f64 {
        exp_m1(-part / self.shape) / exp_m1(-1.0 / self.shape)
    }

    /// The part of the pulses at a part of the range.
    fn part(&self, height: f64) -> f64 {
        -self.shape * ln(1.0 + height * exp_m1(-1.0 / self.shape))
    }
}

const SHAPES: (f64, f64) = (-1e6, 1e6);

impl CellModel<1> for Ladder {
    const DESCRIPTION: Description = Description {
        name: c"ladder",
        version: c"0.1.0",
        text: c"a conductance that climbs and descends curves of pulses (NeuroSim)",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance").varies(),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance").varies(),
            Parameter::number(c"pulses_set", c"1", (1.0, 1e9), c"pulses from end to end").varies(),
            Parameter::number(c"pulses_reset", c"1", (1.0, 1e9), c"pulses back").varies(),
            Parameter::number(c"shape_set", c"1", SHAPES, c"A / N of potentiation").varies(),
            Parameter::number(c"shape_reset", c"1", SHAPES, c"A / N of depression, usually negative")
                .varies(),
            Parameter::number(c"sigma", c"1", (0.0, 10.0), c"noise of a pulse, as a part of the range")
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

    fn create(values: &Values<'_>) -> Result<Ladder, Fault> {
        let value = |index| values.number(index);
        if value(0) >= value(1) {
            let text = format!("`g_max` ({:e} S) must be larger than `g_min` ({:e} S)", value(1), value(0));
            return Err(Fault::new(text).of_parameter(1));
        }
        if let Some(parameter) = [4, 5].into_iter().find(|&parameter| value(parameter).abs() < 1e-2) {
            let text = format!("it is {}; expected 0.01 or more, or -0.01 or less", value(parameter));
            return Err(Fault::new(text).of_parameter(parameter));
        }
        Ok(Ladder {
            g_min: value(0),
            g_max: value(1),
            set: Curve { pulses: value(2), shape: value(4) },
            reset: Curve { pulses: value(3), shape: value(5) },
            sigma: value(6),
            v_set: value(7),
            v_reset: value(8),
            pulse: value(9),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Ladder {
        let g_min = own(0, self.g_min);
        // A shape that has come near 0 counts as the steepest one of its sign.
        let shape = |index: usize, value: f64| {
            let found: f64 = own(index, value);
            if found.abs() < 1e-2 { 1e-2f64.copysign(found) } else { found }
        };
        Ladder {
            g_min,
            g_max: own(1, self.g_max).max(g_min),
            set: Curve { pulses: own(2, self.set.pulses), shape: shape(4, self.set.shape) },
            reset: Curve { pulses: own(3, self.reset.pulses), shape: shape(5, self.reset.shape) },
            sigma: own(6, self.sigma),
            v_set: own(7, self.v_set),
            v_reset: own(8, self.v_reset),
            pulse: own(9, self.pulse),
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
        let way = self.g_max - self.g_min;
        let (curve, sign) = if voltage > self.v_set {
            (self.set, 1.0)
        } else if voltage < self.v_reset {
            (self.reset, -1.0)
        } else {
            return [g];
        };
        let pulses = duration / self.pulse;
        if pulses == 0.0 || way == 0.0 {
            return [g];
        }
        let height = ((g - self.g_min) / way).clamp(0.0, 1.0);
        let part = (curve.part(height) + sign * pulses / curve.pulses).clamp(0.0, 1.0);
        let noise = if self.sigma > 0.0 { self.sigma * pulses.sqrt() * draws.normal(0) } else { 0.0 };
        [(self.g_min + way * (curve.height(part) + noise)).clamp(self.g_min, self.g_max)]
    }
}

crosspike_device::export_models!(EachCell<Ladder, 1>);
