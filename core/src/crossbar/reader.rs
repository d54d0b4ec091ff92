//! A reader is what the reads of one array need beside it: solvers of its tiles, and the answers that they have found.
//!
//! # How a tile with resistive wires is read
//!
//! With linear cells and undriven word lines at 0 V the charges of word lines add up. The answer of a tile to one word
//! line alone is a row of its transfer matrix; it is solved for when it is first needed and kept until a conductance
//! changes, so that a spike costs one row. Several spikes at once are one solve, which costs less than their rows, until
//! as many solves have been made as the whole matrix takes: then the matrix is found, and every read is a sum of rows
//! until a conductance changes. So no array pays more than twice what it would pay with the better choice. While
//! nothing learns, the matrix is found ahead.
//!
//! With nonlinear or noisy cells, or undriven word lines that float or are at another voltage, every read is a solve. Where
//! word lines have voltages of their own, [`super::amplitude`] keeps the answers.
//!
//! # Invariants
//!
//! What a read gives depends on the conductances, the driven word lines, on whether anything learns, and on how many
//! solves there were since a conductance changed: every solve starts from 0 V. That number is all that a checkpoint
//! holds of a reader, and a resumed run repeats every bit.

use super::Array;
use super::amplitude::Amplitudes;
use super::fault::ArrayFault;
use super::interconnect::{Ends, Wiring};
use super::law::{CellFault, DeviceLaw, Evaluation};
use super::noise::CellNoise;
use super::periphery::{Moment, ReadCounts, pair};
use super::rows::Rows;
use super::tile::Tile;
use super::work::{Energy, Work};
use crate::circuit::{Circuit, Method, OperatingPoint, Options, Report, SolveError, Solver};

/// The residual of reads: currents then err by some 1e-9 of the largest one, less than the rounding of a row in f32.
const TOLERANCE: f64 = 1e-8;

/// Solvers and answers of one array. Runs that share an array have readers of their own.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Empty with ideal wires.
    pub(super) tiles: Vec<TileReader>,
    /// The currents of the bit lines of one tile, A, for a periphery.
    amperes: Vec<f64>,
    /// The variances of these that the noise of the devices makes, A^2.
    variances: Vec<f64>,
    /// Where each word line has a read voltage of its own.
    pub(super) amplitudes: Option<Amplitudes>,
}

#[derive(Clone, Debug)]
pub(super) struct TileReader {
    /// The number of the tile in its array.
    pub(super) number: usize,
    ends: Ends,
    solver: Solver,
    /// The version of the tile to which everything here belongs.
    version: u64,
    /// Whether solver and law have the conductances of that version.
    is_loaded: bool,
    answers: Answers,
    /// Solves for several word lines at once since a conductance changed.
    solves: u32,
    /// Of nonlinear cells.
    pub(super) law: Option<DeviceLaw>,
    /// Of noisy cells.
    noise: Option<CellNoise>,
    /// The voltage of each word line, V.
    pub(super) volts: Vec<f64>,
    /// Whether each word line has a spike.
    driven: Vec<bool>,
    /// The current of each bit line, A, or a row of the transfer matrix, S.
    pub(super) bit_lines: Vec<f64>,
}

/// Rows of the transfer matrix, the two bit lines of a signed pair subtracted unless a periphery needs both, S.
#[derive(Clone, Debug)]
struct Answers {
    rows: Rows,
    is_known: Vec<bool>,
    /// Whether all rows were found ahead.
    is_complete: bool,
}

impl Reader {
    pub(super) fn new(array: &Array) -> Reader {
        let lines = array.cells.tiles.iter().map(|tile| tile.columns * tile.plane_count()).max();
        let amperes = vec![0.0; lines.filter(|_| array.periphery.is_some()).unwrap_or(0)];
        let variances = amperes.clone();
        let amplitudes = array.plan.amplitudes.then(|| Amplitudes::of(array));
        let Some(wiring) = &array.plan.wires else {
            return Reader { tiles: Vec::new(), amperes, variances, amplitudes };
        };
        let method = wiring.sweeps.map_or(Method::ConjugateGradients, Method::Sweeps);
        let options = Options { method, tolerance: TOLERANCE, ..Options::default() };
        let tiles = array.cells.tiles.iter().zip(&array.circuits);
        let planes = array.sums.planes;
        let reader = |(number, (tile, circuit))| {
            TileReader::new(number, wiring.ends, tile, (circuit, planes), options)
        };
        Reader { tiles: tiles.enumerate().map(reader).collect(), amperes, variances, amplitudes }
    }
}

