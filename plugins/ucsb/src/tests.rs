//! Promises of the model `ucsb`.

use super::*;
use crosspike_device::OneCell;

fn nominal() -> Ucsb {
    Ucsb { celsius: 25.0, v_set: 0.5, v_reset: -0.5, static_deviation: 0.0, dynamic_deviation: 0.0 }
}

#[test]
fn pulses_have_the_published_form() {
    // In the eighth range: 1 V for 1 ms, and -1 V for 1 ms; in the first: 1.2 V for 10 us.
    for (g0, volts, seconds, expected) in [
        (
            200e-6,
            1.0,
            1e-3,
            1.55e-4 * (1.0 - f64::tanh(-0.47 * (f64::ln(1e-3) + 3.572))) * (f64::tanh(4.864 - 5.785) + 1.0),
        ),
        (
            200e-6,
            -1.0,
            1e-3,
            -0.89e-4 * (-1.0 - f64::tanh(0.28 * (f64::ln(1e-3) - 1.68))) * (f64::tanh(-6.2 + 7.0) - 1.0),
        ),
        (
            4e-6,
            1.2,
            1e-5,
            1.55e-4
                * (1.0 - f64::tanh(-0.47 * (f64::ln(1e-5) + 3.851)))
                * (f64::tanh(1.2 * 9.369 - 10.4) + 1.0),
        ),
    ] {
        let [after] = nominal().advance([g0], volts, seconds, Draws::new(&[], 1, 0));
        assert!(expected * volts > 0.0 && expected.abs() > 1e-8, "{expected:e}");
        assert!(
            (after - g0 - expected).abs() < 1e-12 * g0,
            "{volts} V: {:e} instead of {expected:e}",
            after - g0
        );
    }
}

#[test]
fn currents_have_the_published_curvature() {
    // Fitted at 100 uS: A3 / A1 of about 2.1 per square volt, where the linear part is 98 uS.
    let (a1, a3) = nominal().coefficients(100e-6);
    assert!((a1 - 98.0e-6).abs() < 0.2e-6, "{a1:e}");
    assert!((a3 / a1 - 2.1).abs() < 0.15, "{}", a3 / a1);
    // Device to device about 12 %.
    let (more, _) = Ucsb { static_deviation: 1.0, ..nominal() }.coefficients(100e-6);
    assert!(((more - a1) / a1 - 0.12).abs() < 0.02, "{}", (more - a1) / a1);
    let cell = OneCell::new(nominal(), 5e-5);
    for volts in [-0.4, 0.1, 0.5] {
        assert_eq!(cell.current(-volts).0, -cell.current(volts).0);
        let slope = (cell.current(volts + 1e-5).0 - cell.current(volts - 1e-5).0) / 2e-5;
        assert!((slope / cell.current(volts).1 - 1.0).abs() < 1e-8);
    }
}

#[test]
fn every_conductance_can_be_had() {
    for deviation in [-1.0, 0.0, 1.0] {
        let model = Ucsb { static_deviation: deviation, ..nominal() };
        let (low, high) = model.range();
        for k in 1..10 {
            let g = low + (high - low) * f64::from(k) / 10.0;
            let cell = OneCell::new(model, g);
            assert!((cell.conductance() / g - 1.0).abs() < 1e-9, "{deviation} {g:e}");
            assert!((cell.current(0.2).0 / 0.2 / g - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn pulses_within_the_thresholds_move_nothing_and_huge_ones_stay_in_range() {
    for volts in [0.5, 0.1, 0.0, -0.5] {
        assert_eq!(nominal().advance([5e-5], volts, 1.0, Draws::new(&[], 1, 0)), [5e-5]);
    }
    for deviation in [-5.0, 0.0, 5.0] {
        let model = Ucsb { dynamic_deviation: deviation, ..nominal() };
        for (volts, seconds) in [(3.0, 1e3), (-3.0, 1e3), (1e6, f64::MAX), (-1e6, 1e-300)] {
            let [after] = model.advance([5e-5], volts, seconds, Draws::new(&[], 1, 0));
            assert!((LOWEST..=HIGHEST).contains(&after), "{deviation} {volts}: {after:e}");
            assert!((after - 5e-5) * volts >= 0.0, "a pulse goes the other way");
        }
    }
}
