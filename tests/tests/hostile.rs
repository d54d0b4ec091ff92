//! Plug-ins that break the contract are refused by name, and never take the program with them.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::hint::black_box;

use crosspike::device::{Cells, Columns, Device, Models};
use crosspike_tests::plugin::Plugin;

fn device(plugin: &Plugin) -> Device {
    plugin.models().find("tin").unwrap().device(&[]).unwrap()
}

/// Opening fails with this text, in which `FILE` stands for the path.
fn is_refused(plugin: &Plugin, expected: &str) {
    let error = plugin.models().list().remove(0).unwrap_err();
    assert_eq!(error.to_string(), expected.replace("FILE", &plugin.file().display().to_string()));
    let error = plugin.models().find(plugin.name).unwrap_err();
    assert_eq!(error.to_string(), expected.replace("FILE", &plugin.file().display().to_string()));
}

/// Sixteen numbers at an address that suits a batch of cells.
#[repr(align(64))]
struct State([f64; 16]);

impl State {
    fn cells(&mut self) -> Cells<'_> {
        Cells { state: &mut self.0, stride: 16, count: 16, own: Columns::default() }
    }
}

#[test]
fn a_sound_plugin_works_and_is_hashed() {
    let Some(plugin) = Plugin::build("sound") else { return };
    let (device, mut state) = (device(&plugin), State([0.0; 16]));
    let mut out = [0.0; 16];
    device.initial_state(state.cells(), &[0.5; 16], &[]).unwrap();
    device.conductance(state.cells(), &mut out).unwrap();
    assert_eq!((out, device.range(), device.model().name()), ([0.5; 16], (0.25, 1.0), "tin"));
    assert_eq!(device.model().sha256().len(), 64);
    assert_eq!(device.model().file(), plugin.file());
}

#[test]
fn what_is_no_device_model_is_refused() {
    let Some(plugin) = Plugin::build("missing_symbol") else { return };
    is_refused(&plugin, "plug-in FILE: does not export `crosspike_device_library`; is it a device model?");
}

#[test]
fn another_major_version_is_refused() {
    let Some(plugin) = Plugin::build("wrong_major") else { return };
    is_refused(&plugin, "plug-in FILE: was built for device ABI 7.0, this program speaks 1.0; rebuild it");
}

#[test]
fn a_newer_minor_version_is_refused_and_the_first_one_of_all_works() {
    let (Some(newer), Some(first)) = (Plugin::build("newer_minor"), Plugin::build("version_0_1")) else {
        return;
    };
    is_refused(
        &newer,
        "plug-in FILE: was built for device ABI 1.1, this program speaks 1.0; use a newer program, or rebuild it",
    );
    let (device, mut out) = (device(&first), [0.0; 16]);
    device.conductance(State([0.5; 16]).cells(), &mut out).unwrap();
    assert_eq!(out, [0.5; 16]);
    // What version 1.0 has added is absent.
    assert_eq!(device.valid_voltage(), (f64::NEG_INFINITY, f64::INFINITY));
    assert!(!device.model().is_noisy());
}

#[test]
fn a_noisy_model_says_how_much_its_currents_deviate() {
    let Some(plugin) = Plugin::build("noisy") else { return };
    let (device, mut out) = (device(&plugin), [0.0; 16]);
    assert!(device.model().is_noisy());
    assert_eq!(device.valid_voltage(), (-0.5, 0.25));
    device.read_noise(State([0.5; 16]).cells(), &[0.1; 16], &mut out).unwrap();
    assert_eq!((out[0], out[15]), (1e-3, 16e-3));
}

#[test]
fn a_negative_deviation_is_a_fault() {
    let Some(plugin) = Plugin::build("negative_noise") else { return };
    let outcome = device(&plugin).read_noise(State([0.5; 16]).cells(), &[0.1; 16], &mut [0.0; 16]);
    let fault = outcome.unwrap_err();
    assert_eq!((fault.call, fault.cell), ("read_noise", Some(2)));
    assert_eq!(fault.message, "deviation -1e-6 A is not a finite number of 0 A or more");
}

#[test]
fn a_model_that_declares_noise_has_its_function() {
    let Some(plugin) = Plugin::build("silent_noise") else { return };
    is_refused(&plugin, "device model `tin` in FILE: its function `read_noise` is NULL; expected one");
}

#[test]
fn a_model_that_is_not_valid_at_rest_is_refused() {
    let Some(plugin) = Plugin::build("void_validity") else { return };
    let error = plugin.models().find("tin").unwrap().device(&[]).unwrap_err();
    let expected = "device model `tin` (FILE) refuses its parameters: it is valid from 1e-1 V to 2e-1 V; expected a range \
        around 0 V";
    assert_eq!(error.to_string(), expected.replace("FILE", &plugin.file().display().to_string()));
}

#[test]
fn a_whole_number_that_varies_is_refused() {
    let Some(plugin) = Plugin::build("whole_varies") else { return };
    is_refused(
        &plugin,
        "device model `tin` in FILE: parameter 0: it varies from cell to cell; expected that of numbers only that need \
         not be whole",
    );
}

/// The conductance of cell 5 where all cells have one parameter, and where each has its own.
fn own_conductance(plugin: &Plugin) -> [Result<f64, String>; 2] {
    let (device, mut state, mut values) = (device(plugin), State([0.5; 16]), State([0.5; 16]));
    values.0[5] = 4.0;
    let own = Columns { parameters: &[0], values: &values.0, stride: 16 };
    [Columns::default(), own].map(|own| {
        let mut out = [0.0; 16];
        let outcome = device.conductance(state.cells().with(own), &mut out);
        outcome.map(|()| out[5]).map_err(|fault| fault.message)
    })
}

