//! Cells of volatile models age by the time that passes: at the ends of phases, at intervals, and while a run waits.

use crosspike::recorder::{Recorder, Trace, TraceData};
use crosspike::simulation::{Options, Simulation};
use crosspike_tests::plugin::Plugin;
use crosspike_tests::{options, parse, simulation};

fn scenario(retention: &str, schedule: &str) -> String {
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [["1 ms"], ["1 ms"], ["1 ms"]]),
                "n": Lif(count: 2, capacitance: "1 F", leak: "1 s", threshold: "1 MV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                device: ("tin", {{}}), initial: Constant("0.5 S"), read: (voltage: "0.2 V", width: "1 ms"), {retention}
            )) }},
            schedule: [{schedule}],
            record: (conductance: {{ "s": () }}),
        )"#
    )
}

fn start(plugin: &Plugin, text: &str) -> Simulation {
    simulation(&parse(text, &[]), &Options { models: plugin.models(), ..options(1, &[]) })
}

fn trace(mut simulation: Simulation) -> TraceData {
    let mut trace = Trace::new(simulation.layout());
    simulation.run(&mut trace).unwrap();
    trace.data()
}

/// Times in seconds and the conductance of a cell that is neither the first nor the last, from the start on.
fn course(trace: &TraceData) -> Vec<(f64, f64)> {
    trace.key_frames[0].iter().map(|frame| (frame.tick as f64 * 1e-12, frame.values[3])).collect()
}

/// After so many seconds of network time and of waiting.
fn expected(seconds: f64) -> f64 {
    0.25 + 0.25 * (-seconds).exp()
}

fn assert_course(found: &[(f64, f64)], expected: &[(f64, f64)]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found.0 - expected.0).abs() < 1e-9 && (found.1 - expected.1).abs() < 1e-14,
            "{found:?} {expected:?}"
        );
    }
}

#[test]
fn cells_age_at_the_ends_of_phases_and_while_a_run_waits() {
    let Some(plugin) = Plugin::build("leaking") else { return };
    let schedule =
        "Run(duration: \"2 s\"), Wait(duration: \"3 s\"), Run(duration: \"0.5 s\", learning: false)";
    let found = course(&trace(start(&plugin, &scenario("retention: AtPhaseEnds", schedule))));
    let wanted = [(0.0, 0.0), (2.0, 2.0), (2.0, 5.0), (2.5, 5.5)];
    assert_course(&found, &wanted.map(|(clock, age)| (clock, expected(age))));
}

#[test]
fn cells_age_at_intervals_while_something_learns() {
    let Some(plugin) = Plugin::build("leaking") else { return };
    // The intervals are those of the clock: 0.7 s and 1.4 s lie in the first phase, 2.1 s in one that does not learn.
    let schedule = "Run(duration: \"1.5 s\"), Run(duration: \"1 s\", learning: false)";
    let found = course(&trace(start(&plugin, &scenario("retention: Every(\"0.7 s\")", schedule))));
    assert_course(&found, &[0.0, 0.7, 1.4, 1.5, 2.5].map(|clock| (clock, expected(clock))));
    // Where an interval ends with the phase, there is one frame.
    let found = course(&trace(start(&plugin, &scenario("retention: Every(\"0.75 s\")", schedule))));
    assert_course(&found, &[0.0, 0.75, 1.5, 2.5].map(|clock| (clock, expected(clock))));
}

#[test]
fn without_retention_time_changes_nothing() {
    let Some(plugin) = Plugin::build("leaking") else { return };
    let schedule = "Run(duration: \"2 s\"), Wait(duration: \"1 Ms\")";
    let found = course(&trace(start(&plugin, &scenario("retention: Off", schedule))));
    assert_course(&found, &[(0.0, 0.5), (2.0, 0.5), (2.0, 0.5)]);
}

#[test]
fn a_volatile_model_needs_a_word_about_its_retention() {
    let Some(plugin) = Plugin::build("leaking") else { return };
    let parsed = parse(&scenario("", "Run(duration: \"1 s\")"), &[]);
    let error =
        Simulation::new(&parsed, &Options { models: plugin.models(), ..options(1, &[]) }).unwrap_err();
    let text = format!("{:?}", miette::Report::new(error.report())).replace("\n  │ ", " ");
    assert!(text.contains("the state of `tin` changes by itself, and `retention` is not given"), "{text}");
    assert!(text.contains("write `retention: AtPhaseEnds`"), "{text}");
}

#[test]
fn a_run_that_is_resumed_ages_by_the_same_bits() {
    let Some(plugin) = Plugin::build("leaking") else { return };
    let schedule = "Run(duration: \"0.3 s\"), Wait(duration: \"1 s\"), Run(duration: \"0.2 s\")";
    let text = scenario("retention: Every(\"70 ms\")", schedule);
    let whole = trace(start(&plugin, &text));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let mut steps = 0;
    loop {
        steps += 1;
        let mut first = start(&plugin, &text);
        let mut before = Trace::new(first.layout());
        let goes_on = (0..steps).all(|_| first.step(&mut before).unwrap());
        if !goes_on {
            break;
        }
        first.write_checkpoint(&file, &before.flush().unwrap()).unwrap();
        let mut second = start(&plugin, &text);
        second.resume(&file).unwrap();
        let mut rest = Trace::new(second.layout());
        second.run(&mut rest).unwrap();
        let joined: Vec<_> = [before.data(), rest.data()].iter().flat_map(course).collect();
        assert_eq!(joined, course(&whole), "resumed after step {steps}");
    }
    assert!(steps > 12, "{steps} steps");
}
