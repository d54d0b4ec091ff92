//! A device as it was measured: what a pulse does to every conductance, with its scatter, and the current over the voltage.
//!
//! # Equations
//!
//! * A pulse above `v_set` changes g by D(g, u), a pulse below `v_reset` by another D(g, u). Each D is a table: its columns
//!   belong to the conductances `set_g`, its lines to the chances `set_chance`, and an entry of `set_change` is the change that
//!   pulses at this conductance stay below with this chance. u is uniform on (0, 1), so that pulses scatter as the measured ones
//!   did. Between entries, and lines, D is linear; beyond the first and the last conductance it stays. Without `set_chance` there
//!   is one line, and no scatter: the steps of a ladder g_0, g_1, .. are then the columns g_n with the changes g_(n+1) - g_n.
//! * I = g s(V). s is the measured curve, a monotone cubic through its points (Fritsch and Butland 1984), scaled so that
//!   s(0.1 V) = 0.1 V; beyond its ends it is straight. Points of one sign hold for the other with both signs changed; one at
//!   0 V counts as 0 A. Without points s(V) = V.
//! * An increment of D makes g' = min(max(g + D, g_min), g_max), whatever the tables.
//!
//! A call of `advance` is one pulse, as long as the measured one was, whatever its duration; at 0 s, and within the
//! thresholds, nothing happens.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | g_min | `g_min` | S | none | 0 to 1000 | the reader's device |
//! | g_max | `g_max` | S | none | 1e-15 to 1000, above g_min | the reader's device |
//! | | `v_set` | V | 0.5 | 1e-3 to 100 | below the measured pulses |
//! | | `v_reset` | V | -0.5 | -100 to -1e-3 | above the measured pulses |
//! | | `set_g`, `reset_g` | S | empty | 0 to 1000, ascending | measured |
//! | u | `set_chance`, `reset_chance` | 1 | empty | 0 to 1, from 0 to 1 | measured |
//! | D | `set_change`, `reset_change` | S | empty | -1000 to 1000, no column falling | measured |
//! | V | `iv_voltage` | V | empty | -100 to 100 | measured |
//! | I | `iv_current` | A | empty | -1000 to 1000, rising with the voltage, of its sign | measured |
//!
//! `crosspike device tabulate` makes these lists from measured ramps of pulses and from published tables of changes. `v_set` and
//! `v_reset` may vary from cell to cell and from write to write. State: `g`, the conductance at 0.1 V in siemens.
//!
//! Valid between the ends of the curve. Not modelled: amplitude and width of the pulses, memory beyond the conductance, drift,
//! read noise; what of the measured scatter was read noise counts as scatter of the pulses.
//!
//! Checked by the tests in `tests.rs`, among them `a_ladder_is_climbed_level_by_level`,
//! `steps_have_the_measured_distribution` and `the_curve_is_that_of_scipy`.
//!
//! References: F. N. Fritsch, J. Butland, "A method for constructing local monotone piecewise cubic interpolants", SIAM
//! Journal on Scientific and Statistical Computing 5, 300-304 (1984), DOI 10.1137/0905021. Tables of changes over
//! conductance and chance: CrossSim, Sandia National Laboratories (lookup tables).

mod curve;
mod steps;
#[cfg(test)]
mod tests;

use std::ffi::CStr;

use crosspike_device::{Cells, Description, Device, Fault, Parameter, StateVariable, Values, abi};

use curve::{Curve, REFERENCE};
use steps::Steps;

/// The device model `table`.
struct Table {
    g_min: f64,
    g_max: f64,
    v_set: f64,
    v_reset: f64,
    set: Steps,
    reset: Steps,
    curve: Curve,
}

const V_SET: usize = 2;
const V_RESET: usize = 3;

/// The conductances of the columns of one polarity, the chances of its lines, and its changes.
const fn columns(name: &'static CStr) -> Parameter {
    Parameter::list(name, c"S", (0.0, 1e3), c"conductances of the columns, ascending")
}

const fn lines(name: &'static CStr) -> Parameter {
    Parameter::list(name, c"1", (0.0, 1.0), c"chances of the lines, from 0 to 1")
}

const fn changes(name: &'static CStr) -> Parameter {
    Parameter::list(name, c"S", (-1e3, 1e3), c"changes by a pulse, line after line")
}

