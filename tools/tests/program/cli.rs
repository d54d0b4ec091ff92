//! What the program prints, where, and with which exit code.

use std::fs;
use std::process::Stdio;

use super::support::{Bench, scenario};

#[test]
fn a_run_prints_its_results_and_writes_its_output() {
    let bench = Bench::new();
    let ran = bench.ok(&["run", &scenario("two-neurons")]);
    let mut lines = ran.stdout.lines();
    let phase = lines.next().unwrap();
    assert!(
        phase.starts_with("phase 1, run: 0.200 s of network time, 0 spikes in, 21 spikes out, "),
        "{phase}"
    );
    let last = lines.next().unwrap();
    assert!(last.starts_with("wall time ") && last.ends_with(" s, output two-neurons.h5"), "{last}");
    assert_eq!(lines.next(), None);
    assert!(ran.stderr.starts_with("phase 1 of 1: run, 0.200 s of network time\n"), "{}", ran.stderr);
    assert_eq!(bench.files(), ["two-neurons.h5"]);
}

#[test]
fn a_quiet_run_prints_results_only() {
    let bench = Bench::new();
    let ran = bench.ok(&["run", &scenario("two-neurons"), "--quiet", "--output", "a.h5"]);
    assert_eq!(ran.stdout.lines().count(), 2);
    assert_eq!(ran.stderr, "");
    assert_eq!(bench.files(), ["a.h5"]);
}

#[test]
fn a_tested_network_prints_its_held_out_accuracy() {
    let bench = Bench::new();
    let short = [
        "--set",
        "schedule[0].epochs=1",
        "--set",
        "schedule[0].images=100",
        "--set",
        "schedule[2].images=50",
    ];
    let digits = scenario("digits");
    let ran = bench.ok(&[&["run", &digits, "--threads", "1"], &short[..]].concat());
    let last = ran.stdout.lines().nth(2).unwrap();
    assert!(last.starts_with("phase 3, test: held-out accuracy ") && last.contains(" of 50, "), "{last}");
}

#[test]
fn json_logs_are_one_object_per_line() {
    let bench = Bench::new();
    let ran = bench.ok(&["run", &scenario("two-neurons"), "--log-format", "json"]);
    let events: Vec<serde_json::Value> =
        ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["message"], "phase 1 of 1: run, 0.200 s of network time");
    assert_eq!(events[0]["kind"], "run");
    assert_eq!(events[1]["phase"], 1);
    let refused = bench.fails(3, &["run", "nowhere/x.ron", "--log-format", "json"]);
    let event: serde_json::Value = serde_json::from_str(&refused.stderr).unwrap();
    assert_eq!(event["exit_code"], 3);
    assert_eq!(
        event["message"],
        "cannot read the scenario nowhere/x.ron: No such file or directory (os error 2)"
    );
}

#[test]
fn the_output_keeps_overrides_seed_and_facts() {
    let bench = Bench::new();
    let two = scenario("two-neurons");
    bench.ok(&["run", &two, "--set", "populations.driver.leak=12 ms", "--seed", "7", "--threads", "1"]);
    let shown = bench.ok(&["inspect", "two-neurons.h5"]).stdout;
    assert!(shown.starts_with("two-neurons.h5 (complete)\n"), "{shown}");
    assert!(shown.contains(", seed 7, populations.driver.leak=12 ms, seed=7\n"), "{shown}");
    for fact in ["\ndate: 20", "\nduration: ", "\nhost: ", "\nthreads: 1\n", "/spikes/driver/tick"] {
        assert!(shown.contains(fact), "{fact:?} is not in {shown}");
    }
}

#[test]
fn check_says_what_would_run_and_writes_nothing() {
    let bench = Bench::new();
    let said = bench
        .ok(&["check", &scenario("digits"), "--set", "projections.synapses.crossbar.tile=(32, 32)"])
        .stdout;
    for line in [
        "  pixels  64 neurons, encoder\n",
        "  output  128 neurons, leaky integrate-and-fire\n",
        "  synapses  pixels -> output, crossbar 64 x 128 on 8 tiles, device levels 0.1.0, delay 0 ps, learns\n",
        "  1: output\n",
        "  1: train, 14370 images, 10 passes, 5029.5 s of network time\n",
        "  3: test, 360 images, 126 s of network time\n",
        "  12 bytes for each recorded spike\n",
        "\nwarnings\n  none\n",
    ] {
        assert!(said.contains(line), "{line:?} is not in {said}");
    }
    assert_eq!(bench.files(), [""; 0]);
}

#[test]
fn check_warns_of_rounding_that_freezes_learning() {
    let bench = Bench::new();
    let nearest = "projections.synapses.crossbar.device=(\"levels\", {\"g_min\": \"1 uS\", \"g_max\": \"100 uS\", \"count\": 8})";
    let said = bench.ok(&["check", &scenario("digits"), "--set", nearest]).stdout;
    assert!(
        said.contains("\nwarnings\n  projection `synapses`: no potentiation can ever move a cell"),
        "{said}"
    );
    let warned = bench.ok(&["run", &scenario("digits"), "--set", nearest, "--set", "schedule[0].epochs=1"]);
    assert!(
        warned.stderr.starts_with("warning: projection `synapses`: no potentiation"),
        "{}",
        warned.stderr
    );
}

