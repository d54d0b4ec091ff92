//! A study is run at all its points, in parts, after a kill, and with points that fail.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crosspike_tests::write_small_mnist;

use crate::support::Bench;

/// Two levels of potentiation and a rate of the inputs, each with three seeds; a hundred images are over in a moment.
const STUDY: &str = r#"Study(
    question: "What do steps and rates do?",
    scenario: "learn.ron",
    set: ["schedule[0].images=60", "schedule[1].images=60", "schedule[2].images=40"],
    seeds: First(3),
    axes: [
        List(name: "step", path: "projections.synapses.plasticity.potentiation", values: ["1 uS", "2 uS"]),
        Range(name: "rate", path: "populations.pixels.rate", from: 40, to: 80, count: 2, unit: "Hz"),
    ],
    measures: { "accuracy": Accuracy(2), "spikes": OutputSpikes(0) },
    figures: [(name: "steps", x: "step", y: "accuracy", by: "rate")],
    references: [
        (at: ["1 uS", "80 Hz"], measure: "spikes", mean: 0.5, deviation: 0.2, runs: 4, tolerance: 0.1, source: "nobody"),
    ],
)"#;

/// A study of the digits in a folder of its own.
fn bench() -> Bench {
    let bench = Bench::new();
    let digits = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/digits.ron");
    let scenario = fs::read_to_string(digits).unwrap().replace("epochs: 10", "epochs: 1");
    fs::write(bench.path("learn.ron"), scenario).unwrap();
    fs::write(bench.path("study.ron"), STUDY).unwrap();
    bench
}

/// The files of a summary with their bytes.
fn summary(bench: &Bench, folder: &str) -> Vec<(String, Vec<u8>)> {
    ["points.csv", "means.csv", "references.csv", "summary.h5", "steps.svg", "steps.png"]
        .map(|name| (name.to_owned(), fs::read(bench.path(folder).join(name)).unwrap()))
        .to_vec()
}

#[test]
fn shards_and_a_kill_end_with_the_bytes_of_one_run() {
    let bench = bench();
    let said = bench.ok(&["sweep", "study.ron"]).stdout;
    assert!(said.contains("step 1 uS, rate 40 Hz: accuracy 0."), "{said}");
    assert!(said.contains("12 runs, "), "{said}");
    let whole = summary(&bench, "study.sweep");

    // The same points one by one, by hand.
    let csv = String::from_utf8(whole[0].1.clone()).unwrap();
    let line = csv.lines().nth(8).unwrap();
    assert!(line.starts_with("2 uS,40 Hz,2,"), "{line}");
    let set = [
        "--set",
        "schedule[0].images=60",
        "--set",
        "schedule[1].images=60",
        "--set",
        "schedule[2].images=40",
        "--set",
        "projections.synapses.plasticity.potentiation=2 uS",
        "--set",
        "populations.pixels.rate=40 Hz",
        "--seed",
        "2",
        "-q",
    ];
    bench.ok(&[&["run", "learn.ron"][..], &set].concat());
    let run = hdf5::File::open(bench.path("learn.h5")).unwrap();
    let accuracy = run.dataset("phases/accuracy").unwrap().read_raw::<f64>().unwrap()[2];
    assert_eq!(line.split(',').nth(3).unwrap().parse::<f64>().unwrap(), accuracy);
    let summary_file = hdf5::File::open(bench.path("study.sweep/summary.h5")).unwrap();
    assert_eq!(summary_file.dataset("measures/accuracy").unwrap().read_raw::<f64>().unwrap()[7], accuracy);

    // Three runs beside four published ones: 2.5 standard errors are more than the tolerance.
    let spikes: Vec<f64> =
        csv.lines().skip(4).take(3).map(|line| line.split(',').nth(4).unwrap().parse().unwrap()).collect();
    assert!(csv.lines().nth(4).unwrap().starts_with("1 uS,80 Hz,1,"), "{csv}");
    let mean = spikes.iter().sum::<f64>() / 3.0;
    let variance = spikes.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2.0;
    let allowed = 2.5 * (variance / 3.0 + 0.04 / 4.0).sqrt();
    let table = fs::read_to_string(bench.path("study.sweep/references.csv")).unwrap();
    let fields: Vec<&str> = table.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(fields[..3], ["1 uS", "80 Hz", "spikes"], "{table}");
    assert!((fields[3].parse::<f64>().unwrap() - mean).abs() < 1e-9, "{table}");
    assert!((fields[10].parse::<f64>().unwrap() - allowed).abs() < 1e-9, "{table}");
    assert_eq!(fields[11], if (mean - 0.5).abs() <= allowed { "within" } else { "beyond" });

    // In two parts, each with a folder of its own.
    let said = bench.ok(&["sweep", "study.ron", "--shard", "1/2", "-o", "one"]).stdout;
    assert!(said.contains("6 of 12 points are in one"), "{said}");
    bench.ok(&["sweep", "study.ron", "--shard", "2/2", "-o", "two", "--jobs", "1"]);
    bench.ok(&["sweep", "merge", "study.ron", "one", "two", "-o", "merged"]);
    assert!(summary(&bench, "merged") == whole);

    // Killed after a few points, without a word.
    let mut child = Command::new(env!("CARGO_BIN_EXE_crosspike"))
        .args(["sweep", "study.ron", "-o", "killed", "--jobs", "1"])
        .current_dir(bench.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let points = || fs::read_dir(bench.path("killed/points")).map_or(0, Iterator::count);
    while points() < 3 && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = points();
    assert!(before >= 3);
    // A point that was half written when the end came counts for nothing.
    let victim = fs::read_dir(bench.path("killed/points")).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&victim).unwrap();
    fs::write(&victim, &text[..text.len() / 2]).unwrap();
    bench.ok(&["sweep", "study.ron", "-o", "killed"]);
    assert!(summary(&bench, "killed") == whole);
}

