//! A summary is what an output file says about itself: provenance, phases, and every dataset's shape and size.

use std::fmt;
use std::path::{Path, PathBuf};

use ::hdf5::types::VarLenUnicode;
use ::hdf5::{Dataset, File, Group, H5Type};

use super::buffer::Word;
use super::structure::{COMMITS, FORMAT_VERSION};
use super::work::{WorkLine, read_work, write_lines};
use super::{RecorderError, Rows};
use crate::crossbar::Pass;

/// What an output file holds.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The file.
    pub path: PathBuf,
    /// Whether the run came to its end.
    pub complete: bool,
    /// Root attributes in order of their names: format, program version, facts of the run.
    pub attributes: Vec<(String, String)>,
    /// The scenario's file name.
    pub scenario: String,
    /// Overrides as they were given.
    pub overrides: Vec<String>,
    /// The seed of the run.
    pub seed: u64,
    /// Device models, `projection: name version` or `projection from phase n on: name version`.
    pub models: Vec<String>,
    /// Every phase that ended.
    pub phases: Vec<PhaseLine>,
    /// Every pass over an array that was programmed to its end, by projection.
    pub passes: Vec<PassLine>,
    /// What every array took in every phase that ended, by projection.
    pub work: Vec<WorkLine>,
    /// Every dataset, in order of the paths.
    pub datasets: Vec<DatasetLine>,
    /// Rows at the last flush of an unfinished file; rows beyond them are not to be relied on.
    pub committed: Option<Rows>,
}

/// One phase of a [`Summary`].
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseLine {
    /// train, label, test or run.
    pub kind: String,
    /// Images shown.
    pub images: u64,
    /// Images to which the network kept silent.
    pub silent: u64,
    /// Fraction of right predictions; `None` where nothing was predicted.
    pub accuracy: Option<f64>,
}

/// One pass over an array of a [`Summary`].
#[derive(Clone, Debug, PartialEq)]
pub struct PassLine {
    /// The projection's name.
    pub projection: String,
    /// Index of the phase in the schedule.
    pub phase: u32,
    /// The pass, from 0.
    pub pass: u32,
    /// What it came to.
    pub result: Pass,
}

/// One dataset of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetLine {
    /// Where it stands.
    pub path: String,
    /// Its dimensions; empty for a single value.
    pub shape: Vec<usize>,
    /// The type of its elements.
    pub kind: String,
    /// Its unit.
    pub units: String,
    /// Bytes in the file, compressed.
    pub bytes: u64,
}

/// Reads what the output file at `path` holds, finished or not.
///
/// # Errors
///
/// The file is missing, unreadable or damaged, being written, of another program, or of an unknown format version.
pub fn inspect(path: &Path) -> Result<Summary, RecorderError> {
    read_summary(path, &open(path)?).map_err(|error| RecorderError::read(path, &error))
}

/// Opens an output file that no run is writing.
pub(super) fn open(path: &Path) -> Result<File, RecorderError> {
    if !path.exists() {
        return Err(RecorderError::Missing(path.into()));
    }
    if path.is_dir() {
        return Err(RecorderError::Read { path: path.into(), reason: "it is a folder".into() });
    }
    let system = |error: std::io::Error| RecorderError::Read { path: path.into(), reason: error.to_string() };
    let lock = std::fs::File::open(path).map_err(system)?.try_lock_shared();
    if matches!(lock, Err(std::fs::TryLockError::WouldBlock)) {
        return Err(RecorderError::Busy(path.into()));
    }
    let file = File::open(path).map_err(|error| RecorderError::read(path, &error))?;
    check_format(path, &file)?;
    Ok(file)
}

/// Refuses files that are not of this program or of a version that it does not know.
pub(super) fn check_format(path: &Path, file: &File) -> Result<(), RecorderError> {
    let found = match file.attr("format").and_then(|attribute| attribute.read_scalar::<VarLenUnicode>()) {
        Ok(format) if format.as_str() == "crosspike" => None,
        Ok(format) => Some(format!("its format is {:?}", format.as_str())),
        Err(_) => Some("it has no attribute format".to_owned()),
    };
    if let Some(found) = found {
        return Err(RecorderError::Foreign { path: path.into(), found });
    }
    let version = file.attr("format_version").and_then(|attribute| attribute.read_scalar::<u32>());
    match version.map_err(|error| RecorderError::read(path, &error))? {
        FORMAT_VERSION => Ok(()),
        found => Err(RecorderError::Version { path: path.into(), found, expected: FORMAT_VERSION }),
    }
}

