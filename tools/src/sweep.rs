//! `crosspike sweep`: a scenario at all points of a study, in parallel, resumable and in shards.
//!
//! # What names a point
//!
//! SHA-256 of the program's version, the scenario with its changes, the libraries of its device models, and every file that its
//! text names. So a point that is finished is never run again, and one of another version, scenario, model or data is never
//! taken for it.

mod references;
mod results;
mod study;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crosspike::dataset::Resolver;
use crosspike::device::Models;
use crosspike::recorder::{Entry, Recorder, RecorderError, Rows};
use crosspike::scenario::{Parsed, Scenario};
use crosspike::simulation::{Options, Simulation};
use sha2::{Digest, Sha256};

use crate::cli::{PluginArguments, SweepArguments, SweepCommand, SweepMergeArguments};
use crate::exit::{Code, Failure, say};
use crate::prepare;
use crate::signal::Stop;
use results::{Folder, Outcome, report};
use study::{Point, Study};

/// Runs a study, or merges the results of its shards.
pub(crate) fn sweep(arguments: &SweepArguments) -> Result<(), Failure> {
    match (&arguments.command, &arguments.study) {
        (Some(SweepCommand::Merge(merge)), _) => self::merge(merge),
        (None, Some(study)) => run(study, arguments),
        (None, None) => Err(Failure::new(Code::Usage, "name a study, a RON file")),
    }
}

/// A study that is ready to run: its points with their keys.
struct Task {
    study: Study,
    text: String,
    points: Vec<Point>,
    keys: Vec<String>,
    template: String,
    file: PathBuf,
    data: Resolver,
}

impl Task {
    fn new(file: &Path, data: &[PathBuf], models: &Models) -> Result<Task, Failure> {
        let (study, text) = Study::read(file)?;
        let scenario = study.scenario_file(file);
        let template = std::fs::read_to_string(&scenario).map_err(|error| {
            Failure::new(Code::Scenario, format!("cannot read the scenario {}: {error}", scenario.display()))
        })?;
        let directories = std::iter::once(prepare::folder(&scenario)).chain(data.iter().cloned());
        let data = Resolver { directories: directories.collect() };
        let points = study.points();
        let mut task = Task { study, text, points, keys: Vec::new(), template, file: scenario, data };
        let mut hashes = HashMap::new();
        task.keys =
            task.points.iter().map(|point| task.key(point, models, &mut hashes)).collect::<Result<_, _>>()?;
        Ok(task)
    }

    fn parse(&self, point: &Point) -> Result<Parsed, Failure> {
        let name = self.file.display().to_string();
        Ok(Scenario::parse_with(&name, &self.template, &point.set, &|file| self.data.text(file))?)
    }

    /// What names a point.
    fn key(
        &self,
        point: &Point,
        models: &Models,
        hashes: &mut HashMap<String, Option<Vec<u8>>>,
    ) -> Result<String, Failure> {
        let parsed = self.parse(point)?;
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(parsed.text());
        let measures: Vec<String> =
            self.study.measures.iter().map(|(name, measure)| format!("{name}: {measure:?}")).collect();
        hash.update(measures.join("\n"));
        // Whatever stands between quotes may name a model or a file.
        for quoted in parsed.text().split('"').skip(1).step_by(2) {
            let entry = hashes.entry(quoted.to_owned()).or_insert_with(|| {
                let file = self.data.find(quoted).ok().and_then(|file| std::fs::read(file).ok());
                let is_name = quoted.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
                let model = if is_name { models.find(quoted).ok() } else { None };
                let file = file.map(|bytes| Sha256::digest(bytes).to_vec());
                file.or_else(|| model.map(|model| model.sha256().as_bytes().to_vec()))
            });
            if let Some(found) = entry {
                hash.update(found);
            }
        }
        // Enough to tell any two runs apart.
        Ok(hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Runs one point; none where a stop was asked for.
    fn run(&self, place: usize, plugins: &PluginArguments, stop: &Stop) -> Option<Outcome> {
        let began = Instant::now();
        let work = || -> Result<Option<Vec<Option<f64>>>, Failure> {
            let parsed = self.parse(&self.points[place])?;
            let options = Options {
                data: self.data.clone(),
                models: prepare::models(plugins)?,
                threads: 1,
                overrides: Vec::new(),
            };
            let mut simulation = Simulation::new(&parsed, &options).map_err(|error| {
                // In one line, for a table.
                let reasons: Vec<String> = error.report().errors.iter().map(ToString::to_string).collect();
                Failure::new(Code::Scenario, reasons.join("; "))
            })?;
            while simulation.step(&mut Deaf)? {
                if stop.asked().is_some() {
                    return Ok(None);
                }
            }
            let measures = self.study.measures.iter().map(|(_, measure)| measure.of(simulation.results()));
            Ok(Some(measures.map(|value| Some(value).filter(|value| value.is_finite())).collect()))
        };
        let (measures, failure) = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(None)) => return None,
            Ok(Ok(Some(measures))) => (measures, None),
            Ok(Err(failure)) => (Vec::new(), Some(format!("{}", failure.report))),
            Err(_) => (Vec::new(), Some("a bug of crosspike: it panicked".to_owned())),
        };
        let key = self.keys[place].clone();
        Some(Outcome { key, measures, failure, seconds: began.elapsed().as_secs_f64() })
    }

