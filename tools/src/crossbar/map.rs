//! `crosspike crossbar map`: a picture of what the cells of an array get.

use std::path::Path;

use super::array::Array;
use super::quantity::counted;
use super::svg::HeatMap;
use super::tile;
use crate::cli::{MapArguments, Quantity};
use crate::exit::{Code, Failure};
use crate::picture;

/// Tight enough that no shade depends on it.
const TOLERANCE: f64 = 1e-10;

/// Lines that are drawn one by one; of more, blocks are.
const LINE_LIMIT: usize = 256;

/// Of the largest ideal voltage: what is below is 0 V, left there by rounding and by wires that are not quite ideal.
const NO_VOLTAGE: f64 = 1e-5;

/// Draws the map of an array.
pub(crate) fn map(arguments: &MapArguments) -> Result<(), Failure> {
    let is_run = arguments.file.extension().is_some_and(|end| end.eq_ignore_ascii_case("h5"));
    let field = match &arguments.tile.projection {
        Some(projection) if is_run => {
            tile::field(&arguments.file, projection, &arguments.tile, arguments.quantity)?
        }
        None if !is_run => field(&Array::read(&arguments.file)?, arguments.quantity)?,
        Some(_) => {
            let message = format!(
                "--projection is for outputs of `run`, and {} does not end in .h5",
                arguments.file.display()
            );
            return Err(Failure::new(Code::Usage, message));
        }
        None => {
            let message =
                format!("{} is a run: name one of its projections by --projection", arguments.file.display());
            return Err(Failure::new(Code::Usage, message));
        }
    };
    picture::write(&heat_map(field, arguments.quantity).to_string(), &arguments.output)
}

/// A quantity of every cell of an array.
pub(super) struct Field {
    /// What the array is called.
    pub(super) name: String,
    pub(super) word_lines: usize,
    pub(super) bit_lines: usize,
    /// In SI units or as a part of 1, row by row; NaN where it is not defined.
    pub(super) values: Vec<f64>,
}

/// What is drawn of an array.
fn heat_map(field: Field, quantity: Quantity) -> HeatMap {
    let Field { name, word_lines: m, bit_lines: n, mut values } = field;
    let (factor, unit) = match quantity {
        Quantity::Drop => (100.0, "%".to_owned()),
        Quantity::Voltage => scale(&values, "V"),
        Quantity::Current => scale(&values, "A"),
    };
    values.iter_mut().for_each(|value| *value *= factor);
    let (what, label) = match quantity {
        Quantity::Drop => (
            "Voltage over each cell, % of that in an ideal array",
            "% of the voltage in an ideal array".into(),
        ),
        Quantity::Voltage => ("Voltage over each cell", format!("word line minus bit line, {unit}")),
        Quantity::Current => ("Current through each cell", format!("word line to bit line, {unit}")),
    };
    let mut title = vec![format!("{what}: {name}"), summary(&values, m, n, &unit)];
    let block = [m, n].map(|lines| lines.div_ceil(LINE_LIMIT));
    if block != [1, 1] {
        title.push(format!("Each block is the mean of {} x {} cells.", block[0], block[1]));
    }
    let values = blocks(&values, [m, n], block);
    if quantity == Quantity::Drop && values.iter().any(|value| value.is_nan()) {
        title.push("Grey: no voltage in an ideal array.".to_owned());
    }
    let (range, is_open) = range(&values, quantity);
    let labels = ["word line".to_owned(), "bit line".to_owned(), label];
    HeatMap { title, rows: m, columns: n, block, values, range, is_open, labels }
}

/// The quantity of each cell of an array in a file.
fn field(array: &Array, quantity: Quantity) -> Result<Field, Failure> {
    let file = Path::new(&array.name).file_name();
    Ok(Field {
        name: file.map_or(array.name.clone(), |name| name.to_string_lossy().into_owned()),
        word_lines: array.word_lines(),
        bit_lines: array.bit_lines(),
        values: values(array, quantity)?,
    })
}

fn values(array: &Array, quantity: Quantity) -> Result<Vec<f64>, Failure> {
    let voltages = |array: &Array| -> Result<Vec<f64>, Failure> {
        let point = array.solve(TOLERANCE, 1)?.point;
        Ok(point.word.iter().zip(&point.bit).map(|(word, bit)| word - bit).collect())
    };
    match quantity {
        Quantity::Current => Ok(array.solve(TOLERANCE, 1)?.point.cells),
        Quantity::Voltage => voltages(array),
        Quantity::Drop => Ok(parts(&voltages(array)?, &voltages(&array.idealised()?)?)),
    }
}

/// Voltages as parts of those in an ideal array; NaN where these are next to nothing.
pub(super) fn parts(found: &[f64], ideal: &[f64]) -> Vec<f64> {
    let least = NO_VOLTAGE * ideal.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let part = |(found, ideal): (&f64, &f64)| if ideal.abs() > least { found / ideal } else { f64::NAN };
    found.iter().zip(ideal).map(part).collect()
}

