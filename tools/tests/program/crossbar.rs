//! Arrays in files: their operating points, their maps, and what is refused.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::support::{Bench, Outcome, scenario};

/// All golden files with their names; none, with a message, where they are absent.
fn golden() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/golden/crossbar");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no golden files in {}", folder.display());
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    assert!(files.len() > 30, "{} golden files", files.len());
    let read = |path: &Path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    files.iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(path))).collect()
}

/// All numbers of a value in order; null becomes 0.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        Value::Null => vec![0.0],
        value => vec![value.as_f64().expect("a number")],
    }
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

fn difference(found: &Value, expected: &Value) -> f64 {
    let (found, expected) = (numbers(found), numbers(expected));
    assert_eq!(found.len(), expected.len());
    largest(found.iter().zip(expected).map(|(found, expected)| found - expected))
}

impl Bench {
    /// Runs the program with a text for standard input.
    fn fed(&self, arguments: &[&str], text: &str) -> Outcome {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// The solution of an array given as JSON.
    fn solution(&self, array: &Value) -> Value {
        let outcome = self.fed(&["crossbar", "solve", "-", "--nodes"], &array.to_string());
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
        serde_json::from_str(&outcome.stdout).unwrap()
    }

    /// What is said when this array is refused.
    fn refusal(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        let refused = self.fails(4, &["crossbar", "solve", name]);
        assert_eq!(refused.stdout, "");
        refused.stderr
    }
}

#[test]
fn golden_arrays_have_their_operating_points() {
    let bench = Bench::new();
    for (name, file) in golden().iter().filter(|(_, file)| file["terminals"].is_object()) {
        let found = bench.solution(file);
        let expected = &file["result"];
        for key in ["W", "B"] {
            let far = difference(&found[key], &expected[key]);
            assert!(far < 1e-10, "{name}: {key} differs by {far:e} V");
        }
        let sides = ["i_left", "i_right", "i_top", "i_bottom"];
        let scale = largest(sides.iter().flat_map(|side| numbers(&expected[*side])));
        for side in sides {
            let far = difference(&found[side], &expected[side]) / scale;
            assert!(far < 1e-9, "{name}: {side} differs by {far:e} of the largest current");
            let absent = |value: &Value| -> Vec<bool> {
                value.as_array().unwrap().iter().map(Value::is_null).collect()
            };
            assert_eq!(absent(&found[side]), absent(&expected[side]), "{name}: {side}");
        }
        let power = found["power"].as_object().unwrap();
        let taken = power.iter().filter(|(key, _)| *key != "sources").flat_map(|(_, value)| numbers(value));
        let (taken, given) = (taken.sum::<f64>(), power["sources"].as_f64().unwrap());
        assert!((taken / given - 1.0).abs() < 1e-9, "{name}: {given:e} W given, {taken:e} W taken");
    }
}

/// The golden reads that name their terminals in a shorter way, as arrays, each with its currents.
fn golden_reads() -> Vec<(String, Value, Value)> {
    let mut reads = Vec::new();
    for (name, file) in golden().into_iter().filter(|(_, file)| !file["terminals"].is_object()) {
        let mut read = |inputs: &Value, currents: &Value| {
            let left = json!({ "v": inputs, "r": file["r_left"] });
            let terminals = json!({ "left": left, "bottom": { "v": 0, "r": file["r_bottom"] } });
            let mut array = json!({ "terminals": terminals });
            for key in ["m", "n", "G", "rw", "rb", "a"] {
                array[key] = file[key].clone();
            }
            reads.push((name.clone(), array, currents.clone()));
        };
        match file["inputs"].as_array() {
            None => read(&file["v_left"], &file["i_bottom"]),
            Some(inputs) => {
                let pairs = inputs.iter().zip(file["i_bottom"].as_array().unwrap());
                pairs.for_each(|(inputs, currents)| read(inputs, currents));
            }
        }
    }
    reads
}

#[test]
fn golden_reads_have_their_currents() {
    let bench = Bench::new();
    for (name, array, expected) in golden_reads() {
        let far = difference(&bench.solution(&array)["i_bottom"], &expected) / largest(numbers(&expected));
        assert!(far < 1e-9, "{name}: differs by {far:e} of the largest current");
    }
}

/// Two resistors and a cell in series: 1 V over 1 kohm + 1 kohm + 2 kohm.
const SERIES_JSON: &str = r#"{
    "name": "series", "m": 1, "n": 1, "G": [[1e-3]],
    "terminals": { "left": { "v": [1.0], "r": [1e3] }, "bottom": { "v": [0.0], "r": [2e3] } }
}"#;
const SERIES_RON: &str = r#"(
    G: [["1 mS"]], // 1 kohm
    terminals: (left: (v: "1 V", r: "1 kohm"), bottom: (v: "0 V", r: 2e3)),
)"#;