    fn name(&self, place: usize) -> String {
        let point = &self.points[place];
        let ticks = self.study.axes.iter().zip(&point.places);
        let mut words: Vec<String> =
            ticks.map(|(axis, tick)| format!("{} {}", axis.name(), axis.ticks()[*tick].name)).collect();
        words.push(format!("seed {}", point.seed));
        words.join(", ")
    }
}

/// A recorder that keeps nothing.
struct Deaf;

impl Recorder for Deaf {
    fn record(&mut self, _: Entry<'_>) -> Result<(), RecorderError> {
        Ok(())
    }

    fn flush(&mut self) -> Result<Rows, RecorderError> {
        Ok(Rows::default())
    }

    fn finish(self: Box<Self>, _: &[(String, String)]) -> Result<(), RecorderError> {
        Ok(())
    }
}

/// The folder of a study's results: the one that is named, or that beside the study.
fn folder(study: &Path, output: Option<&PathBuf>) -> Folder {
    Folder(output.cloned().unwrap_or_else(|| study.with_extension("sweep")))
}

fn run(file: &Path, arguments: &SweepArguments) -> Result<(), Failure> {
    let models = prepare::models(&arguments.search.plugins)?;
    let task = Task::new(file, &arguments.search.data, &models)?;
    let folder = folder(file, arguments.output.as_ref());
    folder.create()?;
    let stop = Stop::listen()
        .map_err(|error| Failure::new(Code::Unexpected, format!("cannot listen for signals: {error}")))?;
    let (shard, shards) = arguments.shard.unwrap_or((1, 1));
    let mine: Vec<usize> = (0..task.points.len()).filter(|place| place % shards == shard - 1).collect();
    let open: Vec<usize> = mine
        .iter()
        .copied()
        .filter(|place| folder.outcome(&task.keys[*place]).is_none_or(|o| o.failure.is_some()))
        .collect();
    tracing::info!(
        "{} points, {} of them in this shard, {} of those are finished",
        task.points.len(),
        mine.len(),
        mine.len() - open.len()
    );
    let jobs = arguments
        .jobs
        .map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let (next, done, began) = (AtomicUsize::new(0), AtomicUsize::new(0), Instant::now());
    let failed: Mutex<Option<Failure>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(open.len()) {
            scope.spawn(|| {
                while let Some(&place) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(outcome) = task.run(place, &arguments.search.plugins, &stop) else { return };
                    let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                    let left = began.elapsed().as_secs_f64() * (open.len() - count) as f64 / count as f64;
                    match &outcome.failure {
                        Some(reason) => tracing::warn!("{}: {reason}", task.name(place)),
                        None => tracing::info!(
                            "{count} of {}: {}, {:.1} s; {left:.0} s left",
                            open.len(),
                            task.name(place),
                            outcome.seconds
                        ),
                    }
                    if let Err(failure) = folder.keep(&outcome) {
                        failed
                            .lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .get_or_insert(failure);
                        return;
                    }
                }
            });
        }
    });
    if let Some(failure) = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(failure);
    }
    if let Some(code) = stop.asked() {
        let help = "the same command goes on from here".to_owned();
        return Err(Failure::with_help(code, "the sweep was stopped", Some(help)));
    }
    finish(&task, &folder)
}

/// Writes the summary where all points are there.
fn finish(task: &Task, folder: &Folder) -> Result<(), Failure> {
    let outcomes: Vec<Option<Outcome>> = task.keys.iter().map(|key| folder.outcome(key)).collect();
    let missing = outcomes.iter().filter(|outcome| outcome.is_none()).count();
    if missing > 0 {
        return say(&format!(
            "{} of {} points are in {}; the summary waits for the others (`crosspike sweep merge`)",
            outcomes.len() - missing,
            outcomes.len(),
            folder.0.display()
        ));
    }
    let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
    let files = folder.summarise(&task.study, &task.text, &task.points, &outcomes)?;
    let seconds: f64 = outcomes.iter().map(|outcome| outcome.seconds).sum();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    say(&format!(
        "{}\n\n{}{}\n{} runs, {seconds:.0} s of one thread\n{}",
        task.study.question,
        report(&task.study, &task.points, &outcomes),
        references::report(&references::compare(&task.study, &task.points, &outcomes)),
        outcomes.len(),
        names.join("\n")
    ))?;
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    if failed > 0 {
        let help = "their reasons are in points.csv; the same command runs them again".to_owned();
        return Err(Failure::with_help(Code::Unfinished, format!("{failed} points failed"), Some(help)));
    }
    Ok(())
}

/// Takes the finished points of other folders.
fn merge(arguments: &SweepMergeArguments) -> Result<(), Failure> {
    let models = prepare::models(&arguments.search.plugins)?;
    let task = Task::new(&arguments.study, &arguments.search.data, &models)?;
    let folder = folder(&arguments.study, arguments.output.as_ref());
    folder.create()?;
    for from in &arguments.folders {
        let (mut taken, mut others) = (0, 0);
        for outcome in Folder(from.clone()).all()? {
            if task.keys.contains(&outcome.key) {
                folder.keep(&outcome)?;
                taken += 1;
            } else {
                others += 1;
            }
        }
        tracing::info!("{}: {taken} points taken", from.display());
        if others > 0 {
            tracing::warn!(
                "{}: {others} points are of another version, scenario, model or data and were left out",
                from.display()
            );
        }
    }
    finish(&task, &folder)
}
