//! Parameters of devices that vary have the distribution that a scenario asks for, for every cell and for every write.

use crosspike::recorder::TraceData;
use crosspike::simulation::Simulation;
use crosspike_tests::{options, parse, run};

const CELLS: usize = 4096;

/// So many sources; those below `spiking` spike at 1 ms and at 21 ms. A teacher makes the first of `neurons` neurons fire at
/// 5, 15 and 25 ms; the array itself charges nobody.
fn scenario(sources: usize, spiking: usize, neurons: usize, crossbar: &str, plasticity: &str) -> String {
    let train = |source: usize| if source < spiking { "[\"1 ms\", \"21 ms\"]" } else { "[]" };
    let trains: Vec<&str> = (0..sources).map(train).collect();
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "teacher": Trains(times: [["5 ms", "15 ms", "25 ms"]]),
                "n": Lif(count: {neurons}, capacitance: "1 F", leak: "1 s", threshold: "0.5 V"),
            }},
            projections: {{
                "s": (
                    source: "sources", target: "n",
                    crossbar: (read: (voltage: "0.1 V", width: "1 ns"), {crossbar}),
                    plasticity: Window(window: "10 ms", {plasticity}),
                ),
                "t": (source: "teacher", target: "n", weights: List([(source: 0, target: 0, weight: "1 V")])),
            }},
            schedule: [Run(duration: "28 ms")],
            record: (conductance: {{ "s": (changes: true) }}),
        )"#,
        trains.join(", ")
    )
}

const IDEAL: &str = r#"device: ("ideal", { "g_min": "1 uS", "g_max": "100 uS" })"#;
const HALF_PULSES: &str =
    r#"write: Pulses(set: (voltage: "1.2 V", width: "100 ns"), reset: (voltage: "-1.2 V", width: "100 ns"))"#;

/// Cells that switch at once beyond 1 V and below -0.5 V, and start empty.
fn hard(variation: &str) -> String {
    format!(
        r#"device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS", "v_set": "1 V", "v_reset": "-0.5 V" }}),
            initial: Constant("1 uS"), variation: {{ {variation} }}"#
    )
}

/// The conductances from which 64 x 64 cells start.
fn start(crossbar: &str, set: &[&str]) -> Vec<f64> {
    let text = scenario(64, 0, 64, crossbar, r#"potentiation: "1 uS", depression: "1 uS""#);
    run(&text, set, 1).key_frames[0][0].values.clone()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).collect();
    mean(&product) / (deviation(a) * deviation(b))
}

/// Asserts that normal numbers have this mean and deviation, to five standard errors of either.
fn assert_normal(values: &[f64], expected_mean: f64, expected_deviation: f64) {
    let count = values.len() as f64;
    let (mean, deviation) = (mean(values), deviation(values));
    assert!((mean - expected_mean).abs() < 5.0 * expected_deviation / count.sqrt(), "mean {mean}");
    assert!(
        (deviation / expected_deviation - 1.0).abs() < 5.0 / (2.0 * count).sqrt(),
        "deviation {deviation}"
    );
}

/// Asserts that a share of so many independent cells has this probability, to five standard errors.
fn assert_share(found: usize, count: usize, probability: f64) {
    let share = found as f64 / count as f64;
    let error = (probability * (1.0 - probability) / count as f64).sqrt();
    assert!((share - probability).abs() < 5.0 * error, "{share}, expected {probability}");
}

/// A scenario of cells whose ends vary; they start at their own largest or smallest conductance.
fn ends(initial: &str) -> String {
    format!(
        r#"{IDEAL}, tile: (24, 40), initial: Constant("{initial}"),
            variation: {{ "g_min": (spread: LogNormal(0.5)), "g_max": (spread: Normal(0.15)) }}"#
    )
}