impl TileReader {
    fn new(
        number: usize,
        ends: Ends,
        tile: &Tile,
        (circuit, planes): (&Circuit, usize),
        options: Options,
    ) -> TileReader {
        TileReader {
            number,
            ends,
            solver: Solver::new(circuit, options),
            version: tile.version(),
            is_loaded: false,
            answers: Answers {
                rows: Rows::zeros(tile.rows, circuit.bit_lines() / planes),
                is_known: vec![false; tile.rows],
                is_complete: false,
            },
            solves: 0,
            law: None,
            noise: None,
            volts: vec![0.0; tile.rows],
            driven: vec![false; tile.rows],
            bit_lines: vec![0.0; circuit.bit_lines()],
        }
    }

    /// Whether the charges of word lines add up.
    fn superposes(&self, array: &Array) -> bool {
        let is_noisy = array.device.model().is_noisy();
        array.is_linear() && !is_noisy && self.ends.rest_voltage() == Some(0.0)
    }

    /// Whether no line holds a voltage, so that no current flows.
    pub(super) fn is_at_rest(&self, rows: &[u32]) -> bool {
        rows.is_empty() && self.ends.rest_voltage().unwrap_or_default() == 0.0
    }

    /// Follows the conductances of the tile.
    pub(super) fn follow(&mut self, array: &Array, tile: &Tile) -> Result<(), SolveError> {
        if self.is_loaded && self.version == tile.version() {
            return Ok(());
        }
        match &mut self.law {
            _ if array.is_linear() => self.solver.set_conductances(tile.siemens())?,
            Some(law) => law.tile.copy_state(tile),
            None => self.law = Some(DeviceLaw::of(tile, array.pairs.as_ref())),
        }
        if array.device.model().is_noisy() {
            self.noise.get_or_insert_with(|| CellNoise::of(array, tile)).follow(tile);
        }
        self.answers.forget();
        self.solves = self.solves_of(tile);
        self.version = tile.version();
        self.is_loaded = true;
        Ok(())
    }

    /// Solves since a conductance of the tile changed. A reader follows a change only when it next reads.
    fn solves_of(&self, tile: &Tile) -> u32 {
        if self.version == tile.version() { self.solves } else { 0 }
    }

    /// Finds all rows ahead where nothing learns, and forgets them where something does.
    fn prepare(&mut self, array: &Array, tile: &Tile, learns: bool) -> Result<(), SolveError> {
        let is_complete = self.answers.is_complete && self.version == tile.version();
        if learns && is_complete {
            self.answers.forget();
        } else if !learns && !is_complete && self.superposes(array) {
            self.follow(array, tile)?;
            self.complete(array, tile)?;
        }
        Ok(())
    }

    /// Finds all rows.
    fn complete(&mut self, array: &Array, tile: &Tile) -> Result<(), SolveError> {
        let transfer = self.solver.transfer()?;
        for row in 0..tile.rows {
            self.answers.keep(row, transfer.row(row), array.sums.planes);
        }
        self.answers.is_complete = true;
        Ok(())
    }

    /// Adds the sums of a read. `rows` are the driven word lines, counted from `first`.
    fn read(
        &mut self,
        array: &Array,
        tile: &Tile,
        (rows, first): (&[u32], usize),
        (sums, variances): (&mut [f64], &mut [f64]),
        work: &mut Work,
    ) -> Result<(), SolveError<CellFault>> {
        if self.is_at_rest(rows) {
            return Ok(());
        }
        self.follow(array, tile).map_err(without_law)?;
        if self.superposes(array) {
            let matrix_solves = tile.rows.min(self.bit_lines.len());
            if self.solves as usize >= matrix_solves && !self.answers.is_complete {
                self.complete(array, tile).map_err(without_law)?;
            }
            if rows.len() == 1 || self.answers.is_complete {
                self.add_rows(array, (rows, first), sums).map_err(without_law)?;
                let driven = array.at_read_voltage(rows.iter().map(|&row| row as usize - first));
                return if array.plan.energy { self.solve(array, driven, work) } else { Ok(()) };
            }
            self.solves += 1;
        }
        self.solve(array, array.at_read_voltage(rows.iter().map(|&row| row as usize - first)), work)?;
        for (sum, amperes) in sums.iter_mut().zip(self.bit_lines.chunks_exact(array.sums.planes)) {
            *sum += array.sums.per_ampere * pair(amperes);
        }
        self.add_variances(array, variances).map_err(SolveError::Law)
    }

