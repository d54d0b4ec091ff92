//! Promises of the model `yakopcic`.

use super::*;
use crosspike_device::OneCell;

/// The published fit to the a-Si device of Jo.
fn a_si() -> Yakopcic {
    Yakopcic {
        a1: 3.7e-7,
        a2: 4.35e-7,
        b: 0.7,
        set: Motion { rate: 0.005, threshold: 1.5, free: 0.2, alpha: 1.2 },
        reset: Motion { rate: 0.08, threshold: 0.5, free: 0.5, alpha: 3.0 },
        eta: 1.0,
    }
}

#[test]
fn currents_and_motions_have_the_published_form() {
    let cell = OneCell { model: a_si(), state: [0.4] };
    assert!((cell.current(2.0).0 / (3.7e-7 * 0.4 * 1.4f64.sinh()) - 1.0).abs() < 1e-14);
    assert!((cell.current(-1.0).0 / (-4.35e-7 * 0.4 * 0.7f64.sinh()) - 1.0).abs() < 1e-14);
    assert!((cell.current(0.1).0 - 0.1 * cell.conductance()).abs() < 1e-22);
    // Free motion up to x_p = 0.2, at 0.005 (e^2 - e^1.5) per second.
    let mut cell = OneCell { model: a_si(), state: [0.05] };
    cell.advance(2.0, 3.0);
    let expected = 0.05 + 0.005 * (2f64.exp() - 1.5f64.exp()) * 3.0;
    assert!((cell.state[0] - expected).abs() < 1e-14 && expected < 0.2);
    // The windows at hand-computed points: e^(-1.2 0.3) (0.5 / 0.8), and for reset at x = 0.25 e^(-3 0.25) (0.25 / 0.5).
    assert!((a_si().set.window(0.5, 0.5) - (-0.36f64).exp() * 0.625).abs() < 1e-15);
    assert!((a_si().reset.window(0.75, 0.25) - (-0.75f64).exp() * 0.5).abs() < 1e-15);
}

/// Runge-Kutta of the fourth order in many steps, in the published form.
fn integrated(mut x: f64, volts: f64, time: f64) -> f64 {
    const STEPS: usize = 100_000;
    let rate = |x: f64| {
        if volts > 1.5 {
            let f = if x >= 0.2 { (-1.2 * (x - 0.2)).exp() * ((0.2 - x) / 0.8 + 1.0) } else { 1.0 };
            0.005 * (volts.exp() - 1.5f64.exp()) * f
        } else {
            let f = if x <= 0.5 { (3.0 * (x + 0.5 - 1.0)).exp() * x / 0.5 } else { 1.0 };
            -0.08 * ((-volts).exp() - 0.5f64.exp()) * f
        }
    };
    let step = time / STEPS as f64;
    for _ in 0..STEPS {
        let a = rate(x);
        let b = rate(x + 0.5 * step * a);
        let c = rate(x + 0.5 * step * b);
        let d = rate(x + step * c);
        x += step / 6.0 * (a + 2.0 * b + 2.0 * c + d);
    }
    x
}

#[test]
fn windowed_motions_agree_with_an_integration_in_time() {
    for (from, volts, time) in [(0.3, 2.5, 20.0), (0.1, 3.0, 5.0), (0.9, -1.0, 4.0), (0.4, -2.0, 1.0)] {
        let mut cell = OneCell { model: a_si(), state: [from] };
        cell.advance(volts, time);
        let expected = integrated(from, volts, time);
        assert!((cell.state[0] - expected).abs() < 1e-8, "{from} {volts}: {} {expected}", cell.state[0]);
    }
}

#[test]
fn voltages_within_the_thresholds_keep_every_bit_and_huge_ones_stay_in_range() {
    for volts in [1.5, 0.1, 0.0, -0.5] {
        let mut cell = OneCell { model: a_si(), state: [0.37] };
        cell.advance(volts, 1e9);
        assert_eq!(cell.state, [0.37]);
    }
    for (volts, end) in [(500.0, 1.0), (-500.0, 0.0)] {
        let mut cell = OneCell { model: a_si(), state: [0.37] };
        cell.advance(volts, 1e9);
        assert!((cell.state[0] - end).abs() < 1e-9, "{:?}", cell.state);
    }
}

#[test]
fn slopes_are_derivatives_and_every_conductance_can_be_had() {
    let cell = OneCell { model: a_si(), state: [0.6] };
    for volts in [-3.0, -0.2, 0.05, 1.0, 4.0] {
        let slope = (cell.current(volts + 1e-5).0 - cell.current(volts - 1e-5).0) / 2e-5;
        assert!((slope / cell.current(volts).1 - 1.0).abs() < 1e-8, "{volts} V");
    }
    let largest = a_si().range().1;
    for k in 0..=10 {
        let g = largest * f64::from(k) / 10.0;
        assert!((OneCell::new(a_si(), g).conductance() - g).abs() < 1e-15 * largest);
    }
}

#[test]
fn a_negative_eta_turns_the_motion_round() {
    let mut cell = OneCell { model: Yakopcic { eta: -1.0, ..a_si() }, state: [0.5] };
    cell.advance(2.0, 1.0);
    assert!(cell.state[0] < 0.5);
    cell.advance(-1.0, 1.0);
    assert!(cell.state[0] > 0.5);
}
