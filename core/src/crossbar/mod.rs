//! A crossbar is the logical matrix of a projection: word lines are source neurons, bit lines are target neurons, and
//! physical tiles of limited size hold the cells.
//!
//! A bit line that spans several tiles sums their currents in the order of the tiles. The device model in the cells
//! comes from a plug-in; conductances reach it in batches of one bit line of one tile.

mod buffer;
mod rows;
mod matrix;
mod initial;
mod tile;
mod scratch;
mod stuck;
mod segments;
mod variation;
mod interconnect;
mod selector;
mod access;
mod law;
mod fault;
mod work;
mod periphery;
mod cell;
mod noise;
mod reader;
mod amplitude;
mod compensation;
mod survey;
mod scheme;
mod select;
mod phase;
mod course;
mod program;
mod train;
mod transfer;
mod ageing;
mod verify;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::circuit::Circuit;
use crate::device::Device;
use crate::random::{Purpose, Stream};
use crate::scenario::schema;
use crate::time::Time;
use access::Pairs;
use fault::no_circuit;
use interconnect::circuits;
use noise::Variances;
use periphery::{Periphery, Sums};
use program::Program;
use scratch::Scratch;
use stuck::{StuckCells, replace};
use tile::Tile;
use variation::Variation;
use work::Totals;

pub use access::Access;
pub use fault::{ArrayFault, Place};
pub use initial::initial_conductances;
pub use interconnect::Wiring;
pub use matrix::MatrixError;
pub use periphery::{Moment, ReadCounts};
pub use program::pulse_change;
pub use reader::Reader;
pub use segments::{SegmentError, Shape};
pub use stuck::StuckError;
pub use variation::Varied;
pub use verify::{Fate, MissedCell, Pass, Programming, Tuning};
pub use work::{Energy, Work};

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
    /// What stands in series with every device; none in passive arrays.
    pub access: Option<Access>,
    /// Two cells per synapse.
    pub signed: bool,
    /// Stuck cells.
    pub stuck: Vec<schema::Stuck>,
    /// The parameters of the device that vary, each at most once.
    pub variation: Vec<Varied>,
    /// The wires, where they have a resistance.
    pub wires: Option<Wiring>,
    /// The read pulse.
    pub read: schema::ReadPulse,
    /// Whether each word line has a read voltage of its own, the part of `read` that an image gives it.
    pub amplitudes: bool,
    /// What makes up for the drop of voltage on the wires.
    pub compensation: schema::Compensation,
    /// The mean intensity of each word line's pixel, 0 to 1, where gains are those of the mean image.
    pub mean_image: Option<Arc<[f64]>>,
    /// Noise and converters of reads.
    pub periphery: schema::Periphery,
    /// The program pulses of an array that is written by pulses; the scheme `Floating` is for wires with resistance.
    pub pulses: Option<schema::Pulses>,
    /// When time changes the cells of a volatile model.
    pub retention: schema::Retention,
    /// The capacitance that receives the charge, F.
    pub capacitance: f64,
    /// The seed of the devices.
    pub device_seed: u64,
    /// Whether the energy of reads and writes is found.
    pub energy: bool,
}

/// The cells of one projection, in one or more tiles.
#[derive(Clone, Debug)]
pub struct Array {
    plan: ArrayPlan,
    device: Arc<Device>,
    stuck: StuckCells,
    /// Where there are access elements.
    pairs: Option<Pairs>,
    variation: Variation,
    /// Of each tile; empty with ideal wires.
    circuits: Vec<Circuit>,
    draws: Stream,
    sums: Sums,
    /// Where reads have one that is more than a constant gain.
    periphery: Option<Periphery>,
    /// Of the noise of the devices.
    variances: Variances,
    /// For the energy of reads.
    totals: Totals,
    /// From the first program pulse on.
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
    /// For each tile the gain of each physical bit line; empty where they are not calibrated.
    gains: Vec<Vec<f64>>,
    /// Column updates since the gains were found.
    updates: u64,
    /// How far the cells have aged.
    aged: Time,
    /// How often they have.
    ageings: u64,
    /// What writes have taken since it was last asked.
    written: Work,
}

