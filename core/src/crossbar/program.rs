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
//!    their sense circuits do, behind the same resistance. Lines that float have none. Of the voltage of a cell its device
//!    gets what the access element leaves; cells whose gates are off are open, and their devices get 0 V.
//! 4. With resistive wires or access elements an interval in which the conductance of some device moves by more than a
//!    tenth of itself is taken back and repeated in equal parts, at most 16, each with an operating point of its own.
//!
//! Bit lines whose devices are all at 0 V are passed over: there only the state of a volatile model changes.
//!
//! # Invariants
//!
//! Every solve starts from 0 V and every random number is keyed by its cell, the number of the update, the phase, the
//! interval and the part; jitter, which is drawn once for a pulse, by its cell, the update and the phase. So what a write
//! does follows from the cells and the counters of writes alone.

use super::access::{Access, Pairs};
use super::course::{Course, Wired};
use super::fault::ArrayFault;
use super::law::{CellFault, Devices};
use super::phase::{PARTS, Phase};
use super::scheme::Lines;
use super::select::Selected;
use super::tile::{GROUP, Tile};
use super::work::Energy;
use super::{Array, ArrayPlan};
use crate::circuit::{Circuit, Power, Report, SolveError};
use crate::device::{Device, DeviceFault};
use crate::random::{Purpose, Stream};
use crate::scenario::schema::{ProgramPulse, Pulses, Scheme, Strength};

/// What writing takes beside the array: its pulses and buffers.
#[derive(Clone, Debug)]
pub(super) struct Program {
    draws: Stream,
    phase: Phase,
    lines: Lines,
    /// The voltage of each word line, V, and whether something holds it there.
    words: Vec<f64>,
    held: Vec<bool>,
    /// The voltages of the cells of one bit line, padded to whole groups, V.
    volts: Vec<f64>,
    /// One for each circuit, or size, that tiles have; empty with ideal wires and no access elements.
    courses: Vec<Course>,
    /// The place of each tile among them.
    places: Vec<usize>,
}

/// The pulses of one phase in one tile.
#[derive(Clone, Copy)]
struct Target {
    tile: usize,
    /// The place of its course, where it has one.
    course: Option<usize>,
    /// The written bit line of the tile; a signed pair has two.
    bit_line: usize,
    pulse: ProgramPulse,
    scheme: Scheme,
    /// Tells this phase of this update from all others.
    number: u64,
}

impl Program {
    /// `tiles` come with their circuits, where they have any.
    pub(super) fn new(
        plan: &ArrayPlan,
        (tiles, circuits): (&[Tile], &[Circuit]),
        pairs: Option<&Pairs>,
    ) -> Program {
        let rows = tiles.iter().map(|tile| tile.rows).max().unwrap_or(0);
        let mut program = Program {
            draws: Stream::new(plan.device_seed, Purpose::Pulse, plan.number),
            phase: Phase::new(rows),
            lines: Lines::default(),
            words: vec![0.0; rows],
            held: vec![false; rows],
            volts: vec![0.0; rows.next_multiple_of(GROUP)],
            courses: Vec::new(),
            places: Vec::new(),
        };
        if plan.wires.is_some() || pairs.is_some() {
            for (number, tile) in tiles.iter().enumerate() {
                let circuit = circuits.get(number);
                let place = program.courses.iter().position(|course| course.suits(tile, circuit));
                program.places.push(place.unwrap_or(program.courses.len()));
                if place.is_none() {
                    let wired = plan.wires.as_ref().zip(circuit);
                    let wired = wired.map(|(wiring, circuit)| Wired::new(wiring.ends, circuit));
                    program.courses.push(Course::new(tile, pairs, wired));
                }
            }
        }
        program
    }

    /// Where gates are on along one bit line only: which.
    fn gate(&self, target: &Target) -> Option<usize> {
        (target.scheme == Scheme::Gated).then_some(target.bit_line)
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
        match target.course.and_then(|place| self.courses[place].wired.as_ref()) {
            None => {
                let is_written = bit_line == target.bit_line;
                let bit = if is_written { self.lines.written } else { self.lines.bit.unwrap_or_default() };
                volts.iter_mut().zip(&self.words).for_each(|(volt, word)| *volt = word - bit);
            }
            Some(Wired { volts: all, bits, .. }) => {
                let line = all[bit_line..].iter().step_by(bits.len());
                volts.iter_mut().zip(line).for_each(|(volt, found)| *volt = *found);
            }
        }
    }

