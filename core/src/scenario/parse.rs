//! Parsing turns text into a scenario, or into errors that an author understands.

use std::ops::Range;

use ron::error::{Error, Position, SpannedError};
use ron::extensions::Extensions;

use crate::scenario::error::{ScenarioError, advice};
use crate::scenario::schema::Scenario;
use crate::scenario::slips::slip;
use crate::scenario::source::{Origin, Source};
use crate::scenario::spans::{Body, Found};

/// Reads RON as scenarios use it: `Some(...)` and the parentheses of newtypes are not written.
pub(super) fn read(text: &str) -> Result<Scenario, SpannedError> {
    let extensions =
        Extensions::IMPLICIT_SOME | Extensions::UNWRAP_NEWTYPES | Extensions::UNWRAP_VARIANT_NEWTYPES;
    ron::Options::default().with_default_extension(extensions).from_str(text)
}

/// Keys that stand twice in a map. RON itself would keep the last one of a map.
pub(super) fn duplicates(source: &Source) -> Vec<ScenarioError> {
    let pairs = source.spans.duplicates().into_iter();
    pairs
        .map(|(name, first, second)| {
            source
                .error(second, format!("`{name}` stands here for the second time"))
                .with_label(first, "first here")
                .with_help(Some("give each name once".into()))
        })
        .collect()
}

/// RON's error in the words of a scenario, at the place that an author would point to.
pub(super) fn explain(source: &Source, error: SpannedError) -> ScenarioError {
    if let Some(slip) = slip(source) {
        return slip;
    }
    let text = source.text();
    let (start, at) = (offset(text, error.span.start), offset(text, error.span.end));
    let token = start.min(at)..at;
    match error.code {
        Error::NoSuchStructField { expected, found, outer } => {
            unknown_field(source, at, &found, expected, outer.as_deref())
        }
        Error::NoSuchEnumVariant { expected, found, .. } => {
            // Values that are read as text first have their error at their end.
            let whole = source.spans.innermost(at).value;
            let place =
                if text[token.clone()] == found { token } else { whole.name.clone().unwrap_or(token) };
            source
                .error(place, format!("there is no `{found}` here"))
                .with_help(advice(&found, expected.iter().copied()))
        }
        Error::ExpectedDifferentLength { expected, found } => wrong_length(source, at, &expected, found),
        Error::ExpectedString if source.spans.key_at(next(text, at)).is_some() => {
            let key = source.spans.key_at(next(text, at)).map_or(token, |field| field.key.clone());
            let name = &text[key.clone()];
            source
                .error(key.clone(), format!("the name `{name}` is not in quotes"))
                .with_help(Some(format!("write \"{name}\"")))
        }
        Error::MissingStructField { field, outer } => missing_field(source, at, field, outer.as_deref()),
        Error::ExpectedDifferentStructName { expected, found } => source
            .error(token, format!("`{found}` is not the name of this struct"))
            .with_help(Some(format!("write `{expected}`, or no name"))),
        code => {
            let found = source.spans.innermost(at);
            wrong_value(source, &found, at, &code).unwrap_or_else(|| wrong_text(source, at, &code))
        }
    }
}

fn unknown_field(
    source: &Source,
    at: usize,
    found: &str,
    expected: &[&str],
    outer: Option<&str>,
) -> ScenarioError {
    let key = source.spans.key_at(at).map_or(at..at, |field| field.key.clone());
    let set = source.splice_at(&key).map(|splice| &splice.origin);
    let message = match (set, outer) {
        (Some(Origin::Set(path)), _) => {
            let known = path.rfind(found).map_or("", |end| path[..end].trim_end_matches('.'));
            let owner = if known.is_empty() { "the scenario".to_owned() } else { format!("`{known}`") };
            format!("--set {path}: {owner} has no field `{found}`")
        }
        (_, Some(outer)) => format!("`{outer}` has no field `{found}`"),
        (_, None) => format!("there is no field `{found}` here"),
    };
    source.error(key, message).with_help(advice(found, expected.iter().copied()))
}

fn missing_field(source: &Source, at: usize, field: &str, outer: Option<&str>) -> ScenarioError {
    let found = source.spans.enclosing(at);
    let place = found.value.name.clone().unwrap_or_else(|| found.caret());
    let owner = outer.map_or("this struct".to_owned(), |outer| format!("`{outer}`"));
    source
        .error(place, format!("{owner} has no `{field}`, which has no default"))
        .with_help(Some(format!("add `{field}: ...`")))
}

/// A tuple with too few values.
fn wrong_length(source: &Source, at: usize, expected: &str, found: usize) -> ScenarioError {
    let around = source.spans.enclosing(at);
    let needed = expected.split(|c: char| !c.is_ascii_digit()).rfind(|digits| !digits.is_empty());
    let values = if found == 1 { "value stands" } else { "values stand" };
    let message = format!("{found} {values} here, but {} are needed", needed.unwrap_or("more"));
    source.error(around.caret(), message)
}

