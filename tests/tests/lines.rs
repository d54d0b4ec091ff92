//! Lines as they are: they float, they are broken, and each segment has its own resistance.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Segments, Side, Sinh, Solver};
use crosspike::recorder::{Recorder, Trace};
use crosspike::simulation::Simulation;
use crosspike_tests::reads::{IDEAL, assert_close, read, read_with, scenario};
use crosspike_tests::{options, parse, run, simulation};

/// Takes the drivers from all word lines but some.
fn only(mut layout: Layout, driven: &[usize]) -> Layout {
    for side in [Side::Left, Side::Right] {
        let terminals = layout.terminals[side as usize].iter_mut().enumerate();
        terminals.filter(|(row, _)| !driven.contains(row)).for_each(|(_, terminal)| *terminal = None);
    }
    layout
}

fn solver(layout: Layout, driven: &[usize]) -> Solver {
    let volts: Vec<f64> =
        (0..layout.word_lines).map(|row| if driven.contains(&row) { 0.4 } else { 0.0 }).collect();
    let mut solver =
        Solver::new(&Circuit::new(layout).unwrap(), Options { tolerance: 1e-12, ..Options::default() });
    solver.set_sources(Side::Left, &volts).unwrap();
    solver.set_sources(Side::Right, &volts).unwrap();
    solver
}

/// Bit-line currents of ohmic cells for 0.4 V on some word lines.
fn solve(layout: Layout, siemens: &[f64], driven: &[usize]) -> Vec<f64> {
    let mut solver = solver(layout, driven);
    solver.set_conductances(siemens).unwrap();
    solver.solve().unwrap();
    solver.currents(Side::Bottom).to_vec()
}

fn layout(sense: f64) -> Layout {
    Layout::new(12, 5, 25.0).connect(Side::Left, 0.0, 0.0).connect(Side::Bottom, 0.0, sense)
}

const FLOATING: &str = r#"wires: Exact(segment: "25 ohm", sense: "400 ohm", undriven: Floating)"#;

#[test]
fn word_lines_without_a_spike_float_and_whoever_spikes_changes_the_array() {
    let trains = (0..12).map(|source| match source {
        2 => r#"["1 ms", "3 ms"]"#,
        9 => r#"["1 ms", "5 ms"]"#,
        _ => "[]",
    });
    let trains: Vec<&str> = trains.collect();
    // Three reads by one reader: of both lines, of one, of the other; the sums at 2, 4 and 6 ms.
    let text = scenario(&[], &format!("{IDEAL}, tile: (12, 5), {FLOATING}"))
        .replace(&["[]"; 12].join(", "), &trains.join(", "))
        .replace("duration: \"3 ms\"", "duration: \"7 ms\"");
    let trace = run(&text, &[], 1);
    let siemens = &trace.key_frames[0][0].values;
    let mut sums = vec![0.0; 5];
    for (number, driven) in [&[2, 9][..], &[2], &[9]].into_iter().enumerate() {
        for (sum, current) in sums.iter_mut().zip(solve(only(layout(400.0), driven), siemens, driven)) {
            *sum += current;
        }
        assert_close(&trace.probes[1][number + 1].membrane, &sums, 1e-7);
    }
    // With grounded lines the reads would add up.
    let alone = solve(layout(400.0), siemens, &[2, 9]);
    assert!((trace.probes[1][1].membrane[0] / alone[0] - 1.0).abs() > 0.02, "nothing floats");
}

#[test]
fn equal_cells_on_floating_lines_take_no_current() {
    let crossbar = |undriven: &str| {
        format!(
            r#"device: ("ideal", {{ "g_min": "1 uS", "g_max": "1 mS" }}), initial: Constant("200 uS"), tile: (12, 5),
            wires: Exact(segment: "1 uohm", sense: "1 kohm", undriven: {undriven})"#
        )
    };
    // A cell of 5 kohm before the sense circuit of 1 kohm, to which grounded lines add 11 cells to 0 V.
    let (floating, _) = read(&[4], &crossbar("Floating"));
    assert_close(&floating, &[0.4 / 6e3; 5], 1e-6);
    let (grounded, _) = read(&[4], &crossbar("Grounded"));
    assert_close(&grounded, &[0.4 * 2e-4 / (12.0 * 2e-4 + 1e-3) * 1e-3; 5], 1e-6);
}

#[test]
fn nonlinear_cells_hold_floating_lines_too() {
    let device = r#"device: ("sinh", { "g_min": "1 uS", "g_max": "1 mS", "alpha": "4 1/V" }), initial: Uniform("50 uS", "900 uS")"#;
    let (found, conductance) = read(&[0, 7], &format!("{device}, tile: (12, 5), {FLOATING}"));
    let mut solver = solver(only(layout(400.0), &[0, 7]), &[0, 7]);
    solver.solve_cells(&mut Sinh { conductance, curvature: 4.0, ohmic: Vec::new() }).unwrap();
    assert_close(&found, solver.currents(Side::Bottom), 1e-7);
}

