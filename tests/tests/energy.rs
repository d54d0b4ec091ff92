//! The energy of reads and of program pulses, against closed forms and against solves of the test's own.

use crosspike::circuit::{Circuit, EndSegments, Layout, Options, Side, Solver};
use crosspike::crossbar::{Energy, Work};
use crosspike::recorder::{ArrayEntry, TraceData};
use crosspike_tests::run;
use crosspike_tests::writes::{self, *};

/// Of a read: 0.2 V for 10 ns.
const READ_VOLTS: f64 = 0.2;
const READ_SECONDS: f64 = 1e-8;

/// Spikes of 6 sources at the times of `trains` (ms) reach 4 neurons that never fire.
fn reads(trains: [&[u32]; 6], crossbar: &str) -> TraceData {
    let train = |times: &&[u32]| {
        format!("[{}]", times.iter().map(|time| format!("\"{time} ms\", ")).collect::<String>())
    };
    let trains: Vec<String> = trains.iter().map(train).collect();
    let text = format!(
        r#"Scenario(
            populations: {{
                "sources": Trains(times: [{}]),
                "n": Lif(count: 4, capacitance: "1 nF", leak: "1 s", threshold: "1 MV"),
            }},
            projections: {{ "s": (source: "sources", target: "n", crossbar: (
                device: ("ideal", {{ "g_min": "1 uS", "g_max": "1 mS" }}), initial: Uniform("50 uS", "900 uS"),
                read: (voltage: "{READ_VOLTS} V", width: "10 ns"), {crossbar}
            )) }},
            schedule: [Run(duration: "9 ms")],
            record: (energy: true, conductance: {{ "s": () }}),
        )"#,
        trains.join(", ")
    );
    run(&text, &[], 1)
}

fn entry(trace: &TraceData) -> ArrayEntry {
    let entry = trace.arrays.iter().flatten().next().expect("one array, one phase");
    let total = [entry.read.energy.total(), entry.write.energy.total()];
    assert_eq!(trace.phases[0].energy, Some(total));
    *entry
}

fn assert_close(found: Energy, expected: Energy, tolerance: f64) {
    let parts = |energy: Energy| [energy.cells, energy.wires, energy.drivers];
    for (part, other) in parts(found).into_iter().zip(parts(expected)) {
        assert!((part - other).abs() <= tolerance * expected.total(), "{found:?} instead of {expected:?}");
    }
}

/// Three sources together at 1 ms, one of them again at 5 ms.
const TRAINS: [&[u32]; 6] = [&[1], &[], &[1, 5], &[1], &[], &[]];
const MOMENTS: [&[usize]; 2] = [&[0, 2, 3], &[2]];

#[test]
fn with_ideal_wires_a_read_dissipates_v2_g_t_in_the_cells_of_driven_word_lines() {
    for (signed, tile) in [(false, "(6, 4)"), (true, "(6, 4)"), (true, "(4, 3)")] {
        let trace = reads(TRAINS, &format!("signed: {signed}, tile: {tile}"));
        let siemens = &trace.key_frames[0][0].values;
        let rows = MOMENTS.iter().copied().flatten();
        let sum: f64 = rows
            .flat_map(|row| {
                siemens.chunks_exact(24).map(move |plane| plane[4 * row..][..4].iter().sum::<f64>())
            })
            .sum();
        let cells = READ_VOLTS.powi(2) * sum * READ_SECONDS;
        let work = entry(&trace).read;
        // The conductances of reads have 24 bits.
        assert_close(work.energy, Energy { cells, ..Energy::default() }, 1e-6);
        assert_eq!((work.solves, work.iterations), (0, 0));
    }
}

#[test]
fn behind_transistors_a_read_dissipates_in_device_and_transistor() {
    let trace = reads(TRAINS, "cell: Transistor(resistance: \"3 kohm\")");
    let siemens = &trace.key_frames[0][0].values;
    let in_series = |row: usize| siemens[4 * row..][..4].iter().map(|g| g / (1.0 + 3e3 * g)).sum::<f64>();
    let sum: f64 = MOMENTS.iter().copied().flatten().map(|&row| in_series(row)).sum();
    let cells = READ_VOLTS.powi(2) * sum * READ_SECONDS;
    assert_close(entry(&trace).read.energy, Energy { cells, ..Energy::default() }, 1e-6);
}

/// What a circuit of 6 word lines dissipates while some are driven.
fn solved(siemens: &[f64], driven: &[usize]) -> Energy {
    let mut layout = Layout { end_segments: EndSegments::EveryEnd, ..Layout::new(6, 4, 30.0) };
    layout = layout.connect(Side::Left, 0.0, 200.0).connect(Side::Bottom, 0.0, 100.0);
    let mut solver =
        Solver::new(&Circuit::new(layout).unwrap(), Options { tolerance: 1e-13, ..Options::default() });
    solver.set_conductances(siemens).unwrap();
    let volts: Vec<f64> = (0..6).map(|row| if driven.contains(&row) { READ_VOLTS } else { 0.0 }).collect();
    solver.set_sources(Side::Left, &volts).unwrap();
    solver.solve().unwrap();
    let power = solver.power().unwrap();
    // What the drivers give, from the currents of the terminals alone.
    let given: f64 =
        -volts.iter().zip(solver.currents(Side::Left)).map(|(volt, current)| volt * current).sum::<f64>();
    assert!((given - power.dissipated()).abs() < 1e-10 * given, "{given} {power:?}");
    Energy {
        cells: power.cells * READ_SECONDS,
        wires: (power.word_wires + power.bit_wires) * READ_SECONDS,
        drivers: power.terminals * READ_SECONDS,
    }
}

