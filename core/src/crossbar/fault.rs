//! A fault of an array is a fault of its device, with the place of the cell, or a read or write without an answer.

use crate::circuit::{CircuitError, SolveError};
use crate::device::DeviceFault;

use super::law::CellFault;
use super::tile::Tile;
use super::{Array, ArrayPlan};

/// What went wrong in an array, and where.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ArrayFault {
    /// A device failed, or its answer is wrong.
    #[error(
        "projection `{projection}`, tile at word line {first_row} and bit line {first_column}, bit line {column}{row}: {fault}"
    )]
    Device {
        /// The projection of the array.
        projection: String,
        /// The first word line of the tile.
        first_row: usize,
        /// The first bit line of the tile.
        first_column: usize,
        /// The bit line, in the projection's numbers.
        column: usize,
        /// The word line, where it is known.
        row: Place,
        /// What the device reported, or what is wrong with its answer.
        #[source]
        fault: Box<DeviceFault>,
    },
    /// A read or a write has no operating point that could be found.
    #[error(
        "projection `{projection}`, tile at word line {first_row} and bit line {first_column}: the {what} cannot be solved: {reason}"
    )]
    Unsolved {
        /// "read" or "write".
        what: &'static str,
        /// The projection of the array.
        projection: String,
        /// The first word line of the tile.
        first_row: usize,
        /// The first bit line of the tile.
        first_column: usize,
        /// What the solver found; lines are counted within the tile.
        reason: String,
    },
}

/// The word line of a fault, where it is known.
#[derive(Clone, Copy, Debug)]
pub struct Place(pub(super) Option<usize>);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |row| write!(f, ", word line {row}"))
    }
}

impl Array {
    pub(super) fn fault(&self, number: usize, column: usize, fault: DeviceFault) -> ArrayFault {
        self.device_fault(&self.cells.tiles[number], column, fault)
    }

    fn device_fault(&self, tile: &Tile, column: usize, fault: DeviceFault) -> ArrayFault {
        let row = fault.cell.filter(|&cell| cell < tile.rows).map(|cell| tile.first_row + cell);
        ArrayFault::Device {
            projection: self.plan.projection.clone(),
            first_row: tile.first_row,
            first_column: tile.first_column,
            column,
            row: Place(row),
            fault: Box::new(fault),
        }
    }

    /// A read or a write (`what`) of a tile that has no answer.
    pub(super) fn unsolved(
        &self,
        what: &'static str,
        tile: &Tile,
        error: SolveError<CellFault>,
    ) -> ArrayFault {
        match error {
            SolveError::Law(CellFault { column, fault }) => {
                self.device_fault(tile, tile.first_column + column, fault)
            }
            error => ArrayFault::Unsolved {
                what,
                projection: self.plan.projection.clone(),
                first_row: tile.first_row,
                first_column: tile.first_column,
                reason: error.to_string(),
            },
        }
    }
}

/// The fault of an array whose wires make no circuit.
pub(super) fn no_circuit(plan: &ArrayPlan, error: &CircuitError) -> ArrayFault {
    let projection = plan.projection.clone();
    ArrayFault::Unsolved {
        what: "read",
        projection,
        first_row: 0,
        first_column: 0,
        reason: error.to_string(),
    }
}
