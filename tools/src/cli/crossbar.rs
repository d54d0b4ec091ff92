//! `crosspike crossbar` on the command line, and the words that describe an array's file.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum, ValueHint};

const FORMAT: &str = r#"The file of an array has m word lines (rows) and n bit lines (columns). It is
JSON or, where its name ends in .ron, RON, with these keys:
  m, n       sizes; may be left out where G is a matrix
  G          conductances of the cells, m x n or one for all; 0 or null: no cell
  rw, rb     resistance between neighbours on a word line, on a bit line: one
             for all, or m x (n-1) and (m-1) x n; null: a broken wire
  terminals  the sides that are connected, of left and right (word lines), top
             and bottom (bit lines); each has
               v  voltages of the sources, one per line or one for all;
                  null: this end floats
               r  everything between source and first node, likewise
  a          0 or absent: I = G V; above 0: I = G sinh(a V) / a
  ohmic      m x n marks, true or 1: this cell is I = G V all the same
Numbers are in S, ohm, V and 1/V; a text with a unit, such as "50 uS", may
stand for each. RON writes None for null. Other keys are passed over.

  (
      G: [["10 uS", "80 uS"], ["40 uS", None]],
      rw: "2 ohm",
      rb: "2 ohm",
      terminals: (
          left: (v: ["0.3 V", "0.1 V"], r: "2 ohm"),
          bottom: (v: "0 V", r: "2 ohm"),
      ),
  )"#;

const SOLVE_OUTPUT: &str = r#"Prints one JSON object:
  i_left, i_right, i_top, i_bottom
                currents of the terminals in A, positive out of the array into
                the source; null where there is none
  W, B          with --nodes: voltages of the nodes of word and bit lines in V,
                m x n
  power         in W: what the sources give, and where it goes
  residual      residual as a part of that of an array at 0 V
  kcl           largest sum of currents at a node as a part of the largest
                current of a terminal
  error         estimated error of the currents as a part of the largest
  iterations    line solves, in all Newton steps together
  newton_steps  1 where all cells are I = G V
  seconds       wall-clock time from the array in memory to its currents, the
                fastest with --repeat

Examples:
  crosspike crossbar solve scenarios/arrays/half-select.ron
  crosspike crossbar solve - --nodes < array.json"#;

const MAP_EXAMPLES: &str = "\
Word lines are rows, bit lines are columns, both counted from 0. Of more than
256 lines, means of blocks are drawn. Grey cells have no voltage in an ideal
array, one without resistance in wires and terminals.

Example:
  crosspike crossbar map scenarios/arrays/half-select.ron --output map.svg";

/// `crosspike crossbar`.
#[derive(Debug, Subcommand)]
pub(crate) enum CrossbarCommand {
    /// Solve an array for the currents of its terminals and the voltages of its nodes.
    #[command(after_help = format!("{SOLVE_OUTPUT}\n\n{FORMAT}"))]
    Solve(SolveArguments),
    /// Draw what an array's cells get, as a map in an SVG file.
    #[command(after_help = format!("{MAP_EXAMPLES}\n\n{FORMAT}"))]
    Map(MapArguments),
}

/// `crosspike crossbar solve`.
#[derive(Debug, Args)]
pub(crate) struct SolveArguments {
    /// The array, a JSON or RON file, or - for JSON from standard input.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Print the voltages of all nodes too.
    #[arg(long)]
    pub(crate) nodes: bool,
    /// The residual at which the solution is good enough, as a part of that of an array at 0 V.
    #[arg(long, value_name = "T", default_value = "1e-12", value_parser = tolerance)]
    pub(crate) tolerance: f64,
    /// Solve so many times and report the fastest; from the second time on with the memory of the first.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) repeat: NonZeroU32,
}

/// `crosspike crossbar map`.
#[derive(Debug, Args)]
pub(crate) struct MapArguments {
    /// The array, a JSON or RON file, or - for JSON from standard input.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The file to write.
    #[arg(short, long, value_name = "FILE.svg", value_hint = ValueHint::FilePath, value_parser = svg)]
    pub(crate) output: PathBuf,
    /// What is drawn.
    #[arg(long, value_enum, default_value_t, value_name = "QUANTITY")]
    pub(crate) quantity: Quantity,
}

/// A quantity that every cell has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Quantity {
    /// The voltage over each cell in % of that in an ideal array.
    #[default]
    Drop,
    /// The voltage over each cell.
    Voltage,
    /// The current through each cell.
    Current,
}

/// Reads a tolerance.
fn tolerance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (1e-15..1.0).contains(&value) => Ok(value),
        _ => Err(format!("{text} is not a number from 1e-15 to below 1; write for example 1e-10")),
    }
}

/// Reads the name of a picture.
fn svg(text: &str) -> Result<PathBuf, String> {
    let path = Path::new(text);
    match path.extension() {
        Some(end) if end.eq_ignore_ascii_case("svg") => Ok(path.to_owned()),
        _ => Err("maps are SVG; write a name that ends in .svg".to_owned()),
    }
}