#[test]
fn with_resistive_wires_every_read_has_the_energy_of_its_own_operating_point() {
    let wires = "wires: Exact(segment: \"30 ohm\", driver: \"200 ohm\", sense: \"100 ohm\")";
    let trace = reads(TRAINS, wires);
    let mut expected = Energy::default();
    MOMENTS.iter().for_each(|driven| expected += solved(&trace.key_frames[0][0].values, driven));
    let work = entry(&trace).read;
    assert_close(work.energy, expected, 1e-7);
    // One solve for three word lines; one for the energy of a row of the transfer matrix.
    assert_eq!(work.solves, 2);
    assert!(work.iterations >= 2 && work.residual > 0.0 && work.residual <= 1e-8, "{work:?}");
}

#[test]
fn finding_the_energy_changes_nothing_else() {
    let wires = "wires: Exact(segment: \"30 ohm\", driver: \"200 ohm\")";
    let text = |energy: bool| {
        let scenario = writes::scenario(&SPIKING, 2, &format!("{}, {wires}", hard(0.8)), &fixed("Half"));
        scenario.replace(
            "record: (",
            &format!("record: (probes: {{ \"n\": (every: \"1 ms\") }}, energy: {energy}, "),
        )
    };
    let [with, without] = [true, false].map(|energy| run(&text(energy), &[], 1));
    assert_eq!(format!("{:?}", with.key_frames), format!("{:?}", without.key_frames));
    assert_eq!(format!("{:?}", with.probes), format!("{:?}", without.probes));
    assert_eq!(format!("{:?}", with.spikes), format!("{:?}", without.spikes));
    assert_eq!(without.phases[0].energy, None);
    let [with, without] = [&with, &without].map(|trace| trace.arrays.iter().flatten().next().unwrap().write);
    assert!(with.energy.total() > 0.0 && without.energy == Energy::default());
    assert_eq!(Work { energy: Energy::default(), ..with }, without);
    // One for each of the 12 word lines: 5 sets and 7 resets.
    assert_eq!(with.pulses, 12);
}

fn write_energy(crossbar: &str, plasticity: &str) -> (Energy, [Vec<f64>; 2]) {
    let text =
        writes::scenario(&SPIKING, 2, crossbar, plasticity).replace("record: (", "record: (energy: true, ");
    let trace = run(&text, &[], 1);
    let frames = &trace.key_frames[0];
    let course = [frames[0].values.clone(), frames.last().unwrap().values.clone()];
    (trace.arrays.iter().flatten().next().unwrap().write.energy, course)
}

/// V^2 G t of every cell, while 5 of 12 word lines are set and then the other 7 reset; hard devices of the written bit line
/// start the resets where the sets have left them, which are not theirs.
fn pulsed(before: &[f64], (word, bit): (f64, f64)) -> f64 {
    let mut sum = 0.0;
    for sets in [true, false] {
        for (cell, g) in before.iter().enumerate() {
            let (row, column) = (cell / COLUMNS, cell % COLUMNS);
            let own = if column == 2 { 0.0 } else { bit };
            let line = if SPIKING.contains(&row) == sets { 1.0 } else { word };
            // The cells that were set stay at the upper end while the others are reset.
            let g = if !sets && column == 2 && SPIKING.contains(&row) { G_MAX } else { *g };
            sum += (VOLTS * (line - own)).powi(2) * g * SECONDS;
        }
    }
    sum
}

#[test]
fn a_write_charges_half_selected_cells_too() {
    for (scheme, fractions, threshold) in [("Half", (0.5, 0.5), 0.8), ("Third", (1.0 / 3.0, 2.0 / 3.0), 0.8)]
    {
        let (energy, [before, after]) = write_energy(&hard(threshold), &fixed(scheme));
        assert_ne!(before, after);
        let cells = pulsed(&before, fractions);
        assert_close(energy, Energy { cells, ..Energy::default() }, 1e-12);
    }
}

#[test]
fn wires_of_hardly_any_resistance_leave_the_energy_of_a_write_in_the_cells() {
    let (ideal, _) = write_energy(&hard(0.8), &sets("Half"));
    let wires = "wires: Exact(segment: \"1 uohm\", driver: \"1 uohm\", sense: \"1 uohm\")";
    let (wired, _) = write_energy(&format!("{}, {wires}", hard(0.8)), &sets("Half"));
    // Hard devices change whole, so that the pulse counts in 16 parts, in the last 15 with the conductance at its end.
    assert!(wired.cells > ideal.cells && wired.wires > 0.0 && wired.drivers > 0.0, "{wired:?} {ideal:?}");
    assert!((wired.wires + wired.drivers) < 1e-6 * wired.cells);
}

#[test]
fn behind_gates_only_the_written_bit_line_dissipates() {
    let crossbar = format!("{}, cell: Transistor(resistance: \"10 kohm\")", hard(2.0));
    let (energy, [before, after]) = write_energy(&crossbar, &sets("Gated"));
    // Nothing switches: 1.2 V on device and transistor.
    assert_eq!(before, after);
    let pairs = SPIKING.iter().map(|row| before[row * COLUMNS + 2]).map(|g| g / (1.0 + 1e4 * g));
    let cells = VOLTS.powi(2) * pairs.sum::<f64>() * SECONDS;
    assert_close(energy, Energy { cells, ..Energy::default() }, 1e-9);
}

#[test]
fn increments_have_no_energy_that_is_known() {
    let plasticity = r#"potentiation: "1 uS", depression: "1 uS""#;
    let (energy, [before, after]) = write_energy(&hard(0.8), plasticity);
    assert_ne!(before, after);
    assert!(energy.total().is_nan());
}
