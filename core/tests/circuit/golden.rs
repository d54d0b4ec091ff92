//! Golden operating points, transfer matrices and gradients, which another simulator found; skipped where they are absent.

use std::path::PathBuf;

use crosspike::circuit::{
    Circuit, EndSegments, Layout, OperatingPoint, Options, Segments, Side, Sinh, Solver, Terminal,
};
use serde_json::Value;

const SIDES: [(Side, &str); 4] =
    [(Side::Left, "left"), (Side::Right, "right"), (Side::Top, "top"), (Side::Bottom, "bottom")];

/// All golden files whose name starts with one of the prefixes, or a message why there is none.
fn golden(prefixes: &[&str]) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/golden/crossbar");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no golden files in {}", folder.display());
        return Vec::new();
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let wanted = names
        .filter(|name| name.ends_with(".json") && prefixes.iter().any(|prefix| name.starts_with(prefix)));
    let mut found: Vec<(String, Value)> = wanted
        .map(|name| {
            let text = std::fs::read_to_string(folder.join(&name)).expect("a readable file");
            let value = serde_json::from_str(&text).expect("a golden file is JSON");
            (name, value)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "golden files of {prefixes:?} in {}", folder.display());
    found
}

/// All numbers of a value in order; `null` becomes `absent`.
fn numbers(value: &Value, absent: f64) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(|value| numbers(value, absent)).collect(),
        Value::Null => vec![absent],
        Value::Bool(value) => vec![f64::from(*value)],
        value => vec![value.as_f64().expect("a number")],
    }
}

fn size(value: &Value, name: &str) -> usize {
    value[name].as_u64().expect("a size") as usize
}

/// Where lines have one node only, the files say 0 ohm for segments that do not exist.
fn segments(value: &Value) -> Segments {
    match value.as_f64() {
        Some(0.0) => Segments::Uniform(1.0),
        Some(value) => Segments::Uniform(value),
        None => Segments::PerSegment(numbers(value, f64::INFINITY)),
    }
}

fn circuit(file: &Value) -> Circuit {
    let mut layout = Layout {
        word_segments: segments(&file["rw"]),
        bit_segments: segments(&file["rb"]),
        ..Layout::new(size(file, "m"), size(file, "n"), 1.0)
    };
    for (side, name) in SIDES {
        let terminals = &file["terminals"][name];
        let (volts, ohms) = (numbers(&terminals["v"], f64::NAN), numbers(&terminals["r"], f64::NAN));
        let terminal = |(voltage, resistance): (f64, f64)| {
            (!voltage.is_nan()).then_some(Terminal { voltage, resistance })
        };
        layout.terminals[side as usize] = volts.into_iter().zip(ohms).map(terminal).collect();
    }
    Circuit::new(layout).expect("a golden file describes an array")
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    largest(found.iter().zip(expected).map(|(found, expected)| found - expected))
}

fn assert_is_golden(name: &str, file: &Value, point: &OperatingPoint) {
    let result = &file["result"];
    for (found, key) in [(&point.word, "W"), (&point.bit, "B")] {
        let far = difference(found, &numbers(&result[key], f64::NAN));
        assert!(far < 1e-10, "{name}: {key} differs by {far:e} V");
    }
    let scale = largest(point.terminals.iter().flatten().copied());
    for (side, key) in SIDES {
        let expected = numbers(&result[format!("i_{key}")], 0.0);
        let far = difference(&point.terminals[side as usize], &expected) / scale;
        assert!(far < 1e-9, "{name}: {key} currents differ by {far:e} of the largest");
    }
    let (given, taken) = (point.power.sources, point.power.dissipated());
    assert!(
        (given / taken - 1.0).abs() < 1e-9,
        "{name}: sources give {given:e} W, {taken:e} W are dissipated"
    );
}

const PRECISE: Options = Options {
    method: crosspike::circuit::Method::ConjugateGradients,
    tolerance: 1e-13,
    iteration_limit: 1000,
    newton_limit: 100,
};

#[test]
fn linear_arrays_have_the_golden_operating_points() {
    for (name, file) in golden(&["lin_"]) {
        let mut solver = Solver::new(&circuit(&file), PRECISE);
        solver.set_conductances(&numbers(&file["G"], 0.0)).expect("conductances");
        let report = solver.solve().expect("an operating point");
        println!("{name}: {report:?}");
        assert_is_golden(&name, &file, &solver.operating_point().expect("solved"));
    }
}

