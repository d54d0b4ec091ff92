//! An operating point is what a solve leaves behind: voltages of all nodes, currents of all terminals, powers.

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

/// Powers in watts. What the sources give is what the rest dissipates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Power {
    /// Given by all sources together.
    pub sources: f64,
    /// Dissipated in the cells.
    pub cells: f64,
    /// Dissipated in the segments of the word lines.
    pub word_wires: f64,
    /// Dissipated in the segments of the bit lines.
    pub bit_wires: f64,
    /// Dissipated between the sources and the outermost nodes.
    pub terminals: f64,
}

impl Power {
    /// What all parts dissipate together, W.
    pub fn dissipated(&self) -> f64 {
        self.cells + self.word_wires + self.bit_wires + self.terminals
    }
}