impl Array {
    /// An array whose cells start at `initial`: planes x rows x columns conductances in siemens, each clipped to the
    /// range of its cell.
    pub fn new(mut plan: ArrayPlan, device: Arc<Device>, initial: &[f64]) -> Result<Array, ArrayFault> {
        plan.convert_voltages();
        let planes = if plan.signed { 2 } else { 1 };
        let parts = |length: usize, size: usize| {
            (0..length).step_by(size).map(move |first| (first, size.min(length - first)))
        };
        let tiles = parts(plan.rows, plan.tile.0)
            .flat_map(|rows| parts(plan.columns, plan.tile.1).map(move |columns| (rows, columns)))
            .map(|(rows, columns)| Tile::new(rows, columns, planes, device.state_count()))
            .collect();
        let cells = ArrayCells {
            tiles,
            writes: vec![0; plan.columns],
            gains: Vec::new(),
            updates: 0,
            aged: Time::ZERO,
            ageings: 0,
            written: Work::default(),
        };
        let circuits = circuits(&plan.wires, &cells.tiles).map_err(|error| no_circuit(&plan, &error))?;
        let pairs = plan.access.as_ref().map(|access| Pairs::new(access, plan.tile.0.min(plan.rows)));
        let periphery = Periphery::of(&plan, device.model().is_noisy(), &cells.tiles);
        let mut array = Array {
            sums: Sums::of(&plan, periphery.is_some()),
            periphery,
            variances: Variances::new(),
            totals: Totals::new(),
            draws: Stream::new(plan.device_seed, Purpose::Increment, plan.number),
            stuck: StuckCells::new(&plan, &cells.tiles),
            pairs,
            variation: Variation::new(&plan, &cells.tiles),
            circuits,
            program: None,
            scratch: Scratch::new(plan.tile.0.min(plan.rows), &device),
            cells,
            device,
            plan,
        };
        array.variances = array.no_variances();
        array.totals = array.no_totals();
        array.restore_read_copies();
        array.fill(initial, None)?;
        Ok(array)
    }

    /// What the array was made from, the voltages of reads as a converter of the periphery rounds them.
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
    /// in siemens; the second plane is empty unless the array is signed. A positive change raises g (or g+); a
    /// negative one lowers g, or raises g- of a signed pair.
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
        let (has_ideal_wires, planes) = (self.circuits.is_empty(), self.sums.planes);
        self.cells.tiles.iter_mut().for_each(|tile| tile.restore_read_copy(has_ideal_wires, planes));
    }

    fn refresh_tile(&mut self, number: usize) -> Result<(), ArrayFault> {
        let (first, columns) = (self.cells.tiles[number].first_column, self.cells.tiles[number].columns);
        for column in first..first + columns {
            self.load(number, column)?;
            self.refresh_read_copy(number, column)?;
        }
        Ok(())
    }

    /// Brings every cell into the state of its initial conductance: its own, or where a voltage is given, V, that at which
    /// its current at this voltage is as of an ohmic cell.
    fn fill(&mut self, initial: &[f64], at: Option<f64>) -> Result<(), ArrayFault> {
        let draws = Stream::new(self.plan.device_seed, Purpose::InitialState, self.plan.number);
        let (low, _) = self.device.range();
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
                        *target = initial[place];
                    }
                    let draws = (draws, self.device.initial_draws());
                    self.draw(draws, number, column, plane as u64);
                    if let Some(volts) = at {
                        self.refer(volts, number, (plane, column))?;
                    }
                    let tile = &mut self.cells.tiles[number];
                    let own = self.variation.own(number, tile, plane, column - first);
                    let cells = tile.cells(plane, column - first).with(own);
                    let count = cells.count;
                    self.device
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
            let own = self.variation.own(number, tile, plane, column - tile.first_column);
            let cells = tile.cells(plane, column - tile.first_column).with(own);
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
            let place = (plane, column - tile.first_column);
            let own = self.variation.during(self.cells.writes[column], number, tile, place);
            let cells = tile.cells(place.0, place.1).with(own);
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
        self.refresh_variances(number, column)?;
        self.load_cells(number, column)?;
        self.refresh_totals(number, column);
        let tile = &mut self.cells.tiles[number];
        tile.write_read_column(column - tile.first_column, &mut self.scratch.conductance);
        Ok(())
    }
}
