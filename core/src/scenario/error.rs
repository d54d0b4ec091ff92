//! An error of a scenario says where the text is wrong, what was found, what was expected and what to do.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource};
use thiserror::Error;

/// The text of a scenario under the name of its file.
pub(super) type File = Arc<NamedSource<String>>;

/// One thing that is wrong in a scenario.
#[derive(Clone, Debug, Error, Diagnostic)]
#[error("{message}")]
pub struct ScenarioError {
    message: String,
    #[help]
    help: Option<String>,
    #[source_code]
    file: File,
    #[label(collection)]
    labels: Vec<LabeledSpan>,
}

impl ScenarioError {
    pub(super) fn new(
        file: &File,
        at: Range<usize>,
        label: Option<String>,
        message: String,
    ) -> ScenarioError {
        if !can_be_drawn(file, &at) {
            let (line, column) = place(file.inner(), at.start);
            let message = format!("line {line}, column {column}: {message}");
            return ScenarioError { message, help: None, file: Arc::clone(file), labels: Vec::new() };
        }
        let labels = vec![LabeledSpan::new_primary_with_span(label, at)];
        ScenarioError { message, help: None, file: Arc::clone(file), labels }
    }

    pub(super) fn with_help(mut self, help: Option<String>) -> ScenarioError {
        self.help = help.or(self.help);
        self
    }

    pub(super) fn with_label(mut self, at: Range<usize>, text: &str) -> ScenarioError {
        if !self.labels.is_empty() && can_be_drawn(&self.file, &at) {
            self.labels.push(LabeledSpan::new_with_span(Some(text.to_owned()), at));
        }
        self
    }

    /// Line and column of the caret, from 1, in characters.
    pub fn place(&self) -> (usize, usize) {
        let at = self.labels.first().map_or(0, LabeledSpan::offset);
        place(self.file.inner(), at)
    }

    /// What to do.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// Line and column of a byte, from 1, in characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(before, |end| &before[end + 1..]);
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Whether a place can be underlined: its line and those around it are drawn as they are, and nobody reads one of many
/// thousand characters.
fn can_be_drawn(file: &File, at: &Range<usize>) -> bool {
    const LONGEST: usize = 10_000;
    let text = file.inner();
    let before = text.get(..at.start).unwrap_or_default().split('\n').next_back().map_or(0, str::len);
    let start = at.start - before;
    let line_before = text[..start.saturating_sub(1)].split('\n').next_back().map_or(0, str::len);
    let lines_after = text[start..].split('\n').take(2).map(str::len);
    lines_after.chain([line_before, at.len()]).all(|length| length <= LONGEST)
}

/// Everything that is known to be wrong in a scenario; never empty.
#[derive(Clone, Debug, Error, Diagnostic)]
#[error("scenario `{name}` is refused: {} error{}", errors.len(), if errors.len() == 1 { "" } else { "s" })]
pub struct ScenarioErrors {
    /// The name of the file.
    pub name: String,
    /// One for each fault, in the order of their checks.
    #[related]
    pub errors: Vec<ScenarioError>,
}

/// The advice for a name that is not among `known`: the one that was probably meant, or all of them.
///
/// ```
/// use crosspike::scenario::advice;
///
/// let known = ["g_min", "g_max"].into_iter();
/// assert_eq!(advice("gmin", known.clone()).unwrap(), "did you mean `g_min`?");
/// assert_eq!(advice("levels", known).unwrap(), "write `g_min` or `g_max`");
/// ```
pub fn advice<'a>(found: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let distance = |name: &str| strsim::damerau_levenshtein(&found.to_lowercase(), &name.to_lowercase());
    let nearest = known.clone().min_by_key(|name| distance(name))?;
    if distance(nearest) <= 1.max(found.chars().count() / 3) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    let names: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    let (last, others) = names.split_last()?;
    let separator = if others.is_empty() { "" } else { " or " };
    Some(format!("write {}{separator}{last}", others.join(", ")))
}
