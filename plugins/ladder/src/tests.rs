//! Promises of the model `ladder`.

use super::*;
use crosspike_device::OneCell;

/// The real device of NeuroSim, without noise.
fn ag_a_si() -> Ladder {
    Ladder {
        g_min: 3.0769e-9,
        g_max: 3.8462e-8,
        set: Curve { pulses: 97.0, shape: 0.499_181 },
        reset: Curve { pulses: 100.0, shape: -0.200_303 },
        sigma: 0.0,
        v_set: 3.0,
        v_reset: -2.5,
        pulse: 300e-6,
    }
}

#[test]
fn ladders_have_the_published_curves() {
    let way = 3.8462e-8 - 3.0769e-9;
    let mut cell = OneCell::new(ag_a_si(), 0.0);
    for n in 1..=97 {
        cell.advance(3.2, 300e-6);
        let a = 97.0 * 0.499_181;
        let b = way / (1.0 - f64::exp(-97.0 / a));
        let expected = b * (1.0 - (-f64::from(n) / a).exp()) + 3.0769e-9;
        assert!((cell.conductance() / expected - 1.0).abs() < 1e-6, "up {n}");
    }
    assert!((cell.conductance() / 3.8462e-8 - 1.0).abs() < 1e-12);
    for n in (0..100).rev() {
        cell.advance(-2.8, 300e-6);
        let a = 100.0 * -0.200_303;
        let b = way / (1.0 - f64::exp(-100.0 / a));
        let expected = b * (1.0 - (-f64::from(n) / a).exp()) + 3.0769e-9;
        assert!((cell.conductance() / expected - 1.0).abs() < 1e-6, "down {n}");
    }
    cell.advance(-2.8, 1.0);
    assert_eq!(cell.conductance(), 3.0769e-9);
}

#[test]
fn both_directions_are_steep_where_they_start() {
    let mut up = OneCell::new(ag_a_si(), 0.0);
    up.advance(3.2, 300e-6);
    let mut down = OneCell::new(ag_a_si(), 1.0);
    down.advance(-2.8, 300e-6);
    let way = 3.8462e-8 - 3.0769e-9;
    let (rise, fall) = ((up.conductance() - 3.0769e-9) / way, (3.8462e-8 - down.conductance()) / way);
    assert!(rise > 1.5 / 97.0 && fall > 4.0 / 100.0, "{rise} {fall}");
}

#[test]
fn parts_of_a_pulse_give_the_state_of_the_whole_and_half_selected_cells_keep_every_bit() {
    let (mut whole, mut parts) = (OneCell::new(ag_a_si(), 2e-8), OneCell::new(ag_a_si(), 2e-8));
    whole.advance(4.0, 3e-3);
    (0..8).for_each(|_| parts.advance(4.0, 3e-3 / 8.0));
    assert!((whole.conductance() / parts.conductance() - 1.0).abs() < 1e-13);
    for volts in [3.0, 1.6, 0.0, -1.4, -2.5] {
        let before = whole.state;
        whole.advance(volts, 1.0);
        assert_eq!(whole.state, before);
    }
}

#[test]
fn noise_grows_with_the_root_of_the_pulses() {
    let model = Ladder { sigma: 0.001, ..ag_a_si() };
    let way = 3.8462e-8 - 3.0769e-9;
    for pulses in [1.0, 4.0] {
        let quiet = ag_a_si().advance([1e-8], 3.2, pulses * 300e-6, Draws::new(&[], 1, 0))[0];
        let draws: Vec<f64> = (0..20_000).map(|k| (f64::from(k) + 0.5) / 20_000.0).collect();
        let noise = (0..20_000).map(|cell| {
            (model.advance([1e-8], 3.2, pulses * 300e-6, Draws::new(&draws, 20_000, cell))[0] - quiet) / way
        });
        let squares: f64 = noise.map(|noise| noise * noise).sum::<f64>() / 2e4;
        assert!(
            (squares.sqrt() / (0.001 * pulses.sqrt()) - 1.0).abs() < 1e-3,
            "{pulses} pulses: {squares:e}"
        );
    }
}

#[test]
fn own_values_that_do_not_fit_together_do_no_harm() {
    let flat = ag_a_si().of_cell(|index, value| if index == 1 { 1e-9 } else { value });
    let mut cell = OneCell::new(flat, 1e-8);
    cell.advance(4.0, 1.0);
    assert_eq!(cell.conductance(), 3.0769e-9);
    let straight = ag_a_si().of_cell(|index, value| if index == 4 { 0.0 } else { value });
    let mut cell = OneCell::new(straight, 0.0);
    cell.advance(4.0, 300e-6);
    assert!(cell.conductance().is_finite() && cell.conductance() <= 3.8462e-8);
}
