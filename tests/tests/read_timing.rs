//! When spikes are one read, and when the pulses of two reads overlap.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Sinh, Solver};
use crosspike::recorder::{Trace, TraceData};
use crosspike_tests::{options, parse, simulation};

/// Two of 4 word lines of sinh cells behind wires of 250 ohm; a read of 1 us on 1 uF makes one ampere one volt.
fn scenario(first: &str, second: &str, read: &str, device: &str) -> String {
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [[{first}], [], [{second}], []]),
                "n": Lif(count: 3, capacitance: "1 uF", leak: "1000000 s", threshold: "1 kV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                device: ({device}), initial: Constant("400 uS"), wires: Exact(segment: "250 ohm"),
                read: (voltage: "0.4 V", {read}),
            )) }},
            schedule: [Run(duration: "10 ms"), Run(duration: "10 ms")],
            record: (probes: {{ "n": (every: "1 us") }}),
        )"#
    )
}

const SINH: &str = r#""sinh", { "g_min": "1 uS", "g_max": "1 mS", "alpha": "3.8 1/V" }"#;
const LINEAR: &str = r#""ideal", { "g_min": "1 uS", "g_max": "1 mS" }"#;

/// A run and what it warned of.
fn run(text: &str) -> (TraceData, Vec<String>) {
    let mut simulation = simulation(&parse(text, &[]), &options(1, &[]));
    let mut trace = Trace::new(simulation.layout());
    simulation.run(&mut trace).expect("the run ends well");
    (trace.data(), simulation.warnings().to_vec())
}

/// Bit-line currents of the 4 x 3 sinh cells for 0.4 V on some word lines.
fn currents(driven: &[usize]) -> Vec<f64> {
    let circuit = Circuit::new(Layout::read(4, 3, 250.0, EndSegments::EveryEnd)).unwrap();
    let mut solver = Solver::new(&circuit, Options { tolerance: 1e-12, ..Options::default() });
    let volts: Vec<f64> = (0..4).map(|row| if driven.contains(&row) { 0.4 } else { 0.0 }).collect();
    solver.set_sources(Side::Left, &volts).unwrap();
    solver.solve_cells(&mut Sinh { conductance: vec![400e-6; 12], curvature: 3.8, ohmic: vec![] }).unwrap();
    solver.currents(Side::Bottom).to_vec()
}

fn potentials(trace: &TraceData, us: usize) -> &[f64] {
    &trace.probes[1][us].membrane
}

#[test]
fn spikes_within_an_interval_are_one_read_at_its_end() {
    let read = "width: \"1 us\", coalesce: \"10 us\"";
    let (trace, _) = run(&scenario("\"1.002 ms\"", "\"1.005 ms\"", read, SINH));
    assert_eq!(potentials(&trace, 1009), [0.0; 3]);
    let joint = currents(&[0, 2]);
    for (found, expected) in potentials(&trace, 1010).iter().zip(&joint) {
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} instead of {expected}");
    }
    assert_eq!(trace.arrays[0][0].reads, 1);
    let (apart, _) = run(&scenario("\"1.002 ms\"", "\"1.005 ms\"", "width: \"1 us\"", SINH));
    let (first, second) = (currents(&[0]), currents(&[2]));
    for (column, found) in potentials(&apart, 1010).iter().enumerate() {
        let sum = first[column] + second[column];
        assert!((found / sum - 1.0).abs() < 1e-6, "{found} instead of {sum}");
        assert!(sum > 1.002 * joint[column], "the joint read is another: {} instead of {sum}", joint[column]);
    }
}

#[test]
fn a_spike_at_a_multiple_stays_and_a_word_line_is_driven_once() {
    let read = "width: \"1 us\", coalesce: \"10 us\"";
    let (trace, _) = run(&scenario("\"1.01 ms\", \"2.001 ms\", \"2.009 ms\", \"2.01 ms\"", "", read, SINH));
    let once = currents(&[0]);
    for (us, reads) in [(1009, 0.0), (1010, 1.0), (2009, 1.0), (2010, 2.0), (2020, 2.0)] {
        for (found, current) in potentials(&trace, us).iter().zip(&once) {
            assert!((found - reads * current).abs() < 1e-6 * current, "{found} at {us} us");
        }
    }
    assert_eq!(trace.arrays[0][0].reads, 2);
}

