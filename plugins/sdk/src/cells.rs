//! A batch of cells is a view of state that belongs to the program, one slice per state variable, and of the parameters of
//! which each cell has a value of its own.

#![allow(unsafe_code)]

use std::array;
use std::marker::PhantomData;
use std::slice;

use crate::abi;
use crate::column::Column;

/// The state of a batch of cells; all slices have the length [`Cells::count`], a multiple of 8.
pub struct Cells<'a> {
    state: *mut f64,
    stride: usize,
    count: usize,
    variables: usize,
    own: Own<'a>,
    owner: PhantomData<&'a mut [f64]>,
}

/// Where the values of the cells' own parameters stand.
#[derive(Clone, Copy)]
enum Own<'a> {
    /// One pointer for each of so many parameters, NULL where all cells have one value; or NULL.
    Table(*const *const f64, usize),
    /// Some parameters by their index.
    Listed(&'a [(usize, &'a [f64])]),
}

/// The values of parameters of which the cells of a batch have their own.
#[derive(Clone, Copy)]
pub(crate) struct OwnParameters<'a> {
    own: Own<'a>,
    count: usize,
    owner: PhantomData<&'a f64>,
}

impl OwnParameters<'_> {
    /// Whether all cells have the values of `create`.
    pub(crate) fn is_empty(&self) -> bool {
        match self.own {
            Own::Listed(own) => own.is_empty(),
            Own::Table(table, _) => table.is_null(),
        }
    }

    /// The value of one parameter of one cell, or `value` where it has none of its own.
    pub(crate) fn at(&self, index: usize, cell: usize, value: f64) -> f64 {
        self.own.column(index, self.count).map_or(value, |values| values[cell])
    }
}

impl<'a> Own<'a> {
    /// The values of the parameter `index`, one for each of so many cells.
    fn column(self, index: usize, cells: usize) -> Option<&'a [f64]> {
        match self {
            Own::Listed(own) => own.iter().find(|(parameter, _)| *parameter == index).map(|(_, own)| *own),
            Own::Table(table, _) if table.is_null() => None,
            Own::Table(table, count) => {
                assert!(index < count, "the model has no parameter {index}");
                // SAFETY: the caller of `from_abi` vouched for `count` pointers, each NULL or to a value per cell.
                unsafe {
                    let column = *table.add(index);
                    (!column.is_null()).then(|| slice::from_raw_parts(column, cells))
                }
            }
        }
    }
}

impl<'a> Cells<'a> {
    /// The first `count` cells of `state`, in which variable k of cell i stands at `k * stride + i`.
    ///
    /// # Panics
    ///
    /// Where `state` is too short for `variables` variables, or `stride` smaller than `count`.
    pub fn new(state: &'a mut [f64], stride: usize, count: usize, variables: usize) -> Cells<'a> {
        assert!(stride >= count, "a stride of {stride} for {count} cells");
        assert!(variables > 0 && state.len() >= (variables - 1) * stride + count, "too little state");
        let own = Own::Listed(&[]);
        Cells { state: state.as_mut_ptr(), stride, count, variables, own, owner: PhantomData }
    }

    /// These cells with values of their own for some parameters, each by its index in the description.
    ///
    /// # Panics
    ///
    /// Where a list has another length than the batch.
    pub fn with_parameters(self, own: &'a [(usize, &'a [f64])]) -> Cells<'a> {
        assert!(own.iter().all(|(_, values)| values.len() == self.count), "expected {} values", self.count);
        Cells { own: Own::Listed(own), ..self }
    }

    /// # Safety
    ///
    /// `cells` keeps the promises of the header for as long as `'a`: `variables` runs of `count` numbers that nobody
    /// else touches, and NULL or one pointer for each of `parameters` parameters.
    pub(crate) unsafe fn from_abi(cells: &abi::Cells, variables: usize, parameters: usize) -> Cells<'a> {
        Cells {
            state: cells.state,
            stride: cells.stride as usize,
            count: cells.count as usize,
            variables,
            own: Own::Table(cells.parameters, parameters),
            owner: PhantomData,
        }
    }

    /// How many cells.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The values of the parameter `index` of the description, which [`varies`](crate::Parameter::varies); `uniform`,
    /// the value that [`Device::create`](crate::Device::create) received, where all cells have that.
    ///
    /// ```
    /// use crosspike_device::Cells;
    ///
    /// let mut state = [0.0; 8];
    /// let cells = Cells::new(&mut state, 8, 8, 1);
    /// assert_eq!(cells.parameter(0, 0.8).at(3), 0.8);
    /// let own = [0.7, 0.8, 0.9, 1.0, 0.6, 0.8, 0.7, 0.9];
    /// let columns = [(0, &own[..])];
    /// assert_eq!(cells.with_parameters(&columns).parameter(0, 0.8).at(3), 1.0);
    /// ```
    ///
    /// # Panics
    ///
    /// Where the model has no such parameter.
    pub fn parameter(&self, index: usize, uniform: f64) -> Column<'a> {
        self.own.column(index, self.count).map_or(Column::Uniform(uniform), Column::Each)
    }

    /// The parameters of which cells have values of their own.
    pub(crate) fn own_parameters(&self) -> OwnParameters<'a> {
        OwnParameters { own: self.own, count: self.count, owner: PhantomData }
    }

    /// Variable `index` of every cell.
    ///
    /// # Panics
    ///
    /// Where the model has no such variable.
    pub fn variable(&self, index: usize) -> &[f64] {
        assert!(index < self.variables, "the model has no state variable {index}");
        // SAFETY: `new` checked the length, or the caller of `from_abi` vouched for it.
        unsafe { slice::from_raw_parts(self.state.add(index * self.stride), self.count) }
    }

    /// Variable `index` of every cell, to be changed.
    ///
    /// # Panics
    ///
    /// Where the model has no such variable.
    pub fn variable_mut(&mut self, index: usize) -> &mut [f64] {
        assert!(index < self.variables, "the model has no state variable {index}");
        // SAFETY: as for `variable`; `self` is borrowed exclusively.
        unsafe { slice::from_raw_parts_mut(self.state.add(index * self.stride), self.count) }
    }

    /// The first N variables of every cell, to be changed together.
    ///
    /// # Panics
    ///
    /// Where the model has fewer variables.
    pub fn variables_mut<const N: usize>(&mut self) -> [&mut [f64]; N] {
        assert!(N <= self.variables, "the model has {} state variables, not {N}", self.variables);
        // SAFETY: as for `variable_mut`; the slices are disjoint, since the stride is at least the count.
        array::from_fn(|index| unsafe {
            slice::from_raw_parts_mut(self.state.add(index * self.stride), self.count)
        })
    }
}