impl Device for Table {
    const DESCRIPTION: Description = Description {
        name: c"table",
        version: c"0.1.0",
        text: c"a device as it was measured: changes by pulses over the conductance, and a current curve",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance"),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance"),
            Parameter::number(c"v_set", c"V", (1e-3, 100.0), c"voltage above which pulses set")
                .or(0.5)
                .varies(),
            Parameter::number(c"v_reset", c"V", (-100.0, -1e-3), c"voltage below which pulses reset")
                .or(-0.5)
                .varies(),
            columns(c"set_g"),
            lines(c"set_chance"),
            changes(c"set_change"),
            columns(c"reset_g"),
            lines(c"reset_chance"),
            changes(c"reset_change"),
            Parameter::list(c"iv_voltage", c"V", (-100.0, 100.0), c"voltages of a measured current curve"),
            Parameter::list(c"iv_current", c"A", (-1e3, 1e3), c"its currents, of any scale"),
        ],
        state: &[StateVariable::new(c"g", c"S", c"conductance at 0.1 V")],
        capabilities: abi::MONOTONE | abi::STOCHASTIC | abi::PULSED,
        draws: (0, 0, 1),
        reference_voltage: REFERENCE,
    };

    fn create(values: &Values<'_>) -> Result<Table, Fault> {
        let [g_min, g_max, v_set, v_reset] = [0, 1, V_SET, V_RESET].map(|index| values.number(index));
        if g_min >= g_max {
            let text = format!("`g_max` ({g_max:e} S) must be larger than `g_min` ({g_min:e} S)");
            return Err(Fault::new(text).of_parameter(1));
        }
        let steps = |first: usize, name| {
            Steps::new([first, first + 1, first + 2].map(|index| values.list(index)), (first, name))
        };
        let (set, reset) = (steps(4, "set")?, steps(7, "reset")?);
        let curve = Curve::new(values.list(10), values.list(11))?;
        Ok(Table { g_min, g_max, v_set, v_reset, set, reset, curve })
    }

    fn range(&self) -> (f64, f64) {
        (self.g_min, self.g_max)
    }

    fn initial_state(&self, cells: &mut Cells<'_>, target: &[f64], _: &[f64]) -> Result<(), Fault> {
        for (g, target) in cells.variable_mut(0).iter_mut().zip(target) {
            *g = target.clamp(self.g_min, self.g_max);
        }
        Ok(())
    }

    fn conductance(&self, cells: &Cells<'_>, conductance: &mut [f64]) -> Result<(), Fault> {
        conductance.copy_from_slice(cells.variable(0));
        Ok(())
    }

    fn current(
        &self,
        cells: &Cells<'_>,
        voltage: &[f64],
        current: &mut [f64],
        mut slope: Option<&mut [f64]>,
    ) -> Result<(), Fault> {
        for (cell, (g, voltage)) in cells.variable(0).iter().zip(voltage).enumerate() {
            let (own, rise) = self.curve.at(*voltage);
            current[cell] = g * own;
            if let Some(slope) = slope.as_deref_mut() {
                slope[cell] = g * rise;
            }
        }
        Ok(())
    }

    fn increment(&self, cells: &mut Cells<'_>, change: &[f64], _: &[f64]) -> Result<(), Fault> {
        for (g, change) in cells.variable_mut(0).iter_mut().zip(change) {
            if *change != 0.0 {
                *g = (*g + change).clamp(self.g_min, self.g_max);
            }
        }
        Ok(())
    }

    fn advance(
        &self,
        cells: &mut Cells<'_>,
        voltage: &[f64],
        duration: f64,
        uniform: &[f64],
    ) -> Result<(), Fault> {
        if duration == 0.0 {
            return Ok(());
        }
        let (v_set, v_reset) = (cells.parameter(V_SET, self.v_set), cells.parameter(V_RESET, self.v_reset));
        for (cell, g) in cells.variable_mut(0).iter_mut().enumerate() {
            let steps = match voltage[cell] {
                above if above > v_set.at(cell) => &self.set,
                below if below < v_reset.at(cell) => &self.reset,
                _ => continue,
            };
            *g = (*g + steps.at(*g, uniform[cell])).clamp(self.g_min, self.g_max);
        }
        Ok(())
    }
}

crosspike_device::export_models!(Table);