#[test]
fn finished_points_are_not_run_again_and_those_of_another_scenario_not_taken() {
    let bench = bench();
    bench.ok(&["sweep", "study.ron"]);
    let said = bench.ok(&["sweep", "study.ron"]).stderr;
    assert!(said.contains("12 points, 12 of them in this shard, 12 of those are finished"), "{said}");
    let scenario = fs::read_to_string(bench.path("learn.ron")).unwrap();
    fs::write(bench.path("learn.ron"), scenario.replace("count: 128", "count: 100")).unwrap();
    let said = bench.ok(&["sweep", "merge", "study.ron", "study.sweep", "-o", "other"]);
    assert!(
        said.stderr.contains("12 points are of another version, scenario, model or data"),
        "{}",
        said.stderr
    );
    assert!(said.stdout.contains("0 of 12 points are in other"), "{}", said.stdout);
}

#[test]
fn a_point_that_fails_is_told_and_stops_no_other() {
    let bench = bench();
    let plain = format!("{})", STUDY.split_once("    references").unwrap().0);
    let study = plain.replace("\"1 uS\", \"2 uS\"", "\"2 uS\", \"-1 uS\"");
    fs::write(bench.path("study.ron"), study).unwrap();
    let said = bench.fails(3, &["sweep", "study.ron"]).stderr;
    // A scenario that is refused is known before anything runs.
    assert!(said.contains("potentiation is -1 uS"), "{said}");
    let study = plain.replace(
        "\"1 uS\", \"2 uS\"",
        "\"1 uS\", \"2 uS\"]), Cases(name: \"device\", cases: [(\"there\", []), (\"missing\", [\"projections.synapses.crossbar.device=(\\\"nothing\\\", {})\"])",
    );
    fs::write(bench.path("study.ron"), study).unwrap();
    let failed = bench.fails(8, &["sweep", "study.ron"]);
    assert!(failed.stderr.contains("12 points failed"), "{}", failed.stderr);
    assert!(failed.stdout.contains("step 1 uS, device there, rate 40 Hz: accuracy 0."), "{}", failed.stdout);
    let csv = fs::read_to_string(bench.path("study.sweep/points.csv")).unwrap();
    assert_eq!(csv.matches("no device model is called `nothing`").count(), 12, "{csv}");
    // The reason stands in its own column, behind the empty ones of the measures.
    assert_eq!(csv.matches(",,,\"").count() + csv.matches(",,,no device").count(), 12, "{csv}");
}

#[test]
fn an_axis_of_names_gives_a_figure_of_rows() {
    let bench = bench();
    let plain = format!("{})", STUDY.split_once("    references").unwrap().0);
    let cases = r#"Cases(name: "step", cases: [("soft", ["projections.synapses.plasticity.potentiation=1 uS"]), ("hard", [])])"#;
    let list = plain.split_once("        List(").unwrap().1.split_once("),\n").unwrap().0;
    let study = plain.replace(&format!("List({list})"), cases);
    fs::write(bench.path("study.ron"), &study).unwrap();
    bench.ok(&["sweep", "study.ron"]);
    let svg = fs::read_to_string(bench.path("study.sweep/steps.svg")).unwrap();
    for word in ["soft", "hard", "accuracy", "40 Hz", "80 Hz"] {
        assert!(svg.contains(word), "{word}: {svg}");
    }
    // Two dots in each of two rows, and two in the legend.
    assert_eq!(svg.matches("<circle").count(), 6, "{svg}");
    fs::write(bench.path("study.ron"), study.replace("by: \"rate\"", "by: \"rate\", log_x: true")).unwrap();
    let said = bench.fails(3, &["sweep", "study.ron"]).stderr;
    assert!(
        said.contains("figure `steps`: `log_x` needs numbers, but `soft` on the axis `step` is none"),
        "{said}"
    );
}

