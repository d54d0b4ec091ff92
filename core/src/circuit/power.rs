//! The power of a solved array: what its sources give, and where it goes.

use super::lanes::Matrix;
use super::solver::Solver;

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
    /// The powers of the last solve, from the voltages of its nodes; `None` where no solve has succeeded since the array,
    /// its cells or its sources last changed. Takes about as long as one iteration, and no memory.
    pub fn power(&self) -> Option<Power> {
        self.state.is_solved.then(|| {
            let mut power = self.power_of_terminals().0;
            power.cells = self.power_of_cells();
            (power.word_wires, power.bit_wires) = self.power_of_wires();
            power
        })
    }

    /// Sum over cells of current x voltage.
    fn power_of_cells(&self) -> f64 {
        let (word, bit) = (&self.voltages.word, &self.voltages.bit);
        let n = self.circuit.bit_lines();
        let held = self.buffers.as_ref().filter(|_| self.state.holds_slopes);
        let mut sum = 0.0;
        for row in 0..self.circuit.word_lines() {
            let volts = word.row(row).iter().zip(bit.row(row)).map(|(word, bit)| word - bit);
            match held {
                Some(buffers) => {
                    let currents = &buffers.currents[row * n..][..n];
                    volts.zip(currents).for_each(|(volt, current)| sum += current * volt);
                }
                None => volts.zip(self.system.cells.row(row)).for_each(|(volt, g)| sum += g * volt * volt),
            }
        }
        sum
    }

    /// Sum over segments of conductance x drop^2: of word lines, of bit lines.
    fn power_of_wires(&self) -> (f64, f64) {
        let (word, bit) = (&self.voltages.word, &self.voltages.bit);
        let m = self.circuit.word_lines();
        let (mut words, mut bits) = (0.0, 0.0);
        for row in 0..m {
            for (column, pair) in word.row(row).windows(2).enumerate() {
                words += self.system.words.coupling(row, column) * (pair[0] - pair[1]).powi(2);
            }
            if row + 1 < m {
                let drops = bit.row(row).iter().zip(bit.row(row + 1)).map(|(here, below)| here - below);
                let couplings = self.system.bits.coupling(row);
                drops.zip(couplings).for_each(|(drop, coupling)| bits += coupling * drop * drop);
            }
        }
        (words, bits)
    }

    /// What the sources give and the terminals dissipate, and what rounding can do to either.
    fn power_of_terminals(&self) -> (Power, f64) {
        let (mut power, mut rounding) = (Power::default(), 0.0);
        self.circuit.visit_terminals(|spot| {
            let current = self.terminals[spot.side as usize][spot.line];
            power.sources -= spot.terminal.voltage * current;
            power.terminals += spot.terminal.resistance * current * current;
            if spot.terminal.resistance > 0.0 {
                rounding += spot.terminal.voltage.powi(2) / spot.terminal.resistance;
            }
        });
        (power, rounding)
    }

    /// Holds the books of a solve that has just ended to 1e-9 of the powers in them, in debug builds.
    ///
    /// Sources give what the rest dissipates plus, by Tellegen's theorem, the sum over nodes of voltage x imbalance. That
    /// sum is allowed, and what rounding can do: a node between good wires has currents of conductance x voltage that
    /// cancel.
    pub(super) fn check_books(&self) {
        if !cfg!(debug_assertions) {
            return;
        }
        let Some(power) = self.power() else { return };
        let (words, bits) = (&self.system.into_words, &self.system.into_bits);
        let left = imbalance(&self.voltages.word, words) + imbalance(&self.voltages.bit, bits);
        let rounding = self.power_of_terminals().1 + self.rounding_of_wires();
        debug_assert!(
            (power.sources - power.dissipated()).abs()
                <= 1e-9 * (power.sources.abs() + power.dissipated()) + 2.0 * left + 1e-14 * rounding,
            "{power:?} does not add up: imbalance {left:e} W, rounding {rounding:e} W"
        );
    }

    /// Sum over segments of conductance x the squares of the voltages at its ends.
    fn rounding_of_wires(&self) -> f64 {
        let (word, bit) = (&self.voltages.word, &self.voltages.bit);
        let mut sum = 0.0;
        for row in 0..self.circuit.word_lines() {
            for (column, pair) in word.row(row).windows(2).enumerate() {
                sum += self.system.words.coupling(row, column) * (pair[0].powi(2) + pair[1].powi(2));
            }
            let next = (row + 1).min(self.circuit.word_lines() - 1);
            for (column, (here, below)) in bit.row(row).iter().zip(bit.row(next)).enumerate() {
                sum += self.system.bits.coupling(row)[column] * (here.powi(2) + below.powi(2));
            }
        }
        sum
    }
}

/// Sum over nodes of |voltage x what enters and does not leave|.
fn imbalance(nodes: &Matrix, into: &Matrix) -> f64 {
    nodes.all().iter().zip(into.all()).map(|(voltage, into)| (voltage * into).abs()).sum()
}
