//! The motion of one variable whose rate depends on itself alone, dx/dt = r(x), over a given time.
//!
//! # How
//!
//! Such a variable never turns round, so time is an integral: t = integral of dx / r(x). It is taken over steps of x, by
//! Gauss-Legendre quadrature with 8 points, in one piece and in two halves; a step whose two answers differ is halved. The
//! last step ends where the time is up, which Newton's iteration finds on the same integral.
//!
//! # Why
//!
//! In time the motion of a filament is stiff: its rate runs through many decades. Over x the integrand is smooth. Where
//! the rate vanishes on the way, or at the end of it, the steps shrink towards that place, as the motion does.

/// Nodes and weights of the Gauss-Legendre quadrature with 8 points, of -1 to 1; the nodes come with both signs.
///
/// Source: M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, table 25.4.
const NODES: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// Steps of one motion; each is at least 2^-40 of the way.
const MOST_STEPS: usize = 20_000;

/// Where x is after `time` of the motion dx/dt = `rate`(x) from `start`, which stops at the ends `low` and `high`.
///
/// Times err by `tolerance` of themselves, at least 1e-14. A rate that is not finite counts as very fast.
///
/// ```
/// use crosspike_device::ode::autonomous;
///
/// // dx/dt = 1 - x: an exponential.
/// let x = autonomous(0.0, (0.0, 1.0), 2.0, 1e-12, |x| 1.0 - x);
/// assert!((x - (1.0 - f64::exp(-2.0))).abs() < 1e-12);
/// // dx/dt = -3 stops at the end.
/// assert_eq!(autonomous(0.5, (0.0, 1.0), 2.0, 1e-12, |_| -3.0), 0.0);
/// ```
pub fn autonomous(
    start: f64,
    (low, high): (f64, f64),
    time: f64,
    tolerance: f64,
    rate: impl Fn(f64) -> f64,
) -> f64 {
    let mut x = start.clamp(low, high);
    let first = rate(x);
    let end = if first > 0.0 { high } else { low };
    let way = (end - x).abs();
    // Also where the rate is not a number.
    if first == 0.0 || first.is_nan() || way == 0.0 || time <= 0.0 {
        return x;
    }
    let direction = (end - x).signum();
    // On so short a part of the way a rate that changes by e over no less than a hundredth of it changes nothing but rounding.
    let straight = first * time;
    if straight.abs() <= 1e-9 * way {
        return x + straight;
    }
    let least = way * f64::powi(0.5, 40);
    let tolerance = tolerance.max(1e-14);
    let slowness = |x: f64| {
        let speed = direction * rate(x);
        if speed > 0.0 {
            1.0 / speed
        } else if speed.is_nan() {
            0.0
        } else {
            f64::INFINITY
        }
    };
    let mut left = time;
    let mut step = (first * time).abs().clamp(least, way);
    for _ in 0..MOST_STEPS {
        let rest = (end - x).abs();
        step = step.min(rest);
        let (whole, halves) = integrals(&slowness, x, direction * step);
        let error = (whole - halves).abs();
        // What the error is worth as a distance may be less than the rounding of x, next to a place where the rate vanishes.
        let distance = error * rate(x).abs().max(rate(x + direction * step).abs());
        let is_rounding = distance <= 2.0 * f64::EPSILON * x.abs().max(end.abs());
        if !halves.is_finite() || (error > tolerance * halves && !is_rounding) {
            if step <= least {
                return x;
            }
            step = (0.5 * step).max(least);
            continue;
        }
        if halves >= left {
            return last_step(&slowness, x, direction * step, (halves, left, tolerance), (low, high));
        }
        x = if step >= rest { end } else { x + direction * step };
        left -= halves;
        if x == end || left <= 0.0 {
            return x;
        }
        step *= 2.0;
    }
    x
}

