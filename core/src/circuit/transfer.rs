//! A transfer matrix holds the currents of all bit lines for 1 V on each word line, every other source at 0 V.
//!
//! # Change of some cells
//!
//! A changed conductance is a new element between the two nodes of its cell. With Z the node voltages for 1 A through
//! each changed cell, v the voltages of these cells for 1 V on each word line, o the bit-line currents in Z, and D the
//! changes, the Woodbury identity gives
//!
//! ```text
//!     T' = T - v^T (1 + D A^T Z)^-1 D o        A^T Z: voltage of each changed cell for 1 A through another
//! ```
//!
//! By reciprocity v is the word-line currents in Z, so one solve per cell yields everything.

use super::checked::{check_length, check_line};
use super::fault::{CircuitError, SolveError};
use super::layout::Side;
use super::response::Drive;
use super::solver::{Report, Solver, conductance_error};

/// The response of an array of ohmic cells: bit-line currents = sum over word lines of voltage x row.
///
/// A line with terminals at both ends counts as one: 1 V is on both, and their currents are added.
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

/// Currents of both directions for 1 A through each of some cells.
struct Ports {
    /// Word-line currents, a row per cell.
    words: Vec<f64>,
    /// Bit-line currents, a row per cell.
    bits: Vec<f64>,
    /// Voltages of all these cells, a row per cell.
    cells: Vec<f64>,
}

impl Solver {
    /// The transfer matrix, by as many solves as there are word lines or bit lines, whichever are fewer.
    ///
    /// # Errors
    ///
    /// As of [`solve`](Solver::solve).
    pub fn transfer(&mut self) -> Result<Transfer, SolveError> {
        let (m, n) = (self.circuit.word_lines(), self.circuit.bit_lines());
        let mut transfer = Transfer { bit_lines: n, siemens: vec![0.0; m * n] };
        if m <= n {
            for (word_line, row) in transfer.siemens.chunks_exact_mut(n).enumerate() {
                self.drive(Drive::WordLine(word_line))?;
                self.add_currents([Side::Top, Side::Bottom], row);
            }
            return Ok(transfer);
        }
        let mut column = vec![0.0; m];
        for bit_line in 0..n {
            self.drive(Drive::BitLine(bit_line))?;
            self.add_currents([Side::Left, Side::Right], &mut column);
            for (place, current) in transfer.siemens[bit_line..].iter_mut().step_by(n).zip(&column) {
                *place = *current;
            }
        }
        Ok(transfer)
    }

    /// One row of the transfer matrix by one solve: S, one element per bit line.
    ///
    /// # Errors
    ///
    /// As of [`solve`](Solver::solve).
    pub fn transfer_row(&mut self, word_line: usize, out: &mut [f64]) -> Result<Report, SolveError> {
        check_line("word line", word_line, self.circuit.word_lines())?;
        check_length("row of the transfer matrix", out.len(), self.circuit.bit_lines())?;
        let report = self.drive(Drive::WordLine(word_line))?;
        self.add_currents([Side::Top, Side::Bottom], out);
        Ok(report)
    }

    /// Sets the conductances of some cells, each named once.
    ///
    /// # Errors
    ///
    /// A cell outside of the array, a cell named twice, a conductance outside of its range: nothing has changed.
    pub fn change_cells(&mut self, changes: &[Change]) -> Result<(), CircuitError> {
        self.check_changes(changes)?;
        for change in changes {
            self.system.cells.row_mut(change.word_line)[change.bit_line] = change.conductance;
        }
        (self.state.is_factorised, self.state.is_solved) = (false, false);
        Ok(())
    }

    /// What would bring the cells to `siemens`, m x n row by row; `None` where that are more than `limit` changes.
    ///
    /// # Panics
    ///
    /// Where `siemens` has another length.
    pub fn changes_to(&self, siemens: &[f64], limit: usize) -> Option<Vec<Change>> {
        let (m, n) = (self.circuit.word_lines(), self.circuit.bit_lines());
        assert_eq!(siemens.len(), m * n, "one conductance per cell");
        let mut changes = Vec::new();
        for (word_line, row) in siemens.chunks_exact(n).enumerate() {
            let present = self.system.cells.row(word_line);
            for (bit_line, _) in (0..n).zip(present.iter().zip(row)).filter(|(_, (old, new))| old != new) {
                if changes.len() == limit {
                    return None;
                }
                changes.push(Change { word_line, bit_line, conductance: row[bit_line] });
            }
        }
        Some(changes)
    }

