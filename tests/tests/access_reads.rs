//! Access elements share the voltage of a cell with its device: reads of transistors (1T1R) and selectors (1S1R).

use std::convert::Infallible;

use crosspike::circuit::{CellLaw, Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike::recorder::Trace;
use crosspike::simulation::{self, Simulation, device_defaults};
use crosspike_tests::plugin::Plugin;
use crosspike_tests::reads::{IDEAL, read_at, scenario_at};
use crosspike_tests::writes::{COLUMNS, ROWS, SPIKING, assert_each_close};
use crosspike_tests::{options, parse, simulation};

const SINH: &str = r#"device: ("sinh", { "g_min": "1 uS", "g_max": "1 mS", "alpha": "3 1/V" }), initial: Uniform("50 uS", "900 uS")"#;
const TRANSISTOR: &str = r#"cell: Transistor(resistance: "5 kohm")"#;
const THRESHOLD: &str = r#"cell: Selector(Threshold(voltage: "0.5 V", off: "20 nS", on: "300 uS"))"#;
const MODEL: &str = r#"cell: Selector(Model(conductance: "2 uS",
    device: ("sinh", { "g_min": "1 uS", "g_max": "10 uS", "alpha": "9 1/V" })))"#;

/// Current and slope.
type Law<'a> = &'a dyn Fn(f64) -> (f64, f64);

fn sinh(g: f64, alpha: f64) -> impl Fn(f64) -> (f64, f64) {
    move |v| (g / alpha * (alpha * v).sinh(), g * (alpha * v).cosh())
}

fn ohmic(g: f64) -> impl Fn(f64) -> (f64, f64) {
    move |v| (g * v, g)
}

fn threshold(u: f64) -> (f64, f64) {
    if u.abs() <= 0.5 {
        (20e-9 * u, 20e-9)
    } else {
        ((20e-9 * 0.5 + 300e-6 * (u.abs() - 0.5)).copysign(u), 300e-6)
    }
}

/// A law that owns what it needs.
type OwnLaw = Box<dyn Fn(f64) -> (f64, f64)>;

