//! Access elements share the voltage of a cell with its device: transistors (1T1R) and selectors (1S1R) in reads and writes.

use std::convert::Infallible;

use crosspike::circuit::{CellLaw, Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike::recorder::Trace;
use crosspike::simulation::{self, Simulation, device_defaults};
use crosspike_tests::plugin::Plugin;
use crosspike_tests::{options, parse, run, simulation};

const ROWS: usize = 12;
const COLUMNS: usize = 5;
const SPIKING: [usize; 5] = [0, 3, 4, 7, 11];

fn trains(spiking: &[usize]) -> String {
    let train = |source: usize| if spiking.contains(&source) { "[\"1 ms\"]" } else { "[]" };
    (0..ROWS).map(train).collect::<Vec<_>>().join(", ")
}

/// One read. Neurons hardly leak, and a read of 1 ms on 1 mF makes one ampere one volt.
fn read_scenario(spiking: &[usize], volts: f64, crossbar: &str) -> String {
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "n": Lif(count: {COLUMNS}, capacitance: "1 mF", leak: "100000 s", threshold: "1 kV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                read: (voltage: "{volts} V", width: "1 ms"), {crossbar}
            )) }},
            schedule: [Run(duration: "3 ms")],
            record: (probes: {{ "n": (every: "2 ms") }}, conductance: {{ "s": () }}),
        )"#,
        trains(spiking)
    )
}

/// The currents of the bit lines, A, and the conductances, S.
fn read(spiking: &[usize], volts: f64, crossbar: &str) -> (Vec<f64>, Vec<f64>) {
    let trace = run(&read_scenario(spiking, volts, crossbar), &[], 1);
    (trace.probes[1][1].membrane.clone(), trace.key_frames[0][0].values.clone())
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs(),
            "{found:e} instead of {expected:e} at {place}"
        );
    }
}

const LINEAR: &str =
    r#"device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }), initial: Uniform("50 uS", "900 uS")"#;
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
        let (currents, siemens) = read(spiking, 0.4, &format!("{LINEAR}, {TRANSISTOR}"));
        let cell = |row: usize, column: usize| {
            let g = siemens[row * COLUMNS + column];
            0.4 * g / (1.0 + g * 5e3)
        };
        let expected: Vec<f64> =
            (0..COLUMNS).map(|column| spiking.iter().map(|&row| cell(row, column)).sum()).collect();
        assert_close(&currents, &expected, 2e-7);
        let (passive, same) = read(spiking, 0.4, LINEAR);
        assert_eq!(siemens, same, "the conductance that is recorded is that of the device");
        assert!(currents.iter().zip(&passive).all(|(with, without)| *with < 0.8 * without));
    }
}

