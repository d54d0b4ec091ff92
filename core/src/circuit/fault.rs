//! What can be wrong with the description of an array, and why an array has no solution.

use super::layout::Side;

/// What is wrong with a layout or with numbers given to a solver. Nothing has changed after such an error.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CircuitError {
    /// An array without cells.
    #[error("an array of {word_lines} x {bit_lines} cells; expected at least one word line and one bit line")]
    Empty {
        /// Word lines.
        word_lines: usize,
        /// Bit lines.
        bit_lines: usize,
    },
    /// A list of the wrong length.
    #[error("{what}: {found} values; expected {expected}")]
    Length {
        /// The list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that fits the array.
        expected: usize,
    },
    /// A number outside its range.
    #[error("{what} {place}: {found:e} {unit}; expected {expected}")]
    Value {
        /// The quantity.
        what: &'static str,
        /// The line, segment or cell.
        place: String,
        /// The number.
        found: f64,
        /// Its unit.
        unit: &'static str,
        /// Its range.
        expected: &'static str,
    },
    /// A line that the array does not have.
    #[error("{what} {found}; expected 0 to {last}", last = count - 1)]
    Line {
        /// The kind of line.
        what: &'static str,
        /// Its number.
        found: usize,
        /// How many there are.
        count: usize,
    },
    /// A cell named twice where each may be named once.
    #[error("the cell at word line {word_line}, bit line {bit_line} is named twice; name each cell once")]
    Twice {
        /// Its word line.
        word_line: usize,
        /// Its bit line.
        bit_line: usize,
    },
    /// A terminal that is not there.
    #[error("{side}: line {line} has none; name a line with a terminal on this side")]
    NoTerminal {
        /// The side.
        side: &'static str,
        /// The line.
        line: usize,
    },
    /// Two ideal sources on one node.
    #[error(
        "{line}: both terminals have 0 ohm and sit on its only node; give one of them a resistance or leave it out"
    )]
    TwoSources {
        /// The line.
        line: Place,
    },
}

/// Why there is no operating point.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError<E: std::error::Error + 'static = std::convert::Infallible> {
    /// A question that does not fit the array.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// A part of the array has no voltage of its own.
    #[error(
        "{place}: no path to a terminal through unbroken segments and conducting cells, so its voltage is not \
         determined; connect a terminal to the line or let one of its cells conduct"
    )]
    Floating {
        /// The first such node.
        place: Place,
    },
    /// The conductances in the solver are the slopes of cells with their own law.
    #[error(
        "the solver holds the slopes of the last solve with a cell law; set the conductances before a linear solve"
    )]
    Slopes,
    /// A cell whose current falls when its voltage rises.
    #[error(
        "cell at word line {word_line}, bit line {bit_line}: slope {slope:e} S at {voltage:e} V; expected 0 or more, \
         finite: without a monotone law the array has no unique operating point, follow the state of the device in \
         time instead"
    )]
    NotMonotone {
        /// Its word line.
        word_line: usize,
        /// Its bit line.
        bit_line: usize,
        /// The slope, S.
        slope: f64,
        /// The voltage over the cell, V.
        voltage: f64,
    },
    /// The iteration ended above the tolerance.
    #[error(
        "no convergence: {residual:e} of the initial residual after {iterations} iterations; expected {tolerance:e}; \
         raise the limit or the tolerance"
    )]
    NoConvergence {
        /// What was reached.
        residual: f64,
        /// Iterations of line solves.
        iterations: usize,
        /// What was asked for.
        tolerance: f64,
    },
    /// The cells could not be evaluated.
    #[error(transparent)]
    Law(E),
}

/// A line, or one node of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether it is a word line.
    pub word: bool,
    /// The number of the line.
    pub line: usize,
    /// The number of the node within the line.
    pub node: Option<usize>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.word { "word" } else { "bit" };
        write!(f, "{kind} line {}", self.line)?;
        self.node.map_or(Ok(()), |node| write!(f, ", node {node}"))
    }
}

impl Side {
    /// What errors call the voltages of this side.
    pub(super) fn voltages(self) -> &'static str {
        match self {
            Side::Left => "voltages of the left terminals",
            Side::Right => "voltages of the right terminals",
            Side::Top => "voltages of the top terminals",
            Side::Bottom => "voltages of the bottom terminals",
        }
    }

    /// What errors call the terminals of this side.
    pub(super) fn terminals(self) -> &'static str {
        match self {
            Side::Left => "left terminals",
            Side::Right => "right terminals",
            Side::Top => "top terminals",
            Side::Bottom => "bottom terminals",
        }
    }
}