#[test]
fn a_cell_between_two_resistors_follows_ohms_law() {
    let bench = Bench::new();
    for (name, text) in [("series.json", SERIES_JSON), ("series.ron", SERIES_RON)] {
        fs::write(bench.path(name), text).unwrap();
        let said = bench.ok(&["crossbar", "solve", name, "--nodes"]);
        let found: Value = serde_json::from_str(&said.stdout).unwrap();
        let expected = [("i_left", -0.25e-3), ("i_bottom", 0.25e-3), ("W", 0.75), ("B", 0.5)];
        for (key, expected) in expected {
            let far = largest(numbers(&found[key]).iter().map(|found| found / expected - 1.0));
            assert!(far < 1e-12, "{name}: {key} is {}", found[key]);
        }
        assert_eq!((&found["i_right"], &found["i_top"]), (&json!([null]), &json!([null])));
        let watts = |key: &str| found["power"][key].as_f64().unwrap();
        assert!((watts("cells") / 0.25e-3 / 0.25 - 1.0).abs() < 1e-12, "{}", found["power"]);
        assert!((watts("terminals") / 0.25e-3 / 0.75 - 1.0).abs() < 1e-12, "{}", found["power"]);
        assert_eq!((&found["newton_steps"], said.stderr.as_str()), (&json!(1), ""));
        assert!(found["seconds"].as_f64().unwrap() > 0.0);
    }
    let said = bench.ok(&["crossbar", "solve", "series.ron"]).stdout;
    assert!(!said.contains("\"W\"") && said.contains("\n  \"i_right\": [null],\n"), "{said}");
}

