//! Bit lines are factorised tridiagonal systems along the columns, all columns at a time.
//!
//! The elimination is that of the [word lines](super::words), from the top down.

use super::checked::Circuit;
use super::lanes::{Buffer, Matrix, QUAD};
use super::layout::Side;
use super::words::{connect, eliminate};

/// The factors of all bit lines.
#[derive(Clone, Debug)]
pub(super) struct BitLines {
    rows: usize,
    /// 1 / pivot.
    pub(super) inverse: Matrix,
    /// Conductance to the next row; one row for all where the segments of a line do not differ.
    coupling: Matrix,
    is_even: bool,
    /// Conductance of the top and of the bottom terminals.
    ends: [Buffer; 2],
    /// A row of zeros.
    none: Buffer,
}

impl BitLines {
    pub(super) fn new(circuit: &Circuit) -> BitLines {
        let (rows, columns) = (circuit.word_lines(), circuit.bit_lines());
        let is_even = circuit.is_even()[1];
        let mut coupling = Matrix::zeros(if is_even { 1 } else { rows }, columns);
        for row in 0..if is_even { 1 } else { rows - 1 } {
            for (column, value) in coupling.row_mut(row).iter_mut().enumerate() {
                // A line of one node has no segment to ask for.
                *value = if rows > 1 { circuit.bit_coupling(column, row) } else { 0.0 };
            }
        }
        let mut lines = BitLines {
            rows,
            inverse: Matrix::staggered(rows, columns, 1),
            coupling,
            is_even,
            ends: [Buffer::zeros(columns), Buffer::zeros(columns)],
            none: Buffer::zeros(columns),
        };
        [Side::Top, Side::Bottom].into_iter().for_each(|side| lines.connect(circuit, side));
        lines
    }

    /// Takes over the terminals of one side.
    pub(super) fn connect(&mut self, circuit: &Circuit, side: Side) {
        connect(&mut self.ends[usize::from(side == Side::Bottom)], circuit.terminals(side));
    }

    /// The conductances between the nodes of a row and those of the next one, S; 0 from the last row on.
    #[inline(always)]
    pub(super) fn coupling(&self, row: usize) -> &[f64] {
        if row + 1 >= self.rows {
            self.none.all()
        } else {
            self.coupling.filled(if self.is_even { 0 } else { row })
        }
    }

    /// Those of four rows.
    #[inline(always)]
    pub(super) fn couplings(&self, quad: usize) -> [&[f64]; QUAD] {
        let row = quad * QUAD;
        [self.coupling(row), self.coupling(row + 1), self.coupling(row + 2), self.coupling(row + 3)]
    }

    pub(super) fn byte_count(&self) -> usize {
        self.inverse.byte_count() + self.coupling.byte_count()
    }

    /// Factorises with new conductances. `ladder` is memory for one row.
    #[inline(always)]
    pub(super) fn factorise(&mut self, cells: &Matrix, ladder: &mut [f64]) {
        ladder.copy_from_slice(self.ends[0].all());
        let none = self.none.all();
        for row in 0..self.rows {
            let end = if row + 1 == self.rows { self.ends[1].all() } else { none };
            let shared = if self.is_even { 0 } else { row };
            let coupling = if row + 1 == self.rows { none } else { self.coupling.filled(shared) };
            eliminate(ladder, (cells.filled(row), end), coupling, self.inverse.filled_mut(row));
        }
    }
}
