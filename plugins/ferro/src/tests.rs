//! Promises of the model `ferro`.

use super::*;
use crosspike_device::OneCell;

fn simbrain() -> Ferro {
    Ferro {
        g_min: 70e-9,
        g_max: 9e-6,
        set: Switch { threshold: 1.4, rate: 1.135e5, exponent: 5.0, window: 0.9 },
        reset: Switch { threshold: -2.0, rate: 7.37e8, exponent: 5.0, window: 1.8 },
    }
}

/// Runge-Kutta of the fourth order in many steps, of the rest of the way.
fn integrated(mut y: f64, rate: f64, window: f64, time: f64) -> f64 {
    const STEPS: usize = 100_000;
    let speed = |y: f64| -rate * y.max(0.0).powf(window);
    let step = time / STEPS as f64;
    for _ in 0..STEPS {
        let a = speed(y);
        let b = speed(y + 0.5 * step * a);
        let c = speed(y + 0.5 * step * b);
        let d = speed(y + step * c);
        y += step / 6.0 * (a + 2.0 * b + 2.0 * c + d);
    }
    y
}

#[test]
fn motions_agree_with_an_integration_in_time() {
    for (from, volts, time) in [(0.1, 2.0, 1e-3), (0.6, 2.4, 5e-5), (0.9, -2.3, 2e-5), (0.4, -3.0, 1e-7)] {
        let mut cell = OneCell { model: simbrain(), state: [from] };
        cell.advance(volts, time);
        let expected = if volts > 0.0 {
            1.0 - integrated(1.0 - from, 1.135e5 * (volts / 1.4f64 - 1.0).powi(5), 0.9, time)
        } else {
            integrated(from, 7.37e8 * (volts / -2.0f64 - 1.0).powi(5), 1.8, time)
        };
        assert!((cell.state[0] - expected).abs() < 1e-8, "{from} {volts}: {} {expected}", cell.state[0]);
        assert!((cell.state[0] - from).abs() > 1e-3);
    }
    // A window of 1 is an exponential.
    let plain = Switch { window: 1.0, ..simbrain().set };
    let share = 1.135e5 * (2.0f64 / 1.4 - 1.0).powi(5) * 1e-4;
    assert!((plain.rest(0.7, 2.0, 1e-4) - 0.7 * (-share).exp()).abs() < 1e-14);
}

#[test]
fn a_window_below_1_ends_in_a_finite_time() {
    // y^0.1 = 0.1 K t.
    let rate = 1.135e5 * (2.8f64 / 1.4 - 1.0).powi(5);
    let time = 1.0 / (0.1 * rate);
    let mut cell = OneCell { model: simbrain(), state: [0.0] };
    cell.advance(2.8, 0.9 * time);
    assert!(cell.state[0] < 1.0);
    cell.advance(2.8, 0.2 * time);
    assert_eq!(cell.state, [1.0]);
    assert_eq!(cell.conductance(), 9e-6);
}

#[test]
fn parts_of_a_duration_give_the_state_of_the_whole_and_half_selected_cells_keep_every_bit() {
    for (volts, time) in [(2.0, 1e-3), (-2.4, 1e-5)] {
        let (mut whole, mut parts) = (OneCell::new(simbrain(), 4e-6), OneCell::new(simbrain(), 4e-6));
        whole.advance(volts, time);
        (0..8).for_each(|_| parts.advance(volts, time / 8.0));
        assert!((whole.state[0] - parts.state[0]).abs() < 1e-13);
    }
    for volts in [1.4, 0.0, -2.0] {
        let mut cell = OneCell::new(simbrain(), 3e-6);
        let before = cell.state;
        cell.advance(volts, 1e3);
        assert_eq!(cell.state, before);
    }
}

#[test]
fn extreme_pulses_and_own_values_do_no_harm() {
    for volts in [1e3, -1e3] {
        let mut cell = OneCell::new(simbrain(), 3e-6);
        cell.advance(volts, f64::MAX);
        assert!((0.0..=1.0).contains(&cell.state[0]), "{:?}", cell.state);
    }
    let flat = simbrain().of_cell(|index, value| if index == 1 { 1e-9 } else { value });
    let mut cell = OneCell::new(flat, 1e-6);
    cell.advance(2.0, 1.0);
    assert_eq!(cell.conductance(), 70e-9);
}
