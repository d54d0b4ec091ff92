//! A device handle computes on batches of cells through the functions of its plug-in and checks every answer.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crosspike_device::abi;

use super::error::{DeviceError, DeviceFault};
use super::foreign::{self, Failure, Functions};
use super::library::MOST_PARAMETERS;
use super::model::Model;
use super::parameters::{self, Resolved, Varying};

/// A batch of cells: variable k of cell i is `state[k * stride + i]`.
pub struct Cells<'a> {
    /// The state, owned by the caller; 64-byte aligned at the start of an array.
    pub state: &'a mut [f64],
    /// The distance of the variables of one cell, at least `count`.
    pub stride: usize,
    /// How many cells, a multiple of 8.
    pub count: usize,
    /// The parameters of which each cell has a value of its own.
    pub own: Columns<'a>,
}

impl<'a> Cells<'a> {
    /// These cells with parameters of their own.
    pub fn with(self, own: Columns<'a>) -> Cells<'a> {
        Cells { own, ..self }
    }
}

/// Parameters of which each cell of a batch has a value of its own: cell i has `values[k * stride + i]` of the parameter
/// `parameters[k]`. The default has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// Places among the parameters of the model, each of which varies.
    pub parameters: &'a [usize],
    /// The values in SI, each within the range of its parameter; 64-byte aligned at the start of an array.
    pub values: &'a [f64],
    /// The distance of the columns, at least as many as there are cells.
    pub stride: usize,
}

/// A model with values for its parameters. It never changes and may be used by many threads at once.
#[derive(Debug)]
pub struct Device {
    model: Arc<Model>,
    handle: Handle,
    range: (f64, f64),
    dead_zone: f64,
    valid_voltage: (f64, f64),
    resolved: Vec<(String, String)>,
    /// The value of each parameter that is a number, in SI.
    numbers: Vec<f64>,
    /// Whether a call has changed the floating-point control.
    spoils: AtomicBool,
}

#[derive(Debug)]
struct Handle {
    pointer: *mut c_void,
    destroy: abi::Destroy,
}

// SAFETY: the contract lets every function but `destroy` run on many threads at once, and `destroy` runs in `drop`,
// when no other reference is left.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the `create` beside this `destroy` and is not used again.
        foreign::guarded(|| unsafe { (self.destroy)(self.pointer) });
    }
}

impl Device {
    pub(super) fn create(model: Arc<Model>, resolved: &[Resolved]) -> Result<Device, DeviceError> {
        let refuse = |failure: Failure| DeviceError::Refused {
            parameter: failure.parameter.and_then(|k| resolved.get(k)).map(|resolved| resolved.name.clone()),
            model: model.name.clone(),
            file: model.file.clone(),
            reason: failure.message,
        };
        let own = |message: String| refuse(Failure { message, cell: None, parameter: None });
        let values: Vec<abi::Value> = resolved.iter().map(value).collect();
        let functions = model.functions;
        let mut pointer = ptr::null_mut();
        // SAFETY: one value per parameter of the table; lists live in `resolved`.
        foreign::call(|fault| unsafe { (functions.create)(values.as_ptr(), &mut pointer, fault) })
            .map_err(refuse)?;
        let handle = Handle { pointer, destroy: functions.destroy };

        let (mut g_min, mut g_max) = (f64::NAN, f64::NAN);
        // SAFETY: the handle is alive.
        foreign::call(|fault| unsafe { (functions.range)(pointer, &mut g_min, &mut g_max, fault) })
            .map_err(refuse)?;
        if !(0.0 <= g_min && g_min < g_max && g_max.is_finite()) {
            return Err(own(format!(
                "its range is {g_min:e} S to {g_max:e} S; expected 0 or more, ascending, finite"
            )));
        }
        let mut dead_zone = 0.0;
        if let Some(function) = functions.dead_zone {
            // SAFETY: the handle is alive.
            foreign::call(|fault| unsafe { function(pointer, &mut dead_zone, fault) }).map_err(refuse)?;
        }
        if !(0.0..f64::INFINITY).contains(&dead_zone) {
            return Err(own(format!("its dead zone is {dead_zone:e} S; expected 0 or more, finite")));
        }
        let (mut lowest, mut highest) = (f64::NEG_INFINITY, f64::INFINITY);
        if let Some(function) = functions.valid_voltage {
            // SAFETY: the handle is alive.
            foreign::call(|fault| unsafe { function(pointer, &mut lowest, &mut highest, fault) })
                .map_err(refuse)?;
        }
        if !(lowest <= 0.0 && 0.0 <= highest) {
            return Err(own(format!(
                "it is valid from {lowest:e} V to {highest:e} V; expected a range around 0 V"
            )));
        }
        let numbers = resolved.iter().map(|value| value.number).collect();
        let resolved = resolved.iter().map(|value| (value.name.clone(), value.text.clone())).collect();
        Ok(Device {
            model,
            handle,
            range: (g_min, g_max),
            dead_zone,
            valid_voltage: (lowest, highest),
            resolved,
            numbers,
            spoils: AtomicBool::new(false),
        })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The smallest and the largest conductance of a cell without parameters of its own, in siemens.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }

