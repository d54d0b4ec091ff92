//! `crosspike device fit`: the parameters of a model that come nearest to what was measured.
//!
//! # How
//!
//! A measured curve is a list of rows: the cell is held at a voltage for a time, then its current or conductance is read.
//! The same is done to a cell of the model, with every random number in its middle, and the differences are made small by the
//! algorithm of Levenberg and Marquardt. Parameters of one sign are sought by their logarithm. The search starts several
//! times, from values around the given ones, and the best end counts.
//!
//! An interval of confidence is that of a linear model at the best values: from the residuals' variance, the inverse of JᵀJ and
//! Student's t.

use std::fmt::Write as _;

use crosspike::device::{Device, DeviceFault, Kind};
use crosspike::random::{Purpose, Stream};
use crosspike::scenario::ParameterValue;
use crosspike::units;
use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};

use super::lab::{Lab, Subject};
use super::measured::{named, wrong};
use super::table;
use crate::chart::{self, Axis, Chart, Series, brief};
use crate::cli::{DeviceFitArguments, Weight};
use crate::exit::{self, Code, Failure, say};
use crate::picture;

/// What was measured of one cell.
struct Curve {
    file: String,
    /// Voltage and duration before each read.
    rows: Vec<(f64, f64)>,
    /// What was read, A or S.
    values: Vec<f64>,
    is_current: bool,
    /// The conductance before the first row, S; sought where it is not known.
    start: Option<f64>,
    /// What a difference is divided by.
    scales: Vec<f64>,
}

/// A number that is sought.
struct Unknown {
    name: String,
    unit: String,
    of: Of,
    way: Way,
    first: f64,
    min: f64,
    max: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Of {
    Parameter,
    /// The start of a curve.
    Start(usize),
}

/// How a value follows from the number that the search moves.
#[derive(Clone, Copy)]
enum Way {
    /// Its logarithm, with the sign of the value.
    Log(f64),
    /// In parts of a size.
    Linear(f64),
}

impl Unknown {
    fn value(&self, place: f64) -> f64 {
        let value = match self.way {
            Way::Log(sign) => sign * place.exp(),
            Way::Linear(size) => size * place,
        };
        value.clamp(self.min, self.max)
    }

    fn place(&self, value: f64) -> f64 {
        match self.way {
            Way::Log(_) => value.abs().ln(),
            Way::Linear(size) => value / size,
        }
    }
}

/// Model, curves and unknowns.
struct Task<'a> {
    subject: &'a Subject,
    curves: &'a [Curve],
    unknowns: &'a [Unknown],
}

