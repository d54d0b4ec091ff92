//! Exporting wraps a `Device` into C functions: pointers are checked, panics and errors become faults.

#![allow(unsafe_code)]

use std::any::Any;
use std::ffi::{c_char, c_void};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{ptr, slice};

use crate::abi;
use crate::cells::Cells;
use crate::device::{Device, Fault, Handle, Values};

/// Exports device models: makes the one symbol of a plug-in, once per library. The example of the crate uses it.
#[macro_export]
macro_rules! export_models {
    ($($device:ty),+ $(,)?) => {
        static CROSSPIKE_MODELS: $crate::abi::Table<&[$crate::abi::Model]> =
            $crate::abi::Table(&[$($crate::model::<$device>()),+]);
        static CROSSPIKE_LIBRARY: $crate::abi::Table<$crate::abi::Library> =
            $crate::abi::Table($crate::library(CROSSPIKE_MODELS.0));

        /// The models of this library.
        #[unsafe(no_mangle)]
        #[allow(unsafe_code)]
        pub extern "C" fn crosspike_device_library() -> *const $crate::abi::Library {
            &raw const CROSSPIKE_LIBRARY.0
        }
    };
}

/// The table of a library that holds `models`.
pub const fn library(models: &'static [abi::Model]) -> abi::Library {
    abi::Library {
        abi_major: abi::ABI_MAJOR,
        abi_minor: abi::ABI_MINOR,
        struct_size: mem::size_of::<abi::Library>() as u64,
        model_count: models.len() as u64,
        model_stride: mem::size_of::<abi::Model>() as u64,
        models: models.as_ptr(),
    }
}

/// The table of the model `D`.
pub const fn model<D: Device>() -> abi::Model {
    let description = const { &D::DESCRIPTION };
    abi::Model {
        struct_size: mem::size_of::<abi::Model>() as u64,
        name: description.name.as_ptr(),
        version: description.version.as_ptr(),
        text: description.text.as_ptr(),
        parameter_count: description.parameters.len() as u64,
        parameter_stride: mem::size_of::<abi::Parameter>() as u64,
        parameters: description.parameters.as_ptr().cast(),
        state_count: description.state.len() as u64,
        state_stride: mem::size_of::<abi::StateVariable>() as u64,
        state: description.state.as_ptr().cast(),
        capabilities: description.capabilities,
        initial_draws: description.draws.0,
        increment_draws: description.draws.1,
        advance_draws: description.draws.2,
        reserved: 0,
        reference_voltage: description.reference_voltage,
        create: Some(create::<D>),
        destroy: Some(destroy::<D>),
        range: Some(range::<D>),
        dead_zone: Some(dead_zone::<D>),
        initial_state: Some(initial_state::<D>),
        conductance: Some(conductance::<D>),
        current: Some(current::<D>),
        increment: Some(increment::<D>),
        advance: Some(advance::<D>),
        time_to_next_level: Some(time_to_next_level::<D>),
        read_noise: Some(read_noise::<D>),
        valid_voltage: Some(valid_voltage::<D>),
    }
}

/// What the pointers of a call stand for once they are checked.
struct Call<'a, D> {
    device: &'a D,
    cells: Cells<'a>,
    count: usize,
}

impl<'a, D: Device> Call<'a, D> {
    /// # Safety
    ///
    /// The pointers are NULL or as the header promises.
    unsafe fn new(handle: *const c_void, cells: *const abi::Cells) -> Result<Self, Fault> {
        // SAFETY: by the caller's promise; the handle came from `create::<D>`.
        let (device, cells) = unsafe { (handle.cast::<D>().as_ref(), cells.as_ref()) };
        let device = device.ok_or_else(|| null("handle"))?;
        let cells = cells.filter(|cells| !cells.state.is_null()).ok_or_else(|| null("cells"))?;
        // SAFETY: by the caller's promise.
        let batch =
            unsafe { Cells::from_abi(cells, D::DESCRIPTION.state.len(), D::DESCRIPTION.parameters.len()) };
        Ok(Call { device, cells: batch, count: cells.count as usize })
    }

