//! What holds for every array: laws of linear circuits, of passive circuits, and of the solver itself.

use crosspike::circuit::{
    Change, Circuit, Layout, Method, OperatingPoint, Options, Segments, Side, Sinh, Solver, Terminal,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::arrays::*;

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: u32::MAX, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn superposition((array, halves) in (array(), 0.0..1.0)) {
        let solver = solver(&array, PRECISE);
        prop_assume!(solver.is_some());
        let mut solver = solver.unwrap();
        let whole = solved(&mut solver);
        set(&mut solver, &array.0, |volts| halves * volts);
        let first = solved(&mut solver);
        set(&mut solver, &array.0, |volts| volts - halves * volts);
        let second = solved(&mut solver);
        let add = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<f64>>();
        let sum = OperatingPoint { word: add(&first.word, &second.word), bit: add(&first.bit, &second.bit), ..first };
        let apart = apart(&array, &whole, &sum);
        prop_assert!(apart < 1e-10, "{apart:e}");
    }

    #[test]
    fn reciprocity(array in array()) {
        let solver = solver(&array, PRECISE);
        prop_assume!(solver.is_some());
        let mut solver = solver.unwrap();
        let mut ends = Side::ALL.into_iter().flat_map(|side| {
            let present = array.0.terminals[side as usize].iter().enumerate();
            present.filter(|(_, terminal)| terminal.is_some()).map(move |(line, _)| (side, line))
        });
        let first = ends.next();
        let last = ends.last();
        prop_assume!(last.is_some());
        let ((a, i), (b, j)) = (first.unwrap(), last.unwrap());
        let there = solver.response(a, i).unwrap();
        let back = solver.response(b, j).unwrap();
        let scale = largest(there.terminals.iter().flatten().copied());
        let difference = there.terminals[b as usize][j] - back.terminals[a as usize][i];
        prop_assert!(difference.abs() <= 1e-10 * scale + 1e-12, "{difference:e} of {scale:e}");
    }

    #[test]
    fn a_common_factor_of_all_resistances_changes_no_voltage((array, factor) in (array(), magnitude(-3.0, 3.0))) {
        let first = solver(&array, PRECISE);
        prop_assume!(first.is_some());
        let (mut layout, mut cells) = array;
        for segments in [&mut layout.word_segments, &mut layout.bit_segments] {
            match segments {
                Segments::Uniform(value) => *value *= factor,
                Segments::PerLine(values) | Segments::PerSegment(values) => {
                    values.iter_mut().for_each(|value| *value *= factor);
                }
            }
        }
        layout.terminals.iter_mut().flatten().flatten().for_each(|terminal| terminal.resistance *= factor);
        cells.iter_mut().for_each(|cell| *cell /= factor);
        let second = solver(&(layout, cells), PRECISE).expect("as solvable as before");
        let (first, second) = (first.unwrap().operating_point(), second.operating_point());
        prop_assert!(far(nodes(&first.unwrap()), nodes(&second.unwrap())) < 1e-11);
    }

    #[test]
    fn nodes_stay_between_the_sources_and_all_power_is_accounted_for(array in array()) {
        let solver = solver(&array, PRECISE);
        prop_assume!(solver.is_some());
        let point = solver.unwrap().operating_point().unwrap();
        let sources = array.0.terminals.iter().flatten().flatten().map(|terminal| terminal.voltage);
        let (low, high) =
            sources.fold((f64::MAX, f64::MIN), |(low, high), volts| (low.min(volts), high.max(volts)));
        prop_assert!(nodes(&point).all(|&volts| low - 1e-10 < volts && volts < high + 1e-10));
        let power = point.power;
        let parts = [power.cells, power.word_wires, power.bit_wires, power.terminals];
        prop_assert!(parts.iter().all(|&part| part >= 0.0));
        // 1e-16 of what the sources could drive through good wires is rounding.
        let scale = power.dissipated().max(1e-4);
        prop_assert!((power.sources - power.dissipated()).abs() < 1e-9 * scale, "{power:?}");
    }

    #[test]
    fn a_source_that_rises_lowers_no_cell_voltage_beyond_its_own_and_draws_from_no_other(array in array()) {
        let solver = solver(&array, PRECISE);
        prop_assume!(solver.is_some());
        let mut solver = solver.unwrap();
        let line = array.0.terminals[0].iter().position(Option::is_some);
        prop_assume!(line.is_some());
        let response = solver.response(Side::Left, line.unwrap()).unwrap();
        let scale = largest(response.terminals.iter().flatten().copied());
        for (side, currents) in Side::ALL.into_iter().zip(&response.terminals) {
            for (other, &current) in currents.iter().enumerate() {
                let own = side == Side::Left && Some(other) == line;
                let rounding = 1e-11 * scale + 1e-14;
                let allowed = if own { current <= rounding } else { current >= -rounding };
                prop_assert!(allowed, "{current:e}");
            }
        }
        prop_assert!(response.cells.iter().all(|share| share.abs() <= 1.0 + 1e-11));
    }

    #[test]
    fn an_updated_transfer_matrix_is_that_of_the_changed_array(
        (array, picks) in (array(), prop::collection::vec((0usize..144, magnitude(-6.0, -3.0)), 1..5))
    ) {
        let solver = solver(&array, PRECISE);
        prop_assume!(solver.is_some());
        let mut solver = solver.unwrap();
        let (m, n) = (array.0.word_lines, array.0.bit_lines);
        let mut changes: Vec<Change> = Vec::new();
        for (place, conductance) in picks {
            let (word_line, bit_line) = (place % m, place / m % n);
            if changes.iter().all(|change| (change.word_line, change.bit_line) != (word_line, bit_line)) {
                changes.push(Change { word_line, bit_line, conductance });
            }
        }
        let mut transfer = solver.transfer().unwrap();
        solver.change_transfer(&mut transfer, &changes).unwrap();
        let fresh = solver.transfer().unwrap();
        let scale = largest(fresh.siemens.iter().copied());
        prop_assert!(far(&transfer.siemens, &fresh.siemens) <= 1e-9 * scale + 1e-13);
        let mut row = vec![0.0; n];
        solver.transfer_row(m - 1, &mut row).unwrap();
        prop_assert!(far(&row, fresh.row(m - 1)) <= 1e-10 * scale);
    }

    #[test]
    fn a_warm_start_and_any_history_give_the_same_point((array, inputs) in (array(), prop::collection::vec(-1.0..1.0, 3))) {
        let solver = solver(&array, PRECISE);
        prop_assume!(solver.is_some());
        let mut solver = solver.unwrap();
        let first = solver.operating_point().unwrap();
        for input in inputs {
            set(&mut solver, &array.0, |volts| volts * input);
            solved(&mut solver);
        }
        set(&mut solver, &array.0, |volts| volts);
        let again = solved(&mut solver);
        let apart = apart(&array, &first, &again);
        prop_assert!(apart < 1e-10, "{apart:e}");
        solver.reset();
        prop_assert_eq!(first, solved(&mut solver));
    }

    #[test]
    fn terminals_that_were_toggled_are_those_of_a_fresh_circuit(
        (array, history) in (array(), prop::collection::vec(bits(), 1..4))
    ) {
        let circuit = Circuit::new(array.0.clone());
        prop_assume!(circuit.is_ok());
        let mut toggled = Solver::new(&circuit.unwrap(), PRECISE);
        toggled.set_conductances(&array.1).unwrap();
        for bits in history {
            let mut layout = array.0.clone();
            for (side, connected) in Side::ALL.into_iter().zip(connected(&array.0, bits)) {
                toggled.set_terminals(side, &connected).unwrap();
                let terminals = layout.terminals[side as usize].iter_mut().zip(connected);
                terminals.filter(|(_, connected)| !connected).for_each(|(terminal, _)| *terminal = None);
            }
            let mut fresh = Solver::new(&Circuit::new(layout.clone()).unwrap(), PRECISE);
            fresh.set_conductances(&array.1).unwrap();
            match (fresh.solve(), toggled.solve()) {
                (Err(fresh), Err(toggled)) => prop_assert_eq!(fresh.to_string(), toggled.to_string()),
                (fresh, toggled) => prop_assert_eq!(fresh.is_ok(), toggled.is_ok()),
            }
            if let (Some(fresh), Some(toggled)) = (fresh.operating_point(), toggled.operating_point()) {
                let apart = apart(&(layout, array.1.clone()), &fresh, &toggled);
                prop_assert!(apart < 1e-10, "{apart:e}");
            }
        }
    }

    #[test]
    fn terminals_that_are_connected_again_give_every_bit_again((array, bits) in (array(), bits())) {
        let solver = solver(&array, PRECISE);
        prop_assume!(solver.is_some());
        let mut solver = solver.unwrap();
        let first = solver.operating_point().unwrap();
        for bits in [bits, [u16::MAX; 4]] {
            for (side, connected) in Side::ALL.into_iter().zip(connected(&array.0, bits)) {
                solver.set_terminals(side, &connected).unwrap();
            }
            // Without these terminals a part of the array may float.
            let _ = solver.solve();
        }
        solver.reset();
        prop_assert_eq!(first, solved(&mut solver));
    }

    #[test]
    fn an_ideal_terminal_is_the_limit_of_a_small_resistance(array in array()) {
        let exact = solver(&array, PRECISE);
        prop_assume!(exact.is_some());
        let (mut layout, cells) = array;
        for terminal in layout.terminals.iter_mut().flatten().flatten() {
            terminal.resistance = terminal.resistance.max(1e-6);
        }
        let near = solver(&(layout, cells), PRECISE).expect("as solvable as before").operating_point().unwrap();
        let exact = exact.unwrap().operating_point().unwrap();
        prop_assert!(far(nodes(&exact), nodes(&near)) < 1e-4);
        // 1e-13 of the 1 MA that 1 V drives through 1 uohm.
        let scale = largest(exact.terminals.iter().flatten().copied());
        let far = far(exact.terminals.iter().flatten(), near.terminals.iter().flatten());
        prop_assert!(far < 1e-4 * scale + 1e-7, "{far:e} A of {scale:e}");
    }

    #[test]
    fn the_error_is_within_a_factor_of_its_estimate((array, method) in (
        array(),
        select(vec![Method::Sweeps(1), Method::Sweeps(3), Method::Sweeps(10), Method::ConjugateGradients]),
    )) {
        let exact = solver(&array, PRECISE);
        prop_assume!(exact.is_some());
        let point = |method| {
            let mut solver = solver(&array, Options { method, tolerance: 1e-3, ..PRECISE }).expect("solvable");
            solver.reset();
            let report = solver.solve().expect("an operating point");
            (report, solver.operating_point().expect("solved"))
        };
        let exact = exact.unwrap().operating_point().unwrap();
        let ((report, rough), (_, rest)) = (point(method), point(Method::Sweeps(0)));
        let error = (energy(&array, &exact, &rough) / energy(&array, &exact, &rest).max(1e-18)).sqrt();
        prop_assert!(error <= 100.0 * report.error + 1e-6, "{error:e}: {report:?}");
    }

    #[test]
    fn sinh_cells_up_to_5_per_volt_at_1_volt_converge_from_rest((array, curvature) in (array(), 0.1..5.0)) {
        let circuit = Circuit::new(array.0.clone());
        prop_assume!(circuit.is_ok());
        let mut solver = Solver::new(&circuit.unwrap(), PRECISE);
        let mut law = Sinh { conductance: array.1.clone(), curvature, ohmic: Vec::new() };
        match solver.solve_cells(&mut law) {
            Err(error) => prop_assert!(error.to_string().contains("no path to a terminal"), "{error}"),
            Ok(_) => {
                let point = solver.operating_point().unwrap();
                let scale = point.power.dissipated().max(1e-3);
                prop_assert!((point.power.sources - point.power.dissipated()).abs() < 1e-9 * scale);
            }
        }
    }
}

