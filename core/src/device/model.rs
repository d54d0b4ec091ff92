//! A model is what a plug-in says about one kind of cell, copied and checked, and the functions behind it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crosspike_device::abi;

use super::error::DeviceError;
use super::foreign::Functions;
use super::handle::Device;
use super::parameters;
use crate::scenario::schema::ParameterValue;

/// A device model of an open plug-in.
#[derive(Debug)]
pub struct Model {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) text: String,
    pub(super) file: PathBuf,
    pub(super) sha256: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) state: Vec<StateVariable>,
    pub(super) capabilities: u64,
    pub(super) initial_draws: usize,
    pub(super) increment_draws: usize,
    pub(super) advance_draws: usize,
    pub(super) reference_voltage: f64,
    pub(super) functions: Functions,
}

/// A parameter of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// As a scenario names it.
    pub name: String,
    /// The SI unit without prefix; "1" for plain numbers.
    pub unit: String,
    /// One sentence.
    pub text: String,
    /// Whether it must be given.
    pub required: bool,
    /// Whether each cell may have a value of its own.
    pub varies: bool,
    /// What values it takes.
    pub kind: Kind,
}

/// What values a parameter takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A number in SI.
    Number {
        /// Taken where the parameter is not given; NaN: the model does without.
        default: f64,
        /// The smallest allowed value.
        min: f64,
        /// The largest allowed value.
        max: f64,
        /// Whole numbers only.
        integer: bool,
    },
    /// One of several names.
    Choice {
        /// The index taken where the parameter is not given.
        default: usize,
        /// The names.
        names: Vec<String>,
    },
    /// A list of numbers in SI; empty where it is not given.
    List {
        /// The smallest allowed value.
        min: f64,
        /// The largest allowed value.
        max: f64,
    },
}

/// A variable of the state of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateVariable {
    /// Its name.
    pub name: String,
    /// Its SI unit.
    pub unit: String,
    /// One sentence.
    pub text: String,
}

impl Model {
    /// As a scenario names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the model.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// One sentence about the model.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The plug-in.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The SHA-256 of the file when it was opened, as 64 hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The parameters, in the model's order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The variables of the state of each cell, at least one.
    pub fn state_variables(&self) -> &[StateVariable] {
        &self.state
    }

    /// The capabilities: `crosspike_device::abi::LINEAR` and its neighbours, joined by `|`.
    pub fn capabilities(&self) -> u64 {
        self.capabilities
    }

    /// Whether current is conductance x voltage at every voltage.
    pub fn is_linear(&self) -> bool {
        self.capabilities & abi::LINEAR != 0
    }

    /// Whether the state of a cell at 0 V changes with time.
    pub fn is_volatile(&self) -> bool {
        self.capabilities & abi::VOLATILE != 0
    }

    /// Whether currents differ from read to read.
    pub fn is_noisy(&self) -> bool {
        self.functions.read_noise.is_some()
    }

    /// The voltage of the chord that is called conductance, in volt; 0 means the slope at 0 V.
    pub fn reference_voltage(&self) -> f64 {
        self.reference_voltage
    }

    /// A device of this model, with defaults for the parameters that `values` does not name.
    ///
    /// # Errors
    ///
    /// Where a parameter is unknown, missing, given twice or out of range, or the model refuses the values together.
    pub fn device(self: &Arc<Self>, values: &[(&str, ParameterValue)]) -> Result<Device, DeviceError> {
        let resolved = parameters::resolve(self, values)?;
        Device::create(Arc::clone(self), &resolved)
    }
}