#[test]
fn arrays_of_sinh_cells_have_the_golden_operating_points() {
    for (name, file) in golden(&["nl_"]) {
        let mut solver = Solver::new(&circuit(&file), PRECISE);
        let mut law = Sinh {
            conductance: numbers(&file["G"], 0.0),
            curvature: file["a"].as_f64().expect("a curvature"),
            ohmic: match &file["ohmic"] {
                Value::Null => Vec::new(),
                marks => numbers(marks, 0.0).iter().map(|&ohmic| ohmic != 0.0).collect(),
            },
        };
        let report = solver.solve_cells(&mut law).expect("an operating point");
        println!("{name}: {report:?}");
        assert_is_golden(&name, &file, &solver.operating_point().expect("solved"));
    }
}

/// The array of the files whose wires are all alike: left drive, bottom ground.
fn plain(file: &Value) -> (Solver, usize, usize) {
    let (m, n) = (size(file, "m"), size(file, "n"));
    let layout = Layout::read(m, n, file["rw"].as_f64().expect("a segment"), EndSegments::EveryEnd);
    assert_eq!((&file["rb"], &file["r_left"], &file["r_bottom"]), (&file["rw"], &file["rw"], &file["rw"]));
    let mut solver = Solver::new(&Circuit::new(layout).expect("a sound layout"), PRECISE);
    solver.set_conductances(&numbers(&file["G"], 0.0)).expect("conductances");
    (solver, m, n)
}

#[test]
fn the_transfer_matrix_is_golden_and_gives_the_golden_currents_of_every_input() {
    for (name, file) in golden(&["batch_"]) {
        let (mut solver, m, n) = plain(&file);
        let transfer = solver.transfer().expect("a transfer matrix");
        let golden_t = numbers(&file["T"], 0.0);
        let turned: Vec<f64> = (0..m * n).map(|at| golden_t[at % n * m + at / n]).collect();
        let far = difference(&transfer.siemens, &turned) / largest(turned.iter().copied());
        assert!(far < 1e-9, "{name}: the transfer matrix differs by {far:e} of its largest element");
        let mut row = vec![0.0; n];
        solver.transfer_row(m / 2, &mut row).expect("a row");
        assert!(difference(&row, transfer.row(m / 2)) < 1e-11 * largest(row.iter().copied()));
        let outputs = numbers(&file["i_bottom"], 0.0);
        for (input, expected) in numbers(&file["inputs"], 0.0).chunks(m).zip(outputs.chunks(n)) {
            let scale = largest(expected.iter().copied());
            solver.set_sources(Side::Left, input).expect("inputs");
            solver.solve().expect("an operating point");
            let far = difference(solver.currents(Side::Bottom), expected) / scale;
            assert!(far < 1e-9, "{name}: a read differs by {far:e} of the largest current");
            let product = |j: usize| (0..m).map(|i| input[i] * transfer.row(i)[j]).sum();
            let far = difference(&(0..n).map(product).collect::<Vec<f64>>(), expected) / scale;
            assert!(far < 1e-9, "{name}: the transfer matrix misses a read by {far:e}");
        }
    }
}

#[test]
fn gradients_are_golden() {
    for (name, file) in golden(&["grad_"]) {
        let (mut solver, m, n) = plain(&file);
        let (conductance, a) = (numbers(&file["G"], 0.0), file["a"].as_f64().expect("a curvature"));
        solver.set_sources(Side::Left, &numbers(&file["v_left"], 0.0)).expect("inputs");
        let mut law = Sinh { conductance: conductance.clone(), curvature: a, ohmic: Vec::new() };
        if a == 0.0 {
            solver.solve().expect("an operating point");
        } else {
            solver.solve_cells(&mut law).expect("an operating point");
        }
        let point = solver.operating_point().expect("solved");
        let golden = numbers(&file["dIdG"], 0.0);
        let scale = largest(golden.iter().copied());
        for (k, expected) in golden.chunks(m * n).enumerate() {
            let response = solver.response(Side::Bottom, k).expect("a response");
            // Both laws are proportional to G, so the derivative by G is the current per siemens.
            let found: Vec<f64> =
                (0..m * n).map(|at| -response.cells[at] * point.cells[at] / conductance[at]).collect();
            let far = difference(&found, expected) / scale;
            assert!(far < 1e-9, "{name}: output {k} differs by {far:e} of the largest");
        }
    }
}
