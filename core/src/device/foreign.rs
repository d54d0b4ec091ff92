//! A foreign call leaves the processor's floating-point control as it was and brings a fault back as a value.

#![allow(unsafe_code)]

use std::ffi::CStr;

use crosspike_device::abi;

/// The functions of a model, none of which is NULL where the contract demands one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Functions {
    pub(super) create: abi::Create,
    pub(super) destroy: abi::Destroy,
    pub(super) range: abi::Range,
    pub(super) dead_zone: Option<abi::DeadZone>,
    pub(super) initial_state: abi::Change,
    pub(super) conductance: abi::Conductance,
    pub(super) current: abi::Current,
    pub(super) increment: abi::Change,
    pub(super) advance: abi::Advance,
    pub(super) time_to_next_level: Option<abi::AtVoltage>,
    pub(super) read_noise: Option<abi::AtVoltage>,
    pub(super) valid_voltage: Option<abi::Range>,
}

/// What a failed call left behind.
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) cell: Option<usize>,
    pub(super) parameter: Option<usize>,
}

/// Runs a foreign function that takes a fault.
pub(super) fn call(function: impl FnOnce(&mut abi::Fault) -> i32) -> Result<(), Failure> {
    watched_call(function).0
}

/// As [`call`]; also whether the function had changed the floating-point control.
pub(super) fn watched_call(function: impl FnOnce(&mut abi::Fault) -> i32) -> (Result<(), Failure>, bool) {
    let mut fault = abi::Fault::EMPTY;
    let (status, is_changed) = watched(|| function(&mut fault));
    (if status == abi::OK { Ok(()) } else { Err(failure(status, fault)) }, is_changed)
}

#[cold]
fn failure(status: i32, mut fault: abi::Fault) -> Failure {
    fault.message[fault.message.len() - 1] = 0;
    // SAFETY: the message lives until the end of this function and its last byte is NUL.
    let text = unsafe { CStr::from_ptr(fault.message.as_ptr()) }.to_string_lossy();
    let message = if text.is_empty() { format!("status {status} without a message") } else { text.into() };
    let index = |number: u64| (number != abi::NONE).then_some(number as usize);
    Failure { message, cell: index(fault.cell), parameter: index(fault.parameter) }
}

/// Runs foreign code; rounding mode, flush-to-zero and traps are afterwards what they were before.
pub(super) fn guarded<T>(foreign: impl FnOnce() -> T) -> T {
    watched(foreign).0
}

/// As [`guarded`]; also whether the foreign code had changed them.
pub(super) fn watched<T>(foreign: impl FnOnce() -> T) -> (T, bool) {
    let before = float_control::read();
    let result = foreign();
    let is_changed = float_control::read() != before;
    if is_changed {
        float_control::write(before);
    }
    (result, is_changed)
}

#[cfg(target_arch = "x86_64")]
mod float_control {
    use std::arch::asm;

    /// MXCSR without its six sticky exception flags.
    pub(super) fn read() -> u32 {
        let mut word = 0u32;
        // SAFETY: stores 4 bytes to `word`.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags)) };
        word & !0x3f
    }

    pub(super) fn write(word: u32) {
        // SAFETY: loads a word that `read` took from the register: no reserved bit is set.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags, readonly)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod float_control {
    use std::arch::asm;

    /// FPCR.
    pub(super) fn read() -> u64 {
        let word: u64;
        // SAFETY: reads a register.
        unsafe { asm!("mrs {}, fpcr", out(reg) word, options(nomem, nostack, preserves_flags)) };
        word
    }

    pub(super) fn write(word: u64) {
        // SAFETY: writes back what `read` gave.
        unsafe { asm!("msr fpcr, {}", in(reg) word, options(nomem, nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod float_control {
    pub(super) fn read() {}
    pub(super) fn write((): ()) {}
}
