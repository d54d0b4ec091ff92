//! A stuck cell has one conductance whatever its device would do: it is ohmic, and no write changes it.

use super::ArrayPlan;
use super::tile::Tile;
use crate::random::{Purpose, Stream};
use crate::scenario::schema::{StuckAt, StuckWhere};

/// The conductance of a short, S: that of a good metal filament.
const SHORT: f64 = 1e-2;

/// The stuck cells of an array. A list of cells names synapses: of a signed pair both cells are stuck. A fraction is drawn
/// for each cell of its own.
#[derive(Clone, Debug)]
pub(super) struct StuckCells {
    /// For each tile the conductance of each cell, S, in the order of its state; not a number where the cell is sound.
    /// Empty for a tile without stuck cells.
    tiles: Vec<Vec<f64>>,
}

/// A place that the array does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stuck cells: there is no {line} {found}: the array has {count}, counted from 0")]
pub struct StuckError {
    /// The number of the entry in the list of stuck cells.
    pub entry: usize,
    line: &'static str,
    found: u32,
    count: usize,
}

impl StuckCells {
    pub(super) fn new(plan: &ArrayPlan, tiles: &[Tile]) -> StuckCells {
        let draws = Stream::new(plan.device_seed, Purpose::Stuck, plan.number);
        let of_tile = |tile: &Tile| {
            let (planes, padded) = (tile.plane_count(), tile.padded_rows());
            let mut cells = vec![f64::NAN; planes * tile.columns * padded];
            let mut any = false;
            for (place, cell) in cells.iter_mut().enumerate() {
                let (line, row) = (place / padded, place % padded);
                let (plane, column) = (line / tile.columns, line % tile.columns);
                let (row, column) = (tile.first_row + row, tile.first_column + column);
                // The last entry that names a cell counts.
                let entry = plan.stuck.iter().enumerate().rev();
                let mut hits = entry.filter(|(number, stuck)| {
                    let draw = || {
                        draws.uniform((row * plan.columns + column) as u32, 2 * *number as u64 + plane as u64)
                    };
                    holds(&stuck.cells, (row as u32, column as u32), draw)
                });
                if let Some((_, stuck)) = hits.next().filter(|_| place % padded < tile.rows) {
                    *cell = siemens(stuck.at);
                    any = true;
                }
            }
            if any { cells } else { Vec::new() }
        };
        StuckCells { tiles: tiles.iter().map(of_tile).collect() }
    }

    /// The stuck cells of one bit line of a tile: a conductance per word line, not a number where the cell is sound.
    pub(super) fn line(&self, number: usize, tile: &Tile, plane: usize, column: usize) -> &[f64] {
        let cells = &self.tiles[number];
        let start = (plane * tile.columns + column) * tile.padded_rows();
        if cells.is_empty() { &[] } else { &cells[start..start + tile.padded_rows()] }
    }
}

impl ArrayPlan {
    /// Whether the array has every line that its stuck cells name.
    pub fn check_stuck(&self) -> Result<(), StuckError> {
        let (rows, columns) = (self.rows, self.columns);
        for (entry, stuck) in self.stuck.iter().enumerate() {
            let within = |line: &'static str, found: u32, count: usize| {
                if (found as usize) < count { Ok(()) } else { Err(StuckError { entry, line, found, count }) }
            };
            let word_line = |found: u32| within("word line", found, rows);
            let bit_line = |found: u32| within("bit line", found, columns);
            match &stuck.cells {
                StuckWhere::Fraction(_) => {}
                StuckWhere::Cells(cells) => {
                    for &(row, column) in cells {
                        word_line(row)?;
                        bit_line(column)?;
                    }
                }
                StuckWhere::WordLines(lines) => lines.iter().try_for_each(|&row| word_line(row))?,
                StuckWhere::BitLines(lines) => lines.iter().try_for_each(|&column| bit_line(column))?,
                StuckWhere::Block(first, last) => {
                    word_line(last.0.max(first.0))?;
                    bit_line(last.1.max(first.1))?;
                }
            }
        }
        Ok(())
    }
}

fn holds(cells: &StuckWhere, (row, column): (u32, u32), draw: impl Fn() -> f64) -> bool {
    match cells {
        StuckWhere::Fraction(fraction) => draw() < *fraction,
        StuckWhere::Cells(cells) => cells.contains(&(row, column)),
        StuckWhere::WordLines(lines) => lines.contains(&row),
        StuckWhere::BitLines(lines) => lines.contains(&column),
        StuckWhere::Block(first, last) => {
            (first.0..=last.0).contains(&row) && (first.1..=last.1).contains(&column)
        }
    }
}

fn siemens(at: StuckAt) -> f64 {
    match at {
        StuckAt::Open => 0.0,
        StuckAt::Short => SHORT,
        StuckAt::Conductance(conductance) => conductance.si(),
    }
}

/// Puts stuck conductances in the place of others.
pub(super) fn replace(stuck: &[f64], conductances: &mut [f64]) {
    for (conductance, &stuck) in conductances.iter_mut().zip(stuck) {
        *conductance = if stuck.is_nan() { *conductance } else { stuck };
    }
}
