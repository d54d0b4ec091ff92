//! What is said of the reads and writes of a phase when it ends: a row for each array, and a warning where they are not exact.

use super::{RunError, Simulation};
use crate::crossbar::{Energy, ReadCounts};
use crate::recorder::{ArrayEntry, Entry, Recorder};
use crate::scenario::schema::{Plasticity, Write};

impl Simulation {
    /// Records what was counted of the reads and writes of the phase that ends; returns the energies of both, J, where they
    /// are asked for. Those of increments are not known.
    pub(super) fn record_reads(
        &mut self,
        learns: bool,
        recorder: &mut dyn Recorder,
    ) -> Result<Option<[f64; 2]>, RunError> {
        let mut energy = [0.0; 2];
        for (projection, place) in self.plan.arrays.iter().enumerate() {
            let Some((block, place)) = *place else { continue };
            let (phase, counts) = (self.position.phase as u32, self.tally.reads[projection]);
            let ReadCounts { reads, overlaps, conversions, saturated, work: read } = counts;
            let mut write = self.arrays[block][place].take_written();
            if learns && self.is_written_by_increments(projection) {
                write.energy = Energy { cells: f64::NAN, wires: f64::NAN, drivers: f64::NAN };
            }
            energy[0] += read.energy.total();
            energy[1] += write.energy.total();
            recorder.record(Entry::Array(ArrayEntry {
                projection,
                phase,
                reads,
                overlaps,
                conversions,
                saturated,
                read,
                write,
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
        Ok(self.plan.scenario.record.energy.then_some(energy))
    }

    fn is_written_by_increments(&self, projection: usize) -> bool {
        let projections = &self.plan.scenario.projections;
        matches!(
            &projections[projection].plasticity,
            Some(Plasticity::Window { write: Write::Increment, .. })
        )
    }
}
