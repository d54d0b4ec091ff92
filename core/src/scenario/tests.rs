//! What a scenario means, how values are set from outside, and where each value comes from.

use proptest::prelude::*;

use super::*;
use crate::units::{Span, Voltage};

const VALID: &str = r#"// A comment that survives.
Scenario(
    seed: 2025,
    dataset: Digits(),
    populations: {
        "pixels": Encoder(Poisson(rate: "60 Hz")),
        "output": Lif(
            count: 3, // neurons
            capacitance: "1 nF",
            leak: "100 ms",
            threshold: "200 mV",
            refractory: ["5 ms", "6 ms", "7 ms"],
            adaptation: (increment: "5 mV", decay: Time("10 s")),
        ),
    },
    projections: {
        "input": (
            source: "pixels",
            target: "output",
            crossbar: (
                device: ("levels", { "g_min": "50 uS", "count": 256, "rounding": "nearest" }),
                initial: Uniform("50 uS", "200 uS"),
                read: (voltage: "100 mV", width: "1 us"),
            ),
            plasticity: Window(potentiation: "50 uS", depression: "40 uS", window: "10 ms"),
        ),
        "lateral": (source: "output", target: "output", delay: "1 ms", weights: AllToAll(weight: Normal("-1 mV", "0 V"))),
    },
    schedule: [Train(images: 100, present: "350 ms", label: true), Test(images: 30, present: "200 ms")],
    readout: (population: "output"),
)
"#;

fn parse(overrides: &[&str]) -> Result<Parsed, ScenarioErrors> {
    let overrides: Vec<Override> = overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
    Scenario::parse("digits.ron", VALID, &overrides)
}

fn lif(parsed: &Parsed) -> &Lif {
    match parsed.scenario.populations.get("output") {
        Some(Population::Lif(lif)) => lif,
        other => panic!("{other:?}"),
    }
}

/// The messages of a refusal with their places and what the caret points at.
fn refusal(text: &str, overrides: &[&str]) -> Vec<String> {
    let overrides: Vec<Override> = overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
    let errors = Scenario::parse("digits.ron", text, &overrides).unwrap_err().errors;
    errors.iter().map(|error| format!("{:?} {error}", error.place())).collect()
}

#[test]
fn values_have_their_units_and_defaults() {
    let parsed = parse(&[]).unwrap();
    let output = lif(&parsed);
    assert_eq!((output.leak, output.rest), (Span::new(0.1), Voltage::new(0.0)));
    assert_eq!(output.refractory.of(2), Span::new(7e-3));
    assert_eq!(parsed.scenario.populations.index_of("output"), Some(1));
    let crossbar = parsed.scenario.projections[0].crossbar.as_ref().unwrap();
    assert_eq!(crossbar.tile, (256, 256));
    assert_eq!(crossbar.device.1.get("count"), Some(&ParameterValue::Number(256.0)));
    assert_eq!(crossbar.device.1.get("g_min"), Some(&ParameterValue::Text("50 uS".into())));
    let Some(Weights::AllToAll { weight, .. }) = &parsed.scenario.projections[1].weights else { panic!() };
    assert_eq!(*weight, WeightLaw::Normal(Voltage::new(-1e-3), Voltage::new(0.0)));
}

#[test]
fn a_mark_of_byte_order_is_passed_over() {
    let marked = Scenario::parse("test.ron", &format!("\u{feff}{VALID}"), &[]).unwrap();
    assert_eq!(marked.text(), VALID);
}

#[test]
fn an_override_replaces_a_value_and_keeps_comments() {
    let parsed = parse(&["populations.output.leak=\"80 ms\"", "seed=7"]).unwrap();
    assert_eq!((lif(&parsed).leak, parsed.scenario.seed), (Span::new(0.08), 7));
    assert!(parsed.text().starts_with("// A comment that survives."));
    assert!(parsed.text().contains("leak: \"80 ms\","));
}

