//! A Transfer phase puts another array, with the conductances of the first one, in its place.

use crosspike::recorder::{Recorder, Trace, TraceData};
use crosspike::scenario::Scenario;
use crosspike::simulation::{Simulation, array_of};
use crosspike_tests::reads::{assert_close, scenario};
use crosspike_tests::{options, parse, run, simulation};

const IDEAL: &str = r#"device: ("ideal", { "g_min": "1 uS", "g_max": "100 uS" })"#;
const LEVELS: &str = r#"device: ("levels", { "g_min": "1 uS", "g_max": "100 uS", "count": 4 })"#;
const READ: &str = r#"read: (voltage: "0.4 V", width: "1 ms")"#;

/// All sources spike in a phase of 2 ms on an array of chance, and in one more after each transfer.
fn reads(transfers: &[String]) -> String {
    let sources: Vec<usize> = (0..12).collect();
    let phase = r#"Run(duration: "2 ms", learning: false)"#;
    let phases: Vec<String> = transfers.iter().map(|array| format!("{}, {phase}", to(array))).collect();
    let own = format!(r#"{IDEAL}, initial: Uniform("5 uS", "95 uS")"#);
    scenario(&sources, &own).replace(
        "schedule: [Run(duration: \"3 ms\")]",
        &format!("schedule: [{phase}, {}]", phases.join(", ")),
    )
}

fn to(array: &str) -> String {
    format!("Transfer(projection: \"s\", crossbar: ({array}))")
}

/// What each phase of 2 ms has put on the membranes, V.
fn charges(trace: &TraceData) -> Vec<Vec<f64>> {
    let samples: Vec<&Vec<f64>> = trace.probes[1].iter().map(|sample| &sample.membrane).collect();
    samples
        .windows(2)
        .map(|pair| pair[1].iter().zip(pair[0]).map(|(now, then)| now - then).collect())
        .collect()
}

/// With a read of 0.4 V for 1 ms onto 1 mF.
fn ohm(siemens: &[f64]) -> Vec<f64> {
    (0..5).map(|column| 0.4 * siemens.iter().skip(column).step_by(5).sum::<f64>()).collect()
}

#[test]
fn each_array_holds_what_the_own_one_had_as_near_as_its_devices_allow() {
    let same = format!("{IDEAL}, {READ}");
    let narrow = IDEAL.replace("100 uS", "50 uS");
    let faster = format!("{IDEAL}, read: (voltage: \"0.2 V\", width: \"1 ms\")");
    // The last phase is there for the sample at its start.
    let transfers = [same.clone(), format!("{LEVELS}, {READ}"), format!("{narrow}, {READ}"), faster, same];
    let trace = run(&reads(&transfers), &[], 1);
    let (frames, charges) = (&trace.key_frames[0], charges(&trace));
    assert_eq!(frames.len(), 1 + 1 + 2 * transfers.len());
    let own = &frames[0].values;
    // Levels are 33 uS apart, from 1 uS on.
    let levels: Vec<f64> = own.iter().map(|g| 1e-6 + 33e-6 * ((g - 1e-6) / 33e-6).round()).collect();
    let narrow: Vec<f64> = own.iter().map(|g| g.min(50e-6)).collect();
    let expected = [own.clone(), levels, narrow, own.clone(), own.clone()];
    assert_close(&charges[0], &ohm(own), 1e-6);
    for (number, expected) in expected.iter().enumerate() {
        assert_close(&frames[2 + 2 * number].values, expected, 1e-12);
        assert_eq!(frames[3 + 2 * number].values, frames[2 + 2 * number].values);
        let volts = if number == 3 { 0.5 } else { 1.0 };
        if let Some(found) = charges.get(number + 1) {
            let expected: Vec<f64> = ohm(expected).iter().map(|charge| volts * charge).collect();
            assert_close(found, &expected, 1e-6);
        }
    }
}

#[test]
fn stuck_cells_and_wires_of_the_new_array_act_and_its_gains_are_found_at_once() {
    let wires = r#"wires: Exact(segment: "20 ohm")"#;
    // Every source spikes, so a sample read that drives all word lines is the read itself.
    let gains = "compensation: Calibrated(samples: 1, fraction: 1.0, at: RunStart)";
    let transfers = [
        format!("{IDEAL}, {READ}, {wires}"),
        format!("{IDEAL}, {READ}, {wires}, {gains}"),
        format!("{IDEAL}, {READ}, stuck: [(at: Conductance(\"7 uS\"), cells: WordLines([3]))]"),
        format!("{IDEAL}, {READ}"),
    ];
    let trace = run(&reads(&transfers), &[], 1);
    let charges = charges(&trace);
    let own = &trace.key_frames[0][0].values;
    let ideal = ohm(own);
    for (drop, ideal) in charges[1].iter().zip(&ideal) {
        assert!((0.5..0.97).contains(&(drop / ideal)), "{drop} of {ideal}");
    }
    assert_close(&charges[2], &ideal, 1e-6);
    let mut stuck = own.clone();
    stuck[15..20].fill(7e-6);
    assert_close(&charges[3], &ohm(&stuck), 1e-6);
}

#[test]
fn conductances_can_be_meant_at_the_voltage_at_which_programming_reads() {
    let sinh =
        format!(r#"device: ("sinh", {{ "g_min": "1 uS", "g_max": "100 uS", "alpha": "3 1/V" }}), {READ}"#);
    let text = reads(&[sinh.clone(), sinh]).replacen("Transfer(", "Transfer(at: \"0.2 V\", ", 1);
    let trace = run(&text, &[], 1);
    let own = &trace.key_frames[0][0].values;
    // I = g / alpha sinh(alpha V) at 0.2 V is G 0.2 V, where the range allows; conductances of the model are slopes at 0 V.
    let slopes: Vec<f64> = own.iter().map(|g| g * 0.6 / 0.6_f64.sinh()).collect();
    assert_close(&trace.key_frames[0][2].values, &slopes, 1e-12);
    assert_close(&trace.key_frames[0][4].values, own, 1e-15);
    let charges = charges(&trace);
    let expected: Vec<f64> =
        ohm(own).iter().map(|charge| charge * 1.2_f64.sinh() / (2.0 * 0.6_f64.sinh())).collect();
    assert_close(&charges[1], &expected, 1e-6);
    // Of levels the nearest is taken, of what lies beyond the range its end.
    let narrow = format!("{}, {READ}", LEVELS.replace("1 uS", "20 uS"));
    let text = reads(&[narrow.clone(), narrow]).replacen("Transfer(", "Transfer(at: \"0.2 V\", ", 1);
    let frames = &run(&text, &[], 1).key_frames[0];
    assert_eq!(frames[2].values, frames[4].values);
}

#[test]
fn an_array_behind_a_frame_is_the_one_that_stood_there() {
    let wired = format!("{IDEAL}, {READ}, wires: Exact(segment: \"20 ohm\"), tile: (4, 5)");
    let parsed = parse(&reads(&[wired]), &[]);
    let siemens = vec![2e-5; 60];
    let tiles = |phases: usize| {
        let array = array_of(&parsed, ("s", phases), ([1, 12, 5], &siemens), &options(1, &[])).unwrap();
        (array.tile_count(), array.plan().wires.is_some())
    };
    assert_eq!([0, 1, 2, 3].map(tiles), [(1, false), (1, false), (3, true), (3, true)]);
}

/// Learns, and is tested on arrays of chance: devices that differ, noise of reads, wires with gains.
const LEARNED: &str = r#"Scenario(
    dataset: Digits(),
    populations: {
        "pixels": Encoder(Poisson(rate: "120 Hz")),
        "output": Lif(
            count: 12, capacitance: "200 pF", leak: "50 ms", threshold: "9 mV", refractory: "3 ms",
            adaptation: (increment: "0.2 mV", decay: Time("200 ms")), inhibition: ResetAll(block: "2 ms"),
        ),
    },
    projections: { "s": (
        source: "pixels", target: "output",
        crossbar: (
            tile: (64, 12), device: ("ideal", { "g_min": "1 uS", "g_max": "100 uS" }),
            initial: Uniform("20 uS", "90 uS"), read: (voltage: "0.2 V", width: "10 ns"),
        ),
        plasticity: Window(potentiation: "3 uS", depression: "1 uS", window: "10 ms"),
    ) },
    schedule: [
        Train(images: 8, present: "100 ms", between: Continue, label: true),
        Transfer(projection: "s", crossbar: (
            tile: (32, 12), device: ("levels", { "g_min": "1 uS", "g_max": "100 uS", "count": 16 }),
            wires: Exact(segment: "3 ohm"), variation: { "g_max": (spread: LogNormal(0.2)) },
            compensation: Calibrated(samples: 3, fraction: 0.2),
            periphery: (noise: (relative: 0.02)), read: (voltage: "0.2 V", width: "10 ns"),
        )),
        Test(split: "test", images: 70, present: "100 ms"),
        Transfer(projection: "s", crossbar: (
            device: ("ideal", { "g_min": "1 uS", "g_max": "100 uS" }), stuck: [(at: Open, cells: Fraction(0.3))],
            read: (voltage: "0.2 V", width: "10 ns"),
        )),
        Test(split: "test", images: 70, present: "100 ms", between: Continue),
    ],
    readout: (population: "output"),
    record: (spikes: ["output"], conductance: { "s": () }),
)"#;

/// What a run has recorded, as text.
fn recorded(parts: &[TraceData]) -> Vec<String> {
    let of = |part: &TraceData| {
        let spikes =
            part.spikes.iter().flat_map(|s| s.ticks.iter().zip(&s.neurons)).map(|s| format!("{s:?}"));
        let frames =
            part.key_frames.iter().flatten().map(|frame| format!("{:?}", (frame.tick, &frame.values)));
        let phases = part.phases.iter().map(|phase| format!("{phase:?}"));
        [spikes.collect::<Vec<_>>(), frames.collect(), phases.collect()]
    };
    let parts: Vec<_> = parts.iter().map(of).collect();
    (0..3).flat_map(|kind| parts.iter().flat_map(move |part| part[kind].clone())).collect()
}

#[test]
fn a_run_that_is_resumed_anywhere_and_one_of_two_threads_record_the_same() {
    let parsed = parse(LEARNED, &[]);
    let start = |threads: usize| simulation(&parsed, &options(threads, &[]));
    let whole = run(LEARNED, &[], 1);
    assert!(whole.phases[2].correct > 0 && whole.phases[4].output_spikes > 0, "{:?}", whole.phases);
    let (learned, open) = (&whole.key_frames[0][1].values, &whole.key_frames[0][4].values);
    let count = open.iter().filter(|g| **g == 0.0).count();
    assert!((180..280).contains(&count), "{count} of 768 cells are open");
    assert!(
        open.iter().zip(learned).all(|(new, old)| *new == 0.0 || new == old),
        "labels and weights of the first array"
    );
    let whole = recorded(&[whole]);
    assert_eq!(recorded(&[run(LEARNED, &[], 2)]), whole);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let (mut steps, mut first) = (0, start(1));
    let mut before = Trace::new(first.layout());
    while first.step(&mut before).unwrap() {
        steps += 1;
        // Every step costs a run: those around the transfers, and one in seven.
        let phase = first.progress().phase.0;
        if steps % 7 != 0 && !(1..=3).contains(&phase) {
            continue;
        }
        first.write_checkpoint(&file, &before.flush().unwrap()).unwrap();
        let mut second: Simulation = start(2);
        second.resume(&file).unwrap();
        let mut rest = Trace::new(second.layout());
        second.run(&mut rest).unwrap();
        assert_eq!(recorded(&[before.clone().data(), rest.data()]), whole, "resumed after step {steps}");
    }
    assert!(steps > 10, "{steps} steps");
}

#[test]
fn the_model_of_a_transfer_is_named_where_it_fails() {
    let text = reads(&[format!("{LEVELS}, {READ}").replace("\"count\": 4", "\"count\": 1")]);
    let parsed = Scenario::parse("test.ron", &text, &[]).unwrap();
    let error = Simulation::new(&parsed, &options(1, &[])).unwrap_err();
    let text = format!("{:?}", miette::Report::new(error.report()));
    assert!(text.contains("parameter `count` of device model `levels`: 1 is out of range"), "{text}");
}
