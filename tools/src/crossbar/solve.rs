//! `crosspike crossbar solve`: the operating point of an array as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::array::{Array, Solution};
use crate::cli::SolveArguments;
use crate::exit::{Failure, say};

/// Prints an array's operating point.
pub(crate) fn solve(arguments: &SolveArguments) -> Result<(), Failure> {
    let array = Array::read(&arguments.file)?;
    let solution = array.solve(arguments.tolerance, arguments.repeat.get())?;
    say(&object(&array, &solution, arguments.nodes))
}

/// The solution as a JSON object with one key per line, so that a person finds them too.
fn object(array: &Array, solution: &Solution, nodes: bool) -> String {
    let Solution { point, report, duration } = solution;
    let mut entries: Vec<(&str, Value)> = Vec::new();
    let sides = ["i_left", "i_right", "i_top", "i_bottom"].into_iter().zip(&point.terminals);
    for ((key, currents), is_connected) in sides.zip(array.is_connected()) {
        let currents = currents.iter().zip(is_connected);
        let current = |(&current, is_connected)| if is_connected { json!(current) } else { Value::Null };
        entries.push((key, currents.map(current).collect()));
    }
    if nodes {
        for (key, voltages) in [("W", &point.word), ("B", &point.bit)] {
            let rows = voltages.chunks_exact(array.bit_lines());
            entries.push((key, rows.map(|row| json!(row)).collect()));
        }
    }
    let power = point.power;
    entries.extend([
        (
            "power",
            json!({
                "sources": power.sources,
                "cells": power.cells,
                "word_wires": power.word_wires,
                "bit_wires": power.bit_wires,
                "terminals": power.terminals,
            }),
        ),
        ("residual", json!(report.residual)),
        ("kcl", json!(report.kcl)),
        ("error", json!(report.error)),
        ("iterations", json!(report.iterations)),
        ("newton_steps", json!(report.newton_steps)),
        ("seconds", json!(duration.as_secs_f64())),
    ]);
    let mut text = String::from("{");
    for (number, (key, value)) in entries.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        // Writing into a string cannot fail.
        let _ = write!(text, "{comma}\n  \"{key}\": {value}");
    }
    text + "\n}"
}
