//! A lane is one of eight numbers that are computed together; matrices are kept in whole groups of them.
//!
//! All arithmetic of this module runs element by element over such rows, sums included: every column (or row) has its own
//! sum, and they are added up in one order at the end. With no fused operations every instruction set gives the same bits.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};

/// How many numbers go together.
pub(super) const WIDTH: usize = 8;

/// How many rows go together.
pub(super) const QUAD: usize = 4;

/// Eight numbers, one cache line.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
struct Lanes([f64; WIDTH]);

/// The length from which on allocations may be whole pages, and where the start of a buffer costs little memory.
const LARGE: usize = 2048;

/// Numbers in whole groups of lanes.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    lanes: Vec<Lanes>,
    skipped: usize,
}

impl Buffer {
    /// At least `length` zeros.
    pub(super) fn zeros(length: usize) -> Buffer {
        Buffer { lanes: vec![Lanes([0.0; WIDTH]); length.div_ceil(WIDTH)], skipped: 0 }
    }

    /// At least `length` zeros that start later than those of other numbers.
    ///
    /// Large allocations all start at the same place within a page. Loops that run through many of them at once would
    /// then want the same few lines of the nearest cache, and throw each other out.
    fn staggered(length: usize, number: usize) -> Buffer {
        let skipped = if length < LARGE { 0 } else { 7 * number };
        Buffer { lanes: vec![Lanes([0.0; WIDTH]); length.div_ceil(WIDTH) + skipped], skipped }
    }

    pub(super) fn byte_count(&self) -> usize {
        size_of_val(&self.lanes[..])
    }

    #[inline(always)]
    pub(super) fn all(&self) -> &[f64] {
        bytemuck::cast_slice(&self.lanes[self.skipped..])
    }

    #[inline(always)]
    pub(super) fn all_mut(&mut self) -> &mut [f64] {
        bytemuck::cast_slice_mut(&mut self.lanes[self.skipped..])
    }
}

