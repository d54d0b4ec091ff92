//! A token is the smallest piece of RON text that has a meaning: a mark, a word or a quoted text.

use std::ops::Range;

/// One piece of text and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// One of `( ) [ ] { } : ,`.
    Mark(char),
    /// An identifier or a number.
    Word,
    /// A string, raw string, byte string or character.
    Quoted,
}

/// The tokens of a text, up to the first place where it cannot be RON.
///
/// Comments, white space and `#![...]` headers are passed over.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(start) = skip_blank(text, at) {
        let rest = &text[start..];
        let Some(first) = rest.chars().next() else { break };
        let (kind, length) = if "()[]{}:,".contains(first) {
            (Kind::Mark(first), Some(1))
        } else if let Some(length) = quoted(rest) {
            (Kind::Quoted, length)
        } else {
            (Kind::Word, Some(word(rest)))
        };
        let Some(length) = length.filter(|length| *length > 0) else { break };
        at = start + length;
        tokens.push(Token { kind, range: start..at });
    }
    tokens
}

/// The next byte that is neither white space nor comment, or `None` at the end or in an open comment.
fn skip_blank(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() {
            return None;
        } else if trimmed.starts_with("//") {
            at += trimmed.find('\n')?;
        } else if trimmed.starts_with("/*") {
            at += block_comment(trimmed)?;
        } else if trimmed.starts_with("#!") {
            at += trimmed.find(']')? + 1;
        } else {
            return Some(at);
        }
    }
}

/// The length of a comment `/* ... */`, in which others may stand.
fn block_comment(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let rest = &text.as_bytes()[at..];
        match rest {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            [] => return None,
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// `None` where no quoted text starts here; otherwise its length, `None` where it does not end.
fn quoted(text: &str) -> Option<Option<usize>> {
    let prefix = if text.starts_with("br") { 2 } else { usize::from(text.starts_with(['b', 'r'])) };
    let raw = text[..prefix].contains('r');
    let body = &text[prefix..];
    let hashes = if raw { body.len() - body.trim_start_matches('#').len() } else { 0 };
    let quote = body[hashes..].chars().next().filter(|quote| *quote == '"' || (*quote == '\'' && !raw))?;
    let open = prefix + hashes + 1;
    if raw {
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(text[open..].find(&close).map(|length| open + length + close.len()));
    }
    let mut escaped = false;
    for (offset, character) in text[open..].char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(Some(open + offset + 1)),
            _ => {}
        }
    }
    Some(None)
}

/// The length of a run without marks, quotes, white space and comments.
fn word(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || "()[]{}:,\"'".contains(c);
    let length = text.find(ends).unwrap_or(text.len());
    let comment = ["//", "/*"].iter().filter_map(|open| text[..length].find(open)).min();
    comment.unwrap_or(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|token| &text[token.range]).collect()
    }

    #[test]
    fn marks_words_and_texts_are_told_apart() {
        assert_eq!(
            pieces(r#"Lif(count: -1.5e3, "a\"b")"#),
            ["Lif", "(", "count", ":", "-1.5e3", ",", r#""a\"b""#, ")"]
        );
        assert_eq!(
            pieces(r###"[r#"a "quoted" b"#, 'x']"###),
            ["[", r###"r#"a "quoted" b"#"###, ",", "'x'", "]"]
        );
    }

    #[test]
    fn comments_and_headers_are_passed_over() {
        assert_eq!(pieces("#![enable(implicit_some)]\n1 // one )\n/* a /* b */ ( */ 2/**/"), ["1", "2"]);
    }

    #[test]
    fn reading_ends_where_a_quote_or_comment_stays_open() {
        assert_eq!(pieces("a \"b"), ["a"]);
        assert_eq!(pieces("a /* b"), ["a"]);
    }
}
