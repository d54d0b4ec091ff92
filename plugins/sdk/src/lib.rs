//! The stability boundary between Crosspike and its device models: a trait to implement, a macro to export it.
//!
//! A model implements [`CellModel`], the equations of one cell, or [`Device`], those of many at once, and calls [`export_models!`]; the macro makes the C functions that
//! `include/crosspike_device.h` describes. The program loads the library by its file name,
//! `libcrosspike_model_<name>.so`, so the crate is called `crosspike-model-<name>` and its type is `cdylib`.
//! A model in another language includes the header and needs nothing of this crate.
//!
//! ```
//! use crosspike_device::{Cells, Description, Device, Fault, Parameter, StateVariable, Values, abi};
//!
//! /// A cell of any conductance up to `g_max`.
//! struct Plain {
//!     g_max: f64,
//! }
//!
//! impl Device for Plain {
//!     const DESCRIPTION: Description = Description {
//!         name: c"plain",
//!         version: c"0.1.0",
//!         text: c"a cell of any conductance up to g_max",
//!         parameters: &[Parameter::number(c"g_max", c"S", (1e-12, 1.0), c"largest conductance")],
//!         state: &[StateVariable::new(c"g", c"S", c"conductance")],
//!         capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
//!         draws: (0, 0, 0),
//!         reference_voltage: 1.0,
//!     };
//!
//!     fn create(values: &Values<'_>) -> Result<Plain, Fault> {
//!         Ok(Plain { g_max: values.number(0) })
//!     }
//!
//!     fn range(&self) -> (f64, f64) {
//!         (0.0, self.g_max)
//!     }
//!
//!     fn initial_state(&self, cells: &mut Cells<'_>, target: &[f64], _: &[f64]) -> Result<(), Fault> {
//!         cells.variable_mut(0).fill(0.0);
//!         self.increment(cells, target, &[])
//!     }
//!
//!     fn conductance(&self, cells: &Cells<'_>, conductance: &mut [f64]) -> Result<(), Fault> {
//!         conductance.copy_from_slice(cells.variable(0));
//!         Ok(())
//!     }
//!
//!     fn increment(&self, cells: &mut Cells<'_>, change: &[f64], _: &[f64]) -> Result<(), Fault> {
//!         for (g, change) in cells.variable_mut(0).iter_mut().zip(change) {
//!             *g = (*g + change).clamp(0.0, self.g_max);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! crosspike_device::export_models!(Plain);
//! # fn main() {}
//! ```

pub mod abi;
mod description;
mod column;
mod cells;
pub mod functions;
pub mod ode;
mod device;
mod cell_model;
mod export;

pub use cell_model::{CellModel, Draws, EachCell, OneCell};
pub use cells::Cells;
pub use column::{Column, Limits};
pub use description::{Choice, Description, Parameter, StateVariable};
pub use device::{Device, Fault, Values};
pub use export::{library, model};
