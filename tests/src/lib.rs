//! What the integration tests share: where things lie, and a scenario run into memory.

pub mod driven;
pub mod plugin;
pub mod reads;
pub mod writes;

use std::path::{Path, PathBuf};

use crosspike::dataset::Resolver;
use crosspike::device::Models;
use crosspike::recorder::{Trace, TraceData};
use crosspike::scenario::{Override, Parsed, Scenario};
use crosspike::simulation::{Options, Simulation};

/// The root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Reference data that is not part of the project, in a folder `shared` beside it; `None`, with a message, where it is
/// absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let place = root().join("../shared").join(path);
    if !place.exists() {
        eprintln!("skipped: reference data shared/{path} is not there");
        return None;
    }
    Some(place)
}

/// Files of scenarios and of their devices, then those in `data`.
fn files(data: &[PathBuf]) -> Resolver {
    let mut directories = vec![root().join("scenarios"), root().join("scenarios/devices")];
    directories.extend_from_slice(data);
    Resolver { directories }
}

/// What a simulation in a test needs: the files of scenarios and those in `data`, models beside the test program.
pub fn options(threads: usize, data: &[PathBuf]) -> Options {
    let program = std::env::current_exe().expect("a test knows its program");
    Options { data: files(data), models: Models::standard(&[], &program), threads, overrides: Vec::new() }
}

/// Parses a scenario that must be right.
pub fn parse(text: &str, set: &[&str]) -> Parsed {
    let overrides: Vec<Override> =
        set.iter().map(|text| Override::parse(text).expect("a well-formed override")).collect();
    match Scenario::parse_with("test.ron", text, &overrides, &|name| files(&[]).text(name)) {
        Ok(parsed) => parsed,
        Err(errors) => panic!("{:?}", miette::Report::new(errors)),
    }
}

/// Makes a scenario of a test ready to run.
pub fn simulation(parsed: &Parsed, options: &Options) -> Simulation {
    match Simulation::new(parsed, options) {
        Ok(simulation) => simulation,
        Err(error) => panic!("{:?}", miette::Report::new(error.report())),
    }
}

/// Runs a scenario to its end and returns all that it recorded.
pub fn run(text: &str, set: &[&str], threads: usize) -> TraceData {
    run_with(text, set, threads, &[])
}

/// As [`run`], with data in further folders.
pub fn run_with(text: &str, set: &[&str], threads: usize, data: &[PathBuf]) -> TraceData {
    let mut simulation = simulation(&parse(text, set), &options(threads, data));
    let mut trace = Trace::new(simulation.layout());
    simulation.run(&mut trace).expect("the run ends well");
    trace.data()
}
