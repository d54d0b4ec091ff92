//! A conductance that moves beyond two threshold voltages: replace this by the equations of your device.

use crosspike_device::{CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi};

// A parameter of which every cell may have a value of its own is declared with `.varies()`, and `of_cell` takes it in.
#[derive(Clone, Copy)]
struct Mine {
    g_max: f64,
    threshold: f64,
    rate: f64,
}

impl CellModel<1> for Mine {
    const DESCRIPTION: Description = Description {
        name: c"NAME",
        version: c"0.1.0",
        text: c"a conductance that moves beyond two threshold voltages",
        parameters: &[
            Parameter::number(c"g_max", c"S", (1e-12, 1.0), c"largest conductance").or(100e-6),
            Parameter::number(c"threshold", c"V", (1e-3, 10.0), c"voltage beyond which it moves").or(0.5),
            Parameter::number(c"rate", c"S/(V s)", (0.0, 1e9), c"speed per volt beyond the threshold").or(10.0),
        ],
        state: &[StateVariable::new(c"g", c"S", c"conductance")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 1.0,
    };
    fn create(values: &Values<'_>) -> Result<Mine, Fault> {
        Ok(Mine { g_max: values.number(0), threshold: values.number(1), rate: values.number(2) })
    }
    fn range(&self) -> (f64, f64) {
        (0.0, self.g_max)
    }
    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        [target.clamp(0.0, self.g_max)]
    }
    fn conductance(&self, [g]: [f64; 1]) -> f64 {
        g
    }
    fn advance(&self, [g]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        let beyond = voltage - voltage.clamp(-self.threshold, self.threshold);
        [(g + self.rate * beyond * duration).clamp(0.0, self.g_max)]
    }
}

crosspike_device::export_models!(EachCell<Mine, 1>);
