//! Promises of the model `levels`.

use super::*;

fn levels(count: usize, geometric: bool, rounding: Rounding) -> Levels {
    Levels { ladder: Table::spaced(50e-6, 10e-3, count, geometric).unwrap(), rounding }
}

/// A fixed stream of numbers in (0, 1): the finaliser of SplitMix64 over a counter.
fn uniform(draw: u64) -> f64 {
    let mut word = draw.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (((word ^ (word >> 31)) >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

fn conductances(device: &Levels, cells: &Cells<'_>) -> Vec<f64> {
    let mut out = vec![0.0; cells.count()];
    device.conductance(cells, &mut out).unwrap();
    out
}

#[test]
fn stochastic_rounding_is_unbiased_for_every_spacing() {
    const CELLS: usize = 80_000;
    for geometric in [false, true] {
        let device = levels(32, geometric, Rounding::Stochastic);
        for change in [1e-6, -3e-6, 44e-6, 7.3e-4, -1.9e-3] {
            let mut state = vec![0.0; 2 * CELLS];
            let mut cells = Cells::new(&mut state, CELLS, CELLS, 2);
            device.initial_state(&mut cells, &[3e-3; CELLS], &[]).unwrap();
            let start = conductances(&device, &cells)[0];
            let draws: Vec<f64> = (0..CELLS as u64).map(uniform).collect();
            device.increment(&mut cells, &[change; CELLS], &draws).unwrap();
            let moved: Vec<f64> = conductances(&device, &cells).iter().map(|g| g - start).collect();
            let mean = moved.iter().sum::<f64>() / CELLS as f64;
            let variance = moved.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / CELLS as f64;
            let error = (mean - change).abs();
            assert!(error < 4.0 * (variance / CELLS as f64).sqrt() + 1e-15, "{change}: {mean}");
        }
    }
}

#[test]
fn the_accumulator_loses_nothing_within_the_range() {
    // Levels and changes are dyadic, so that every sum is exact.
    let device =
        Levels { ladder: Table::spaced(0.0, 1.0, 65, false).unwrap(), rounding: Rounding::Accumulate };
    let mut state = [0.0; 16];
    let mut cells = Cells::new(&mut state, 8, 8, 2);
    device.initial_state(&mut cells, &[0.5; 8], &[]).unwrap();
    let mut sum = 0.5;
    for draw in 0..10_000 {
        let change = ((uniform(draw) - 0.5) * 4096.0).round() / f64::from(1 << 20);
        sum += change;
        device.increment(&mut cells, &[change; 8], &[0.5; 8]).unwrap();
        assert_eq!(conductances(&device, &cells)[3] + cells.variable(1)[3], sum);
        assert!(cells.variable(1)[3].abs() <= 0.5 / 64.0);
    }
}

#[test]
fn the_accumulator_forgets_what_leaves_the_range() {
    let device = levels(64, true, Rounding::Accumulate);
    let mut state = [0.0; 16];
    let mut cells = Cells::new(&mut state, 8, 8, 2);
    device.initial_state(&mut cells, &[9.9e-3; 8], &[]).unwrap();
    device.increment(&mut cells, &[1.0; 8], &[0.5; 8]).unwrap();
    assert_eq!((cells.variable(0)[0], cells.variable(1)[0]), (63.0, 0.0));
    device.increment(&mut cells, &[-1.0; 8], &[0.5; 8]).unwrap();
    assert_eq!((cells.variable(0)[0], cells.variable(1)[0]), (0.0, 0.0));
}

#[test]
fn nearest_rounding_freezes_44_us_below_114_07_levels() {
    for (count, level) in [(114, 50.0), (115, 49.0)] {
        let device = levels(count, false, Rounding::Nearest);
        assert_eq!(device.dead_zone() > 44e-6, count == 114);
        let mut state = [50.0; 16];
        let mut cells = Cells::new(&mut state, 8, 8, 2);
        device.increment(&mut cells, &[-44e-6; 8], &[0.5; 8]).unwrap();
        assert_eq!(cells.variable(0), [level; 8]);
    }
}

#[test]
fn a_change_of_zero_leaves_every_level_as_it_is() {
    for rounding in [Rounding::Nearest, Rounding::Stochastic, Rounding::Accumulate] {
        for geometric in [false, true] {
            let device = levels(64, geometric, rounding);
            let mut state: Vec<f64> = (0..128).map(|k| if k < 64 { f64::from(k) } else { 0.0 }).collect();
            let before = state.clone();
            let mut cells = Cells::new(&mut state, 64, 64, 2);
            device.increment(&mut cells, &[0.0; 64], &[1e-17; 64]).unwrap();
            assert_eq!(state, before);
        }
    }
}

#[test]
fn every_level_starts_from_its_own_conductance() {
    for geometric in [false, true] {
        let device = levels(64, geometric, Rounding::Nearest);
        let target: Vec<f64> = (0..64).map(|k| (&device.ladder).conductance(f64::from(k))).collect();
        let mut state = [0.0; 128];
        let mut cells = Cells::new(&mut state, 64, 64, 2);
        device.initial_state(&mut cells, &target, &[]).unwrap();
        assert_eq!(conductances(&device, &cells), target);
    }
}

#[test]
fn each_cell_has_levels_of_its_own() {
    let (low, high) = (
        [50e-6, 10e-6, 90e-6, 1e-6, 50e-6, 2e-3, 50e-6, 3e-6],
        [1e-2, 2e-2, 8e-3, 1e-3, 1e-2, 1e-3, 5e-3, 7e-3],
    );
    let own = [(0, &low[..]), (1, &high[..])];
    for rounding in [Rounding::Nearest, Rounding::Stochastic, Rounding::Accumulate] {
        for geometric in [false, true] {
            let common = levels(40, geometric, rounding);
            let alone = |cell: usize| {
                let ladder = Table::spaced(low[cell], high[cell], 40, geometric);
                ladder.map(|ladder| Levels { ladder, rounding })
            };
            let mut state = [0.0; 16];
            let mut cells = Cells::new(&mut state, 8, 8, 2).with_parameters(&own);
            common.initial_state(&mut cells, &[3e-3; 8], &[]).unwrap();
            common.increment(&mut cells, &[-7e-4; 8], &[0.3; 8]).unwrap();
            let found = conductances(&common, &cells);
            for cell in 0..8 {
                if cell == 5 {
                    assert_eq!(found[5], 2e-3, "ends that are the wrong way round are one conductance");
                    continue;
                }
                let (device, mut state) = (alone(cell).unwrap(), [0.0; 16]);
                let mut cells = Cells::new(&mut state, 8, 8, 2);
                device.initial_state(&mut cells, &[3e-3; 8], &[]).unwrap();
                device.increment(&mut cells, &[-7e-4; 8], &[0.3; 8]).unwrap();
                assert_eq!(conductances(&device, &cells)[cell], found[cell], "cell {cell}");
            }
        }
    }
}

#[test]
fn splitting_a_batch_changes_no_bit() {
    for rounding in [Rounding::Nearest, Rounding::Stochastic, Rounding::Accumulate] {
        let device = levels(40, true, rounding);
        let change: Vec<f64> = (0..64).map(|i| (uniform(i) - 0.5) * 2e-3).collect();
        let draws: Vec<f64> = (100..164).map(uniform).collect();
        let mut whole = [20.0; 128];
        whole[64..].fill(0.0);
        device.increment(&mut Cells::new(&mut whole, 64, 64, 2), &change, &draws).unwrap();
        for first in (0..64).step_by(8) {
            let mut part = [20.0; 16];
            part[8..].fill(0.0);
            let range = first..first + 8;
            let mut cells = Cells::new(&mut part, 8, 8, 2);
            device.increment(&mut cells, &change[range.clone()], &draws[range.clone()]).unwrap();
            assert_eq!(part[..8], whole[range.clone()]);
            assert_eq!(part[8..], whole[64 + first..64 + first + 8]);
        }
    }
}
