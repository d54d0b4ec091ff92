//! Devices are drawn, timed, fitted to what was measured and tabulated from it.

use std::fs;
use std::path::Path;

use crate::support::Bench;

/// The mean of ten sweeps of the founding study's device.
const SWEEP: &str = "voltage (mV),current (uA)\n70,5.1\n140,10.7\n210,17.4\n280,25.3\n350,35.0\n420,46.9\n490,62.0\n560,81.7\n630,107\n";
const SINH: &str = r#"("sinh", { "g_min": "1 uS", "g_max": "1 mS", "alpha": "1 1/V" })"#;
const SOFT: &str = r#"("threshold", { "g_min": "1 mS", "g_max": "21 mS", "v_set": "0.2 V", "v_reset": "-0.1 V",
    "switching": "soft", "rate_set": "1e6 1/s", "rate_reset": "2e6 1/s", "exponent_set": 2, "exponent_reset": 1 })"#;

/// The points of a series in a CSV of charts.
fn points(csv: &str, chart: &str, series: &str) -> Vec<(f64, f64)> {
    let start = format!("\"{chart}\",\"{series}\",");
    let lines = csv.lines().filter_map(|line| line.strip_prefix(&start));
    let point = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].parse().unwrap(), fields[2].parse().unwrap())
    };
    lines.map(point).collect()
}

#[test]
fn a_sheet_shows_what_the_closed_forms_say() {
    let bench = Bench::new();
    fs::write(bench.path("soft.ron"), SOFT).unwrap();
    let arguments =
        ["--set", "0.3 V", "--reset", "-0.2 V", "--width", "100 ns", "--csv", "soft.csv", "-o", "soft.svg"];
    let said = bench.ok(&[&["device", "characterise", "soft.ron"][..], &arguments].concat()).stdout;
    assert!(
        said.starts_with("threshold 0.1.0: 1 mS to 21 mS, set 300 mV, reset -200 mV, 100 ns\n"),
        "{said}"
    );
    // 1e6 / s x (0.3 / 0.2 - 1)^2 x 100 ns, and 2e6 / s x (0.2 / 0.1 - 1) x 100 ns.
    assert!(
        said.contains("a set from the middle: +2.50 % of the range, standard deviation 0.00 %"),
        "{said}"
    );
    assert!(said.contains("a reset from the middle: -20.00 % of the range"), "{said}");
    let csv = fs::read_to_string(bench.path("soft.csv")).unwrap();
    let ladder = points(&csv, "50 writes up, 50 down, from a quarter of the range", "");
    assert_eq!(ladder.len(), 101);
    for (k, (writes, g)) in ladder.iter().enumerate() {
        let climbed = (0.25 + 0.025 * k as f64).min(1.0);
        let share = if k <= 50 { climbed } else { (1.0 - 0.2 * (k - 50) as f64).max(0.0) };
        assert!(*writes == k as f64 && (g - (1e-3 + 20e-3 * share)).abs() < 1e-12, "{k}: {g}");
    }
    for (width, seconds) in [("10 ns", 1e-8), ("1 us", 1e-6)] {
        for (volts, percent) in points(&csv, "change by one pulse from the middle of the range", width) {
            let up = 1e6 * (volts.max(0.2) / 0.2 - 1.0).powi(2) * seconds;
            let down = 2e6 * ((-volts).max(0.1) / 0.1 - 1.0) * seconds;
            let expected = 100.0 * (up - down).clamp(-0.5, 0.5);
            assert!((percent - expected).abs() < 1e-6, "{volts} V, {width}: {percent}, not {expected}");
        }
    }
    let svg = fs::read_to_string(bench.path("soft.svg")).unwrap();
    for word in [
        "currents of five states",
        "a sweep in 400 steps of 5 ns",
        "retention at 0 V: not volatile",
        "voltage, V",
    ] {
        assert!(svg.contains(word), "{word}");
    }
    assert!(roxmltree::Document::parse(&svg).is_ok());
}

