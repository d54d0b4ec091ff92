//! What the program writes is read by h5py, which is installed into a throw-away environment.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::support::{Bench, scenario};

/// A Python that has h5py; `None`, with a message, where it cannot be had.
fn python(folder: &Path) -> Option<PathBuf> {
    let environment = folder.join("environment");
    let python = environment.join("bin/python");
    let succeeds = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    if !succeeds(Command::new("python3").args(["-m", "venv"]).arg(&environment)) {
        eprintln!("skipped: there is no python3 with venv");
        return None;
    }
    if !succeeds(Command::new(&python).args(["-m", "pip", "install", "--quiet", "h5py"])) {
        eprintln!("skipped: h5py cannot be installed");
        return None;
    }
    Some(python)
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The Python program in the README.
fn readme_program() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let (_, after) = readme.split_once("```python\n").unwrap();
    after.split_once("```").unwrap().0.to_owned()
}

/// Runs the digits a hundred times, each time killed at another moment after its first flush; returns the unfinished
/// files with the number of flushes that the program had reported, as the reader takes them.
fn killed_runs(bench: &Bench) -> Vec<String> {
    let digits = scenario("digits");
    let kill = |trial: u64| {
        let name = format!("{trial}.h5");
        let words = ["run", &digits, "-v", "--flush-every", "25 ms", "--output", &name];
        let mut child = bench.command(&words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let is_flush = |line: &String| line.ends_with("flushed");
        assert!(log.any(|line| is_flush(&line)), "the run ended before its first flush");
        // Spread over 0 to 300 ms without repeating a residue.
        sleep(Duration::from_micros(trial * 61_803 % 300_000));
        child.kill().unwrap();
        let flushes = 1 + log.filter(is_flush).count();
        child.wait().unwrap();
        format!("{flushes}:{}", bench.path(&format!("{name}.partial")).display())
    };
    (0..100).map(kill).collect()
}

#[test]
fn h5py_reads_every_dataset_and_what_was_flushed_before_a_hundred_kills() {
    let bench = Bench::new();
    let tools = tempfile::tempdir().unwrap();
    let Some(python) = python(tools.path()) else { return };
    bench.ok(&["run", &scenario("digits")]);
    bench.ok(&["run", &scenario("two-neurons")]);
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/read_output.py");
    let read = |file: &str, unfinished: &[String]| {
        said(Command::new(&python).arg(&reader).arg(bench.path(file)).args(unfinished))
    };
    let two_neurons = read("two-neurons.h5", &[]);
    let datasets = two_neurons.split(' ').next().unwrap();
    assert!(datasets.parse::<u32>().unwrap() > 20, "{two_neurons}");
    assert!(read("digits.h5", &killed_runs(&bench)).ends_with("\n100 unfinished files\n"));

    let program = readme_program();
    let printed = said(Command::new(&python).args(["-c", &program]).current_dir(bench.path(".")));
    // Accuracies of the three phases, of which the last one is a test, and the shape of the confusion matrices.
    let (accuracies, shape) = printed.trim_end().split_once("] ").unwrap();
    assert!(accuracies.rsplit(' ').next().unwrap().parse::<f64>().unwrap() > 0.85, "{printed}");
    assert_eq!(shape, "(3, 10, 11)");
}
