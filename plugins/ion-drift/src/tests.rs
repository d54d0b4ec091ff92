//! Promises of the model `ion-drift`.

use super::*;
use crosspike_device::OneCell;

fn plain() -> IonDrift {
    let (r_on, r_off, thickness, mobility) = (100.0, 16e3, 10e-9, 1e-14);
    IonDrift { r_on, r_off, thickness, mobility, window: Window::None, p: 1.0, j: 1.0 }
}

fn windowed(window: Window, p: f64) -> IonDrift {
    IonDrift { window, p, ..plain() }
}

#[test]
fn the_resistance_follows_its_closed_form() {
    // From 16 kohm to 100 ohm at 1 V: (16000^2 - 100^2) / (2 15900 1e-14 100 / 1e-16) = 0.805 s.
    let whole = (16e3f64.powi(2) - 100f64.powi(2)) / (2.0 * 15.9e3 * 1e4);
    assert!((whole / 0.805 - 1.0).abs() < 1e-4, "{whole}");
    for part in [0.01, 0.3, 0.7, 0.99] {
        let mut cell = OneCell::new(plain(), 1.0 / 16e3);
        cell.advance(1.0, part * whole);
        let expected = (16e3f64.powi(2) - 2.0 * 15.9e3 * 1e4 * part * whole).sqrt();
        assert!((cell.conductance() * expected - 1.0).abs() < 1e-9, "{part}");
    }
    let mut cell = OneCell::new(plain(), 1.0 / 16e3);
    cell.advance(1.0, whole * (1.0 - 1e-12));
    assert!((cell.state[0] - 1.0).abs() < 1e-7, "{:?}", cell.state);
    cell.advance(1.0, 1.0);
    assert_eq!(cell.state, [1.0]);
    cell.advance(-1.0, f64::MAX);
    assert_eq!(cell.state, [0.0]);
}

#[test]
fn windows_have_the_published_values() {
    // By hand: 1 - 0.5^2, 1 - 0.5^4; 1 - 0.75^2, 1 - (0.75 - 1)^2; 1 - (0.0625 + 0.75), 2 (1 - 0.8125^2).
    for (model, is_positive, expected) in [
        (windowed(Window::Joglekar, 1.0), true, 0.75),
        (windowed(Window::Joglekar, 2.0), false, 0.9375),
        (windowed(Window::Biolek, 1.0), true, 0.4375),
        (windowed(Window::Biolek, 1.0), false, 0.9375),
        (windowed(Window::Prodromakis, 1.0), true, 0.1875),
        (IonDrift { j: 2.0, ..windowed(Window::Prodromakis, 2.0) }, true, 0.6796875),
    ] {
        let found = model.factor(0.75, is_positive);
        assert!((found - expected).abs() < 1e-15, "{model:?}: {found}");
    }
}

/// Runge-Kutta of the fourth order in many steps, in the plain form of the equation.
fn integrated(model: &IonDrift, mut x: f64, volts: f64, time: f64) -> f64 {
    const STEPS: usize = 200_000;
    let rate = |x: f64| {
        let resistance = 100.0 * x + 16e3 * (1.0 - x);
        1e-14 * 100.0 / 1e-16 * volts / resistance * model.factor(x, volts > 0.0)
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
    for model in [
        windowed(Window::Joglekar, 1.0),
        windowed(Window::Joglekar, 3.0),
        windowed(Window::Biolek, 2.0),
        windowed(Window::Prodromakis, 1.5),
    ] {
        for (from, volts, time) in [(0.2, 1.0, 0.3), (0.7, -0.8, 0.05), (0.05, 2.0, 0.1)] {
            let [x] = model.advance([from], volts, time, Draws::new(&[], 1, 0));
            let expected = integrated(&model, from, volts, time);
            assert!((x - expected).abs() < 1e-8, "{model:?} {from} {volts}: {x} {expected}");
        }
    }
}

#[test]
fn parts_of_a_duration_give_the_state_of_the_whole() {
    for model in [plain(), windowed(Window::Joglekar, 2.0), windowed(Window::Biolek, 1.0)] {
        let (mut whole, mut parts) = (OneCell::new(model, 2e-4), OneCell::new(model, 2e-4));
        whole.advance(0.7, 0.2);
        (0..8).for_each(|_| parts.advance(0.7, 0.025));
        assert!((whole.state[0] - parts.state[0]).abs() < 1e-11, "{model:?}");
    }
}

#[test]
fn every_conductance_can_be_had_and_0_v_moves_nothing() {
    for k in 0..=20 {
        let g = 1.0 / 16e3 * 160f64.powf(f64::from(k) / 20.0);
        let mut cell = OneCell::new(windowed(Window::Biolek, 1.0), g);
        assert!((cell.conductance() / g - 1.0).abs() < 1e-12, "{g:e}");
        let before = cell.state;
        cell.advance(0.0, 1e9);
        assert_eq!(cell.state, before);
    }
    assert_eq!(OneCell::new(plain(), 0.0).state, [0.0]);
    // A cell whose own r_off lies below r_on is one of r_on.
    let flat = plain().of_cell(|index, value| if index == 1 { 50.0 } else { value });
    let mut cell = OneCell::new(flat, 1e-3);
    cell.advance(1.0, 1.0);
    assert_eq!(cell.conductance(), 0.01);
}
