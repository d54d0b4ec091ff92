//! A batch of cells is a view of state that belongs to the program: one slice per state variable.

#![allow(unsafe_code)]

use std::array;
use std::marker::PhantomData;
use std::slice;

use crate::abi;

/// The state of a batch of cells; all slices have the length [`Cells::count`], a multiple of 8.
pub struct Cells<'a> {
    state: *mut f64,
    stride: usize,
    count: usize,
    variables: usize,
    owner: PhantomData<&'a mut [f64]>,
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
        Cells { state: state.as_mut_ptr(), stride, count, variables, owner: PhantomData }
    }

    /// # Safety
    ///
    /// `cells` keeps the promises of the header for as long as `'a`: `variables` runs of `count` numbers that nobody
    /// else touches.
    pub(crate) unsafe fn from_abi(cells: &abi::Cells, variables: usize) -> Cells<'a> {
        Cells {
            state: cells.state,
            stride: cells.stride as usize,
            count: cells.count as usize,
            variables,
            owner: PhantomData,
        }
    }

    /// How many cells.
    pub fn count(&self) -> usize {
        self.count
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
