//! The results of a study lie in a folder: a small file for each finished point, and a summary when all are there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use hdf5::types::VarLenUnicode;
use serde::{Deserialize, Serialize};

use super::references;
use super::study::{Axis, Point, Study};
use crate::chart::{self, Axis as Side, Chart, Series};
use crate::exit::{self, Code, Failure, unwritten};
use crate::picture;

/// What a finished point came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    /// Names the run: SHA-256 of all that decides what it comes to.
    pub(crate) key: String,
    /// In the order of the study; absent where the run has no such thing.
    pub(crate) measures: Vec<Option<f64>>,
    /// Why the run failed.
    pub(crate) failure: Option<String>,
    /// What the run took on its thread, s of wall-clock time; not part of the summary.
    pub(crate) seconds: f64,
}

/// The folder.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    fn file(&self, key: &str) -> PathBuf {
        self.0.join("points").join(format!("{key}.ron"))
    }

    /// Makes the folder.
    pub(crate) fn create(&self) -> Result<(), Failure> {
        fs::create_dir_all(self.0.join("points")).map_err(|error| unwritten(&self.0, error))
    }

    /// What a point came to, if it is finished. A file that is not whole counts as none: the point is run again.
    pub(crate) fn outcome(&self, key: &str) -> Option<Outcome> {
        let text = fs::read_to_string(self.file(key)).ok()?;
        ron::from_str::<Outcome>(&text).ok().filter(|outcome| outcome.key == key)
    }

    /// Keeps what a point came to; the file is there whole or not at all.
    pub(crate) fn keep(&self, outcome: &Outcome) -> Result<(), Failure> {
        let file = self.file(&outcome.key);
        let text = ron::ser::to_string_pretty(outcome, ron::ser::PrettyConfig::default())
            .map_err(|error| Failure::new(Code::Unexpected, error))?;
        let unfinished = file.with_extension(format!("{}.partial", std::process::id()));
        let written = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, &file));
        written.map_err(|error| unwritten(&file, error))
    }

    /// The finished points in a folder, whatever study they are of.
    pub(crate) fn all(&self) -> Result<Vec<Outcome>, Failure> {
        let points = self.0.join("points");
        let unread = |error: std::io::Error| {
            Failure::new(Code::Output, format!("cannot read {}: {error}", points.display()))
        };
        let mut outcomes = Vec::new();
        for entry in fs::read_dir(&points).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            let key = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            if path.extension().is_some_and(|end| end == "ron") {
                outcomes.extend(self.outcome(&key));
            }
        }
        outcomes.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(outcomes)
    }

    /// Writes the summary: CSV, HDF5 and the figures. The same study gives the same bytes.
    pub(crate) fn summarise(
        &self,
        study: &Study,
        text: &str,
        points: &[Point],
        outcomes: &[Outcome],
    ) -> Result<Vec<PathBuf>, Failure> {
        let written = |name: &str, text: &str| -> Result<PathBuf, Failure> {
            let file = self.0.join(name);
            exit::write(&file, text)?;
            Ok(file)
        };
        let mut files = vec![written("points.csv", &table(study, points, outcomes))?];
        files.push(written("means.csv", &means_table(study, points, outcomes))?);
        if !study.references.is_empty() {
            let comparisons = references::compare(study, points, outcomes);
            files.push(written("references.csv", &references::table(study, &comparisons))?);
        }
        let file = self.0.join("summary.h5");
        hdf5_summary(&file, study, text, points, outcomes).map_err(|error| unwritten(&file, error))?;
        files.push(file);
        for figure in figures(study, points, outcomes) {
            let svg = chart::draw(&study.question, std::slice::from_ref(&figure.1), 1)?;
            for end in ["svg", "png"] {
                let file = self.0.join(format!("{}.{end}", figure.0));
                picture::write(&svg, &file)?;
                files.push(file);
            }
        }
        Ok(files)
    }
}

