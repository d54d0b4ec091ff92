//! Word lines are factorised tridiagonal systems along the rows, eight neighbouring rows in the lanes.
//!
//! With its cells to ground a line is a ladder. Elimination from the left keeps the conductance e that node j sees to
//! ground on its left, itself included: e_j = G_j + g e_(j-1) / (e_(j-1) + g), with g the segment between. The pivot is
//! e + g. Only positive numbers are added, so nothing cancels, however much better the wires conduct than the cells.
//! An ideal terminal is an infinite conductance: the inverse pivot is then 0 and the node stays where it is.

use super::circuit::Circuit;
use super::lanes::{Lanes, Matrix, WIDTH, transposed};
use super::layout::{Side, Terminal};

/// The factors of all word lines.
#[derive(Clone, Debug)]
pub(super) struct WordLines {
    columns: usize,
    groups: usize,
    /// Cells, lanes of eight rows, column after column, block after block of rows.
    cells: Vec<Lanes>,
    /// 1 / pivot, as the cells.
    inverse: Vec<Lanes>,
    /// Conductance to the next column, as the cells; one for all columns of a block where they do not differ.
    coupling: Vec<Lanes>,
    is_even: bool,
    /// Conductance of the left and of the right terminals.
    ends: [Vec<Lanes>; 2],
}

/// What a terminal adds to the conductance of its node, S.
pub(super) fn conductance(terminal: Option<Terminal>) -> f64 {
    terminal.map_or(0.0, |terminal| 1.0 / terminal.resistance)
}

/// One step of the elimination: the inverse pivot, and what the next node sees.
#[inline(always)]
pub(super) fn eliminate(ladder: Lanes, coupling: Lanes) -> (Lanes, Lanes) {
    let inverse = (ladder + coupling).inverse_of_positive();
    let mut share = ladder * inverse;
    for (share, ladder) in share.0.iter_mut().zip(ladder.0) {
        *share = if ladder == f64::INFINITY { 1.0 } else { *share };
    }
    (inverse, coupling * share)
}

impl WordLines {
    pub(super) fn new(circuit: &Circuit) -> WordLines {
        let (rows, columns) = (circuit.word_lines(), circuit.bit_lines());
        let (blocks, groups) = (rows.div_ceil(WIDTH), columns.div_ceil(WIDTH));
        let is_even = circuit.is_even()[0];
        let per_block = if is_even { 1 } else { groups * WIDTH };
        let by_row = |block: usize, value: &dyn Fn(usize) -> f64| {
            let row = |lane: usize| block * WIDTH + lane;
            Lanes(std::array::from_fn(|lane| if row(lane) < rows { value(row(lane)) } else { 0.0 }))
        };
        let coupling = |at: usize| {
            let (block, column) = (at / per_block, at % per_block);
            by_row(block, &|row| if column + 1 < columns { circuit.word_coupling(row, column) } else { 0.0 })
        };
        let end = |side: Side| {
            let terminals = circuit.terminals(side);
            (0..blocks).map(|block| by_row(block, &|row| conductance(terminals[row]))).collect()
        };
        WordLines {
            columns,
            groups,
            cells: vec![Lanes::default(); blocks * groups * WIDTH],
            inverse: vec![Lanes::default(); blocks * groups * WIDTH],
            coupling: (0..blocks * per_block).map(coupling).collect(),
            is_even,
            ends: [Side::Left, Side::Right].map(end),
        }
    }

    pub(super) fn block_count(&self) -> usize {
        self.ends[0].len()
    }

    /// The conductance between a node and the next one of its line, S.
    pub(super) fn coupling(&self, row: usize, column: usize) -> f64 {
        let (block, lane) = (row / WIDTH, row % WIDTH);
        if self.is_even {
            self.coupling[block].0[lane]
        } else {
            self.coupling[block * self.groups * WIDTH + column].0[lane]
        }
    }

    /// Whether all segments of a line are alike.
    pub(super) fn is_even(&self) -> bool {
        self.is_even
    }

    /// Takes over new conductances and factorises.
    #[inline(always)]
    pub(super) fn factorise(&mut self, cells: &Matrix) {
        let length = self.groups * WIDTH;
        for block in 0..self.block_count() {
            let rows = &cells.lanes[block * WIDTH * self.groups..][..WIDTH * self.groups];
            let own = &mut self.cells[block * length..][..length];
            for group in 0..self.groups {
                let tile = std::array::from_fn(|row| rows[row * self.groups + group]);
                own[group * WIDTH..][..WIDTH].copy_from_slice(&transposed(&tile));
            }
            let mut seen = self.ends[0][block];
            for column in 0..length {
                let last = column + 1 >= self.columns;
                let end = if column + 1 == self.columns { self.ends[1][block] } else { Lanes::default() };
                let at = if self.is_even { block } else { block * length + column };
                let coupling = if last { Lanes::default() } else { self.coupling[at] };
                let ladder = seen + own[column] + end;
                (self.inverse[block * length + column], seen) = eliminate(ladder, coupling);
            }
        }
    }

    /// Solves the lines of one block: x for a right-hand side `input`, both row by row. With `IN` the input is first
    /// multiplied by the cells, with `OUT` the result is, with `ADD` it is added to the output. Returns x . input in lanes.
    #[inline(always)]
    pub(super) fn solve<const IN: bool, const OUT: bool, const ADD: bool>(
        &self,
        block: usize,
        input: &[Lanes],
        output: &mut [Lanes],
        scratch: &mut [Lanes],
    ) -> Lanes {
        let (groups, length) = (self.groups, self.groups * WIDTH);
        let input = &input[block * WIDTH * groups..][..WIDTH * groups];
        let output = &mut output[block * WIDTH * groups..][..WIDTH * groups];
        let cells = &self.cells[block * length..][..length];
        let inverse = &self.inverse[block * length..][..length];
        let coupling = if self.is_even {
            &self.coupling[block..][..1]
        } else {
            &self.coupling[block * length..][..length]
        };
        let mask = if self.is_even { 0 } else { usize::MAX };
        let scratch = &mut scratch[..length];

        let (mut sum, mut y, mut factor) = (Lanes::default(), Lanes::default(), Lanes::default());
        for group in 0..groups {
            let tile = transposed(&std::array::from_fn(|row| input[row * groups + group]));
            for (k, &tile) in tile.iter().enumerate() {
                let at = group * WIDTH + k;
                let right = if IN { cells[at] * tile } else { tile };
                y = right + factor * y;
                let half = y * inverse[at];
                sum += y * half;
                scratch[at] = half;
                factor = coupling[at & mask] * inverse[at];
            }
        }
        let mut x = Lanes::default();
        for group in (0..groups).rev() {
            let mut tile = [Lanes::default(); WIDTH];
            for (k, tile) in tile.iter_mut().enumerate().rev() {
                let at = group * WIDTH + k;
                x = scratch[at] + coupling[at & mask] * inverse[at] * x;
                *tile = if OUT { cells[at] * x } else { x };
            }
            for (row, lanes) in transposed(&tile).into_iter().enumerate() {
                let place = &mut output[row * groups + group];
                *place = if ADD { *place + lanes } else { lanes };
            }
        }
        sum
    }
}
