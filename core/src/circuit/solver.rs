//! A solver is a circuit with its cells and all memory that solving takes: no solve allocates, but for the first with a
//! cell law.

use super::checked::{Circuit, check_length};
use super::fault::{CircuitError, SolveError};
use super::law::CellBuffers;
use super::layout::Side;
use super::linear::{Goal, LinearSystem, Progress};
use super::nodes::{Voltages, excite, fix, gather, largest, settle};
use super::reach::Reach;

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
    /// An estimate of the error: energy norm of the error over that of the solution. It can be a hundred times too low where
    /// an array with shorts stops after very few iterations.
    pub error: f64,
}

/// An array that can be solved again and again.
#[derive(Clone, Debug)]
pub struct Solver {
    pub(super) circuit: Circuit,
    pub(super) options: Options,
    pub(super) system: LinearSystem,
    pub(super) reach: Reach,
    /// The node voltages of the last solve.
    pub(super) voltages: Voltages,
    /// The terminal currents of the last solve.
    pub(super) terminals: [Vec<f64>; 4],
    /// The terminal currents of the last response.
    pub(super) answers: [Vec<f64>; 4],
    /// Of solves with a cell law, from the first one on.
    pub(super) buffers: Option<Box<CellBuffers>>,
    pub(super) state: State,
}

/// What the solver holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    /// The factors are those of the cells.
    pub(super) is_factorised: bool,
    /// The cells are the slopes of a cell law.
    pub(super) holds_slopes: bool,
    /// Some node voltage may differ from 0.
    pub(super) is_warm: bool,
    /// Voltages and currents are those of the present cells and sources.
    pub(super) is_solved: bool,
}

impl Solver {
    /// A solver whose cells are all open and whose nodes are at 0 V. `options` hold for all its solves.
    pub fn new(circuit: &Circuit, options: Options) -> Solver {
        let (rows, columns) = (circuit.word_lines(), circuit.bit_lines());
        Solver {
            circuit: circuit.clone(),
            options,
            system: LinearSystem::new(circuit),
            reach: Reach::new(circuit),
            voltages: Voltages::zeros(rows, columns),
            terminals: Side::ALL.map(|side| vec![0.0; circuit.line_count(side)]),
            answers: Side::ALL.map(|side| vec![0.0; circuit.line_count(side)]),
            buffers: None,
            state: State::default(),
        }
    }

    /// The circuit, with the present voltages of its sources.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Sets the conductances of all cells, S, m x n row by row, each 0 or more and finite; 0 is an open cell.
    ///
    /// # Errors
    ///
    /// A list of the wrong length, or a conductance outside that range: the cells stay as they were.
    pub fn set_conductances(&mut self, siemens: &[f64]) -> Result<(), CircuitError> {
        let columns = self.circuit.bit_lines();
        check_length("conductances", siemens.len(), self.circuit.word_lines() * columns)?;
        if let Some(at) = siemens.iter().position(|g| !(0.0..f64::INFINITY).contains(g)) {
            return Err(conductance_error(at / columns, at % columns, siemens[at]));
        }
        self.system.cells.copy_from(siemens);
        self.state = State { is_warm: self.state.is_warm, ..State::default() };
        Ok(())
    }