#[test]
fn every_shipped_device_has_a_sheet_and_the_noisy_ones_their_noise() {
    let bench = Bench::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/devices/parameters");
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path().display().to_string();
        // Eight stiff pulses for each point of a chart take long.
        let pulses = if file.contains("jart") { "5" } else { "20" };
        bench.ok(&[
            "device",
            "characterise",
            &file,
            "--pulses",
            pulses,
            "--csv",
            "sheet.csv",
            "-o",
            "sheet.png",
        ]);
        let csv = fs::read_to_string(bench.path("sheet.csv")).unwrap();
        let is_noisy = csv.contains("\"read noise at");
        assert_eq!(is_noisy, file.contains("pcm") || file.contains("leti-"), "{file}");
        assert!(fs::read(bench.path("sheet.png")).unwrap().starts_with(b"\x89PNG"));
    }
}

#[test]
fn pulses_that_do_not_belong_together_and_unknown_devices_are_refused() {
    let bench = Bench::new();
    fs::write(bench.path("soft.ron"), SOFT).unwrap();
    let said = bench.fails(2, &["device", "characterise", "soft.ron", "--set", "0.3 V"]).stderr;
    assert!(said.contains("--set, --reset and --width belong together"), "{said}");
    let said = bench.fails(5, &["device", "characterise", "sinh"]).stderr;
    assert!(said.contains("give parameters by a device file, (\"sinh\", { .. })"), "{said}");
    let said = bench.fails(5, &["device", "bench", "missing.ron"]).stderr;
    assert!(said.contains("missing.ron: "), "{said}");
}

#[test]
fn every_call_is_timed() {
    let bench = Bench::new();
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/devices/parameters/pcm-nandakumar2018.ron");
    let said = bench.ok(&["device", "bench", &file.display().to_string()]).stdout;
    for call in
        ["conductance", "current", "current and slope", "increment", "advance", "read noise", "initial state"]
    {
        let row = said.lines().find(|line| line.starts_with(&format!("{call}  "))).unwrap();
        assert!(row.split_whitespace().last().unwrap().parse::<f64>().unwrap() > 0.0, "{row}");
    }
}

