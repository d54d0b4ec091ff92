//! A quantity is a number with a dimension: read and written as text with a unit ("1.5 ms"), kept as plain SI.
//!
//! # Units
//!
//! A unit is its symbol with an optional prefix (f p n u µ m k M G): "50 uS", "2 kohm", "2 Ω", "1e-3 S". The
//! prefix shifts the decimal exponent before the one conversion to binary, so "0.1 ms" is exactly 1e-4.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::time::Time;

/// What a quantity measures.
pub trait Dimension: Copy {
    /// The name with its article: "a time".
    const NAME: &'static str;
    /// The symbol of the SI unit: "s".
    const UNIT: &'static str;
    /// A typical value, for messages: "1 ms".
    const EXAMPLE: &'static str;

    /// What is wrong with an SI value that is finite, if anything.
    ///
    /// # Errors
    ///
    /// Where the dimension has a range and the value is outside.
    fn check(_text: &str, _si: f64) -> Result<(), UnitError> {
        Ok(())
    }
}

/// Declares a dimension and the alias of its quantity.
macro_rules! dimension {
    ($mark:ident, $alias:ident, $doc:literal, $name:literal, $unit:literal, $example:literal) => {
        #[doc = concat!("The dimension of ", $doc, ", in ", $unit, ".")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
        pub struct $mark;

        impl Dimension for $mark {
            const NAME: &'static str = $name;
            const UNIT: &'static str = $unit;
            const EXAMPLE: &'static str = $example;
        }

        #[doc = concat!("A quantity that is ", $doc, ", in ", $unit, ".")]
        pub type $alias = Quantity<$mark>;
    };
}

dimension!(Volt, Voltage, "a voltage", "a voltage", "V", "100 mV");
dimension!(Ampere, Current, "a current", "a current", "A", "1 nA");
dimension!(Siemens, Conductance, "a conductance", "a conductance", "S", "50 uS");
dimension!(Ohm, Resistance, "a resistance", "a resistance", "ohm", "2 ohm");
dimension!(Farad, Capacitance, "a capacitance", "a capacitance", "F", "1 nF");
dimension!(Hertz, Frequency, "a frequency", "a frequency", "Hz", "20 Hz");

dimension!(Lapse, Duration, "a time of any length", "a time", "s", "1 Ms");

/// The dimension of a time that the clock of the network counts, in s.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Second;

impl Dimension for Second {
    const NAME: &'static str = "a time";
    const UNIT: &'static str = "s";
    const EXAMPLE: &'static str = "1 ms";

    fn check(text: &str, si: f64) -> Result<(), UnitError> {
        if Time::from_seconds(si).is_none() {
            return Err(UnitError::TooLong { text: text.into() });
        }
        if si != 0.0 && si.abs() < Time::TICK_SECONDS {
            return Err(UnitError::TooShort { text: text.into() });
        }
        Ok(())
    }
}

/// A quantity that is a time, in s; parsed ones are zero or between one tick and [`Time::LONGEST`] in size.
pub type Span = Quantity<Second>;

/// A number with the dimension `D`, in SI units.
///
/// ```
/// use crosspike::units::{Conductance, Span};
///
/// assert_eq!("0.1 ms".parse::<Span>().unwrap().si(), 1e-4);
/// assert_eq!(Conductance::new(5e-5).to_string(), "50 uS");
/// ```
#[derive(Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Quantity<D> {
    si: f64,
    dimension: PhantomData<D>,
}

impl<D> Quantity<D> {
    /// The quantity of so many SI units.
    pub const fn new(si: f64) -> Quantity<D> {
        Quantity { si, dimension: PhantomData }
    }

    /// This quantity in SI units.
    pub const fn si(self) -> f64
    where
        D: Copy,
    {
        self.si
    }
}

impl Span {
    /// The tick nearest to this span. Spans beyond ±[`Time::LONGEST`], which no text gives, end there.
    pub fn time(self) -> Time {
        let limit = Time::LONGEST.seconds();
        Time::from_seconds(self.si.clamp(-limit, limit)).unwrap_or(Time::ZERO)
    }
}

impl<D: Dimension> std::str::FromStr for Quantity<D> {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Quantity<D>, UnitError> {
        let si = parse_as(text, D::UNIT, D::NAME, D::EXAMPLE)?;
        D::check(text, si)?;
        Ok(Quantity::new(si))
    }
}

impl<D: Dimension> fmt::Display for Quantity<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format(self.si, D::UNIT))
    }
}