#[test]
fn a_signed_pair_behind_transistors_is_the_difference_of_two_dividers() {
    let (currents, siemens) = read(&[2], 0.4, &format!("{LINEAR}, {TRANSISTOR}, signed: true"));
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
        for (device_words, alpha) in [(LINEAR, None), (SINH, Some(3.0))] {
            for volts in [0.3, 0.9, -1.2] {
                let (currents, siemens) = read(&[7], volts, &format!("{device_words}, {words}"));
                let expected: Vec<f64> = (siemens[7 * COLUMNS..8 * COLUMNS].iter())
                    .map(|&g| {
                        let device: Box<dyn Fn(f64) -> (f64, f64)> = match alpha {
                            None => Box::new(ohmic(g)),
                            Some(alpha) => Box::new(sinh(g, alpha)),
                        };
                        device(device_volts(volts, &device, &element)).0
                    })
                    .collect();
                assert_close(&currents, &expected, 2e-7);
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
    for (spiking, crossbar) in [(&[7][..], LINEAR), (&SPIKING, LINEAR)] {
        let wired = format!("{crossbar}, {TRANSISTOR}, tile: (12, 5), wires: Exact(segment: \"25 ohm\")");
        let (currents, siemens) = read(spiking, 0.4, &wired);
        let mut solver = read_solver(spiking, 0.4, 25.0);
        let cells: Vec<f64> = siemens.iter().map(|g| g / (1.0 + g * 5e3)).collect();
        solver.set_conductances(&cells).unwrap();
        solver.solve().unwrap();
        assert_close(&currents, solver.currents(Side::Bottom), 1e-6);
        // One sweep is an approximation of the same array.
        let (swept, _) = read(
            spiking,
            0.4,
            &wired.replace("Exact(", "Sweeps(3, (").replace("\"25 ohm\")", "\"25 ohm\"))"),
        );
        assert_close(&swept, &currents, 1e-3);
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
        let (currents, siemens) = read(&SPIKING, 0.9, &wired);
        let mut solver = read_solver(&SPIKING, 0.9, 25.0);
        solver.solve_cells(&mut Pairs { siemens: &siemens, element: &element }).unwrap();
        assert_close(&currents, solver.currents(Side::Bottom), 1e-6);
        let (ideal, _) = read(&SPIKING, 0.9, &format!("{SINH}, {words}"));
        assert!(currents.iter().zip(&ideal).all(|(wired, ideal)| *wired < 0.999 * ideal), "{words}");
    }
}

#[test]
fn a_stuck_device_sits_behind_its_access_element() {
    let stuck = "stuck: [(at: Open, cells: BitLines([0])), (at: Short, cells: BitLines([1, 2]))]";
    for (words, element) in elements() {
        for device in [LINEAR, SINH] {
            for wires in ["Ideal", "Exact(segment: \"1 uohm\")"] {
                let (currents, _) = read(&[5], 0.9, &format!("{device}, {words}, {stuck}, wires: {wires}"));
                let short = ohmic(1e-2);
                let expected = short(device_volts(0.9, &short, &element)).0;
                assert!(currents[0].abs() < 1e-15, "{} A through an open cell", currents[0]);
                assert_close(&currents[1..3], &[expected; 2], 1e-6);
            }
        }
    }
}

/// What every pulse has where a test does not say otherwise.
const VOLTS: f64 = 1.2;
const SECONDS: f64 = 1e-7;
const G_MIN: f64 = 1e-6;
const G_MAX: f64 = 1e-4;

/// A teacher makes neuron 2 fire at 5 ms: sets on the word lines that have spiked, resets on the others.
fn write_scenario(crossbar: &str, scheme: &str) -> String {
    format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "teacher": Trains(times: [["5 ms"]]),
                "n": Lif(count: {COLUMNS}, capacitance: "1 F", leak: "1 s", threshold: "0.5 V"),
            }},
            projections: {{
                "s": (
                    source: "sources", target: "n",
                    crossbar: (read: (voltage: "0.1 V", width: "1 ns"), {crossbar}),
                    plasticity: Window(
                        window: "10 ms", potentiation: "1 uS", depression: "1 uS",
                        write: Pulses(set: (voltage: "{VOLTS} V", width: "100 ns"), reset: (voltage: "-{VOLTS} V", width: "100 ns"),
                            scheme: {scheme}),
                    ),
                ),
                "t": (source: "teacher", target: "n", weights: List([(source: 0, target: 2, weight: "1 V")])),
            }},
            schedule: [Run(duration: "8 ms")],
            record: (spikes: ["n"], conductance: {{ "s": () }}),
        )"#,
        trains(&SPIKING)
    )
}

/// The conductances before and after the write.
fn write(crossbar: &str, scheme: &str) -> [Vec<f64>; 2] {
    let trace = run(&write_scenario(crossbar, scheme), &[], 1);
    assert_eq!(trace.spikes[2].neurons, [2], "the learner fires once, nobody else does");
    let frames = &trace.key_frames[0];
    [frames[0].values.clone(), frames.last().expect("a frame at the end").values.clone()]
}

/// A linear cell that moves as dx/dt = rate (V/s - 1) (1 - x) beyond a threshold s, and likewise to 0 below -s.
#[derive(Clone, Copy)]
struct Soft {
    threshold: f64,
    rate: f64,
}

impl Soft {
    fn text(self) -> String {
        let Soft { threshold, rate } = self;
        format!(
            r#"initial: Uniform("10 uS", "90 uS"), device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS",
                "v_set": "{threshold} V", "v_reset": "-{threshold} V", "switching": "soft",
                "rate_set": "{rate} 1/s", "rate_reset": "{rate} 1/s", "exponent_set": 1, "exponent_reset": 1, "window": "bounds" }})"#
        )
    }

    fn after(self, g: f64, volts: f64, seconds: f64) -> f64 {
        let excess = volts.abs() / self.threshold - 1.0;
        if excess <= 0.0 {
            return g;
        }
        let left = (-self.rate * excess * seconds).exp();
        if volts > 0.0 { G_MAX - (G_MAX - g) * left } else { G_MIN + (g - G_MIN) * left }
    }
}

