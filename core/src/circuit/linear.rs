//! A linear system is the array with ohmic cells, solved for small or large corrections of its node voltages.
//!
//! Eliminating the word lines leaves the bit lines with S = A_b - G A_w^-1 G, where A_w and A_b are the tridiagonal
//! matrices of word and bit lines with their cells to ground. Conjugate gradients solve S with A_b as preconditioner. One
//! iteration is one solve of all word lines, one of all bit lines, and two sums:
//!
//! ```text
//!   downwards (ascend)    r -= alpha (u - s),  y = forward elimination of r,  sum of r z = sum of y^2 / pivot
//!   upwards   (descend)   z = back substitution,  b += alpha p,  p = z + beta p,  u = r + beta u   (u is A_b p),
//!                         and for every block of eight rows of p at once  s = G A_w^-1 G p
//! ```
//!
//! The sum p S p is p u - (G p) A_w^-1 (G p), and the second part is a sum of squares of the forward elimination. So an
//! iteration runs twice through memory.

use multiversion::multiversion;

use super::bits::BitLines;
use super::circuit::Circuit;
use super::lanes::{Lanes, Matrix, WIDTH};
use super::words::WordLines;

/// The factorised array and the vectors of the iteration.
#[derive(Clone, Debug)]
pub(super) struct LinearSystem {
    rows: usize,
    /// Conductances of the cells, S. After a change, [`factorise`](LinearSystem::factorise).
    pub(super) cells: Matrix,
    pub(super) words: WordLines,
    pub(super) bits: BitLines,
    /// Currents that enter the nodes, A: set before a solve, which overwrites them.
    pub(super) into_words: Matrix,
    pub(super) into_bits: Matrix,
    /// The voltages that they cause, V: what a solve leaves.
    pub(super) word: Matrix,
    pub(super) bit: Matrix,
    /// The direction; outside of an iteration the currents of the cells, A.
    pub(super) p: Matrix,
    u: Matrix,
    /// One row of bit lines, carried from row to row.
    carry: Vec<Lanes>,
    /// One block of word lines.
    scratch: Vec<Lanes>,
}

/// Where an iteration stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    pub(super) iterations: usize,
    /// r A_b^-1 r now, W.
    pub(super) now: f64,
    /// What the iteration has taken off the squared energy norm of the error, W.
    pub(super) energy: f64,
    /// An estimate of the squared energy norm of the error now, W.
    pub(super) error: f64,
}

/// When an iteration ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    /// r A_b^-1 r at or below `target` (W), or after `limit` iterations.
    Residual { target: f64, limit: usize },
    /// After this many plain iterations, with alpha = 1 and beta = 0.
    Sweeps(usize),
}

impl LinearSystem {
    pub(super) fn new(circuit: &Circuit) -> LinearSystem {
        let (rows, columns) = (circuit.word_lines(), circuit.bit_lines());
        let matrix = || Matrix::zeros(rows.next_multiple_of(WIDTH), columns);
        let groups = columns.div_ceil(WIDTH);
        LinearSystem {
            rows,
            cells: matrix(),
            words: WordLines::new(circuit),
            bits: BitLines::new(circuit),
            into_words: matrix(),
            into_bits: matrix(),
            word: matrix(),
            bit: matrix(),
            p: matrix(),
            u: matrix(),
            carry: vec![Lanes::default(); groups],
            scratch: vec![Lanes::default(); groups * WIDTH],
        }
    }

    /// Takes new conductances into account.
    pub(super) fn factorise(&mut self) {
        factorise(self);
    }

    /// The first half of a solve: eliminates the word lines. Returns r A_b^-1 r of what is left, and the energy f A_w^-1 f
    /// of the word lines alone, W.
    pub(super) fn eliminate(&mut self) -> (f64, f64) {
        let energy = eliminate_words(self);
        self.bit.fill(0.0);
        self.p.fill(0.0);
        self.u.fill(0.0);
        // The buffer of word currents now holds s and y in turn.
        self.into_words.fill(0.0);
        (ascend(self, 0.0), energy)
    }

