//! Word lines are factorised tridiagonal systems along the rows, many rows at a time.
//!
//! With its cells to ground a line is a ladder. Elimination from the left keeps the conductance e that node j sees to
//! ground on its left, itself included: e_j = G_j + g e_(j-1) / (e_(j-1) + g), with g the segment between. The pivot is
//! e + g. Only positive numbers are added, so nothing cancels, however much better the wires conduct than the cells.
//! An ideal terminal is an infinite conductance: the inverse pivot is then 0 and the node stays where it is.
//!
//! One row is a chain of dependent operations, so rows are taken in panels: within a panel the numbers of one column lie
//! side by side, and all arithmetic runs over them.

use super::checked::Circuit;
use super::lanes::{Buffer, Matrix, WIDTH};
use super::layout::{Side, Terminal};

/// Rows per panel: enough to hide the latency of the chain, few enough for the panel to stay in the nearest cache.
const PANEL: usize = 32;

/// The factors of all word lines.
#[derive(Clone, Debug)]
pub(super) struct WordLines {
    columns: usize,
    /// Rows, in whole groups.
    rows: usize,
    /// Columns, in whole groups.
    length: usize,
    /// Cells, panel after panel, in each of them column after column.
    cells: Buffer,
    /// 1 / pivot, as the cells.
    inverse: Buffer,
    /// Conductance to the next column, as the cells; of one column only where the segments of a line do not differ.
    coupling: Buffer,
    is_even: bool,
    /// Conductance of the left and of the right terminals.
    ends: [Buffer; 2],
}

/// A panel: its first row and how many it has, in whole groups.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel {
    pub(super) first: usize,
    pub(super) rows: usize,
}

/// Memory for one panel.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    /// The panel, column after column.
    panel: Buffer,
    /// What one column hands to the next.
    carry: [f64; PANEL],
    /// A sum per row.
    sums: [f64; PANEL],
}

