//! Program pulses put the scheme's voltages on every cell of a tile, and the cells follow their device.

use std::convert::Infallible;

use crosspike::circuit::{CellLaw, Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike::recorder::Trace;
use crosspike::simulation;
use crosspike_tests::plugin::Plugin;
use crosspike_tests::{options, parse, run, simulation};

const ROWS: usize = 12;
const COLUMNS: usize = 5;
const G_MIN: f64 = 1e-6;
const G_MAX: f64 = 1e-4;
/// What every pulse has where a test does not say otherwise.
const VOLTS: f64 = 1.2;
const SECONDS: f64 = 1e-7;

/// Of 12 sources some spike at 1 ms. A teacher makes neuron `learner` of 5 fire at 5 ms; the array itself charges nobody.
fn scenario(spiking: &[usize], learner: usize, crossbar: &str, plasticity: &str) -> String {
    let train = |source: usize| if spiking.contains(&source) { "[\"1 ms\"]" } else { "[]" };
    let trains: Vec<&str> = (0..ROWS).map(train).collect();
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
                    plasticity: Window(window: "10 ms", {plasticity}),
                ),
                "t": (source: "teacher", target: "n", weights: List([(source: 0, target: {learner}, weight: "1 V")])),
            }},
            schedule: [Run(duration: "8 ms")],
            record: (spikes: ["n"], conductance: {{ "s": () }}),
        )"#,
        trains.join(", ")
    )
}

/// The conductances before and after the one update of bit line `learner`: planes x rows x columns.
fn learn(spiking: &[usize], learner: usize, crossbar: &str, plasticity: &str) -> [Vec<f64>; 2] {
    let trace = run(&scenario(spiking, learner, crossbar, plasticity), &[], 1);
    assert_eq!(trace.spikes[2].neurons, [learner as u32], "the learner fires once, nobody else does");
    let frames = &trace.key_frames[0];
    [frames[0].values.clone(), frames.last().expect("a frame at the end").values.clone()]
}

fn pulses(scheme: &str, strength: &str) -> String {
    format!(
        r#"write: Pulses(set: (voltage: "{VOLTS} V", width: "100 ns"), reset: (voltage: "-{VOLTS} V", width: "100 ns"),
            scheme: {scheme}, strength: {strength})"#
    )
}

/// Equal amplitudes: only their ratio to a change counts.
fn fixed(scheme: &str) -> String {
    format!(r#"potentiation: "1 uS", depression: "1 uS", {}"#, pulses(scheme, "Fixed"))
}

const UNIFORM: &str = r#"initial: Uniform("10 uS", "90 uS")"#;

fn hard(threshold: f64) -> String {
    format!(
        r#"{UNIFORM}, device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS",
            "v_set": "{threshold} V", "v_reset": "-{threshold} V", "switching": "hard" }})"#
    )
}

/// The rate of VTEAM that slows down towards the ends: dx/dt = k (V/s - 1)^a (1 - x) beyond the threshold s, and
/// likewise to 0 below -s.
#[derive(Clone, Copy)]
struct Soft {
    threshold: f64,
    /// 1/s.
    rate: f64,
    exponent: f64,
}

impl Soft {
    fn text(&self, initial: &str) -> String {
        let Soft { threshold, rate, exponent } = self;
        format!(
            r#"{initial}, device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS", "v_set": "{threshold} V",
                "v_reset": "-{threshold} V", "switching": "soft", "rate_set": "{rate} 1/s", "rate_reset": "{rate} 1/s",
                "exponent_set": {exponent}, "exponent_reset": {exponent}, "window": "bounds" }})"#
        )
    }

    /// The conductance after `seconds` at `volts`.
    fn after(&self, g: f64, volts: f64, seconds: f64) -> f64 {
        let excess = volts.abs() / self.threshold - 1.0;
        if excess <= 0.0 {
            return g;
        }
        let left = (-self.rate * excess.powf(self.exponent) * seconds).exp();
        if volts > 0.0 { G_MAX - (G_MAX - g) * left } else { G_MIN + (g - G_MIN) * left }
    }
}

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

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (cell, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found / expected - 1.0).abs() <= tolerance,
            "cell {cell}: {found:e} instead of {expected:e}"
        );
    }
}

