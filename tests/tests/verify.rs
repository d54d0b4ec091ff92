//! Programming in a closed loop reads a cell, sends a pulse through the array, and reads again.

use std::fs;

use crosspike::recorder::{Programmed, Recorder, Trace, TraceData};
use crosspike::simulation::Simulation;
use crosspike_tests::{options, parse, root, run, run_with, simulation};

const G_MIN: f64 = 1e-6;
const G_MAX: f64 = 1e-4;
/// Of each pulse, s.
const SECONDS: f64 = 1e-7;
/// What has become of a cell, as the file numbers it.
const REACHED: u32 = 0;
const MISSED: u32 = 1;
const DISTURBED: u32 = 2;
const STUCK: u32 = 3;
/// Of the rate of VTEAM, 1/s: at twice the threshold, for both directions.
const RATE: f64 = 2e6;

/// Arrays of `rows` x `columns` cells whose thresholds are 0.5 V, one for each of `programs` (crossbar, program).
fn scenario(rows: usize, columns: usize, programs: &[(&str, &str)]) -> String {
    let arrays = programs.iter().enumerate().map(|(number, (crossbar, _))| {
        format!(
            r#""s{number}": (source: "rows", target: "n", delay: "1 ms", crossbar: (
                device: ("threshold", {{ "g_min": "1 uS", "g_max": "100 uS", "v_set": "0.5 V", "v_reset": "-0.5 V",
                    "switching": "soft", "rate_set": "{RATE} 1/s", "rate_reset": "{RATE} 1/s",
                    "exponent_set": 2, "exponent_reset": 2, "window": "bounds" }}),
                read: (voltage: "0.1 V", width: "1 ns"), {crossbar})),"#
        )
    });
    let phases = programs.iter().enumerate().map(|(number, (_, program))| {
        let train = |sign: &str| {
            format!("(voltage: (\"{sign}0.5 V\", \"{sign}1.5 V\"), step: \"0.05 V\", width: \"100 ns\")")
        };
        let trains = format!("set: {}, reset: {}", train(""), train("-"));
        format!("Program(projection: \"s{number}\", {trains}, {program}),")
    });
    format!(
        r#"Scenario(
            populations: {{
                "rows": Lif(count: {rows}, capacitance: "1 F", leak: "1 s", threshold: "1 V"),
                "n": Lif(count: {columns}, capacitance: "1 F", leak: "1 s", threshold: "1 V"),
            }},
            projections: {{ {} }}, schedule: [{}], record: (conductance: {{ "s0": () }}),
        )"#,
        arrays.collect::<String>(),
        phases.collect::<String>(),
    )
}

/// The conductance after a pulse: the closed form of the rate k (V/s - 1)^2 that slows down towards the end of the range.
fn after(g: f64, volts: f64) -> f64 {
    let excess = volts.abs() / 0.5 - 1.0;
    if excess <= 0.0 {
        return g;
    }
    let left = (-RATE * excess * excess * SECONDS).exp();
    if volts > 0.0 { G_MAX - (G_MAX - g) * left } else { G_MIN + (g - G_MIN) * left }
}

fn error(target: f64, found: f64) -> f64 {
    (found - target).abs() / (G_MAX - G_MIN)
}

/// What the Program phase of array `number` came to.
fn programmed(trace: &TraceData, number: usize) -> &Programmed {
    &trace.programmed[number][0]
}

const UNIFORM: &str = r#"initial: Uniform("10 uS", "90 uS")"#;

#[test]
fn every_working_cell_of_an_array_that_nothing_disturbs_reaches_its_target() {
    // A third of 1.5 V is the threshold.
    let program = r#"target: Uniform("5 uS", "95 uS"), tolerance: 0.01, scheme: Third, pulses: 100"#;
    let stuck = "stuck: [(at: Open, cells: Cells([(3, 2), (11, 4)]))]";
    for more in ["tile: (12, 5)", "tile: (5, 2)", "wires: Exact(segment: \"1 ohm\")", "signed: true"] {
        let trace = run(&scenario(12, 5, &[(&format!("{UNIFORM}, {stuck}, {more}"), program)]), &[], 1);
        let result = programmed(&trace, 0);
        let last = &trace.key_frames[0].last().unwrap().values;
        assert_eq!(&result.reached, last, "{more}");
        for (cell, &fate) in result.fate.iter().enumerate() {
            let place = (cell / 5 % 12, cell % 5);
            if place == (3, 2) || place == (11, 4) {
                assert_eq!((fate, result.pulses[cell], result.reached[cell]), (STUCK, 0, 0.0));
            } else {
                let error = error(result.target[cell], last[cell]);
                assert!(fate == REACHED && error <= 0.01, "{more}: {place:?} is {error} from its target");
                assert!((error - result.error[cell]).abs() < 1e-15);
            }
        }
        let summary = trace.phases[0].programming.as_ref().unwrap();
        let planes = result.fate.len() as u64 / 60;
        assert_eq!((summary.cells, summary.stuck), (58 * planes, 2 * planes));
        assert_eq!((summary.missed, summary.disturbed, summary.passes), (0, 0, 1));
        assert!(result.missed.is_empty() && summary.median <= summary.mean.max(0.01));
    }
}