impl<D: Dimension> fmt::Debug for Quantity<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<D: Dimension> Serialize for Quantity<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, D: Dimension> Deserialize<'de> for Quantity<D> {
    fn deserialize<R: Deserializer<'de>>(deserializer: R) -> Result<Quantity<D>, R::Error> {
        struct Text<D>(PhantomData<D>);

        impl<D: Dimension> Text<D> {
            fn bare<E: de::Error>(number: impl fmt::Display) -> E {
                E::custom(UnitError::bare(&number.to_string(), D::UNIT, D::EXAMPLE))
            }
        }

        impl<D: Dimension> de::Visitor<'_> for Text<D> {
            type Value = Quantity<D>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} such as \"{}\"", D::NAME, D::EXAMPLE)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Quantity<D>, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Quantity<D>, E> {
                Err(Self::bare(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Quantity<D>, E> {
                Err(Self::bare(number))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Quantity<D>, E> {
                Err(Self::bare(number))
            }
        }

        deserializer.deserialize_any(Text(PhantomData))
    }
}

/// Why a text is not the quantity that is expected.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum UnitError {
    /// There is a number, but no unit.
    #[error("a bare number has no unit; write \"{example}\"")]
    Bare {
        /// A text that would be right.
        example: String,
    },
    /// The text does not open with a number.
    #[error("`{text}` is not a number with a unit; write {name} such as \"{example}\"")]
    NoNumber {
        /// The text.
        text: String,
        /// What is expected.
        name: String,
        /// A text that would be right.
        example: String,
    },
    /// The unit belongs to another dimension.
    #[error("`{text}` is {found}, but {name} is expected here; write for example \"{example}\"")]
    Dimension {
        /// The text.
        text: String,
        /// What it is.
        found: &'static str,
        /// What is expected.
        name: String,
        /// A text that would be right.
        example: String,
    },
    /// No unit has this symbol.
    #[error("`{unit}` is not a unit of {name}; write for example \"{example}\" (prefixes: f p n u m k M G)")]
    Unknown {
        /// The symbol.
        unit: String,
        /// What is expected.
        name: String,
        /// A text that would be right.
        example: String,
    },
    /// The number has no finite binary form.
    #[error("`{text}` is beyond the range of numbers (1.8e308)")]
    TooLarge {
        /// The text.
        text: String,
    },
    /// A time beyond the range of the clock.
    #[error("`{text}` is too long: the longest time is 1e6 s (11.6 days)")]
    TooLong {
        /// The text.
        text: String,
    },
    /// A time below the resolution of the clock.
    #[error("`{text}` is too short: the shortest time is 1 ps")]
    TooShort {
        /// The text.
        text: String,
    },
}

impl UnitError {
    fn bare(number: &str, unit: &str, example: &str) -> UnitError {
        // The author's own number in the example's unit; a number that is no number gets the example alone.
        let symbol = example.split_once(' ').map_or(unit, |(_, symbol)| symbol);
        let known = number.parse::<f64>().is_ok_and(f64::is_finite);
        let example = if known { format!("{number} {symbol}") } else { example.to_owned() };
        UnitError::Bare { example }
    }
}

/// The value in the SI unit `unit` of a text such as "50 uS" for `unit` "S".
///
/// This is for quantities whose unit is known only at run time: the parameters of devices. `unit` is any symbol;
/// "1" stands for a number without unit.
///
/// # Errors
///
/// Where the text is not a number with that unit.
///
/// ```
/// assert_eq!(crosspike::units::parse("50 uS", "S"), Ok(5e-5));
/// assert_eq!(crosspike::units::parse("0.25", "1"), Ok(0.25));
/// ```
pub fn parse(text: &str, unit: &str) -> Result<f64, UnitError> {
    let known = KNOWN.iter().find(|known| known.0 == unit);
    match known {
        Some((_, name, example)) => parse_as(text, unit, name, example),
        None if unit == "1" => parse_as(text, unit, "a number without unit", "0.5"),
        None => parse_as(text, unit, &format!("a quantity in {unit}"), &format!("1 {unit}")),
    }
}

