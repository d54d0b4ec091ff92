//! Program pulses put the scheme's voltages on every cell of a tile, and the cells follow their device.

use crosspike_tests::plugin::Plugin;
use crosspike_tests::writes::*;
use crosspike_tests::{options, parse, simulation};

/// Voltages of the lines that a pulse does not select, as parts of the pulse: (word lines, bit lines).
const HALF: (f64, f64) = (1.0 / 2.0, 1.0 / 2.0);
const THIRD: (f64, f64) = (1.0 / 3.0, 2.0 / 3.0);
const GROUNDED: (f64, f64) = (0.0, 0.0);

/// What becomes of every cell when bit line `learner` gets pulses of so many sixteenths, sets above 0, resets below: first
/// all sets, then all resets, in each the pulses start together and the voltages change where one ends.
fn expected(
    device: &Soft,
    before: &[f64],
    learner: usize,
    sixteenths: &[i32],
    (word, bit): (f64, f64),
) -> Vec<f64> {
    let mut all = before.to_vec();
    for sign in [1, -1] {
        let volts = f64::from(sign) * VOLTS;
        let last = sixteenths.iter().map(|width| width * sign).max().unwrap().max(0);
        for (cell, g) in all.iter_mut().enumerate() {
            let (row, column) = (cell / COLUMNS, cell % COLUMNS);
            let own = if column == learner { 0.0 } else { bit };
            let driven = (sixteenths[row] * sign).max(0);
            *g = device.after(*g, volts * (1.0 - own), SECONDS * f64::from(driven) / 16.0);
            *g = device.after(*g, volts * (word - own), SECONDS * f64::from(last - driven) / 16.0);
        }
    }
    all
}

/// Whole pulses: sets where a source has spiked, resets elsewhere.
fn whole() -> Vec<i32> {
    (0..ROWS).map(|row| if SPIKING.contains(&row) { 16 } else { -16 }).collect()
}

#[test]
fn a_threshold_between_half_and_whole_keeps_every_bit_of_all_cells_but_the_selected() {
    let soft = Soft { threshold: 0.8, rate: 1e6, exponent: 1.0 };
    for wires in ["wires: Ideal", "wires: Exact(segment: \"2 ohm\")"] {
        for crossbar in [hard(0.8), soft.text(UNIFORM), hard(0.6)] {
            let [before, after] = learn(&SPIKING, 2, &format!("{crossbar}, {wires}"), &fixed("Half"));
            for (cell, (before, after)) in before.iter().zip(&after).enumerate() {
                let (row, column) = (cell / COLUMNS, cell % COLUMNS);
                match (column == 2, SPIKING.contains(&row)) {
                    (true, true) => assert!(after > before, "row {row} was not set"),
                    (true, false) => assert!(after < before, "row {row} was not reset"),
                    (false, _) => assert_eq!(before.to_bits(), after.to_bits(), "disturb at {row}, {column}"),
                }
            }
        }
    }
    let [_, after] = learn(&SPIKING, 2, &hard(0.8), &fixed("Half"));
    for row in 0..ROWS {
        assert_eq!(after[row * COLUMNS + 2], if SPIKING.contains(&row) { G_MAX } else { G_MIN });
    }
}

#[test]
fn selected_and_half_selected_cells_follow_the_closed_form_of_the_device() {
    // Half of the pulse is 1.2 times the threshold, a third of it 1.33 times the lower one.
    for (scheme, fractions, threshold) in
        [("Half", HALF, 0.5), ("Third", THIRD, 0.3), ("Grounded", GROUNDED, 0.5)]
    {
        let device = Soft { threshold, rate: 2e6, exponent: 1.5 };
        let [before, after] = learn(&SPIKING, 2, &device.text(UNIFORM), &fixed(scheme));
        let all = expected(&device, &before, 2, &whole(), fractions);
        assert_each_close(&after, &all, 1e-12);
        let disturbed = (0..ROWS * COLUMNS).filter(|&cell| cell % COLUMNS != 2 && all[cell] != before[cell]);
        assert!(disturbed.count() >= 4 * SPIKING.len(), "{scheme} disturbs nobody");
    }
}

#[test]
fn a_pulse_is_as_wide_as_its_change_is_large() {
    let device = Soft { threshold: 0.5, rate: 2e6, exponent: 2.0 };
    let crossbar = device.text(UNIFORM);
    // Arrivals lie 4 ms before the spike of the learner.
    let decay = (-4.0_f64 / 5.0).exp();
    for (bounds, factor) in [
        ("Hard", &(|_| 1.0) as &dyn Fn(f64) -> f64),
        ("Exponential(2.0)", &|x: f64| (-2.0 * x).exp()),
        ("Power(2.0)", &|x: f64| (1.0 - x).powi(2)),
    ] {
        let rule = format!(
            r#"potentiation: "30 uS", depression: "7 uS", decay: "5 ms", bounds: {bounds}, {}"#,
            pulses("Half", "Width")
        );
        let [before, after] = learn(&SPIKING, 3, &crossbar, &rule);
        let sixteenths: Vec<i32> = (0..ROWS)
            .map(|row| {
                let x = (before[row * COLUMNS + 3] - G_MIN) / (G_MAX - G_MIN);
                let (sign, strength) =
                    if SPIKING.contains(&row) { (1, decay * factor(x)) } else { (-1, factor(1.0 - x)) };
                sign * (16.0 * strength).round() as i32
            })
            .collect();
        assert_each_close(&after, &expected(&device, &before, 3, &sixteenths, HALF), 1e-12);
    }
}

