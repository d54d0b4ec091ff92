//! A simulation runs a plan from its first phase to its last, one step at a time, and tells a recorder what happens.
//!
//! Between two steps everything that moves can be written down ([`Simulation::write_checkpoint`]) and continued
//! ([`Simulation::resume`]): the run that was interrupted and resumed writes the same bytes as one that was not.

mod checkpoint;
mod forecast;
mod instance;
mod plan;
mod programming;
mod reads;
mod setup;
mod ageing;
mod step;
mod transferring;

use rayon::ThreadPool;
use serde::{Deserialize, Serialize};

use crate::crossbar::{Array, ArrayFault, Programming, ReadCounts};
use crate::readout::{Labels, Responses, Score};
use crate::recorder::{Layout, PhaseEntry, PhaseKind, Recorder, RecorderError};
use crate::scenario::Parsed;
use crate::time::Time;
use instance::Instance;
use plan::Plan;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use forecast::PhaseForecast;
pub use setup::{Options, SetupError, array_of, device_defaults};

/// A scenario that runs.
#[derive(Debug)]
pub struct Simulation {
    plan: Plan,
    layout: Layout,
    warnings: Vec<String>,
    /// The arrays of each block.
    arrays: Vec<Vec<Array>>,
    instance: Instance,
    position: Position,
    tally: Tally,
    /// In a Program phase that has begun.
    programming: Option<Programming>,
    /// Of each projection what its own array had at its first transfer, S.
    transferred: Vec<Option<Vec<f64>>>,
    results: Vec<PhaseEntry>,
    order: Order,
    threads: usize,
    pool: ThreadPool,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Position {
    phase: usize,
    /// Whether the phase has begun.
    begun: bool,
    /// Presentations of this phase that are over.
    shown: usize,
    /// Presentations of the whole run that are over.
    presentations: u64,
    /// Everything before this instant has happened.
    clock: Time,
    /// The start of the phase.
    phase_start: Time,
    /// The start of the presentation that is under way.
    under_way: Option<Time>,
}

/// The order of the images of one epoch, drawn from the seed.
#[derive(Clone, Debug, Default)]
struct Order {
    /// Phase and epoch.
    of: Option<(usize, usize)>,
    places: Vec<u32>,
}

/// What is counted over a phase.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tally {
    responses: Responses,
    labels: Option<Labels>,
    score: Score,
    input_spikes: u64,
    output_spikes: u64,
    /// Of each projection of the network.
    reads: Vec<ReadCounts>,
}

/// Why a run ends early. What was recorded before stays recorded.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A device model failed.
    #[error(transparent)]
    Array(#[from] ArrayFault),
    /// The recorder failed.
    #[error(transparent)]
    Recorder(#[from] RecorderError),
}

/// Where a run is, for those who watch it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The number of the phase, from 0, and how many there are.
    pub phase: (usize, usize),
    /// Its kind; none when the run is over.
    pub kind: Option<PhaseKind>,
    /// Images (in a Run phase microseconds, in a Program phase cells) done and in all.
    pub done: (u64, u64),
    /// Images tested so far that were answered correctly, and all tested so far in this phase.
    pub correct: (u64, u64),
    /// The simulated time.
    pub clock: Time,
}

impl Simulation {
    /// Makes a scenario ready: loads its data and its device models, builds its network and its arrays.
    pub fn new(parsed: &Parsed, options: &Options) -> Result<Simulation, SetupError> {
        setup::build(parsed, options)
    }

    /// What the run will record.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What is legal but probably not meant, as sentences; at the end of a phase those that its reads gave rise to are
    /// added.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The network as a Graphviz text.
    pub fn dot(&self) -> String {
        self.plan.network.dot()
    }

    /// The phases that are over, with their results.
    pub fn results(&self) -> &[PhaseEntry] {
        &self.results
    }

    /// The classes of the data, ascending: the rows of every confusion matrix.
    pub fn classes(&self) -> &[u32] {
        &self.plan.classes
    }

    /// Runs to the end.
    pub fn run(&mut self, recorder: &mut dyn Recorder) -> Result<(), RunError> {
        while self.step(recorder)? {}
        Ok(())
    }

    /// Where the run is.
    pub fn progress(&self) -> Progress {
        let position = &self.position;
        let phase = self.plan.phases.get(position.phase);
        let done = phase.map_or((0, 0), |phase| match (&phase.images, phase.program()) {
            (Some(_), _) => (position.shown as u64, phase.presentation_count() as u64),
            (None, Some(program)) => {
                (self.programming.as_ref().map_or(0, |p| p.visited() as u64), program.visit_count() as u64)
            }
            (None, None) => {
                let microseconds = |t: Time| (t.ticks() / 1_000_000) as u64;
                let begun = if position.begun { position.phase_start } else { position.clock };
                (microseconds(position.clock - begun), microseconds(phase.present))
            }
        });
        Progress {
            phase: (position.phase, self.plan.phases.len()),
            kind: phase.map(|phase| phase.kind),
            done,
            correct: (self.tally.score.correct(), self.tally.score.images()),
            clock: position.clock,
        }
    }
}
