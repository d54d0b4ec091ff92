//! What one image costs on a layer of 784 x 400 devices that learns, and where the time goes.
//!
//! About 1,750 input spikes and 18 output spikes per image, 350 ms each, through the plug-in `ideal`. Every figure is the
//! fastest of several rounds on one thread, so that other work on the machine disturbs it least. The plain loop adds the
//! same rows of the same size to a buffer and does nothing else: the ratio to it holds on any machine.
//!
//! `cargo bench -p crosspike`

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use crosspike::dataset::Resolver;
use crosspike::device::Models;
use crosspike::encoder::{Key, encode};
use crosspike::random::{Purpose, Stream};
use crosspike::recorder::{Hdf5Recorder, Layout, Recorder, Trace};
use crosspike::scenario::{Population, Scenario};
use crosspike::simulation::{Options, Simulation};
use crosspike::time::Time;
use multiversion::multiversion;

const PIXELS: usize = 784;
const NEURONS: usize = 400;
const IMAGES: usize = 200;
const ROUNDS: usize = 7;

/// Blurred blobs: 100 to 150 pixels are lit, as in a handwritten digit.
fn image(number: u32) -> Vec<u8> {
    let stream = Stream::new(1, Purpose::Order, number);
    let strokes: Vec<(f64, f64)> =
        (0..5).map(|k| (6.0 + 16.0 * stream.uniform(k, 0), 6.0 + 16.0 * stream.uniform(k, 1))).collect();
    let intensity = |x: f64, y: f64| {
        let near = strokes.iter().map(|(a, b)| (x - a).powi(2) + (y - b).powi(2)).fold(f64::MAX, f64::min);
        (300.0 * (-near / 5.0).exp()).min(255.0) as u8
    };
    let value = |place: usize| intensity((place % 28) as f64, (place / 28) as f64);
    (0..PIXELS).map(|place| if value(place) < 40 { 0 } else { value(place) }).collect()
}

fn scenario(spikes: &str) -> String {
    format!(
        r#"Scenario(
            dataset: Csv(splits: {{ "train": (file: "images.csv") }}, width: 28, height: 28, full_scale: 255),
            populations: {{
                "pixels": Encoder(Poisson(rate: "73.4 Hz")),
                "output": Lif(count: 400, capacitance: "200 pF", leak: "100 ms", threshold: "33 mV",
                    adaptation: (increment: "0.1 mV", decay: PerImage(0.9998)), inhibition: ResetAll(block: "8 ms")),
            }},
            projections: {{ "synapses": (source: "pixels", target: "output",
                crossbar: (tile: (784, 400), device: ("ideal", {{ "g_min": "0.1 uS", "g_max": "100 uS" }}),
                    initial: Uniform("30 uS", "80 uS"), read: (voltage: "0.2 V", width: "10 ns")),
                plasticity: Window(potentiation: "2 uS", depression: "0.8 uS", window: "25 ms", bounds: Exponential(3.0))) }},
            schedule: [Train(present: "350 ms")],
            record: (spikes: [{spikes}], images: false),
        )"#
    )
}

fn simulation(folder: &Path, spikes: &str) -> Simulation {
    let parsed = Scenario::parse("bench.ron", &scenario(spikes), &[]).expect("a sound scenario");
    let program = std::env::current_exe().expect("a bench knows its program");
    let options = Options {
        data: Resolver { directories: vec![folder.to_path_buf()] },
        models: Models::standard(&[], &program),
        threads: 1,
        overrides: Vec::new(),
    };
    Simulation::new(&parsed, &options).expect("images and model are there")
}

