//! A LIF state is everything about a population that changes: membranes, thresholds and who ignores arrivals until when.

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

use super::crossing::{Threshold, span_to_crossing};
use super::table::LifTable;
use crate::scenario::schema::{Inhibition, ThetaDecay};
use crate::time::Time;

/// A neuron that ignores arrivals has this in place of its scaled potential.
const DEAF: f64 = f64::NEG_INFINITY;
/// A refractory neuron has this in `saved`: it stays at `reset` until the refractory period ends.
const HELD: f64 = f64::NEG_INFINITY;
/// The origin of the scaled potential moves after so many time constants.
const LONGEST_SCALE: f64 = 256.0;

/// The state of one population. All arrays have one element per neuron.
///
/// # Invariants
///
/// `scaled[i]` is `DEAF` exactly while neuron i ignores arrivals; then `saved[i]` holds its scaled potential or `HELD`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LifState {
    origin: Time,
    /// (V - stationary) exp((t - origin) / leak), V.
    scaled: Vec<f64>,
    saved: Vec<f64>,
    /// Threshold including theta minus the stationary potential, V; of the last instant where theta falls in time.
    level: Vec<f64>,
    /// Theta at `theta_origin`, V.
    theta: Vec<f64>,
    theta_origin: Time,
    refractory_until: Vec<Time>,
    blocked_until: Vec<Time>,
    /// The earliest end of deafness.
    next_release: Time,
    deaf_count: usize,
    /// Whether thresholds adapt.
    adapts: bool,
    /// Spikes since the start of the image.
    counts: Vec<u32>,
}

impl LifState {
    /// The state at the start of a run.
    pub fn new(table: &LifTable) -> LifState {
        let count = table.count();
        let theta = table.adaptation.as_ref().map_or(vec![0.0; count], |a| a.initial.clone());
        let mut state = LifState {
            origin: Time::ZERO,
            scaled: vec![0.0; count],
            saved: vec![0.0; count],
            level: table.base.iter().zip(&theta).map(|(base, theta)| base + theta).collect(),
            theta,
            theta_origin: Time::ZERO,
            refractory_until: vec![Time::BEFORE_ALL; count],
            blocked_until: vec![Time::BEFORE_ALL; count],
            next_release: Time::NEVER,
            deaf_count: 0,
            adapts: true,
            counts: vec![0; count],
        };
        state.reset(table, Time::ZERO);
        state
    }

    /// Membranes start anew at `t`; nobody is refractory or blocked. Thresholds stay.
    pub fn reset(&mut self, table: &LifTable, t: Time) {
        self.origin = t;
        for (scaled, (initial, stationary)) in
            self.scaled.iter_mut().zip(table.initial.iter().zip(&table.stationary))
        {
            *scaled = initial - stationary;
        }
        self.refractory_until.fill(Time::BEFORE_ALL);
        self.blocked_until.fill(Time::BEFORE_ALL);
        self.next_release = Time::NEVER;
        self.deaf_count = 0;
    }

    /// Adaptation starts or stops at `t`: while stopped, theta neither rises nor falls.
    pub fn set_adapting(&mut self, table: &LifTable, t: Time, adapts: bool) {
        if adapts != self.adapts {
            let factor = self.theta_factor(table, t);
            let floor = table.adaptation.as_ref().map_or(0.0, |a| a.floor);
            self.theta.iter_mut().for_each(|theta| *theta = (*theta * factor).max(floor.min(*theta)));
            self.theta_origin = t;
            self.adapts = adapts;
            self.refresh_levels(table, t);
        }
    }

    /// Moves the origin where the scale has grown large, and returns exp((t - origin) / leak).
    pub(super) fn scale(&mut self, table: &LifTable, t: Time) -> f64 {
        let constants = t.since(self.origin) / table.leak;
        if constants <= LONGEST_SCALE {
            return constants.exp();
        }
        // A factor of 0 would turn -infinity into NaN.
        let factor = (-constants).exp().max(f64::MIN_POSITIVE);
        self.scaled.iter_mut().for_each(|u| *u *= factor);
        self.saved.iter_mut().for_each(|u| *u *= factor);
        self.origin = t;
        1.0
    }

    /// Lets every neuron listen again whose deafness has ended by `t`; returns whether any neuron listens.
    pub fn listens(&mut self, table: &LifTable, t: Time) -> bool {
        if t >= self.next_release {
            let scale = self.scale(table, t);
            self.next_release = Time::NEVER;
            for neuron in 0..self.scaled.len() {
                if self.scaled[neuron] == DEAF {
                    self.release(table, neuron, t, scale);
                }
            }
        }
        self.deaf_count < self.scaled.len()
    }

    fn release(&mut self, table: &LifTable, neuron: usize, t: Time, scale: f64) {
        let end = self.deaf_until(neuron);
        if end > t {
            self.next_release = self.next_release.min(end);
            return;
        }
        self.scaled[neuron] = if self.saved[neuron] == HELD {
            let since = t.since(self.refractory_until[neuron]);
            (table.reset - table.stationary[neuron]) * (-since / table.leak).exp() * scale
        } else {
            self.saved[neuron]
        };
        self.deaf_count -= 1;
    }

