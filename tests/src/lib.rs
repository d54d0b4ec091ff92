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

/// Writes IDX files named as those of MNIST, with random images of 28 x 28 pixels: 40 of `train`, 60 of `t10k`.
pub fn write_small_mnist(folder: &Path) {
    for (name, count) in [("train", 40_u32), ("t10k", 60)] {
        let mut images: Vec<u8> = [2051, count, 28, 28].iter().flat_map(|n: &u32| n.to_be_bytes()).collect();
        images.extend(
            (0..count * 784).map(|k| if k % 7 < 2 { (k.wrapping_mul(2_654_435_761) >> 24) as u8 } else { 0 }),
        );
        let mut labels: Vec<u8> = [2049, count].iter().flat_map(|n: &u32| n.to_be_bytes()).collect();
        labels.extend((0..count).map(|k| (k % 10) as u8));
        std::fs::write(folder.join(format!("{name}-images-idx3-ubyte.gz")), images).unwrap();
        std::fs::write(folder.join(format!("{name}-labels-idx1-ubyte.gz")), labels).unwrap();
    }
}