#[test]
fn check_prints_the_graph_alone() {
    let bench = Bench::new();
    let dot = bench.ok(&["check", &scenario("two-neurons"), "--dot"]).stdout;
    assert!(dot.starts_with("digraph {\n") && dot.ends_with("}\n"), "{dot}");
    assert!(dot.contains("driver") && dot.contains("delay 1.5 ms"), "{dot}");
}

#[test]
fn explain_tells_where_each_value_comes_from() {
    let bench = Bench::new();
    let said =
        bench.ok(&["explain", &scenario("two-neurons"), "--set", "populations.driver.leak=12 ms"]).stdout;
    let origin = |path: &str| {
        let line = said.lines().find(|line| line.starts_with(path)).unwrap();
        line.rsplit("# ").next().unwrap().to_owned()
    };
    assert_eq!(origin("populations.driver.leak "), "--set");
    assert_eq!(origin("populations.driver.count "), "given");
    assert_eq!(origin("seed "), "default");
}

#[test]
fn explain_shows_the_defaults_of_device_models() {
    let bench = Bench::new();
    let digits = bench.ok(&["explain", &scenario("digits")]).stdout;
    let line = digits.lines().find(|line| line.starts_with("projections.synapses.crossbar.device.spacing "));
    let (value, origin) = line.unwrap().split_once("  # ").unwrap();
    assert_eq!(value.trim_end(), "projections.synapses.crossbar.device.spacing = \"equal\"");
    assert_eq!(origin, "default");
    let unknown = "projections.synapses.crossbar.device=(\"lost\", {})";
    let warned = bench.ok(&["explain", &scenario("digits"), "--set", unknown]);
    let begins = "warning: the defaults of device models are not shown: ";
    assert!(warned.stderr.starts_with(begins), "{}", warned.stderr);
    assert!(warned.stderr.contains("no device model is called `lost`; "), "{}", warned.stderr);
}

#[test]
fn device_models_are_listed_and_described() {
    let bench = Bench::new();
    let listed = bench.ok(&["device", "list"]).stdout;
    for model in ["ideal", "levels", "sinh", "threshold"] {
        assert!(listed.contains(&format!("\n{model:<9}  ")), "{model} is not in {listed}");
    }
    let described = bench.ok(&["device", "describe", "levels"]).stdout;
    for part in [
        "levels ",
        "\nfile ",
        "\nsha256 ",
        "\ncapabilities  linear",
        "  rounding ",
        "nearest | stochastic",
        "  varies  ",
    ] {
        assert!(described.contains(part), "{part:?} is not in {described}");
    }
    let refused = bench.fails(5, &["device", "describe", "level"]);
    let begins = "  × no device model is called `level`; did you mean `levels`?; \
                  available: binary, ferro, ideal, ion-drift, jart, ladder, leti, levels, messaris, pcm, sinh, soft-bounds, stanford, table, threshold, ucsb, vteam, yakopcic; searched: ";
    assert!(refused.stderr.starts_with(begins), "{}", refused.stderr);
}

#[test]
fn a_library_that_is_no_model_is_named_and_passed_over() {
    let bench = Bench::new();
    let name =
        format!("{}crosspike_model_broken{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    fs::write(bench.path(&name), "not a library").unwrap();
    let listed = bench.ok(&["device", "list", "--plugin-dir", "."]);
    assert!(
        listed.stderr.starts_with("warning: plug-in ") && listed.stderr.contains(&name),
        "{}",
        listed.stderr
    );
    assert!(listed.stdout.contains("\nideal   "), "{}", listed.stdout);
    bench.fails(5, &["device", "describe", "broken", "--plugin-dir", "."]);
}

#[test]
fn completions_name_the_subcommands() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = bench.ok(&["completions", shell]).stdout;
        assert!(script.contains("inspect") && script.contains("checkpoint-every"), "{shell}");
    }
}

#[test]
fn a_refused_command_line_ends_with_2() {
    let bench = Bench::new();
    for arguments in [
        &["run"][..],
        &["run", "a.ron", "--threads", "0"],
        &["run", "a.ron", "--set", "seed"],
        &["run", "a.ron", "--checkpoint-every", "30"],
        &["run", "a.ron", "--quiet", "-v"],
        &["walk"],
    ] {
        let refused = bench.fails(2, arguments);
        assert_eq!(refused.stdout, "");
    }
    for other in ["a.h5", "a.h5.partial"] {
        let same = bench.fails(2, &["run", "a.ron", "--output", "a.h5", "--checkpoint", other]);
        let begins = format!("  × {other} cannot be both the checkpoint and the output\n");
        assert!(same.stderr.starts_with(&begins), "{}", same.stderr);
    }
    let refused = bench.fails(2, &["run", "a.ron", "--flush-every", "0 s"]);
    let begins = "error: invalid value '0 s' for '--flush-every <TIME>': 0 s is not a time above 0 s; write for example \"30 s\"\n";
    assert!(refused.stderr.starts_with(begins), "{}", refused.stderr);
    assert!(bench.ok(&["--help"]).stdout.contains("\nExit codes:\n    0  done\n"));
}

