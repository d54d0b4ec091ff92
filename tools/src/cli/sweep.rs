//! `crosspike sweep` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::{Logging, SearchArguments};

const EXAMPLES: &str = "\
A study is a RON file that names a scenario, what is varied in it (axes), the
seeds, and what is kept of each run (measures); scenarios/README.md has all its
words. Finished points are kept in a folder beside it, and never run again: the
same command goes on after an interruption or a kill, and ends with the same
bytes. When all are there, the folder gets points.csv, means.csv, summary.h5
and the figures.

Examples:
  crosspike sweep scenarios/study/wires.ron --data ~/mnist
  crosspike sweep scenarios/study/wires.ron --shard 1/2 --output part1
  crosspike sweep merge scenarios/study/wires.ron part1 part2";

/// `crosspike sweep`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct SweepArguments {
    #[command(subcommand)]
    pub(crate) command: Option<SweepCommand>,
    /// The study, a RON file.
    #[arg(value_name = "STUDY.ron", value_hint = ValueHint::FilePath)]
    pub(crate) study: Option<PathBuf>,
    /// The folder of the results [default: the study's name with .sweep].
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
    /// Runs at the same time, one thread each [default: all cores].
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Run part I of N only.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<(usize, usize)>,
    #[command(flatten)]
    pub(crate) search: SearchArguments,
    #[command(flatten)]
    pub(crate) logging: Logging,
}

/// What else can be done with a study.
#[derive(Debug, Subcommand)]
pub(crate) enum SweepCommand {
    /// Take the finished points of other folders, such as those of shards, and write the summary.
    Merge(SweepMergeArguments),
}

/// `crosspike sweep merge`.
#[derive(Debug, Args)]
pub(crate) struct SweepMergeArguments {
    /// The study, a RON file.
    #[arg(value_name = "STUDY.ron", value_hint = ValueHint::FilePath)]
    pub(crate) study: PathBuf,
    /// Folders of results.
    #[arg(value_name = "DIR", required = true, value_hint = ValueHint::DirPath)]
    pub(crate) folders: Vec<PathBuf>,
    /// The folder that takes them [default: the study's name with .sweep].
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) search: SearchArguments,
}

/// Reads `I/N`.
fn shard(text: &str) -> Result<(usize, usize), String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match numbers {
        Some((part, parts)) if (1..=parts).contains(&part) => Ok((part, parts)),
        _ => Err("expected I/N with I from 1 to N, such as 1/4".to_owned()),
    }
}
