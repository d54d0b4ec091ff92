//! The same scenario, seed and plug-ins give the same recording: for any number of threads, and after a resume.

use crosspike::random::{Purpose, Stream};
use crosspike::recorder::{Recorder, Trace, TraceData};
use crosspike_tests::{options, parse, run, simulation};

/// Two blocks that learn and are coupled in both directions by delays, so that threads run them side by side; spikes,
/// charges and updates are under way at every instant, and a driven population has predicted crossings.
const TWO_BLOCKS: &str = r#"Scenario(
    seed: 3,
    dataset: Digits(),
    populations: {
        "pixels": Encoder(Poisson(rate: "120 Hz")),
        "first": Lif(
            count: 24, capacitance: "200 pF", leak: "20 ms", threshold: "9 mV", refractory: "3 ms",
            adaptation: (increment: "0.2 mV", decay: Time("200 ms")),
            inhibition: Others(subtract: "2 mV", floor: "-5 mV", block: "1 ms"),
        ),
        "second": Lif(
            count: 16, capacitance: "200 pF", leak: "30 ms", threshold: "8 mV", bias: "40 pA",
            inhibition: ResetAll(block: "2 ms"),
        ),
    },
    projections: {
        "up": (
            source: "pixels", target: "first", dendritic_delay: "0.7 ms",
            crossbar: (
                tile: (40, 10), initial: Normal("50 uS", "15 uS"),
                device: ("levels", { "g_min": "1 uS", "g_max": "100 uS", "count": 32, "rounding": "stochastic" }),
                read: (voltage: "0.2 V", width: "10 ns"),
            ),
            plasticity: Window(potentiation: "4 uS", depression: "1 uS", window: "10 ms", decay: "20 ms"),
        ),
        "across": (
            source: "first", target: "second", delay: "2 ms",
            crossbar: (
                tile: (16, 16), signed: true, initial: Uniform("10 uS", "90 uS"),
                device: ("ideal", { "g_min": "1 uS", "g_max": "100 uS" }),
                read: (voltage: "0.2 V", width: "30 ns"),
            ),
            plasticity: Window(potentiation: "3 uS", depression: "2 uS", window: "15 ms", bounds: Exponential(1.0)),
        ),
        "back": (
            source: "second", target: "first", delay: "1.5 ms",
            weights: Probability(probability: 0.3, weight: "-1 mV"),
        ),
    },
    schedule: [
        Train(images: 12, epochs: 2, present: "130 ms", between: Continue, shuffle: true, label: true),
        Label(images: 10, from: 12, present: "100 ms"),
        Test(split: "test", images: 80, present: "100 ms"),
    ],
    readout: (population: "second"),
    record: (
        spikes: ["pixels", "first", "second"],
        conductance: { "up": (key_frames: Every("90 ms"), changes: true), "across": (changes: true) },
        probes: { "second": (every: "7 ms") },
    ),
)"#;