#[test]
fn a_cell_with_a_curvature_follows_its_sinh() {
    let bench = Bench::new();
    // Ideal sources on the nodes: the whole volt is over each cell. The second one is ohmic in spite of `a`.
    let array = json!({
        "G": [[1e-6, 1e-6]], "a": 3, "ohmic": [[0, 1]], "rw": 1e-9, "terminals": {
            "left": { "v": 1, "r": 0 }, "bottom": { "v": 0, "r": 0 } }
    });
    let found = numbers(&bench.solution(&array)["i_bottom"]);
    assert!((found[0] / (1e-6 * 3f64.sinh() / 3.0) - 1.0).abs() < 1e-9, "{found:?}");
    assert!((found[1] / 1e-6 - 1.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn a_repeated_solve_starts_anew_each_time() {
    let bench = Bench::new();
    let half_select = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/arrays/half-select.ron");
    let half_select = half_select.to_str().unwrap();
    let solved = |times: &str| -> Value {
        let said = bench.ok(&["crossbar", "solve", half_select, "--nodes", "--repeat", times]).stdout;
        let mut object: Value = serde_json::from_str(&said).unwrap();
        assert!(object["seconds"].take().as_f64().unwrap() > 0.0);
        object
    };
    assert_eq!(solved("1"), solved("4"));
    bench.fails(2, &["crossbar", "solve", half_select, "--repeat", "0"]);
}

#[test]
fn files_that_are_no_json_or_ron_are_refused_with_their_place() {
    let bench = Bench::new();
    assert_eq!(
        bench.refusal("a.json", "{\n  \"m\": 1,\n  \"n\": NaN }"),
        "  × a.json is not JSON: expected value (line 3, column 8)\n   ╭─[a.json:3:8]\n 2 │   \"m\": 1,\n 3 │   \"n\": NaN }\n   ·        ▲\n   ╰────\n"
    );
    let ron = bench.refusal("a.ron", "(\n  m: 1\n  n: 2,\n)");
    assert!(ron.starts_with("  × a.ron is not RON: Expected comma (line 3, column 3)\n"), "{ron}");
    let long = bench.refusal("long.json", &format!("{{\"G\": [[{}null], ]}}", "1e-6, ".repeat(100)));
    assert_eq!(long, "  × long.json is not JSON: trailing comma (line 1, column 616)\n");
    let twice = bench.refusal("twice.ron", "(m: 1, m: 2)");
    assert!(
        twice.starts_with("  × twice.ron is not RON: `m` stands here for the second time (line 1,"),
        "{twice}"
    );
    let missing = bench.fails(4, &["crossbar", "solve", "no.json"]).stderr;
    assert_eq!(missing, "  × cannot read the array no.json: No such file or directory (os error 2)\n");
    let folder = bench.fails(4, &["crossbar", "solve", "."]).stderr;
    assert!(folder.ends_with("  help: name an array inside this folder\n"), "{folder}");
    let input = bench.fed(&["crossbar", "solve", "-"], "[]");
    assert_eq!(input.code, Some(4));
    assert_eq!(input.stderr, "  × standard input: a list; expected named values\n");
}

/// What is written in the place of a part of a sound array, and what is then said. `-` is nothing.
const FAULTS: &str = r#"
G: => g: => there is no `G`; expected the conductances of the cells, such as `G: [["1 uS", "50 uS"]]`
MATRIX => G: 1e-6 => there is no `m`; expected the number of word lines, a whole number from 1; it may be left out where G is a matrix
MATRIX => G: [] => G: a matrix without values; expected one row per word line, each with one value per bit line
MATRIX => m: 2.5, n: 3, G: 1e-6 => m: 2.5; expected the number of word lines, a whole number from 1
MATRIX => m: 5000, n: 5000, G: 1e-6 => 5000 x 5000 cells; expected at most 16777216
MATRIX => m: 3, G: [[1, 1, 1], [1, 1, 1]] => G: 2 rows; expected 3: the shape is m x n = 3 x 3
[1e-6, 2e-6, 3e-6] => [1e-6, 2e-6, 3e-6, 0] => G[1]: 3 values; expected 4: the shape is m x n = 2 x 4
[4e-6, 5e-6, 6e-6] => 4e-6 => G[1]: a number; expected a list of 3: the shape is m x n = 2 x 3
1e-6 => -1e-6 => G[0][0]: -1 uS; expected 0 to 1e9 S; 0 or null is no cell
6e-6 => NaN => G[1][2]: NaN S; expected 0 to 1e9 S; 0 or null is no cell
1e-6 => 1e300 => G[0][0]: 1e300 S; expected 0 to 1e9 S; 0 or null is no cell
1e-6 => "1 V" => G[0][0]: `1 V` is a voltage, but a conductance is expected here; write for example "50 uS"
rw: 2 => rw: 0 => rw: 0 ohm; expected 1e-12 to 1e30 ohm, such as 1e-6 for a wire that hardly resists; null is a broken wire
rw: 2, => - => there is no `rw`; expected the resistance between neighbours on a word line, such as `rw: "2 ohm"`
rw: 2 => rw: [[2, 2, 2], [2, 2, 2]] => rw[0]: 3 values; expected 2: the shape is m x (n-1) = 2 x 2
rb: 2 => rb: [[2, 2, 2], [2, 2, 2]] => rb: 2 rows; expected 1: the shape is (m-1) x n = 1 x 3
rb: 2 => rb: [[2, -1, 2]] => rb[0][1]: -1 ohm; expected 1e-12 to 1e30 ohm, such as 1e-6 for a wire that hardly resists; null is a broken wire
TERMINALS => - => there is no `terminals`; expected the sides that are connected, such as `terminals: (left: (v: "0.3 V", r: "2 ohm"))`
left: => lft: => terminals: there can be no `lft` here; did you mean `left`?
v: [1, 2], => - => terminals.left: there is no `v`; expected the voltages of the sources, such as `v: "0.3 V"`
, r: 2) => ) => terminals.left: there is no `r`; expected the resistance between source and first node, such as `r: "2 ohm"`
[1, 2] => [1] => terminals.left.v: 1 value; expected 2, one per word line, or one number for all
[1, 2] => [1, inf] => terminals.left.v[1]: inf V; expected -1e9 to 1e9 V; null is an end that floats
[2, 2, 2] => [2, None, 2] => terminals.bottom.r[1]: nothing; expected 0, or 1e-12 to 1e30 ohm; an end floats where its `v` is null
[2, 2, 2] => -2 => terminals.bottom.r: -2 ohm; expected 0, or 1e-12 to 1e30 ohm; an end floats where its `v` is null
rb: 2 => rb: 2, a: -3 => a: -3 1/V; expected 0 for I = G V, or 1e-9 to 1e9 1/V
rb: 2 => rb: 2, a: 3, ohmic: [[0, 0, 0], [0, 0, 2]] => ohmic[1][2]: 2; expected true or false, 1 or 0
"#;

#[test]
fn what_does_not_fit_an_array_is_named() {
    let bench = Bench::new();
    let matrix = "G: [[1e-6, 2e-6, 3e-6], [4e-6, 5e-6, 6e-6]]";
    let terminals = "terminals: (left: (v: [1, 2], r: 2), bottom: (v: 0, r: [2, 2, 2]))";
    let sound = format!("({matrix}, rw: 2, rb: 2, {terminals})");
    fs::write(bench.path("a.ron"), &sound).unwrap();
    bench.ok(&["crossbar", "solve", "a.ron"]);
    for fault in FAULTS.trim().lines() {
        let parts: Vec<&str> = fault.split(" => ").collect();
        let [part, other, expected] = parts[..] else { panic!("{fault}") };
        let part = part.replace("MATRIX", matrix).replace("TERMINALS", terminals);
        let other = if other == "-" { "" } else { other };
        assert!(sound.contains(&part), "{fault}");
        let said = bench.refusal("a.ron", &sound.replacen(&part, other, 1));
        assert!(said.ends_with(&format!("  × a.ron: {expected}\n")), "{fault}\n{said}");
    }
}

#[test]
fn keys_that_nobody_knows_are_passed_over_with_a_warning() {
    let bench = Bench::new();
    fs::write(bench.path("a.ron"), SERIES_RON.replacen("G:", "note: \"b\", ohmc: [[1]], tea: 3, G:", 1))
        .unwrap();
    let said = bench.ok(&["crossbar", "solve", "a.ron"]).stderr;
    assert_eq!(
        said,
        "warning: a.ron: key `ohmc` is passed over; did you mean `ohmic`?\nwarning: a.ron: key `tea` is passed over\n"
    );
}

#[test]
fn an_array_without_an_operating_point_ends_with_4() {
    let bench = Bench::new();
    let open = bench.refusal(
        "open.json",
        &SERIES_JSON.replace("1e-3", "0").replace("\"bottom\"", "\"top\"").replace("[0.0]", "null"),
    );
    assert_eq!(
        open,
        "  × open.json has no operating point: bit line 0, node 0: no path to a terminal through unbroken segments and conducting cells, so its voltage is not determined; connect a terminal to the line or let one of its cells conduct\n"
    );
    let both = SERIES_JSON.replace("\"bottom\"", "\"right\"").replace("1e3", "0").replace("2e3", "0");
    assert_eq!(
        bench.refusal("both.json", &both),
        "  × both.json: word line 0: both terminals have 0 ohm and sit on its only node; give one of them a resistance or leave it out\n"
    );
}

#[test]
fn a_map_shows_the_array_with_its_labels() {
    let bench = Bench::new();
    let array = scenario("arrays/half-select");
    for (quantity, title, label) in [
        (
            "drop",
            "Voltage over each cell, % of that in an ideal array: half-select.ron",
            "% of the voltage in an ideal array",
        ),
        ("voltage", "Voltage over each cell: half-select.ron", "word line minus bit line, V"),
        ("current", "Current through each cell: half-select.ron", "word line to bit line, uA"),
    ] {
        let said = bench.ok(&["crossbar", "map", &array, "--output", "map.svg", "--quantity", quantity]);
        assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
        let text = fs::read_to_string(bench.path("map.svg")).unwrap();
        let map = roxmltree::Document::parse(&text).unwrap();
        let texts: Vec<&str> = map
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .filter_map(|node| node.text())
            .collect();
        assert_eq!(texts[0], title);
        assert!(texts[1].starts_with("4 word lines x 4 bit lines; "), "{texts:?}");
        for expected in ["word line", "bit line", label, "0", "1", "2", "3"] {
            assert!(texts.contains(&expected), "{expected:?} is not in {texts:?}");
        }
        assert_eq!(texts.contains(&"Grey: no voltage in an ideal array."), quantity == "drop");
        assert!(map.descendants().filter(|node| node.has_tag_name("path")).count() > 10);
    }
    bench.ok(&["crossbar", "map", &array, "--output", "default.svg"]);
    let default = fs::read_to_string(bench.path("default.svg")).unwrap();
    assert!(
        default
            .contains("<title>Voltage over each cell, % of that in an ideal array: half-select.ron</title>")
    );
}

#[test]
fn a_map_of_a_large_array_shows_means_of_blocks() {
    let bench = Bench::new();
    let array =
        r#"(m: 300, n: 2, G: "1 uS", rw: 1, rb: 1, terminals: (left: (v: 1, r: 1), bottom: (v: 0, r: 1)))"#;
    fs::write(bench.path("tall.ron"), array).unwrap();
    bench.ok(&["crossbar", "map", "tall.ron", "-o", "tall.svg"]);
    let text = fs::read_to_string(bench.path("tall.svg")).unwrap();
    assert!(text.contains(">Each block is the mean of 2 x 1 cells.</text>") && text.contains(">250</text>"));
}

#[test]
fn the_drop_of_a_cell_in_series_is_its_part_of_the_resistance() {
    let bench = Bench::new();
    fs::write(bench.path("series.ron"), SERIES_RON).unwrap();
    bench.ok(&["crossbar", "map", "series.ron", "-o", "series.svg"]);
    let text = fs::read_to_string(bench.path("series.svg")).unwrap();
    let summary = "1 word line x 1 bit line; 25.00 % at (0, 0) to 25.00 % at (0, 0), mean 25.00 %";
    assert!(text.contains(summary), "{text}");
}

const TILES: &str = r#"Scenario(
    populations: {
        "sources": Trains(times: [["1 ms"], ["1 ms"], [], [], []]),
        "n": Lif(count: 3, capacitance: "1 nF", leak: "1 s", threshold: "1 MV"),
    },
    projections: {
        "s": (source: "sources", target: "n", crossbar: (
            tile: (4, 3), device: ("sinh", { "g_min": "1 uS", "g_max": "1 mS", "alpha": "3 1/V" }),
            initial: File("g.csv"), read: (voltage: "0.4 V", width: "10 ns"),
            wires: Exact(segment: "30 ohm", bit_segment: "20 ohm", driver: "200 ohm", sense: "100 ohm"),
        )),
        "ideal": (source: "sources", target: "n", crossbar: (
            device: ("ideal", { "g_min": "1 uS", "g_max": "1 mS" }), initial: Constant("10 uS"),
            read: (voltage: "0.4 V", width: "10 ns"),
        )),
    },
    schedule: [Run(duration: "2 ms")],
    record: (conductance: { "s": (), "ideal": () }),
)"#;

