//! The measured curves: curvature over conductance, and the conductance that a reset voltage leads to at most.

use crosspike_device::functions::{exp, ln};

/// Conductance in S, curvature in 1/V.
const CURVATURES: [(f64, f64); 5] = [(3e-6, 4.6), (75e-6, 3.8), (200e-6, 3.5), (600e-6, 2.1), (3e-3, 1.2)];

/// Voltage in V, resistance in ohm.
const LIMITS: [(f64, f64); 7] =
    [(0.5, 285.0), (0.85, 510.0), (1.1, 1.6e3), (1.3, 5e3), (1.5, 14e3), (1.7, 0.13e6), (1.9, 0.36e6)];

/// The curvature that belongs to a conductance, in 1/V: straight lines over ln G, constant beyond the ends.
pub(crate) fn curvature(g: f64) -> f64 {
    let part = |(low, high): (f64, f64)| ln(g / low) / ln(high / low);
    between(&CURVATURES, g, part, |(from, to), part| from + part * (to - from))
}

/// The conductance in S at which resets of a voltage, as a positive number, end: straight lines of ln R over V.
pub(crate) fn limit(volts: f64) -> f64 {
    let part = |(low, high): (f64, f64)| (volts - low) / (high - low);
    1.0 / between(&LIMITS, volts, part, |(from, to), part| from * exp(part * ln(to / from)))
}

/// The value at x of a curve through points of ascending x: between two of them by their share `part`.
fn between(
    points: &[(f64, f64)],
    x: f64,
    part: impl Fn((f64, f64)) -> f64,
    value: impl Fn((f64, f64), f64) -> f64,
) -> f64 {
    let (first, last) = (points[0], points[points.len() - 1]);
    if x <= first.0 {
        return first.1;
    }
    let pair = points.windows(2).find(|pair| x <= pair[1].0);
    pair.map_or(last.1, |pair| value((pair[0].1, pair[1].1), part((pair[0].0, pair[1].0))))
}
