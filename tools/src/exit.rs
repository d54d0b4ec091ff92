//! A failure is a report for people and an exit code for programs.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use crosspike::scenario::ScenarioErrors;
use crosspike::simulation::{CheckpointError, RunError, SetupError};
use miette::{MietteDiagnostic, Report};

/// What the program's exit code says; `crosspike --help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Code {
    Done = 0,
    Unexpected = 1,
    Usage = 2,
    Scenario = 3,
    Data = 4,
    Device = 5,
    Output = 6,
    Checkpoint = 7,
    Unfinished = 8,
    Interrupted = 130,
    Terminated = 143,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) report: Report,
}

impl Failure {
    /// A failure with the message of an error.
    pub(crate) fn new(code: Code, error: impl Display) -> Failure {
        Failure { code, report: MietteDiagnostic::new(error.to_string()).into() }
    }

    /// A failure with advice on what to do.
    pub(crate) fn with_help(code: Code, message: impl Display, help: Option<String>) -> Failure {
        let mut diagnostic = MietteDiagnostic::new(message.to_string());
        diagnostic.help = help;
        Failure { code, report: diagnostic.into() }
    }
}

impl From<ScenarioErrors> for Failure {
    fn from(errors: ScenarioErrors) -> Failure {
        Failure { code: Code::Scenario, report: errors.into() }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Failure {
        let code = match error {
            SetupError::Network(_) => Code::Scenario,
            SetupError::Data(_) => Code::Data,
            SetupError::Device(_) => Code::Device,
        };
        Failure { code, report: error.report().into() }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        let code = match error {
            RunError::Array(_) => Code::Device,
            RunError::Recorder(_) => Code::Output,
        };
        Failure::new(code, error)
    }
}

impl From<CheckpointError> for Failure {
    fn from(error: CheckpointError) -> Failure {
        let code = match error {
            CheckpointError::Unwritable { .. } => Code::Output,
            CheckpointError::Array(_) => Code::Device,
            _ => Code::Checkpoint,
        };
        Failure::new(code, error)
    }
}

/// Writes a result to standard output. A reader that has gone, such as `head`, is no failure.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{newline}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Code::Unexpected, format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file whole.
pub(crate) fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    std::fs::write(file, content).map_err(|error| unwritten(file, error))
}

/// A file that cannot be written.
pub(crate) fn unwritten(file: &Path, error: impl Display) -> Failure {
    Failure::new(Code::Output, format!("cannot write {}: {error}", file.display()))
}
