//! A linear cell that switches only beyond two threshold voltages: set above one, reset below the other.
//!
//! # Equations
//!
//! I = g V. With x = (g - g_min) / (g_max - g_min), the thresholds s = `v_set` > 0 and r = `v_reset` < 0, and a constant
//! voltage V:
//!
//! * r <= V <= s: nothing moves, to the last bit. A write of V on its cell puts V/2 on half-selected ones; they are
//!   safe as long as V/2 is within their thresholds.
//! * `hard`: V > s makes g = g_max at once, V < r makes g = g_min, after any duration above 0.
//! * `soft`: the rate of VTEAM, with the window f,
//!   dx/dt = k_set (V/s - 1)^a_set f for V > s, with f = 1 (`none`) or f = 1 - x (`bounds`);
//!   dx/dt = -k_reset (V/r - 1)^a_reset f for V < r, with f = 1 or f = x.
//!   With u, the rate without f, times t: x' = min(x + u, 1) or 1 - (1 - x) e^-u; max(x - u, 0) or x e^-u.
//!
//! An increment of D makes g' = min(max(g + D, g_min), g_max), whatever the thresholds.
//!
//! Every number below may vary from cell to cell and from write to write. A g_max below g_min counts as g_min. An increment
//! of 0 and a voltage within the thresholds leave g as it is, even where the limits at hand do not include it. Kim 2021
//! (abstract) keeps the spread of switching voltages below 0.26.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | g_min | `g_min` | S | none | 0 to 1000 | the reader's device |
//! | g_max | `g_max` | S | none | 1e-15 to 1000, above g_min | the reader's device |
//! | s | `v_set` | V | none | 1e-3 to 1000 | the reader's device; VTEAM -v_on, MemTorch 0.2 |
//! | r | `v_reset` | V | none | -1000 to -1e-3 | the reader's device; VTEAM -v_off, MemTorch -0.02 |
//! | | `switching` | | `hard` | `hard`, `soft` | |
//! | k_set | `rate_set` | 1/s | none (only with `soft`) | 0 to 1e15 | VTEAM abs(k_on) / w, MemTorch 3.3e9 |
//! | k_reset | `rate_reset` | 1/s | none (only with `soft`) | 0 to 1e15 | VTEAM k_off / w, MemTorch 1.7e5 |
//! | a_set | `exponent_set` | 1 | none (only with `soft`) | 0 to 50 | VTEAM a_on, MemTorch 3 |
//! | a_reset | `exponent_reset` | 1 | none (only with `soft`) | 0 to 50 | VTEAM a_off, MemTorch 1 |
//! | f | `window` | | `none` | `none`, `bounds` (only with `soft`) | |
//!
//! VTEAM moves a boundary over a width w and is linear in resistance, with the polarity reversed (positive voltages
//! switch off); here the same rate moves the share x of the conductance's range. MemTorch: its default VTEAM cell,
//! w = 3 nm, k_on = -10 m/s, k_off = 5e-4 m/s.
//!
//! State: `g`, the conductance in siemens.
//!
//! Exact: the rates are integrated in closed form, so that parts of a duration give the state of the whole to rounding.
//! Valid for any voltage. Not modelled: nonlinearity of the current, drift, noise, levels; the current
//! during a pulse is that of the state at hand, not of its average.
//!
//! Checked by the tests in `tests.rs`, among them `soft_switching_follows_its_closed_forms`,
//! `parts_of_a_duration_give_the_state_of_the_whole`, `half_selected_cells_keep_every_bit`,
//! `each_cell_switches_at_its_own_thresholds` and `the_published_cell_crosses_its_range_in_the_published_times`.
//!
//! Reference: S. Kvatinsky, M. Ramadan, E. G. Friedman, A. Kolodny, "VTEAM: a general model for voltage-controlled
//! memristors", IEEE Transactions on Circuits and Systems II 62(8), 786-790 (2015), DOI 10.1109/TCSII.2015.2433536.
//! Spread: H. Kim, M. R. Mahmoodi, H. Nili, D. B. Strukov, "4K-memristor analog-grade passive crossbar circuit", Nature
//! Communications 12, 5198 (2021), DOI 10.1038/s41467-021-25455-0.

mod switching;
#[cfg(test)]
mod tests;

use crosspike_device::{
    Cells, Choice, Description, Device, Fault, Limits, Parameter, StateVariable, Values, abi, choices,
};
use switching::{Columns, Law, Switch};

/// The device model `threshold`, for cells without parameters of their own.
struct Threshold {
    g_min: f64,
    g_max: f64,
    v_set: f64,
    v_reset: f64,
    set: Law,
    reset: Law,
}

