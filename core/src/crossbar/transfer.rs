//! A transfer brings the cells of an array to the conductances of another one.
//!
//! A conductance may be meant at a voltage: programming that reads at V stops where a device has the current G V, whatever its
//! I-V curve is otherwise. The conductance that the model is then asked for is found by halving the range of the device:
//! currents rise with it.

use super::Array;
use super::fault::ArrayFault;
use crate::time::Time;

/// Halvings of the range of a device: the rest is below the rounding of its largest conductance.
const HALVINGS: usize = 60;

impl Array {
    /// Brings every cell to its conductance of another array of this shape, at `clock`: planes x rows x columns conductances
    /// in siemens, each clipped to the range of its cell. They are those of the model, or with a voltage `at`, V, the
    /// currents of the devices there, divided by it.
    ///
    /// # Errors
    ///
    /// Faults of the device.
    pub fn transfer(&mut self, siemens: &[f64], at: Option<f64>, clock: Time) -> Result<(), ArrayFault> {
        self.cells.aged = clock;
        self.fill(siemens, at)
    }

    /// Replaces the targets of a bit line in the scratch buffer by those at which its devices have the wanted currents, or
    /// come nearest. The random numbers of the states must be drawn.
    pub(super) fn refer(
        &mut self,
        volts: f64,
        number: usize,
        (plane, column): (usize, usize),
    ) -> Result<(), ArrayFault> {
        let count = self.cells.tiles[number].padded_rows();
        let wanted: Vec<f64> = self.scratch.change[..count].iter().map(|siemens| siemens * volts).collect();
        let (lowest, highest) = self.device.range();
        let (mut low, mut high) = (vec![lowest; count], vec![highest; count]);
        let mut found = vec![0.0; count];
        for _ in 0..HALVINGS {
            let middle: Vec<f64> = low.iter().zip(&high).map(|(low, high)| 0.5 * (low + high)).collect();
            self.currents_of(volts, number, (plane, column), (&middle, &mut found))?;
            for (cell, middle) in middle.into_iter().enumerate() {
                *(if found[cell] < wanted[cell] { &mut low[cell] } else { &mut high[cell] }) = middle;
            }
        }
        let mut above = vec![0.0; count];
        self.currents_of(volts, number, (plane, column), (&low, &mut found))?;
        self.currents_of(volts, number, (plane, column), (&high, &mut above))?;
        for cell in 0..count {
            let is_low = (found[cell] - wanted[cell]).abs() <= (above[cell] - wanted[cell]).abs();
            self.scratch.change[cell] = if is_low { low[cell] } else { high[cell] };
        }
        Ok(())
    }

    /// The currents of the devices of a bit line at a voltage when they are asked for conductances.
    fn currents_of(
        &mut self,
        volts: f64,
        number: usize,
        (plane, column): (usize, usize),
        (siemens, amperes): (&[f64], &mut [f64]),
    ) -> Result<(), ArrayFault> {
        let tile = &mut self.cells.tiles[number];
        let place = column - tile.first_column;
        let own = self.variation.own(number, tile, plane, place);
        let asked =
            self.device.initial_state(tile.cells(plane, place).with(own), siemens, &self.scratch.uniform);
        let outcome = asked.and_then(|()| {
            let own = self.variation.own(number, tile, plane, place);
            let volts = vec![volts; siemens.len()];
            self.device.current(tile.cells(plane, place).with(own), &volts, amperes, None)
        });
        outcome.map_err(|fault| self.fault(number, column, fault))
    }
}
