//! A cell's circuit is its barrier in series with disc, plug, oxide and lines, at one voltage of the model's own polarity.

use crate::barrier::Barrier;
use crate::{Jart, NOMINAL_RADIUS, Point};

/// What of a circuit does not depend on the voltage of the barrier.
pub(crate) struct Circuit {
    barrier: Barrier,
    voltage: f64,
    /// The sign of the voltage.
    sign: f64,
    /// Of disc and plug, ohm.
    filament: f64,
    /// Of all in series at no current, ohm.
    cold: f64,
    /// What heating adds to it, ohm per square ampere.
    heating: f64,
    /// Thermal resistance of the filament, K/W.
    heat: f64,
    ambient: f64,
}

impl Circuit {
    pub(crate) fn new(model: &Jart, n: f64, voltage: f64) -> Circuit {
        let (disc, plug) = model.resistances(n);
        let shrinking = NOMINAL_RADIUS / model.radius;
        Circuit {
            barrier: Barrier::new(model, n),
            voltage,
            sign: 1.0_f64.copysign(voltage),
            filament: disc + plug,
            cold: disc + plug + model.r_oxide + model.r_line,
            heating: model.r_line * model.r_line * model.line_alpha * model.line_heat,
            heat: model.heat * shrinking * shrinking * if voltage > 0.0 { model.reset_heat } else { 1.0 },
            ambient: model.temperature,
        }
    }

    /// The current of what is in series with the barrier, at its share of the voltage.
    pub(crate) fn series(&self, rest: f64) -> f64 {
        let mut current = rest / self.cold;
        for _ in 0..50 {
            let square = self.heating * current * current;
            let step = (current * (self.cold + square) - rest) / (self.cold + 3.0 * square);
            current -= step;
            // Newton's iteration squares its error.
            if step.abs() <= 1e-9 * current.abs() {
                break;
            }
        }
        current
    }

    /// The temperature, K.
    pub(crate) fn temperature(&self, barrier: f64, current: f64) -> f64 {
        self.ambient + current * (barrier + current * self.filament) * self.heat
    }

    /// How much more current the barrier carries at a voltage of this size than the rest does, by size, A, with `more` on all.
    pub(crate) fn excess(&self, size: f64, more: f64) -> f64 {
        let barrier = self.sign * size;
        let current = self.series(self.voltage + self.sign * more - barrier);
        self.sign * (self.barrier.current(barrier, self.temperature(barrier, current)) - current)
    }

    /// dI/dV at an operating point, S.
    pub(crate) fn slope(&self, point: &Point) -> f64 {
        // The barrier's share of a change of the voltage, from differences of the excess.
        let size = point.barrier.abs();
        let step = 1e-6 * (size + 1e-3);
        let (low, high) = ((size - step).max(0.0), size + step);
        let by_barrier = (self.excess(high, 0.0) - self.excess(low, 0.0)) / (high - low);
        let by_voltage = (self.excess(size, step) - self.excess(size, -step)) / (2.0 * step);
        let share = -by_voltage / by_barrier;
        (1.0 - share) / (self.cold + 3.0 * self.heating * point.current * point.current)
    }
}

/// The first x of 0 to `end` at which a function that is negative at 0 and positive at `end` is 0, to rounding; sought from `near`.
pub(crate) fn root(near: f64, end: f64, function: impl Fn(f64) -> f64) -> f64 {
    let mut high = near.min(end);
    let mut above = function(high);
    let (mut low, mut below) = (high, above);
    let mut factor = 1.0625;
    if above > 0.0 {
        while below > 0.0 {
            (high, above) = (low, below);
            low /= factor;
            below = function(low);
            factor *= factor;
        }
    } else {
        while above <= 0.0 && high < end {
            (low, below) = (high, above);
            high = (factor * high).min(end);
            above = function(high);
            factor = (factor * factor).min(2.0);
        }
    }
    chandrupatla((low, below), (high, above), function)
}

/// A root between two places of different signs, by inverse quadratic interpolation where that is safe, else by halving.
///
/// Source: T. R. Chandrupatla, Advances in Engineering Software 28(3), 145-149 (1997), DOI 10.1016/S0965-9978(96)00051-8.
fn chandrupatla(low: (f64, f64), high: (f64, f64), function: impl Fn(f64) -> f64) -> f64 {
    let (mut a, mut b) = (high, low);
    let mut share = 0.5;
    for _ in 0..100 {
        let at = a.0 + share * (b.0 - a.0);
        let found = (at, function(at));
        let c = if (found.1 > 0.0) == (a.1 > 0.0) {
            std::mem::replace(&mut a, found)
        } else {
            let c = std::mem::replace(&mut b, a);
            a = found;
            c
        };
        let best = if a.1.abs() < b.1.abs() { a } else { b };
        let least = 2.0 * f64::EPSILON * best.0.abs() / (b.0 - a.0).abs();
        if best.1 == 0.0 || least > 0.5 {
            return best.0;
        }
        let (xi, phi) = ((a.0 - b.0) / (c.0 - b.0), (a.1 - b.1) / (c.1 - b.1));
        let is_safe = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
        let quadratic = || {
            a.1 / (b.1 - a.1) * (c.1 / (b.1 - c.1))
                + (c.0 - a.0) / (b.0 - a.0) * (a.1 / (c.1 - a.1)) * (b.1 / (c.1 - b.1))
        };
        share = if is_safe { quadratic().clamp(least, 1.0 - least) } else { 0.5 };
    }
    a.0
}
