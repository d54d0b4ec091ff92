//! A plug-in is opened once and for good; its tables are copied and checked before anything else is called.

#![allow(unsafe_code)]

use std::error::Error;
use std::ffi::{CStr, c_char};
use std::fmt::Write;
use std::fs;
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::path::Path;
use std::ptr;
use std::sync::Arc;

use crosspike_device::abi;
use sha2::{Digest, Sha256};

use super::error::DeviceError;
use super::foreign::{self, Functions};
use super::model::{Kind, Model, Parameter, StateVariable};

const MOST_MODELS: u64 = 256;
pub(super) const MOST_PARAMETERS: u64 = 256;
const MOST_VARIABLES: u64 = 64;
const MOST_CHOICES: usize = 256;
const MOST_DRAWS: u32 = 64;
const LONGEST_TEXT: usize = 4096;

/// The models of the plug-in in `file`.
pub(super) fn open(file: &Path) -> Result<Vec<Arc<Model>>, DeviceError> {
    let wrong = |reason: String| DeviceError::File { file: file.into(), reason };
    let bytes = fs::read(file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let sha256 = hexadecimal(&Sha256::digest(&bytes));
    drop(bytes);
    let pointer = foreign::guarded(|| entry(file)).map_err(&wrong)?;
    let library = library(pointer).map_err(&wrong)?;
    let model = |index: u64| {
        let wrong = |(name, reason)| DeviceError::Table { model: name, file: file.into(), reason };
        // SAFETY: the library declares `model_count` models, `model_stride` bytes apart.
        let pointer = unsafe { library.models.byte_add((index * library.model_stride) as usize) };
        let mut model = model(pointer, index, library.model_stride).map_err(wrong)?;
        (model.file, model.sha256) = (file.into(), sha256.clone());
        Ok(Arc::new(model))
    };
    (0..library.model_count).map(model).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Opens the library for good and asks it for its table.
fn entry(file: &Path) -> Result<*const abi::Library, String> {
    #[cfg(unix)]
    // SAFETY: opening runs the library's constructors; that is what the user put the file there for. Now: a missing
    // symbol is an error here, not a crash later. Local: plug-ins do not see each other's symbols.
    let opened = unsafe {
        use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
        Library::open(Some(file), RTLD_NOW | RTLD_LOCAL).map(libloading::Library::from)
    };
    #[cfg(not(unix))]
    // SAFETY: as above.
    let opened = unsafe { libloading::Library::new(file) };
    let library = ManuallyDrop::new(opened.map_err(|error| {
        // The system's own words, which name a missing symbol, stand in the source.
        let words = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        format!("cannot be opened: {words}")
    })?);
    // SAFETY: the symbol has this type in every plug-in; another library of this name has broken the contract.
    let symbol = unsafe { library.get::<abi::Entry>(abi::SYMBOL.as_bytes()) };
    let symbol = symbol.map_err(|_| format!("does not export `{}`; is it a device model?", abi::SYMBOL))?;
    // SAFETY: as above.
    let pointer = unsafe { symbol() };
    if pointer.is_null() { Err(format!("`{}` returned NULL", abi::SYMBOL)) } else { Ok(pointer) }
}

fn library(pointer: *const abi::Library) -> Result<abi::Library, String> {
    // SAFETY: versions and size stand first in every version of the table.
    let (major, minor, size) =
        unsafe { ((*pointer).abi_major, (*pointer).abi_minor, (&raw const (*pointer).struct_size).read()) };
    if !speaks(major, minor) {
        let ours = (abi::ABI_MAJOR, abi::ABI_MINOR);
        let advice =
            if major == abi::ABI_MAJOR { "use a newer program, or rebuild it" } else { "rebuild it" };
        return Err(format!(
            "was built for device ABI {major}.{minor}, this program speaks {}.{}; {advice}",
            ours.0, ours.1
        ));
    }
    let needed = mem::size_of::<abi::Library>() as u64;
    if size < needed {
        return Err(format!("its library table has {size} bytes; expected at least {needed}"));
    }
    // SAFETY: the table has at least the bytes that are copied.
    let table = unsafe { copy(pointer, size) };
    if table.model_count == 0 || table.model_count > MOST_MODELS {
        return Err(format!("declares {} models; expected 1 to {MOST_MODELS}", table.model_count));
    }
    check_array("models", table.models.cast(), table.model_stride, abi::Model::FIRST_SIZE)?;
    Ok(table)
}

/// Whether libraries of this version load: the program's own and older ones, and those of the drafts 0.1 and 0.2, whose
/// tables are the beginning of the first ones.
fn speaks(major: u32, minor: u32) -> bool {
    match major {
        abi::ABI_MAJOR => (0..=abi::ABI_MINOR).contains(&minor),
        0 => (1..=2).contains(&minor),
        _ => false,
    }
}

/// Copies the smaller of `size` and the size of T; the rest is zero.
///
/// # Safety
///
/// `pointer` has `size` bytes, and T is valid where its tail is zero.
unsafe fn copy<T: Copy>(pointer: *const T, size: u64) -> T {
    let mut table = MaybeUninit::<T>::zeroed();
    let length = mem::size_of::<T>().min(size as usize);
    // SAFETY: by the caller's promise.
    unsafe {
        ptr::copy_nonoverlapping(pointer.cast::<u8>(), table.as_mut_ptr().cast::<u8>(), length);
        table.assume_init()
    }
}

fn check_array(name: &str, pointer: *const u8, stride: u64, needed: usize) -> Result<(), String> {
    if pointer.is_null() {
        return Err(format!("its `{name}` are NULL"));
    }
    if stride < needed as u64 || stride > 65536 || !stride.is_multiple_of(8) {
        return Err(format!("the stride of its `{name}` is {stride}; expected at least {needed} bytes"));
    }
    Ok(())
}

/// A checked copy of a model's table, or its name and what is wrong.
fn model(pointer: *const abi::Model, index: u64, stride: u64) -> Result<Model, (String, String)> {
    let number = || format!("number {index}");
    let needed = abi::Model::FIRST_SIZE as u64;
    // SAFETY: the size stands first in every version of the table.
    let size = unsafe { (&raw const (*pointer).struct_size).read() };
    if size < needed || size > stride {
        return Err((number(), format!("its table has {size} bytes; expected {needed} to {stride}")));
    }
    // SAFETY: the table has at least the bytes that are copied.
    let table = unsafe { copy(pointer, size) };
    let name = text("name", table.name).map_err(|reason| (number(), reason))?;
    if !is_name(&name) {
        let reason = "its name is not made of lowercase letters, digits, '-' and '_'";
        return Err((number(), reason.into()));
    }
    checked(&table, &name).map_err(|reason| (name, reason))
}

fn checked(table: &abi::Model, name: &str) -> Result<Model, String> {
    for (what, draws) in [
        ("initial", table.initial_draws),
        ("increment", table.increment_draws),
        ("advance", table.advance_draws),
    ] {
        if draws > MOST_DRAWS {
            return Err(format!("declares {draws} {what} draws per cell; expected at most {MOST_DRAWS}"));
        }
    }
    if !table.reference_voltage.is_finite() {
        return Err(format!(
            "its reference voltage is {}; expected a finite number",
            table.reference_voltage
        ));
    }
    Ok(Model {
        name: name.into(),
        version: text("version", table.version)?,
        text: text("text", table.text)?,
        file: Default::default(),
        sha256: String::new(),
        parameters: parameters(table)?,
        state: state(table)?,
        capabilities: table.capabilities,
        initial_draws: table.initial_draws as usize,
        increment_draws: table.increment_draws as usize,
        advance_draws: table.advance_draws as usize,
        reference_voltage: table.reference_voltage,
        functions: functions(table)?,
    })
}

fn functions(table: &abi::Model) -> Result<Functions, String> {
    fn needed<T>(name: &str, function: Option<T>) -> Result<T, String> {
        function.ok_or_else(|| format!("its function `{name}` is NULL; expected one"))
    }
    Ok(Functions {
        create: needed("create", table.create)?,
        destroy: needed("destroy", table.destroy)?,
        range: needed("range", table.range)?,
        dead_zone: table.dead_zone,
        initial_state: needed("initial_state", table.initial_state)?,
        conductance: needed("conductance", table.conductance)?,
        current: needed("current", table.current)?,
        increment: needed("increment", table.increment)?,
        advance: needed("advance", table.advance)?,
        time_to_next_level: table.time_to_next_level,
        read_noise: if table.capabilities & abi::NOISY == 0 {
            None
        } else {
            Some(needed("read_noise", table.read_noise)?)
        },
        valid_voltage: table.valid_voltage,
    })
}

fn parameters(table: &abi::Model) -> Result<Vec<Parameter>, String> {
    let (count, stride) = (table.parameter_count, table.parameter_stride);
    if count == 0 {
        return Ok(Vec::new());
    }
    if count > MOST_PARAMETERS {
        return Err(format!("declares {count} parameters; expected at most {MOST_PARAMETERS}"));
    }
    check_array("parameters", table.parameters.cast(), stride, mem::size_of::<abi::Parameter>())?;
    let parameter = |index: u64| {
        // SAFETY: the model declares `count` parameters, `stride` bytes apart.
        let entry = unsafe { copy(table.parameters.byte_add((index * stride) as usize), stride) };
        parameter(&entry).map_err(|reason| format!("parameter {index}: {reason}"))
    };
    (0..count).map(parameter).collect()
}

fn parameter(entry: &abi::Parameter) -> Result<Parameter, String> {
    let (min, max, default) = (entry.min, entry.max, entry.default_value);
    let required = entry.flags & abi::REQUIRED != 0;
    if entry.kind != abi::CHOICE && (min.is_nan() || max.is_nan() || min > max) {
        return Err(format!("its range is {min} to {max}; expected ascending numbers"));
    }
    let kind = match entry.kind {
        abi::NUMBER if !required && !default.is_nan() && !(min..=max).contains(&default) => {
            return Err(format!("its default is {default}, outside its range {min} to {max}"));
        }
        abi::NUMBER => Kind::Number { default, min, max, integer: entry.flags & abi::INTEGER != 0 },
        abi::LIST => Kind::List { min, max },
        abi::CHOICE => {
            let names = choices(entry.choices)?;
            if !required && !(0.0..names.len() as f64).contains(&default) {
                return Err(format!("its default is {default}, but it has {} choices", names.len()));
            }
            Kind::Choice { default: default as usize, names }
        }
        kind => return Err(format!("its kind is {kind}; expected 0, 1 or 2")),
    };
    let varies = entry.flags & abi::VARIES != 0;
    if varies && !matches!(kind, Kind::Number { integer: false, .. }) {
        return Err(
            "it varies from cell to cell; expected that of numbers only that need not be whole".into()
        );
    }
    Ok(Parameter {
        name: text("name", entry.name)?,
        unit: text("unit", entry.unit)?,
        text: text("text", entry.text)?,
        required,
        varies,
        kind,
    })
}

fn choices(pointer: *const *const c_char) -> Result<Vec<String>, String> {
    if pointer.is_null() {
        return Err("its `choices` are NULL".into());
    }
    let mut names = Vec::new();
    for index in 0..MOST_CHOICES {
        // SAFETY: the names end with NULL, which no earlier index was.
        let name = unsafe { pointer.add(index).read() };
        if name.is_null() {
            return if names.is_empty() { Err("it has no choices".into()) } else { Ok(names) };
        }
        names.push(text("choices", name)?);
    }
    Err(format!("it has more than {MOST_CHOICES} choices"))
}

fn state(table: &abi::Model) -> Result<Vec<StateVariable>, String> {
    let (count, stride) = (table.state_count, table.state_stride);
    if count == 0 || count > MOST_VARIABLES {
        return Err(format!("declares {count} state variables; expected 1 to {MOST_VARIABLES}"));
    }
    check_array("state", table.state.cast(), stride, mem::size_of::<abi::StateVariable>())?;
    let variable = |index: u64| {
        // SAFETY: the model declares `count` variables, `stride` bytes apart.
        let entry = unsafe { copy(table.state.byte_add((index * stride) as usize), stride) };
        let variable = || {
            let name = text("name", entry.name)?;
            Ok(StateVariable { name, unit: text("unit", entry.unit)?, text: text("text", entry.text)? })
        };
        variable().map_err(|reason: String| format!("state variable {index}: {reason}"))
    };
    (0..count).map(variable).collect()
}

fn text(what: &str, pointer: *const c_char) -> Result<String, String> {
    if pointer.is_null() {
        return Err(format!("its `{what}` is NULL"));
    }
    // SAFETY: the contract ends every text with NUL.
    let text = unsafe { CStr::from_ptr(pointer) };
    match text.to_str() {
        Ok(text) if text.len() <= LONGEST_TEXT => Ok(text.into()),
        Ok(text) => Err(format!("its `{what}` has {} bytes; expected at most {LONGEST_TEXT}", text.len())),
        Err(_) => Err(format!("its `{what}` is not UTF-8")),
    }
}

fn is_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    name.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && name.bytes().all(word)
}
