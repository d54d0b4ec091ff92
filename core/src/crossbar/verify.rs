//! Programming in a closed loop ("write-verify") brings cell after cell to its target: read, pulse, read again, in several
//! passes over the array.
//!
//! # Why several passes, and in which order
//!
//! In an array without selectors a pulse of voltage V puts V/2 or V/3 on other cells, and those whose threshold is lower
//! move. A pass finds what earlier pulses have disturbed. It converges where it goes from the cells that need the highest
//! voltages to those that need the lowest: what a pulse disturbs is then still to come. How much a cell needs is known
//! from the passes before.
//!
//! # Invariants
//!
//! What a run does follows from the cells of the array, the targets and [`Programming`] alone; all of it can be saved
//! between two cells.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Array;
use super::fault::ArrayFault;
use super::select::Selected;
use super::train::{Direction, Memory, Train};
use crate::scenario::schema::{CellOrder, Program, Target};

/// The programming of one array, under way or over.
///
/// Cells are numbered through planes, word lines and bit lines, as [`Array::conductances`] has them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Programming {
    cells: Vec<Cell>,
    /// Of each cell, S.
    targets: Vec<f64>,
    /// The cells of this pass in their order.
    order: Vec<u32>,
    /// How many of them are done.
    done: usize,
    /// Passes that are over.
    passes: Vec<Pass>,
}

/// What is known of one cell.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Cell {
    memory: Memory,
    /// Pulses so far.
    pulses: u32,
    /// Pulses before this pass.
    before: u32,
    /// Whether it was within its tolerance when it was left in this pass.
    was_reached: bool,
}

/// What one pass came to. Errors are parts of the range of the device; those of stuck cells do not count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// Cells that got pulses.
    pub addressed: u64,
    /// Pulses in all.
    pub pulses: u64,
    /// Cells beyond their tolerance after the pass.
    pub missed: u64,
    /// Those among them that were within it when they were left, and had no pulse of their own after that.
    pub disturbed: u64,
    /// The median of the errors; NaN where all cells are stuck.
    pub median: f64,
    /// Their mean; NaN where all cells are stuck.
    pub mean: f64,
}

/// What has become of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Fate {
    /// It is within its tolerance.
    Reached = 0,
    /// Its pulses did not bring it there.
    Missed = 1,
    /// It was within its tolerance when it was left; pulses of other cells have moved it.
    Disturbed = 2,
    /// It is stuck and was passed over.
    Stuck = 3,
}

/// A cell beyond its tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissedCell {
    /// 0, or 1 for g- of a signed pair.
    pub plane: u32,
    /// Its word line.
    pub word_line: u32,
    /// Its bit line.
    pub bit_line: u32,
    /// Whether pulses of other cells have moved it there.
    pub is_disturbed: bool,
}

impl Programming {
    /// Programming of an array before its first pulse.
    ///
    /// # Errors
    ///
    /// Faults of the device.
    pub fn new(array: &mut Array, tuning: &Tuning) -> Result<Programming, ArrayFault> {
        let targets = match tuning.aim {
            Aim::At(ref targets) => targets.clone(),
            Aim::Refresh(above) => refreshed(&array.conductances()?, above, array.device().range().0),
        };
        let (planes, rows, columns) = (array.plane_count(), array.plan().rows, array.plan().columns);
        let lines = (0..columns)
            .flat_map(|column| (0..planes * rows).map(move |line| (line * columns + column) as u32));
        let order: Vec<u32> = lines.collect();
        let cells = vec![Cell::default(); order.len()];
        Ok(Programming { cells, targets, order, done: 0, passes: Vec::new() })
    }

    /// The target of each cell, S.
    pub fn targets(&self) -> &[f64] {
        &self.targets
    }

    /// Cells that are done, over all passes.
    pub fn visited(&self) -> usize {
        self.passes.len() * self.cells.len() + self.done
    }

    /// The passes that are over.
    pub fn passes(&self) -> &[Pass] {
        &self.passes
    }

    /// Pulses that each cell has had.
    pub fn pulses(&self) -> Vec<u32> {
        self.cells.iter().map(|cell| cell.pulses).collect()
    }

