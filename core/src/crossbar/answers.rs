//! Answers are the rows of a transfer matrix that reads of a tile have found, kept as long as that pays.
//!
//! # After a change of conductances
//!
//! A few changed cells move all rows by an update of low rank, which costs one solve per cell
//! ([`Solver::change_transfer`]); otherwise all rows are forgotten and found again when they are needed. Which is cheaper
//! depends on the reads to come. Those since the last change stand for them: rows are updated where the changed cells are
//! at most a quarter of these reads, of the rows and of the bit lines, and found anew once the ranks of all updates
//! together would reach the size of the array, so that their errors do not pile up.

use serde::{Deserialize, Serialize};

use super::rows::Rows;
use crate::circuit::{Change, SolveError, Solver, Transfer};

/// Rows of the transfer matrix.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    /// S, word lines x bit lines; rows that are not known hold nothing.
    transfer: Transfer,
    /// The known ones again, the two bit lines of a signed pair subtracted.
    rows: Rows,
    is_known: Vec<bool>,
    known_count: usize,
    /// The ranks of all updates since the oldest row was found.
    rank: usize,
    planes: usize,
}

/// What a checkpoint holds of answers: an updated row differs from one that is found anew in its last bits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    siemens: Vec<f64>,
    is_known: Vec<bool>,
    rank: usize,
    /// The conductances to which they belong, S.
    cells: Vec<f64>,
}

