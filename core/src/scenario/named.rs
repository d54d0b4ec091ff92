//! Values of a scenario that RON has no form for: named entries in the order of the file, and values with several
//! forms.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scenario::schema::{ParameterValue, PerNeuron, Segments, WeightLaw};
use crate::units::{Resistance, Voltage};

/// Entries with unique names, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    entries: Vec<(String, T)>,
}

impl<T> Named<T> {
    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.index_of(name).map(|index| &self.entries[index].1)
    }

    /// The place of this name in the order of the file, from 0.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.0 == name)
    }

    /// Names and entries in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &T)> + Clone {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The names in the order of the file.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.entries.iter().map(|entry| entry.0.as_str())
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named { entries: Vec::new() }
    }
}

/// Later entries of a name that is there already are dropped.
impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Named<T> {
        let mut named = Named::default();
        for (name, value) in entries {
            if named.index_of(&name).is_none() {
                named.entries.push((name, value));
            }
        }
        named
    }
}

impl<T> Index<usize> for Named<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.entries[index].1
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Named<T>, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("named entries such as { \"name\": ... }")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut named = Named::default();
                while let Some(name) = map.next_key::<String>()? {
                    if named.index_of(&name).is_some() {
                        return Err(de::Error::custom(format_args!("`{name}` is named twice")));
                    }
                    named.entries.push((name, map.next_value()?));
                }
                Ok(named)
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<T> PerNeuron<T> {
    /// How many values a list has; `None` where one value serves all.
    pub fn len_given(&self) -> Option<usize> {
        match self {
            PerNeuron::Same(_) => None,
            PerNeuron::Each(values) => Some(values.len()),
        }
    }

    /// Every value that is given.
    pub fn values(&self) -> &[T] {
        match self {
            PerNeuron::Same(value) => std::slice::from_ref(value),
            PerNeuron::Each(values) => values,
        }
    }
}

impl<T: Copy> PerNeuron<T> {
    /// The value of one neuron.
    ///
    /// # Panics
    ///
    /// Where a list is shorter than `neuron + 1`; checked scenarios have one value for each neuron.
    pub fn of(&self, neuron: usize) -> T {
        match self {
            PerNeuron::Same(value) => *value,
            PerNeuron::Each(values) => values[neuron],
        }
    }
}

impl<T: Default> Default for PerNeuron<T> {
    fn default() -> PerNeuron<T> {
        PerNeuron::Same(T::default())
    }
}

impl<T: Serialize> Serialize for PerNeuron<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            PerNeuron::Same(value) => value.serialize(serializer),
            PerNeuron::Each(values) => values.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerNeuron<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PerNeuron<T>, D::Error> {
        struct OneOrList<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrList<T> {
            type Value = PerNeuron<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value with a unit, or a list [...] with one for each neuron")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<PerNeuron<T>, E> {
                T::deserialize(text.into_deserializer()).map(PerNeuron::Same)
            }

            // Numbers go on to the value too: it knows why a number without unit is refused.
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<PerNeuron<T>, E> {
                T::deserialize(number.into_deserializer()).map(PerNeuron::Same)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<PerNeuron<T>, E> {
                T::deserialize(number.into_deserializer()).map(PerNeuron::Same)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<PerNeuron<T>, E> {
                T::deserialize(number.into_deserializer()).map(PerNeuron::Same)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<PerNeuron<T>, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(PerNeuron::Each)
            }
        }

        deserializer.deserialize_any(OneOrList(PhantomData))
    }
}

impl Serialize for WeightLaw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            WeightLaw::Constant(weight) => weight.serialize(serializer),
            WeightLaw::Uniform(low, high) => Distribution::Uniform(low, high).serialize(serializer),
            WeightLaw::Normal(mean, deviation) => Distribution::Normal(mean, deviation).serialize(serializer),
        }
    }
}

/// The forms of [`WeightLaw`] that RON can read by itself.
#[derive(Serialize, Deserialize)]
#[serde(rename = "WeightLaw")]
enum Distribution {
    Uniform(Voltage, Voltage),
    Normal(Voltage, Voltage),
}

impl<'de> Deserialize<'de> for WeightLaw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WeightLaw, D::Error> {
        match text_or_named(deserializer)? {
            Form::Text(weight) => Ok(WeightLaw::Constant(weight)),
            Form::Named(Distribution::Uniform(low, high)) => Ok(WeightLaw::Uniform(low, high)),
            Form::Named(Distribution::Normal(mean, deviation)) => Ok(WeightLaw::Normal(mean, deviation)),
        }
    }
}

impl Serialize for Segments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Segments::Same(resistance) => resistance.serialize(serializer),
            Segments::PerLine(values) => ManySegments::PerLine(values.clone()).serialize(serializer),
            Segments::File(name) => ManySegments::File(name.clone()).serialize(serializer),
        }
    }
}

/// The forms of [`Segments`] that RON can read by itself.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Segments")]
enum ManySegments {
    PerLine(Vec<Resistance>),
    File(String),
}

impl<'de> Deserialize<'de> for Segments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Segments, D::Error> {
        match text_or_named(deserializer)? {
            Form::Text(resistance) => Ok(Segments::Same(resistance)),
            Form::Named(ManySegments::PerLine(values)) => Ok(Segments::PerLine(values)),
            Form::Named(ManySegments::File(name)) => Ok(Segments::File(name)),
        }
    }
}

/// A value that is a text, or a variant with a name.
enum Form<T, N> {
    Text(T),
    Named(N),
}

fn text_or_named<'de, T, N, D>(deserializer: D) -> Result<Form<T, N>, D::Error>
where
    T: de::DeserializeOwned,
    N: de::DeserializeOwned,
    D: Deserializer<'de>,
{
    // RON tells a string from a variant only by its first character, so the value is read as text first.
    let raw = Box::<ron::value::RawValue>::deserialize(deserializer)?;
    let text = raw.trim().get_ron();
    let named = text.starts_with(|first: char| first.is_ascii_alphabetic()) && !text.starts_with("r\"");
    if named {
        ron::from_str(text).map(Form::Named).map_err(passed_on)
    } else {
        ron::from_str(text).map(Form::Text).map_err(passed_on)
    }
}

/// The same error for the scenario around this text.
fn passed_on<E: de::Error>(error: ron::error::SpannedError) -> E {
    match error.code {
        ron::Error::NoSuchEnumVariant { found, expected, .. } => E::unknown_variant(&found, expected),
        ron::Error::ExpectedDifferentLength { found, .. } => E::invalid_length(found, &"a tuple of 2"),
        code => E::custom(code),
    }
}

impl Serialize for ParameterValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ParameterValue::Number(number) => number.serialize(serializer),
            ParameterValue::Text(text) => text.serialize(serializer),
            ParameterValue::List(values) => values.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ParameterValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ParameterValue, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = ParameterValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a text such as \"50 uS\" or \"nearest\", or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ParameterValue, E> {
                Ok(ParameterValue::Text(text.to_owned()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<ParameterValue, E> {
                Ok(ParameterValue::Number(number as f64))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<ParameterValue, E> {
                Ok(ParameterValue::Number(number as f64))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<ParameterValue, E> {
                Ok(ParameterValue::Number(number))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ParameterValue, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(ParameterValue::List)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}
