//! Driven neurons are one population that hears single spikes at chosen times, for tests against closed forms.

use crosspike::recorder::TraceData;

use crate::run;

const MS: f64 = 1e9;

/// Runs neurons `n` (index 0) with the given fields; each input (neuron, ms, mV) is one spike of a source of its own.
pub fn trace(lif: &str, inputs: &[(u32, f64, f64)], schedule: &str) -> TraceData {
    let times: Vec<String> = inputs.iter().map(|(_, ms, _)| format!("[\"{ms} ms\"]")).collect();
    let synapses: Vec<String> = (inputs.iter().enumerate())
        .map(|(source, (target, _, mv))| format!("(source: {source}, target: {target}, weight: \"{mv} mV\")"))
        .collect();
    let (source, projection) = match inputs {
        [] => (String::new(), String::new()),
        _ => (
            format!("\"x\": Trains(times: [{}]),", times.join(", ")),
            format!("\"s\": (source: \"x\", target: \"n\", weights: List([{}]))", synapses.join(", ")),
        ),
    };
    let text = format!(
        "Scenario(dataset: Digits(), populations: {{ \"n\": Lif(capacitance: \"1 nF\", {lif}), {source}
            \"pixels\": Encoder(Poisson(rate: \"10 Hz\")) }}, projections: {{ {projection} }}, schedule: [{schedule}],
            readout: (population: \"n\"),
            record: (spikes: [\"n\"], probes: {{ \"n\": (every: \"1 ms\") }}))"
    );
    run(&text, &[], 1)
}

/// Neurons and milliseconds of all spikes of a run of 100 ms.
pub fn spikes(lif: &str, inputs: &[(u32, f64, f64)]) -> Vec<(u32, f64)> {
    let trace = trace(lif, inputs, "Run(duration: \"100 ms\")");
    spikes_of(&trace)
}

/// Neurons and milliseconds of all spikes of a trace.
pub fn spikes_of(trace: &TraceData) -> Vec<(u32, f64)> {
    let spikes = &trace.spikes[0];
    spikes.neurons.iter().copied().zip(spikes.ticks.iter().map(|&tick| tick as f64 / MS)).collect()
}

/// Potential and threshold in mV of a neuron at a whole millisecond.
pub fn sample(trace: &TraceData, ms: i64, neuron: usize) -> (f64, f64) {
    let sample = trace.probes[0].iter().find(|sample| sample.tick == ms * 1_000_000_000).expect("a sample");
    (sample.membrane[neuron] * 1e3, sample.threshold[neuron] * 1e3)
}

/// Asserts that two numbers in mV differ by rounding only.
pub fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
}