fn read_summary(path: &Path, file: &File) -> ::hdf5::Result<Summary> {
    let mut attributes = Vec::new();
    for name in file.attr_names()? {
        let attribute = file.attr(&name)?;
        let text = attribute.read_scalar::<VarLenUnicode>().map(|text| text.as_str().to_owned());
        let value = text.or_else(|_| attribute.read_scalar::<u32>().map(|number| number.to_string()))?;
        attributes.push((name, value));
    }
    attributes.sort();
    let mut datasets = Vec::new();
    list_datasets(file, "", &mut datasets)?;
    datasets.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Summary {
        path: path.into(),
        complete: !file.link_exists(COMMITS),
        attributes,
        scenario: file
            .dataset("/provenance/scenario_name")?
            .read_scalar::<VarLenUnicode>()?
            .as_str()
            .to_owned(),
        overrides: texts(file, "/provenance/overrides")?,
        seed: file.dataset("/provenance/seed")?.read_scalar()?,
        models: read_models(file)?,
        phases: read_phases(file)?,
        passes: read_passes(file)?,
        work: read_work(file)?,
        datasets,
        committed: read_committed(file)?,
    })
}

fn list_datasets(group: &Group, prefix: &str, lines: &mut Vec<DatasetLine>) -> ::hdf5::Result<()> {
    for name in group.member_names()? {
        let path = format!("{prefix}/{name}");
        if let Ok(dataset) = group.dataset(&name) {
            lines.push(read_line(path, &dataset)?);
        } else {
            list_datasets(&group.group(&name)?, &path, lines)?;
        }
    }
    Ok(())
}

fn read_line(path: String, dataset: &Dataset) -> ::hdf5::Result<DatasetLine> {
    let kind = dataset.dtype()?.to_descriptor()?.to_string();
    let units = dataset.attr("units")?.read_scalar::<VarLenUnicode>()?.as_str().to_owned();
    Ok(DatasetLine { path, shape: dataset.shape(), kind, units, bytes: dataset.storage_size() })
}

fn texts(file: &File, path: &str) -> ::hdf5::Result<Vec<String>> {
    let values = file.dataset(path)?.read_raw::<VarLenUnicode>()?;
    Ok(values.iter().map(|text| text.as_str().to_owned()).collect())
}

fn read_models(file: &File) -> ::hdf5::Result<Vec<String>> {
    let names = texts(file, "/provenance/models/name")?;
    let versions = texts(file, "/provenance/models/version")?;
    let projections = texts(file, "/provenance/models/projection")?;
    let phases = file.dataset("/provenance/models/phase")?.read_raw::<i64>()?;
    let models = projections.iter().zip(&names).zip(versions.iter().zip(&phases));
    let line = |((projection, name), (version, phase)): ((&String, &String), (&String, &i64))| match phase {
        -1 => format!("{projection}: {name} {version}"),
        _ => format!("{projection} from phase {phase} on: {name} {version}"),
    };
    Ok(models.map(line).collect())
}

fn read_phases(file: &File) -> ::hdf5::Result<Vec<PhaseLine>> {
    let kinds = file.dataset("/phases/kind")?.read_raw::<Word>()?;
    let images = file.dataset("/phases/images")?.read_raw::<u64>()?;
    let silent = file.dataset("/phases/silent")?.read_raw::<u64>()?;
    let accuracy = file.dataset("/phases/accuracy")?.read_raw::<f64>()?;
    let rows = kinds.iter().zip(images).zip(silent).zip(accuracy);
    let line = |(((kind, images), silent), accuracy): (((&Word, u64), u64), f64)| PhaseLine {
        kind: kind.as_str().to_owned(),
        images,
        silent,
        accuracy: (!accuracy.is_nan()).then_some(accuracy),
    };
    Ok(rows.map(line).collect())
}

