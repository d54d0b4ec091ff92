//! Plasticity turns spike pairs into changes of conductance.
//!
//! The window rule acts on each postsynaptic spike: word lines whose spike arrived within a window before it are
//! potentiated, all others are depressed. With x = (g - g_min) / (g_max - g_min), clipped to 0 .. 1, where g_min and g_max are
//! the device's without spread, and dt the time since the arrival,
//!
//! ```text
//! dg = + potentiation exp(-dt / decay) b(x)         0 <= dt <= window
//! dg = - depression b(1 - x)                        otherwise
//! b(x) = 1 | exp(-beta x) | (1 - x)^p
//! ```
//!
//! A signed pair moves one cell only: potentiation raises g+ with b(x+), depression raises g- with b(x-).
//!
//! The device moves by dg, or by program pulses whose strengths are dg / potentiation and -dg / depression.
//!
//! Source of the rule: D. Querlioz, O. Bichler, P. Dollfus, C. Gamrat, "Immunity to device variations in a spiking
//! neural network with memristive nanodevices", IEEE Trans. Nanotechnol. 12 (2013), DOI 10.1109/TNANO.2013.2250995,
//! whose soft bounds are the exponential ones.

use serde::{Deserialize, Serialize};

use crate::crossbar::{Array, ArrayFault};
use crate::exponential::exponential;
use crate::scenario::schema::{Bounds, Plasticity, Write};
use crate::time::Time;
use crate::units::Quantity;

/// Cells that are worked on together.
const CHUNK: usize = 64;

/// The window rule of one projection.
#[derive(Clone, Debug)]
pub struct WindowRule {
    potentiation: f64,
    depression: f64,
    window: Time,
    /// 1/s; 0 for a constant window.
    decay_rate: f64,
    bounds: Bounds,
    /// Sum of conductance of each bit line after an update, S.
    normalise: Option<f64>,
    writes_by_pulses: bool,
    low: f64,
    range: f64,
}

/// What the rule remembers: the last arrival on each word line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arrivals(Vec<Time>);

impl Arrivals {
    /// No word line has received anything.
    pub fn none(rows: usize) -> Arrivals {
        Arrivals(vec![Time::BEFORE_ALL; rows])
    }

    /// A spike arrives at `t`.
    pub fn arrive(&mut self, row: u32, t: Time) {
        self.0[row as usize] = t;
    }

    /// Forgets all arrivals.
    pub fn clear(&mut self) {
        self.0.fill(Time::BEFORE_ALL);
    }
}

impl WindowRule {
    /// The rule of a scenario for devices whose conductance lies in `range`, S.
    pub fn new(plasticity: &Plasticity, (low, high): (f64, f64)) -> WindowRule {
        let Plasticity::Window { potentiation, depression, window, decay, bounds, normalise, write } =
            plasticity;
        WindowRule {
            potentiation: potentiation.si(),
            depression: depression.si(),
            window: window.time(),
            decay_rate: decay.map_or(0.0, |decay| 1.0 / decay.si()),
            bounds: *bounds,
            normalise: normalise.map(Quantity::si),
            writes_by_pulses: matches!(write, Write::Pulses(_)),
            low,
            range: high - low,
        }
    }

    /// A postsynaptic spike reaches the synapses of bit line `column` at `t`.
    pub fn update(
        &self,
        array: &mut Array,
        arrivals: &Arrivals,
        column: usize,
        t: Time,
    ) -> Result<(), ArrayFault> {
        let changes = |first: usize, planes: [&[f64]; 2], changes: &mut [f64]| {
            self.changes(t, &arrivals.0[first..first + changes.len()], planes, changes);
        };
        if self.writes_by_pulses {
            return array.pulse_column(column, |first, planes, strengths| {
                changes(first, planes, strengths);
                strengths.iter_mut().for_each(|change| *change = self.strength(*change));
            });
        }
        array.change_column(column, changes)?;
        match self.normalise {
            Some(target) => self.normalise(array, column, target),
            None => Ok(()),
        }
    }

    /// A change as a part of the largest one of its direction, with its sign.
    fn strength(&self, change: f64) -> f64 {
        if change > 0.0 {
            change / self.potentiation
        } else if change < 0.0 {
            change / self.depression
        } else {
            0.0
        }
    }

    fn changes(&self, t: Time, arrivals: &[Time], [plus, minus]: [&[f64]; 2], changes: &mut [f64]) {
        // In a signed pair depression raises g-, so its own filling counts.
        let lowered = if minus.is_empty() { plus } else { minus };
        let parts = arrivals.chunks(CHUNK).zip(plus.chunks(CHUNK)).zip(lowered.chunks(CHUNK));
        for (((arrivals, plus), lowered), changes) in parts.zip(changes.chunks_mut(CHUNK)) {
            let mut filled = [0.0; CHUNK];
            let mut exponents = [0.0; CHUNK];
            self.prepare(t, arrivals, plus, lowered, !minus.is_empty(), &mut filled, &mut exponents, changes);
            if let Bounds::Power(p) = self.bounds {
                for (change, filled) in changes.iter_mut().zip(filled) {
                    *change *= (1.0 - filled).max(0.0).powf(p);
                }
            }
            if self.beta() > 0.0 || self.decay_rate > 0.0 {
                let exponents = &mut exponents[..changes.len()];
                exponential(exponents);
                for (change, factor) in changes.iter_mut().zip(exponents) {
                    *change *= *factor;
                }
            }
        }
    }

    /// For each cell the signed amplitude, how full its device is in the direction of the change, and the exponent.
    #[expect(clippy::too_many_arguments, reason = "one loop over eight columns of the same cells")]
    fn prepare(
        &self,
        t: Time,
        arrivals: &[Time],
        plus: &[f64],
        lowered: &[f64],
        signed: bool,
        filled: &mut [f64; CHUNK],
        exponents: &mut [f64; CHUNK],
        changes: &mut [f64],
    ) {
        let earliest = t.ticks().saturating_sub(self.window.ticks());
        let (beta, per_tick) = (self.beta(), self.decay_rate * Time::TICK_SECONDS);
        for (row, change) in changes.iter_mut().enumerate() {
            let arrival = arrivals[row].ticks();
            let recent = arrival >= earliest;
            let g = if recent { plus[row] } else { lowered[row] };
            let x = ((g - self.low) / self.range).clamp(0.0, 1.0);
            filled[row] = if recent || signed { x } else { 1.0 - x };
            let age = t.ticks().wrapping_sub(arrival) as f64 * per_tick;
            exponents[row] = -beta * filled[row] - if recent { age } else { 0.0 };
            *change = if recent { self.potentiation } else { -self.depression };
        }
    }

    fn beta(&self) -> f64 {
        if let Bounds::Exponential(beta) = self.bounds { beta } else { 0.0 }
    }

    /// Scales bit line `column` so that its conductances sum to `target`.
    fn normalise(&self, array: &mut Array, column: usize, target: f64) -> Result<(), ArrayFault> {
        let factor = target / array.column_sum(column)? - 1.0;
        array.change_column(column, |_, [g, _], changes| {
            for (change, g) in changes.iter_mut().zip(g) {
                *change = g * factor;
            }
        })
    }

    /// The largest change of conductance that one spike can ask for: (potentiation, depression), S.
    pub fn largest_changes(&self) -> (f64, f64) {
        (self.potentiation, self.depression)
    }
}