/// The same with ideal wires, and with resistive ones: one array of many tiles, one of pairs that is driven at both ends.
/// Several word lines at once, so that whole matrices are found while cells still change now and then.
/// And both arrays written by pulses that disturb, one of them through resistive wires.
/// With devices of few levels, of which an update moves a few: the rows of a matrix are then updated too.
const VARIANTS: [&[&str]; 5] = [
    &[],
    &[
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\")",
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\", drivers: Both, undriven: Biased(\"10 mV\"))",
    ],
    &[
        "populations.pixels=Encoder(Bernoulli(step: \"1 ms\", probability: 0.12))",
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\")",
        "projections.up.crossbar.tile=(16, 24)",
    ],
    &[
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\")",
        "projections.up.crossbar.device=(\"levels\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\", \
         \"count\": 4, \"rounding\": \"stochastic\" })",
        "projections.up.crossbar.tile=(64, 24)",
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\")",
    ],
    &[
        "projections.up.crossbar.device=(\"threshold\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\", \
         \"v_set\": \"0.5 V\", \"v_reset\": \"-0.5 V\", \"spread\": 0.1, \
         \"switching\": \"soft\", \"rate_set\": \"3e5 1/s\", \"rate_reset\": \"1e5 1/s\", \
         \"exponent_set\": 2, \"exponent_reset\": 2, \"window\": \"bounds\" })",
        "projections.across.crossbar.device=(\"threshold\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\", \
         \"v_set\": \"0.5 V\", \"v_reset\": \"-0.5 V\", \
         \"switching\": \"soft\", \"rate_set\": \"1e6 1/s\", \"rate_reset\": \"1e5 1/s\", \
         \"exponent_set\": 2, \"exponent_reset\": 2, \"window\": \"bounds\" })",
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\")",
        "projections.up.plasticity.write=Pulses(set: (voltage: \"1.2 V\", width: \"100 ns\"), \
         reset: (voltage: \"-1.2 V\", width: \"100 ns\"), strength: Width)",
        "projections.across.plasticity.write=Pulses(set: (voltage: \"1.2 V\", width: \"100 ns\"), \
         reset: (voltage: \"-1.2 V\", width: \"100 ns\"), scheme: Third, strength: Width)",
    ],
];

/// Everything recorded, as text that tells any two numbers apart.
fn text(data: &TraceData) -> String {
    let TraceData { spikes, key_frames, changes, probes, images, phases, .. } = data;
    format!("{spikes:?}\n{key_frames:?}\n{changes:?}\n{probes:?}\n{images:?}\n{phases:?}")
}

#[test]
fn two_blocks_record_the_same_on_one_thread_and_on_two() {
    let blocks = simulation(&parse(TWO_BLOCKS, &[]), &options(2, &[])).network().blocks().members.len();
    assert_eq!(blocks, 2);
    let one = run(TWO_BLOCKS, &[], 1);
    for population in 0..3 {
        assert!(one.spikes[population].ticks.len() > 300, "population {population} is busy");
    }
    let learned = [0, 1].map(|projection| one.changes[projection].len());
    assert!(learned.iter().all(|&updates| updates > 50), "both arrays learn: {learned:?}");
    assert_eq!(one.images.len(), 24 + 10 + 80, "the test has more than one parallel batch");
    let mut texts = vec![text(&one)];
    for set in VARIANTS {
        let one = text(&run(TWO_BLOCKS, set, 1));
        for threads in [1, 2, 5] {
            assert!(
                one == text(&run(TWO_BLOCKS, set, threads)),
                "{threads} threads differ from one: {set:?}"
            );
        }
        texts.push(one);
    }
    assert!(texts[0] == texts[1] && texts[1] != texts[2], "wires change something");
    assert!(texts[3] != texts[2], "pulses change something");
}

#[test]
fn every_seed_changes_what_it_is_for() {
    let base = run(TWO_BLOCKS, &[], 1);
    let other = |seed: &str| run(TWO_BLOCKS, &[&format!("seeds=({seed}: 99)")], 1);
    let encoder = other("encoder");
    assert_ne!(encoder.spikes[0], base.spikes[0]);
    assert_eq!(
        encoder.key_frames[0][0], base.key_frames[0][0],
        "conductances do not start from the encoder's seed"
    );
    let device = other("device");
    assert_eq!((&device.spikes[0], &device.key_frames[0][0]), (&base.spikes[0], &base.key_frames[0][0]));
    assert_ne!(device.changes[0], base.changes[0], "stochastic rounding differs");
    let order = other("order");
    let indices = |data: &TraceData| data.images.iter().map(|image| image.index).collect::<Vec<_>>();
    assert_ne!(indices(&order), indices(&base));
    let network = other("network");
    assert_eq!(network.spikes[0], base.spikes[0]);
    assert_ne!(network.key_frames[0][0], base.key_frames[0][0], "conductances start elsewhere");
    assert_ne!(run(TWO_BLOCKS, &["seed=4"], 1).spikes[0], base.spikes[0]);
}

