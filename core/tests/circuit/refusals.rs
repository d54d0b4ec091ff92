//! Every refusal, word for word.

use std::convert::Infallible;

use crosspike::circuit::{
    CellLaw, Change, Circuit, EndSegments, Layout, Options, Segments, Side, Sinh, Solver, Terminal,
};

fn refused(layout: Layout) -> String {
    Circuit::new(layout).expect_err("a layout to be refused").to_string()
}

fn solver(layout: Layout, conductance: f64) -> Solver {
    let count = layout.word_lines * layout.bit_lines;
    let mut solver = Solver::new(&Circuit::new(layout).expect("a sound layout"), Options::default());
    solver.set_conductances(&vec![conductance; count]).expect("conductances");
    solver
}

fn read() -> Layout {
    Layout::read(3, 2, 1.0, EndSegments::EveryEnd)
}

#[test]
fn layouts_with_impossible_numbers_are_refused() {
    let with = |change: &dyn Fn(&mut Layout)| {
        let mut layout = read();
        change(&mut layout);
        refused(layout)
    };
    let terminal = |voltage, resistance| Some(Terminal { voltage, resistance });
    assert_eq!(
        refused(Layout::new(0, 2, 1.0)),
        "an array of 0 x 2 cells; expected at least one word line and one bit line"
    );
    assert_eq!(
        with(&|layout| layout.word_segments = Segments::Uniform(-1.0)),
        "word-line segments value 0: -1e0 ohm; expected above 0, or infinite for a broken wire"
    );
    assert_eq!(
        with(&|layout| layout.bit_segments = Segments::PerSegment(vec![1.0, 1.0, f64::NAN, 1.0])),
        "bit-line segments number 2: NaN ohm; expected above 0, or infinite for a broken wire"
    );
    assert_eq!(
        with(&|layout| layout.word_segments = Segments::PerLine(vec![1.0; 2])),
        "word-line segments: 2 values; expected 3"
    );
    assert_eq!(
        with(&|layout| layout.terminals[0][1] = terminal(1.0, f64::INFINITY)),
        "left terminals of line 1: inf ohm; expected 0 or more, finite; leave out a terminal that floats"
    );
    assert_eq!(
        with(&|layout| layout.terminals[3][0] = terminal(f64::NAN, 1.0)),
        "voltages of the bottom terminals of line 0: NaN V; expected a finite number"
    );
    assert_eq!(
        refused(
            Layout { end_segments: EndSegments::Absent, ..Layout::new(2, 1, 1.0) }
                .connect(Side::Left, 0.0, 0.0)
                .connect(Side::Right, 0.0, 0.0)
        ),
        "word line 0: both terminals have 0 ohm and sit on its only node; give one of them a resistance or leave it out"
    );
}

#[test]
fn numbers_that_do_not_fit_the_array_are_refused_and_change_nothing() {
    let mut solver = solver(read(), 1e-4);
    let before = solver.solve().expect("an operating point");
    assert_eq!(
        solver.set_conductances(&[0.0; 5]).expect_err("too few").to_string(),
        "conductances: 5 values; expected 6"
    );
    assert_eq!(
        solver.set_conductances(&[1.0, 1.0, 1.0, -1.0, 1.0, 1.0]).expect_err("negative").to_string(),
        "conductance of the cell at word line 1, bit line 1: -1e0 S; expected 0 or more, finite; 0 is an open cell"
    );
    assert_eq!(
        solver.set_sources(Side::Top, &[0.0]).expect_err("too few").to_string(),
        "voltages of the top terminals: 1 values; expected 2"
    );
    let change = |word_line, bit_line| Change { word_line, bit_line, conductance: 1e-4 };
    assert_eq!(
        solver.change_cells(&[change(0, 0), change(0, 2)]).expect_err("outside").to_string(),
        "bit line 2; expected 0 to 1"
    );
    assert_eq!(
        solver.change_cells(&[change(0, 1), change(0, 1)]).expect_err("twice").to_string(),
        "the cell at word line 0, bit line 1 is named twice; name each cell once"
    );
    assert_eq!(
        solver.response(Side::Right, 1).expect_err("no terminal").to_string(),
        "right terminals: line 1 has none; name a line with a terminal on this side"
    );
    assert_eq!(solver.solve().expect("an operating point").kcl, before.kcl);
}

