//! Projections bring the right spikes to the right neurons at the right instants.

use crosspike::recorder::{SpikeTrains, TraceData};
use crosspike_tests::run;

/// Fields of neurons that hardly leak: 1 mV per read of 100 uS at 0.2 V for 10 ns.
const LIF: &str = r#"capacitance: "200 pF", leak: "1000 s""#;
/// Cells of 100 uS that take any conductance from 0 to 1 mS.
const ARRAY: &str = r#"crossbar: (device: ("ideal", { "g_min": "0 S", "g_max": "1 mS" }), initial: Constant("100 uS"),
    read: (voltage: "0.2 V", width: "10 ns"))"#;

/// Runs for 100 ms populations and projections in which LIF and ARRAY stand for the texts above.
fn network(populations: &str, projections: &str, record: &str) -> TraceData {
    let text = format!(
        "Scenario(populations: {{ {populations} }}, projections: {{ {projections} }},
            schedule: [Run(duration: \"100 ms\")], record: ({record}))"
    );
    run(&text.replace("LIF", LIF).replace("ARRAY", ARRAY), &[], 2)
}

/// Spikes as (neuron, ps).
fn spikes(trains: &SpikeTrains) -> Vec<(u32, i64)> {
    trains.neurons.iter().copied().zip(trains.ticks.iter().copied()).collect()
}

fn ms(ms: f64) -> i64 {
    (ms * 1e9).round() as i64
}

/// Potentials in mV of a population at a sample; a leak of 1000 s takes less than 1e-3 of them.
fn potentials(trace: &TraceData, population: usize, at: f64) -> Vec<f64> {
    let sample = trace.probes[population].iter().find(|sample| sample.tick == ms(at)).expect("a sample");
    sample.membrane.iter().map(|volts| (volts * 1e6).round() / 1e3).collect()
}

#[test]
fn all_to_all_reaches_everyone_from_everyone() {
    let trace = network(
        r#""x": Trains(times: [["1 ms"], ["2 ms"], ["3 ms"]]), "n": Lif(count: 2, threshold: "1 V", LIF)"#,
        r#""s": (source: "x", target: "n", weights: AllToAll(weight: "4 mV"))"#,
        r#"probes: { "n": (every: "0.5 ms") }"#,
    );
    for (at, potential) in [(0.5, 0.0), (1.0, 4.0), (2.5, 8.0), (3.0, 12.0), (99.0, 12.0)] {
        assert!(potentials(&trace, 1, at).iter().all(|v| (v - potential).abs() < 2e-3));
    }
}

#[test]
fn one_to_one_reaches_its_like_only() {
    let trace = network(
        r#""x": Trains(times: [["1 ms"], ["2 ms"], ["3 ms"]]), "n": Lif(count: 3, threshold: "10 mV", LIF)"#,
        r#""s": (source: "x", target: "n", weights: OneToOne(weight: "11 mV"))"#,
        r#"spikes: ["n"]"#,
    );
    assert_eq!(spikes(&trace.spikes[1]), [(0, ms(1.0)), (1, ms(2.0)), (2, ms(3.0))]);
}

/// Synapses onto each of 200 neurons, each of 200 sources having one with probability 0.3.
fn in_degrees(seeds: &str) -> Vec<f64> {
    let times = vec!["[\"1 ms\"]"; 200].join(", ");
    let text = format!(
        "Scenario({seeds} populations: {{ \"x\": Trains(times: [{times}]), \"n\": Lif(count: 200, threshold: \"1 V\", {LIF}) }},
            projections: {{ \"s\": (source: \"x\", target: \"n\", weights: Probability(probability: 0.3, weight: \"1 mV\")) }},
            schedule: [Run(duration: \"2 ms\")], record: (probes: {{ \"n\": (every: \"1 ms\") }}))"
    );
    potentials(&run(&text, &[], 1), 1, 1.0)
}

#[test]
fn random_connections_have_their_probability_and_follow_the_network_seed() {
    let degrees = in_degrees("");
    // Binomial: 40,000 pairs have 12,000 synapses with a deviation of 91.7; 200 sources 60 with 6.5.
    let total: f64 = degrees.iter().sum();
    assert!((total - 12e3).abs() < 4.0 * 91.7, "{total}");
    assert!(degrees.iter().all(|degree| (degree - 60.0).abs() < 5.0 * 6.5), "{degrees:?}");
    let variance = degrees.iter().map(|degree| (degree - 60.0).powi(2)).sum::<f64>() / 200.0;
    // The deviation of an estimate of a variance of 42 from 200 samples is 42 sqrt(2 / 200) = 4.2.
    assert!((variance - 42.0).abs() < 4.0 * 4.2, "{variance}");
    assert_eq!(degrees, in_degrees("seeds: (encoder: 9, order: 9, device: 9),"));
    assert_eq!(degrees, in_degrees("seed: 9, seeds: (network: 1),"));
    assert_ne!(degrees, in_degrees("seeds: (network: 9),"));
}

#[test]
fn listed_synapses_have_delays_of_their_own() {
    let trace = network(
        r#""x": Trains(times: [["1 ms"]]), "n": Lif(count: 4, threshold: "10 mV", LIF)"#,
        r#""s": (source: "x", target: "n", delay: "2 ms", dendritic_delay: "0.5 ms", weights: List([
            (source: 0, target: 0, weight: "11 mV"),
            (source: 0, target: 1, weight: "11 mV", delay: "4 ms"),
            (source: 0, target: 2, weight: "11 mV", dendritic_delay: "7 ms"),
            (source: 0, target: 3, weight: "11 mV", delay: "0 s", dendritic_delay: "0 s"),
        ]))"#,
        r#"spikes: ["n"]"#,
    );
    assert_eq!(spikes(&trace.spikes[1]), [(3, ms(1.0)), (0, ms(3.5)), (1, ms(5.5)), (2, ms(10.0))]);
}

#[test]
fn a_neuron_reaches_itself_only_where_asked() {
    for (own, potential) in [("", 0.0), (", self_connections: true", 4.0)] {
        for law in ["AllToAll(", "Probability(probability: 1.0, "] {
            let trace = network(
                r#""x": Trains(times: [["1 ms"]]), "n": Lif(count: 3, threshold: "10 mV", LIF)"#,
                &format!(
                    r#""in": (source: "x", target: "n", weights: List([(source: 0, target: 1, weight: "11 mV")])),
                    "s": (source: "n", target: "n", delay: "1 ms", weights: {law}weight: "4 mV"{own}))"#
                ),
                r#"spikes: ["n"], probes: { "n": (every: "1 ms") }"#,
            );
            assert_eq!(spikes(&trace.spikes[1]), [(1, ms(1.0))]);
            assert_eq!(potentials(&trace, 1, 1.0), [0.0, 0.0, 0.0]);
            assert_eq!(potentials(&trace, 1, 2.0), [4.0, potential, 4.0]);
        }
    }
}

#[test]
fn a_charge_is_that_of_its_read_and_a_late_spike_meets_the_synapse_late() {
    // Word line at 7 ms; the spike of 6 ms is at the synapse at 9 ms (dt = 2 ms, the whole window) and raises it to
    // 120 uS; the charge of the read at 7 ms, 1 mV, is at the membrane at 10 ms.
    let trace = network(
        r#""x": Trains(times: [["5 ms", "15 ms"]]), "drive": Trains(times: [["6 ms"]]),
        "n": Lif(count: 1, threshold: "10 mV", LIF)"#,
        r#""s": (source: "x", target: "n", delay: "2 ms", dendritic_delay: "3 ms", ARRAY,
            plasticity: Window(potentiation: "20 uS", depression: "10 uS", window: "2 ms")),
        "d": (source: "drive", target: "n", weights: OneToOne(weight: "11 mV"))"#,
        r#"spikes: ["n"], conductance: { "s": (changes: true) }, probes: { "n": (every: "0.5 ms") }"#,
    );
    assert_eq!(spikes(&trace.spikes[2]), [(0, ms(6.0))]);
    let change = &trace.changes[0][0];
    assert_eq!((trace.changes[0].len(), change.tick, change.column), (1, ms(9.0), 0));
    assert!((change.values[0] - 120e-6).abs() < 1e-18);
    for (at, potential) in [(9.5, 0.0), (10.0, 1.0), (19.5, 1.0), (20.0, 2.2)] {
        assert_eq!(potentials(&trace, 2, at), [potential], "at {at} ms");
    }
}

#[test]
fn the_window_is_closed_at_both_ends() {
    // The neuron fires at 20 ms. Arrivals at 20, 10, 9.999999999 and 20.000000001 ms, and none at all.
    let trace = network(
        r#""x": Trains(times: [["20 ms"], ["10 ms"], ["9.999999999 ms"], ["20.000000001 ms"], []]),
        "drive": Trains(times: [["20 ms"]]), "n": Lif(count: 1, threshold: "50 mV", LIF)"#,
        r#""s": (source: "x", target: "n", ARRAY,
            plasticity: Window(potentiation: "20 uS", depression: "10 uS", window: "10 ms", decay: "5 ms")),
        "d": (source: "drive", target: "n", weights: OneToOne(weight: "60 mV"))"#,
        r#"spikes: ["n"], conductance: { "s": () }"#,
    );
    assert_eq!(spikes(&trace.spikes[2]), [(0, ms(20.0))]);
    let expected = [120e-6, 100e-6 + 20e-6 * (-2.0f64).exp(), 90e-6, 90e-6, 90e-6];
    for (found, expected) in trace.key_frames[0][1].values.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-18, "{found} instead of {expected}");
    }
}

