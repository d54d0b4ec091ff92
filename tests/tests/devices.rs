//! The models that come with Crosspike load from their libraries, and their parameters are checked at the door.

use std::collections::BTreeSet;
use std::sync::Arc;

use crosspike::device::{Cells, Columns, Device, DeviceError, Model, Models};
use crosspike::random::{Purpose, Stream};
use crosspike::scenario::ParameterValue as Value;

fn model(name: &str) -> Arc<Model> {
    let program = std::env::current_exe().unwrap();
    Models::standard(&[], &program).find(name).unwrap()
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

fn refusal(name: &str, values: &[(&str, Value)]) -> DeviceError {
    model(name).device(values).unwrap_err()
}

fn ideal() -> Device {
    model("ideal").device(&[("g_min", text("50 uS")), ("g_max", text("10 mS"))]).unwrap()
}

/// The state of 16 cells, aligned as the program aligns it.
#[repr(align(64))]
struct State<const LENGTH: usize>([f64; LENGTH]);

impl<const LENGTH: usize> State<LENGTH> {
    fn cells(&mut self) -> Cells<'_> {
        Cells { state: &mut self.0, stride: 16, count: 16, own: Columns::default() }
    }
}

#[test]
fn the_ideal_model_computes_through_its_library() {
    let (device, mut state) = (ideal(), State([0.0; 16]));
    let mut out = [0.0; 16];
    device.initial_state(state.cells(), &[1e-3; 16], &[]).unwrap();
    device.increment(state.cells(), &[2.5e-4; 16], &[]).unwrap();
    device.conductance(state.cells(), &mut out).unwrap();
    assert_eq!(out, [1.25e-3; 16]);
    device.current(state.cells(), &[2.0; 16], &mut out, None).unwrap();
    assert_eq!(out, [2.5e-3; 16]);
    device.increment(state.cells(), &[1.0; 16], &[]).unwrap();
    device.conductance(state.cells(), &mut out).unwrap();
    assert_eq!(out, [10e-3; 16]);
}

#[test]
fn nonlinear_and_switching_models_compute_through_their_libraries() {
    let alpha = 3.772_292_05_f64;
    let sinh = model("sinh");
    assert!(!sinh.is_linear());
    assert_eq!(sinh.reference_voltage(), 0.0);
    let values = [("g_min", text("44 uS")), ("g_max", text("1363 uS")), ("alpha", text("3.77229205 1/V"))];
    let device = sinh.device(&values).unwrap();
    let (mut state, mut out, mut slope) = (State([0.0; 48]), [0.0; 16], [0.0; 16]);
    device.initial_state(state.cells(), &[75e-6; 16], &[]).unwrap();
    device.increment(state.cells(), &[25e-6; 16], &[]).unwrap();
    device.current(state.cells(), &[0.5; 16], &mut out, Some(&mut slope)).unwrap();
    let expected = (1e-4 / alpha * (0.5 * alpha).sinh(), 1e-4 * (0.5 * alpha).cosh());
    assert!((out[15] / expected.0 - 1.0).abs() < 1e-14 && (slope[15] / expected.1 - 1.0).abs() < 1e-14);
    let fault = device.current(state.cells(), &[100.0; 16], &mut out, None).unwrap_err().to_string();
    let expected = "voltage 1e2 V is beyond the model: with alpha = 3.77229205e0 /V it allows 7.953e1 V";
    assert!(fault.contains(expected), "{fault}");

    let threshold = model("threshold");
    assert!(threshold.is_linear());
    let ends = [("g_min", text("1 uS")), ("g_max", text("100 uS"))];
    let volts = [("v_set", text("0.8 V")), ("v_reset", text("-500 mV"))];
    let device = threshold.device(&[&ends[..], &volts[..]].concat()).unwrap();
    device.initial_state(state.cells(), &[30e-6; 16], &[]).unwrap();
    for (voltage, expected) in [(0.75, 30e-6), (0.85, 100e-6), (-0.45, 100e-6), (-0.55, 1e-6)] {
        device.advance(state.cells(), &[voltage; 16], 1e-6, &[]).unwrap();
        device.conductance(state.cells(), &mut out).unwrap();
        assert_eq!(out, [expected; 16], "{voltage} V");
    }
}

