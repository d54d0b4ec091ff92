//! Promises of the model `soft-bounds`.

use super::*;
use crosspike_device::OneCell;

fn quiet() -> SoftBounds {
    SoftBounds {
        g_min: 1e-6,
        g_max: 1e-4,
        step_set: 0.02,
        step_reset: 0.05,
        noise: 0.0,
        v_set: 0.8,
        v_reset: -0.9,
        pulse: 1e-7,
    }
}

#[test]
fn steps_shrink_geometrically() {
    let mut cell = OneCell::new(quiet(), 1e-6);
    for n in 1..=50 {
        cell.advance(1.0, 1e-7);
        let expected = 1e-4 - 99e-6 * 0.98f64.powi(n);
        assert!((cell.conductance() / expected - 1.0).abs() < 1e-13, "set {n}");
    }
    let start = cell.conductance();
    for n in 1..=50 {
        cell.advance(-1.0, 1e-7);
        let expected = 1e-6 + (start - 1e-6) * 0.95f64.powi(n);
        assert!((cell.conductance() / expected - 1.0).abs() < 1e-12, "reset {n}");
    }
    // The first steps are the declared ones.
    let mut cell = OneCell::new(quiet(), 1e-4);
    cell.advance(-1.0, 1e-7);
    assert!((cell.conductance() - (1e-4 - 0.05 * 99e-6)).abs() < 1e-18);
}

#[test]
fn parts_of_a_pulse_give_the_state_of_the_whole_and_half_selected_cells_keep_every_bit() {
    let (mut whole, mut parts) = (OneCell::new(quiet(), 3e-5), OneCell::new(quiet(), 3e-5));
    whole.advance(1.0, 1e-6);
    (0..16).for_each(|_| parts.advance(1.0, 1e-6 / 16.0));
    assert!((whole.conductance() / parts.conductance() - 1.0).abs() < 1e-13);
    for volts in [0.8, 0.0, -0.9] {
        let before = whole.state;
        whole.advance(volts, 1.0);
        assert_eq!(whole.state, before);
    }
    whole.advance(1.0, f64::MAX);
    assert_eq!(whole.conductance(), 1e-4);
}

#[test]
fn noise_is_a_part_of_the_first_step() {
    let model = SoftBounds { noise: 0.3, ..quiet() };
    let draws: Vec<f64> = (0..20_000).map(|k| (f64::from(k) + 0.5) / 20_000.0).collect();
    let mean = quiet().advance([5e-5], 1.0, 1e-7, Draws::new(&[], 1, 0))[0];
    let squares: f64 = (0..20_000)
        .map(|cell| (model.advance([5e-5], 1.0, 1e-7, Draws::new(&draws, 20_000, cell))[0] - mean).powi(2))
        .sum();
    let deviation = (squares / 2e4).sqrt() / (0.3 * 0.02 * 99e-6);
    assert!((deviation - 1.0).abs() < 1e-3, "{deviation}");
}

#[test]
fn cells_have_steps_and_ends_of_their_own() {
    let own = quiet().of_cell(|index, value| match index {
        1 => 5e-5,
        2 => 0.5,
        _ => value,
    });
    let mut cell = OneCell::new(own, 1e-6);
    cell.advance(1.0, 1e-7);
    assert!((cell.conductance() - (1e-6 + 0.5 * 49e-6)).abs() < 1e-18);
}
