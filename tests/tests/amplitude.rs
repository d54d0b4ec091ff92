//! Word lines whose voltages follow the intensities of an image, against closed forms and solves of the test's own.

use std::fs;
use std::path::PathBuf;

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Sinh, Solver};
use crosspike::recorder::{Trace, TraceData};
use crosspike_tests::plugin::Plugin;
use crosspike_tests::reads::assert_close;
use crosspike_tests::{options, parse, run, run_with, simulation};

const VOLTS: f64 = 0.4;
const ALPHA: f64 = 5.0;
/// Two images of 4 x 3 pixels of 255; pixels of 20 and less are below the threshold.
const IMAGES: [[u8; 12]; 2] = [
    [0, 51, 255, 102, 20, 204, 153, 255, 30, 0, 77, 128],
    [255, 0, 10, 200, 240, 25, 0, 90, 180, 60, 12, 33],
];

/// The file of the images, in a folder of its own.
fn images() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let line = |image: &[u8; 12]| image.map(|pixel| pixel.to_string()).join(",") + ",0\n";
    fs::write(folder.path().join("d.csv"), IMAGES.iter().map(line).collect::<String>()).unwrap();
    let path = folder.path().to_path_buf();
    (folder, path)
}

/// Both images for 10 ms each, with pulses at 0, 5, 10 and 15 ms, on 5 neurons that never fire and hardly leak. A read of 0.4 V
/// for 1 ms on 1 mF makes one ampere one volt.
fn scenario(encoder: &str, crossbar: &str) -> String {
    format!(
        r#"Scenario(
            dataset: Csv(splits: {{ "train": (file: "d.csv") }}, width: 4, height: 3, full_scale: 255),
            populations: {{
                "pixels": Encoder({encoder}),
                "n": Lif(count: 5, capacitance: "1 mF", leak: "100000 s", threshold: "1 MV"),
            }},
            projections: {{ "s": (source: "pixels", target: "n", crossbar: (
                initial: Uniform("50 uS", "900 uS"), {crossbar}, read: (voltage: "{VOLTS} V", width: "1 ms"),
            )) }},
            schedule: [Train(images: 2, present: "10 ms", between: Continue)],
            record: (energy: true, probes: {{ "n": (every: "1 ms") }}, conductance: {{ "s": () }}),
        )"#
    )
}

const AMPLITUDE: &str = r#"Amplitude(step: "5 ms", threshold: 0.09)"#;
const LINEAR: &str = r#"device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" })"#;
const CURVED: &str = r#"device: ("sinh", { "g_min": "1 uS", "g_max": "1 mS", "alpha": "5 1/V" })"#;

fn shown(crossbar: &str) -> TraceData {
    let (_folder, path) = images();
    run_with(&scenario(AMPLITUDE, crossbar), &[], 1, &[path])
}

/// What each of the four pulses puts on the membranes, V.
fn charges(trace: &TraceData) -> Vec<Vec<f64>> {
    let after = |ms: usize| &trace.probes[1][ms].membrane;
    let before = |ms: usize| if ms == 0 { vec![0.0; 5] } else { after(ms - 1).clone() };
    let charge = |ms| after(ms).iter().zip(before(ms)).map(|(now, then)| now - then).collect();
    [0, 5, 10, 15].map(charge).to_vec()
}

/// The voltage of each word line, V.
fn volts(image: &[u8; 12]) -> [f64; 12] {
    image.map(|pixel| if pixel > 22 { VOLTS * f64::from(pixel) / 255.0 } else { 0.0 })
}

/// The currents of 5 synapses on each word line with a law I(G, V), A, the second plane subtracted.
fn currents(siemens: &[f64], volts: &[f64; 12], law: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let plane = |siemens: &[f64], column: usize| -> f64 {
        (0..12).map(|row| law(siemens[5 * row + column], volts[row])).sum()
    };
    let pair = |column| match siemens.len() {
        60 => plane(siemens, column),
        _ => plane(&siemens[..60], column) - plane(&siemens[60..], column),
    };
    (0..5).map(pair).collect()
}

fn ohm(g: f64, volts: f64) -> f64 {
    g * volts
}

fn sinh(g: f64, volts: f64) -> f64 {
    g / ALPHA * (ALPHA * volts).sinh()
}

#[test]
fn with_ideal_wires_each_cell_conducts_at_the_voltage_of_its_pixel() {
    for (device, law) in [(LINEAR, ohm as fn(f64, f64) -> f64), (CURVED, sinh)] {
        for more in ["tile: (12, 5)", "tile: (5, 2)", "signed: true, tile: (8, 3)"] {
            let trace = shown(&format!("{device}, {more}"));
            let siemens = &trace.key_frames[0][0].values;
            for (pulse, charge) in charges(&trace).iter().enumerate() {
                let expected = currents(siemens, &volts(&IMAGES[pulse / 2]), law);
                assert_close(charge, &expected, 1e-6);
            }
        }
    }
}