    /// What has become of each cell after a pass, in `conductances`.
    pub fn fates(&self, array: &Array, tuning: &Tuning, conductances: &[f64]) -> Vec<Fate> {
        let each = self.cells.iter().zip(&self.targets).zip(conductances).enumerate();
        let fate = |(number, ((cell, target), found)): (usize, ((&Cell, &f64), &f64))| {
            if array.is_stuck(number) {
                Fate::Stuck
            } else if tuning.is_reached(*target, *found) {
                Fate::Reached
            } else if cell.was_reached {
                Fate::Disturbed
            } else {
                Fate::Missed
            }
        };
        each.map(fate).collect()
    }
}

/// What an array is programmed to, and by which pulses.
#[derive(Clone, Debug)]
pub struct Tuning {
    program: Program,
    aim: Aim,
    cells: usize,
    /// g_max - g_min of the device, S.
    range: f64,
}

/// Where the targets come from.
#[derive(Clone, Debug)]
enum Aim {
    /// Of each cell, S.
    At(Vec<f64>),
    /// What the cells hold, with the pairs refreshed of which one cell conducts more than this, S.
    Refresh(f64),
}

/// The same differences of pairs, with one cell of each refreshed pair at the lower end of the range.
fn refreshed(conductances: &[f64], above: f64, low: f64) -> Vec<f64> {
    let (plus, minus) = conductances.split_at(conductances.len() / 2);
    let pair = |(plus, minus): (&f64, &f64)| {
        let shift = if plus.max(*minus) > above { plus.min(*minus) - low } else { 0.0 };
        (plus - shift, minus - shift)
    };
    let (plus, minus): (Vec<f64>, Vec<f64>) = plus.iter().zip(minus).map(pair).unzip();
    [plus, minus].concat()
}

impl Tuning {
    /// The refresh of an array of signed pairs.
    ///
    /// # Panics
    ///
    /// Where the program has another target.
    pub fn refresh(program: Program, array: &Array) -> Tuning {
        let Target::Refresh(above) = program.target else { panic!("the target is no refresh") };
        let ((low, high), plan) = (array.device().range(), array.plan());
        let cells = array.plane_count() * plan.rows * plan.columns;
        Tuning { program, aim: Aim::Refresh(above.si()), cells, range: high - low }
    }

    /// Targets beyond the range of the device are clipped to it.
    pub fn new(program: Program, array: &Array, mut targets: Vec<f64>) -> Tuning {
        let (low, high) = array.device().range();
        targets.iter_mut().for_each(|target| *target = target.clamp(low, high));
        Tuning { program, cells: targets.len(), aim: Aim::At(targets), range: high - low }
    }

    /// How many cells it is for.
    pub fn cell_count(&self) -> usize {
        self.cells
    }

    /// SHA-256 of what is aimed at, in hexadecimal.
    pub fn sha256(&self) -> String {
        let hash = match &self.aim {
            Aim::At(targets) => Sha256::digest(bytemuck::cast_slice(targets)),
            Aim::Refresh(above) => Sha256::digest(above.to_le_bytes()),
        };
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The most passes.
    pub fn pass_count(&self) -> usize {
        self.program.passes.len()
    }

    /// The distance of a conductance from a target, as a part of the range.
    pub fn error(&self, target: f64, found: f64) -> f64 {
        (found - target).abs() / self.range
    }

    fn is_reached(&self, target: f64, found: f64) -> bool {
        self.error(target, found) <= self.program.tolerance
    }
}

impl Array {
    /// Programs the next `count` cells, at most to the end of a pass. Returns whether anything is left to do.
    ///
    /// # Errors
    ///
    /// Faults of the device, and tiles without an operating point. The cells must not be used any more.
    pub fn program(
        &mut self,
        programming: &mut Programming,
        tuning: &Tuning,
        count: usize,
    ) -> Result<bool, ArrayFault> {
        let Some(&part) = tuning.program.passes.get(programming.passes.len()) else { return Ok(false) };
        let end = programming.order.len().min(programming.done + count);
        for place in programming.done..end {
            let number = programming.order[place] as usize;
            if !self.is_stuck(number) {
                let target = programming.targets[number];
                self.program_cell(&mut programming.cells[number], (number, target), tuning, part)?;
            }
        }
        programming.done = end;
        (0..self.tile_count()).try_for_each(|number| self.refresh_tile(number))?;
        if end < programming.order.len() {
            return Ok(true);
        }
        self.end_pass(programming, tuning)?;
        let is_last = programming.passes.len() == tuning.pass_count();
        let missed = programming.passes.last().map_or(0, |pass| pass.missed);
        Ok(!is_last && missed > 0)
    }

