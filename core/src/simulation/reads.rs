//! What is said of the reads of a phase when it ends: a row for each array, and a warning where they are not exact.

use super::{RunError, Simulation};
use crate::crossbar::ReadCounts;
use crate::recorder::{ArrayEntry, Entry, Recorder};

impl Simulation {
    /// Records what was counted of the reads of the phase that ends.
    pub(super) fn record_reads(&mut self, recorder: &mut dyn Recorder) -> Result<(), RunError> {
        for (projection, place) in self.plan.arrays.iter().enumerate() {
            let Some((block, place)) = *place else { continue };
            let (phase, counts) = (self.position.phase as u32, self.tally.reads[projection]);
            let ReadCounts { reads, overlaps, conversions, saturated } = counts;
            recorder.record(Entry::Array(ArrayEntry {
                projection,
                phase,
                reads,
                overlaps,
                conversions,
                saturated,
            }))?;
            let array = &self.arrays[block][place];
            let name = &array.plan().projection;
            if overlaps > 0 && !array.superposes() {
                self.warnings.push(format!(
                    "projection `{name}`, phase {}: {overlaps} of {reads} reads overlap with an earlier pulse and count as \
                     separate reads, which is exact only where the currents of word lines add up; `coalesce` in `read` \
                     merges them",
                    phase + 1
                ));
            }
            if let Some(adc) = array.plan().periphery.adc.filter(|_| saturated > 0) {
                self.warnings.push(format!(
                    "projection `{name}`, phase {}: {saturated} of {conversions} conversions are beyond the full scale of {}",
                    phase + 1,
                    adc.full_scale
                ));
            }
        }
        Ok(())
    }
}