/// The fastest of several rounds.
fn fastest(mut round: impl FnMut() -> Duration) -> Duration {
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

/// Time for all images, with a recorder made anew for each round.
fn run(folder: &Path, spikes: &str, recorder: &dyn Fn(&Layout) -> Box<dyn Recorder>) -> (Duration, u64, u64) {
    let mut counts = (0, 0);
    let time = fastest(|| {
        let mut simulation = simulation(folder, spikes);
        let mut recorder = recorder(simulation.layout());
        let start = Instant::now();
        simulation.run(recorder.as_mut()).expect("the run ends well");
        let time = start.elapsed();
        counts = (simulation.results()[0].input_spikes, simulation.results()[0].output_spikes);
        recorder.finish(&[]).expect("the file is closed");
        time
    });
    (time, counts.0, counts.1)
}

fn encoder_time(images: &[Vec<f32>]) -> Duration {
    let parsed = Scenario::parse("bench.ron", &scenario(""), &[]).expect("a sound scenario");
    let Population::Encoder(encoder) = &parsed.scenario.populations[0] else {
        unreachable!("the first is one")
    };
    let mut spikes = Vec::new();
    let present = Time::from_ticks(350_000_000_000);
    fastest(|| {
        let start = Instant::now();
        for (number, image) in images.iter().enumerate() {
            let key = Key { seed: 1, population: 0, presentation: number as u64 };
            encode(encoder, image, present, key, &mut spikes);
            black_box(&spikes);
        }
        start.elapsed()
    })
}

/// Adding `count` rows of f32 to a buffer of f64, in an order that no prefetcher foresees, and nothing else.
fn plain_loop(count: u64) -> Duration {
    let matrix = vec![0.5f32; PIXELS * NEURONS];
    let mut sums = vec![0.0f64; NEURONS];
    let stream = Stream::new(2, Purpose::Order, 0);
    let rows: Vec<usize> = (0..count).map(|k| (stream.uniform(0, k) * PIXELS as f64) as usize).collect();
    fastest(|| {
        let start = Instant::now();
        for &row in &rows {
            add(&matrix[row * NEURONS..(row + 1) * NEURONS], &mut sums);
            black_box(&mut sums);
        }
        start.elapsed()
    })
}

/// With the instructions that the kernel has too.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn add(row: &[f32], sums: &mut [f64]) {
    for (sum, &g) in sums.iter_mut().zip(row) {
        *sum += f64::from(g);
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the images");
    let images: Vec<Vec<u8>> = (0..IMAGES as u32).map(image).collect();
    let line = |image: &Vec<u8>| image.iter().map(|p| format!("{p},")).collect::<String>() + "0\n";
    std::fs::write(folder.path().join("images.csv"), images.iter().map(line).collect::<String>())
        .expect("the images are written");
    let intensities: Vec<Vec<f32>> =
        images.iter().map(|image| image.iter().map(|&p| f32::from(p) / 255.0).collect()).collect();

    let (total, input, output) = run(folder.path(), "", &|layout| Box::new(Trace::new(layout)));
    let file = folder.path().join("run.h5");
    let (recorded, ..) = run(folder.path(), "\"pixels\", \"output\"", &|layout| {
        Box::new(Hdf5Recorder::create(&file, layout).expect("the file is made"))
    });
    let encoder = encoder_time(&intensities);
    let plain = plain_loop(input);

    let per_image = |time: Duration| time.as_secs_f64() * 1e3 / IMAGES as f64;
    let kernel = total.saturating_sub(encoder);
    let events = (input * NEURONS as u64) as f64;
    println!("784 x 400, learning, one thread, per image of 350 ms");
    println!("  input spikes              {:>8.0}", input as f64 / IMAGES as f64);
    println!("  output spikes             {:>8.1}", output as f64 / IMAGES as f64);
    println!("  kernel and array          {:>8.3} ms", per_image(kernel));
    println!("  encoder                   {:>8.3} ms", per_image(encoder));
    println!(
        "  recording all spikes      {:>8.3} ms ({:.1} % of the rest)",
        per_image(recorded.saturating_sub(total)),
        100.0 * recorded.saturating_sub(total).as_secs_f64() / total.as_secs_f64()
    );
    println!("  synaptic events           {:>8.2} G/s", events / kernel.as_secs_f64() / 1e9);
    println!("  plain loop, same traffic  {:>8.3} ms", per_image(plain));
    println!("  kernel / plain loop       {:>8.2}", kernel.as_secs_f64() / plain.as_secs_f64());
}
