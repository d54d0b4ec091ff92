//! A crossbar is the logical matrix of a projection: word lines are source neurons, bit lines are target neurons, and
//! physical tiles of limited size hold the cells.
//!
//! A bit line that spans several tiles sums their currents in the order of the tiles. The device model in the cells
//! comes from a plug-in; conductances reach it in batches of one bit line of one tile.

mod buffer;
mod rows;
mod initial;
mod tile;
mod stuck;
mod interconnect;
mod law;
mod fault;
mod answers;
mod reader;
mod scheme;
mod phase;
mod program;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::circuit::Circuit;
use crate::device::Device;
use crate::random::{Purpose, Stream};
use crate::scenario::schema::{self, Wires};
use fault::no_circuit;
use interconnect::circuits;
use program::Program;
use stuck::{StuckCells, replace};
use tile::Tile;

pub use fault::{ArrayFault, Place};
pub use initial::{InitialError, initial_conductances};
pub use program::pulse_moves;
pub use reader::{Reader, TileProgress};
pub use stuck::StuckError;

/// What makes an array, beside its device and its initial conductances.
#[derive(Clone, Debug)]
pub struct ArrayPlan {
    /// The name of its projection.
    pub projection: String,
    /// The number of its projection, which keys its random numbers.
    pub number: u32,
    /// Word lines.
    pub rows: usize,
    /// Bit lines.
    pub columns: usize,
    /// Word lines and bit lines of one tile.
    pub tile: (usize, usize),
    /// Two cells per synapse.
    pub signed: bool,
    /// Stuck cells.
    pub stuck: Vec<schema::Stuck>,
    /// The resistance of the interconnect.
    pub wires: Wires,
    /// The read pulse.
    pub read: schema::ReadPulse,
    /// The program pulses of an array that is written by pulses.
    pub pulses: Option<schema::Pulses>,
    /// The capacitance that receives the charge, F.
    pub capacitance: f64,
    /// The seed of the devices.
    pub device_seed: u64,
}

/// The cells of one projection, in one or more tiles.
#[derive(Clone, Debug)]
pub struct Array {
    plan: ArrayPlan,
    device: Arc<Device>,
    stuck: StuckCells,
    /// Of each tile; empty with ideal wires.
    circuits: Vec<Circuit>,
    draws: Stream,
    /// Volts on the target membrane per siemens of a driven cell.
    gain: f64,
    /// Volts on the target membrane per ampere of its bit line.
    volts_per_ampere: f64,
    /// Where the plan has program pulses.
    program: Option<Box<Program>>,
    cells: ArrayCells,
    scratch: Scratch,
}

/// What a checkpoint holds of an array.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArrayCells {
    /// Row of tiles after row of tiles.
    tiles: Vec<Tile>,
    /// How often each bit line was written: the counters of the device's random draws.
    writes: Vec<u64>,
}

/// Buffers for one bit line of one tile.
#[derive(Clone, Debug)]
struct Scratch {
    conductance: [Vec<f64>; 2],
    change: Vec<f64>,
    share: Vec<f64>,
    uniform: Vec<f64>,
    volts: Vec<f64>,
}

impl Array {
    /// An array whose cells start at `initial`: planes x rows x columns conductances in siemens, each clipped to the
    /// range of the device.
    pub fn new(plan: ArrayPlan, device: Arc<Device>, initial: &[f64]) -> Result<Array, ArrayFault> {
        let planes = if plan.signed { 2 } else { 1 };
        let parts = |length: usize, size: usize| {
            (0..length).step_by(size).map(move |first| (first, size.min(length - first)))
        };
        let tiles = parts(plan.rows, plan.tile.0)
            .flat_map(|rows| parts(plan.columns, plan.tile.1).map(move |columns| (rows, columns)))
            .map(|(rows, columns)| Tile::new(rows, columns, planes, device.state_count()))
            .collect();
        let cells = ArrayCells { tiles, writes: vec![0; plan.columns] };
        let volts_per_ampere = plan.read.width.si() / plan.capacitance;
        let circuits = circuits(&plan.wires, &cells.tiles).map_err(|error| no_circuit(&plan, &error))?;
        let program =
            plan.pulses.map(|pulses| Box::new(Program::new(&plan, pulses, &cells.tiles, &circuits)));
        let mut array = Array {
            gain: plan.read.voltage.si() * plan.read.width.si() / plan.capacitance,
            volts_per_ampere,
            draws: Stream::new(plan.device_seed, Purpose::Increment, plan.number),
            stuck: StuckCells::new(&plan, &cells.tiles),
            circuits,
            program,
            scratch: Scratch::new(plan.tile.0.min(plan.rows), &device),
            cells,
            device,
            plan,
        };
        array.restore_read_copies();
        array.fill(initial)?;
        Ok(array)
    }

    /// What the array was made from.
    pub fn plan(&self) -> &ArrayPlan {
        &self.plan
    }

    /// The device in its cells.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Cells per synapse: 2 for signed pairs, otherwise 1.
    pub fn plane_count(&self) -> usize {
        if self.plan.signed { 2 } else { 1 }
    }

