//! A source is the text of a scenario as it is parsed: the author's, with the values that were set from outside.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::NamedSource;

use crate::scenario::error::{File, ScenarioError, ScenarioErrors};
use crate::scenario::spans::Spans;

/// A place in the text whose value came from outside.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) origin: Origin,
}

/// Where a value of a scenario comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The author wrote it.
    Given,
    /// It is the schema's.
    Default,
    /// It was set from outside, at this path.
    Set(String),
    /// It stands in this device file.
    File(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Given => f.write_str("given"),
            Origin::Default => f.write_str("default"),
            Origin::Set(_) => f.write_str("--set"),
            Origin::File(name) => f.write_str(name),
        }
    }
}

/// A text, the places of its values and the places that were set from outside.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) file: File,
    pub(super) spans: Spans,
    pub(super) splices: Vec<Splice>,
}

impl Source {
    pub(super) fn new(name: &str, text: String, splices: Vec<Splice>) -> Source {
        let spans = Spans::read(&text);
        Source { file: Arc::new(NamedSource::new(name, text)), spans, splices }
    }

    pub(super) fn text(&self) -> &str {
        self.file.inner()
    }

    /// This text with `new` in the place of `range`.
    pub(super) fn spliced(&self, range: &Range<usize>, new: &str, origin: Origin) -> Source {
        let mut text = self.text().to_owned();
        text.replace_range(range.clone(), new);
        let shift = |at: usize| if at >= range.end { at - range.end + range.start + new.len() } else { at };
        let covered = |splice: &Splice| splice.range.start >= range.start && splice.range.end <= range.end;
        let kept = self.splices.iter().filter(|splice| !covered(splice) || range.is_empty());
        let mut splices: Vec<Splice> = kept
            .map(|splice| Splice {
                range: shift(splice.range.start)..shift(splice.range.end),
                ..splice.clone()
            })
            .collect();
        // The value alone is the splice: an insertion brings its comma along.
        let skipped = new.len() - new.trim_start_matches([',', ' ']).len();
        splices.push(Splice { range: range.start + skipped..range.start + new.len(), origin });
        Source::new(self.file.name(), text, splices)
    }

    /// The latest value from outside that touches `range`.
    pub(super) fn splice_at(&self, range: &Range<usize>) -> Option<&Splice> {
        self.splices
            .iter()
            .rev()
            .find(|splice| splice.range.start <= range.start && range.end <= splice.range.end)
    }

    /// An error at a place of the text.
    pub(super) fn error(&self, at: Range<usize>, message: impl Into<String>) -> ScenarioError {
        let label = self.splice_at(&at).map(|splice| match &splice.origin {
            Origin::Set(path) => format!("from --set {path}"),
            origin => format!("from {origin}"),
        });
        ScenarioError::new(&self.file, at, label, message.into())
    }

    /// An error at the value of `path`, or at the nearest value around it that the text has.
    pub(super) fn error_at(&self, path: &str, message: impl Into<String>) -> ScenarioError {
        self.error(self.spans.resolve(path).0.caret(), message)
    }

    pub(super) fn refuse(&self, errors: Vec<ScenarioError>) -> ScenarioErrors {
        ScenarioErrors { name: self.file.name().to_owned(), errors }
    }
}
