//! A survey is the conductances of an array as rules and recorders see them: at the model's reference voltage.

use super::Array;
use super::fault::ArrayFault;

impl Array {
    /// The sum of the conductances of one bit line (of g+ in a signed array), S.
    pub fn column_sum(&mut self, column: usize) -> Result<f64, ArrayFault> {
        let mut sum = 0.0;
        for number in 0..self.cells.tiles.len() {
            if self.cells.tiles[number].holds_column(column) {
                self.load(number, column)?;
                sum += self.scratch.conductance[0][..self.cells.tiles[number].rows].iter().sum::<f64>();
            }
        }
        Ok(sum)
    }

    /// The conductances of one bit line at the model's reference voltage: planes x rows, S.
    pub fn column(&mut self, column: usize, out: &mut [f64]) -> Result<(), ArrayFault> {
        for number in 0..self.cells.tiles.len() {
            if self.cells.tiles[number].holds_column(column) {
                self.load(number, column)?;
                let tile = &self.cells.tiles[number];
                for (plane, out) in out.chunks_mut(self.plan.rows).enumerate() {
                    out[tile.first_row..tile.first_row + tile.rows]
                        .copy_from_slice(&self.scratch.conductance[plane][..tile.rows]);
                }
            }
        }
        Ok(())
    }

    /// All conductances at the model's reference voltage: planes x rows x columns, S.
    pub fn conductances(&mut self) -> Result<Vec<f64>, ArrayFault> {
        let (rows, columns) = (self.plan.rows, self.plan.columns);
        let mut all = vec![0.0; self.plane_count() * rows * columns];
        let mut line = vec![0.0; self.plane_count() * rows];
        for column in 0..columns {
            self.column(column, &mut line)?;
            for (place, &g) in all[column..].iter_mut().step_by(columns).zip(&line) {
                *place = g;
            }
        }
        Ok(all)
    }
}
