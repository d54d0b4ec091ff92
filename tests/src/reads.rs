//! A read in a test is seen by neurons that integrate its currents and never fire.

use std::path::PathBuf;

use crate::run_with;

/// Linear cells of 5 synapses on each of 12 word lines, all different.
pub const IDEAL: &str =
    r#"device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }), initial: Uniform("50 uS", "900 uS")"#;

/// Spikes of some of 12 sources at 1 ms reach 5 neurons that never fire and hardly leak: what a read has put on their
/// membranes is what their probe sees at 2 ms. A read of 0.4 V and 1 ms on 1 mF makes one ampere one volt.
pub fn scenario(spiking: &[usize], crossbar: &str) -> String {
    scenario_at(0.4, spiking, crossbar)
}

/// The same with another read voltage.
pub fn scenario_at(volts: f64, spiking: &[usize], crossbar: &str) -> String {
    let train = |source: usize| if spiking.contains(&source) { "[\"1 ms\"]" } else { "[]" };
    let trains: Vec<&str> = (0..12).map(train).collect();
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "n": Lif(count: 5, capacitance: "1 mF", leak: "100000 s", threshold: "1 kV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                read: (voltage: "{volts} V", width: "1 ms"), {crossbar}
            )) }},
            schedule: [Run(duration: "3 ms")],
            record: (probes: {{ "n": (every: "2 ms") }}, conductance: {{ "s": () }}),
        )"#,
        trains.join(", ")
    )
}

/// The potentials after the read, and the conductances of all planes.
pub fn read(spiking: &[usize], crossbar: &str) -> (Vec<f64>, Vec<f64>) {
    read_with(spiking, crossbar, &[])
}

/// The same at another read voltage.
pub fn read_at(volts: f64, spiking: &[usize], crossbar: &str) -> (Vec<f64>, Vec<f64>) {
    seen(&scenario_at(volts, spiking, crossbar), &[])
}

/// The same as [`read`], with files in further folders.
pub fn read_with(spiking: &[usize], crossbar: &str, data: &[PathBuf]) -> (Vec<f64>, Vec<f64>) {
    seen(&scenario(spiking, crossbar), data)
}

fn seen(scenario: &str, data: &[PathBuf]) -> (Vec<f64>, Vec<f64>) {
    let trace = run_with(scenario, &[], 1, data);
    (trace.probes[1][1].membrane.clone(), trace.key_frames[0][0].values.clone())
}

/// Asserts that two lists differ by no more than a part of the largest value.
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    assert!(largest > 0.0, "nothing was read");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance * largest, "{found} instead of {expected}");
    }
}
