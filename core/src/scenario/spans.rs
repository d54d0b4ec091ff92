//! The spans of a scenario say where in its text each value stands.
//!
//! A path names a value: `populations.output.threshold`, `schedule[1].images`,
//! `projections.input.crossbar.device.count`. The names of variants are no part of it: what stands in `Lif(...)` or
//! `Encoder(Poisson(...))` belongs to the population itself, and so do the entries of a device to the device.

use std::ops::Range;

use crate::scenario::tokens::{Kind, Token, tokens};

/// Nesting beyond this, which the parser refuses too, is not followed.
const DEPTH_LIMIT: usize = 128;

/// Lists and tuples up to this length, in bytes, stand in a message as they are.
const SMALL: usize = 48;

/// One value and what it is made of.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The whole value, in bytes.
    pub(super) range: Range<usize>,
    /// The name before the parenthesis.
    pub(super) name: Option<Range<usize>>,
    pub(super) body: Body,
}

/// What a value is made of.
#[derive(Clone, Debug)]
pub(super) enum Body {
    /// A number, a text, or a name alone.
    Scalar,
    /// `[...]`
    List(Vec<Node>),
    /// `(a, b)`
    Tuple(Vec<Node>),
    /// `(a: 1, b: 2)`
    Struct(Vec<Field>),
    /// `{"a": 1, "b": 2}`
    Map(Vec<Field>),
}

/// A value with its key.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) key: Range<usize>,
    pub(super) value: Node,
}

/// What a path leads to: a value and, where it has one, its key.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) key: Option<Range<usize>>,
    pub(super) value: &'a Node,
}

impl Found<'_> {
    /// The text that stands for this value in a message: a small one itself, else its key, its name, its first mark.
    pub(super) fn caret(&self) -> Range<usize> {
        match (&self.value.body, &self.key, &self.value.name) {
            _ if self.value.is_small() => self.value.range.clone(),
            (_, Some(key), _) => key.clone(),
            (_, None, Some(name)) => name.clone(),
            (_, None, None) => self.value.range.start..(self.value.range.start + 1).min(self.value.range.end),
        }
    }
}

impl Node {
    /// The fields of a struct or the entries of a map.
    pub(super) fn fields(&self) -> &[Field] {
        match &self.body {
            Body::Struct(fields) | Body::Map(fields) => fields,
            _ => &[],
        }
    }

    /// Whether this is a scalar, or a short list or tuple of scalars.
    fn is_small(&self) -> bool {
        let scalars = self.elements().iter().all(|node| matches!(node.body, Body::Scalar));
        let short = !self.elements().is_empty() && self.range.len() <= SMALL;
        matches!(self.body, Body::Scalar) || (scalars && short)
    }

    fn elements(&self) -> &[Node] {
        match &self.body {
            Body::List(nodes) | Body::Tuple(nodes) => nodes,
            _ => &[],
        }
    }

    /// One step along `path`: what it leads to and the rest of the path.
    fn step<'p>(&self, path: &'p str) -> Option<(Found<'_>, &'p str)> {
        if let Some(found) = self.element(path) {
            return Some(found);
        }
        let name = path.strip_prefix('.').unwrap_or(path);
        // Names may contain dots; of two names that fit the longer one is meant.
        let fits = self.fields().iter().filter_map(|field| {
            let rest = name.strip_prefix(field.name.as_str())?;
            (rest.is_empty() || rest.starts_with(['.', '['])).then_some((field, rest))
        });
        if let Some((field, rest)) = fits.max_by_key(|(field, _)| field.name.len()) {
            return Some((Found { key: Some(field.key.clone()), value: &field.value }, rest));
        }
        match &self.body {
            Body::Tuple(nodes) => nodes.iter().find_map(|node| node.step(path)),
            _ => None,
        }
    }

    fn element<'p>(&self, path: &'p str) -> Option<(Found<'_>, &'p str)> {
        let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
        let index: usize = index.parse().ok()?;
        if let (Body::Tuple(nodes), Some(_)) = (&self.body, &self.name)
            && let [Node { body: Body::List(elements), .. }] = nodes.as_slice()
        {
            return elements.get(index).map(|value| (Found { key: None, value }, rest));
        }
        self.elements().get(index).map(|value| (Found { key: None, value }, rest))
    }

    /// Calls `visit` for this value and all in it, outermost first.
    fn walk<'a>(&'a self, key: Option<&'a Field>, visit: &mut impl FnMut(Option<&'a Field>, &'a Node)) {
        visit(key, self);
        self.fields().iter().for_each(|field| field.value.walk(Some(field), visit));
        self.elements().iter().for_each(|node| node.walk(None, visit));
    }
}

