//! A linear system is the array with ohmic cells, solved for small or large corrections of its node voltages.
//!
//! Eliminating the word lines leaves the bit lines with S = A_b - G A_w^-1 G, where A_w and A_b are the tridiagonal
//! matrices of word and bit lines with their cells to ground. Conjugate gradients solve S with A_b = L D L^T as
//! preconditioner. They keep the residual r and the direction p as y = L^-1 r and q = D L^T p, so that A_b itself is never
//! needed, and sum up x = D L^T b. One iteration is one solve of all word lines, one of all bit lines, and three sums:
//!
//! ```text
//!   upwards      q = y + beta q,  p = L^-T D^-1 q,  and for every panel of rows of p at once  t = G A_w^-1 G p
//!   downwards    x += alpha q,  y -= alpha (q - L^-1 t)
//!   alpha        y D^-1 y / p S p    with  p S p = q D^-1 q - (G p) A_w^-1 (G p)
//! ```
//!
//! The last product is a sum of squares of the forward elimination. So an iteration runs twice through memory, and moves
//! 14 numbers per cell: q, x, y, t and the factors.

use multiversion::multiversion;

use super::bits::BitLines;
use super::checked::Circuit;
use super::lanes::{Buffer, Matrix, QUAD, sum, turn, turn_back};
use super::layout::Side;
use super::words::WordLines;

/// The factorised array and the vectors of the iteration.
#[derive(Clone, Debug)]
pub(super) struct LinearSystem {
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
    pub(super) direction: Matrix,
    /// What one row of bit lines hands to the next.
    carry: Buffer,
    /// A sum per column.
    sums: Buffer,
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
        let matrix = |number| Matrix::staggered(rows, columns, number);
        LinearSystem {
            cells: matrix(2),
            words: WordLines::new(circuit),
            bits: BitLines::new(circuit),
            into_words: matrix(3),
            into_bits: matrix(4),
            word: matrix(5),
            bit: matrix(6),
            direction: matrix(7),
            carry: Buffer::zeros(columns),
            sums: Buffer::zeros(columns),
        }
    }

    pub(super) fn byte_count(&self) -> usize {
        let Self { cells, into_words, into_bits, word, bit, direction, .. } = self;
        let matrices = [cells, into_words, into_bits, word, bit, direction].map(Matrix::byte_count);
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
        eliminate(self)
    }

    /// The second half: voltages in `word` and `bit`, from a system that has been eliminated with residual `first`.
    pub(super) fn iterate(&mut self, first: f64, goal: Goal) -> Progress {
        let mut progress = Progress { now: first, error: first, ..Progress::default() };
        let mut largest: f64 = 1.0;
        let mut beta = None;
        self.bit.clear();
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
            let energy = upwards(self, beta);
            let alpha = if let Goal::Sweeps(_) = goal { 1.0 } else { progress.now / energy };
            let before = progress.now;
            progress.energy += alpha * before;
            progress.now = downwards(self, alpha);
            progress.iterations += 1;
            let ratio = progress.now / before;
            // alpha is about 1 / the eigenvalue that an iteration removes; a sweep leaves sqrt(ratio) of the error.
            largest = match goal {
                Goal::Residual { .. } => largest.max(alpha),
                Goal::Sweeps(_) => 1.0 / (1.0 - ratio.sqrt().min(0.999_999)),
            };
            beta = Some(if let Goal::Sweeps(_) = goal { 0.0 } else { ratio });
        }
        progress.error = largest * progress.now;
        finish(self);
        progress
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn factorise(system: &mut LinearSystem) {
    system.words.factorise(&system.cells);
    system.bits.factorise(&system.cells, system.carry.all_mut());
}

/// word = A_w^-1 into_words, y = L^-1 (into_bits + G word). Returns y D^-1 y and into_words . word.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn eliminate(system: &mut LinearSystem) -> (f64, f64) {
    let LinearSystem { cells, words, bits, into_words, into_bits: y, word, .. } = system;
    let LinearSystem { direction: turned, carry, sums, .. } = system;
    let (carry, sums) = (carry.all_mut(), sums.all_mut());
    carry.fill(0.0);
    sums.fill(0.0);
    let mut energy = 0.0;
    for panel in words.panels() {
        for quad in panel.clone() {
            turn(into_words.quad(quad), turned.turned_mut(quad..quad + 1));
        }
        energy += words.solve::<false, false>(panel.clone(), turned.turned_mut(panel.clone()));
        for quad in panel {
            let [a, b, c, d] = word.quad_mut(quad);
            turn_back(turned.turned(quad..quad + 1), a, b, c, d);
            for row in QUAD * quad..QUAD * (quad + 1) {
                let factors = (cells.filled(row), bits.inverse.filled(row), bits.coupling(row));
                eliminate_row(word.filled(row), factors, y.filled_mut(row), carry, sums);
            }
        }
    }
    (sum(sums), energy)
}

