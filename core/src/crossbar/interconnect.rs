//! An interconnect is the wiring of a tile: which circuit its word lines, bit lines, drivers and sense circuits make.
//!
//! A signed pair stands on adjacent bit lines: synapse j of a tile has g+ on bit line 2 j and g- on bit line 2 j + 1.

use crate::circuit::{self, Circuit, CircuitError, Layout, Segments, Side, Solver};
use crate::scenario::schema::{BitEnds, EndSegments, Interconnect, Undriven, Wires, WordEnds};

use super::tile::Tile;

impl Interconnect {
    /// The circuit of a tile with so many word lines and bit lines.
    pub(super) fn circuit(&self, word_lines: usize, bit_lines: usize) -> Result<Circuit, CircuitError> {
        let mut layout = Layout::new(word_lines, bit_lines, self.segment.si());
        layout.bit_segments = Segments::Uniform(self.bit_segment.unwrap_or(self.segment).si());
        layout.end_segments = match self.end_segments {
            EndSegments::EveryEnd => circuit::EndSegments::EveryEnd,
            EndSegments::BitLines => circuit::EndSegments::BitLines,
            EndSegments::Absent => circuit::EndSegments::Absent,
        };
        for &side in self.driver_sides() {
            layout = layout.connect(side, 0.0, self.driver.si());
        }
        for &side in self.sense_sides() {
            layout = layout.connect(side, 0.0, self.sense.si());
        }
        Circuit::new(layout)
    }

    /// The voltage of word lines without a spike, V.
    pub(super) fn rest_voltage(&self) -> f64 {
        match self.undriven {
            Undriven::Grounded => 0.0,
            Undriven::Biased(voltage) => voltage.si(),
        }
    }

    /// Puts the voltages of a read on the word lines, V.
    pub(super) fn drive(&self, solver: &mut Solver, volts: &[f64]) -> Result<(), CircuitError> {
        self.driver_sides().iter().try_for_each(|&side| solver.set_sources(side, volts))
    }

    /// Puts the voltages of a write on the bit lines, V.
    pub(super) fn hold(&self, solver: &mut Solver, volts: &[f64]) -> Result<(), CircuitError> {
        self.sense_sides().iter().try_for_each(|&side| solver.set_sources(side, volts))
    }

    /// Adds the current of each bit line of the last solve, A.
    pub(super) fn sense(&self, solver: &Solver, amperes: &mut [f64]) {
        for &side in self.sense_sides() {
            for (sum, current) in amperes.iter_mut().zip(solver.currents(side)) {
                *sum += current;
            }
        }
    }

    fn driver_sides(&self) -> &'static [Side] {
        match self.drivers {
            WordEnds::Left => &[Side::Left],
            WordEnds::Right => &[Side::Right],
            WordEnds::Both => &[Side::Left, Side::Right],
        }
    }

    fn sense_sides(&self) -> &'static [Side] {
        match self.senses {
            BitEnds::Top => &[Side::Top],
            BitEnds::Bottom => &[Side::Bottom],
            BitEnds::Both => &[Side::Top, Side::Bottom],
        }
    }
}

/// The interconnect of resistive wires.
pub(super) fn interconnect_of(wires: &Wires) -> Option<Interconnect> {
    match wires {
        Wires::Ideal => None,
        Wires::Exact(interconnect) | Wires::Sweeps(_, interconnect) => Some(*interconnect),
    }
}

/// The circuits of all tiles; none with ideal wires.
pub(super) fn circuits(wires: &Wires, tiles: &[Tile]) -> Result<Vec<Circuit>, CircuitError> {
    let Some(interconnect) = interconnect_of(wires) else { return Ok(Vec::new()) };
    tiles.iter().map(|tile| interconnect.circuit(tile.rows, tile.columns * tile.plane_count())).collect()
}
