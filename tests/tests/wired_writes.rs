//! Program pulses through resistive wires put the operating point on every cell of a tile.

use std::convert::Infallible;

use crosspike::circuit::{CellLaw, Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike_tests::plugin::Plugin;
use crosspike_tests::writes::*;

#[test]
fn wires_of_almost_no_resistance_are_ideal() {
    for (scheme, threshold) in [("Half", 0.5), ("Third", 0.3), ("Grounded", 0.5)] {
        let crossbar = Soft { threshold, rate: 2e6, exponent: 1.5 }.text(UNIFORM);
        let rule = format!(
            r#"potentiation: "3 uS", depression: "2 uS", bounds: Exponential(2.0), {}"#,
            pulses(scheme, "Width")
        );
        let [_, ideal] = learn(&SPIKING, 2, &crossbar, &rule);
        let wires = format!("{crossbar}, wires: Exact(segment: \"1 uohm\")");
        let [_, exact] = learn(&SPIKING, 2, &wires, &rule);
        assert_each_close(&exact, &ideal, 1e-6);
    }
}

/// A solver of the test's own for whole sets that write a bit line at V/2.
fn write_solver(segment: f64, learner: usize) -> Solver {
    let layout = Layout::read(ROWS, COLUMNS, segment, EndSegments::EveryEnd);
    let mut solver =
        Solver::new(&Circuit::new(layout).unwrap(), Options { tolerance: 1e-13, ..Options::default() });
    let words: Vec<f64> =
        (0..ROWS).map(|row| if SPIKING.contains(&row) { VOLTS } else { VOLTS / 2.0 }).collect();
    let bits: Vec<f64> = (0..COLUMNS).map(|bit| if bit == learner { 0.0 } else { VOLTS / 2.0 }).collect();
    solver.set_sources(Side::Left, &words).unwrap();
    solver.set_sources(Side::Bottom, &bits).unwrap();
    solver
}

/// The voltages of all cells while whole sets write a bit line at V/2.
fn volts(segment: f64, siemens: &[f64], learner: usize) -> Vec<f64> {
    let mut solver = write_solver(segment, learner);
    solver.set_conductances(siemens).unwrap();
    solver.solve().unwrap();
    let point = solver.operating_point().unwrap();
    point.word.iter().zip(&point.bit).map(|(word, bit)| word - bit).collect()
}

#[test]
fn a_write_through_wires_advances_every_cell_at_its_voltage() {
    // No cell moves by a tenth of itself, so there is one operating point.
    let device = Soft { threshold: 0.5, rate: 3e4, exponent: 1.0 };
    let crossbar = format!("{}, wires: Exact(segment: \"150 ohm\")", device.text(UNIFORM));
    let [before, after] = learn(&SPIKING, 2, &crossbar, &sets("Half"));
    let voltages = volts(150.0, &before, 2);
    let all: Vec<f64> =
        before.iter().zip(&voltages).map(|(&g, &volts)| device.after(g, volts, SECONDS)).collect();
    assert_each_close(&after, &all, 1e-9);
    for row in SPIKING {
        let cell = row * COLUMNS + 2;
        assert!(voltages[cell] < 0.97 * VOLTS && after[cell] > before[cell] * 1.0001, "{}", voltages[cell]);
    }
}

#[test]
fn far_cells_get_less_than_near_ones() {
    let device = Soft { threshold: 0.8, rate: 3e5, exponent: 1.0 };
    let crossbar =
        format!("{}, wires: Exact(segment: \"60 ohm\")", device.text("initial: Constant(\"50 uS\")"));
    let change = |learner: usize| {
        let [before, after] = learn(&SPIKING, learner, &crossbar, &sets("Half"));
        let changes = SPIKING.map(|row| after[row * COLUMNS + learner] - before[row * COLUMNS + learner]);
        assert!(changes[4] > 0.0);
        changes
    };
    let (near, far) = (change(0), change(COLUMNS - 1));
    for (place, row) in SPIKING.iter().enumerate() {
        assert!(far[place] < 0.999 * near[place], "row {row} is as near at the end of its line");
    }
    // The bit line ends at the bottom.
    assert!(near.windows(2).all(|rows| rows[0] < 0.999 * rows[1]), "{near:?}");
}

#[test]
fn large_changes_are_followed_by_operating_points_on_the_way() {
    let device = Soft { threshold: 0.5, rate: 4e6, exponent: 1.0 };
    let initial = "initial: Constant(\"10 uS\")";
    let crossbar = format!("{}, wires: Exact(segment: \"300 ohm\")", device.text(initial));
    let [before, after] = learn(&SPIKING, 2, &crossbar, &sets("Half"));
    let in_parts = |parts: u32| {
        let mut all = before.clone();
        for _ in 0..parts {
            let voltages = volts(300.0, &all, 2);
            for (g, volts) in all.iter_mut().zip(voltages) {
                *g = device.after(*g, volts, SECONDS / f64::from(parts));
            }
        }
        all
    };
    let distance =
        |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0_f64, |most, (a, b)| most.max((a / b - 1.0).abs()));
    let (at_once, fine) = (distance(&in_parts(1), &in_parts(1000)), distance(&after, &in_parts(1000)));
    assert!(at_once > 0.01 && fine < at_once / 10.0, "{at_once}, then {fine}");
    // Some cell grows by more than 1.6 times itself, so there are as many parts as there may be.
    assert_each_close(&after, &in_parts(16), 1e-9);
}

/// I = g (V + V^3) / 2 for g = 0.5 S.
struct Cubic;

impl CellLaw for Cubic {
    type Error = Infallible;

    fn evaluate(&mut self, volts: &[f64], amperes: &mut [f64], slopes: &mut [f64]) -> Result<(), Infallible> {
        for (cell, v) in volts.iter().enumerate() {
            amperes[cell] = 0.25 * (v + v.powi(3));
            slopes[cell] = 0.25 * (1.0 + 3.0 * v * v);
        }
        Ok(())
    }
}

#[test]
fn nonlinear_cells_are_written_at_their_operating_point() {
    let Some(plugin) = Plugin::build("cubic") else { return };
    let after = learn_with(&plugin, "wires: Exact(segment: \"10 mohm\")", &sets("Half")).unwrap();
    let mut solver = write_solver(0.01, 4);
    solver.solve_cells(&mut Cubic).unwrap();
    let mut voltages = [0.0; ROWS * COLUMNS];
    solver.cell_voltages(&mut voltages);
    let far = voltages[4];
    assert!(far < 0.98 * VOLTS, "{far}");
    let all = voltages.map(|volts| 0.5 + 2e5 * volts * SECONDS);
    assert_each_close(&after, &all, 1e-9);

    let floating = sets("Floating");
    let after = learn_with(&plugin, "wires: Exact(segment: \"10 mohm\")", &floating).unwrap();
    let rows: Vec<bool> = (0..ROWS).map(|row| SPIKING.contains(&row)).collect();
    solver.set_terminals(Side::Left, &rows).unwrap();
    solver.set_terminals(Side::Bottom, &[false, false, false, false, true]).unwrap();
    solver.solve_cells(&mut Cubic).unwrap();
    let half = voltages;
    solver.cell_voltages(&mut voltages);
    assert!(voltages.iter().zip(&half).any(|(floating, half)| (floating - half).abs() > 0.1 * VOLTS));
    let all = voltages.map(|volts| 0.5 + 2e5 * volts * SECONDS);
    assert_each_close(&after, &all, 1e-9);
}
