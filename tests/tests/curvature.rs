//! With inputs of one voltage on ideal wires the curvature of I-V curves only relabels conductances; wires end that.

use crosspike_tests::run;

const SCENARIO: &str = r#"Scenario(
    dataset: Digits(),
    populations: {
        "pixels": Encoder(Bernoulli(step: "1 ms", probability: 0.2)),
        "output": Lif(
            count: 12, capacitance: "CAPACITANCE pF", leak: "12 ms", threshold: "9 mV", refractory: "3.5 ms",
            adaptation: (increment: "0.4 mV", decay: PerImage(0.9)),
            inhibition: Others(subtract: "3 mV", floor: "0 V", block: "4.5 ms", strobe: "1 ms", ties: LastIndex),
        ),
    },
    projections: { "synapses": (
        source: "pixels", target: "output",
        crossbar: (
            tile: (64, 12), device: DEVICE, wires: WIRES,
            initial: Uniform("20 uS", "90 uS"), read: (voltage: "0.5 V", width: "10 ns"),
        ),
        plasticity: Window(potentiation: "3 uS", depression: "1 uS", window: "4 ms", decay: "5 ms"),
    ) },
    schedule: [Train(images: 30, present: "80 ms", between: Continue)],
    record: (spikes: ["pixels", "output"], conductance: { "synapses": () }),
)"#;

const LINEAR: &str = r#"("ideal", { "g_min": "1 uS", "g_max": "100 uS" })"#;
const CURVED: &str = r#"("sinh", { "g_min": "1 uS", "g_max": "100 uS", "alpha": "3.78 1/V" })"#;

/// Spikes and final conductances.
fn learn(device: &str, picofarads: f64, wires: &str) -> (Vec<(i64, u32)>, Vec<f64>) {
    let scenario = SCENARIO
        .replace("CAPACITANCE", &picofarads.to_string())
        .replace("DEVICE", device)
        .replace("WIRES", wires);
    let trace = run(&scenario, &[], 1);
    let spikes = &trace.spikes[1];
    let spikes = spikes.ticks.iter().copied().zip(spikes.neurons.iter().copied()).collect();
    (spikes, trace.key_frames[0].last().unwrap().values.clone())
}

#[test]
fn on_ideal_wires_a_curved_network_is_a_linear_one_of_larger_currents() {
    // The chord at 0.5 V is the slope at 0 V times sinh(x) / x; a membrane of so much more capacitance takes it back.
    let x = 3.78_f64 * 0.5;
    let (curved, curved_g) = learn(CURVED, 500.0 * x.sinh() / x, "Ideal");
    let (linear, linear_g) = learn(LINEAR, 500.0, "Ideal");
    assert!(curved.len() > 200, "the network is busy: {} spikes", curved.len());
    assert_eq!(curved, linear);
    for (curved, linear) in curved_g.iter().zip(&linear_g) {
        assert!((curved - linear).abs() < 1e-15, "{curved} S instead of {linear} S");
    }
}

#[test]
fn on_wires_curvature_is_more_than_another_conductance() {
    let x = 3.78_f64 * 0.5;
    let wires = r#"Exact(segment: "20 ohm")"#;
    let (curved, _) = learn(CURVED, 500.0 * x.sinh() / x, wires);
    let (linear, _) = learn(LINEAR, 500.0, wires);
    // Larger currents lose more, and cells of lower voltage lose more than in proportion.
    assert!(curved.len() < linear.len(), "{} and {} spikes", curved.len(), linear.len());
}
