//! A circuit is the resistive network of one crossbar array: word lines, bit lines, cells and terminals, solved exactly
//! for its node voltages and terminal currents.

mod technology;
mod layout;
mod fault;
mod circuit;
mod law;
mod lanes;
mod words;
mod bits;
mod linear;
mod nodes;
mod reach;
mod solver;
mod newton;
mod point;
mod response;
mod transfer;

pub use circuit::Circuit;
pub use fault::{CircuitError, Place, SolveError};
pub use law::{CellLaw, Sinh};
pub use layout::{EndSegments, Layout, Segments, Side, Terminal};
pub use point::{OperatingPoint, Power};
pub use response::Response;
pub use solver::{Method, Options, Report, Solver};
pub use technology::{TECHNOLOGIES, Technology};
pub use transfer::{Change, Transfer};