#[test]
fn tiles_without_a_driven_line_carry_no_current_where_lines_float() {
    let (found, siemens) = read(&[2, 5], &format!("{IDEAL}, tile: (6, 5), {FLOATING}"));
    let layout = Layout::new(6, 5, 25.0).connect(Side::Left, 0.0, 0.0).connect(Side::Bottom, 0.0, 400.0);
    assert_close(&found, &solve(only(layout, &[2, 5]), &siemens[..30], &[2, 5]), 1e-7);
}

#[test]
fn sweeps_come_closer_with_their_number_where_lines_float() {
    let wires = |wires: &str| {
        let wires = wires.replace("WIRES", r#"segment: "25 ohm", sense: "400 ohm", undriven: Floating"#);
        read(&[1, 4, 8], &format!("{IDEAL}, tile: (12, 5), wires: {wires}")).0
    };
    let exact = wires("Exact(WIRES)");
    let error = |count: u32| {
        let sweeps = wires(&format!("Sweeps({count}, (WIRES))"));
        sweeps.iter().zip(&exact).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()))
    };
    let errors = [error(2), error(8), error(32)];
    assert!(errors[0] > 2.0 * errors[1] && errors[1] > 2.0 * errors[2], "{errors:?}");
}

/// All segments of 25 ohm, one by one.
fn one_by_one(rows: usize, columns: usize) -> (Vec<f64>, Vec<f64>) {
    (vec![25.0; rows * (columns - 1)], vec![25.0; (rows - 1) * columns])
}

#[test]
fn nothing_but_leakage_passes_a_broken_segment() {
    let broken = "broken: [WordLine(line: 3, after: 1), BitLine(line: 4, after: 9)]";
    let crossbar = format!(r#"{IDEAL}, tile: (12, 5), wires: Exact(segment: "25 ohm", {broken})"#);
    let (mut word, mut bit) = one_by_one(12, 5);
    (word[3 * 4 + 1], bit[9 * 5 + 4]) = (f64::INFINITY, f64::INFINITY);
    for spiking in [&[3][..], &[2, 3, 11], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]] {
        let (found, siemens) = read(spiking, &crossbar);
        let mut layout = Layout::read(12, 5, 25.0, EndSegments::EveryEnd);
        layout.word_segments = Segments::PerSegment(word.clone());
        layout.bit_segments = Segments::PerSegment(bit.clone());
        assert_close(&found, &solve(layout, &siemens, spiking), 1e-7);
    }
    let (found, siemens) = read(&[3], &crossbar.replace("25 ohm", "1 uohm"));
    for column in 0..5 {
        let expected = if column < 2 { 0.4 * siemens[15 + column] } else { 0.0 };
        assert!((found[column] - expected).abs() < 1e-6 * found[0], "bit line {column}: {}", found[column]);
    }
}

