//! Noise and converters stand between the bit lines of every tile and the membranes.

use crosspike::recorder::TraceData;
use crosspike_tests::run;

/// Spikes of sources at the times of `trains` (ms) reach `count` neurons that never fire and hardly leak. A read of 1 us
/// on 1 uF makes one ampere one volt.
fn trace(trains: &[Vec<f64>], count: usize, crossbar: &str, duration: f64) -> TraceData {
    let train = |times: &Vec<f64>| {
        let times: Vec<String> = times.iter().map(|time| format!("\"{time} ms\"")).collect();
        format!("[{}]", times.join(", "))
    };
    let trains: Vec<String> = trains.iter().map(train).collect();
    let text = format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "n": Lif(count: {count}, capacitance: "1 uF", leak: "1000000 s", threshold: "1 kV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: ({crossbar})) }},
            schedule: [Run(duration: "{duration} ms")],
            record: (probes: {{ "n": (every: "1 ms") }}, conductance: {{ "s": () }}),
        )"#,
        trains.join(", ")
    );
    run(&text, &[], 1)
}

const READ: &str = r#"read: (voltage: "0.4 V", width: "1 us")"#;
const RANDOM: &str =
    r#"device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }), initial: Uniform("50 uS", "900 uS")"#;

/// What one read of some of 12 word lines puts on 5 membranes.
fn read(spiking: &[usize], crossbar: &str) -> (Vec<f64>, TraceData) {
    let trains: Vec<Vec<f64>> =
        (0..12).map(|row| if spiking.contains(&row) { vec![1.0] } else { vec![] }).collect();
    let trace = trace(&trains, 5, crossbar, 3.0);
    (trace.probes[1][2].membrane.clone(), trace)
}

/// The ideal current of a bit line of the tile that starts at a word line, A.
fn current(
    trace: &TraceData,
    plane: usize,
    (first, rows): (usize, usize),
    spiking: &[usize],
    column: usize,
) -> f64 {
    let siemens = &trace.key_frames[0][0].values[plane * 60..];
    let driven = spiking.iter().filter(|row| (first..first + rows).contains(row));
    driven.map(|row| 0.4 * siemens[row * 5 + column]).sum()
}

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
    }
}

#[test]
fn every_bit_line_of_every_tile_has_a_converter_and_pairs_are_subtracted_behind_them() {
    let spiking = [0, 2, 3, 7, 9, 11];
    for (signed, bits) in [(false, 1), (false, 3), (true, 1), (true, 4)] {
        let adc = format!("adc: (bits: {bits}, full_scale: \"900 uA\")");
        let crossbar = format!("{RANDOM}, {READ}, signed: {signed}, tile: (8, 3), periphery: ({adc})");
        let (membranes, trace) = read(&spiking, &crossbar);
        let steps = f64::from((1 << bits) - 1);
        let converted = |plane: usize, tile: (usize, usize), column: usize| {
            let part = (current(&trace, plane, tile, &spiking, column) / 900e-6).min(1.0);
            (part * steps).round() / steps * 900e-6
        };
        let mut saturated = 0;
        let expected: Vec<f64> = (0..5)
            .map(|column| {
                [(0, 8), (8, 4)].iter().fold(0.0, |sum, &tile| {
                    let planes = if signed { 2 } else { 1 };
                    saturated += (0..planes)
                        .filter(|&plane| current(&trace, plane, tile, &spiking, column) > 900e-6)
                        .count();
                    let minus = if signed { converted(1, tile, column) } else { 0.0 };
                    sum + converted(0, tile, column) - minus
                })
            })
            .collect();
        assert_close(&membranes, &expected);
        let conversions = if signed { 20 } else { 10 };
        let counts = trace.arrays[0][0];
        assert_eq!((counts.conversions, counts.saturated), (conversions, saturated as u64));
        assert!((1..conversions).contains(&counts.saturated), "{counts:?}");
    }
}

#[test]
fn a_tile_without_a_spike_is_not_converted() {
    let crossbar =
        format!("{RANDOM}, {READ}, tile: (8, 3), periphery: (adc: (bits: 4, full_scale: \"1 mA\"))");
    let (_, trace) = read(&[1, 5], &crossbar);
    assert_eq!(trace.arrays[0][0].conversions, 5);
}

#[test]
fn a_gain_acts_before_the_converter() {
    let cells = r#"device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }), initial: Constant("100 uS")"#;
    // 40 uA of 100 uA are below half, twice as much is above.
    for (gain, volts) in [(1.0, 0.0), (2.0, 100e-6)] {
        let adc = "periphery: (adc: (bits: 1, full_scale: \"100 uA\"))";
        let crossbar = format!("{cells}, {READ}, {adc}, compensation: Gain({gain:?})");
        assert_close(&read(&[4], &crossbar).0, &[volts; 5]);
    }
}

