//! A value is what a file says, in JSON or in RON, before anybody asks what it means.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A tree of numbers and texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `null` in JSON, `None` in RON.
    Absent,
    Truth(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    /// In the order of the file; no key stands twice.
    Fields(Vec<(String, Value)>),
}

impl Value {
    /// What messages call it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Absent => "nothing",
            Value::Truth(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Fields(_) => "named values",
        }
    }
}

/// The languages of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Json,
    Ron,
}

/// A text that is not in its language. Lines and columns count from 1, columns in characters.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed {
    pub(super) what: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Language {
    pub(super) fn name(self) -> &'static str {
        match self {
            Language::Json => "JSON",
            Language::Ron => "RON",
        }
    }

    /// Reads a whole text.
    pub(super) fn read(self, text: &str) -> Result<Value, Malformed> {
        let tree = Tree(self);
        match self {
            Language::Json => {
                let mut reader = serde_json::Deserializer::from_str(text);
                tree.deserialize(&mut reader)
                    .and_then(|value| reader.end().map(|()| value))
                    .map_err(|error| json_error(text, &error))
            }
            Language::Ron => ron::Options::default().from_str_seed(text, tree).map_err(|error| Malformed {
                what: error.code.to_string(),
                line: error.span.end.line,
                column: error.span.end.col,
            }),
        }
    }
}

fn json_error(text: &str, error: &serde_json::Error) -> Malformed {
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    // The reader counts bytes.
    let before = line.get(..error.column().min(line.len())).unwrap_or(line);
    let said = error.to_string();
    let what = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what).to_owned();
    Malformed { what, line: error.line(), column: before.chars().count().max(1) }
}

/// Builds values as a reader of the language hands them out.
#[derive(Clone, Copy)]
struct Tree(Language);

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, a list or named values")
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Truth(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Absent)
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.deserialize(reader)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        match self.0 {
            Language::Json => Ok(Value::Absent),
            // RON's reader takes every word that it does not know for a struct without fields.
            Language::Ron => {
                Err(E::custom("this word is no value; what is absent is None, a text has quotes"))
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::with_capacity(list.size_hint().unwrap_or(0).min(1024));
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields: Vec<(String, Value)> = Vec::new();
        while let Some(key) = map.next_key_seed(self)? {
            let Value::Text(key) = key else {
                return Err(A::Error::custom("a key that is not a name"));
            };
            if fields.iter().any(|(other, _)| *other == key) {
                return Err(A::Error::custom(format!("`{key}` stands here for the second time")));
            }
            fields.push((key, map.next_value_seed(self)?));
        }
        Ok(Value::Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same() {
        let json = Language::Json.read(r#"{"a": [0.1, null, true, -3], "b": {"c": "2 ohm"}}"#);
        let ron = Language::Ron.read(r#"(a: [0.1, None, true, -3], b: (c: "2 ohm"))"#);
        let list = [Value::Number(0.1), Value::Absent, Value::Truth(true), Value::Number(-3.0)];
        let inner = Value::Fields(vec![("c".into(), Value::Text("2 ohm".into()))]);
        let expected = Value::Fields(vec![("a".into(), Value::List(list.into())), ("b".into(), inner)]);
        assert_eq!(json, Ok(expected.clone()));
        assert_eq!(ron, Ok(expected));
    }

    #[test]
    fn numbers_are_read_to_the_last_bit() {
        for text in ["0.1", "5.167034084532542e-05", "0.3333333333333333", "1.7976931348623157e308"] {
            let expected = Ok(Value::Number(text.parse().unwrap()));
            assert_eq!(Language::Json.read(text), expected);
            assert_eq!(Language::Ron.read(text), expected);
        }
    }

    #[test]
    fn a_fault_has_its_line_and_column() {
        let fault = |language: Language, text: &str| {
            let Malformed { what, line, column } = language.read(text).unwrap_err();
            format!("{line}:{column}: {what}")
        };
        assert_eq!(fault(Language::Json, "{\n  \"µ\": [1 2]}"), "2:11: expected `,` or `]`");
        assert_eq!(fault(Language::Json, ""), "1:1: EOF while parsing a value");
        assert_eq!(
            fault(Language::Json, "{\"m\": 1, \"m\": 2}"),
            "1:12: `m` stands here for the second time"
        );
        assert_eq!(fault(Language::Ron, "(\n  a: [1 2])"), "2:9: Expected comma");
        assert!(fault(Language::Ron, "(a: null)").ends_with("what is absent is None, a text has quotes"));
    }
}
