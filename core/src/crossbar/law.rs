//! A device law is what the cells of a tile conduct: the device model, stuck cells, and what stands in series with them.

use super::Array;
use super::access::{Pairs, Unsettled};
use super::stuck::StuckCells;
use super::tile::Tile;
use super::variation::Variation;
use crate::circuit::CellLaw;
use crate::device::{Cells, Device, DeviceFault};

/// The devices of one bit line of a tile, sound or stuck.
pub(super) struct Devices<'a> {
    device: &'a Device,
    cells: Cells<'a>,
    /// As [`StuckCells::line`] gives them.
    stuck: &'a [f64],
}

impl<'a> Devices<'a> {
    /// Those of a tile of an array, with its variation and its stuck cells; `number` is that of the tile.
    pub(super) fn of(
        (device, variation): (&'a Device, &'a Variation),
        (stuck, number): (&'a StuckCells, usize),
        tile: &'a mut Tile,
        plane: usize,
        column: usize,
    ) -> Devices<'a> {
        let stuck = stuck.line(number, tile, plane, column);
        let own = variation.own(number, tile, plane, column);
        Devices { device, cells: tile.cells(plane, column).with(own), stuck }
    }

    /// Sound devices.
    pub(super) fn sound(device: &'a Device, cells: Cells<'a>) -> Devices<'a> {
        Devices { device, cells, stuck: &[] }
    }

    /// Their currents at `volts`, A, and the slopes, S.
    fn current(
        &mut self,
        volts: &[f64],
        currents: &mut [f64],
        slopes: &mut [f64],
    ) -> Result<(), DeviceFault> {
        let Cells { state, stride, count, own } = &mut self.cells;
        let cells = Cells { state, stride: *stride, count: *count, own: *own };
        self.device.current(cells, volts, currents, Some(slopes))?;
        for (row, &g) in self.stuck.iter().enumerate() {
            if !g.is_nan() {
                (currents[row], slopes[row]) = (g * volts[row], g);
            }
        }
        Ok(())
    }

    /// Solves the pairs that they make with their access elements for cells at `volts`.
    fn solve(&mut self, pairs: &mut Pairs, volts: &[f64]) -> Result<(), DeviceFault> {
        let solved = pairs.solve(volts, |volts, currents, slopes| self.current(volts, currents, slopes));
        solved.map_err(|unsettled| match unsettled {
            Unsettled::Device(fault) => fault,
            Unsettled::Nowhere(cell) => {
                let volt = volts[cell];
                self.fault(
                    cell,
                    format!(
                        "at {volt:e} V on a cell its current equals that of the access element at no voltage between 0 V \
                         and {volt:e} V; expected no jumps, and 0 A at 0 V"
                    ),
                )
            }
        })
    }

    /// As `solve`, where no solver of an array will look at the slopes.
    pub(super) fn settle(&mut self, pairs: &mut Pairs, volts: &[f64]) -> Result<(), DeviceFault> {
        self.solve(pairs, volts)?;
        let falls = pairs.slopes[..volts.len()].iter().position(|slope| *slope < 0.0);
        falls.map_or(Ok(()), |cell| {
            let (slope, volt) = (pairs.slopes[cell], pairs.volts[cell]);
            let text = format!(
                "slope {slope:e} S at {volt:e} V; expected 0 or more: without a monotone law a device has no unique \
                 voltage behind an access element"
            );
            Err(self.fault(cell, text))
        })
    }

    /// The currents of cells at `volts`, A, behind their access elements where they have some; there the slopes are not
    /// filled.
    pub(super) fn currents(
        &mut self,
        pairs: Option<&mut Pairs>,
        volts: &[f64],
        (currents, slopes): (&mut [f64], &mut [f64]),
    ) -> Result<(), DeviceFault> {
        match pairs {
            None => self.current(volts, currents, slopes),
            Some(pairs) => {
                self.settle(pairs, volts)?;
                currents[..volts.len()].copy_from_slice(&pairs.currents[..volts.len()]);
                Ok(())
            }
        }
    }

    /// The variances that the noise of the devices gives to the currents of cells at `volts`, A^2. Turns `volts` into the
    /// voltages of the devices.
    pub(super) fn variances(
        &mut self,
        pairs: Option<&mut Pairs>,
        volts: &mut [f64],
        variances: &mut [f64],
    ) -> Result<(), DeviceFault> {
        let pairs = match pairs {
            None => None,
            Some(pairs) => {
                self.settle(pairs, volts)?;
                volts.copy_from_slice(&pairs.volts[..volts.len()]);
                Some(&*pairs)
            }
        };
        let Cells { state, stride, count, own } = &mut self.cells;
        let cells = Cells { state, stride: *stride, count: *count, own: *own };
        self.device.read_noise(cells, volts, variances)?;
        for (cell, deviation) in variances.iter_mut().enumerate() {
            let passed_on = pairs.map_or(1.0, |pairs| pairs.noise_passed_on(cell));
            let is_stuck = self.stuck.get(cell).is_some_and(|g| !g.is_nan());
            *deviation = if is_stuck { 0.0 } else { (passed_on * *deviation).powi(2) };
        }
        Ok(())
    }

    fn fault(&self, cell: usize, message: String) -> DeviceFault {
        let model = self.device.model();
        let (name, file) = (model.name().to_owned(), model.file().to_owned());
        DeviceFault { model: name, file, call: "current", cell: Some(cell), message }
    }
}