#[test]
fn a_bare_text_is_quoted_where_only_that_fits() {
    let set = ["populations.output.leak=80 ms", "projections.input.crossbar.device.rounding=stochastic"];
    let parsed = parse(&set).unwrap();
    assert_eq!(lif(&parsed).leak, Span::new(0.08));
    assert!(parsed.text().contains("\"rounding\": \"stochastic\""));
    let parsed = parse(&["schedule[0].between=Continue"]).unwrap();
    assert!(parsed.text().contains("between: Continue"));
}

#[test]
fn a_missing_field_is_added_with_the_structs_around_it() {
    let set =
        ["seeds.order=5", "projections.input.crossbar.device.g_max=1 mS", "populations.output.rest=-1 mV"];
    let parsed = parse(&set).unwrap();
    assert_eq!(parsed.scenario.seeds.order, Some(5));
    assert_eq!(lif(&parsed).rest, Voltage::new(-1e-3));
    let crossbar = parsed.scenario.projections[0].crossbar.as_ref().unwrap();
    assert_eq!(crossbar.device.1.get("g_max"), Some(&ParameterValue::Text("1 mS".into())));
}

#[test]
fn one_override_changes_one_value_only() {
    assert_eq!(
        refusal(VALID, &["populations.output.count=4, leak: \"1 ms\""]),
        ["(8, 20) `\"4, leak: \\\"1 ms\\\"\"` is not a whole number"]
    );
}

#[test]
fn paths_that_lead_nowhere_are_refused_where_they_leave_the_text() {
    let help = |set: &str| {
        let error = parse(&[set]).unwrap_err().errors.remove(0);
        (error.to_string(), error.help_text().map(str::to_owned))
    };
    assert_eq!(
        help("populations.outptu.leak=1 ms"),
        (
            "--set populations.outptu.leak: `populations` has no entry `outptu`".into(),
            Some("did you mean `output`?".into())
        )
    );
    assert_eq!(
        help("populations.output.leek=1 ms"),
        (
            "--set populations.output.leek: `populations.output` has no field `leek`".into(),
            Some("did you mean `leak`?".into())
        )
    );
    assert_eq!(help("schedule[7].images=1").0, "--set schedule[7].images: `schedule` has no part `[7]`");
    assert_eq!(help("seed.low=1").0, "--set seed.low: `seed` has no part `low`");
}

#[test]
fn a_text_without_path_or_value_is_no_override() {
    for text in ["", "leak", "=1", "leak="] {
        assert_eq!(
            Override::parse(text).unwrap_err().to_string(),
            format!("`{text}` is not path=value; write for example populations.output.leak=\"80 ms\"")
        );
    }
}

#[test]
fn carets_stay_right_after_an_override_on_the_same_line() {
    let text = VALID.replace("images: 30", "images: 0");
    let set = ["schedule[0].images=123456", "schedule[0].epochs=2"];
    let line = 1 + VALID.lines().position(|line| line.contains("Test(")).unwrap();
    let changed =
        "    schedule: [Train(images: 123456, present: \"350 ms\", label: true, epochs: 2), Test(images: ";
    let place = (line, changed.chars().count() + 1);
    assert_eq!(refusal(&text, &set), [format!("{place:?} images is 0, but must be 1 or greater")]);
}

#[test]
fn all_faults_of_meaning_are_found_at_once() {
    let text =
        VALID.replace("leak: \"100 ms\"", "leak: \"0 s\"").replace("source: \"pixels\"", "source: \"pixel\"");
    assert_eq!(
        refusal(&text, &[]),
        ["(10, 19) leak is 0 s, but must be greater than zero", "(18, 21) there is no population `pixel`"]
    );
}

#[test]
fn later_stages_point_at_values_or_at_what_is_around_them() {
    let parsed = parse(&[]).unwrap();
    let place = |path: &str| parsed.error_at(path, "wrong", None).place();
    let at = |text: &str| {
        let before = &VALID[..VALID.find(text).unwrap()];
        (before.lines().count(), before.lines().next_back().unwrap().len() + 1)
    };
    assert_eq!(place("projections.input.crossbar.device.count"), at("256"));
    assert_eq!(place("projections.input.crossbar.device.g_max"), at("device:"));
    assert_eq!(place("nowhere.at.all"), (2, 1));
}

