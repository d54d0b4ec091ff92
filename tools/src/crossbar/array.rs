//! An array is what its file describes, checked, and its operating point can be asked for.

use std::fmt::Display;
use std::path::Path;
use std::time::{Duration, Instant};

use crosspike::circuit::{Circuit, Layout, OperatingPoint, Options, Report, Segments, Sinh, Solver};

use super::fault::{Fault, malformed, unreadable};
use super::file::{Description, unknown_keys};
use super::value::{Language, Value};
use crate::exit::{Code, Failure};

/// What an ideal array has of the resistances of wires and terminals. The limit 0 would need a treatment of its own for
/// lines that float or have two sources; at this part of the resistances about this part of the voltage drops is left.
const NEARLY_IDEAL: f64 = 1e-6;

/// An array with its cells.
#[derive(Debug)]
pub(super) struct Array {
    /// What messages call it.
    pub(super) name: String,
    layout: Layout,
    circuit: Circuit,
    /// Of each cell, S, row by row.
    conductance: Vec<f64>,
    /// The law of the cells, where they are not ohmic.
    law: Option<Sinh>,
}

/// An array's operating point.
#[derive(Debug)]
pub(super) struct Solution {
    pub(super) point: OperatingPoint,
    pub(super) report: Report,
    /// From the array in memory to its currents.
    pub(super) duration: Duration,
}

impl Array {
    /// Reads the file of an array; `-` is standard input.
    pub(super) fn read(file: &Path) -> Result<Array, Failure> {
        let (name, text) = if file.as_os_str() == "-" {
            ("standard input".to_owned(), std::io::read_to_string(std::io::stdin()))
        } else {
            (file.display().to_string(), std::fs::read_to_string(file))
        };
        let text = text.map_err(|error| unreadable(file, &error))?;
        let is_ron = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("ron"));
        let language = if is_ron { Language::Ron } else { Language::Json };
        let value = language.read(&text).map_err(|fault| malformed(&name, language, &text, &fault))?;
        unknown_keys(&value).for_each(|warning| tracing::warn!("{name}: {warning}"));
        Array::new(name.clone(), &value).map_err(|fault| Failure::new(Code::Data, format!("{name}: {fault}")))
    }

    fn new(name: String, value: &Value) -> Result<Array, Fault> {
        let Description { layout, conductance, law } = Description::new(value)?;
        let circuit = Circuit::new(layout.clone()).map_err(Fault::told)?;
        Ok(Array { name, layout, circuit, conductance, law })
    }

    /// How many word lines, m.
    pub(super) fn word_lines(&self) -> usize {
        self.layout.word_lines
    }

    /// How many bit lines, n.
    pub(super) fn bit_lines(&self) -> usize {
        self.layout.bit_lines
    }

    /// The terminals that are connected, side by side.
    pub(super) fn is_connected(&self) -> [Vec<bool>; 4] {
        let sides = self.layout.terminals.each_ref();
        sides.map(|side| side.iter().map(Option::is_some).collect())
    }

    /// The same array with next to no resistance in wires and terminals.
    pub(super) fn idealised(&self) -> Result<Array, Failure> {
        let mut layout = self.layout.clone();
        for segments in [&mut layout.word_segments, &mut layout.bit_segments] {
            match segments {
                Segments::Uniform(value) => *value *= NEARLY_IDEAL,
                Segments::PerLine(values) | Segments::PerSegment(values) => {
                    values.iter_mut().for_each(|value| *value *= NEARLY_IDEAL);
                }
            }
        }
        layout.terminals.iter_mut().flatten().flatten().for_each(|end| end.resistance *= NEARLY_IDEAL);
        let name = format!("{} without resistance of wires", self.name);
        let circuit = Circuit::new(layout.clone())
            .map_err(|error| Failure::new(Code::Data, format!("{name}: {error}")))?;
        let (conductance, law) = (self.conductance.clone(), self.law.clone());
        Ok(Array { name, layout, circuit, conductance, law })
    }

    /// Solves the array so many times, each time from 0 V on; reports the fastest.
    pub(super) fn solve(&self, tolerance: f64, times: u32) -> Result<Solution, Failure> {
        let options = Options { tolerance, ..Options::default() };
        let mut law = self.law.clone();
        let refuse = |error: &dyn Display| {
            Failure::new(Code::Data, format!("{} has no operating point: {error}", self.name))
        };
        let mut start = Instant::now();
        let mut solver = Solver::new(&self.circuit, options);
        let (mut duration, mut report) = (Duration::MAX, Report::default());
        for _ in 0..times {
            solver.reset();
            report = match &mut law {
                None => {
                    solver.set_conductances(&self.conductance).map_err(|error| refuse(&error))?;
                    solver.solve().map_err(|error| refuse(&error))?
                }
                Some(law) => solver.solve_cells(law).map_err(|error| refuse(&error))?,
            };
            duration = duration.min(start.elapsed());
            start = Instant::now();
        }
        let point = solver.operating_point().expect("the array has just been solved");
        Ok(Solution { point, report, duration })
    }
}