    /// How many tiles the array takes.
    pub fn tile_count(&self) -> usize {
        self.cells.tiles.len()
    }

    /// Changes the conductances of one bit line by increments.
    ///
    /// For each tile of the bit line, `rule(first row, conductances of each plane, changes)` fills the wanted changes
    /// in siemens; the second plane is empty unless the array is signed. A positive change raises g (or g+); a negative one lowers g, or raises g- of a signed pair.
    pub fn change_column(
        &mut self,
        column: usize,
        mut rule: impl FnMut(usize, [&[f64]; 2], &mut [f64]),
    ) -> Result<(), ArrayFault> {
        for number in 0..self.cells.tiles.len() {
            if !self.cells.tiles[number].holds_column(column) {
                continue;
            }
            self.ask(number, column, &mut rule)?;
            self.store_changes(number, column)?;
            self.load(number, column)?;
            self.refresh_read_copy(number, column)?;
        }
        self.cells.writes[column] += 1;
        Ok(())
    }

    /// Lets a rule put what it wants of one bit line of one tile into the scratch buffer of changes.
    fn ask(
        &mut self,
        number: usize,
        column: usize,
        rule: &mut impl FnMut(usize, [&[f64]; 2], &mut [f64]),
    ) -> Result<(), ArrayFault> {
        self.load(number, column)?;
        let tile = &self.cells.tiles[number];
        let (rows, first) = (tile.rows, tile.first_row);
        let Scratch { conductance: [first_plane, second_plane], change, .. } = &mut self.scratch;
        let second = if self.plan.signed { &second_plane[..rows] } else { &[] };
        rule(first, [&first_plane[..rows], second], &mut change[..rows]);
        change[rows..].fill(0.0);
        Ok(())
    }

    /// The sum of the conductances of one bit line (of g+ in a signed array), S.
    pub fn column_sum(&mut self, column: usize) -> Result<f64, ArrayFault> {
        let mut sum = 0.0;
        for number in 0..self.cells.tiles.len() {
            if self.cells.tiles[number].holds_column(column) {
                self.load(number, column)?;
                sum += self.scratch.conductance[0][..self.cells.tiles[number].rows].iter().sum::<f64>();
            }
        }
        Ok(sum)
    }

    /// The conductances of one bit line at the model's reference voltage: planes x rows, S.
    pub fn column(&mut self, column: usize, out: &mut [f64]) -> Result<(), ArrayFault> {
        for number in 0..self.cells.tiles.len() {
            if self.cells.tiles[number].holds_column(column) {
                self.load(number, column)?;
                let tile = &self.cells.tiles[number];
                for (plane, out) in out.chunks_mut(self.plan.rows).enumerate() {
                    out[tile.first_row..tile.first_row + tile.rows]
                        .copy_from_slice(&self.scratch.conductance[plane][..tile.rows]);
                }
            }
        }
        Ok(())
    }

    /// All conductances at the model's reference voltage: planes x rows x columns, S.
    pub fn conductances(&mut self) -> Result<Vec<f64>, ArrayFault> {
        let (rows, columns) = (self.plan.rows, self.plan.columns);
        let mut all = vec![0.0; self.plane_count() * rows * columns];
        let mut line = vec![0.0; self.plane_count() * rows];
        for column in 0..columns {
            self.column(column, &mut line)?;
            for (place, &g) in all[column..].iter_mut().step_by(columns).zip(&line) {
                *place = g;
            }
        }
        Ok(all)
    }

    /// What a checkpoint holds of this array.
    pub fn cells(&self) -> &ArrayCells {
        &self.cells
    }

    /// Continues with the cells of a checkpoint of the same array.
    pub fn restore(&mut self, cells: ArrayCells) -> Result<(), ArrayFault> {
        self.cells = cells;
        self.restore_read_copies();
        (0..self.cells.tiles.len()).try_for_each(|number| self.refresh_tile(number))
    }

    fn restore_read_copies(&mut self) {
        let has_ideal_wires = self.circuits.is_empty();
        self.cells.tiles.iter_mut().for_each(|tile| tile.restore_read_copy(has_ideal_wires));
    }

    fn refresh_tile(&mut self, number: usize) -> Result<(), ArrayFault> {
        let (first, columns) = (self.cells.tiles[number].first_column, self.cells.tiles[number].columns);
        for column in first..first + columns {
            self.load(number, column)?;
            self.refresh_read_copy(number, column)?;
        }
        Ok(())
    }

