//! A circuit is the resistive network of one crossbar array: word lines, bit lines, cells and terminals, solved exactly
//! for its node voltages and terminal currents.
//!
//! # Topology
//!
//! m word lines (rows i) x n bit lines (columns j), all counted from 0:
//!
//! ```text
//!             left   segment                               right
//!  source --[ r ]-- W(i,0) --[rw]-- W(i,1) -- ... -- W(i,n-1) --[ r ]-- source
//!                     |               |                 |
//!                  cell(i,0)       cell(i,1)        cell(i,n-1)
//!                     |               |                 |
//!                   B(i,0)          B(i,1)           B(i,n-1)
//!
//!              top                                        bottom
//!  source --[ r ]-- B(0,j) --[rb]-- B(1,j) -- ... -- B(m-1,j) --[ r ]-- source
//! ```
//!
//! Every end of a line has a [`Terminal`] or floats. The resistance of a terminal is all there is between its source and
//! the node; [`EndSegments`] says whether a convention counts a wire segment into it. The current of a cell flows from its
//! word line into its bit line; the current of a terminal is positive out of the array into the source. Plain SI units.
//!
//! # Equations
//!
//! ```text
//!   word-line node   sum of (W - neighbour) / rw + (W - V) / r + I_cell(W - B) = 0
//!   bit-line node    sum of (B - neighbour) / rb + (B - V) / r - I_cell(W - B) = 0
//! ```
//!
//! With ohmic cells that is a linear system: all word lines are tridiagonal systems of their own, and so are all bit lines;
//! only the cells couple them. [`Solver::solve`] uses both (see `linear.rs`) and takes 3 to 12 iterations for up to 512 x 512
//! cells of 1 to 100 uS with wires of 2 ohm, each in time and memory proportional to the cells. Cells with their own law
//! ([`CellLaw`]) need a few Newton steps around it: [`Solver::solve_cells`].
//!
//! # Steps
//!
//! 1. A [`Layout`] describes the array as someone writes it down.
//! 2. [`Circuit::new`] checks it.
//! 3. A [`Solver`] has the memory for solving it, again and again with other cells and sources, and starts each solve from
//!    the node voltages of the last. [`Solver::set_terminals`] connects and disconnects the ends of lines in between.
//! 4. Each solve gives a [`Report`] of how exact it is; then [`Solver::currents`] and [`Solver::operating_point`] answer.
//! 5. [`Solver::response`] gives derivatives, [`Solver::transfer`] the matrix from word-line voltages to bit-line currents.
//!
//! ```
//! use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Solver};
//!
//! // One cell of 98 ohm, with a segment of 1 ohm before and after it: 1 V drives 10 mA.
//! let circuit = Circuit::new(Layout::read(1, 1, 1.0, EndSegments::EveryEnd))?;
//! let mut solver = Solver::new(&circuit, Options::default());
//! solver.set_conductances(&[1.0 / 98.0])?;
//! solver.set_sources(Side::Left, &[1.0])?;
//! solver.solve()?;
//! assert!((solver.currents(Side::Bottom)[0] - 0.01).abs() < 1e-12);
//! assert!((solver.currents(Side::Left)[0] + 0.01).abs() < 1e-12);
//!
//! // 9.8 of the 10 mW are dissipated in the cell.
//! let power = solver.operating_point().expect("solved").power;
//! assert!((power.sources - 0.01).abs() < 1e-12 && (power.cells - 0.0098).abs() < 1e-12);
//!
//! // The derivative of the bit-line current by the source: 1 S / 100.
//! assert!((solver.response(Side::Left, 0)?.terminals[Side::Bottom as usize][0] - 0.01).abs() < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Results are the same bits on every instruction set.

mod technology;
mod layout;
mod fault;
mod checked;
mod lanes;
mod words;
mod bits;
mod linear;
mod nodes;
mod reach;
mod law;
mod solver;
mod newton;
mod power;
mod point;
mod response;
mod transfer;

pub use checked::Circuit;
pub use fault::{CircuitError, Place, SolveError};
pub use law::{CellLaw, Sinh};
pub use layout::{EndSegments, Layout, Segments, Side, Terminal};
pub use point::OperatingPoint;
pub use power::Power;
pub use response::Response;
pub use solver::{Method, Options, Report, Solver};
pub use technology::{TECHNOLOGIES, Technology};
pub use transfer::{Change, Transfer};
