//! A linear system is the array with ohmic cells, solved for small or large corrections of its node voltages.
//!
//! Eliminating the word lines leaves the bit lines with S = A_b - G A_w^-1 G, where A_w and A_b are the tridiagonal
//! matrices of word and bit lines with their cells to ground. Conjugate gradients solve S with A_b as preconditioner. One
//! iteration is one solve of all word lines, one of all bit lines, and two sums:
//!
//! ```text
//!   downwards             r -= alpha (u - s),  y = forward elimination of r,  sum of r z = sum of y^2 / pivot
//!   upwards               z = back substitution,  b += alpha p,  p = z + beta p,  u = r + beta u   (u is A_b p),
//!                         and for every panel of rows of p at once  s = G A_w^-1 G p
//! ```
//!
//! The sum p S p is p u - (G p) A_w^-1 (G p), and the second part is a sum of squares of the forward elimination. So an
//! iteration runs twice through memory.

use multiversion::multiversion;

use super::bits::BitLines;
use super::checked::Circuit;
use super::lanes::{Buffer, Matrix, WIDTH, sum};
use super::layout::Side;
use super::words::{Scratch, WordLines};

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
    /// What one row of bit lines hands to the next.
    carry: Buffer,
    /// A sum per column.
    sums: Buffer,
    scratch: Scratch,
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
        let matrix = |number| Matrix::staggered(rows.next_multiple_of(WIDTH), columns, number);
        LinearSystem {
            rows,
            cells: matrix(1),
            words: WordLines::new(circuit),
            bits: BitLines::new(circuit),
            into_words: matrix(2),
            into_bits: matrix(3),
            word: matrix(4),
            bit: matrix(5),
            p: matrix(6),
            u: matrix(7),
            carry: Buffer::zeros(columns),
            sums: Buffer::zeros(columns),
            scratch: Scratch::new(columns),
        }
    }

    pub(super) fn byte_count(&self) -> usize {
        let Self { cells, into_words, into_bits, word, bit, p, u, .. } = self;
        let matrices = [cells, into_words, into_bits, word, bit, p, u].map(Matrix::byte_count);
        matrices.iter().sum::<usize>() + self.words.byte_count() + self.bits.byte_count()
    }

    /// Takes over the terminals of one side. After it, [`factorise`](LinearSystem::factorise).
    pub(super) fn connect(&mut self, circuit: &Circuit, side: Side) {
        if side.is_of_word_lines() {
            self.words.connect(circuit, side);
        } else {
            self.bits.connect(circuit, side);
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
        (downwards(self, None), energy)
    }

    /// The second half: voltages in `word` and `bit`, from a system that has been eliminated with residual `first`.
    pub(super) fn iterate(&mut self, first: f64, goal: Goal) -> Progress {
        let mut progress = Progress { now: first, error: first, ..Progress::default() };
        let mut next = None;
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
            let energy = upwards(self, next);
            let alpha = if let Goal::Sweeps(_) = goal { 1.0 } else { progress.now / energy };
            let before = progress.now;
            progress.energy += alpha * before;
            progress.now = downwards(self, Some(alpha));
            progress.iterations += 1;
            let ratio = progress.now / before;
            // alpha is about 1 / the eigenvalue that an iteration removes; a sweep leaves sqrt(ratio) of the error.
            largest = match goal {
                Goal::Residual { .. } => largest.max(alpha),
                Goal::Sweeps(_) => 1.0 / (1.0 - ratio.sqrt().min(0.999_999)),
            };
            next = Some((alpha, if let Goal::Sweeps(_) = goal { 0.0 } else { ratio }));
        }
        progress.error = largest * progress.now;
        if next.is_none() {
            self.bit.clear();
        }
        finish(self, next.map(|(alpha, _)| alpha));
        progress
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn factorise(system: &mut LinearSystem) {
    system.words.factorise(&system.cells, &mut system.scratch);
    system.bits.factorise(&system.cells, system.carry.all_mut());
}

/// word = A_w^-1 into_words, into_bits += G word. Returns into_words . word.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn eliminate_words(system: &mut LinearSystem) -> f64 {
    let LinearSystem { words, into_words, word, scratch, .. } = system;
    let mut energy = 0.0;
    for panel in words.panels_upwards() {
        energy += words.solve::<false, false, false>(panel, into_words.all(), word.all_mut(), scratch);
    }
    let word = word.all();
    for (r, (&cell, &word)) in system.into_bits.all_mut().iter_mut().zip(system.cells.all().iter().zip(word))
    {
        *r += cell * word;
    }
    energy
}

/// b += alpha p, then word += A_w^-1 G b.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn finish(system: &mut LinearSystem, alpha: Option<f64>) {
    let LinearSystem { words, word, bit, p, scratch, .. } = system;
    if let Some(alpha) = alpha {
        for (b, &p) in bit.all_mut().iter_mut().zip(p.all()) {
            *b += alpha * p;
        }
    }
    for panel in words.panels_upwards() {
        words.solve::<true, false, true>(panel, bit.all(), word.all_mut(), scratch);
    }
}

