//! Initial conductances: where each cell of an array starts, or is programmed to, before clipping to the range of its
//! device.

use std::io::Read;
use std::path::Path;

use crate::random::Stream;
use crate::scenario::schema::InitialConductance;

/// A file of conductances that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InitialError {
    /// It cannot be read.
    #[error("{file}: cannot read conductances: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// A field is not a number of siemens.
    #[error(
        "{file}, line {line}, column {column}: `{found}` is not a conductance; expected siemens, at least 0, such as 1.5e-4"
    )]
    NotANumber {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The field in it, from 1.
        column: usize,
        /// The text found.
        found: String,
    },
    /// The matrix has another shape than the array.
    #[error(
        "{file}: found {found} rows and {found_columns} columns; the array needs {rows} rows (word lines{planes}) and {columns} columns (bit lines)"
    )]
    Shape {
        /// The file.
        file: String,
        /// Rows found.
        found: usize,
        /// Columns found (of the first row that differs).
        found_columns: usize,
        /// Rows expected.
        rows: usize,
        /// What the rows are, where there are two planes.
        planes: &'static str,
        /// Columns expected.
        columns: usize,
    },
}

/// Conductances by a law: planes x rows x columns, S.
///
/// `stream` gives the numbers of laws with chance, `file` is the resolved path of a `File` law.
pub fn initial_conductances(
    law: &InitialConductance,
    (planes, rows, columns): (usize, usize, usize),
    stream: Stream,
    file: Option<&Path>,
) -> Result<Vec<f64>, InitialError> {
    let each = |value: &dyn Fn(u32, u64) -> f64| {
        (0..planes)
            .flat_map(|plane| (0..rows * columns).map(move |cell| (cell as u32, plane as u64)))
            .map(|(cell, plane)| value(cell, plane))
            .collect()
    };
    Ok(match law {
        InitialConductance::Constant(g) => each(&|_, _| g.si()),
        InitialConductance::Uniform(low, high) => {
            each(&|cell, plane| low.si() + (high.si() - low.si()) * stream.uniform(cell, plane))
        }
        InitialConductance::Normal(mean, sd) => {
            each(&|cell, plane| mean.si() + sd.si() * stream.normal(cell, plane))
        }
        InitialConductance::File(name) => {
            let path = file.unwrap_or_else(|| Path::new(name));
            return read_matrix(path, planes, rows, columns);
        }
    })
}

fn read_matrix(path: &Path, planes: usize, rows: usize, columns: usize) -> Result<Vec<f64>, InitialError> {
    let file = path.display().to_string();
    let unreadable = |reason: String| InitialError::Unreadable { file: file.clone(), reason };
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|mut source| source.read_to_string(&mut text))
        .map_err(|error| unreadable(error.to_string()))?;
    let mut values = Vec::with_capacity(planes * rows * columns);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let shape = |found, found_columns| InitialError::Shape {
        file: file.clone(),
        found,
        found_columns,
        rows: planes * rows,
        planes: if planes == 2 { " of g+, then of g-" } else { "" },
        columns,
    };
    let row_count = lines.clone().count();
    for (number, line) in lines {
        let before = values.len();
        for (column, field) in line.split(',').map(str::trim).enumerate() {
            let value = field.parse::<f64>().ok().filter(|g| g.is_finite() && *g >= 0.0);
            values.push(value.ok_or_else(|| InitialError::NotANumber {
                file: file.clone(),
                line: number + 1,
                column: column + 1,
                found: field.to_string(),
            })?);
        }
        if values.len() - before != columns {
            return Err(shape(row_count, values.len() - before));
        }
    }
    if row_count == planes * rows { Ok(values) } else { Err(shape(row_count, columns)) }
}