/// A run once went on with the images of another file under the same name.
#[test]
fn a_run_is_not_resumed_with_other_images() {
    let folder = tempfile::tempdir().unwrap();
    let write = |pixel: u32| {
        std::fs::write(folder.path().join("d.csv"), format!("{pixel},200,1\n30,40,0\n")).unwrap();
    };
    let text = r#"Scenario(
        dataset: Csv(splits: { "train": (file: "d.csv") }, width: 2, height: 1, full_scale: 255),
        populations: { "pixels": Encoder(Poisson(rate: "50 Hz")) },
        schedule: [Train(present: "100 ms")],
    )"#;
    let (parsed, options) = (parse(text, &[]), options(1, &[folder.path().to_path_buf()]));
    let file = folder.path().join("checkpoint");
    write(100);
    let mut first = simulation(&parsed, &options);
    let mut trace = Trace::new(first.layout());
    first.step(&mut trace).unwrap();
    first.write_checkpoint(&file, &trace.flush().unwrap()).unwrap();
    assert!(simulation(&parsed, &options).resume(&file).is_ok());
    write(101);
    let error = simulation(&parsed, &options).resume(&file).unwrap_err().to_string();
    assert!(error.contains("the images of its split number 0 were others than they are now"), "{error}");
}

/// What was recorded before an interruption, and after it.
fn joined(mut before: TraceData, after: TraceData) -> TraceData {
    for (spikes, rest) in before.spikes.iter_mut().zip(after.spikes) {
        spikes.ticks.extend(rest.ticks);
        spikes.neurons.extend(rest.neurons);
    }
    fn each<T>(lists: &mut [Vec<T>], rest: Vec<Vec<T>>) {
        lists.iter_mut().zip(rest).for_each(|(list, rest)| list.extend(rest));
    }
    each(&mut before.key_frames, after.key_frames);
    each(&mut before.changes, after.changes);
    each(&mut before.probes, after.probes);
    before.images.extend(after.images);
    before.phases.extend(after.phases);
    before
}

#[test]
fn a_run_that_is_resumed_between_any_two_steps_records_the_same() {
    VARIANTS.iter().for_each(|set| resume_between_any_two_steps(set));
}

fn resume_between_any_two_steps(set: &[&str]) {
    let parsed = parse(TWO_BLOCKS, set);
    let whole = text(&run(TWO_BLOCKS, set, 1));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let chance = Stream::new(7, Purpose::Order, 0);
    let (mut in_an_image, mut at_a_border) = (0, 0);
    for trial in 0..25 {
        let mut first = simulation(&parsed, &options(1 + trial as usize % 2, &[]));
        let mut trace = Trace::new(first.layout());
        // The run has 72 steps of training, 1 batch of labelling and 2 of testing.
        let steps = 1 + (chance.uniform(0, trial) * 73.0) as usize;
        for _ in 0..steps {
            assert!(first.step(&mut trace).unwrap(), "the run ended before step {steps}");
        }
        let rows = trace.flush().unwrap();
        first.write_checkpoint(&file, &rows).unwrap();
        let clock = first.progress().clock.ticks();
        if clock % 130_000_000_000 == 0 {
            at_a_border += 1;
        } else {
            in_an_image += 1;
        }
        let before = trace.data();
        drop(first);
        let mut second = simulation(&parsed, &options(2 - trial as usize % 2, &[]));
        assert_eq!(second.resume(&file).unwrap(), rows);
        let mut trace = Trace::new(second.layout());
        second.run(&mut trace).unwrap();
        assert!(text(&joined(before, trace.data())) == whole, "resumed after step {steps}, it differs");
    }
    assert!(in_an_image > 5 && at_a_border > 3, "{in_an_image} in an image, {at_a_border} between two");
}
