//! A column is the values of one parameter in a batch of cells: one for all of them, or one for each.
//!
//! # Why
//!
//! A loop over cells that asks for [`Column::at`] is compiled once for either case, so that a parameter that does not vary
//! costs what a constant does.

/// The values of one parameter, as [`Cells::parameter`](crate::Cells::parameter) gives them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column<'a> {
    /// Every cell has this value.
    Uniform(f64),
    /// Each cell has its own.
    Each(&'a [f64]),
}

impl Column<'_> {
    /// The value of one cell of the batch.
    ///
    /// # Panics
    ///
    /// Where each cell has its own and the batch has no such cell.
    #[inline(always)]
    pub fn at(self, cell: usize) -> f64 {
        match self {
            Column::Uniform(value) => value,
            Column::Each(values) => values[cell],
        }
    }
}

/// The ends of a variable of the cells, given by two parameters that may vary.
///
/// ```
/// use crosspike_device::{Column, Limits};
///
/// let limits = Limits { low: Column::Uniform(1.0), high: Column::Each(&[2.0, 3.0, 0.5]) };
/// assert_eq!([0, 1, 2].map(|cell| limits.clip(cell, 9.0)), [2.0, 3.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits<'a> {
    /// The smallest values.
    pub low: Column<'a>,
    /// The largest values; one below the smallest counts as that.
    pub high: Column<'a>,
}

impl Limits<'_> {
    /// The smallest and the largest value of one cell.
    ///
    /// # Panics
    ///
    /// As [`Column::at`].
    #[inline(always)]
    pub fn at(&self, cell: usize) -> (f64, f64) {
        let (low, high) = (self.low.at(cell), self.high.at(cell));
        (low, if high < low { low } else { high })
    }

    /// A value within the ends of one cell; NaN stays NaN, so that the program's checks see it.
    ///
    /// # Panics
    ///
    /// As [`Column::at`].
    #[inline(always)]
    pub fn clip(&self, cell: usize, value: f64) -> f64 {
        // Two selections, one instruction each; `f64::max` would need more and would hide a NaN.
        let (low, high) = self.at(cell);
        let value = if value < low { low } else { value };
        if value > high { high } else { value }
    }
}
