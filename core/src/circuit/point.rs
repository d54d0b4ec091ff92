//! An operating point is what a solve leaves behind: voltages of all nodes, currents of all terminals, powers.

use super::checked::Circuit;
use super::lanes::Matrix;
use super::law::differences;
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
        let mut point =
            OperatingPoint { word, bit, cells, terminals: self.terminals.clone(), power: Power::default() };
        point.power = balance(&self.circuit, &point);
        Some(point)
    }
}

/// The powers of an operating point.
///
/// Sources give what the rest dissipates plus, by Tellegen's theorem, the sum over nodes of voltage x imbalance. A debug
/// build holds the books to 1e-9 of the powers in them, beside that sum and what rounding can do to it: a node between
/// good wires has currents of conductance x voltage that cancel.
fn balance(circuit: &Circuit, point: &OperatingPoint) -> Power {
    let n = circuit.bit_lines();
    let mut power = Power::default();
    let (mut imbalance, mut rounding) = (vec![0.0; 2 * point.cells.len()], 0.0);
    let (into_word, into_bit) = imbalance.split_at_mut(point.cells.len());
    for (at, &current) in point.cells.iter().enumerate() {
        power.cells += current * (point.word[at] - point.bit[at]);
        into_word[at] -= current;
        into_bit[at] += current;
        let (row, column) = (at / n, at % n);
        let mut wire = |nodes: &[f64], into: &mut [f64], next: usize, coupling: f64| {
            let drop = nodes[at] - nodes[next];
            into[at] -= coupling * drop;
            into[next] += coupling * drop;
            rounding += coupling * (nodes[at].powi(2) + nodes[next].powi(2));
            coupling * drop * drop
        };
        if column + 1 < n {
            power.word_wires += wire(&point.word, into_word, at + 1, circuit.word_coupling(row, column));
        }
        if row + 1 < circuit.word_lines() {
            power.bit_wires += wire(&point.bit, into_bit, at + n, circuit.bit_coupling(column, row));
        }
    }
    circuit.visit_terminals(|spot| {
        let current = point.terminals[spot.side as usize][spot.line];
        let at = spot.row * n + spot.column;
        power.sources -= spot.terminal.voltage * current;
        power.terminals += spot.terminal.resistance * current * current;
        if spot.terminal.resistance > 0.0 {
            rounding += spot.terminal.voltage.powi(2) / spot.terminal.resistance;
        }
        if spot.side.is_of_word_lines() { into_word[at] -= current } else { into_bit[at] -= current }
    });
    let nodes = point.word.iter().chain(&point.bit);
    let left: f64 = nodes.zip(&imbalance).map(|(voltage, into)| (voltage * into).abs()).sum();
    debug_assert!(
        (power.sources - power.dissipated()).abs()
            <= 1e-9 * (power.sources.abs() + power.dissipated()) + 2.0 * left + 1e-14 * rounding,
        "{power:?} does not add up: imbalance {left:e} W, rounding {rounding:e} W"
    );
    power
}
