//! A node is balanced when the currents that enter it add up to nothing; this file adds them up.

use multiversion::multiversion;

use super::bits::BitLines;
use super::circuit::Circuit;
use super::lanes::{Lanes, Matrix, WIDTH};
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
    /// All terminals, those with a resistance first: what enters an ideal source is what all others leave over.
    pub(super) fn spots(&self) -> impl Iterator<Item = Spot> + '_ {
        let ideal = |spot: &Spot| spot.terminal.resistance == 0.0;
        let all = || Side::ALL.into_iter().flat_map(|side| self.spots_of(side));
        all().filter(move |spot| !ideal(spot)).chain(all().filter(ideal))
    }

    fn spots_of(&self, side: Side) -> impl Iterator<Item = Spot> + '_ {
        let present = self.terminals(side).iter().enumerate();
        present.filter_map(move |(line, terminal)| terminal.map(|terminal| self.spot(side, line, terminal)))
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
        let matrix = || Matrix::zeros(rows.next_multiple_of(WIDTH), columns);
        Voltages { word: matrix(), bit: matrix() }
    }
}

/// Puts ideal sources onto their nodes.
pub(super) fn fix(circuit: &Circuit, word: &mut Matrix, bit: &mut Matrix) {
    for spot in circuit.spots().filter(|spot| spot.terminal.resistance == 0.0) {
        let nodes = if spot.side.is_of_word_lines() { &mut *word } else { &mut *bit };
        nodes.row_mut(spot.row)[spot.column] = spot.terminal.voltage;
    }
}

/// currents = G (word - bit), A.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn ohmic_currents(cells: &Matrix, word: &Matrix, bit: &Matrix, currents: &mut Matrix) {
    let nodes = word.lanes.iter().zip(&bit.lanes);
    for ((current, &cell), (&word, &bit)) in currents.lanes.iter_mut().zip(&cells.lanes).zip(nodes) {
        *current = cell * (word - bit);
    }
}

/// What enters every node through segments and cells, A. Terminals are still missing.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn gather(
    lines: (&WordLines, &BitLines),
    nodes: (&Matrix, &Matrix),
    currents: &Matrix,
    into: (&mut Matrix, &mut Matrix),
    rows: usize,
) {
    let ((words, bits), (word, bit), (into_words, into_bits)) = (lines, nodes, into);
    let groups = currents.groups;
    into_bits.fill(0.0);
    for row in 0..rows {
        let (voltage, current, into) = (word.row(row), currents.row(row), into_words.row_mut(row));
        for (into, current) in into.iter_mut().zip(current) {
            *into = -current;
        }
        if words.is_even() {
            let coupling = words.coupling(row, 0);
            along(voltage, into, |_| coupling);
        } else {
            along(voltage, into, |column| words.coupling(row, column));
        }
        let next = if row + 1 < rows { row + 1 } else { row };
        let at = row * groups;
        for group in 0..groups {
            let here = bit.lanes[at + group];
            let flow = bits.coupling(row)[group] * (here - bit.lanes[next * groups + group]);
            into_bits.lanes[at + group] = into_bits.lanes[at + group] + currents.lanes[at + group] - flow;
            into_bits.lanes[next * groups + group] += flow;
        }
    }
}

/// Adds what flows along one word line.
#[inline(always)]
fn along(voltage: &[f64], into: &mut [f64], coupling: impl Fn(usize) -> f64) {
    let last = voltage.len() - 1;
    for node in 0..last {
        into[node] -= coupling(node) * (voltage[node] - voltage[node + 1]);
    }
    for node in 0..last {
        into[node + 1] += coupling(node) * (voltage[node] - voltage[node + 1]);
    }
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
    for spot in circuit.spots() {
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
    }
}

/// The largest absolute value.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(super) fn largest(matrix: &Matrix) -> f64 {
    let mut largest = Lanes::default();
    for lanes in &matrix.lanes {
        for (largest, &value) in largest.0.iter_mut().zip(&lanes.0) {
            *largest = if value.abs() > *largest { value.abs() } else { *largest };
        }
    }
    largest.0.into_iter().fold(0.0, f64::max)
}
