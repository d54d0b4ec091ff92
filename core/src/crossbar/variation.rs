//! Variation gives the cells of an array values of their own for some parameters of their device: spread from cell to cell,
//! drawn once, and jitter from cycle to cycle, drawn anew for every write.
//!
//! # Equations
//!
//! With the parameter p and a standard normal number z, a cell's value is p f, clipped to the range that the model takes:
//!
//! ```text
//! Normal(d)      f = 1 + d z, clipped to 0.1 .. 1.9
//! LogNormal(d)   f = exp(s z - s^2 / 2),  s^2 = ln(1 + d^2)
//! ```
//!
//! Both have the mean 1 and the relative standard deviation d; the normal one up to what is clipped, which is 0.3 % of the
//! cells and 0.25 % of d at its largest, 0.3. The log-normal moments: N. L. Johnson, S. Kotz, N. Balakrishnan,
//! "Continuous Univariate Distributions", volume 1, 2nd edition (Wiley, 1994), equations 14.8. So no value changes its sign
//! but by the model's own range.
//!
//! A write works with the cell's value times a factor of its own jitter, clipped alike. Initial states, conductances and
//! currents, those that flow during a write included, go by the cell's value without jitter.
//!
//! # Invariants
//!
//! A factor is keyed by the device seed, the projection, the cell in the logical matrix, the parameter and, of jitter, the
//! number of the write, so it is the same for any tiles and after a resume.

use super::ArrayPlan;
use super::buffer::Buffer;
use super::tile::Tile;
use crate::device::{Columns, Varying};
use crate::random::{Purpose, Stream};
use crate::scenario::schema::Deviation;
use crosspike_device::functions::{exp, ln, normal};

/// The smallest factor of a normal deviation; the largest lies as far above 1.
const SMALLEST_FACTOR: f64 = 0.1;

/// The most parameters of a model: each has its own draws.
const MOST_PARAMETERS: u64 = 256;

/// How one parameter of the device varies.
#[derive(Clone, Copy, Debug)]
pub struct Varied {
    /// The parameter.
    pub parameter: Varying,
    /// From cell to cell.
    pub spread: Option<Deviation>,
    /// From write to write.
    pub jitter: Option<Deviation>,
}

/// The values of the parameters that vary.
#[derive(Clone, Debug)]
pub(super) struct Variation {
    varied: Vec<Varied>,
    /// The places of the parameters in the model.
    indices: Vec<usize>,
    has_jitter: bool,
    /// Word lines x bit lines of the whole array.
    columns: usize,
    /// Of each tile, in the order of its state: of each bit line one column per parameter.
    tiles: Vec<Buffer<f64>>,
    jitter: Stream,
    /// The columns of one bit line during a write.
    written: Buffer<f64>,
}

impl Variation {
    pub(super) fn new(plan: &ArrayPlan, tiles: &[Tile]) -> Variation {
        let varied = plan.variation.clone();
        let longest = tiles.iter().map(Tile::padded_rows).max().unwrap_or(0);
        let spread = Stream::new(plan.device_seed, Purpose::Spread, plan.number);
        let of_tile = |tile: &Tile| {
            let padded = tile.padded_rows();
            let mut values = Buffer::zeros(varied.len() * padded * tile.columns * tile.plane_count());
            for (place, column) in values.as_mut_slice().chunks_exact_mut(padded.max(1)).enumerate() {
                let (line, varied) = (place / varied.len(), &varied[place % varied.len()]);
                let (plane, bit_line) = (line / tile.columns, tile.first_column + line % tile.columns);
                column.fill(varied.parameter.value);
                for (row, value) in column[..tile.rows].iter_mut().enumerate() {
                    let cell = (tile.first_row + row) * plan.columns + bit_line;
                    *value = varied.value(*value, varied.spread, (&spread, cell as u32, plane as u64));
                }
            }
            values
        };
        Variation {
            indices: varied.iter().map(|varied| varied.parameter.index).collect(),
            has_jitter: varied.iter().any(|varied| varied.jitter.is_some()),
            columns: plan.columns,
            tiles: tiles.iter().map(of_tile).collect(),
            jitter: Stream::new(plan.device_seed, Purpose::Jitter, plan.number),
            written: Buffer::zeros(varied.len() * longest),
            varied,
        }
    }

