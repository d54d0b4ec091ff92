//! A recorder error says which file, what was found there, what was expected, and what is left to do.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a recording could not be started, continued, finished or read.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum RecorderError {
    /// The output path names a folder.
    #[error("cannot write {}: it is a folder, expected the name of a file; name a file inside it", .0.display())]
    Folder(PathBuf),
    /// The unfinished file could not be created.
    #[error("cannot create {}: {reason}; name an output in a folder that exists and can be written", path.display())]
    Create {
        /// The unfinished file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Another process holds the file open for writing.
    #[error("{} is being written by another run; wait for its end or name another output", .0.display())]
    Busy(PathBuf),
    /// Something could not be written.
    #[error(
        "cannot write {what} to {}: {reason}; what was flushed before is kept, make room and resume from the last \
         checkpoint",
        path.display()
    )]
    Write {
        /// The unfinished file.
        path: PathBuf,
        /// The table or step.
        what: String,
        /// What the system said.
        reason: String,
    },
    /// There is no such file.
    #[error("{} does not exist; expected an output file of crosspike, or its unfinished .partial", .0.display())]
    Missing(PathBuf),
    /// The file could not be opened or read.
    #[error("cannot read {}: {reason}; it may be truncated or damaged", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the library said.
        reason: String,
    },
    /// The file is HDF5, but of another program.
    #[error("{} is not an output of crosspike: {found}, expected the root attribute format = \"crosspike\"", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What stands there instead.
        found: String,
    },
    /// The file has no key frames of a projection.
    #[error(
        "{} has no key frames of `{projection}`{}; a scenario records them by `record: (conductance: {{ \"{projection}\": () }})`",
        path.display(),
        listed(known)
    )]
    NoFrames {
        /// The file.
        path: PathBuf,
        /// The projection.
        projection: String,
        /// The projections that have some.
        known: Vec<String>,
    },
    /// The file has no key frame of a number.
    #[error("{} has no key frame {number} of `{projection}`; it has {count}, counted from 0", path.display())]
    NoFrame {
        /// The file.
        path: PathBuf,
        /// The projection.
        projection: String,
        /// The number.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// The file has a format version that this program does not know.
    #[error("{} has format version {found}, expected {expected}; read it with the program that wrote it", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The version of this program.
        expected: u32,
    },
    /// The unfinished file holds something else than the run would record.
    #[error(
        "cannot resume {}: {what} has {found}, expected {expected}; resume with the scenario that wrote it, or start \
         again",
        path.display()
    )]
    Differs {
        /// The unfinished file.
        path: PathBuf,
        /// The table or dataset.
        what: String,
        /// What the file holds.
        found: String,
        /// What the layout or the checkpoint says.
        expected: String,
    },
    /// A name cannot be the name of a group.
    #[error("{what} is named {name:?}, expected a name without '/' that is neither empty nor '.'; rename it")]
    Name {
        /// Population or projection.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// An entry does not fit the layout.
    #[error("{what} was recorded with {found} values, expected {expected}; the layout and the run disagree")]
    Shape {
        /// The dataset.
        what: String,
        /// The length of the slice.
        found: usize,
        /// The length that the layout gives.
        expected: usize,
    },
    /// The writer stopped for a reason that it could not tell.
    #[error("the writer of {} stopped without a reason; this is a bug of crosspike", .0.display())]
    Stopped(PathBuf),
}

/// ", only of ..." or nothing.
fn listed(known: &[String]) -> String {
    if known.is_empty() { String::new() } else { format!(", only of `{}`", known.join("`, `")) }
}

impl RecorderError {
    pub(super) fn write(path: &Path, what: impl Into<String>, error: &::hdf5::Error) -> RecorderError {
        RecorderError::Write { path: path.into(), what: what.into(), reason: reason(error) }
    }

    pub(super) fn read(path: &Path, error: &::hdf5::Error) -> RecorderError {
        RecorderError::Read { path: path.into(), reason: reason(error) }
    }
}

/// The system's own words where the library's message holds them ("No space left on device"), else the message.
pub(super) fn reason(error: &::hdf5::Error) -> String {
    let frames = error.stack();
    let quoted = frames.iter().flat_map(|stack| stack.iter()).find_map(|frame| {
        let (_, rest) = frame.desc().split_once("error message = '")?;
        rest.split_once('\'').map(|(words, _)| words.to_owned())
    });
    quoted.unwrap_or_else(|| {
        let message = error.to_string();
        match () {
            () if message.contains("file signature not found") => "it is not an HDF5 file".into(),
            () if message.contains("truncated file") => "it is shorter than it says it is".into(),
            () => message,
        }
    })
}
