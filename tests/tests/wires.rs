//! Reads through resistive wires are the operating points of their tiles.

use crosspike::circuit::{Circuit, Layout, Options, Segments, Side, Solver};
use crosspike_tests::reads::{IDEAL, assert_close, read};
use crosspike_tests::run;

/// Bit-line currents of one tile for 0.4 V on some word lines, by a solver of its own.
fn solve(layout: Layout, siemens: &[f64], spiking: &[usize], rest: f64) -> Vec<f64> {
    let volts: Vec<f64> =
        (0..layout.word_lines).map(|row| if spiking.contains(&row) { 0.4 } else { rest }).collect();
    let mut solver =
        Solver::new(&Circuit::new(layout).unwrap(), Options { tolerance: 1e-12, ..Options::default() });
    solver.set_conductances(siemens).unwrap();
    solver.set_sources(Side::Left, &volts).unwrap();
    solver.set_sources(Side::Right, &volts).unwrap();
    solver.solve().unwrap();
    let [top, bottom] = [Side::Top, Side::Bottom].map(|side| solver.currents(side).to_vec());
    top.iter().zip(bottom).map(|(top, bottom)| top + bottom).collect()
}

#[test]
fn one_cell_between_its_wires_is_a_chain_of_resistances() {
    let crossbar = r#"tile: (1, 1), device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }),
        initial: Constant("500 uS"), wires: Exact(segment: "10 ohm", bit_segment: "20 ohm", driver: "300 ohm", sense: "70 ohm")"#;
    let (membranes, _) = read(&[4], crossbar);
    // 10 + 300 before the cell of 2 kohm, 20 + 70 behind it.
    assert_close(&membranes, &[0.4 / 2400.0; 5], 1e-7);
}

#[test]
fn one_spike_and_several_at_once_are_the_operating_point_of_the_tile() {
    let crossbar = format!("{IDEAL}, tile: (12, 5), wires: Exact(segment: \"25 ohm\")");
    for spiking in [&[7][..], &[0, 3, 4, 11], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]] {
        let (membranes, siemens) = read(spiking, &crossbar);
        let layout = Layout::read(12, 5, 25.0, crosspike::circuit::EndSegments::EveryEnd);
        assert_close(&membranes, &solve(layout, &siemens, spiking, 0.0), 1e-7);
    }
}

#[test]
fn drivers_and_senses_at_both_ends_and_biased_lines_reach_the_solver() {
    let crossbar = format!(
        "{IDEAL}, tile: (12, 5), wires: Exact(segment: \"15 ohm\", bit_segment: \"40 ohm\", driver: \"8 ohm\", \
         sense: \"3 ohm\", drivers: Both, senses: Both, undriven: Biased(\"0.1 V\"))"
    );
    let (membranes, siemens) = read(&[2, 9], &crossbar);
    let mut layout = Layout::new(12, 5, 15.0);
    layout.bit_segments = Segments::Uniform(40.0);
    for (side, resistance) in [(Side::Left, 8.0), (Side::Right, 8.0), (Side::Top, 3.0), (Side::Bottom, 3.0)] {
        layout = layout.connect(side, 0.0, resistance);
    }
    assert_close(&membranes, &solve(layout, &siemens, &[2, 9], 0.1), 1e-7);
}

#[test]
fn a_signed_pair_stands_on_adjacent_bit_lines() {
    let crossbar = format!("{IDEAL}, signed: true, tile: (12, 5), wires: Exact(segment: \"25 ohm\")");
    for spiking in [&[5][..], &[1, 5, 6]] {
        let (membranes, planes) = read(spiking, &crossbar);
        let (plus, minus) = planes.split_at(60);
        let pairs: Vec<f64> = plus.iter().zip(minus).flat_map(|(plus, minus)| [*plus, *minus]).collect();
        let layout = Layout::read(12, 10, 25.0, crosspike::circuit::EndSegments::EveryEnd);
        let lines = solve(layout, &pairs, spiking, 0.0);
        let expected: Vec<f64> = lines.chunks(2).map(|pair| pair[0] - pair[1]).collect();
        let scale = lines.iter().fold(0.0_f64, |most, value| most.max(value.abs())) * 1e-7;
        for (found, expected) in membranes.iter().zip(expected) {
            assert!((found - expected).abs() < scale, "{found} instead of {expected}");
        }
    }
}

