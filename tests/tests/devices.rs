//! The models that come with Crosspike load from their libraries, and their parameters are checked at the door.

use std::sync::Arc;

use crosspike::device::{Cells, Device, DeviceError, Model, Models};
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

#[repr(align(64))]
struct State([f64; 16]);

impl State {
    fn cells(&mut self) -> Cells<'_> {
        Cells { state: &mut self.0, stride: 16, count: 16 }
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

#[test]
fn values_that_do_not_fit_together_are_refused_by_the_model() {
    let error = refusal("ideal", &[("g_min", text("1 mS")), ("g_max", text("1 uS"))]);
    assert_eq!(error.parameter(), Some("g_max"));
    let file = model("ideal").file().display().to_string();
    assert_eq!(
        error.to_string(),
        format!(
            "device model `ideal` ({file}) refuses its parameters: `g_max` (1e-6 S) must be larger than `g_min` \
             (1e-3 S)"
        )
    );
}