#[test]
fn spread_has_the_given_mean_and_deviation() {
    let high: Vec<f64> = start(&ends("1 S"), &[]).iter().map(|g| g / 100e-6).collect();
    assert_eq!(high.len(), CELLS);
    assert_normal(&high, 1.0, 0.15);
    // The logarithm of a factor with mean 1 and relative deviation d: variance ln(1 + d^2), mean minus half of it.
    let low: Vec<f64> = start(&ends("0 S"), &[]).iter().map(|g| (g / 1e-6).ln()).collect();
    let variance = (1.0_f64 + 0.5 * 0.5).ln();
    assert_normal(&low, -variance / 2.0, variance.sqrt());
    assert!(correlation(&high, &low).abs() < 5.0 / 64.0, "each parameter has draws of its own");
    let neighbours: Vec<f64> = high[1..].to_vec();
    assert!(
        correlation(&high[..CELLS - 1], &neighbours).abs() < 5.0 / 64.0,
        "each cell has draws of its own"
    );
}

#[test]
fn spread_belongs_to_logical_cells_and_to_the_device_seed() {
    let base = start(&ends("1 S"), &[]);
    assert_eq!(start(&ends("1 S"), &["projections.s.crossbar.tile=(64, 64)"]), base);
    let alone = r#"projections.s.crossbar.variation={ "g_max": (spread: Normal(0.15)) }"#;
    assert_eq!(start(&ends("1 S"), &[alone]), base, "a parameter does not feel that others vary");
    assert_ne!(start(&ends("1 S"), &["seeds=(device: 5)"]), base);
    let pair = start(&ends("1 S"), &["projections.s.crossbar.signed=true"]);
    assert_eq!(pair[..CELLS], base);
    assert!(correlation(&pair[..CELLS], &pair[CELLS..]).abs() < 5.0 / 64.0, "the cells of a pair differ");
}

#[test]
fn cells_whose_own_ends_are_upside_down_have_one_conductance() {
    let crossbar = r#"device: ("ideal", { "g_min": "99 uS", "g_max": "100 uS" }), initial: Constant("1 S"),
        variation: { "g_min": (spread: Normal(0.3)), "g_max": (spread: Normal(0.3)) }"#;
    let (high, low) = (start(crossbar, &[]), start(&crossbar.replace("1 S", "0 S"), &[]));
    let upside_down = high.iter().zip(&low).filter(|(high, low)| high == low).count();
    // P(99 (1 + 0.3 z) > 100 (1 + 0.3 z')) = Phi(-1 / (0.3 sqrt(99^2 + 100^2))).
    assert_share(upside_down, CELLS, 0.490_55);
    assert!(high.iter().zip(&low).all(|(high, low)| high >= low));
}

/// The conductances after each update, one number per word line.
fn updates(trace: &TraceData) -> Vec<&[f64]> {
    let updates: Vec<&[f64]> = trace.changes[0].iter().map(|update| &update.values[..]).collect();
    assert_eq!(updates.len(), 3);
    updates
}

/// Of the standard normal distribution.
const BELOW_ONE: f64 = 0.841_345;
const BELOW_MINUS_TWO: f64 = 0.022_750;

