//! Gains of bit lines make up for what resistive wires take from their currents.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike::random::{Purpose, Stream};
use crosspike::recorder::TraceData;
use crosspike_tests::reads::{IDEAL, assert_close, read};
use crosspike_tests::run;

const ALL: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/// Bit-line currents of a tile whose segments have 25 ohm for 0.4 V on some word lines.
fn currents((rows, lines): (usize, usize), siemens: &[f64], driven: &[usize]) -> Vec<f64> {
    let circuit = Circuit::new(Layout::read(rows, lines, 25.0, EndSegments::EveryEnd)).unwrap();
    let mut solver = Solver::new(&circuit, Options { tolerance: 1e-12, ..Options::default() });
    solver.set_conductances(siemens).unwrap();
    let volts: Vec<f64> = (0..rows).map(|row| if driven.contains(&row) { 0.4 } else { 0.0 }).collect();
    solver.set_sources(Side::Left, &volts).unwrap();
    solver.solve().unwrap();
    solver.currents(Side::Bottom).to_vec()
}

/// The word lines of a sample: those with the smallest random numbers.
fn pattern(sample: u64, first: usize, rows: usize, count: usize) -> Vec<usize> {
    let stream = Stream::new(1, Purpose::Pattern, 0);
    let mut lines: Vec<usize> = (0..rows).collect();
    lines.sort_by_key(|row| stream.words((first + row) as u32, sample).0);
    lines.truncate(count);
    lines
}

/// Ideal by real current of each bit line over some samples.
fn gains(shape: (usize, usize), siemens: &[f64], patterns: &[Vec<usize>]) -> Vec<f64> {
    let mut ideal = vec![0.0; shape.1];
    let mut real = vec![0.0; shape.1];
    for driven in patterns {
        for &row in driven {
            let cells = siemens[row * shape.1..][..shape.1].iter();
            ideal.iter_mut().zip(cells).for_each(|(sum, g)| *sum += 0.4 * g);
        }
        let found = currents(shape, siemens, driven);
        real.iter_mut().zip(found).for_each(|(sum, current)| *sum += current);
    }
    ideal.iter().zip(real).map(|(ideal, real)| ideal / real).collect()
}

#[test]
fn a_static_gain_multiplies_every_charge() {
    for wires in ["Ideal", "Exact(segment: \"25 ohm\")"] {
        for signed in [false, true] {
            let crossbar = format!("{IDEAL}, signed: {signed}, tile: (8, 3), wires: {wires}");
            let (plain, _) = read(&[2, 6, 9], &crossbar);
            // A power of two leaves no room for rounding.
            let (four, _) = read(&[2, 6, 9], &format!("{crossbar}, compensation: Gain(4.0)"));
            assert_eq!(four, plain.iter().map(|volts| 4.0 * volts).collect::<Vec<_>>(), "{wires}, {signed}");
            let (thirty, _) = read(&[2, 6, 9], &format!("{crossbar}, compensation: Gain(30.0)"));
            assert_close(&thirty, &plain.iter().map(|volts| 30.0 * volts).collect::<Vec<_>>(), 1e-14);
        }
    }
}

#[test]
fn the_read_of_the_pattern_of_the_calibration_is_the_ideal_one() {
    for (device, count) in [("\"ideal\", {", 1), ("\"sinh\", { \"alpha\": \"3.8 1/V\",", 3)] {
        let crossbar = format!(
            "device: ({device} \"g_min\": \"1 uS\", \"g_max\": \"1 mS\" }}), initial: Constant(\"400 uS\"), tile: (12, 5)"
        );
        let wires = "wires: Exact(segment: \"25 ohm\")";
        let (ideal, _) = read(&ALL, &crossbar);
        let (real, _) = read(&ALL, &format!("{crossbar}, {wires}"));
        assert!(real.iter().zip(&ideal).all(|(real, ideal)| *real < 0.7 * ideal), "{real:?} of {ideal:?}");
        let gains = format!("compensation: Calibrated(samples: {count}, fraction: 1.0)");
        let (gained, _) = read(&ALL, &format!("{crossbar}, {wires}, {gains}"));
        assert_close(&gained, &ideal, 1e-6);
    }
}

#[test]
fn gains_are_ideal_by_real_currents_of_the_patterns_of_each_tile() {
    let crossbar = format!(
        "{IDEAL}, signed: true, tile: (8, 3), wires: Exact(segment: \"25 ohm\"), \
         compensation: Calibrated(samples: 3, fraction: 0.4)"
    );
    let spiking = [2, 6, 9];
    let (membranes, siemens) = read(&spiking, &crossbar);
    let mut expected = vec![0.0; 5];
    for (first_row, rows, driven) in [(0, 8, 3), (8, 4, 2)] {
        for (first, columns) in [(0, 3), (3, 2)] {
            let at = |row: usize, line: usize| siemens[(line % 2 * 12 + row) * 5 + first + line / 2];
            let cells: Vec<f64> = (first_row..first_row + rows)
                .flat_map(|row| (0..2 * columns).map(move |line| (row, line)))
                .map(|(row, line)| at(row, line))
                .collect();
            let shape = (rows, 2 * columns);
            let patterns: Vec<_> = (0..3).map(|sample| pattern(sample, first_row, rows, driven)).collect();
            let gains = gains(shape, &cells, &patterns);
            let local: Vec<usize> = spiking
                .iter()
                .filter(|row| (first_row..first_row + rows).contains(row))
                .map(|row| row - first_row)
                .collect();
            let lines = currents(shape, &cells, &local);
            for (column, sum) in expected[first..first + columns].iter_mut().enumerate() {
                let line = |line: usize| lines[2 * column + line] * gains[2 * column + line];
                *sum += line(0) - line(1);
            }
        }
    }
    assert_close(&membranes, &expected, 1e-6);
}

