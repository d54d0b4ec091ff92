//! A cell that takes any conductance of its range: the reference against which other devices are compared.
//!
//! # Equations
//!
//! I = g V; an increment of D makes g' = min(max(g + D, g_min), g_max).
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | g_min | `g_min` | S | none | 0 to 1000 | the reader's device |
//! | g_max | `g_max` | S | none | 1e-15 to 1000, above g_min | the reader's device |
//!
//! State: `g`, the conductance in siemens.
//!
//! `g_min` and `g_max` may vary from cell to cell and from write to write. A g_max below g_min counts as g_min. A change
//! of 0 leaves g as it is, even where the limits at hand do not include it.
//!
//! Exact: each call is one clipped addition. Valid for any voltage. Not modelled: nonlinearity, drift, noise, levels.
//!
//! Checked by `increments_add_up_and_end_at_the_range`, `each_cell_ends_at_limits_of_its_own`,
//! `splitting_a_batch_changes_no_bit`, `the_current_is_conductance_times_voltage`. Reference: none, this is a definition.

use crosspike_device::{Cells, Description, Device, Fault, Limits, Parameter, StateVariable, Values, abi};

/// The device model `ideal`.
struct Ideal {
    g_min: f64,
    g_max: f64,
}

impl Device for Ideal {
    const DESCRIPTION: Description = Description {
        name: c"ideal",
        version: c"0.1.0",
        text: c"a linear cell that takes any conductance of its range",
        parameters: &[
            Parameter::number(c"g_min", c"S", (0.0, 1e3), c"smallest conductance").varies(),
            Parameter::number(c"g_max", c"S", (1e-15, 1e3), c"largest conductance").varies(),
        ],
        state: &[StateVariable::new(c"g", c"S", c"conductance")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<Ideal, Fault> {
        let (g_min, g_max) = (values.number(0), values.number(1));
        if g_min >= g_max {
            let text = format!("`g_max` ({g_max:e} S) must be larger than `g_min` ({g_min:e} S)");
            return Err(Fault::new(text).of_parameter(1));
        }
        Ok(Ideal { g_min, g_max })
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
}

impl Ideal {
    fn limits<'a>(&self, cells: &Cells<'a>) -> Limits<'a> {
        Limits { low: cells.parameter(0, self.g_min), high: cells.parameter(1, self.g_max) }
    }
}

crosspike_device::export_models!(Ideal);

#[cfg(test)]
mod tests {
    use super::*;

    const IDEAL: Ideal = Ideal { g_min: 1e-6, g_max: 1e-3 };

    #[test]
    fn increments_add_up_and_end_at_the_range() {
        let mut state = vec![5e-4; 8];
        let mut cells = Cells::new(&mut state, 8, 8, 1);
        let change = [1e-4, -1e-4, 1.0, -1.0, 0.0, 5e-4, -5e-4, 2.5e-5];
        IDEAL.increment(&mut cells, &change, &[]).unwrap();
        assert_eq!(state, [5e-4 + 1e-4, 5e-4 - 1e-4, 1e-3, 1e-6, 5e-4, 1e-3, 1e-6, 5e-4 + 2.5e-5]);
    }

    #[test]
    fn each_cell_ends_at_limits_of_its_own() {
        let own = [1e-3, 2e-3, 5e-4, 1e-3, 3e-3, 1e-7, 1e-3, 1e-3];
        let (low, columns) = ([2e-6; 8], [(1, &own[..])]);
        let mut state = vec![5e-4; 8];
        let mut cells = Cells::new(&mut state, 8, 8, 1).with_parameters(&columns);
        IDEAL.increment(&mut cells, &[1.0, 1.0, 1.0, 1e-4, 1.0, 1.0, -1.0, 0.0], &[]).unwrap();
        assert_eq!(cells.variable(0), [1e-3, 2e-3, 5e-4, 5e-4 + 1e-4, 3e-3, 1e-6, 1e-6, 5e-4]);
        let (both, narrow) = ([(0, &low[..]), (1, &own[..])], [0.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0]);
        let mut cells = Cells::new(&mut state, 8, 8, 1).with_parameters(&both);
        IDEAL.increment(&mut cells, &narrow, &[]).unwrap();
        // A change of 0 moves nothing, whatever the limits at hand.
        assert_eq!(cells.variable(0), [1e-3, 2e-6, 5e-4, 5e-4 + 1e-4, 3e-3, 1e-6, 2e-6, 5e-4]);
    }

    #[test]
    fn splitting_a_batch_changes_no_bit() {
        let change: Vec<f64> = (0..64).map(|i| (f64::from(i) - 31.3) * 1.7e-5).collect();
        let mut whole = vec![3.3e-4; 64];
        let mut split = whole.clone();
        IDEAL.increment(&mut Cells::new(&mut whole, 64, 64, 1), &change, &[]).unwrap();
        for (state, change) in split.chunks_mut(8).zip(change.chunks(8)) {
            IDEAL.increment(&mut Cells::new(state, 8, 8, 1), change, &[]).unwrap();
        }
        assert_eq!(whole, split);
    }

    #[test]
    fn the_current_is_conductance_times_voltage() {
        let mut state = vec![2e-4; 8];
        let cells = Cells::new(&mut state, 8, 8, 1);
        let (mut current, mut slope) = ([0.0; 8], [0.0; 8]);
        IDEAL.current(&cells, &[0.5; 8], &mut current, Some(&mut slope)).unwrap();
        assert_eq!((current, slope), ([1e-4; 8], [2e-4; 8]));
    }
}