    /// # Safety
    ///
    /// `numbers` is NULL or points to `draws` x count numbers; NULL is an error unless there are none.
    unsafe fn input(&self, name: &str, numbers: *const f64, draws: u32) -> Result<&'a [f64], Fault> {
        match self.count * draws as usize {
            0 => Ok(&[]),
            _ if numbers.is_null() => Err(null(name)),
            // SAFETY: by the caller's promise; the slice is used within the call only.
            length => Ok(unsafe { slice::from_raw_parts(numbers, length) }),
        }
    }

    /// # Safety
    ///
    /// `numbers` is NULL or points to count numbers that are nobody else's.
    unsafe fn output(&self, name: &str, numbers: *mut f64) -> Result<&'a mut [f64], Fault> {
        if numbers.is_null() {
            return Err(null(name));
        }
        // SAFETY: by the caller's promise; the slice is used within the call only.
        Ok(unsafe { slice::from_raw_parts_mut(numbers, self.count) })
    }
}

fn null(name: &str) -> Fault {
    Fault::new(format!("`{name}` is NULL"))
}

/// Runs `body`; what it returns or panics with becomes a status and a fault.
fn guard(fault: *mut abi::Fault, body: impl FnOnce() -> Result<(), Fault>) -> i32 {
    let (status, found) = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return abi::OK,
        Ok(Err(found)) => (abi::FAILED, found),
        Err(payload) => (abi::PANICKED, Fault::new(format!("panicked: {}", panic_text(&*payload)))),
    };
    // SAFETY: the header promises a fault that only this call writes to; NULL is passed over.
    if let Some(fault) = unsafe { fault.as_mut() } {
        write_fault(&found, fault);
    }
    status
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

fn write_fault(found: &Fault, fault: &mut abi::Fault) {
    let mut end = found.message.len().min(fault.message.len() - 1);
    while !found.message.is_char_boundary(end) {
        end -= 1;
    }
    fault.message.fill(0);
    for (slot, byte) in fault.message.iter_mut().zip(&found.message.as_bytes()[..end]) {
        *slot = *byte as c_char;
    }
    fault.cell = found.cell.map_or(abi::NONE, |cell| cell as u64);
    fault.parameter = found.parameter.map_or(abi::NONE, |parameter| parameter as u64);
}

// SAFETY of every function below: the program passes pointers as the header promises; NULL is an error, not undefined.

unsafe extern "C" fn create<D: Device>(
    values: *const abi::Value,
    handle: *mut Handle,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || {
        let count = D::DESCRIPTION.parameters.len();
        if handle.is_null() || (values.is_null() && count > 0) {
            return Err(null("values"));
        }
        let values = if count == 0 { &[] } else { unsafe { slice::from_raw_parts(values, count) } };
        let device = Box::new(D::create(&Values(values))?);
        unsafe { ptr::write(handle, Box::into_raw(device).cast()) };
        Ok(())
    })
}

unsafe extern "C" fn destroy<D: Device>(handle: Handle) {
    guard(ptr::null_mut(), || {
        if !handle.is_null() {
            drop(unsafe { Box::from_raw(handle.cast::<D>()) });
        }
        Ok(())
    });
}

unsafe extern "C" fn range<D: Device>(
    handle: *const c_void,
    g_min: *mut f64,
    g_max: *mut f64,
    fault: *mut abi::Fault,
) -> i32 {
    unsafe { pair(handle, [g_min, g_max], fault, D::range) }
}

unsafe extern "C" fn valid_voltage<D: Device>(
    handle: *const c_void,
    lowest: *mut f64,
    highest: *mut f64,
    fault: *mut abi::Fault,
) -> i32 {
    unsafe { pair(handle, [lowest, highest], fault, D::valid_voltage) }
}