/// Where each value of a scenario stands.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    root: Node,
}

impl Spans {
    /// The spans of a text. Where the text is not RON they end before the fault.
    pub(super) fn read(text: &str) -> Spans {
        let mut reader = Reader { text, tokens: tokens(text), at: 0 };
        let empty = Node { range: 0..text.len().min(1), name: None, body: Body::Scalar };
        Spans { root: reader.value(0).unwrap_or(empty) }
    }

    /// What the longest known prefix of `path` leads to, and the rest of the path.
    pub(super) fn resolve<'p>(&self, path: &'p str) -> (Found<'_>, &'p str) {
        let mut found = Found { key: None, value: &self.root };
        let mut rest = path;
        while !rest.is_empty() {
            let Some((next, after)) = found.value.step(rest) else { break };
            (found, rest) = (next, after);
        }
        (found, rest)
    }

    /// What the whole `path` leads to.
    pub(super) fn get(&self, path: &str) -> Option<Found<'_>> {
        let (found, rest) = self.resolve(path);
        rest.is_empty().then_some(found)
    }

    /// The innermost value that contains the byte `at`, or that ends there.
    pub(super) fn innermost(&self, at: usize) -> Found<'_> {
        let mut innermost = Found { key: None, value: &self.root };
        self.root.walk(None, &mut |field, value| {
            if value.range.start <= at && at <= value.range.end {
                innermost = Found { key: field.map(|field| field.key.clone()), value };
            }
        });
        innermost
    }

    /// The innermost value around the byte `at` that has parts.
    pub(super) fn enclosing(&self, at: usize) -> Found<'_> {
        let mut enclosing = Found { key: None, value: &self.root };
        self.root.walk(None, &mut |field, value| {
            if value.range.start < at && at < value.range.end && !matches!(value.body, Body::Scalar) {
                enclosing = Found { key: field.map(|field| field.key.clone()), value };
            }
        });
        enclosing
    }

    /// The field whose key contains the byte `at`, or ends there.
    pub(super) fn key_at(&self, at: usize) -> Option<&Field> {
        let mut found = None;
        self.root.walk(None, &mut |_, value| {
            let key = value.fields().iter().find(|field| field.key.start <= at && at <= field.key.end);
            found = key.or(found);
        });
        found
    }

    /// Calls `visit` for every value and its key, outermost first.
    pub(super) fn walk(&self, mut visit: impl FnMut(Option<&Field>, &Node)) {
        self.root.walk(None, &mut |key, value| visit(key, value));
    }

    /// Where the value of the whole text ends; `None` where there is none.
    pub(super) fn end(&self) -> Option<usize> {
        (!matches!(self.root.body, Body::Scalar)).then_some(self.root.range.end)
    }

    /// Keys that stand twice in one map or struct: name, first and second place.
    pub(super) fn duplicates(&self) -> Vec<(String, Range<usize>, Range<usize>)> {
        let mut duplicates = Vec::new();
        self.root.walk(None, &mut |_, value| {
            let mut places = std::collections::HashMap::new();
            for field in value.fields() {
                if let Some(first) = places.insert(field.name.as_str(), field.key.clone()) {
                    duplicates.push((field.name.clone(), first, field.key.clone()));
                }
            }
        });
        duplicates
    }
}