/// The sum of many numbers: lane by lane, then over the lanes.
///
/// Never inlined: the compiler would make its pairs of lanes those of the loops that fill `numbers`, half a vector each.
#[inline(never)]
pub(super) fn sum(numbers: &[f64]) -> f64 {
    let mut lanes = [0.0; WIDTH];
    for group in numbers.chunks(WIDTH) {
        lanes.iter_mut().zip(group).for_each(|(lane, number)| *lane += number);
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// A matrix of m x n numbers, row by row, each row filled up with zeros to whole groups of lanes, and the rows with rows of
/// zeros to whole quads.
///
/// The memory of a quad can also be used [turned](Matrix::turned): the four rows side by side, column after column.
#[derive(Clone, Debug)]
pub(super) struct Matrix {
    pub(super) columns: usize,
    /// The length of a row with its filling.
    pub(super) stride: usize,
    numbers: Buffer,
}

impl Matrix {
    pub(super) fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix::staggered(rows, columns, 0)
    }

    /// A matrix that starts at another place of the cache than those with other numbers.
    pub(super) fn staggered(rows: usize, columns: usize, number: usize) -> Matrix {
        let stride = columns.next_multiple_of(WIDTH);
        Matrix { columns, stride, numbers: Buffer::staggered(rows.next_multiple_of(QUAD) * stride, number) }
    }

    pub(super) fn byte_count(&self) -> usize {
        self.numbers.byte_count()
    }

    /// All numbers, with the filling.
    #[inline(always)]
    pub(super) fn all(&self) -> &[f64] {
        self.numbers.all()
    }

    /// All numbers, with the filling, which must stay 0.
    #[inline(always)]
    pub(super) fn all_mut(&mut self) -> &mut [f64] {
        self.numbers.all_mut()
    }

    /// A row without its filling.
    #[inline(always)]
    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.all()[row * self.stride..][..self.columns]
    }

    /// A row without its filling.
    #[inline(always)]
    pub(super) fn row_mut(&mut self, row: usize) -> &mut [f64] {
        let (columns, stride) = (self.columns, self.stride);
        &mut self.all_mut()[row * stride..][..columns]
    }

    /// A row with its filling.
    #[inline(always)]
    pub(super) fn filled(&self, row: usize) -> &[f64] {
        &self.all()[row * self.stride..][..self.stride]
    }

    /// A row with its filling, which must stay 0.
    #[inline(always)]
    pub(super) fn filled_mut(&mut self, row: usize) -> &mut [f64] {
        let stride = self.stride;
        &mut self.all_mut()[row * stride..][..stride]
    }

    /// Four rows with their filling, one after the other.
    #[inline(always)]
    pub(super) fn block(&self, quad: usize) -> &[f64] {
        let size = QUAD * self.stride;
        &self.all()[quad * size..][..size]
    }

    /// Four rows with their filling, one after the other.
    #[inline(always)]
    pub(super) fn block_mut(&mut self, quad: usize) -> &mut [f64] {
        let size = QUAD * self.stride;
        &mut self.all_mut()[quad * size..][..size]
    }

    /// Four rows with their filling.
    #[inline(always)]
    pub(super) fn quad(&self, quad: usize) -> [&[f64]; QUAD] {
        let (upper, lower) = self.block(quad).split_at(2 * self.stride);
        let ((a, b), (c, d)) = (upper.split_at(self.stride), lower.split_at(self.stride));
        [a, b, c, d]
    }

    /// Four rows with their filling.
    #[inline(always)]
    pub(super) fn quad_mut(&mut self, quad: usize) -> [&mut [f64]; QUAD] {
        let stride = self.stride;
        let (upper, lower) = self.block_mut(quad).split_at_mut(2 * stride);
        let ((a, b), (c, d)) = (upper.split_at_mut(stride), lower.split_at_mut(stride));
        [a, b, c, d]
    }

    /// The memory of some quads as columns of four, `stride` per quad.
    #[inline(always)]
    pub(super) fn turned(&self, quads: Range<usize>) -> &[[f64; QUAD]] {
        let size = QUAD * self.stride;
        bytemuck::cast_slice(&self.all()[quads.start * size..quads.end * size])
    }

    /// The memory of some quads as columns of four, `stride` per quad.
    #[inline(always)]
    pub(super) fn turned_mut(&mut self, quads: Range<usize>) -> &mut [[f64; QUAD]] {
        let size = QUAD * self.stride;
        bytemuck::cast_slice_mut(&mut self.all_mut()[quads.start * size..quads.end * size])
    }

    /// Sets everything to 0.
    pub(super) fn clear(&mut self) {
        self.all_mut().fill(0.0);
    }

    /// self += factor x other.
    pub(super) fn add(&mut self, other: &Matrix, factor: f64) {
        for (own, &other) in self.all_mut().iter_mut().zip(other.all()) {
            *own += factor * other;
        }
    }

    /// Takes over a dense matrix, row by row.
    pub(super) fn copy_from(&mut self, dense: &[f64]) {
        for (row, values) in dense.chunks_exact(self.columns).enumerate() {
            self.row_mut(row).copy_from_slice(values);
        }
    }

    /// Writes a dense matrix, row by row.
    pub(super) fn copy_to(&self, dense: &mut [f64]) {
        for (row, values) in dense.chunks_exact_mut(self.columns).enumerate() {
            values.copy_from_slice(self.row(row));
        }
    }
}

/// Puts four rows side by side.
#[inline(always)]
pub(super) fn turn([a, b, c, d]: [&[f64]; QUAD], to: &mut [[f64; QUAD]]) {
    let count = to.len();
    let (a, b, c, d) = (&a[..count], &b[..count], &c[..count], &d[..count]);
    for k in 0..count {
        to[k] = [a[k], b[k], c[k], d[k]];
    }
}

/// Takes four rows apart again.
#[inline(always)]
pub(super) fn turn_back(from: &[[f64; QUAD]], a: &mut [f64], b: &mut [f64], c: &mut [f64], d: &mut [f64]) {
    let count = from.len();
    let (a, b, c, d) = (&mut a[..count], &mut b[..count], &mut c[..count], &mut d[..count]);
    for k in 0..count {
        [a[k], b[k], c[k], d[k]] = from[k];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_gives_back_what_it_took() {
        let dense: Vec<f64> = (0..30).map(f64::from).collect();
        let mut matrix = Matrix::zeros(3, 10);
        matrix.copy_from(&dense);
        assert_eq!(matrix.row(2), &dense[20..]);
        assert!(matrix.filled(1)[10..].iter().all(|&filling| filling == 0.0));
        let mut back = vec![0.0; 30];
        matrix.copy_to(&mut back);
        assert_eq!(back, dense);
    }

    #[test]
    fn a_sum_is_that_of_all_numbers() {
        assert_eq!(sum(&(0..21).map(f64::from).collect::<Vec<f64>>()), 210.0);
    }
}
