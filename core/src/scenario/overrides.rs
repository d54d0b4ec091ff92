//! An override replaces one value of a scenario from outside: `populations.output.leak="80 ms"`.
//!
//! The value is put into the text before it is parsed, so comments survive and every error has a place.

use std::ops::Range;
use std::str::FromStr;

use thiserror::Error;

use crate::scenario::error::{ScenarioError, advice};
use crate::scenario::parse::read;
use crate::scenario::source::{Origin, Source};
use crate::scenario::spans::{Body, Node};

/// A path and the RON value that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    path: String,
    value: String,
}

/// Why a text is not an override.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OverrideError {
    /// There is no equals sign, or nothing on one of its sides.
    #[error("`{text}` is not path=value; write for example populations.output.leak=\"80 ms\"")]
    Form {
        /// The text.
        text: String,
    },
}

impl Override {
    /// Reads `path=value`. A value that is no RON, such as a bare `80 ms`, stands for itself as a text.
    ///
    /// # Errors
    ///
    /// Where path or value are missing.
    pub fn parse(text: &str) -> Result<Override, OverrideError> {
        let sides = text.split_once('=').map(|(path, value)| (path.trim(), value.trim()));
        match sides {
            Some((path, value)) if !path.is_empty() && !value.is_empty() => Ok(Override::new(path, value)),
            _ => Err(OverrideError::Form { text: text.to_owned() }),
        }
    }

    /// The override of `path` by the RON text `value`.
    pub fn new(path: impl Into<String>, value: impl Into<String>) -> Override {
        Override { path: path.into(), value: value.into() }
    }

    /// The path whose value is replaced.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value as it was given.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl FromStr for Override {
    type Err = OverrideError;

    fn from_str(text: &str) -> Result<Override, OverrideError> {
        Override::parse(text)
    }
}

/// The source with all values in their places.
pub(super) fn apply(mut source: Source, overrides: &[Override]) -> Result<Source, ScenarioError> {
    for change in overrides {
        source = apply_one(&source, change)?;
    }
    Ok(source)
}

fn apply_one(source: &Source, change: &Override) -> Result<Source, ScenarioError> {
    let place = locate(source, &change.path)?;
    let put = |value: &str| {
        let new = format!("{}{value}{}", place.before, place.after);
        source.spliced(&place.range, &new, Origin::Set(change.path.clone()))
    };
    let quoted = ron::to_string(&change.value).unwrap_or_else(|_| change.value.clone());
    // More than one value, such as `1, count: 2`, would change more than its path: only as text can it stand.
    if ron::value::RawValue::from_ron(&change.value).is_err() {
        return Ok(put(&quoted));
    }
    let (plain, text) = (put(&change.value), put(&quoted));
    let text_is_meant = read(plain.text()).is_err() && read(text.text()).is_ok();
    Ok(if text_is_meant { text } else { plain })
}

/// Where a value goes, and what stands around it there.
struct Place {
    range: Range<usize>,
    before: String,
    after: String,
}

fn locate(source: &Source, path: &str) -> Result<Place, ScenarioError> {
    let (found, rest) = source.spans.resolve(path);
    if rest.is_empty() {
        return Ok(Place { range: found.value.range.clone(), before: String::new(), after: String::new() });
    }
    let known = path[..path.len() - rest.len()].trim_end_matches('.');
    let owner = if known.is_empty() { "the scenario".to_owned() } else { format!("`{known}`") };
    let refuse = |what: String| source.error(found.caret(), format!("--set {path}: {owner} has {what}"));
    let names: Vec<&str> = rest.trim_start_matches('.').split('.').collect();
    let word = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let Some(owner) = container(found.value) else {
        return Err(refuse(format!("no part `{}`", names[0])));
    };
    if rest.starts_with('[') || !names.iter().all(word) {
        return Err(refuse(format!("no element `{rest}`"))
            .with_help(Some("a path is like schedule[0].images".into())));
    }
    let map = matches!(owner.body, Body::Map(_));
    if map && names.len() > 1 {
        let known = owner.fields().iter().map(|field| field.name.as_str());
        return Err(refuse(format!("no entry `{}`", names[0])).with_help(advice(names[0], known)));
    }
    let last = owner.fields().last();
    let at = last.map_or(owner.range.end - 1, |field| field.value.range.end);
    let comma = if last.is_some() { ", " } else { "" };
    let quote = if map { "\"" } else { "" };
    let inner: String = names[1..].iter().map(|name| format!("({name}: ")).collect();
    let before = format!("{comma}{quote}{}{quote}: {inner}", names[0]);
    Ok(Place { range: at..at, before, after: ")".repeat(names.len() - 1) })
}

/// The struct or map that takes new fields of a value.
fn container(node: &Node) -> Option<&Node> {
    match &node.body {
        Body::Struct(_) | Body::Map(_) => Some(node),
        Body::Tuple(nodes) if nodes.is_empty() => Some(node),
        Body::Tuple(nodes) => nodes.iter().find_map(container),
        Body::List(_) | Body::Scalar => None,
    }
}
