//! Device noise is how much the current of a cell differs from read to read, as its model says.
//!
//! # How
//!
//! The noises of cells and reads are independent and normal, so a bit line needs one number per read: its variance is the
//! sum of those of its cells. A model gives the standard deviation of the current of a device at its voltage. Behind an
//! access element with slope J' a device with slope I' passes on the part J' / (I' + J') of its noise, to first order.
//!
//! With ideal wires every driven cell has the read voltage, and the variances are kept beside the conductances: a spike adds
//! one more row. With resistive wires each read is a solve, and the noise of a cell is that at the voltage which the
//! wires leave it. It counts as reaching the end of its bit line whole; the share that the other cells of its lines take
//! is left out.
//!
//! Stuck cells have no noise.

use super::Array;
use super::fault::ArrayFault;
use super::law::{CellFault, DeviceLaw, Devices};
use super::rows::Rows;
use super::tile::Tile;

/// Variances of currents at the read voltage, A^2, of each tile; empty with resistive wires, with read voltages of each word
/// line, and for models without noise.
pub(super) type Variances = Vec<Rows>;

impl Array {
    /// Room for the variances of every tile.
    pub(super) fn no_variances(&self) -> Variances {
        let is_kept = self.circuits.is_empty() && !self.plan.amplitudes;
        if !is_kept || !self.device.model().is_noisy() {
            return Variances::new();
        }
        self.cells
            .tiles
            .iter()
            .map(|tile| Rows::zeros(tile.rows, tile.columns * tile.plane_count()))
            .collect()
    }

    /// Brings the variances of one bit line up to date with the state of its cells.
    pub(super) fn refresh_variances(&mut self, number: usize, column: usize) -> Result<(), ArrayFault> {
        if self.variances.is_empty() {
            return Ok(());
        }
        let tile = &mut self.cells.tiles[number];
        let (planes, padded) = (tile.plane_count(), tile.padded_rows());
        let place = column - tile.first_column;
        for plane in 0..planes {
            let (volts, variances) = (&mut self.scratch.volts[..padded], &mut self.scratch.share[..padded]);
            volts.fill(self.plan.read.voltage.si());
            let (sound, stuck) = ((&*self.device, &self.variation), (&self.stuck, number));
            let mut devices = Devices::of(sound, stuck, tile, plane, place);
            let outcome = devices.variances(self.pairs.as_mut(), volts, variances);
            if let Err(fault) = outcome {
                return Err(self.fault(number, column, fault));
            }
            self.variances[number].write_column(place * planes + plane, variances);
        }
        Ok(())
    }

    /// Adds the variances that driven word lines bring to the bit lines of a tile with ideal wires, A^2.
    pub(super) fn add_variances(&self, number: usize, rows: &[u32], sums: &mut [f64]) {
        let Some(variances) = self.variances.get(number) else { return };
        let first = self.cells.tiles[number].first_row;
        rows.iter().for_each(|&row| variances.add(row as usize - first, 1.0, sums));
    }
}

/// What the noise of a tile is found from whose cells are at different voltages.
#[derive(Clone, Debug)]
pub(super) struct CellNoise {
    law: DeviceLaw,
    /// Of all cells, V.
    voltages: Vec<f64>,
    /// Of one bit line, V and A^2.
    volts: Vec<f64>,
    variances: Vec<f64>,
}

impl CellNoise {
    pub(super) fn of(array: &Array, tile: &Tile) -> CellNoise {
        let line = || vec![0.0; tile.padded_rows()];
        CellNoise {
            law: DeviceLaw::of(tile, array.pairs.as_ref()),
            voltages: vec![0.0; tile.rows * tile.columns * tile.plane_count()],
            volts: line(),
            variances: line(),
        }
    }

    /// Follows the state of the tile.
    pub(super) fn follow(&mut self, tile: &Tile) {
        self.law.tile.copy_state(tile);
    }

    /// Adds the variance of the current of each bit line, A^2. `fill` gives the voltages of all cells, word lines x bit lines.
    pub(super) fn add(
        &mut self,
        array: &Array,
        number: usize,
        fill: impl FnOnce(&mut [f64]),
        sums: &mut [f64],
    ) -> Result<(), CellFault> {
        fill(&mut self.voltages);
        let DeviceLaw { tile, pairs, .. } = &mut self.law;
        let (rows, planes) = (tile.rows, tile.plane_count());
        let bit_lines = sums.len();
        for (bit_line, sum) in sums.iter_mut().enumerate() {
            let (plane, column) = (bit_line % planes, bit_line / planes);
            let voltages = self.voltages[bit_line..].iter().step_by(bit_lines);
            self.volts[..rows].iter_mut().zip(voltages).for_each(|(volt, voltage)| *volt = *voltage);
            let (sound, stuck) = ((&*array.device, &array.variation), (&array.stuck, number));
            let mut devices = Devices::of(sound, stuck, tile, plane, column);
            let outcome = devices.variances(pairs.as_mut(), &mut self.volts, &mut self.variances);
            outcome.map_err(|fault| CellFault { column, fault })?;
            *sum += self.variances[..rows].iter().sum::<f64>();
        }
        Ok(())
    }
}