#[test]
fn a_model_in_c_reads_the_parameters_of_its_cells() {
    let Some(plugin) = Plugin::build("own") else { return };
    // Beyond the range of the model, which is that of cells without parameters of their own.
    assert_eq!(own_conductance(&plugin), [Ok(0.5), Ok(4.0)]);
}

#[test]
fn a_negative_conductance_of_a_cell_with_parameters_of_its_own_is_a_fault() {
    let Some(plugin) = Plugin::build("negative_own") else { return };
    let expected = [
        "conductance -5e-1 S is outside the model's range, 2.5e-1 S to 1e0 S",
        "conductance -4e0 S is not a finite number of 0 S or more",
    ];
    assert_eq!(own_conductance(&plugin), expected.map(|text| Err(text.to_owned())));
}

#[test]
fn a_short_library_table_is_refused() {
    let Some(plugin) = Plugin::build("short_library") else { return };
    is_refused(&plugin, "plug-in FILE: its library table has 20 bytes; expected at least 40");
}

#[test]
fn a_short_model_table_is_refused() {
    let Some(plugin) = Plugin::build("short_model") else { return };
    is_refused(&plugin, "device model `number 0` in FILE: its table has 112 bytes; expected 192 to 208");
}

#[test]
fn a_missing_function_is_refused() {
    let Some(plugin) = Plugin::build("null_function") else { return };
    is_refused(&plugin, "device model `tin` in FILE: its function `increment` is NULL; expected one");
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn an_unresolved_symbol_is_an_error_at_once() {
    let Some(plugin) = Plugin::build("unresolved") else { return };
    is_refused(&plugin, "plug-in FILE: cannot be opened: FILE: undefined symbol: crosspike_test_nowhere");
}

#[test]
fn a_conductance_that_is_not_a_number_is_a_fault() {
    conductance_fault("nan_conductance", "NaN");
}

#[test]
fn a_conductance_outside_the_declared_range_is_a_fault() {
    conductance_fault("far_conductance", "2e0");
}

fn conductance_fault(name: &'static str, number: &str) {
    let Some(plugin) = Plugin::build(name) else { return };
    let fault = device(&plugin).conductance(State([0.5; 16]).cells(), &mut [0.0; 16]).unwrap_err();
    assert_eq!(fault.cell, Some(5));
    assert_eq!(
        fault.to_string(),
        format!(
            "device model `tin` ({}) failed in `conductance` at cell 5: conductance {number} S is outside the \
             model's range, 2.5e-1 S to 1e0 S",
            plugin.file().display()
        )
    );
}

#[test]
fn an_infinite_current_is_a_fault() {
    let Some(plugin) = Plugin::build("infinite_current") else { return };
    let fault =
        device(&plugin).current(State([0.5; 16]).cells(), &[1.0; 16], &mut [0.0; 16], None).unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!(
            "device model `tin` ({}) failed in `current` at cell 0: current inf A is not finite",
            plugin.file().display()
        )
    );
}

#[test]
fn a_failure_keeps_the_words_of_the_plugin() {
    let Some(plugin) = Plugin::build("failing") else { return };
    let fault = device(&plugin).increment(State([0.5; 16]).cells(), &[0.1; 16], &[]).unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!(
            "device model `tin` ({}) failed in `increment` at cell 3: the filament has burnt through",
            plugin.file().display()
        )
    );
}

#[test]
fn a_panic_is_a_fault() {
    let program = std::env::current_exe().unwrap();
    let folder = program.parent().unwrap().with_file_name("examples");
    if !folder.join(format!("{DLL_PREFIX}crosspike_model_panicking{DLL_SUFFIX}")).exists() {
        eprintln!("skipped: the panicking plug-in is built by `cargo test` without `--test`");
        return;
    }
    let device = Models::new(vec![folder]).find("panicking").unwrap().device(&[]).unwrap();
    let fault = device.increment(State([0.5; 16]).cells(), &[0.1; 16], &[]).unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!(
            "device model `panicking` ({}) failed in `increment`: panicked: 16 cells are one too many",
            device.model().file().display()
        )
    );
}

#[test]
fn denormal_numbers_survive_a_plugin_that_switches_them_off() {
    let Some(plugin) = Plugin::build("flush") else { return };
    let device = device(&plugin);
    assert_eq!(black_box(1e-310) * black_box(1.0), 1e-310);
    device.advance(State([0.5; 16]).cells(), &[0.0; 16], 1.0, &[]).unwrap();
    assert_eq!(black_box(1e-310) * black_box(1.0), 1e-310);
}

#[test]
fn a_broken_plugin_does_not_hide_a_sound_one() {
    let (Some(broken), Some(sound)) = (Plugin::build("wrong_major"), Plugin::build("sound")) else { return };
    let models = Models::new(vec![broken.folder.path().into(), sound.folder.path().into()]);
    assert_eq!(models.find("tin").unwrap().file(), sound.file());
}

#[test]
fn an_unknown_model_is_answered_with_what_there_is() {
    let Some(plugin) = Plugin::build("sound") else { return };
    let folder = plugin.folder.path().display();
    assert_eq!(
        plugin.models().find("tim").unwrap_err().to_string(),
        format!("no device model is called `tim`; did you mean `tin`?; available: tin; searched: {folder}")
    );
}