#[test]
fn a_dac_rounds_the_voltages_of_driven_and_of_biased_lines() {
    // Steps of 0.3 V: 0.4 V becomes 0.3 V, and a bias of 0.1 V becomes 0 V.
    let wires = |bias: &str| format!("wires: Exact(segment: \"20 ohm\", undriven: Biased(\"{bias}\"))");
    let dac = "periphery: (dac: (bits: 2, full_scale: \"0.9 V\"))";
    let (rounded, _) = read(&[1, 8], &format!("{RANDOM}, {READ}, {}, {dac}", wires("0.1 V")));
    let exact = r#"read: (voltage: "0.3 V", width: "1 us")"#;
    let (expected, _) = read(&[1, 8], &format!("{RANDOM}, {exact}, {}", wires("0 V")));
    for (rounded, expected) in rounded.iter().zip(&expected) {
        assert!((rounded / expected - 1.0).abs() < 1e-7, "{rounded} instead of {expected}");
    }
}

/// The charges of reads at every millisecond, volts, for each of some neurons.
fn charges(reads: usize, count: usize, rows: usize, crossbar: &str) -> Vec<Vec<f64>> {
    let times: Vec<f64> = (1..=reads).map(|ms| ms as f64).collect();
    let trace = trace(&vec![times; rows], count, crossbar, reads as f64 + 1.0);
    let samples = &trace.probes[1];
    let of = |neuron: usize| {
        (1..=reads).map(move |ms| samples[ms].membrane[neuron] - samples[ms - 1].membrane[neuron]).collect()
    };
    (0..count).map(of).collect()
}

/// Mean and standard deviation, each within five of its own standard deviations.
fn assert_moments(values: &[f64], mean: f64, deviation: f64) {
    let count = values.len() as f64;
    let found = values.iter().sum::<f64>() / count;
    assert!((found - mean).abs() < 5.0 * deviation / count.sqrt(), "mean {found} instead of {mean}");
    let found = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let wrong = (found - deviation).abs() > 5.0 * deviation / (2.0 * count).sqrt();
    assert!(!wrong, "deviation {found} instead of {deviation}");
}

/// The correlation of what has no mean.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

#[test]
fn noise_has_its_deviation_and_no_memory() {
    const READS: usize = 4000;
    let cells = r#"device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }), initial: Constant("100 uS")"#;
    let noise = |noise: &str| format!("{cells}, {READ}, periphery: (noise: ({noise}))");
    // One line of 40 uA: 5 % are 2 uA, and 1.5 uA beside them make 2.5 uA.
    for (noises, deviation) in [
        ("relative: 0.05", 2e-6),
        ("absolute: \"1.5 uA\"", 1.5e-6),
        ("relative: 0.05, absolute: \"1.5 uA\"", 2.5e-6),
    ] {
        let found = charges(READS, 2, 1, &noise(noises));
        found.iter().for_each(|charges| assert_moments(charges, 40e-6, deviation));
        let [a, b] = [0, 1].map(|neuron| -> Vec<f64> { found[neuron].iter().map(|v| v - 40e-6).collect() });
        let limit = 5.0 / (READS as f64).sqrt();
        assert!(correlation(&a, &b).abs() < limit, "two bit lines have noise of their own");
        assert!(correlation(&a[1..], &a[..READS - 1]).abs() < limit, "two reads have noise of their own");
    }
    // A gain acts behind the noise.
    let gained = format!("{}, compensation: Gain(3.0)", noise("relative: 0.05"));
    assert_moments(&charges(READS, 1, 1, &gained)[0], 120e-6, 6e-6);
}

#[test]
fn tiles_and_the_lines_of_a_pair_have_noise_of_their_own() {
    const READS: usize = 4000;
    let cells = r#"device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }), initial: Constant("100 uS")"#;
    let noise = "periphery: (noise: (relative: 0.05))";
    // Two tiles of one word line each, 40 +- 2 uA: equal noise would make 4 uA.
    let tiles = charges(READS, 1, 2, &format!("{cells}, {READ}, {noise}, tile: (1, 1)"));
    assert_moments(&tiles[0], 80e-6, 2e-6 * 2f64.sqrt());
    // A pair of equal cells: equal noise would cancel.
    let pair = charges(READS, 1, 1, &format!("{cells}, {READ}, {noise}, signed: true"));
    assert_moments(&pair[0], 0.0, 2e-6 * 2f64.sqrt());
    // Behind wires a signed read is that of its operating point.
    let wires = "wires: Exact(segment: \"1 ohm\")";
    let wired = charges(READS, 1, 1, &format!("{cells}, {READ}, {noise}, {wires}"));
    assert_moments(&wired[0], 0.4 / 10_002.0, 0.05 * 0.4 / 10_002.0);
}

#[test]
fn the_device_seed_draws_the_noise() {
    let cells = format!("{RANDOM}, {READ}, periphery: (noise: (relative: 0.05))");
    let trains = vec![vec![1.0]; 3];
    let base = trace(&trains, 2, &cells, 3.0).probes[1].clone();
    assert_eq!(trace(&trains, 2, &cells, 3.0).probes[1], base);
    let none = format!("{RANDOM}, {READ}, periphery: (noise: (relative: 0.0))");
    let exact = trace(&trains, 2, &none, 3.0).probes[1].clone();
    assert_ne!(exact, base);
    assert_eq!(exact, trace(&trains, 2, &format!("{RANDOM}, {READ}"), 3.0).probes[1]);
}
