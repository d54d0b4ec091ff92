//! A slip is a mistake of writing that leaves a text which is not RON, and that RON itself notices late or calls by a strange
//! name.

use crate::scenario::error::ScenarioError;
use crate::scenario::source::Source;
use crate::scenario::tokens::{Kind, Token, tokens};

/// The first slip of a text that RON has refused.
pub(super) fn slip(source: &Source) -> Option<ScenarioError> {
    let text = source.text();
    if text.trim_start().starts_with('#') && !text.trim_start().starts_with("#!") {
        let start = text.len() - text.trim_start().len();
        let error = source.error(start..start + 1, "a comment does not begin with `#`");
        return Some(error.with_help(Some("write // before a comment".into())));
    }
    let tokens = tokens(text);
    if tokens.is_empty() && !text.contains(['"', '\'']) {
        let error = source.error(0..0, "there is no scenario in this file");
        return Some(error.with_help(Some("write Scenario(...)".into())));
    }
    single_quotes(source, &tokens).or_else(|| open_quote(source, &tokens))
}

fn single_quotes(source: &Source, tokens: &[Token]) -> Option<ScenarioError> {
    let text = source.text();
    let token = tokens.iter().find(|token| text[token.range.clone()].starts_with('\''))?;
    let quoted = &text[token.range.clone()];
    let error = source.error(token.range.clone(), format!("{quoted} is in single quotes"));
    Some(error.with_help(Some(format!("write \"{}\"", quoted.trim_matches('\'')))))
}

/// A quote that was not closed ends where the next one was to begin, with a word right behind it.
fn open_quote(source: &Source, tokens: &[Token]) -> Option<ScenarioError> {
    let text = source.text();
    let is_open = |pair: &&[Token]| {
        let kinds = (pair[0].kind, pair[1].kind);
        kinds == (Kind::Quoted, Kind::Word) && pair[0].range.end == pair[1].range.start
    };
    let token = tokens.windows(2).find(is_open)?[0].range.clone();
    let line = text[token.clone()].lines().next().unwrap_or_default().trim_end();
    let error = source.error(token.start..token.start + line.len(), "this quote is not closed in time");
    Some(error.with_help(Some("close it: \"...\"".into())))
}
