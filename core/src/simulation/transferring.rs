//! A Transfer phase puts another array, with the conductances of the first one, in the place of an array.

use super::Simulation;
use super::instance::Instance;
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
        self.place(plan);
        if let Some(siemens) = &self.transferred[plan.projection] {
            self.arrays[block][place].transfer(siemens, plan.at, clock)?;
        }
        let solves = self.instance.solves(&self.arrays);
        let states = std::mem::take(&mut self.instance.states);
        self.instance = Instance::new(&self.plan, &self.arrays);
        self.instance.restore(states, &solves);
        self.instance.calibrate_one(&mut self.arrays, plan.place)
    }

    /// Puts the arrays of all transfers of phases that are over in their places, whatever their conductances.
    pub(super) fn place_transferred(&mut self) {
        let over: Vec<PhasePlan> = self.plan.phases[..self.position.phase].to_vec();
        over.iter().filter_map(PhasePlan::transfer).for_each(|plan| self.place(plan));
    }

    fn place(&mut self, plan: &TransferPlan) {
        let (block, place) = plan.place;
        self.arrays[block][place] = plan.array.clone();
    }
}
