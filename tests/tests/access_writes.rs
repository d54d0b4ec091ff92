//! Access elements in writes: gates select cells, and a device gets its part of a pulse.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike_tests::writes::*;
use crosspike_tests::{options, parse, simulation};

const TRANSISTOR: &str = r#"cell: Transistor(resistance: "5 kohm")"#;

#[test]
fn a_write_with_gates_keeps_every_bit_of_all_other_bit_lines() {
    // Wires of 500 ohm lift the nodes of cells whose gates are off far above the threshold of their devices.
    for wires in ["Ideal", "Exact(segment: \"500 ohm\")"] {
        for device in [hard(0.1), Soft { threshold: 0.05, rate: 1e6, exponent: 1.0 }.text(UNIFORM)] {
            let crossbar = format!("{device}, {TRANSISTOR}, wires: {wires}");
            let [before, after] = learn(&SPIKING, 2, &crossbar, &fixed("Gated"));
            for (cell, (before, after)) in before.iter().zip(&after).enumerate() {
                match (cell % COLUMNS == 2, SPIKING.contains(&(cell / COLUMNS))) {
                    (true, true) => assert!(after > before, "cell {cell} was not set"),
                    (true, false) => assert!(after < before, "cell {cell} was not reset"),
                    (false, _) => assert_eq!(before.to_bits(), after.to_bits(), "disturb at cell {cell}"),
                }
            }
        }
    }
}

#[test]
fn gates_keep_the_two_cells_of_a_pair_apart() {
    for wires in ["Ideal", "Exact(segment: \"2 ohm\")"] {
        let crossbar = format!("{}, {TRANSISTOR}, signed: true, wires: {wires}", hard(0.3));
        let [before, after] = learn(&SPIKING, 2, &crossbar, &fixed("Gated"));
        for (cell, (before, after)) in before.iter().zip(&after).enumerate() {
            let (minus, row) = (cell / (ROWS * COLUMNS) == 1, cell / COLUMNS % ROWS);
            let is_set = cell % COLUMNS == 2 && SPIKING.contains(&row) != minus;
            let expected = if is_set { G_MAX } else { *before };
            assert_eq!(after.to_bits(), expected.to_bits(), "{after:e} at cell {cell}");
        }
    }
}

#[test]
fn a_device_behind_a_transistor_is_written_at_its_part_of_the_pulse() {
    // No cell moves by a tenth of itself, so its voltage is that of the start.
    let device = Soft { threshold: 0.4, rate: 2e4, exponent: 1.0 };
    let [before, after] =
        learn(&SPIKING, 2, &format!("{}, {TRANSISTOR}", device.text(UNIFORM)), &fixed("Gated"));
    let mut all = before.clone();
    for row in 0..ROWS {
        let cell = row * COLUMNS + 2;
        let volts = if SPIKING.contains(&row) { VOLTS } else { -VOLTS };
        all[cell] = device.after(before[cell], volts / (1.0 + before[cell] * 5e3), SECONDS);
        assert!((all[cell] / before[cell] - 1.0).abs() < 0.1 && all[cell] != before[cell]);
    }
    assert_each_close(&after, &all, 1e-12);
}

/// The voltages of cells on bit line 2 while whole sets with gates write it through wires.
fn gated_volts(siemens: &[f64], segment: f64) -> Vec<f64> {
    let layout = Layout::read(ROWS, COLUMNS, segment, EndSegments::EveryEnd);
    let options = Options { tolerance: 1e-12, ..Options::default() };
    let mut solver = Solver::new(&Circuit::new(layout).unwrap(), options);
    let words: Vec<f64> = (0..ROWS).map(|row| if SPIKING.contains(&row) { VOLTS } else { 0.0 }).collect();
    solver.set_sources(Side::Left, &words).unwrap();
    let cell = |(cell, &g): (usize, &f64)| if cell % COLUMNS == 2 { g / (1.0 + g * 5e3) } else { 0.0 };
    let cells: Vec<f64> = siemens.iter().enumerate().map(cell).collect();
    solver.set_conductances(&cells).unwrap();
    solver.solve().unwrap();
    let mut volts = vec![0.0; ROWS * COLUMNS];
    solver.cell_voltages(&mut volts);
    volts
}

#[test]
fn a_write_with_gates_through_wires_solves_the_array_of_the_open_gates() {
    let device = Soft { threshold: 0.4, rate: 2e4, exponent: 1.0 };
    let crossbar = format!("{}, {TRANSISTOR}, wires: Exact(segment: \"1 kohm\")", device.text(UNIFORM));
    let [before, after] = learn(&SPIKING, 2, &crossbar, &sets("Gated"));
    let volts = gated_volts(&before, 1000.0);
    let mut all = before.clone();
    for row in 0..ROWS {
        let cell = row * COLUMNS + 2;
        all[cell] = device.after(before[cell], volts[cell] / (1.0 + before[cell] * 5e3), SECONDS);
    }
    assert_each_close(&after, &all, 1e-9);
    assert!(SPIKING.iter().all(|row| volts[row * COLUMNS + 2] < 0.97 * VOLTS), "wires take their part");
}

