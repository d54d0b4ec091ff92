//! What learning with exact wires costs beside its reads: the network of the study that this program grew from.
//!
//! 196 pixels on 50 neurons, 1 ohm per segment, devices of 256 levels from 50 uS to 10 mS, inputs of 1 V for 1 ms; all
//! spikes of a millisecond are one read, and after every output spike the rule moves its bit line. The same reads are then
//! solved again at the conductances that the run ended with, each from 0 V and without any change in between: the ratio is
//! what the updates, the neurons and the encoder add. The threshold lies lower than in the study, by what the wires take.
//! Every figure is the fastest of several rounds on one thread, the two in turns.
//!
//! `cargo bench -p crosspike --bench study`

use std::path::Path;
use std::time::{Duration, Instant};

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike::dataset::Resolver;
use crosspike::device::Models;
use crosspike::random::{Purpose, Stream};
use crosspike::recorder::{Trace, TraceData};
use crosspike::scenario::Scenario;
use crosspike::simulation::{self, Simulation};

const PIXELS: usize = 196;
const NEURONS: usize = 50;
const IMAGES: u32 = 10;
const ROUNDS: usize = 5;
/// How long no neuron listens after an output spike, ps.
const BLOCK: i64 = 5_500_000_000;

/// Blurred strokes: a third of the pixels is lit, as in a handwritten digit of this size.
fn image(number: u32) -> String {
    let stream = Stream::new(1, Purpose::Order, number);
    let place = |k: u32, axis: u64| 3.0 + 8.0 * stream.uniform(k, axis);
    let strokes: Vec<(f64, f64)> = (0..5).map(|k| (place(k, 0), place(k, 1))).collect();
    let pixel = |at: usize| {
        let (x, y) = ((at % 14) as f64, (at / 14) as f64);
        let near = strokes.iter().map(|(a, b)| (x - a).powi(2) + (y - b).powi(2)).fold(f64::MAX, f64::min);
        let value = (400.0 * (-near / 2.5).exp()).min(255.0) as u8;
        if value < 40 { 0 } else { value }
    };
    (0..PIXELS).map(|at| format!("{},", pixel(at))).collect::<String>() + "0\n"
}

const SCENARIO: &str = r#"Scenario(
    seed: 2025,
    dataset: Csv(splits: { "train": (file: "images.csv") }, width: 14, height: 14, full_scale: 255),
    populations: {
        "pixels": Encoder(Bernoulli(step: "1 ms")),
        "output": Lif(count: 50, capacitance: "1 mF", leak: "11.993 ms", threshold: "8 mV", refractory: "5.5 ms",
            inhibition: Others(subtract: "2 mV", floor: "0 V", block: "5.5 ms", ties: LastIndex)),
    },
    projections: { "input": (source: "pixels", target: "output",
        crossbar: (tile: (196, 50),
            device: ("levels", { "g_min": "50 uS", "g_max": "10 mS", "count": 256, "rounding": "nearest" }),
            initial: Normal("7 mS", "2 mS"), wires: Exact(segment: "1 ohm"),
            read: (voltage: "1 V", width: "1 ms")),
        plasticity: Window(potentiation: "50 uS", decay: "5 ms", window: "10 ms", depression: "44 uS")) },
    schedule: [Train(present: "350 ms", between: Continue)],
    record: (spikes: ["pixels", "output"], conductance: { "input": () }),
)"#;

/// Trains, and returns the time it took.
fn train(folder: &Path) -> (Duration, TraceData) {
    let parsed = Scenario::parse("study.ron", SCENARIO, &[]).expect("a sound scenario");
    let program = std::env::current_exe().expect("a bench knows its program");
    let options = simulation::Options {
        data: Resolver { directories: vec![folder.to_path_buf()] },
        models: Models::standard(&[], &program),
        threads: 1,
        overrides: Vec::new(),
    };
    let mut simulation = Simulation::new(&parsed, &options).expect("images and model are there");
    let mut trace = Trace::new(simulation.layout());
    let start = Instant::now();
    simulation.run(&mut trace).expect("the run ends well");
    (start.elapsed(), trace.data())
}

/// The voltages of the word lines in every read of a run: at each instant at which pixels spike and some neuron listens.
fn reads(trace: &TraceData) -> Vec<Vec<f64>> {
    let (pixels, output) = (&trace.spikes[0], &trace.spikes[1]);
    let mut reads = Vec::new();
    let mut fired = output.ticks.iter().copied().peekable();
    let mut listens_from = i64::MIN;
    let mut first = 0;
    for group in pixels.ticks.chunk_by(|a, b| a == b) {
        while let Some(spike) = fired.next_if(|&spike| spike < group[0]) {
            listens_from = spike + BLOCK;
        }
        if group[0] >= listens_from {
            let mut volts = vec![0.0; PIXELS];
            pixels.neurons[first..first + group.len()].iter().for_each(|&pixel| volts[pixel as usize] = 1.0);
            reads.push(volts);
        }
        first += group.len();
    }
    reads
}

/// Solves all reads at fixed conductances. Returns the time and the iterations.
fn solve(reads: &[Vec<f64>], siemens: &[f64]) -> (Duration, usize) {
    let layout = Layout::read(PIXELS, NEURONS, 1.0, EndSegments::EveryEnd);
    let circuit = Circuit::new(layout).expect("a sound layout");
    let mut solver = Solver::new(&circuit, Options { tolerance: 1e-8, ..Options::default() });
    solver.set_conductances(siemens).expect("conductances");
    let start = Instant::now();
    let mut iterations = 0;
    for volts in reads {
        solver.set_sources(Side::Left, volts).expect("voltages");
        solver.reset();
        iterations += solver.solve().expect("an operating point").iterations;
    }
    (start.elapsed(), iterations)
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the images");
    let images: String = (0..IMAGES).map(image).collect();
    std::fs::write(folder.path().join("images.csv"), images).expect("the images are written");
    let (_, trace) = train(folder.path());
    let reads = reads(&trace);
    let siemens = &trace.key_frames[0].last().expect("a key frame ends the phase").values;
    let (mut training, mut alone, mut iterations) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..ROUNDS {
        training = training.min(train(folder.path()).0);
        let (time, count) = solve(&reads, siemens);
        (alone, iterations) = (alone.min(time), count);
    }
    let per_image = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(IMAGES);
    println!("196 x 50, 1 ohm, learning, one thread, per image of 350 ms");
    println!("  reads                     {:>8.1}", reads.len() as f64 / f64::from(IMAGES));
    println!("  iterations per read       {:>8.1}", iterations as f64 / reads.len() as f64);
    println!("  updates of a bit line     {:>8.1}", trace.spikes[1].ticks.len() as f64 / f64::from(IMAGES));
    println!("  training                  {:>8.3} ms", per_image(training));
    println!("  its reads alone           {:>8.3} ms", per_image(alone));
    println!("  training / reads          {:>8.2}", training.as_secs_f64() / alone.as_secs_f64());
}