/// Sizes, extreme values with their word and bit line, and mean.
fn summary(values: &[f64], m: usize, n: usize, unit: &str) -> String {
    let sizes = format!("{} x {}", counted(m, "word line"), counted(n, "bit line"));
    let known = || values.iter().enumerate().filter(|(_, value)| !value.is_nan());
    let by_value = |a: &(usize, &f64), b: &(usize, &f64)| a.1.total_cmp(b.1);
    let (Some(least), Some(most)) = (known().min_by(by_value), known().max_by(by_value)) else {
        return format!("{sizes}; no cell has a voltage");
    };
    let said =
        |(at, value): (usize, &f64)| format!("{} {unit} at ({}, {})", significant(*value), at / n, at % n);
    let mean = known().map(|(_, value)| value).sum::<f64>() / known().count() as f64;
    format!("{sizes}; {} to {}, mean {} {unit}", said(least), said(most), significant(mean))
}

/// The mean of each block over the cells that have a value, NaN where none has.
fn blocks(values: &[f64], [m, n]: [usize; 2], [height, width]: [usize; 2]) -> Vec<f64> {
    let mean = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
        let cells = rows.flat_map(|row| values[row * n..][columns.clone()].iter());
        let (count, sum) = cells
            .filter(|value| !value.is_nan())
            .fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        sum / count
    };
    let rows = (0..m).step_by(height).map(|row| row..(row + height).min(m));
    rows.flat_map(|rows| {
        let columns = (0..n).step_by(width).map(|column| column..(column + width).min(n));
        columns.map(move |columns| mean(rows.clone(), columns)).collect::<Vec<_>>()
    })
    .collect()
}

/// The values at the ends of the colours, and whether there are others below or above. Parts of ideal voltages are drawn
/// from 0 to 100 % at most: a few cells that hardly get a voltage, ideal or not, would take all the colours.
fn range(values: &[f64], quantity: Quantity) -> ([f64; 2], [bool; 2]) {
    let known = || values.iter().copied().filter(|value| !value.is_nan());
    let [mut low, mut high] =
        [known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max)];
    let mut is_open = [false, false];
    if low > high {
        // No cell has a value.
        return ([0.0, 1.0], is_open);
    }
    if quantity == Quantity::Drop {
        is_open = [low < 0.0, high > 100.0 + 1e-3];
        (low, high) = (low.clamp(0.0, 100.0), high.clamp(0.0, 100.0));
    }
    // All alike: colours need some width.
    let middle = (low + high) / 2.0;
    let scale = if middle == 0.0 { 1.0 } else { middle.abs() };
    if high - low < 1e-6 * scale {
        (low, high) = (middle - 0.01 * scale, middle + 0.01 * scale);
    }
    ([low, high], is_open)
}

/// A factor and a unit with its prefix, so that the largest value lies between 1 and 1000.
fn scale(values: &[f64], unit: &str) -> (f64, String) {
    let largest = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let prefixes = [("", 0), ("m", 3), ("u", 6), ("n", 9), ("p", 12), ("f", 15)];
    let fits = prefixes.into_iter().find(|(_, power)| largest * 10f64.powi(*power) >= 1.0);
    let (prefix, power) = fits.unwrap_or(("", 0));
    (10f64.powi(power), format!("{prefix}{unit}"))
}

/// Four digits, or all before the point.
fn significant(value: f64) -> String {
    let power = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    let decimals = (3 - power).clamp(0, 9) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_the_mean_of_its_cells_that_have_a_value() {
        let values = [1.0, 2.0, 3.0, 3.0, f64::NAN, 5.0, f64::NAN, f64::NAN, 9.0];
        let found = blocks(&values, [3, 3], [2, 2]);
        assert_eq!(found[..2], [2.0, 4.0]);
        assert!(found[2].is_nan() && found[3] == 9.0, "{found:?}");
    }

    #[test]
    fn values_are_said_in_a_unit_that_fits_the_largest() {
        assert_eq!(scale(&[-0.0004, 0.0002], "V"), (1e6, "uV".to_owned()));
        assert_eq!(scale(&[0.0, 0.0], "A"), (1.0, "A".to_owned()));
        assert_eq!([12.3456, 99999.6, 0.012_345_6].map(significant), ["12.35", "100000", "0.01235"]);
    }

    #[test]
    fn colours_of_the_drop_end_at_0_and_100_percent() {
        assert_eq!(range(&[-3.0, 40.0, 180.0], Quantity::Drop), ([0.0, 100.0], [true, true]));
        assert_eq!(range(&[-3.0, 40.0, 180.0], Quantity::Voltage), ([-3.0, 180.0], [false, false]));
        assert_eq!(range(&[f64::NAN], Quantity::Drop), ([0.0, 1.0], [false, false]));
        assert_eq!(range(&[5.0], Quantity::Voltage), ([4.95, 5.05], [false, false]));
    }
}
