//! Published figures of uniform arrays, and operating points of sinh cells from an independent program.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Segments, Side, Sinh, Solver};

/// The mean relative loss of bit-line current in an array of equal cells of 10 kohm at 0.7 V, %.
fn loss(layout: Layout) -> f64 {
    loss_with(layout, |_| 0.0)
}

/// The same, with a resistance (ohm) in series with every cell of a word line.
fn loss_with(layout: Layout, series: impl Fn(usize) -> f64) -> f64 {
    let (m, n) = (layout.word_lines, layout.bit_lines);
    let circuit = Circuit::new(layout).expect("a sound layout");
    let mut solver = Solver::new(&circuit, Options::default());
    let cells: Vec<f64> = (0..m * n).map(|cell| 1.0 / (1e4 + series(cell / n))).collect();
    solver.set_conductances(&cells).expect("conductances");
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

/// An array of 64 x 64 cells and 10 ohm per segment, drivers on the first nodes: with perfect word lines, which have no
/// resistance; with star bit lines, where every cell has a wire of its own to the sense circuit, as long as its way along
/// the line; and with a resistance that all cells of a bit line share in front of the sense circuit.
#[test]
fn better_word_lines_and_bit_lines_leave_the_published_losses() {
    const NONE: f64 = 1e-7;
    for (is_perfect, is_star, shared, published) in [
        (false, false, 0.0, 70.68),
        (true, false, 0.0, 53.01),
        (false, true, 0.0, 52.44),
        (true, true, 0.0, 3.12),
        (false, false, 100.0, 75.52),
        (true, false, 100.0, 63.87),
        (false, true, 100.0, 64.60),
        (true, true, 100.0, 40.20),
    ] {
        let segment = |is_ideal: bool| if is_ideal { NONE } else { 10.0 };
        let layout = Layout {
            word_segments: Segments::Uniform(segment(is_perfect)),
            bit_segments: Segments::Uniform(segment(is_star)),
            end_segments: EndSegments::BitLines,
            ..Layout::new(64, 64, NONE)
        };
        let layout = layout.connect(Side::Left, 0.0, 0.0).connect(Side::Bottom, 0.0, shared);
        let found = loss_with(layout, |row| if is_star { 10.0 * (64 - row) as f64 } else { 0.0 });
        // The figures have two decimals.
        let what = format!("perfect: {is_perfect}, star: {is_star}, {shared} ohm");
        assert!((found - published).abs() < 0.005_1, "{what}: {found} %, not {published} %");
    }
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