/// Writes the two numbers that the device answers with.
unsafe fn pair<D: Device>(
    handle: *const c_void,
    [low, high]: [*mut f64; 2],
    fault: *mut abi::Fault,
    answer: impl Fn(&D) -> (f64, f64),
) -> i32 {
    guard(fault, || {
        let device = unsafe { handle.cast::<D>().as_ref() }.ok_or_else(|| null("handle"))?;
        let (Some(low), Some(high)) = (unsafe { low.as_mut() }, unsafe { high.as_mut() }) else {
            return Err(null("an end of the range"));
        };
        (*low, *high) = answer(device);
        Ok(())
    })
}

unsafe extern "C" fn dead_zone<D: Device>(
    handle: *const c_void,
    smallest: *mut f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || {
        let device = unsafe { handle.cast::<D>().as_ref() }.ok_or_else(|| null("handle"))?;
        let smallest = unsafe { smallest.as_mut() }.ok_or_else(|| null("smallest"))?;
        *smallest = device.dead_zone();
        Ok(())
    })
}

unsafe extern "C" fn initial_state<D: Device>(
    handle: *const c_void,
    cells: *const abi::Cells,
    target: *const f64,
    uniform: *const f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || unsafe {
        let mut call = Call::<D>::new(handle, cells)?;
        let target = call.input("target", target, 1)?;
        let uniform = call.input("uniform", uniform, D::DESCRIPTION.draws.0)?;
        call.device.initial_state(&mut call.cells, target, uniform)
    })
}

unsafe extern "C" fn conductance<D: Device>(
    handle: *const c_void,
    cells: *const abi::Cells,
    conductance: *mut f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || unsafe {
        let call = Call::<D>::new(handle, cells)?;
        call.device.conductance(&call.cells, call.output("conductance", conductance)?)
    })
}

unsafe extern "C" fn current<D: Device>(
    handle: *const c_void,
    cells: *const abi::Cells,
    voltage: *const f64,
    current: *mut f64,
    slope: *mut f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || unsafe {
        let call = Call::<D>::new(handle, cells)?;
        let voltage = call.input("voltage", voltage, 1)?;
        let slope = if slope.is_null() { None } else { Some(call.output("slope", slope)?) };
        call.device.current(&call.cells, voltage, call.output("current", current)?, slope)
    })
}

unsafe extern "C" fn increment<D: Device>(
    handle: *const c_void,
    cells: *const abi::Cells,
    change: *const f64,
    uniform: *const f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || unsafe {
        let mut call = Call::<D>::new(handle, cells)?;
        let change = call.input("change", change, 1)?;
        let uniform = call.input("uniform", uniform, D::DESCRIPTION.draws.1)?;
        call.device.increment(&mut call.cells, change, uniform)
    })
}

unsafe extern "C" fn advance<D: Device>(
    handle: *const c_void,
    cells: *const abi::Cells,
    voltage: *const f64,
    duration: f64,
    uniform: *const f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || unsafe {
        let mut call = Call::<D>::new(handle, cells)?;
        let voltage = call.input("voltage", voltage, 1)?;
        let uniform = call.input("uniform", uniform, D::DESCRIPTION.draws.2)?;
        call.device.advance(&mut call.cells, voltage, duration, uniform)
    })
}

unsafe extern "C" fn time_to_next_level<D: Device>(
    handle: *const c_void,
    cells: *const abi::Cells,
    voltage: *const f64,
    seconds: *mut f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || unsafe {
        let call = Call::<D>::new(handle, cells)?;
        let voltage = call.input("voltage", voltage, 1)?;
        call.device.time_to_next_level(&call.cells, voltage, call.output("seconds", seconds)?)
    })
}

unsafe extern "C" fn read_noise<D: Device>(
    handle: *const c_void,
    cells: *const abi::Cells,
    voltage: *const f64,
    deviation: *mut f64,
    fault: *mut abi::Fault,
) -> i32 {
    guard(fault, || unsafe {
        let call = Call::<D>::new(handle, cells)?;
        let voltage = call.input("voltage", voltage, 1)?;
        call.device.read_noise(&call.cells, voltage, call.output("deviation", deviation)?)
    })
}