#[test]
fn tiles_have_wires_of_their_own_and_their_currents_are_summed() {
    let crossbar = format!("{IDEAL}, tile: (8, 3), wires: Exact(segment: \"25 ohm\")");
    let spiking = [2, 6, 9];
    let (membranes, siemens) = read(&spiking, &crossbar);
    let mut expected = vec![0.0; 5];
    for (first_row, rows) in [(0, 8), (8, 4)] {
        for (first, columns) in [(0, 3), (3, 2)] {
            let cells: Vec<f64> = (first_row..first_row + rows)
                .flat_map(|row| siemens[row * 5 + first..row * 5 + first + columns].to_vec())
                .collect();
            let local: Vec<usize> = spiking
                .iter()
                .filter(|row| (first_row..first_row + rows).contains(row))
                .map(|row| row - first_row)
                .collect();
            let layout = Layout::read(rows, columns, 25.0, crosspike::circuit::EndSegments::EveryEnd);
            for (sum, current) in expected[first..].iter_mut().zip(solve(layout, &cells, &local, 0.0)) {
                *sum += current;
            }
        }
    }
    assert_close(&membranes, &expected, 1e-7);
}

#[test]
fn wires_of_almost_no_resistance_are_ideal() {
    let (ideal, _) = read(&[1, 8], &format!("{IDEAL}, tile: (12, 5)"));
    let (exact, _) = read(&[1, 8], &format!("{IDEAL}, tile: (12, 5), wires: Exact(segment: \"1 uohm\")"));
    assert_close(&exact, &ideal, 1e-6);
}

#[test]
fn sweeps_come_closer_with_their_number() {
    let wires = |wires: &str| read(&[1, 4, 8], &format!("{IDEAL}, tile: (12, 5), wires: {wires}")).0;
    let exact = wires("Exact(segment: \"25 ohm\")");
    let error = |count: u32| {
        let sweeps = wires(&format!("Sweeps({count}, (segment: \"25 ohm\"))"));
        sweeps.iter().zip(&exact).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()))
    };
    let errors = [error(1), error(2), error(4)];
    assert!(
        errors[0] > 3.0 * errors[1] && errors[1] > 3.0 * errors[2] && errors[2] < 1e-3 * exact[0],
        "{errors:?}"
    );
}

/// All cells alike, every word line at 0.5 V: published beside the simulator as anchors of sinh cells behind wires
/// (first and last column; A = 20.03416072 uA, alpha = 3.77229205 /V).
#[test]
fn sinh_cells_behind_wires_meet_their_anchors() {
    for (size, segment, first, last) in [
        ((32, 32), 1, 1.889325e-3, 1.708949e-3),
        ((32, 32), 10, 1.221563e-3, 7.892410e-4),
        ((196, 50), 1, 4.768226e-3, 4.319974e-3),
    ] {
        let (rows, columns) = size;
        let g = 20.034_160_72 * 3.772_292_05;
        let trains = vec!["[\"1 ms\"]"; rows].join(", ");
        let text = format!(
            r#"Scenario(
                populations: {{
                    "sources": Trains(times: [{trains}]),
                    "n": Lif(count: {columns}, capacitance: "1 mF", leak: "100000 s", threshold: "1 kV"),
                }},
                projections: {{ "s": (source: "sources", target: "n", crossbar: (
                    tile: ({rows}, {columns}), initial: Constant("{g} uS"),
                    device: ("sinh", {{ "g_min": "1 uS", "g_max": "1 mS", "alpha": "3.77229205 1/V" }}),
                    wires: Exact(segment: "{segment} ohm"), read: (voltage: "0.5 V", width: "1 ms"),
                )) }},
                schedule: [Run(duration: "3 ms")],
                record: (probes: {{ "n": (every: "2 ms") }}),
            )"#
        );
        let membranes = run(&text, &[], 1).probes[1][1].membrane.clone();
        for (found, expected) in [(membranes[0], first), (membranes[columns - 1], last)] {
            assert!(
                (found / expected - 1.0_f64).abs() < 1e-5,
                "{size:?}, {segment} ohm: {found} A instead of {expected} A"
            );
        }
    }
}
