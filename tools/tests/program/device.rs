//! Libraries are checked against the promises of the device interface: those of the project keep them, and each that breaks one
//! is told which.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Bench;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The libraries of the project's own models, beside the program.
fn libraries() -> Vec<PathBuf> {
    let deps = Path::new(env!("CARGO_BIN_EXE_crosspike")).with_file_name("deps");
    let names = fs::read_dir(root().join("plugins"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let models = names.filter(|name| !["sdk", "README.md"].contains(&name.as_str()));
    models
        .map(|name| deps.join(format!("{DLL_PREFIX}crosspike_model_{}{DLL_SUFFIX}", name.replace('-', "_"))))
        .collect()
}

/// Device files for the models that need parameters.
fn device_files(bench: &Bench) -> Vec<String> {
    for (name, text) in [
        ("ideal", r#"("ideal", { "g_min": "1 uS", "g_max": "100 uS" })"#),
        (
            "levels",
            r#"("levels", { "g_min": "1 uS", "g_max": "100 uS", "count": 64, "rounding": "nearest" })"#,
        ),
        ("sinh", r#"("sinh", { "g_min": "1 uS", "g_max": "100 uS", "alpha": "3 1/V" })"#),
        (
            "threshold",
            r#"("threshold", { "g_min": "1 uS", "g_max": "100 uS", "v_set": "0.5 V", "v_reset": "-0.5 V", "switching": "soft",
                "rate_set": "1e5 1/s", "rate_reset": "1e5 1/s", "exponent_set": 2, "exponent_reset": 1, "window": "bounds" })"#,
        ),
    ] {
        fs::write(bench.path(&format!("{name}.ron")), text).unwrap();
    }
    let shipped = fs::read_dir(root().join("scenarios/devices/parameters")).unwrap();
    let shipped = shipped.map(|entry| entry.unwrap().path().display().to_string());
    ["ideal.ron", "levels.ron", "sinh.ron", "threshold.ron"]
        .into_iter()
        .map(str::to_owned)
        .chain(shipped)
        .collect()
}

#[test]
fn every_model_of_the_project_keeps_every_promise() {
    let bench = Bench::new();
    let files = device_files(&bench);
    for library in libraries() {
        let library = library.display().to_string();
        let mut arguments = vec!["device", "check", &library];
        files.iter().for_each(|file| arguments.extend(["--device", file.as_str()]));
        let said = bench.ok(&arguments).stdout;
        assert!(said.matches("  pass  ").count() >= 12 && !said.contains("FAIL"), "{said}");
    }
}

#[test]
fn a_model_without_its_parameters_is_told_how_to_get_them() {
    let bench = Bench::new();
    let ideal =
        libraries().into_iter().find(|library| library.display().to_string().contains("ideal")).unwrap();
    let said =
        bench.fails(5, &["device", "check", &ideal.display().to_string()]).stderr.replace("\n  │ ", " ");
    assert!(
        said.contains("no device can be made: parameter `g_min` of device model `ideal`: is missing"),
        "{said}"
    );
    assert!(said.contains("--device FILE.ron"), "{said}");
}

/// A library from a source in `tests/hostile`; `None`, with a message, where there is no C compiler.
fn build(bench: &Bench, name: &str) -> Option<String> {
    let library = format!("{DLL_PREFIX}crosspike_model_{name}{DLL_SUFFIX}");
    let run = Command::new("cc")
        .args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-I"])
        .arg(root().join("plugins/sdk/include"))
        .arg("-o")
        .arg(bench.path(&library))
        .arg(root().join("tests/hostile").join(format!("{name}.c")))
        .arg("-lm")
        .output();
    let Ok(output) = run else {
        eprintln!("skipped: there is no C compiler `cc`");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(library)
}

#[test]
fn a_sound_library_in_c_keeps_every_promise() {
    let bench = Bench::new();
    let Some(library) = build(&bench, "level") else { return };
    let said = bench.ok(&["device", "check", &library]).stdout;
    assert!(!said.contains("FAIL") && said.starts_with("tin 1 ("), "{said}");
}

#[test]
fn a_broken_promise_is_named() {
    let bench = Bench::new();
    for (name, promise, found) in [
        ("crashing", "nothing is written beyond the given cells", "the process ends by signal 11"),
        ("aborting", "a cell does not depend on the others of its batch", "the process ends by signal 6"),
        ("hanging", "parts of a duration lead where the whole does", "it does not come back within 2 s"),
        (
            "overwriting",
            "nothing is written beyond the given cells",
            "a number beside the state of the cells was overwritten",
        ),
        ("remembering", "equal calls give equal bits, on any device of these parameters", "at cell 0"),
        (
            "crowded",
            "a cell does not depend on the others of its batch",
            "a cell in a batch of 64 and in one of 8: ",
        ),
        ("disturbing", "reads leave the state as it is", "the state before and after reads: "),
        ("slanted", "slopes are the derivatives of the currents", "slope 2.5e-1 S, differences 5"),
        ("restless", "at 0 V only volatile models move", "the state before and after 1e6 s at 0 V: "),
        ("gambling", "only stochastic models use random numbers", "it takes 1 random numbers"),
        ("hasty", "parts of a duration lead where the whole does", "after four quarters"),
        ("bent", "a linear model is linear", "cell 0 of 5e-1 S"),
        ("lopsided", "an odd model is odd", "cell 0: "),
        ("dipping", "currents of a monotone model never fall", "its current falls to "),
        ("mute", "the noise of reads is 0 or more", "it declares noise, but no cell has any"),
        (
            "negative_noise",
            "reads leave the state as it is",
            "deviation -1e-6 A is not a finite number of 0 A or more",
        ),
        (
            "flush",
            "the floating-point control stays as it is",
            "a call has changed rounding, flush-to-zero or traps",
        ),
        (
            "nan_conductance",
            "cells take the conductance nearest to what is asked for",
            "conductance NaN S is outside",
        ),
        ("infinite_current", "nothing is written beyond the given cells", "current inf A is not finite"),
        ("failing", "an increment of 0 changes nothing", "the filament has burnt through"),
    ] {
        let Some(library) = build(&bench, name) else { return };
        let said = bench.fails(5, &["device", "check", &library, "--patience", "2"]).stdout;
        let line = said.lines().find(|line| line.starts_with(&format!("  FAIL  {promise}: ")));
        assert!(line.is_some_and(|line| line.contains(found)), "{name}: {said}");
    }
}

#[test]
fn what_is_no_device_model_is_told_apart() {
    let bench = Bench::new();
    for (name, found) in [
        ("wrong_major", "was built for device ABI 7.0, this program speaks 1.0; rebuild it"),
        ("missing_symbol", "does not export `crosspike_device_library`; is it a device model?"),
        ("short_library", "its library table has 20 bytes; expected at least 40"),
        ("null_function", "its function `increment` is NULL; expected one"),
        ("void_validity", "no device can be made: device model `tin`"),
    ] {
        let Some(library) = build(&bench, name) else { return };
        let said = bench.fails(5, &["device", "check", &library]).stderr.replace("\n  │ ", " ");
        assert!(said.contains(found), "{name}: {said}");
    }
}

#[test]
fn a_new_model_builds_at_once_keeps_every_promise_and_runs() {
    const SCENARIO: &str = r#"Scenario(
        populations: {
            "sources": Trains(times: [["1 ms"], ["1 ms"], []]),
            "teacher": Trains(times: [["5 ms"]]),
            "n": Lif(count: 2, capacitance: "1 F", leak: "1 s", threshold: "0.5 V"),
        },
        projections: {
            "s": (
                source: "sources", target: "n",
                crossbar: (device: ("mine-1", {}), initial: Constant("50 uS"), read: (voltage: "0.1 V", width: "1 ns")),
                plasticity: Window(potentiation: "1 uS", depression: "1 uS", window: "10 ms", write: Pulses(
                    set: (voltage: "0.9 V", width: "1 us"), reset: (voltage: "-0.9 V", width: "1 us"),
                )),
            ),
            "t": (source: "teacher", target: "n", weights: List([(source: 0, target: 1, weight: "1 V")])),
        },
        schedule: [Run(duration: "8 ms")],
        record: (conductance: { "s": () }),
    )"#;
    for (language, build, library) in [
        ("rust", "cargo build --offline", "target/debug/libcrosspike_model_mine_1.so"),
        ("c", "make", "libcrosspike_model_mine_1.so"),
        ("cpp", "make", "libcrosspike_model_mine_1.so"),
    ] {
        let bench = Bench::new();
        bench.ok(&["device", "new", "mine-1", "--lang", language]);
        let mut words = build.split(' ');
        let mut command = Command::new(words.next().unwrap());
        // A folder of its own for what is built, as outside of this project.
        command
            .args(words)
            .current_dir(bench.path("mine-1"))
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS");
        let Ok(built) = command.output() else {
            eprintln!("skipped {language}: `{build}` cannot be run");
            continue;
        };
        assert!(built.status.success(), "{language}: {}", String::from_utf8_lossy(&built.stderr));
        let library = format!("mine-1/{library}");
        let said = bench.ok(&["device", "check", &library]).stdout;
        assert!(said.matches("  pass  ").count() >= 16, "{language}: {said}");
        fs::write(bench.path("mine.ron"), SCENARIO).unwrap();
        let folder = Path::new(&library).parent().unwrap().display().to_string();
        bench.ok(&["run", "mine.ron", "-q", "--plugin-dir", &folder]);
        let file = hdf5::File::open(bench.path("mine.h5")).unwrap();
        let frames = file.dataset("/conductance/s/key_frames/value").unwrap().read_raw::<f64>().unwrap();
        // 10 S/(V s) x 0.4 V x 1 us is 4 uS: up for the inputs of the spike of the second neuron, else down.
        let expected = [50e-6, 54e-6, 50e-6, 54e-6, 50e-6, 46e-6];
        let last = &frames[frames.len() - expected.len()..];
        let near = last.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-15);
        assert!(near, "{language}: {frames:?}");
        // Three pulses, of which nobody asked for the energy.
        let shown = bench.ok(&["inspect", "mine.h5"]).stdout;
        let line = shown.lines().find(|line| line.starts_with("    0  writes")).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(words.contains(&"3") && words.ends_with(&["s"]), "{language}: {line}");
    }
}

#[test]
fn a_rebuilt_library_is_taken_by_the_next_run() {
    let bench = Bench::new();
    bench.ok(&["device", "new", "mine", "--lang", "c"]);
    let make = || Command::new("make").current_dir(bench.path("mine")).output();
    let Ok(built) = make() else {
        eprintln!("skipped: there is no `make`");
        return;
    };
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let describe = || bench.ok(&["device", "describe", "mine", "--plugin-dir", "mine"]).stdout;
    assert!(describe().starts_with("mine 0.1.0: "));
    let source = fs::read_to_string(bench.path("mine/model.c")).unwrap();
    fs::remove_file(bench.path("mine/libcrosspike_model_mine.so")).unwrap();
    fs::write(bench.path("mine/model.c"), source.replace("0.1.0", "0.2.0")).unwrap();
    assert!(make().unwrap().status.success());
    assert!(describe().starts_with("mine 0.2.0: "));
}

#[test]
fn a_new_model_replaces_nothing_and_has_a_name() {
    let bench = Bench::new();
    bench.ok(&["device", "new", "mine", "--lang", "c"]);
    let said = bench.fails(6, &["device", "new", "mine"]).stderr;
    assert_eq!(said, "  × mine is there already; choose another name, or remove it\n");
    let said = bench.fails(2, &["device", "new", "Mine!"]).stderr;
    assert!(said.contains("a model is named by lowercase letters, digits, - and _"), "{said}");
    // What plugins/README.md promises of the length of a model.
    let lines = |file: &str, is_counted: fn(&str) -> bool| {
        let text = fs::read_to_string(root().join("tools/templates").join(file)).unwrap();
        text.lines().filter(|line| is_counted(line)).count()
    };
    assert!(lines("model.rs", |line| !line.trim().is_empty() && !line.starts_with("//")) <= 40);
    assert!(lines("model.c", |_| true) < 60);
}
