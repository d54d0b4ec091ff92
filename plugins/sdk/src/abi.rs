//! The mirror of `include/crosspike_device.h`, which is the contract and explains every member.

#![allow(missing_docs)]

use std::ffi::{c_char, c_void};
use std::mem::offset_of;

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 0;

pub const OK: i32 = 0;
pub const FAILED: i32 = 1;
pub const PANICKED: i32 = 2;

pub const NONE: u64 = u64::MAX;

pub const NUMBER: u32 = 0;
pub const CHOICE: u32 = 1;
pub const LIST: u32 = 2;

pub const REQUIRED: u32 = 1;
pub const INTEGER: u32 = 2;
pub const VARIES: u32 = 4;

pub const LINEAR: u64 = 1;
pub const ODD: u64 = 2;
pub const MONOTONE: u64 = 4;
pub const HAS_LEVELS: u64 = 8;
pub const STOCHASTIC: u64 = 16;
pub const VOLATILE: u64 = 32;
pub const NOISY: u64 = 64;
pub const PULSED: u64 = 128;

/// The exported symbol.
pub const SYMBOL: &str = "crosspike_device_library";

/// The type of the exported symbol.
pub type Entry = unsafe extern "C" fn() -> *const Library;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Fault {
    pub message: [c_char; 256],
    pub cell: u64,
    pub parameter: u64,
}

impl Fault {
    /// A fault that says nothing, as a call receives it.
    pub const EMPTY: Fault = Fault { message: [0; 256], cell: NONE, parameter: NONE };
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Parameter {
    pub name: *const c_char,
    pub unit: *const c_char,
    pub text: *const c_char,
    pub kind: u32,
    pub flags: u32,
    pub default_value: f64,
    pub min: f64,
    pub max: f64,
    pub choices: *const *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value {
    pub number: f64,
    pub list: *const f64,
    pub list_count: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct StateVariable {
    pub name: *const c_char,
    pub unit: *const c_char,
    pub text: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Cells {
    pub count: u64,
    pub stride: u64,
    pub state: *mut f64,
    pub parameters: *const *const f64,
}

pub type Create = unsafe extern "C" fn(*const Value, *mut *mut c_void, *mut Fault) -> i32;
pub type Destroy = unsafe extern "C" fn(*mut c_void);
/// `range` with conductances, or `valid_voltage` with voltages.
pub type Range = unsafe extern "C" fn(*const c_void, *mut f64, *mut f64, *mut Fault) -> i32;
pub type DeadZone = unsafe extern "C" fn(*const c_void, *mut f64, *mut Fault) -> i32;
/// `initial_state` with targets, or `increment` with changes.
pub type Change =
    unsafe extern "C" fn(*const c_void, *const Cells, *const f64, *const f64, *mut Fault) -> i32;
pub type Conductance = unsafe extern "C" fn(*const c_void, *const Cells, *mut f64, *mut Fault) -> i32;
pub type Current =
    unsafe extern "C" fn(*const c_void, *const Cells, *const f64, *mut f64, *mut f64, *mut Fault) -> i32;
pub type Advance =
    unsafe extern "C" fn(*const c_void, *const Cells, *const f64, f64, *const f64, *mut Fault) -> i32;
/// `time_to_next_level` with seconds, or `read_noise` with deviations.
pub type AtVoltage =
    unsafe extern "C" fn(*const c_void, *const Cells, *const f64, *mut f64, *mut Fault) -> i32;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Model {
    pub struct_size: u64,
    pub name: *const c_char,
    pub version: *const c_char,
    pub text: *const c_char,
    pub parameter_count: u64,
    pub parameter_stride: u64,
    pub parameters: *const Parameter,
    pub state_count: u64,
    pub state_stride: u64,
    pub state: *const StateVariable,
    pub capabilities: u64,
    pub initial_draws: u32,
    pub increment_draws: u32,
    pub advance_draws: u32,
    pub reserved: u32,
    pub reference_voltage: f64,
    pub create: Option<Create>,
    pub destroy: Option<Destroy>,
    pub range: Option<Range>,
    pub dead_zone: Option<DeadZone>,
    pub initial_state: Option<Change>,
    pub conductance: Option<Conductance>,
    pub current: Option<Current>,
    pub increment: Option<Change>,
    pub advance: Option<Advance>,
    pub time_to_next_level: Option<AtVoltage>,
    pub read_noise: Option<AtVoltage>,
    pub valid_voltage: Option<Range>,
}

impl Model {
    /// The bytes of a table of version 0.1 or 0.2, the smallest that there is.
    pub const FIRST_SIZE: usize = offset_of!(Model, read_noise);
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Library {
    pub abi_major: u32,
    pub abi_minor: u32,
    pub struct_size: u64,
    pub model_count: u64,
    pub model_stride: u64,
    pub models: *const Model,
}

/// A table in constant memory.
///
/// The tables hold pointers, which Rust does not let a `static` share between threads by itself.
#[repr(transparent)]
pub struct Table<T>(pub T);

// SAFETY: a table is never written to after the compiler made it, and points only to such tables and to literals.
#[allow(unsafe_code)]
unsafe impl<T> Sync for Table<T> {}
