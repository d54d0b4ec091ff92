//! A cell with a finite number of conductances: what a rule asks for is rounded to one of them.
//!
//! # Equations
//!
//! I = g(k) V with the level k = 0 .. N-1 and g(0) < ... < g(N-1). An increment of D wants w = g(k) + D, clipped to
//! the range. With g(j) <= w <= g(j+1) and f = (w - g(j)) / (g(j+1) - g(j)):
//!
//! * `nearest`: k' = j + 1 where f >= 1/2, otherwise j. Increments below half a gap never act.
//! * `stochastic`: k' = j + 1 with probability f, otherwise j; the expected conductance is w, whatever the spacing.
//! * `accumulate`: w = g(k) + r + D with the residue r; k' is nearest to w and r' = w - g(k'). No change is lost but
//!   by clipping w: what leaves the range at an end is forgotten there.
//!
//! Spacing: `equal` g(k) = g_min + k (g_max - g_min) / (N-1); `geometric` g(k) = g_min (g_max / g_min)^(k/(N-1));
//! `listed` g(k) = `states`.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | g_min | `g_min` | S | none (not with `listed`) | 0 to 1000, above 0 if `geometric` | the reader's device |
//! | g_max | `g_max` | S | none (not with `listed`) | 1e-15 to 1000, above g_min | the reader's device |
//! | N | `count` | 1 | none (not with `listed`) | 2 to 1,048,576 | the reader's device |
//! | | `spacing` | | `equal` | `equal`, `geometric`, `listed` | |
//! | g(k) | `states` | S | none (only with `listed`) | 0 to 1000, ascending, at least two | the reader's device |
//! | | `rounding` | | `nearest` | `nearest`, `stochastic`, `accumulate` | |
//!
//! State: `level`, k; `residue`, r in siemens (0 unless `accumulate`). A cell starts at the level nearest to its
//! target with r = 0.
//!
//! `g_min` and `g_max` may vary from cell to cell and from write to write (not with `listed`): a cell has levels of its own
//! between its own ends. A g_max below g_min counts as g_min: then all levels are the same. A write rounds on the ends that
//! it has, and g(k) of what is read lies on those of the cell.
//!
//! Exact: no equation is integrated. Valid for any voltage. Not modelled: nonlinearity, drift, noise, pulses.
//!
//! Checked by the tests in `tests.rs`, among them `stochastic_rounding_is_unbiased_for_every_spacing` and
//! `the_accumulator_loses_nothing_within_the_range`; ends of the cells' own by `each_cell_has_levels_of_its_own`. Reference: none, this is a definition.

mod ladder;
#[cfg(test)]
mod tests;

use crosspike_device::{
    Cells, Choice, Description, Device, Fault, Parameter, StateVariable, Values, abi, choices,
};
use ladder::{Ladder, Table};

/// The device model `levels`.
struct Levels {
    ladder: Table,
    rounding: Rounding,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Nearest,
    Stochastic,
    Accumulate,
}

const SPACINGS: &[Choice] = choices![c"equal", c"geometric", c"listed"];
const ROUNDINGS: &[Choice] = choices![c"nearest", c"stochastic", c"accumulate"];