impl Task<'_> {
    /// The device at these places, and the starts of the curves.
    fn device(&self, places: &[f64]) -> Result<(Device, Vec<f64>), Failure> {
        let mut starts: Vec<f64> = self.curves.iter().map(|curve| curve.start.unwrap_or(f64::NAN)).collect();
        let mut values: Vec<(&str, ParameterValue)> =
            self.subject.values.iter().map(|(name, value)| (name, value.clone())).collect();
        for (unknown, place) in self.unknowns.iter().zip(places) {
            let value = unknown.value(*place);
            match unknown.of {
                Of::Start(curve) => starts[curve] = value,
                Of::Parameter => {
                    values.retain(|(name, _)| *name != unknown.name);
                    values.push((&unknown.name, written(value, &unknown.unit)));
                }
            }
        }
        let device = self.subject.model.device(&values).map_err(|error| Failure::new(Code::Device, error))?;
        Ok((device, starts))
    }

    /// What the model reads where the curves were read.
    fn read(&self, places: &[f64]) -> Result<Vec<Vec<f64>>, Failure> {
        let (device, starts) = self.device(places)?;
        let of_curve = |(curve, start): (&Curve, f64)| -> Result<Vec<f64>, DeviceFault> {
            let mut lab = Lab::median(&device, &[start; 8])?;
            let mut read = Vec::with_capacity(curve.rows.len());
            for (volts, seconds) in &curve.rows {
                if *seconds > 0.0 {
                    lab.pulse(*volts, *seconds)?;
                }
                read.push(if curve.is_current {
                    lab.currents(&[*volts; 8])?[0]
                } else {
                    lab.conductances()?[0]
                });
            }
            Ok(read)
        };
        let read = self.curves.iter().zip(starts).map(of_curve).collect::<Result<_, _>>();
        read.map_err(|fault| Failure::new(Code::Device, fault))
    }

    /// The differences to what was measured, scaled; huge where the model refuses these values.
    fn residuals(&self, places: &[f64]) -> DVector<f64> {
        let count = self.curves.iter().map(|curve| curve.values.len()).sum();
        let Ok(read) = self.read(places) else { return DVector::repeat(count, 1e6) };
        let differences = self.curves.iter().zip(&read).flat_map(|(curve, read)| {
            let pairs = read.iter().zip(&curve.values).zip(&curve.scales);
            pairs.map(|((found, measured), scale)| (found - measured) / scale)
        });
        DVector::from_iterator(count, differences)
    }

    fn jacobian(&self, places: &[f64]) -> DMatrix<f64> {
        let columns: Vec<DVector<f64>> = (0..places.len())
            .map(|k| {
                let step = 1e-5 * places[k].abs().max(1.0);
                let mut moved = places.to_vec();
                moved[k] = places[k] + step;
                let above = self.residuals(&moved);
                moved[k] = places[k] - step;
                (above - self.residuals(&moved)) / (2.0 * step)
            })
            .collect();
        DMatrix::from_columns(&columns)
    }
}

/// A search from one start.
struct Search<'a> {
    task: &'a Task<'a>,
    places: DVector<f64>,
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Search<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, places: &DVector<f64>) {
        self.places.clone_from(places);
    }

    fn params(&self) -> DVector<f64> {
        self.places.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        Some(self.task.residuals(self.places.as_slice()))
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        Some(self.task.jacobian(self.places.as_slice()))
    }
}

/// Fits and reports.
pub(super) fn fit(arguments: &DeviceFitArguments) -> Result<(), Failure> {
    let subject = Subject::find(&arguments.model, &arguments.plugins)?;
    let curves = arguments.data.iter().map(|file| curve(file, arguments)).collect::<Result<Vec<_>, _>>()?;
    let unknowns = unknowns(&subject, &curves, arguments)?;
    let task = Task { subject: &subject, curves: &curves, unknowns: &unknowns };
    let count: usize = curves.iter().map(|curve| curve.values.len()).sum();
    if count <= unknowns.len() {
        let message =
            format!("{count} measured values for {} unknowns; expected more values", unknowns.len());
        return Err(Failure::new(Code::Data, message));
    }
    let first: Vec<f64> = unknowns.iter().map(|unknown| unknown.place(unknown.first)).collect();
    // What the model says of the given values is told in its own words.
    task.read(&first)?;
    let best = search(&task, &first, arguments);
    let widths = half_widths(&task, &best);
    let read = task.read(&best)?;
    say(&report(&task, &best, &widths, &read))?;
    if let Some(file) = &arguments.output {
        exit::write(file, device_file(&task, &best, &widths, arguments))?;
    }
    if let Some(file) = &arguments.figure {
        let title = format!("{} fitted to {}", subject.model.name(), arguments.data.join(", "));
        picture::write(&chart::draw(&title, &figures(&curves, &read), 2)?, file)?;
    }
    Ok(())
}

