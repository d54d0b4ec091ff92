//! `crosspike run`: a scenario from its first phase, or from a checkpoint, to its end or to a signal.

mod files;

use std::time::{Duration, Instant};

use crosspike::recorder::{Hdf5Recorder, Recorder, RecorderError, Rows};
use crosspike::simulation::{CheckpointError, RunError, Simulation};

use crate::cli::RunArguments;
use crate::exit::{Code, Failure, say};
use crate::log::Log;
use crate::signal::Stop;
use crate::watch::Watch;
use crate::words::result;
use crate::{facts, prepare};
use files::Files;

/// Runs a scenario.
pub(crate) fn run(arguments: &RunArguments, log: &Log) -> Result<(), Failure> {
    let began = Instant::now();
    let files = Files::of(arguments)?;
    let threads = arguments.threads.map_or_else(all_cores, usize::from);
    let (_, mut simulation) = prepare::simulation(&arguments.scenario, &arguments.search, threads)?;
    for warning in simulation.warnings() {
        tracing::warn!("{warning}");
    }
    let stop = Stop::listen()
        .map_err(|error| Failure::new(Code::Unexpected, format!("cannot listen for signals: {error}")))?;
    let mut recorder: Box<dyn Recorder> = Box::new(start(arguments, &mut simulation, &files)?);
    let mut watch = Watch::new(&simulation, &arguments.logging, &log.bar);
    let outcome = go(arguments, &mut simulation, &mut *recorder, &files, &stop, &mut watch);
    watch.end();
    match outcome? {
        Outcome::Stopped(code) => {
            drop(recorder);
            Err(files.stopped(code))
        }
        Outcome::Ended => {
            let took = began.elapsed();
            recorder
                .finish(&facts::facts(took, threads))
                .map_err(|error| Failure::new(Code::Output, error))?;
            files.forget_checkpoint();
            say(&summary(&simulation, &watch, took, &files))
        }
    }
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Starts the output, or goes on from a checkpoint and the output that belongs to it.
fn start(
    arguments: &RunArguments,
    simulation: &mut Simulation,
    files: &Files,
) -> Result<Hdf5Recorder, Failure> {
    if arguments.resume.is_none() {
        files.warn_of_unfinished();
        let recorder = Hdf5Recorder::create(&files.output, simulation.layout())
            .map_err(|error| Failure::new(Code::Output, error))?;
        // It belonged to the unfinished output that has just been replaced.
        files.forget_checkpoint();
        return Ok(recorder);
    }
    let rows = simulation.resume(&files.resumed)?;
    tracing::debug!("resuming from {}", files.resumed.display());
    Hdf5Recorder::resume(&files.output, simulation.layout(), &rows).map_err(|error| {
        let code = match error {
            RecorderError::Busy(_) | RecorderError::Folder(_) | RecorderError::Write { .. } => Code::Output,
            _ => Code::Checkpoint,
        };
        // A kill after the output was complete, but before the checkpoint was removed, leaves this.
        let ended = matches!(error, RecorderError::Missing(_)) && files.output.exists();
        let help = ended.then(|| format!("{} is there: the run has come to its end", files.output.display()));
        Failure::with_help(code, error, help)
    })
}

/// How the steps of a run came to an end.
enum Outcome {
    Ended,
    /// By a signal; everything is flushed and written down.
    Stopped(Code),
}

/// Steps until the end or a signal; flushes and writes checkpoints when they are due.
fn go(
    arguments: &RunArguments,
    simulation: &mut Simulation,
    recorder: &mut dyn Recorder,
    files: &Files,
    stop: &Stop,
    watch: &mut Watch,
) -> Result<Outcome, Failure> {
    let mut flush = Alarm::every(Some(arguments.flush_every));
    let mut checkpoint = Alarm::every(arguments.checkpoint_every);
    let mut said = simulation.warnings().len();
    watch.look(simulation);
    loop {
        let more = simulation.step(recorder).map_err(|error| failed(error, recorder, files))?;
        watch.look(simulation);
        for warning in &simulation.warnings()[said..] {
            tracing::warn!("{warning}");
        }
        said = simulation.warnings().len();
        if !more {
            return Ok(Outcome::Ended);
        }
        if let Some(code) = stop.asked() {
            let rows = flushed(recorder)?;
            simulation.write_checkpoint(&files.checkpoint, &rows)?;
            return Ok(Outcome::Stopped(code));
        }
        if checkpoint.rings() {
            let rows = flushed(recorder)?;
            written(simulation.write_checkpoint(&files.checkpoint, &rows))?;
        } else if flush.rings() {
            flushed(recorder)?;
        }
    }
}

fn flushed(recorder: &mut dyn Recorder) -> Result<Rows, Failure> {
    let rows = recorder.flush().map_err(|error| Failure::new(Code::Output, error))?;
    tracing::debug!("flushed");
    Ok(rows)
}

/// A checkpoint between two steps: where it cannot be written, the run goes on without it.
fn written(outcome: Result<(), CheckpointError>) -> Result<(), Failure> {
    match outcome {
        Err(error @ CheckpointError::Unwritable { .. }) => tracing::warn!("{error}"),
        Err(error) => return Err(error.into()),
        Ok(()) => tracing::debug!("wrote a checkpoint"),
    }
    Ok(())
}

/// A failed run keeps what was recorded before it failed.
fn failed(error: RunError, recorder: &mut dyn Recorder, files: &Files) -> Failure {
    let kept = matches!(error, RunError::Array(_)) && recorder.flush().is_ok();
    let help = kept.then(|| format!("what was recorded before is kept in {}", files.partial.display()));
    let failure = Failure::from(error);
    Failure::with_help(failure.code, failure.report, help)
}

/// Rings at intervals of wall-clock time.
struct Alarm {
    every: Option<Duration>,
    last: Instant,
}

impl Alarm {
    fn every(every: Option<Duration>) -> Alarm {
        Alarm { every, last: Instant::now() }
    }

    fn rings(&mut self) -> bool {
        let due = self.every.is_some_and(|every| self.last.elapsed() >= every);
        if due {
            self.last = Instant::now();
        }
        due
    }
}

/// What a finished run came to: a line for each phase, the time and the file.
fn summary(simulation: &Simulation, watch: &Watch, took: Duration, files: &Files) -> String {
    let results = simulation.results();
    // Phases that were over before a checkpoint have no time of their own.
    let earlier = results.len().saturating_sub(watch.durations.len());
    let duration = |place: usize| watch.durations.get(place.checked_sub(earlier)?).copied();
    let mut lines: Vec<String> =
        results.iter().enumerate().map(|(place, entry)| result(entry, duration(place))).collect();
    lines.push(format!("wall time {:.2} s, output {}", took.as_secs_f64(), files.output.display()));
    lines.join("\n")
}