impl Device for Levels {
    const DESCRIPTION: Description = Description {
        name: c"levels",
        version: c"0.1.0",
        text: c"a linear cell with a finite number of conductances",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance").optional().varies(),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance").optional().varies(),
            Parameter::number(c"count", c"1", (2.0, 1_048_576.0), c"number of levels").optional().integer(),
            Parameter::choice(c"spacing", SPACINGS, c"how the levels divide the range"),
            Parameter::list(c"states", c"S", (0.0, 1e3), c"the levels themselves, ascending"),
            Parameter::choice(c"rounding", ROUNDINGS, c"what becomes of a change between two levels"),
        ],
        state: &[
            StateVariable::new(c"level", c"1", c"number of the level, from 0"),
            StateVariable::new(c"residue", c"S", c"change that has not yet made a level"),
        ],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE | abi::HAS_LEVELS | abi::STOCHASTIC,
        draws: (0, 1, 0),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<Levels, Fault> {
        let rounding = [Rounding::Nearest, Rounding::Stochastic, Rounding::Accumulate][values.choice(5)];
        Ok(Levels { ladder: Table::new(values)?, rounding })
    }

    fn range(&self) -> (f64, f64) {
        (&self.ladder).range()
    }

    fn dead_zone(&self) -> f64 {
        if self.rounding == Rounding::Nearest { self.ladder.smallest_gap() / 2.0 } else { 0.0 }
    }

    fn initial_state(&self, cells: &mut Cells<'_>, target: &[f64], _: &[f64]) -> Result<(), Fault> {
        let own = self.ladder.own(cells);
        let [level, residue] = cells.variables_mut();
        residue.fill(0.0);
        match own {
            None => start(level, target, |_| &self.ladder),
            Some(own) => start(level, target, |cell| own.at(cell)),
        }
        Ok(())
    }

    fn conductance(&self, cells: &Cells<'_>, conductance: &mut [f64]) -> Result<(), Fault> {
        let levels = conductance.iter_mut().zip(cells.variable(0));
        match self.ladder.own(cells) {
            None => levels.for_each(|(g, &level)| *g = (&self.ladder).conductance(level)),
            Some(own) => {
                levels.enumerate().for_each(|(cell, (g, &level))| *g = own.at(cell).conductance(level));
            }
        }
        Ok(())
    }

    fn increment(&self, cells: &mut Cells<'_>, change: &[f64], uniform: &[f64]) -> Result<(), Fault> {
        let own = self.ladder.own(cells);
        let state = cells.variables_mut();
        match own {
            None => round(self.rounding, state, change, uniform, |_| &self.ladder),
            Some(own) => round(self.rounding, state, change, uniform, |cell| own.at(cell)),
        }
        Ok(())
    }
}

/// Puts each cell on the level of its ladder that is nearest to its target.
fn start<L: Ladder>(levels: &mut [f64], target: &[f64], ladder: impl Fn(usize) -> L) {
    for (cell, (level, target)) in levels.iter_mut().zip(target).enumerate() {
        let ladder = ladder(cell);
        *level = nearest(ladder.position(0.0, target - ladder.conductance(0.0)));
    }
}

/// Moves levels and residues by what was asked for, each cell on its ladder.
fn round<L: Ladder>(
    rounding: Rounding,
    [levels, residues]: [&mut [f64]; 2],
    change: &[f64],
    uniform: &[f64],
    ladder: impl Fn(usize) -> L,
) {
    let changes = levels.iter_mut().zip(change).enumerate();
    match rounding {
        Rounding::Nearest => {
            for (cell, (level, &change)) in changes {
                *level = nearest(ladder(cell).position(*level, change));
            }
        }
        Rounding::Stochastic => {
            for ((cell, (level, &change)), &uniform) in changes.zip(uniform) {
                *level = stochastic(ladder(cell).position(*level, change), uniform);
            }
        }
        Rounding::Accumulate => {
            for ((cell, (level, &change)), residue) in changes.zip(residues) {
                (*level, *residue) = accumulate(ladder(cell), *level, *residue, change);
            }
        }
    }
}

/// Level and residue after a change.
fn accumulate(ladder: impl Ladder, level: f64, residue: f64, change: f64) -> (f64, f64) {
    if change == 0.0 {
        return (level, residue);
    }
    let (g_min, g_max) = ladder.range();
    let g = ladder.conductance(level);
    // Relative to the level, so that a small residue keeps all its digits.
    let wanted = (residue + change).max(g_min - g).min(g_max - g);
    let next = nearest(ladder.position(level, wanted));
    (next, wanted - (ladder.conductance(next) - g))
}

/// The level nearest to a position between levels; the upper one where both are as near.
fn nearest(position: f64) -> f64 {
    (position + 0.5).floor()
}

/// The level above a position with the probability of its fraction, otherwise the level below.
fn stochastic(position: f64, uniform: f64) -> f64 {
    let below = position.floor();
    below + f64::from(u8::from(uniform < position - below))
}

crosspike_device::export_models!(Levels);
