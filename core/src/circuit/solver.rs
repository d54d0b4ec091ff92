//! A solver is a circuit with its cells and all memory that solving takes; it never allocates between solves.

use super::circuit::Circuit;
use super::fault::{CircuitError, SolveError};
use super::law::CellLaw;
use super::layout::Side;
use super::point::OperatingPoint;

/// How far and in which way a solver goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The method of linear solves.
    pub method: Method,
    /// The residual at which a solve ends, as a part of the residual of an array whose nodes are all at 0 V. Above 0;
    /// the smallest useful value is about 1e-14.
    pub tolerance: f64,
    /// The limit of iterations of one linear solve.
    pub iteration_limit: usize,
    /// The limit of Newton steps of one solve with a cell law.
    pub newton_limit: usize,
}

impl Default for Options {
    /// Conjugate gradients to 1e-10, at most 10,000 iterations and 100 Newton steps.
    fn default() -> Options {
        Options {
            method: Method::ConjugateGradients,
            tolerance: 1e-10,
            iteration_limit: 10_000,
            newton_limit: 100,
        }
    }
}

/// The method of linear solves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Until the tolerance is met.
    ConjugateGradients,
    /// This many alternating line solves whatever the residual: cheap and approximate. Each leaves about
    /// rho = 1/((1+x)(1+y)) of the error, x = pi^2 / (4 n^2 r_w g), y = pi^2 / (4 m^2 r_b g), for lines with a terminal at
    /// one end. Solves with a cell law always use conjugate gradients.
    Sweeps(usize),
}

/// How well a solve went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report {
    /// Iterations of line solves, in all Newton steps together.
    pub iterations: usize,
    /// Newton steps; 1 for a linear solve.
    pub newton_steps: usize,
    /// The residual, in the norm of the preconditioner, as a part of that of an array whose nodes are all at 0 V.
    pub residual: f64,
    /// The largest sum of the currents of one node as a part of the largest terminal current.
    pub kcl: f64,
    /// An estimate of the error: energy norm of the error over that of the solution. Relative to the largest of them,
    /// the currents err by about as much.
    pub error: f64,
}

/// An array that can be solved again and again.
#[derive(Clone, Debug)]
pub struct Solver {
    circuit: Circuit,
}

impl Solver {
    /// A solver whose cells are all open and whose nodes are at 0 V. `options` hold for all its solves.
    pub fn new(circuit: &Circuit, options: Options) -> Solver {
        let _ = options;
        Solver { circuit: circuit.clone() }
    }

    /// The circuit, with the present voltages of its sources.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Sets the conductances of all cells, S, m x n row by row, each 0 or more and finite; 0 is an open cell.
    pub fn set_conductances(&mut self, siemens: &[f64]) -> Result<(), CircuitError> {
        let _ = siemens;
        todo!()
    }

    /// Sets the voltages of all sources of one side, V, one per line; entries of ends that float do nothing.
    pub fn set_sources(&mut self, side: Side, volts: &[f64]) -> Result<(), CircuitError> {
        self.circuit.set_voltages(side, volts)
    }

    /// Forgets the present node voltages, so that the next solve starts from 0 V.
    pub fn reset(&mut self) {
        todo!()
    }

    /// Solves the array of ohmic cells, starting from the present node voltages.
    pub fn solve(&mut self) -> Result<Report, SolveError> {
        todo!()
    }

    /// Solves the array whose cells follow `law`, starting from the present node voltages. Afterwards the solver holds
    /// the slopes of the cells, for responses to small changes; set conductances before the next linear solve.
    pub fn solve_cells<L: CellLaw>(&mut self, law: &mut L) -> Result<Report, SolveError<L::Error>> {
        let _ = law;
        todo!()
    }

    /// Writes the currents of the terminals of one side, A, positive out of the array into the source; 0 where the end
    /// floats. One element per line.
    pub fn currents(&self, side: Side, out: &mut [f64]) {
        let _ = (side, out);
        todo!()
    }

    /// The whole operating point, in new memory.
    pub fn operating_point(&self) -> OperatingPoint {
        todo!()
    }
}
