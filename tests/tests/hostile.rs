//! Plug-ins that break the contract are refused by name, and never take the program with them.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use crosspike::device::{Cells, Device, Models};
use crosspike::recorder::Trace;
use crosspike::simulation::{Options, Simulation};
use crosspike_tests::{options, parse, simulation};
use tempfile::TempDir;

/// A folder with one plug-in, built from `tests/hostile/<name>.c`.
struct Plugin {
    folder: TempDir,
    name: &'static str,
}

impl Plugin {
    /// `None`, with a message, where there is no C compiler.
    fn build(name: &'static str) -> Option<Plugin> {
        let folder = TempDir::new().unwrap();
        let plugin = Plugin { folder, name };
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let run = Command::new("cc")
            .args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-I"])
            .arg(here.join("../plugins/sdk/include"))
            .arg("-o")
            .arg(plugin.folder.path().join(plugin.file_name()))
            .arg(here.join("hostile").join(format!("{name}.c")))
            .output();
        let Ok(output) = run else {
            eprintln!("skipped: there is no C compiler `cc`");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(plugin)
    }

    fn file_name(&self) -> String {
        format!("{DLL_PREFIX}crosspike_model_{}{DLL_SUFFIX}", self.name)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(self.file_name())
    }

    fn models(&self) -> Models {
        Models::new(vec![self.folder.path().to_path_buf()])
    }

    fn device(&self) -> Device {
        self.models().find("tin").unwrap().device(&[]).unwrap()
    }

    /// Opening fails with this text, in which `FILE` stands for the path.
    fn is_refused(&self, expected: &str) {
        let error = self.models().list().remove(0).unwrap_err();
        assert_eq!(error.to_string(), expected.replace("FILE", &self.file().display().to_string()));
        let error = self.models().find(self.name).unwrap_err();
        assert_eq!(error.to_string(), expected.replace("FILE", &self.file().display().to_string()));
    }
}

/// Sixteen numbers at an address that suits a batch of cells.
#[repr(align(64))]
struct State([f64; 16]);

impl State {
    fn cells(&mut self) -> Cells<'_> {
        Cells { state: &mut self.0, stride: 16, count: 16 }
    }
}

#[test]
fn a_sound_plugin_works_and_is_hashed() {
    let Some(plugin) = Plugin::build("sound") else { return };
    let (device, mut state) = (plugin.device(), State([0.0; 16]));
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
    plugin.is_refused("plug-in FILE: does not export `crosspike_device_library`; is it a device model?");
}

#[test]
fn another_major_version_is_refused() {
    let Some(plugin) = Plugin::build("wrong_major") else { return };
    plugin.is_refused("plug-in FILE: was built for device ABI 7.1, this program speaks 0.1; rebuild it");
}

#[test]
fn a_short_library_table_is_refused() {
    let Some(plugin) = Plugin::build("short_library") else { return };
    plugin.is_refused("plug-in FILE: its library table has 20 bytes; expected at least 40");
}

#[test]
fn a_short_model_table_is_refused() {
    let Some(plugin) = Plugin::build("short_model") else { return };
    plugin.is_refused("device model `number 0` in FILE: its table has 112 bytes; expected 192 to 192");
}

#[test]
fn a_missing_function_is_refused() {
    let Some(plugin) = Plugin::build("null_function") else { return };
    plugin.is_refused("device model `tin` in FILE: its function `increment` is NULL; every model has one");
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn an_unresolved_symbol_is_an_error_at_once() {
    let Some(plugin) = Plugin::build("unresolved") else { return };
    plugin.is_refused("plug-in FILE: cannot be opened: FILE: undefined symbol: crosspike_test_nowhere");
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
    let fault = plugin.device().conductance(State([0.5; 16]).cells(), &mut [0.0; 16]).unwrap_err();
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
        plugin.device().current(State([0.5; 16]).cells(), &[1.0; 16], &mut [0.0; 16], None).unwrap_err();
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
    let fault = plugin.device().increment(State([0.5; 16]).cells(), &[0.1; 16], &[]).unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!(
            "device model `tin` ({}) failed in `increment` at cell 3: the filament has burnt through",
            plugin.file().display()
        )
    );
}

/// A learner whose bit line 4 of 5 is written by pulses once, with sets on 6 of 12 word lines, in tiles of this size.
fn learner(plugin: &Plugin, tile: &str) -> Simulation {
    let text = r#"Scenario(
        populations: {
            "sources": Trains(times: [["1 ms"], [], ["1 ms"], [], ["1 ms"], [], ["1 ms"], [], ["1 ms"], [], ["1 ms"], []]),
            "teacher": Trains(times: [["5 ms"]]),
            "n": Lif(count: 5, capacitance: "1 F", leak: "1 s", threshold: "0.5 V"),
        },
        projections: {
            "s": (
                source: "sources", target: "n",
                crossbar: (tile: TILE, device: ("tin", {}), initial: Constant("0.5 S"), read: (voltage: "0.1 V", width: "1 ns")),
                plasticity: Window(potentiation: "1 uS", depression: "0 S", window: "10 ms", write: Pulses(
                    set: (voltage: "1 V", width: "100 ns"), reset: (voltage: "-1 V", width: "100 ns"))),
            ),
            "t": (source: "teacher", target: "n", weights: List([(source: 0, target: 4, weight: "1 V")])),
        },
        schedule: [Run(duration: "8 ms")],
        record: (conductance: { "s": () }),
    )"#;
    let options = Options { models: plugin.models(), ..options(1, &[]) };
    simulation(&parse(&text.replace("TILE", tile), &[]), &options)
}

#[test]
fn a_failure_during_a_pulse_names_its_cell() {
    let Some(plugin) = Plugin::build("burning") else { return };
    let mut simulation = learner(&plugin, "(7, 3)");
    let fault = simulation.run(&mut Trace::new(simulation.layout())).unwrap_err();
    // The first bit line of the tile that advances is half-selected.
    let expected = "projection `s`, tile at word line 0 and bit line 3, bit line 3, word line 3: device model `tin` (FILE) \
        failed in `advance` at cell 3: the filament has burnt through";
    assert_eq!(fault.to_string(), expected.replace("FILE", &plugin.file().display().to_string()));
}

#[test]
fn the_chance_of_a_pulse_is_keyed_by_cells_not_by_tiles() {
    let Some(plugin) = Plugin::build("dice") else { return };
    let after = |tile: &str| {
        let mut simulation = learner(&plugin, tile);
        let mut trace = Trace::new(simulation.layout());
        simulation.run(&mut trace).unwrap();
        trace.data().key_frames[0].last().expect("a frame at the end").values.clone()
    };
    let (one, many) = (after("(12, 5)"), after("(5, 2)"));
    for cell in 0..60 {
        // Of all tiles of 5 x 2 cells only those with bit line 4 take part.
        assert_eq!(many[cell], if cell % 5 == 4 { one[cell] } else { 0.5 });
        assert!(
            one[cell] != 0.5 && one[..cell].iter().all(|other| *other != one[cell]),
            "two cells share a draw"
        );
    }
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
    let device = plugin.device();
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