/// A field of CSV.
pub(super) fn field(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn value(measure: Option<f64>) -> String {
    measure.map_or_else(String::new, |value| value.to_string())
}

/// A line for each point.
fn table(study: &Study, points: &[Point], outcomes: &[Outcome]) -> String {
    let axes: Vec<_> = study.axes.iter().map(Axis::ticks).collect();
    let head =
        study.axes.iter().map(Axis::name).chain(["seed"]).chain(study.measures.iter().map(|(name, _)| name));
    let mut text = head.map(field).collect::<Vec<_>>().join(",") + ",failure\n";
    for (point, outcome) in points.iter().zip(outcomes) {
        let mut fields: Vec<String> =
            point.places.iter().zip(&axes).map(|(tick, axis)| field(&axis[*tick].name)).collect();
        fields.push(point.seed.to_string());
        // A run that failed has none.
        let measures = 0..study.measures.iter().count();
        fields.extend(measures.map(|number| value(outcome.measures.get(number).copied().flatten())));
        fields.push(field(outcome.failure.as_deref().unwrap_or("")));
        text += &(fields.join(",") + "\n");
    }
    text
}

/// The mean, the standard deviation of a sample and the count of the values that are there.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> (f64, f64, usize) {
    let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, if values.len() < 2 { f64::NAN } else { (square / (count - 1.0)).sqrt() }, values.len())
}

/// The outcomes of all seeds at each place.
pub(super) fn by_place<'a>(
    points: &'a [Point],
    outcomes: &'a [Outcome],
) -> Vec<(&'a [usize], Vec<&'a Outcome>)> {
    let mut places: Vec<(&[usize], Vec<&Outcome>)> = Vec::new();
    for (point, outcome) in points.iter().zip(outcomes) {
        match places.last_mut() {
            Some((place, list)) if *place == point.places => list.push(outcome),
            _ => places.push((&point.places, vec![outcome])),
        }
    }
    places
}

pub(super) fn of_measure<'a>(
    outcomes: &'a [&Outcome],
    measure: usize,
) -> impl Iterator<Item = f64> + use<'a> {
    outcomes.iter().filter_map(move |outcome| outcome.measures.get(measure).copied().flatten())
}

/// A line for each place, over all seeds.
fn means_table(study: &Study, points: &[Point], outcomes: &[Outcome]) -> String {
    let axes: Vec<_> = study.axes.iter().map(Axis::ticks).collect();
    let mut head: Vec<String> = study.axes.iter().map(|axis| field(axis.name())).collect();
    for (name, _) in study.measures.iter() {
        head.extend(["mean", "standard deviation", "runs"].map(|what| field(&format!("{name} {what}"))));
    }
    let mut text = head.join(",") + "\n";
    for (places, list) in by_place(points, outcomes) {
        let mut fields: Vec<String> =
            places.iter().zip(&axes).map(|(tick, axis)| field(&axis[*tick].name)).collect();
        for measure in 0..study.measures.iter().count() {
            let (mean, deviation, count) = mean(of_measure(&list, measure));
            let finite = |number: f64| value(Some(number).filter(|number| number.is_finite()));
            fields.extend([finite(mean), finite(deviation), count.to_string()]);
        }
        text += &(fields.join(",") + "\n");
    }
    text
}

/// `/axes/<name>`, `/seed`, `/measures/<name>`, one entry for each point, and where they come from.
fn hdf5_summary(
    path: &Path,
    study: &Study,
    text: &str,
    points: &[Point],
    outcomes: &[Outcome],
) -> hdf5::Result<()> {
    let unicode = |text: &str| {
        // A text of HDF5 ends at a NUL.
        text.replace('\0', "").parse::<VarLenUnicode>().unwrap_or_default()
    };
    let unfinished = path.with_extension("h5.partial");
    {
        let file = hdf5::File::create(&unfinished)?;
        let attribute = |name: &str, text: &str| {
            file.new_attr::<VarLenUnicode>().create(name)?.write_scalar(&unicode(text))
        };
        attribute("format", "crosspike study")?;
        attribute("program_version", env!("CARGO_PKG_VERSION"))?;
        attribute("question", &study.question)?;
        attribute("study", text)?;
        let with_units = |dataset: &hdf5::Dataset, unit: &str| {
            dataset.new_attr::<VarLenUnicode>().create("units")?.write_scalar(&unicode(unit))
        };
        for (number, axis) in study.axes.iter().enumerate() {
            let ticks = axis.ticks();
            let names: Vec<VarLenUnicode> =
                points.iter().map(|point| unicode(&ticks[point.places[number]].name)).collect();
            let path = format!("axes/{}", axis.name());
            with_units(&file.new_dataset_builder().with_data(&names).create(path.as_str())?, "1")?;
        }
        let seeds: Vec<u64> = points.iter().map(|point| point.seed).collect();
        with_units(&file.new_dataset_builder().with_data(&seeds).create("seed")?, "1")?;
        for (number, (name, measure)) in study.measures.iter().enumerate() {
            let of = |outcome: &Outcome| outcome.measures.get(number).copied().flatten().unwrap_or(f64::NAN);
            let values: Vec<f64> = outcomes.iter().map(of).collect();
            let path = format!("measures/{name}");
            with_units(
                &file.new_dataset_builder().with_data(&values).create(path.as_str())?,
                measure.unit(),
            )?;
        }
        let keys: Vec<VarLenUnicode> = outcomes.iter().map(|outcome| unicode(&outcome.key)).collect();
        with_units(&file.new_dataset_builder().with_data(&keys).create("key")?, "1")?;
    }
    fs::rename(&unfinished, path).map_err(|error| hdf5::Error::from(error.to_string()))
}