/// The best end of several searches.
fn search(task: &Task<'_>, first: &[f64], arguments: &DeviceFitArguments) -> Vec<f64> {
    let stream = Stream::new(arguments.seed, Purpose::Target, 0);
    let mut best: Option<(f64, Vec<f64>)> = None;
    for start in 0..u64::from(arguments.starts) {
        let places = first.iter().enumerate().map(|(k, place)| {
            let off = if start == 0 { 0.0 } else { 0.5 * stream.normal(k as u32, start) };
            place + off
        });
        let search = Search { task, places: DVector::from_iterator(first.len(), places) };
        let (search, _) = LevenbergMarquardt::new().minimize(search);
        let error = task.residuals(search.places.as_slice()).norm_squared();
        if best.as_ref().is_none_or(|(least, _)| error < *least) {
            best = Some((error, search.places.as_slice().to_vec()));
        }
    }
    best.map_or_else(|| first.to_vec(), |(_, places)| places)
}

/// Half the width of the interval of 95 % confidence of each place; infinite where the data leave it open.
fn half_widths(task: &Task<'_>, places: &[f64]) -> Vec<f64> {
    let (residuals, jacobian) = (task.residuals(places), task.jacobian(places));
    let freedom = residuals.len() - places.len();
    let variance = residuals.norm_squared() / freedom as f64;
    // Scaled, so that unknowns of all sizes can be told from one that does nothing.
    let sizes: Vec<f64> = jacobian.column_iter().map(|column| column.norm().max(f64::MIN_POSITIVE)).collect();
    let mut scaled = jacobian;
    scaled.column_iter_mut().zip(&sizes).for_each(|(mut column, size)| column /= *size);
    let inverse = (scaled.transpose() * scaled).try_inverse();
    let width = |k: usize| match &inverse {
        Some(inverse) if inverse[(k, k)] > 0.0 => {
            student(freedom) * (variance * inverse[(k, k)]).sqrt() / sizes[k]
        }
        _ => f64::INFINITY,
    };
    (0..places.len()).map(width).collect()
}

