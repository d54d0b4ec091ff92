//! A write in a test is one column update by program pulses, of cells that follow a closed form.

use crosspike::recorder::Trace;
use crosspike::simulation::Options;

use crate::plugin::Plugin;
use crate::{options, parse, run, simulation};

/// Word lines of the array.
pub const ROWS: usize = 12;
/// Its bit lines.
pub const COLUMNS: usize = 5;
/// The ends of the range of its devices, S.
pub const G_MIN: f64 = 1e-6;
/// See [`G_MIN`].
pub const G_MAX: f64 = 1e-4;
/// What every pulse has where a test does not say otherwise.
pub const VOLTS: f64 = 1.2;
/// See [`VOLTS`].
pub const SECONDS: f64 = 1e-7;
/// The word lines that have a spike where a test does not say otherwise.
pub const SPIKING: [usize; 5] = [0, 3, 4, 7, 11];
/// Conductances within the range, all different.
pub const UNIFORM: &str = r#"initial: Uniform("10 uS", "90 uS")"#;

/// Of 12 sources some spike at 1 ms. A teacher makes neuron `learner` of 5 fire at 5 ms; the array itself charges nobody.
pub fn scenario(spiking: &[usize], learner: usize, crossbar: &str, plasticity: &str) -> String {
    let train = |source: usize| if spiking.contains(&source) { "[\"1 ms\"]" } else { "[]" };
    let trains: Vec<&str> = (0..ROWS).map(train).collect();
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "teacher": Trains(times: [["5 ms"]]),
                "n": Lif(count: {COLUMNS}, capacitance: "1 F", leak: "1 s", threshold: "0.5 V"),
            }},
            projections: {{
                "s": (
                    source: "sources", target: "n",
                    crossbar: (read: (voltage: "0.1 V", width: "1 ns"), {crossbar}),
                    plasticity: Window(window: "10 ms", {plasticity}),
                ),
                "t": (source: "teacher", target: "n", weights: List([(source: 0, target: {learner}, weight: "1 V")])),
            }},
            schedule: [Run(duration: "8 ms")],
            record: (spikes: ["n"], conductance: {{ "s": () }}),
        )"#,
        trains.join(", ")
    )
}

/// The conductances before and after the one update of bit line `learner`: planes x rows x columns.
pub fn learn(spiking: &[usize], learner: usize, crossbar: &str, plasticity: &str) -> [Vec<f64>; 2] {
    let trace = run(&scenario(spiking, learner, crossbar, plasticity), &[], 1);
    assert_eq!(trace.spikes[2].neurons, [learner as u32], "the learner fires once, nobody else does");
    let frames = &trace.key_frames[0];
    [frames[0].values.clone(), frames.last().expect("a frame at the end").values.clone()]
}

/// The conductances after a rule has written bit line 4 of cells whose model is the plug-in `tin` of a test.
pub fn learn_with(plugin: &Plugin, crossbar: &str, plasticity: &str) -> Result<Vec<f64>, String> {
    let crossbar = format!("device: (\"tin\", {{}}), initial: Constant(\"0.5 S\"), {crossbar}");
    let text = scenario(&SPIKING, 4, &crossbar, plasticity);
    let options = Options { models: plugin.models(), ..options(1, &[]) };
    let mut simulation = simulation(&parse(&text, &[]), &options);
    let mut trace = Trace::new(simulation.layout());
    simulation.run(&mut trace).map_err(|error| error.to_string())?;
    Ok(trace.data().key_frames[0].last().expect("a frame at the end").values.clone())
}

/// Pulses of [`VOLTS`] and [`SECONDS`].
pub fn pulses(scheme: &str, strength: &str) -> String {
    format!(
        r#"write: Pulses(set: (voltage: "{VOLTS} V", width: "100 ns"), reset: (voltage: "-{VOLTS} V", width: "100 ns"),
            scheme: {scheme}, strength: {strength})"#
    )
}

/// Whole sets on the word lines that have spiked, whole resets on the others.
pub fn fixed(scheme: &str) -> String {
    format!(r#"potentiation: "1 uS", depression: "1 uS", {}"#, pulses(scheme, "Fixed"))
}

/// Whole sets only.
pub fn sets(scheme: &str) -> String {
    format!(r#"potentiation: "1 uS", depression: "0 S", {}"#, pulses(scheme, "Fixed"))
}

/// Devices that switch at once, from any conductance.
pub fn hard(threshold: f64) -> String {
    format!(
        r#"{UNIFORM}, device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS",
            "v_set": "{threshold} V", "v_reset": "-{threshold} V", "switching": "hard" }})"#
    )
}

/// The rate of VTEAM that slows down towards the ends: dx/dt = k (V/s - 1)^a (1 - x) beyond the threshold s, and
/// likewise to 0 below -s.
#[derive(Clone, Copy)]
pub struct Soft {
    /// s, V.
    pub threshold: f64,
    /// k, 1/s.
    pub rate: f64,
    /// a.
    pub exponent: f64,
}

impl Soft {
    /// The device in words, after the word `initial`.
    pub fn text(&self, initial: &str) -> String {
        let Soft { threshold, rate, exponent } = self;
        format!(
            r#"{initial}, device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS", "v_set": "{threshold} V",
                "v_reset": "-{threshold} V", "switching": "soft", "rate_set": "{rate} 1/s", "rate_reset": "{rate} 1/s",
                "exponent_set": {exponent}, "exponent_reset": {exponent}, "window": "bounds" }})"#
        )
    }

    /// The conductance after `seconds` at `volts`.
    pub fn after(&self, g: f64, volts: f64, seconds: f64) -> f64 {
        let excess = volts.abs() / self.threshold - 1.0;
        if excess <= 0.0 {
            return g;
        }
        let left = (-self.rate * excess.powf(self.exponent) * seconds).exp();
        if volts > 0.0 { G_MAX - (G_MAX - g) * left } else { G_MIN + (g - G_MIN) * left }
    }
}

/// Asserts that each of two lists differs from its counterpart by no more than a part of it.
pub fn assert_each_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (cell, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs(),
            "{found:e} instead of {expected:e} at {cell}"
        );
    }
}
