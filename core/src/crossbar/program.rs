//! Programming writes one bit line with pulses that go through the array: scheme and wires put a voltage on every cell of
//! the tiles that hold the bit line, and the device advances at it, selected or not.
//!
//! # How
//!
//! 1. A rule asks for pulses, from the conductances before the update.
//! 2. First all sets go out, then all resets; of a signed pair first the sets of g+, then the sets of g-, each with its own
//!    bit line as the written one. A phase without a request does not take place.
//! 3. Each interval of a [`Phase`] has constant line voltages. With ideal wires a cell sees their difference. With resistive
//!    wires it sees the operating point at the conductances with which the interval starts; sources of bit lines sit where
//!    their sense circuits do, behind the same resistance.
//! 4. With resistive wires an interval in which some conductance moves by more than [`LARGEST_CHANGE`] of itself is taken
//!    back and repeated in equal parts, at most [`MOST_PARTS`], each with an operating point of its own.
//!
//! # Invariants
//!
//! Every solve starts from 0 V and every random number is keyed by its cell, the number of the update, the phase, the
//! interval and the part; jitter, which is drawn once for a pulse, by its cell, the update and the phase. So what a write does follows from the cells and the counters of writes alone.

use super::fault::ArrayFault;
use super::interconnect::Ends;
use super::law::{CellFault, DeviceLaw, Evaluation};
use super::phase::{PARTS, Phase};
use super::reader::without_law;
use super::scheme::Lines;
use super::tile::{GROUP, Tile};
use super::{Array, ArrayPlan};
use crate::circuit::{Circuit, Options, SolveError, Solver};
use crate::device::{Device, DeviceFault};
use crate::random::{Purpose, Stream};
use crate::scenario::schema::{ProgramPulse, Pulses};

/// The largest change of a conductance, as a part of it, during which the voltages of a tile count as constant.
const LARGEST_CHANGE: f64 = 0.1;

/// The most parts of an interval.
const MOST_PARTS: f64 = 16.0;

/// What writing takes beside the array: its pulses and buffers.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pulses: Pulses,
    draws: Stream,
    phase: Phase,
    lines: Lines,
    /// The voltage of each word line, V, and whether something holds it there.
    words: Vec<f64>,
    held: Vec<bool>,
    /// The voltages of the cells of one bit line, padded to whole groups, V.
    volts: Vec<f64>,
    /// One for each circuit that tiles have; empty with ideal wires.
    wired: Vec<Wired>,
    /// The place of each tile among them.
    places: Vec<usize>,
}

/// Tiles of one circuit with resistive wires.
#[derive(Clone, Debug)]
struct Wired {
    ends: Ends,
    solver: Solver,
    /// The cells at the last solve.
    law: DeviceLaw,
    /// Their conductances, S.
    siemens: Vec<f64>,
    /// Their voltages, V. Both word lines x bit lines.
    volts: Vec<f64>,
    /// The voltage of each bit line, V, and whether something holds it there.
    bits: Vec<f64>,
    held: Vec<bool>,
}

/// The pulses of one phase in one tile.
#[derive(Clone, Copy)]
struct Target {
    tile: usize,
    /// The place of its circuit, with resistive wires.
    wired: Option<usize>,
    /// The written bit line of the tile; a signed pair has two.
    bit_line: usize,
    pulse: ProgramPulse,
    /// Tells this phase of this update from all others.
    number: u64,
}

impl Program {
    pub(super) fn new(plan: &ArrayPlan, pulses: Pulses, tiles: &[Tile], circuits: &[Circuit]) -> Program {
        let rows = tiles.iter().map(|tile| tile.rows).max().unwrap_or(0);
        let mut program = Program {
            pulses,
            draws: Stream::new(plan.device_seed, Purpose::Pulse, plan.number),
            phase: Phase::new(rows),
            lines: Lines::default(),
            words: vec![0.0; rows],
            held: vec![false; rows],
            volts: vec![0.0; rows.next_multiple_of(GROUP)],
            wired: Vec::new(),
            places: Vec::new(),
        };
        if let Some(wiring) = &plan.wires {
            for (tile, circuit) in tiles.iter().zip(circuits) {
                let place = program.wired.iter().position(|wired| wired.solver.circuit() == circuit);
                program.places.push(place.unwrap_or(program.wired.len()));
                if place.is_none() {
                    program.wired.push(Wired::new(wiring.ends, tile, circuit));
                }
            }
        }
        program
    }

    /// Puts the voltages on the word lines of the interval that starts at `part`.
    fn drive(&mut self, part: u8) {
        for (line, (volt, held)) in self.words.iter_mut().zip(&mut self.held).enumerate() {
            let voltage =
                if self.phase.drives(line, part) { Some(self.lines.driven) } else { self.lines.word };
            (*volt, *held) = (voltage.unwrap_or_default(), voltage.is_some());
        }
    }

