//! Promises of the model `vteam`.

use super::*;
use crosspike_device::OneCell;

fn memtorch() -> Vteam {
    Vteam {
        r_on: 50.0,
        r_off: 1000.0,
        width: 3e-9,
        on: Switch { speed: -10.0, exponent: 3.0, threshold: -0.2 },
        off: Switch { speed: 5e-4, exponent: 1.0, threshold: 0.02 },
        is_exponential: false,
    }
}

#[test]
fn the_published_cell_crosses_its_range_in_the_published_times() {
    // d / (k_off (1 V / 0.02 V - 1)) = 122 ns and d / (k_on (1 V / 0.2 V - 1)^3) = 4.7 ps.
    let (off, on): (f64, f64) = (3e-9 / (5e-4 * 49.0), 3e-9 / (10.0 * 64.0));
    assert!((off / 122e-9 - 1.0).abs() < 4e-3 && (on / 4.7e-12 - 1.0).abs() < 4e-3);
    for (from, volts, time) in [(1.0 / 50.0, -1.0, off), (1.0 / 1000.0, 1.0, on)] {
        let mut cell = OneCell::new(memtorch(), from);
        cell.advance(volts, 0.5 * time);
        assert!((cell.state[0] - 0.5).abs() < 1e-12, "{:?}", cell.state);
        cell.advance(volts, 0.5000001 * time);
        assert_eq!(cell.state[0], if volts < 0.0 { 1.0 } else { 0.0 });
        cell.advance(volts, f64::MAX);
        assert!(cell.state[0] == 0.0 || cell.state[0] == 1.0);
    }
}

#[test]
fn voltages_within_the_thresholds_keep_every_bit() {
    for volts in [0.2, 0.1, 0.0, -0.01, -0.02] {
        let mut cell = OneCell::new(memtorch(), 4e-3);
        let before = cell.state;
        cell.advance(volts, 1e6);
        assert_eq!(cell.state, before, "{volts} V");
    }
}

#[test]
fn both_laws_of_the_current_reach_every_conductance() {
    for is_exponential in [false, true] {
        let model = Vteam { is_exponential, ..memtorch() };
        for k in 0..=20 {
            let g = 1e-3 * 20f64.powf(f64::from(k) / 20.0);
            let cell = OneCell::new(model, g);
            assert!((cell.conductance() / g - 1.0).abs() < 1e-13, "{g:e}");
            assert_eq!(cell.current(-0.3), (-0.3 * cell.conductance(), cell.conductance()));
        }
        assert_eq!(OneCell::new(model, 1.0).conductance(), 0.02);
        assert!((OneCell::new(model, 0.0).conductance() - 1e-3).abs() < 1e-17);
    }
    // Half way the exponential cell has the geometric mean of its resistances.
    let middle = OneCell { model: Vteam { is_exponential: true, ..memtorch() }, state: [0.5] };
    assert!((middle.conductance() * f64::sqrt(50.0 * 1000.0) - 1.0).abs() < 1e-14);
}

#[test]
fn parts_of_a_duration_give_the_state_of_the_whole() {
    let (mut whole, mut parts) = (OneCell::new(memtorch(), 2e-3), OneCell::new(memtorch(), 2e-3));
    whole.advance(0.21, 3e-7);
    (0..10).for_each(|_| parts.advance(0.21, 3e-8));
    assert!((whole.state[0] - parts.state[0]).abs() < 1e-14 && whole.state[0] < 0.5);
}

#[test]
fn own_values_that_do_not_fit_together_do_no_harm() {
    let model = memtorch().of_cell(|index, value| if index == 1 { 20.0 } else { value });
    let mut cell = OneCell::new(model, 3e-3);
    assert_eq!(cell.conductance(), 0.02);
    cell.advance(1.0, 1.0);
    assert_eq!(cell.conductance(), 0.02);
    let slow = memtorch().of_cell(|index, value| if index == 4 { value / 2.0 } else { value });
    let mut cell = OneCell::new(slow, 0.02);
    cell.advance(-1.0, 61e-9);
    assert!((cell.state[0] - 61.0 / 244.897_959).abs() < 1e-6);
}
