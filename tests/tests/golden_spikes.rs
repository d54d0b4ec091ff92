//! Exact spike times of small networks, computed elsewhere with 50 digits, are met to a nanosecond.

use std::fmt::Write;

use crosspike_tests::{run, shared};
use serde_json::Value;

/// Tolerance on spike times, in picoseconds.
const TOLERANCE: i64 = 1_000;

fn numbers(network: &Value, key: &str) -> Vec<f64> {
    let count = network["n_neurons"].as_u64().unwrap() as usize;
    match network["param_arrays"].get(key) {
        Some(list) => list.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect(),
        None => vec![network["params"].get(key).and_then(Value::as_f64).unwrap_or(0.0); count],
    }
}

/// One value for each neuron, as a RON list of quantities.
fn each(values: &[f64], unit: &str) -> String {
    let texts: Vec<String> = values.iter().map(|value| format!("\"{value} {unit}\"")).collect();
    format!("[{}]", texts.join(", "))
}

/// The golden network as a scenario. A capacitance of 1 nF makes the drive R I of a leak of tau ms a bias of
/// R I / tau uA.
fn scenario(network: &Value) -> String {
    let parameter = |key: &str| network["params"][key].as_f64().unwrap();
    let tau = parameter("tau_m");
    let bias: Vec<f64> = numbers(network, "RI").iter().map(|drive| drive / tau).collect();
    let mut text = String::from("Scenario(populations: {\n");
    write!(
        text,
        "\"n\": Lif(count: {}, capacitance: \"1 nF\", leak: \"{tau} ms\", threshold: \"{} mV\", rest: \"{} mV\", \
         reset: \"{} mV\", initial: {}, refractory: {}, bias: {}",
        network["n_neurons"],
        parameter("V_th"),
        parameter("E_L"),
        parameter("V_reset"),
        each(&numbers(network, "V0"), "mV"),
        each(&numbers(network, "t_ref"), "ms"),
        each(&bias, "nA"),
    )
    .unwrap();
    if network["model"]["threshold"] == "adaptive" {
        write!(
            text,
            ", adaptation: (increment: \"{} mV\", decay: Time(\"{} ms\"), initial: {})",
            parameter("theta_plus"),
            parameter("tau_theta"),
            each(&numbers(network, "theta0"), "mV"),
        )
        .unwrap();
    }
    text.push_str("),\n");
    let trains = network["inputs"].as_array().unwrap();
    if !trains.is_empty() {
        let trains: Vec<String> = trains
            .iter()
            .map(|train| {
                each(&train.as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect::<Vec<_>>(), "ms")
            })
            .collect();
        writeln!(text, "\"x\": Trains(times: [{}]),", trains.join(", ")).unwrap();
    }
    text.push_str("}, projections: {\n");
    for source in ["x", "n"] {
        let synapses: Vec<String> = network["synapses"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|synapse| synapse["src"][0] == source)
            .map(|s| {
                format!(
                    "(source: {}, target: {}, weight: \"{} mV\", delay: \"{} ms\")",
                    s["src"][1], s["post"], s["weight"], s["delay"]
                )
            })
            .collect();
        if !synapses.is_empty() {
            let list = synapses.join(",\n");
            writeln!(
                text,
                "\"from_{source}\": (source: \"{source}\", target: \"n\", weights: List([{list}])),"
            )
            .unwrap();
        }
    }
    // Events at exactly t_stop are processed: the phase ends one tick later.
    let stop = (network["t_stop"].as_f64().unwrap() * 1e9) as i64 + 1;
    write!(text, "}}, schedule: [Run(duration: \"{stop} ps\")], record: (spikes: [\"n\"]))").unwrap();
    text
}

fn check(name: &str) {
    let Some(folder) = shared("golden/spikes") else { return };
    let file = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name))
        .unwrap();
    let network: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let trace = run(&scenario(&network), &[], 1);
    let spikes = &trace.spikes[0];
    let mut found: Vec<(u32, i64)> =
        spikes.neurons.iter().copied().zip(spikes.ticks.iter().copied()).collect();
    let mut expected: Vec<(u32, i64)> = network["expected"]["spikes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|spike| (spike[0].as_u64().unwrap() as u32, (spike[1].as_f64().unwrap() * 1e9).round() as i64))
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert!(!expected.is_empty(), "{name} has spikes");
    assert_eq!(found.len(), expected.len(), "{name}: number of spikes");
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found.0, expected.0, "{name}: neuron");
        assert!((found.1 - expected.1).abs() <= TOLERANCE, "{name}: {found:?} instead of {expected:?}");
    }
}

#[test]
fn constant_drive_fires_at_its_closed_form() {
    check("g01");
}

#[test]
fn irregular_input_off_any_grid_is_exact() {
    check("g02");
}

#[test]
fn ties_and_the_ends_of_refractory_periods_follow_the_rules() {
    check("g06");
}

#[test]
fn two_neurons_in_a_loop_stay_exact_for_a_second() {
    check("g07");
}

#[test]
fn short_and_long_delays_share_one_schedule() {
    check("g08");
}

#[test]
fn a_hundred_recurrent_neurons_are_exact() {
    check("g09");
}

#[test]
fn a_falling_threshold_is_met_between_inputs() {
    check("g11");
}

#[test]
fn adaptive_neurons_that_compete_are_exact() {
    check("g12");
}

#[test]
fn paths_of_equal_delay_coincide() {
    check("g17");
}
