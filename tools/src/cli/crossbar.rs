//! `crosspike crossbar` on the command line, and the words that describe an array's file.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::PluginArguments;
use crate::picture;

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

Of a run, the wires of the scenario are solved with the conductances of a key
frame, while spikes drive word lines at the read voltage. The two bit lines of
a signed pair stand side by side.

Examples:
  crosspike crossbar map scenarios/arrays/half-select.ron --output map.svg
  crosspike crossbar map wires.h5 --projection synapses --output map.png";

/// `crosspike crossbar`.
#[derive(Debug, Subcommand)]
pub(crate) enum CrossbarCommand {
    /// Solve an array for the currents of its terminals and the voltages of its nodes.
    #[command(after_help = format!("{SOLVE_OUTPUT}\n\n{FORMAT}"))]
    Solve(SolveArguments),
    /// Draw what an array's cells get, as a map in an SVG or PNG file: of an array in a file, or of a tile of a run.
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
    /// The array, a JSON or RON file, or - for JSON from standard input; or a run, an output of `run` that ends in .h5.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The file to write, SVG or PNG.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, value_parser = picture::name)]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) tile: TileArguments,
    /// What is drawn.
    #[arg(long, value_enum, default_value_t, value_name = "QUANTITY")]
    pub(crate) quantity: Quantity,
}

/// Which read of which tile of a run.
#[derive(Debug, Args)]
pub(crate) struct TileArguments {
    /// Of a run: the projection, whose conductances it has recorded.
    #[arg(long, value_name = "NAME")]
    pub(crate) projection: Option<String>,
    /// Of a run: the tile of the projection, from 0, row of tiles after row of tiles.
    #[arg(long, value_name = "N", default_value = "0", requires = "projection")]
    pub(crate) tile: usize,
    /// Of a run: the key frame, from 0 [default: the last one].
    #[arg(long, value_name = "N", requires = "projection")]
    pub(crate) frame: Option<usize>,
    /// Of a run: the word lines that spikes drive, such as 0,3,8-15, counted within the tile [default: all].
    #[arg(long, value_name = "LINES", requires = "projection", value_parser = lines)]
    pub(crate) lines: Option<Lines>,
    /// Of a run: a folder for the files that its scenario names, after that of the run; may be repeated.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) plugins: PluginArguments,
}

/// Some lines, by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lines(pub(crate) Vec<usize>);

/// Reads numbers and ranges of them, `0,3,8-15`.
fn lines(text: &str) -> Result<Lines, String> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let [first, last] = [first, last].map(|number| number.trim().parse::<usize>().ok());
        first.zip(last).filter(|(first, last)| first <= last && *last < 1 << 24)
    };
    let mut lines = Vec::new();
    for part in text.split(',') {
        let (first, last) = range(part).ok_or_else(|| {
            format!("`{part}` is no number or range of numbers; write for example 0,3,8-15")
        })?;
        lines.extend(first..=last);
    }
    Ok(Lines(lines))
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
