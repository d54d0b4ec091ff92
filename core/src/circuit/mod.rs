//! A circuit is the resistive network of one crossbar array: word lines, bit lines, cells and terminals, solved exactly
//! for its node voltages and terminal currents.

mod circuit;
mod fault;
mod bits;
mod lanes;
mod law;
mod linear;
mod newton;
mod nodes;
mod reach;
mod words;
mod layout;
mod point;
mod solver;
mod technology;
mod transfer;

pub use circuit::Circuit;
pub use fault::{CircuitError, Place, SolveError};
pub use law::{CellLaw, Sinh};
pub use layout::{EndSegments, Layout, Segments, Side, Terminal};
pub use point::{OperatingPoint, Power};
pub use solver::{Method, Options, Report, Solver};
pub use technology::{TECHNOLOGIES, Technology};
pub use transfer::{Change, Response, Transfer};