    /// Starts a part of an interval: finds the operating point of the tile, where its wires have resistance.
    /// Returns the report of its solve.
    fn start(
        &mut self,
        array: &Array,
        target: &Target,
        place: usize,
    ) -> Result<Option<Report>, SolveError<CellFault>> {
        let gate = self.gate(target);
        let Course { law, wired, .. } = &mut self.courses[place];
        law.tile.copy_state(&array.cells.tiles[target.tile]);
        let Some(wired) = wired else { return Ok(None) };
        wired.bits.fill(self.lines.bit.unwrap_or_default());
        wired.held.fill(self.lines.bit.is_some());
        (wired.bits[target.bit_line], wired.held[target.bit_line]) = (self.lines.written, true);
        wired.solve(array, (law, target.tile), (&self.words, &self.held), gate).map(Some)
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
        let Some(pulses) = self.plan.pulses else { panic!("the plan of this array has no pulses") };
        let mut program = self.take_program();
        let update = self.cells.writes.iter().sum();
        let outcome = (0..self.cells.tiles.len()).try_for_each(|number| {
            if !self.cells.tiles[number].holds_column(column) {
                return Ok(());
            }
            self.ask(number, column, &mut rule)?;
            self.pulse_tile(&mut program, &pulses, (number, column), update)
        });
        self.program = Some(program);
        self.cells.writes[column] += 1;
        outcome
    }

    /// Sends one whole pulse to one cell of an array. The read copy of its tile is left as it is with ideal wires.
    pub(super) fn pulse_cell(
        &mut self,
        selected: &Selected,
        pulse: ProgramPulse,
        scheme: Scheme,
    ) -> Result<(), ArrayFault> {
        let &Selected { tile: number, plane, row, column } = selected;
        let mut program = self.take_program();
        let tile = &self.cells.tiles[number];
        let (driven, planes) = (row - tile.first_row, tile.plane_count());
        let requests = (0..tile.rows).map(|line| if line == driven { 1.0 } else { 0.0 });
        program.phase.take(requests, Strength::Fixed);
        let target = Target {
            tile: number,
            course: program.places.get(number).copied(),
            bit_line: (column - tile.first_column) * planes + plane,
            pulse,
            scheme,
            number: self.cells.writes.iter().sum::<u64>() << 1,
        };
        let outcome = self.pulse_phase(&mut program, &target);
        self.program = Some(program);
        self.cells.writes[column] += 1;
        outcome
    }

    /// What writing takes, made where nothing was written before.
    fn take_program(&mut self) -> Box<Program> {
        let program = self.program.take();
        program.unwrap_or_else(|| {
            let tiles = (&self.cells.tiles[..], &self.circuits[..]);
            Box::new(Program::new(&self.plan, tiles, self.pairs.as_ref()))
        })
    }

    /// Carries out what was asked for of one bit line of one tile.
    fn pulse_tile(
        &mut self,
        program: &mut Program,
        &Pulses { set, reset, strength, scheme }: &Pulses,
        (number, column): (usize, usize),
        update: u64,
    ) -> Result<(), ArrayFault> {
        let tile = &self.cells.tiles[number];
        let (rows, planes) = (tile.rows, tile.plane_count());
        let place = (column - tile.first_column) * planes;
        let course = program.places.get(number).copied();
        let second = if self.plan.signed { (set, place + 1) } else { (reset, place) };
        for (order, (sign, (pulse, bit_line))) in
            [(1.0, (set, place)), (-1.0, second)].into_iter().enumerate()
        {
            let requests = &self.scratch.change[..rows];
            program.phase.take(requests.iter().map(|request| sign * request), strength);
            let number_of_phase = update << 1 | order as u64;
            let target = Target { tile: number, course, bit_line, pulse, scheme, number: number_of_phase };
            self.pulse_phase(program, &target)?;
        }
        self.refresh_tile(number)
    }

    /// Sends out the pulses of one phase.
    fn pulse_phase(&mut self, program: &mut Program, target: &Target) -> Result<(), ArrayFault> {
        program.lines = target.scheme.lines(target.pulse.voltage.si());
        self.cells.written.pulses += program.phase.count();
        let mut from = 0;
        while let Some(to) = program.phase.next_end(from) {
            program.drive(from);
            let duration = target.pulse.width.si() * (f64::from(to - from) / f64::from(PARTS));
            match target.course {
                None => {
                    let power = self.pulse_power(program, target)?;
                    self.advance(program, target, duration, (from, 0))?;
                    self.cells.written.energy += Energy::of(power, duration);
                }
                Some(place) => self.advance_in_parts(program, target, place, duration, from)?,
            }
            from = to;
        }
        Ok(())
    }

    /// Advances the cells of a tile in which the voltages of devices follow their conductances.
    fn advance_in_parts(
        &mut self,
        program: &mut Program,
        target: &Target,
        place: usize,
        duration: f64,
        from: u8,
    ) -> Result<(), ArrayFault> {
        let number = target.tile;
        self.start(program, target, place)?;
        let mut power = self.pulse_power(program, target)?;
        self.load_tile(number, &mut program.courses[place].before)?;
        self.advance(program, target, duration, (from, 0))?;
        self.refresh_wired(number)?;
        self.load_tile(number, &mut program.courses[place].after)?;
        let parts = program.courses[place].parts();
        if parts == 1 {
            self.cells.written.energy += Energy::of(power, duration);
            return Ok(());
        }
        let duration = duration / f64::from(parts);
        self.cells.tiles[number].copy_state(&program.courses[place].law.tile);
        for part in 0..parts {
            if part > 0 {
                self.start(program, target, place)?;
                power = self.pulse_power(program, target)?;
            }
            self.advance(program, target, duration, (from, part))?;
            self.cells.written.energy += Energy::of(power, duration);
            self.refresh_wired(number)?;
        }
        Ok(())
    }

