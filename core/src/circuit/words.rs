//! Word lines are factorised tridiagonal systems along the rows, many rows at a time.
//!
//! With its cells to ground a line is a ladder. Elimination from the left keeps the conductance e that node j sees to
//! ground on its left, itself included: e_j = G_j + g e_(j-1) / (e_(j-1) + g), with g the segment between. The pivot is
//! e + g. Only positive numbers are added, so nothing cancels, however much better the wires conduct than the cells.
//! An ideal terminal is an infinite conductance: the inverse pivot is then 0 and the node stays where it is.
//!
//! One row is a chain of dependent operations, so rows are taken four at a time, side by side, and some quads in turns.

use std::array::from_fn;
use std::mem::take;
use std::ops::Range;

use super::checked::Circuit;
use super::lanes::{Buffer, Matrix, QUAD, sum, turn};
use super::layout::{Side, Terminal};

/// Quads per panel: enough to hide the latency of the chain, few enough for the panel to stay in a near cache.
const PANEL: usize = 4;

/// The factors of all word lines. Matrices are [turned](Matrix::turned).
#[derive(Clone, Debug)]
pub(super) struct WordLines {
    columns: usize,
    quads: usize,
    cells: Matrix,
    /// 1 / pivot.
    inverse: Matrix,
    coupling: Coupling,
    /// Conductance of the left and of the right terminals.
    ends: [Buffer; 2],
}

/// Conductances between the nodes of a column and those of the next one, S.
#[derive(Clone, Debug)]
enum Coupling {
    /// One for every line.
    Even(Buffer),
    /// One for every segment.
    Single(Matrix),
}

/// Some quads that are solved together.
pub(super) type Panel = Range<usize>;

/// Takes over what the terminals of one side add to the conductances of their nodes, S.
pub(super) fn connect(end: &mut Buffer, terminals: &[Option<Terminal>]) {
    for (place, terminal) in end.all_mut().iter_mut().zip(terminals) {
        *place = terminal.map_or(0.0, |terminal| 1.0 / terminal.resistance);
    }
}

/// One step of the elimination over many lines: `ladder` is what each node sees on its near side and becomes what the next
/// one sees; `own` is the cell and the terminal of the node. Lines and nodes that do not exist see nothing.
#[inline(always)]
pub(super) fn eliminate(ladder: &mut [f64], own: (&[f64], &[f64]), coupling: &[f64], inverse: &mut [f64]) {
    let count = ladder.len();
    let (cells, ends, coupling) = (&own.0[..count], &own.1[..count], &coupling[..count]);
    let inverse = &mut inverse[..count];
    for k in 0..count {
        let seen = ladder[k] + cells[k] + ends[k];
        let pivot = seen + coupling[k];
        inverse[k] = if pivot > 0.0 { 1.0 / pivot } else { 0.0 };
        ladder[k] = coupling[k] * if seen == f64::INFINITY { 1.0 } else { seen * inverse[k] };
    }
}

impl WordLines {
    pub(super) fn new(circuit: &Circuit) -> WordLines {
        let (rows, columns) = (circuit.word_lines(), circuit.bit_lines());
        let is_even = circuit.is_even()[0];
        // A line of one node has no segment to ask for.
        let segments = columns - 1;
        let coupling = if is_even {
            let mut even = Buffer::zeros(rows);
            for (row, place) in even.all_mut()[..rows].iter_mut().enumerate() {
                *place = if segments > 0 { circuit.word_coupling(row, 0) } else { 0.0 };
            }
            Coupling::Even(even)
        } else {
            let mut single = Matrix::staggered(rows, columns, 11);
            for row in 0..rows {
                let (quad, stride) = (row / QUAD, single.stride);
                let turned = &mut single.turned_mut(quad..quad + 1)[..segments.min(stride)];
                for (column, place) in turned.iter_mut().enumerate() {
                    place[row % QUAD] = circuit.word_coupling(row, column);
                }
            }
            Coupling::Single(single)
        };
        let mut lines = WordLines {
            columns,
            quads: rows.div_ceil(QUAD),
            cells: Matrix::staggered(rows, columns, 9),
            inverse: Matrix::staggered(rows, columns, 10),
            coupling,
            ends: [Buffer::zeros(rows), Buffer::zeros(rows)],
        };
        [Side::Left, Side::Right].into_iter().for_each(|side| lines.connect(circuit, side));
        lines
    }

    /// Takes over the terminals of one side.
    pub(super) fn connect(&mut self, circuit: &Circuit, side: Side) {
        connect(&mut self.ends[usize::from(side == Side::Right)], circuit.terminals(side));
    }

    /// The panels, from the first to the last.
    pub(super) fn panels(&self) -> impl DoubleEndedIterator<Item = Panel> + use<> {
        let quads = self.quads;
        (0..quads.div_ceil(PANEL)).map(move |panel| panel * PANEL..quads.min((panel + 1) * PANEL))
    }

    /// The conductance between a node and the next one of its line, S.
    pub(super) fn coupling(&self, row: usize, column: usize) -> f64 {
        match &self.coupling {
            Coupling::Even(even) => even.all()[row],
            Coupling::Single(single) => single.turned(row / QUAD..row / QUAD + 1)[column][row % QUAD],
        }
    }

    pub(super) fn byte_count(&self) -> usize {
        let couplings = match &self.coupling {
            Coupling::Even(even) => even.byte_count(),
            Coupling::Single(single) => single.byte_count(),
        };
        self.cells.byte_count() + self.inverse.byte_count() + couplings
    }

    /// Whether all segments of a line are alike.
    pub(super) fn is_even(&self) -> bool {
        matches!(self.coupling, Coupling::Even(_))
    }

