//! A selected cell is one cell of an array with the tile that holds it.

use super::Array;
use super::fault::ArrayFault;

/// One cell, by its tile and its logical lines.
pub(super) struct Selected {
    pub(super) tile: usize,
    /// 0, or 1 for g- of a signed pair.
    pub(super) plane: usize,
    pub(super) row: usize,
    pub(super) column: usize,
}

impl Array {
    /// The cell of a number that counts through planes, word lines and bit lines.
    pub(super) fn select(&self, number: usize) -> Selected {
        let (rows, columns) = (self.plan.rows, self.plan.columns);
        let (line, column) = (number / columns, number % columns);
        let (plane, row) = (line / rows, line % rows);
        let (tile_rows, tile_columns) = self.plan.tile;
        let tile = row / tile_rows * columns.div_ceil(tile_columns) + column / tile_columns;
        Selected { tile, plane, row, column }
    }

    /// Whether the cell of a number is stuck.
    pub(super) fn is_stuck(&self, number: usize) -> bool {
        let Selected { tile, plane, row, column } = self.select(number);
        let holder = &self.cells.tiles[tile];
        let line = self.stuck.line(tile, holder, plane, column - holder.first_column);
        line.get(row - holder.first_row).is_some_and(|stuck| !stuck.is_nan())
    }

    /// The conductance of one cell at the reference voltage of its model, S.
    pub(super) fn conductance_of(&mut self, selected: &Selected) -> Result<f64, ArrayFault> {
        self.load(selected.tile, selected.column)?;
        let row = selected.row - self.cells.tiles[selected.tile].first_row;
        Ok(self.scratch.conductance[selected.plane][row])
    }
}
