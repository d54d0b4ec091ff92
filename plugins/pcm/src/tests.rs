//! Promises of the model `pcm`.

use super::*;
use crosspike_device::OneCell;

fn published() -> Pcm {
    Pcm {
        g_max: 12e-6,
        nu: 0.04,
        nu_deviation: 0.0,
        t0: 38.6,
        read_noise: 1.0,
        v_set: 0.5,
        v_reset: -0.5,
        pulse: 50e-9,
    }
}

/// Evenly spaced draws: all of the first for the middle of the second, and the other way round.
const COUNT: usize = 20_001;

fn draws(first: bool) -> Vec<f64> {
    let even = |k: usize| (k as f64 + 0.5) / COUNT as f64;
    (0..2 * COUNT).map(|k| if (k < COUNT) == first { even(k % COUNT) } else { 0.5 }).collect()
}

fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    (mean, (values.map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt())
}

#[test]
fn set_pulses_have_the_published_statistics() {
    let draws = draws(true);
    for (g, p) in [(3e-6, 0.4), (6e-6, 0.0)] {
        let after = (0..COUNT)
            .map(|cell| published().advance([g, p, 5.0, 0.1], 1.0, 50e-9, Draws::new(&draws, COUNT, cell)));
        let memory = p * (-1.0 / 2.6_f64).exp();
        let (mean, deviation) = moments(after.clone().map(|[next, ..]| (next - g) * 1e6));
        let mu = -0.084 * g * 1e6 + 0.880 + 1.40 * memory;
        let sigma = 0.091 * g * 1e6 + 0.260 + 2.15 * memory;
        // Hardly any draw is clipped at 0.1 or 12 uS.
        assert!(
            (mean / mu - 1.0).abs() < 5e-3 && (deviation / sigma - 1.0).abs() < 1e-2,
            "{mean} {deviation}"
        );
        for [_, p, t, nu] in after.take(3) {
            assert!((p - memory).abs() < 1e-15 && t == 0.0 && nu == 0.04);
        }
    }
}

#[test]
fn a_reset_leaves_a_tenth_of_a_microsiemens_and_the_whole_memory() {
    let draws = draws(true);
    let after = (0..COUNT)
        .map(|cell| published().advance([9e-6, 0.1, 1.0, 0.1], -1.0, 50e-9, Draws::new(&draws, COUNT, cell)));
    let (mean, deviation) = moments(after.clone().map(|[g, ..]| g * 1e6));
    assert!((mean - 0.1).abs() < 1e-6 && (deviation - 0.01).abs() < 1e-4, "{mean} {deviation}");
    assert!(after.clone().all(|[_, p, t, _]| p == 1.0 && t == 0.0));
}

#[test]
fn drift_is_a_power_of_time() {
    let mut cell = OneCell::new(published(), 5e-6);
    for (wait, since) in [(10.0, 10.0), (28.6, 38.6), (347.4, 386.0), (3.86e6, 3_860_386.0)] {
        cell.advance(0.0, wait);
        let expected = 5e-6 * f64::max(since / 38.6, 1.0).powf(-0.04);
        assert!((cell.conductance() / expected - 1.0).abs() < 1e-12, "{since} s");
    }
    // Reads below the thresholds are time like any other, in any parts.
    let (mut whole, mut parts) = (OneCell::new(published(), 5e-6), OneCell::new(published(), 5e-6));
    whole.advance(0.2, 1000.0);
    (0..4).for_each(|_| parts.advance(0.0, 250.0));
    assert_eq!(whole.conductance(), parts.conductance());
}

#[test]
fn exponents_of_drift_have_their_mean_and_deviation() {
    let (model, draws) = (Pcm { nu: 0.06, nu_deviation: 0.01, ..published() }, draws(false));
    let nu = (0..COUNT)
        .map(|cell| model.advance([5e-6, 0.0, 0.0, 0.0], 1.0, 50e-9, Draws::new(&draws, COUNT, cell))[3]);
    let (mean, deviation) = moments(nu);
    assert!((mean - 0.06).abs() < 1e-6 && (deviation - 0.01).abs() < 1e-5, "{mean} {deviation}");
}

#[test]
fn read_noise_is_that_of_the_measured_conductance() {
    let mut cell = OneCell::new(published(), 4e-6);
    assert!((cell.model.read_noise(cell.state, -0.2) - 0.2 * (0.03 * 4e-6 + 0.13e-6)).abs() < 1e-20);
    cell.advance(0.0, 1e6);
    let g = cell.conductance();
    assert!(g < 3e-6 && (cell.model.read_noise(cell.state, 0.1) - 0.1 * (0.03 * g + 0.13e-6)).abs() < 1e-20);
}

#[test]
fn an_increment_changes_what_is_read_by_as_much() {
    let mut cell = OneCell::new(published(), 4e-6);
    cell.advance(0.0, 1e5);
    let before = cell.conductance();
    cell.increment(1e-6);
    assert!((cell.conductance() - before - 1e-6).abs() < 1e-18);
    cell.increment(1.0);
    assert!(cell.conductance() <= 12e-6);
}