/// Each access element in words, and what it conducts.
fn elements() -> [(&'static str, OwnLaw); 3] {
    [
        (TRANSISTOR, Box::new(ohmic(1.0 / 5e3))),
        (THRESHOLD, Box::new(threshold)),
        (MODEL, Box::new(sinh(2e-6, 9.0))),
    ]
}

/// The part of a cell's voltage that its device gets, by halving.
fn device_volts(volts: f64, device: Law<'_>, element: Law<'_>) -> f64 {
    let (mut low, mut high) = (volts.min(0.0), volts.max(0.0));
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if device(middle).0 < element(volts - middle).0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[test]
fn a_linear_device_behind_a_transistor_is_a_voltage_divider() {
    for spiking in [&[3][..], &SPIKING] {
        let (currents, siemens) = read_at(0.4, spiking, &format!("{IDEAL}, {TRANSISTOR}"));
        let cell = |row: usize, column: usize| {
            let g = siemens[row * COLUMNS + column];
            0.4 * g / (1.0 + g * 5e3)
        };
        let expected: Vec<f64> =
            (0..COLUMNS).map(|column| spiking.iter().map(|&row| cell(row, column)).sum()).collect();
        assert_each_close(&currents, &expected, 2e-7);
        let (passive, same) = read_at(0.4, spiking, IDEAL);
        assert_eq!(siemens, same, "the conductance that is recorded is that of the device");
        assert!(currents.iter().zip(&passive).all(|(with, without)| *with < 0.8 * without));
    }
}

#[test]
fn a_signed_pair_behind_transistors_is_the_difference_of_two_dividers() {
    let (currents, siemens) = read_at(0.4, &[2], &format!("{IDEAL}, {TRANSISTOR}, signed: true"));
    let cell = |g: f64| 0.4 * g / (1.0 + g * 5e3);
    for column in 0..COLUMNS {
        let [plus, minus] = [0, 1].map(|plane| siemens[(plane * ROWS + 2) * COLUMNS + column]);
        let expected = cell(plus) - cell(minus);
        assert!((currents[column] - expected).abs() < 1e-7 * cell(plus), "bit line {column}");
    }
}

#[test]
fn a_read_behind_ideal_wires_takes_the_current_that_device_and_element_share() {
    for (words, element) in elements() {
        for (device_words, alpha) in [(IDEAL, None), (SINH, Some(3.0))] {
            for volts in [0.3, 0.9, -1.2] {
                let (currents, siemens) = read_at(volts, &[7], &format!("{device_words}, {words}"));
                let expected: Vec<f64> = (siemens[7 * COLUMNS..8 * COLUMNS].iter())
                    .map(|&g| {
                        let device: Box<dyn Fn(f64) -> (f64, f64)> = match alpha {
                            None => Box::new(ohmic(g)),
                            Some(alpha) => Box::new(sinh(g, alpha)),
                        };
                        device(device_volts(volts, &device, &element)).0
                    })
                    .collect();
                assert_each_close(&currents, &expected, 2e-7);
            }
        }
    }
}

fn read_solver(spiking: &[usize], volts: f64, segment: f64) -> Solver {
    let layout = Layout::read(ROWS, COLUMNS, segment, EndSegments::EveryEnd);
    let options = Options { tolerance: 1e-12, ..Options::default() };
    let mut solver = Solver::new(&Circuit::new(layout).unwrap(), options);
    let words: Vec<f64> = (0..ROWS).map(|row| if spiking.contains(&row) { volts } else { 0.0 }).collect();
    solver.set_sources(Side::Left, &words).unwrap();
    solver
}

#[test]
fn transistors_behind_wires_are_cells_of_lower_conductance() {
    for (spiking, crossbar) in [(&[7][..], IDEAL), (&SPIKING, IDEAL)] {
        let wired = format!("{crossbar}, {TRANSISTOR}, tile: (12, 5), wires: Exact(segment: \"25 ohm\")");
        let (currents, siemens) = read_at(0.4, spiking, &wired);
        let mut solver = read_solver(spiking, 0.4, 25.0);
        let cells: Vec<f64> = siemens.iter().map(|g| g / (1.0 + g * 5e3)).collect();
        solver.set_conductances(&cells).unwrap();
        solver.solve().unwrap();
        assert_each_close(&currents, solver.currents(Side::Bottom), 1e-6);
        // One sweep is an approximation of the same array.
        let (swept, _) = read_at(
            0.4,
            spiking,
            &wired.replace("Exact(", "Sweeps(3, (").replace("\"25 ohm\")", "\"25 ohm\"))"),
        );
        assert_each_close(&swept, &currents, 1e-3);
    }
}

/// Sinh devices in series with elements of one law.
struct Pairs<'a> {
    siemens: &'a [f64],
    element: Law<'a>,
}

impl CellLaw for Pairs<'_> {
    type Error = Infallible;

    fn evaluate(&mut self, volts: &[f64], amperes: &mut [f64], slopes: &mut [f64]) -> Result<(), Infallible> {
        for (cell, &volt) in volts.iter().enumerate() {
            let device = sinh(self.siemens[cell], 3.0);
            let own = device_volts(volt, &device, self.element);
            let ((current, slope), other) = (device(own), (self.element)(volt - own).1);
            (amperes[cell], slopes[cell]) = (current, 1.0 / (1.0 / slope + 1.0 / other));
        }
        Ok(())
    }
}

#[test]
fn pairs_behind_wires_are_read_at_their_operating_point() {
    for (words, element) in elements() {
        let wired = format!("{SINH}, {words}, tile: (12, 5), wires: Exact(segment: \"25 ohm\")");
        let (currents, siemens) = read_at(0.9, &SPIKING, &wired);
        let mut solver = read_solver(&SPIKING, 0.9, 25.0);
        solver.solve_cells(&mut Pairs { siemens: &siemens, element: &element }).unwrap();
        assert_each_close(&currents, solver.currents(Side::Bottom), 1e-6);
        let (ideal, _) = read_at(0.9, &SPIKING, &format!("{SINH}, {words}"));
        assert!(currents.iter().zip(&ideal).all(|(wired, ideal)| *wired < 0.999 * ideal), "{words}");
    }
}

#[test]
fn a_stuck_device_sits_behind_its_access_element() {
    let stuck = "stuck: [(at: Open, cells: BitLines([0])), (at: Short, cells: BitLines([1, 2]))]";
    for (words, element) in elements() {
        for device in [IDEAL, SINH] {
            for wires in ["Ideal", "Exact(segment: \"1 uohm\")"] {
                let (currents, _) =
                    read_at(0.9, &[5], &format!("{device}, {words}, {stuck}, wires: {wires}"));
                let short = ohmic(1e-2);
                let expected = short(device_volts(0.9, &short, &element)).0;
                assert!(currents[0].abs() < 1e-15, "{} A through an open cell", currents[0]);
                assert_each_close(&currents[1..3], &[expected; 2], 1e-6);
            }
        }
    }
}

