//! A matrix file is a CSV file of numbers, one line per row, without a header.

use std::path::Path;

/// A file of numbers that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// It cannot be read.
    #[error("{file}: cannot read {content}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What it should hold.
        content: &'static str,
        /// What the system says.
        reason: String,
    },
    /// A field is not a number of the kind that is wanted.
    #[error("{file}, line {line}, column {column}: `{found}` is not {number}")]
    NotANumber {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The field in it, from 1.
        column: usize,
        /// The text found.
        found: String,
        /// What is wanted.
        number: &'static str,
    },
    /// The matrix has another shape than is wanted.
    #[error(
        "{file}: found {found} rows and {found_columns} columns; the array needs {rows} rows ({row_kind}) and {columns} columns ({column_kind})"
    )]
    Shape {
        /// The file.
        file: String,
        /// Rows found.
        found: usize,
        /// Columns found (of the first row that differs).
        found_columns: usize,
        /// Rows wanted.
        rows: usize,
        /// What a row is.
        row_kind: &'static str,
        /// Columns wanted.
        columns: usize,
        /// What a column is.
        column_kind: &'static str,
    },
}

/// What a file must hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Its content, in the words of messages.
    pub(super) content: &'static str,
    /// One of its numbers, in the words of messages.
    pub(super) number: &'static str,
    /// Whether a number is one of those.
    pub(super) accepts: fn(f64) -> bool,
    /// How many rows, and what a row is.
    pub(super) rows: (usize, &'static str),
    /// How many columns, and what a column is.
    pub(super) columns: (usize, &'static str),
}

impl Wanted {
    /// Reads a file, row by row.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, a field that is not wanted, a wrong number of rows or columns.
    pub(super) fn read(&self, path: &Path) -> Result<Vec<f64>, MatrixError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| MatrixError::Unreadable {
            file: file.clone(),
            content: self.content,
            reason: error.to_string(),
        })?;
        let ((rows, row_kind), (columns, column_kind)) = (self.rows, self.columns);
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let found = lines.clone().count();
        let shape = |found_columns| MatrixError::Shape {
            file: file.clone(),
            found,
            found_columns,
            rows,
            row_kind,
            columns,
            column_kind,
        };
        let mut values = Vec::with_capacity(rows * columns);
        for (number, line) in lines {
            let before = values.len();
            for (column, field) in line.split(',').map(str::trim).enumerate() {
                let value = field.parse().ok().filter(|&value| (self.accepts)(value));
                values.push(value.ok_or_else(|| MatrixError::NotANumber {
                    file: file.clone(),
                    line: number + 1,
                    column: column + 1,
                    found: field.to_string(),
                    number: self.number,
                })?);
            }
            if values.len() - before != columns {
                return Err(shape(values.len() - before));
            }
        }
        if found == rows { Ok(values) } else { Err(shape(columns)) }
    }
}
