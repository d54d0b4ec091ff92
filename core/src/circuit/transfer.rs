//! A transfer matrix holds the currents of all bit lines for 1 V on each word line, every other source at 0 V.

use super::fault::SolveError;
use super::layout::Side;
use super::solver::{Report, Solver};

/// The response of an array of ohmic cells: bit-line currents = sum over word lines of voltage x row.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// How many bit lines, the length of a row.
    pub bit_lines: usize,
    /// One row per word line, S: the current out of the terminals of every bit line for 1 V at the terminals of the word
    /// line.
    pub siemens: Vec<f64>,
}

impl Transfer {
    /// The response of all bit lines to 1 V on one word line, S.
    pub fn row(&self, word_line: usize) -> &[f64] {
        &self.siemens[word_line * self.bit_lines..][..self.bit_lines]
    }
}

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

/// A cell whose conductance changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Its word line.
    pub word_line: usize,
    /// Its bit line.
    pub bit_line: usize,
    /// Its new conductance, S, 0 or more.
    pub conductance: f64,
}

impl Solver {
    /// The transfer matrix, by as many solves as there are word lines or bit lines, whichever are fewer.
    pub fn transfer(&mut self) -> Result<Transfer, SolveError> {
        todo!()
    }

    /// One row of the transfer matrix by one solve: S, one element per bit line.
    pub fn transfer_row(&mut self, word_line: usize, out: &mut [f64]) -> Result<Report, SolveError> {
        let _ = (word_line, out);
        todo!()
    }

    /// Changes the conductances of some cells, each named once, and brings `transfer` up to date: one solve per cell and
    /// an update whose rank is their number. Exact; worth it below about min(m, n) / 4 cells.
    pub fn change_cells(&mut self, transfer: &mut Transfer, changes: &[Change]) -> Result<(), SolveError> {
        let _ = (transfer, changes);
        todo!()
    }

    /// The response to the source of one terminal, by one solve. After a solve with a cell law: of the slopes.
    pub fn response(&mut self, side: Side, line: usize) -> Result<Response, SolveError> {
        let _ = (side, line);
        todo!()
    }
}
