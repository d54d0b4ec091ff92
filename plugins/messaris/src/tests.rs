//! Promises of the model `messaris`.

use super::*;
use crosspike_device::OneCell;

fn published() -> Messaris {
    Messaris {
        r_min: 1600.0,
        r_max: 3000.0,
        set: Motion { rate: 600.10, scale: -0.0212028, limit: 2699.23, limit_slope: -672.93 },
        reset: Motion { rate: -34.599, scale: -0.05343997, limit: 649.41, limit_slope: -1474.32 },
        a: 0.32046,
        b: 2.71690,
    }
}

/// Runge-Kutta of the fourth order in many steps.
fn integrated(mut r: f64, rate: f64, limit: f64, time: f64) -> f64 {
    const STEPS: usize = 100_000;
    let speed = |r: f64| rate * (limit - r).powi(2);
    let step = time / STEPS as f64;
    for _ in 0..STEPS {
        let a = speed(r);
        let b = speed(r + 0.5 * step * a);
        let c = speed(r + 0.5 * step * b);
        let d = speed(r + step * c);
        r += step / 6.0 * (a + 2.0 * b + 2.0 * c + d);
    }
    r
}

#[test]
fn the_closed_form_agrees_with_an_integration_in_time() {
    for (from, volts, time) in
        [(2900.0, 1.0, 1e-6), (2700.0, 1.2, 1e-5), (1700.0, -1.2, 1e-5), (2000.0, -1.1, 3e-5)]
    {
        let mut cell = OneCell { model: published(), state: [from] };
        cell.advance(volts, time);
        let (rate, limit) = if volts > 0.0 {
            (600.10 * ((volts / -0.0212028f64).exp() - 1.0), 2699.23 - 672.93 * volts)
        } else {
            (-34.599 * ((-volts / -0.05343997f64).exp() - 1.0), 649.41 - 1474.32 * volts)
        };
        let expected = integrated(from, rate, limit, time);
        assert!(
            (cell.state[0] / expected - 1.0).abs() < 1e-8,
            "{from} {volts}: {} {expected}",
            cell.state[0]
        );
        assert!((cell.state[0] - from) * volts < -1.0, "positive voltages lower the resistance");
    }
}

#[test]
fn a_cell_beyond_its_limit_stays() {
    // At 1 V set leads to 2026.3 ohm, at -1 V reset leads to 2123.7 ohm.
    for (from, volts) in [(2000.0, 1.0), (2200.0, -1.0), (2500.0, 0.0)] {
        let mut cell = OneCell { model: published(), state: [from] };
        cell.advance(volts, 1e3);
        assert_eq!(cell.state, [from]);
    }
    let mut cell = OneCell { model: published(), state: [2900.0] };
    cell.advance(1.0, 1e6);
    assert!((cell.state[0] - (2699.23 - 672.93)).abs() < 1e-6);
    cell.advance(-2.0, f64::MAX);
    assert!(cell.state[0] <= 3000.0 && cell.state[0].is_finite());
}

#[test]
fn parts_of_a_duration_give_the_state_of_the_whole() {
    let (mut whole, mut parts) =
        (OneCell { model: published(), state: [2800.0] }, OneCell { model: published(), state: [2800.0] });
    whole.advance(1.1, 4e-6);
    (0..16).for_each(|_| parts.advance(1.1, 0.25e-6));
    assert!((whole.state[0] / parts.state[0] - 1.0).abs() < 1e-13);
}

#[test]
fn currents_are_odd_with_true_slopes_and_every_conductance_can_be_had() {
    let cell = OneCell { model: published(), state: [2500.0] };
    // a / R sinh(b V) at 1 V.
    assert!((cell.current(1.0).0 / (0.32046 / 2500.0 * 2.7169f64.sinh()) - 1.0).abs() < 1e-14);
    for volts in [0.05, 0.5, 1.2] {
        assert_eq!(cell.current(-volts).0, -cell.current(volts).0);
        let slope = (cell.current(volts + 1e-5).0 - cell.current(volts - 1e-5).0) / 2e-5;
        assert!((slope / cell.current(volts).1 - 1.0).abs() < 1e-8);
    }
    let (low, high) = published().range();
    for k in 0..=10 {
        let g = low + (high - low) * f64::from(k) / 10.0;
        assert!((OneCell::new(published(), g).conductance() / g - 1.0).abs() < 1e-14);
    }
}