    /// The cells' own values on one bit line of a tile.
    pub(super) fn own(&self, number: usize, tile: &Tile, plane: usize, column: usize) -> Columns<'_> {
        if self.varied.is_empty() {
            return Columns::default();
        }
        let stride = tile.padded_rows();
        let length = self.varied.len() * stride;
        let values = &self.tiles[number].as_slice()[(plane * tile.columns + column) * length..][..length];
        Columns { parameters: &self.indices, values, stride }
    }

    /// The values on one bit line of a tile with which the write of this number works.
    pub(super) fn during(
        &mut self,
        write: u64,
        number: usize,
        tile: &Tile,
        (plane, column): (usize, usize),
    ) -> Columns<'_> {
        if !self.has_jitter {
            return self.own(number, tile, plane, column);
        }
        let stride = tile.padded_rows();
        let length = self.varied.len() * stride;
        let own = &self.tiles[number].as_slice()[(plane * tile.columns + column) * length..][..length];
        let written = &mut self.written.as_mut_slice()[..length];
        written.copy_from_slice(own);
        for (varied, written) in self.varied.iter().zip(written.chunks_exact_mut(stride)) {
            for (row, value) in written[..tile.rows].iter_mut().enumerate() {
                let cell = (tile.first_row + row) * self.columns + tile.first_column + column;
                let draw = write << 1 | plane as u64;
                *value = varied.value(*value, varied.jitter, (&self.jitter, cell as u32, draw));
            }
        }
        Columns { parameters: &self.indices, values: written, stride }
    }
}

impl Varied {
    /// `value` times a factor of the deviation, within the range of the parameter.
    fn value(
        &self,
        value: f64,
        deviation: Option<Deviation>,
        (stream, cell, draw): (&Stream, u32, u64),
    ) -> f64 {
        let Some(deviation) = deviation else { return value };
        let Varying { index, min, max, .. } = self.parameter;
        let z = normal(stream.uniform(cell, draw * MOST_PARAMETERS + index as u64));
        (value * factor(deviation, z)).clamp(min, max)
    }
}

/// The factor of a deviation at the standard normal number `z`.
fn factor(deviation: Deviation, z: f64) -> f64 {
    match deviation {
        Deviation::Normal(d) => (1.0 + d * z).clamp(SMALLEST_FACTOR, 2.0 - SMALLEST_FACTOR),
        Deviation::LogNormal(d) => {
            let variance = ln(1.0 + d * d);
            exp(variance.sqrt() * z - variance / 2.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and standard deviation of a factor, by the midpoints of a million equal parts of the probability.
    fn moments(deviation: Deviation) -> (f64, f64) {
        const COUNT: i32 = 1_000_000;
        let factors = (0..COUNT).map(|k| factor(deviation, normal((f64::from(k) + 0.5) / f64::from(COUNT))));
        let (sum, squares) = factors.fold((0.0, 0.0), |(sum, squares), f| (sum + f, squares + f * f));
        let mean = sum / f64::from(COUNT);
        (mean, (squares / f64::from(COUNT) - mean * mean).sqrt())
    }

    #[test]
    fn factors_have_mean_one_and_the_given_deviation() {
        for d in [0.01, 0.05, 0.1, 0.2] {
            let (mean, deviation) = moments(Deviation::Normal(d));
            assert!((mean - 1.0).abs() < 1e-9 && (deviation / d - 1.0).abs() < 1e-4, "{mean}, {deviation}");
        }
        let (mean, deviation) = moments(Deviation::Normal(0.3));
        assert!((mean - 1.0).abs() < 1e-9 && (0.997..0.998).contains(&(deviation / 0.3)), "{deviation}");
        for d in [0.01, 0.1, 0.3, 1.0] {
            let (mean, deviation) = moments(Deviation::LogNormal(d));
            assert!((mean - 1.0).abs() < 1e-4 && (deviation / d - 1.0).abs() < 2e-3, "{mean}, {deviation}");
        }
    }

    #[test]
    fn no_deviation_is_a_factor_of_one_to_the_last_bit() {
        for z in [-8.0, -1.0, 0.0, 3.0] {
            assert_eq!([Deviation::Normal(0.0), Deviation::LogNormal(0.0)].map(|d| factor(d, z)), [1.0; 2]);
        }
    }

    #[test]
    fn values_keep_within_the_range_of_their_parameter() {
        let parameter = Varying { index: 3, value: -0.5, min: -0.55, max: -1e-3 };
        let varied = Varied { parameter, spread: None, jitter: Some(Deviation::LogNormal(2.0)) };
        let stream = Stream::new(1, Purpose::Jitter, 0);
        let values: Vec<f64> =
            (0..1000).map(|cell| varied.value(-0.5, varied.jitter, (&stream, cell, 7))).collect();
        assert!(values.iter().all(|value| (-0.55..=-1e-3).contains(value)));
        assert!(values.contains(&-0.55) && values.iter().any(|value| *value > -0.3));
        assert_eq!(varied.value(-0.5, varied.spread, (&stream, 1, 7)), -0.5);
    }
}
