//! A device is the physics of a crossbar's cells: a model from a dynamic library, with values for its parameters.
//!
//! [`Models`] finds a model by name in folders of plug-ins; [`Model::device`] gives it parameters; [`Device`] computes
//! on batches of cells whose state belongs to the caller. The contract with the plug-ins is the header
//! `plugins/sdk/include/crosspike_device.h`.
//!
//! # Why
//!
//! Opening a library runs its code, so only files named like plug-ins in the given folders are opened, and none is
//! ever closed: code or thread-locals of a closed library can still be in use.

mod error;
mod models;
mod model;
mod library;
mod parameters;
mod foreign;
mod handle;

pub use error::{DeviceError, DeviceFault};
pub use handle::{Cells, Columns, Device};
pub use model::{Kind, Model, Parameter, StateVariable};
pub use models::{Models, open};
pub use parameters::Varying;
