//! A Transfer phase puts another array, with the conductances of the first one, in the place of an array.

use super::Simulation;
use super::plan::{PhasePlan, TransferPlan};
use crate::crossbar::ArrayFault;

impl Simulation {
    /// Puts the array of a transfer in its place.
    pub(super) fn transfer(&mut self, plan: &TransferPlan) -> Result<(), ArrayFault> {
        let clock = self.position.clock;
        self.age(clock, false)?;
        let (block, place) = plan.place;
        if self.transferred[plan.projection].is_none() {
            self.transferred[plan.projection] = Some(self.arrays[block][place].conductances()?);
        }
        if let Some(siemens) = &self.transferred[plan.projection] {
            let mut array = plan.array.clone();
            array.transfer(siemens, plan.at, clock)?;
            self.arrays[block][place] = array;
        }
        self.instance.take_up(&mut self.arrays, plan.place)
    }

    /// Puts the arrays of all transfers of phases that are over in their places, whatever their conductances.
    pub(super) fn place_transferred(&mut self) {
        let over = self.plan.phases[..self.position.phase].iter();
        for TransferPlan { place: (block, place), array, .. } in over.filter_map(PhasePlan::transfer) {
            self.arrays[*block][*place] = array.clone();
        }
    }
}
