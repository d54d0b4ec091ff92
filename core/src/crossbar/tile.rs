//! A tile is one physical array: word lines times bit lines of cells, the state of each owned here.
//!
//! # Layout
//!
//! A post-synaptic update touches one bit line, a spike touches one word line, so there are two layouts. The state
//! that the device advances lies bit line by bit line: `state_count` columns of `padded_rows` f64 each, aligned to 64
//! bytes and padded to groups of 8 cells. The read copy lies word line by word line: with ideal wires in f32 the
//! conductance at the read voltage (g+ - g- for signed pairs), with resistive ones in f64 every cell of its own.

use serde::{Deserialize, Serialize};

use super::buffer::Buffer;
use super::rows::Rows;
use crate::device::{Cells, Columns};

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
    #[serde(skip)]
    read: ReadCopy,
    /// Rises with every change of the read copy.
    #[serde(skip)]
    version: u64,
    /// The column of the last change.
    #[serde(skip)]
    changed: usize,
}

/// What reads need of the cells; it follows from their state.
#[derive(Clone, Debug, Default)]
enum ReadCopy {
    #[default]
    Absent,
    /// One number per synapse, or one per bit line where pairs stay apart, for ideal wires.
    Rows(Rows),
    /// The conductance of each cell, word lines x bit lines, the pairs of a signed array side by side, S.
    Cells(Vec<f64>),
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
            read: ReadCopy::Absent,
            version: 0,
            changed: 0,
        };
        tile.planes = (0..plane_count).map(|_| Buffer::zeros(tile.column_length() * columns)).collect();
        tile
    }

    /// Makes room for the read copy, which the caller fills column by column. With ideal wires it has one number for
    /// each `planes` bit lines of a synapse.
    pub(crate) fn restore_read_copy(&mut self, has_ideal_wires: bool, planes: usize) {
        self.read = if has_ideal_wires {
            ReadCopy::Rows(Rows::zeros(self.rows, self.columns * self.plane_count() / planes))
        } else {
            ReadCopy::Cells(vec![0.0; self.rows * self.columns * self.plane_count()])
        };
    }

    /// Cells per synapse.
    pub(crate) fn plane_count(&self) -> usize {
        self.planes.len()
    }

    /// A number that changes with the conductances.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The only column that has changed since a version; `None` where there may be others.
    pub(crate) fn changed_since(&self, version: u64) -> Option<usize> {
        (version + 1 == self.version).then_some(self.changed)
    }

    /// Rows rounded up to whole groups.
    pub(crate) fn padded_rows(&self) -> usize {
        self.rows.next_multiple_of(GROUP)
    }

    fn column_length(&self) -> usize {
        self.state_count * self.padded_rows()
    }

    /// Whether a logical column lies in this tile.
    pub(crate) fn holds_column(&self, column: usize) -> bool {
        (self.first_column..self.first_column + self.columns).contains(&column)
    }

    /// Those of some ascending logical rows that lie in this tile.
    pub(crate) fn driven<'a>(&self, rows: &'a [u32]) -> &'a [u32] {
        let start = rows.partition_point(|&row| (row as usize) < self.first_row);
        let end = rows.partition_point(|&row| (row as usize) < self.first_row + self.rows);
        &rows[start..end]
    }

    /// The cells of one bit line, padding included, without parameters of their own.
    pub(crate) fn cells(&mut self, plane: usize, column: usize) -> Cells<'_> {
        let (length, stride) = (self.column_length(), self.padded_rows());
        let state = &mut self.planes[plane].as_mut_slice()[column * length..(column + 1) * length];
        Cells { state, stride, count: stride, own: Columns::default() }
    }

    /// Takes the state of all cells from a tile of the same shape; the read copy stays.
    pub(crate) fn copy_state(&mut self, other: &Tile) {
        for (plane, other) in self.planes.iter_mut().zip(&other.planes) {
            plane.as_mut_slice().copy_from_slice(other.as_slice());
        }
    }

    /// With ideal wires, what a spike on each word line adds, S.
    ///
    /// # Panics
    ///
    /// With resistive wires.
    pub(crate) fn rows_at_read_voltage(&self) -> &Rows {
        match &self.read {
            ReadCopy::Rows(rows) => rows,
            _ => unreachable!("an array without readers of its tiles has ideal wires"),
        }
    }

    /// With resistive wires, the conductance of every cell, word lines x bit lines, S.
    ///
    /// # Panics
    ///
    /// With ideal wires.
    pub(crate) fn siemens(&self) -> &[f64] {
        match &self.read {
            ReadCopy::Cells(siemens) => siemens,
            _ => unreachable!("an array with readers of its tiles has resistive wires"),
        }
    }

    /// Replaces the read copy of one column by the conductances of its planes, one number per word line, S.
    pub(crate) fn write_read_column(&mut self, column: usize, planes: &mut [Vec<f64>]) {
        let (rows, plane_count) = (self.rows, self.plane_count());
        self.version += 1;
        self.changed = column;
        match &mut self.read {
            ReadCopy::Absent => {}
            ReadCopy::Rows(copy) if copy.columns() > self.columns => {
                for (plane, values) in planes[..plane_count].iter().enumerate() {
                    copy.write_column(column * plane_count + plane, &values[..rows]);
                }
            }
            ReadCopy::Rows(copy) => {
                let (plus, others) = planes.split_at_mut(1);
                if plane_count == 2 {
                    plus[0].iter_mut().zip(&others[0]).for_each(|(plus, minus)| *plus -= minus);
                }
                copy.write_column(column, &plus[0][..rows]);
            }
            ReadCopy::Cells(copy) => {
                for (plane, values) in planes[..plane_count].iter().enumerate() {
                    let places = copy[column * plane_count + plane..].iter_mut();
                    let places = places.step_by(self.columns * plane_count);
                    places.zip(&values[..rows]).for_each(|(place, value)| *place = *value);
                }
            }
        }
    }
}
