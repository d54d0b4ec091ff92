//! `crosspike device` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use crosspike::units;

use super::PluginArguments;
use crate::picture;

/// `crosspike device`.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// List the device models, and the libraries that are refused.
    List {
        #[command(flatten)]
        plugins: PluginArguments,
    },
    /// Print what a device model is, and the table of its parameters.
    #[command(after_help = "Example:\n  crosspike device describe levels")]
    Describe {
        /// The name of the model.
        name: String,
        #[command(flatten)]
        plugins: PluginArguments,
    },
    /// Write a small model of your own into a new folder; it builds at once, without network.
    #[command(after_help = "Examples:\n  crosspike device new mine\n  crosspike device new mine --lang c")]
    New(DeviceNewArguments),
    /// Test whether a library keeps the promises of the device interface, each test in a process of its own.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(DeviceCheckArguments),
    /// Draw what a device does: currents, sweeps, ladders of pulses, scatter, retention, read noise.
    #[command(after_help = CHARACTERISE_EXAMPLES)]
    Characterise(DeviceCharacteriseArguments),
    /// Fit parameters of a model to measured currents or conductances.
    #[command(after_help = FIT_EXAMPLES)]
    Fit(DeviceFitArguments),
    /// Make a device file for the model `table` from measured pulses.
    #[command(after_help = TABULATE_EXAMPLES)]
    Tabulate(DeviceTabulateArguments),
    /// Time the calls of a device, in nanoseconds per cell.
    #[command(
        after_help = "Example:\n  crosspike device bench scenarios/devices/parameters/sinh-leti.ron --voltage '0.5 V'"
    )]
    Bench(DeviceBenchArguments),
}

const FIT_EXAMPLES: &str = "\
Data are CSV whose first line names the columns: `voltage`, `duration`, and
`current` or `conductance`, each with its unit where that is not SI, as in
`current (uA)`; or an HDF5 group with datasets of these names, FILE.h5:/PATH.
A row says: the cell is held at the voltage for the duration, then it is
read. Without durations nothing moves: a curve of currents. The first
conductance is where a cell starts; with currents that is sought too.

Examples:
  crosspike device fit iv.csv --model sinh.ron --free alpha --output mine.ron --figure fit.svg
  crosspike device fit up.csv down.csv --model mine.ron --free rate_set,rate_reset --weight relative";

/// `crosspike device fit`.
#[derive(Debug, Args)]
pub(crate) struct DeviceFitArguments {
    /// What was measured; each file is one cell.
    #[arg(value_name = "DATA", required = true)]
    pub(crate) data: Vec<String>,
    /// The model: its name, or a device file with the values to start from.
    #[arg(long, value_name = "DEVICE")]
    pub(crate) model: String,
    /// The parameters to fit.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    pub(crate) free: Vec<String>,
    /// The conductance before the first row.
    #[arg(long, value_name = "CONDUCTANCE", value_parser = conductance)]
    pub(crate) start: Option<Si>,
    /// The voltage of all rows, where the data have none.
    #[arg(long, value_name = "VOLTAGE", allow_hyphen_values = true, value_parser = voltage)]
    pub(crate) voltage: Option<Si>,
    /// The duration of all rows, where the data have none.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) duration: Option<Si>,
    /// Whether small values count as much as large ones.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(crate) weight: Weight,
    /// How many searches start, the first from the given values.
    #[arg(long, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) starts: u16,
    /// The seed of the other starts.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: u64,
    /// Write a device file with the fitted values.
    #[arg(long, short, value_name = "FILE.ron", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Draw data, fit and differences, as SVG or PNG.
    #[arg(long, value_name = "PICTURE", value_parser = picture::name)]
    pub(crate) figure: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) plugins: PluginArguments,
}

/// How differences are weighed in a fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weight {
    /// Every difference as it is.
    #[default]
    Absolute,
    /// Every difference as a part of its value.
    Relative,
}

