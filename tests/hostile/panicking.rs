//! A model that panics as soon as a cell is to change.

use crosspike_device::{Cells, Description, Device, Fault, StateVariable, Values};

struct Panicking;

impl Device for Panicking {
    const DESCRIPTION: Description = Description {
        name: c"panicking",
        version: c"0.1.0",
        text: c"a cell of 0.5 S that cannot be written",
        parameters: &[],
        state: &[StateVariable::new(c"g", c"S", c"conductance")],
        capabilities: 0,
        draws: (0, 0, 0),
        reference_voltage: 1.0,
    };

    fn create(_: &Values<'_>) -> Result<Panicking, Fault> {
        Ok(Panicking)
    }

    fn range(&self) -> (f64, f64) {
        (0.25, 1.0)
    }

    fn initial_state(&self, cells: &mut Cells<'_>, _: &[f64], _: &[f64]) -> Result<(), Fault> {
        cells.variable_mut(0).fill(0.5);
        Ok(())
    }

    fn conductance(&self, cells: &Cells<'_>, out: &mut [f64]) -> Result<(), Fault> {
        out.copy_from_slice(cells.variable(0));
        Ok(())
    }

    fn increment(&self, cells: &mut Cells<'_>, _: &[f64], _: &[f64]) -> Result<(), Fault> {
        panic!("{} cells are one too many", cells.count())
    }
}

crosspike_device::export_models!(Panicking);
