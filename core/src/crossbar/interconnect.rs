//! An interconnect is the wiring of a crossbar: which circuit the word lines, bit lines, drivers and sense circuits of each
//! tile make.

use std::path::Path;

use crate::circuit::{self, Circuit, CircuitError, Layout, Side, Solver};
use crate::scenario::schema::{BitEnds, Dac, EndSegments, Interconnect, Undriven, Wires, WordEnds};

use super::segments::{CrossbarSegments, SegmentError, Shape};
use super::tile::Tile;

/// Wires with resistance, and what they end in.
#[derive(Clone, Debug)]
pub struct Wiring {
    segments: CrossbarSegments,
    end_segments: circuit::EndSegments,
    /// The resistance of a driver and of a sense circuit, ohm.
    driver: f64,
    sense: f64,
    pub(super) ends: Ends,
    /// How many sweeps a read takes, where it is not exact.
    pub(super) sweeps: Option<usize>,
}

/// The ends of lines that have a terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    drivers: &'static [Side],
    senses: &'static [Side],
    undriven: Undriven,
}

impl Wiring {
    /// The wires of a crossbar; none where they are ideal. `files` are the resolved paths of `segment` and `bit_segment`
    /// where those are files.
    ///
    /// # Errors
    ///
    /// Segments that do not fit the crossbar, with the field of the interconnect at fault.
    pub fn new(
        wires: &Wires,
        shape: Shape,
        files: [Option<&Path>; 2],
    ) -> Result<Option<Wiring>, (String, SegmentError)> {
        let (interconnect, sweeps) = match wires {
            Wires::Ideal => return Ok(None),
            Wires::Exact(interconnect) => (interconnect, None),
            Wires::Sweeps(count, interconnect) => (interconnect, Some(*count as usize)),
        };
        Ok(Some(Wiring {
            segments: CrossbarSegments::new(interconnect, shape, files)?,
            end_segments: match interconnect.end_segments {
                EndSegments::EveryEnd => circuit::EndSegments::EveryEnd,
                EndSegments::BitLines => circuit::EndSegments::BitLines,
                EndSegments::Absent => circuit::EndSegments::Absent,
            },
            driver: interconnect.driver.si(),
            sense: interconnect.sense.si(),
            ends: Ends::of(interconnect),
            sweeps,
        }))
    }

    /// The SHA-256 of all segments that come from files, in hexadecimal; `None` where none does.
    pub fn sha256(&self) -> Option<String> {
        self.segments.sha256()
    }

    /// The circuit of a tile.
    fn circuit(&self, tile: &Tile) -> Result<Circuit, CircuitError> {
        let (word_segments, bit_segments) = self.segments.of_tile(tile);
        let mut layout = Layout {
            word_segments,
            bit_segments,
            end_segments: self.end_segments,
            ..Layout::new(tile.rows, tile.columns * tile.plane_count(), 1.0)
        };
        for &side in self.ends.drivers {
            layout = layout.connect(side, 0.0, self.driver);
        }
        for &side in self.ends.senses {
            layout = layout.connect(side, 0.0, self.sense);
        }
        self.segments.break_tile(tile, &mut layout);
        Circuit::new(layout)
    }
}

impl Ends {
    fn of(interconnect: &Interconnect) -> Ends {
        Ends {
            drivers: match interconnect.drivers {
                WordEnds::Left => &[Side::Left],
                WordEnds::Right => &[Side::Right],
                WordEnds::Both => &[Side::Left, Side::Right],
            },
            senses: match interconnect.senses {
                BitEnds::Top => &[Side::Top],
                BitEnds::Bottom => &[Side::Bottom],
                BitEnds::Both => &[Side::Top, Side::Bottom],
            },
            undriven: interconnect.undriven,
        }
    }

    /// Lets a converter round the voltage of word lines without a spike.
    pub(super) fn convert(&mut self, dac: Dac) {
        if let Undriven::Biased(voltage) = &mut self.undriven {
            *voltage = dac.convert(*voltage);
        }
    }

    /// The voltage of word lines without a spike, V; `None` where they float.
    pub(super) fn rest_voltage(&self) -> Option<f64> {
        match self.undriven {
            Undriven::Grounded => Some(0.0),
            Undriven::Biased(voltage) => Some(voltage.si()),
            Undriven::Floating => None,
        }
    }

    /// Puts voltages on the word lines, V.
    pub(super) fn drive(&self, solver: &mut Solver, volts: &[f64]) -> Result<(), CircuitError> {
        self.drivers.iter().try_for_each(|&side| solver.set_sources(side, volts))
    }

    /// Puts voltages on the bit lines, V.
    pub(super) fn hold(&self, solver: &mut Solver, volts: &[f64]) -> Result<(), CircuitError> {
        self.senses.iter().try_for_each(|&side| solver.set_sources(side, volts))
    }

    /// Lets all word lines float but the marked ones.
    pub(super) fn connect_drivers(&self, solver: &mut Solver, marked: &[bool]) -> Result<(), CircuitError> {
        self.drivers.iter().try_for_each(|&side| solver.set_terminals(side, marked))
    }

    /// Lets all bit lines float but the marked ones.
    pub(super) fn connect_senses(&self, solver: &mut Solver, marked: &[bool]) -> Result<(), CircuitError> {
        self.senses.iter().try_for_each(|&side| solver.set_terminals(side, marked))
    }

    /// Adds the current of each bit line of the last solve, A.
    pub(super) fn sense(&self, solver: &Solver, amperes: &mut [f64]) {
        for &side in self.senses {
            for (sum, current) in amperes.iter_mut().zip(solver.currents(side)) {
                *sum += current;
            }
        }
    }
}

/// The circuits of all tiles; none with ideal wires.
pub(super) fn circuits(wires: &Option<Wiring>, tiles: &[Tile]) -> Result<Vec<Circuit>, CircuitError> {
    wires.iter().flat_map(|wiring| tiles.iter().map(|tile| wiring.circuit(tile))).collect()
}