/// Reads values from tokens.
struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl Reader<'_> {
    fn mark(&self, ahead: usize, mark: char) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.kind == Kind::Mark(mark))
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        let first = self.tokens.get(self.at)?.clone();
        let mut name = None;
        if !matches!(first.kind, Kind::Mark(_)) {
            self.at += 1;
            if first.kind == Kind::Quoted || !self.mark(0, '(') {
                return Some(Node { range: first.range, name: None, body: Body::Scalar });
            }
            name = Some(first.range.clone());
        }
        let open = self.tokens.get(self.at)?.kind;
        self.at += 1;
        if depth == DEPTH_LIMIT {
            // What follows has no places; the parser refuses the text for its depth.
            self.at = self.tokens.len();
            return None;
        }
        let body = match open {
            Kind::Mark('[') => Body::List(self.list(']', depth)),
            Kind::Mark('{') => Body::Map(self.fields('}', depth)),
            Kind::Mark('(') if self.mark(1, ':') => Body::Struct(self.fields(')', depth)),
            Kind::Mark('(') => Body::Tuple(self.list(')', depth)),
            _ => return None,
        };
        let end = self.tokens[..self.at].last().map_or(first.range.end, |token| token.range.end);
        Some(Node { range: first.range.start..end, name, body })
    }

    fn list(&mut self, close: char, depth: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        while !self.ended(close) {
            let before = self.at;
            nodes.extend(self.value(depth + 1));
            self.separator(before);
        }
        nodes
    }

    fn fields(&mut self, close: char, depth: usize) -> Vec<Field> {
        let mut fields = Vec::new();
        while !self.ended(close) {
            let before = self.at;
            if let Some(key) = self.value(depth + 1) {
                if self.mark(0, ':') {
                    self.at += 1;
                }
                let name = self.name(&key.range);
                let value = self.value(depth + 1);
                fields.extend(value.map(|value| Field { name, key: key.range, value }));
            }
            self.separator(before);
        }
        fields
    }

    /// The text of a key without its quotes and escapes.
    fn name(&self, key: &Range<usize>) -> String {
        let text = &self.text[key.clone()];
        if text.starts_with('"') || text.starts_with("r\"") || text.starts_with("r#\"") {
            return ron::from_str(text).unwrap_or_else(|_| text.to_owned());
        }
        text.strip_prefix("r#").unwrap_or(text).to_owned()
    }

    /// Whether the closing mark or the end of the text is reached; passes over the mark.
    fn ended(&mut self, close: char) -> bool {
        let closed = self.mark(0, close);
        self.at += usize::from(closed);
        closed || self.at >= self.tokens.len()
    }

    /// Passes over a comma; in text that is not RON, over one token at least.
    fn separator(&mut self, before: usize) {
        if self.mark(0, ',') || self.at == before {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"Scenario(
        populations: { "a.b": Encoder(Poisson(rate: "5 Hz")), "a": Lif(count: 3) },
        projections: { "in": (device: ("levels", { "count": 256 }), weights: List([(source: 1)])) },
        schedule: [Run(duration: "1 s"), Train(images: 5)],
    )"#;

    fn at(path: &str) -> Option<&'static str> {
        Spans::read(TEXT).get(path).map(|found| &TEXT[found.value.range.clone()])
    }

    #[test]
    fn paths_pass_through_the_names_of_variants() {
        assert_eq!(at("populations.a.b.rate"), Some("\"5 Hz\""));
        assert_eq!(at("populations.a.count"), Some("3"));
        assert_eq!(at("projections.in.device.count"), Some("256"));
        assert_eq!(at("projections.in.device[0]"), Some("\"levels\""));
        assert_eq!(at("projections.in.weights[0].source"), Some("1"));
        assert_eq!(at("schedule[1].images"), Some("5"));
        assert_eq!(at("schedule[2]"), None);
        assert_eq!(at("populations.a.leak"), None);
    }

    #[test]
    fn the_rest_of_an_unknown_path_remains() {
        let spans = Spans::read(TEXT);
        let (found, rest) = spans.resolve("populations.a.leak.more");
        assert_eq!((&TEXT[found.caret()], rest), ("\"a\"", ".leak.more"));
    }

    #[test]
    fn keys_that_stand_twice_are_found() {
        let text = "({ \"a\": 1, \"b\": 2, \"a\": 3 })";
        assert_eq!(Spans::read(text).duplicates(), [("a".to_owned(), 3..6, 19..22)]);
    }

    #[test]
    fn text_that_is_not_ron_has_the_spans_before_the_fault() {
        for text in ["", ")", "(a:", "(a: (b: 1", "{,,:}", &"(".repeat(10_000), &"a(b:[".repeat(10_000)] {
            Spans::read(text);
        }
    }
}