#[test]
fn steep_selectors_converge_from_rest() {
    for curvature in [10.0, 20.0, 40.0] {
        let mut layout =
            Layout::new(16, 16, 2.0).connect(Side::Left, 0.5, 50.0).connect(Side::Bottom, 0.5, 50.0);
        layout.terminals[Side::Left as usize][5] = Some(Terminal { voltage: 1.0, resistance: 52.0 });
        layout.terminals[Side::Bottom as usize][9] = Some(Terminal { voltage: 0.0, resistance: 52.0 });
        let mut solver = Solver::new(&Circuit::new(layout).expect("a sound layout"), Options::default());
        let mut law = Sinh { conductance: vec![1e-9; 256], curvature, ohmic: Vec::new() };
        let report = solver.solve_cells(&mut law).expect("an operating point");
        assert!(report.newton_steps < 60, "{report:?}");
        assert!(report.kcl < 1e-6, "{report:?}");
    }
}

#[test]
fn arrays_of_extreme_conductances_and_wires_keep_their_books() {
    for cell in [1e-15, 1e-9, 1e-3, 1e2] {
        for segment in [1e-6, 1.0, 1e9] {
            let layout = Layout::read(20, 13, segment, Default::default());
            let mut solver = Solver::new(&Circuit::new(layout).expect("a sound layout"), Options::default());
            solver.set_conductances(&vec![cell; 260]).expect("conductances");
            solver.set_sources(Side::Left, &[5.0; 20]).expect("inputs");
            solved(&mut solver);
            let mut law = Sinh { conductance: vec![cell; 260], curvature: 2.0, ohmic: Vec::new() };
            solver.reset();
            solver.solve_cells(&mut law).expect("an operating point");
            solver.operating_point().expect("solved");
        }
    }
}
