//! A cell law is the current of every cell as a function of its voltage, evaluated for the whole array at once.

use std::convert::Infallible;

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
    type Error = Infallible;

    fn evaluate(
        &mut self,
        voltages: &[f64],
        currents: &mut [f64],
        slopes: &mut [f64],
    ) -> Result<(), Infallible> {
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
