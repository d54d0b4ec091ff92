//! A node is balanced when the currents that enter it add up to nothing; this file adds them up.

use multiversion::multiversion;

use super::bits::BitLines;
use super::checked::Circuit;
use super::lanes::{Matrix, WIDTH};
use super::layout::{Side, Terminal};
use super::words::WordLines;

/// Where a terminal sits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) side: Side,
    pub(super) line: usize,
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) terminal: Terminal,
}

impl Circuit {
    /// Shows all terminals, those with a resistance first: what enters an ideal source is what all others leave over.
    pub(super) fn visit_terminals(&self, mut visit: impl FnMut(Spot)) {
        for is_ideal in [false, true] {
            for side in Side::ALL {
                for (line, &terminal) in self.terminals(side).iter().enumerate() {
                    if let Some(terminal) = terminal.filter(|end| (end.resistance == 0.0) == is_ideal) {
                        visit(self.spot(side, line, terminal));
                    }
                }
            }
        }
    }

    pub(super) fn spot(&self, side: Side, line: usize, terminal: Terminal) -> Spot {
        let (row, column) = match side {
            Side::Left => (line, 0),
            Side::Right => (line, self.bit_lines() - 1),
            Side::Top => (0, line),
            Side::Bottom => (self.word_lines() - 1, line),
        };
        Spot { side, line, row, column, terminal }
    }
}

/// The node voltages of an array, V.
#[derive(Clone, Debug)]
pub(super) struct Voltages {
    pub(super) word: Matrix,
    pub(super) bit: Matrix,
}

impl Voltages {
    pub(super) fn zeros(rows: usize, columns: usize) -> Voltages {
        let matrix = || Matrix::zeros(rows, columns);
        Voltages { word: matrix(), bit: matrix() }
    }
}

/// Puts ideal sources onto their nodes.
pub(super) fn fix(
    circuit: &Circuit,
    voltage: impl Fn(&Spot) -> f64,
    (word, bit): (&mut Matrix, &mut Matrix),
) {
    circuit.visit_terminals(|spot| {
        if spot.terminal.resistance == 0.0 {
            let nodes = if spot.side.is_of_word_lines() { &mut *word } else { &mut *bit };
            nodes.row_mut(spot.row)[spot.column] = voltage(&spot);
        }
    });
}

/// What enters every node through segments and cells, A. Terminals are still missing. With `cells` the currents of the
/// cells become G (word - bit), otherwise they are given.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn gather(
    (words, bits): (&WordLines, &BitLines),
    (word, bit): (&Matrix, &Matrix),
    cells: Option<&Matrix>,
    currents: &mut Matrix,
    (into_words, into_bits): (&mut Matrix, &mut Matrix),
    rows: usize,
) {
    for row in 0..rows {
        if let Some(cells) = cells {
            let nodes = word.filled(row).iter().zip(bit.filled(row));
            let places = currents.filled_mut(row).iter_mut().zip(cells.filled(row));
            places.zip(nodes).for_each(|((current, &cell), (&word, &bit))| *current = cell * (word - bit));
        }
        let (voltage, current, into) = (word.row(row), currents.row(row), into_words.row_mut(row));
        if words.is_even() {
            let coupling = words.coupling(row, 0);
            along(voltage, |_| coupling, current, into);
        } else {
            along(voltage, |column| words.coupling(row, column), current, into);
        }
        // The first and the last row are their own neighbours on the outer side: nothing flows there.
        let (above, below) = (row.saturating_sub(1), (row + 1).min(rows - 1));
        let voltages = (bit.filled(above), bit.filled(row), bit.filled(below));
        let couplings = (bits.coupling(above), bits.coupling(row));
        across(voltages, couplings, currents.filled(row), into_bits.filled_mut(row));
    }
}

/// What enters one row of bit-line nodes.
#[inline(always)]
fn across(
    (above, here, below): (&[f64], &[f64], &[f64]),
    (to_above, to_below): (&[f64], &[f64]),
    currents: &[f64],
    into: &mut [f64],
) {
    let count = into.len();
    let (above, here, below) = (&above[..count], &here[..count], &below[..count]);
    let (to_above, to_below, currents) = (&to_above[..count], &to_below[..count], &currents[..count]);
    for k in 0..count {
        into[k] = currents[k] + to_above[k] * (above[k] - here[k]) + to_below[k] * (below[k] - here[k]);
    }
}

