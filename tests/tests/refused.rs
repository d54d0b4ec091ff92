//! Each scenario in `tests/refused` is wrong in one way; beside it stands the exact message that its author sees.
//!
//! A line `// --set path=value` in a scenario is an override. After a change of a message, run with
//! `CROSSPIKE_WRITE_EXPECTED=1` and read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use crosspike::scenario::{Override, Scenario};
use miette::{GraphicalReportHandler, GraphicalTheme};

const ACCEPTED: &str = "accepted\n";

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("refused");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "ron")).collect();
    files.sort();
    files
}

/// What is seen of the refusal of a file.
fn message(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let set = text.lines().filter_map(|line| line.strip_prefix("// --set "));
    let overrides: Vec<Override> = set.map(|set| Override::parse(set).unwrap()).collect();
    let name = path.file_name().unwrap().to_str().unwrap();
    let Err(errors) = Scenario::parse(name, &text, &overrides) else { return ACCEPTED.to_owned() };
    let mut message = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    handler.render_report(&mut message, &errors).unwrap();
    let lines: Vec<&str> = message.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn every_refusal_has_its_exact_message() {
    let mut wrong = Vec::new();
    for path in scenarios() {
        let (found, file) = (message(&path), path.with_extension("txt"));
        if std::env::var_os("CROSSPIKE_WRITE_EXPECTED").is_some() {
            fs::write(&file, &found).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{}\nexpected:\n{expected}\nfound:\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The drawing of a caret beyond column 65535 once ended the program.
#[test]
fn an_error_far_along_a_line_is_told_by_its_place() {
    let synapses = "(source: 0, target: 0, weight: \"1 mV\"), ".repeat(2500);
    let text = format!(
        "Scenario(populations: {{ \"n\": Lif(count: 1, capacitance: \"1 nF\", leak: \"1 ms\", threshold: \"1 V\") }},
        projections: {{ \"s\": (source: \"n\", target: \"n\", delay: \"1 ms\", weights: List([{synapses}(source: 9, target: 0, weight: \"1 mV\")])) }},
        schedule: [Run(duration: \"1 ms\")])"
    );
    let errors = Scenario::parse("long.ron", &text, &[]).unwrap_err();
    let drawn = format!("{:?}", miette::Report::new(errors)).replace("\n  │ ", " ");
    let line = text.lines().nth(1).unwrap();
    let column = line.find("source: 9").unwrap() + "source: ".len() + 1;
    assert!(
        column > 65_535 && drawn.contains(&format!("line 2, column {column}: there is no neuron 9")),
        "{drawn}"
    );
}

#[test]
fn an_error_beside_a_long_line_is_told_by_its_place() {
    let times: String = (0..2000).map(|k| format!("\"{k} ms\", ")).collect();
    let text = format!(
        "Scenario(populations: {{ \"a\": Trains(times: [[{times}]]),\n\"n\": Lif(count: 0, capacitance: \"1 nF\", leak: \"1 ms\", \
         threshold: \"1 V\") }},\nschedule: [Run(duration: \"1 ms\")])"
    );
    let drawn = format!("{:?}", miette::Report::new(Scenario::parse("long.ron", &text, &[]).unwrap_err()));
    assert!(drawn.contains("line 2, column") && drawn.len() < 5000, "{} characters", drawn.len());
}

#[test]
fn no_scenario_here_is_accepted() {
    let files = scenarios();
    assert!(files.len() >= 30, "only {} files", files.len());
    for path in files {
        assert_ne!(message(&path), ACCEPTED, "{}", path.display());
    }
}