#[test]
fn a_piece_of_a_line_without_a_path_to_a_terminal_is_refused_with_its_first_node() {
    // Word line 1 is broken after node 0, and the cells of its rest are open.
    let mut layout = Layout::read(2, 3, 1.0, EndSegments::EveryEnd);
    layout.word_segments = Segments::PerSegment(vec![1.0, 1.0, f64::INFINITY, 1.0]);
    let mut solver = solver(layout, 1e-4);
    solver.solve().expect("an operating point");
    solver.set_conductances(&[1e-4, 1e-4, 1e-4, 1e-4, 0.0, 0.0]).expect("conductances");
    assert_eq!(
        solver.solve().expect_err("a floating piece").to_string(),
        "word line 1, node 1: no path to a terminal through unbroken segments and conducting cells, so its voltage is \
         not determined; connect a terminal to the line or let one of its cells conduct"
    );
    assert!(solver.operating_point().is_none());
    // One conducting cell is enough, and no current flows through it.
    solver.set_conductances(&[1e-4, 1e-4, 1e-4, 1e-4, 0.0, 1e-9]).expect("conductances");
    solver.set_sources(Side::Left, &[0.3, 0.0]).expect("inputs");
    solver.solve().expect("an operating point");
    let point = solver.operating_point().expect("solved");
    assert!(point.cells[5].abs() < 1e-18);
    assert!((point.word[4] - point.bit[5]).abs() < 1e-10);
}

#[test]
fn terminals_that_are_not_there_cannot_be_connected() {
    let mut solver = solver(read(), 1e-4);
    solver.set_sources(Side::Left, &[0.3, 0.0, 0.1]).expect("inputs");
    solver.solve().expect("an operating point");
    assert_eq!(
        solver.set_terminals(Side::Left, &[true; 2]).expect_err("too few").to_string(),
        "left terminals: 2 values; expected 3"
    );
    assert_eq!(
        solver.set_terminals(Side::Top, &[false, true]).expect_err("no terminal").to_string(),
        "top terminals: line 1 has none; name a line with a terminal on this side"
    );
    assert!(solver.operating_point().is_some(), "a refusal changes nothing");
    solver.set_terminals(Side::Left, &[true; 3]).expect("as before");
    assert!(solver.operating_point().is_some(), "what is connected already is no change");
}

#[test]
fn a_line_whose_terminal_is_disconnected_needs_a_cell_that_conducts() {
    let mut solver = solver(read(), 1e-4);
    solver.set_terminals(Side::Left, &[true, false, true]).expect("terminals");
    solver.solve().expect("its cells hold it");
    solver.set_conductances(&[1e-4, 1e-4, 0.0, 0.0, 1e-4, 1e-4]).expect("conductances");
    assert_eq!(
        solver.solve().expect_err("a floating line").to_string(),
        "word line 1, node 0: no path to a terminal through unbroken segments and conducting cells, so its voltage is \
         not determined; connect a terminal to the line or let one of its cells conduct"
    );
    let refusal = solver.response(Side::Left, 1).expect_err("disconnected").to_string();
    assert_eq!(refusal, "left terminals: line 1 has none; name a line with a terminal on this side");
    solver.set_terminals(Side::Left, &[true; 3]).expect("terminals");
    solver.solve().expect("its terminal holds it");
}

#[test]
fn an_array_without_any_terminal_is_refused() {
    let mut solver = solver(Layout::new(2, 2, 1.0), 1e-4);
    let refusal = solver.solve().expect_err("no terminal").to_string();
    assert!(refusal.starts_with("word line 0, node 0: no path to a terminal"), "{refusal}");
}

#[test]
fn a_linear_solve_after_one_with_a_cell_law_wants_conductances() {
    let mut solver = solver(read(), 1e-4);
    let mut law = Sinh { conductance: vec![1e-4; 6], curvature: 2.0, ohmic: Vec::new() };
    solver.solve_cells(&mut law).expect("an operating point");
    assert_eq!(
        solver.solve().expect_err("slopes").to_string(),
        "the solver holds the slopes of the last solve with a cell law; set the conductances before a linear solve"
    );
}

