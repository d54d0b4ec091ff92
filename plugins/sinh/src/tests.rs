//! Promises of the model `sinh`.

use super::*;

const LETI_G: [f64; 5] = [3e-6, 75e-6, 200e-6, 600e-6, 3e-3];
const LETI_ALPHA: [f64; 5] = [4.6, 3.8, 3.5, 2.1, 1.2];

fn straight(alpha: f64) -> Sinh {
    Sinh { g_min: 0.0, g_max: 1e-2, curvature: Curvature::new(alpha, &[], &[]).unwrap() }
}

fn leti() -> Sinh {
    let curvature = Curvature::new(f64::NAN, &LETI_G, &LETI_ALPHA).unwrap();
    Sinh { g_min: 5e-7, g_max: 5e-3, curvature }
}

/// Currents and slopes of one cell of conductance `g` at each voltage.
fn sweep(device: &Sinh, g: f64, voltage: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let count = voltage.len();
    let mut state = vec![0.0; 2 * count];
    let mut cells = Cells::new(&mut state, count, count, 2);
    device.initial_state(&mut cells, &vec![g; count], &[]).unwrap();
    let (mut current, mut slope) = (vec![0.0; count], vec![0.0; count]);
    device.current(&cells, voltage, &mut current, Some(&mut slope)).unwrap();
    let mut alone = vec![0.0; count];
    device.current(&cells, voltage, &mut alone, None).unwrap();
    assert_eq!(alone, current, "a current does not depend on whether its slope is asked for");
    (current, slope)
}

#[test]
fn the_fit_to_the_leti_device_gives_its_measured_currents() {
    let (a, alpha): (f64, f64) = (20.034_160_72e-6, 3.772_292_05);
    let device = straight(alpha);
    // The mean of ten measured sweeps.
    let voltage = [0.07, 0.14, 0.21, 0.28, 0.35, 0.42, 0.49, 0.56, 0.63];
    let measured = [5.1e-6, 10.7e-6, 17.4e-6, 25.3e-6, 35.0e-6, 46.9e-6, 62.0e-6, 81.7e-6, 107e-6];
    let (current, _) = sweep(&device, a * alpha, &voltage);
    let squares: f64 = current.iter().zip(measured).map(|(found, measured)| (found - measured).powi(2)).sum();
    assert!((squares / 9.0).sqrt() < 0.2e-6, "{current:?}");
    // The ideal currents of uniform columns of 32 and 196 cells at 0.5 V.
    let (current, _) = sweep(&device, a * alpha, &[0.5]);
    assert!((32.0 * current[0] / 2.065_042e-3 - 1.0).abs() < 3e-7, "{current:?}");
    assert!((196.0 * current[0] / 1.264_838e-2 - 1.0).abs() < 4e-7, "{current:?}");
}

#[test]
fn the_leti_table_meets_the_measured_ratios_of_currents() {
    let device = leti();
    for (g, ratio, digits) in
        [(3e-3, 2.06, 5e-3), (600e-6, 2.18, 5e-3), (200e-6, 2.5, 0.05), (3e-6, 2.9, 0.05)]
    {
        let (current, _) = sweep(&device, g, &[0.2, 0.4]);
        assert!((current[1] / current[0] - ratio).abs() <= digits, "{g:e} S: {current:?}");
    }
}

#[test]
fn the_curvature_meets_its_points_and_is_straight_over_the_logarithm_between_them() {
    let curvature = leti().curvature;
    for (g, alpha) in LETI_G.into_iter().zip(LETI_ALPHA) {
        assert_eq!(curvature.at(g), alpha);
    }
    for k in 0..4 {
        let middle = curvature.at((LETI_G[k] * LETI_G[k + 1]).sqrt());
        assert!((middle - (LETI_ALPHA[k] + LETI_ALPHA[k + 1]) / 2.0).abs() < 1e-14, "{middle}");
    }
    assert_eq!([0.0, 1e-7, 5e-3, 1.0].map(|g| curvature.at(g)), [4.6, 4.6, 1.2, 1.2]);
    let along: Vec<f64> = (0..1000).map(|k| curvature.at(1e-6 * 1.009f64.powi(k))).collect();
    assert!(along.windows(2).all(|pair| pair[1] <= pair[0]));
}