/// A value of the wrong type; `None` where the text is not RON at all.
fn wrong_value(source: &Source, found: &Found<'_>, at: usize, code: &Error) -> Option<ScenarioError> {
    let range = found.caret();
    let text = source.text();
    let value = text.get(range.clone())?;
    let value = if value.contains('\n') { "this" } else { value };
    let scalar = matches!(found.value.body, Body::Scalar);
    let begins =
        found.value.range.start == at || text.get(at..).is_some_and(|rest| rest.trim_start() != rest);
    let is = |expected: &str| Some((format!("`{value}` is not {expected}"), None));
    let (message, help) = match code {
        Error::Message(message) => (message.clone(), None),
        Error::InvalidValueForType { .. } if matches!(found.value.body, Body::Struct(_)) => {
            let name = found.value.name.clone().and_then(|name| text.get(name)).unwrap_or_default();
            ("the values here are written without names".into(), Some(format!("write {name}(value, ...)")))
        }
        Error::InvalidValueForType { expected, .. } => {
            (format!("`{value}` is not what is expected here"), Some(format!("write {expected}")))
        }
        Error::ExpectedInteger if value.starts_with('-') => is("a whole number from 0")?,
        Error::ExpectedInteger => is("a whole number")?,
        Error::IntegerOutOfBounds if value.starts_with('-') => is("a whole number from 0")?,
        Error::IntegerOutOfBounds => (format!("`{value}` is too large for this number"), None),
        Error::ExpectedFloat => is("a number")?,
        Error::ExpectedBoolean => {
            (format!("`{value}` is not a truth value"), Some("write true or false".into()))
        }
        Error::ExpectedString => {
            (format!("`{value}` is not a text"), Some("put it in quotes: \"...\"".into()))
        }
        Error::ExpectedArray => (format!("`{value}` is not a list"), Some("write [...]".into())),
        Error::ExpectedMap => (format!("`{value}` is not a map"), Some("write { \"name\": ... }".into())),
        Error::ExpectedIdentifier if begins => (
            format!("`{value}` is not a name"),
            Some("write one of the forms of this field, or the name of a value: (field: value, ...)".into()),
        ),
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) if !begins && scalar => {
            (format!("`{value}` needs values"), Some(format!("write {value}(...)")))
        }
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => {
            (format!("`{value}` is not a struct"), Some("write (field: value, ...)".into()))
        }
        Error::ExpectedComma if scalar && range.start < at && at < range.end => is("a whole number")?,
        Error::ExceededRecursionLimit => ("this is nested too deeply".into(), None),
        _ => return None,
    };
    Some(source.error(range, message).with_help(help))
}

/// A text that is not RON, at the place where that showed.
fn wrong_text(source: &Source, at: usize, code: &Error) -> ScenarioError {
    let text = source.text();
    let start = next(text, at);
    let rest = &text[start..];
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let length = rest.chars().next().map_or(0, |first| word.max(first.len_utf8()));
    let place: Range<usize> = if rest.is_empty() { last_place(text) } else { start..start + length };
    let first = (!rest.is_empty()).then(|| &rest[..length]);
    let help = "check the commas, quotes and parentheses before this place";
    let message = match (code, first) {
        (Error::Eof, _) | (_, None) => "the text ends too early".to_owned(),
        (Error::ExpectedComma, Some(first)) => format!("a comma is missing before `{first}`"),
        (Error::TrailingCharacters, Some(first)) => format!("the scenario has ended before `{first}`"),
        (Error::ExpectedMapColon, Some(first)) => format!("a colon is missing before `{first}`"),
        (Error::ExpectedIdentifier, Some(first @ (")" | "]" | "}" | ","))) => {
            format!("a value is missing before `{first}`")
        }
        (Error::ExpectedStringEnd, _) => "this text has no closing quote".to_owned(),
        (code, Some(_)) => lowercase(&code.to_string()),
    };
    source.error(place, message).with_help(Some(help.into()))
}

/// The last character that is not blank: where a text that ends too early is cut off.
fn last_place(text: &str) -> Range<usize> {
    let end = text.trim_end().len();
    text[..end].char_indices().next_back().map_or(0..0, |(start, _)| start..end)
}

/// The first byte from `at` on that is not blank.
fn next(text: &str, at: usize) -> usize {
    text[at..].find(|c: char| !c.is_whitespace()).map_or(text.len(), |blank| at + blank)
}

fn lowercase(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_lowercase().chain(characters).collect())
}

/// The byte of a line and column, which count characters from 1.
fn offset(text: &str, position: Position) -> usize {
    let line_start: usize =
        text.split_inclusive('\n').take(position.line.saturating_sub(1)).map(str::len).sum();
    let line = &text[line_start..];
    line_start + line.chars().take(position.col.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
}