#[test]
fn with_ideal_wires_every_gain_is_one() {
    let crossbar = format!("{IDEAL}, tile: (8, 3)");
    let (plain, _) = read(&[2, 6, 9], &crossbar);
    for compensation in
        ["Calibrated(samples: 2, fraction: 0.5)", "Tracked(samples: 2, fraction: 0.5, every: 3)"]
    {
        assert_eq!(read(&[2, 6, 9], &format!("{crossbar}, compensation: {compensation}")).0, plain);
    }
}

/// Two bit lines of 6 cells, of which the first is potentiated by 200 uS where a word line was driven at 1 ms: at 5, 6 and
/// 7 ms, when a teacher lets its neuron fire. All word lines are read at 5.5, 6.5 and 8 ms. Then it all happens again,
/// without learning.
fn learning(compensation: &str) -> TraceData {
    let text = format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [
                    ["1 ms", "5.5 ms", "6.5 ms", "8 ms"], ["5.5 ms", "6.5 ms", "8 ms"], ["5.5 ms", "6.5 ms", "8 ms"],
                    ["1 ms", "5.5 ms", "6.5 ms", "8 ms"], ["5.5 ms", "6.5 ms", "8 ms"], ["5.5 ms", "6.5 ms", "8 ms"],
                ]),
                "teacher": Trains(times: [["5 ms", "6 ms", "7 ms"]]),
                "n": Lif(count: 2, capacitance: "1 mF", leak: "100000 s", threshold: "1 V"),
            }},
            projections: {{
                "s": (source: "sources", target: "n",
                    crossbar: (
                        device: ("ideal", {{ "g_min": "1 uS", "g_max": "1 mS" }}), initial: Uniform("50 uS", "300 uS"),
                        wires: Exact(segment: "25 ohm"), read: (voltage: "0.4 V", width: "1 ms"),
                        compensation: {compensation},
                    ),
                    plasticity: Window(potentiation: "200 uS", depression: "20 uS", window: "10 ms")),
                "t": (source: "teacher", target: "n", weights: List([(source: 0, target: 0, weight: "2 V")])),
            }},
            schedule: [Run(duration: "10 ms"), Run(duration: "10 ms", learning: false)],
            record: (probes: {{ "n": (every: "0.1 ms") }}, conductance: {{ "s": (changes: true) }}),
        )"#
    );
    run(&text, &[], 1)
}

#[test]
fn tracked_gains_are_found_anew_after_so_many_updates_and_before_every_phase() {
    let all: Vec<usize> = (0..6).collect();
    let samples = vec![all.clone()];
    let trace = learning("Tracked(samples: 1, fraction: 1.0, every: 2)");
    let once = learning("Calibrated(samples: 1, fraction: 1.0)");
    let again = learning("Calibrated(samples: 1, fraction: 1.0, at: PhaseStarts)");
    let start = &trace.key_frames[0][0].values;
    let after = |updates: usize| -> Vec<f64> {
        let mut siemens = start.clone();
        if updates > 0 {
            let column = &trace.changes[0][updates - 1].values;
            siemens.iter_mut().step_by(2).zip(column).for_each(|(cell, g)| *cell = *g);
        }
        siemens
    };
    assert_eq!(trace.changes[0].len(), 3);
    let jump = |trace: &TraceData, tenths: usize| -> Vec<f64> {
        let (before, after) = (&trace.probes[2][tenths - 1].membrane, &trace.probes[2][tenths].membrane);
        before.iter().zip(after).map(|(before, after)| after - before).collect()
    };
    // Tenths of a millisecond, updates before the read, updates before its calibration: tracked, once, at phases.
    for (tenths, updates, calibrated) in
        [(55, 1, [0, 0, 0]), (65, 2, [2, 0, 0]), (80, 3, [2, 0, 0]), (155, 3, [3, 0, 3])]
    {
        let currents = currents((6, 2), &after(updates), &all);
        for (trace, calibrated) in [&trace, &once, &again].into_iter().zip(calibrated) {
            let gains = gains((6, 2), &after(calibrated), &samples);
            let expected: Vec<f64> = currents.iter().zip(gains).map(|(i, gain)| i * gain).collect();
            assert_close(&jump(trace, tenths), &expected, 1e-6);
        }
    }
    let [first, last] = [0, 3].map(|updates| gains((6, 2), &after(updates), &samples)[0]);
    assert!((last / first - 1.0).abs() > 0.05, "the updates move the gain: {first} to {last}");
}
