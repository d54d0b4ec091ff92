//! Arrays of volatile devices age at the ends of phases, at intervals while something learns, and in Wait phases.

use super::Simulation;
use crate::crossbar::ArrayFault;
use crate::time::Time;

impl Simulation {
    /// The first instant after `clock` at which an array ages beside the ends of phases.
    pub(super) fn next_ageing(&self, clock: Time) -> Option<Time> {
        self.arrays.iter().flatten().filter_map(|array| array.next_ageing(clock)).min()
    }

    /// Lets arrays age to `clock`: all of them, or those that are due at this instant. Returns whether any did.
    pub(super) fn age(&mut self, clock: Time, are_due: bool) -> Result<bool, ArrayFault> {
        let mut any = false;
        for array in self.arrays.iter_mut().flatten() {
            let is_due = array.next_ageing(clock - Time::TICK) == Some(clock);
            if is_due || !are_due {
                any |= array.age_to(clock)?;
            }
        }
        Ok(any)
    }

    /// Lets all arrays age by a time that the network does not see.
    pub(super) fn wait(&mut self, seconds: f64) -> Result<(), ArrayFault> {
        self.age(self.position.clock, false)?;
        self.arrays.iter_mut().flatten().try_for_each(|array| array.wait(seconds))
    }
}
