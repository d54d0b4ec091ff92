//! Stuck cells keep their conductance in reads, in writes and in the record.

use crosspike::recorder::TraceData;
use crosspike::simulation::Simulation;
use crosspike_tests::{options, parse, run};

const NETWORK: &str = r#"Scenario(
    dataset: Digits(),
    populations: {
        "pixels": Encoder(Bernoulli(step: "1 ms", probability: 0.1)),
        "output": Lif(count: 20, capacitance: "200 pF", leak: "100 ms", threshold: "15 mV",
            inhibition: ResetAll(block: "5 ms")),
    },
    projections: { "s": (source: "pixels", target: "output",
        crossbar: (
            tile: (48, 12), device: ("ideal", { "g_min": "1 uS", "g_max": "100 uS" }), initial: Uniform("30 uS", "80 uS"),
            stuck: STUCK, read: (voltage: "0.2 V", width: "10 ns"),
        ),
        plasticity: Window(potentiation: "5 uS", depression: "2 uS", window: "25 ms"),
    ) },
    schedule: [Train(images: 20, present: "100 ms")],
    record: (spikes: ["output"], conductance: { "s": () }),
)"#;

fn trained(stuck: &str, set: &[&str]) -> TraceData {
    let trace = run(&NETWORK.replace("STUCK", stuck), set, 1);
    assert!(trace.spikes[1].ticks.len() > 50, "the network learns");
    trace
}

/// Conductances before and after training, row by row.
fn frames(trace: &TraceData) -> (&[f64], &[f64]) {
    (&trace.key_frames[0][0].values, &trace.key_frames[0][1].values)
}

#[test]
fn every_way_to_name_cells_is_followed_and_the_last_entry_counts() {
    let trace = trained(
        "[(at: Open, cells: Cells([(0, 0), (63, 19)])), (at: Short, cells: WordLines([5, 50])),
          (at: Conductance(\"33 uS\"), cells: BitLines([3])), (at: Conductance(\"44 uS\"), cells: Block((60, 10), (62, 12)))]",
        &[],
    );
    let expected = |row: usize, column: usize| match (row, column) {
        (60..=62, 10..=12) => Some(44e-6),
        (_, 3) => Some(33e-6),
        (5 | 50, _) => Some(1e-2),
        (0, 0) | (63, 19) => Some(0.0),
        _ => None,
    };
    let (before, after) = frames(&trace);
    let mut moved = 0;
    for (cell, (before, after)) in before.iter().zip(after).enumerate() {
        match expected(cell / 20, cell % 20) {
            Some(siemens) => assert_eq!((*before, *after), (siemens, siemens), "cell {cell}"),
            None => moved += usize::from(before != after),
        }
    }
    assert!(moved > 100, "only {moved} other cells have learned");
}

#[test]
fn a_line_that_the_array_does_not_have_is_refused() {
    let parsed = parse(&NETWORK.replace("STUCK", "[(at: Open, cells: WordLines([3, 64]))]"), &[]);
    let error = Simulation::new(&parsed, &options(1, &[])).unwrap_err().report();
    let text = format!("{:?}", miette::Report::new(error));
    assert!(
        text.contains("stuck cells: there is no word line 64: the array has 64, counted from 0"),
        "{text}"
    );
    assert!(text.contains("stuck: [(at: Open, cells: WordLines([3, 64]))]"), "{text}");
}

#[test]
fn program_pulses_leave_stuck_cells_as_they_are() {
    let set = [
        "projections.s.crossbar.device=(\"threshold\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\", \"v_set\": \"0.8 V\", \"v_reset\": \"-0.8 V\" })",
        "projections.s.plasticity.write=Pulses(set: (voltage: \"1.2 V\", width: \"10 ns\"), reset: (voltage: \"-1.2 V\", width: \"10 ns\"))",
    ];
    for wires in ["Ideal", "Exact(segment: \"2 ohm\")"] {
        let wires = format!("projections.s.crossbar.wires={wires}");
        let trace = trained(
            "[(at: Conductance(\"33 uS\"), cells: WordLines([20, 21, 36]))]",
            &[&set[..], &[&wires]].concat(),
        );
        let (before, after) = frames(&trace);
        let stuck = |cell: usize| [20, 21, 36].contains(&(cell / 20));
        assert!((0..1280).all(|cell| !stuck(cell) || (before[cell], after[cell]) == (33e-6, 33e-6)));
        assert!((0..1280).any(|cell| !stuck(cell) && before[cell] != after[cell]), "the others are written");
    }
}

#[test]
fn a_fraction_is_met_and_follows_the_device_seed() {
    let open = |set: &[&str]| -> Vec<bool> {
        trained("[(at: Open, cells: Fraction(0.2))]", set).key_frames[0][0]
            .values
            .iter()
            .map(|g| *g == 0.0)
            .collect()
    };
    let cells = open(&[]);
    // 1280 cells: the standard deviation of the count is 14.3.
    let count = cells.iter().filter(|open| **open).count();
    assert!((256 - 58..=256 + 58).contains(&count), "{count} of 1280 cells are open");
    assert_eq!(open(&["projections.s.crossbar.tile=(64, 20)"]), cells, "tiles change nothing");
    assert_ne!(open(&["seeds=(device: 5)"]), cells);
}

/// One read of all 4 word lines at 0.5 V; a read of 1 ms on 1 mF makes one ampere one volt.
fn currents(device: &str, wires: &str) -> Vec<f64> {
    let text = format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [["1 ms"], ["1 ms"], ["1 ms"], ["1 ms"]]),
                "n": Lif(count: 3, capacitance: "1 mF", leak: "100000 s", threshold: "1 kV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                device: {device}, initial: Constant("50 uS"), wires: {wires}, read: (voltage: "0.5 V", width: "1 ms"),
                stuck: [(at: Open, cells: WordLines([0, 1])), (at: Conductance("1 mS"), cells: Cells([(2, 1), (3, 1)]))],
            )) }},
            schedule: [Run(duration: "3 ms")],
            record: (probes: {{ "n": (every: "2 ms") }}),
        )"#
    );
    run(&text, &[], 1).probes[1][1].membrane.clone()
}

#[test]
fn stuck_cells_are_ohmic_with_every_device_and_every_wire() {
    let linear = r#"("ideal", { "g_min": "1 uS", "g_max": "1 mS" })"#;
    let sinh = r#"("sinh", { "g_min": "1 uS", "g_max": "1 mS", "alpha": "3 1/V" })"#;
    let sound = |alpha: f64| 2.0 * 50e-6 * if alpha == 0.0 { 0.5 } else { (0.5 * alpha).sinh() / alpha };
    for (device, alpha) in [(linear, 0.0), (sinh, 3.0)] {
        for wires in ["Ideal", "Exact(segment: \"1 uohm\")"] {
            let found = currents(device, wires);
            for (found, expected) in found.iter().zip([sound(alpha), 2.0 * 1e-3 * 0.5, sound(alpha)]) {
                assert!(
                    (found / expected - 1.0).abs() < 1e-6,
                    "{device}, {wires}: {found} A instead of {expected} A"
                );
            }
        }
    }
}
