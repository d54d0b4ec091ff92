//! What the border between the program and its device models costs: calls through it beside loops over the same arithmetic.
//!
//! 1,024 cells, as on one bit line of a large array. `sinh` works on batches with vector instructions and is set beside a loop
//! that the compiler makes the same way; `messaris` is the equations of one cell (`CellModel`) and is set beside a plain loop over
//! them. Call and loop take turns; a figure is the fastest of many rounds. Opening is once per process: reading the file, its
//! SHA-256, the checks of its tables.
//!
//! `cargo bench -p crosspike --bench device`

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crosspike::device::{self, Cells, Columns, Device};
use crosspike::random::{Purpose, Stream};
use crosspike::scenario::ParameterValue;
use crosspike_device::functions::{exp_m1, sinh_cosh};
use multiversion::multiversion;

const CELLS: usize = 1024;
const ROUNDS: usize = 400;
const CALLS: u32 = 20;

/// A vector whose numbers begin at a multiple of 64 bytes, as those of arrays do.
struct Aligned {
    numbers: Vec<f64>,
    first: usize,
}

impl Aligned {
    fn new(values: impl Fn(usize) -> f64) -> Aligned {
        let mut numbers = vec![0.0; CELLS + 8];
        let first = numbers.as_ptr().align_offset(64);
        (0..CELLS).for_each(|cell| numbers[first + cell] = values(cell));
        Aligned { numbers, first }
    }

    fn values(&mut self) -> &mut [f64] {
        &mut self.numbers[self.first..][..CELLS]
    }
}

/// The arithmetic of `sinh` with one curvature for each cell.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn sinh_loop(g: &[f64], alpha: &[f64], voltage: &[f64], current: &mut [f64], slope: &mut [f64]) -> bool {
    let mut beyond = 0;
    for ((((current, slope), voltage), g), alpha) in
        current.iter_mut().zip(slope).zip(voltage).zip(g).zip(alpha)
    {
        let alpha = if *alpha < 1e-12 { 1e-12 } else { *alpha };
        let x = alpha * voltage;
        beyond |= u64::from(x.abs() > 300.0);
        let (sinh, cosh) = sinh_cosh(x);
        *current = g / alpha * sinh;
        *slope = g * cosh;
    }
    beyond != 0
}

const A: f64 = 0.32046;
const B: f64 = 2.71690;

/// The currents of `messaris`, cell by cell.
#[inline(never)]
fn messaris_currents(r: &[f64], voltage: &[f64], current: &mut [f64], slope: &mut [f64]) {
    for ((current, slope), (r, voltage)) in current.iter_mut().zip(slope).zip(r.iter().zip(voltage)) {
        let (sinh, cosh) = sinh_cosh(B * voltage);
        (*current, *slope) = (A / r * sinh, A * B / r * cosh);
    }
}

/// The motion of `messaris`, cell by cell.
#[inline(never)]
fn messaris_motion(r: &mut [f64], voltage: &[f64], duration: f64) {
    for (r, &voltage) in r.iter_mut().zip(voltage) {
        if voltage == 0.0 || duration == 0.0 {
            continue;
        }
        let [rate, scale, limit, slope] = if voltage > 0.0 {
            [600.10, -0.0212028, 2699.23, -672.93]
        } else {
            [-34.599, -0.05343997, 649.41, -1474.32]
        };
        let limit = limit + slope * voltage;
        let distance = limit - *r;
        let growth = rate * exp_m1(voltage.abs() / scale) * distance * duration;
        if !(growth <= 0.0 || growth.is_nan()) {
            *r = (limit - distance / (1.0 + growth)).clamp(1600.0, 3000.0);
        }
    }
}

/// Nanoseconds per cell of two ways to do the same, in turns.
fn race(mut first: impl FnMut(), mut second: impl FnMut()) -> [f64; 2] {
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        let mut time = |place: usize, call: &mut dyn FnMut()| {
            let began = Instant::now();
            (0..CALLS).for_each(|_| call());
            fastest[place] = fastest[place].min(began.elapsed());
        };
        time(0, &mut first);
        time(1, &mut second);
    }
    fastest.map(|time| time.as_nanos() as f64 / f64::from(CALLS) / CELLS as f64)
}

