//! Devices whose currents differ from read to read put the noise of all driven cells on their bit line.

use crosspike::recorder::Trace;
use crosspike::simulation::Options;
use crosspike_tests::plugin::Plugin;
use crosspike_tests::{options, parse, simulation};

const READS: usize = 600;
const ROWS: usize = 8;
/// Of a read without noise, A: 8 cells of 0.5 S at 0.2 V.
const MEAN: f64 = 0.8;
/// Of one cell, A: 5 % of 0.1 A.
const CELL: f64 = 0.005;

fn scenario(crossbar: &str) -> String {
    let times: Vec<String> = (0..READS).map(|read| format!("\"{read}.5 ms\"")).collect();
    let trains = vec![format!("[{}]", times.join(", ")); ROWS];
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "n": Lif(count: 2, capacitance: "1 F", leak: "1000000 s", threshold: "1 MV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                device: ("tin", {{}}), initial: Constant("0.5 S"), read: (voltage: "0.2 V", width: "1 s", coalesce: "0.5 ms"),
                {crossbar}
            )) }},
            schedule: [Run(duration: "{READS} ms")],
            record: (probes: {{ "n": (every: "1 ms") }}),
        )"#,
        trains.join(", ")
    )
}

fn options_with(plugin: &Plugin) -> Options {
    Options { models: plugin.models(), ..options(1, &[]) }
}

/// The current of each read of one bit line, A: a read of 1 s on 1 F makes one ampere one volt.
fn reads(plugin: &Plugin, crossbar: &str) -> Vec<f64> {
    let mut simulation = simulation(&parse(&scenario(crossbar), &[]), &options_with(plugin));
    let mut trace = Trace::new(simulation.layout());
    simulation.run(&mut trace).unwrap();
    let probes = &trace.data().probes[1];
    let membranes: Vec<f64> = probes.iter().map(|probe| probe.membrane[1]).collect();
    let reads: Vec<f64> = membranes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(reads.len() >= READS - 1, "{} reads", reads.len());
    reads
}

#[test]
fn the_noise_of_a_bit_line_is_that_of_its_cells_together() {
    let Some(plugin) = Plugin::build("hissing") else { return };
    let reads = reads(&plugin, "");
    let count = reads.len() as f64;
    let mean = reads.iter().sum::<f64>() / count;
    let deviation = (reads.iter().map(|read| (read - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let expected = CELL * (ROWS as f64).sqrt();
    // Four standard errors.
    assert!((mean - MEAN).abs() < 4.0 * expected / count.sqrt(), "mean {mean}");
    assert!(
        (deviation / expected - 1.0).abs() < 4.0 / (2.0 * count).sqrt(),
        "{deviation} instead of {expected}"
    );
}

#[test]
fn wires_of_hardly_any_resistance_leave_the_noise_as_it_is() {
    let Some(plugin) = Plugin::build("hissing") else { return };
    let ideal = reads(&plugin, "");
    let wired = reads(&plugin, "wires: Exact(segment: \"1 nohm\")");
    for (ideal, wired) in ideal.iter().zip(&wired) {
        assert!((ideal - wired).abs() < 1e-6, "{wired} instead of {ideal}");
    }
}

#[test]
fn wires_take_the_noise_of_a_cell_down_with_its_voltage() {
    let Some(plugin) = Plugin::build("hissing") else { return };
    // The driver of 2 ohm stands in series with two cells of 0.5 S: a third of the voltage is left to them.
    let wired = reads(&plugin, "wires: Exact(segment: \"1 nohm\", driver: \"2 ohm\")");
    for (ideal, wired) in reads(&plugin, "").iter().zip(&wired) {
        assert!((wired - ideal / 3.0).abs() < 1e-6, "{wired} instead of {}", ideal / 3.0);
    }
}

#[test]
fn a_transistor_takes_its_share_of_the_noise() {
    let Some(plugin) = Plugin::build("hissing") else { return };
    let passive = reads(&plugin, "");
    // As large as the device: half of the voltage, and half of the noise that is left passes on.
    for wires in ["Ideal", "Exact(segment: \"1 nohm\")"] {
        let crossbar = format!("cell: Transistor(resistance: \"2 ohm\"), wires: {wires}");
        for (passive, gated) in passive.iter().zip(&reads(&plugin, &crossbar)) {
            let expected = MEAN / 2.0 + (passive - MEAN) / 4.0;
            assert!((gated - expected).abs() < 1e-6, "{gated} instead of {expected}");
        }
    }
}

#[test]
fn stuck_cells_have_no_noise() {
    let Some(plugin) = Plugin::build("hissing") else { return };
    let stuck = "stuck: [(at: Conductance(\"0.5 S\"), cells: WordLines([0, 1, 2, 3, 4, 5]))]";
    for (all, two) in reads(&plugin, "").iter().zip(&reads(&plugin, stuck)) {
        let expected = MEAN + (all - MEAN) / 2.0;
        assert!((two - expected).abs() < 1e-6, "{two} instead of {expected}");
    }
}

#[test]
fn a_voltage_beyond_the_validity_of_a_model_is_warned_of() {
    let Some(plugin) = Plugin::build("hissing") else { return };
    let warnings =
        |set: &[&str]| simulation(&parse(&scenario(""), set), &options_with(&plugin)).warnings().to_vec();
    assert!(warnings(&[]).is_empty());
    assert_eq!(
        warnings(&["projections.s.crossbar.read.voltage=-0.4 V"]),
        [
            "projection `s`: the read pulse puts up to -400 mV on its devices; the equations of `tin` are known to hold from \
             -300 mV to 300 mV"
        ]
    );
}