#[test]
fn every_parameter_is_resolved_as_text() {
    let values = [("g_min", text("50 uS")), ("g_max", text("10 mS")), ("count", Value::Number(256.0))];
    let device = model("levels").device(&values).unwrap();
    let resolved: Vec<String> =
        device.resolved().iter().map(|(name, value)| format!("{name} = {value}")).collect();
    assert_eq!(
        resolved.join(", "),
        "g_min = 50 uS, g_max = 10 mS, count = 256, spacing = equal, states = not given, rounding = nearest"
    );
    assert!((device.dead_zone() - 9.95e-3 / 255.0 / 2.0).abs() < 1e-15);
}

#[test]
fn refused_parameters_are_named_with_what_was_expected() {
    let g_min = || ("g_min", text("50 uS"));
    let g_max = || ("g_max", text("10 mS"));
    let cases = [
        (
            refusal("ideal", &[g_min()]),
            "parameter `g_max` of device model `ideal`: is missing: largest conductance; expected 1 fS to 1 kS",
        ),
        (
            refusal("ideal", &[("gmin", text("1 uS"))]),
            "parameter `gmin` of device model `ideal`: there is no such parameter; did you mean `g_min`?; the model \
             has `g_min`, `g_max`",
        ),
        (
            refusal("ideal", &[g_min(), ("g_max", text("2 MS"))]),
            "parameter `g_max` of device model `ideal`: 2 MS is out of range; expected 1 fS to 1 kS",
        ),
        (
            refusal("levels", &[g_min(), g_max(), ("count", Value::Number(2.5))]),
            "parameter `count` of device model `levels`: 2.5 is not a whole number",
        ),
        (
            refusal("levels", &[("rounding", text("stochastik"))]),
            "parameter `rounding` of device model `levels`: `stochastik` is not a choice; did you mean \
             `stochastic`?; expected one of \"nearest\", \"stochastic\", \"accumulate\"",
        ),
    ];
    for (error, expected) in cases {
        assert_eq!(error.to_string(), expected);
        assert!(error.parameter().is_some());
    }
}

/// Asserts that the model itself refuses the values, with this reason.
fn refused_by(name: &str, values: &[(&str, Value)], parameter: &str, reason: &str) {
    let error = refusal(name, values);
    assert_eq!(error.parameter(), Some(parameter));
    let file = model(name).file().display().to_string();
    assert_eq!(error.to_string(), format!("device model `{name}` ({file}) refuses its parameters: {reason}"));
}

#[test]
fn values_that_do_not_fit_together_are_refused_by_the_model() {
    let values = [("g_min", text("1 mS")), ("g_max", text("1 uS"))];
    refused_by("ideal", &values, "g_max", "`g_max` (1e-6 S) must be larger than `g_min` (1e-3 S)");
}

#[test]
fn curvatures_that_do_not_make_a_table_are_refused() {
    let number = |name, value| (name, text(value));
    let list = |name, values: &[&str]| (name, Value::List(values.iter().map(|value| text(value)).collect()));
    let g = |values: &[&str]| list("table_g", values);
    let alpha = |values: &[&str]| list("table_alpha", values);
    for (values, parameter, expected) in [
        (vec![], "alpha", "`alpha` is missing; set it, or `table_g` and `table_alpha`"),
        (
            vec![number("alpha", "3 1/V"), g(&["1 uS", "1 mS"])],
            "alpha",
            "`alpha` is set beside a table of curvatures; leave one of them out",
        ),
        (
            vec![g(&["1 uS", "1 mS"]), alpha(&["4.6 1/V"])],
            "table_alpha",
            "`table_g` has length 2 and `table_alpha` 1; expected equal lengths",
        ),
        (
            vec![g(&["1 uS"]), alpha(&["4.6 1/V"])],
            "table_g",
            "`table_g` has 1 conductance; a table needs at least two",
        ),
        (
            vec![g(&["1 uS", "1 mS", "1 mS"]), alpha(&["4.6 1/V", "3 1/V", "1.2 1/V"])],
            "table_g",
            "`table_g` must ascend, but conductance 1 is 1e-3 S and the next 1e-3 S",
        ),
    ] {
        let ends = vec![number("g_min", "1 uS"), number("g_max", "1 mS")];
        refused_by("sinh", &[ends, values].concat(), parameter, expected);
    }
    let ends = [number("g_min", "1 mS"), number("g_max", "1 mS"), number("alpha", "3 1/V")];
    refused_by("sinh", &ends, "g_max", "`g_max` (1e-3 S) must be larger than `g_min` (1e-3 S)");
    assert_eq!(
        refusal("sinh", &[number("g_min", "0 S"), number("g_max", "1 mS"), number("alpha", "3")]).to_string(),
        "parameter `alpha` of device model `sinh`: a bare number has no unit; write \"3 1/V\""
    );
}

