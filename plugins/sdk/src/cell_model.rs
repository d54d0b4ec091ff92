//! A cell model is the equations of one cell; batches, parameters of the cells' own and random draws are taken care of.
//!
//! # Why
//!
//! Most device physics is written for one cell. [`EachCell`] turns it into a [`Device`] by a loop that the compiler can
//! inline, so that a cell costs what its equations cost. A model that gains from working on many cells at once, or that
//! holds tables, implements [`Device`] itself.

use crate::cells::{Cells, OwnParameters};
use crate::description::Description;
use crate::device::{Device, Fault, Values};

/// The equations of a cell with N state variables. All values are SI.
///
/// An answer that is not a number, or not finite where the interface wants that, ends the run with the name of the
/// model, the call and the cell.
///
/// ```
/// use crosspike_device::{CellModel, Description, EachCell, Fault, Parameter, StateVariable, Values, abi};
///
/// /// A conductance that rises at 1 V in a second from 0 to `g_max`.
/// #[derive(Clone, Copy)]
/// struct Ramp {
///     g_max: f64,
/// }
///
/// impl CellModel<1> for Ramp {
///     const DESCRIPTION: Description = Description {
///         name: c"ramp",
///         version: c"0.1.0",
///         text: c"a conductance that rises with the flux",
///         parameters: &[Parameter::number(c"g_max", c"S", (1e-12, 1.0), c"largest conductance").varies()],
///         state: &[StateVariable::new(c"g", c"S", c"conductance")],
///         capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
///         draws: (0, 0, 0),
///         reference_voltage: 1.0,
///     };
///
///     fn create(values: &Values<'_>) -> Result<Ramp, Fault> {
///         Ok(Ramp { g_max: values.number(0) })
///     }
///     fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Ramp {
///         Ramp { g_max: own(0, self.g_max) }
///     }
///     fn range(&self) -> (f64, f64) {
///         (0.0, self.g_max)
///     }
///     fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
///         [target.clamp(0.0, self.g_max)]
///     }
///     fn conductance(&self, [g]: [f64; 1]) -> f64 {
///         g
///     }
///     fn advance(&self, [g]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
///         [(g + self.g_max * voltage * duration).clamp(0.0, self.g_max)]
///     }
/// }
/// # use crosspike_device::Draws;
/// crosspike_device::export_models!(EachCell<Ramp, 1>);
/// # fn main() {}
/// ```
pub trait CellModel<const N: usize>: Copy + Send + Sync + 'static {
    /// What the model says about itself. It has N state variables.
    const DESCRIPTION: Description;

    /// Makes a model. Each value lies within the range of its parameter.
    ///
    /// # Errors
    ///
    /// Where the values do not fit together; [`Fault::of_parameter`] names the culprit.
    fn create(values: &Values<'_>) -> Result<Self, Fault>;

    /// This model with the values of one cell: `own(index, value)` is the cell's value of a parameter that varies, or
    /// `value` where it has none. They need not fit together as `create` demands. Called only where some parameter varies.
    ///
    /// Provided for models without such parameters.
    fn of_cell(self, _own: impl Fn(usize, f64) -> f64) -> Self {
        self
    }

    /// The smallest and the largest conductance, in siemens: 0 <= smallest < largest.
    fn range(&self) -> (f64, f64);

    /// The smallest size of an increment, in siemens, that can change some state; 0 where every size can.
    fn dead_zone(&self) -> f64 {
        0.0
    }

    /// The state whose conductance is nearest to `target`, in siemens, 0 or more.
    fn initial(&self, target: f64, draws: Draws<'_>) -> [f64; N];

    /// The conductance, in siemens: current / voltage at the reference voltage.
    fn conductance(&self, state: [f64; N]) -> f64;

    /// The current, in ampere, and its derivative by the voltage, in siemens.
    ///
    /// Provided for linear cells.
    fn current(&self, state: [f64; N], voltage: f64) -> (f64, f64) {
        let g = self.conductance(state);
        (g * voltage, g)
    }

    /// The state after a change of the conductance by `change`, in siemens and not 0, as far as the device can.
    ///
    /// Provided: the initial state of the changed conductance.
    fn increment(&self, state: [f64; N], change: f64, draws: Draws<'_>) -> [f64; N] {
        self.initial(at_least_zero(self.conductance(state) + change), draws)
    }

    /// The state after `duration` seconds at a constant voltage; 0 V is drift and retention.
    ///
    /// Provided for models whose state changes by increments only.
    fn advance(&self, state: [f64; N], _voltage: f64, _duration: f64, _draws: Draws<'_>) -> [f64; N] {
        state
    }

    /// The seconds until the conductance next takes another level at a constant voltage.
    ///
    /// Provided: never.
    fn time_to_next_level(&self, _state: [f64; N], _voltage: f64) -> f64 {
        f64::INFINITY
    }

    /// The standard deviation of the current from read to read, in ampere, for models that declare [`abi::NOISY`].
    ///
    /// Provided: none.
    ///
    /// [`abi::NOISY`]: crate::abi::NOISY
    fn read_noise(&self, _state: [f64; N], _voltage: f64) -> f64 {
        0.0
    }

    /// The voltages between which the equations are known to hold, in volt.
    ///
    /// Provided: all.
    fn valid_voltage(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// The random numbers of one cell for one call, each of the open interval (0, 1).
#[derive(Clone, Copy, Debug)]
pub struct Draws<'a> {
    uniform: &'a [f64],
    stride: usize,
    cell: usize,
}

impl<'a> Draws<'a> {
    /// Draw d of the cell stands at `d * stride + cell`.
    pub fn new(uniform: &'a [f64], stride: usize, cell: usize) -> Draws<'a> {
        Draws { uniform, stride, cell }
    }

    /// The draw of a number from 0.
    ///
    /// # Panics
    ///
    /// Where the description declares fewer draws for the call.
    #[inline(always)]
    pub fn uniform(&self, draw: usize) -> f64 {
        self.uniform[draw * self.stride + self.cell]
    }

    /// The draw of a number from 0 as a number of the standard normal distribution.
    ///
    /// # Panics
    ///
    /// As [`Draws::uniform`].
    pub fn normal(&self, draw: usize) -> f64 {
        crate::functions::normal(self.uniform(draw))
    }
}

/// A [`Device`] whose cells follow the cell model `M`, one by one.
#[derive(Clone, Copy, Debug)]
pub struct EachCell<M, const N: usize>(pub M);

impl<M: CellModel<N>, const N: usize> EachCell<M, N> {
    /// Does something for each of so many cells, with its number and its model. Where all cells have one model, the loop is over
    /// that: the compiler takes what does not depend on the cell out of it, and uses vector instructions where it can.
    #[inline(always)]
    fn each(&self, own: OwnParameters<'_>, count: usize, mut visit: impl FnMut(usize, M)) {
        if own.is_empty() {
            let model = self.0;
            (0..count).for_each(|cell| visit(cell, model));
        } else {
            let of_cell = |cell| self.0.of_cell(|index, value| own.at(index, cell, value));
            (0..count).for_each(|cell| visit(cell, of_cell(cell)));
        }
    }

    /// As [`EachCell::each`], where the states of the cells may change to what `visit` returns.
    #[inline(always)]
    fn each_mut(&self, cells: &mut Cells<'_>, mut visit: impl FnMut(usize, M, [f64; N]) -> [f64; N]) {
        let (own, count) = (cells.own_parameters(), cells.count());
        let mut variables = cells.variables_mut::<N>().map(|variable| &mut variable[..count]);
        self.each(own, count, |cell, model| {
            let next = visit(cell, model, std::array::from_fn(|variable| variables[variable][cell]));
            variables.iter_mut().zip(next).for_each(|(variable, value)| variable[cell] = value);
        });
    }

    /// As [`EachCell::each`], with the states of the cells.
    #[inline(always)]
    fn each_state(&self, cells: &Cells<'_>, mut visit: impl FnMut(usize, M, [f64; N])) {
        let count = cells.count();
        let variables: [&[f64]; N] = std::array::from_fn(|variable| &cells.variable(variable)[..count]);
        self.each(cells.own_parameters(), count, |cell, model| {
            visit(cell, model, std::array::from_fn(|variable| variables[variable][cell]));
        });
    }
}

impl<M: CellModel<N>, const N: usize> Device for EachCell<M, N> {
    const DESCRIPTION: Description = {
        assert!(M::DESCRIPTION.state.len() == N, "the description has another number of state variables");
        M::DESCRIPTION
    };

    fn create(values: &Values<'_>) -> Result<Self, Fault> {
        M::create(values).map(EachCell)
    }

    fn range(&self) -> (f64, f64) {
        self.0.range()
    }

    fn dead_zone(&self) -> f64 {
        self.0.dead_zone()
    }

    fn valid_voltage(&self) -> (f64, f64) {
        self.0.valid_voltage()
    }

    fn initial_state(&self, cells: &mut Cells<'_>, target: &[f64], uniform: &[f64]) -> Result<(), Fault> {
        let count = cells.count();
        let target = &target[..count];
        self.each_mut(cells, |cell, model, _| {
            model.initial(at_least_zero(target[cell]), Draws::new(uniform, count, cell))
        });
        Ok(())
    }

    fn conductance(&self, cells: &Cells<'_>, conductance: &mut [f64]) -> Result<(), Fault> {
        let conductance = &mut conductance[..cells.count()];
        self.each_state(cells, |cell, model, state| conductance[cell] = model.conductance(state));
        Ok(())
    }

    fn current(
        &self,
        cells: &Cells<'_>,
        voltage: &[f64],
        current: &mut [f64],
        slope: Option<&mut [f64]>,
    ) -> Result<(), Fault> {
        let count = cells.count();
        let (voltage, current) = (&voltage[..count], &mut current[..count]);
        if let Some(slope) = slope {
            let slope = &mut slope[..count];
            self.each_state(cells, |cell, model, state| {
                (current[cell], slope[cell]) = model.current(state, voltage[cell]);
            });
        } else {
            self.each_state(cells, |cell, model, state| {
                current[cell] = model.current(state, voltage[cell]).0;
            });
        }
        Ok(())
    }

    fn increment(&self, cells: &mut Cells<'_>, change: &[f64], uniform: &[f64]) -> Result<(), Fault> {
        let count = cells.count();
        let change = &change[..count];
        self.each_mut(cells, |cell, model, state| {
            let (change, draws) = (change[cell], Draws::new(uniform, count, cell));
            if change == 0.0 { state } else { model.increment(state, change, draws) }
        });
        Ok(())
    }

    fn advance(
        &self,
        cells: &mut Cells<'_>,
        voltage: &[f64],
        duration: f64,
        uniform: &[f64],
    ) -> Result<(), Fault> {
        let count = cells.count();
        let voltage = &voltage[..count];
        self.each_mut(cells, |cell, model, state| {
            model.advance(state, voltage[cell], duration, Draws::new(uniform, count, cell))
        });
        Ok(())
    }

    fn time_to_next_level(
        &self,
        cells: &Cells<'_>,
        voltage: &[f64],
        seconds: &mut [f64],
    ) -> Result<(), Fault> {
        let count = cells.count();
        let (voltage, seconds) = (&voltage[..count], &mut seconds[..count]);
        self.each_state(cells, |cell, model, state| {
            seconds[cell] = model.time_to_next_level(state, voltage[cell]);
        });
        Ok(())
    }

    fn read_noise(&self, cells: &Cells<'_>, voltage: &[f64], deviation: &mut [f64]) -> Result<(), Fault> {
        let count = cells.count();
        let (voltage, deviation) = (&voltage[..count], &mut deviation[..count]);
        self.each_state(cells, |cell, model, state| deviation[cell] = model.read_noise(state, voltage[cell]));
        Ok(())
    }
}

/// A conductance that a cell can have.
#[inline(always)]
fn at_least_zero(target: f64) -> f64 {
    if target > 0.0 { target } else { 0.0 }
}

/// One cell of a model, to be driven by hand: in the tests of models.
///
/// ```
/// use crosspike_device::OneCell;
/// # use crosspike_device::{CellModel, Description, Draws, Fault, Parameter, StateVariable, Values};
/// # #[derive(Clone, Copy)]
/// # struct Ramp;
/// # impl CellModel<1> for Ramp {
/// #     const DESCRIPTION: Description = Description {
/// #         name: c"ramp", version: c"0", text: c"", parameters: &[],
/// #         state: &[StateVariable::new(c"g", c"S", c"")], capabilities: 0, draws: (0, 0, 0), reference_voltage: 1.0,
/// #     };
/// #     fn create(_: &Values<'_>) -> Result<Ramp, Fault> { Ok(Ramp) }
/// #     fn range(&self) -> (f64, f64) { (0.0, 1.0) }
/// #     fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] { [target] }
/// #     fn conductance(&self, [g]: [f64; 1]) -> f64 { g }
/// #     fn advance(&self, [g]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] { [g + voltage * duration] }
/// # }
/// let mut cell = OneCell::new(Ramp, 0.5);
/// cell.advance(1.0, 0.25);
/// assert_eq!(cell.conductance(), 0.75);
/// assert_eq!(cell.current(2.0), (1.5, 0.75));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OneCell<M, const N: usize> {
    /// The equations.
    pub model: M,
    /// The state.
    pub state: [f64; N],
}

impl<M: CellModel<N>, const N: usize> OneCell<M, N> {
    /// A cell of this conductance, in siemens; all draws are 0.5.
    pub fn new(model: M, conductance: f64) -> OneCell<M, N> {
        OneCell { model, state: model.initial(conductance, MIDDLE) }
    }

    /// Its conductance, in siemens.
    pub fn conductance(&self) -> f64 {
        self.model.conductance(self.state)
    }

    /// Its current, in ampere, and the derivative by the voltage, in siemens.
    pub fn current(&self, voltage: f64) -> (f64, f64) {
        self.model.current(self.state, voltage)
    }

    /// Brings it forward; all draws are 0.5.
    pub fn advance(&mut self, voltage: f64, duration: f64) {
        self.state = self.model.advance(self.state, voltage, duration, MIDDLE);
    }

    /// Changes its conductance, in siemens; all draws are 0.5.
    pub fn increment(&mut self, change: f64) {
        self.state = self.model.increment(self.state, change, MIDDLE);
    }
}

/// As many draws as a model may declare, all in the middle.
const MIDDLE: Draws<'static> = Draws { uniform: &[0.5; 64], stride: 1, cell: 0 };
