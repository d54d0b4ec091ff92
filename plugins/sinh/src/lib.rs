//! A cell whose current grows as a hyperbolic sine of the voltage, with a curvature that may depend on its state.
//!
//! # Equations
//!
//! I = (g / alpha) sinh(alpha V), dI/dV = g cosh(alpha V). An increment of D makes g' = min(max(g + D, g_min), g_max).
//!
//! alpha is one number, or a table of points (g(i), alpha(i)): straight lines over ln g between the points, constant
//! beyond the ends. Straight lines never leave the values of their two points, and the kinks do no harm, since no
//! equation takes a derivative by g; over ln g, because measured tables cover decades of conductance.
//!
//! # Conductance
//!
//! The reference voltage is 0: conductance is the slope at 0 V, and that is the state g itself. So what is programmed
//! and recorded is exact and needs no equation solved. The chord that an instrument measures at V is larger, by
//! sinh(alpha V) / (alpha V): 3 % at 0.25 V and 1.7 /V, 13 % at 3.5 /V.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | g_min | `g_min` | S | none | 0 to 1000 | the reader's device; LETI: 44e-6, see below |
//! | g_max | `g_max` | S | none | 1e-15 to 1000, above g_min | the reader's device; LETI: 1363e-6 |
//! | alpha | `alpha` | 1/V | none (not with a table) | 0 to 100 | the reader's device; LETI: 3.77229205 |
//! | g(i) | `table_g` | S | none (not with `alpha`) | 1e-15 to 1000, ascending, at least two | the reader's device; LETI: see below |
//! | alpha(i) | `table_alpha` | 1/V | none (not with `alpha`) | 0 to 100, one per g(i) | the reader's device; LETI: see below |
//!
//! State: `g`, the conductance in siemens; `alpha`, the curvature in 1/V that belongs to g, kept so that no current
//! searches the table. An alpha below 1e-12 /V counts as that: a straight line to rounding, without 0 / 0.
//!
//! `g_min`, `g_max` and `alpha` may vary from cell to cell. A g_max below g_min counts as g_min. No write depends on alpha:
//! that it varies from write to write changes nothing. A change of 0 leaves a cell as it is, even where the limits at hand
//! do not include its conductance.
//!
//! LETI: files in github.com/anddudkin/SNN_memristor_based, folder `Memristor`, taken to be the TiO2/Al2O3 bilayer of
//! St. Petersburg Electrotechnical University, which they do not name. Written states lie from 44 to 1363 uS
//! (`6-1.xlsx`, 118 of them). The mean of ten sweeps from 0 to 0.69 V is I = A sinh(alpha V) with A = 20.03416072 uA
//! and alpha = 3.77229205 /V, to 0.17 uA root mean square, so g = A alpha = 75.57 uS. In 53 other sweeps
//! (`excelDataCombined.mat`) I(0.4 V) / I(0.2 V), which is 2 cosh(alpha 0.2 V), rises from 2.06 at 285 ohm to 2.6 .. 2.9
//! above 14 kohm. As a table, whose conductances are chords at 0.25 V that this model takes as slopes:
//!
//! ```ron
//! device: ("sinh", { "g_min": "44 uS", "g_max": "1363 uS",
//!     "table_g":     ["3 uS",    "75 uS",   "200 uS",  "600 uS",  "3 mS"],
//!     "table_alpha": ["4.6 1/V", "3.8 1/V", "3.5 1/V", "2.1 1/V", "1.2 1/V"] }),
//! ```
//!
//! Exact: nothing is integrated; sinh and cosh to a relative error of 1e-15, near 0 V too. Valid for |alpha V| <= 300,
//! where every current is so far below the largest number that a solver can square it; a voltage beyond is an error
//! that names it. The LETI numbers are measured below 0.7 V; far above, the table's cells of high conductance would
//! carry less than those of low conductance. Not modelled: switching by voltage, drift, noise, levels, asymmetry,
//! temperature.
//!
//! Checked by the tests in `tests.rs`, among them `the_fit_to_the_leti_device_gives_its_measured_currents`,
//! `the_leti_table_meets_the_measured_ratios_of_currents`, `small_voltages_lose_no_digits` and
//! `each_cell_has_a_curvature_and_limits_of_its_own`.
//!
//! Reference: C. Yakopcic, T. M. Taha, G. Subramanyam, R. E. Pino, S. Rogers, "A memristor device model", IEEE Electron
//! Device Letters 32(10), 1436-1438 (2011), DOI 10.1109/LED.2011.2163292: I = a x sinh(b V) with a state x; here x may
//! change b too.

mod curvature;
#[cfg(test)]
mod tests;

use crosspike_device::functions::sinh_cosh;
use crosspike_device::{
    Cells, Column, Description, Device, Fault, Limits, Parameter, StateVariable, Values, abi,
};
use curvature::{ALPHA, Curvature, STRAIGHT};
use multiversion::multiversion;

/// The device model `sinh`.
struct Sinh {
    g_min: f64,
    g_max: f64,
    curvature: Curvature,
}

/// The largest |alpha V|.
const STEEPEST: f64 = 300.0;