#[test]
fn an_explanation_shows_every_value_and_its_origin() {
    let text = parse(&["populations.output.count=3", "seeds.order=5"]).unwrap().explain(&[]);
    let line = |start: &str| {
        let found = text.lines().find(|line| line.starts_with(&format!("{start} = ")));
        found.unwrap_or_else(|| panic!("{start} in\n{text}")).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("seed"), "seed = 2025 # given");
    assert_eq!(line("seeds.order"), "seeds.order = 5 # --set");
    assert_eq!(line("seeds.device"), "seeds.device = none # default");
    assert_eq!(line("dataset"), "dataset = Digits # given");
    assert_eq!(line("dataset.prepare.gain"), "dataset.prepare.gain = 1 # default");
    assert_eq!(line("populations.pixels"), "populations.pixels = Encoder(Poisson) # given");
    assert_eq!(line("populations.pixels.rate"), "populations.pixels.rate = \"60 Hz\" # given");
    assert_eq!(line("populations.output.count"), "populations.output.count = 3 # --set");
    assert_eq!(line("populations.output.rest"), "populations.output.rest = \"0 V\" # default");
    assert_eq!(
        line("populations.output.refractory"),
        "populations.output.refractory = [\"5 ms\", \"6 ms\", \"7 ms\"] # given"
    );
    assert_eq!(
        line("populations.output.adaptation.decay"),
        "populations.output.adaptation.decay = Time(\"10 s\") # given"
    );
    assert_eq!(
        line("projections.input.crossbar.tile"),
        "projections.input.crossbar.tile = (256, 256) # default"
    );
    assert_eq!(
        line("projections.input.crossbar.device"),
        "projections.input.crossbar.device = \"levels\" # given"
    );
    assert_eq!(
        line("projections.input.crossbar.device.count"),
        "projections.input.crossbar.device.count = 256 # given"
    );
    assert_eq!(line("schedule[0].between"), "schedule[0].between = Reset # default");
    assert_eq!(line("record.images"), "record.images = true # default");
}

#[test]
fn every_path_of_an_explanation_can_be_set() {
    let parsed = parse(&[]).unwrap();
    let paths = leaves::leaves(&parsed.scenario);
    for (path, value) in &paths {
        let has_parts = paths.iter().any(|(other, _)| other.starts_with(&format!("{path}.")));
        if has_parts || value == "none" || value == "{}" {
            continue;
        }
        let again = Scenario::parse("digits.ron", VALID, &[Override::new(path.clone(), value.clone())]);
        if let Err(errors) = again {
            panic!("{path} = {value}: {:?}", errors.errors);
        }
    }
}