#[test]
fn plasticity_sees_a_spike_when_its_word_line_is_driven() {
    // The word line is driven at 1.01 ms, 4 us before the neuron fires; the spike was 12 us before.
    let text = |coalesce: &str| {
        format!(
            r#"Scenario(
                populations: {{
                    "x": Trains(times: [["1.002 ms"]]), "teacher": Trains(times: [["1.014 ms"]]),
                    "n": Lif(count: 1, capacitance: "1 uF", leak: "1 s", threshold: "1 V"),
                }},
                projections: {{
                    "s": (source: "x", target: "n",
                        crossbar: (device: ({LINEAR}), initial: Constant("400 uS"),
                            read: (voltage: "0.4 V", width: "1 us"{coalesce})),
                        plasticity: Window(potentiation: "20 uS", depression: "10 uS", window: "5 us")),
                    "t": (source: "teacher", target: "n", weights: OneToOne(weight: "2 V")),
                }},
                schedule: [Run(duration: "2 ms", learning: true)],
                record: (conductance: {{ "s": () }}),
            )"#
        )
    };
    for (coalesce, expected) in [(", coalesce: \"10 us\"", 420e-6), ("", 390e-6)] {
        let g = run(&text(coalesce)).0.key_frames[0][1].values[0];
        assert!((g - expected).abs() < 1e-15, "{g} instead of {expected}");
    }
}

#[test]
fn reads_that_start_before_an_earlier_pulse_has_ended_are_counted_and_warned_of() {
    // Pulses of 1 ms: 1.5 ms starts in that of 1 ms, 2.4 ms in that of 1.5 ms; 3.4 ms starts at the end of one, and the two
    // spikes at 5 ms are one read.
    let (first, second) = ("\"1 ms\", \"2.4 ms\", \"5 ms\"", "\"1.5 ms\", \"3.4 ms\", \"5 ms\"");
    let wide = "width: \"1 ms\"";
    let (trace, warnings) = run(&scenario(first, second, wide, SINH));
    let counts: Vec<_> = trace.arrays[0].iter().map(|row| (row.phase, row.reads, row.overlaps)).collect();
    assert_eq!(counts, [(0, 5, 2), (1, 5, 2)]);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[1].starts_with("projection `s`, phase 2: 2 of 5 reads overlap"), "{}", warnings[1]);
    // The charges of linear cells add up, so nothing is wrong with them; but a converter rounds them one by one.
    let (trace, warnings) = run(&scenario(first, second, wide, LINEAR));
    assert_eq!((trace.arrays[0][1].overlaps, warnings.len()), (2, 0), "{warnings:?}");
    let adc = format!("{wide}), periphery: (adc: (bits: 8, full_scale: \"1 mA\")");
    assert_eq!(run(&scenario(first, second, &adc, LINEAR)).1.len(), 2);
    let biased = scenario(first, second, wide, LINEAR)
        .replace("segment: \"250 ohm\"", "segment: \"250 ohm\", undriven: Biased(\"10 mV\")");
    assert_eq!(run(&biased).1.len(), 2);
    // Merged, each starts where the one before has ended.
    let merged = format!("{wide}, coalesce: \"1 ms\"");
    let (trace, warnings) = run(&scenario(first, second, &merged, SINH));
    assert_eq!((trace.arrays[0][0].reads, trace.arrays[0][0].overlaps, warnings.len()), (5, 0, 0));
}

#[test]
fn conversions_beyond_the_full_scale_are_warned_of() {
    let read = "width: \"1 us\"), periphery: (adc: (bits: 8, full_scale: \"50 uA\")";
    let (_, warnings) = run(&scenario("\"1 ms\"", "\"2 ms\"", read, LINEAR));
    assert_eq!(
        warnings,
        [1, 2].map(|phase| {
            format!("projection `s`, phase {phase}: 6 of 6 conversions are beyond the full scale of 50 uA")
        })
    );
}