const SPIKING: [usize; 5] = [0, 3, 4, 7, 11];

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
        assert_close(&after, &all, 1e-12);
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
        assert_close(&after, &expected(&device, &before, 3, &sixteenths, HALF), 1e-12);
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
            assert_close(&[cell(&after, plane, row)], &[all], 1e-12);
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
            assert_close(&[after[cell]], &[all[cell]], 1e-12);
            assert_ne!(after[cell], before[cell], "cell {cell}");
        } else {
            assert_eq!(after[cell].to_bits(), before[cell].to_bits(), "cell {cell}");
        }
    }
}

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
        assert_close(&exact, &ideal, 1e-6);
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

/// Sets only.
fn sets() -> String {
    format!(r#"potentiation: "1 uS", depression: "0 S", {}"#, pulses("Half", "Fixed"))
}

#[test]
fn a_write_through_wires_advances_every_cell_at_its_voltage() {
    // No cell moves by a tenth of itself, so there is one operating point.
    let device = Soft { threshold: 0.5, rate: 3e4, exponent: 1.0 };
    let crossbar = format!("{}, wires: Exact(segment: \"150 ohm\")", device.text(UNIFORM));
    let [before, after] = learn(&SPIKING, 2, &crossbar, &sets());
    let voltages = volts(150.0, &before, 2);
    let all: Vec<f64> =
        before.iter().zip(&voltages).map(|(&g, &volts)| device.after(g, volts, SECONDS)).collect();
    assert_close(&after, &all, 1e-9);
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
        let [before, after] = learn(&SPIKING, learner, &crossbar, &sets());
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
    let [before, after] = learn(&SPIKING, 2, &crossbar, &sets());
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
    assert_close(&after, &in_parts(16), 1e-9);
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

/// The conductances after whole sets on bit line 4, with a model of its own in the cells.
fn learn_with(plugin: &Plugin, crossbar: &str) -> Result<Vec<f64>, String> {
    learn_at(plugin, crossbar, &sets())
}

/// The same by a rule.
fn learn_at(plugin: &Plugin, crossbar: &str, rule: &str) -> Result<Vec<f64>, String> {
    let crossbar = format!("device: (\"tin\", {{}}), initial: Constant(\"0.5 S\"), {crossbar}");
    let text = scenario(&SPIKING, 4, &crossbar, rule);
    let options = simulation::Options { models: plugin.models(), ..options(1, &[]) };
    let mut simulation = simulation(&parse(&text, &[]), &options);
    let mut trace = Trace::new(simulation.layout());
    simulation.run(&mut trace).map_err(|error| error.to_string())?;
    Ok(trace.data().key_frames[0].last().expect("a frame at the end").values.clone())
}

#[test]
fn a_failure_during_a_pulse_names_its_cell() {
    let Some(plugin) = Plugin::build("burning") else { return };
    let fault = learn_with(&plugin, "tile: (7, 3)").unwrap_err();
    // The first bit line of the tile that advances is half-selected.
    let expected = "projection `s`, tile at word line 0 and bit line 3, bit line 3, word line 3: device model `tin` (FILE) \
        failed in `advance` at cell 3: the filament has burnt through";
    assert_eq!(fault, expected.replace("FILE", &plugin.file().display().to_string()));
}

#[test]
fn the_chance_of_a_pulse_is_keyed_by_cells_not_by_tiles() {
    let Some(plugin) = Plugin::build("dice") else { return };
    let after = |tile: &str| learn_with(&plugin, tile).unwrap();
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
    let after = learn_with(&plugin, "wires: Exact(segment: \"10 mohm\")").unwrap();
    let mut solver = write_solver(0.01, 4);
    solver.solve_cells(&mut Cubic).unwrap();
    let mut voltages = [0.0; ROWS * COLUMNS];
    solver.cell_voltages(&mut voltages);
    let far = voltages[4];
    assert!(far < 0.98 * VOLTS, "{far}");
    let all = voltages.map(|volts| 0.5 + 2e5 * volts * SECONDS);
    assert_close(&after, &all, 1e-9);

    let floating = sets().replace("Half", "Floating");
    let after = learn_at(&plugin, "wires: Exact(segment: \"10 mohm\")", &floating).unwrap();
    let rows: Vec<bool> = (0..ROWS).map(|row| SPIKING.contains(&row)).collect();
    solver.set_terminals(Side::Left, &rows).unwrap();
    solver.set_terminals(Side::Bottom, &[false, false, false, false, true]).unwrap();
    solver.solve_cells(&mut Cubic).unwrap();
    let half = voltages;
    solver.cell_voltages(&mut voltages);
    assert!(voltages.iter().zip(&half).any(|(floating, half)| (floating - half).abs() > 0.1 * VOLTS));
    let all = voltages.map(|volts| 0.5 + 2e5 * volts * SECONDS);
    assert_close(&after, &all, 1e-9);
}
