//! A plan is a scenario made ready to run: flat tables, loaded images, phases with their images picked.

use std::ops::Range;
use std::sync::Arc;

use crate::crossbar::{Array, Tuning};
use crate::dataset::Images;
use crate::kernel::BlockTables;
use crate::network::Network;
use crate::recorder::PhaseKind;
use crate::scenario::schema::{Between, Decoder, Scenario};
use crate::time::Time;

/// No window is longer than this, so that a run can stop and be written down in the middle of a long presentation.
pub(super) const LONGEST_WINDOW: Time = Time::from_ticks(50_000_000_000);

/// The constant part of a run.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) scenario: Scenario,
    pub(super) network: Network,
    pub(super) blocks: Vec<BlockTables>,
    /// How far every block can run alone.
    pub(super) window: Time,
    /// For each population of the network its block and its place there; meaningless for sources.
    pub(super) places: Vec<(usize, usize)>,
    /// For each projection with an array its block and its place there.
    pub(super) arrays: Vec<Option<(usize, usize)>>,
    /// For each population the arrays whose word lines have the voltages of its images.
    pub(super) amplitudes: Vec<Vec<(usize, usize)>>,
    pub(super) source_count: usize,
    pub(super) records_spikes: Vec<bool>,
    pub(super) probes: Vec<ProbePlan>,
    /// Projections whose conductances are written, with the interval of key frames beside the phase ends.
    pub(super) key_frames: Vec<(usize, Option<Time>)>,
    pub(super) splits: Vec<Images>,
    /// SHA-256 of each split.
    pub(super) split_hashes: Vec<String>,
    /// All classes of the data, ascending.
    pub(super) classes: Vec<u32>,
    pub(super) readout: Option<ReadoutPlan>,
    pub(super) phases: Vec<PhasePlan>,
    pub(super) seeds: SeedPlan,
}

/// The population that answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadoutPlan {
    pub(super) population: usize,
    pub(super) decoder: Decoder,
}

/// Samples of a population.
#[derive(Clone, Debug)]
pub(super) struct ProbePlan {
    pub(super) population: usize,
    pub(super) neurons: Vec<u32>,
    pub(super) every: Time,
}

/// The four seeds of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeedPlan {
    pub(super) network: u64,
    pub(super) device: u64,
    pub(super) encoder: u64,
    pub(super) order: u64,
}

/// A phase with its images picked.
#[derive(Clone, Debug)]
pub(super) struct PhasePlan {
    pub(super) kind: PhaseKind,
    /// Whether plasticity and adaptation are active.
    pub(super) learning: bool,
    /// How long inputs arrive, per image.
    pub(super) present: Time,
    pub(super) between: Between,
    pub(super) images: Option<ImagePlan>,
    /// What happens in a phase without input; of arrays as soon as there are some.
    pub(super) task: Option<Task>,
    /// Whether responses count for the labels: in the last epoch.
    pub(super) labels: bool,
    /// Images of a Test phase that an earlier phase has seen.
    pub(super) overlap: u64,
}

/// What a phase without input does.
#[derive(Clone, Debug)]
pub(super) enum Task {
    Program(Arc<ProgramPlan>),
    /// Nothing but time passes, s.
    Wait(f64),
    Transfer(Arc<TransferPlan>),
}

/// The images of a phase.
#[derive(Clone, Debug)]
pub(super) struct ImagePlan {
    /// The number of the split.
    pub(super) split: usize,
    pub(super) range: Range<usize>,
    pub(super) epochs: usize,
    pub(super) shuffle: bool,
}

/// What a Program phase does.
#[derive(Debug)]
pub(super) struct ProgramPlan {
    /// The number of the projection.
    pub(super) projection: usize,
    /// Its block and its place there.
    pub(super) place: (usize, usize),
    pub(super) tuning: Tuning,
}

/// What a Transfer phase does.
#[derive(Debug)]
pub(super) struct TransferPlan {
    /// The number of the projection.
    pub(super) projection: usize,
    /// Its block and its place there.
    pub(super) place: (usize, usize),
    /// The new array, whatever its conductances.
    pub(super) array: Array,
    /// The voltage at which conductances are meant, V; none for those of its model.
    pub(super) at: Option<f64>,
}

impl ProgramPlan {
    /// The cells of all passes together.
    pub(super) fn visit_count(&self) -> usize {
        self.tuning.cell_count() * self.tuning.pass_count()
    }
}

impl Plan {
    /// SHA-256 of the targets of each Program phase.
    pub(super) fn target_hashes(&self) -> Vec<String> {
        let programs = self.phases.iter().filter_map(PhasePlan::program);
        programs.map(|program| program.tuning.sha256()).collect()
    }

    /// The first instant at or after `clock` at which a probe samples.
    pub(super) fn next_probe(&self, clock: Time) -> Option<Time> {
        self.probes.iter().map(|probe| clock.next_multiple_of(probe.every)).min()
    }

    /// The first instant at or after `clock` at which conductances are written.
    pub(super) fn next_key_frame(&self, clock: Time) -> Option<Time> {
        self.key_frames.iter().filter_map(|(_, every)| Some(clock.next_multiple_of((*every)?))).min()
    }
}

impl PhasePlan {
    /// What a Program phase does.
    pub(super) fn program(&self) -> Option<&ProgramPlan> {
        match &self.task {
            Some(Task::Program(program)) => Some(program),
            _ => None,
        }
    }

    /// What a Transfer phase does.
    pub(super) fn transfer(&self) -> Option<&TransferPlan> {
        match &self.task {
            Some(Task::Transfer(transfer)) => Some(transfer),
            _ => None,
        }
    }

    /// How many presentations the phase has.
    pub(super) fn presentation_count(&self) -> usize {
        self.images.as_ref().map_or(1, |images| images.range.len() * images.epochs)
    }

    /// How many images one epoch has; 0 without images.
    pub(super) fn image_count(&self) -> usize {
        self.images.as_ref().map_or(0, |images| images.range.len())
    }

    /// The time from the start of one presentation to the next.
    pub(super) fn period(&self) -> Time {
        match self.between {
            Between::Rest(rest) => self.present + rest.time(),
            Between::Reset | Between::Continue => self.present,
        }
    }

    /// Whether images cannot feel each other, so that several can run at once.
    pub(super) fn is_parallel(&self) -> bool {
        self.images.is_some() && !self.learning && self.between == Between::Reset
    }
}