#[inline(always)]
fn eliminate_row(
    word: &[f64],
    (cells, inverse, coupling): (&[f64], &[f64], &[f64]),
    y: &mut [f64],
    carry: &mut [f64],
    sums: &mut [f64],
) {
    let count = carry.len();
    let (word, cells) = (&word[..count], &cells[..count]);
    let (inverse, coupling) = (&inverse[..count], &coupling[..count]);
    let (y, sums) = (&mut y[..count], &mut sums[..count]);
    for k in 0..count {
        y[k] = y[k] + cells[k] * word[k] + carry[k];
        let half = y[k] * inverse[k];
        sums[k] += y[k] * half;
        carry[k] = coupling[k] * half;
    }
}

/// Four rows.
type Rows<'a> = [&'a [f64]; QUAD];

/// The first `count` columns.
#[inline(always)]
fn cut([a, b, c, d]: Rows<'_>, count: usize) -> Rows<'_> {
    [&a[..count], &b[..count], &c[..count], &d[..count]]
}

/// From the last row to the first: the next direction, and what the word lines answer to it. Returns p S p.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn upwards(system: &mut LinearSystem, beta: Option<f64>) -> f64 {
    let LinearSystem { words, bits, into_words: t, into_bits: y, direction: q, carry, sums, .. } = system;
    let (carry, sums) = (carry.all_mut(), sums.all_mut());
    carry.fill(0.0);
    sums.fill(0.0);
    let mut through_words = 0.0;
    for panel in words.panels().rev() {
        for quad in panel.clone().rev() {
            let factors = (bits.inverse.quad(quad), bits.couplings(quad));
            let (p, [q0, q1, q2, q3]) = (t.turned_mut(quad..quad + 1), q.quad_mut(quad));
            match beta {
                None => substitute::<true>((y.quad(quad), 0.0, factors), q0, q1, q2, q3, p, carry, sums),
                Some(beta) => {
                    substitute::<false>((y.quad(quad), beta, factors), q0, q1, q2, q3, p, carry, sums);
                }
            }
        }
        through_words += words.solve::<true, true>(panel.clone(), t.turned_mut(panel));
    }
    sum(sums) - through_words
}

/// The next direction in four rows, q = y + beta q or the first one, and the back substitution p = L^-T D^-1 q. Adds
/// q D^-1 q.
#[inline(always)]
#[expect(
    clippy::too_many_arguments,
    reason = "only arguments are known not to overlap, and what may is not vectorised"
)]
fn substitute<const IS_FIRST: bool>(
    (y, beta, (inverse, coupling)): (Rows<'_>, f64, (Rows<'_>, Rows<'_>)),
    q0: &mut [f64],
    q1: &mut [f64],
    q2: &mut [f64],
    q3: &mut [f64],
    p: &mut [[f64; QUAD]],
    carry: &mut [f64],
    sums: &mut [f64],
) {
    let count = carry.len();
    let [y0, y1, y2, y3] = cut(y, count);
    let [i0, i1, i2, i3] = cut(inverse, count);
    let [c0, c1, c2, c3] = cut(coupling, count);
    let (q0, q1, q2, q3) = (&mut q0[..count], &mut q1[..count], &mut q2[..count], &mut q3[..count]);
    let (p, sums) = (&mut p[..count], &mut sums[..count]);
    let next = |y: f64, q: f64| if IS_FIRST { y } else { y + beta * q };
    for k in 0..count {
        q3[k] = next(y3[k], q3[k]);
        q2[k] = next(y2[k], q2[k]);
        q1[k] = next(y1[k], q1[k]);
        q0[k] = next(y0[k], q0[k]);
        let p3 = i3[k] * (q3[k] + c3[k] * carry[k]);
        let p2 = i2[k] * (q2[k] + c2[k] * p3);
        let p1 = i1[k] * (q1[k] + c1[k] * p2);
        let p0 = i0[k] * (q0[k] + c0[k] * p1);
        p[k] = [p0, p1, p2, p3];
        carry[k] = p0;
        let upper = q0[k] * q0[k] * i0[k] + q1[k] * q1[k] * i1[k];
        let lower = q2[k] * q2[k] * i2[k] + q3[k] * q3[k] * i3[k];
        sums[k] += upper + lower;
    }
}

/// From the first row to the last: a step of `alpha`. Returns y D^-1 y.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn downwards(system: &mut LinearSystem, alpha: f64) -> f64 {
    let LinearSystem { words, bits, into_words: t, into_bits: y, bit: x, direction: q, .. } = system;
    let (carry, sums) = (system.carry.all_mut(), system.sums.all_mut());
    carry.fill(0.0);
    sums.fill(0.0);
    for quad in words.panels().flatten() {
        add(alpha, q.block(quad), x.block_mut(quad));
        let [y0, y1, y2, y3] = y.quad_mut(quad);
        let direction = (alpha, q.quad(quad), t.turned(quad..quad + 1));
        let factors = (bits.inverse.quad(quad), bits.couplings(quad));
        reduce((direction, factors), y0, y1, y2, y3, carry, sums);
    }
    sum(sums)
}