fn hard(threshold: f64) -> String {
    format!(
        r#"initial: Uniform("10 uS", "90 uS"), device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS",
            "v_set": "{threshold} V", "v_reset": "-{threshold} V", "switching": "hard" }})"#
    )
}

#[test]
fn a_write_with_gates_keeps_every_bit_of_all_other_bit_lines() {
    // Wires of 500 ohm lift the nodes of cells whose gates are off far above the threshold of their devices.
    for wires in ["Ideal", "Exact(segment: \"500 ohm\")"] {
        for device in [hard(0.1), Soft { threshold: 0.05, rate: 1e6 }.text()] {
            let crossbar = format!("{device}, {TRANSISTOR}, wires: {wires}");
            let [before, after] = write(&crossbar, "Gated");
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
        let [before, after] = write(&crossbar, "Gated");
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
    let device = Soft { threshold: 0.4, rate: 2e4 };
    let [before, after] = write(&format!("{}, {TRANSISTOR}", device.text()), "Gated");
    let mut all = before.clone();
    for row in 0..ROWS {
        let cell = row * COLUMNS + 2;
        let volts = if SPIKING.contains(&row) { VOLTS } else { -VOLTS };
        all[cell] = device.after(before[cell], volts / (1.0 + before[cell] * 5e3), SECONDS);
        assert!((all[cell] / before[cell] - 1.0).abs() < 0.1 && all[cell] != before[cell]);
    }
    assert_close(&after, &all, 1e-12);
}

/// The voltages of cells on bit line 2 while whole sets with gates write it through wires.
fn gated_volts(siemens: &[f64], segment: f64) -> Vec<f64> {
    let mut solver = read_solver(&SPIKING, VOLTS, segment);
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
    let device = Soft { threshold: 0.4, rate: 2e4 };
    let crossbar = format!("{}, {TRANSISTOR}, wires: Exact(segment: \"1 kohm\")", device.text());
    let text = write_scenario(&crossbar, "Gated").replace("depression: \"1 uS\"", "depression: \"0 S\"");
    let trace = run(&text, &[], 1);
    let [before, after] = [0, trace.key_frames[0].len() - 1].map(|k| &trace.key_frames[0][k].values);
    let volts = gated_volts(before, 1000.0);
    let mut all = before.clone();
    for row in 0..ROWS {
        let cell = row * COLUMNS + 2;
        all[cell] = device.after(before[cell], volts[cell] / (1.0 + before[cell] * 5e3), SECONDS);
    }
    assert_close(after, &all, 1e-9);
    assert!(SPIKING.iter().all(|row| volts[row * COLUMNS + 2] < 0.97 * VOLTS), "wires take their part");
}

#[test]
fn the_voltage_of_a_device_follows_its_conductance_during_a_pulse() {
    // A set from 10 uS to 60 uS with 20 kohm in series: the device starts with 1 V and ends with half of it.
    let device = Soft { threshold: 0.3, rate: 5e6 };
    let crossbar = device.text().replace("Uniform(\"10 uS\", \"90 uS\")", "Constant(\"10 uS\")");
    let crossbar = format!("{crossbar}, cell: Transistor(resistance: \"20 kohm\")");
    let [before, after] = write(&crossbar, "Gated");
    let in_parts = |parts: u32| {
        (0..parts)
            .fold(before[2], |g, _| device.after(g, VOLTS / (1.0 + g * 20e3), SECONDS / f64::from(parts)))
    };
    let (at_once, fine) = (in_parts(1), in_parts(100_000));
    let error = |g: f64| (g / fine - 1.0).abs();
    assert!(error(at_once) > 0.1 && error(after[2]) < error(at_once) / 10.0, "{at_once} {} {fine}", after[2]);
    assert_close(&[after[2]], &[in_parts(16)], 1e-12);
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
    let device = Soft { threshold: 0.3, rate: 1e6 }.text();
    let disturbed = |before: &[f64], after: &[f64]| {
        (0..ROWS * COLUMNS).filter(|&cell| cell % COLUMNS != 2 && before[cell] != after[cell]).count()
    };
    let [before, after] = write(&device, "Half");
    assert_eq!(disturbed(&before, &after), ROWS * (COLUMNS - 1), "passive cells are disturbed");
    let [before, after] = write(&format!("{device}, {HALF_CLOSED}"), "Half");
    assert_eq!(disturbed(&before, &after), 0, "selectors keep every bit");
    for row in 0..ROWS {
        let (before, after) = (before[row * COLUMNS + 2], after[row * COLUMNS + 2]);
        assert!(if SPIKING.contains(&row) { after > before } else { after < before }, "row {row}");
    }
}

#[test]
fn what_disturb_is_left_follows_the_closed_form_at_the_voltage_of_the_device() {
    let device = Soft { threshold: 2e-3, rate: 2e2 };
    for wires in ["Ideal", "Exact(segment: \"1 uohm\")"] {
        let [before, after] = write(&format!("{}, {HALF_CLOSED}, wires: {wires}", device.text()), "Half");
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
        assert_close(&after, &all, tolerance);
        assert!(
            (0..ROWS * COLUMNS).all(|cell| before[cell] != after[cell]),
            "every cell is disturbed a little"
        );
    }
}

#[test]
fn a_selector_that_is_a_device_model_has_defaults_a_place_in_the_record_and_a_range() {
    let model = r#"cell: Selector(Model(conductance: "20 uS", device: ("levels", { "g_min": "10 uS", "g_max": "1 mS", "count": 5 })))"#;
    let parsed = parse(&read_scenario(&[1], 0.4, &format!("{LINEAR}, {model}")), &[]);
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
    let beyond = refusal(&format!("{LINEAR}, {}", model.replace("20 uS", "2 mS")));
    assert!(beyond.contains("conductance is 2 mS, but must be in the range of the selector"), "{beyond}");
    assert!(beyond.contains("from 10 uS to 1 mS"), "{beyond}");
    let unknown = refusal(&format!("{LINEAR}, {}", model.replace("levels", "leaves")));
    assert!(unknown.contains("leaves") && unknown.contains("crosspike device list"), "{unknown}");
}

/// Why a read with this crossbar cannot be set up.
fn refusal(crossbar: &str) -> String {
    let parsed = parse(&read_scenario(&[1], 0.4, crossbar), &[]);
    let error = Simulation::new(&parsed, &options(1, &[])).unwrap_err().report();
    format!("{:?}", miette::Report::new(error)).replace("\n  │ ", " ")
}

#[test]
fn sweeps_of_selectors_are_refused() {
    let found = refusal(&format!("{LINEAR}, {THRESHOLD}, wires: Sweeps(2, (segment: \"1 ohm\"))"));
    assert!(found.contains("Sweeps are for linear devices, and selectors are not linear"), "{found}");
}

/// Why a read or its setup fails with a model of its own in the cells.
fn failure(plugin: &Plugin, volts: f64, crossbar: &str) -> String {
    let crossbar = format!("device: (\"tin\", {{}}), initial: Constant(\"0.5 S\"), {crossbar}");
    let parsed = parse(&read_scenario(&[1], volts, &crossbar), &[]);
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

#[test]
fn a_run_warns_of_pulses_of_which_too_little_reaches_the_device() {
    let warnings = |cell: &str, scheme: &str| {
        let text = write_scenario(&format!("{}, {cell}", hard(1.0)), scheme);
        simulation(&parse(&text, &[]), &options(1, &[])).warnings().to_vec()
    };
    assert!(warnings("cell: Passive", "Half").is_empty());
    assert!(warnings("cell: Transistor(resistance: \"1 kohm\")", "Gated").is_empty());
    // At least 1 V stays on a transistor of 2 Mohm.
    let expected = "projection `s`: no set pulse can move a cell: `threshold` behind its access element keeps its \
        conductance at 1.2 V for 100 ns";
    assert_eq!(warnings("cell: Transistor(resistance: \"2 Mohm\")", "Gated")[0], expected);
}
