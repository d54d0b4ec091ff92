//! A fault of an array is a fault of its device, with the place of the cell.

use crate::device::DeviceFault;

/// A device's fault, with the place of its cell.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "projection `{projection}`, tile at word line {first_row} and bit line {first_column}, bit line {column}{row}: {fault}"
)]
pub struct ArrayFault {
    /// The projection of the array.
    pub projection: String,
    /// The first word line of the tile.
    pub first_row: usize,
    /// The first bit line of the tile.
    pub first_column: usize,
    /// The bit line, in the projection's numbers.
    pub column: usize,
    pub(super) row: Place,
    /// What the device reported, or what is wrong with its answer.
    #[source]
    pub fault: Box<DeviceFault>,
}

/// The word line of a fault, where it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(pub(super) Option<usize>);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |row| write!(f, ", word line {row}"))
    }
}
