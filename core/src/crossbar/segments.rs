//! The segments of a crossbar are the resistances of its wires from cell to cell, one by one where they differ, and cut to
//! its tiles.
//!
//! # Neighbours
//!
//! A signed pair stands on adjacent bit lines: synapse j has g+ on bit line 2 j and g- on bit line 2 j + 1, counted as they
//! are wired. Scenarios count synapses, so a break of a word line after synapse j is one after bit line 2 j + 1, and a
//! break of bit line j is one of both.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::matrix::{MatrixError, Wanted};
use super::tile::Tile;
use crate::circuit::{Layout, Segments};
use crate::scenario::schema::{self, Break, Interconnect};

/// The sizes of a crossbar.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Word lines.
    pub rows: usize,
    /// Synapses on a word line.
    pub columns: usize,
    /// Cells per synapse.
    pub planes: usize,
    /// Word lines, and synapses on a word line, of one tile.
    pub tile: (usize, usize),
}

/// Segments that a crossbar does not have, or too few of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// A file that cannot be used.
    #[error(transparent)]
    File(#[from] MatrixError),
    /// A list of the wrong length.
    #[error("{found} resistances are given, but there are {expected} {lines}")]
    Length {
        /// The length.
        found: usize,
        /// How many lines there are.
        expected: usize,
        /// The lines.
        lines: &'static str,
    },
    /// A break of a line that is not there.
    #[error("there is no {kind} {line}: the crossbar has {count}, counted from 0")]
    Line {
        /// "word line" or "bit line".
        kind: &'static str,
        /// Its number.
        line: u32,
        /// How many there are.
        count: usize,
    },
    /// A break between two cells that no wire joins.
    #[error("{kind} {line} has no segment after {other} {after}, which is the last one of its tile")]
    End {
        /// "word line" or "bit line".
        kind: &'static str,
        /// Its number.
        line: u32,
        /// The other kind.
        other: &'static str,
        /// The line at the cell after which the break should be.
        after: u32,
    },
}

/// All segments of a crossbar.
#[derive(Clone, Debug)]
pub(super) struct CrossbarSegments {
    shape: Shape,
    /// Of word lines and of bit lines, for the crossbar as if it were one tile.
    word: Segments,
    bit: Segments,
    broken: Vec<Break>,
}

impl CrossbarSegments {
    /// The segments of an interconnect. `files` are the resolved paths of `segment` and `bit_segment` where those are
    /// files. An error comes with the field at fault.
    pub(super) fn new(
        interconnect: &Interconnect,
        shape: Shape,
        files: [Option<&Path>; 2],
    ) -> Result<CrossbarSegments, (String, SegmentError)> {
        let Interconnect { segment, bit_segment, broken, .. } = interconnect;
        let at = |field: &str| {
            let field = field.to_owned();
            |error| (field, error)
        };
        let word = of_word_lines(segment, shape, files[0]).map_err(at("segment"))?;
        let bit = match bit_segment {
            None => of_bit_lines(segment, shape, files[0]).map_err(at("segment"))?,
            Some(segment) => of_bit_lines(segment, shape, files[1]).map_err(at("bit_segment"))?,
        };
        for (number, &broken) in broken.iter().enumerate() {
            check_break(broken, shape).map_err(at(&format!("broken[{number}]")))?;
        }
        Ok(CrossbarSegments { shape, word, bit, broken: broken.clone() })
    }