#[test]
fn pulses_switch_as_many_cells_as_have_their_threshold_below_them() {
    let crossbar = hard(r#""v_set": (spread: Normal(0.2))"#);
    let rule = format!(r#"potentiation: "1 uS", depression: "1 uS", {HALF_PULSES}"#);
    let trace = run(&scenario(CELLS, CELLS, 2, &crossbar, &rule), &[], 1);
    let is_set = |g: &&f64| **g == 100e-6;
    let updates = updates(&trace);
    // 1.2 V is one deviation above the mean, the 0.6 V of half-selected cells two below it.
    assert_share(updates[0].iter().filter(is_set).count(), CELLS, BELOW_ONE);
    let last = &trace.key_frames[0].last().unwrap().values;
    assert_share(last.iter().skip(1).step_by(2).filter(is_set).count(), CELLS, BELOW_MINUS_TWO);
    assert!(updates[1].iter().all(|g| *g == 1e-6), "all are reset in between");
    assert_eq!(updates[0], updates[2], "a threshold that only spreads is the same at every pulse");
}

#[test]
fn jitter_of_a_threshold_is_drawn_anew_for_every_pulse() {
    let crossbar = hard(r#""v_set": (jitter: Normal(0.2))"#);
    let rule = format!(r#"potentiation: "1 uS", depression: "1 uS", {HALF_PULSES}"#);
    let trace = run(&scenario(CELLS, CELLS, 1, &crossbar, &rule), &[], 1);
    let updates = updates(&trace);
    let both = updates[0].iter().zip(updates[2]).filter(|(a, b)| **a == 100e-6 && **b == 100e-6).count();
    for update in [updates[0], updates[2]] {
        assert_share(update.iter().filter(|g| **g == 100e-6).count(), CELLS, BELOW_ONE);
    }
    assert_share(both, CELLS, BELOW_ONE * BELOW_ONE);
}

#[test]
fn jitter_of_an_increment_is_a_factor_on_the_cells_own_value() {
    let crossbar = format!(
        r#"{IDEAL}, initial: Constant("1 S"), variation: {{ "g_max": (spread: Normal(0.1), jitter: Normal(0.05)) }}"#
    );
    // Every update asks for more than any cell has room for.
    let rule = r#"potentiation: "1 S", depression: "0 S""#;
    let trace = run(
        &scenario(CELLS, CELLS, 1, &crossbar, rule).replace("window: \"10 ms\"", "window: \"30 ms\""),
        &[],
        1,
    );
    let own = &trace.key_frames[0][0].values;
    assert_normal(&own.iter().map(|g| g / 100e-6).collect::<Vec<f64>>(), 1.0, 0.1);
    let factors: Vec<Vec<f64>> = updates(&trace)
        .iter()
        .map(|update| update.iter().zip(own).map(|(g, own)| g / own).collect())
        .collect();
    factors.iter().for_each(|factors| assert_normal(factors, 1.0, 0.05));
    for (a, b) in [(&factors[0], &factors[1]), (&factors[1], &factors[2]), (&factors[0], own)] {
        assert!(correlation(a, b).abs() < 5.0 / 64.0, "two draws are not independent");
    }
}

/// What one set pulse adds to the conductance of word line 0 when `spiking` word lines have one, each as wide as its age.
fn growth(spiking: usize, wires: &str, jitter: &str) -> f64 {
    let crossbar = format!(
        r#"device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS", "v_set": "0.5 V", "v_reset": "-0.5 V",
            "switching": "soft", "rate_set": "2e6 1/s", "rate_reset": "0 1/s", "exponent_set": 1, "exponent_reset": 1 }}),
            initial: Constant("10 uS"), wires: {wires}, variation: {{ {jitter} }}"#
    );
    let rule = r#"potentiation: "1 uS", depression: "0 S", decay: "5 ms", write: Pulses(
        set: (voltage: "1.2 V", width: "100 ns"), reset: (voltage: "-1.2 V", width: "100 ns"),
        scheme: Grounded, strength: Width)"#;
    // Arrivals until 4.2 ms, 0.8 ms apart: every pulse ends at another sixteenth, that of word line 0 last.
    let trains: Vec<String> = (0..5)
        .map(|k| if k < spiking { format!("[\"{:.1} ms\"]", 4.2 - 0.8 * k as f64) } else { "[]".into() })
        .collect();
    let text = scenario(5, 0, 1, &crossbar, rule)
        .replace("[[], [], [], [], []]", &format!("[{}]", trains.join(", ")));
    let trace = run(&text, &[], 1);
    updates(&trace)[0][0] - 10e-6
}

#[test]
fn a_pulse_has_one_draw_however_many_intervals_it_is_advanced_in() {
    let jitter = r#""rate_set": (jitter: Normal(0.3))"#;
    for (wires, tolerance) in [("Ideal", 1e-12), ("Exact(segment: \"1 uohm\")", 1e-6)] {
        let (alone, among_five) = (growth(1, wires, jitter), growth(5, wires, jitter));
        assert!((alone / among_five - 1.0).abs() < tolerance, "{alone:e} and {among_five:e}");
        let without = growth(5, wires, "");
        assert!((alone / without - 1.0).abs() > 1e-3, "{alone:e}");
    }
}

