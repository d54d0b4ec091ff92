//! Promises of the model `threshold`.

use super::*;
use switching::Rate;

const G_MIN: f64 = 1e-6;
const G_MAX: f64 = 1e-4;
const WAY: f64 = G_MAX - G_MIN;

fn cell(set: Law, reset: Law) -> Threshold {
    Threshold { g_min: G_MIN, g_max: G_MAX, v_set: 0.8, v_reset: -0.5, set, reset }
}

fn hard() -> Threshold {
    cell(Law::AtOnce, Law::AtOnce)
}

fn steady() -> Threshold {
    let rate = |at_twice, exponent| Law::Steady(Rate { at_twice, exponent });
    cell(rate(4e5, 3.0), rate(2e5, 1.0))
}

fn slowing() -> Threshold {
    let rate = |at_twice, exponent| Law::Slowing(Rate { at_twice, exponent });
    cell(rate(4e5, 2.5), rate(2e5, 1.0))
}

/// A fixed stream of numbers in (0, 1): the finaliser of SplitMix64 over a counter.
fn uniform(draw: u64) -> f64 {
    let mut word = draw.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (((word ^ (word >> 31)) >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

/// The state of cells that start from `g`.
fn state(device: &Threshold, g: &[f64]) -> Vec<f64> {
    let count = g.len();
    let mut state = vec![0.0; count];
    device.initial_state(&mut Cells::new(&mut state, count, count, 1), g, &[]).unwrap();
    state
}

/// The conductances of cells that start from `g` after the durations at their voltages.
fn after(device: &Threshold, g: &[f64], voltage: &[f64], durations: &[f64]) -> Vec<f64> {
    let count = g.len();
    let mut state = state(device, g);
    let mut cells = Cells::new(&mut state, count, count, 1);
    for duration in durations {
        device.advance(&mut cells, voltage, *duration, &[]).unwrap();
    }
    cells.variable(0).to_vec()
}

#[test]
fn hard_switching_goes_to_the_ends_at_once() {
    let voltage = [0.801, 5.0, -0.501, -5.0, 0.8, -0.5, 0.0, 0.4];
    let found = after(&hard(), &[3e-5; 8], &voltage, &[1e-12]);
    assert_eq!(found, [G_MAX, G_MAX, G_MIN, G_MIN, 3e-5, 3e-5, 3e-5, 3e-5]);
    assert_eq!(after(&hard(), &[3e-5; 8], &voltage, &[0.0]), [3e-5; 8]);
}

#[test]
fn soft_switching_follows_its_closed_forms() {
    let start = 3e-5;
    for (voltage, duration) in
        [(0.9, 1e-4), (1.2, 3e-6), (1.7, 1e-6), (-0.51, 2e-5), (-0.9, 1e-6), (-2.0, 4e-7)]
    {
        let x = (start - G_MIN) / WAY;
        let (steady_x, slowing_x) = if voltage > 0.0 {
            let excess: f64 = voltage / 0.8 - 1.0;
            let u = 4e5 * excess.powf(2.5) * duration;
            (x + 4e5 * excess.powi(3) * duration, 1.0 - (1.0 - x) * (-u).exp())
        } else {
            let u = 2e5 * (voltage / -0.5 - 1.0) * duration;
            (x - u, x * (-u).exp())
        };
        for (device, expected) in [(steady(), steady_x), (slowing(), slowing_x)] {
            assert!(
                expected > 0.0 && expected < 1.0 && (expected - x).abs() > 1e-3,
                "{voltage} V: {expected}"
            );
            let found = (after(&device, &[start], &[voltage], &[duration])[0] - G_MIN) / WAY;
            assert!((found - expected).abs() < 1e-14, "{voltage} V: {found}, expected {expected}");
        }
    }
}

#[test]
fn soft_switching_ends_at_the_range() {
    for device in [steady(), slowing()] {
        assert_eq!(after(&device, &[3e-5; 2], &[3.0, -3.0], &[1.0]), [G_MAX, G_MIN]);
        // Rates and durations whose product is beyond all numbers.
        assert_eq!(after(&device, &[3e-5; 2], &[1e300, -1e300], &[1e300]), [G_MAX, G_MIN]);
        assert_eq!(after(&device, &[G_MAX, G_MIN], &[3.0, -3.0], &[1.0]), [G_MAX, G_MIN]);
        assert_eq!(after(&device, &[3e-5; 2], &[1e300, -1e300], &[0.0]), [3e-5; 2]);
    }
}

#[test]
fn parts_of_a_duration_give_the_state_of_the_whole() {
    let voltage = [0.85, 1.1, 1.3, 2.0, -0.52, -0.7, -1.0, 0.3];
    let parts: Vec<f64> = (0..1000).map(|draw| uniform(draw) * 4e-9).collect();
    let whole = parts.iter().sum::<f64>();
    for device in [steady(), slowing(), hard()] {
        let in_parts = after(&device, &[4e-5; 8], &voltage, &parts);
        let at_once = after(&device, &[4e-5; 8], &voltage, &[whole]);
        for (parts, whole) in in_parts.iter().zip(at_once) {
            assert!((parts / whole - 1.0).abs() < 1e-12, "{parts:e} and {whole:e}");
        }
    }
}

#[test]
fn half_selected_cells_keep_every_bit() {
    // Set at 1.5 V and reset at -0.9 V; half of either is within the thresholds 0.8 V and -0.5 V.
    let start: Vec<f64> = (0..64).map(|draw| G_MIN + uniform(draw) * WAY).collect();
    for device in [hard(), steady(), slowing()] {
        for (write, untouched) in [(1.5, true), (-0.9, true), (1.7, false), (-1.1, false)] {
            let before = state(&device, &start);
            let mut after = before.clone();
            let mut cells = Cells::new(&mut after, 64, 64, 1);
            for _ in 0..100 {
                device.advance(&mut cells, &[write / 2.0; 64], 1e-3, &[]).unwrap();
            }
            assert_eq!(before == after, untouched, "{write} V");
        }
    }
}

#[test]
fn a_disturb_above_the_threshold_adds_up_to_its_closed_form() {
    // Half of 1.7 V is 0.85 V, 0.05 V beyond the threshold of set.
    let (excess, duration, count) = (0.05f64 / 0.8, 1e-6, 500);
    let found = after(&steady(), &[G_MIN], &[0.85], &vec![duration; count])[0];
    let expected = G_MIN + WAY * 4e5 * excess.powi(3) * duration * count as f64;
    assert!((found / expected - 1.0).abs() < 1e-12, "{found:e}, expected {expected:e}");
    let found = after(&slowing(), &[G_MIN], &[0.85], &vec![duration; count])[0];
    let expected = G_MAX - WAY * (-4e5 * excess.powf(2.5) * duration * count as f64).exp();
    assert!((found / expected - 1.0).abs() < 1e-12, "{found:e}, expected {expected:e}");
}

#[test]
fn the_published_cell_crosses_its_range_in_the_published_times() {
    // MemTorch's VTEAM cell: 3 nm, k_on -10 m/s, k_off 5e-4 m/s, a_on 3, a_off 1, v_on -0.2 V, v_off 0.02 V.
    let device = Threshold {
        v_set: 0.2,
        v_reset: -0.02,
        ..cell(
            Law::Steady(Rate { at_twice: 10.0 / 3e-9, exponent: 3.0 }),
            Law::Steady(Rate { at_twice: 5e-4 / 3e-9, exponent: 1.0 }),
        )
    };
    for (start, voltage, seconds, end) in [(G_MIN, 1.0, 4.6875e-12, G_MAX), (G_MAX, -1.0, 122.449e-9, G_MIN)]
    {
        let nearly = after(&device, &[start], &[voltage], &[seconds * 0.999])[0];
        assert!((nearly - end).abs() > 0.0005 * WAY && (nearly - end).abs() < 0.0015 * WAY, "{nearly:e}");
        assert_eq!(after(&device, &[start], &[voltage], &[seconds * 1.001]), [end]);
    }
}

#[test]
fn each_cell_switches_at_its_own_thresholds() {
    let v_set: Vec<f64> = (0..64).map(|draw| 0.6 + 0.4 * uniform(draw)).collect();
    let v_reset: Vec<f64> = (64..128).map(|draw| -0.6 + 0.4 * uniform(draw)).collect();
    let own = [(2, &v_set[..]), (3, &v_reset[..])];
    for (at, end) in [(&v_set, G_MAX), (&v_reset, G_MIN)] {
        let beyond: Vec<f64> = at.iter().map(|v| v * (1.0 + 1e-12)).collect();
        for (voltage, expected) in [(at, 3e-5), (&beyond, end)] {
            let mut state = [3e-5; 64];
            let mut cells = Cells::new(&mut state, 64, 64, 1).with_parameters(&own);
            hard().advance(&mut cells, voltage, 1e-9, &[]).unwrap();
            assert_eq!(state, [expected; 64]);
        }
    }
}

#[test]
fn each_cell_follows_rates_and_limits_of_its_own() {
    let own: Vec<(usize, [f64; 8])> = [(0, 1e-6), (1, 1e-4), (5, 4e5), (6, 2e5), (7, 2.0), (8, 1.0)]
        .map(|(parameter, value)| {
            (
                parameter,
                [0, 1, 2, 3, 4, 5, 6, 7].map(|k| value * (0.7 + 0.1 * uniform(parameter as u64 * 9 + k))),
            )
        })
        .to_vec();
    let columns: Vec<(usize, &[f64])> =
        own.iter().map(|(parameter, values)| (*parameter, &values[..])).collect();
    let voltage = [0.9, 1.2, 1.5, 4.0, -0.6, -0.9, -4.0, 0.3];
    for (device, law) in [(steady(), Law::Steady as fn(Rate) -> Law), (slowing(), Law::Slowing)] {
        let mut state = [3e-5; 8];
        let mut cells = Cells::new(&mut state, 8, 8, 1).with_parameters(&columns);
        device.advance(&mut cells, &voltage, 1e-6, &[]).unwrap();
        for cell in 0..8 {
            let value = |k: usize| own[k].1[cell];
            let rate = |k: usize| law(Rate { at_twice: value(k), exponent: value(k + 2) });
            let alone = Threshold {
                g_min: value(0),
                g_max: value(1),
                v_set: 0.8,
                v_reset: -0.5,
                set: rate(2),
                reset: rate(3),
            };
            assert_eq!(after(&alone, &[3e-5], &voltage[cell..=cell], &[1e-6]), [state[cell]], "cell {cell}");
        }
    }
}

#[test]
fn ends_that_are_the_wrong_way_round_are_one_conductance() {
    let (low, high) = ([2e-4; 8], [1e-5; 8]);
    let own = [(0, &low[..]), (1, &high[..])];
    for device in [hard(), steady(), slowing()] {
        let mut state = [3e-5; 8];
        let mut cells = Cells::new(&mut state, 8, 8, 1).with_parameters(&own);
        device.advance(&mut cells, &[0.9, 3.0, 1e300, -0.6, -3.0, -1e300, 0.0, 0.3], 1e9, &[]).unwrap();
        assert_eq!(state, [2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 3e-5, 3e-5]);
    }
}

#[test]
fn increments_add_up_and_end_at_the_range() {
    let device = hard();
    let mut state = state(&device, &[5e-5; 8]);
    let mut cells = Cells::new(&mut state, 8, 8, 1);
    let change = [1e-5, -1e-5, 1.0, -1.0, 0.0, 5e-5, -5e-5, 2.5e-6];
    device.increment(&mut cells, &change, &[]).unwrap();
    let expected = [5e-5 + 1e-5, 5e-5 - 1e-5, G_MAX, G_MIN, 5e-5, G_MAX, G_MIN, 5e-5 + 2.5e-6];
    assert_eq!(cells.variable(0), expected);
}

#[test]
fn reading_is_linear_odd_and_rises_with_the_voltage() {
    let voltage = [-2.0, -0.5, -0.1, 0.0, 0.1, 0.5, 0.8, 2.0];
    let mut state = state(&steady(), &[3e-5; 8]);
    let cells = Cells::new(&mut state, 8, 8, 1);
    let (mut current, mut slope) = ([0.0; 8], [0.0; 8]);
    steady().current(&cells, &voltage, &mut current, Some(&mut slope)).unwrap();
    assert_eq!(current, voltage.map(|v| 3e-5 * v));
    assert_eq!(slope, [3e-5; 8]);
    let mut mirrored = [0.0; 8];
    steady().current(&cells, &voltage.map(|v| -v), &mut mirrored, None).unwrap();
    assert_eq!(mirrored, current.map(|i| -i));
    for k in 1..8 {
        let difference = (current[k] - current[k - 1]) / (voltage[k] - voltage[k - 1]);
        assert!((difference / slope[k] - 1.0).abs() < 1e-12, "{difference:e}");
    }
}

#[test]
fn splitting_a_batch_changes_no_bit() {
    let start: Vec<f64> = (0..64).map(|draw| G_MIN + uniform(draw) * WAY).collect();
    let voltage: Vec<f64> = (0..64).map(|draw| 4.0 * uniform(900 + draw) - 2.0).collect();
    for device in [hard(), steady(), slowing()] {
        let mut whole = state(&device, &start);
        let parts = whole.clone();
        device.advance(&mut Cells::new(&mut whole, 64, 64, 1), &voltage, 1e-6, &[]).unwrap();
        for first in (0..64).step_by(8) {
            let mut part = parts[first..first + 8].to_vec();
            let mut cells = Cells::new(&mut part, 8, 8, 1);
            device.advance(&mut cells, &voltage[first..first + 8], 1e-6, &[]).unwrap();
            assert_eq!(part, whole[first..first + 8]);
        }
    }
}
