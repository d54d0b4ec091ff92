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
    record: (energy: true, 
        spikes: ["pixels", "first", "second"],
        conductance: { "up": (key_frames: Every("90 ms"), changes: true), "across": (changes: true) },
        probes: { "second": (every: "7 ms") },
    ),
)"#;

/// An override that puts soft `threshold` devices into a projection.
macro_rules! soft {
    ($projection:literal, $volts:literal, $set:literal, $reset:literal) => {
        concat!(
            "projections.",
            $projection,
            ".crossbar.device=(\"threshold\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\", ",
            "\"v_set\": \"",
            $volts,
            " V\", \"v_reset\": \"-",
            $volts,
            " V\", \"switching\": \"soft\", ",
            "\"rate_set\": \"",
            $set,
            " 1/s\", \"rate_reset\": \"",
            $reset,
            " 1/s\", ",
            "\"exponent_set\": 2, \"exponent_reset\": 2, \"window\": \"bounds\" })"
        )
    };
}

/// An override that lets a projection learn by program pulses.
macro_rules! pulses {
    ($projection:literal, $scheme:literal) => {
        concat!(
            "projections.",
            $projection,
            ".plasticity.write=Pulses(set: (voltage: \"1.2 V\", width: \"100 ns\"), ",
            "reset: (voltage: \"-1.2 V\", width: \"100 ns\"), scheme: ",
            $scheme,
            ", strength: Width)"
        )
    };
}

/// The same arrays with everything that reads and writes can have. The first has many tiles, the second has pairs.
const VARIANTS: [&[&str]; 9] = [
    &[],
    // Word lines with voltages of their own, whose answers are kept.
    &[
        "populations.pixels=Encoder(Amplitude(step: \"3 ms\", threshold: 0.3))",
        "projections.up.crossbar.device=(\"sinh\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\", \"alpha\": \"3 1/V\" })",
    ],
    &[
        "populations.pixels=Encoder(Amplitude(step: \"3 ms\"))",
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\", undriven: Floating)",
    ],
    // Resistive wires, driven at both ends.
    &[
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\")",
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\", drivers: Both, undriven: Biased(\"10 mV\"))",
    ],
    // Several word lines at once, so that whole matrices are found while cells still change now and then.
    &[
        "populations.pixels=Encoder(Bernoulli(step: \"1 ms\", probability: 0.12))",
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\")",
        "projections.up.crossbar.tile=(16, 24)",
        "projections.up.crossbar.variation={ \"g_max\": (spread: Normal(0.2), jitter: LogNormal(0.1)) }",
    ],
    // Pulses that disturb, and devices that vary from cell to cell and from write to write.
    &[
        soft!("up", "0.5", "3e5", "1e5"),
        "projections.up.crossbar.variation={ \"v_set\": (spread: Normal(0.1), jitter: Normal(0.05)), \
         \"v_reset\": (spread: LogNormal(0.1)), \"rate_set\": (jitter: LogNormal(0.5)) }",
        pulses!("up", "Half"),
        soft!("across", "0.5", "1e6", "1e5"),
        "projections.across.crossbar.variation={ \"g_max\": (spread: Normal(0.1), jitter: Normal(0.05)) }",
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\")",
        pulses!("across", "Third"),
    ],
    // Lines that float in reads and in writes, and broken ones.
    &[
        "populations.pixels=Encoder(Bernoulli(step: \"1 ms\", probability: 0.12))",
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\", undriven: Floating, \
         broken: [WordLine(line: 20, after: 3), BitLine(line: 5, after: 50)])",
        soft!("across", "0.3", "1e6", "1e5"),
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\", broken: [WordLine(line: 7, after: 3)])",
        pulses!("across", "Floating"),
    ],
    // Noise, converters and gains that follow the updates; spikes that wait for a common read.
    &[
        "projections.up.crossbar.wires=Exact(segment: \"4 ohm\")",
        "projections.up.crossbar.read.coalesce=1.7 ms",
        "projections.up.crossbar.compensation=Tracked(samples: 3, fraction: 0.2, every: 7)",
        "projections.up.crossbar.periphery=(noise: (relative: 0.05, absolute: \"20 nA\"), \
         adc: (bits: 7, full_scale: \"60 uA\"))",
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\", drivers: Both)",
        "projections.across.crossbar.compensation=Calibrated(samples: 2, fraction: 0.3, at: PhaseStarts)",
        "projections.across.crossbar.periphery=(noise: (relative: 0.1))",
    ],
    // Transistors, and selectors behind wires, both written by pulses.
    &[
        soft!("up", "0.5", "3e6", "1e6"),
        "projections.up.crossbar.variation={ \"v_set\": (spread: Normal(0.1), jitter: Normal(0.05)) }",
        "projections.up.crossbar.cell=Transistor(resistance: \"4 kohm\")",
        pulses!("up", "Gated"),
        soft!("across", "0.3", "1e6", "1e5"),
        "projections.across.crossbar.cell=Selector(Threshold(voltage: \"0.1 V\", off: \"1 uS\", on: \"1 mS\"))",
        "projections.across.crossbar.wires=Exact(segment: \"9 ohm\")",
        pulses!("across", "Third"),
    ],
];

/// Everything recorded, as text that tells any two numbers apart.
fn text(data: &TraceData) -> String {
    let TraceData { spikes, key_frames, changes, arrays, probes, images, phases, .. } = data;
    format!("{spikes:?}\n{key_frames:?}\n{changes:?}\n{arrays:?}\n{probes:?}\n{images:?}\n{phases:?}")
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
    assert!(texts[0] == texts[1]);
    for (number, text) in texts.iter().enumerate().skip(2) {
        assert!(!texts[..number].contains(text), "variant {} changes nothing", number - 1);
    }
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
    each(&mut before.arrays, after.arrays);
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
