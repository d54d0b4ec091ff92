//! A tile of a run is solved anew: the wires of its scenario, the conductances of one of its key frames, and a read.

use std::path::Path;

use crosspike::dataset::Resolver;
use crosspike::recorder::{RecordedFrame, recorded_frame};
use crosspike::scenario::Scenario;
use crosspike::simulation::{self, Options};
use crosspike::time::Time;

use super::map::{Field, parts};
use crate::cli::{Quantity, TileArguments};
use crate::exit::{Code, Failure};
use crate::prepare;

/// The quantity of each cell of a tile of a run.
pub(super) fn field(
    file: &Path,
    projection: &str,
    arguments: &TileArguments,
    quantity: Quantity,
) -> Result<Field, Failure> {
    let frame = recorded_frame(file, projection, arguments.frame)
        .map_err(|error| Failure::new(Code::Output, error))?;
    let mut directories = vec![prepare::folder(file)];
    directories.extend_from_slice(&arguments.data);
    let options = Options {
        data: Resolver { directories },
        models: prepare::models(&arguments.plugins)?,
        threads: 1,
        overrides: Vec::new(),
    };
    let parsed = Scenario::parse(&frame.scenario_name, &frame.scenario, &[])?;
    let which = (projection, frame.phases);
    let array = simulation::array_of(&parsed, which, (frame.shape, &frame.siemens), &options)?;
    let number = arguments.tile;
    if number >= array.tile_count() {
        let message =
            format!("`{projection}` has no tile {number}; it has {}, counted from 0", array.tile_count());
        return Err(Failure::new(Code::Usage, message));
    }
    let [(first_row, rows), (first_column, columns)] = array.tile_lines(number);
    let driven = driven(arguments, rows)?;
    let solved = array.operating_point(number, &driven).map_err(|error| Failure::new(Code::Data, error))?;
    let Some((point, words)) = solved else {
        let message = format!(
            "the wires of `{projection}` are ideal: every cell of a driven word line gets the whole read voltage"
        );
        return Err(Failure::new(Code::Data, message));
    };
    let bit_lines = columns * array.plane_count();
    let volts: Vec<f64> = point.word.iter().zip(&point.bit).map(|(word, bit)| word - bit).collect();
    let values = match quantity {
        Quantity::Current => point.cells,
        Quantity::Voltage => volts,
        Quantity::Drop => {
            let ideal: Vec<f64> =
                words.iter().flat_map(|&word| std::iter::repeat_n(word, bit_lines)).collect();
            parts(&volts, &ideal)
        }
    };
    let name = title(file, &frame, projection, (number, array.tile_count()), [first_row, first_column]);
    Ok(Field { name, word_lines: rows, bit_lines, values })
}

/// The word lines that are driven.
fn driven(arguments: &TileArguments, rows: usize) -> Result<Vec<usize>, Failure> {
    let Some(lines) = &arguments.lines else { return Ok((0..rows).collect()) };
    match lines.0.iter().find(|&&line| line >= rows) {
        None => Ok(lines.0.clone()),
        Some(line) => {
            let message = format!("the tile has no word line {line}; it has {rows}, counted from 0");
            Err(Failure::new(Code::Usage, message))
        }
    }
}

/// The run, the projection, the tile where there are several, and the time of the frame.
fn title(
    file: &Path,
    frame: &RecordedFrame,
    projection: &str,
    (number, count): (usize, usize),
    [row, column]: [usize; 2],
) -> String {
    let run = file.file_name().unwrap_or_default().to_string_lossy();
    let tile = if count > 1 {
        format!(", tile {number} from word line {row} and bit line {column} on")
    } else {
        String::new()
    };
    format!("{run}, {projection}{tile}, at {}", Time::from_ticks(frame.tick))
}