#[test]
fn a_selector_that_is_a_device_model_has_defaults_a_place_in_the_record_and_a_range() {
    let model = r#"cell: Selector(Model(conductance: "20 uS", device: ("levels", { "g_min": "10 uS", "g_max": "1 mS", "count": 5 })))"#;
    let parsed = parse(&scenario_at(0.4, &[1], &format!("{IDEAL}, {model}")), &[]);
    let options = options(1, &[]);
    let defaults = device_defaults(&parsed, &options.models).unwrap();
    let rounding = defaults.iter().find(|(path, _)| path == "projections.s.crossbar.cell.device.rounding");
    assert_eq!(rounding.map(|(_, value)| value.as_str()), Some("\"nearest\""), "{defaults:?}");
    let explained = parsed.explain(&defaults);
    for line in [
        "projections.s.crossbar.cell = Selector(Model)",
        "projections.s.crossbar.cell.conductance = \"20 uS\"",
        "projections.s.crossbar.cell.device.rounding = \"nearest\"",
    ] {
        assert!(explained.contains(line), "{line} is not in\n{explained}");
    }
    let models = simulation(&parsed, &options).layout().provenance.models.clone();
    let names: Vec<_> = models.iter().map(|model| (model.projection.as_str(), model.name.as_str())).collect();
    assert_eq!(names, [("s", "ideal"), ("s", "levels")]);
    let beyond = refusal(&format!("{IDEAL}, {}", model.replace("20 uS", "2 mS")));
    assert!(beyond.contains("conductance is 2 mS, but must be in the range of the selector"), "{beyond}");
    assert!(beyond.contains("from 10 uS to 1 mS"), "{beyond}");
    let unknown = refusal(&format!("{IDEAL}, {}", model.replace("levels", "leaves")));
    assert!(unknown.contains("leaves") && unknown.contains("crosspike device list"), "{unknown}");
}

/// Why a read with this crossbar cannot be set up.
fn refusal(crossbar: &str) -> String {
    let parsed = parse(&scenario_at(0.4, &[1], crossbar), &[]);
    let error = Simulation::new(&parsed, &options(1, &[])).unwrap_err().report();
    format!("{:?}", miette::Report::new(error)).replace("\n  │ ", " ")
}

#[test]
fn sweeps_of_selectors_are_refused() {
    let found = refusal(&format!("{IDEAL}, {THRESHOLD}, wires: Sweeps(2, (segment: \"1 ohm\"))"));
    assert!(found.contains("Sweeps are for linear devices, and selectors are not linear"), "{found}");
}

/// Why a read or its setup fails with a model of its own in the cells.
fn failure(plugin: &Plugin, volts: f64, crossbar: &str) -> String {
    let crossbar = format!("device: (\"tin\", {{}}), initial: Constant(\"0.5 S\"), {crossbar}");
    let parsed = parse(&scenario_at(volts, &[1], &crossbar), &[]);
    let options = simulation::Options { models: plugin.models(), ..options(1, &[]) };
    let mut simulation = match Simulation::new(&parsed, &options) {
        Ok(simulation) => simulation,
        Err(error) => return error.report().errors[0].to_string(),
    };
    let mut trace = Trace::new(simulation.layout());
    simulation.run(&mut trace).unwrap_err().to_string()
}

#[test]
fn a_device_whose_current_falls_is_an_error_behind_a_transistor() {
    let Some(plugin) = Plugin::build("falling") else { return };
    let transistor = "cell: Transistor(resistance: \"0.1 ohm\")";
    let ideal = failure(&plugin, 0.9, transistor);
    assert!(ideal.contains("failed in `current` at cell 0: slope -"), "{ideal}");
    assert!(ideal.contains("without a monotone law"), "{ideal}");
    let wired = failure(&plugin, 0.9, &format!("{transistor}, wires: Exact(segment: \"1 mohm\")"));
    assert!(wired.contains("the read cannot be solved: cell at word line 1"), "{wired}");
    assert!(wired.contains("without a monotone law"), "{wired}");
}

#[test]
fn a_device_with_a_current_at_0_v_is_an_error_behind_a_transistor() {
    let Some(plugin) = Plugin::build("battery") else { return };
    let found = failure(&plugin, 0.4, "cell: Transistor(resistance: \"10 ohm\")");
    let expected = "failed in `current` at cell 0: at 4e-1 V on a cell its current equals that of the access element at no \
        voltage between 0 V and 4e-1 V; expected no jumps, and 0 A at 0 V";
    assert!(found.ends_with(expected), "{found}");
}