#[test]
fn a_budget_of_one_pulse_misses_the_cells_that_the_closed_form_says() {
    // The first pulse has 0.9 V; its half is below the threshold.
    let text = scenario(
        12,
        5,
        &[(UNIFORM, r#"target: Uniform("10 uS", "90 uS"), tolerance: 0.05, scheme: Half, pulses: 1"#)],
    );
    let first = [
        "schedule[0].set.voltage=(\"0.9 V\", \"1.5 V\")",
        "schedule[0].reset.voltage=(\"-0.9 V\", \"-1.5 V\")",
    ];
    let trace = run(&text, &first, 1);
    let (result, before) = (programmed(&trace, 0), &trace.key_frames[0][0].values);
    let (mut missed, mut errors, mut addressed) = (Vec::new(), Vec::new(), 0);
    for cell in 0..60 {
        let (target, start) = (result.target[cell], before[cell]);
        let needs = error(target, start) > 0.05;
        addressed += u64::from(needs);
        let volts = if target > start { 0.9 } else { -0.9 };
        let expected = if needs { after(start, volts) } else { start };
        assert!((result.reached[cell] / expected - 1.0).abs() < 1e-12, "cell {cell}");
        assert_eq!(result.pulses[cell], u32::from(needs));
        errors.push(error(target, expected));
        if errors[cell] > 0.05 {
            missed.push((cell as u32 / 5, cell as u32 % 5));
        }
        assert_eq!(result.fate[cell], if errors[cell] > 0.05 { MISSED } else { REACHED });
    }
    assert!(missed.len() > 10 && missed.len() < addressed as usize, "{missed:?} of {addressed}");
    let listed: Vec<_> = result.missed.iter().map(|cell| (cell.word_line, cell.bit_line)).collect();
    assert_eq!(listed, missed);
    let pass = result.passes[0];
    assert_eq!(
        (pass.addressed, pass.pulses, pass.missed, pass.disturbed),
        (addressed, addressed, missed.len() as u64, 0)
    );
    assert!((pass.mean - errors.iter().sum::<f64>() / 60.0).abs() < 1e-12);
    errors.sort_by(f64::total_cmp);
    assert!((pass.median - (errors[29] + errors[30]) / 2.0).abs() < 1e-12);
}

/// A file of siemens in a folder of its own.
fn matrix(name: &str, rows: &[&[f64]]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let line = |row: &&[f64]| row.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    fs::write(folder.path().join(name), rows.iter().map(line).collect::<Vec<_>>().join("\n")).unwrap();
    folder
}

#[test]
fn a_neighbour_that_half_of_a_pulse_moves_is_counted_as_disturbed() {
    // Only the last cell is away from its target, by three pulses. Its word line and its bit line have one other cell each;
    // the one that is stuck feels nothing.
    let volts = [1.05, 1.1, 1.15];
    let target = volts.into_iter().fold(2e-5, after);
    let folder = matrix("targets.csv", &[&[2e-5, 2e-5], &[2e-5, target]]);
    let crossbar =
        "initial: Constant(\"20 uS\"), stuck: [(at: Conductance(\"20 uS\"), cells: Cells([(0, 1)]))]";
    let of = |scheme: &str| {
        format!("target: File(\"targets.csv\"), tolerance: 0.004, scheme: {scheme}, pulses: 9")
    };
    let (half, third) = (of("Half"), of("Third"));
    let text = scenario(2, 2, &[(crossbar, &half), (crossbar, &third)]);
    let first = [0, 1].map(|k| format!("schedule[{k}].set.voltage=(\"1.05 V\", \"1.5 V\")"));
    let data = [folder.path().to_path_buf()];
    let trace = |passes: &str| {
        let passes = [0, 1].map(|k| format!("schedule[{k}].passes={passes}"));
        let set: Vec<&str> = first.iter().chain(&passes).map(String::as_str).collect();
        run_with(&text, &set, 1, &data)
    };
    let once = trace("[1]");
    let neighbour = volts.iter().fold(2e-5, |g, volts| after(g, volts / 2.0));
    assert!(error(2e-5, neighbour) > 0.004);
    let (half, third) = (programmed(&once, 0), programmed(&once, 1));
    assert_eq!(
        (&half.fate[..], &half.pulses[..]),
        (&[REACHED, STUCK, DISTURBED, REACHED][..], &[0, 0, 0, 3][..])
    );
    assert!(
        (half.reached[2] / neighbour - 1.0).abs() < 1e-12 && (half.reached[3] / target - 1.0).abs() < 1e-12
    );
    let [only] = half.missed[..] else { panic!("{:?}", half.missed) };
    assert_eq!((only.plane, only.word_line, only.bit_line, only.is_disturbed), (0, 1, 0, true));
    assert_eq!((half.passes[0].missed, half.passes[0].disturbed), (1, 1));
    assert_eq!((&third.fate[..], third.passes[0].disturbed), (&[REACHED, STUCK, REACHED, REACHED][..], 0));
    // A second pass brings it back with reset pulses that disturb nobody, and there is no third one.
    let more = trace("[1, 1, 1]");
    let half = programmed(&more, 0);
    assert_eq!(half.passes.len(), 2);
    assert_eq!((half.passes[1].addressed, half.passes[1].missed, half.passes[1].disturbed), (1, 0, 0));
    assert_eq!(programmed(&more, 1).passes.len(), 1);
}

/// An array of one tile at V/2, programmed by a loop of this test's own: conductances, pulses of each cell, and the cells
/// that were left within the tolerance in the last pass.
fn reference(
    (rows, columns): (usize, usize),
    before: &[f64],
    target: &[f64],
    passes: &[f64],
) -> (Vec<f64>, Vec<u32>, Vec<bool>) {
    let (mut g, mut counts, mut left) = (before.to_vec(), vec![0; before.len()], vec![false; before.len()]);
    let mut strongest = vec![0.0_f64; before.len()];
    let mut order: Vec<usize> = (0..columns).flat_map(|c| (0..rows).map(move |r| r * columns + c)).collect();
    for part in passes {
        for &cell in &order {
            let (mut sign, mut volts) = (0.0, 0.0);
            for pulse in 0.. {
                left[cell] = error(target[cell], g[cell]) <= 0.01;
                if left[cell] || pulse == 60 {
                    break;
                }
                let wanted = if g[cell] < target[cell] { 1.0 } else { -1.0 };
                volts = if wanted == sign { volts + 0.05 } else { 0.5 };
                sign = wanted;
                if volts > part * 1.5 + 1e-6 {
                    break;
                }
                strongest[cell] = strongest[cell].max(volts);
                counts[cell] += 1;
                for (other, g) in g.iter_mut().enumerate() {
                    let shared = (other / columns == cell / columns, other % columns == cell % columns);
                    let share = [0.0, 0.5, 1.0][usize::from(shared.0) + usize::from(shared.1)];
                    *g = after(*g, sign * share * volts);
                }
            }
        }
        order.sort_by(|a, b| strongest[*b].total_cmp(&strongest[*a]));
    }
    (g, counts, left)
}

#[test]
fn passes_over_an_array_that_disturbs_itself_follow_the_closed_form_of_every_cell() {
    let program = r#"target: Uniform("2 uS", "99 uS"), tolerance: 0.01, pulses: 60, passes: [1, 1, 0.7]"#;
    let trace = run(&scenario(9, 7, &[(UNIFORM, program)]), &[], 1);
    let (result, before) = (programmed(&trace, 0), &trace.key_frames[0][0].values);
    let (g, counts, left) = reference((9, 7), before, &result.target, &[1.0, 1.0, 0.7]);
    assert_eq!(result.pulses, counts);
    for (cell, g) in g.iter().enumerate() {
        assert!(
            (result.reached[cell] / g - 1.0).abs() < 1e-9,
            "cell {cell}: {:e} for {g:e}",
            result.reached[cell]
        );
        let expected = match (error(result.target[cell], *g) <= 0.01, left[cell]) {
            (true, _) => REACHED,
            (false, true) => DISTURBED,
            (false, false) => MISSED,
        };
        assert_eq!(result.fate[cell], expected, "cell {cell}");
    }
    assert!(result.passes[0].disturbed > 3, "{:?}", result.passes);
}

#[test]
fn arrays_of_one_shape_get_the_same_targets() {
    let program = r#"target: Uniform("10 uS", "900 uS"), tolerance: 0.01, pulses: 1"#;
    let text = scenario(6, 4, &[(UNIFORM, program), (UNIFORM, program)]);
    let trace = run(&text, &[], 1);
    let targets = [0, 1].map(|array| programmed(&trace, array).target.clone());
    assert_eq!(targets[0], targets[1]);
    assert!(targets[0].contains(&G_MAX) && targets[0].iter().any(|&g| g < G_MAX), "clipped to the range");
    assert_ne!(programmed(&run(&text, &["seeds=(network: 9)"], 1), 0).target, targets[0]);
}

#[test]
fn programming_that_is_resumed_between_any_two_steps_ends_the_same() {
    let crossbar = format!("{UNIFORM}, tile: (8, 7), wires: Exact(segment: \"2 ohm\")");
    let program = r#"target: Uniform("2 uS", "99 uS"), tolerance: 0.01, pulses: 20, passes: [1, 0.7]"#;
    let parsed = parse(&scenario(14, 10, &[(&crossbar, program), (UNIFORM, program)]), &[]);
    let text = |data: &TraceData| format!("{:?}\n{:?}\n{:?}", data.programmed, data.key_frames, data.phases);
    let start = || simulation(&parsed, &options(1, &[]));
    let mut whole = start();
    let mut trace = Trace::new(whole.layout());
    whole.run(&mut trace).unwrap();
    let (whole, folder) = (trace.data(), tempfile::tempdir().unwrap());
    let file = folder.path().join("checkpoint");
    // Two arrays, two passes each, three steps of at most 64 cells for each pass.
    for steps in 1..12 {
        let mut first = start();
        let mut trace = Trace::new(first.layout());
        (0..steps).for_each(|_| assert!(first.step(&mut trace).unwrap()));
        first.write_checkpoint(&file, &trace.flush().unwrap()).unwrap();
        let (before, done) = (trace.data(), first.progress().done);
        assert_eq!(
            done,
            if steps % 6 == 0 { (0, 280) } else { ((steps % 6 / 3 * 140 + steps % 3 * 64) as u64, 280) }
        );
        let mut second = start();
        second.resume(&file).unwrap();
        let mut trace = Trace::new(second.layout());
        second.run(&mut trace).unwrap();
        let mut joined = before;
        let rest = trace.data();
        joined.programmed.iter_mut().zip(rest.programmed).for_each(|(list, rest)| list.extend(rest));
        joined.key_frames.iter_mut().zip(rest.key_frames).for_each(|(list, rest)| list.extend(rest));
        joined.phases.extend(rest.phases);
        assert!(text(&joined) == text(&whole), "resumed after step {steps}, it differs");
    }
}

#[test]
fn a_run_is_not_resumed_with_other_targets() {
    let folder = matrix("targets.csv", &[&[2e-5, 3e-5]]);
    let program = "target: File(\"targets.csv\"), tolerance: 0.01, pulses: 5, passes: [1, 1]";
    let parsed = parse(&scenario(1, 2, &[(UNIFORM, program)]), &[]);
    let options = options(1, &[folder.path().to_path_buf()]);
    let mut first = simulation(&parsed, &options);
    let mut trace = Trace::new(first.layout());
    first.step(&mut trace).unwrap();
    let file = folder.path().join("checkpoint");
    first.write_checkpoint(&file, &trace.flush().unwrap()).unwrap();
    fs::write(folder.path().join("targets.csv"), "2e-5,4e-5").unwrap();
    let error = simulation(&parsed, &options).resume(&file).unwrap_err().to_string();
    assert!(
        error.contains("the targets of its Program phase number 0 were others than they are now"),
        "{error}"
    );
    fs::write(folder.path().join("targets.csv"), "2e-5").unwrap();
    let error = Simulation::new(&parsed, &options).unwrap_err().report();
    let text = format!("{:?}", miette::Report::new(error));
    assert!(text.contains("found 1 rows and 1 columns") && text.contains("target: File"), "{text}");
}

#[test]
fn a_run_warns_of_trains_that_no_cell_feels() {
    let program = r#"target: Constant("50 uS"), tolerance: 0.01, pulses: 5"#;
    let parsed = parse(
        &scenario(2, 2, &[(UNIFORM, program)]),
        &["schedule[0].reset.voltage=(\"-0.2 V\", \"-0.4 V\")"],
    );
    let expected = "projection `s0`: no reset train can move a cell: `threshold` keeps its conductance at -400 mV for 100 ns";
    assert_eq!(simulation(&parsed, &options(1, &[])).warnings(), [expected]);
}

/// H. Kim et al., Nature Communications 12, 5198 (2021): an array of 64 x 64 cells whose switching voltages vary by 26 % was
/// programmed with a mean error below 4 %.
#[test]
fn passive_arrays_are_programmed_as_well_as_the_published_one() {
    let text = fs::read_to_string(root().join("scenarios/write-verify.ron")).unwrap();
    let trace = run(&text, &[], 1);
    for phase in &trace.phases {
        let result = phase.programming.as_ref().expect("every phase programs");
        assert_eq!(result.cells + result.stuck, 64 * 64);
        // 41 of 4096 with a standard deviation of 6.4.
        assert!((15..=67).contains(&result.stuck), "{result:?}");
        assert!(result.passes <= 5 && result.median <= 0.01 && result.mean <= 0.04, "{result:?}");
    }
    for result in trace.programmed.iter().flatten() {
        let last = result.passes.last().unwrap();
        assert_eq!(result.missed.len() as u64, last.missed);
        let disturbed = result.missed.iter().filter(|cell| cell.is_disturbed).count() as u64;
        assert_eq!(disturbed, last.disturbed);
    }
    let passes = |number: usize| &programmed(&trace, number).passes;
    for passive in [0, 1] {
        let (first, last) = (passes(passive)[0], passes(passive).last().unwrap());
        assert!(
            last.mean < first.mean / 2.0,
            "later passes repair what the first one disturbs: {first:?}, {last:?}"
        );
    }
    assert!(passes(2).iter().all(|pass| pass.disturbed == 0), "transistors keep pulses from other cells");
}

#[test]
fn a_refresh_lowers_both_cells_of_full_pairs_by_as_much() {
    let program = r#"target: Refresh("70 uS"), tolerance: 0.01, scheme: Third, pulses: 100"#;
    let text = scenario(12, 5, &[(&format!("{UNIFORM}, signed: true"), program)]);
    let trace = run(&text, &[], 1);
    let frames = &trace.key_frames[0];
    let (before, after) = (&frames[0].values, &frames.last().unwrap().values);
    let mut refreshed = 0;
    for cell in 0..60 {
        let pair = |values: &[f64]| (values[cell], values[60 + cell]);
        let ((plus, minus), (plus_after, minus_after)) = (pair(before), pair(after));
        if plus.max(minus) > 70e-6 {
            refreshed += 1;
            let kept = (plus_after - minus_after) - (plus - minus);
            assert!(kept.abs() < 0.021 * (G_MAX - G_MIN), "{cell}: {kept}");
            assert!(plus_after.min(minus_after) < G_MIN + 0.011 * (G_MAX - G_MIN), "{cell}");
        } else {
            assert_eq!((plus, minus), (plus_after, minus_after), "{cell}");
        }
    }
    assert!((10..50).contains(&refreshed), "{refreshed}");
    let refused = scenario(12, 5, &[(UNIFORM, program)]);
    let errors = parse_errors(&refused);
    assert!(errors.contains("a refresh is of signed pairs, which this array does not have"), "{errors}");
}

/// What the checks of a scenario say.
fn parse_errors(text: &str) -> String {
    let errors = crosspike::scenario::Scenario::parse("refused.ron", text, &[]).unwrap_err();
    errors.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_refresh_that_is_resumed_half_way_keeps_its_targets() {
    let program = r#"target: Refresh("50 uS"), tolerance: 0.01, scheme: Third, pulses: 100"#;
    let text = scenario(12, 5, &[(&format!("{UNIFORM}, signed: true"), program)]);
    let (parsed, whole) = (parse(&text, &[]), run(&text, &[], 1));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    // 64 of 120 cells.
    let mut first = simulation(&parsed, &options(1, &[]));
    let mut trace = Trace::new(first.layout());
    assert!(first.step(&mut trace).unwrap());
    first.write_checkpoint(&file, &trace.flush().unwrap()).unwrap();
    let mut second = simulation(&parsed, &options(1, &[]));
    second.resume(&file).unwrap();
    let mut trace = Trace::new(second.layout());
    second.run(&mut trace).unwrap();
    let resumed = trace.data();
    assert_eq!(format!("{:?}", programmed(&resumed, 0)), format!("{:?}", programmed(&whole, 0)));
    assert!(programmed(&whole, 0).pulses.iter().filter(|&&pulses| pulses > 0).count() > 20);
}