/// The place within a step of so long a time where less time is up.
fn last_step(
    slowness: &impl Fn(f64) -> f64,
    x: f64,
    step: f64,
    (whole, time, tolerance): (f64, f64, f64),
    (low, high): (f64, f64),
) -> f64 {
    let (mut below, mut above) = (0.0, 1.0);
    let mut part = time / whole;
    // Newton's iteration squares its error, so that a hundredth of the tolerance is the last correction.
    let enough = (0.01 * tolerance).max(4.0 * f64::EPSILON);
    for _ in 0..60 {
        let half = 0.5 * part * step;
        let excess = quadrature(slowness, x, half) + quadrature(slowness, x + half, half) - time;
        *(if excess > 0.0 { &mut above } else { &mut below }) = part;
        let newton = part - excess / (slowness(x + part * step) * step.abs());
        let next = if newton > below && newton < above { newton } else { 0.5 * (below + above) };
        let is_found = (next - part).abs() <= enough * part;
        part = next;
        if is_found {
            break;
        }
    }
    (x + part * step).clamp(low, high)
}

/// The integral over a step in one piece and in two halves.
fn integrals(slowness: &impl Fn(f64) -> f64, x: f64, step: f64) -> (f64, f64) {
    let half = 0.5 * step;
    let halves = quadrature(slowness, x, half) + quadrature(slowness, x + half, half);
    (quadrature(slowness, x, step), halves)
}

fn quadrature(slowness: &impl Fn(f64) -> f64, x: f64, step: f64) -> f64 {
    let half = 0.5 * step;
    let middle = x + half;
    let pair = |(node, weight): &(f64, f64)| {
        weight * (slowness(middle - half * node) + slowness(middle + half * node))
    };
    half.abs() * NODES.iter().map(pair).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motions_with_closed_forms_are_met() {
        for time in [1e-6, 0.1, 1.0, 10.0, 100.0] {
            let decay = autonomous(0.9, (0.0, 1.0), time, 1e-12, |x| -x);
            assert!((decay - 0.9 * f64::exp(-time)).abs() < 1e-12, "{decay} at {time}");
            // x' = x (1 - x), the logistic curve.
            let logistic = autonomous(0.2, (0.0, 1.0), time, 1e-12, |x| x * (1.0 - x));
            let expected = 1.0 / (1.0 + 4.0 * f64::exp(-time));
            assert!((logistic - expected).abs() < 1e-11, "{logistic} instead of {expected} at {time}");
            // x' = x^2, whose slowness falls without end.
            let pole = autonomous(0.001, (0.0, 1.0), time, 1e-12, |x| x * x);
            assert!((pole - 1.0 / (1000.0 - time)).abs() < 1e-13, "{pole} at {time}");
        }
    }

    #[test]
    fn stiff_motions_take_few_steps_and_end_at_their_ends() {
        // From 1e-3 to 1e97 per second on the way.
        let rate = |x: f64| 1e-3 * f64::exp(230.0 * x);
        let time = |x: f64| (1.0 - f64::exp(-230.0 * x)) / (230.0 * 1e-3);
        for x in [1e-6, 1e-3, 0.02, 0.1] {
            let found = autonomous(0.0, (0.0, 1.0), time(x), 1e-12, rate);
            assert!((time(found) / time(x) - 1.0).abs() < 1e-11, "{found} instead of {x}");
        }
        assert_eq!(autonomous(0.0, (0.0, 1.0), 1e9, 1e-12, rate), 1.0);
    }

    #[test]
    fn a_motion_stops_where_its_rate_vanishes_and_never_turns() {
        let found = autonomous(0.0, (0.0, 1.0), 1e6, 1e-10, |x| 0.3 - x);
        assert!((found - 0.3).abs() < 1e-9, "{found}");
        assert_eq!(autonomous(0.4, (0.0, 1.0), 1.0, 1e-10, |_| 0.0), 0.4);
        assert_eq!(autonomous(0.4, (0.0, 1.0), 1.0, 1e-10, |_| f64::NAN), 0.4);
        assert_eq!(autonomous(0.4, (0.0, 1.0), f64::INFINITY, 1e-10, |_| 1.0), 1.0);
    }

    #[test]
    fn parts_of_a_time_lead_where_the_whole_does() {
        let rate = |x: f64| 3.0 * (1.1 - x).powi(3) * f64::exp(4.0 * x);
        let whole = autonomous(0.1, (0.0, 1.0), 0.05, 1e-12, rate);
        let mut x = 0.1;
        (0..7).for_each(|_| x = autonomous(x, (0.0, 1.0), 0.05 / 7.0, 1e-12, rate));
        assert!((x - whole).abs() < 1e-12, "{x} {whole}");
    }
}