#[test]
fn studies_that_do_not_fit_together_are_refused() {
    let bench = bench();
    for (from, to, code, expected) in [
        ("First(3)", "First(0)", 3, "`seeds` holds no seed"),
        ("\"rate\", path", "\"step\", path", 3, "two axes are called `step`"),
        ("x: \"step\"", "x: \"stepp\"", 3, "figure `steps`: there is no axis `stepp`; there are step, rate"),
        ("y: \"accuracy\"", "y: \"acc\"", 3, "figure `steps`: there is no measure `acc`"),
        (
            "[\"1 uS\", \"2 uS\"]),",
            "[\"1 uS\"]), Cases(name: \"kind\", cases: [(\"soft\", [])]),",
            3,
            "`at` has length 2; expected a point of each of 3 axes",
        ),
        ("[\"1 uS\", \"2 uS\"]", "[]", 3, "axis `step` has no points"),
        ("\"1 uS\", \"2 uS\"", "\"1 uS\", \"1 uS\"", 3, "axis `step` has `1 uS` twice"),
        ("question:", "query:", 3, "study.ron: "),
        (
            "80 Hz\"], measure",
            "80 Hz\", \"\"], measure",
            3,
            "`at` has length 3; expected a point of each of 2 axes",
        ),
        ("at: [\"1 uS", "at: [\"3 uS", 3, "axis `step` has no `3 uS`; it has 1 uS, 2 uS"),
        ("runs: 4", "runs: 0", 3, "and at least one run"),
        (
            "\"spikes\": OutputSpikes",
            "\"a/b\": OutputSpikes",
            3,
            "`a/b` is no name of an axis, a measure or a figure",
        ),
        ("learn.ron", "none.ron", 3, "cannot read the scenario none.ron"),
        ("plasticity.potentiation", "plasticity.potential", 3, "potential"),
    ] {
        let study = STUDY.replacen(from, to, 1);
        fs::write(bench.path("study.ron"), study).unwrap();
        let said = bench.fails(code, &["sweep", "study.ron"]).stderr;
        assert!(said.contains(expected), "{to}: {said}");
    }
    let said = bench.fails(2, &["sweep", "study.ron", "--shard", "3/2"]).stderr;
    assert!(said.contains("expected I/N with I from 1 to N"), "{said}");
    bench.fails(2, &["sweep"]);
}

/// The changes that a study makes to all runs, without those of how many images are shown.
fn changes(study: &str) -> String {
    let Some((_, rest)) = study.split_once("\n    set: [\n") else { return String::new() };
    let kept = rest.split_once("\n    ],").unwrap_or(("", "")).0.lines();
    kept.filter(|line| !line.contains("schedule[")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_studies_of_the_project_and_the_words_of_the_readme_run() {
    let bench = Bench::new();
    write_small_mnist(&bench.path("."));
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let files = fs::read_dir(scenarios.join("study")).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|end| end == "ron"));
    let mut texts: Vec<String> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    assert!(texts.len() >= 12);
    let readme = fs::read_to_string(scenarios.join("README.md")).unwrap();
    let (_, words) = readme.split_once("```ron\nStudy(").unwrap();
    texts.push(format!("Study({}", words.split_once("```").unwrap().0));
    for text in texts {
        // A few images with one seed each.
        let images: &[&str] = if text.contains("Transfer(") {
            &[
                "schedule[0].raw=10",
                "schedule[0].present=50 ms",
                "schedule[1].raw=10",
                "schedule[2].raw=10",
                "schedule[2].from=12",
                "schedule[4].raw=6",
                "schedule[4].present=20 ms",
                "schedule[5].raw=6",
                "schedule[5].present=20 ms",
                "schedule[5].from=12",
            ]
        } else if text.contains("raw: ") || text.contains("study-network.ron") {
            &[
                "schedule[0].raw=10",
                "schedule[0].present=50 ms",
                "schedule[1].raw=10",
                "schedule[2].raw=10",
                "schedule[2].from=12",
            ]
        } else {
            &["schedule[0].images=12", "schedule[1].images=10", "schedule[2].images=10"]
        };
        let images: Vec<String> = images.iter().map(|set| format!("\"{set}\"")).collect();
        let (before, rest) = text.split_once("    seeds: ").unwrap();
        let after = rest.split_once(')').unwrap().1;
        let before = before.split_once("    set: [").map_or(before, |(before, _)| before);
        let set = format!("{}\n{}", changes(&text), images.join(", "));
        let study = format!("{before}    set: [{set}],\n    seeds: First(1){after}")
            .replace("scenario: \"..", &format!("scenario: \"{}", scenarios.display()))
            // An axis of how many images are shown.
            .replace("\"5000\"", "\"15\"")
            .replace("raw=1000\"", "raw=5\"")
            .replace("raw=5000\"", "raw=15\"")
            .replace("\"1000\"", "\"5\"")
            .replace("\"2000\"", "\"10\"");
        fs::write(bench.path("small.ron"), &study).unwrap();
        let data = bench.path(".");
        let data = data.to_str().unwrap();
        let said = bench.ok(&["sweep", "small.ron", "-o", "small", "--data", data]).stdout;
        assert!(said.contains(" runs, ") && said.contains("small/summary.h5"), "{study}: {said}");
    }
}
