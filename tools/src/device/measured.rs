//! What was measured: files of numbers in CSV, text or HDF5.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crosspike::units;
use flate2::read::MultiGzDecoder;

use crate::exit::{Code, Failure};

/// Columns of numbers; where a column has none it is NaN.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sheet {
    /// The words above the columns, where there are any.
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<Vec<f64>>,
}

/// The changes by a pulse over conductance and chance.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// Ascending, S.
    pub(super) g: Vec<f64>,
    /// From 0 to 1, ascending.
    pub(super) chance: Vec<f64>,
    /// A line for each chance, S.
    pub(super) change: Vec<Vec<f64>>,
}

/// A failure about a file.
pub(super) fn wrong(file: &str, reason: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Data, format!("{file}: {reason}"))
}

/// The text of a file, unpacked where its name ends in .gz.
fn text(file: &str) -> Result<String, Failure> {
    let opened = File::open(file).map_err(|error| wrong(file, error))?;
    let mut text = String::new();
    let read = if Path::new(file).extension().is_some_and(|end| end == "gz") {
        MultiGzDecoder::new(opened).read_to_string(&mut text)
    } else {
        (&opened).read_to_string(&mut text)
    };
    read.map_err(|error| wrong(file, error))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The file and the place in it of an HDF5 name, `file.h5:/place`; of others nothing.
fn place(name: &str) -> Option<(&str, &str)> {
    let (file, place) = name.split_once(":/")?;
    Path::new(file).extension().is_some_and(|end| end == "h5" || end == "hdf5").then_some((file, place))
}

/// The numbers of a two-dimensional dataset, line after line, and its width.
fn dataset(group: &hdf5::Group, path: &str) -> hdf5::Result<(Vec<f64>, usize)> {
    let dataset = group.dataset(path)?;
    Ok((dataset.read_raw::<f64>()?, dataset.shape().get(1).copied().unwrap_or(1).max(1)))
}

fn is_empty(field: &str) -> bool {
    field.is_empty() || field.eq_ignore_ascii_case("nan")
}

/// The columns of a CSV file, or of a dataset `file.h5:/path`.
pub(super) fn sheet(file: &str) -> Result<Sheet, Failure> {
    if let Some((path, place)) = place(file) {
        let read = || dataset(&*hdf5::File::open(path)?, place);
        let (numbers, width) = read().map_err(|error| wrong(file, error))?;
        let column = |k: usize| numbers.iter().skip(k).step_by(width).copied().collect();
        return Ok(Sheet { names: Vec::new(), columns: (0..width).map(column).collect() });
    }
    let text = text(file)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|error| wrong(file, error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let is_number = |field: &str| is_empty(field) || field.parse::<f64>().is_ok();
        if number == 0 && !record.iter().all(is_number) {
            sheet.names = record.iter().map(str::to_owned).collect();
            sheet.columns.resize(sheet.names.len(), Vec::new());
            continue;
        }
        if sheet.columns.is_empty() {
            sheet.columns.resize(record.len(), Vec::new());
        }
        if record.len() > sheet.columns.len() {
            let (found, expected) = (record.len(), sheet.columns.len());
            return Err(wrong(file, format!("line {line}: {found} fields; expected at most {expected}")));
        }
        for (column, values) in sheet.columns.iter_mut().enumerate() {
            let field = record.get(column).unwrap_or("");
            let value = if is_empty(field) { Ok(f64::NAN) } else { field.parse() };
            let what = || format!("line {line}, column {}: `{field}` is no number", column + 1);
            values.push(value.map_err(|_| wrong(file, what()))?);
        }
    }
    if sheet.columns.first().is_none_or(Vec::is_empty) {
        return Err(wrong(file, "it has no numbers"));
    }
    Ok(sheet)
}

/// The quantities of a table for [`named`], with their units.
const QUANTITIES: [(&str, &str); 4] =
    [("voltage", "V"), ("duration", "s"), ("current", "A"), ("conductance", "S")];

/// A table of quantities in SI; empty where the file does not have one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Quantities {
    pub(super) voltage: Vec<f64>,
    pub(super) duration: Vec<f64>,
    pub(super) current: Vec<f64>,
    pub(super) conductance: Vec<f64>,
}