#[test]
fn a_refused_scenario_ends_with_3_and_its_places() {
    let bench = Bench::new();
    let refused = bench.fails(3, &["run", &scenario("two-neurons"), "--set", "populations.drver.count=3"]);
    assert!(refused.stderr.contains("× --set populations.drver.count: `populations` has no entry `drver`\n"));
    assert!(
        refused.stderr.contains("two-neurons.ron:4:5]\n")
            && refused.stderr.contains("did you mean `driver`?")
    );
    let missing = bench.fails(3, &["check", "nope.ron"]);
    assert_eq!(
        missing.stderr,
        "  × cannot read the scenario nope.ron: No such file or directory (os error 2)\n"
    );
    fs::write(bench.path("yes.ron"), "").unwrap();
    let near = bench.fails(3, &["explain", "nope.ron"]);
    assert!(near.stderr.ends_with("  help: there are yes.ron\n"), "{}", near.stderr);
    fs::write(bench.path("bytes.ron"), b"\xff\xfe").unwrap();
    bench.fails(3, &["explain", "bytes.ron"]);
    assert_eq!(bench.files(), ["bytes.ron", "yes.ron"]);
}

#[test]
fn refused_data_ends_with_4_and_a_refused_device_with_5() {
    let bench = Bench::new();
    let data = bench.fails(4, &["run", &scenario("mnist-400")]);
    assert!(data.stderr.contains("× train-images-idx3-ubyte.gz: no such file in: "), "{}", data.stderr);
    let parameter = "projections.synapses.crossbar.device=(\"levels\", {\"g_mn\": \"1 uS\"})";
    let device = bench.fails(5, &["run", &scenario("digits"), "--set", parameter]);
    assert!(device.stderr.contains("× parameter `g_mn` of device model `levels`: "), "{}", device.stderr);
}

#[test]
fn an_output_that_cannot_be_written_ends_with_6() {
    let bench = Bench::new();
    let two = scenario("two-neurons");
    let folder = bench.fails(6, &["run", &two, "--quiet", "--output", "."]);
    assert_eq!(
        folder.stderr,
        "  × cannot write .: it is a folder, expected the name of a file; name a file inside it\n"
    );
    bench.fails(6, &["run", &two, "--output", "no/such/folder.h5"]);
    let inspected = bench.fails(6, &["inspect", "nope.h5"]);
    let expected =
        "  × nope.h5 does not exist; expected an output file of crosspike, or its unfinished .partial\n";
    assert_eq!(inspected.stderr, expected);
}

#[test]
fn files_of_another_kind_are_not_replaced() {
    let bench = Bench::new();
    fs::copy(scenario("two-neurons"), bench.path("a.ron")).unwrap();
    let refused = bench.fails(6, &["run", "a.ron", "--output", "a.ron"]);
    let expected = "  × a.ron exists and is no HDF5 file: it is not replaced\n  help: name another file, or remove this one\n";
    assert_eq!(refused.stderr, expected);
    // An output is renamed into place, which would destroy a device of the system; a socket stands for one.
    let _socket = std::os::unix::net::UnixListener::bind(bench.path("socket")).unwrap();
    let special = bench.fails(6, &["run", "a.ron", "--output", "socket"]);
    assert!(special.stderr.starts_with("  × socket exists and is no HDF5 file: it is not replaced\n"));
    let refused = bench.fails(6, &["run", "a.ron", "--checkpoint", "a.ron"]);
    assert!(refused.stderr.starts_with("  × a.ron exists and is no checkpoint: it is not replaced\n"));
    assert_eq!(fs::read(bench.path("a.ron")).unwrap(), fs::read(scenario("two-neurons")).unwrap());
}

#[test]
fn a_checkpoint_that_does_not_fit_ends_with_7() {
    let bench = Bench::new();
    let two = scenario("two-neurons");
    let missing = bench.fails(7, &["run", &two, "--resume"]);
    assert!(missing.stderr.starts_with("  × two-neurons.h5.checkpoint: cannot read the checkpoint: "));
    fs::write(bench.path("old"), "CSPKCKPT").unwrap();
    let damaged = bench.fails(7, &["run", &two, "--resume=old"]);
    assert!(damaged.stderr.starts_with("  × old: the file is cut short; expected a complete checkpoint"));
    fs::write(bench.path("two-neurons.h5.checkpoint"), "CSPKC").unwrap();
    let cut = bench.fails(7, &["run", &two, "--resume"]);
    let begins = "  × two-neurons.h5.checkpoint: this is not a checkpoint; expected a complete checkpoint";
    assert!(cut.stderr.starts_with(begins), "{}", cut.stderr);
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let bench = Bench::new();
    let mut child = bench.command(&["explain", &scenario("digits")]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