#[test]
fn currents_are_fitted_as_scipy_fits_them() {
    let bench = Bench::new();
    fs::write(bench.path("sweep.csv"), SWEEP).unwrap();
    fs::write(bench.path("sinh.ron"), SINH).unwrap();
    let arguments = ["--model", "sinh.ron", "--free", "alpha", "-o", "fitted.ron", "--figure", "fit.svg"];
    let said = bench.ok(&[&["device", "fit", "sweep.csv"][..], &arguments].concat()).stdout;
    // scipy.optimize.curve_fit: 75.41500 +- 0.79742 uS and 3.78103 +- 0.03359 /V at 95 % (7 degrees of freedom), 0.17359 uA.
    for words in ["alpha", "3.78103 1/V", "3.75 1/V to 3.81 1/V", "75.415 uS", "74.6 uS to 76.2 uS", "174 nA"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let fitted = fs::read_to_string(bench.path("fitted.ron")).unwrap();
    assert!(fitted.contains("\"alpha\": \"3.78103 1/V\", // 3.75 1/V to 3.81 1/V\n"), "{fitted}");
    assert!(
        fitted.starts_with("// Fitted to sweep.csv by `crosspike device fit`.\n(\"sinh\", {\n"),
        "{fitted}"
    );
    bench.ok(&["device", "characterise", "fitted.ron"]);
    assert!(fs::read_to_string(bench.path("fit.svg")).unwrap().contains("measured less fitted"));
}

/// Conductances after pulses of 0.3 V and then of -0.15 V on the soft device, by its closed form.
fn pulses() -> Vec<(f64, f64, f64)> {
    let mut share = 0.1;
    let mut rows = vec![(0.0, 0.0, 1e-3 + 20e-3 * share)];
    for k in 0..40 {
        let (volts, change) = if k < 20 { (0.3, 3e5 * 0.25) } else { (-0.15, -4e5 * 0.5) };
        share += change * 200e-9;
        rows.push((volts, 200e-9, 1e-3 + 20e-3 * share));
    }
    rows
}

#[test]
fn rates_are_fitted_to_ladders_from_csv_and_hdf5_alike() {
    let bench = Bench::new();
    fs::write(bench.path("soft.ron"), SOFT).unwrap();
    let line = |(volts, seconds, g): &(f64, f64, f64)| format!("{volts},{},{}\n", seconds * 1e9, g * 1e3);
    let csv: String = pulses().iter().map(line).collect();
    fs::write(bench.path("ladder.csv"), format!("voltage,duration [ns],conductance_mS\n{csv}")).unwrap();
    let file = hdf5::File::create(bench.path("ladder.h5")).unwrap();
    let group = file.create_group("cell").unwrap();
    for (name, of) in [("voltage", 0), ("duration", 1), ("conductance", 2)] {
        let values: Vec<f64> = pulses().iter().map(|row| [row.0, row.1, row.2][of]).collect();
        group.new_dataset_builder().with_data(&values).create(name).unwrap();
    }
    drop((group, file));
    for data in ["ladder.csv", "ladder.h5:/cell"] {
        let arguments = ["--model", "soft.ron", "--free", "rate_set,rate_reset", "--weight", "relative"];
        let said = bench.ok(&[&["device", "fit", data][..], &arguments].concat()).stdout;
        assert!(said.contains("300 k1/s") && said.contains("400 k1/s"), "{data}: {said}");
    }
    // At one voltage the rate and its power cannot be told apart.
    let arguments = ["--model", "soft.ron", "--free", "rate_set,exponent_set"];
    let said = bench.ok(&[&["device", "fit", "ladder.csv"][..], &arguments].concat()).stdout;
    assert_eq!(said.matches("not determined by these data").count(), 2, "{said}");
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let bench = Bench::new();
    fs::write(bench.path("soft.ron"), SOFT).unwrap();
    fs::write(bench.path("sinh.ron"), SINH).unwrap();
    fs::write(bench.path("sweep.csv"), SWEEP).unwrap();
    fs::write(bench.path("bare.csv"), "conductance\n1e-3\n2e-3\n").unwrap();
    fs::write(bench.path("odd.csv"), "voltage (ohm),current\n1,1\n").unwrap();
    fs::write(bench.path("hole.csv"), "voltage,current\n0.1,1e-6\n0.2,\n").unwrap();
    fs::write(bench.path("word.csv"), "voltage,current\n0.1,1e-6\n0.2,x\n").unwrap();
    for (code, arguments, expected) in [
        (2, "sweep.csv --model soft.ron --free window", "only a number that need not be whole"),
        (2, "sweep.csv --model soft.ron --free alpha", "`threshold` has g_min, g_max, v_set"),
        (4, "bare.csv --model soft.ron --free rate_set", "expected a column `voltage`, or --voltage"),
        (4, "bare.csv --model soft.ron --free rate_set --voltage 1V", "1 measured values for 1 unknowns"),
        (4, "odd.csv --model sinh.ron --free alpha", "odd.csv: "),
        (4, "hole.csv --model sinh.ron --free alpha", "hole.csv: row 2 is not complete"),
        (4, "word.csv --model sinh.ron --free alpha", "word.csv: line 3, column 2: `x` is no number"),
        (4, "none.csv --model sinh.ron --free alpha", "none.csv: "),
        (5, "sweep.csv --model none.ron --free alpha", "none.ron: "),
    ] {
        let words: Vec<&str> = ["device", "fit"].into_iter().chain(arguments.split(' ')).collect();
        let said = bench.fails(code, &words).stderr;
        assert!(said.contains(expected), "{arguments}: {said}");
    }
}

#[test]
fn ramps_become_a_table_that_steps_as_they_did() {
    let bench = Bench::new();
    // Three ramps of currents at 0.1 V: steps of 2, 4 and 6 uS at any conductance; one ramp ends early.
    let mut up = "a,b,c\n".to_owned();
    for k in 0..30 {
        let at = |step: f64| 0.1 * (100e-6 + step * f64::from(k));
        let last = if k < 15 { at(6e-6).to_string() } else { String::new() };
        up += &format!("{},{},{last}\n", at(2e-6), at(4e-6));
    }
    fs::write(bench.path("up.csv"), up).unwrap();
    let down: String = (0..30).map(|k| format!("x,{}\n", 0.1 * (216e-6 - 3e-6 * f64::from(k)))).collect();
    fs::write(bench.path("down.csv"), down.replace("x,", "0,")).unwrap();
    fs::write(bench.path("sweep.csv"), SWEEP).unwrap();
    let files = ["--set", "up.csv", "--reset", "down.csv#2", "--read-voltage", "0.1 V", "--iv", "sweep.csv"];
    let options = ["--bins", "4", "--chances", "3", "-o", "mine.ron", "--figure", "mine.svg"];
    let said = bench.ok(&[&["device", "tabulate"][..], &files, &options].concat()).stdout;
    assert!(said.contains("set: 4 conductances, 3 chances"), "{said}");
    assert!(said.contains("half of the pulses change by less than -3 uS"), "{said}");
    // In the first bin all three ramps are; half of a uniform draw lies below 4 uS.
    let arguments = ["--set", "1 V", "--reset", "-1 V", "--width", "1 us", "--csv", "mine.csv"];
    bench.ok(&[&["device", "characterise", "mine.ron"][..], &arguments].concat());
    let csv = fs::read_to_string(bench.path("mine.csv")).unwrap();
    let changes = points(&csv, "changes of 512 cells by one write from the middle", "reset");
    // 3 uS of a range of 116 uS.
    assert!(changes.iter().all(|(change, _)| (change + 100.0 * 3.0 / 116.0).abs() < 1e-3), "{changes:?}");
    let currents = points(&csv, "currents of five states", "100 uS");
    // The curve of the sweep: I(0.63 V) / I(0.07 V) = 107 / 5.1.
    let at = |volts: f64| currents.iter().find(|(at, _)| (at - volts).abs() < 1e-9).unwrap().1;
    assert!((at(0.56) / at(0.14) - 81.7 / 10.7).abs() < 1e-3, "{}", at(0.56) / at(0.14));
    assert!(fs::read_to_string(bench.path("mine.svg")).unwrap().contains("50 % of the pulses below"));
}

#[test]
fn tables_of_changes_are_read_from_csv_text_and_hdf5() {
    let bench = Bench::new();
    fs::write(bench.path("a.csv"), "cdf\\G_S,1e-5,3e-5\n0,1e-6,0\n0.5,2e-6,1e-6\n1,3e-6,1e-6\n").unwrap();
    let text =
        "Gbins, then chances, then changes\n 1e-5, 3e-5\n0. ,\t0.5, 1\n\n1e-6,0\n2e-6 1e-6\n3e-6,\t1e-6\n";
    fs::write(bench.path("a.txt"), text).unwrap();
    let file = hdf5::File::create(bench.path("a.h5")).unwrap();
    file.new_dataset_builder().with_data(&[1e-5, 3e-5]).create("g").unwrap();
    file.new_dataset_builder().with_data(&[0.0, 0.5, 1.0]).create("chance").unwrap();
    let builder = file.new_dataset::<f64>().shape([3, 2]).create("change").unwrap();
    builder.write_raw(&[1e-6, 0.0, 2e-6, 1e-6, 3e-6, 1e-6]).unwrap();
    drop((builder, file));
    for name in ["a.csv", "a.txt", "a.h5:/"] {
        bench.ok(&["device", "tabulate", "--of", "changes", "--set", name, "-o", "t.ron"]);
        let text = fs::read_to_string(bench.path("t.ron")).unwrap();
        for list in
            ["\"10 uS\", \"30 uS\"", "0, 0.5, 1", "\"1 uS\", \"0 S\", \"2 uS\", \"1 uS\", \"3 uS\", \"1 uS\""]
        {
            assert!(text.contains(list), "{name}: {list}: {text}");
        }
        bench.ok(&["device", "characterise", "t.ron", "--set", "1V", "--reset", "-1V", "--width", "1us"]);
    }
    bench.ok(&["device", "tabulate", "--of", "changes", "--set", "a.csv", "--chances", "1", "-o", "t.ron"]);
    let text = fs::read_to_string(bench.path("t.ron")).unwrap();
    // The means of both columns: 2 uS, and (0.25 x 0.5 x 2 + 0.5) uS.
    assert!(text.contains("\"2 uS\", \"750 nS\"") && !text.contains("chance"), "{text}");
    for (name, content, expected) in [
        ("empty.csv", "", "expected two or more conductances"),
        ("short.csv", "cdf,1e-5,3e-5\n0,1e-6,0\n1,2e-6\n", "line 2 of the changes does not hold 2 numbers"),
        ("half.csv", "cdf,1e-5,3e-5\n0,1e-6,0\n0.5,2e-6,1e-6\n", "the chances go from 0 to 0.5"),
    ] {
        fs::write(bench.path(name), content).unwrap();
        let said =
            bench.fails(4, &["device", "tabulate", "--of", "changes", "--set", name, "-o", "t.ron"]).stderr;
        assert!(said.contains(name) && said.contains(expected), "{name}: {said}");
    }
}

#[test]
fn files_that_are_not_whole_are_refused_by_name() {
    let bench = Bench::new();
    fs::write(bench.path("sinh.ron"), SINH).unwrap();
    let file = hdf5::File::create(bench.path("uneven.h5")).unwrap();
    for (name, values) in [("voltage", &[0.1, 0.2][..]), ("current", &[1e-6, 2e-6, 3e-6])] {
        file.new_dataset_builder().with_data(values).create(name).unwrap();
    }
    drop(file);
    let said =
        bench.fails(4, &["device", "fit", "uneven.h5:/", "--model", "sinh.ron", "--free", "alpha"]).stderr;
    assert!(said.contains("its quantities have 2 and 3 values; expected as many of each"), "{said}");
    fs::write(bench.path("flat.csv"), "1e-6\n1e-6\n1e-6\n").unwrap();
    fs::write(bench.path("commas.csv"), "cdf,1e-5,3e-5\n,,\n0,1e-6,0\n1,2e-6,0\n").unwrap();
    let tabulate = |code: i32, options: &[&str]| {
        let arguments = [&["device", "tabulate", "-o", "t.ron"][..], options].concat();
        if code == 0 { bench.ok(&arguments).stdout } else { bench.fails(code, &arguments).stderr }
    };
    let said = tabulate(4, &["--set", "flat.csv"]);
    assert!(said.contains("every conductance is 1e-6 S; expected that pulses change it"), "{said}");
    let said = tabulate(4, &["--set", "flat.csv", "--span", "1 uS", "2 uS"]);
    assert!(said.contains("--span has nothing to map"), "{said}");
    // A line of commas alone counts as an empty one.
    tabulate(0, &["--of", "changes", "--set", "commas.csv"]);
}

#[test]
fn real_measurements_become_devices() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/memristor");
    if !folder.is_dir() {
        eprintln!("skipped: the measured data are not here");
        return;
    }
    let bench = Bench::new();
    let file = |name: &str| folder.join(name).display().to_string();
    let gong = file("aihwkit-gong2018/gong_et_al.csv");
    let (gong_up, gong_down) = (format!("{gong}#1"), format!("{gong}#2"));
    let [ramp_up, ramp_down] = ["set", "reset"].map(|name| file(&format!("crosssim-ramps/{name}.csv")));
    let [taox_up, taox_down] =
        ["increasing", "decreasing"].map(|name| file(&format!("crosssim-lut/TaOx_dev01/dG_{name}.txt.gz")));
    let [enode_up, enode_down] =
        ["increasing", "decreasing"].map(|name| file(&format!("crosssim-lut/ENODe/dG_{name}.txt")));
    for (up, down, options, range) in [
        (&ramp_up, &ramp_down, &["--read-voltage", "0.1 V"][..], "1.61 mS to 2.49 mS"),
        (&gong_up, &gong_down, &["--span", "1 uS", "10 uS"], "1 uS to 10 uS"),
        (&taox_up, &taox_down, &["--of", "changes"], "18.6 uS to 119 uS"),
        (&enode_up, &enode_down, &["--of", "changes"], "298 uS to 978 uS"),
    ] {
        let arguments = ["device", "tabulate", "--set", up, "--reset", down, "-o", "real.ron"];
        let said = bench.ok(&[&arguments[..], options].concat()).stdout;
        assert!(said.starts_with(range), "{said}");
        let said = bench.ok(&[
            "device",
            "characterise",
            "real.ron",
            "--set",
            "1V",
            "--reset",
            "-1V",
            "--width",
            "1us",
        ]);
        if *up == ramp_up {
            // The mean steps of these ramps are 4.4 and -5.5 uS, of a range of 879 uS.
            let percent = |word: &str| {
                let line = said.stdout.lines().find(|line| line.starts_with(word)).unwrap();
                line.split_whitespace().nth(5).unwrap().parse::<f64>().unwrap()
            };
            assert!(
                (percent("a set") - 0.5).abs() < 0.15 && (percent("a reset") + 0.63).abs() < 0.15,
                "{}",
                said.stdout
            );
        }
    }
}