/// Each figure with its name: lines of means with their standard deviations.
fn figures(study: &Study, points: &[Point], outcomes: &[Outcome]) -> Vec<(String, Chart)> {
    let place_of = |name: &str| study.axes.iter().position(|axis| axis.name() == name).unwrap_or(0);
    let places = by_place(points, outcomes);
    let chart = |figure: &super::study::Figure| {
        let x = place_of(&figure.x);
        let measure = study.measures.iter().position(|(name, _)| name == figure.y).unwrap_or(0);
        let unit = study.measures.get(&figure.y).map_or("1", |measure| measure.unit());
        let ticks = study.axes[x].ticks();
        let has_rows = ticks.iter().any(|tick| tick.number.is_none());
        let lines: Vec<Option<(usize, usize)>> = match &figure.by {
            None => vec![None],
            Some(by) => {
                (0..study.axes[place_of(by)].ticks().len()).map(|k| Some((place_of(by), k))).collect()
            }
        };
        let line = |(number, of): (usize, &Option<(usize, usize)>)| {
            let name = of.map_or_else(String::new, |(axis, k)| study.axes[axis].ticks()[k].name.clone());
            let mut series = Series { is_dots: has_rows, ..Series::line(name, Vec::new()) };
            // The dots of one row lie a little below each other.
            let shift = 0.2 * (number as f64 - 0.5 * (lines.len() - 1) as f64);
            for (tick, place) in ticks.iter().enumerate() {
                // Axes that the figure does not name are averaged over.
                let here = places
                    .iter()
                    .filter(|(places, _)| places[x] == tick && of.is_none_or(|(axis, k)| places[axis] == k));
                let values: Vec<f64> = here.flat_map(|(_, list)| of_measure(list, measure)).collect();
                let (mean, deviation, count) = mean(values.into_iter());
                let point = match place.number {
                    _ if count == 0 => None,
                    _ if has_rows => Some((mean, tick as f64 + shift)),
                    number => number.map(|number| (number, mean)),
                };
                if let Some(point) = point {
                    series.points.push(point);
                    series.bars.push(if deviation.is_finite() { deviation } else { 0.0 });
                }
            }
            series
        };
        let (across, measured) = (Side::new(&figure.x, "1"), Side::new(&figure.y, unit));
        let (x, y) = match (has_rows, figure.log_x) {
            (true, _) => (measured, Side::rows(ticks.iter().map(|tick| tick.name.clone()).collect())),
            (false, true) => (across.log(), measured),
            (false, false) => (across, measured),
        };
        let series = lines.iter().enumerate().map(line).collect();
        let chart = Chart { title: String::new(), x, y, series };
        (figure.name.clone(), chart)
    };
    study.figures.iter().map(chart).collect()
}

/// What a study came to, in a few lines.
pub(crate) fn report(study: &Study, points: &[Point], outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    let axes: Vec<_> = study.axes.iter().map(Axis::ticks).collect();
    for (places, list) in by_place(points, outcomes) {
        let names: Vec<String> = places
            .iter()
            .zip(&axes)
            .zip(&study.axes)
            .map(|((tick, ticks), axis)| format!("{} {}", axis.name(), ticks[*tick].name))
            .collect();
        let values: Vec<String> = study
            .measures
            .iter()
            .enumerate()
            .map(|(number, (name, measure))| {
                let (mean, deviation, count) = mean(of_measure(&list, number));
                let unit = if measure.unit() == "1" { String::new() } else { format!(" {}", measure.unit()) };
                let digits = |number: f64| {
                    if number == 0.0 || number.abs() >= 1e-3 {
                        format!("{number:.4}")
                    } else {
                        format!("{number:.3e}")
                    }
                };
                format!("{name} {} +- {}{unit} ({count} runs)", digits(mean), digits(deviation))
            })
            .collect();
        let place = if names.is_empty() { "all runs".to_owned() } else { names.join(", ") };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{place}: {}", values.join("; "));
    }
    text
}