    /// Connects the terminals of one side whose entry is true, and disconnects the others: their ends float until they
    /// are connected again. One entry per line. At first all terminals of the layout are connected.
    ///
    /// A change of terminals is worth a factorisation in the next solve, no more; where nothing changes it costs nothing.
    ///
    /// # Errors
    ///
    /// A list of the wrong length, or a true entry of a line that has no terminal on this side in its layout: the
    /// terminals stay as they were.
    ///
    /// ```
    /// use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Solver};
    ///
    /// // Two cells of 1 kohm on one bit line: the grounded word line takes what the driven one gives, a floating one
    /// // takes nothing.
    /// let layout = Layout::read(2, 1, 1.0, EndSegments::Absent);
    /// let mut solver = Solver::new(&Circuit::new(layout)?, Options::default());
    /// solver.set_conductances(&[1e-3, 1e-3])?;
    /// solver.set_sources(Side::Left, &[1.0, 0.0])?;
    /// solver.set_terminals(Side::Left, &[true, false])?;
    /// solver.solve()?;
    /// let point = solver.operating_point().expect("solved");
    /// assert!(point.cells[1].abs() < 1e-12 && (point.word[1] - point.bit[1]).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_terminals(&mut self, side: Side, connected: &[bool]) -> Result<(), CircuitError> {
        if self.circuit.set_terminals(side, connected)? {
            self.system.connect(&self.circuit, side);
            self.reach.connect(&self.circuit);
            (self.state.is_factorised, self.state.is_solved) = (false, false);
        }
        Ok(())
    }

    /// Sets the voltages of all sources of one side, V, one per line; entries of ends without a terminal do nothing. A
    /// terminal that is not connected keeps its voltage for later.
    ///
    /// # Errors
    ///
    /// A list of the wrong length, or a voltage that is not finite: the sources stay as they were.
    pub fn set_sources(&mut self, side: Side, volts: &[f64]) -> Result<(), CircuitError> {
        self.circuit.set_voltages(side, volts)?;
        self.state.is_solved = false;
        Ok(())
    }

    /// Forgets the present node voltages, so that the next solve starts from 0 V.
    pub fn reset(&mut self) {
        self.voltages.word.clear();
        self.voltages.bit.clear();
        self.state = State { is_warm: false, is_solved: false, ..self.state };
    }

    /// Solves the array of ohmic cells, starting from the present node voltages.
    ///
    /// # Errors
    ///
    /// A part of the array without a path to a terminal, a solver that holds slopes, or no convergence, after which the
    /// next solve starts from 0 V.
    pub fn solve(&mut self) -> Result<Report, SolveError> {
        if self.state.holds_slopes {
            return Err(SolveError::Slopes);
        }
        self.state.is_solved = false;
        self.prepare()?;
        let scale = self.residual_at_rest();
        let nodes = (&mut self.voltages.word, &mut self.voltages.bit);
        fix(&self.circuit, |spot| spot.terminal.voltage, nodes);
        let first = if self.state.is_warm {
            self.gather_present();
            self.system.eliminate().0
        } else {
            scale
        };
        self.state.is_warm = true;
        let progress = self.system.iterate(first, self.goal(scale));
        self.voltages.word.add(&self.system.word, 1.0);
        self.voltages.bit.add(&self.system.bit, 1.0);
        let kcl = self.gather_present();
        self.check(progress, scale).inspect_err(|_| self.reset())?;
        self.state.is_solved = true;
        self.check_books();
        let part = |value: f64| if value == 0.0 { 0.0 } else { (value / scale).sqrt() };
        let (residual, error) = (part(progress.now), part(progress.error));
        Ok(Report { iterations: progress.iterations, newton_steps: 1, residual, kcl, error })
    }

    /// The currents of the terminals of one side as the last solve found them, A, positive out of the array into the
    /// source; 0 where the end floats. One element per line.
    pub fn currents(&self, side: Side) -> &[f64] {
        &self.terminals[side as usize]
    }

    /// The memory of everything that has a value per cell, bytes: about 88 per cell, 104 with resistances of single segments
    /// and 8 more with broken ones; 32 more from the first solve with a cell law on.
    pub fn byte_count(&self) -> usize {
        let Voltages { word, bit } = &self.voltages;
        let cells = self.buffers.as_ref().map_or(0, |buffers| buffers.byte_count());
        self.system.byte_count() + word.byte_count() + bit.byte_count() + self.reach.byte_count() + cells
    }

    /// Brings the factors up to date with the cells.
    pub(super) fn prepare<E: std::error::Error>(&mut self) -> Result<(), SolveError<E>> {
        if !self.state.is_factorised {
            self.reach.check(&self.system.cells).map_err(|place| SolveError::Floating { place })?;
            self.system.factorise();
            self.state.is_factorised = true;
        }
        Ok(())
    }

    /// Eliminates the system of an array whose nodes are at 0 V, but for ideal sources: the measure of all residuals.
    fn residual_at_rest(&mut self) -> f64 {
        let LinearSystem { cells, words, bits, into_words, into_bits, .. } = &mut self.system;
        excite(&self.circuit, (words, bits), cells, |spot| spot.terminal.voltage, (into_words, into_bits));
        self.system.eliminate().0
    }

    /// Sets the system to what enters the nodes at the present voltages, and returns the largest of it as a part of the
    /// largest terminal current.
    pub(super) fn gather_present(&mut self) -> f64 {
        let Voltages { word, bit } = &self.voltages;
        let LinearSystem { cells, words, bits, into_words, into_bits, direction: currents, .. } =
            &mut self.system;
        let cells = (!self.state.holds_slopes).then_some(&*cells);
        let into = (&mut *into_words, &mut *into_bits);
        gather((words, bits), (word, bit), cells, currents, into, self.circuit.word_lines());
        let into = (&mut *into_words, &mut *into_bits);
        settle(&self.circuit, |spot| spot.terminal.voltage, (word, bit), into, &mut self.terminals);
        let currents =
            self.terminals.iter().flatten().fold(0.0, |most: f64, current| most.max(current.abs()));
        let imbalance = largest(into_words).max(largest(into_bits));
        if imbalance == 0.0 { 0.0 } else { imbalance / currents }
    }

    pub(super) fn goal(&self, scale: f64) -> Goal {
        match self.options.method {
            Method::ConjugateGradients => Goal::Residual {
                target: self.options.tolerance * self.options.tolerance * scale,
                limit: self.options.iteration_limit,
            },
            Method::Sweeps(count) => Goal::Sweeps(count),
        }
    }

    /// Whether conjugate gradients have met their goal.
    pub(super) fn check<E: std::error::Error>(
        &self,
        progress: Progress,
        scale: f64,
    ) -> Result<(), SolveError<E>> {
        match self.goal(scale) {
            Goal::Residual { target, .. } if progress.now.is_nan() || progress.now > target => {
                Err(SolveError::NoConvergence {
                    residual: (progress.now / scale).sqrt(),
                    iterations: progress.iterations,
                    tolerance: self.options.tolerance,
                })
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn conductance_error(row: usize, column: usize, found: f64) -> CircuitError {
    CircuitError::Value {
        what: "conductance",
        place: format!("of the cell at word line {row}, bit line {column}"),
        found,
        unit: "S",
        expected: "0 or more, finite; 0 is an open cell",
    }
}