#[test]
fn a_chain_without_delay_fires_in_one_instant() {
    let trace = network(
        r#""x": Trains(times: [["1 ms", "7 ms"]]), "c": Lif(count: 1, threshold: "10 mV", LIF),
        "b": Lif(count: 1, threshold: "10 mV", LIF), "a": Lif(count: 1, threshold: "10 mV", LIF)"#,
        r#""xa": (source: "x", target: "a", weights: OneToOne(weight: "11 mV")),
        "ab": (source: "a", target: "b", weights: OneToOne(weight: "11 mV")),
        "bc": (source: "b", target: "c", weights: OneToOne(weight: "11 mV"))"#,
        r#"spikes: ["a", "b", "c"]"#,
    );
    for population in 1..4 {
        assert_eq!(spikes(&trace.spikes[population]), [(0, ms(1.0)), (0, ms(7.0))]);
    }
}

#[test]
fn rounds_of_an_instant_are_tested_one_after_the_other() {
    // In the first round 11 mV reach c, which fires; the -6 mV that a sends it in the second round come too late.
    let trace = network(
        r#""x": Trains(times: [["1 ms"]]), "c": Lif(count: 1, threshold: "10 mV", LIF),
        "a": Lif(count: 1, threshold: "10 mV", LIF)"#,
        r#""xa": (source: "x", target: "a", weights: OneToOne(weight: "12 mV")),
        "xc": (source: "x", target: "c", weights: OneToOne(weight: "11 mV")),
        "ac": (source: "a", target: "c", weights: OneToOne(weight: "-6 mV"))"#,
        r#"spikes: ["c"], probes: { "c": (every: "1 ms") }"#,
    );
    assert_eq!(spikes(&trace.spikes[1]), [(0, ms(1.0))]);
    assert_eq!(potentials(&trace, 1, 1.0), [-6.0]);
}