    /// Adds the variances that the devices give to the currents of the last solve, A^2.
    pub(super) fn add_variances(&mut self, array: &Array, variances: &mut [f64]) -> Result<(), CellFault> {
        let Some(noise) = &mut self.noise else { return Ok(()) };
        let solver = &self.solver;
        noise.add(array, self.number, |voltages| solver.cell_voltages(voltages), variances)
    }

    fn add_rows(
        &mut self,
        array: &Array,
        (rows, first): (&[u32], usize),
        sums: &mut [f64],
    ) -> Result<(), SolveError> {
        for &row in rows {
            let row = row as usize - first;
            if !self.answers.is_known[row] {
                self.solver.transfer_row(row, &mut self.bit_lines)?;
                self.answers.keep(row, &self.bit_lines, array.sums.planes);
            }
            self.answers.rows.add(row, array.sums.per_siemens, sums);
        }
        Ok(())
    }

    /// Finds the operating point of a read. `driven` are word lines within the tile and their voltages, V.
    pub(super) fn solve(
        &mut self,
        array: &Array,
        driven: impl Iterator<Item = (usize, f64)>,
        work: &mut Work,
    ) -> Result<(), SolveError<CellFault>> {
        self.drive(driven);
        work.count(self.find_currents(array)?);
        if array.plan.energy {
            let power = self.solver.power().unwrap_or_default();
            work.energy += Energy::of(power, array.plan.read.width.si());
        }
        Ok(())
    }

    /// Drives word lines, counted within the tile, at their voltages, V, and leaves the others at rest.
    pub(super) fn drive(&mut self, driven: impl Iterator<Item = (usize, f64)>) {
        self.volts.fill(self.ends.rest_voltage().unwrap_or_default());
        self.driven.fill(false);
        for (row, volts) in driven {
            self.volts[row] = volts;
            self.driven[row] = true;
        }
    }

    /// Finds the current of each bit line with the word lines as they are driven.
    pub(super) fn find_currents(&mut self, array: &Array) -> Result<Report, SolveError<CellFault>> {
        self.ends.drive(&mut self.solver, &self.volts)?;
        if self.ends.rest_voltage().is_none() {
            self.ends.connect_drivers(&mut self.solver, &self.driven)?;
        }
        self.solver.reset();
        let report = match &mut self.law {
            None => self.solver.solve().map_err(without_law)?,
            Some(law) => self.solver.solve_cells(&mut Evaluation::of(array, self.number, law))?,
        };
        self.bit_lines.fill(0.0);
        self.ends.sense(&self.solver, &mut self.bit_lines);
        Ok(report)
    }
}

impl Answers {
    fn forget(&mut self) {
        self.is_known.fill(false);
        self.is_complete = false;
    }

