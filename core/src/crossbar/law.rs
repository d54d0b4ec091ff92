//! A device law lets the solver of a tile ask the device model for the currents of all cells.

use super::stuck::StuckCells;
use super::tile::Tile;
use super::variation::Variation;
use crate::circuit::CellLaw;
use crate::device::{Device, DeviceFault};

/// The cells of a tile, as they were when the law was made.
#[derive(Clone, Debug)]
pub(super) struct DeviceLaw {
    pub(super) tile: Tile,
    /// Of one bit line, padded to whole groups.
    volts: Vec<f64>,
    currents: Vec<f64>,
    slopes: Vec<f64>,
}

/// A device's fault during a read.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub(super) struct CellFault {
    /// The column of the tile.
    pub(super) column: usize,
    pub(super) fault: DeviceFault,
}

/// A law with the device that computes it.
pub(super) struct Evaluation<'a> {
    pub(super) law: &'a mut DeviceLaw,
    pub(super) device: &'a Device,
    /// The stuck cells of the array, and the number of the tile in it.
    pub(super) stuck: (&'a StuckCells, usize),
    pub(super) variation: &'a Variation,
}

impl DeviceLaw {
    pub(super) fn of(tile: &Tile) -> DeviceLaw {
        let line = || vec![0.0; tile.padded_rows()];
        DeviceLaw { tile: tile.clone(), volts: line(), currents: line(), slopes: line() }
    }
}

impl CellLaw for Evaluation<'_> {
    type Error = CellFault;

    fn evaluate(
        &mut self,
        voltages: &[f64],
        currents: &mut [f64],
        slopes: &mut [f64],
    ) -> Result<(), CellFault> {
        let DeviceLaw { tile, volts, currents: line_currents, slopes: line_slopes } = &mut *self.law;
        let (planes, columns, rows) = (tile.plane_count(), tile.columns, tile.rows);
        let stride = planes * columns;
        for column in 0..columns {
            for plane in 0..planes {
                let bit_line = column * planes + plane;
                for (volt, voltage) in
                    volts[..rows].iter_mut().zip(voltages[bit_line..].iter().step_by(stride))
                {
                    *volt = *voltage;
                }
                let own = self.variation.own(self.stuck.1, tile, plane, column);
                self.device
                    .current(tile.cells(plane, column).with(own), volts, line_currents, Some(line_slopes))
                    .map_err(|fault| CellFault { column, fault })?;
                let (stuck, number) = self.stuck;
                for (row, &g) in stuck.line(number, tile, plane, column).iter().enumerate() {
                    if !g.is_nan() {
                        (line_currents[row], line_slopes[row]) = (g * volts[row], g);
                    }
                }
                for row in 0..rows {
                    currents[row * stride + bit_line] = line_currents[row];
                    slopes[row * stride + bit_line] = line_slopes[row];
                }
            }
        }
        Ok(())
    }
}