impl Answers {
    /// No answers of an array of `rows` x `columns` synapses of `planes` cells.
    pub(super) fn none(rows: usize, columns: usize, planes: usize) -> Answers {
        let bit_lines = columns * planes;
        Answers {
            transfer: Transfer { bit_lines, siemens: vec![0.0; rows * bit_lines] },
            rows: Rows::zeros(rows, columns),
            is_known: vec![false; rows],
            known_count: 0,
            rank: 0,
            planes,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known_count == 0
    }

    pub(super) fn is_complete(&self) -> bool {
        self.known_count == self.is_known.len()
    }

    pub(super) fn knows(&self, row: usize) -> bool {
        self.is_known[row]
    }

    /// Known rows, the two bit lines of a signed pair subtracted, S.
    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    pub(super) fn forget(&mut self) {
        self.is_known.fill(false);
        (self.known_count, self.rank) = (0, 0);
    }

    /// Finds one row.
    pub(super) fn find(&mut self, row: usize, solver: &mut Solver) -> Result<(), SolveError> {
        let bit_lines = self.transfer.bit_lines;
        solver.transfer_row(row, &mut self.transfer.siemens[row * bit_lines..][..bit_lines])?;
        self.keep(row);
        Ok(())
    }

    /// Finds all rows.
    pub(super) fn complete(&mut self, solver: &mut Solver) -> Result<(), SolveError> {
        self.transfer = solver.transfer()?;
        self.rank = 0;
        (0..self.is_known.len()).for_each(|row| self.keep(row));
        Ok(())
    }

    /// How many changed cells are worth an update after that many reads since the last change.
    pub(super) fn worthwhile(&self, reads: u32) -> usize {
        let size = self.is_known.len().min(self.transfer.bit_lines);
        let most = size.min(self.known_count).min(reads as usize) / 4;
        most.min(size - self.rank)
    }

    /// Moves all known rows, and the solver, to new conductances.
    pub(super) fn update(&mut self, solver: &mut Solver, changes: &[Change]) -> Result<(), SolveError> {
        solver.change_transfer(&mut self.transfer, changes)?;
        self.rank += changes.len();
        for row in 0..self.is_known.len() {
            if self.is_known[row] {
                self.keep(row);
            }
        }
        Ok(())
    }

    fn keep(&mut self, row: usize) {
        let siemens = self.transfer.row(row).chunks_exact(self.planes);
        for (place, siemens) in self.rows.row_mut(row).iter_mut().zip(siemens) {
            *place = pair(siemens) as f32;
        }
        self.known_count += usize::from(!self.is_known[row]);
        self.is_known[row] = true;
    }

    /// What a checkpoint holds, where there is anything to hold.
    pub(super) fn kept(&self, solver: &Solver) -> Option<Kept> {
        (!self.is_empty()).then(|| Kept {
            siemens: self.transfer.siemens.clone(),
            is_known: self.is_known.clone(),
            rank: self.rank,
            cells: solver.conductances(),
        })
    }

    /// Continues with what a checkpoint holds.
    pub(super) fn restore(&mut self, kept: &Kept, solver: &mut Solver) -> Result<(), SolveError> {
        solver.set_conductances(&kept.cells)?;
        self.transfer.siemens.copy_from_slice(&kept.siemens);
        self.forget();
        self.rank = kept.rank;
        (0..self.is_known.len()).filter(|&row| kept.is_known[row]).for_each(|row| self.keep(row));
        Ok(())
    }
}

/// What the bit lines of one synapse give together: one alone, or the difference of a pair.
pub(super) fn pair(bit_lines: &[f64]) -> f64 {
    match bit_lines {
        [plus, minus] => plus - minus,
        _ => bit_lines[0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Circuit, EndSegments, Layout, Options};

    fn solver(siemens: &[f64]) -> Solver {
        let circuit = Circuit::new(Layout::read(16, 12, 5.0, EndSegments::EveryEnd)).expect("a sound layout");
        let mut solver = Solver::new(&circuit, Options::default());
        solver.set_conductances(siemens).expect("conductances");
        solver
    }

    fn sums(answers: &Answers, row: usize) -> [f64; 6] {
        let mut sums = [0.0; 6];
        answers.rows().add(row, 1.0, &mut sums);
        sums
    }

    #[test]
    fn updated_rows_are_those_of_the_changed_array() {
        let mut siemens: Vec<f64> = (0..192).map(|k| 1e-4 * f64::from(1 + k * 37 % 11)).collect();
        let mut before = solver(&siemens);
        let mut answers = Answers::none(16, 6, 2);
        [3, 9, 10].into_iter().for_each(|row| answers.find(row, &mut before).expect("a row"));
        let old = sums(&answers, 9);
        siemens[9 * 12 + 4] = 2e-3;
        siemens[100] = 0.0;
        let changes = before.changes_to(&siemens, 2).expect("two changes");
        answers.update(&mut before, &changes).expect("an update");
        let mut anew = Answers::none(16, 6, 2);
        anew.complete(&mut solver(&siemens)).expect("all rows");
        for row in 0..16 {
            assert_eq!(answers.knows(row), [3, 9, 10].contains(&row));
            let (updated, exact) = (sums(&answers, row), sums(&anew, row));
            let largest = exact.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
            let error = updated.iter().zip(&exact).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
            assert!(!answers.knows(row) || error < 1e-7 * largest, "row {row}: {error:e}");
        }
        assert!((sums(&answers, 9)[2] - old[2]).abs() > 1e-4, "the change matters");
    }

    #[test]
    fn an_update_is_worth_it_for_few_cells_after_many_reads_of_many_rows_and_not_for_ever() {
        let siemens = vec![1e-4; 192];
        let mut solver = solver(&siemens);
        let mut answers = Answers::none(16, 6, 2);
        assert_eq!(answers.worthwhile(1000), 0);
        answers.complete(&mut solver).expect("all rows");
        assert_eq!([0, 3, 4, 8, 1000].map(|reads| answers.worthwhile(reads)), [0, 0, 1, 2, 3]);
        for k in 0..4 {
            let mut changed = siemens.clone();
            changed[k] = 2e-4;
            let changes = solver.changes_to(&changed, 2).expect("two changes at most");
            answers.update(&mut solver, &changes).expect("an update");
        }
        assert_eq!(answers.worthwhile(1000), 3);
        let changes = solver.changes_to(&vec![3e-4; 192], 192).expect("all cells");
        answers.update(&mut solver, &changes[..4]).expect("an update");
        assert_eq!(answers.worthwhile(1000), 1, "12 bit lines, and 11 updates of a rank of 1");
        answers.forget();
        assert!(answers.is_empty() && answers.worthwhile(1000) == 0);
    }
}
