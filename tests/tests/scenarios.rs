//! Every scenario of the project runs, shortened where it is long.

use std::fs;
use std::path::Path;

use crosspike::recorder::TraceData;
use crosspike_tests::{parse, root, run_with, write_small_mnist};

/// Scenarios that learn the embedded digits in many epochs, and those that do so through wires.
const LEARNING: [&str; 7] =
    ["amplitude.ron", "digits.ron", "periphery.ron", "spread.ron", "stuck.ron", "transfer.ron", "writes.ron"];
const WIRED: [&str; 3] = ["broken.ron", "compensation.ron", "wires.ron"];

fn shortened(name: &str, set: &[&str], data: &Path) -> TraceData {
    let text = fs::read_to_string(root().join("scenarios").join(name)).unwrap();
    run_with(&text, set, 2, &[data.to_path_buf()])
}

#[test]
fn every_scenario_runs() {
    let data = tempfile::tempdir().unwrap();
    write_small_mnist(data.path());
    let images = |counts: &[(usize, usize)]| -> Vec<String> {
        counts.iter().map(|(phase, count)| format!("schedule[{phase}].images={count}")).collect()
    };
    let mut names: Vec<String> = fs::read_dir(root().join("scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".ron"))
        .collect();
    let devices = fs::read_dir(root().join("scenarios/devices")).unwrap();
    let devices =
        devices.map(|entry| format!("devices/{}", entry.unwrap().file_name().into_string().unwrap()));
    names.extend(devices.filter(|name| name.ends_with(".ron")));
    names.sort();
    for name in &names {
        let mut set = match name.as_str() {
            "devices/pcm.ron" => images(&[(0, 20), (2, 20), (3, 20), (4, 10)]),
            name if name.starts_with("devices/") => images(&[(0, 20), (1, 20), (2, 10)]),
            name if LEARNING.contains(&name) => images(&[(0, 60), (1, 60), (2, 40)]),
            name if WIRED.contains(&name) => images(&[(0, 12), (1, 10), (2, 10)]),
            "study-leti.ron" => images(&[(0, 6), (1, 4)]),
            "study-network.ron" => ["[0].raw=5", "[1].raw=5", "[2].from=3", "[2].raw=5"]
                .map(|set| format!("schedule{set}"))
                .to_vec(),
            "mnist-400.ron" => images(&[(0, 30), (1, 20), (2, 10)]),
            "write-verify.ron" => [0, 1, 2].map(|phase| format!("schedule[{phase}].passes=[0.2]")).to_vec(),
            _ => Vec::new(),
        };
        if LEARNING.contains(&name.as_str()) || name.starts_with("devices/") {
            set.push("schedule[0].epochs=1".into());
        }
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let trace = shortened(name, &set, data.path());
        assert!(!trace.phases.is_empty(), "{name} has no phase");
        let text = fs::read_to_string(root().join("scenarios").join(name)).unwrap();
        let recorded = parse(&text, &[]).scenario.record.spikes.len();
        let busy = trace.spikes.iter().filter(|spikes| !spikes.ticks.is_empty()).count();
        assert_eq!(busy, recorded, "a recorded population of {name} is silent");
    }
    assert!(names.len() >= 3, "{names:?}");
}

#[test]
fn the_listener_of_two_neurons_fires_at_every_second_spike_that_it_hears() {
    let trace = shortened("two-neurons.ron", &[], Path::new("."));
    // The driver climbs for leak x ln 3 and is refractory for 3 ms; each step rounds up to a tick.
    let climb = (10e9 * 3f64.ln()).ceil() as i64;
    let driven: Vec<i64> =
        (0..).map(|k| climb + k * (climb + 3_000_000_000)).take_while(|&t| t < 200_000_000_000).collect();
    assert_eq!(trace.spikes[0].ticks, driven);
    let heard: Vec<i64> = driven.iter().skip(1).step_by(2).map(|t| t + 1_500_000_000).collect();
    assert_eq!(trace.spikes[1].ticks, heard);
}

#[test]
fn writes_disturb_passive_cells_only() {
    let trace = shortened("cells.ron", &[], Path::new("."));
    // Seven times 0.6 V for 100 ns at 1e6/s and 0.5 V; the reads of 8 word lines.
    let disturbed = 100e-6 - 50e-6 * (-7.0 * 0.2 * 0.1_f64).exp();
    let selected = (1e-3 * 0.2 + 1e-9 * 1.1) / (1e-3 + 50e-6);
    for (array, device_volts, after) in [(0, 0.2, disturbed), (1, 0.2 / 1.1, 50e-6), (2, selected, 50e-6)] {
        let membrane = |sample: usize| trace.probes[array + 2][sample].membrane[1];
        for (found, g) in [(membrane(1), 50e-6), (membrane(12), after)] {
            let expected = 8.0 * device_volts * g;
            assert!((found / expected - 1.0).abs() < 1e-6, "array {array}: {found:e} A, not {expected:e} A");
        }
        let frames = &trace.key_frames[array];
        let kept = (7..128).step_by(8).all(|cell| frames[0].values[cell] == frames[1].values[cell]);
        assert_eq!(kept, array > 0, "array {array}");
        assert_eq!(trace.spikes[array + 2].neurons, [0, 1, 2, 3, 4, 5, 6], "every writer fires once");
    }
}

#[test]
fn the_words_in_the_readme_are_a_scenario() {
    let readme = fs::read_to_string(root().join("scenarios/README.md")).unwrap();
    let (_, block) = readme.split_once("```ron\n").unwrap();
    let parsed = parse(block.split_once("```").unwrap().0, &[]);
    assert_eq!(parsed.scenario.schedule.len(), 7);
}

#[test]
fn every_device_has_a_file_of_parameters_and_a_row_in_the_table_of_models() {
    let list = fs::read_to_string(root().join("plugins/README.md")).unwrap();
    let names = |folder: &str| {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    for model in names("plugins").iter().filter(|name| *name != "sdk" && *name != "README.md") {
        assert!(list.contains(&format!("| `{model}` |")), "{model} is not listed");
    }
    let scenarios = names("scenarios/devices");
    for scenario in scenarios.iter().filter_map(|name| name.strip_suffix(".ron")) {
        let link = format!("[{scenario}](../scenarios/devices/{scenario}.ron)");
        assert!(list.contains(&link), "{scenario} has no row of accuracy");
    }
    for file in names("scenarios/devices/parameters") {
        let text = fs::read_to_string(root().join("scenarios/devices/parameters").join(&file)).unwrap();
        let is_used = scenarios.iter().filter(|name| name.ends_with(".ron")).any(|name| {
            let scenario = fs::read_to_string(root().join("scenarios/devices").join(name)).unwrap();
            scenario.contains(&format!("parameters/{file}"))
        });
        assert!(text.starts_with("// "), "{file} does not name its source");
        assert!(is_used || list.contains(&file), "{file} is used nowhere");
    }
}

#[test]
fn every_scenario_is_listed_with_its_run_time_and_result() {
    let list = fs::read_to_string(root().join("scenarios/README.md")).unwrap();
    for entry in fs::read_dir(root().join("scenarios")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".ron") {
            let row = list.lines().find(|line| line.starts_with(&format!("| [{name}]({name}) |")));
            let cells: Vec<&str> = row.unwrap_or_else(|| panic!("{name} is not listed")).split('|').collect();
            assert!(cells.len() == 7 && cells[1..6].iter().all(|cell| !cell.trim().is_empty()), "{row:?}");
        }
    }
}