    /// Takes over new conductances and factorises.
    #[inline(always)]
    pub(super) fn factorise(&mut self, cells: &Matrix) {
        for panel in self.panels() {
            for quad in panel.clone() {
                turn(cells.quad(quad), self.cells.turned_mut(quad..quad + 1));
            }
            if panel.len() == PANEL {
                self.factorise_quads::<PANEL>(panel.start);
            } else {
                panel.for_each(|quad| self.factorise_quads::<1>(quad));
            }
        }
    }

    #[inline(always)]
    fn factorise_quads<const COUNT: usize>(&mut self, first: usize) {
        let Self { columns, cells, inverse, coupling, ends, .. } = self;
        let stride = cells.stride;
        let cells = cells.turned(first..first + COUNT);
        let inverse = inverse.turned_mut(first..first + COUNT);
        let [left, right] = [&ends[0], &ends[1]].map(|end| columns_of_four::<COUNT>(end, first));
        let mut ladder = left;
        for column in 0..*columns {
            let last = column + 1 == *columns;
            for k in 0..COUNT {
                let at = k * stride + column;
                let coupling = match coupling {
                    _ if last => [0.0; QUAD],
                    Coupling::Even(even) => columns_of_four::<1>(even, first + k)[0],
                    Coupling::Single(single) => single.turned(first + k..first + k + 1)[column],
                };
                let end = if last { right[k] } else { [0.0; QUAD] };
                eliminate(&mut ladder[k], (&cells[at], &end), &coupling, &mut inverse[at]);
            }
        }
    }

    /// Solves the lines of one panel in place: right-hand side to x. With `IN` the right-hand side is first multiplied by
    /// the cells, with `OUT` the result is. Returns x . right-hand side.
    #[inline(always)]
    pub(super) fn solve<const IN: bool, const OUT: bool>(
        &self,
        panel: Panel,
        work: &mut [[f64; QUAD]],
    ) -> f64 {
        if panel.len() == PANEL {
            return self.solve_quads::<PANEL, IN, OUT>(panel.start, work);
        }
        let quads = panel.zip(work.chunks_exact_mut(self.cells.stride));
        quads.map(|(quad, work)| self.solve_quads::<1, IN, OUT>(quad, work)).sum()
    }

    #[inline(always)]
    fn solve_quads<const COUNT: usize, const IN: bool, const OUT: bool>(
        &self,
        first: usize,
        work: &mut [[f64; QUAD]],
    ) -> f64 {
        let (stride, columns) = (self.cells.stride, self.columns);
        let quads = first..first + COUNT;
        let factors = (self.cells.turned(quads.clone()), self.inverse.turned(quads.clone()));
        match &self.coupling {
            Coupling::Even(even) => {
                let coupling = columns_of_four::<COUNT>(even, first);
                solve::<COUNT, IN, OUT>(work, factors, |k, _| coupling[k], (stride, columns))
            }
            Coupling::Single(single) => {
                let coupling = single.turned(quads);
                let coupling = |k: usize, column: usize| coupling[k * stride + column];
                solve::<COUNT, IN, OUT>(work, factors, coupling, (stride, columns))
            }
        }
    }
}

/// The numbers of the lines of some quads.
#[inline(always)]
fn columns_of_four<const COUNT: usize>(lines: &Buffer, first: usize) -> [[f64; QUAD]; COUNT] {
    let lines: &[[f64; QUAD]] = bytemuck::cast_slice(lines.all());
    *lines[first..].first_chunk().expect("whole quads")
}

/// Forward elimination and back substitution of some quads.
#[inline(always)]
fn solve<const COUNT: usize, const IN: bool, const OUT: bool>(
    work: &mut [[f64; QUAD]],
    (cells, inverse): (&[[f64; QUAD]], &[[f64; QUAD]]),
    coupling: impl Fn(usize, usize) -> [f64; QUAD],
    (stride, columns): (usize, usize),
) -> f64 {
    let cells: [_; COUNT] = from_fn(|k| &cells[k * stride..][..columns]);
    let inverse: [_; COUNT] = from_fn(|k| &inverse[k * stride..][..columns]);
    let mut rest = work;
    let work: [_; COUNT] = from_fn(|_| {
        let (quad, others) = take(&mut rest).split_at_mut(stride);
        rest = others;
        &mut quad[..columns]
    });
    let (mut carry, mut sums) = ([[0.0; QUAD]; COUNT], [[0.0; QUAD]; COUNT]);
    for column in 0..columns {
        for k in 0..COUNT {
            let (input, cell, inverse) = (work[k][column], cells[k][column], inverse[k][column]);
            let coupling = coupling(k, column);
            let y: [f64; QUAD] = from_fn(|n| carry[k][n] + if IN { cell[n] * input[n] } else { input[n] });
            let half: [f64; QUAD] = from_fn(|n| y[n] * inverse[n]);
            sums[k] = from_fn(|n| sums[k][n] + y[n] * half[n]);
            carry[k] = from_fn(|n| coupling[n] * half[n]);
            work[k][column] = half;
        }
    }
    let mut carry = [[0.0; QUAD]; COUNT];
    for column in (0..columns).rev() {
        for k in 0..COUNT {
            let (half, cell, inverse) = (work[k][column], cells[k][column], inverse[k][column]);
            let coupling = coupling(k, column);
            let x: [f64; QUAD] = from_fn(|n| half[n] + (coupling[n] * inverse[n]) * carry[k][n]);
            carry[k] = x;
            work[k][column] = if OUT { from_fn(|n| cell[n] * x[n]) } else { x };
        }
    }
    sum(sums.as_flattened())
}
