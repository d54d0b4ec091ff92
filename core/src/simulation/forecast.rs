//! A forecast is what a run will do and record, as far as it is certain before the first event.

use super::Simulation;
use super::plan::PhasePlan;
use crate::network::Network;
use crate::recorder::{Counts, PhaseKind};
use crate::time::Time;

/// A phase before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseForecast {
    /// What it is for.
    pub kind: PhaseKind,
    /// Images that will be shown, over all passes; 0 without images.
    pub images: u64,
    /// Passes over the images, or the most passes over an array; 0 without either.
    pub epochs: u64,
    /// Cells that are programmed; 0 but in a Program phase.
    pub cells: u64,
    /// Images of a Test phase that an earlier phase shows too.
    pub overlap: u64,
    /// Network time, pauses between images included.
    pub duration: Time,
}

impl Simulation {
    /// The network that runs.
    pub fn network(&self) -> &Network {
        &self.plan.network
    }

    /// All phases of the schedule.
    pub fn forecast(&self) -> Vec<PhaseForecast> {
        let forecast = |phase: &PhasePlan| PhaseForecast {
            kind: phase.kind,
            images: phase.images.as_ref().map_or(0, |_| phase.presentation_count() as u64),
            epochs: match (&phase.images, phase.program()) {
                (Some(images), _) => images.epochs as u64,
                (None, Some(program)) => program.tuning.pass_count() as u64,
                (None, None) => 0,
            },
            cells: phase.program().map_or(0, |program| program.tuning.cell_count() as u64),
            overlap: phase.overlap,
            duration: Time::from_ticks(phase.period().ticks() * phase.presentation_count() as i64),
        };
        self.plan.phases.iter().map(forecast).collect()
    }

    /// The rows that the whole run will record, but for spikes and column updates, whose numbers only the run knows.
    pub fn expected(&self) -> Counts {
        let phases = self.forecast();
        let ticks = |learning_only: bool| -> i64 {
            let pairs = phases.iter().zip(&self.plan.phases);
            pairs
                .filter(|(_, plan)| plan.learning || !learning_only)
                .map(|(phase, _)| phase.duration.ticks())
                .sum()
        };
        let mut samples = vec![0; self.plan.network.population_count()];
        for probe in &self.plan.probes {
            samples[probe.population] = (ticks(false) / probe.every.ticks()) as u64;
        }
        let mut key_frames = vec![0; self.plan.arrays.len()];
        for &(projection, every) in &self.plan.key_frames {
            let regular = every.map_or(0, |every| ticks(true) / every.ticks());
            // One before the first phase and one after each.
            key_frames[projection] = 1 + phases.len() as u64 + regular as u64;
        }
        let mut programmed = vec![0; self.plan.arrays.len()];
        for program in self.plan.phases.iter().filter_map(PhasePlan::program) {
            programmed[program.projection] += 1;
        }
        Counts {
            programmed,
            spikes: Vec::new(),
            samples,
            key_frames,
            changes: Vec::new(),
            images: phases.iter().map(|phase| phase.images).sum(),
            phases: phases.len() as u64,
        }
    }
}
