//! `crosspike device tabulate`: a device file for the model `table` from what was measured.

use std::fmt::Write as _;

use crosspike::units;

use super::measured::{Changes, changes, named, sheet, wrong};
use crate::chart::{self, Axis, Chart, Series, brief};
use crate::cli::{DeviceTabulateArguments, Measurement};
use crate::exit::{self, Code, Failure, say};
use crate::picture;

/// Reads, tabulates, writes.
pub(super) fn tabulate(arguments: &DeviceTabulateArguments) -> Result<(), Failure> {
    if arguments.set.is_empty() && arguments.reset.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "there is nothing to tabulate; name a file by --set or --reset",
        ));
    }
    let mut measured = Vec::new();
    for (is_set, files) in [(true, &arguments.set), (false, &arguments.reset)] {
        for file in files {
            measured.push((is_set, read(file, arguments)?));
        }
    }
    let ramps = measured.iter().flat_map(|(_, measured)| measured.ramps()).flatten();
    let (low, high) = ends(ramps.copied());
    if !arguments.span.is_empty() && low >= high {
        let message = "all numbers are equal, or none was measured in ramps; --span has nothing to map";
        return Err(Failure::new(Code::Data, message));
    }
    let to_siemens = |value: f64| match &arguments.span[..] {
        [bottom, top] => bottom.0 + (top.0 - bottom.0) * (value - low) / (high - low),
        _ => value / arguments.read_voltage.as_ref().map_or(1.0, |volts| volts.0),
    };
    let mut tables = Vec::new();
    for (name, of_set) in [("set", true), ("reset", false)] {
        let parts: Vec<&Measured> =
            measured.iter().filter(|(is_set, _)| *is_set == of_set).map(|(_, measured)| measured).collect();
        if parts.is_empty() {
            continue;
        }
        let files = if of_set { &arguments.set } else { &arguments.reset };
        let table = join(&parts, arguments, to_siemens).map_err(|reason| wrong(&files.join(", "), reason))?;
        tables.push((name, table));
    }
    let reached = tables.iter().flat_map(|(_, table)| table.g.iter().copied());
    let (lowest, highest) =
        match ends(measured.iter().flat_map(|(_, m)| m.ramps()).flatten().map(|v| to_siemens(*v))) {
            (low, high) if low < high => (low, high),
            _ => ends(reached),
        };
    if lowest >= highest {
        return Err(Failure::new(
            Code::Data,
            format!("every conductance is {lowest:e} S; expected that pulses change it"),
        ));
    }
    let curve = arguments.iv.as_ref().map(|file| current_curve(file)).transpose()?;
    let text = device_file(arguments, (lowest, highest), &tables, curve.as_ref());
    exit::write(&arguments.output, text)?;
    if let Some(file) = &arguments.figure {
        picture::write(&chart::draw("changes by a pulse", &figures(&tables), tables.len())?, file)?;
    }
    let said: Vec<String> = tables.iter().map(|(name, table)| summary(name, table)).collect();
    say(&format!(
        "{} to {}\n{}\n{} holds the device",
        brief(lowest, "S"),
        brief(highest, "S"),
        said.join("\n"),
        arguments.output.display()
    ))
}

/// What a file holds.
enum Measured {
    /// The conductances after pulse upon pulse, in the unit of the file.
    Ramps(Vec<Vec<f64>>),
    Changes(Changes),
}