    fn deaf_until(&self, neuron: usize) -> Time {
        self.refractory_until[neuron].max(self.blocked_until[neuron])
    }

    /// All neurons receive their arrival of `volts` at `t`. Returns how many are at or above their threshold.
    pub fn arrive(&mut self, table: &LifTable, t: Time, volts: &[f64]) -> usize {
        if !self.listens(table, t) {
            return 0;
        }
        if table.predicts {
            self.refresh_levels(table, t);
        }
        let scale = self.scale(table, t);
        add_and_compare(&mut self.scaled, volts, &self.level, scale)
    }

    /// One neuron receives `volts` at `t`. Returns whether it is at or above its threshold.
    pub fn arrive_at(&mut self, table: &LifTable, t: Time, neuron: usize, volts: f64) -> bool {
        let scale = self.scale(table, t);
        if self.scaled[neuron] == DEAF {
            if self.deaf_until(neuron) > t {
                return false;
            }
            self.release(table, neuron, t, scale);
        }
        self.level[neuron] = self.level_at(table, neuron, t);
        self.scaled[neuron] += volts * scale;
        self.scaled[neuron] >= self.level[neuron] * scale
    }

    /// Appends the neurons at or above their threshold at `t`.
    pub fn crossing(&mut self, table: &LifTable, t: Time, found: &mut Vec<u32>) {
        let scale = self.scale(table, t);
        let above = self.scaled.iter().zip(&self.level).enumerate();
        found.extend(above.filter(|(_, (u, level))| **u >= **level * scale).map(|(neuron, _)| neuron as u32));
    }

    /// How far neuron is above its threshold at an instant of this `scale`, in scaled volts, blocked or not.
    pub(super) fn excess(&mut self, neuron: usize, scale: f64) -> f64 {
        *self.place(neuron) - self.level[neuron] * scale
    }

    /// Where the scaled potential of neuron stands.
    fn place(&mut self, neuron: usize) -> &mut f64 {
        if self.scaled[neuron] == DEAF { &mut self.saved[neuron] } else { &mut self.scaled[neuron] }
    }

    /// Neuron fires at `t`: it returns to `reset`, is refractory but blocked no more, and its threshold adapts.
    pub(super) fn fire(&mut self, table: &LifTable, t: Time, neuron: usize) {
        let scale = self.scale(table, t);
        if self.blocked_until[neuron] > t {
            self.blocked_until[neuron] = t;
            self.next_release = self.next_release.min(t);
        }
        if table.refractory[neuron] > Time::ZERO {
            self.refractory_until[neuron] = t + table.refractory[neuron];
            self.saved[neuron] = HELD;
            self.silence(neuron);
        } else {
            *self.place(neuron) = (table.reset - table.stationary[neuron]) * scale;
        }
        if let (Some(adaptation), true) = (&table.adaptation, self.adapts) {
            let theta = (self.theta_at(table, neuron, t) + adaptation.increment).min(adaptation.cap);
            self.set_theta(table, neuron, t, theta);
        }
    }

    /// Neuron loses `subtract` volts, not falling below `floor`. A refractory neuron stays at `reset`.
    pub(super) fn subtract(
        &mut self,
        table: &LifTable,
        scale: f64,
        neuron: usize,
        subtract: f64,
        floor: f64,
    ) {
        let place = self.place(neuron);
        if *place != HELD {
            let lowest = (floor - table.stationary[neuron]) * scale;
            *place = (*place - subtract * scale).max(lowest.min(*place));
        }
    }

    /// Neuron returns to `reset` without a spike; a refractory one is there already.
    pub(super) fn return_to_reset(&mut self, table: &LifTable, scale: f64, neuron: usize) {
        let place = self.place(neuron);
        if *place != HELD {
            *place = (table.reset - table.stationary[neuron]) * scale;
        }
    }

    /// Neuron ignores arrivals until `end`.
    pub(super) fn block(&mut self, neuron: usize, end: Time) {
        self.blocked_until[neuron] = self.blocked_until[neuron].max(end);
        if self.scaled[neuron] != DEAF {
            self.saved[neuron] = self.scaled[neuron];
        }
        self.silence(neuron);
    }

    fn silence(&mut self, neuron: usize) {
        if self.scaled[neuron] != DEAF {
            self.scaled[neuron] = DEAF;
            self.deaf_count += 1;
        }
        self.next_release = self.next_release.min(self.deaf_until(neuron));
    }

    /// Counts a spike that leaves the population.
    pub(super) fn count_spike(&mut self, neuron: usize) {
        self.counts[neuron] += 1;
    }

    /// Spikes of each neuron since the start of the image.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Counting starts anew.
    pub fn clear_counts(&mut self) {
        self.counts.fill(0);
    }

