//! A quantity is what the numbers of one key measure: their unit, their range, and what stands for an absent one.

use crosspike::units;

use super::fault::Fault;
use super::value::Value;

/// How the numbers of a key are read.
pub(super) struct Quantity {
    unit: &'static str,
    allows: fn(f64) -> bool,
    /// The range, for messages, with what to write instead.
    expected: &'static str,
    /// What null stands for, where it stands for something.
    absent: Option<f64>,
}

/// Ranges are far wider than those of any device or wire, and narrow enough that no product of their numbers overflows.
pub(super) const CONDUCTANCE: Quantity = Quantity {
    unit: "S",
    allows: |value| (0.0..=1e9).contains(&value),
    expected: "0 to 1e9 S; 0 or null is no cell",
    absent: Some(0.0),
};

pub(super) const SEGMENT: Quantity = Quantity {
    unit: "ohm",
    allows: |value| (1e-12..=1e30).contains(&value) || value == f64::INFINITY,
    expected: "1e-12 to 1e30 ohm, such as 1e-6 for a wire that hardly resists; null is a broken wire",
    absent: Some(f64::INFINITY),
};

/// An absent voltage is NaN.
pub(super) const VOLTAGE: Quantity = Quantity {
    unit: "V",
    allows: |value| value.abs() <= 1e9,
    expected: "-1e9 to 1e9 V; null is an end that floats",
    absent: Some(f64::NAN),
};

pub(super) const RESISTANCE: Quantity = Quantity {
    unit: "ohm",
    allows: |value| value == 0.0 || (1e-12..=1e30).contains(&value),
    expected: "0, or 1e-12 to 1e30 ohm; an end floats where its `v` is null",
    absent: None,
};

pub(super) const CURVATURE: Quantity = Quantity {
    unit: "1/V",
    allows: |value| value == 0.0 || (1e-9..=1e9).contains(&value),
    expected: "0 for I = G V, or 1e-9 to 1e9 1/V",
    absent: Some(0.0),
};

impl Quantity {
    /// The number that a value gives, in SI units.
    pub(super) fn read(&self, value: &Value) -> Result<f64, Fault> {
        let number = match value {
            Value::Number(number) => *number,
            Value::Text(text) => units::parse(text, self.unit).map_err(Fault::told)?,
            Value::Absent if self.absent.is_some() => return Ok(self.absent.unwrap_or_default()),
            other => return Err(Fault::new(other.kind(), self.expected)),
        };
        if (self.allows)(number) {
            return Ok(number);
        }
        Err(Fault::new(units::format(number, self.unit), self.expected))
    }

    /// One number for each of `count` lines: a list, or one number for all.
    pub(super) fn read_lines(&self, value: &Value, count: usize, lines: &str) -> Result<Vec<f64>, Fault> {
        let Value::List(values) = value else { return Ok(vec![self.read(value)?; count]) };
        if values.len() != count {
            let expected = format!("{count}, one per {lines}, or one number for all");
            return Err(Fault::new(counted(values.len(), "value"), expected));
        }
        values.iter().enumerate().map(|(line, value)| self.read(value).map_err(|f| f.at(line))).collect()
    }
}

/// Reads a mark: true or false, 1 or 0.
pub(super) fn mark(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Truth(truth) => Ok(*truth),
        Value::Number(number) if *number == 1.0 => Ok(true),
        Value::Number(number) if *number == 0.0 => Ok(false),
        Value::Number(number) => Err(Fault::new(number, "true or false, 1 or 0")),
        other => Err(Fault::new(other.kind(), "true or false, 1 or 0")),
    }
}

/// The shape of a matrix in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// In terms of m and n.
    pub(super) text: &'static str,
}

/// What a matrix in a file holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Grid<T> {
    /// One value for all.
    All(T),
    /// Row by row.
    Each(Vec<T>),
}

impl Shape {
    /// Reads a matrix: a list of rows, or one value for all.
    pub(super) fn read<T>(
        self,
        value: &Value,
        read: impl Fn(&Value) -> Result<T, Fault>,
    ) -> Result<Grid<T>, Fault> {
        let Shape { rows, columns, text } = self;
        let Value::List(lines) = value else { return Ok(Grid::All(read(value)?)) };
        let length = |found: usize, what: &str, expected: usize| {
            if found == expected {
                return Ok(());
            }
            let expected = format!("{expected}: the shape is {text} = {rows} x {columns}");
            Err(Fault::new(counted(found, what), expected))
        };
        length(lines.len(), "row", rows)?;
        let mut all = Vec::with_capacity(rows * columns);
        for (row, line) in lines.iter().enumerate() {
            let Value::List(values) = line else {
                let expected = format!("a list of {columns}: the shape is {text} = {rows} x {columns}");
                return Err(Fault::new(line.kind(), expected).at(row));
            };
            length(values.len(), "value", columns).map_err(|fault| fault.at(row))?;
            for (column, value) in values.iter().enumerate() {
                all.push(read(value).map_err(|fault| fault.at(column).at(row))?);
            }
        }
        Ok(Grid::Each(all))
    }
}

impl<T: Clone> Grid<T> {
    /// All `count` values, one by one.
    pub(super) fn spread(self, count: usize) -> Vec<T> {
        match self {
            Grid::All(value) => vec![value; count],
            Grid::Each(values) => values,
        }
    }
}

/// So many things, in the singular or the plural.
pub(super) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