impl Scratch {
    pub(super) fn new(columns: usize) -> Scratch {
        let panel = Buffer::zeros(columns.next_multiple_of(WIDTH) * PANEL);
        Scratch { panel, carry: [0.0; PANEL], sums: [0.0; PANEL] }
    }
}

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
        let columns = circuit.bit_lines();
        let (rows, length) = (circuit.word_lines().next_multiple_of(WIDTH), columns.next_multiple_of(WIDTH));
        let is_even = circuit.is_even()[0];
        let mut lines = WordLines {
            columns,
            rows,
            length,
            cells: Buffer::zeros(rows * length),
            inverse: Buffer::zeros(rows * length),
            coupling: Buffer::zeros(if is_even { rows } else { rows * length }),
            is_even,
            ends: [Buffer::zeros(rows), Buffer::zeros(rows)],
        };
        [Side::Left, Side::Right].into_iter().for_each(|side| lines.connect(circuit, side));
        for row in 0..circuit.word_lines() {
            for column in 0..if is_even { 1 } else { columns - 1 } {
                let at = lines.coupling_at(row, column);
                // A line of one node has no segment to ask for.
                lines.coupling.all_mut()[at] =
                    if columns > 1 { circuit.word_coupling(row, column) } else { 0.0 };
            }
        }
        lines
    }

    /// Takes over the terminals of one side.
    pub(super) fn connect(&mut self, circuit: &Circuit, side: Side) {
        connect(&mut self.ends[usize::from(side == Side::Right)], circuit.terminals(side));
    }

    /// The panels, from the last to the first.
    pub(super) fn panels_upwards(&self) -> impl Iterator<Item = Panel> + use<> {
        let rows = self.rows;
        let firsts = (0..rows.div_ceil(PANEL)).rev().map(|panel| panel * PANEL);
        firsts.map(move |first| Panel { first, rows: PANEL.min(rows - first) })
    }

    fn coupling_at(&self, row: usize, column: usize) -> usize {
        if self.is_even {
            return row;
        }
        let first = row / PANEL * PANEL;
        first * self.length + column * PANEL.min(self.rows - first) + row - first
    }

    /// The conductance between a node and the next one of its line, S.
    pub(super) fn coupling(&self, row: usize, column: usize) -> f64 {
        self.coupling.all()[self.coupling_at(row, column)]
    }

    pub(super) fn byte_count(&self) -> usize {
        [&self.cells, &self.inverse, &self.coupling].map(Buffer::byte_count).iter().sum()
    }

    /// Whether all segments of a line are alike.
    pub(super) fn is_even(&self) -> bool {
        self.is_even
    }

    /// The couplings of a panel and the distance of two columns in them.
    #[inline(always)]
    fn couplings(&self, Panel { first, rows }: Panel) -> (&[f64], usize) {
        if self.is_even {
            (&self.coupling.all()[first..][..rows], 0)
        } else {
            (&self.coupling.all()[first * self.length..][..rows * self.length], rows)
        }
    }

    /// Takes over new conductances and factorises.
    #[inline(always)]
    pub(super) fn factorise(&mut self, cells: &Matrix, scratch: &mut Scratch) {
        for panel in self.panels_upwards() {
            let Panel { first, rows } = panel;
            let range = first * self.length..(first + rows) * self.length;
            turn(&cells.all()[range.clone()], self.length, &mut self.cells.all_mut()[range.clone()], rows);
            let mut ladder = [0.0; PANEL];
            let ladder = &mut ladder[..rows];
            ladder.copy_from_slice(&self.ends[0].all()[first..][..rows]);
            let none = &[0.0; PANEL][..rows];
            for column in 0..self.columns {
                let last = column + 1 == self.columns;
                let (couplings, step) = self.couplings(panel);
                scratch.carry[..rows].copy_from_slice(if last {
                    none
                } else {
                    &couplings[column * step..][..rows]
                });
                let end = if last { &self.ends[1].all()[first..][..rows] } else { none };
                let at = range.start + column * rows;
                let own = (&self.cells.all()[at..][..rows], end);
                let inverse = &mut self.inverse.all_mut()[at..][..rows];
                eliminate(ladder, own, &scratch.carry[..rows], inverse);
            }
        }
    }

    /// Solves the lines of one panel: x for a right-hand side `input`, both row by row. With `IN` the input is first
    /// multiplied by the cells, with `OUT` the result is, with `ADD` it is added to the output. Returns x . input.
    #[inline(always)]
    pub(super) fn solve<const IN: bool, const OUT: bool, const ADD: bool>(
        &self,
        panel: Panel,
        input: &[f64],
        output: &mut [f64],
        scratch: &mut Scratch,
    ) -> f64 {
        // A number of rows that the compiler knows spares its loops their beginnings and ends.
        if panel.rows == PANEL {
            let panel = Panel { rows: PANEL, ..panel };
            self.solve_rows::<IN, OUT, ADD>(panel, input, output, scratch)
        } else {
            self.solve_rows::<IN, OUT, ADD>(panel, input, output, scratch)
        }
    }

    #[inline(always)]
    fn solve_rows<const IN: bool, const OUT: bool, const ADD: bool>(
        &self,
        panel: Panel,
        input: &[f64],
        output: &mut [f64],
        scratch: &mut Scratch,
    ) -> f64 {
        let Panel { first, rows } = panel;
        let range = first * self.length..(first + rows) * self.length;
        let (cells, inverse) = (&self.cells.all()[range.clone()], &self.inverse.all()[range.clone()]);
        let (couplings, step) = self.couplings(panel);
        let Scratch { panel: work, carry, sums } = scratch;
        let work = &mut work.all_mut()[..rows * self.length];
        let (carry, sums) = (&mut carry[..rows], &mut sums[..rows]);

        turn(&input[range.clone()], self.length, work, rows);
        carry.fill(0.0);
        sums.fill(0.0);
        for column in 0..self.columns {
            let at = column * rows;
            let coupling = &couplings[column * step..][..rows];
            let factors = (&cells[at..][..rows], &inverse[at..][..rows], coupling);
            forwards::<IN>(&mut work[at..][..rows], factors, carry, sums);
        }
        carry.fill(0.0);
        for column in (0..self.columns).rev() {
            let at = column * rows;
            let coupling = &couplings[column * step..][..rows];
            let factors = (&cells[at..][..rows], &inverse[at..][..rows], coupling);
            backwards::<OUT>(&mut work[at..][..rows], factors, carry);
        }
        turn_back::<ADD>(work, rows, &mut output[range], self.length);
        super::lanes::sum(sums)
    }
}