#[test]
fn behind_wires_the_drivers_have_the_voltages_of_the_pixels() {
    for (device, is_curved) in [(LINEAR, false), (CURVED, true)] {
        let trace = shown(&format!("{device}, tile: (12, 5), wires: Exact(segment: \"25 ohm\")"));
        let siemens = &trace.key_frames[0][0].values;
        let circuit = Circuit::new(Layout::read(12, 5, 25.0, EndSegments::EveryEnd)).unwrap();
        let mut solver = Solver::new(&circuit, Options { tolerance: 1e-12, ..Options::default() });
        for (pulse, charge) in charges(&trace).iter().enumerate() {
            solver.set_sources(Side::Left, &volts(&IMAGES[pulse / 2])).unwrap();
            if is_curved {
                let mut cells = Sinh { conductance: siemens.clone(), curvature: ALPHA, ohmic: Vec::new() };
                solver.solve_cells(&mut cells).unwrap();
            } else {
                solver.set_conductances(siemens).unwrap();
                solver.solve().unwrap();
            }
            assert_close(charge, solver.currents(Side::Bottom), 1e-6);
        }
        // Four reads, of which every second one repeats an answer.
        assert_eq!(trace.arrays[0][0].read.solves, 4);
    }
}

/// Gains are ideal by real currents of the mean of both images.
#[test]
fn gains_of_the_mean_image_are_those_of_one_read() {
    let wires = "wires: Exact(segment: \"25 ohm\")";
    let mean: Vec<f64> =
        (0..12).map(|k| VOLTS * (f64::from(IMAGES[0][k]) + f64::from(IMAGES[1][k])) / 510.0).collect();
    for compensation in ["Calibrated(pattern: MeanImage)", "Tracked(pattern: MeanImage, every: 5)"] {
        let array = format!("{LINEAR}, tile: (12, 5), {wires}, compensation: {compensation}");
        let trace = shown(&array);
        let siemens = &trace.key_frames[0][0].values;
        let ideal = currents(siemens, &mean.clone().try_into().unwrap(), ohm);
        let circuit = Circuit::new(Layout::read(12, 5, 25.0, EndSegments::EveryEnd)).unwrap();
        let mut solver = Solver::new(&circuit, Options { tolerance: 1e-12, ..Options::default() });
        solver.set_conductances(siemens).unwrap();
        let mut real = |volts: &[f64]| {
            solver.set_sources(Side::Left, volts).unwrap();
            solver.solve().unwrap();
            solver.currents(Side::Bottom).to_vec()
        };
        let of_mean = real(&mean);
        for (pulse, charge) in charges(&trace).iter().enumerate() {
            let image = real(&volts(&IMAGES[pulse / 2]));
            let expected: Vec<f64> = (0..5).map(|k| image[k] * ideal[k] / of_mean[k]).collect();
            assert_close(charge, &expected, 1e-6);
        }
    }
    // Of equal images each is the mean one: what is read is what ideal wires would give, on curved cells, too.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("d.csv"), "0,51,255,102,120,204,153,255,30,0,77,128,0\n".repeat(2)).unwrap();
    let read = |more: &str| {
        let text = scenario("Amplitude(step: \"5 ms\")", &format!("{CURVED}, tile: (7, 5), {more}"));
        charges(&run_with(&text, &[], 1, &[folder.path().to_path_buf()]))
    };
    let gained = read(&format!("{wires}, compensation: Calibrated(pattern: MeanImage)"));
    let plain = read(wires);
    for ((gained, ideal), plain) in gained.iter().zip(read("wires: Ideal")).zip(plain) {
        assert_close(gained, &ideal, 1e-6);
        assert!(plain[0] < 0.9 * ideal[0], "{} of {} V without gains", plain[0], ideal[0]);
    }
}