/// What enters one row of word-line nodes.
#[inline(always)]
fn along(voltage: &[f64], coupling: impl Fn(usize) -> f64, currents: &[f64], into: &mut [f64]) {
    let last = voltage.len() - 1;
    let (currents, into) = (&currents[..=last], &mut into[..=last]);
    let from_left = |k: usize| coupling(k - 1) * (voltage[k - 1] - voltage[k]);
    let from_right = |k: usize| coupling(k) * (voltage[k + 1] - voltage[k]);
    for k in 1..last {
        into[k] = from_left(k) + from_right(k) - currents[k];
    }
    into[0] = if last > 0 { from_right(0) } else { 0.0 } - currents[0];
    if last > 0 {
        into[last] = from_left(last) - currents[last];
    }
}

/// What enters the nodes of an array at rest: all nodes at 0 V, but for those of ideal sources.
pub(super) fn excite(
    circuit: &Circuit,
    (words, bits): (&WordLines, &BitLines),
    cells: &Matrix,
    voltage: impl Fn(&Spot) -> f64,
    (into_words, into_bits): (&mut Matrix, &mut Matrix),
) {
    into_words.clear();
    into_bits.clear();
    circuit.visit_terminals(|spot| {
        let (volts, row, column) = (voltage(&spot), spot.row, spot.column);
        if spot.terminal.resistance > 0.0 {
            let into = if spot.side.is_of_word_lines() { &mut *into_words } else { &mut *into_bits };
            into.row_mut(row)[column] += volts / spot.terminal.resistance;
            return;
        }
        // Its neighbours in the line and the other side of its cell feel the source; its own balance does not matter.
        let through = cells.row(row)[column] * volts;
        match spot.side {
            Side::Left | Side::Right => {
                into_bits.row_mut(row)[column] += through;
                if let Some(other) = neighbour(spot.side == Side::Left, column, circuit.bit_lines()) {
                    let coupling = words.coupling(row, column.min(other));
                    into_words.row_mut(row)[other] += coupling * volts;
                }
            }
            Side::Top | Side::Bottom => {
                into_words.row_mut(row)[column] += through;
                if let Some(other) = neighbour(spot.side == Side::Top, row, circuit.word_lines()) {
                    into_bits.row_mut(other)[column] += bits.coupling(row.min(other))[column] * volts;
                }
            }
        }
    });
}

/// The node next to an outermost one, where a line has more than one.
fn neighbour(is_first: bool, node: usize, count: usize) -> Option<usize> {
    if is_first { Some(node + 1).filter(|&next| next < count) } else { node.checked_sub(1) }
}

/// Lets the terminals take their currents from what enters the nodes, with the sources of `voltage`; keeps these
/// currents in `out` (A, positive out of the array). What is left is the imbalance.
pub(super) fn settle(
    circuit: &Circuit,
    voltage: impl Fn(&Spot) -> f64,
    nodes: (&Matrix, &Matrix),
    into: (&mut Matrix, &mut Matrix),
    out: &mut [Vec<f64>; 4],
) {
    let (into_words, into_bits) = into;
    // Ends that float carry nothing, whatever they carried before.
    out.iter_mut().for_each(|side| side.fill(0.0));
    circuit.visit_terminals(|spot| {
        let (nodes, into) = if spot.side.is_of_word_lines() {
            (nodes.0, &mut *into_words)
        } else {
            (nodes.1, &mut *into_bits)
        };
        let left = &mut into.row_mut(spot.row)[spot.column];
        let current = if spot.terminal.resistance == 0.0 {
            *left
        } else {
            (nodes.row(spot.row)[spot.column] - voltage(&spot)) / spot.terminal.resistance
        };
        *left -= current;
        out[spot.side as usize][spot.line] = current;
    });
}

/// The largest absolute value.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn largest(matrix: &Matrix) -> f64 {
    let mut lanes = [0.0; WIDTH];
    for group in matrix.all().chunks_exact(WIDTH) {
        for (lane, value) in lanes.iter_mut().zip(group) {
            *lane = if value.abs() > *lane { value.abs() } else { *lane };
        }
    }
    lanes.into_iter().fold(0.0, f64::max)
}
