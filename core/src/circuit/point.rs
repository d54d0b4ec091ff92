//! An operating point is what a solve leaves behind: voltages of all nodes, currents of all terminals, powers.

use super::lanes::Matrix;
use super::law::differences;
use super::power::Power;
use super::solver::Solver;

/// The state of an array under constant sources. All matrices are m x n, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatingPoint {
    /// Voltages of the word-line nodes, V.
    pub word: Vec<f64>,
    /// Voltages of the bit-line nodes, V.
    pub bit: Vec<f64>,
    /// Currents of the cells, A, from the word line into the bit line.
    pub cells: Vec<f64>,
    /// Currents of the terminals of each side, A, in the order of [`Side::ALL`](super::Side::ALL). Positive out of the
    /// array into the source; 0 where the end floats.
    pub terminals: [Vec<f64>; 4],
    /// Where the power goes.
    pub power: Power,
}

impl Solver {
    /// The voltages of all cells as the last solve found them, V, word line minus bit line, m x n row by row.
    ///
    /// # Panics
    ///
    /// Where `out` has another length.
    pub fn cell_voltages(&self, out: &mut [f64]) {
        assert_eq!(out.len(), self.circuit.word_lines() * self.circuit.bit_lines(), "one voltage per cell");
        differences(&self.voltages.word, &self.voltages.bit, out);
    }

    /// The whole operating point of the last solve, in new memory; `None` where no solve has succeeded since the array,
    /// its cells or its sources last changed.
    pub fn operating_point(&self) -> Option<OperatingPoint> {
        if !self.state.is_solved {
            return None;
        }
        let count = self.circuit.word_lines() * self.circuit.bit_lines();
        let dense = |matrix: &Matrix| {
            let mut dense = vec![0.0; count];
            matrix.copy_to(&mut dense);
            dense
        };
        let (word, bit) = (dense(&self.voltages.word), dense(&self.voltages.bit));
        let cells = match &self.buffers {
            Some(buffers) if self.state.holds_slopes => buffers.currents.clone(),
            _ => {
                let voltages = word.iter().zip(&bit).map(|(word, bit)| word - bit);
                dense(&self.system.cells).iter().zip(voltages).map(|(g, voltage)| g * voltage).collect()
            }
        };
        Some(OperatingPoint { word, bit, cells, terminals: self.terminals.clone(), power: self.power()? })
    }
}