    /// The first instant after or at `t` at which neuron crosses its threshold if nothing arrives.
    pub fn predict(&self, table: &LifTable, t: Time, neuron: usize) -> Time {
        let start = if self.scaled[neuron] == DEAF { self.next_test(table, t, neuron) } else { t };
        let x = self.potential(table, start, neuron) - table.stationary[neuron];
        let adapts = self.adapts && table.theta_decay().is_finite();
        let threshold = Threshold {
            base: table.base[neuron],
            theta: self.theta_at(table, neuron, start),
            decay: if adapts { table.theta_decay() } else { f64::INFINITY },
            floor: table.adaptation.as_ref().map_or(0.0, |a| a.floor),
        };
        span_to_crossing(x, table.leak, &threshold).map_or(Time::NEVER, |span| start.after(span))
    }

    /// When a deaf neuron is compared with its threshold next, after or at `t`.
    fn next_test(&self, table: &LifTable, t: Time, neuron: usize) -> Time {
        let end = self.deaf_until(neuron).max(t);
        let is_only_blocked = self.refractory_until[neuron] <= t;
        match table.inhibition {
            Some(Inhibition::Others { strobe, .. }) if is_only_blocked && strobe.time() > Time::ZERO => {
                (t + Time::TICK).next_multiple_of(strobe.time()).min(end)
            }
            _ => end,
        }
    }

    /// The membrane potential of a neuron at `t`, V, if nothing has happened since the last event.
    pub fn potential(&self, table: &LifTable, t: Time, neuron: usize) -> f64 {
        let stationary = table.stationary[neuron];
        let decayed = |scaled: f64| stationary + scaled * (-t.since(self.origin) / table.leak).exp();
        if self.scaled[neuron] != DEAF {
            return decayed(self.scaled[neuron]);
        }
        if self.saved[neuron] != HELD {
            return decayed(self.saved[neuron]);
        }
        let since = t.since(self.refractory_until[neuron]).max(0.0);
        stationary + (table.reset - stationary) * (-since / table.leak).exp()
    }

    /// The threshold of a neuron at `t`, V.
    pub fn threshold(&self, table: &LifTable, t: Time, neuron: usize) -> f64 {
        table.base[neuron] + table.stationary[neuron] + self.theta_at(table, neuron, t)
    }

    /// The end of a training image that was shown for `present` seconds: thresholds fall by their factor per image
    /// and follow the target rate.
    pub fn end_image(&mut self, table: &LifTable, t: Time, present: f64) {
        for neuron in 0..self.theta.len() {
            let mut theta = self.theta_at(table, neuron, t);
            if let Some(adaptation) = &table.adaptation {
                if let ThetaDecay::PerImage(factor) = adaptation.decay {
                    theta *= factor;
                }
                theta = theta.clamp(adaptation.floor, adaptation.cap);
            }
            if let Some(homeostasis) = &table.homeostasis {
                theta += homeostasis.step * (f64::from(self.counts[neuron]) - homeostasis.target * present);
                if let Some(adaptation) = &table.adaptation {
                    theta = theta.clamp(adaptation.floor, adaptation.cap);
                }
            }
            self.set_theta(table, neuron, t, theta);
        }
    }

    fn theta_factor(&self, table: &LifTable, t: Time) -> f64 {
        let decay = table.theta_decay();
        if self.adapts && decay.is_finite() { (-t.since(self.theta_origin) / decay).exp() } else { 1.0 }
    }

    fn theta_at(&self, table: &LifTable, neuron: usize, t: Time) -> f64 {
        let theta = self.theta[neuron];
        let decayed = theta * self.theta_factor(table, t);
        let floor = table.adaptation.as_ref().map_or(0.0, |a| a.floor);
        if decayed < floor { floor.min(theta) } else { decayed }
    }

    fn set_theta(&mut self, table: &LifTable, neuron: usize, t: Time, theta: f64) {
        let factor = self.theta_factor(table, t);
        if factor < 1e-100 {
            for other in 0..self.theta.len() {
                self.theta[other] = self.theta_at(table, other, t);
            }
            self.theta_origin = t;
            self.theta[neuron] = theta;
        } else {
            self.theta[neuron] = theta / factor;
        }
        self.level[neuron] = table.base[neuron] + theta;
    }

    fn level_at(&self, table: &LifTable, neuron: usize, t: Time) -> f64 {
        table.base[neuron] + self.theta_at(table, neuron, t)
    }

    pub(super) fn refresh_levels(&mut self, table: &LifTable, t: Time) {
        if table.theta_decay().is_finite() {
            for neuron in 0..self.level.len() {
                self.level[neuron] = self.level_at(table, neuron, t);
            }
        }
    }
}

/// u += volts * scale; counts u >= level * scale. Eight lanes at a time where the machine has them; no fused
/// operations, so that every instruction set gives the same bits.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn add_and_compare(scaled: &mut [f64], volts: &[f64], level: &[f64], scale: f64) -> usize {
    let mut above = 0u64;
    for ((u, volts), level) in scaled.iter_mut().zip(volts).zip(level) {
        *u += volts * scale;
        above += u64::from(*u >= level * scale);
    }
    above as usize
}
