//! A cell law is the current of every cell as a function of its voltage, evaluated for the whole array at once.

use super::checked::check_length;
use super::fault::CircuitError;
use super::lanes::Matrix;
use crate::exponential::exponential;

/// Current and slope of all cells of an array. All slices are m x n, row by row.
pub trait CellLaw {
    /// Why the cells cannot be evaluated.
    type Error: std::error::Error + 'static;

    /// Fills `currents` (A, from the word line into the bit line) and `slopes` (dI/dV, S) at `voltages` (V, word line
    /// minus bit line).
    ///
    /// The law must be monotone: no slope below 0. A slope of exactly 0 is an open cell. Voltages far outside of any
    /// operating point occur on the way; answers that are not finite are then taken as a step too far.
    fn evaluate(
        &mut self,
        voltages: &[f64],
        currents: &mut [f64],
        slopes: &mut [f64],
    ) -> Result<(), Self::Error>;
}

/// I = G sinh(a V) / a, so that G is the conductance at small voltages. Cells marked ohmic follow I = G V.
#[derive(Clone, Debug)]
pub struct Sinh {
    /// G of each cell, S, 0 or more; 0 is an open cell.
    pub conductance: Vec<f64>,
    /// a, 1/V, above 0. Published devices lie between 1 and 5.
    pub curvature: f64,
    /// The cells that are ohmic, such as those stuck on; empty where none is.
    pub ohmic: Vec<bool>,
}

impl CellLaw for Sinh {
    type Error = CircuitError;

    fn evaluate(
        &mut self,
        voltages: &[f64],
        currents: &mut [f64],
        slopes: &mut [f64],
    ) -> Result<(), CircuitError> {
        check_length("conductances of sinh cells", self.conductance.len(), voltages.len())?;
        if !self.ohmic.is_empty() {
            check_length("marks of ohmic cells", self.ohmic.len(), voltages.len())?;
        }
        let a = self.curvature;
        for (scaled, &v) in slopes.iter_mut().zip(voltages) {
            *scaled = a * v;
        }
        exponential(slopes);
        let cells = currents.iter_mut().zip(slopes.iter_mut()).zip(voltages.iter().zip(&self.conductance));
        for ((current, slope), (&v, &g)) in cells {
            let (sinh, cosh) = hyperbolic(a * v, *slope);
            *current = g / a * sinh;
            *slope = g * cosh;
        }
        for (cell, _) in self.ohmic.iter().enumerate().filter(|(_, ohmic)| **ohmic) {
            currents[cell] = self.conductance[cell] * voltages[cell];
            slopes[cell] = self.conductance[cell];
        }
        Ok(())
    }
}

/// sinh x and cosh x from x and exp x. Below 0.3 the difference of exponentials would cancel, so the series stands in;
/// its next term is below 1e-17 of the sum.
#[inline(always)]
fn hyperbolic(x: f64, exp: f64) -> (f64, f64) {
    let inverse = 1.0 / exp;
    let s = x * x;
    let series = x
        * (1.0
            + s / 6.0
                * (1.0
                    + s / 20.0
                        * (1.0 + s / 42.0 * (1.0 + s / 72.0 * (1.0 + s / 110.0 * (1.0 + s / 156.0))))));
    let sinh = if x.abs() < 0.3 { series } else { 0.5 * (exp - inverse) };
    (sinh, 0.5 * (exp + inverse))
}

/// What a cell law sees: dense matrices, row by row.
#[derive(Clone, Debug)]
pub(super) struct CellBuffers {
    /// Voltages at the present point, V.
    pub(super) volts: Vec<f64>,
    /// Voltages of a trial, V.
    pub(super) trial: Vec<f64>,
    /// Currents at the last point that was evaluated, A.
    pub(super) currents: Vec<f64>,
    /// Slopes there, S.
    pub(super) slopes: Vec<f64>,
}

impl CellBuffers {
    pub(super) fn zeros(count: usize) -> CellBuffers {
        let zeros = || vec![0.0; count];
        CellBuffers { volts: zeros(), trial: zeros(), currents: zeros(), slopes: zeros() }
    }

    pub(super) fn byte_count(&self) -> usize {
        4 * size_of_val(&self.volts[..])
    }

    /// Sum over cells of the currents at the last point x the voltages of a direction, W.
    pub(super) fn along(&self, direction: (&Matrix, &Matrix)) -> f64 {
        fold(direction, &self.currents, |current, change| current * change)
    }
}

/// The sum over cells of `value(element of the dense matrix, change of the voltage of its cell)`.
pub(super) fn fold((word, bit): (&Matrix, &Matrix), dense: &[f64], value: impl Fn(f64, f64) -> f64) -> f64 {
    let mut sum = 0.0;
    for (row, dense) in dense.chunks_exact(word.columns).enumerate() {
        let cells = word.row(row).iter().zip(bit.row(row)).zip(dense);
        sum += cells.map(|((word, bit), &dense)| value(dense, word - bit)).sum::<f64>();
    }
    sum
}

/// out = word - bit, dense.
pub(super) fn differences(word: &Matrix, bit: &Matrix, out: &mut [f64]) {
    for (row, out) in out.chunks_exact_mut(word.columns).enumerate() {
        for (out, (word, bit)) in out.iter_mut().zip(word.row(row).iter().zip(bit.row(row))) {
            *out = word - bit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sinh_cell_agrees_with_the_c_library_on_both_sides_of_the_series() {
        let volts = [-2.0, -0.16, -0.1, 0.0, 1e-9, 0.1, 0.149, 0.151, 1.0, 30.0];
        let mut law = Sinh { conductance: vec![1e-4; 10], curvature: 2.0, ohmic: Vec::new() };
        let (mut currents, mut slopes) = ([0.0; 10], [0.0; 10]);
        law.evaluate(&volts, &mut currents, &mut slopes).expect("lists of one length");
        for (k, v) in volts.into_iter().enumerate() {
            let (current, slope) = (5e-5 * f64::sinh(2.0 * v), 1e-4 * f64::cosh(2.0 * v));
            assert!((currents[k] - current).abs() <= 2e-15 * current.abs(), "{v} V: {:e} A", currents[k]);
            assert!((slopes[k] - slope).abs() <= 2e-15 * slope, "{v} V: {:e} S", slopes[k]);
        }
    }
}