#[test]
fn the_voltage_of_a_device_follows_its_conductance_during_a_pulse() {
    // A set from 10 uS to 60 uS with 20 kohm in series: the device starts with 1 V and ends with half of it.
    let device = Soft { threshold: 0.3, rate: 5e6, exponent: 1.0 };
    let crossbar = device.text("initial: Constant(\"10 uS\")");
    let crossbar = format!("{crossbar}, cell: Transistor(resistance: \"20 kohm\")");
    let [before, after] = learn(&SPIKING, 2, &crossbar, &fixed("Gated"));
    let in_parts = |parts: u32| {
        (0..parts)
            .fold(before[2], |g, _| device.after(g, VOLTS / (1.0 + g * 20e3), SECONDS / f64::from(parts)))
    };
    let (at_once, fine) = (in_parts(1), in_parts(100_000));
    let error = |g: f64| (g / fine - 1.0).abs();
    assert!(error(at_once) > 0.1 && error(after[2]) < error(at_once) / 10.0, "{at_once} {} {fine}", after[2]);
    assert_each_close(&[after[2]], &[in_parts(16)], 1e-12);
}

/// A selector with its threshold between V/2 and V.
const HALF_CLOSED: &str = r#"cell: Selector(Threshold(voltage: "0.7 V", off: "1 uS", on: "1 mS"))"#;

/// The voltage of a linear device behind it.
fn behind_half_closed(g: f64, volts: f64) -> f64 {
    let (size, off, on) = (volts.abs(), 1e-6, 1e-3);
    let below = size * off / (g + off);
    let own = if size - below <= 0.7 { below } else { (on * (size - 0.7) + off * 0.7) / (g + on) };
    own.copysign(volts)
}

#[test]
fn a_selector_between_half_and_whole_protects_half_selected_devices() {
    // 0.6 V on a passive device is twice its threshold; behind the selector 0.06 V are left of it at most.
    let device = Soft { threshold: 0.3, rate: 1e6, exponent: 1.0 }.text(UNIFORM);
    let disturbed = |before: &[f64], after: &[f64]| {
        (0..ROWS * COLUMNS).filter(|&cell| cell % COLUMNS != 2 && before[cell] != after[cell]).count()
    };
    let [before, after] = learn(&SPIKING, 2, &device, &fixed("Half"));
    assert_eq!(disturbed(&before, &after), ROWS * (COLUMNS - 1), "passive cells are disturbed");
    let [before, after] = learn(&SPIKING, 2, &format!("{device}, {HALF_CLOSED}"), &fixed("Half"));
    assert_eq!(disturbed(&before, &after), 0, "selectors keep every bit");
    for row in 0..ROWS {
        let (before, after) = (before[row * COLUMNS + 2], after[row * COLUMNS + 2]);
        assert!(if SPIKING.contains(&row) { after > before } else { after < before }, "row {row}");
    }
}

#[test]
fn what_disturb_is_left_follows_the_closed_form_at_the_voltage_of_the_device() {
    let device = Soft { threshold: 2e-3, rate: 2e2, exponent: 1.0 };
    for wires in ["Ideal", "Exact(segment: \"1 uohm\")"] {
        let [before, after] = learn(
            &SPIKING,
            2,
            &format!("{}, {HALF_CLOSED}, wires: {wires}", device.text(UNIFORM)),
            &fixed("Half"),
        );
        let mut all = before.clone();
        // First all sets, then all resets; lines that are not driven have half the pulse.
        for sign in [1.0, -1.0] {
            for (cell, g) in all.iter_mut().enumerate() {
                let is_driven = SPIKING.contains(&(cell / COLUMNS)) == (sign > 0.0);
                let volts = match (is_driven, cell % COLUMNS == 2) {
                    (true, true) => VOLTS,
                    (false, false) => 0.0,
                    _ => VOLTS / 2.0,
                };
                *g = device.after(*g, behind_half_closed(*g, sign * volts), SECONDS);
            }
        }
        let tolerance = if wires == "Ideal" { 1e-12 } else { 1e-7 };
        assert_each_close(&after, &all, tolerance);
        assert!(
            (0..ROWS * COLUMNS).all(|cell| before[cell] != after[cell]),
            "every cell is disturbed a little"
        );
    }
}

#[test]
fn a_run_warns_of_pulses_of_which_too_little_reaches_the_device() {
    let warnings = |cell: &str, scheme: &str| {
        let text = scenario(&SPIKING, 2, &format!("{}, {cell}", hard(1.0)), &fixed(scheme));
        simulation(&parse(&text, &[]), &options(1, &[])).warnings().to_vec()
    };
    assert!(warnings("cell: Passive", "Half").is_empty());
    assert!(warnings("cell: Transistor(resistance: \"1 kohm\")", "Gated").is_empty());
    // At least 1 V stays on a transistor of 2 Mohm.
    let expected = "projection `s`: no set pulse can move a cell: `threshold` behind its access element keeps its \
        conductance at 1.2 V for 100 ns";
    assert_eq!(warnings("cell: Transistor(resistance: \"2 Mohm\")", "Gated")[0], expected);
}
