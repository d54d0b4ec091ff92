//! A tile is one physical array: word lines times bit lines of cells, the state of each owned here.
//!
//! # Layout
//!
//! A post-synaptic update touches one bit line, a spike touches one word line, so there are two layouts. The state
//! that the device advances lies bit line by bit line: `state_count` columns of `padded_rows` f64 each, aligned to 64
//! bytes and padded to groups of 8 cells. The read copy lies word line by word line in f32: the conductance at the
//! read voltage (g+ - g- for signed pairs), half the memory traffic of a read at a relative error of 6e-8.

use serde::{Deserialize, Serialize};

use super::buffer::Buffer;
use crate::device::Cells;

/// Cells of one plane are padded to whole groups of this many.
pub(crate) const GROUP: usize = 8;

/// One physical array. Its read copy is not saved: it follows from the state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tile {
    /// The first logical row and column that this tile holds.
    pub(crate) first_row: usize,
    pub(crate) first_column: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    state_count: usize,
    /// One buffer per plane (g, or g+ and g-).
    planes: Vec<Buffer<f64>>,
    #[serde(skip, default = "no_read_copy")]
    read: Buffer<f32>,
}

fn no_read_copy() -> Buffer<f32> {
    Buffer::zeros(0)
}

impl Tile {
    pub(crate) fn new(
        (first_row, rows): (usize, usize),
        (first_column, columns): (usize, usize),
        plane_count: usize,
        state_count: usize,
    ) -> Tile {
        let mut tile = Tile {
            first_row,
            first_column,
            rows,
            columns,
            state_count,
            planes: Vec::new(),
            read: Buffer::zeros(0),
        };
        tile.planes = (0..plane_count).map(|_| Buffer::zeros(tile.column_length() * columns)).collect();
        tile.restore_read_copy();
        tile
    }

    /// Makes room for the read copy, which the caller fills column by column.
    pub(crate) fn restore_read_copy(&mut self) {
        self.read = Buffer::zeros(self.rows * self.row_stride());
    }

    /// Rows rounded up to whole groups.
    pub(crate) fn padded_rows(&self) -> usize {
        self.rows.next_multiple_of(GROUP)
    }

    fn column_length(&self) -> usize {
        self.state_count * self.padded_rows()
    }

    fn row_stride(&self) -> usize {
        self.columns.next_multiple_of(2 * GROUP)
    }

    /// Whether a logical column lies in this tile.
    pub(crate) fn holds_column(&self, column: usize) -> bool {
        (self.first_column..self.first_column + self.columns).contains(&column)
    }

    /// The cells of one bit line, padding included.
    pub(crate) fn cells(&mut self, plane: usize, column: usize) -> Cells<'_> {
        let (length, stride) = (self.column_length(), self.padded_rows());
        let state = &mut self.planes[plane].as_mut_slice()[column * length..(column + 1) * length];
        Cells { state, stride, count: stride }
    }

    /// Conductances of one word line at the read voltage, one per bit line, S.
    pub(crate) fn read_row(&self, row: usize) -> &[f32] {
        let start = row * self.row_stride();
        &self.read.as_slice()[start..start + self.columns]
    }

    /// Replaces the read copy of one bit line by conductances, one per word line, S.
    pub(crate) fn write_read_column(&mut self, column: usize, conductances: &[f64]) {
        let stride = self.row_stride();
        let places = self.read.as_mut_slice()[column..].iter_mut().step_by(stride);
        for (place, &conductance) in places.zip(&conductances[..self.rows]) {
            *place = conductance as f32;
        }
    }
}
