//! Bit lines are factorised tridiagonal systems along the columns, eight neighbouring columns in the lanes.
//!
//! The elimination is that of the [word lines](super::words), from the top down.

use super::circuit::Circuit;
use super::lanes::{Lanes, Matrix, WIDTH};
use super::layout::Side;
use super::words::{conductance, eliminate};

/// The factors of all bit lines.
#[derive(Clone, Debug)]
pub(super) struct BitLines {
    rows: usize,
    /// 1 / pivot.
    pub(super) inverse: Matrix,
    /// Conductance to the next row; one row for all where they do not differ.
    coupling: Matrix,
    is_even: bool,
    /// Conductance of the top and of the bottom terminals.
    ends: [Vec<Lanes>; 2],
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
        let end = |side: Side| {
            let mut ends = Matrix::zeros(1, columns);
            for (place, &terminal) in ends.row_mut(0).iter_mut().zip(circuit.terminals(side)) {
                *place = conductance(terminal);
            }
            ends.lanes
        };
        BitLines {
            rows,
            inverse: Matrix::zeros(rows.next_multiple_of(WIDTH), columns),
            coupling,
            is_even,
            ends: [Side::Top, Side::Bottom].map(end),
        }
    }

    /// The conductances between the nodes of a row and those of the next one, S.
    #[inline(always)]
    pub(super) fn coupling(&self, row: usize) -> &[Lanes] {
        let groups = self.coupling.groups;
        &self.coupling.lanes[if self.is_even { 0 } else { row * groups }..][..groups]
    }

    /// Factorises with new conductances.
    #[inline(always)]
    pub(super) fn factorise(&mut self, cells: &Matrix, seen: &mut [Lanes]) {
        let groups = cells.groups;
        seen.copy_from_slice(&self.ends[0]);
        for row in 0..self.rows {
            for (group, seen) in seen.iter_mut().enumerate() {
                let last = row + 1 == self.rows;
                let (end, coupling) = if last {
                    (self.ends[1][group], Lanes::default())
                } else {
                    (Lanes::default(), self.coupling(row)[group])
                };
                let ladder = *seen + cells.lanes[row * groups + group] + end;
                (self.inverse.lanes[row * groups + group], *seen) = eliminate(ladder, coupling);
            }
        }
    }
}
