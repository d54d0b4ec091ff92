//! The command line: what can be asked of the program.

mod crossbar;
mod device;
mod sweep;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use crosspike::scenario::Override;

pub(crate) use crossbar::{CrossbarCommand, MapArguments, Quantity, SolveArguments, TileArguments};
pub(crate) use device::{
    DeviceBenchArguments, DeviceCharacteriseArguments, DeviceCheckArguments, DeviceCommand,
    DeviceFitArguments, DeviceNewArguments, DeviceTabulateArguments, Language, Measurement, Weight,
};
pub(crate) use sweep::{SweepArguments, SweepCommand, SweepMergeArguments};

const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  something unexpected: a bug of crosspike, or standard output that cannot be written
    2  the command line is refused
    3  the scenario is refused
    4  a file of data or of an array is refused, or the array has no solution
    5  a device model is refused, or failed
    6  an output file cannot be written or read
    7  a checkpoint is refused
    8  points of a sweep failed
  130  interrupted by Ctrl-C; `run` wrote a checkpoint
  143  ended by SIGTERM; `run` wrote a checkpoint";

const RUN_EXAMPLES: &str = "\
Examples:
  crosspike run scenarios/digits.ron
  crosspike run scenarios/digits.ron --seed 2 --set 'populations.output.leak=\"80 ms\"'
  crosspike run scenarios/mnist-400.ron --data ~/mnist --checkpoint-every '300 s'
  crosspike run scenarios/mnist-400.ron --data ~/mnist --resume

While it runs, OUTPUT.partial holds what was recorded up to the last flush.
Ctrl-C and SIGTERM write a checkpoint and end the run; a second one ends it at once.
A run that is resumed writes the same bytes as one that was never interrupted.";

/// Event-driven simulation of spiking neural networks whose synapses are memristive crossbar arrays.
#[derive(Debug, Parser)]
#[command(name = "crosspike", version, after_help = EXIT_CODES, max_term_width = 110, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One thing to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario and write what it records to an HDF5 file.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Say what a scenario would run, without running it: network, tiles, phases, warnings, size of the output.
    #[command(
        after_help = "Example:\n  crosspike check scenarios/digits.ron --dot | dot -Tsvg > network.svg"
    )]
    Check(CheckArguments),
    /// Print a scenario with all its defaults, and where each value comes from.
    Explain(ExplainArguments),
    /// Print what an output file holds, finished or not.
    Inspect {
        /// An output of `run`, or its unfinished `.partial`.
        #[arg(value_name = "FILE.h5", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Run a scenario at all points of a study: parameters, seeds, shards; with means and figures.
    Sweep(SweepArguments),
    /// Device models: list, describe, make, check, draw, time, fit.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Solve or draw the array in a file exactly, with the resistance of its wires.
    #[command(subcommand)]
    Crossbar(CrossbarCommand),
    /// Print the completions of a shell.
    #[command(
        after_help = "Example:\n  crosspike completions bash > ~/.local/share/bash-completion/completions/crosspike"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

impl Command {
    /// How the command logs.
    pub(crate) fn logging(&self) -> Logging {
        match self {
            Command::Run(arguments) => arguments.logging,
            Command::Sweep(arguments) => arguments.logging,
            _ => Logging::default(),
        }
    }
}

/// `crosspike run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) scenario: ScenarioArguments,
    #[command(flatten)]
    pub(crate) search: SearchArguments,
    /// The file to write [default: the scenario's name with .h5, in the current folder].
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Threads that work; their number changes no byte of the output [default: all cores].
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Write to the file at least so often, in wall-clock time; a kill loses what came after.
    #[arg(long, value_name = "TIME", default_value = "5 s", value_parser = interval)]
    pub(crate) flush_every: Duration,
    /// Write a checkpoint so often, in wall-clock time, such as "30 s" [default: only when interrupted].
    #[arg(long, value_name = "TIME", value_parser = interval)]
    pub(crate) checkpoint_every: Option<Duration>,
    /// The checkpoint to write [default: OUTPUT.checkpoint].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Go on from a checkpoint of the same scenario [default FILE: the one that this run would write].
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, value_hint = ValueHint::FilePath)]
    pub(crate) resume: Option<Option<PathBuf>>,
    #[command(flatten)]
    pub(crate) logging: Logging,
}

/// `crosspike check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) scenario: ScenarioArguments,
    #[command(flatten)]
    pub(crate) search: SearchArguments,
    /// Print the network in the language of Graphviz, and nothing else.
    #[arg(long)]
    pub(crate) dot: bool,
}

/// `crosspike explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) scenario: ScenarioArguments,
    #[command(flatten)]
    pub(crate) search: SearchArguments,
}

/// A scenario and what is changed in it.
#[derive(Debug, Args)]
pub(crate) struct ScenarioArguments {
    /// The scenario, a RON file.
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Put another value in the place of one of the scenario; may be repeated, in order.
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<Override>,
    /// The scenario's seed, short for --set seed=N.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// Where files of data and device models are looked for.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    /// A folder for the files that the scenario names, after the scenario's own; may be repeated.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) plugins: PluginArguments,
}

/// Where device models are looked for.
#[derive(Debug, Args)]
pub(crate) struct PluginArguments {
    /// A folder with device models, before the program's own; may be repeated.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) plugin_dir: Vec<PathBuf>,
}

/// What is said on standard error.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Logging {
    /// Print only results and errors.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: -v what is done, -vv everything.
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The form of progress, warnings and errors.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) log_format: LogFormat,
}

/// The form of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people, with a bar on a terminal.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Reads a wall-clock time such as "30 s".
fn interval(text: &str) -> Result<Duration, String> {
    let seconds = crosspike::units::parse(text, "s").map_err(|error| error.to_string())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(interval) if !interval.is_zero() => Ok(interval),
        _ => Err(format!("{text} is not a time above 0 s; write for example \"30 s\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_interval_is_a_time_above_zero() {
        assert_eq!(interval("30 s"), Ok(Duration::from_secs(30)));
        assert_eq!(interval("250 ms"), Ok(Duration::from_millis(250)));
        let refused = "0 s is not a time above 0 s; write for example \"30 s\"";
        assert_eq!(interval("0 s"), Err(refused.to_owned()));
        assert!(interval("-1 s").is_err());
        assert!(interval("30").is_err());
    }

    #[test]
    fn resume_takes_a_file_only_after_an_equals_sign() {
        let resume = |words: &[&str]| match Arguments::try_parse_from(words).map(|a| a.command) {
            Ok(Command::Run(run)) => (run.scenario.file, run.resume),
            other => panic!("{other:?}"),
        };
        let (file, found) = resume(&["crosspike", "run", "--resume", "a.ron"]);
        assert_eq!((file, found), ("a.ron".into(), Some(None)));
        let (_, found) = resume(&["crosspike", "run", "a.ron", "--resume=b.checkpoint"]);
        assert_eq!(found, Some(Some("b.checkpoint".into())));
    }
}
