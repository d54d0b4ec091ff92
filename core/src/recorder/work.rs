//! What arrays did in a phase as rows of their tables, and as lines of a summary.

use std::fmt;

use ::hdf5::{File, Group};

use super::ArrayEntry;
use super::buffer::Value;
use crate::crossbar::{Energy, Work};
use crate::units;

/// The work of the reads and of the writes of an array as a row has it.
pub(super) struct WorkColumns {
    energy: [[f64; 3]; 2],
    solves: [u64; 2],
    iterations: [u64; 2],
    residual: [f64; 2],
}

impl WorkColumns {
    pub(super) fn of(array: &ArrayEntry) -> WorkColumns {
        let both = [array.read, array.write];
        WorkColumns {
            energy: both.map(|work| [work.energy.cells, work.energy.wires, work.energy.drivers]),
            solves: both.map(|work| work.solves),
            iterations: both.map(|work| work.iterations),
            residual: both.map(|work| work.residual),
        }
    }
}

/// What an array did in a phase as a row.
pub(super) fn array_row<'a>(array: &'a ArrayEntry, work: &'a WorkColumns) -> [(&'static str, Value<'a>); 11] {
    [
        ("phase", Value::U32(std::slice::from_ref(&array.phase))),
        ("reads", Value::U64(std::slice::from_ref(&array.reads))),
        ("overlaps", Value::U64(std::slice::from_ref(&array.overlaps))),
        ("conversions", Value::U64(std::slice::from_ref(&array.conversions))),
        ("saturated", Value::U64(std::slice::from_ref(&array.saturated))),
        ("read_energy", Value::F64(&work.energy[0])),
        ("write_energy", Value::F64(&work.energy[1])),
        ("pulses", Value::U64(std::slice::from_ref(&array.write.pulses))),
        ("solves", Value::U64(&work.solves)),
        ("iterations", Value::U64(&work.iterations)),
        ("residual", Value::F64(&work.residual)),
    ]
}

/// What the array of a projection took in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkLine {
    /// The projection's name.
    pub projection: String,
    /// Index of the phase in the schedule.
    pub phase: u32,
    /// What its reads took; the energy is zero where it was not asked for.
    pub read: Work,
    /// What its program pulses took.
    pub write: Work,
}

/// The work of all arrays, by projection; nothing of a file that has none.
pub(super) fn read_work(file: &File) -> ::hdf5::Result<Vec<WorkLine>> {
    let mut lines = Vec::new();
    if !file.link_exists("/arrays") {
        return Ok(lines);
    }
    for projection in file.group("/arrays")?.member_names()? {
        let group = file.group(&format!("/arrays/{projection}"))?;
        if !group.link_exists("solves") {
            continue;
        }
        let phases = group.dataset("phase")?.read_raw::<u32>()?;
        let [reads, writes] = [read_all(&group, 0)?, read_all(&group, 1)?];
        for (row, &phase) in phases.iter().enumerate() {
            let at = |all: &[Work]| all.get(row).copied().unwrap_or_default();
            let (read, write) = (at(&reads), at(&writes));
            lines.push(WorkLine { projection: projection.clone(), phase, read, write });
        }
    }
    Ok(lines)
}

/// Of reads (0) or writes (1), one for each phase.
fn read_all(group: &Group, part: usize) -> ::hdf5::Result<Vec<Work>> {
    let name = ["read_energy", "write_energy"][part];
    // Absent where no energy was asked for.
    let energies = if group.link_exists(name) { group.dataset(name)?.read_raw::<f64>()? } else { Vec::new() };
    let pulses = if part == 0 { Vec::new() } else { group.dataset("pulses")?.read_raw::<u64>()? };
    let solves = group.dataset("solves")?.read_raw::<u64>()?;
    let iterations = group.dataset("iterations")?.read_raw::<u64>()?;
    let residual = group.dataset("residual")?.read_raw::<f64>()?;
    let pair = |row: usize| 2 * row + part;
    let work = |row: usize| Work {
        energy: match energies.get(3 * row..3 * row + 3) {
            Some(&[cells, wires, drivers]) => Energy { cells, wires, drivers },
            _ => Energy::default(),
        },
        pulses: pulses.get(row).copied().unwrap_or_default(),
        solves: solves[pair(row)],
        iterations: iterations[pair(row)],
        residual: residual[pair(row)],
    };
    let rows = [solves.len(), iterations.len(), residual.len()].into_iter().min().unwrap_or(0) / 2;
    Ok((0..rows).map(work).collect())
}

/// A table of the work of all arrays that have any.
pub(super) fn write_lines(f: &mut fmt::Formatter<'_>, lines: &[WorkLine]) -> fmt::Result {
    let parts = lines.iter().flat_map(|line| [("reads", line, line.read), ("writes", line, line.write)]);
    let mut parts = parts.filter(|(_, _, work)| *work != Work::default()).peekable();
    if parts.peek().is_some() {
        writeln!(
            f,
            "\nphase  work       energy      cells      wires    drivers      pulses     solves  iterations  residual  projection"
        )?;
    }
    parts.try_for_each(|(what, line, Work { energy, pulses, solves, iterations, residual })| {
        let joule = [energy.total(), energy.cells, energy.wires, energy.drivers].map(joules);
        let [all, cells, wires, drivers] = joule;
        writeln!(
            f,
            "{:5}  {what:6} {all:>10} {cells:>10} {wires:>10} {drivers:>10} {pulses:>11} {solves:>10}  {iterations:>10}  {residual:>8.1e}  {}",
            line.phase, line.projection
        )
    })
}

/// Three digits with a unit; "-" where it is not known.
fn joules(energy: f64) -> String {
    match format!("{energy:.2e}").parse() {
        Ok(rounded) if !energy.is_nan() => units::format(rounded, "J"),
        _ => "-".into(),
    }
}
