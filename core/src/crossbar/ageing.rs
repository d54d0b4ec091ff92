//! Ageing is what time alone does to the cells of volatile models: their devices advance at 0 V.
//!
//! # Invariants
//!
//! Cells age from one instant to the next without a gap: how far they have aged is saved with them. The random numbers of
//! an ageing are keyed by its number and by the logical place of each cell.

use super::Array;
use super::fault::ArrayFault;
use crate::random::{Purpose, Stream};
use crate::scenario::schema::Retention;
use crate::time::Time;

impl Array {
    /// Whether time changes the cells.
    pub fn ages(&self) -> bool {
        self.plan.retention != Retention::Off && self.device.model().is_volatile()
    }

    /// The first instant after `clock` at which the cells age beside the ends of phases.
    pub fn next_ageing(&self, clock: Time) -> Option<Time> {
        match self.plan.retention {
            Retention::Every(interval) if self.ages() => {
                Some((clock + Time::TICK).next_multiple_of(interval.time()))
            }
            _ => None,
        }
    }

    /// Lets the cells age from where they are to `clock`. Returns whether that took any time.
    ///
    /// # Errors
    ///
    /// Faults of the device.
    pub fn age_to(&mut self, clock: Time) -> Result<bool, ArrayFault> {
        let span = clock - self.cells.aged;
        if !self.ages() || span <= Time::ZERO {
            return Ok(false);
        }
        self.age(span.seconds())?;
        self.cells.aged = clock;
        Ok(true)
    }

    /// Lets the cells age by `seconds` that the network does not see.
    ///
    /// # Errors
    ///
    /// Faults of the device.
    pub fn wait(&mut self, seconds: f64) -> Result<(), ArrayFault> {
        if self.ages() { self.age(seconds) } else { Ok(()) }
    }

    fn age(&mut self, seconds: f64) -> Result<(), ArrayFault> {
        let stream = Stream::new(self.plan.device_seed, Purpose::Ageing, self.plan.number);
        let draws = (stream, self.device.advance_draws());
        self.scratch.volts.fill(0.0);
        for number in 0..self.cells.tiles.len() {
            let tile = &self.cells.tiles[number];
            let (first, columns) = (tile.first_column, tile.columns);
            for column in first..first + columns {
                for plane in 0..self.plane_count() {
                    self.draw(draws, number, column, self.cells.ageings << 1 | plane as u64);
                    let tile = &mut self.cells.tiles[number];
                    let own = self.variation.own(number, tile, plane, column - first);
                    let cells = tile.cells(plane, column - first).with(own);
                    let volts = &self.scratch.volts[..cells.count];
                    let aged = self.device.advance(cells, volts, seconds, &self.scratch.uniform);
                    aged.map_err(|fault| self.fault(number, column, fault))?;
                }
            }
            self.refresh_tile(number)?;
            self.scratch.volts.fill(0.0);
        }
        self.cells.ageings += 1;
        Ok(())
    }
}
