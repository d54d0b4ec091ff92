//! A description is what a model says about itself before any of its code runs: name, parameters, state, draws.

use std::ffi::{CStr, c_char};
use std::ptr;

use crate::abi::{self, Table};

/// A parameter of a model, with its unit, default and range.
pub type Parameter = Table<abi::Parameter>;

/// A variable of the state of a cell.
pub type StateVariable = Table<abi::StateVariable>;

/// The name of one choice of a parameter, or the end of such names (see [`choices!`](crate::choices)).
pub type Choice = Table<*const c_char>;

/// What a model says about itself.
pub struct Description {
    /// As a scenario names the model: lowercase letters, digits, '-' and '_'.
    pub name: &'static CStr,
    /// Version of the model.
    pub version: &'static CStr,
    /// One sentence.
    pub text: &'static CStr,
    /// The parameters. [`Device::create`](crate::Device::create) receives values in this order.
    pub parameters: &'static [Parameter],
    /// The variables of the state of each cell, at least one.
    pub state: &'static [StateVariable],
    /// [`abi::LINEAR`], [`abi::ODD`], ... joined by `|`.
    pub capabilities: u64,
    /// Random numbers per cell for `initial_state`, `increment` and `advance`.
    pub draws: (u32, u32, u32),
    /// The voltage, in volt, at which conductance is current / voltage; 0 means the slope at 0 V.
    pub reference_voltage: f64,
}

impl Parameter {
    /// A number that must be given, in `unit` ("S", "V", ..., "1" for plain numbers), from `min` to `max`.
    pub const fn number(
        name: &'static CStr,
        unit: &'static CStr,
        (min, max): (f64, f64),
        text: &'static CStr,
    ) -> Parameter {
        Parameter::new(name, unit, text, abi::NUMBER).limits(min, max).flag(abi::REQUIRED)
    }

    /// One of `choices` (made by [`choices!`](crate::choices)); the first unless given.
    pub const fn choice(name: &'static CStr, choices: &'static [Choice], text: &'static CStr) -> Parameter {
        let mut parameter = Parameter::new(name, c"1", text, abi::CHOICE);
        parameter.0.default_value = 0.0;
        parameter.0.choices = choices.as_ptr().cast();
        parameter
    }

    /// A list of numbers in `unit`, each from `min` to `max`; empty unless given.
    pub const fn list(
        name: &'static CStr,
        unit: &'static CStr,
        (min, max): (f64, f64),
        text: &'static CStr,
    ) -> Parameter {
        Parameter::new(name, unit, text, abi::LIST).limits(min, max)
    }

    /// This parameter with a default (of a choice: its index), so that it need not be given.
    pub const fn or(mut self, default: f64) -> Parameter {
        self.0.flags &= !abi::REQUIRED;
        self.0.default_value = default;
        self
    }

    /// This parameter, which may be left out and is then NaN or empty.
    pub const fn optional(self) -> Parameter {
        self.or(f64::NAN)
    }

    /// This parameter, taking whole numbers only.
    pub const fn integer(self) -> Parameter {
        self.flag(abi::INTEGER)
    }

    /// This parameter, of which each cell may have a value of its own: see [`Cells::parameter`](crate::Cells::parameter).
    /// For numbers that need not be whole.
    pub const fn varies(self) -> Parameter {
        self.flag(abi::VARIES)
    }

    const fn new(name: &'static CStr, unit: &'static CStr, text: &'static CStr, kind: u32) -> Parameter {
        Table(abi::Parameter {
            name: name.as_ptr(),
            unit: unit.as_ptr(),
            text: text.as_ptr(),
            kind,
            flags: 0,
            default_value: f64::NAN,
            min: f64::NEG_INFINITY,
            max: f64::INFINITY,
            choices: ptr::null(),
        })
    }

    const fn limits(mut self, min: f64, max: f64) -> Parameter {
        self.0.min = min;
        self.0.max = max;
        self
    }

    const fn flag(mut self, flag: u32) -> Parameter {
        self.0.flags |= flag;
        self
    }
}

impl StateVariable {
    /// A variable with its unit.
    pub const fn new(name: &'static CStr, unit: &'static CStr, text: &'static CStr) -> StateVariable {
        Table(abi::StateVariable { name: name.as_ptr(), unit: unit.as_ptr(), text: text.as_ptr() })
    }
}

impl Choice {
    /// The end of the names.
    pub const END: Choice = Table(ptr::null());

    /// A choice by its name.
    pub const fn named(name: &'static CStr) -> Choice {
        Table(name.as_ptr())
    }
}

/// The names of a choice, for [`Parameter::choice`].
///
/// ```
/// use crosspike_device::{Choice, choices};
///
/// const ROUNDING: &[Choice] = choices![c"nearest", c"stochastic"];
/// assert_eq!(ROUNDING.len(), 3); // two names and the end
/// ```
#[macro_export]
macro_rules! choices {
    ($($name:expr),+ $(,)?) => {
        &[$($crate::Choice::named($name)),+, $crate::Choice::END]
    };
}
