//! Published figures of uniform arrays, and operating points of sinh cells from an independent program.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Segments, Side, Sinh, Solver};

/// The mean relative loss of bit-line current in an array of equal cells of 10 kohm at 0.7 V, %.
fn loss(layout: Layout) -> f64 {
    let (m, n) = (layout.word_lines, layout.bit_lines);
    let circuit = Circuit::new(layout).expect("a sound layout");
    let mut solver = Solver::new(&circuit, Options::default());
    solver.set_conductances(&vec![1e-4; m * n]).expect("conductances");
    solver.set_sources(Side::Left, &vec![0.7; m]).expect("inputs");
    solver.solve().expect("an operating point");
    let mean = solver.currents(Side::Bottom).iter().sum::<f64>() / n as f64;
    100.0 * (1.0 - mean / (m as f64 * 0.7e-4))
}

#[test]
fn each_convention_of_end_segments_loses_what_was_published_for_it() {
    let conventions = [EndSegments::EveryEnd, EndSegments::BitLines, EndSegments::Absent];
    for (size, segment, published) in [
        (4, 1.0, [0.1498, 0.1099, 0.0699]),
        (8, 10.0, [4.8369, 4.1068, 3.3654]),
        (32, 5.0, [25.8126, 24.9178, 24.0012]),
        (64, 10.0, [71.2584, 70.6821, 70.0819]),
        (256, 10.0, [96.7159, 96.6704, 96.6233]),
    ] {
        for (ends, published) in conventions.into_iter().zip(published) {
            let found = loss(Layout::read(size, size, segment, ends));
            // The figures have four decimals.
            let tolerance = f64::max(1e-4 * published, 0.51e-4);
            assert!((found - published).abs() < tolerance, "{size}, {ends:?}: {found} %, not {published} %");
        }
    }
}

#[test]
fn word_lines_without_resistance_leave_the_published_loss_of_the_bit_lines() {
    let layout = Layout {
        word_segments: Segments::Uniform(1e-7),
        ..Layout::read(64, 64, 10.0, EndSegments::BitLines)
    };
    let found = loss(layout);
    assert!((found - 53.01).abs() < 0.01, "{found} %");
}

#[test]
fn arrays_of_sinh_cells_have_the_currents_of_an_independent_program() {
    let (amplitude, curvature) = (20.034_160_72e-6, 3.772_292_05);
    for (m, n, segment, first, last) in [
        (32, 32, 1.0, 1.889325e-3, 1.708949e-3),
        (32, 32, 10.0, 1.221563e-3, 7.892410e-4),
        (196, 50, 1.0, 4.768226e-3, 4.319974e-3),
        (196, 50, 10.0, 1.521585e-3, 9.516657e-4),
    ] {
        let circuit =
            Circuit::new(Layout::read(m, n, segment, EndSegments::EveryEnd)).expect("a sound layout");
        let mut solver = Solver::new(&circuit, Options::default());
        solver.set_sources(Side::Left, &vec![0.5; m]).expect("inputs");
        let conductance = vec![amplitude * curvature; m * n];
        let mut law = Sinh { conductance, curvature, ohmic: Vec::new() };
        solver.solve_cells(&mut law).expect("an operating point");
        let currents = solver.currents(Side::Bottom);
        for (found, expected) in [(currents[0], first), (currents[n - 1], last)] {
            let far = (found / expected - 1.0f64).abs();
            assert!(far < 1e-5, "{m} x {n}, {segment} ohm: {found:e} A, not {expected:e} A");
        }
    }
}