    /// Finds the voltages of the cells of one bit line. Padding is at 0 V.
    fn find_volts(&mut self, target: &Target, bit_line: usize, rows: usize) {
        self.volts[rows..].fill(0.0);
        let volts = &mut self.volts[..rows];
        match target.wired {
            None => {
                let is_written = bit_line == target.bit_line;
                let bit = if is_written { self.lines.written } else { self.lines.bit.unwrap_or_default() };
                volts.iter_mut().zip(&self.words).for_each(|(volt, word)| *volt = word - bit);
            }
            Some(place) => {
                let Wired { volts: all, bits, .. } = &self.wired[place];
                let line = all[bit_line..].iter().step_by(bits.len());
                volts.iter_mut().zip(line).for_each(|(volt, found)| *volt = *found);
            }
        }
    }

    /// Finds the operating point of a tile with resistive wires.
    fn solve(&mut self, array: &Array, target: &Target, place: usize) -> Result<(), SolveError<CellFault>> {
        let wired = &mut self.wired[place];
        wired.bits.fill(self.lines.bit.unwrap_or_default());
        wired.held.fill(self.lines.bit.is_some());
        (wired.bits[target.bit_line], wired.held[target.bit_line]) = (self.lines.written, true);
        wired.solve(array, target.tile, (&self.words, &self.held))
    }
}

impl Wired {
    fn new(ends: Ends, tile: &Tile, circuit: &Circuit) -> Wired {
        let count = circuit.word_lines() * circuit.bit_lines();
        Wired {
            ends,
            solver: Solver::new(circuit, Options::default()),
            law: DeviceLaw::of(tile),
            siemens: vec![0.0; count],
            volts: vec![0.0; count],
            bits: vec![0.0; circuit.bit_lines()],
            held: vec![false; circuit.bit_lines()],
        }
    }

    fn solve(
        &mut self,
        array: &Array,
        number: usize,
        (words, held): (&[f64], &[bool]),
    ) -> Result<(), SolveError<CellFault>> {
        let (device, tile) = (&array.device, &array.cells.tiles[number]);
        self.law.tile.copy_state(tile);
        self.siemens.copy_from_slice(tile.siemens());
        self.ends.drive(&mut self.solver, &words[..tile.rows])?;
        self.ends.hold(&mut self.solver, &self.bits)?;
        self.ends.connect_drivers(&mut self.solver, &held[..tile.rows])?;
        self.ends.connect_senses(&mut self.solver, &self.held)?;
        self.solver.reset();
        if device.is_linear() {
            self.solver.set_conductances(&self.siemens)?;
            self.solver.solve().map_err(without_law)?;
        } else {
            let stuck = (&array.stuck, number);
            let variation = &array.variation;
            self.solver.solve_cells(&mut Evaluation { law: &mut self.law, device, stuck, variation })?;
        }
        self.solver.cell_voltages(&mut self.volts);
        Ok(())
    }

    /// In how many parts conductances should have gone from where they were at the last solve to `siemens`.
    fn parts(&self, siemens: &[f64]) -> u8 {
        let change = |(&before, &after): (&f64, &f64)| {
            if before == after { 0.0 } else { (after / before - 1.0).abs() }
        };
        let largest = self.siemens.iter().zip(siemens).map(change).fold(0.0, f64::max);
        (largest / LARGEST_CHANGE).ceil().clamp(1.0, MOST_PARTS) as u8
    }
}

impl Array {
    /// Writes one bit line with program pulses.
    ///
    /// For each tile of the bit line, `rule(first row, conductances of each plane, strengths)` fills the wanted strengths,
    /// parts of a whole pulse from -1 to 1; the second plane is empty unless the array is signed. A positive strength sets
    /// g (or g+); a negative one resets g, or sets g- of a signed pair.
    ///
    /// # Errors
    ///
    /// Faults of the device, and tiles without an operating point. The cells must not be used any more.
    ///
    /// # Panics
    ///
    /// Where the plan of the array has no pulses.
    pub fn pulse_column(
        &mut self,
        column: usize,
        mut rule: impl FnMut(usize, [&[f64]; 2], &mut [f64]),
    ) -> Result<(), ArrayFault> {
        let Some(mut program) = self.program.take() else { panic!("the plan of this array has no pulses") };
        let update = self.cells.writes.iter().sum();
        let outcome = (0..self.cells.tiles.len()).try_for_each(|number| {
            if !self.cells.tiles[number].holds_column(column) {
                return Ok(());
            }
            self.ask(number, column, &mut rule)?;
            self.pulse_tile(&mut program, number, column, update)
        });
        self.program = Some(program);
        self.cells.writes[column] += 1;
        outcome
    }

