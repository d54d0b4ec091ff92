//! What exact reads of arrays cost: one solve from rest, linear and with sinh cells, and one spike through a transfer matrix.
//!
//! Square arrays of 1 to 100 uS with wires of 2 ohm, inputs between 0 and 0.3 V on the left, virtual grounds at the bottom.
//! Every figure is the fastest of several rounds on one thread, so that other work on the machine disturbs it least. An
//! iteration is timed as the difference of 11 sweeps and 1. Bytes are those that a solver allocates.
//!
//! `cargo bench -p crosspike --bench array`

use std::hint::black_box;
use std::time::{Duration, Instant};

use crosspike::circuit::{Circuit, EndSegments, Layout, Method, Options, Side, Sinh, Solver};
use crosspike::random::{Purpose, Stream};

fn uniform(number: u32, count: usize, low: f64, high: f64) -> Vec<f64> {
    let stream = Stream::new(3, Purpose::Order, number);
    (0..count as u64).map(|k| low + (high - low) * stream.uniform(0, k)).collect()
}

/// The fastest of enough rounds to take about half a second, at least 3.
fn fastest(mut round: impl FnMut() -> Duration) -> Duration {
    let mut best = round();
    let count = (0.5 / best.as_secs_f64()).clamp(3.0, 20_000.0) as usize;
    for _ in 0..count {
        best = best.min(round());
    }
    best
}

fn timed(mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// A solver of n x n cells, with all values set.
fn solver(n: usize, method: Method) -> (Solver, Vec<f64>) {
    let circuit = Circuit::new(Layout::read(n, n, 2.0, EndSegments::EveryEnd)).expect("a sound layout");
    let mut solver = Solver::new(&circuit, Options { method, ..Options::default() });
    let cells = uniform(0, n * n, 1e-6, 1e-4);
    solver.set_conductances(&cells).expect("conductances");
    solver.set_sources(Side::Left, &uniform(1, n, 0.0, 0.3)).expect("inputs");
    (solver, cells)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// One line of the table.
fn measure(n: usize) {
    let count = (n * n) as f64;
    let (mut array, cells) = solver(n, Method::ConjugateGradients);
    let mut report = array.solve().expect("an operating point");
    let fresh = fastest(|| {
        array.reset();
        array.set_conductances(&cells).expect("conductances");
        timed(|| report = array.solve().expect("an operating point"))
    });
    let again = fastest(|| {
        array.reset();
        timed(|| report = array.solve().expect("an operating point"))
    });
    let sweeps = [1, 11].map(|count| {
        let (mut array, _) = solver(n, Method::Sweeps(count));
        fastest(|| {
            array.reset();
            timed(|| {
                black_box(array.solve().expect("an operating point"));
            })
        })
    });
    let linear_bytes = array.byte_count() as f64 / count;
    let mut law = Sinh { conductance: cells, curvature: 3.0, ohmic: Vec::new() };
    let mut steps = array.solve_cells(&mut law).expect("an operating point");
    let nonlinear = fastest(|| {
        array.reset();
        timed(|| steps = array.solve_cells(&mut law).expect("an operating point"))
    });
    println!(
        "{n:>6} {:>11.1} {:>11.1} {:>4} {:>9.2} {:>8.0} {:>12.1} {:>4} {:>4} {:>8.0}",
        micros(fresh),
        micros(again),
        report.iterations,
        micros(sweeps[1].saturating_sub(sweeps[0])) * 100.0 / count,
        linear_bytes,
        micros(nonlinear),
        steps.newton_steps,
        steps.iterations,
        array.byte_count() as f64 / count,
    );
}

/// A spike on one word line of 128 adds its row of the transfer matrix to the currents.
fn spike() {
    let (mut array, _) = solver(128, Method::ConjugateGradients);
    let mut transfer = None;
    let build = timed(|| transfer = Some(array.transfer().expect("a transfer matrix")));
    let transfer = transfer.expect("built");
    let mut currents = vec![0.0; 128];
    let rows: Vec<usize> = uniform(2, 4096, 0.0, 128.0).into_iter().map(|row| row as usize).collect();
    let time = fastest(|| {
        timed(|| {
            for &row in &rows {
                currents.iter_mut().zip(transfer.row(row)).for_each(|(sum, siemens)| *sum += 0.2 * siemens);
            }
            black_box(&mut currents);
        })
    });
    println!("transfer matrix 128 x 128, built once   {:>10.1} us", micros(build));
    println!("spike into a row of it                  {:>10.3} us", micros(time) / rows.len() as f64);
}

/// The array of the study: 196 x 50 cells of 50 uS to 10 mS, 1 ohm, binary inputs of 1 V.
fn study() {
    let (m, n) = (196, 50);
    let circuit = Circuit::new(Layout::read(m, n, 1.0, EndSegments::EveryEnd)).expect("a sound layout");
    let mut array = Solver::new(&circuit, Options::default());
    let inputs: Vec<f64> = uniform(4, m, 0.0, 1.0).into_iter().map(f64::round).collect();
    let cells = uniform(3, m * n, 50e-6, 10e-3);
    array.set_sources(Side::Left, &inputs).expect("inputs");
    let mut iterations = 0;
    let time = fastest(|| {
        array.reset();
        array.set_conductances(&cells).expect("conductances");
        timed(|| iterations = array.solve().expect("an operating point").iterations)
    });
    println!("196 x 50, 50 uS to 10 mS, fresh read    {:>10.1} us, {iterations} iterations", micros(time));
}

fn main() {
    println!(
        "residual 1e-10; `fresh` factorises, `again` has its factors; ns per cell and iteration; bytes per cell"
    );
    println!("                         linear                              sinh, a = 3 / V");
    println!("     N    fresh us    again us   it  ns/cell    bytes           us step   it    bytes");
    for n in [16, 32, 64, 128, 256, 512, 1024] {
        measure(n);
    }
    spike();
    study();
}
