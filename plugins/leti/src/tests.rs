//! Promises of the model `leti`.

use super::*;
use crosspike_device::OneCell;

fn sinh() -> Leti {
    Leti {
        is_cubic: false,
        g_min: 44e-6,
        g_max: 1363e-6,
        levels: 118.0,
        is_nearest: false,
        read_noise: 1.0,
        v_set: 0.7,
        v_reset: -0.6,
        set_step: 0.02,
        reset_step: 0.1,
        pulse: 1e-7,
    }
}

fn cubic() -> Leti {
    Leti {
        is_cubic: true,
        g_min: study_conductance(0.0),
        g_max: study_conductance(19.0),
        levels: 20.0,
        ..sinh()
    }
}

#[test]
fn the_study_s_list_of_resistances_is_met_exactly() {
    let list = [
        11177, 9352, 8041, 7053, 6282, 5663, 5155, 4731, 4371, 4063, 3795, 3560, 3352, 3168, 3002, 2853,
        2719, 2596, 2484, 2381,
    ];
    for (k, expected) in list.into_iter().enumerate() {
        let cell = OneCell::new(cubic(), study_conductance(k as f64));
        let chords = (0..=1000)
            .map(|n| 0.20 + 0.05 * f64::from(n) / 1000.0)
            .map(|volts| volts / cell.current(volts).0);
        assert_eq!((chords.sum::<f64>() / 1001.0).round() as i32, expected, "state {k}");
    }
    // Currents at 0 V of the first and the last state, as published: 3 uA and 77 uA.
    let at_rest = |g: f64| OneCell::new(cubic(), g).current(0.0).0 * 1e6;
    assert!((at_rest(0.0) - 3.0).abs() < 0.05 && (at_rest(1.0) - 77.3).abs() < 0.05);
}

#[test]
fn curvatures_are_those_of_the_measured_sweeps() {
    // I(0.4 V) / I(0.2 V) of the sweeps, 2 cosh(0.2 V alpha): 2.06 at 285 ohm, 2.5 at 5 kohm, 2.6 to 2.9 above 14 kohm.
    let free = Leti { levels: 0.0, g_min: 1e-6, g_max: 4e-3, ..sinh() };
    for (ohm, low, high) in [(285.0, 2.04, 2.08), (1.6e3, 2.12, 2.25), (5e3, 2.4, 2.6), (14e3, 2.55, 2.9)] {
        let cell = OneCell::new(free, 1.0 / ohm);
        let ratio = cell.current(0.4).0 / cell.current(0.2).0;
        assert!((low..=high).contains(&ratio), "{ohm} ohm: {ratio}");
    }
    // The mean of ten sweeps, which differ by 10 to 27 %: 17.4 uA at 0.21 V, 35.0 uA at 0.35 V, 62.0 uA at 0.49 V, a state of 12.2 kohm at 0.2 V.
    let cell = OneCell::new(free, 1.0 / 12.1e3);
    for (volts, expected) in [(0.21, 17.4e-6), (0.35, 35.0e-6), (0.49, 62.0e-6)] {
        assert!(
            (cell.current(volts).0 / expected - 1.0).abs() < 0.05,
            "{volts} V: {}",
            cell.current(volts).0
        );
    }
}

#[test]
fn conductances_are_chords_and_slopes_are_derivatives() {
    for (model, volts) in [(sinh(), [-0.6, -0.1, 0.3]), (cubic(), [0.1, 0.2, 0.6])] {
        let (low, high) = model.range();
        for k in 0..=10 {
            let cell = OneCell::new(model, low + (high - low) * f64::from(k) / 10.0);
            assert!((cell.current(0.225).0 / 0.225 / cell.conductance() - 1.0).abs() < 1e-13);
            for volts in volts {
                let slope = (cell.current(volts + 1e-5).0 - cell.current(volts - 1e-5).0) / 2e-5;
                assert!((slope / cell.current(volts).1 - 1.0).abs() < 1e-7, "{volts} V");
            }
        }
    }
}

#[test]
fn states_are_118_equally_spaced_conductances() {
    let gap = (1363e-6 - 44e-6) / 117.0;
    let cell = OneCell::new(sinh(), 44e-6 + 7.4 * gap);
    assert!((cell.conductance() - (44e-6 + 7.0 * gap)).abs() < 1e-15);
    let count = 1000;
    let draws: Vec<f64> = (0..count).map(|k| (k as f64 + 0.5) / count as f64).collect();
    let sum: f64 = (0..count)
        .map(|cell| {
            let state = sinh().initial(44e-6 + 7.0 * gap, Draws::new(&draws, count, cell));
            sinh().increment(state, 0.3 * gap, Draws::new(&draws, count, cell))[0]
        })
        .sum();
    assert!((sum / count as f64 - (44e-6 + 7.3 * gap)).abs() < 1e-3 * gap);
    let nearest = Leti { is_nearest: true, ..sinh() };
    assert!((nearest.dead_zone() - 0.5 * gap).abs() < 1e-18);
    let before = nearest.initial(44e-6 + 7.0 * gap, Draws::new(&[], 1, 0));
    assert_eq!(nearest.increment(before, 0.49 * gap, Draws::new(&[], 1, 0)), before);
}

#[test]
fn resets_end_at_the_limit_of_their_voltage() {
    let free = Leti { levels: 0.0, ..sinh() };
    for (volts, ohm) in [(1.1, 1.6e3), (1.3, 5e3), (1.2, (1.6e3 * 5e3f64).sqrt())] {
        let mut cell = OneCell::new(free, 1e-3);
        cell.advance(-volts, 1e-7);
        let one = cell.conductance();
        assert!((one - (1e-3 - 0.1 * (1e-3 - 1.0 / ohm))).abs() < 1e-12, "{volts} V");
        cell.advance(-volts, 1e-3);
        assert!((cell.conductance() * ohm - 1.0).abs() < 1e-9, "{volts} V");
        // A weaker pulse changes nothing any more, a set does.
        let before = cell.state;
        cell.advance(-0.8, 1.0);
        assert_eq!(cell.state, before);
        cell.advance(0.8, 1e-7);
        assert!(cell.conductance() > before[0]);
    }
}

#[test]
fn read_noise_grows_with_the_resistance() {
    // 0.04 % at 800 ohm, 1.5 % at most.
    for (ohm, relative) in [(800.0, 4e-4), (8e3, 4e-3), (22e3, 1.1e-2), (1e5, 1.5e-2)] {
        let cell = OneCell::new(Leti { levels: 0.0, g_min: 1e-6, ..sinh() }, 1.0 / ohm);
        let noise = cell.model.read_noise(cell.state, 0.2) / cell.current(0.2).0;
        assert!((noise / relative - 1.0).abs() < 1e-9, "{ohm} ohm: {noise}");
    }
}