    /// The SHA-256 of all segments that come from files, in hexadecimal; `None` where none does.
    pub(super) fn sha256(&self) -> Option<String> {
        let mut hash = Sha256::new();
        let mut any = false;
        for segments in [&self.word, &self.bit] {
            // Only files give segments one by one.
            if let Segments::PerSegment(values) = segments {
                values.iter().for_each(|value| hash.update(value.to_le_bytes()));
                any = true;
            }
        }
        any.then(|| hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The segments of the word lines and of the bit lines of a tile, breaks by name apart.
    pub(super) fn of_tile(&self, tile: &Tile) -> (Segments, Segments) {
        let (first, count, all) = self.bit_lines(tile);
        let rows = tile.first_row..tile.first_row + tile.rows;
        let word = match &self.word {
            Segments::Uniform(value) => Segments::Uniform(*value),
            Segments::PerLine(values) => Segments::PerLine(values[rows.clone()].to_vec()),
            Segments::PerSegment(values) => Segments::PerSegment(
                rows.clone()
                    .flat_map(|row| &values[row * (all - 1) + first..][..count - 1])
                    .copied()
                    .collect(),
            ),
        };
        let bit = match &self.bit {
            Segments::Uniform(value) => Segments::Uniform(*value),
            Segments::PerLine(values) => Segments::PerLine(values[first..first + count].to_vec()),
            Segments::PerSegment(values) => Segments::PerSegment(
                (rows.start..rows.end - 1)
                    .flat_map(|row| &values[row * all + first..][..count])
                    .copied()
                    .collect(),
            ),
        };
        (word, bit)
    }

    /// Breaks those segments of a tile that are broken by name.
    pub(super) fn break_tile(&self, tile: &Tile, layout: &mut Layout) {
        let (m, n) = (layout.word_lines, layout.bit_lines);
        let planes = self.shape.planes;
        let within = |line: u32, first: usize, count: usize| {
            (line as usize).checked_sub(first).filter(|line| *line < count)
        };
        let row = |line: u32| within(line, tile.first_row, tile.rows);
        let column = |line: u32| within(line, tile.first_column, tile.columns);
        for broken in &self.broken {
            match *broken {
                Break::WordLine { line, after } => {
                    let (Some(row), Some(column)) = (row(line), column(after)) else { continue };
                    let segments = one_by_one(&mut layout.word_segments, m * (n - 1), |at| at / (n - 1));
                    segments[row * (n - 1) + (column + 1) * planes - 1] = f64::INFINITY;
                }
                Break::BitLine { line, after } => {
                    let (Some(column), Some(row)) = (column(line), row(after)) else { continue };
                    let segments = one_by_one(&mut layout.bit_segments, (m - 1) * n, |at| at % n);
                    segments[row * n + column * planes..][..planes].fill(f64::INFINITY);
                }
            }
        }
    }

    /// The first bit line of a tile and how many it has, and how many the crossbar has, as they are wired.
    fn bit_lines(&self, tile: &Tile) -> (usize, usize, usize) {
        let planes = self.shape.planes;
        (tile.first_column * planes, tile.columns * planes, self.shape.columns * planes)
    }
}

const OHMS: Wanted = Wanted {
    content: "the resistances of segments",
    number: "a resistance; expected ohms above 0, such as 2.5, or inf where the segment is broken",
    accepts: |ohms| ohms > 0.0,
    rows: (0, ""),
    columns: (0, ""),
};

fn of_word_lines(
    segments: &schema::Segments,
    shape: Shape,
    file: Option<&Path>,
) -> Result<Segments, SegmentError> {
    let columns = (shape.columns * shape.planes - 1, "segments from cell to cell");
    let wanted = Wanted { rows: (shape.rows, "word lines"), columns, ..OHMS };
    read(segments, (shape.rows, "word lines", 1), wanted, file)
}

fn of_bit_lines(
    segments: &schema::Segments,
    shape: Shape,
    file: Option<&Path>,
) -> Result<Segments, SegmentError> {
    let kind = if shape.planes == 2 { "bit lines, g+ and g- in turns" } else { "bit lines" };
    let rows = (shape.rows - 1, "segments from word line to word line");
    let wanted = Wanted { rows, columns: (shape.columns * shape.planes, kind), ..OHMS };
    read(segments, (shape.columns, "bit lines", shape.planes), wanted, file)
}

/// The segments of lines of which the scenario counts so many, each of them wired so many times.
fn read(
    segments: &schema::Segments,
    (count, lines, planes): (usize, &'static str, usize),
    wanted: Wanted,
    file: Option<&Path>,
) -> Result<Segments, SegmentError> {
    Ok(match segments {
        schema::Segments::Same(segment) => Segments::Uniform(segment.si()),
        schema::Segments::PerLine(segments) => {
            check_length(segments.len(), count, lines)?;
            let wired = segments.iter().flat_map(|segment| std::iter::repeat_n(segment.si(), planes));
            Segments::PerLine(wired.collect())
        }
        schema::Segments::File(name) => Segments::PerSegment(wanted.read(file.unwrap_or(Path::new(name)))?),
    })
}

fn check_length(found: usize, expected: usize, lines: &'static str) -> Result<(), SegmentError> {
    if found == expected { Ok(()) } else { Err(SegmentError::Length { found, expected, lines }) }
}

/// Whether a crossbar has a segment.
fn check_break(broken: Break, shape: Shape) -> Result<(), SegmentError> {
    let (rows, columns) = (("word line", shape.rows), ("bit line", shape.columns));
    let ((kind, count), (other, other_count), tile, line, after) = match broken {
        Break::WordLine { line, after } => (rows, columns, shape.tile.1, line, after),
        Break::BitLine { line, after } => (columns, rows, shape.tile.0, line, after),
    };
    if line as usize >= count {
        return Err(SegmentError::Line { kind, line, count });
    }
    if after as usize >= other_count {
        return Err(SegmentError::Line { kind: other, line: after, count: other_count });
    }
    let next = after as usize + 1;
    if next == other_count || next.is_multiple_of(tile) {
        return Err(SegmentError::End { kind, line, other, after });
    }
    Ok(())
}

/// All segments of one direction, one by one; `line` tells the line of each.
fn one_by_one(segments: &mut Segments, count: usize, line: impl Fn(usize) -> usize) -> &mut [f64] {
    let values = match &*segments {
        Segments::Uniform(value) => vec![*value; count],
        Segments::PerLine(values) => (0..count).map(|at| values[line(at)]).collect(),
        Segments::PerSegment(values) => values.clone(),
    };
    *segments = Segments::PerSegment(values);
    match segments {
        Segments::PerSegment(values) => values,
        _ => unreachable!("the segments were just told apart"),
    }
}
