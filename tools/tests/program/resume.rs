//! Runs that are stopped, killed and resumed, and runs on several threads, write the same bytes.

use std::fs;
use std::io::Read;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::support::{Bench, scenario};

#[test]
fn an_interrupted_run_goes_on_where_it_was() {
    let bench = Bench::new();
    let digits = scenario("digits");
    let words = ["run", &digits, "--threads", "2"];
    let whole = bench.ok(&[&words[..], &["--output", "whole.h5"]].concat()).stdout;
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let name = format!("{signal}.h5");
        let words = [&words[..], &["--output", &name]].concat();
        let stopped = bench.stopped(&words, signal);
        assert_eq!(stopped.code, Some(code), "{}", stopped.stderr);
        assert!(
            stopped.stderr.contains(&format!("what was recorded is in {name}.partial")),
            "{}",
            stopped.stderr
        );
        assert!(
            stopped.stderr.ends_with(&format!("--threads 2 --output {name} --resume\n")),
            "{}",
            stopped.stderr
        );
        assert_eq!(stopped.stdout, "");
        let other = bench.fails(7, &[&words[..], &["--resume", "--seed", "2"]].concat());
        assert!(other.stderr.contains("its scenario says `seed = 1"), "{}", other.stderr);
        let resumed = bench.ok(&[&words[..], &["--resume"]].concat()).stdout;
        assert_eq!(results(&resumed), results(&whole));
    }
    assert_eq!(bench.files(), ["INT.h5", "TERM.h5", "whole.h5"]);
    let content = |file: &str| bench.content(file);
    assert_eq!(content("INT.h5"), content("whole.h5"));
    assert_eq!(content("TERM.h5"), content("whole.h5"));
}

/// The lines of the phases, without how long they took.
fn results(stdout: &str) -> Vec<&str> {
    let lines = stdout.lines().filter(|line| line.starts_with("phase "));
    lines.map(|line| line.rsplit_once(", ").unwrap().0).collect()
}

#[test]
fn the_number_of_threads_changes_no_dataset_and_another_seed_does() {
    let bench = Bench::new();
    let digits = scenario("digits");
    let words = ["run", &digits, "--quiet", "--set", "schedule[0].epochs=2"];
    for (name, extra) in
        [("one.h5", ["--threads", "1"]), ("two.h5", ["--threads", "2"]), ("other.h5", ["--seed", "2"])]
    {
        bench.ok(&[&words[..], &["--output", name], &extra[..]].concat());
    }
    let one = bench.content("one.h5");
    assert!(one.len() > 20 && one == bench.content("two.h5"), "the datasets differ between 1 and 2 threads");
    let other = bench.content("other.h5");
    let spikes =
        |content: &[String]| content.iter().find(|line| line.starts_with("/spikes/output/tick")).cloned();
    assert_ne!(spikes(&one).unwrap(), spikes(&other).unwrap());
}

#[test]
fn a_run_that_is_killed_again_and_again_writes_the_same_in_the_end() {
    let bench = Bench::new();
    let digits = scenario("digits");
    let words = [
        "run",
        &digits,
        "--quiet",
        "--checkpoint-every",
        "60 ms",
        "--flush-every",
        "15 ms",
        "--output",
        "a.h5",
    ];
    let checkpoint = || fs::metadata(bench.path("a.h5.checkpoint")).and_then(|file| file.modified()).ok();
    let mut kills = 0;
    let ended = loop {
        let before = checkpoint();
        let resume = before.is_some().then_some("--resume");
        let words: Vec<&str> = words.into_iter().chain(resume).collect();
        let mut child = bench.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Each run comes as far as a new checkpoint, and is killed at another moment after it.
        while child.try_wait().unwrap().is_none() && checkpoint() == before {
            sleep(Duration::from_millis(2));
        }
        sleep(Duration::from_micros(kills * 61_803 % 100_000));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    };
    assert!(ended.success() && kills >= 3, "{ended} after {kills} kills");
    bench.ok(&["run", &digits, "--quiet", "--output", "whole.h5"]);
    assert!(bench.content("a.h5") == bench.content("whole.h5"), "after {kills} kills the datasets differ");
}

#[test]
fn a_killed_run_goes_on_from_its_last_checkpoint() {
    let bench = Bench::new();
    let digits = scenario("digits");
    let words = ["run", &digits, "--checkpoint-every", "50 ms", "--flush-every", "20 ms", "--output", "a.h5"];
    let mut child = bench.command(&words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !bench.path("a.h5.checkpoint").exists() && Instant::now() < deadline {
        sleep(Duration::from_millis(5));
    }
    sleep(Duration::from_millis(100));
    child.kill().unwrap();
    child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    for left in ["a.h5.checkpoint", "a.h5.partial"] {
        assert!(bench.path(left).exists(), "{left} is not there: {said}");
    }
    let resumed = bench.ok(&[&words[..], &["--resume"]].concat()).stdout;
    let whole = bench.ok(&["run", &digits, "--output", "whole.h5"]).stdout;
    assert_eq!(results(&resumed), results(&whole));
    assert_eq!(bench.content("a.h5"), bench.content("whole.h5"));
    assert_eq!(bench.files(), ["a.h5", "whole.h5"]);
}

#[test]
fn a_new_run_says_that_it_replaces_an_interrupted_one() {
    let bench = Bench::new();
    let digits = scenario("digits");
    let words = ["run", &digits, "--output", "a.h5"];
    let long = ["--set", "schedule[0].epochs=1000"];
    assert_eq!(bench.stopped(&[&words[..], &long[..]].concat(), "INT").code, Some(130));
    let short = ["--set", "schedule[0].epochs=1", "--set", "schedule[0].images=10"];
    let ran = bench.ok(&[&words[..], &short[..]].concat());
    let begins = "warning: replacing a.h5.partial and a.h5.checkpoint of an interrupted run; --resume would have gone on with it\n";
    assert!(ran.stderr.starts_with(begins), "{}", ran.stderr);
    assert_eq!(bench.files(), ["a.h5"]);
}