    /// Keeps the row of the transfer matrix of one word line.
    fn keep(&mut self, row: usize, siemens: &[f64], planes: usize) {
        for (place, siemens) in self.rows.row_mut(row).iter_mut().zip(siemens.chunks_exact(planes)) {
            *place = pair(siemens) as f32;
        }
        self.is_known[row] = true;
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

impl Reader {
    /// Continues with the numbers of a checkpoint.
    pub fn restore(&mut self, solves: &[u32]) {
        for (tile, &solves) in self.tiles.iter_mut().zip(solves) {
            tile.solves = solves;
        }
    }
}

impl Array {
    /// The operating point of a read of one tile with resistive wires, and the voltages of its word lines, V; `None` with ideal
    /// wires. `rows` are the driven word lines, counted within the tile. The two bit lines of a signed pair stand side by
    /// side.
    ///
    /// # Errors
    ///
    /// Faults of the device, and a tile without an operating point.
    ///
    /// # Panics
    ///
    /// Where the array has no such tile or word line.
    pub fn operating_point(
        &self,
        number: usize,
        rows: &[usize],
    ) -> Result<Option<(OperatingPoint, Vec<f64>)>, ArrayFault> {
        let tile = &self.cells.tiles[number];
        let mut reader = self.reader();
        if reader.tiles.is_empty() {
            return Ok(None);
        }
        let reader = &mut reader.tiles[number];
        let unsolved = |error| self.unsolved("read", tile, error);
        reader.follow(self, tile).map_err(|error| unsolved(without_law(error)))?;
        reader.drive(self.at_read_voltage(rows.iter().copied()));
        reader.find_currents(self).map_err(unsolved)?;
        Ok(reader.solver.operating_point().map(|point| (point, reader.volts.clone())))
    }

    /// Word lines with the read voltage, V.
    pub(super) fn at_read_voltage(
        &self,
        rows: impl Iterator<Item = usize>,
    ) -> impl Iterator<Item = (usize, f64)> {
        let volts = self.plan.read.voltage.si();
        rows.map(move |row| (row, volts))
    }

    /// The first word line and bit line of a tile, and how many it has.
    ///
    /// # Panics
    ///
    /// Where the array has no such tile.
    pub fn tile_lines(&self, number: usize) -> [(usize, usize); 2] {
        let tile = &self.cells.tiles[number];
        [(tile.first_row, tile.rows), (tile.first_column, tile.columns)]
    }

    /// Whether the answers to word lines that are driven one after the other are together the answer to all of them at
    /// once: not where cells behind wires are nonlinear or undriven lines not at 0 V, nor where a converter rounds currents.
    pub fn superposes(&self) -> bool {
        let is_grounded = |wires: &Wiring| wires.ends.rest_voltage() == Some(0.0);
        let is_exact = self.plan.wires.as_ref().is_none_or(|wires| self.is_linear() && is_grounded(wires));
        is_exact && self.plan.periphery.adc.is_none()
    }

    /// Room for reads of this array. Where the array is restored from a checkpoint, a new one is needed.
    pub fn reader(&self) -> Reader {
        Reader::new(self)
    }

    /// What a checkpoint holds of a reader: the number of solves of each tile since a conductance changed.
    pub fn solves(&self, reader: &Reader) -> Vec<u32> {
        let tiles = self.cells.tiles.iter().zip(&reader.tiles);
        tiles.map(|(tile, reader)| reader.solves_of(tile)).collect()
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

    /// All spikes that reach the array at one moment drive their word lines together: adds to `volts` what each bit line
    /// does to its membrane, V, and to `counts` conversions and work. `rows` are ascending.
    pub fn read(
        &self,
        reader: &mut Reader,
        rows: &[u32],
        moment: Moment,
        counts: &mut ReadCounts,
        volts: &mut [f64],
    ) -> Result<(), ArrayFault> {
        let Some(periphery) = &self.periphery else {
            return (0..self.cells.tiles.len()).try_for_each(|number| {
                let tile = &self.cells.tiles[number];
                let sums = &mut volts[tile.first_column..tile.first_column + tile.columns];
                self.add_sums(reader, number, tile.driven(rows), (sums, &mut []), &mut counts.work)
            });
        };
        let mut amperes = std::mem::take(&mut reader.amperes);
        let mut variances = std::mem::take(&mut reader.variances);
        let outcome = self.cells.tiles.iter().enumerate().try_for_each(|(number, tile)| {
            let driven = tile.driven(rows);
            let amperes = &mut amperes[..tile.columns * tile.plane_count()];
            let variances = &mut variances[..amperes.len()];
            amperes.fill(0.0);
            variances.fill(0.0);
            self.add_sums(reader, number, driven, (amperes, variances), &mut counts.work)?;
            self.add_variances(number, driven, variances);
            if !driven.is_empty() || self.is_biased() {
                let gains = self.cells.gains.get(number).map_or(&[][..], |gains| gains);
                let volts = &mut volts[tile.first_column..tile.first_column + tile.columns];
                periphery.sense(number, (amperes, variances, gains), moment, counts, volts);
            }
            Ok(())
        });
        reader.amperes = amperes;
        reader.variances = variances;
        outcome
    }

    /// Adds the sums of a read of one tile and, with resistive wires, the variances of noisy cells.
    fn add_sums(
        &self,
        reader: &mut Reader,
        number: usize,
        rows: &[u32],
        (sums, variances): (&mut [f64], &mut [f64]),
        work: &mut Work,
    ) -> Result<(), ArrayFault> {
        let tile = &self.cells.tiles[number];
        if let Some(amplitudes) = &mut reader.amplitudes {
            let tile_reader = reader.tiles.get_mut(number);
            return amplitudes
                .read(self, (number, tile_reader), rows, (sums, variances), work)
                .map_err(|error| self.unsolved("read", tile, error));
        }
        match reader.tiles.get_mut(number) {
            None => {
                for &row in rows {
                    let row = row as usize - tile.first_row;
                    tile.rows_at_read_voltage().add(row, self.sums.per_siemens, sums);
                }
                work.energy += self.ideal_read_energy(number, rows);
                Ok(())
            }
            Some(reader) => reader
                .read(self, tile, (rows, tile.first_row), (sums, variances), work)
                .map_err(|error| self.unsolved("read", tile, error)),
        }
    }
}
