//! A calibration finds the gain of each physical bit line of each tile that makes up for the drop of voltage on the wires.
//!
//! # How
//!
//! Sample reads k drive test patterns: of every tile a fraction of its word lines, at least one; or one read gives every word
//! line the part of the read voltage that is the mean intensity of its pixel. Then
//!
//! ```text
//!   gain = sum over k of I'_k / sum over k of I_k
//! ```
//!
//! with I_k the current of the bit line, and I'_k what it would be if the voltages of all word lines fell on its cells. That
//! is known to whoever has programmed and verified the cells; for ohmic cells it is the voltage times the sum of the
//! conductances of the driven ones. Undriven lines that float count as being at 0 V, where ideal wires would leave them.
//! A line without current, or with one of the other sign, has gain 1.
//!
//! The lines of a signed pair have gains of their own, as they have sense circuits of their own. The gain of a difference
//! would divide by what may be near zero.
//!
//! A word line is in pattern k of its tile where its random number, drawn for k and its place in the array, is among the
//! smallest of the tile. Patterns never change, so gains follow from the conductances at the calibration alone.
//!
//! # Why
//!
//! Wires take from a bit line a part that follows the conductances of all cells and a part that depends on the pattern
//! of word lines. A gain can only undo what is common to all patterns, and only as long as conductances stay.

use super::Array;
use super::fault::ArrayFault;
use super::law::{CellFault, Evaluation};
use super::reader::{Reader, TileReader, without_law};
use super::tile::Tile;
use crate::circuit::SolveError;
use crate::random::{Purpose, Stream};
use crate::scenario::schema::{CalibrationTime, Compensation};

/// Sample reads of a calibration.
#[derive(Clone, Copy)]
struct Samples {
    count: u32,
    fraction: f64,
    draws: Stream,
}

impl Samples {
    /// The word lines that a sample read of a tile drives, counted within the tile, ascending.
    fn pattern(&self, sample: u32, tile: &Tile) -> Vec<usize> {
        let draw = |row: usize| self.draws.words((tile.first_row + row) as u32, u64::from(sample)).0;
        let mut lines: Vec<(u64, usize)> = (0..tile.rows).map(|row| (draw(row), row)).collect();
        lines.sort_unstable();
        lines.truncate(((self.fraction * tile.rows as f64).round() as usize).max(1));
        let mut rows: Vec<usize> = lines.into_iter().map(|(_, row)| row).collect();
        rows.sort_unstable();
        rows
    }
}

impl Array {
    /// Finds the gains of all bit lines where the compensation asks for it before a phase.
    ///
    /// # Errors
    ///
    /// A sample read without an operating point, and faults of the device. The gains are as they were.
    pub fn calibrate(&mut self, reader: &mut Reader, is_first_phase: bool) -> Result<(), ArrayFault> {
        match self.plan.compensation {
            Compensation::Calibrated { at: CalibrationTime::RunStart, .. } if !is_first_phase => Ok(()),
            _ => self.find_gains(reader),
        }
    }

    /// Counts a column update, and finds the gains anew where the compensation has had enough of them.
    ///
    /// # Errors
    ///
    /// As of [`calibrate`](Array::calibrate).
    pub fn track(&mut self, reader: &mut Reader) -> Result<(), ArrayFault> {
        let Compensation::Tracked { every, .. } = self.plan.compensation else { return Ok(()) };
        self.cells.updates += 1;
        if self.cells.updates < every { Ok(()) } else { self.find_gains(reader) }
    }

    /// The gain of each physical bit line of each tile; none where they are not calibrated.
    pub fn gains(&self) -> &[Vec<f64>] {
        &self.cells.gains
    }

    fn find_gains(&mut self, reader: &mut Reader) -> Result<(), ArrayFault> {
        let (Compensation::Calibrated { samples: count, fraction, .. }
        | Compensation::Tracked { samples: count, fraction, .. }) = self.plan.compensation
        else {
            return Ok(());
        };
        let draws = Stream::new(self.plan.device_seed, Purpose::Pattern, self.plan.number);
        let samples = Samples { count, fraction, draws };
        let tiles = self.cells.tiles.iter().zip(&mut reader.tiles);
        let gains = tiles.map(|(tile, reader)| {
            let gains = reader.gains(self, tile, samples);
            gains.map_err(|error| self.unsolved("sample read", tile, error))
        });
        self.cells.gains = gains.collect::<Result<_, _>>()?;
        self.cells.updates = 0;
        Ok(())
    }

    /// Word lines with parts of the read voltage, V, as the converter rounds them; those of nothing are not driven.
    fn at_parts(&self, parts: &[f64]) -> impl Iterator<Item = (usize, f64)> {
        let driven = parts.iter().enumerate().filter(|(_, part)| **part > 0.0);
        driven.map(|(row, part)| (row, self.plan.part_of_read(*part)))
    }

    /// Whether undriven word lines are held at another voltage than 0 V.
    pub(super) fn is_biased(&self) -> bool {
        let rest = self.plan.wires.as_ref().and_then(|wires| wires.ends.rest_voltage());
        rest.unwrap_or_default() != 0.0
    }
}

impl TileReader {
    fn gains(
        &mut self,
        array: &Array,
        tile: &Tile,
        samples: Samples,
    ) -> Result<Vec<f64>, SolveError<CellFault>> {
        let mut ideal = vec![0.0; self.bit_lines.len()];
        let mut real = ideal.clone();
        self.follow(array, tile).map_err(without_law)?;
        for sample in 0..samples.count {
            match &array.plan.mean_image {
                None => self.drive(array.at_read_voltage(samples.pattern(sample, tile).into_iter())),
                Some(image) => self.drive(array.at_parts(&image[tile.first_row..][..tile.rows])),
            }
            self.add_ideal(array, tile, &mut ideal).map_err(SolveError::Law)?;
            self.find_currents(array)?;
            real.iter_mut().zip(&self.bit_lines).for_each(|(sum, current)| *sum += current);
        }
        let gain = |(ideal, real): (&f64, &f64)| {
            let gain = ideal / real;
            if gain.is_finite() && gain > 0.0 { gain } else { 1.0 }
        };
        Ok(ideal.iter().zip(&real).map(gain).collect())
    }

    /// Adds the currents of all bit lines if the voltages of all word lines fell on the cells, A.
    fn add_ideal(&mut self, array: &Array, tile: &Tile, sums: &mut [f64]) -> Result<(), CellFault> {
        let Some(law) = &mut self.law else {
            for (siemens, volts) in tile.siemens().chunks_exact(sums.len()).zip(&self.volts) {
                sums.iter_mut().zip(siemens).for_each(|(sum, g)| *sum += volts * g);
            }
            return Ok(());
        };
        let mut cells = Evaluation::of(array, self.number, law);
        let mut lines = sums.iter_mut().enumerate();
        lines.try_for_each(|(bit_line, sum)| cells.add_ideal(bit_line, &self.volts, sum).map(|_| ()))
    }
}