    /// Brings every cell into the state of its initial conductance.
    fn fill(&mut self, initial: &[f64]) -> Result<(), ArrayFault> {
        let draws = Stream::new(self.plan.device_seed, Purpose::InitialState, self.plan.number);
        let (low, high) = self.device.range();
        let (all_rows, all_columns) = (self.plan.rows, self.plan.columns);
        for number in 0..self.cells.tiles.len() {
            let tile = &self.cells.tiles[number];
            let (first_row, rows, first, columns) =
                (tile.first_row, tile.rows, tile.first_column, tile.columns);
            for column in first..first + columns {
                for plane in 0..self.plane_count() {
                    let target = &mut self.scratch.change;
                    target.fill(low);
                    for (row, target) in target[..rows].iter_mut().enumerate() {
                        let place = (plane * all_rows + first_row + row) * all_columns + column;
                        *target = initial[place].clamp(low, high);
                    }
                    let draws = (draws, self.device.initial_draws());
                    self.draw(draws, number, column, plane as u64);
                    let (cells, device) =
                        (self.cells.tiles[number].cells(plane, column - first), &self.device);
                    let count = cells.count;
                    device
                        .initial_state(cells, &self.scratch.change[..count], &self.scratch.uniform)
                        .map_err(|fault| self.fault(number, column, fault))?;
                }
            }
            self.refresh_tile(number)?;
        }
        Ok(())
    }

    /// Reads the conductances of one bit line of one tile into the scratch buffers.
    fn load(&mut self, number: usize, column: usize) -> Result<(), ArrayFault> {
        let tile = &mut self.cells.tiles[number];
        for plane in 0..if self.plan.signed { 2 } else { 1 } {
            let cells = tile.cells(plane, column - tile.first_column);
            let out = &mut self.scratch.conductance[plane][..cells.count];
            let outcome = self.device.conductance(cells, out);
            if let Err(fault) = outcome {
                return Err(self.fault(number, column, fault));
            }
            replace(self.stuck.line(number, tile, plane, column - tile.first_column), out);
        }
        Ok(())
    }

    /// Sends the changes in the scratch buffer to the device.
    fn store_changes(&mut self, number: usize, column: usize) -> Result<(), ArrayFault> {
        for plane in 0..self.plane_count() {
            let count = self.cells.tiles[number].padded_rows();
            let sign = if plane == 0 { 1.0 } else { -1.0 };
            let Scratch { change, share, .. } = &mut self.scratch;
            for (share, &change) in share[..count].iter_mut().zip(change.iter()) {
                *share = if self.plan.signed { (sign * change).max(0.0) } else { change };
            }
            let tile = &self.cells.tiles[number];
            let line = self.stuck.line(number, tile, plane, column - tile.first_column);
            for (share, _) in share.iter_mut().zip(line).filter(|(_, stuck)| !stuck.is_nan()) {
                *share = 0.0;
            }
            let draw = 2 * self.cells.writes[column] + plane as u64;
            self.draw((self.draws, self.device.increment_draws()), number, column, draw);
            let tile = &mut self.cells.tiles[number];
            let cells = tile.cells(plane, column - tile.first_column);
            let outcome = self.device.increment(cells, &self.scratch.share[..count], &self.scratch.uniform);
            outcome.map_err(|fault| self.fault(number, column, fault))?;
        }
        Ok(())
    }

    /// Fills the scratch buffer with `count` uniform numbers per cell, keyed by the logical place of each cell.
    fn draw(&mut self, (stream, count): (Stream, usize), number: usize, column: usize, draw: u64) {
        let tile = &self.cells.tiles[number];
        let padded = tile.padded_rows();
        for k in 0..count {
            for (row, uniform) in self.scratch.uniform[k * padded..(k + 1) * padded].iter_mut().enumerate() {
                let cell = (tile.first_row + row) * self.plan.columns + column;
                *uniform = stream.uniform(cell as u32, draw * count as u64 + k as u64);
            }
        }
    }

    /// Brings the read copy of one bit line up to date with the conductances in the scratch buffers.
    fn refresh_read_copy(&mut self, number: usize, column: usize) -> Result<(), ArrayFault> {
        if !self.device.is_linear() && self.circuits.is_empty() {
            self.load_chords(number, column)?;
        }
        let tile = &mut self.cells.tiles[number];
        tile.write_read_column(column - tile.first_column, &mut self.scratch.conductance);
        Ok(())
    }

    /// Replaces the conductances in the scratch buffers by the chords at the read voltage.
    fn load_chords(&mut self, number: usize, column: usize) -> Result<(), ArrayFault> {
        let voltage = self.plan.read.voltage.si();
        let tile = &mut self.cells.tiles[number];
        for plane in 0..if self.plan.signed { 2 } else { 1 } {
            let cells = tile.cells(plane, column - tile.first_column);
            let count = cells.count;
            let Scratch { conductance, volts, .. } = &mut self.scratch;
            volts.fill(voltage);
            let outcome = self.device.current(cells, &volts[..count], &mut conductance[plane][..count], None);
            conductance[plane].iter_mut().for_each(|current| *current /= voltage);
            if let Err(fault) = outcome {
                return Err(self.fault(number, column, fault));
            }
            replace(
                self.stuck.line(number, tile, plane, column - tile.first_column),
                &mut conductance[plane],
            );
        }
        Ok(())
    }
}

impl Scratch {
    fn new(rows: usize, device: &Device) -> Scratch {
        let padded = rows.next_multiple_of(tile::GROUP);
        let draws = device.initial_draws().max(device.increment_draws()).max(device.advance_draws());
        let line = || vec![0.0; padded];
        Scratch {
            conductance: [line(), line()],
            change: line(),
            share: line(),
            uniform: vec![0.0; padded * draws],
            volts: line(),
        }
    }
}