#[test]
fn at_full_intensity_a_pulse_is_a_spike() {
    let Some(plugin) = Plugin::build("hissing") else { return };
    let folder = tempfile::tempdir().unwrap();
    let line = "255,0,255,255,0,255,255,0,0,255,0,255,0\n";
    fs::write(folder.path().join("d.csv"), line.repeat(2)).unwrap();
    let read = |encoder: &str, crossbar: &str| {
        let mut options = options(1, &[folder.path().to_path_buf()]);
        if crossbar.contains("\"tin\"") {
            options.models = plugin.models();
        }
        let mut simulation = simulation(&parse(&scenario(encoder, crossbar), &[]), &options);
        let mut trace = Trace::new(simulation.layout());
        simulation.run(&mut trace).unwrap();
        let trace = trace.data();
        let energy = trace.arrays[0][0].read.energy.total();
        (charges(&trace), energy)
    };
    let gains = "compensation: Calibrated(samples: 2, fraction: 0.5)";
    let noise = "periphery: (noise: (relative: 0.1))";
    let hissing = "device: (\"tin\", {})";
    for device in [LINEAR, CURVED, hissing] {
        for more in [
            "tile: (12, 5)".to_owned(),
            format!("signed: true, tile: (5, 3), {noise}"),
            format!("tile: (7, 5), wires: Exact(segment: \"3 ohm\"), {gains}"),
            "cell: Transistor(resistance: \"2 kohm\"), stuck: [(at: Open, cells: BitLines([1]))]".to_owned(),
            "wires: Exact(segment: \"3 ohm\", undriven: Floating)".to_owned(),
            "wires: Exact(segment: \"3 ohm\", undriven: Biased(\"0.1 V\")), signed: true".to_owned(),
        ] {
            let crossbar = format!("{device}, {more}");
            let (amplitude, energy) = read("Amplitude(step: \"5 ms\")", &crossbar);
            let (spikes, other) = read("Bernoulli(step: \"5 ms\")", &crossbar);
            for (amplitude, spikes) in amplitude.iter().zip(&spikes) {
                assert_close(amplitude, spikes, 1e-6);
            }
            assert!((energy / other - 1.0).abs() < 1e-6, "{crossbar}: {energy} J and {other} J");
        }
    }
}

#[test]
fn a_converter_rounds_the_voltage_of_each_word_line() {
    let dac = "periphery: (dac: (bits: 2, full_scale: \"0.4 V\"))";
    let trace = shown(&format!("{LINEAR}, {dac}"));
    let siemens = &trace.key_frames[0][0].values;
    let step = VOLTS / 3.0;
    let rounded = volts(&IMAGES[0]).map(|volts| (volts / step).round() * step);
    assert_close(&charges(&trace)[0], &currents(siemens, &rounded, ohm), 1e-6);
}

#[test]
fn a_pulse_dissipates_at_the_voltage_of_its_pixel() {
    for (device, law) in [(LINEAR, ohm as fn(f64, f64) -> f64), (CURVED, sinh)] {
        let trace = shown(&format!("{device}, signed: true, tile: (5, 3)"));
        let siemens = &trace.key_frames[0][0].values;
        let power: f64 = IMAGES
            .iter()
            .flat_map(|image| {
                let volts = volts(image);
                (0..120).map(move |cell| (cell, volts[cell % 60 / 5]))
            })
            .map(|(cell, volts)| volts * law(siemens[cell], volts))
            .sum();
        // Each image has two pulses of 1 ms.
        let energy = trace.arrays[0][0].read.energy;
        // Intensities have 24 bits.
        assert!((energy.cells / (2e-3 * power) - 1.0).abs() < 1e-6, "{energy:?} of {power} W");
        assert_eq!((energy.wires, energy.drivers, trace.arrays[0][0].read.solves), (0.0, 0.0, 0));
    }
}

/// With ideal wires only the bit line that has changed is asked again; behind wires the whole tile is solved.
#[test]
fn learning_behind_wires_of_hardly_any_resistance_is_learning_on_ideal_ones() {
    let learn = |wires: &str| {
        let text = format!(
            r#"Scenario(
                dataset: Digits(),
                populations: {{
                    "pixels": Encoder(Amplitude(step: "1 ms", threshold: 0.2)),
                    "output": Lif(
                        count: 12, capacitance: "500 pF", leak: "12 ms", threshold: "9 mV", refractory: "3.5 ms",
                        adaptation: (increment: "0.4 mV", decay: PerImage(0.9)),
                        inhibition: Others(subtract: "3 mV", floor: "0 V", block: "4.5 ms"),
                    ),
                }},
                projections: {{ "s": (
                    source: "pixels", target: "output",
                    crossbar: (
                        tile: (40, 7), {CURVED}, wires: {wires}, signed: true,
                        initial: Uniform("20 uS", "90 uS"), read: (voltage: "0.5 V", width: "10 ns"),
                    ),
                    plasticity: Window(potentiation: "3 uS", depression: "1 uS", window: "4 ms", decay: "5 ms"),
                ) }},
                schedule: [Train(images: 30, present: "80 ms", between: Continue), Train(images: 5, present: "80 ms")],
                record: (spikes: ["output"], conductance: {{ "s": () }}),
            )"#
        );
        let trace = run(&text, &[], 1);
        (trace.spikes[1].clone(), trace.key_frames[0][2].values.clone())
    };
    let (ideal, ideal_siemens) = learn("Ideal");
    let (wired, wired_siemens) = learn("Exact(segment: \"1 nohm\")");
    assert!(ideal.ticks.len() > 200, "{} spikes", ideal.ticks.len());
    assert_eq!((ideal.ticks, ideal.neurons), (wired.ticks, wired.neurons));
    assert_close(&ideal_siemens, &wired_siemens, 1e-12);
}
