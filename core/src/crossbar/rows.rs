//! Rows are what a read adds up: for each word line one number per bit line, in f32.
//!
//! A read is bound by memory traffic, and f32 halves it at a relative error of 6e-8.

use multiversion::multiversion;

use super::buffer::Buffer;
use super::tile::GROUP;

/// A matrix whose rows begin on 64-byte lines.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    columns: usize,
    stride: usize,
    numbers: Buffer<f32>,
}

impl Rows {
    pub(crate) fn zeros(rows: usize, columns: usize) -> Rows {
        let stride = columns.next_multiple_of(2 * GROUP);
        Rows { columns, stride, numbers: Buffer::zeros(rows * stride) }
    }

    /// Numbers per row.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.numbers.as_mut_slice()[row * self.stride..][..self.columns]
    }

    /// Replaces one column.
    pub(crate) fn write_column(&mut self, column: usize, values: &[f64]) {
        let places = self.numbers.as_mut_slice()[column..].iter_mut().step_by(self.stride);
        for (place, &value) in places.zip(values) {
            *place = value as f32;
        }
    }

    /// The sum of a row.
    pub(crate) fn sum(&self, row: usize) -> f64 {
        self.numbers.as_slice()[row * self.stride..][..self.columns]
            .iter()
            .map(|&value| f64::from(value))
            .sum()
    }

    /// sums += scale x row.
    pub(crate) fn add(&self, row: usize, scale: f64, sums: &mut [f64]) {
        add_row(&self.numbers.as_slice()[row * self.stride..][..self.columns], scale, sums);
    }
}

/// Eight lanes at a time where the machine has them; no fused operations, so that every instruction set gives the same
/// bits.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn add_row(row: &[f32], scale: f64, sums: &mut [f64]) {
    for (sum, &value) in sums.iter_mut().zip(row) {
        *sum += scale * f64::from(value);
    }
}
