//! What can be wrong with a plug-in, with the values of its parameters, and with what it computes.

use std::fmt;
use std::path::PathBuf;

/// Why a model cannot be had. Nothing of the plug-in is used after an error.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeviceError {
    /// No plug-in offers the model.
    #[error(
        "no device model is called `{name}`{suggestion}; available: {available}; searched: {searched}{broken}"
    )]
    NotFound {
        /// The name that was asked for.
        name: String,
        /// "" or "; did you mean ...".
        suggestion: String,
        /// Names of the models that were found.
        available: String,
        /// The folders.
        searched: String,
        /// "" or the plug-ins that could not be opened.
        broken: String,
    },
    /// The file cannot be read, opened or understood as a plug-in.
    #[error("plug-in {}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What was found and expected.
        reason: String,
    },
    /// The table of one model is wrong.
    #[error("device model `{model}` in {}: {reason}", file.display())]
    Table {
        /// The model, by name or by number where it has none.
        model: String,
        /// The file.
        file: PathBuf,
        /// What was found and expected.
        reason: String,
    },
    /// A value does not fit its parameter.
    #[error("parameter `{parameter}` of device model `{model}`: {reason}")]
    Parameter {
        /// The parameter, as it was written.
        parameter: String,
        /// The model.
        model: String,
        /// What was found and expected.
        reason: String,
    },
    /// The model refuses the values together, or gives an impossible range.
    #[error("device model `{model}` ({}) refuses its parameters: {reason}", file.display())]
    Refused {
        /// The parameter that the model names, if any.
        parameter: Option<String>,
        /// The model.
        model: String,
        /// The file.
        file: PathBuf,
        /// The model's own words.
        reason: String,
    },
}

impl DeviceError {
    /// The parameter to blame, so that the scenario's error can point at it.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            DeviceError::Parameter { parameter, .. } => Some(parameter),
            DeviceError::Refused { parameter, .. } => parameter.as_deref(),
            _ => None,
        }
    }
}

/// A model failed while it computed. The state of the cells must not be used any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("device model `{model}` ({}) failed in `{call}`{}: {message}", file.display(), Place(*cell))]
pub struct DeviceFault {
    /// The model.
    pub model: String,
    /// The plug-in.
    pub file: PathBuf,
    /// The function of the plug-in.
    pub call: &'static str,
    /// The cell within the batch, where one is to blame.
    pub cell: Option<usize>,
    /// The model's own words, or what is wrong with its answer.
    pub message: String,
}

struct Place(Option<usize>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |cell| write!(f, " at cell {cell}"))
    }
}

/// "; did you mean `...`?" where a known name is near.
pub(super) fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = |known: &'a str| (strsim::jaro_winkler(name, known), known);
    let best = known.map(near).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|best| best.0 > 0.8).map_or(String::new(), |best| format!("; did you mean `{}`?", best.1))
}