    fn start(&mut self, program: &mut Program, target: &Target, place: usize) -> Result<(), ArrayFault> {
        let report = program
            .start(self, target, place)
            .map_err(|error| self.unsolved("write", &self.cells.tiles[target.tile], error))?;
        if let Some(report) = report {
            self.cells.written.count(report);
        }
        Ok(())
    }

    /// The power of a tile at the start of an interval, W; zero unless energy is asked for.
    fn pulse_power(&mut self, program: &mut Program, target: &Target) -> Result<Power, ArrayFault> {
        let mut power = Power::default();
        if !self.plan.energy {
            return Ok(power);
        }
        if let Some(wired) = target.course.and_then(|place| program.courses[place].wired.as_ref()) {
            return Ok(wired.power());
        }
        let tile = &self.cells.tiles[target.tile];
        let (rows, columns, first, planes) = (tile.rows, tile.columns, tile.first_column, tile.plane_count());
        let padded = tile.padded_rows();
        for bit_line in 0..columns * planes {
            if program.gate(target).is_some_and(|gate| gate != bit_line) {
                continue;
            }
            program.find_volts(target, bit_line, rows);
            let volts = &program.volts[..padded];
            if volts.iter().any(|volts| *volts != 0.0) {
                let place = (target.tile, bit_line % planes, first + bit_line / planes);
                power.cells += self.line_power(place, volts)?;
            }
        }
        Ok(power)
    }

    /// Brings the read copy up to date where the next solve needs it.
    fn refresh_wired(&mut self, number: usize) -> Result<(), ArrayFault> {
        if self.circuits.is_empty() { Ok(()) } else { self.refresh_tile(number) }
    }

    /// Reads the conductances of all devices of a tile, in some order that is always the same, S.
    fn load_tile(&mut self, number: usize, siemens: &mut [f64]) -> Result<(), ArrayFault> {
        let tile = &self.cells.tiles[number];
        if self.pairs.is_none() {
            siemens.copy_from_slice(tile.siemens());
            return Ok(());
        }
        let (rows, first, planes) = (tile.rows, tile.first_column, tile.plane_count());
        for (column, line) in siemens.chunks_exact_mut(planes * rows).enumerate() {
            self.load(number, first + column)?;
            for (out, plane) in line.chunks_exact_mut(rows).zip(&self.scratch.conductance) {
                out.copy_from_slice(&plane[..rows]);
            }
        }
        Ok(())
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
                let bit_line = column * planes + plane;
                if program.gate(target).is_some_and(|gate| gate != bit_line) {
                    program.volts.fill(0.0);
                } else {
                    program.find_volts(target, bit_line, rows);
                    self.load_device_volts(target.tile, plane, first + column, &mut program.volts)?;
                }
                if program.volts.iter().all(|volts| *volts == 0.0) && !self.device.model().is_volatile() {
                    continue;
                }
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

/// The largest change that a whole pulse makes to any of eight cells that are spread over the range of a device, behind its
/// access element, S.
///
/// # Errors
///
/// Faults of the device, or of the model that is its selector.
pub fn pulse_change(
    device: &Device,
    access: Option<&Access>,
    pulse: &ProgramPulse,
) -> Result<f64, DeviceFault> {
    const CELLS: usize = GROUP;
    let (low, high) = device.range();
    let mut tile = Tile::new((0, CELLS), (0, 1), 1, device.state_count());
    let start: Vec<f64> = (0..CELLS).map(|k| low + (high - low) * k as f64 / (CELLS - 1) as f64).collect();
    let uniform = vec![0.5; CELLS * device.initial_draws().max(device.advance_draws())];
    device.initial_state(tile.cells(0, 0), &start, &uniform)?;
    let (mut before, mut after) = ([0.0; CELLS], [0.0; CELLS]);
    device.conductance(tile.cells(0, 0), &mut before)?;
    let mut volts = vec![pulse.voltage.si(); CELLS];
    if let Some(access) = access {
        let mut pairs = Pairs::new(access, CELLS);
        Devices::sound(device, tile.cells(0, 0)).settle(&mut pairs, &volts)?;
        volts = pairs.volts;
    }
    device.advance(tile.cells(0, 0), &volts, pulse.width.si(), &uniform)?;
    device.conductance(tile.cells(0, 0), &mut after)?;
    Ok(before.iter().zip(&after).fold(0.0, |most: f64, (before, after)| most.max((after - before).abs())))
}
