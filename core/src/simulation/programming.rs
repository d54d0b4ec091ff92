//! A Program phase brings the cells of one array to their targets; its steps are some cells each.

use super::plan::ProgramPlan;
use super::{RunError, Simulation};
use crate::crossbar::{Fate, Programming};
use crate::recorder::{Entry, ProgramResult, ProgrammingEntry, Recorder};

/// Cells per step.
const CELLS: usize = 64;

impl Simulation {
    /// Programs some cells. Returns whether anything is left to do.
    pub(super) fn program_piece(&mut self, plan: &ProgramPlan) -> Result<bool, RunError> {
        let array = &mut self.arrays[plan.place.0][plan.place.1];
        if self.programming.is_none() {
            self.programming = Some(Programming::new(array, &plan.tuning)?);
        }
        let Some(programming) = &mut self.programming else { return Ok(false) };
        Ok(array.program(programming, &plan.tuning, CELLS)?)
    }

    /// Records what a Program phase came to.
    pub(super) fn end_program(
        &mut self,
        plan: &ProgramPlan,
        recorder: &mut dyn Recorder,
    ) -> Result<Option<ProgramResult>, RunError> {
        let Some(programming) = self.programming.take() else { return Ok(None) };
        let array = &mut self.arrays[plan.place.0][plan.place.1];
        let reached = array.conductances()?;
        let fates = programming.fates(array, &plan.tuning, &reached);
        let pulses = programming.pulses();
        let targets = programming.targets();
        let errors = targets.iter().zip(&reached).map(|(target, found)| plan.tuning.error(*target, *found));
        recorder.record(Entry::Programming(ProgrammingEntry {
            projection: plan.projection,
            phase: self.position.phase as u32,
            passes: programming.passes(),
            target: targets,
            reached: &reached,
            error: &errors.collect::<Vec<f64>>(),
            pulses: &pulses,
            missed: &array.missed_cells(&fates),
            fate: &fates.iter().map(|&fate| fate as u32).collect::<Vec<u32>>(),
        }))?;
        let stuck = fates.iter().filter(|fate| **fate == Fate::Stuck).count() as u64;
        let last = programming.passes().last();
        Ok(last.map(|pass| ProgramResult {
            projection: self.layout.projections[plan.projection].name.clone(),
            passes: programming.passes().len() as u32,
            cells: fates.len() as u64 - stuck,
            stuck,
            missed: pass.missed,
            disturbed: pass.disturbed,
            pulses: pulses.iter().map(|&pulses| u64::from(pulses)).sum(),
            median: pass.median,
            mean: pass.mean,
        }))
    }
}
