//! What cannot be computed is refused before it starts, or comes to its end all the same.

use crosspike::simulation::Simulation;
use crosspike_tests::{options, parse, run};

/// What is said of a scenario that parses but cannot be set up.
fn refusal(text: &str) -> String {
    let error = Simulation::new(&parse(text, &[]), &options(1, &[])).unwrap_err().report();
    // Long messages are drawn in several lines.
    format!("{:?}", miette::Report::new(error)).replace("\n  │ ", " ")
}

/// The clock once ran over its end, and the phases after it were over at once.
#[test]
fn a_schedule_longer_than_the_clock_is_refused_at_the_phase_that_is_too_much() {
    let phases = ["Run(duration: \"1e6 s\")"; 10].join(",\n");
    let text = format!(
        "Scenario(populations: {{ \"n\": Lif(count: 1, capacitance: \"1 nF\", leak: \"1 ms\", threshold: \"1 V\") }},
            schedule: [{phases}])"
    );
    let said = refusal(&text);
    assert!(said.contains("the run is 1e7 s of network time long up to the end of this phase"), "{said}");
}

/// The product of images and epochs once ran over: the run ended after two images.
#[test]
fn more_epochs_than_fit_are_refused() {
    let text = "Scenario(dataset: Digits(), populations: { \"pixels\": Encoder(Poisson(rate: \"10 Hz\")) },
        schedule: [Train(images: 2, epochs: 9223372036854775809, present: \"350 ms\")])";
    assert!(refusal(text).contains("of network time long up to the end of this phase"));
}

#[test]
fn an_array_beyond_memory_is_refused() {
    let text = "Scenario(populations: {
            \"a\": Lif(count: 100000, capacitance: \"1 nF\", leak: \"1 ms\", threshold: \"1 V\") },
        projections: { \"s\": (source: \"a\", target: \"a\", delay: \"1 ms\", crossbar: (
            device: (\"ideal\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\" }), initial: Constant(\"50 uS\"),
            read: (voltage: \"0.2 V\", width: \"10 ns\"))) },
        schedule: [Run(duration: \"1 ms\")])";
    let said = refusal(text);
    assert!(
        said.contains("an array of 100000 x 100000 synapses on 152881 tiles has 10000000000 cells"),
        "{said}"
    );
}

#[test]
fn sweeps_of_a_nonlinear_device_are_refused() {
    let text = "Scenario(populations: {
            \"a\": Lif(count: 4, capacitance: \"1 nF\", leak: \"1 ms\", threshold: \"1 V\") },
        projections: { \"s\": (source: \"a\", target: \"a\", delay: \"1 ms\", crossbar: (
            device: (\"sinh\", { \"g_min\": \"1 uS\", \"g_max\": \"100 uS\", \"alpha\": \"3 1/V\" }),
            initial: Constant(\"50 uS\"), wires: Sweeps(2, (segment: \"1 ohm\")),
            read: (voltage: \"0.2 V\", width: \"10 ns\"))) },
        schedule: [Run(duration: \"1 ms\")])";
    let said = refusal(text);
    assert!(said.contains("Sweeps are for linear devices, and `sinh` is not linear"), "{said}");
}

/// A drive of a thousand volts per picosecond once made a neuron fire for ever within one of them.
#[test]
fn a_neuron_fires_once_within_a_picosecond_however_strong_its_drive() {
    let text = "Scenario(populations: { \"n\": Lif(count: 2, capacitance: \"1 nF\", leak: \"10 ms\", threshold: \"1 mV\",
            bias: \"1e12 A\") }, schedule: [Run(duration: \"4 ps\")], record: (spikes: [\"n\"]))";
    let trace = run(text, &[], 1);
    assert_eq!(trace.spikes[0].ticks, [0, 0, 1, 1, 2, 2, 3, 3]);
}
