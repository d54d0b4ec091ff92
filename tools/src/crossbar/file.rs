//! A file of an array names its parts by keys: sizes, cells, wires, terminals. `crosspike crossbar solve --help` describes
//! them.

use crosspike::circuit::{Layout, Segments, Side, Sinh, Terminal};
use crosspike::scenario::advice;

use super::fault::Fault;
use super::quantity::{CONDUCTANCE, CURVATURE, Grid, Quantity, RESISTANCE, SEGMENT, Shape, VOLTAGE, mark};
use super::value::Value;

/// More cells than this would need some gigabytes of memory.
const CELL_LIMIT: usize = 1 << 24;

const KEYS: [&str; 8] = ["m", "n", "G", "rw", "rb", "terminals", "a", "ohmic"];

/// Keys of files that also hold what somebody found for their array.
const PASSED_OVER: [&str; 4] = ["name", "note", "result", "check"];

/// The sides and what a side is made of, in the order of [`Side::ALL`].
const SIDES: [&str; 4] = ["left", "right", "top", "bottom"];
const SIDES_EXPECTED: &str =
    "the sides that are connected, such as `terminals: (left: (v: \"0.3 V\", r: \"2 ohm\"))`";
const TERMINAL: [&str; 2] = ["v", "r"];

/// What a file describes.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) layout: Layout,
    /// Of each cell, S, row by row.
    pub(super) conductance: Vec<f64>,
    /// The law of the cells, where they are not ohmic.
    pub(super) law: Option<Sinh>,
}

impl Description {
    /// Makes sense of a file. The numbers are in their ranges, the lists have their lengths.
    pub(super) fn new(file: &Value) -> Result<Description, Fault> {
        let fields = fields(file)?;
        let grid = need(fields, "G", "the conductances of the cells, such as `G: [[\"1 uS\", \"50 uS\"]]`")?;
        let (m, n) = sizes(fields, grid)?;
        let cells = Shape { rows: m, columns: n, text: "m x n" };
        let conductance = cells.read(grid, |value| CONDUCTANCE.read(value));
        let conductance = conductance.map_err(|fault| fault.within("G"))?.spread(m * n);
        let layout = Layout {
            word_segments: segments(fields, "rw", Shape { rows: m, columns: n - 1, text: "m x (n-1)" })?,
            bit_segments: segments(fields, "rb", Shape { rows: m - 1, columns: n, text: "(m-1) x n" })?,
            terminals: terminals(need(fields, "terminals", SIDES_EXPECTED)?, m, n)
                .map_err(|fault| fault.within("terminals"))?,
            ..Layout::new(m, n, 1.0)
        };
        let law = law(fields, cells, &conductance)?;
        Ok(Description { layout, conductance, law })
    }
}

/// A word about each key of a file that nobody knows.
pub(super) fn unknown_keys(file: &Value) -> impl Iterator<Item = String> {
    let keys = fields(file).unwrap_or_default().iter().map(|(key, _)| key.as_str());
    keys.filter(|key| !KEYS.contains(key) && !PASSED_OVER.contains(key)).map(|key| {
        let advice = advice(key, KEYS.into_iter()).filter(|text| text.starts_with("did you mean"));
        format!("key `{key}` is passed over{}", advice.map_or(String::new(), |text| format!("; {text}")))
    })
}

type Fields = [(String, Value)];

fn fields(value: &Value) -> Result<&Fields, Fault> {
    match value {
        Value::Fields(fields) => Ok(fields),
        other => Err(Fault::new(other.kind(), "named values")),
    }
}

/// The value of a key, unless it is absent.
fn get<'a>(fields: &'a Fields, key: &str) -> Option<&'a Value> {
    let value = fields.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    value.filter(|value| **value != Value::Absent)
}

fn need<'a>(fields: &'a Fields, key: &str, expected: &str) -> Result<&'a Value, Fault> {
    get(fields, key).ok_or_else(|| Fault::new(format!("there is no `{key}`"), expected))
}

/// Nothing but these keys.
fn only(fields: &Fields, known: &[&str]) -> Result<(), Fault> {
    match fields.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some((key, _)) => {
            let advice = advice(key, known.iter().copied()).unwrap_or_default();
            Err(Fault::told(format!("there can be no `{key}` here; {advice}")))
        }
    }
}

/// m and n; those of the matrix G where they are left out.
fn sizes(fields: &Fields, grid: &Value) -> Result<(usize, usize), Fault> {
    let rows = match grid {
        Value::List(rows) => Some(rows),
        _ => None,
    };
    let columns = rows.and_then(|rows| rows.first()).and_then(|row| match row {
        Value::List(values) => Some(values.len()),
        _ => None,
    });
    let m = size(fields, "m", rows.map(Vec::len), "word lines")?;
    let n = size(fields, "n", columns, "bit lines")?;
    match m.checked_mul(n).filter(|&count| count <= CELL_LIMIT) {
        Some(_) => Ok((m, n)),
        None => Err(Fault::new(format!("{m} x {n} cells"), format!("at most {CELL_LIMIT}"))),
    }
}