/// to += factor x from.
#[inline(always)]
fn add(factor: f64, from: &[f64], to: &mut [f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += factor * from;
    }
}

/// alpha, q and t.
type Step<'a> = (f64, Rows<'a>, &'a [[f64; QUAD]]);

/// The next residual in four rows: y -= alpha (q - L^-1 t). Adds y D^-1 y.
#[inline(always)]
fn reduce(
    ((alpha, q, t), (inverse, coupling)): (Step<'_>, (Rows<'_>, Rows<'_>)),
    y0: &mut [f64],
    y1: &mut [f64],
    y2: &mut [f64],
    y3: &mut [f64],
    carry: &mut [f64],
    sums: &mut [f64],
) {
    let count = carry.len();
    let [q0, q1, q2, q3] = cut(q, count);
    let [i0, i1, i2, i3] = cut(inverse, count);
    let [c0, c1, c2, c3] = cut(coupling, count);
    let (y0, y1, y2, y3) = (&mut y0[..count], &mut y1[..count], &mut y2[..count], &mut y3[..count]);
    let (t, sums) = (&t[..count], &mut sums[..count]);
    for k in 0..count {
        let [t0, t1, t2, t3] = t[k];
        let v0 = t0 + carry[k];
        let v1 = t1 + (c0[k] * i0[k]) * v0;
        let v2 = t2 + (c1[k] * i1[k]) * v1;
        let v3 = t3 + (c2[k] * i2[k]) * v2;
        carry[k] = (c3[k] * i3[k]) * v3;
        y0[k] -= alpha * (q0[k] - v0);
        y1[k] -= alpha * (q1[k] - v1);
        y2[k] -= alpha * (q2[k] - v2);
        y3[k] -= alpha * (q3[k] - v3);
        let upper = y0[k] * y0[k] * i0[k] + y1[k] * y1[k] * i1[k];
        let lower = y2[k] * y2[k] * i2[k] + y3[k] * y3[k] * i3[k];
        sums[k] += upper + lower;
    }
}

/// bit = L^-T D^-1 x, then word += A_w^-1 G bit.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn finish(system: &mut LinearSystem) {
    let LinearSystem { words, bits, into_words: t, word, bit: x, direction: q, .. } = system;
    let (carry, sums) = (system.carry.all_mut(), system.sums.all_mut());
    carry.fill(0.0);
    for panel in words.panels().rev() {
        for quad in panel.clone().rev() {
            let factors = (bits.inverse.quad(quad), bits.couplings(quad));
            let (p, [q0, q1, q2, q3]) = (t.turned_mut(quad..quad + 1), q.quad_mut(quad));
            substitute::<true>((x.quad(quad), 0.0, factors), q0, q1, q2, q3, p, carry, sums);
            let [a, b, c, d] = x.quad_mut(quad);
            turn_back(p, a, b, c, d);
        }
        words.solve::<true, false>(panel.clone(), t.turned_mut(panel.clone()));
        for quad in panel {
            let [a, b, c, d] = q.quad_mut(quad);
            turn_back(t.turned(quad..quad + 1), a, b, c, d);
            add(1.0, q.block(quad), word.block_mut(quad));
        }
    }
}
