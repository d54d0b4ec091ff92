//! Program pulses through lines of which all but the selected ones float.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike::recorder::Trace;
use crosspike_tests::writes::{COLUMNS, ROWS, SECONDS, Soft, VOLTS, learn, scenario, sets};
use crosspike_tests::{options, parse, simulation};

/// Sets of 1.2 V are far beyond its threshold, and so are the parts of them that floating lines get.
const DEVICE: Soft = Soft { threshold: 0.05, rate: 3e3, exponent: 1.0 };

/// The conductances before and after sets on some word lines.
fn set(driven: &[usize], written: usize, crossbar: &str, scheme: &str) -> [Vec<f64>; 2] {
    learn(driven, written, &DEVICE.text(crossbar), &sets(scheme))
}

/// What a set of `volts` at a cell adds to its conductance.
fn change(g: f64, volts: f64) -> f64 {
    DEVICE.after(g, volts, SECONDS) - g
}

/// With wires that hardly resist the array is three groups of equal cells in series: n - 1 on the driven word line,
/// (m - 1)(n - 1) between floating lines, against their direction, and m - 1 on the written bit line.
#[test]
fn floating_lines_divide_the_pulse_like_three_resistances_in_series() {
    let crossbar = r#"initial: Constant("40 uS"), wires: Exact(segment: "1 mohm")"#;
    let (driven, written) = (7, 3);
    let [before, after] = set(&[driven], written, crossbar, "Floating");
    let (m, n) = (ROWS as f64, COLUMNS as f64);
    let series = [1.0 / (n - 1.0), 1.0 / ((m - 1.0) * (n - 1.0)), 1.0 / (m - 1.0)];
    let [on_word_line, between, on_bit_line] =
        series.map(|resistance| VOLTS * resistance / series.iter().sum::<f64>());
    for cell in 0..ROWS * COLUMNS {
        let volts = match (cell / COLUMNS == driven, cell % COLUMNS == written) {
            (true, true) => VOLTS,
            (true, false) => on_word_line,
            (false, true) => on_bit_line,
            (false, false) => -between,
        };
        let (found, expected) = (after[cell] - before[cell], change(before[cell], volts));
        assert!(expected != 0.0, "{volts} V are below the threshold");
        assert!((found / expected - 1.0).abs() < 1e-3, "cell {cell}: {found:e} instead of {expected:e}");
    }
}

/// The voltages of all cells while `driven` word lines have a pulse and everything else floats.
fn volts(segment: f64, siemens: &[f64], driven: &[usize], written: usize) -> Vec<f64> {
    let mut layout = Layout::read(ROWS, COLUMNS, segment, EndSegments::EveryEnd);
    for (row, terminal) in layout.terminals[Side::Left as usize].iter_mut().enumerate() {
        *terminal = terminal.filter(|_| driven.contains(&row));
    }
    for (column, terminal) in layout.terminals[Side::Bottom as usize].iter_mut().enumerate() {
        *terminal = terminal.filter(|_| column == written);
    }
    let precise = Options { tolerance: 1e-13, ..Options::default() };
    let mut solver = Solver::new(&Circuit::new(layout).unwrap(), precise);
    solver.set_conductances(siemens).unwrap();
    solver.set_sources(Side::Left, &[VOLTS; ROWS]).unwrap();
    solver.solve().unwrap();
    let mut volts = vec![0.0; ROWS * COLUMNS];
    solver.cell_voltages(&mut volts);
    volts
}

#[test]
fn every_cell_of_a_floating_array_advances_at_its_operating_point() {
    let crossbar = r#"initial: Uniform("10 uS", "90 uS"), wires: Exact(segment: "60 ohm")"#;
    for driven in [&[3][..], &[0, 5, 6, 11]] {
        let [before, after] = set(driven, 2, crossbar, "Floating");
        for (cell, volts) in volts(60.0, &before, driven, 2).into_iter().enumerate() {
            let (found, expected) = (after[cell] - before[cell], change(before[cell], volts));
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs() + 1e-15,
                "cell {cell}: {found:e}, {expected:e}"
            );
        }
    }
}

/// Tiles of one shape once shared the circuit of the first.
#[test]
fn a_break_in_one_tile_is_none_in_another() {
    let crossbar = r#"initial: Constant("40 uS"), tile: (6, 5),
        wires: Exact(segment: "1 ohm", broken: [BitLine(line: 2, after: 8)])"#;
    let [before, after] = set(&[0, 1, 2, 6, 7, 8, 9], 2, crossbar, "Half");
    let moved = |row: usize| after[row * COLUMNS + 2] - before[row * COLUMNS + 2];
    let whole = change(40e-6, VOLTS);
    for row in [0, 1, 2, 9] {
        assert!((moved(row) / whole - 1.0).abs() < 1e-2, "row {row}: {:e} instead of {whole:e}", moved(row));
    }
    // Three driven cells and no other on a piece that floats: it follows their word lines.
    for row in [6, 7, 8] {
        assert!(moved(row).abs() < 1e-3 * whole, "row {row} moved by {:e}", moved(row));
    }
}

#[test]
fn a_floating_line_of_open_cells_ends_the_run() {
    let crossbar = r#"initial: Constant("40 uS"), wires: Exact(segment: "1 ohm"),
        stuck: [(at: Open, cells: BitLines([4]))]"#;
    let parsed = parse(&scenario(&[3], 2, &DEVICE.text(crossbar), &sets("Floating")), &[]);
    let mut simulation = simulation(&parsed, &options(1, &[]));
    let mut trace = Trace::new(simulation.layout());
    let error = simulation.run(&mut trace).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "projection `s`, tile at word line 0 and bit line 0: the write cannot be solved: bit line 4, node 0: no path to \
             a terminal"
        ),
        "{error}"
    );
}
