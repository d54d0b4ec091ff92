//! A circuit is a layout that has been checked: every number is in its range and every list has its length.

use super::fault::{CircuitError, Place};
use super::layout::{Layout, Segments, Side, Terminal};

/// A checked array without its cells, from which solvers are made.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuit {
    layout: Layout,
    /// Those terminals of the layout that are connected at present.
    connected: [Vec<Option<Terminal>>; 4],
}

impl Circuit {
    /// Checks a layout.
    ///
    /// # Errors
    ///
    /// Sizes of 0, lists of the wrong length, segments that are not above 0 ohm (infinite is a broken wire), terminals
    /// whose resistance is negative or not finite or whose voltage is not finite, and two ideal sources on one node.
    pub fn new(layout: Layout) -> Result<Circuit, CircuitError> {
        let (m, n) = (layout.word_lines, layout.bit_lines);
        if m == 0 || n == 0 {
            return Err(CircuitError::Empty { word_lines: m, bit_lines: n });
        }
        check_segments("word-line segments", &layout.word_segments, m, m * (n - 1))?;
        check_segments("bit-line segments", &layout.bit_segments, n, (m - 1) * n)?;
        for side in Side::ALL {
            let expected = if side.is_of_word_lines() { m } else { n };
            let terminals = &layout.terminals[side as usize];
            check_length(side.terminals(), terminals.len(), expected)?;
            for (line, terminal) in terminals.iter().enumerate() {
                terminal.map_or(Ok(()), |terminal| check_terminal(side, line, terminal))?;
            }
        }
        check_single_nodes(&layout, Side::Left, Side::Right, n)?;
        check_single_nodes(&layout, Side::Top, Side::Bottom, m)?;
        let connected = layout.terminals.clone();
        Ok(Circuit { layout, connected })
    }

    /// How many word lines, m.
    pub fn word_lines(&self) -> usize {
        self.layout.word_lines
    }

    /// How many bit lines, n.
    pub fn bit_lines(&self) -> usize {
        self.layout.bit_lines
    }

    /// How many lines end at a side.
    pub fn line_count(&self, side: Side) -> usize {
        self.layout.terminals[side as usize].len()
    }

    /// The connected terminals of a side, one entry per line; `None` where the end floats.
    pub fn terminals(&self, side: Side) -> &[Option<Terminal>] {
        &self.connected[side as usize]
    }

    /// Connects the marked terminals of one side and lets the others float. Returns whether that is a change.
    pub(super) fn set_terminals(&mut self, side: Side, connected: &[bool]) -> Result<bool, CircuitError> {
        let all = &self.layout.terminals[side as usize];
        check_length(side.terminals(), connected.len(), all.len())?;
        if let Some(line) = (0..all.len()).find(|&line| connected[line] && all[line].is_none()) {
            return Err(CircuitError::NoTerminal { side: side.terminals(), line });
        }
        let mut is_change = false;
        for (place, (terminal, &connected)) in
            self.connected[side as usize].iter_mut().zip(all.iter().zip(connected))
        {
            is_change |= place.is_some() != connected;
            *place = terminal.filter(|_| connected);
        }
        Ok(is_change)
    }

    /// Sets the sources of one side, V, also of terminals that are not connected at present; entries of ends without a
    /// terminal do nothing.
    pub(super) fn set_voltages(&mut self, side: Side, voltages: &[f64]) -> Result<(), CircuitError> {
        check_length(side.voltages(), voltages.len(), self.line_count(side))?;
        for (line, &voltage) in voltages.iter().enumerate() {
            check_voltage(side, line, voltage)?;
        }
        for terminals in [&mut self.layout.terminals[side as usize], &mut self.connected[side as usize]] {
            for (terminal, &voltage) in terminals.iter_mut().zip(voltages) {
                if let Some(terminal) = terminal {
                    terminal.voltage = voltage;
                }
            }
        }
        Ok(())
    }

    /// The conductance in siemens between node `node` of word line `line` and the next one.
    pub(super) fn word_coupling(&self, line: usize, node: usize) -> f64 {
        match &self.layout.word_segments {
            Segments::Uniform(value) => 1.0 / value,
            Segments::PerLine(values) => 1.0 / values[line],
            Segments::PerSegment(values) => 1.0 / values[line * (self.bit_lines() - 1) + node],
        }
    }

    /// The conductance in siemens between node `node` of bit line `line` and the next one.
    pub(super) fn bit_coupling(&self, line: usize, node: usize) -> f64 {
        match &self.layout.bit_segments {
            Segments::Uniform(value) => 1.0 / value,
            Segments::PerLine(values) => 1.0 / values[line],
            Segments::PerSegment(values) => 1.0 / values[node * self.bit_lines() + line],
        }
    }

    /// Whether word lines, then bit lines, have one conductance for all segments of a line.
    pub(super) fn is_even(&self) -> [bool; 2] {
        [&self.layout.word_segments, &self.layout.bit_segments]
            .map(|segments| !matches!(segments, Segments::PerSegment(_)))
    }
}

pub(super) fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), CircuitError> {
    if found == expected { Ok(()) } else { Err(CircuitError::Length { what, found, expected }) }
}

pub(super) fn check_line(what: &'static str, found: usize, count: usize) -> Result<(), CircuitError> {
    if found < count { Ok(()) } else { Err(CircuitError::Line { what, found, count }) }
}

fn check_segments(
    what: &'static str,
    segments: &Segments,
    lines: usize,
    count: usize,
) -> Result<(), CircuitError> {
    let (values, place) = match segments {
        Segments::Uniform(value) => (std::slice::from_ref(value), "value"),
        Segments::PerLine(values) => {
            check_length(what, values.len(), lines)?;
            (&values[..], "of line")
        }
        Segments::PerSegment(values) => {
            check_length(what, values.len(), count)?;
            (&values[..], "number")
        }
    };
    match values.iter().position(|&value| value.is_nan() || value <= 0.0) {
        None => Ok(()),
        Some(at) => Err(CircuitError::Value {
            what,
            place: format!("{place} {at}"),
            found: values[at],
            unit: "ohm",
            expected: "above 0, or infinite for a broken wire",
        }),
    }
}

fn check_voltage(side: Side, line: usize, found: f64) -> Result<(), CircuitError> {
    if found.is_finite() {
        return Ok(());
    }
    let (what, place) = (side.voltages(), format!("of line {line}"));
    Err(CircuitError::Value { what, place, found, unit: "V", expected: "a finite number" })
}

fn check_terminal(side: Side, line: usize, terminal: Terminal) -> Result<(), CircuitError> {
    check_voltage(side, line, terminal.voltage)?;
    if (0.0..f64::INFINITY).contains(&terminal.resistance) {
        return Ok(());
    }
    Err(CircuitError::Value {
        what: side.terminals(),
        place: format!("of line {line}"),
        found: terminal.resistance,
        unit: "ohm",
        expected: "0 or more, finite; leave out a terminal that floats",
    })
}

/// Lines of one node cannot have an ideal source at both ends.
fn check_single_nodes(layout: &Layout, first: Side, last: Side, nodes: usize) -> Result<(), CircuitError> {
    let ideal = |side: Side, line: usize| {
        layout.terminals[side as usize][line].is_some_and(|terminal| terminal.resistance == 0.0)
    };
    let both = |&line: &usize| ideal(first, line) && ideal(last, line);
    match (0..layout.terminals[first as usize].len()).find(both).filter(|_| nodes == 1) {
        None => Ok(()),
        Some(line) => {
            let line = Place { word: first.is_of_word_lines(), line, node: None };
            Err(CircuitError::TwoSources { line })
        }
    }
}