#[test]
fn rates_are_for_soft_switching_only() {
    let cell = |values: &[(&'static str, Value)]| {
        let ends = [("g_min", text("1 uS")), ("g_max", text("1 mS"))];
        let volts = [("v_set", text("1 V")), ("v_reset", text("-1 V"))];
        [&ends[..], &volts[..], values].concat()
    };
    let soft = || ("switching", text("soft"));
    let rate_set = || ("rate_set", text("1e6 1/s"));
    let rate_reset = ("rate_reset", text("2e6 1/s"));
    for (values, parameter, expected) in [
        (vec![soft()], "rate_set", "`rate_set` is missing; only switching `hard` does without it"),
        (
            vec![soft(), rate_set(), rate_reset, ("exponent_set", Value::Number(3.0))],
            "exponent_reset",
            "`exponent_reset` is missing; only switching `hard` does without it",
        ),
        (
            vec![rate_set()],
            "rate_set",
            "`rate_set` is only for switching `soft`; leave it out, or set `switching` to \"soft\"",
        ),
        (
            vec![("window", text("bounds"))],
            "window",
            "`window` is only for switching `soft`; leave it out, or set `switching` to \"soft\"",
        ),
    ] {
        refused_by("threshold", &cell(&values), parameter, expected);
    }
    let positive =
        cell(&[]).into_iter().filter(|value| value.0 != "v_reset").chain([("v_reset", text("1 V"))]);
    assert_eq!(
        refusal("threshold", &positive.collect::<Vec<_>>()).to_string(),
        "parameter `v_reset` of device model `threshold`: 1 V is out of range; expected -1 kV to -1 mV"
    );
}

/// Every kind of every model that lets some parameter vary.
fn varying_devices() -> Vec<(&'static str, Vec<(&'static str, Value)>)> {
    let ends = [("g_min", text("1 uS")), ("g_max", text("100 uS"))];
    let volts = [("v_set", text("0.8 V")), ("v_reset", text("-0.6 V"))];
    let number = Value::Number;
    let soft = [
        ("switching", text("soft")),
        ("rate_set", text("4e5 1/s")),
        ("rate_reset", text("2e5 1/s")),
        ("exponent_set", number(2.5)),
        ("exponent_reset", number(1.5)),
    ];
    let join = |parts: &[&[(&'static str, Value)]]| parts.concat();
    let mut devices = vec![
        ("ideal", ends.to_vec()),
        ("sinh", join(&[&ends, &[("alpha", text("3 1/V"))]])),
        ("threshold", join(&[&ends, &volts])),
        ("threshold", join(&[&ends, &volts, &soft])),
        ("threshold", join(&[&ends, &volts, &soft, &[("window", text("bounds"))]])),
    ];
    for spacing in ["equal", "geometric"] {
        for rounding in ["nearest", "stochastic", "accumulate"] {
            let words = [("count", number(37.0)), ("spacing", text(spacing)), ("rounding", text(rounding))];
            devices.push(("levels", join(&[&ends, &words])));
        }
    }
    let drift = [
        ("r_on", text("10 kohm")),
        ("r_off", text("1 Mohm")),
        ("thickness", text("10 nm")),
        ("mobility", text("1e-14 m2/(V s)")),
    ];
    let prodromakis = [("window", text("prodromakis")), ("p", number(2.0)), ("j", number(1.0))];
    let pulse = [("pulse", text("1 us"))];
    let steps = [("step_set", number(0.02)), ("step_reset", number(0.03)), ("noise", number(1.0))];
    let list = |values: &[&str]| Value::List(values.iter().map(|value| text(value)).collect());
    devices.extend([
        ("ion-drift", drift.to_vec()),
        ("ion-drift", join(&[&drift, &prodromakis])),
        (
            "vteam",
            vec![
                ("r_on", text("10 kohm")),
                ("r_off", text("1 Mohm")),
                ("width", text("3 nm")),
                ("k_on", text("-1e-3 m/s")),
                ("k_off", text("1e-3 m/s")),
                ("a_on", number(2.0)),
                ("a_off", number(1.5)),
                ("v_on", text("-0.6 V")),
                ("v_off", text("0.5 V")),
            ],
        ),
        (
            "yakopcic",
            vec![
                ("a1", text("100 uA")),
                ("a2", text("80 uA")),
                ("b", text("1 1/V")),
                ("rate_set", text("1e5 1/s")),
                ("rate_reset", text("2e5 1/s")),
                ("v_set", text("0.5 V")),
                ("v_reset", text("0.4 V")),
                ("x_set", number(0.3)),
                ("x_reset", number(0.4)),
                ("alpha_set", number(1.0)),
                ("alpha_reset", number(2.0)),
            ],
        ),
        (
            "stanford",
            vec![
                ("i0", text("61.4 uA")),
                ("g0", text("0.275 nm")),
                ("velocity", text("150 m/s")),
                ("e_g", text("1.1 V")),
                ("e_r", text("1.1 V")),
                ("gamma0", number(16.5)),
                ("gap_min", text("0.1 nm")),
                ("gap_max", text("1.7 nm")),
            ],
        ),
        (
            "jart",
            vec![
                ("n_min", text("8e23 1/m3")),
                ("n_max", text("2e27 1/m3")),
                ("l_disc", text("0.4 nm")),
                ("radius", text("45 nm")),
            ],
        ),
        (
            "messaris",
            vec![
                ("r_min", text("10 kohm")),
                ("r_max", text("1 Mohm")),
                ("rate_set", text("6 1/(ohm s)")),
                ("rate_reset", text("-0.1 1/(ohm s)")),
                ("t_set", text("-0.5 V")),
                ("t_reset", text("-0.6 V")),
                ("limit_set", text("5 kohm")),
                ("limit_reset", text("2 Mohm")),
                ("limit_set_slope", text("-1000 ohm/V")),
                ("limit_reset_slope", text("-2000 ohm/V")),
                ("a", number(0.32)),
                ("b", text("2.7 1/V")),
            ],
        ),
        ("ucsb", volts.to_vec()),
        (
            "ladder",
            join(&[
                &ends,
                &volts,
                &pulse,
                &[
                    ("pulses_set", number(50.0)),
                    ("pulses_reset", number(60.0)),
                    ("shape_set", number(0.5)),
                    ("shape_reset", number(0.4)),
                    ("sigma", number(0.05)),
                ],
            ]),
        ),
        ("soft-bounds", join(&[&ends, &volts, &pulse, &steps])),
        (
            "pcm",
            join(&[
                &volts,
                &pulse,
                &[
                    ("g_max", text("20 uS")),
                    ("nu", number(0.04)),
                    ("nu_deviation", number(0.01)),
                    ("t0", text("30 s")),
                    ("read_noise", number(1.0)),
                ],
            ]),
        ),
        (
            "ferro",
            join(&[
                &ends,
                &volts,
                &[
                    ("rate_set", text("1e5 1/s")),
                    ("rate_reset", text("2e5 1/s")),
                    ("exponent_set", number(2.0)),
                    ("exponent_reset", number(1.5)),
                    ("window_set", number(0.9)),
                    ("window_reset", number(1.8)),
                ],
            ]),
        ),
        (
            "binary",
            join(&[
                &volts,
                &pulse,
                &[
                    ("count", number(64.0)),
                    ("g_off", text("0.1 uS")),
                    ("g_on", text("1.5 uS")),
                    ("p_set", number(0.6)),
                    ("p_reset", number(0.5)),
                ],
            ]),
        ),
        (
            "leti",
            join(&[
                &ends,
                &[("v_set", text("2.4 V")), ("v_reset", text("-1.8 V"))],
                &pulse,
                &[
                    ("levels", number(40.0)),
                    ("read_noise", number(1.0)),
                    ("set_step", number(0.4)),
                    ("reset_step", number(0.4)),
                ],
            ]),
        ),
        (
            "table",
            join(&[
                &ends,
                &volts,
                &[
                    ("set_g", list(&["1 uS", "100 uS"])),
                    ("set_change", list(&["3 uS", "1 uS"])),
                    ("reset_g", list(&["1 uS", "100 uS"])),
                    ("reset_change", list(&["-1 uS", "-4 uS"])),
                ],
            ]),
        ),
    ]);
    devices
}

/// Everything that cells do, in bits: state, conductance, current, slope and read noise after a start, an increment, a pulse
/// and a long rest. Each cell has a target, a change and a voltage of its own.
fn history(device: &Device, own: Columns<'_>) -> Vec<[u64; 16]> {
    let each = |seed: u64| -> [f64; 16] {
        let stream = Stream::new(seed, Purpose::Order, 0);
        std::array::from_fn(|cell| stream.uniform(cell as u32, 0))
    };
    let mut state = State([0.0; 1024]);
    let mut bits = Vec::new();
    let mut note = |state: &mut State<1024>| {
        let [mut g, mut current, mut slope, mut noise] = [[0.0; 16]; 4];
        device.conductance(state.cells().with(own), &mut g).unwrap();
        device
            .current(state.cells().with(own), &each(5).map(|u| u - 0.5), &mut current, Some(&mut slope))
            .unwrap();
        device.read_noise(state.cells().with(own), &each(5), &mut noise).unwrap();
        let variables =
            state.0.chunks_exact(16).map(|values| std::array::from_fn(|cell| values[cell].to_bits()));
        bits.extend(variables.take(device.state_count()));
        bits.extend([g, current, slope, noise].map(|values| values.map(f64::to_bits)));
    };
    let uniform: Vec<f64> = (0..64).flat_map(|draw| each(100 + draw)).collect();
    device.initial_state(state.cells().with(own), &each(1).map(|u| 200e-6 * u - 50e-6), &uniform).unwrap();
    note(&mut state);
    device.increment(state.cells().with(own), &each(2).map(|u| 60e-6 * (u - 0.5)), &uniform).unwrap();
    note(&mut state);
    // Around the thresholds of the devices that have some, of either sign.
    let parts = each(3);
    // Resets of the measured device reach these conductances from 1.5 V on.
    let scale = if device.model().name() == "leti" { 3.0 } else { 1.0 };
    let volts: [f64; 16] =
        std::array::from_fn(|cell| scale * (0.6 + 0.8 * parts[cell]) * [0.8, -0.6][cell % 2]);
    device.advance(state.cells().with(own), &volts, 1e-6, &uniform).unwrap();
    note(&mut state);
    device.advance(state.cells().with(own), &[0.0; 16], 1e4, &uniform).unwrap();
    note(&mut state);
    bits
}

#[test]
fn cells_with_parameters_of_their_own_are_those_of_devices_made_with_them() {
    let program = std::env::current_exe().unwrap();
    let mut left: BTreeSet<(String, String)> = BTreeSet::new();
    for model in Models::standard(&[], &program).list() {
        let model = model.unwrap();
        let free = model.parameters().iter().filter(|parameter| parameter.varies);
        left.extend(free.map(|parameter| (model.name().into(), parameter.name.clone())));
    }
    for (name, values) in varying_devices() {
        let model = model(name);
        let common = model.device(&values).unwrap();
        let free: Vec<usize> = (0..values.len()).filter(|&k| common.varying(values[k].0).is_ok()).collect();
        // Each alone, then all together.
        for varied in free.iter().map(std::slice::from_ref).chain([&free[..]]) {
            let places: Vec<usize> =
                varied.iter().map(|&k| common.varying(values[k].0).unwrap().index).collect();
            let mut columns = State([0.0; 1024]);
            let stream = Stream::new(9, Purpose::Order, 0);
            let mut alone = Vec::new();
            for cell in 0..16 {
                let mut own = values.clone();
                for (column, &k) in varied.iter().enumerate() {
                    let mean = common.varying(own[k].0).unwrap().value;
                    let value = mean * (0.6 + 0.8 * stream.uniform(cell as u32, k as u64));
                    let unit = &model.parameters()[places[column]].unit;
                    own[k].1 =
                        if unit == "1" { Value::Number(value) } else { text(&format!("{value:e} {unit}")) };
                    let device = model.device(&own).unwrap();
                    columns.0[column * 16 + cell] = device.varying(own[k].0).unwrap().value;
                }
                alone.push(history(&model.device(&own).unwrap(), Columns::default()));
            }
            let together = history(&common, Columns { parameters: &places, values: &columns.0, stride: 16 });
            for cell in 0..16 {
                let of_cell =
                    |bits: &[[u64; 16]]| bits.iter().map(|values| values[cell]).collect::<Vec<u64>>();
                assert_eq!(
                    of_cell(&together),
                    of_cell(&alone[cell]),
                    "cell {cell} of {name}, {varied:?} of {values:?}"
                );
            }
            let changed = together != history(&common, Columns::default());
            assert!(changed, "{varied:?} of {name} change nothing");
        }
        for &k in &free {
            left.remove(&(name.into(), values[k].0.into()));
        }
    }
    assert!(left.is_empty(), "parameters that vary and are not tested: {left:?}");
}
