//! Promises of the model `stanford`.

use super::*;
use crosspike_device::OneCell;

fn chen() -> Stanford {
    Stanford {
        i0: 61.4e-6,
        g0: 0.27505e-9,
        v0: 0.43,
        velocity: 150.0,
        e_g: 1.501,
        e_r: 1.5,
        gamma0: 16.5,
        beta: 1.25,
        g1: 1e-9,
        a0: 0.25e-9,
        thickness: 5e-9,
        gap_min: 0.1e-9,
        gap_max: 1.7e-9,
        temperature: 350.0,
        heating: 0.0,
    }
}

/// The rate in its published form, with the C library's functions.
fn published_rate(model: &Stanford, gap: f64, volts: f64) -> f64 {
    let current = model.i0 * (-gap / model.g0).exp() * (volts / model.v0).sinh();
    let kt = 8.617_333_262e-5 * (model.temperature + (volts * current).abs() * model.heating);
    let gamma = model.gamma0 - model.beta * (gap / model.g1).powi(3);
    let drive = gamma * model.a0 * volts / (model.thickness * kt);
    -model.velocity * ((-model.e_g / kt).exp() * drive.exp() - (-model.e_r / kt).exp() * (-drive).exp())
}

/// Runge-Kutta of the fourth order, in steps that move the gap by 1e-5 of its range: another method, over time.
fn integrated(model: &Stanford, mut gap: f64, volts: f64, time: f64) -> f64 {
    let mut left = time;
    while left > 0.0 && gap > model.gap_min && gap < model.gap_max {
        let rate = |gap: f64| published_rate(model, gap, volts);
        let step = left.min(1.6e-9 * 1e-5 / rate(gap).abs());
        let a = rate(gap);
        let b = rate(gap + 0.5 * step * a);
        let c = rate(gap + 0.5 * step * b);
        let d = rate(gap + step * c);
        gap += step / 6.0 * (a + 2.0 * b + 2.0 * c + d);
        left -= step;
    }
    gap.clamp(model.gap_min, model.gap_max)
}

#[test]
fn motions_agree_with_an_integration_in_time() {
    for heating in [0.0, 1e6] {
        let model = Stanford { heating, ..chen() };
        for (gap, volts, time) in [
            (1.5e-9, 1.4, 1e-9),
            (1.0e-9, 1.3, 1e-8),
            (0.3e-9, -1.2, 1e-7),
            (0.6e-9, -1.5, 1e-10),
            (1.2e-9, 1.6, 1e-12),
        ] {
            let mut cell = OneCell { model, state: [gap] };
            cell.advance(volts, time);
            let expected = integrated(&model, gap, volts, time);
            assert!((cell.state[0] - gap) * volts < 0.0, "positive voltages close the gap");
            assert!(
                (cell.state[0] / expected - 1.0).abs() < 1e-8,
                "{gap:e} {volts}: {:e} {expected:e}",
                cell.state[0]
            );
        }
    }
}

#[test]
fn rates_have_the_published_decade() {
    // Memristor-Spikelearn: about 0.0716 V per decade of the rate, where the gap is about 0.5 nm wide.
    let decades = (chen().rate(0.5e-9, 1.5) / chen().rate(0.5e-9, 1.4)).log10();
    assert!((0.1 / decades / 0.0716 - 1.0).abs() < 0.2, "{} V per decade", 0.1 / decades);
}

#[test]
fn currents_are_odd_with_true_slopes_and_every_conductance_can_be_had() {
    let (low, high) = chen().range();
    for k in 0..=10 {
        let g = low * (high / low).powf(f64::from(k) / 10.0);
        let cell = OneCell::new(chen(), g);
        assert!((cell.conductance() / g - 1.0).abs() < 1e-12, "{g:e}");
        for volts in [0.05, 0.4, 1.0] {
            assert_eq!(cell.current(-volts).0, -cell.current(volts).0);
            let slope = (cell.current(volts + 1e-5).0 - cell.current(volts - 1e-5).0) / 2e-5;
            assert!((slope / cell.current(volts).1 - 1.0).abs() < 1e-8);
        }
    }
}

#[test]
fn parts_of_a_duration_give_the_state_of_the_whole_and_huge_pulses_end_at_the_ends() {
    let (mut whole, mut parts) = (OneCell::new(chen(), 1e-6), OneCell::new(chen(), 1e-6));
    whole.advance(1.35, 2e-9);
    (0..8).for_each(|_| parts.advance(1.35, 2e-9 / 8.0));
    assert!((whole.state[0] / parts.state[0] - 1.0).abs() < 1e-9);
    for (volts, end) in [(3.0, 0.1e-9), (-3.0, 1.7e-9)] {
        whole.advance(volts, 1e6);
        assert_eq!(whole.state, [end]);
    }
    // At rest the gap hardly moves in ten years.
    let mut cell = OneCell { model: chen(), state: [0.5e-9] };
    cell.advance(0.0, 3.15e8);
    assert!((cell.state[0] / 0.5e-9 - 1.0).abs() < 2e-3, "{:e}", cell.state[0]);
}