/// Of the first tile of [`TILES`], with all word lines driven.
const FIRST_TILE: &str = r#"{"G": [[1e-4, 2e-4, 3e-4], [4e-4, 5e-4, 6e-4], [7e-4, 8e-4, 9e-4], [1e-4, 3e-4, 5e-4]], "a": 3,
    "rw": 30, "rb": 20, "terminals": {"left": {"v": 0.4, "r": 230}, "bottom": {"v": 0, "r": 120}}}"#;

/// The coloured paths of a map.
fn colours(svg: &str) -> Vec<&str> {
    svg.lines().filter(|line| line.starts_with("<path fill")).collect()
}

#[test]
fn a_map_of_a_tile_of_a_run_is_that_of_its_array() {
    let bench = Bench::new();
    let rows = "1e-4,2e-4,3e-4\n4e-4,5e-4,6e-4\n7e-4,8e-4,9e-4\n1e-4,3e-4,5e-4\n2e-4,2e-4,2e-4\n";
    fs::write(bench.path("g.csv"), rows).unwrap();
    fs::write(bench.path("tiles.ron"), TILES).unwrap();
    fs::write(bench.path("array.json"), FIRST_TILE).unwrap();
    bench.ok(&["run", "tiles.ron", "-q"]);
    for quantity in ["drop", "voltage", "current"] {
        let tile =
            ["crossbar", "map", "tiles.h5", "--projection", "s", "-o", "tile.svg", "--quantity", quantity];
        bench.ok(&tile);
        bench.ok(&["crossbar", "map", "array.json", "-o", "array.svg", "--quantity", quantity]);
        let [tile, array] =
            ["tile.svg", "array.svg"].map(|name| fs::read_to_string(bench.path(name)).unwrap());
        assert!(colours(&tile).len() > 5 && colours(&tile) == colours(&array), "{quantity}: {tile}\n{array}");
        assert!(tile.contains("tiles.h5, s, tile 0 from word line 0 and bit line 0 on, at 2 ms"), "{tile}");
    }
    // Fewer lines, less drop; and a picture of pixels.
    let driven = [
        "crossbar",
        "map",
        "tiles.h5",
        "--projection",
        "s",
        "--frame",
        "0",
        "--lines",
        "1-2",
        "-o",
        "two.png",
    ];
    bench.ok(&driven);
    let png = fs::read(bench.path("two.png")).unwrap();
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let sizes = [16, 20].map(|at| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
    assert!(sizes.iter().all(|size| (400..3000).contains(size)), "{sizes:?}");
}

#[test]
fn what_a_run_has_no_map_of_is_said() {
    let bench = Bench::new();
    fs::write(bench.path("g.csv"), "1e-4,1e-4,1e-4\n".repeat(5)).unwrap();
    fs::write(bench.path("tiles.ron"), TILES).unwrap();
    bench.ok(&["run", "tiles.ron", "-q"]);
    for (code, words, expected) in [
        (
            6,
            "--projection t",
            "tiles.h5 has no key frames of `t`, only of `ideal`, `s`; a scenario records them by",
        ),
        (6, "--projection s --frame 7", "tiles.h5 has no key frame 7 of `s`; it has 2, counted from 0"),
        (2, "--projection s --tile 2", "`s` has no tile 2; it has 2, counted from 0"),
        (2, "--projection s --tile 1 --lines 1", "the tile has no word line 1; it has 1, counted from 0"),
        (
            2,
            "--projection s --lines 3-1",
            "`3-1` is no number or range of numbers; write for example 0,3,8-15",
        ),
        (
            4,
            "--projection ideal",
            "the wires of `ideal` are ideal: every cell of a driven word line gets the whole read",
        ),
        (2, "", "tiles.h5 is a run: name one of its projections by --projection"),
    ] {
        let mut arguments = vec!["crossbar", "map", "tiles.h5", "-o", "map.svg"];
        arguments.extend(words.split_whitespace());
        let said = bench.fails(code, &arguments).stderr.replace("\n  │ ", " ");
        assert!(said.contains(expected), "{words}: {said}");
    }
    let array = scenario("arrays/half-select");
    let said = bench.fails(2, &["crossbar", "map", &array, "--projection", "s", "-o", "map.svg"]).stderr;
    assert!(said.contains("--projection is for outputs of `run`, and "), "{said}");
}

#[test]
fn maps_that_cannot_be_written_are_refused() {
    let bench = Bench::new();
    let array = scenario("arrays/half-select");
    let jpg = bench.fails(2, &["crossbar", "map", &array, "--output", "map.jpg"]).stderr;
    let expected = "error: invalid value 'map.jpg' for '--output <FILE>': pictures are SVG or PNG; write a name that ends in \
        .svg or .png\n";
    assert!(jpg.starts_with(expected), "{jpg}");
    let nowhere = bench.fails(6, &["crossbar", "map", &array, "--output", "no/map.svg"]).stderr;
    assert_eq!(nowhere, "  × cannot write no/map.svg: No such file or directory (os error 2)\n");
    let tolerance = bench.fails(2, &["crossbar", "solve", &array, "--tolerance", "0"]).stderr;
    assert!(
        tolerance.contains(": 0 is not a number from 1e-15 to below 1; write for example 1e-10\n"),
        "{tolerance}"
    );
}

#[test]
fn the_help_describes_the_format() {
    let bench = Bench::new();
    for command in ["solve", "map"] {
        let help = bench.ok(&["crossbar", command, "--help"]).stdout;
        for key in ["m, n ", "G ", "rw, rb ", "terminals ", "a ", "ohmic "] {
            assert!(help.contains(&format!("\n  {key}")), "{key:?} is not in {help}");
        }
    }
}