#[test]
fn breaks_are_named_in_the_numbers_of_the_projection_and_cut_both_lines_of_a_pair() {
    let broken =
        "broken: [WordLine(line: 9, after: 3), BitLine(line: 1, after: 4), WordLine(line: 9, after: 3)]";
    let crossbar =
        format!(r#"{IDEAL}, signed: true, tile: (8, 3), wires: Exact(segment: "25 ohm", {broken})"#);
    let spiking = [1, 4, 9, 10];
    let (found, siemens) = read(&spiking, &crossbar);
    let mut expected = vec![0.0; 5];
    for (first_row, rows) in [(0, 8), (8, 4)] {
        for (first, columns) in [(0, 3), (3, 2)] {
            let cell = |row: usize, column: usize, plane: usize| siemens[(plane * 12 + row) * 5 + column];
            let pairs = (first_row..first_row + rows)
                .flat_map(|row| (first..first + columns).map(move |column| (row, column)));
            let cells: Vec<f64> =
                pairs.flat_map(|(row, column)| [cell(row, column, 0), cell(row, column, 1)]).collect();
            let wired = 2 * columns;
            let (mut word, mut bit) = one_by_one(rows, wired);
            match (first_row, first) {
                // Row 1 of the tile, which begins at wired - 1; its first synapse has one segment within and one behind it.
                (8, 3) => word[wired] = f64::INFINITY,
                (0, 0) => bit[4 * wired + 2..][..2].fill(f64::INFINITY),
                _ => {}
            }
            let mut layout = Layout::read(rows, wired, 25.0, EndSegments::EveryEnd);
            layout.word_segments = Segments::PerSegment(word);
            layout.bit_segments = Segments::PerSegment(bit);
            let local: Vec<usize> = spiking
                .iter()
                .filter_map(|row| row.checked_sub(first_row))
                .filter(|row| *row < rows)
                .collect();
            let lines = solve(layout, &cells, &local);
            for (sum, pair) in expected[first..].iter_mut().zip(lines.chunks(2)) {
                *sum += pair[0] - pair[1];
            }
        }
    }
    assert_close(&found, &expected, 1e-6);
}

#[test]
fn every_line_has_the_resistance_that_it_is_given() {
    let ohms = |count: usize, first: f64| (0..count).map(move |line| first + 7.0 * line as f64);
    let list =
        |values: Vec<f64>| values.iter().map(|ohm| format!("\"{ohm} ohm\"")).collect::<Vec<_>>().join(", ");
    let (word, bit): (Vec<f64>, Vec<f64>) = (ohms(12, 3.0).collect(), ohms(5, 20.0).collect());
    let wires =
        format!("segment: PerLine([{}]), bit_segment: PerLine([{}])", list(word.clone()), list(bit.clone()));
    let (found, siemens) = read(&[0, 5, 11], &format!("{IDEAL}, tile: (12, 5), wires: Exact({wires})"));
    let layout = Layout {
        word_segments: Segments::PerLine(word),
        bit_segments: Segments::PerLine(bit),
        ..Layout::new(12, 5, 1.0)
    };
    let layout = layout.connect(Side::Left, 0.0, 0.0).connect(Side::Bottom, 0.0, 0.0);
    assert_close(&found, &solve(layout, &siemens, &[0, 5, 11]), 1e-7);
}

/// A CSV file of rows of so many numbers.
fn csv(values: &[f64], columns: usize) -> String {
    let row = |row: &[f64]| row.iter().map(f64::to_string).collect::<Vec<_>>().join(", ") + "\n";
    values.chunks(columns).map(row).collect()
}

#[test]
fn every_segment_has_the_resistance_that_its_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut word: Vec<f64> = (0..48).map(|at| 2.0 + f64::from(at * 13 % 17)).collect();
    let mut bit: Vec<f64> = (0..55).map(|at| 5.0 + f64::from(at * 11 % 19)).collect();
    (word[4 * 4 + 2], word[7 * 4], bit[2 * 5 + 1]) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    std::fs::write(folder.path().join("word.csv"), csv(&word, 4)).unwrap();
    std::fs::write(folder.path().join("bit.csv"), csv(&bit, 5)).unwrap();
    let wires = r#"wires: Exact(segment: File("word.csv"), bit_segment: File("bit.csv"))"#;
    let data = [folder.path().to_path_buf()];
    let spiking = [4, 7, 8];

    let (found, siemens) = read_with(&spiking, &format!("{IDEAL}, tile: (12, 5), {wires}"), &data);
    let layout = Layout {
        word_segments: Segments::PerSegment(word.clone()),
        bit_segments: Segments::PerSegment(bit.clone()),
        ..Layout::new(12, 5, 1.0)
    };
    let layout = layout.connect(Side::Left, 0.0, 0.0).connect(Side::Bottom, 0.0, 0.0);
    assert_close(&found, &solve(layout, &siemens, &spiking), 1e-7);

    // Two tiles: the segments of rows 0 to 6 and 7 to 11, and none between row 6 and row 7.
    let (found, _) = read_with(&spiking, &format!("{IDEAL}, tile: (7, 5), {wires}"), &data);
    let tile = |rows: std::ops::Range<usize>, local: &[usize]| {
        let layout = Layout {
            word_segments: Segments::PerSegment(word[rows.start * 4..rows.end * 4].to_vec()),
            bit_segments: Segments::PerSegment(bit[rows.start * 5..(rows.end - 1) * 5].to_vec()),
            ..Layout::new(rows.len(), 5, 1.0)
        };
        let layout = layout.connect(Side::Left, 0.0, 0.0).connect(Side::Bottom, 0.0, 0.0);
        solve(layout, &siemens[rows.start * 5..rows.end * 5], local)
    };
    let sums: Vec<f64> = tile(0..7, &[4]).iter().zip(tile(7..12, &[0, 1])).map(|(a, b)| a + b).collect();
    assert_close(&found, &sums, 1e-6);
}

/// What is seen of the refusal of a crossbar whose segments do not fit.
fn refusal(crossbar: &str, files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let parsed = parse(&scenario(&[0], &format!("{IDEAL}, {crossbar}")), &[]);
    let options = options(1, &[folder.path().to_path_buf()]);
    let report = Simulation::new(&parsed, &options).unwrap_err().report();
    let folder = format!("{}/", folder.path().display());
    let texts: Vec<String> =
        report.errors.iter().map(|error| error.to_string().replace(&folder, "")).collect();
    texts.join("\n")
}