#[test]
fn all_arrivals_of_an_instant_are_summed_before_one_test() {
    // 12 mV and -5 mV through two projections, then through an array and a projection; 12 mV alone fire.
    let trace = network(
        r#""x": Trains(times: [["1 ms", "2 ms"]]), "y": Trains(times: [["1 ms"]]),
        "plain": Lif(count: 1, threshold: "10 mV", LIF),
        "mixed": Lif(count: 1, threshold: "0.9 mV", LIF)"#,
        r#""xp": (source: "x", target: "plain", weights: OneToOne(weight: "12 mV")),
        "yp": (source: "y", target: "plain", weights: OneToOne(weight: "-12 mV")),
        "xm": (source: "x", target: "mixed", ARRAY),
        "ym": (source: "y", target: "mixed", weights: OneToOne(weight: "-1 mV"))"#,
        r#"spikes: ["plain", "mixed"]"#,
    );
    assert_eq!(spikes(&trace.spikes[2]), [(0, ms(2.0))]);
    assert_eq!(spikes(&trace.spikes[3]), [(0, ms(2.0))]);
}

#[test]
fn simultaneous_spikes_are_one_read() {
    // Each row alone brings 1 mV over a threshold of 0.9 mV: three at 1 ms make one spike, not three.
    let trace = network(
        r#""x": Trains(times: [["1 ms"], ["1 ms"], ["1 ms", "2 ms"]]), "n": Lif(count: 2, threshold: "0.9 mV", LIF)"#,
        r#""s": (source: "x", target: "n", ARRAY)"#,
        r#"spikes: ["n"]"#,
    );
    assert_eq!(spikes(&trace.spikes[1]), [(0, ms(1.0)), (1, ms(1.0)), (0, ms(2.0)), (1, ms(2.0))]);
}

#[test]
fn spikes_travel_between_blocks_in_their_delays() {
    let trace = network(
        r#""x": Trains(times: [["1 ms"]]), "a": Lif(count: 1, threshold: "10 mV", LIF),
        "b": Lif(count: 1, threshold: "10 mV", LIF)"#,
        r#""xa": (source: "x", target: "a", weights: OneToOne(weight: "11 mV")),
        "ab": (source: "a", target: "b", delay: "1 ms", dendritic_delay: "2 ms", weights: OneToOne(weight: "11 mV")),
        "ba": (source: "b", target: "a", delay: "0.7 ms", weights: OneToOne(weight: "11 mV"))"#,
        r#"spikes: ["a", "b"]"#,
    );
    let every = |first: f64| {
        (0..).map(move |k| (0, ms(first) + k * ms(3.7))).take_while(|&(_, tick)| tick < ms(100.0))
    };
    assert_eq!(spikes(&trace.spikes[1]), every(1.0).collect::<Vec<_>>());
    assert_eq!(spikes(&trace.spikes[2]), every(4.0).collect::<Vec<_>>());
}
