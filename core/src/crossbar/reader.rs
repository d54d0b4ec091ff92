//! A reader is what the reads of one array need beside it: solvers of its tiles, and the answers that they have found.
//!
//! # How a tile with resistive wires is read
//!
//! With linear cells and undriven word lines at 0 V the charges of word lines add up. The answer of a tile to one word
//! line alone is a row of its transfer matrix; it is solved for when it is first needed and kept until conductances
//! change, so that a spike costs one row. Several spikes at once are one solve, which costs less than their rows, until
//! as many solves have been made as the whole matrix takes: then the matrix is found, and every read is a sum of rows
//! until conductances change. So no array pays more than twice what it would pay with the better choice. While
//! nothing learns, the matrix is found ahead. After a change of few cells the rows are updated ([`Answers`]).
//!
//! With nonlinear cells, or undriven word lines at another voltage, every read is a solve.
//!
//! # Invariants
//!
//! What a read gives depends on the conductances, the driven word lines, on whether anything learns, on how many reads
//! and solves there were since a conductance changed, and on the answers: every solve starts from 0 V. A checkpoint holds
//! these numbers and the answers, and a resumed run repeats every bit.

use serde::{Deserialize, Serialize};

use super::Array;
use super::answers::{Answers, Kept, pair};
use super::fault::ArrayFault;
use super::interconnect::interconnect_of;
use super::law::{CellFault, DeviceLaw, Evaluation};
use super::tile::Tile;
use crate::circuit::{Circuit, Method, Options, SolveError, Solver};
use crate::scenario::schema::{Interconnect, Wires};

/// The residual of reads: currents then err by some 1e-9 of the largest one, less than the rounding of a row in f32.
const TOLERANCE: f64 = 1e-8;

/// Solvers and answers of one array. Runs that share an array have readers of their own.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Empty with ideal wires.
    tiles: Vec<TileReader>,
}

#[derive(Clone, Debug)]
struct TileReader {
    /// The number of the tile in its array.
    number: usize,
    interconnect: Interconnect,
    solver: Solver,
    /// The version of the tile to which everything here belongs.
    version: u64,
    /// Whether solver and law have the conductances of that version.
    is_loaded: bool,
    answers: Answers,
    /// Solves for several word lines at once since a conductance changed.
    solves: u32,
    /// Reads since then.
    reads: u32,
    /// Of nonlinear cells.
    law: Option<DeviceLaw>,
    /// The voltage of each word line, V.
    volts: Vec<f64>,
    /// The current of each bit line, A.
    bit_lines: Vec<f64>,
}

/// What a checkpoint holds of the reader of one tile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TileProgress {
    solves: u32,
    reads: u32,
    answers: Option<Kept>,
}

impl Reader {
    pub(super) fn new(array: &Array) -> Reader {
        let method = match array.plan.wires {
            Wires::Sweeps(count, _) => Method::Sweeps(count as usize),
            Wires::Exact(_) | Wires::Ideal => Method::ConjugateGradients,
        };
        let Some(interconnect) = interconnect_of(&array.plan.wires) else {
            return Reader { tiles: Vec::new() };
        };
        let options = Options { method, tolerance: TOLERANCE, ..Options::default() };
        let tiles = array.cells.tiles.iter().zip(&array.circuits);
        let reader =
            |(number, (tile, circuit))| TileReader::new(number, interconnect, tile, circuit, options);
        Reader { tiles: tiles.enumerate().map(reader).collect() }
    }
}

impl TileReader {
    fn new(
        number: usize,
        interconnect: Interconnect,
        tile: &Tile,
        circuit: &Circuit,
        options: Options,
    ) -> TileReader {
        TileReader {
            number,
            interconnect,
            solver: Solver::new(circuit, options),
            version: tile.version(),
            is_loaded: false,
            answers: Answers::none(tile.rows, tile.columns, tile.plane_count()),
            solves: 0,
            reads: 0,
            law: None,
            volts: vec![0.0; tile.rows],
            bit_lines: vec![0.0; circuit.bit_lines()],
        }
    }