/// The forward elimination of one column: right-hand side to y / pivot.
#[inline(always)]
fn forwards<const IN: bool>(
    work: &mut [f64],
    (cells, inverse, coupling): (&[f64], &[f64], &[f64]),
    carry: &mut [f64],
    sums: &mut [f64],
) {
    let count = work.len();
    let (cells, inverse, coupling) = (&cells[..count], &inverse[..count], &coupling[..count]);
    let (carry, sums) = (&mut carry[..count], &mut sums[..count]);
    for k in 0..count {
        let y = carry[k] + if IN { cells[k] * work[k] } else { work[k] };
        let half = y * inverse[k];
        sums[k] += y * half;
        carry[k] = coupling[k] * half;
        work[k] = half;
    }
}

/// The back substitution of one column: y / pivot to x.
#[inline(always)]
fn backwards<const OUT: bool>(
    work: &mut [f64],
    (cells, inverse, coupling): (&[f64], &[f64], &[f64]),
    carry: &mut [f64],
) {
    let count = work.len();
    let (cells, inverse, coupling) = (&cells[..count], &inverse[..count], &coupling[..count]);
    let carry = &mut carry[..count];
    for k in 0..count {
        let x = work[k] + (coupling[k] * inverse[k]) * carry[k];
        carry[k] = x;
        work[k] = if OUT { cells[k] * x } else { x };
    }
}

/// Columns that are turned at once.
const STRIP: usize = 4;

/// Rows to columns: `rows` rows of `length` numbers, by strips of four columns, which compilers know how to deal out.
#[inline(always)]
fn turn(from: &[f64], length: usize, to: &mut [f64], rows: usize) {
    let mut strip = [[0.0; STRIP]; PANEL];
    let strip = &mut strip[..rows];
    for (number, to) in to.chunks_exact_mut(STRIP * rows).enumerate() {
        for (four, row) in strip.iter_mut().zip(from.chunks_exact(length)) {
            *four = *row[number * STRIP..].first_chunk().expect("whole strips");
        }
        let (left, right) = to.split_at_mut(2 * rows);
        let ((a, b), (c, d)) = (left.split_at_mut(rows), right.split_at_mut(rows));
        deal(strip, a, b, c, d);
    }
}

#[inline(always)]
fn deal(strip: &[[f64; STRIP]], a: &mut [f64], b: &mut [f64], c: &mut [f64], d: &mut [f64]) {
    let count = strip.len();
    let (a, b, c, d) = (&mut a[..count], &mut b[..count], &mut c[..count], &mut d[..count]);
    for k in 0..count {
        a[k] = strip[k][0];
        b[k] = strip[k][1];
        c[k] = strip[k][2];
        d[k] = strip[k][3];
    }
}

/// Columns to rows, by strips of four columns.
#[inline(always)]
fn turn_back<const ADD: bool>(from: &[f64], rows: usize, to: &mut [f64], length: usize) {
    let mut strip = [[0.0; STRIP]; PANEL];
    let strip = &mut strip[..rows];
    for (number, from) in from.chunks_exact(STRIP * rows).enumerate() {
        let (left, right) = from.split_at(2 * rows);
        let ((a, b), (c, d)) = (left.split_at(rows), right.split_at(rows));
        collect(strip, (a, b, c, d));
        for (four, row) in strip.iter().zip(to.chunks_exact_mut(length)) {
            let place: &mut [f64; STRIP] = row[number * STRIP..].first_chunk_mut().expect("whole strips");
            for (place, value) in place.iter_mut().zip(four) {
                *place = if ADD { *place + value } else { *value };
            }
        }
    }
}

#[inline(always)]
fn collect(strip: &mut [[f64; STRIP]], (a, b, c, d): (&[f64], &[f64], &[f64], &[f64])) {
    let count = strip.len();
    let (a, b, c, d) = (&a[..count], &b[..count], &c[..count], &d[..count]);
    for k in 0..count {
        strip[k] = [a[k], b[k], c[k], d[k]];
    }
}