#[test]
fn a_signed_pair_is_set_on_one_side_only() {
    for wires in ["wires: Ideal", "wires: Exact(segment: \"2 ohm\")"] {
        let crossbar = format!("{}, signed: true, {wires}", hard(0.8));
        let [before, after] = learn(&SPIKING, 1, &crossbar, &fixed("Half"));
        for (cell, (before, after)) in before.iter().zip(&after).enumerate() {
            let (minus, row) = (cell / (ROWS * COLUMNS) == 1, cell / COLUMNS % ROWS);
            let is_set = cell % COLUMNS == 1 && SPIKING.contains(&row) != minus;
            let expected = if is_set { G_MAX } else { *before };
            assert_eq!(after.to_bits(), expected.to_bits(), "{after:e} at cell {cell}");
        }
    }
}

#[test]
fn the_planes_of_a_pair_half_select_each_other() {
    let device = Soft { threshold: 0.5, rate: 2e6, exponent: 1.0 };
    let crossbar = format!("{}, signed: true", device.text(UNIFORM));
    let [before, after] = learn(&SPIKING, 1, &crossbar, &fixed("Half"));
    let cell = |all: &[f64], plane: usize, row: usize| all[(plane * ROWS + row) * COLUMNS + 1];
    for row in 0..ROWS {
        // What g+ and g- see while g+ is written, where the word line is driven or not, and then while g- is.
        let half = VOLTS / 2.0;
        let seen =
            if SPIKING.contains(&row) { [[VOLTS, 0.0], [half, half]] } else { [[half, half], [0.0, VOLTS]] };
        for (plane, volts) in seen.iter().enumerate() {
            let start = cell(&before, plane, row);
            let all = volts.iter().fold(start, |g, &volts| device.after(g, volts, SECONDS));
            assert_each_close(&[cell(&after, plane, row)], &[all], 1e-12);
        }
    }
}

#[test]
fn tiles_without_the_bit_line_keep_every_bit() {
    let device = Soft { threshold: 0.5, rate: 2e6, exponent: 1.0 };
    let [before, after] =
        learn(&SPIKING, 1, &format!("{}, tile: (8, 3)", device.text(UNIFORM)), &fixed("Half"));
    let all = expected(&device, &before, 1, &whole(), HALF);
    for cell in 0..ROWS * COLUMNS {
        if cell % COLUMNS < 3 {
            assert_each_close(&[after[cell]], &[all[cell]], 1e-12);
            assert_ne!(after[cell], before[cell], "cell {cell}");
        } else {
            assert_eq!(after[cell].to_bits(), before[cell].to_bits(), "cell {cell}");
        }
    }
}

#[test]
fn a_run_warns_of_pulses_that_no_cell_feels() {
    let warnings = |crossbar: &str| {
        let text = scenario(&SPIKING, 0, crossbar, &fixed("Half"));
        simulation(&parse(&text, &[]), &options(1, &[])).warnings().to_vec()
    };
    assert!(warnings(&hard(0.8)).is_empty());
    let expected = [
        "projection `s`: no set pulse can move a cell: `threshold` keeps its conductance at 1.2 V for 100 ns",
        "projection `s`: no reset pulse can move a cell: `threshold` keeps its conductance at -1.2 V for 100 ns",
    ];
    assert_eq!(warnings(&hard(1.3)), expected);
}

#[test]
fn a_run_warns_of_reads_that_would_write() {
    let crossbar = hard(0.05);
    let text = scenario(&SPIKING, 0, &crossbar, &fixed("Half"));
    let warnings = simulation(&parse(&text, &[]), &options(1, &[])).warnings().to_vec();
    let expected = "projection `s`: a read pulse of 100 mV for 1 ns would move a cell of `threshold` by up to 99 uS, but reads \
        leave all cells as they are";
    assert_eq!(warnings, [expected]);
}

#[test]
fn a_failure_during_a_pulse_names_its_cell() {
    let Some(plugin) = Plugin::build("burning") else { return };
    let fault = learn_with(&plugin, "tile: (7, 3)", &sets("Half")).unwrap_err();
    // The first bit line of the tile that advances is half-selected.
    let expected = "projection `s`, tile at word line 0 and bit line 3, bit line 3, word line 3: device model `tin` (FILE) \
        failed in `advance` at cell 3: the filament has burnt through";
    assert_eq!(fault, expected.replace("FILE", &plugin.file().display().to_string()));
}

#[test]
fn the_chance_of_a_pulse_is_keyed_by_cells_not_by_tiles() {
    let Some(plugin) = Plugin::build("dice") else { return };
    let after = |tile: &str| learn_with(&plugin, tile, &sets("Half")).unwrap();
    let (one, many) = (after("tile: (12, 5)"), after("tile: (5, 2)"));
    for cell in 0..60 {
        // Of all tiles of 5 x 2 cells only those with bit line 4 take part.
        assert_eq!(many[cell], if cell % 5 == 4 { one[cell] } else { 0.5 });
        assert!(
            one[cell] != 0.5 && one[..cell].iter().all(|other| *other != one[cell]),
            "two cells share a draw"
        );
    }
}