    /// The second half: voltages in `word` and `bit`, from a system that has been eliminated with residual `first`.
    pub(super) fn iterate(&mut self, first: f64, goal: Goal) -> Progress {
        let mut progress = Progress { now: first, error: first, ..Progress::default() };
        let (mut alpha, mut beta) = (0.0, 0.0);
        let mut largest: f64 = 1.0;
        loop {
            let done = match goal {
                Goal::Residual { target, limit } => {
                    progress.now.is_nan() || progress.now <= target || progress.iterations >= limit
                }
                Goal::Sweeps(count) => progress.iterations >= count || progress.now == 0.0,
            };
            if done {
                break;
            }
            let energy = descend(self, alpha, beta);
            alpha = if let Goal::Sweeps(_) = goal { 1.0 } else { progress.now / energy };
            let before = progress.now;
            progress.energy += alpha * before;
            progress.now = ascend(self, alpha);
            progress.iterations += 1;
            let ratio = progress.now / before;
            // alpha is about 1 / the eigenvalue that an iteration removes; a sweep leaves sqrt(ratio) of the error.
            largest = match goal {
                Goal::Residual { .. } => largest.max(alpha),
                Goal::Sweeps(_) => 1.0 / (1.0 - ratio.sqrt().min(0.999_999)),
            };
            beta = if let Goal::Sweeps(_) = goal { 0.0 } else { ratio };
        }
        progress.error = largest * progress.now;
        finish(self, alpha);
        progress
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn factorise(system: &mut LinearSystem) {
    system.words.factorise(&system.cells);
    system.bits.factorise(&system.cells, &mut system.carry);
}

/// word = A_w^-1 into_words, into_bits += G word.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn eliminate_words(system: &mut LinearSystem) -> f64 {
    let LinearSystem { words, into_words, word, scratch, .. } = system;
    let mut energy = Lanes::default();
    for block in 0..words.block_count() {
        energy += words.solve::<false, false, false>(block, &into_words.lanes, &mut word.lanes, scratch);
    }
    let cells = system.cells.lanes.iter().zip(&system.word.lanes);
    for (r, (&cell, &word)) in system.into_bits.lanes.iter_mut().zip(cells) {
        *r += cell * word;
    }
    energy.sum()
}

/// b += alpha p, then word += A_w^-1 G b.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn finish(system: &mut LinearSystem, alpha: f64) {
    let alpha = Lanes::splat(alpha);
    for (b, &p) in system.bit.lanes.iter_mut().zip(&system.p.lanes) {
        *b += alpha * p;
    }
    let LinearSystem { words, word, bit, scratch, .. } = system;
    for block in 0..words.block_count() {
        words.solve::<true, false, true>(block, &bit.lanes, &mut word.lanes, scratch);
    }
}

/// From the first row to the last: the residual after a step of `alpha`, and the forward elimination of the bit lines.
/// Returns r z.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn ascend(system: &mut LinearSystem, alpha: f64) -> f64 {
    let LinearSystem { rows, bits, into_words: s, into_bits: r, u, carry, .. } = system;
    let (groups, alpha) = (carry.len(), Lanes::splat(alpha));
    carry.fill(Lanes::default());
    let mut sum = Lanes::default();
    for row in 0..*rows {
        let range = row * groups..(row + 1) * groups;
        let coupling = &bits.coupling(row)[..groups];
        let (inverse, u) = (&bits.inverse.lanes[range.clone()][..groups], &u.lanes[range.clone()][..groups]);
        let (s, r) = (&mut s.lanes[range.clone()][..groups], &mut r.lanes[range][..groups]);
        for group in 0..groups {
            r[group] = r[group] - alpha * (u[group] - s[group]);
            let y = r[group] + carry[group];
            let half = y * inverse[group];
            sum += y * half;
            s[group] = y;
            carry[group] = coupling[group] * half;
        }
    }
    sum.sum()
}

/// From the last row to the first: the back substitution of the bit lines, the next direction p, and what the word
/// lines answer to it. Returns p S p.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn descend(system: &mut LinearSystem, alpha: f64, beta: f64) -> f64 {
    let LinearSystem { rows, words, bits, into_words: s, into_bits: r, bit: b, p, u, carry, scratch, .. } =
        system;
    let (groups, alpha, beta) = (carry.len(), Lanes::splat(alpha), Lanes::splat(beta));
    carry.fill(Lanes::default());
    let (mut through_bits, mut through_words) = (Lanes::default(), Lanes::default());
    for block in (0..words.block_count()).rev() {
        for row in (block * WIDTH..((block + 1) * WIDTH).min(*rows)).rev() {
            let range = row * groups..(row + 1) * groups;
            let coupling = &bits.coupling(row)[..groups];
            let (inverse, y) =
                (&bits.inverse.lanes[range.clone()][..groups], &s.lanes[range.clone()][..groups]);
            let (r, b) = (&r.lanes[range.clone()][..groups], &mut b.lanes[range.clone()][..groups]);
            let (p, u) = (&mut p.lanes[range.clone()][..groups], &mut u.lanes[range][..groups]);
            for group in 0..groups {
                let z = inverse[group] * (y[group] + coupling[group] * carry[group]);
                carry[group] = z;
                b[group] += alpha * p[group];
                let (next_p, next_u) = (z + beta * p[group], r[group] + beta * u[group]);
                through_bits += next_p * next_u;
                (p[group], u[group]) = (next_p, next_u);
            }
        }
        through_words += words.solve::<true, true, false>(block, &p.lanes, &mut s.lanes, scratch);
    }
    through_bits.sum() - through_words.sum()
}
