//! An amplitude is the part of the read voltage that an image gives to a word line, between 0 and 1.
//!
//! While one image is shown all its pulses are the same from step to step, so the answer of a tile changes only with its
//! conductances. Each tile keeps its last one, and a read repeats it until other word lines are driven, a conductance
//! changes, or another image is shown. A read that repeats an answer counts as the solve that found it: what is counted
//! does not depend on whether a run was resumed in between.
//!
//! With ideal wires a cell gets the voltage of its word line, and the device gives its current there; where one bit line
//! alone has changed, it alone is asked again. With resistive wires the tile is solved with these voltages at its drivers.

use super::Array;
use super::law::{CellFault, DeviceLaw, Evaluation};
use super::noise::CellNoise;
use super::periphery::pair;
use super::reader::{Reader, TileReader, without_law};
use super::tile::Tile;
use super::work::Work;
use crate::circuit::SolveError;

/// What an image puts on the word lines of one array, and what the tiles have answered.
#[derive(Clone, Debug)]
pub(super) struct Amplitudes {
    /// Of each word line, the part of the read voltage.
    parts: Vec<f64>,
    answers: Vec<Answer>,
}

/// What a tile has answered last.
#[derive(Clone, Debug)]
struct Answer {
    /// The version of the tile; `None` where it has not answered to this image.
    version: Option<u64>,
    /// The driven word lines.
    rows: Vec<u32>,
    /// The current of each physical bit line, A.
    amperes: Vec<f64>,
    /// What the noise of the devices adds to it, A^2.
    variances: Vec<f64>,
    work: Work,
    /// With ideal wires.
    cells: Option<IdealCells>,
}

/// The cells of a tile whose voltages are those of their word lines.
#[derive(Clone, Debug)]
struct IdealCells {
    law: DeviceLaw,
    noise: Option<CellNoise>,
    /// Of each word line of the tile, V.
    volts: Vec<f64>,
    /// The power of the cells of each bit line, W.
    watts: Vec<f64>,
}

impl Amplitudes {
    pub(super) fn of(array: &Array) -> Amplitudes {
        let plan = &array.plan;
        let answer = |tile: &Tile| {
            let bit_lines = tile.columns * tile.plane_count();
            Answer {
                version: None,
                rows: Vec::with_capacity(tile.rows),
                amperes: vec![0.0; bit_lines],
                variances: vec![0.0; bit_lines],
                work: Work::default(),
                cells: plan.wires.is_none().then(|| IdealCells::of(array, tile)),
            }
        };
        Amplitudes { parts: vec![0.0; plan.rows], answers: array.cells.tiles.iter().map(answer).collect() }
    }

    /// Takes another image.
    fn show(&mut self, intensities: &[f32]) {
        self.parts.iter_mut().zip(intensities).for_each(|(part, &intensity)| *part = intensity.into());
        self.answers.iter_mut().for_each(|answer| answer.version = None);
    }

    /// Adds the sums of a read of one tile. `rows` are the driven word lines of the array that lie in the tile; the reader
    /// is there with resistive wires.
    pub(super) fn read(
        &mut self,
        array: &Array,
        (number, reader): (usize, Option<&mut TileReader>),
        rows: &[u32],
        (sums, variances): (&mut [f64], &mut [f64]),
        work: &mut Work,
    ) -> Result<(), SolveError<CellFault>> {
        let tile = &array.cells.tiles[number];
        let answer = &mut self.answers[number];
        let known = answer.version.take().filter(|_| answer.rows == rows);
        if known != Some(tile.version()) {
            answer.rows.clear();
            answer.rows.extend_from_slice(rows);
            let changed = known.and_then(|version| tile.changed_since(version));
            answer.find(array, (number, tile, reader), &self.parts, changed)?;
        }
        answer.version = Some(tile.version());
        for (sum, amperes) in sums.iter_mut().zip(answer.amperes.chunks_exact(array.sums.planes)) {
            *sum += array.sums.per_ampere * pair(amperes);
        }
        variances.iter_mut().zip(&answer.variances).for_each(|(sum, variance)| *sum += variance);
        *work += answer.work;
        Ok(())
    }
}

impl Answer {
    /// Finds the answer of the tile to its driven word lines. `parts` are those of the read voltage on all word lines
    /// of the array; only column `changed` differs from the answer that is there, where it is given.
    fn find(
        &mut self,
        array: &Array,
        (number, tile, reader): (usize, &Tile, Option<&mut TileReader>),
        parts: &[f64],
        changed: Option<usize>,
    ) -> Result<(), SolveError<CellFault>> {
        let Answer { rows, amperes, variances, work, cells, .. } = self;
        let volts = |row: usize| array.plan.part_of_read(parts[row]);
        let driven = rows.iter().map(|&row| (row as usize - tile.first_row, volts(row as usize)));
        variances.fill(0.0);
        *work = Work::default();
        match (cells, reader) {
            (Some(cells), _) => {
                let power = cells.read(array, (number, tile), (driven, changed), (amperes, variances));
                let power = power.map_err(SolveError::Law)?;
                if array.plan.energy {
                    work.energy.cells = power * array.plan.read.width.si();
                }
            }
            (None, Some(reader)) if !reader.is_at_rest(rows) => {
                reader.follow(array, tile).map_err(without_law)?;
                reader.solve(array, driven, work)?;
                amperes.copy_from_slice(&reader.bit_lines);
                reader.add_variances(array, variances).map_err(SolveError::Law)?;
            }
            _ => amperes.fill(0.0),
        }
        Ok(())
    }
}

impl IdealCells {
    fn of(array: &Array, tile: &Tile) -> IdealCells {
        IdealCells {
            law: DeviceLaw::of(tile, array.pairs.as_ref()),
            noise: array.device.model().is_noisy().then(|| CellNoise::of(array, tile)),
            volts: vec![0.0; tile.rows],
            watts: vec![0.0; tile.columns * tile.plane_count()],
        }
    }

    /// Finds the currents of all bit lines, A, or of those of column `changed`, and adds variances, A^2; returns the power of
    /// the cells, W.
    fn read(
        &mut self,
        array: &Array,
        (number, tile): (usize, &Tile),
        (driven, changed): (impl Iterator<Item = (usize, f64)>, Option<usize>),
        (amperes, variances): (&mut [f64], &mut [f64]),
    ) -> Result<f64, CellFault> {
        let IdealCells { law, noise, volts, watts } = self;
        volts.fill(0.0);
        driven.for_each(|(row, driven)| volts[row] = driven);
        law.tile.copy_state(tile);
        let mut cells = Evaluation::of(array, number, law);
        let planes = tile.plane_count();
        let bit_lines = changed.map_or(0..amperes.len(), |column| column * planes..(column + 1) * planes);
        for bit_line in bit_lines {
            amperes[bit_line] = 0.0;
            watts[bit_line] = cells.add_ideal(bit_line, volts, &mut amperes[bit_line])?;
        }
        if let Some(noise) = noise {
            noise.follow(tile);
            let stride = variances.len();
            let fill = |voltages: &mut [f64]| {
                voltages.chunks_exact_mut(stride).zip(&*volts).for_each(|(row, volts)| row.fill(*volts));
            };
            noise.add(array, number, fill, variances)?;
        }
        Ok(watts.iter().sum())
    }
}

impl Reader {
    /// Gives each word line the part of the read voltage that is the intensity of its pixel, where word lines have voltages
    /// of their own.
    pub fn show(&mut self, intensities: &[f32]) {
        if let Some(amplitudes) = &mut self.amplitudes {
            amplitudes.show(intensities);
        }
    }
}
