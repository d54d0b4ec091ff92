//! A recorded frame is all conductances of a projection at one moment, read back from an output file with the scenario that
//! made them.

use std::path::Path;

use ::hdf5::types::VarLenUnicode;
use ::hdf5::{File, Group};

use super::RecorderError;
use super::inspect::open;

/// All conductances of a projection at one moment of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedFrame {
    /// The scenario's file name.
    pub scenario_name: String,
    /// Its text, with the overrides in their places.
    pub scenario: String,
    /// The number of the frame, from 0, and how many there are.
    pub number: (usize, usize),
    /// When, in ticks (ps).
    pub tick: i64,
    /// How many phases were over.
    pub phases: usize,
    /// Planes, word lines, bit lines.
    pub shape: [usize; 3],
    /// Conductances in siemens, planes x word lines x bit lines.
    pub siemens: Vec<f64>,
}

/// Reads a key frame of a projection from the output file at `path`, the last one unless a number is given.
///
/// # Errors
///
/// As of [`inspect`](super::inspect()), and where the file has no such frame.
pub fn recorded_frame(
    path: &Path,
    projection: &str,
    number: Option<usize>,
) -> Result<RecordedFrame, RecorderError> {
    let file = open(path)?;
    let known = projections(&file).map_err(|error| RecorderError::read(path, &error))?;
    if !known.iter().any(|name| name == projection) {
        let (path, projection) = (path.into(), projection.to_owned());
        return Err(RecorderError::NoFrames { path, projection, known });
    }
    let frame = read(&file, projection, number).map_err(|error| RecorderError::read(path, &error))?;
    frame.map_err(|count| RecorderError::NoFrame {
        path: path.into(),
        projection: projection.into(),
        number: number.unwrap_or(0),
        count,
    })
}

/// The projections that have key frames.
fn projections(file: &File) -> ::hdf5::Result<Vec<String>> {
    if !file.link_exists("/conductance") {
        return Ok(Vec::new());
    }
    let group = file.group("/conductance")?;
    let has_frames =
        |name: &String| group.group(name).is_ok_and(|group: Group| group.link_exists("key_frames"));
    Ok(group.member_names()?.into_iter().filter(has_frames).collect())
}

/// The frame, or how many there are.
fn read(
    file: &File,
    projection: &str,
    number: Option<usize>,
) -> ::hdf5::Result<Result<RecordedFrame, usize>> {
    let frames = file.group(&format!("/conductance/{projection}/key_frames"))?;
    let (ticks, values) = (frames.dataset("tick")?.read_raw::<i64>()?, frames.dataset("value")?);
    let shape = values.shape();
    let [rows, planes, word_lines, bit_lines] = shape[..] else {
        return Err(format!("key frames of {} dimensions instead of 4", shape.len()).into());
    };
    // Of an unfinished file one column may be longer than the other.
    let count = rows.min(ticks.len());
    let number = match number {
        None => count.checked_sub(1),
        Some(number) => Some(number).filter(|&number| number < count),
    };
    let Some(number) = number else { return Ok(Err(count)) };
    let text = |name: &str| -> ::hdf5::Result<String> {
        Ok(file.dataset(name)?.read_scalar::<VarLenUnicode>()?.as_str().to_owned())
    };
    let frame = values.read_slice::<f64, _, ndarray::Ix3>(ndarray::s![number, .., .., ..])?;
    Ok(Ok(RecordedFrame {
        scenario_name: text("/provenance/scenario_name")?,
        scenario: text("/provenance/scenario")?,
        number: (number, count),
        tick: ticks[number],
        phases: phases_over(&ticks[..count], number, &file.dataset("/phases/end")?.read_raw::<i64>()?),
        shape: [planes, word_lines, bit_lines],
        siemens: frame.iter().copied().collect(),
    }))
}

/// How many phases were over at a frame. Phases without network time end at one instant, each with a frame; before them
/// stands the frame before the first phase, and after them one at an interval.
fn phases_over(ticks: &[i64], number: usize, ends: &[i64]) -> usize {
    let tick = ticks[number];
    let earlier = ticks[..number].iter().filter(|&&t| t == tick).count();
    let here = ends.iter().filter(|&&end| end == tick).count();
    let since = if tick == 0 { earlier } else { earlier + 1 };
    ends.iter().filter(|&&end| end < tick).count() + since.min(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_knows_how_many_phases_were_over() {
        // A phase without time, one of 10 ticks with frames at every third, two without time, one of 5 ticks.
        let ends = [0, 10, 10, 10, 15];
        let ticks = [0, 0, 0, 3, 6, 9, 10, 10, 10, 12, 15, 15];
        let over: Vec<usize> = (0..ticks.len()).map(|frame| phases_over(&ticks, frame, &ends)).collect();
        assert_eq!(over, [0, 1, 1, 1, 1, 1, 2, 3, 4, 4, 5, 5]);
        assert_eq!(phases_over(&[0, 10], 1, &[]), 0, "of a file whose phase is not over");
    }
}