const TABULATE_EXAMPLES: &str = "\
Ramps are CSV: each column holds what was read after pulse upon pulse, and
may end before the others; FILE#2 takes the second column alone. Changes
are CSV whose first line holds conductances (S) behind a word and whose
first column holds chances from 0 to 1, or text whose first two lines hold
both, packed or not; an entry is the change (S) that pulses stay below with
this chance. HDF5: FILE.h5:/PATH, a two-dimensional dataset of ramps, or a
group with g, chance and change.

Examples:
  crosspike device tabulate --set set.csv --reset reset.csv --read-voltage '0.1 V' --output mine.ron
  crosspike device tabulate --set pulses.csv#1 --reset pulses.csv#2 --span '1 uS' '10 uS' --output mine.ron
  crosspike device tabulate --of changes --set dG_increasing.txt.gz --reset dG_decreasing.txt.gz --output mine.ron";

/// `crosspike device tabulate`.
#[derive(Debug, Args)]
pub(crate) struct DeviceTabulateArguments {
    /// What the files hold.
    #[arg(long = "of", value_enum, default_value_t, value_name = "WHAT")]
    pub(crate) measured: Measurement,
    /// A file of set pulses; may be repeated for ramps.
    #[arg(long, value_name = "FILE")]
    pub(crate) set: Vec<String>,
    /// A file of reset pulses; may be repeated for ramps.
    #[arg(long, value_name = "FILE")]
    pub(crate) reset: Vec<String>,
    /// Ramps hold currents (A) that were read at this voltage, not conductances (S).
    #[arg(long, value_name = "VOLTAGE", value_parser = voltage)]
    pub(crate) read_voltage: Option<Si>,
    /// Ramps hold any unit: the smallest and the largest number stand for these conductances.
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], value_parser = conductance, conflicts_with = "read_voltage")]
    pub(crate) span: Vec<Si>,
    /// A current curve: CSV with columns `voltage` and `current`, or an HDF5 group.
    #[arg(long, value_name = "FILE")]
    pub(crate) iv: Option<String>,
    /// Conductances of a table, at most.
    #[arg(long, value_name = "N", default_value = "24", value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub(crate) bins: u16,
    /// Chances of a table, at most; 1: the mean change alone.
    #[arg(long, value_name = "N", default_value = "21", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) chances: u16,
    /// Draw the tables, as SVG or PNG.
    #[arg(long, value_name = "PICTURE", value_parser = picture::name)]
    pub(crate) figure: Option<PathBuf>,
    /// The device file.
    #[arg(long, short, value_name = "FILE.ron", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
}

/// What a file of measured pulses holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measurement {
    /// What was read after each pulse, a column for each ramp.
    #[default]
    Ramps,
    /// Changes by one pulse, over conductance and chance.
    Changes,
}

fn conductance(text: &str) -> Result<Si, String> {
    units::parse(text, "S").map(Si).map_err(|error| error.to_string())
}

/// `crosspike device bench`.
#[derive(Debug, Args)]
pub(crate) struct DeviceBenchArguments {
    /// A device file, a library, or the name of a model.
    #[arg(value_name = "DEVICE", value_hint = ValueHint::FilePath)]
    pub(crate) target: String,
    /// The largest voltage of the cells; they get all up to it, of both signs.
    #[arg(long, value_name = "VOLTAGE", default_value = "1 V", value_parser = voltage)]
    pub(crate) voltage: Si,
    /// How long a pulse lasts.
    #[arg(long, value_name = "TIME", default_value = "1 us", value_parser = time)]
    pub(crate) width: Si,
    #[command(flatten)]
    pub(crate) plugins: PluginArguments,
}

const CHARACTERISE_EXAMPLES: &str = "\
Without pulses, those are looked for that move a cell from the middle of its
range by 2 % of it.

