//! A pixel's train is the spikes of one neuron during one presentation, in ascending order.

use crate::encoder::InputSpike;
use crate::random::{Stream, open_unit};
use crate::time::Time;

/// The draws of one pixel in one presentation.
pub(super) struct Draws<'a> {
    stream: &'a Stream,
    pixel: u32,
    first: u64,
}

impl<'a> Draws<'a> {
    /// The presentation is the upper half of the counter, the draw the lower one.
    pub(super) fn new(stream: &'a Stream, pixel: u32, presentation: u64) -> Draws<'a> {
        Draws { stream, pixel, first: presentation << 32 }
    }

    /// Pairs of numbers in (0, 1), one pair from each block.
    fn pairs(self) -> impl Iterator<Item = [f64; 2]> {
        (self.first..).map(move |draw| {
            let (a, b) = self.stream.words(self.pixel, draw);
            [open_unit(a), open_unit(b)]
        })
    }

    fn first_uniform(&self) -> f64 {
        self.stream.uniform(self.pixel, self.first)
    }

    /// Normal numbers from the blocks after the first.
    fn normal(self) -> impl Iterator<Item = f64> {
        (self.first + 1..).map(move |draw| self.stream.normal(self.pixel, draw))
    }
}

/// The train that is being made.
pub(super) struct Train<'a> {
    neuron: u32,
    present: i64,
    out: &'a mut Vec<InputSpike>,
}

impl<'a> Train<'a> {
    pub(super) fn new(neuron: u32, present: Time, out: &'a mut Vec<InputSpike>) -> Train<'a> {
        Train { neuron, present: present.ticks(), out }
    }

    /// Adds a spike where the presentation still lasts; `false` where it is over.
    fn spike(&mut self, ticks: i64) -> bool {
        let during = ticks < self.present;
        if during {
            self.out.push(InputSpike { offset: Time::from_ticks(ticks), neuron: self.neuron });
        }
        during
    }

    pub(super) fn poisson(&mut self, rate: f64, draws: Draws<'_>) {
        let mean = interval(rate);
        let mut ticks = 0.0;
        for pair in draws.pairs() {
            // Both logarithms at once: they do not wait for each other.
            for gap in pair.map(|uniform| -uniform.ln() * mean) {
                ticks += gap;
                if !self.spike(ceil(ticks)) {
                    return;
                }
            }
        }
    }

    pub(super) fn bernoulli(&mut self, step: Time, probability: f64, draws: Draws<'_>) {
        // ln(1 - p) is -inf for p = 1: no step is passed over. For p = 0 all are.
        let failure = (-probability.min(1.0)).ln_1p();
        let mut next = 0i64;
        for uniform in draws.pairs().flatten() {
            // The conversion ends a quotient beyond the range at the largest number.
            let skipped = if failure < 0.0 { (uniform.ln() / failure) as i64 } else { i64::MAX };
            let current = next.saturating_add(skipped);
            if !self.spike(current.saturating_mul(step.ticks())) {
                return;
            }
            next = current + 1;
        }
    }

    pub(super) fn steps(&mut self, step: Time) {
        let mut ticks = 0i64;
        while self.spike(ticks) {
            ticks = ticks.saturating_add(step.ticks());
        }
    }

    pub(super) fn regular(&mut self, rate: f64, jitter: f64, draws: Draws<'_>) {
        let mean = interval(rate);
        // A whole first tick: without jitter the intervals are as exact as the mean is.
        let mut ticks = (draws.first_uniform() * mean).ceil();
        let mut last = ceil(ticks);
        for normal in draws.normal() {
            if !self.spike(last) {
                return;
            }
            ticks += mean * (1.0 + jitter * normal).clamp(0.0, 2.0);
            last = ceil(ticks).max(last.saturating_add(1));
        }
    }

    pub(super) fn latency(&mut self, earliest: Time, latest: Time, intensity: f64) {
        let span = (latest - earliest).ticks() as f64;
        self.spike(earliest.ticks() + ceil((1.0 - intensity.min(1.0)) * span));
    }
}

/// The mean interval of a rate in ticks.
fn interval(rate: f64) -> f64 {
    1.0 / (rate * Time::TICK_SECONDS)
}

/// The first whole tick at or after `ticks`; the end of the range for what is beyond it.
///
/// Truncation and a correction are a few instructions on every processor, where `f64::ceil` may be a call.
fn ceil(ticks: f64) -> i64 {
    let whole = ticks as i64;
    if (whole as f64) < ticks { whole.saturating_add(1) } else { whole }
}
