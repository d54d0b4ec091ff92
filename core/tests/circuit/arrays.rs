//! Random arrays, and the norm in which a solver keeps its promises.

use crosspike::circuit::{
    Circuit, Layout, Method, OperatingPoint, Options, Segments, Side, Solver, Terminal,
};
use proptest::prelude::*;

pub(crate) const PRECISE: Options = Options {
    method: Method::ConjugateGradients,
    tolerance: 1e-13,
    iteration_limit: 1000,
    newton_limit: 100,
};

/// Numbers between two powers of ten.
pub(crate) fn magnitude(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|exponent| 10f64.powf(exponent))
}

pub(crate) fn segments(lines: usize, count: usize) -> impl Strategy<Value = Segments> {
    let broken = prop_oneof![9 => magnitude(-1.0, 2.0), 1 => Just(f64::INFINITY)];
    prop_oneof![
        magnitude(-1.0, 2.0).prop_map(Segments::Uniform),
        prop::collection::vec(magnitude(-1.0, 2.0), lines).prop_map(Segments::PerLine),
        prop::collection::vec(broken, count).prop_map(Segments::PerSegment),
    ]
}

/// Terminals of one side, a part of them ideal and `absent` of 10 missing.
pub(crate) fn terminals(count: usize, absent: u32) -> impl Strategy<Value = Vec<Option<Terminal>>> {
    let resistance = prop_oneof![3 => magnitude(-1.0, 3.0), 1 => Just(0.0)];
    let terminal = (-1.0..1.0, resistance).prop_map(|(voltage, resistance)| Terminal { voltage, resistance });
    prop::collection::vec(prop_oneof![10 - absent => terminal.prop_map(Some), absent => Just(None)], count)
}

/// A layout of up to 12 x 12 cells and its conductances, with open cells and shorts.
pub(crate) fn array() -> impl Strategy<Value = (Layout, Vec<f64>)> {
    (1usize..=12, 1usize..=12)
        .prop_flat_map(|(m, n)| {
            let sides = (terminals(m, 2), terminals(m, 8), terminals(n, 8), terminals(n, 2));
            let cell = prop_oneof![8 => magnitude(-6.0, -3.0), 1 => Just(0.0), 1 => Just(1e-2)];
            let wires = (segments(m, m * (n - 1)), segments(n, (m - 1) * n));
            (Just((m, n)), wires, sides, prop::collection::vec(cell, m * n))
        })
        .prop_map(|((m, n), (word_segments, bit_segments), (left, right, top, bottom), cells)| {
            let terminals = [left, right, top, bottom];
            (Layout { word_segments, bit_segments, terminals, ..Layout::new(m, n, 1.0) }, cells)
        })
}

/// A solver, unless the array is one that is refused.
pub(crate) fn solver((layout, cells): &(Layout, Vec<f64>), options: Options) -> Option<Solver> {
    let mut solver = Solver::new(&Circuit::new(layout.clone()).ok()?, options);
    solver.set_conductances(cells).expect("conductances");
    solver.solve().is_ok().then_some(solver)
}

pub(crate) fn voltages(layout: &Layout, side: Side) -> Vec<f64> {
    let terminals = &layout.terminals[side as usize];
    terminals.iter().map(|terminal| terminal.map_or(0.0, |terminal| terminal.voltage)).collect()
}

/// Which terminals of a layout are connected: those whose bit is set.
pub(crate) fn connected(layout: &Layout, bits: [u16; 4]) -> [Vec<bool>; 4] {
    Side::ALL.map(|side| {
        let terminals = layout.terminals[side as usize].iter().enumerate();
        terminals.map(|(line, terminal)| terminal.is_some() && bits[side as usize] >> line & 1 == 1).collect()
    })
}

/// Bits of which three of four are set.
pub(crate) fn bits() -> impl Strategy<Value = [u16; 4]> {
    (any::<[u16; 4]>(), any::<[u16; 4]>()).prop_map(|(a, b)| [0, 1, 2, 3].map(|side| a[side] | b[side]))
}

pub(crate) fn set(solver: &mut Solver, layout: &Layout, change: impl Fn(f64) -> f64) {
    for side in Side::ALL {
        let volts: Vec<f64> = voltages(layout, side).into_iter().map(&change).collect();
        solver.set_sources(side, &volts).expect("voltages");
    }
}

pub(crate) fn solved(solver: &mut Solver) -> OperatingPoint {
    solver.solve().expect("an operating point");
    solver.operating_point().expect("solved")
}

pub(crate) fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

/// The largest difference of two lists.
pub(crate) fn far<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
    largest(a.into_iter().zip(b).map(|(a, b)| a - b))
}

pub(crate) fn nodes(point: &OperatingPoint) -> impl Iterator<Item = &f64> {
    point.word.iter().chain(&point.bit)
}

/// The power that the difference of two points would dissipate in an array without sources.
pub(crate) fn energy((layout, cells): &(Layout, Vec<f64>), a: &OperatingPoint, b: &OperatingPoint) -> f64 {
    let n = layout.bit_lines;
    let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let (word, bit) = (difference(&a.word, &b.word), difference(&a.bit, &b.bit));
    let segment = |segments: &Segments, line: usize, number: usize| match segments {
        Segments::Uniform(value) => *value,
        Segments::PerLine(values) => values[line],
        Segments::PerSegment(values) => values[number],
    };
    let mut energy = 0.0;
    for (at, cell) in cells.iter().enumerate() {
        let (row, column) = (at / n, at % n);
        energy += cell * (word[at] - bit[at]).powi(2);
        if column + 1 < n {
            energy += (word[at] - word[at + 1]).powi(2)
                / segment(&layout.word_segments, row, row * (n - 1) + column);
        }
        if row + 1 < layout.word_lines {
            energy += (bit[at] - bit[at + n]).powi(2) / segment(&layout.bit_segments, column, at);
        }
        let ends = [(0, row, column == 0), (1, row, column + 1 == n)];
        let of_words = ends.map(|end| (end, word[at]));
        let ends = [(2, column, row == 0), (3, column, row + 1 == layout.word_lines)];
        for ((side, line, is_end), volts) in of_words.into_iter().chain(ends.map(|end| (end, bit[at]))) {
            let terminal =
                layout.terminals[side][line].filter(|terminal| is_end && terminal.resistance > 0.0);
            energy += terminal.map_or(0.0, |terminal| volts * volts / terminal.resistance);
        }
    }
    energy
}

/// How far two points are apart in the norm that the solver promises to keep small, as a part of the first one. A node
/// that hangs on one cell of 1 uS between wires of 10 S is known a million times less well in volts. 1e-16 of what the
/// sources could drive through good wires is rounding.
pub(crate) fn apart(array: &(Layout, Vec<f64>), a: &OperatingPoint, b: &OperatingPoint) -> f64 {
    let rest = OperatingPoint { word: vec![0.0; a.word.len()], bit: vec![0.0; a.bit.len()], ..a.clone() };
    (energy(array, a, b) / energy(array, a, &rest).max(1e-5)).sqrt()
}
