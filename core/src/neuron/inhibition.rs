//! Inhibition decides who of several neurons fires at an instant, and what that does to the others.

use super::lif::LifState;
use super::table::LifTable;
use crate::scenario::schema::{Inhibition, Ties};
use crate::time::Time;

impl LifState {
    /// Settles the instant `t` for the `candidates` (ascending, at least one), which are at or above their threshold:
    /// those that fire reset, adapt and inhibit. The neurons whose spikes leave are appended to `fired`.
    pub fn settle(&mut self, table: &LifTable, t: Time, candidates: &[u32], fired: &mut Vec<u32>) {
        let before = fired.len();
        if table.inhibition.is_some() {
            self.listens(table, t);
            self.refresh_levels(table, t);
        }
        match table.inhibition {
            None => self.fire_all(table, t, candidates, fired),
            Some(inhibition) => match ties(&inhibition) {
                Ties::Largest => {
                    fired.push(self.largest_excess(table, t, candidates));
                    self.fire(table, t, fired[before] as usize);
                    self.inhibit(table, t, &inhibition, &fired[before..]);
                }
                Ties::All => {
                    self.fire_all(table, t, candidates, fired);
                    self.inhibit(table, t, &inhibition, candidates);
                }
                Ties::LastIndex => fired.push(self.one_after_the_other(table, t, &inhibition, candidates)),
            },
        }
        for &neuron in &fired[before..] {
            self.count_spike(neuron as usize);
        }
    }

    fn fire_all(&mut self, table: &LifTable, t: Time, candidates: &[u32], fired: &mut Vec<u32>) {
        for &neuron in candidates {
            self.fire(table, t, neuron as usize);
        }
        fired.extend_from_slice(candidates);
    }

    fn largest_excess(&mut self, table: &LifTable, t: Time, candidates: &[u32]) -> u32 {
        let scale = self.scale(table, t);
        let mut winner = (candidates[0], self.excess(candidates[0] as usize, scale));
        for &neuron in &candidates[1..] {
            let excess = self.excess(neuron as usize, scale);
            if excess > winner.1 {
                winner = (neuron, excess);
            }
        }
        winner.0
    }

    /// The founding study's order: in the order of indices each candidate that is still at or above its threshold
    /// resets, adapts and inhibits the others; the last one keeps its spike.
    fn one_after_the_other(
        &mut self,
        table: &LifTable,
        t: Time,
        inhibition: &Inhibition,
        candidates: &[u32],
    ) -> u32 {
        let scale = self.scale(table, t);
        let mut last = candidates[0];
        for (place, &neuron) in candidates.iter().enumerate() {
            if place == 0 || self.excess(neuron as usize, scale) >= 0.0 {
                self.fire(table, t, neuron as usize);
                self.inhibit(table, t, inhibition, &[neuron]);
                last = neuron;
            }
        }
        last
    }

    /// What the spikes of `fired` do to all other neurons.
    fn inhibit(&mut self, table: &LifTable, t: Time, inhibition: &Inhibition, fired: &[u32]) {
        let scale = self.scale(table, t);
        match *inhibition {
            Inhibition::Others { subtract, floor, block, .. } => {
                let loss = subtract.si() * fired.len() as f64;
                for neuron in (0..table.count()).filter(|&n| !fired.contains(&(n as u32))) {
                    if loss > 0.0 {
                        self.subtract(table, scale, neuron, loss, floor.si());
                    }
                    if block.si() > 0.0 {
                        self.block(neuron, t + block.time());
                    }
                }
            }
            Inhibition::ResetAll { block, .. } => {
                for neuron in 0..table.count() {
                    self.return_to_reset(table, scale, neuron);
                    if block.si() > 0.0 {
                        self.block(neuron, t + block.time());
                    }
                }
            }
        }
    }
}

fn ties(inhibition: &Inhibition) -> Ties {
    match inhibition {
        Inhibition::Others { ties, .. } | Inhibition::ResetAll { ties, .. } => *ties,
    }
}