    /// The cells beyond their tolerance among the fates of all cells, in the order of their numbers.
    pub fn missed_cells(&self, fates: &[Fate]) -> Vec<MissedCell> {
        let missed = |(number, fate): (usize, &Fate)| {
            let Selected { plane, row, column, .. } = self.select(number);
            matches!(fate, Fate::Missed | Fate::Disturbed).then_some(MissedCell {
                plane: plane as u32,
                word_line: row as u32,
                bit_line: column as u32,
                is_disturbed: *fate == Fate::Disturbed,
            })
        };
        fates.iter().enumerate().filter_map(missed).collect()
    }

    /// Sends pulses to a cell until it is within its tolerance, has used up its pulses, or would need stronger ones.
    fn program_cell(
        &mut self,
        cell: &mut Cell,
        (number, target): (usize, f64),
        tuning: &Tuning,
        part: f64,
    ) -> Result<(), ArrayFault> {
        let selected = self.select(number);
        let mut train = Train::new(&tuning.program, part);
        for left in (0..=tuning.program.pulses).rev() {
            let found = self.conductance_of(&selected)?;
            cell.was_reached = tuning.is_reached(target, found);
            if cell.was_reached || left == 0 {
                break;
            }
            let direction = if found < target { Direction::Set } else { Direction::Reset };
            let Some(pulse) = train.next(direction, &mut cell.memory) else { break };
            self.pulse_cell(&selected, pulse, tuning.program.scheme)?;
            cell.pulses += 1;
        }
        Ok(())
    }

    /// Looks at all cells after a pass and puts them in order for the next one.
    fn end_pass(&mut self, programming: &mut Programming, tuning: &Tuning) -> Result<(), ArrayFault> {
        let conductances = self.conductances()?;
        let fates = programming.fates(self, tuning, &conductances);
        let count = |wanted: &[Fate]| fates.iter().filter(|fate| wanted.contains(fate)).count() as u64;
        let (cells, targets) = (&mut programming.cells, &programming.targets);
        let pulses = |cell: &Cell| cell.pulses - cell.before;
        let working = fates.iter().zip(targets.iter().zip(&conductances));
        let working = working.filter(|(fate, _)| **fate != Fate::Stuck);
        let errors: Vec<f64> = working.map(|(_, (target, found))| tuning.error(*target, *found)).collect();
        let (median, mean) = middle(errors);
        programming.passes.push(Pass {
            addressed: cells.iter().filter(|cell| pulses(cell) > 0).count() as u64,
            pulses: cells.iter().map(|cell| u64::from(pulses(cell))).sum(),
            missed: count(&[Fate::Missed, Fate::Disturbed]),
            disturbed: count(&[Fate::Disturbed]),
            median,
            mean,
        });
        cells.iter_mut().for_each(|cell| cell.before = cell.pulses);
        programming.done = 0;
        if tuning.program.order == CellOrder::Strongest {
            // The sort is stable: equals stay in the order of the pass before.
            let strongest = |number: u32| cells[number as usize].memory.strongest;
            programming.order.sort_by(|&a, &b| strongest(b).total_cmp(&strongest(a)));
        }
        Ok(())
    }
}

/// The median and the mean.
fn middle(mut numbers: Vec<f64>) -> (f64, f64) {
    if numbers.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    numbers.sort_by(f64::total_cmp);
    let (half, count) = (numbers.len() / 2, numbers.len() as f64);
    let median =
        if numbers.len() % 2 == 1 { numbers[half] } else { (numbers[half - 1] + numbers[half]) / 2.0 };
    (median, numbers.iter().sum::<f64>() / count)
}

#[cfg(test)]
mod tests {
    use super::{middle, refreshed};

    #[test]
    fn a_refresh_keeps_the_differences_of_full_pairs_and_leaves_others_alone() {
        let held = [9e-6, 3e-6, 2e-6, 5e-6, 1e-6, 8.5e-6];
        let wanted = [4.1e-6, 3e-6, 0.1e-6, 0.1e-6, 1e-6, 6.6e-6];
        let found = refreshed(&held, 8e-6, 0.1e-6);
        assert!(found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-20), "{found:?}");
    }

    #[test]
    fn the_median_lies_between_two_where_the_count_is_even() {
        assert_eq!(middle(vec![3.0, 1.0, 8.0]), (3.0, 4.0));
        assert_eq!(middle(vec![3.0, 1.0, 8.0, 4.0]), (3.5, 4.0));
        assert!(middle(vec![]).0.is_nan());
    }
}