impl Device for Sinh {
    const DESCRIPTION: Description = Description {
        name: c"sinh",
        version: c"0.1.0",
        text: c"a cell whose current is a hyperbolic sine of the voltage, with any conductance of its range",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance, a slope at 0 V").varies(),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance, a slope at 0 V").varies(),
            Parameter::number(c"alpha", c"1/V", (0.0, 100.0), c"curvature of every cell").optional().varies(),
            Parameter::list(
                c"table_g",
                c"S",
                (1e-15, 1e3),
                c"conductances of a table of curvatures, ascending",
            ),
            Parameter::list(c"table_alpha", c"1/V", (0.0, 100.0), c"the curvatures that belong to `table_g`"),
        ],
        state: &[
            StateVariable::new(c"g", c"S", c"conductance, the slope at 0 V"),
            StateVariable::new(c"alpha", c"1/V", c"curvature that belongs to the conductance"),
        ],
        capabilities: abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 0.0,
    };

    fn create(values: &Values<'_>) -> Result<Sinh, Fault> {
        let (g_min, g_max) = (values.number(0), values.number(1));
        if g_min >= g_max {
            let text = format!("`g_max` ({g_max:e} S) must be larger than `g_min` ({g_min:e} S)");
            return Err(Fault::new(text).of_parameter(1));
        }
        let curvature = Curvature::new(values.number(2), values.list(3), values.list(4))?;
        Ok(Sinh { g_min, g_max, curvature })
    }

    fn range(&self) -> (f64, f64) {
        (self.g_min, self.g_max)
    }

    fn initial_state(&self, cells: &mut Cells<'_>, target: &[f64], _: &[f64]) -> Result<(), Fault> {
        let (limits, own) = (self.limits(cells), cells.parameter(ALPHA, f64::NAN));
        let [g, alpha] = cells.variables_mut();
        for (cell, ((g, alpha), target)) in g.iter_mut().zip(alpha).zip(target).enumerate() {
            *g = limits.clip(cell, *target);
            *alpha = match own {
                Column::Uniform(_) => self.curvature.at(*g),
                Column::Each(own) => straightened(own[cell]),
            };
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
        slope: Option<&mut [f64]>,
    ) -> Result<(), Fault> {
        // A cell's own alpha comes from its column and not from the state: a write may have had another.
        let (g, alpha) = (cells.variable(0), cells.parameter(ALPHA, f64::NAN));
        let alpha = if let Column::Each(own) = alpha { own } else { cells.variable(1) };
        let beyond = match slope {
            Some(slope) => currents_and_slopes(g, alpha, voltage, current, slope),
            None => currents(g, alpha, voltage, current),
        };
        if beyond { Err(beyond_validity(alpha, voltage)) } else { Ok(()) }
    }

    fn increment(&self, cells: &mut Cells<'_>, change: &[f64], _: &[f64]) -> Result<(), Fault> {
        let (limits, own) = (self.limits(cells), cells.parameter(ALPHA, f64::NAN));
        let [g, alpha] = cells.variables_mut();
        for (cell, ((g, alpha), change)) in g.iter_mut().zip(alpha).zip(change).enumerate() {
            let next = if *change == 0.0 { *g } else { limits.clip(cell, *g + change) };
            // Most cells of a write do not change, and a table costs more than a comparison.
            if next != *g {
                *g = next;
                if let Column::Uniform(_) = own {
                    *alpha = self.curvature.at(next);
                }
            }
        }
        Ok(())
    }
}

impl Sinh {
    fn limits<'a>(&self, cells: &Cells<'a>) -> Limits<'a> {
        Limits { low: cells.parameter(0, self.g_min), high: cells.parameter(1, self.g_max) }
    }
}

/// A curvature without 0 / 0.
#[inline(always)]
fn straightened(alpha: f64) -> f64 {
    if alpha < STRAIGHT { STRAIGHT } else { alpha }
}

/// Writes the currents; whether any voltage is beyond the model's validity.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn currents(g: &[f64], alpha: &[f64], voltage: &[f64], current: &mut [f64]) -> bool {
    let mut beyond = 0;
    for (((current, voltage), g), alpha) in current.iter_mut().zip(voltage).zip(g).zip(alpha) {
        let alpha = straightened(*alpha);
        let x = alpha * voltage;
        beyond |= u64::from(x.abs() > STEEPEST);
        *current = g / alpha * sinh_cosh(x).0;
    }
    beyond != 0
}

/// Writes the currents and their derivatives; whether any voltage is beyond the model's validity.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn currents_and_slopes(
    g: &[f64],
    alpha: &[f64],
    voltage: &[f64],
    current: &mut [f64],
    slope: &mut [f64],
) -> bool {
    let mut beyond = 0;
    let outputs = current.iter_mut().zip(slope);
    for ((((current, slope), voltage), g), alpha) in outputs.zip(voltage).zip(g).zip(alpha) {
        let alpha = straightened(*alpha);
        let x = alpha * voltage;
        beyond |= u64::from(x.abs() > STEEPEST);
        let (sinh, cosh) = sinh_cosh(x);
        *current = g / alpha * sinh;
        *slope = g * cosh;
    }
    beyond != 0
}

/// The fault of the first cell whose voltage is beyond the model's validity.
fn beyond_validity(alpha: &[f64], voltage: &[f64]) -> Fault {
    let mut cells = alpha.iter().zip(voltage).enumerate();
    let found = cells.find(|(_, (alpha, voltage))| (*alpha * *voltage).abs() > STEEPEST);
    let (cell, (alpha, voltage)) = found.expect("a voltage beyond the validity was seen");
    let text = format!(
        "voltage {voltage:e} V is beyond the model: with alpha = {alpha:e} /V it allows {:.3e} V",
        STEEPEST / alpha
    );
    Fault::new(text).of_cell(cell)
}

crosspike_device::export_models!(Sinh);
