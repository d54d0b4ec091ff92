//! A shape is what all tiles of one size share while they are written: room for the operating points of their cells, where
//! the voltages of devices follow their conductances.

use super::Array;
use super::access::Pairs;
use super::law::{CellFault, DeviceLaw, Evaluation};
use super::reader::without_law;
use super::tile::Tile;
use crate::circuit::{Circuit, Options, SolveError, Solver};
use crate::scenario::schema::Interconnect;

/// The largest change of a conductance, as a part of it, during which the voltages of a tile count as constant.
const LARGEST_CHANGE: f64 = 0.1;

/// The most parts of an interval.
const MOST_PARTS: f64 = 16.0;

/// Tiles of one shape whose devices change their voltages while they are written.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The cells at the start of the last part of an interval.
    pub(super) law: DeviceLaw,
    /// The conductances of the devices then, S.
    pub(super) before: Vec<f64>,
    /// The same at its end.
    pub(super) after: Vec<f64>,
    /// Absent with ideal wires.
    pub(super) wired: Option<Wired>,
}

/// The resistive wires of a shape.
#[derive(Clone, Debug)]
pub(super) struct Wired {
    interconnect: Interconnect,
    solver: Solver,
    /// The conductances of linear cells at the last solve, S.
    siemens: Vec<f64>,
    /// Their voltages, V. Both word lines x bit lines.
    pub(super) volts: Vec<f64>,
    /// The voltage of each bit line, V.
    pub(super) bits: Vec<f64>,
}

impl Shape {
    /// Tiles like this one, whose cells are such pairs.
    pub(super) fn new(tile: &Tile, pairs: Option<&Pairs>, wired: Option<Wired>) -> Shape {
        let siemens = || vec![0.0; tile.rows * tile.columns * tile.plane_count()];
        Shape { law: DeviceLaw::of(tile, pairs), before: siemens(), after: siemens(), wired }
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
    pub(super) fn new(interconnect: Interconnect, circuit: &Circuit) -> Wired {
        let count = circuit.word_lines() * circuit.bit_lines();
        Wired {
            interconnect,
            solver: Solver::new(circuit, Options::default()),
            siemens: vec![0.0; count],
            volts: vec![0.0; count],
            bits: vec![0.0; circuit.bit_lines()],
        }
    }

    /// Finds the voltages of the cells of a tile, whose word lines are at `words` and whose bit lines at `self.bits`.
    /// `law` has its state, and where gates are on along one bit line only, `gate` is that.
    pub(super) fn solve(
        &mut self,
        array: &Array,
        law: &mut DeviceLaw,
        number: usize,
        words: &[f64],
        gate: Option<usize>,
    ) -> Result<(), SolveError<CellFault>> {
        let (device, tile) = (&array.device, &array.cells.tiles[number]);
        self.interconnect.drive(&mut self.solver, &words[..tile.rows])?;
        self.interconnect.hold(&mut self.solver, &self.bits)?;
        self.solver.reset();
        if array.is_linear() {
            self.siemens.copy_from_slice(tile.siemens());
            if let Some(gate) = gate {
                let bit_lines = (0..self.bits.len()).cycle();
                let others = self.siemens.iter_mut().zip(bit_lines).filter(|(_, line)| *line != gate);
                others.for_each(|(siemens, _)| *siemens = 0.0);
            }
            self.solver.set_conductances(&self.siemens)?;
            self.solver.solve().map_err(without_law)?;
        } else {
            let stuck = (&array.stuck, number);
            self.solver.solve_cells(&mut Evaluation { law, device, stuck, gate })?;
        }
        self.solver.cell_voltages(&mut self.volts);
        Ok(())
    }
}