/// The shortest text with a unit that [`parse`] turns into exactly `si` again.
pub fn format(si: f64, unit: &str) -> String {
    if unit == "1" || !si.is_finite() {
        return format!("{si} {unit}").trim_end_matches(" 1").to_owned();
    }
    // `{:e}` gives the shortest digits that round-trip; shifting their point keeps the decimal value.
    let scientific = format!("{si:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let power = exponent.div_euclid(3) * 3;
    let prefix = if si == 0.0 { Some("") } else { prefix_of(power) };
    let Some(prefix) = prefix else { return format!("{scientific} {unit}") };
    let digits = mantissa.replace('.', "");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let whole = (exponent - power) as usize + 1;
    let padded = format!("{digits:0<whole$}");
    let (before, after) = padded.split_at(whole);
    let point = if after.is_empty() { "" } else { "." };
    format!("{sign}{before}{point}{after} {prefix}{unit}")
}

/// Symbol, name with article and example of the units that have a name.
const KNOWN: [(&str, &str, &str); 8] = [
    (Second::UNIT, Second::NAME, Second::EXAMPLE),
    (Volt::UNIT, Volt::NAME, Volt::EXAMPLE),
    (Ampere::UNIT, Ampere::NAME, Ampere::EXAMPLE),
    (Siemens::UNIT, Siemens::NAME, Siemens::EXAMPLE),
    (Ohm::UNIT, Ohm::NAME, Ohm::EXAMPLE),
    (Farad::UNIT, Farad::NAME, Farad::EXAMPLE),
    (Hertz::UNIT, Hertz::NAME, Hertz::EXAMPLE),
    ("K", "a temperature", "300 K"),
];

const PREFIXES: [(&str, i32); 10] = [
    ("", 0),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("µ", -6),
    ("m", -3),
    ("k", 3),
    ("M", 6),
    ("G", 9),
];

fn prefix_of(power: i32) -> Option<&'static str> {
    PREFIXES.iter().find(|prefix| prefix.1 == power).map(|prefix| prefix.0)
}

fn parse_as(text: &str, unit: &str, name: &str, example: &str) -> Result<f64, UnitError> {
    let (number, symbol) = split(text.trim());
    let (name, example) = (name.to_owned(), example.to_owned());
    let Some((mantissa, exponent)) = number else {
        return Err(UnitError::NoNumber { text: text.into(), name, example });
    };
    if symbol.is_empty() && unit != "1" {
        return Err(UnitError::bare(text.trim(), unit, &example));
    }
    let Some(power) = power_of(symbol, unit) else {
        let found = KNOWN.iter().find(|known| power_of(symbol, known.0).is_some());
        return Err(match found {
            Some((_, found, _)) => UnitError::Dimension { text: text.into(), found, name, example },
            None => UnitError::Unknown { unit: symbol.into(), name, example },
        });
    };
    let exponent: i64 = if exponent.is_empty() { Some(0) } else { exponent.parse().ok() }
        .ok_or_else(|| UnitError::TooLarge { text: text.into() })?;
    let decimal = format!("{mantissa}e{}", exponent.saturating_add(i64::from(power)));
    decimal
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
        .ok_or_else(|| UnitError::TooLarge { text: text.into() })
}

/// The decimal exponent of the prefix where `symbol` is `unit` with a prefix.
fn power_of(symbol: &str, unit: &str) -> Option<i32> {
    if unit == "1" {
        return symbol.is_empty().then_some(0);
    }
    // Two code points each stand for micro and for ohm: the sign and the Greek letter.
    let symbol = symbol.replace('\u{3bc}', "µ").replace(['\u{3a9}', '\u{2126}'], "ohm");
    let prefix = symbol.strip_suffix(unit)?;
    PREFIXES.iter().find(|known| known.0 == prefix).map(|known| known.1)
}

/// The mantissa and exponent of the number at the start of a text, and the symbol that follows.
fn split(text: &str) -> (Option<(&str, &str)>, &str) {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let sign = usize::from(text.starts_with(['-', '+']));
    let whole = digits(&text[sign..]);
    let point = sign + whole;
    let fraction = text[point..].strip_prefix('.').map_or(0, |after| 1 + digits(after));
    if whole == 0 && fraction < 2 {
        return (None, text);
    }
    let (mantissa, rest) = text.split_at(point + fraction);
    if let Some(after) = rest.strip_prefix(['e', 'E']) {
        let sign = usize::from(after.starts_with(['-', '+']));
        let count = digits(&after[sign..]);
        if count > 0 {
            let (exponent, symbol) = after.split_at(sign + count);
            return (Some((mantissa, exponent)), symbol.trim_start());
        }
    }
    (Some((mantissa, "")), rest.trim_start())
}

#[cfg(test)]
mod tests;