    /// Whether the charges of word lines add up.
    fn superposes(&self, array: &Array) -> bool {
        array.device.is_linear() && self.interconnect.rest_voltage() == 0.0
    }

    /// Follows the conductances of the tile.
    fn follow(&mut self, array: &Array, tile: &Tile) -> Result<(), SolveError> {
        if self.is_loaded && self.version == tile.version() {
            return Ok(());
        }
        let limit = self.answers.worthwhile(self.reads);
        let few = if self.answers.is_empty() { None } else { self.solver.changes_to(tile.siemens(), limit) };
        match few {
            Some(changes) if changes.is_empty() => {}
            Some(changes) => {
                self.answers.update(&mut self.solver, &changes)?;
                (self.solves, self.reads) = (0, 0);
            }
            None => {
                if array.device.is_linear() {
                    self.solver.set_conductances(tile.siemens())?;
                } else {
                    self.law = Some(DeviceLaw::of(tile));
                }
                self.answers.forget();
                (self.solves, self.reads) = self.counts_of(tile);
            }
        }
        self.version = tile.version();
        self.is_loaded = true;
        Ok(())
    }

    /// Solves and reads since a conductance of the tile changed. A reader follows a change only when it next reads.
    fn counts_of(&self, tile: &Tile) -> (u32, u32) {
        if self.version == tile.version() { (self.solves, self.reads) } else { (0, 0) }
    }

    fn progress(&self, tile: &Tile) -> TileProgress {
        let answers = self.answers.kept(&self.solver);
        let present = if answers.is_some() { (self.solves, self.reads) } else { self.counts_of(tile) };
        TileProgress { solves: present.0, reads: present.1, answers }
    }

    /// Answers of a checkpoint may belong to conductances from before the last change: the next read looks.
    fn restore(&mut self, progress: &TileProgress) -> Result<(), SolveError> {
        (self.solves, self.reads) = (progress.solves, progress.reads);
        if let Some(kept) = &progress.answers {
            self.answers.restore(kept, &mut self.solver)?;
            (self.is_loaded, self.version) = (true, u64::MAX);
        }
        Ok(())
    }

    /// Finds all rows ahead where nothing learns.
    fn prepare(&mut self, array: &Array, tile: &Tile, learns: bool) -> Result<(), SolveError> {
        if learns || !self.superposes(array) {
            return Ok(());
        }
        self.follow(array, tile)?;
        if self.answers.is_complete() { Ok(()) } else { self.answers.complete(&mut self.solver) }
    }

    /// Adds the volts that a read puts on the membrane of each bit line. `rows` are the driven word lines, counted from
    /// `first`.
    fn read(
        &mut self,
        array: &Array,
        tile: &Tile,
        (rows, first): (&[u32], usize),
        volts: &mut [f64],
    ) -> Result<(), SolveError<CellFault>> {
        if rows.is_empty() && self.interconnect.rest_voltage() == 0.0 {
            return Ok(());
        }
        self.follow(array, tile).map_err(without_law)?;
        if self.superposes(array) {
            self.reads = self.reads.saturating_add(1);
            let matrix_solves = tile.rows.min(self.bit_lines.len());
            if self.solves as usize >= matrix_solves && !self.answers.is_complete() {
                self.answers.complete(&mut self.solver).map_err(without_law)?;
            }
            if rows.len() == 1 || self.answers.is_complete() {
                return self.add_rows(array, (rows, first), volts).map_err(without_law);
            }
            self.solves += 1;
        }
        self.solve(array, (rows, first), volts)
    }

    fn add_rows(
        &mut self,
        array: &Array,
        (rows, first): (&[u32], usize),
        volts: &mut [f64],
    ) -> Result<(), SolveError> {
        for &row in rows {
            let row = row as usize - first;
            if !self.answers.knows(row) {
                self.answers.find(row, &mut self.solver)?;
            }
            self.answers.rows().add(row, array.gain, volts);
        }
        Ok(())
    }

