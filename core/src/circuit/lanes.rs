//! A lane is one of eight numbers that are computed together; matrices are kept in whole groups of them.
//!
//! Sums run over eight lanes on every instruction set and are added up in one order, without fused operations, so that
//! every machine gives the same bits.

use std::ops::{Add, AddAssign, Mul, Sub};

use bytemuck::{Pod, Zeroable};

/// How many numbers go together.
pub(super) const WIDTH: usize = 8;

/// Eight numbers, one cache line.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C, align(64))]
pub(super) struct Lanes(pub(super) [f64; WIDTH]);

impl Lanes {
    #[inline(always)]
    pub(super) fn splat(value: f64) -> Lanes {
        Lanes([value; WIDTH])
    }

    #[inline(always)]
    fn combine(self, other: Lanes, with: impl Fn(f64, f64) -> f64) -> Lanes {
        let mut out = self;
        for (out, other) in out.0.iter_mut().zip(other.0) {
            *out = with(*out, other);
        }
        out
    }

    /// 1 / x, and 0 where x is not above 0: lines and nodes that do not exist take no part.
    #[inline(always)]
    pub(super) fn inverse_of_positive(self) -> Lanes {
        self.combine(self, |x, _| if x > 0.0 { 1.0 / x } else { 0.0 })
    }

    /// The sum of all eight, in one order.
    pub(super) fn sum(self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.0;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

impl Add for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn add(self, other: Lanes) -> Lanes {
        self.combine(other, |a, b| a + b)
    }
}

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Lanes) {
        *self = *self + other;
    }
}

impl Sub for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn sub(self, other: Lanes) -> Lanes {
        self.combine(other, |a, b| a - b)
    }
}

impl Mul for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn mul(self, other: Lanes) -> Lanes {
        self.combine(other, |a, b| a * b)
    }
}

/// Rows become columns.
#[inline(always)]
pub(super) fn transposed(tile: &[Lanes; WIDTH]) -> [Lanes; WIDTH] {
    let mut out = [Lanes::default(); WIDTH];
    for (row, lanes) in tile.iter().enumerate() {
        for (column, &value) in lanes.0.iter().enumerate() {
            out[column].0[row] = value;
        }
    }
    out
}

/// A matrix of m x n numbers, row by row, each row filled up with zeros to whole groups of lanes.
#[derive(Clone, Debug)]
pub(super) struct Matrix {
    pub(super) columns: usize,
    /// Groups of lanes per row.
    pub(super) groups: usize,
    pub(super) lanes: Vec<Lanes>,
}

impl Matrix {
    pub(super) fn zeros(rows: usize, columns: usize) -> Matrix {
        let groups = columns.div_ceil(WIDTH);
        Matrix { columns, groups, lanes: vec![Lanes::default(); rows * groups] }
    }

    pub(super) fn fill(&mut self, value: f64) {
        self.lanes.fill(Lanes::splat(value));
    }

    /// self += factor x other.
    pub(super) fn add(&mut self, other: &Matrix, factor: f64) {
        let factor = Lanes::splat(factor);
        for (own, &other) in self.lanes.iter_mut().zip(&other.lanes) {
            *own += factor * other;
        }
    }

    /// A row without its filling.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        let numbers: &[f64] = bytemuck::cast_slice(&self.lanes[row * self.groups..][..self.groups]);
        &numbers[..self.columns]
    }

    /// A row without its filling.
    pub(super) fn row_mut(&mut self, row: usize) -> &mut [f64] {
        let numbers: &mut [f64] =
            bytemuck::cast_slice_mut(&mut self.lanes[row * self.groups..][..self.groups]);
        &mut numbers[..self.columns]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_gives_back_what_it_took() {
        let dense: Vec<f64> = (0..30).map(f64::from).collect();
        let mut matrix = Matrix::zeros(3, 10);
        matrix.copy_from(&dense);
        assert_eq!(matrix.row(2), &dense[20..]);
        assert!(matrix.lanes[5].0[2..].iter().all(|&filling| filling == 0.0));
        let mut back = vec![0.0; 30];
        matrix.copy_to(&mut back);
        assert_eq!(back, dense);
    }

    #[test]
    fn a_tile_turned_twice_is_itself() {
        let mut tile = [Lanes::default(); WIDTH];
        for (k, lanes) in tile.iter_mut().enumerate() {
            lanes.0 = std::array::from_fn(|j| (k * WIDTH + j) as f64);
        }
        let turned = transposed(&tile);
        assert_eq!(turned[3].0[5], tile[5].0[3]);
        assert_eq!(transposed(&turned).map(|lanes| lanes.0), tile.map(|lanes| lanes.0));
    }
}