#[test]
fn a_change_that_cuts_off_a_line_is_refused_and_leaves_the_transfer_matrix() {
    let layout = Layout::new(2, 2, 1.0).connect(Side::Bottom, 0.0, 0.0);
    let mut solver = solver(layout, 1e-4);
    let mut transfer = solver.transfer().expect("a transfer matrix");
    let before = transfer.clone();
    let open = |bit_line| Change { word_line: 1, bit_line, conductance: 0.0 };
    let refusal = solver.change_transfer(&mut transfer, &[open(0), open(1)]).expect_err("a floating line");
    assert!(refusal.to_string().starts_with("word line 1, node 0: no path to a terminal"), "{refusal}");
    assert_eq!(transfer, before);
    solver.solve().expect("the cells are as before");
}

#[test]
fn a_cell_law_of_another_size_is_refused() {
    let mut law = Sinh { conductance: vec![1e-4; 5], curvature: 2.0, ohmic: Vec::new() };
    assert_eq!(
        solver(read(), 0.0).solve_cells(&mut law).expect_err("too few").to_string(),
        "conductances of sinh cells: 5 values; expected 6"
    );
}

/// A cell whose current falls between 0.1 V and 0.2 V.
struct Tunnel;

impl CellLaw for Tunnel {
    type Error = Infallible;

    fn evaluate(
        &mut self,
        volts: &[f64],
        currents: &mut [f64],
        slopes: &mut [f64],
    ) -> Result<(), Infallible> {
        for (k, &v) in volts.iter().enumerate() {
            currents[k] = 1e-4 * (v - 10.0 * v * v + 25.0 * v * v * v);
            slopes[k] = 1e-4 * (1.0 - 20.0 * v + 75.0 * v * v);
        }
        Ok(())
    }
}

#[test]
fn a_cell_whose_current_falls_is_refused_with_its_place_and_voltage() {
    let mut solver = solver(Layout::read(1, 1, 1.0, EndSegments::Absent), 0.0);
    solver.set_sources(Side::Left, &[0.125]).expect("inputs");
    assert_eq!(
        solver.solve_cells(&mut Tunnel).expect_err("not monotone").to_string(),
        "cell at word line 0, bit line 0: slope -3.2812500000000005e-5 S at 1.25e-1 V; expected 0 or more, finite: \
         without a monotone law the array has no unique operating point, follow the state of the device in time instead"
    );
}

/// A cell that cannot be evaluated.
struct Broken;

#[derive(Debug, thiserror::Error)]
#[error("device model `tin` failed")]
struct Fault;

impl CellLaw for Broken {
    type Error = Fault;

    fn evaluate(&mut self, _: &[f64], _: &mut [f64], _: &mut [f64]) -> Result<(), Fault> {
        Err(Fault)
    }
}

#[test]
fn a_failing_law_is_passed_on() {
    let mut solver = solver(read(), 0.0);
    let refusal = solver.solve_cells(&mut Broken).expect_err("a failing law");
    assert_eq!(refusal.to_string(), "device model `tin` failed");
    assert!(solver.operating_point().is_none());
}

#[test]
fn what_does_not_converge_says_how_far_it_came() {
    let circuit = Circuit::new(Layout::read(64, 64, 20.0, EndSegments::EveryEnd)).expect("a sound layout");
    let mut solver = Solver::new(&circuit, Options { iteration_limit: 3, ..Options::default() });
    solver.set_conductances(&vec![1e-3; 64 * 64]).expect("conductances");
    solver.set_sources(Side::Left, &[0.3; 64]).expect("inputs");
    let refusal = solver.solve().expect_err("too few iterations").to_string();
    assert!(refusal.starts_with("no convergence: "), "{refusal}");
    let end = "of the initial residual after 3 iterations; expected 1e-10; raise the limit or the tolerance";
    assert!(refusal.ends_with(end), "{refusal}");
}