/// The 97.5 % quantile of Student's t, to 1 % from 4 degrees of freedom on.
///
/// Source: M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, equation 26.7.5.
fn student(freedom: usize) -> f64 {
    let (z, n) = (1.959_964_f64, freedom as f64);
    let terms = [
        (z * z * z + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
    ];
    z + terms.iter().zip([n, n * n, n * n * n]).map(|(term, power)| term / power).sum::<f64>()
}

/// Reads a curve.
fn curve(file: &str, arguments: &DeviceFitArguments) -> Result<Curve, Failure> {
    let found = named(file)?;
    let is_current = !found.current.is_empty();
    let values = if is_current { found.current } else { found.conductance };
    if values.is_empty() {
        return Err(wrong(file, "expected a column `current` or `conductance`"));
    }
    let column = |name: &str, values_of: Vec<f64>, option: Option<f64>| match (values_of.is_empty(), option) {
        (false, _) => Ok(values_of),
        (true, Some(one)) => Ok(vec![one; values.len()]),
        (true, None) if name == "duration" => Ok(vec![0.0; values.len()]),
        (true, None) => Err(wrong(file, format!("expected a column `{name}`, or --{name}"))),
    };
    let voltage = column("voltage", found.voltage, arguments.voltage.as_ref().map(|value| value.0))?;
    let duration = column("duration", found.duration, arguments.duration.as_ref().map(|value| value.0))?;
    if let Some(row) = duration.iter().position(|seconds| *seconds < 0.0) {
        return Err(wrong(file, format!("row {}: the duration is below 0 s", row + 1)));
    }
    let mut rows: Vec<(f64, f64)> = voltage.into_iter().zip(duration).collect();
    let mut values = values;
    let mut start = arguments.start.as_ref().map(|start| start.0);
    if start.is_none() && !is_current {
        // What was read first is where the curve starts.
        start = Some(values.remove(0));
        rows.remove(0);
    }
    let mean = (values.iter().map(|value| value * value).sum::<f64>() / values.len().max(1) as f64).sqrt();
    let scales = values.iter().map(|value| match arguments.weight {
        Weight::Absolute => mean,
        Weight::Relative => value.abs().max(1e-6 * mean),
    });
    let scales = scales.map(|scale| if scale > 0.0 { scale } else { 1.0 }).collect();
    Ok(Curve { file: file.to_owned(), rows, values, is_current, start, scales })
}

/// What is sought: the named parameters, and the starts that are not known.
fn unknowns(
    subject: &Subject,
    curves: &[Curve],
    arguments: &DeviceFitArguments,
) -> Result<Vec<Unknown>, Failure> {
    let device = subject.device()?;
    let mut unknowns = Vec::new();
    for name in &arguments.free {
        let refused = |reason: String| Failure::new(Code::Usage, format!("--free {name}: {reason}"));
        let parameter = subject.model.parameters().iter().find(|parameter| parameter.name == *name);
        let Some(parameter) = parameter else {
            let names: Vec<&str> = subject.model.parameters().iter().map(|p| p.name.as_str()).collect();
            return Err(refused(format!("`{}` has {}", subject.model.name(), names.join(", "))));
        };
        let Kind::Number { min, max, integer: false, .. } = parameter.kind else {
            return Err(refused("only a number that need not be whole can be fitted".to_owned()));
        };
        let resolved = device.resolved().iter().find(|(resolved, _)| resolved == name);
        let first = resolved.and_then(|(_, text)| units::parse(text.trim_matches('"'), &parameter.unit).ok());
        let first = first.or_else(|| resolved.and_then(|(_, text)| text.parse().ok()));
        let Some(first) = first.filter(|first: &f64| first.is_finite()) else {
            return Err(refused("it has no value to start from; give one in a device file".to_owned()));
        };
        let way = if first > 0.0 && min >= 0.0 || first < 0.0 && max <= 0.0 {
            Way::Log(first.signum())
        } else {
            Way::Linear(if first == 0.0 { 1.0 } else { first.abs() })
        };
        let (name, unit) = (name.clone(), parameter.unit.clone());
        unknowns.push(Unknown { name, unit, of: Of::Parameter, way, first, min, max });
    }
    let (low, high) = device.range();
    for (k, curve) in curves.iter().enumerate().filter(|(_, curve)| curve.start.is_none()) {
        let chords = curve.rows.iter().zip(&curve.values).filter(|(row, _)| row.0 != 0.0);
        let mut chords: Vec<f64> = chords.map(|(row, current)| current / row.0).collect();
        chords.sort_by(f64::total_cmp);
        let middle = chords.get(chords.len() / 2).copied().unwrap_or(low);
        let first = middle.clamp(low.max(1e-6 * high), high);
        unknowns.push(Unknown {
            name: format!("conductance of {}", curve.file),
            unit: "S".into(),
            of: Of::Start(k),
            way: Way::Log(1.0),
            first,
            min: 0.0,
            max: f64::MAX,
        });
    }
    if unknowns.is_empty() {
        return Err(Failure::new(Code::Usage, "nothing is sought; name parameters by --free"));
    }
    Ok(unknowns)
}

/// A value as a scenario has it, to the last bit.
fn written(value: f64, unit: &str) -> ParameterValue {
    if unit == "1" { ParameterValue::Number(value) } else { ParameterValue::Text(units::format(value, unit)) }
}

/// Six digits of a value.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// The interval of an unknown in words.
fn interval(unknown: &Unknown, place: f64, width: f64) -> String {
    let is_log = matches!(unknown.way, Way::Log(_));
    if !width.is_finite() || is_log && width > 5.0 {
        return "not determined by these data".to_owned();
    }
    let ends = [unknown.value(place - width), unknown.value(place + width)];
    let [low, high] = if ends[0] <= ends[1] { ends } else { [ends[1], ends[0]] };
    format!("{} to {}", brief(low, &unknown.unit), brief(high, &unknown.unit))
}

/// Root of the mean square of the differences, and of what was measured.
fn errors(curve: &Curve, read: &[f64]) -> (f64, f64) {
    let count = read.len() as f64;
    let square: f64 =
        read.iter().zip(&curve.values).map(|(found, measured)| (found - measured).powi(2)).sum();
    let size: f64 = curve.values.iter().map(|value| value * value).sum();
    ((square / count).sqrt(), (size / count).sqrt())
}

fn report(task: &Task<'_>, best: &[f64], widths: &[f64], read: &[Vec<f64>]) -> String {
    let rows: Vec<[String; 3]> = task
        .unknowns
        .iter()
        .zip(best.iter().zip(widths))
        .map(|(unknown, (place, width))| {
            let value = units::format(rounded(unknown.value(*place)), &unknown.unit);
            [unknown.name.clone(), value, interval(unknown, *place, *width)]
        })
        .collect();
    let mut text = table(["sought", "value", "95 % confidence"], &rows, "");
    for (curve, read) in task.curves.iter().zip(read) {
        let unit = if curve.is_current { "A" } else { "S" };
        let (error, size) = errors(curve, read);
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{}: {} values, root mean square error {} ({:.2} % of the values)",
            curve.file,
            curve.values.len(),
            brief(error, unit),
            100.0 * error / size
        );
    }
    text
}