impl Measured {
    fn ramps(&self) -> &[Vec<f64>] {
        match self {
            Measured::Ramps(ramps) => ramps,
            Measured::Changes(_) => &[],
        }
    }
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

fn read(name: &str, arguments: &DeviceTabulateArguments) -> Result<Measured, Failure> {
    if arguments.measured == Measurement::Changes {
        return changes(name).map(Measured::Changes);
    }
    let (file, chosen) = match name.rsplit_once('#') {
        Some((file, column)) => {
            let column: usize = column
                .parse()
                .ok()
                .filter(|column| *column > 0)
                .ok_or_else(|| wrong(name, "expected the number of a column, from 1, behind #"))?;
            (file, Some(column - 1))
        }
        None => (name, None),
    };
    let columns = sheet(file)?.columns;
    let count = columns.len();
    let columns = match chosen {
        Some(column) => {
            let missing = || wrong(name, format!("it has {count} columns"));
            vec![columns.into_iter().nth(column).ok_or_else(missing)?]
        }
        None => columns,
    };
    // A ramp ends, or pauses, where its column is empty.
    let ramps: Vec<Vec<f64>> = columns
        .into_iter()
        .map(|column| column.into_iter().filter(|value| value.is_finite()).collect())
        .collect();
    if ramps.iter().all(|ramp: &Vec<f64>| ramp.len() < 2) {
        return Err(wrong(name, "no column holds two numbers"));
    }
    Ok(Measured::Ramps(ramps))
}

/// One table of all that was measured in one direction.
fn join(
    parts: &[&Measured],
    arguments: &DeviceTabulateArguments,
    to_siemens: impl Fn(f64) -> f64,
) -> Result<Changes, String> {
    let tables: Vec<&Changes> = parts
        .iter()
        .filter_map(|part| match part {
            Measured::Changes(changes) => Some(changes),
            Measured::Ramps(_) => None,
        })
        .collect();
    if let [table, rest @ ..] = &tables[..] {
        if !rest.is_empty() {
            return Err("expected one table of changes for each direction".to_owned());
        }
        return Ok(thinned(table, usize::from(arguments.bins), usize::from(arguments.chances)));
    }
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for ramp in parts.iter().flat_map(|part| part.ramps()) {
        let siemens: Vec<f64> = ramp.iter().map(|value| to_siemens(*value)).collect();
        if let Some(g) = siemens.iter().find(|g| **g < 0.0) {
            return Err(format!("a conductance is {g:e} S; expected 0 S or more (--span maps other units)"));
        }
        steps.extend(siemens.windows(2).map(|pair| (pair[0], pair[1] - pair[0])));
    }
    Ok(counted(steps, usize::from(arguments.bins), usize::from(arguments.chances)))
}

/// The distributions of steps in bins of as many steps each, over their mean conductances.
fn counted(mut steps: Vec<(f64, f64)>, bins: usize, chances: usize) -> Changes {
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bins = bins.min(steps.len() / 2).max(1);
    let chance: Vec<f64> = (0..chances).map(|k| k as f64 / (chances - 1).max(1) as f64).collect();
    let (mut g, mut columns): (Vec<f64>, Vec<Vec<f64>>) = Default::default();
    for bin in 0..bins {
        let part = &steps[bin * steps.len() / bins..(bin + 1) * steps.len() / bins];
        let mean = part.iter().map(|step| step.0).sum::<f64>() / part.len() as f64;
        let mut changes: Vec<f64> = part.iter().map(|step| step.1).collect();
        changes.sort_by(f64::total_cmp);
        let column = if chances == 1 {
            vec![changes.iter().sum::<f64>() / changes.len() as f64]
        } else {
            chance.iter().map(|chance| quantile(&changes, *chance)).collect()
        };
        // Equal conductances of levels make one column.
        if g.last().is_none_or(|last| mean > *last) {
            g.push(mean);
            columns.push(column);
        }
    }
    let line = |k: usize| columns.iter().map(|column| column[k]).collect();
    Changes { g, change: (0..chance.len()).map(line).collect(), chance }
}

/// The value below which a part of ascending values lies, with lines between them.
fn quantile(values: &[f64], part: f64) -> f64 {
    let place = part * (values.len() - 1) as f64;
    let (low, share) = (place.floor() as usize, place.fract());
    match values.get(low + 1) {
        Some(above) => values[low] + share * (above - values[low]),
        None => values[values.len() - 1],
    }
}

/// A table of at most so many columns and lines, evenly spaced, on lines between those at hand.
fn thinned(table: &Changes, bins: usize, chances: usize) -> Changes {
    let even = |list: &[f64], most: usize| -> Vec<f64> {
        if list.len() <= most {
            return list.to_vec();
        }
        let (first, last) = (list[0], list[list.len() - 1]);
        (0..most).map(|k| first + (last - first) * k as f64 / (most - 1).max(1) as f64).collect()
    };
    let g = even(&table.g, bins);
    if chances == 1 {
        let mean = |column: f64| {
            let widths = table.chance.windows(2).map(|pair| pair[1] - pair[0]);
            let at = |line: usize| between(&table.g, &table.change[line], column);
            widths.enumerate().map(|(k, width)| width * 0.5 * (at(k) + at(k + 1))).sum::<f64>()
        };
        return Changes { change: vec![g.iter().map(|g| mean(*g)).collect()], chance: vec![0.0], g };
    }
    let chance = even(&table.chance, chances);
    let line = |chance: &f64| {
        let at = |g: &f64| {
            let column: Vec<f64> = table.change.iter().map(|line| between(&table.g, line, *g)).collect();
            between(&table.chance, &column, *chance)
        };
        g.iter().map(at).collect()
    };
    Changes { change: chance.iter().map(line).collect(), chance, g }
}

/// The value at a place among ascending places, on a line.
fn between(places: &[f64], values: &[f64], at: f64) -> f64 {
    let above = places.partition_point(|place| *place <= at);
    if above == 0 || above == places.len() {
        return values[above.saturating_sub(1)];
    }
    let share = (at - places[above - 1]) / (places[above] - places[above - 1]);
    values[above - 1] + share * (values[above] - values[above - 1])
}

/// The points of a measured current curve.
fn current_curve(file: &str) -> Result<(Vec<f64>, Vec<f64>), Failure> {
    let found = named(file)?;
    if found.voltage.is_empty() || found.voltage.len() != found.current.len() {
        return Err(wrong(file, "expected columns `voltage` and `current` of equal length"));
    }
    Ok((found.voltage, found.current))
}

/// The device file.
fn device_file(
    arguments: &DeviceTabulateArguments,
    (low, high): (f64, f64),
    tables: &[(&str, Changes)],
    curve: Option<&(Vec<f64>, Vec<f64>)>,
) -> String {
    let files: Vec<&str> =
        arguments.set.iter().chain(&arguments.reset).chain(&arguments.iv).map(String::as_str).collect();
    let mut text =
        format!("// Tabulated from {} by `crosspike device tabulate`.\n(\"table\", {{\n", files.join(", "));
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: &str| _ = writeln!(text, "    \"{name}\": {value},");
    line("g_min", &quoted(low, "S"));
    line("g_max", &quoted(high, "S"));
    for (name, table) in tables {
        line(&format!("{name}_g"), &list(&table.g, "S"));
        if table.chance.len() > 1 {
            line(&format!("{name}_chance"), &list(&table.chance, "1"));
        }
        line(&format!("{name}_change"), &list(&table.change.concat(), "S"));
    }
    if let Some((voltage, current)) = curve {
        line("iv_voltage", &list(voltage, "V"));
        line("iv_current", &list(current, "A"));
    }
    text + "})\n"
}

fn quoted(value: f64, unit: &str) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    if unit == "1" { rounded.to_string() } else { format!("\"{}\"", units::format(rounded, unit)) }
}