fn print(what: &str, [call, inlined]: [f64; 2]) {
    println!("{what:42} {call:8.2} ns {inlined:8.2} ns {:8.2}", call / inlined);
}

fn library(name: &str) -> PathBuf {
    let program = std::env::current_exe().expect("this program has a path");
    let folder = program.parent().map(Path::to_owned).unwrap_or_default();
    let file =
        format!("{}crosspike_model_{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    folder.join(file)
}

fn made(name: &str, values: &[(&str, &str)]) -> Device {
    let began = Instant::now();
    let models = device::open(&library(name)).expect("the library lies beside this program");
    println!("opening `{name}`: {:.2} ms", 1e3 * began.elapsed().as_secs_f64());
    let values: Vec<_> =
        values.iter().map(|(name, value)| (*name, ParameterValue::Text((*value).to_owned()))).collect();
    models[0].device(&values).expect("a device of these values")
}

fn main() {
    let stream = Stream::new(1, Purpose::Target, 0);
    let mut voltage = Aligned::new(|cell| 2.0 * stream.uniform(cell as u32, 0) - 1.0);
    let voltage = voltage.values();
    let [mut current, mut slope] = [Aligned::new(|_| 0.0), Aligned::new(|_| 0.0)];
    let [mut own_current, mut own_slope] = [Aligned::new(|_| 0.0), Aligned::new(|_| 0.0)];

    let sinh = made("sinh", &[("g_min", "1 uS"), ("g_max", "100 uS"), ("alpha", "3 1/V")]);
    let messaris = made("messaris", &[]);
    println!("\n{:42} {:>11} {:>11} {:>8}", "per cell", "plug-in", "loop", "ratio");

    let mut state = Aligned { numbers: vec![0.0; 2 * CELLS + 8], first: 0 };
    state.first = state.numbers.as_ptr().align_offset(64);
    for cell in 0..CELLS {
        state.numbers[state.first + cell] = 1e-6 + 99e-6 * stream.uniform(cell as u32, 1);
        state.numbers[state.first + CELLS + cell] = 3.0;
    }
    let both = state.numbers[state.first..][..2 * CELLS].to_vec();
    let (g, alpha) = both.split_at(CELLS);
    let state = &mut state.numbers[state.first..][..2 * CELLS];
    let times = race(
        || {
            let cells = Cells { state: &mut *state, stride: CELLS, count: CELLS, own: Columns::default() };
            sinh.current(cells, voltage, current.values(), Some(slope.values())).expect("currents");
        },
        || {
            let [current, slope] = [own_current.values(), own_slope.values()];
            black_box(sinh_loop(black_box(g), alpha, voltage, current, slope));
        },
    );
    assert_eq!(current.values(), own_current.values());
    print("`sinh`, current and slope, vector loop", times);

    let start: Vec<f64> = (0..CELLS).map(|cell| 1600.0 + 1400.0 * stream.uniform(cell as u32, 2)).collect();
    let [mut r, mut own_r] = [Aligned::new(|cell| start[cell]), Aligned::new(|cell| start[cell])];
    let times = race(
        || {
            let cells = Cells { state: r.values(), stride: CELLS, count: CELLS, own: Columns::default() };
            messaris.current(cells, voltage, current.values(), Some(slope.values())).expect("currents");
        },
        || messaris_currents(black_box(own_r.values()), voltage, own_current.values(), own_slope.values()),
    );
    assert_eq!(current.values(), own_current.values());
    print("`messaris`, current and slope, scalar loop", times);
    let times = race(
        || {
            r.values().copy_from_slice(&start);
            let cells = Cells { state: r.values(), stride: CELLS, count: CELLS, own: Columns::default() };
            messaris.advance(cells, voltage, 1e-6, &[]).expect("a motion");
        },
        || {
            own_r.values().copy_from_slice(&start);
            messaris_motion(black_box(own_r.values()), voltage, 1e-6);
        },
    );
    assert_eq!(r.values(), own_r.values());
    print("`messaris`, advance, scalar loop", times);
}