    /// Sets the conductances of some cells, each named once, and brings `transfer` up to date by an exact update whose rank
    /// is their number: one solve per cell, worth it below about min(m, n) / 4 cells.
    ///
    /// # Errors
    ///
    /// As of [`solve`](Solver::solve) and [`change_cells`](Solver::change_cells), a cell named twice, a transfer matrix of
    /// another size: nothing has changed.
    pub fn change_transfer(&mut self, transfer: &mut Transfer, changes: &[Change]) -> Result<(), SolveError> {
        let (m, n) = (self.circuit.word_lines(), self.circuit.bit_lines());
        check_length("rows of the transfer matrix", transfer.bit_lines, n)?;
        check_length("transfer matrix", transfer.siemens.len(), m * n)?;
        self.check_changes(changes)?;
        let Ports { words, bits, mut cells } = self.ports(changes)?;
        let present = |change: &Change| {
            let conductance = self.system.cells.row(change.word_line)[change.bit_line];
            Change { conductance, ..*change }
        };
        let before: Vec<Change> = changes.iter().map(present).collect();
        self.change_cells(changes)?;
        if let Err(error) = self.prepare() {
            self.change_cells(&before)?;
            return Err(error);
        }
        let count = changes.len();
        // 1 + D A^T Z, and D o beside it.
        let mut right = bits;
        for (k, (after, before)) in changes.iter().zip(&before).enumerate() {
            let difference = after.conductance - before.conductance;
            cells[k * count..][..count].iter_mut().for_each(|value| *value *= difference);
            cells[k * count + k] += 1.0;
            right[k * n..][..n].iter_mut().for_each(|value| *value *= difference);
        }
        eliminate(&mut cells, count, &mut right, n);
        for (word_line, row) in transfer.siemens.chunks_exact_mut(n).enumerate() {
            for (k, right) in right.chunks_exact(n).enumerate() {
                let voltage = words[k * m + word_line];
                row.iter_mut().zip(right).for_each(|(place, right)| *place -= voltage * right);
            }
        }
        Ok(())
    }

    fn ports(&mut self, changes: &[Change]) -> Result<Ports, SolveError> {
        let (m, n, count) = (self.circuit.word_lines(), self.circuit.bit_lines(), changes.len());
        let mut ports = Ports {
            words: vec![0.0; count * m],
            bits: vec![0.0; count * n],
            cells: vec![0.0; count * count],
        };
        for (k, change) in changes.iter().enumerate() {
            self.drive(Drive::Cell { word_line: change.word_line, bit_line: change.bit_line })?;
            self.add_currents([Side::Left, Side::Right], &mut ports.words[k * m..][..m]);
            self.add_currents([Side::Top, Side::Bottom], &mut ports.bits[k * n..][..n]);
            for (place, other) in ports.cells[k * count..][..count].iter_mut().zip(changes) {
                let (row, column) = (other.word_line, other.bit_line);
                *place = self.system.word.row(row)[column] - self.system.bit.row(row)[column];
            }
        }
        Ok(ports)
    }

    fn check_changes(&self, changes: &[Change]) -> Result<(), CircuitError> {
        for (k, change) in changes.iter().enumerate() {
            let (row, column) = (change.word_line, change.bit_line);
            check_line("word line", row, self.circuit.word_lines())?;
            check_line("bit line", column, self.circuit.bit_lines())?;
            if !(0.0..f64::INFINITY).contains(&change.conductance) {
                return Err(conductance_error(row, column, change.conductance));
            }
            if changes[..k].iter().any(|other| (other.word_line, other.bit_line) == (row, column)) {
                return Err(CircuitError::Twice { word_line: row, bit_line: column });
            }
        }
        Ok(())
    }
}

/// Solves `matrix` x = `right` in place of `right`, by Gauss elimination with pivots of the largest size. The matrix is
/// count x count, the right-hand side count x `width`.
fn eliminate(matrix: &mut [f64], count: usize, right: &mut [f64], width: usize) {
    for k in 0..count {
        let size = |row: &usize| matrix[row * count + k].abs();
        let pivot = (k..count).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(k);
        swap_rows(matrix, count, k, pivot);
        swap_rows(right, width, k, pivot);
        for row in k + 1..count {
            let factor = matrix[row * count + k] / matrix[k * count + k];
            subtract_row(matrix, count, factor, k, row);
            subtract_row(right, width, factor, k, row);
        }
    }
    for k in (0..count).rev() {
        let inverse = 1.0 / matrix[k * count + k];
        right[k * width..][..width].iter_mut().for_each(|value| *value *= inverse);
        for row in 0..k {
            subtract_row(right, width, matrix[row * count + k], k, row);
        }
    }
}

fn swap_rows(matrix: &mut [f64], width: usize, a: usize, b: usize) {
    for column in 0..if a == b { 0 } else { width } {
        matrix.swap(a * width + column, b * width + column);
    }
}

/// row -= factor x source, the source above the row or below it.
fn subtract_row(matrix: &mut [f64], width: usize, factor: f64, source: usize, row: usize) {
    for column in 0..width {
        matrix[row * width + column] -= factor * matrix[source * width + column];
    }
}