/// A list in lines of at most eight values.
fn list(values: &[f64], unit: &str) -> String {
    let items: Vec<String> = values.iter().map(|value| quoted(*value, unit)).collect();
    let lines: Vec<String> =
        items.chunks(8).map(|chunk| format!("        {},\n", chunk.join(", "))).collect();
    format!("[\n{}    ]", lines.concat())
}

fn figures(tables: &[(&str, Changes)]) -> Vec<Chart> {
    let chart = |(name, table): &(&str, Changes)| {
        let lines = table.chance.len();
        let shown: Vec<usize> =
            if lines == 1 { vec![0] } else { [0, 1, 2, 3, 4].map(|k| k * (lines - 1) / 4).to_vec() };
        let series = shown.into_iter().map(|line| {
            let points = table.g.iter().copied().zip(table.change[line].iter().copied()).collect();
            let name = if lines == 1 {
                String::new()
            } else {
                format!("{:.0} % of the pulses below", 100.0 * table.chance[line])
            };
            Series::line(name, points)
        });
        Chart {
            title: (*name).to_owned(),
            x: Axis::new("conductance", "S"),
            y: Axis::new("change by a pulse", "S"),
            series: series.collect(),
        }
    };
    tables.iter().map(chart).collect()
}

fn summary(name: &str, table: &Changes) -> String {
    let middle = table.g.len() / 2;
    let column: Vec<f64> = table.change.iter().map(|line| line[middle]).collect();
    format!(
        "{name}: {} conductances, {} chances; at {} half of the pulses change by less than {}",
        table.g.len(),
        table.chance.len(),
        brief(table.g[middle], "S"),
        brief(column[column.len() / 2], "S")
    )
}