    /// Whether current is conductance x voltage at every voltage.
    pub fn is_linear(&self) -> bool {
        self.model.is_linear()
    }

    /// State variables per cell.
    pub fn state_count(&self) -> usize {
        self.model.state.len()
    }

    /// Random numbers per cell that [`Device::initial_state`] takes.
    pub fn initial_draws(&self) -> usize {
        self.model.initial_draws
    }

    /// Random numbers per cell that [`Device::increment`] takes.
    pub fn increment_draws(&self) -> usize {
        self.model.increment_draws
    }

    /// Random numbers per cell that [`Device::advance`] takes.
    pub fn advance_draws(&self) -> usize {
        self.model.advance_draws
    }

    /// The smallest size of an increment, in siemens, that can change some state; 0 where every size can.
    pub fn dead_zone(&self) -> f64 {
        self.dead_zone
    }

    /// The voltages between which the equations are known to hold, in volt; infinite where there is no limit.
    pub fn valid_voltage(&self) -> (f64, f64) {
        self.valid_voltage
    }

    /// Whether a call of the device has left the rounding mode, flush-to-zero or traps of the processor otherwise than they
    /// were; they were set right again.
    pub fn spoils_float_control(&self) -> bool {
        self.spoils.load(Ordering::Relaxed)
    }

    /// Every parameter of the model with its value as text, in the model's order.
    pub fn resolved(&self) -> &[(String, String)] {
        &self.resolved
    }

    /// The parameter `name`, if each cell may have a value of its own.
    ///
    /// # Errors
    ///
    /// Where the model has no such parameter, does not let it vary, or the device was made without it.
    pub fn varying(&self, name: &str) -> Result<Varying, DeviceError> {
        parameters::varying(&self.model, &self.numbers, name)
    }

    /// Writes the states whose conductances are nearest to `target`, in siemens. `uniform` holds draw d of cell i at
    /// `d * count + i`.
    ///
    /// # Errors
    ///
    /// Where the model fails.
    ///
    /// # Panics
    ///
    /// Here and below: where a slice is too short or the count is not a multiple of 8, an error of the caller.
    pub fn initial_state(
        &self,
        cells: Cells<'_>,
        target: &[f64],
        uniform: &[f64],
    ) -> Result<(), DeviceFault> {
        let call = Call { target: cells.count, uniform: cells.count * self.initial_draws() };
        call.check(target, uniform);
        self.run("initial_state", cells, |functions, handle, cells, fault| {
            // SAFETY: the lengths were checked, the handle is alive.
            unsafe { (functions.initial_state)(handle, cells, target.as_ptr(), uniform.as_ptr(), fault) }
        })
    }

    /// The conductances, in siemens: current / voltage at the model's reference voltage.
    ///
    /// # Errors
    ///
    /// Where the model fails, or a conductance is not a number or outside the model's range; with parameters of the cells'
    /// own, where it is not finite or below 0.
    pub fn conductance(&self, cells: Cells<'_>, out: &mut [f64]) -> Result<(), DeviceFault> {
        let out = &mut out[..cells.count];
        let all_alike = cells.own.parameters.is_empty();
        self.run("conductance", cells, |functions, handle, cells, fault| {
            // SAFETY: the lengths were checked, the handle is alive.
            unsafe { (functions.conductance)(handle, cells, out.as_mut_ptr(), fault) }
        })?;
        if !all_alike {
            return self.check("conductance", out, 0.0, f64::MAX, |g| {
                format!("conductance {g:e} S is not a finite number of 0 S or more")
            });
        }
        // The ends of a range may come from another rounding than the conductances.
        let tolerance = 1e-9 * self.range.1;
        let (low, high) = (self.range.0 - tolerance, self.range.1 + tolerance);
        self.check("conductance", out, low, high, |g| {
            let (low, high) = self.range;
            format!("conductance {g:e} S is outside the model's range, {low:e} S to {high:e} S")
        })
    }