Examples:
  crosspike device characterise scenarios/devices/parameters/vteam-memtorch.ron
  crosspike device characterise mine.ron --plugin-dir mine --set '1 V' --reset '-1 V' --width '1 us' --csv mine.csv";

/// `crosspike device characterise`.
#[derive(Debug, Args)]
pub(crate) struct DeviceCharacteriseArguments {
    /// A device file, a library, or the name of a model.
    #[arg(value_name = "DEVICE", value_hint = ValueHint::FilePath)]
    pub(crate) target: String,
    /// The voltage of set pulses.
    #[arg(long, value_name = "VOLTAGE", allow_hyphen_values = true, value_parser = voltage)]
    pub(crate) set: Option<Si>,
    /// The voltage of reset pulses.
    #[arg(long, value_name = "VOLTAGE", allow_hyphen_values = true, value_parser = voltage)]
    pub(crate) reset: Option<Si>,
    /// The width of both.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) width: Option<Si>,
    /// Pulses of the ladder in each direction.
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) pulses: u16,
    /// The picture, SVG or PNG.
    #[arg(long, short, value_name = "PICTURE", default_value = "device.svg", value_parser = picture::name)]
    pub(crate) output: PathBuf,
    /// Write the numbers of all charts too.
    #[arg(long, value_name = "FILE.csv", value_hint = ValueHint::FilePath)]
    pub(crate) csv: Option<PathBuf>,
    /// The seed of what is drawn.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) plugins: PluginArguments,
}

/// A quantity in SI.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Si(pub(crate) f64);

fn voltage(text: &str) -> Result<Si, String> {
    units::parse(text, "V").map(Si).map_err(|error| error.to_string())
}

fn time(text: &str) -> Result<Si, String> {
    let seconds = units::parse(text, "s").map_err(|error| error.to_string())?;
    if seconds > 0.0 { Ok(Si(seconds)) } else { Err("expected a time above 0 s".to_owned()) }
}

/// `crosspike device new`.
#[derive(Debug, Args)]
pub(crate) struct DeviceNewArguments {
    /// The name of the model and of the folder: lowercase letters, digits, - and _.
    #[arg(value_name = "NAME", value_parser = model_name)]
    pub(crate) name: String,
    /// The language of the model.
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
}

/// A language in which models are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// With cargo.
    #[default]
    Rust,
    /// With a C11 compiler and make.
    C,
    /// With a C++17 compiler and make.
    Cpp,
}

/// Reads the name of a model.
fn model_name(text: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(is_word) {
        Ok(text.to_owned())
    } else {
        Err("a model is named by lowercase letters, digits, - and _, beginning with a letter".to_owned())
    }
}

const CHECK_EXAMPLES: &str = "\
A test that does not apply says why. Exit code 5 where a test has failed: a
crash, an endless call and a wrong answer alike.

Examples:
  crosspike device check target/release/libcrosspike_model_mine.so --device mine.ron
  crosspike device check libcrosspike_model_mine.so --seed 7";

/// `crosspike device check`.
#[derive(Debug, Args)]
pub(crate) struct DeviceCheckArguments {
    /// The library.
    #[arg(value_name = "LIBRARY", value_hint = ValueHint::FilePath)]
    pub(crate) library: PathBuf,
    /// A device file with parameters of one of its models; may be repeated. Models without one have their defaults.
    #[arg(long, value_name = "FILE.ron", value_hint = ValueHint::FilePath)]
    pub(crate) device: Vec<PathBuf>,
    /// The seed of the cells, voltages and draws of the tests.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: u64,
    /// Seconds after which a test that has not come back has failed.
    #[arg(long, value_name = "SECONDS", default_value = "30")]
    pub(crate) patience: u64,
    /// Run one test of one model in this process.
    #[arg(long, hide = true, value_name = "TEST", requires = "model")]
    pub(crate) run: Option<String>,
    /// The model of that test.
    #[arg(long, hide = true, value_name = "NAME")]
    pub(crate) model: Option<String>,
}