#[test]
fn segments_that_do_not_fit_the_crossbar_are_refused() {
    let wires = |fields: &str| refusal(&format!("tile: (6, 5), wires: Exact({fields})"), &[]);
    assert_eq!(
        wires(r#"segment: PerLine(["1 ohm", "2 ohm"]), bit_segment: "1 ohm""#),
        "2 resistances are given, but there are 12 word lines"
    );
    assert_eq!(
        wires(r#"segment: "1 ohm", bit_segment: PerLine(["1 ohm"])"#),
        "1 resistances are given, but there are 5 bit lines"
    );
    assert_eq!(
        wires(r#"segment: "1 ohm", broken: [WordLine(line: 12, after: 0)]"#),
        "there is no word line 12: the crossbar has 12, counted from 0"
    );
    assert_eq!(
        wires(r#"segment: "1 ohm", broken: [WordLine(line: 0, after: 0), WordLine(line: 0, after: 5)]"#),
        "there is no bit line 5: the crossbar has 5, counted from 0"
    );
    assert_eq!(
        wires(r#"segment: "1 ohm", broken: [WordLine(line: 2, after: 4)]"#),
        "word line 2 has no segment after bit line 4, which is the last one of its tile"
    );
    assert_eq!(
        wires(r#"segment: "1 ohm", broken: [BitLine(line: 2, after: 5)]"#),
        "bit line 2 has no segment after word line 5, which is the last one of its tile"
    );
    let file = |text: &str| {
        let wires = r#"wires: Exact(segment: "1 ohm", bit_segment: File("bit.csv"))"#;
        refusal(wires, &[("bit.csv", text)])
    };
    assert_eq!(
        file("1, 2, 3, 4, 5\n1, 2, 0, 4, 5\n"),
        "bit.csv, line 2, column 3: `0` is not a resistance; expected ohms above 0, such as 2.5, or inf where the \
         segment is broken"
    );
    assert_eq!(
        file("1, 2, 3, 4, 5\n"),
        "bit.csv: found 1 rows and 5 columns; the array needs 11 rows (segments from word line to word line) and 5 \
         columns (bit lines)"
    );
}

/// The error of a run.
fn failure(crossbar: &str) -> String {
    let mut failing = simulation(&parse(&scenario(&[0], crossbar), &[]), &options(1, &[]));
    let mut trace = Trace::new(failing.layout());
    failing.run(&mut trace).unwrap_err().to_string()
}

#[test]
fn a_floating_line_of_open_cells_ends_the_run() {
    let stuck = format!("{IDEAL}, stuck: [(at: Open, cells: WordLines([7]))]");
    let reason = "no path to a terminal through unbroken segments and conducting cells, so its voltage is not \
                  determined; connect a terminal to the line or let one of its cells conduct";
    assert_eq!(
        failure(&format!(r#"{stuck}, wires: Exact(segment: "1 ohm", undriven: Floating)"#)),
        format!(
            "projection `s`, tile at word line 0 and bit line 0: the read cannot be solved: word line 7, node 0: {reason}"
        )
    );
    let broken = r#"wires: Exact(segment: "1 ohm", broken: [WordLine(line: 7, after: 2)])"#;
    assert_eq!(
        failure(&format!("{stuck}, {broken}")),
        format!(
            "projection `s`, tile at word line 0 and bit line 0: the read cannot be solved: word line 7, node 3: {reason}"
        )
    );
}

#[test]
fn a_run_is_not_resumed_with_other_segments() {
    let folder = tempfile::tempdir().unwrap();
    let write = |first: f64| {
        let mut bit = vec![5.0; 55];
        bit[0] = first;
        std::fs::write(folder.path().join("bit.csv"), csv(&bit, 5)).unwrap();
    };
    let wires = r#"wires: Exact(segment: "1 ohm", bit_segment: File("bit.csv"))"#;
    let text = scenario(&[0], &format!("{IDEAL}, {wires}"));
    let (parsed, options) = (parse(&text, &[]), options(1, &[folder.path().to_path_buf()]));
    let file = folder.path().join("checkpoint");
    write(5.0);
    let first = simulation(&parsed, &options);
    let mut trace = Trace::new(first.layout());
    first.write_checkpoint(&file, &trace.flush().unwrap()).unwrap();
    assert!(simulation(&parsed, &options).resume(&file).is_ok());
    write(6.0);
    let error = simulation(&parsed, &options).resume(&file).unwrap_err().to_string();
    assert!(
        error.contains("the files of segments of projection `s` were others than they are now"),
        "{error}"
    );
}
