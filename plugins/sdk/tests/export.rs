//! What a Rust model does wrong becomes a status and a message; nothing unwinds into the program.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::ptr;

use crosspike_device::{Cells, Description, Device, Fault, StateVariable, Values, abi, model};

struct Clumsy;

impl Device for Clumsy {
    const DESCRIPTION: Description = Description {
        name: c"clumsy",
        version: c"0.1.0",
        text: c"a cell that fails in every way",
        parameters: &[],
        state: &[StateVariable::new(c"g", c"S", c"conductance")],
        capabilities: 0,
        draws: (0, 1, 0),
        reference_voltage: 1.0,
    };

    fn create(_: &Values<'_>) -> Result<Clumsy, Fault> {
        Ok(Clumsy)
    }

    fn range(&self) -> (f64, f64) {
        panic!("no range today")
    }

    fn initial_state(&self, _: &mut Cells<'_>, _: &[f64], _: &[f64]) -> Result<(), Fault> {
        Err(Fault::new("µ".repeat(200)).of_cell(3))
    }

    fn conductance(&self, cells: &Cells<'_>, _: &mut [f64]) -> Result<(), Fault> {
        cells.variable(9);
        Ok(())
    }

    fn increment(&self, _: &mut Cells<'_>, _: &[f64], _: &[f64]) -> Result<(), Fault> {
        Ok(())
    }
}

const MODEL: abi::Model = model::<Clumsy>();

/// Status, message and cell of a call on eight cells.
fn call(
    function: impl FnOnce(*mut std::ffi::c_void, &abi::Cells, *mut abi::Fault) -> i32,
) -> (i32, String, u64) {
    let mut fault = abi::Fault::EMPTY;
    let mut handle = ptr::null_mut();
    // SAFETY: the model has no parameters, so it reads no values.
    assert_eq!(unsafe { MODEL.create.unwrap()(ptr::null(), &mut handle, &mut fault) }, abi::OK);
    let mut state = [0.0; 8];
    let cells = abi::Cells { count: 8, stride: 8, state: state.as_mut_ptr(), parameters: ptr::null() };
    let status = function(handle, &cells, &mut fault);
    // SAFETY: the handle came from `create`; the message ends with NUL.
    let message = unsafe {
        MODEL.destroy.unwrap()(handle);
        CStr::from_ptr(fault.message.as_ptr())
    };
    (status, message.to_str().unwrap().into(), fault.cell)
}

#[test]
fn a_panic_becomes_a_status_with_its_message() {
    let (mut low, mut high) = (0.0, 0.0);
    // SAFETY: all pointers are valid.
    let outcome =
        call(|handle, _, fault| unsafe { MODEL.range.unwrap()(handle, &mut low, &mut high, fault) });
    assert_eq!(outcome, (abi::PANICKED, "panicked: no range today".into(), abi::NONE));
}

#[test]
fn a_state_variable_that_does_not_exist_is_a_fault() {
    let mut out = [0.0; 8];
    // SAFETY: all pointers are valid.
    let outcome = call(|handle, cells, fault| unsafe {
        MODEL.conductance.unwrap()(handle, cells, out.as_mut_ptr(), fault)
    });
    assert_eq!(outcome, (abi::PANICKED, "panicked: the model has no state variable 9".into(), abi::NONE));
}

#[test]
fn a_long_message_is_cut_between_letters() {
    let zeros = [0.0; 8];
    // SAFETY: all pointers are valid; the model takes no initial draws.
    let outcome = call(|handle, cells, fault| unsafe {
        MODEL.initial_state.unwrap()(handle, cells, zeros.as_ptr(), ptr::null(), fault)
    });
    assert_eq!(outcome, (abi::FAILED, "µ".repeat(127), 3));
}

#[test]
fn null_pointers_are_faults() {
    let zeros = [0.0; 8];
    // SAFETY: NULL is what is tested.
    let outcome = call(|handle, cells, fault| unsafe {
        MODEL.increment.unwrap()(handle, cells, zeros.as_ptr(), ptr::null(), fault)
    });
    assert_eq!(outcome, (abi::FAILED, "`uniform` is NULL".into(), abi::NONE));
}