fn read_passes(file: &File) -> ::hdf5::Result<Vec<PassLine>> {
    let mut lines = Vec::new();
    if !file.link_exists("/programming") {
        return Ok(lines);
    }
    for projection in file.group("/programming")?.member_names()? {
        let passes = file.group(&format!("/programming/{projection}/passes"))?;
        let [phase, pass] = read_columns::<u32, 2>(&passes, ["phase", "pass"])?;
        let counts = read_columns::<u64, 4>(&passes, ["addressed", "pulses", "missed", "disturbed"])?;
        let [median, mean] = read_columns::<f64, 2>(&passes, ["median", "mean"])?;
        for (row, (&phase, &pass)) in phase.iter().zip(&pass).enumerate() {
            let [addressed, pulses, missed, disturbed] =
                counts.each_ref().map(|numbers| numbers.get(row).copied().unwrap_or(0));
            let [median, mean] =
                [&median, &mean].map(|numbers| numbers.get(row).copied().unwrap_or(f64::NAN));
            let result = Pass { addressed, pulses, missed, disturbed, median, mean };
            lines.push(PassLine { projection: projection.clone(), phase, pass, result });
        }
    }
    Ok(lines)
}

fn read_columns<T: H5Type, const N: usize>(group: &Group, names: [&str; N]) -> ::hdf5::Result<[Vec<T>; N]> {
    let mut columns = std::array::from_fn(|_| Vec::new());
    for (column, name) in columns.iter_mut().zip(names) {
        *column = group.dataset(name)?.read_raw::<T>()?;
    }
    Ok(columns)
}

fn read_committed(file: &File) -> ::hdf5::Result<Option<Rows>> {
    if !file.link_exists(COMMITS) {
        return Ok(None);
    }
    let commits = file.dataset(COMMITS)?;
    let tables = commits.attr("tables")?.read_raw::<VarLenUnicode>()?;
    let all = commits.read_raw::<u64>()?;
    let last = all.chunks_exact(tables.len().max(1)).next_back().unwrap_or(&[]);
    let rows = tables.iter().enumerate();
    Ok(Some(rows.map(|(k, name)| (name.as_str().to_owned(), last.get(k).copied().unwrap_or(0))).collect()))
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.complete { "complete" } else { "unfinished: rely on the rows of the last flush" };
        writeln!(f, "{} ({state})", self.path.display())?;
        write!(f, "scenario {}, seed {}", self.scenario, self.seed)?;
        for line in &self.overrides {
            write!(f, ", {line}")?;
        }
        writeln!(f)?;
        for (name, value) in &self.attributes {
            writeln!(f, "{name}: {value}")?;
        }
        for model in &self.models {
            writeln!(f, "device of {model}")?;
        }
        if !self.phases.is_empty() {
            writeln!(f, "\nphase  kind      images    silent  accuracy")?;
        }
        for (index, phase) in self.phases.iter().enumerate() {
            let accuracy = phase.accuracy.map_or("-".to_owned(), |value| format!("{:.2} %", 100.0 * value));
            writeln!(f, "{index:5}  {:6} {:9} {:9}  {accuracy:>8}", phase.kind, phase.images, phase.silent)?;
        }
        if !self.passes.is_empty() {
            writeln!(f, "\nphase  pass    pulses    missed  disturbed    median      mean  projection")?;
        }
        for PassLine { projection, phase, pass, result } in &self.passes {
            let [median, mean] = [result.median, result.mean].map(|error| format!("{:.2} %", 100.0 * error));
            writeln!(
                f,
                "{phase:5} {pass:5} {:9} {:9} {:10}  {median:>8}  {mean:>8}  {projection}",
                result.pulses, result.missed, result.disturbed
            )?;
        }
        write_lines(f, &self.work)?;
        let width = self.datasets.iter().map(|line| line.path.len()).max().unwrap_or(0).max(7);
        writeln!(
            f,
            "\n{:width$}  {:18} {:16} {:5} {:>12}",
            "dataset", "shape", "type", "units", "bytes in file"
        )?;
        for line in &self.datasets {
            let shape = line.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
            let shape = if shape.is_empty() { "single".to_owned() } else { shape };
            writeln!(
                f,
                "{:width$}  {shape:18} {:16} {:5} {:13}",
                line.path, line.kind, line.units, line.bytes
            )?;
        }
        if let Some(rows) = &self.committed {
            writeln!(f, "\nrows at the last flush")?;
            rows.iter().try_for_each(|(path, rows)| writeln!(f, "{path:width$}  {rows}"))?;
        }
        Ok(())
    }
}
