//! A response is the change of the operating point for a unit change of one source, and by reciprocity the sensitivity of
//! the current of that terminal to everything.
//!
//! The matrix of an array is symmetric. So the node voltages for 1 V at a terminal, all other sources at 0 V, are the
//! adjoint solution for the current I out of that terminal: a cell that carries one ampere more at the same voltage changes
//! I by minus the voltage of that cell in the response, and one volt at another terminal changes I by the current out of
//! that other terminal in the response.

use super::fault::{CircuitError, SolveError};
use super::lanes::Matrix;
use super::layout::Side;
use super::linear::LinearSystem;
use super::nodes::{Spot, excite, fix, gather, largest, settle};
use super::solver::{Report, Solver};

/// How the operating point answers to a small change of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// How the voltage of each cell follows the voltage of the source, m x n.
    ///
    /// Read backwards it is the derivative of the current I out of that terminal: one ampere more through cell ij, at the
    /// same voltage, changes I by -`cells[ij]`. So dI/dG_ij = -`cells[ij]` x (voltage of the cell) for ohmic cells, and in
    /// general -`cells[ij]` x (derivative of the cell's law by its parameter).
    pub cells: Vec<f64>,
    /// The current out of every terminal, S, sides in the order of [`Side::ALL`]. Read backwards: dI/dV of the source of
    /// every terminal.
    pub terminals: [Vec<f64>; 4],
}

/// What a unit is applied to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Drive {
    /// 1 V at one terminal.
    Terminal(Side, usize),
    /// 1 V at the terminals of a word line.
    WordLine(usize),
    /// 1 V at the terminals of a bit line.
    BitLine(usize),
    /// 1 A into the word-line node of a cell and out of its bit-line node.
    Cell { word_line: usize, bit_line: usize },
}

impl Drive {
    /// The voltage of a source, V.
    fn voltage(self, spot: &Spot) -> f64 {
        let is_driven = match self {
            Drive::Terminal(side, line) => (spot.side, spot.line) == (side, line),
            Drive::WordLine(line) => spot.side.is_of_word_lines() && spot.line == line,
            Drive::BitLine(line) => !spot.side.is_of_word_lines() && spot.line == line,
            Drive::Cell { .. } => false,
        };
        f64::from(u8::from(is_driven))
    }
}

impl Solver {
    /// The response to the source of one terminal, by one solve. After a solve with a cell law it is that of small
    /// signals. The present operating point stays.
    ///
    /// # Errors
    ///
    /// A terminal that does not exist, a part of the array without a path to a terminal, no convergence.
    pub fn response(&mut self, side: Side, line: usize) -> Result<Response, SolveError> {
        let terminal = self.circuit.terminals(side).get(line).copied().flatten();
        if terminal.is_none() {
            return Err(CircuitError::NoTerminal { side: side.terminals(), line }.into());
        }
        self.drive(Drive::Terminal(side, line))?;
        let (word, bit) = (&self.system.word, &self.system.bit);
        let rows = (0..self.circuit.word_lines()).flat_map(|row| word.row(row).iter().zip(bit.row(row)));
        let cells = rows.map(|(word, bit)| word - bit).collect();
        Ok(Response { cells, terminals: self.answers.clone() })
    }

    /// Solves the array with a unit at one place and every other source at 0 V. The node voltages are then those of the
    /// system, the terminal currents in `answers`.
    pub(super) fn drive(&mut self, drive: Drive) -> Result<Report, SolveError> {
        self.prepare()?;
        let LinearSystem { cells, words, bits, into_words, into_bits, .. } = &mut self.system;
        let into = (&mut *into_words, &mut *into_bits);
        excite(&self.circuit, (words, bits), cells, |spot| drive.voltage(spot), into);
        add_port(drive, into_words, into_bits);
        let first = self.system.eliminate().0;
        let progress = self.system.iterate(first, self.goal(first));
        self.check(progress, first)?;
        let LinearSystem {
            cells, words, bits, into_words, into_bits, word, bit, direction: currents, ..
        } = &mut self.system;
        fix(&self.circuit, |spot| drive.voltage(spot), (word, bit));
        let into = (&mut *into_words, &mut *into_bits);
        gather((words, bits), (word, bit), Some(cells), currents, into, self.circuit.word_lines());
        add_port(drive, into_words, into_bits);
        let into = (&mut *into_words, &mut *into_bits);
        settle(&self.circuit, |spot| drive.voltage(spot), (word, bit), into, &mut self.answers);
        let most = self.answers.iter().flatten().fold(0.0, |most: f64, current| most.max(current.abs()));
        let left = largest(into_words).max(largest(into_bits));
        let part = |value: f64| if value == 0.0 { 0.0 } else { (value / first).sqrt() };
        Ok(Report {
            iterations: progress.iterations,
            newton_steps: 1,
            residual: part(progress.now),
            kcl: if left == 0.0 { 0.0 } else { left / most },
            error: part(progress.error),
        })
    }

    /// Writes the sums of the currents at both ends of all lines of one direction.
    pub(super) fn add_currents(&self, sides: [Side; 2], out: &mut [f64]) {
        let [first, last] = sides.map(|side| &self.answers[side as usize]);
        for (out, (first, last)) in out.iter_mut().zip(first.iter().zip(last)) {
            *out = first + last;
        }
    }
}

/// Adds the current that a port sends through its cell from outside.
fn add_port(drive: Drive, into_words: &mut Matrix, into_bits: &mut Matrix) {
    if let Drive::Cell { word_line, bit_line } = drive {
        into_words.row_mut(word_line)[bit_line] += 1.0;
        into_bits.row_mut(word_line)[bit_line] -= 1.0;
    }
}
