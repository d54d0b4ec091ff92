//! The leaves of a scenario are its single values, each with its path, in the order of the schema.

use std::fmt::Display;

use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant};
use serde::ser::{SerializeTuple, SerializeTupleStruct, SerializeTupleVariant};

/// A value as it is shown.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
    /// The text of a value without parts.
    Leaf(String),
    /// `[...]`, or `(...)` with or without a name.
    Sequence(String, Vec<Shown>, &'static str),
    /// Fields or entries, with the name of a variant where it is one.
    Fields(String, Vec<(String, Shown)>),
}

/// The path and the text of every leaf of `value`; what does not exist is `none`.
pub(super) fn leaves(value: &impl Serialize) -> Vec<(String, String)> {
    let mut leaves = Vec::new();
    // The serializer fails only where a `Serialize` of our own does, and none of them does.
    if let Ok(shown) = value.serialize(Show) {
        shown.collect(String::new(), &mut leaves);
    }
    leaves
}

impl Shown {
    fn collect(self, path: String, leaves: &mut Vec<(String, String)>) {
        if let Some(text) = self.line() {
            leaves.push((path, text));
            return;
        }
        match self {
            Shown::Leaf(_) => {}
            Shown::Sequence(_, elements, close) => {
                for (index, element) in elements.into_iter().enumerate() {
                    // The parts of a tuple go by the tuple's own path: ("levels", {"count": 256}).
                    let path = if close == "]" { format!("{path}[{index}]") } else { path.clone() };
                    element.collect(path, leaves);
                }
            }
            Shown::Fields(name, fields) => {
                if !name.is_empty() {
                    leaves.push((path.clone(), name));
                }
                for (field, value) in fields {
                    let path = if path.is_empty() { field } else { format!("{path}.{field}") };
                    value.collect(path, leaves);
                }
            }
        }
    }

    /// The text of a value that fits one line, `None` where it has fields.
    fn line(&self) -> Option<String> {
        match self {
            Shown::Leaf(text) => Some(text.clone()),
            Shown::Fields(name, fields) => (name.is_empty() && fields.is_empty()).then(|| "{}".to_owned()),
            Shown::Sequence(open, elements, close) => {
                let texts: Option<Vec<String>> = elements.iter().map(Shown::line).collect();
                Some(format!("{open}{}{close}", texts?.join(", ")))
            }
        }
    }

    /// This value in a variant that has no other content.
    fn within(self, variant: &str) -> Shown {
        match self {
            Shown::Fields(name, fields) if name.is_empty() => Shown::Fields(variant.to_owned(), fields),
            Shown::Fields(name, fields) => Shown::Fields(format!("{variant}({name})"), fields),
            other => Shown::Sequence(format!("{variant}("), vec![other], ")"),
        }
    }
}

/// Makes a [`Shown`] of any value.
struct Show;

/// Gathers the parts of a value.
struct Parts {
    open: String,
    close: &'static str,
    elements: Vec<Shown>,
    names: Vec<String>,
}

impl Parts {
    fn new(open: impl Into<String>, close: &'static str) -> Parts {
        Parts { open: open.into(), close, elements: Vec::new(), names: Vec::new() }
    }

    fn push<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), std::fmt::Error> {
        self.elements.push(value.serialize(Show)?);
        Ok(())
    }

    fn field<T: ?Sized + Serialize>(&mut self, name: &str, value: &T) -> Result<(), std::fmt::Error> {
        self.names.push(name.to_owned());
        self.push(value)
    }

    fn sequence(self) -> Result<Shown, std::fmt::Error> {
        Ok(Shown::Sequence(self.open, self.elements, self.close))
    }

    fn fields(self) -> Result<Shown, std::fmt::Error> {
        Ok(Shown::Fields(self.open, self.names.into_iter().zip(self.elements).collect()))
    }
}

fn leaf(text: impl Display) -> Result<Shown, std::fmt::Error> {
    Ok(Shown::Leaf(text.to_string()))
}

/// Numbers and truth values are shown as they are.
macro_rules! plain {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<Shown, std::fmt::Error> {
            leaf(value)
        })*
    };
}

impl ser::Serializer for Show {
    type Ok = Shown;
    type Error = std::fmt::Error;
    type SerializeSeq = Parts;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Parts;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = Parts;

    plain!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    plain!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_f32(self, value: f32) -> Result<Shown, std::fmt::Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Shown, std::fmt::Error> {
        // `{:?}` turns to exponents where digits would be many; its ".0" says nothing to an author.
        leaf(format!("{value:?}").trim_end_matches(".0"))
    }

    fn serialize_char(self, value: char) -> Result<Shown, std::fmt::Error> {
        leaf(format_args!("{value:?}"))
    }

    fn serialize_str(self, value: &str) -> Result<Shown, std::fmt::Error> {
        leaf(format_args!("{value:?}"))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Shown, std::fmt::Error> {
        leaf(format_args!("{value:?}"))
    }

    fn serialize_none(self) -> Result<Shown, std::fmt::Error> {
        leaf("none")
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Shown, std::fmt::Error> {
        value.serialize(Show)
    }

    fn serialize_unit(self) -> Result<Shown, std::fmt::Error> {
        leaf("()")
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Shown, std::fmt::Error> {
        leaf(name)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Shown, Self::Error> {
        leaf(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Shown, Self::Error> {
        value.serialize(Show)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Shown, Self::Error> {
        Ok(value.serialize(Show)?.within(variant))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts, Self::Error> {
        Ok(Parts::new("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts, Self::Error> {
        Ok(Parts::new("(", ")"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts, Self::Error> {
        Ok(Parts::new("(", ")"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts, Self::Error> {
        Ok(Parts::new(format!("{variant}("), ")"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts, Self::Error> {
        Ok(Parts::new("", ""))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts, Self::Error> {
        Ok(Parts::new("", ""))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts, Self::Error> {
        Ok(Parts::new(variant, ""))
    }
}

/// The traits of sequences differ only in the name of their method.
macro_rules! sequence {
    ($($of:ident: $method:ident),*) => {
        $(impl $of for Parts {
            type Ok = Shown;
            type Error = std::fmt::Error;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), std::fmt::Error> {
                self.push(value)
            }

            fn end(self) -> Result<Shown, std::fmt::Error> {
                self.sequence()
            }
        })*
    };
}

sequence!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

/// Structs and variants with fields.
macro_rules! structure {
    ($($of:ident),*) => {
        $(impl $of for Parts {
            type Ok = Shown;
            type Error = std::fmt::Error;

            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), std::fmt::Error> {
                self.field(name, value)
            }

            fn end(self) -> Result<Shown, std::fmt::Error> {
                self.fields()
            }
        })*
    };
}

structure!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Parts {
    type Ok = Shown;
    type Error = std::fmt::Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), std::fmt::Error> {
        let text = key.serialize(Show)?.line().unwrap_or_default();
        self.names.push(ron::from_str(&text).unwrap_or(text));
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), std::fmt::Error> {
        self.push(value)
    }

    fn end(self) -> Result<Shown, std::fmt::Error> {
        self.fields()
    }
}