/// The quantities of a CSV file whose first line names them, as `voltage` or `voltage (mV)`, or of the datasets of an HDF5 group,
/// `file.h5:/group`, whose attribute `units` names the unit.
pub(super) fn named(file: &str) -> Result<Quantities, Failure> {
    let mut found: [Vec<f64>; 4] = Default::default();
    if let Some((path, group)) = place(file) {
        let read = |quantity: &str| -> hdf5::Result<Option<(Vec<f64>, String)>> {
            let opened = hdf5::File::open(path)?;
            let group = if group.is_empty() { opened.group("/")? } else { opened.group(group)? };
            if !group.link_exists(quantity) {
                return Ok(None);
            }
            let dataset = group.dataset(quantity)?;
            let units = dataset.attr("units").and_then(|units| {
                let text: hdf5::types::VarLenUnicode = units.read_scalar()?;
                Ok(text.as_str().to_owned())
            });
            Ok(Some((dataset.read_raw::<f64>()?, units.unwrap_or_default())))
        };
        for (values, (quantity, unit)) in found.iter_mut().zip(QUANTITIES) {
            if let Some((numbers, written)) = read(quantity).map_err(|error| wrong(file, error))? {
                *values = in_si(file, numbers, &written, unit)?;
            }
        }
    } else {
        let sheet = sheet(file)?;
        for (name, column) in sheet.names.iter().zip(sheet.columns) {
            let end = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
            let (word, rest) = name.split_at(end);
            let place = QUANTITIES.iter().position(|(quantity, _)| quantity.eq_ignore_ascii_case(word));
            let Some(place) = place else { continue };
            let written = rest.trim_matches(|c: char| c.is_whitespace() || "()[]_,/".contains(c));
            found[place] = in_si(file, column, written, QUANTITIES[place].1)?;
        }
    }
    let mut lengths = found.iter().map(Vec::len).filter(|length| *length > 0);
    if let Some(first) = lengths.next()
        && let Some(other) = lengths.find(|length| *length != first)
    {
        return Err(wrong(
            file,
            format!("its quantities have {first} and {other} values; expected as many of each"),
        ));
    }
    let [voltage, duration, current, conductance] = found;
    if let Some(line) = [&voltage, &duration, &current, &conductance]
        .into_iter()
        .find_map(|values| values.iter().position(|value| !value.is_finite()))
    {
        return Err(wrong(file, format!("row {} is not complete", line + 1)));
    }
    Ok(Quantities { voltage, duration, current, conductance })
}

/// Numbers of a written unit in that of SI; without one they have it.
fn in_si(file: &str, numbers: Vec<f64>, written: &str, unit: &str) -> Result<Vec<f64>, Failure> {
    if written.is_empty() || written == unit {
        return Ok(numbers);
    }
    let factor = units::parse(&format!("1 {written}"), unit).map_err(|error| wrong(file, error))?;
    Ok(numbers.into_iter().map(|number| number * factor).collect())
}

/// A table of changes: CSV whose first line holds conductances behind a word and whose first column chances; a text of lines of
/// numbers, the first two of which hold conductances and chances; or an HDF5 group with `g`, `chance` and `change`.
pub(super) fn changes(file: &str) -> Result<Changes, Failure> {
    let changes = if let Some((path, group)) = place(file) {
        let read = || -> hdf5::Result<Changes> {
            let opened = hdf5::File::open(path)?;
            let group = if group.is_empty() { opened.group("/")? } else { opened.group(group)? };
            let (g, chance) = (group.dataset("g")?.read_raw()?, group.dataset("chance")?.read_raw()?);
            let (numbers, width) = dataset(&group, "change")?;
            Ok(Changes { g, chance, change: numbers.chunks(width).map(<[f64]>::to_vec).collect() })
        };
        read().map_err(|error| wrong(file, error))?
    } else {
        let text = text(file)?;
        let numbers = |line: &str| -> Vec<f64> {
            let words = line.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
            words.map(|word| word.parse().unwrap_or(f64::NAN)).collect()
        };
        let mut lines = text.lines().map(numbers).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        if first.first().is_some_and(|word| word.is_nan()) && first.iter().skip(1).all(|g| g.is_finite()) {
            let (chance, change) =
                lines.map(|line| (line[0], line[1..].to_vec())).unzip::<_, _, Vec<_>, Vec<_>>();
            Changes { g: first[1..].to_vec(), chance, change }
        } else {
            // A line of words above all is a comment.
            let g =
                if first.iter().any(|word| word.is_nan()) { lines.next().unwrap_or_default() } else { first };
            Changes { g, chance: lines.next().unwrap_or_default(), change: lines.collect() }
        }
    };
    whole(changes).map_err(|reason| wrong(file, reason))
}

/// Checks a table, sets its ends of chance, and lets no column fall.
fn whole(mut changes: Changes) -> Result<Changes, String> {
    let ascends = |list: &[f64]| list.len() >= 2 && list.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascends(&changes.g) {
        return Err("expected two or more conductances, ascending, in the first line".to_owned());
    }
    let (Some(&first), Some(&last)) = (changes.chance.first(), changes.chance.last()) else {
        return Err("it has no chances".to_owned());
    };
    if !ascends(&changes.chance) || !(0.0..=0.01).contains(&first) || !(0.99..=1.0 + 1e-9).contains(&last) {
        return Err(format!("the chances go from {first} to {last}; expected from 0 to 1, ascending"));
    }
    let end = changes.chance.len() - 1;
    (changes.chance[0], changes.chance[end]) = (0.0, 1.0);
    let (lines, columns) = (changes.chance.len(), changes.g.len());
    if changes.change.len() != lines {
        return Err(format!(
            "{} lines of changes; expected {lines}, one for each chance",
            changes.change.len()
        ));
    }
    let is_whole = |line: &Vec<f64>| line.len() == columns && line.iter().all(|change| change.is_finite());
    if let Some(line) = changes.change.iter().position(|line| !is_whole(line)) {
        return Err(format!("line {} of the changes does not hold {columns} numbers", line + 1));
    }
    for column in 0..columns {
        let mut values: Vec<f64> = changes.change.iter().map(|line| line[column]).collect();
        values.sort_by(f64::total_cmp);
        changes.change.iter_mut().zip(values).for_each(|(line, value)| line[column] = value);
    }
    Ok(changes)
}