    /// The currents, in ampere, at `voltage`, and their derivatives by the voltage, in siemens, where asked for.
    ///
    /// # Errors
    ///
    /// Where the model fails, or an answer is not finite.
    pub fn current(
        &self,
        cells: Cells<'_>,
        voltage: &[f64],
        current: &mut [f64],
        slope: Option<&mut [f64]>,
    ) -> Result<(), DeviceFault> {
        let count = cells.count;
        let (voltage, current) = (&voltage[..count], &mut current[..count]);
        let mut slope = slope.map(|slope| &mut slope[..count]);
        let slope_pointer = slope.as_mut().map_or(ptr::null_mut(), |slope| slope.as_mut_ptr());
        self.run("current", cells, |functions, handle, cells, fault| {
            let out = current.as_mut_ptr();
            // SAFETY: the lengths were checked, the handle is alive.
            unsafe { (functions.current)(handle, cells, voltage.as_ptr(), out, slope_pointer, fault) }
        })?;
        self.check("current", current, f64::MIN, f64::MAX, |i| format!("current {i:e} A is not finite"))?;
        match slope {
            Some(slope) => {
                self.check("current", slope, f64::MIN, f64::MAX, |g| format!("slope {g:e} S is not finite"))
            }
            None => Ok(()),
        }
    }

    /// Changes the conductances by `change`, in siemens, as far as the device can.
    ///
    /// # Errors
    ///
    /// Where the model fails.
    pub fn increment(&self, cells: Cells<'_>, change: &[f64], uniform: &[f64]) -> Result<(), DeviceFault> {
        let call = Call { target: cells.count, uniform: cells.count * self.increment_draws() };
        call.check(change, uniform);
        self.run("increment", cells, |functions, handle, cells, fault| {
            // SAFETY: the lengths were checked, the handle is alive.
            unsafe { (functions.increment)(handle, cells, change.as_ptr(), uniform.as_ptr(), fault) }
        })
    }

    /// Brings the states forward by `duration` seconds at the constant `voltage`.
    ///
    /// # Errors
    ///
    /// Where the model fails.
    pub fn advance(
        &self,
        cells: Cells<'_>,
        voltage: &[f64],
        duration: f64,
        uniform: &[f64],
    ) -> Result<(), DeviceFault> {
        let call = Call { target: cells.count, uniform: cells.count * self.advance_draws() };
        call.check(voltage, uniform);
        self.run("advance", cells, |functions, handle, cells, fault| {
            let (voltage, uniform) = (voltage.as_ptr(), uniform.as_ptr());
            // SAFETY: the lengths were checked, the handle is alive.
            unsafe { (functions.advance)(handle, cells, voltage, duration, uniform, fault) }
        })
    }

    /// The seconds until each conductance next takes another level at the constant `voltage`; infinity for never.
    ///
    /// # Errors
    ///
    /// Where the model fails, or a time is not a number or below 0.
    pub fn time_to_next_level(
        &self,
        cells: Cells<'_>,
        voltage: &[f64],
        seconds: &mut [f64],
    ) -> Result<(), DeviceFault> {
        let Some(function) = self.model.functions.time_to_next_level else {
            seconds[..cells.count].fill(f64::INFINITY);
            return Ok(());
        };
        self.at_voltage(("time_to_next_level", function), cells, voltage, seconds, f64::INFINITY, |time| {
            format!("time {time:e} s is not 0 s or more")
        })
    }

    /// The standard deviations of the currents at `voltage` from read to read, in ampere.
    ///
    /// # Errors
    ///
    /// Where the model fails, or a deviation is not a finite number of 0 or more.
    pub fn read_noise(
        &self,
        cells: Cells<'_>,
        voltage: &[f64],
        deviation: &mut [f64],
    ) -> Result<(), DeviceFault> {
        let Some(function) = self.model.functions.read_noise else {
            deviation[..cells.count].fill(0.0);
            return Ok(());
        };
        self.at_voltage(("read_noise", function), cells, voltage, deviation, f64::MAX, |sigma| {
            format!("deviation {sigma:e} A is not a finite number of 0 A or more")
        })
    }

