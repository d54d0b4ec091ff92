//! Promises of the model `binary`.

use super::*;
use crosspike_device::OneCell;

const COUNT: usize = 20_000;

fn n2d2() -> Binary {
    Binary {
        count: 64.0,
        g_off: 11.9e-6,
        g_on: 304e-6,
        p_set: 0.843,
        p_reset: 0.992,
        v_set: 1.0,
        v_reset: -1.0,
        pulse: 1e-7,
    }
}

/// Mean and variance of the number of devices that are on after a pulse, over evenly spaced draws.
fn after(model: &Binary, on: f64, volts: f64, seconds: f64) -> (f64, f64) {
    let draws: Vec<f64> = (0..COUNT).map(|k| (k as f64 + 0.5) / COUNT as f64).collect();
    let numbers: Vec<f64> = (0..COUNT)
        .map(|cell| model.advance([on], volts, seconds, Draws::new(&draws, COUNT, cell))[0])
        .collect();
    let mean = numbers.iter().sum::<f64>() / COUNT as f64;
    (mean, numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / COUNT as f64)
}

#[test]
fn pulses_switch_with_their_probability() {
    for (model, on, volts, seconds, p, from) in [
        (n2d2(), 24.0, 1.2, 1e-7, 0.843, 40.0),
        (n2d2(), 24.0, -1.2, 1e-7, -0.992, 24.0),
        (Binary { p_set: 0.002, ..n2d2() }, 10.0, 1.2, 1e-7, 0.002, 54.0),
        (Binary { p_set: 0.3, ..n2d2() }, 0.0, 1.2, 3e-7, 1.0 - 0.7 * 0.7 * 0.7, 64.0),
        (Binary { p_set: 0.5, count: 4096.0, ..n2d2() }, 0.0, 1.2, 1e-7, 0.5, 4096.0),
    ] {
        let p: f64 = p;
        let (mean, variance) = after(&model, on, volts, seconds);
        let expected = (on + from * p, from * p.abs() * (1.0 - p.abs()));
        assert!((mean - expected.0).abs() < 0.01, "{model:?}: mean {mean} instead of {}", expected.0);
        assert!(
            (variance / expected.1 - 1.0).abs() < 0.02,
            "{model:?}: {variance} instead of {}",
            expected.1
        );
    }
}

#[test]
fn conductances_are_counts_of_devices() {
    let mut cell = OneCell::new(n2d2(), 1e-2);
    let on = f64::round((1e-2 - 64.0 * 11.9e-6) / (304e-6 - 11.9e-6));
    assert_eq!(cell.state, [on]);
    assert!((cell.conductance() - (on * 304e-6 + (64.0 - on) * 11.9e-6)).abs() < 1e-17);
    for volts in [1.0, 0.0, -1.0] {
        cell.advance(volts, 1e3);
        assert_eq!(cell.state, [on]);
    }
    let sure = Binary { p_set: 1.0, ..n2d2() };
    let mut cell = OneCell::new(sure, 0.0);
    cell.advance(1.2, 1e-7);
    assert_eq!(cell.state, [64.0]);
}

#[test]
fn increments_are_met_on_average() {
    let draws: Vec<f64> = (0..COUNT).map(|k| (k as f64 + 0.5) / COUNT as f64).collect();
    for (devices, from) in [(0.3, 20.0), (-0.3, 20.0), (2.25, 20.0), (-5.75, 20.0)] {
        let change = devices * (304e-6 - 11.9e-6);
        let sum: f64 =
            (0..COUNT).map(|cell| n2d2().increment([from], change, Draws::new(&draws, COUNT, cell))[0]).sum();
        assert!((sum / COUNT as f64 - from - devices).abs() < 1e-3, "{devices}");
    }
    assert_eq!(n2d2().increment([60.0], 1.0, Draws::new(&[0.5], 1, 0)), [64.0]);
}