#[test]
fn depth_and_length_have_no_power_over_the_parser() {
    for text in ["(".repeat(100_000), "a(".repeat(100_000), "[{(a:".repeat(50_000), "/*".repeat(100_000)] {
        assert!(Scenario::parse("deep.ron", &text, &[]).is_err());
        assert!(Scenario::parse("digits.ron", VALID, &[Override::new("seed", text)]).is_err());
    }
    let windows = VALID.replace('\n', "\r\n");
    assert!(Scenario::parse("digits.ron", &windows, &[]).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_mutated_scenario_never_panics(
        at in 0..VALID.len(),
        removed in 0_usize..12,
        added in "[(){}\\[\\]:,\"'/*#r\\\\0-9.eµa-z -]{0,6}",
    ) {
        let mut text = VALID.to_owned();
        text.replace_range(at..(at + removed).min(VALID.len()), &added);
        if let Err(errors) = Scenario::parse("digits.ron", &text, &[]) {
            prop_assert!(!errors.errors.is_empty());
            errors.errors.iter().for_each(|error| { error.place(); });
        }
    }

    #[test]
    fn random_text_never_panics(text in "\\PC{0,60}|[(){}\\[\\]:,\"'/*#r\\\\ \n-]{0,60}") {
        let _ = Scenario::parse("noise.ron", &text, &[Override::new("a.b[0]", text.clone())]);
    }

    #[test]
    fn random_overrides_never_panic(path in "[a-z.\\[\\]0-9]{0,30}", value in "\\PC{0,20}") {
        let _ = Scenario::parse("digits.ron", VALID, &[Override::new(path, value.clone())]);
        let _ = Scenario::parse("digits.ron", VALID, &[Override::new("populations.output", value.clone())]);
        let _ = Scenario::parse("digits.ron", VALID, &[Override::new("schedule[0].images", value)]);
    }
}

const DEVICE: &str = r#"("levels", { "g_min": "50 uS", "count": 256, "rounding": "nearest" })"#;

/// A device file with its source, as `files` of a test gives it.
const DEVICE_FILE: &str = r#"// A. Author, "A device", table 1.
("levels", { "g_min": "40 uS", "count": 128 }) // of this array
"#;

/// The text with a device file in the place of its device.
fn with_device(name: &str) -> String {
    VALID.replace(DEVICE, &format!("{name:?}"))
}

fn files(name: &str) -> Result<String, String> {
    match name {
        "hfo2.ron" => Ok(DEVICE_FILE.into()),
        "two.ron" => Ok(format!("{DEVICE_FILE}\n({DEVICE_FILE}, 1)")),
        "empty.ron" => Ok("// nothing".into()),
        "wrong.ron" => Ok("(\"levels\", { \"count\": 128 \"g_min\": 1 })".into()),
        _ => Err("no such file in: devices".into()),
    }
}

fn refusal_of_device(name: &str) -> String {
    let errors = Scenario::parse_with("digits.ron", &with_device(name), &[], &files).unwrap_err().errors;
    format!("{:?} {}", errors[0].place(), errors[0])
}

#[test]
fn a_device_file_stands_for_its_device() {
    let overrides = [Override::parse("projections.input.crossbar.device.g_min=30 uS").unwrap()];
    let parsed = Scenario::parse_with("digits.ron", &with_device("hfo2.ron"), &overrides, &files).unwrap();
    let crossbar = parsed.scenario.projections.get("input").unwrap().crossbar.as_ref().unwrap();
    assert_eq!(crossbar.device.0, "levels");
    assert_eq!(crossbar.device.1.get("count"), Some(&ParameterValue::Number(128.0)));
    assert_eq!(crossbar.device.1.get("g_min"), Some(&ParameterValue::Text("30 uS".into())));
    let path = |name: &str| format!("projections.input.crossbar.device.{name}");
    assert_eq!(parsed.origin(&path("count")), Origin::File("hfo2.ron".into()));
    assert_eq!(parsed.origin(&path("g_min")), Origin::Set(path("g_min")));
    assert!(parsed.text().contains("A. Author"), "the source of the parameters is recorded with them");
    // The text that is recorded needs no other file.
    assert!(Scenario::parse("digits.ron", parsed.text(), &[]).is_ok());
}

#[test]
fn an_override_may_name_a_device_file() {
    let overrides = [Override::parse("projections.input.crossbar.device=\"hfo2.ron\"").unwrap()];
    let parsed = Scenario::parse_with("digits.ron", VALID, &overrides, &files).unwrap();
    let device = &parsed.scenario.projections.get("input").unwrap().crossbar.as_ref().unwrap().device;
    assert_eq!(device.1.get("count"), Some(&ParameterValue::Number(128.0)));
}

#[test]
fn what_is_wrong_with_a_device_file_is_said() {
    assert_eq!(refusal_of_device("hf.ron"), "(21, 25) the device file \"hf.ron\": no such file in: devices");
    assert_eq!(refusal_of_device("empty.ron"), "(21, 25) the device file \"empty.ron\" holds no device");
    assert_eq!(
        refusal_of_device("two.ron"),
        "(21, 25) the device file \"two.ron\" goes on behind its device: `(// A. Author, \"A device\", table 1.`"
    );
    assert_eq!(refusal_of_device("wrong.ron"), "(21, 51) a comma is missing before `\"`");
    let errors = Scenario::parse("digits.ron", &with_device("hfo2.ron"), &[]).unwrap_err().errors;
    assert_eq!(errors[0].to_string(), "the device file \"hfo2.ron\": there is no folder to read it from");
    assert_eq!(
        errors[0].help_text(),
        Some(
            "write (\"model\", { \"parameter\": value, ... }), or the name of a device file that holds this"
        )
    );
}