/// Charges of one read of two word lines at 0.5 V on 1024 bit lines, in ampere.
fn currents(variation: &str, wires: &str) -> Vec<f64> {
    let text = format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [["1 ms"], ["1 ms"]]),
                "n": Lif(count: 1024, capacitance: "1 mF", leak: "100000 s", threshold: "1 kV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                device: ("sinh", {{ "g_min": "1 uS", "g_max": "1 mS", "alpha": "3 1/V" }}), initial: Constant("50 uS"),
                wires: {wires}, read: (voltage: "0.5 V", width: "1 ms"), variation: {{ {variation} }},
            )) }},
            schedule: [Run(duration: "3 ms")],
            record: (probes: {{ "n": (every: "2 ms") }}),
        )"#
    );
    run(&text, &[], 1).probes[1][1].membrane.clone()
}

#[test]
fn reads_go_by_the_cells_own_values_and_not_by_their_jitter() {
    let uniform = currents("", "Ideal");
    assert_eq!(currents(r#""alpha": (jitter: Normal(0.2))"#, "Ideal"), uniform);
    let spread = r#""alpha": (spread: Normal(0.2))"#;
    let (ideal, wired) = (currents(spread, "Ideal"), currents(spread, "Exact(segment: \"1 uohm\")"));
    for (ideal, wired) in ideal.iter().zip(&wired) {
        assert!((ideal / wired - 1.0).abs() < 1e-5, "{ideal} A and {wired} A");
    }
    // I = g / alpha sinh(alpha V); by alpha it changes by I (alpha V coth(alpha V) - 1) / alpha.
    let x = 1.5_f64;
    let expected = (x / x.tanh() - 1.0) * 0.2 / 2f64.sqrt();
    let found = deviation(&ideal) / uniform[0];
    assert!(
        (found / expected - 1.0).abs() < 5.0 / 2048f64.sqrt() + 0.05,
        "{found}, expected about {expected}"
    );
}

#[test]
fn a_rule_takes_cells_beyond_the_common_range_for_full_ones() {
    let crossbar =
        format!(r#"{IDEAL}, initial: Constant("1 S"), variation: {{ "g_max": (spread: Normal(0.2)) }}"#);
    let rule = r#"potentiation: "1 uS", depression: "1 uS", bounds: Exponential(3.0)"#;
    let trace = run(&scenario(64, 0, 1, &crossbar, rule), &[], 1);
    for (before, after) in trace.key_frames[0][0].values.iter().zip(updates(&trace)[0]) {
        let filled = ((before - 1e-6) / 99e-6).min(1.0);
        let expected = before - 1e-6 * (-3.0 * (1.0 - filled)).exp();
        assert!((after / expected - 1.0).abs() < 1e-12, "{after:e} instead of {expected:e}");
    }
}

#[test]
fn parameters_that_cannot_vary_are_refused_with_those_that_can() {
    let refusal = |device: &str, variation: &str| {
        let crossbar = format!("device: {device}, initial: Constant(\"1 uS\"), variation: {{ {variation} }}");
        let text = scenario(1, 0, 1, &crossbar, r#"potentiation: "1 uS", depression: "1 uS""#);
        let error = Simulation::new(&parse(&text, &[]), &options(1, &[])).unwrap_err();
        error.report().errors.iter().map(ToString::to_string).collect::<Vec<String>>()
    };
    let levels = r#"("levels", { "g_min": "1 uS", "g_max": "100 uS", "count": 4 })"#;
    let listed = r#"("levels", { "states": ["1 uS", "2 uS"], "spacing": "listed" })"#;
    for (device, name, expected) in [
        (levels, "count", "does not vary from cell to cell; expected `g_min`, `g_max`"),
        (levels, "rounding", "does not vary from cell to cell; expected `g_min`, `g_max`"),
        (
            levels,
            "gmax",
            "there is no such parameter to vary; did you mean `g_max`?; expected `g_min`, `g_max`",
        ),
        (listed, "g_max", "is not given, so it has no value that could vary"),
    ] {
        assert_eq!(
            refusal(device, &format!("\"{name}\": (spread: Normal(0.1))")),
            [format!("parameter `{name}` of device model `levels`: {expected}")]
        );
    }
}
