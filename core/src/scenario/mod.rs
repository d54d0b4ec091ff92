//! A scenario is a whole run as its author wrote it: parsed from RON, every value with its unit, every error with
//! its place.

pub mod named;
pub mod schema;
mod tokens;
mod spans;
mod error;
mod source;
mod slips;
mod parse;
mod include;
mod overrides;
mod check;
mod leaves;
mod explain;

pub use error::{ScenarioError, ScenarioErrors, advice};
pub use named::Named;
pub use overrides::{Override, OverrideError};
pub use schema::*;
pub use source::Origin;

use source::Source;

/// A scenario that passed every check for which no other file is needed, with the places of its values.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The scenario.
    pub scenario: Scenario,
    source: Source,
}

impl Scenario {
    /// Reads the text of a scenario and checks it; `overrides` are put into the text first, in their order.
    ///
    /// `name` is the name of the file in messages. Nothing is read but `text`, and device files are refused.
    ///
    /// # Errors
    ///
    /// The first fault of the text's form or types, or else all values that are out of range or do not fit each
    /// other.
    pub fn parse(name: &str, text: &str, overrides: &[Override]) -> Result<Parsed, ScenarioErrors> {
        Scenario::parse_with(name, text, overrides, &|_| Err("there is no folder to read it from".into()))
    }

    /// [`Scenario::parse`] of a text that may name device files: `read` gives the text of the file of a name, or says in a
    /// few words why it cannot. They are put into the text before the overrides and, where an override has named
    /// others, after them.
    ///
    /// # Errors
    ///
    /// As [`Scenario::parse`], and where a device file cannot be read.
    pub fn parse_with(
        name: &str,
        text: &str,
        overrides: &[Override],
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Parsed, ScenarioErrors> {
        // Some editors put a mark of byte order before the text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let author = Source::new(name, text.to_owned(), Vec::new());
        let source = include::include(author.clone(), read)
            .and_then(|source| overrides::apply(source, overrides))
            .and_then(|source| include::include(source, read))
            .map_err(|error| author.refuse(vec![error]))?;
        let duplicates = parse::duplicates(&source);
        if !duplicates.is_empty() {
            return Err(source.refuse(duplicates));
        }
        let scenario = match parse::read(source.text()) {
            Ok(scenario) => scenario,
            Err(error) => return Err(source.refuse(vec![parse::explain(&source, error)])),
        };
        let errors = check::check(&scenario, &source);
        if errors.is_empty() { Ok(Parsed { scenario, source }) } else { Err(source.refuse(errors)) }
    }
}

/// Reads the text of a device file: the name of the model, and its parameters.
///
/// # Errors
///
/// In words, with line and column, where the text is not `("model", { "parameter": value, .. })`.
pub fn parse_device(text: &str) -> Result<(String, Named<ParameterValue>), String> {
    ron::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|error| error.to_string())
}

impl Parsed {
    /// The text that was parsed: the author's, with the overrides in their places.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The name of the scenario's file.
    pub fn name(&self) -> &str {
        self.source.file.name()
    }

    /// An error at the value of `path`, such as `projections.input.crossbar.device.count`; where the text does not
    /// have that value, at the nearest one around it.
    pub fn error_at(&self, path: &str, message: impl Into<String>, help: Option<String>) -> ScenarioError {
        self.source.error_at(path, message).with_help(help)
    }

    /// Gathers errors of later stages into one report.
    pub fn refuse(&self, errors: Vec<ScenarioError>) -> ScenarioErrors {
        self.source.refuse(errors)
    }
}

#[cfg(test)]
mod tests;