fn size(fields: &Fields, key: &str, of_grid: Option<usize>, lines: &str) -> Result<usize, Fault> {
    let expected = format!("the number of {lines}, a whole number from 1");
    let found = match (get(fields, key), of_grid) {
        (None, Some(count)) => return if count > 0 { Ok(count) } else { Err(no_cells()) },
        (None, None) => {
            let expected = format!("{expected}; it may be left out where G is a matrix");
            return Err(Fault::new(format!("there is no `{key}`"), expected));
        }
        (Some(Value::Number(number)), _) => {
            if number.fract() == 0.0 && (1.0..=CELL_LIMIT as f64).contains(number) {
                return Ok(*number as usize);
            }
            number.to_string()
        }
        (Some(other), _) => other.kind().to_owned(),
    };
    Err(Fault::new(found, expected).within(key))
}

fn no_cells() -> Fault {
    Fault::new("a matrix without values", "one row per word line, each with one value per bit line")
        .within("G")
}

fn segments(fields: &Fields, key: &str, shape: Shape) -> Result<Segments, Fault> {
    // Lines of one node have no segment, whatever the file says of them.
    if shape.rows == 0 || shape.columns == 0 {
        return Ok(Segments::Uniform(1.0));
    }
    // Not `need`: null is a value here, a direction whose wires are all broken.
    let Some((_, value)) = fields.iter().find(|(name, _)| name == key) else {
        let lines = if key == "rw" { "word" } else { "bit" };
        let expected =
            format!("the resistance between neighbours on a {lines} line, such as `{key}: \"2 ohm\"`");
        return Err(Fault::new(format!("there is no `{key}`"), expected));
    };
    match shape.read(value, |value| SEGMENT.read(value)).map_err(|fault| fault.within(key))? {
        Grid::All(value) => Ok(Segments::Uniform(value)),
        Grid::Each(values) => Ok(Segments::PerSegment(values)),
    }
}

fn terminals(value: &Value, m: usize, n: usize) -> Result<[Vec<Option<Terminal>>; 4], Fault> {
    let sides = fields(value)?;
    only(sides, &SIDES)?;
    let mut all = Side::ALL.map(|_| Vec::new());
    for (side, name) in Side::ALL.into_iter().zip(SIDES) {
        let (count, lines) = if side.is_of_word_lines() { (m, "word line") } else { (n, "bit line") };
        all[side as usize] = match get(sides, name) {
            None => vec![None; count],
            Some(value) => terminals_of_side(value, count, lines).map_err(|fault| fault.within(name))?,
        };
    }
    Ok(all)
}

fn terminals_of_side(value: &Value, count: usize, lines: &str) -> Result<Vec<Option<Terminal>>, Fault> {
    let side = fields(value)?;
    only(side, &TERMINAL)?;
    let read = |quantity: &Quantity, key: &str, value: &Value| {
        quantity.read_lines(value, count, lines).map_err(|fault| fault.within(key))
    };
    let Some((_, voltages)) = side.iter().find(|(key, _)| key == "v") else {
        return Err(Fault::new("there is no `v`", "the voltages of the sources, such as `v: \"0.3 V\"`"));
    };
    let voltages = read(&VOLTAGE, "v", voltages)?;
    if voltages.iter().all(|voltage| voltage.is_nan()) {
        return Ok(vec![None; count]);
    }
    let expected = "the resistance between source and first node, such as `r: \"2 ohm\"`";
    let resistances = read(&RESISTANCE, "r", need(side, "r", expected)?)?;
    let terminal =
        |(voltage, resistance): (f64, f64)| (!voltage.is_nan()).then_some(Terminal { voltage, resistance });
    Ok(voltages.into_iter().zip(resistances).map(terminal).collect())
}

/// The law of the cells; `None` where all are ohmic.
fn law(fields: &Fields, cells: Shape, conductance: &[f64]) -> Result<Option<Sinh>, Fault> {
    let curvature = get(fields, "a").map_or(Ok(0.0), |value| CURVATURE.read(value));
    let curvature = curvature.map_err(|fault| fault.within("a"))?;
    let ohmic = match get(fields, "ohmic") {
        None => Vec::new(),
        Some(value) => {
            cells.read(value, mark).map_err(|fault| fault.within("ohmic"))?.spread(conductance.len())
        }
    };
    Ok((curvature > 0.0).then(|| Sinh { conductance: conductance.to_vec(), curvature, ohmic }))
}
