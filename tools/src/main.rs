//! The program `crosspike`: it runs, checks, explains and inspects what the library `crosspike` simulates.
//!
//! Results go to standard output; progress, warnings and errors go to standard error.

mod exit;
mod picture;
mod chart;
mod log;
mod cli;
mod facts;
mod prepare;
mod signal;
mod words;
mod watch;
mod run;
mod check;
mod device;
mod crossbar;
mod sweep;

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Arguments, Command};
use exit::{Code, Failure};
use log::Log;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refusal) => return usage(&refusal),
    };
    let log = Log::start(arguments.command.logging());
    // A panic is our own bug: the hook has printed where, and the exit code says so.
    let outcome = catch_unwind(AssertUnwindSafe(|| dispatch(arguments.command, &log)));
    match outcome {
        Ok(Ok(())) => Code::Done.into(),
        Ok(Err(failure)) => {
            log.report(&failure);
            failure.code.into()
        }
        Err(_) => Code::Unexpected.into(),
    }
}

fn dispatch(command: Command, log: &Log) -> Result<(), Failure> {
    match command {
        Command::Run(arguments) => run::run(&arguments, log),
        Command::Check(arguments) => check::check(&arguments),
        Command::Explain(arguments) => {
            exit::say(&prepare::explanation(&arguments.scenario, &arguments.search)?)
        }
        Command::Inspect { file } => {
            let summary = crosspike::recorder::inspect(&file).map_err(|e| Failure::new(Code::Output, e))?;
            exit::say(&summary.to_string())
        }
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Device(command) => device::device(&command),
        Command::Crossbar(command) => crossbar::crossbar(&command),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "crosspike", &mut script);
            exit::say(&String::from_utf8_lossy(&script))
        }
    }
}

/// Prints help, version or what is wrong with the command line.
fn usage(refusal: &clap::Error) -> ExitCode {
    match refusal.print() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Code::Unexpected.into(),
        _ if refusal.use_stderr() => Code::Usage.into(),
        _ => Code::Done.into(),
    }
}