    fn solve(
        &mut self,
        array: &Array,
        (rows, first): (&[u32], usize),
        volts: &mut [f64],
    ) -> Result<(), SolveError<CellFault>> {
        self.volts.fill(self.interconnect.rest_voltage());
        for &row in rows {
            self.volts[row as usize - first] = array.plan.read.voltage.si();
        }
        self.interconnect.drive(&mut self.solver, &self.volts)?;
        self.solver.reset();
        match &mut self.law {
            None => self.solver.solve().map_err(without_law)?,
            Some(law) => self.solver.solve_cells(&mut Evaluation {
                law,
                device: &array.device,
                stuck: (&array.stuck, self.number),
            })?,
        };
        self.bit_lines.fill(0.0);
        self.interconnect.sense(&self.solver, &mut self.bit_lines);
        let planes = array.plane_count();
        for (volts, amperes) in volts.iter_mut().zip(self.bit_lines.chunks_exact(planes)) {
            *volts += array.volts_per_ampere * pair(amperes);
        }
        Ok(())
    }
}

/// The error of a solve without a cell law, among those with one.
pub(super) fn without_law(error: SolveError) -> SolveError<CellFault> {
    match error {
        SolveError::Circuit(error) => SolveError::Circuit(error),
        SolveError::Floating { place } => SolveError::Floating { place },
        SolveError::Slopes => SolveError::Slopes,
        SolveError::NotMonotone { word_line, bit_line, slope, voltage } => {
            SolveError::NotMonotone { word_line, bit_line, slope, voltage }
        }
        SolveError::NoConvergence { residual, iterations, tolerance } => {
            SolveError::NoConvergence { residual, iterations, tolerance }
        }
        SolveError::Law(never) => match never {},
    }
}

impl Array {
    /// Room for reads of this array. Where the array is restored from a checkpoint, a new one is needed.
    pub fn reader(&self) -> Reader {
        Reader::new(self)
    }

    /// What a checkpoint holds of a reader, tile by tile.
    pub fn progress(&self, reader: &Reader) -> Vec<TileProgress> {
        let tiles = self.cells.tiles.iter().zip(&reader.tiles);
        tiles.map(|(tile, reader)| reader.progress(tile)).collect()
    }

    /// Continues a new reader with what a checkpoint holds.
    pub fn restore_reader(&self, reader: &mut Reader, progress: &[TileProgress]) -> Result<(), ArrayFault> {
        for ((tile, reader), progress) in self.cells.tiles.iter().zip(&mut reader.tiles).zip(progress) {
            reader.restore(progress).map_err(|error| self.unsolved("read", tile, without_law(error)))?;
        }
        Ok(())
    }

    /// Makes a reader ready for a time in which cells change (`learns`) or do not, before the first read of that time.
    pub fn prepare(&self, reader: &mut Reader, learns: bool) -> Result<(), ArrayFault> {
        for (tile, reader) in self.cells.tiles.iter().zip(&mut reader.tiles) {
            reader
                .prepare(self, tile, learns)
                .map_err(|error| self.unsolved("read", tile, without_law(error)))?;
        }
        Ok(())
    }

    /// All spikes that reach the array at one instant drive their word lines together: adds to `volts` what each bit
    /// line does to its membrane, V. `rows` are ascending.
    pub fn read(&self, reader: &mut Reader, rows: &[u32], volts: &mut [f64]) -> Result<(), ArrayFault> {
        for (number, tile) in self.cells.tiles.iter().enumerate() {
            let sums = &mut volts[tile.first_column..tile.first_column + tile.columns];
            let start = rows.partition_point(|&row| (row as usize) < tile.first_row);
            let end = rows.partition_point(|&row| (row as usize) < tile.first_row + tile.rows);
            let rows = &rows[start..end];
            match reader.tiles.get_mut(number) {
                None => {
                    for &row in rows {
                        tile.rows_at_read_voltage().add(row as usize - tile.first_row, self.gain, sums);
                    }
                }
                Some(reader) => reader
                    .read(self, tile, (rows, tile.first_row), sums)
                    .map_err(|error| self.unsolved("read", tile, error))?,
            }
        }
        Ok(())
    }
}
