//! A device is a parametrised model: equations over batches of cells, without memory of its own.

use std::ffi::c_void;

use crate::abi;
use crate::cells::Cells;
use crate::description::Description;

/// The equations of a memristive cell. All values are SI; all slices of a call have one length, a multiple of 8.
///
/// `create` makes a device from the values of its parameters; after that the device never changes and its methods run
/// on many threads at once, each with cells of its own. What a method gives for one cell must not depend on the other
/// cells of the call. `uniform` holds numbers of (0, 1) from the program, draw d of cell i at `d * count + i`, as many
/// draws as the description declares.
///
/// A parameter that [`varies`](crate::Parameter::varies) is taken from the cells, [`Cells::parameter`]. The values of two
/// parameters of one cell need not fit together as `create` demands, and a write may give a cell others than its reads:
/// no method may fail for that.
pub trait Device: Sized + Send + Sync + 'static {
    /// What the model says about itself.
    const DESCRIPTION: Description;

    /// Makes a device. Each value lies within the range of its parameter.
    ///
    /// # Errors
    ///
    /// Where the values do not fit together; [`Fault::of_parameter`] names the culprit.
    fn create(values: &Values<'_>) -> Result<Self, Fault>;

    /// The smallest and the largest conductance of a cell with the values of `create`, in siemens: 0 <= smallest < largest.
    fn range(&self) -> (f64, f64);

    /// The smallest size of an increment, in siemens, that can change some state; 0 where every size can.
    fn dead_zone(&self) -> f64 {
        0.0
    }

    /// Writes the states whose conductances are nearest to `target`, in siemens.
    ///
    /// # Errors
    ///
    /// Any error of a method ends the run.
    fn initial_state(&self, cells: &mut Cells<'_>, target: &[f64], uniform: &[f64]) -> Result<(), Fault>;

    /// The conductances, in siemens, current / voltage at the reference voltage.
    ///
    /// # Errors
    ///
    /// Any error of a method ends the run.
    fn conductance(&self, cells: &Cells<'_>, conductance: &mut [f64]) -> Result<(), Fault>;

    /// The currents, in ampere, at `voltage`, and their derivatives by the voltage, in siemens, where asked for.
    ///
    /// Provided for models that declare [`abi::LINEAR`]: conductance x voltage.
    ///
    /// # Errors
    ///
    /// Any error of a method ends the run.
    fn current(
        &self,
        cells: &Cells<'_>,
        voltage: &[f64],
        current: &mut [f64],
        slope: Option<&mut [f64]>,
    ) -> Result<(), Fault> {
        if Self::DESCRIPTION.capabilities & abi::LINEAR == 0 {
            return Err(Fault::new("the model is not linear and has no `current`"));
        }
        self.conductance(cells, current)?;
        if let Some(slope) = slope {
            slope.copy_from_slice(current);
        }
        for (current, voltage) in current.iter_mut().zip(voltage) {
            *current *= voltage;
        }
        Ok(())
    }

    /// Changes the conductances by `change`, in siemens and of either sign, as far as the device can. A change of 0
    /// leaves a cell as it is.
    ///
    /// # Errors
    ///
    /// Any error of a method ends the run.
    fn increment(&self, cells: &mut Cells<'_>, change: &[f64], uniform: &[f64]) -> Result<(), Fault>;

    /// Brings the states forward by `duration` seconds at the constant `voltage`; 0 V is drift and retention.
    ///
    /// Provided for models whose state changes by increments only: nothing happens.
    ///
    /// # Errors
    ///
    /// Any error of a method ends the run.
    fn advance(
        &self,
        _cells: &mut Cells<'_>,
        _voltage: &[f64],
        _duration: f64,
        _uniform: &[f64],
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// The seconds until each conductance next takes another level at the constant `voltage`.
    ///
    /// Provided: never (infinity).
    ///
    /// # Errors
    ///
    /// Any error of a method ends the run.
    fn time_to_next_level(
        &self,
        _cells: &Cells<'_>,
        _voltage: &[f64],
        seconds: &mut [f64],
    ) -> Result<(), Fault> {
        seconds.fill(f64::INFINITY);
        Ok(())
    }

    /// The standard deviations of the currents at `voltage` from one read to the next, in ampere, 0 or more. The program
    /// draws the noise of each cell and read from a normal distribution. For models that declare [`abi::NOISY`].
    ///
    /// Provided: none.
    ///
    /// # Errors
    ///
    /// Any error of a method ends the run.
    fn read_noise(&self, _cells: &Cells<'_>, _voltage: &[f64], deviation: &mut [f64]) -> Result<(), Fault> {
        deviation.fill(0.0);
        Ok(())
    }

    /// The voltages between which the equations are known to hold, in volt; the program warns of a scenario that goes beyond.
    ///
    /// Provided: all.
    fn valid_voltage(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// What went wrong in a model, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A lowercase fragment: what was found, what was expected. 255 bytes reach the user.
    pub message: String,
    /// The cell within the batch.
    pub cell: Option<usize>,
    /// The parameter by its index in the description.
    pub parameter: Option<usize>,
}

impl Fault {
    /// A fault of the whole call.
    pub fn new(message: impl Into<String>) -> Fault {
        Fault { message: message.into(), cell: None, parameter: None }
    }

    /// This fault, found in one cell of the batch.
    pub fn of_cell(self, cell: usize) -> Fault {
        Fault { cell: Some(cell), ..self }
    }

    /// This fault, caused by one parameter, by its index in the description.
    pub fn of_parameter(self, parameter: usize) -> Fault {
        Fault { parameter: Some(parameter), ..self }
    }
}

/// The values of a model's parameters, in the order of its description.
pub struct Values<'a>(pub(crate) &'a [abi::Value]);

impl Values<'_> {
    /// The number `index` in SI, NaN where it was left out; of a choice its index.
    ///
    /// # Panics
    ///
    /// Where the description has no such parameter.
    pub fn number(&self, index: usize) -> f64 {
        self.0[index].number
    }

    /// The index of the choice `index`.
    ///
    /// # Panics
    ///
    /// Where the description has no such parameter.
    pub fn choice(&self, index: usize) -> usize {
        self.0[index].number as usize
    }

    /// The list `index` in SI, empty where it was left out.
    ///
    /// # Panics
    ///
    /// Where the description has no such parameter.
    pub fn list(&self, index: usize) -> &[f64] {
        let value = &self.0[index];
        if value.list.is_null() {
            return &[];
        }
        // SAFETY: the program promises `list_count` numbers for the duration of `create`, which outlives `self`.
        #[allow(unsafe_code)]
        unsafe {
            std::slice::from_raw_parts(value.list, value.list_count as usize)
        }
    }
}

/// An untyped device, as the program holds it.
pub(crate) type Handle = *mut c_void;