#[test]
fn currents_and_slopes_agree_with_the_c_library() {
    let voltage: Vec<f64> = (-700..=700).map(|k| f64::from(k) / 100.0 + 1e-3 / 7.0).collect();
    for alpha in [0.3, 3.772_292_05, 40.0] {
        let (current, slope) = sweep(&straight(alpha), 1e-4, &voltage);
        for ((voltage, current), slope) in voltage.iter().zip(current).zip(slope) {
            let x = alpha * voltage;
            assert!((current / (1e-4 / alpha * x.sinh()) - 1.0).abs() < 2e-15, "I({voltage} V)");
            assert!((slope / (1e-4 * x.cosh()) - 1.0).abs() < 2e-15, "dI/dV({voltage} V)");
        }
    }
}

#[test]
fn small_voltages_lose_no_digits() {
    let voltage: Vec<f64> = (-3000..=-40).map(|k| 10f64.powf(f64::from(k) / 10.0)).collect();
    let (current, slope) = sweep(&straight(3.7), 1e-4, &voltage);
    for ((voltage, current), slope) in voltage.iter().zip(current).zip(slope) {
        let square = (3.7 * voltage).powi(2);
        assert!((current / (1e-4 * voltage * (1.0 + square / 6.0)) - 1.0).abs() < 1e-15, "I({voltage:e} V)");
        assert!((slope / (1e-4 * (1.0 + square / 2.0)) - 1.0).abs() < 1e-15, "dI/dV({voltage:e} V)");
    }
    assert_eq!(sweep(&straight(3.7), 1e-4, &[0.0]), (vec![0.0], vec![1e-4]));
}

#[test]
fn the_slope_is_the_derivative_of_the_current() {
    let step = 1e-5;
    for v in (-20..=20).map(|k| f64::from(k) / 10.0) {
        let (current, slope) = sweep(&leti(), 1.3e-4, &[v - step, v, v + step]);
        let difference = (current[2] - current[0]) / (2.0 * step);
        assert!((difference / slope[1] - 1.0).abs() < 1e-8, "{v} V: {difference:e} and {:e}", slope[1]);
    }
}