/// The cells of a tile, as they were when the law was made.
#[derive(Clone, Debug)]
pub(super) struct DeviceLaw {
    pub(super) tile: Tile,
    /// Where there are access elements.
    pub(super) pairs: Option<Pairs>,
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
    /// Where gates are on along one bit line only: which. All other cells are open.
    pub(super) gate: Option<usize>,
}

impl DeviceLaw {
    /// The law of a tile whose cells are such pairs.
    pub(super) fn of(tile: &Tile, pairs: Option<&Pairs>) -> DeviceLaw {
        let line = || vec![0.0; tile.padded_rows()];
        let (volts, currents, slopes) = (line(), line(), line());
        DeviceLaw { tile: tile.clone(), pairs: pairs.cloned(), volts, currents, slopes }
    }
}

impl<'a> Evaluation<'a> {
    /// The law of a tile of an array, by its number, all gates on.
    pub(super) fn of(array: &'a Array, number: usize, law: &'a mut DeviceLaw) -> Evaluation<'a> {
        let stuck = (&array.stuck, number);
        Evaluation { law, device: &array.device, stuck, variation: &array.variation, gate: None }
    }

    /// Adds the current of one bit line if the voltages of word lines fell on its cells, A. Returns the power of these, W.
    pub(super) fn add_ideal(
        &mut self,
        bit_line: usize,
        word_lines: &[f64],
        sum: &mut f64,
    ) -> Result<f64, CellFault> {
        let DeviceLaw { tile, pairs, volts, currents, slopes } = &mut *self.law;
        let (plane, column) = (bit_line % tile.plane_count(), bit_line / tile.plane_count());
        volts[..word_lines.len()].copy_from_slice(word_lines);
        let mut devices = Devices::of((self.device, self.variation), self.stuck, tile, plane, column);
        let found = devices.currents(pairs.as_mut(), volts, (currents, slopes));
        found.map_err(|fault| CellFault { column, fault })?;
        let mut power = 0.0;
        for (current, volts) in currents.iter().zip(word_lines) {
            *sum += current;
            power += volts * current;
        }
        Ok(power)
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
        let DeviceLaw { tile, pairs, volts, currents: line_currents, slopes: line_slopes } = &mut *self.law;
        let (planes, columns, rows) = (tile.plane_count(), tile.columns, tile.rows);
        let stride = planes * columns;
        if self.gate.is_some() {
            currents.fill(0.0);
            slopes.fill(0.0);
        }
        for column in 0..columns {
            for plane in 0..planes {
                let bit_line = column * planes + plane;
                if self.gate.is_some_and(|gate| gate != bit_line) {
                    continue;
                }
                for (volt, voltage) in
                    volts[..rows].iter_mut().zip(voltages[bit_line..].iter().step_by(stride))
                {
                    *volt = *voltage;
                }
                let sound = (self.device, self.variation);
                let mut devices = Devices::of(sound, self.stuck, tile, plane, column);
                let fault = |fault| CellFault { column, fault };
                let (line_currents, line_slopes) = match pairs {
                    None => {
                        devices.current(volts, line_currents, line_slopes).map_err(fault)?;
                        (&*line_currents, &*line_slopes)
                    }
                    Some(pairs) => {
                        devices.solve(pairs, volts).map_err(fault)?;
                        (&pairs.currents, &pairs.slopes)
                    }
                };
                for row in 0..rows {
                    currents[row * stride + bit_line] = line_currents[row];
                    slopes[row * stride + bit_line] = line_slopes[row];
                }
            }
        }
        Ok(())
    }
}