/// The device file of the best values.
fn device_file(task: &Task<'_>, best: &[f64], widths: &[f64], arguments: &DeviceFitArguments) -> String {
    let name = task.subject.model.name();
    let mut text =
        format!("// Fitted to {} by `crosspike device fit`.\n(\"{name}\", {{\n", arguments.data.join(", "));
    for parameter in task.subject.model.parameters() {
        let fitted = task.unknowns.iter().zip(best.iter().zip(widths));
        let fitted = fitted.filter(|(unknown, _)| unknown.of == Of::Parameter);
        let fitted = fitted.into_iter().find(|(unknown, _)| unknown.name == parameter.name);
        let given = task.subject.values.iter().find(|(given, _)| *given == parameter.name);
        let (value, remark) = match (fitted, given) {
            (Some((unknown, (place, width))), _) => (
                written(rounded(unknown.value(*place)), &unknown.unit),
                format!(" // {}", interval(unknown, *place, *width)),
            ),
            (None, Some((_, value))) => (value.clone(), String::new()),
            (None, None) => continue,
        };
        // A value of a scenario is RON without fail.
        let value = ron::to_string(&value).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    \"{}\": {value},{remark}", parameter.name);
    }
    text + "})\n"
}

/// Of each curve what was measured beside the fit, and the differences.
fn figures(curves: &[Curve], read: &[Vec<f64>]) -> Vec<Chart> {
    let mut charts = Vec::new();
    for (curve, read) in curves.iter().zip(read) {
        let is_static = curve.rows.iter().all(|row| row.1 == 0.0);
        let x = if is_static { Axis::new("voltage", "V") } else { Axis::new("row", "1") };
        let place = |k: usize| if is_static { curve.rows[k].0 } else { (k + 1) as f64 };
        let (name, unit) = if curve.is_current { ("current", "A") } else { ("conductance", "S") };
        let points =
            |values: &[f64]| values.iter().enumerate().map(|(k, value)| (place(k), *value)).collect();
        let differences: Vec<f64> =
            read.iter().zip(&curve.values).map(|(read, value)| value - read).collect();
        charts.push(Chart {
            title: curve.file.clone(),
            x: x.clone(),
            y: Axis::new(name, unit),
            series: vec![
                Series::dots("measured", points(&curve.values)),
                Series::line("fitted", points(read)),
            ],
        });
        charts.push(Chart {
            title: "measured less fitted".into(),
            x,
            y: Axis::new("difference", unit),
            series: vec![Series::dots("", points(&differences))],
        });
    }
    charts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_s_quantiles_are_those_of_the_tables() {
        for (freedom, expected) in [(4, 2.776), (10, 2.228), (30, 2.042), (120, 1.980)] {
            assert!((student(freedom) / expected - 1.0).abs() < 0.01, "{freedom}: {}", student(freedom));
        }
    }
}