#[test]
fn the_current_is_odd_and_rises_with_the_voltage() {
    let voltage: Vec<f64> = (1..=4000).map(|k| f64::from(k) / 500.0).collect();
    let mirrored: Vec<f64> = voltage.iter().map(|v| -v).collect();
    let ((current, slope), (negative, same)) =
        (sweep(&leti(), 1e-4, &voltage), sweep(&leti(), 1e-4, &mirrored));
    assert!(current.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(current.iter().zip(&negative).all(|(up, down)| *up == -down));
    assert_eq!(slope, same);
}

#[test]
fn a_curvature_of_zero_is_a_straight_line() {
    let (current, slope) = sweep(&straight(0.0), 2e-4, &[-1e3, -0.5, 1e-9, 0.7]);
    for (current, expected) in current.iter().zip([-0.2, -1e-4, 2e-13, 1.4e-4]) {
        assert!((current / expected - 1.0).abs() < 1e-15);
    }
    assert_eq!(slope, [2e-4; 4]);
}

#[test]
fn currents_are_finite_to_the_end_of_the_validity_and_a_fault_beyond() {
    let device = Sinh { g_min: 0.0, g_max: 1e3, curvature: Curvature::new(4.0, &[], &[]).unwrap() };
    let (current, slope) = sweep(&device, 1e3, &[75.0, -75.0]);
    assert!(current.iter().chain(&slope).all(|x| (x * x).is_finite()));
    let mut state = [1e-4, 1e-4, 1e-4, 1e-4, 4.0, 4.0, 4.0, 4.0];
    let cells = Cells::new(&mut state, 4, 4, 2);
    let (mut current, mut slope) = ([0.0; 4], [0.0; 4]);
    let voltage = [0.5, 75.0, -76.0, 1e300];
    let expected =
        Fault::new("voltage -7.6e1 V is beyond the model: with alpha = 4e0 /V it allows 7.500e1 V");
    for slope in [None, Some(&mut slope[..])] {
        let fault = device.current(&cells, &voltage, &mut current, slope).unwrap_err();
        assert_eq!(fault, expected.clone().of_cell(2));
    }
}

#[test]
fn increments_add_up_end_at_the_range_and_move_the_curvature() {
    let device = leti();
    let mut state = vec![0.0; 16];
    let mut cells = Cells::new(&mut state, 8, 8, 2);
    device.initial_state(&mut cells, &[200e-6; 8], &[]).unwrap();
    let change = [400e-6, -125e-6, 1.0, -1.0, 0.0, 1e-5, -1e-5, 2.8e-3];
    device.increment(&mut cells, &change, &[]).unwrap();
    let expected = change.map(|change: f64| (200e-6 + change).clamp(device.g_min, device.g_max));
    assert_eq!(cells.variable(0), expected);
    assert_eq!(expected[2..5], [5e-3, 5e-7, 200e-6]);
    assert_eq!(cells.variable(1), expected.map(|g| device.curvature.at(g)));
}

#[test]
fn each_cell_has_a_curvature_and_limits_of_its_own() {
    let device = straight(3.0);
    let (alpha, g_max) =
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], [1e-4, 2e-4, 3e-4, 1e-4, 1e-4, 1e-4, 1e-4, 0.0]);
    let (columns, jittered) = ([(1, &g_max[..]), (2, &alpha[..])], [(1, &g_max[..]), (2, &[9.0; 8][..])]);
    let mut state = [0.0; 16];
    let mut cells = Cells::new(&mut state, 8, 8, 2).with_parameters(&columns);
    device.initial_state(&mut cells, &[1e-5; 8], &[]).unwrap();
    let mut cells = Cells::new(&mut state, 8, 8, 2).with_parameters(&jittered);
    device.increment(&mut cells, &[1.0, 1.0, 1.0, 1e-5, 1.0, 1.0, 1.0, 0.0], &[]).unwrap();
    let g = [1e-4, 2e-4, 3e-4, 2e-5, 1e-4, 1e-4, 1e-4, 0.0];
    let cells = Cells::new(&mut state, 8, 8, 2).with_parameters(&columns);
    assert_eq!(cells.variable(0), g);
    let mut current = [0.0; 8];
    device.current(&cells, &[0.5; 8], &mut current, None).unwrap();
    for cell in 0..8 {
        assert_eq!(current[cell], sweep(&straight(alpha[cell]), g[cell], &[0.5]).0[0], "cell {cell}");
    }
}

#[test]
fn splitting_a_batch_changes_no_bit() {
    let device = leti();
    let change: Vec<f64> = (0..64).map(|i| (f64::from(i) - 31.3) * 1.7e-5).collect();
    let voltage: Vec<f64> = (0..64).map(|i| (f64::from(i) - 40.1) / 23.0).collect();
    let run = |first: usize, count: usize| {
        let part = first..first + count;
        let mut state = vec![0.0; 2 * count];
        let mut cells = Cells::new(&mut state, count, count, 2);
        device.initial_state(&mut cells, &vec![3.3e-4; count], &[]).unwrap();
        device.increment(&mut cells, &change[part.clone()], &[]).unwrap();
        let (mut current, mut slope) = (vec![0.0; count], vec![0.0; count]);
        device.current(&cells, &voltage[part], &mut current, Some(&mut slope)).unwrap();
        [cells.variable(0).to_vec(), cells.variable(1).to_vec(), current, slope]
    };
    let whole = run(0, 64);
    for first in (0..64).step_by(8) {
        let part = run(first, 8);
        for (whole, part) in whole.iter().zip(part) {
            assert_eq!(whole[first..first + 8], part);
        }
    }
}