    /// Carries out what was asked for of one bit line of one tile.
    fn pulse_tile(
        &mut self,
        program: &mut Program,
        number: usize,
        column: usize,
        update: u64,
    ) -> Result<(), ArrayFault> {
        let tile = &self.cells.tiles[number];
        let (rows, planes) = (tile.rows, tile.plane_count());
        let place = (column - tile.first_column) * planes;
        let wired = program.places.get(number).copied();
        let Pulses { set, reset, strength, .. } = program.pulses;
        let second = if self.plan.signed { (set, place + 1) } else { (reset, place) };
        for (order, (sign, (pulse, bit_line))) in
            [(1.0, (set, place)), (-1.0, second)].into_iter().enumerate()
        {
            let requests = &self.scratch.change[..rows];
            program.phase.take(requests.iter().map(|request| sign * request), strength);
            let target = Target { tile: number, wired, bit_line, pulse, number: update << 1 | order as u64 };
            self.pulse_phase(program, &target)?;
        }
        self.refresh_tile(number)
    }

    /// Sends out the pulses of one phase.
    fn pulse_phase(&mut self, program: &mut Program, target: &Target) -> Result<(), ArrayFault> {
        program.lines = program.pulses.scheme.lines(target.pulse.voltage.si());
        let mut from = 0;
        while let Some(to) = program.phase.next_end(from) {
            program.drive(from);
            let duration = target.pulse.width.si() * (f64::from(to - from) / f64::from(PARTS));
            match target.wired {
                None => self.advance(program, target, duration, (from, 0))?,
                Some(place) => self.advance_wired(program, target, place, duration, from)?,
            }
            from = to;
        }
        Ok(())
    }

    /// Advances the cells of a tile with resistive wires.
    fn advance_wired(
        &mut self,
        program: &mut Program,
        target: &Target,
        place: usize,
        duration: f64,
        from: u8,
    ) -> Result<(), ArrayFault> {
        let number = target.tile;
        self.solve(program, target, place)?;
        self.advance(program, target, duration, (from, 0))?;
        self.refresh_tile(number)?;
        let parts = program.wired[place].parts(self.cells.tiles[number].siemens());
        if parts == 1 {
            return Ok(());
        }
        self.cells.tiles[number].copy_state(&program.wired[place].law.tile);
        for part in 0..parts {
            if part > 0 {
                self.solve(program, target, place)?;
            }
            self.advance(program, target, duration / f64::from(parts), (from, part))?;
            self.refresh_tile(number)?;
        }
        Ok(())
    }

    fn solve(&self, program: &mut Program, target: &Target, place: usize) -> Result<(), ArrayFault> {
        let solved = program.solve(self, target, place);
        solved.map_err(|error| self.unsolved("write", &self.cells.tiles[target.tile], error))
    }

    /// Advances all cells of a tile at their voltages.
    fn advance(
        &mut self,
        program: &mut Program,
        target: &Target,
        duration: f64,
        (from, part): (u8, u8),
    ) -> Result<(), ArrayFault> {
        let tile = &self.cells.tiles[target.tile];
        let (rows, columns, first, planes) = (tile.rows, tile.columns, tile.first_column, tile.plane_count());
        for column in 0..columns {
            for plane in 0..planes {
                program.find_volts(target, column * planes + plane, rows);
                // An interval starts at one of 16 parts of the width, and is advanced in at most 16.
                let interval = target.number << 8 | u64::from(from) << 4 | u64::from(part);
                let draws = (program.draws, self.device.advance_draws());
                self.draw(draws, target.tile, first + column, interval << 1 | plane as u64);
                let tile = &mut self.cells.tiles[target.tile];
                let own = self.variation.during(target.number, target.tile, tile, (plane, column));
                let cells = tile.cells(plane, column).with(own);
                let advanced = self.device.advance(cells, &program.volts, duration, &self.scratch.uniform);
                advanced.map_err(|fault| self.fault(target.tile, first + column, fault))?;
            }
        }
        Ok(())
    }
}

/// Whether a whole pulse moves any of eight cells that are spread over the range of a device.
///
/// # Errors
///
/// Faults of the device.
pub fn pulse_moves(device: &Device, pulse: &ProgramPulse) -> Result<bool, DeviceFault> {
    const CELLS: usize = GROUP;
    let (low, high) = device.range();
    let mut tile = Tile::new((0, CELLS), (0, 1), 1, device.state_count());
    let start: Vec<f64> = (0..CELLS).map(|k| low + (high - low) * k as f64 / (CELLS - 1) as f64).collect();
    let uniform = vec![0.5; CELLS * device.initial_draws().max(device.advance_draws())];
    device.initial_state(tile.cells(0, 0), &start, &uniform)?;
    let (mut before, mut after) = ([0.0; CELLS], [0.0; CELLS]);
    device.conductance(tile.cells(0, 0), &mut before)?;
    device.advance(tile.cells(0, 0), &[pulse.voltage.si(); CELLS], pulse.width.si(), &uniform)?;
    device.conductance(tile.cells(0, 0), &mut after)?;
    Ok(before != after)
}