const SWITCHINGS: &[Choice] = choices![c"hard", c"soft"];
const WINDOWS: &[Choice] = choices![c"none", c"bounds"];
const RATES: (f64, f64) = (0.0, 1e15);
const EXPONENTS: (f64, f64) = (0.0, 50.0);

impl Device for Threshold {
    const DESCRIPTION: Description = Description {
        name: c"threshold",
        version: c"0.1.0",
        text: c"a linear cell that switches only beyond threshold voltages",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance").varies(),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance").varies(),
            Parameter::number(c"v_set", c"V", (1e-3, 1e3), c"voltage above which the conductance rises")
                .varies(),
            Parameter::number(c"v_reset", c"V", (-1e3, -1e-3), c"voltage below which the conductance falls")
                .varies(),
            Parameter::choice(c"switching", SWITCHINGS, c"at once, or at a rate"),
            Parameter::number(
                c"rate_set",
                c"1/s",
                RATES,
                c"share of the range per second, at twice the threshold",
            )
            .optional()
            .varies(),
            Parameter::number(c"rate_reset", c"1/s", RATES, c"the same for reset").optional().varies(),
            Parameter::number(c"exponent_set", c"1", EXPONENTS, c"power of the voltage beyond the threshold")
                .optional()
                .varies(),
            Parameter::number(c"exponent_reset", c"1", EXPONENTS, c"the same for reset").optional().varies(),
            Parameter::choice(c"window", WINDOWS, c"constant rate, or slower towards the end of the range"),
        ],
        state: &[StateVariable::new(c"g", c"S", c"conductance")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<Threshold, Fault> {
        let (g_min, g_max) = (values.number(0), values.number(1));
        if g_min >= g_max {
            let text = format!("`g_max` ({g_max:e} S) must be larger than `g_min` ({g_min:e} S)");
            return Err(Fault::new(text).of_parameter(1));
        }
        let (v_set, v_reset) = (values.number(2), values.number(3));
        let [set, reset] = Law::both(values)?;
        Ok(Threshold { g_min, g_max, v_set, v_reset, set, reset })
    }

    fn range(&self) -> (f64, f64) {
        (self.g_min, self.g_max)
    }

    fn initial_state(&self, cells: &mut Cells<'_>, target: &[f64], _: &[f64]) -> Result<(), Fault> {
        let limits = self.limits(cells);
        for (cell, (g, target)) in cells.variable_mut(0).iter_mut().zip(target).enumerate() {
            *g = limits.clip(cell, *target);
        }
        Ok(())
    }

    fn conductance(&self, cells: &Cells<'_>, conductance: &mut [f64]) -> Result<(), Fault> {
        conductance.copy_from_slice(cells.variable(0));
        Ok(())
    }

    fn increment(&self, cells: &mut Cells<'_>, change: &[f64], _: &[f64]) -> Result<(), Fault> {
        let limits = self.limits(cells);
        for (cell, (g, change)) in cells.variable_mut(0).iter_mut().zip(change).enumerate() {
            *g = if *change == 0.0 { *g } else { limits.clip(cell, *g + change) };
        }
        Ok(())
    }

    fn advance(&self, cells: &mut Cells<'_>, voltage: &[f64], duration: f64, _: &[f64]) -> Result<(), Fault> {
        // Also keeps an infinite rate from meeting a duration of 0.
        if duration == 0.0 {
            return Ok(());
        }
        let limits = self.limits(cells);
        let (v_set, v_reset) = (cells.parameter(2, self.v_set), cells.parameter(3, self.v_reset));
        let (set, reset) = (Columns::of_set(&self.set, cells), Columns::of_reset(&self.reset, cells));
        for (cell, (g, &voltage)) in cells.variable_mut(0).iter_mut().zip(voltage).enumerate() {
            let (v_set, v_reset) = (v_set.at(cell), v_reset.at(cell));
            let (low, high) = limits.at(cell);
            if voltage > v_set {
                let switch = Switch { end: high, way: high - low, law: set.at(cell) };
                *g = limits.clip(cell, switch.moved(*g, (voltage - v_set) / v_set, duration));
            } else if voltage < v_reset {
                let switch = Switch { end: low, way: low - high, law: reset.at(cell) };
                *g = limits.clip(cell, switch.moved(*g, (voltage - v_reset) / v_reset, duration));
            }
        }
        Ok(())
    }
}

impl Threshold {
    fn limits<'a>(&self, cells: &Cells<'a>) -> Limits<'a> {
        Limits { low: cells.parameter(0, self.g_min), high: cells.parameter(1, self.g_max) }
    }
}

crosspike_device::export_models!(Threshold);
