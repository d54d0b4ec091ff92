//! A cell is a device with what stands in series with it: what reads need of it, and what its device gets.

use super::Array;
use super::access::Access;
use super::fault::ArrayFault;
use super::law::Devices;
use super::stuck::replace;

impl Array {
    /// Whether the current of every cell is a conductance x its voltage.
    pub(super) fn is_linear(&self) -> bool {
        self.device.is_linear() && self.plan.access.as_ref().is_none_or(Access::is_linear)
    }

    /// Replaces the conductances of devices in the scratch buffers by what reads need of their cells: conductances of
    /// linear cells, chords at the read voltage behind ideal wires. Behind resistive wires reads ask nonlinear cells
    /// themselves.
    pub(super) fn load_cells(&mut self, number: usize, column: usize) -> Result<(), ArrayFault> {
        match &self.plan.access {
            Some(access) if self.is_linear() => {
                self.scratch.conductance.iter_mut().for_each(|plane| access.put_in_series(plane));
                Ok(())
            }
            None if self.is_linear() => Ok(()),
            _ if self.circuits.is_empty() => {
                (0..self.plane_count()).try_for_each(|plane| self.load_chords(number, plane, column))
            }
            _ => Ok(()),
        }
    }

    fn load_chords(&mut self, number: usize, plane: usize, column: usize) -> Result<(), ArrayFault> {
        let voltage = self.plan.read.voltage.si();
        let tile = &mut self.cells.tiles[number];
        let place = column - tile.first_column;
        let count = tile.padded_rows();
        let chords = &mut self.scratch.conductance[plane][..count];
        let volts = &mut self.scratch.volts[..count];
        volts.fill(voltage);
        let outcome = match &mut self.pairs {
            None => {
                let own = self.variation.own(number, tile, plane, place);
                self.device.current(tile.cells(plane, place).with(own), volts, chords, None)
            }
            Some(pairs) => {
                let (sound, stuck) = ((&*self.device, &self.variation), (&self.stuck, number));
                let settled = Devices::of(sound, stuck, tile, plane, place).settle(pairs, volts);
                chords.copy_from_slice(&pairs.currents[..count]);
                settled
            }
        };
        chords.iter_mut().for_each(|current| *current /= voltage);
        if self.pairs.is_none() {
            replace(self.stuck.line(number, tile, plane, place), chords);
        }
        outcome.map_err(|fault| self.fault(number, column, fault))
    }

    /// Turns the voltages of the cells of one bit line of one tile into those of their devices, V.
    pub(super) fn load_device_volts(
        &mut self,
        number: usize,
        plane: usize,
        column: usize,
        volts: &mut [f64],
    ) -> Result<(), ArrayFault> {
        let Some(pairs) = &mut self.pairs else { return Ok(()) };
        let tile = &mut self.cells.tiles[number];
        let (place, volts) = (column - tile.first_column, &mut volts[..tile.padded_rows()]);
        let (sound, stuck) = ((&*self.device, &self.variation), (&self.stuck, number));
        let mut devices = Devices::of(sound, stuck, tile, plane, place);
        let settled = devices.settle(pairs, volts);
        volts.copy_from_slice(&pairs.volts[..volts.len()]);
        settled.map_err(|fault| self.fault(number, column, fault))
    }
}
