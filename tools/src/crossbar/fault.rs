//! A fault is what is wrong in the file of an array: where, what was found, what was expected.

use std::fmt;
use std::path::Path;

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};

use super::value::{Language, Malformed};
use crate::exit::{Code, Failure};

/// A line longer than this, in bytes, is not drawn around a fault: files that programs wrote often have one line only.
const LONGEST_LINE: usize = 160;

/// What is wrong with the values of a file.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    /// The way to the value, such as `terminals.left.v[3]`; empty for the whole file.
    place: String,
    what: String,
}

impl Fault {
    pub(super) fn new(found: impl fmt::Display, expected: impl fmt::Display) -> Fault {
        Fault::told(format!("{found}; expected {expected}"))
    }

    /// A fault that another error describes.
    pub(super) fn told(what: impl fmt::Display) -> Fault {
        Fault { place: String::new(), what: what.to_string() }
    }

    /// The same fault seen from outside: within the value called `name`.
    pub(super) fn within(mut self, name: &str) -> Fault {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        self.place.insert_str(0, &format!("{name}{dot}"));
        self
    }

    /// The same fault seen from outside: in this element of a list.
    pub(super) fn at(self, index: usize) -> Fault {
        self.within(&format!("[{index}]"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.place.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", self.place, self.what)
    }
}

/// A file that is not in its language, drawn around the fault where its line can be read.
pub(super) fn malformed(name: &str, language: Language, text: &str, fault: &Malformed) -> Failure {
    let Malformed { what, line, column } = fault;
    let message = format!("{name} is not {}: {what} (line {line}, column {column})", language.name());
    let mut diagnostic = MietteDiagnostic::new(message);
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let here = text[start..].lines().next().unwrap_or_default();
    let at = here.char_indices().nth(column.saturating_sub(1)).map_or(here.len(), |(at, _)| at);
    if here.is_empty() || here.len() > LONGEST_LINE {
        return Failure { code: Code::Data, report: diagnostic.into() };
    }
    diagnostic.labels = Some(vec![LabeledSpan::new_primary_with_span(None, start + at..start + at)]);
    let source = NamedSource::new(name, text.to_owned());
    Failure { code: Code::Data, report: Report::from(diagnostic).with_source_code(source) }
}

/// A file that cannot be read.
pub(super) fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    let help = file.is_dir().then(|| "name an array inside this folder".to_owned());
    Failure::with_help(Code::Data, format!("cannot read the array {}: {error}", file.display()), help)
}
