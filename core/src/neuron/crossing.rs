//! A crossing is the first instant at which a decaying membrane meets its threshold without further input.
//!
//! With x the distance of V from its stationary value, the condition after a span s is
//!
//! ```text
//! x exp(-s/leak) >= base + max(floor, theta exp(-s/decay))
//! ```
//!
//! where `base` is the threshold without adaptation, as a distance from the same stationary value. A constant theta
//! has a closed solution. A decaying one has at most one extremum of the difference, whose place is known in closed
//! form, so each monotone piece is searched alone and no crossing is missed, however short the excursion.

/// The threshold after a span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Threshold without adaptation minus the stationary potential, in volts.
    pub base: f64,
    /// The adaptive part now, in volts, at least `floor`.
    pub theta: f64,
    /// The time constant of the adaptive part in seconds; infinite where it does not fall.
    pub decay: f64,
    /// The lower limit of the adaptive part, in volts.
    pub floor: f64,
}

/// The span in seconds until the crossing, or `None` where there is none.
///
/// `x` is the distance of the membrane from its stationary value in volts, `leak` its time constant in seconds.
///
/// ```
/// use crosspike::neuron::crossing::{Threshold, span_to_crossing};
///
/// // 12 mV below a stationary value that lies 2 mV above the threshold.
/// let threshold = Threshold { base: -0.002, theta: 0.0, decay: f64::INFINITY, floor: 0.0 };
/// let span = span_to_crossing(-0.012, 0.020, &threshold).unwrap();
/// assert!((span - 0.020 * 6.0f64.ln()).abs() < 1e-17);
/// ```
pub fn span_to_crossing(x: f64, leak: f64, threshold: &Threshold) -> Option<f64> {
    let level = threshold.base + threshold.theta;
    if x >= level {
        return Some(0.0);
    }
    if threshold.decay.is_infinite() || threshold.theta <= threshold.floor {
        return constant_level(x, leak, level);
    }
    let to_floor = if threshold.floor > 0.0 {
        threshold.decay * (threshold.theta / threshold.floor).ln()
    } else {
        f64::INFINITY
    };
    falling_level(x, leak, threshold, to_floor).or_else(|| {
        let rest = constant_level(x * (-to_floor / leak).exp(), leak, threshold.base + threshold.floor)?;
        to_floor.is_finite().then_some(to_floor + rest)
    })
}

/// x exp(-s/leak) = level: only a membrane that rises towards a stationary value above the level gets there.
fn constant_level(x: f64, leak: f64, level: f64) -> Option<f64> {
    if x >= level {
        return Some(0.0);
    }
    (level < 0.0).then(|| leak * ((x - level) / level).ln_1p())
}

/// The first zero of f(s) = x exp(-s/leak) - base - theta exp(-s/decay) in (0, end], where f(0) < 0.
fn falling_level(x: f64, leak: f64, threshold: &Threshold, end: f64) -> Option<f64> {
    let Threshold { base, theta, decay, .. } = *threshold;
    let f = |s: f64| x * (-s / leak).exp() - base - theta * (-s / decay).exp();
    let slope = |s: f64| -x / leak * (-s / leak).exp() + theta / decay * (-s / decay).exp();
    // f' = 0 where exp(-s (1/leak - 1/decay)) = theta leak / (x decay).
    let ratio = theta * leak / (x * decay);
    let extremum = -ratio.ln() / (1.0 / leak - 1.0 / decay);
    let turn = if ratio > 0.0 && extremum > 0.0 && extremum < end { extremum } else { 0.0 };
    if turn > 0.0 && f(turn) >= 0.0 {
        return Some(root(f, slope, 0.0, turn));
    }
    // Beyond the extremum f goes monotonically to its limit.
    let mut reach = (leak.max(decay) + turn).min(end);
    let longest = (turn + 800.0 * leak.max(decay)).min(end);
    while f(reach) < 0.0 {
        if reach >= longest {
            return None;
        }
        reach = (2.0 * reach).min(longest);
    }
    Some(root(f, slope, turn, reach))
}

/// The zero of a function that rises monotonically from f(low) < 0 to f(high) >= 0: Newton steps inside a bracket.
/// The end of the last bracket is returned, so that the condition holds there.
fn root(f: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let mut guess = high;
    for _ in 0..200 {
        let newton = guess - f(guess) / slope(guess);
        guess = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if guess <= low || guess >= high {
            break;
        }
        if f(guess) >= 0.0 {
            high = guess;
        } else {
            low = guess;
        }
        if high - low <= 1e-16 * high {
            break;
        }
        // Newton approaches from one side; a step just past the zero closes the bracket.
        let beyond = guess + 2e-16 * guess.max(1e-9);
        if beyond < high && f(beyond) >= 0.0 {
            high = beyond;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The first sampled span at which the condition holds, on a grid fine enough for the cases below.
    fn scanned(x: f64, leak: f64, t: &Threshold, end: f64) -> Option<f64> {
        let steps = 400_000;
        (0..=steps).map(|k| end * k as f64 / steps as f64).find(|s| {
            x * (-s / leak).exp() >= t.base + (t.theta * (-s / t.decay).exp()).max(t.floor.min(t.theta))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn crossings_agree_with_a_fine_scan(
            x in -20.0f64..20.0, base in -10.0f64..10.0, theta in 0.0f64..15.0,
            leak in 2.0f64..40.0, decay in 2.0f64..40.0, floor in 0.0f64..3.0,
        ) {
            let floor = if floor < 1.0 { 0.0 } else { floor };
            let threshold = Threshold { base, theta: theta.max(floor), decay, floor };
            let (leak_found, end) = (span_to_crossing(x, leak, &threshold), 300.0);
            match scanned(x, leak, &threshold, end) {
                Some(scan) => {
                    let span = leak_found.expect("the scan found a crossing");
                    prop_assert!(span <= scan + 1e-9 && scan - span <= end / 400_000.0 + 1e-9, "{span} {scan}");
                }
                None => prop_assert!(leak_found.is_none_or(|span| span > end - 1e-3), "{leak_found:?}"),
            }
        }
    }

    #[test]
    fn a_grazing_excursion_is_found() {
        // f peaks between the ends of any coarse step: x decays more slowly than theta and both are nearly equal.
        let threshold = Threshold { base: 0.5, theta: 2.0, decay: 1.0, floor: 0.0 };
        let span = span_to_crossing(1.0, 20.0, &threshold).expect("theta falls below x - base");
        assert!((1.0 * (-span / 20.0f64).exp() - 0.5 - 2.0 * (-span).exp()).abs() < 1e-12);
        assert_eq!(span_to_crossing(0.3, 20.0, &threshold), None);
    }

    #[test]
    fn a_threshold_that_stops_at_its_floor_is_crossed_later() {
        let threshold = Threshold { base: -1.0, theta: 3.0, decay: 1.0, floor: 0.5 };
        let span = span_to_crossing(-2.0, 10.0, &threshold).unwrap();
        assert!((span - 10.0 * 4.0f64.ln()).abs() < 1e-12);
    }
}