    /// Fills `out` by a function of cells and voltages; every number lies from 0 to `most`.
    fn at_voltage(
        &self,
        (call, function): (&'static str, abi::AtVoltage),
        cells: Cells<'_>,
        voltage: &[f64],
        out: &mut [f64],
        most: f64,
        text: impl Fn(f64) -> String,
    ) -> Result<(), DeviceFault> {
        let (voltage, out) = (&voltage[..cells.count], &mut out[..cells.count]);
        self.run(call, cells, |_, handle, cells, fault| {
            // SAFETY: the lengths were checked, the handle is alive, and the function is of its model.
            unsafe { function(handle, cells, voltage.as_ptr(), out.as_mut_ptr(), fault) }
        })?;
        self.check(call, out, 0.0, most, text)
    }

    fn run(
        &self,
        call: &'static str,
        cells: Cells<'_>,
        function: impl FnOnce(&Functions, *const c_void, &abi::Cells, &mut abi::Fault) -> i32,
    ) -> Result<(), DeviceFault> {
        let Cells { state, stride, count, own } = cells;
        let needed = (self.state_count() - 1) * stride + count;
        assert!(count.is_multiple_of(8), "{count} cells are not whole groups of 8");
        assert!(stride >= count && state.len() >= needed, "the cells have too little state");
        debug_assert!(state.as_ptr().addr().is_multiple_of(64), "state is not aligned to 64 bytes");
        let mut table;
        let parameters = if own.parameters.is_empty() {
            ptr::null()
        } else {
            table = [ptr::null(); MOST_PARAMETERS as usize];
            self.fill(&mut table, own, count);
            table.as_ptr()
        };
        let batch =
            abi::Cells { count: count as u64, stride: stride as u64, state: state.as_mut_ptr(), parameters };
        let handle = self.handle.pointer;
        let (outcome, is_changed) =
            foreign::watched_call(|fault| function(&self.model.functions, handle, &batch, fault));
        if is_changed {
            self.spoils.store(true, Ordering::Relaxed);
        }
        outcome.map_err(|failure| self.fault(call, failure.cell, failure.message))
    }

    /// Points to the columns of the parameters that cells have of their own.
    fn fill(&self, table: &mut [*const f64], own: Columns<'_>, count: usize) {
        for (k, &parameter) in own.parameters.iter().enumerate() {
            assert!(self.model.parameters[parameter].varies, "parameter {parameter} does not vary");
            assert!(count <= own.stride, "a stride of {} for {count} cells", own.stride);
            table[parameter] = own.values[k * own.stride..][..count].as_ptr();
        }
    }

    /// Every number lies from `low` to `high`; NaN does not.
    fn check(
        &self,
        call: &'static str,
        numbers: &[f64],
        low: f64,
        high: f64,
        text: impl Fn(f64) -> String,
    ) -> Result<(), DeviceFault> {
        let good = |number: f64| (number >= low) & (number <= high);
        // Without a branch per cell, so that it vectorises; the culprit is sought only where there is one.
        if numbers.iter().fold(true, |all, &number| all & good(number)) {
            return Ok(());
        }
        let cell = numbers.iter().position(|&number| !good(number));
        Err(self.fault(call, cell, text(cell.map_or(f64::NAN, |cell| numbers[cell]))))
    }

    #[cold]
    fn fault(&self, call: &'static str, cell: Option<usize>, message: String) -> DeviceFault {
        DeviceFault { model: self.model.name.clone(), file: self.model.file.clone(), call, cell, message }
    }
}

/// How many numbers a call reads.
struct Call {
    target: usize,
    uniform: usize,
}

impl Call {
    fn check(&self, target: &[f64], uniform: &[f64]) {
        assert!(target.len() >= self.target, "{} numbers for {} cells", target.len(), self.target);
        assert!(uniform.len() >= self.uniform, "{} random numbers of {}", uniform.len(), self.uniform);
    }
}

fn value(resolved: &Resolved) -> abi::Value {
    abi::Value {
        number: resolved.number,
        list: resolved.list.as_ptr(),
        list_count: resolved.list.len() as u64,
    }
}
