//! A course is how the cells of a tile come through a part of an interval in which the voltages of devices follow their
//! conductances: where they start, the operating point there, and what they conduct before and after.

use super::Array;
use super::access::Pairs;
use super::interconnect::Ends;
use super::law::{CellFault, DeviceLaw, Evaluation};
use super::reader::without_law;
use super::tile::Tile;
use crate::circuit::{Circuit, Options, Power, Report, SolveError, Solver};

/// The largest change of a conductance, as a part of it, during which the voltages of a tile count as constant.
const LARGEST_CHANGE: f64 = 0.1;

/// The most parts of an interval.
const MOST_PARTS: f64 = 16.0;

/// Room for a course, for tiles of one size and circuit.
#[derive(Clone, Debug)]
pub(super) struct Course {
    /// The cells at the start.
    pub(super) law: DeviceLaw,
    /// The conductances of the devices then, S.
    pub(super) before: Vec<f64>,
    /// The same at its end.
    pub(super) after: Vec<f64>,
    /// Absent with ideal wires.
    pub(super) wired: Option<Wired>,
}

/// Resistive wires.
#[derive(Clone, Debug)]
pub(super) struct Wired {
    ends: Ends,
    solver: Solver,
    /// The conductances of linear cells at the last solve, S.
    siemens: Vec<f64>,
    /// Their voltages, V. Both word lines x bit lines.
    pub(super) volts: Vec<f64>,
    /// The voltage of each bit line, V, and whether something holds it there.
    pub(super) bits: Vec<f64>,
    pub(super) held: Vec<bool>,
}

impl Course {
    /// Tiles like this one, whose cells are such pairs.
    pub(super) fn new(tile: &Tile, pairs: Option<&Pairs>, wired: Option<Wired>) -> Course {
        let siemens = || vec![0.0; tile.rows * tile.columns * tile.plane_count()];
        Course { law: DeviceLaw::of(tile, pairs), before: siemens(), after: siemens(), wired }
    }

    /// Whether it is for tiles like this one with this circuit.
    pub(super) fn suits(&self, tile: &Tile, circuit: Option<&Circuit>) -> bool {
        let own = &self.law.tile;
        let circuits = (self.wired.as_ref().map(|wired| wired.solver.circuit()), circuit);
        (own.rows, own.columns) == (tile.rows, tile.columns) && circuits.0 == circuits.1
    }

    /// In how many parts conductances should have gone from where they were to where they are.
    pub(super) fn parts(&self) -> u8 {
        let change = |(&before, &after): (&f64, &f64)| {
            if before == after { 0.0 } else { (after / before - 1.0).abs() }
        };
        let largest = self.before.iter().zip(&self.after).map(change).fold(0.0, f64::max);
        (largest / LARGEST_CHANGE).ceil().clamp(1.0, MOST_PARTS) as u8
    }
}

impl Wired {
    /// The wires of tiles with this circuit.
    pub(super) fn new(ends: Ends, circuit: &Circuit) -> Wired {
        let count = circuit.word_lines() * circuit.bit_lines();
        Wired {
            ends,
            solver: Solver::new(circuit, Options::default()),
            siemens: vec![0.0; count],
            volts: vec![0.0; count],
            bits: vec![0.0; circuit.bit_lines()],
            held: vec![false; circuit.bit_lines()],
        }
    }

    /// Finds the voltages of the cells of the tile of this number, whose state `law` has. Its word lines are at `words`
    /// where they are held, its bit lines likewise at `self.bits`. Where gates are on along one bit line only, `gate` is
    /// that.
    pub(super) fn solve(
        &mut self,
        array: &Array,
        (law, number): (&mut DeviceLaw, usize),
        (words, held): (&[f64], &[bool]),
        gate: Option<usize>,
    ) -> Result<Report, SolveError<CellFault>> {
        let (device, tile) = (&array.device, &array.cells.tiles[number]);
        self.ends.drive(&mut self.solver, &words[..tile.rows])?;
        self.ends.hold(&mut self.solver, &self.bits)?;
        self.ends.connect_drivers(&mut self.solver, &held[..tile.rows])?;
        self.ends.connect_senses(&mut self.solver, &self.held)?;
        self.solver.reset();
        let report = if array.is_linear() {
            self.siemens.copy_from_slice(tile.siemens());
            if let Some(gate) = gate {
                let bit_lines = (0..self.bits.len()).cycle();
                let others = self.siemens.iter_mut().zip(bit_lines).filter(|(_, line)| *line != gate);
                others.for_each(|(siemens, _)| *siemens = 0.0);
            }
            self.solver.set_conductances(&self.siemens)?;
            self.solver.solve().map_err(without_law)?
        } else {
            let stuck = (&array.stuck, number);
            let variation = &array.variation;
            self.solver.solve_cells(&mut Evaluation { law, device, stuck, variation, gate })?
        };
        self.solver.cell_voltages(&mut self.volts);
        Ok(report)
    }

    /// The power of the last solve, W.
    pub(super) fn power(&self) -> Power {
        self.solver.power().unwrap_or_default()
    }
}