/// From the first row to the last: the residual after a step of `alpha`, if one has been made, and the forward elimination
/// of the bit lines. Returns r z.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn downwards(system: &mut LinearSystem, alpha: Option<f64>) -> f64 {
    let LinearSystem { rows, bits, into_words: s, into_bits: r, u, carry, sums, .. } = system;
    let (carry, sums) = (carry.all_mut(), sums.all_mut());
    carry.fill(0.0);
    sums.fill(0.0);
    for row in 0..*rows {
        let (inverse, coupling) = (bits.inverse.filled(row), bits.coupling(row));
        let (s, r) = (s.filled_mut(row), r.filled_mut(row));
        match alpha {
            Some(alpha) => downwards_row(alpha, (inverse, coupling, u.filled(row)), s, r, carry, sums),
            None => first_downwards_row((inverse, coupling), r, s, carry, sums),
        }
    }
    sum(sums)
}

#[inline(always)]
fn downwards_row(
    alpha: f64,
    (inverse, coupling, u): (&[f64], &[f64], &[f64]),
    s: &mut [f64],
    r: &mut [f64],
    carry: &mut [f64],
    sums: &mut [f64],
) {
    let count = carry.len();
    let (inverse, coupling, u) = (&inverse[..count], &coupling[..count], &u[..count]);
    let (s, r, sums) = (&mut s[..count], &mut r[..count], &mut sums[..count]);
    for k in 0..count {
        let residual = r[k] - alpha * (u[k] - s[k]);
        let y = residual + carry[k];
        let half = y * inverse[k];
        r[k] = residual;
        s[k] = y;
        sums[k] += y * half;
        carry[k] = coupling[k] * half;
    }
}

#[inline(always)]
fn first_downwards_row(
    (inverse, coupling): (&[f64], &[f64]),
    r: &[f64],
    y: &mut [f64],
    carry: &mut [f64],
    sums: &mut [f64],
) {
    let count = carry.len();
    let (inverse, coupling, r) = (&inverse[..count], &coupling[..count], &r[..count]);
    let (y, sums) = (&mut y[..count], &mut sums[..count]);
    for k in 0..count {
        y[k] = r[k] + carry[k];
        let half = y[k] * inverse[k];
        sums[k] += y[k] * half;
        carry[k] = coupling[k] * half;
    }
}

/// From the last row to the first: the back substitution of the bit lines, the next direction p after a step of alpha
/// with its beta, if one has been made, and what the word lines answer to p. Returns p S p.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn upwards(system: &mut LinearSystem, step: Option<(f64, f64)>) -> f64 {
    let LinearSystem {
        rows,
        words,
        bits,
        into_words: s,
        into_bits: r,
        bit: b,
        p,
        u,
        carry,
        sums,
        scratch,
        ..
    } = system;
    let (carry, sums) = (carry.all_mut(), sums.all_mut());
    carry.fill(0.0);
    sums.fill(0.0);
    let mut through_words = 0.0;
    for panel in words.panels_upwards() {
        for row in (panel.first..(panel.first + panel.rows).min(*rows)).rev() {
            let factors = (bits.inverse.filled(row), bits.coupling(row), s.filled(row), r.filled(row));
            let (b, p, u) = (b.filled_mut(row), p.filled_mut(row), u.filled_mut(row));
            match step {
                Some(step) => upwards_row(step, factors, b, p, u, carry, sums),
                None => first_upwards_row(factors, b, p, u, carry, sums),
            }
        }
        through_words += words.solve::<true, true, false>(panel, p.all(), s.all_mut(), scratch);
    }
    sum(sums) - through_words
}

/// What a row of bit lines is computed from: 1 / pivot, conductance to the next row, y, r.
type Factors<'a> = (&'a [f64], &'a [f64], &'a [f64], &'a [f64]);

#[inline(always)]
fn first_upwards_row(
    (inverse, coupling, y, r): Factors<'_>,
    b: &mut [f64],
    p: &mut [f64],
    u: &mut [f64],
    carry: &mut [f64],
    sums: &mut [f64],
) {
    b.fill(0.0);
    for (k, carry) in carry.iter_mut().enumerate() {
        *carry = inverse[k] * (y[k] + coupling[k] * *carry);
        (p[k], u[k]) = (*carry, r[k]);
        sums[k] += p[k] * u[k];
    }
}

#[inline(always)]
fn upwards_row(
    (alpha, beta): (f64, f64),
    (inverse, coupling, y, r): Factors<'_>,
    b: &mut [f64],
    p: &mut [f64],
    u: &mut [f64],
    carry: &mut [f64],
    sums: &mut [f64],
) {
    let count = carry.len();
    let (inverse, coupling, y, r) = (&inverse[..count], &coupling[..count], &y[..count], &r[..count]);
    let (b, p, u, sums) = (&mut b[..count], &mut p[..count], &mut u[..count], &mut sums[..count]);
    for k in 0..count {
        let z = inverse[k] * (y[k] + coupling[k] * carry[k]);
        b[k] += alpha * p[k];
        let (next_p, next_u) = (z + beta * p[k], r[k] + beta * u[k]);
        sums[k] += next_p * next_u;
        (p[k], u[k], carry[k]) = (next_p, next_u, z);
    }
}
