//! Values of parameters are checked against the model's table and converted to SI, once, at the door.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::error::{DeviceError, suggestion};
use super::model::{Kind, Model, Parameter};
use crate::scenario::schema::ParameterValue as Value;
use crate::units;

/// One parameter, ready for the plug-in, and as text.
pub(super) struct Resolved {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) number: f64,
    pub(super) list: Vec<f64>,
}

/// A parameter of a device that may differ from cell to cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Varying {
    /// Its place among the parameters of the model.
    pub index: usize,
    /// The value that the device was made with, in SI.
    pub value: f64,
    /// The smallest value that the model takes, in SI.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// The parameter `name` of a device made with `numbers`, if each cell may have a value of its own.
pub(super) fn varying(model: &Model, numbers: &[f64], name: &str) -> Result<Varying, DeviceError> {
    let free: Vec<&str> = model.parameters.iter().filter(|p| p.varies).map(|p| p.name.as_str()).collect();
    let able = if free.is_empty() { "none can".into() } else { format!("expected `{}`", free.join("`, `")) };
    let Some(index) = model.parameters.iter().position(|parameter| parameter.name == name) else {
        let near = suggestion(name, free.iter().copied());
        return Err(refuse(model, name, format!("there is no such parameter to vary{near}; {able}")));
    };
    match model.parameters[index] {
        Parameter { varies: true, kind: Kind::Number { min, max, .. }, .. } if !numbers[index].is_nan() => {
            Ok(Varying { index, value: numbers[index], min, max })
        }
        Parameter { varies: true, .. } => {
            Err(refuse(model, name, "is not given, so it has no value that could vary".into()))
        }
        _ => Err(refuse(model, name, format!("does not vary from cell to cell; {able}"))),
    }
}

/// Every parameter of the model, in its order.
pub(super) fn resolve(model: &Model, values: &[(&str, Value)]) -> Result<Vec<Resolved>, DeviceError> {
    let mut seen = HashSet::new();
    for (name, _) in values {
        if !model.parameters.iter().any(|parameter| parameter.name == *name) {
            return Err(refuse(model, name, unknown(model, name)));
        }
        if !seen.insert(*name) {
            return Err(refuse(model, name, "is given twice".into()));
        }
    }
    let value = |parameter: &Parameter| {
        let given = values.iter().find(|(name, _)| parameter.name == *name).map(|(_, value)| value);
        let outcome = match given {
            Some(value) => convert(parameter, value),
            None => default(parameter),
        };
        outcome.map_err(|reason| refuse(model, &parameter.name, reason))
    };
    model.parameters.iter().map(value).collect()
}

fn refuse(model: &Model, parameter: &str, reason: String) -> DeviceError {
    DeviceError::Parameter { parameter: parameter.into(), model: model.name.clone(), reason }
}

fn unknown(model: &Model, name: &str) -> String {
    let known: Vec<&str> = model.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let near = suggestion(name, known.iter().copied());
    if known.is_empty() {
        return "there is no such parameter; the model has none".into();
    }
    format!("there is no such parameter{near}; the model has `{}`", known.join("`, `"))
}

fn default(parameter: &Parameter) -> Result<Resolved, String> {
    if parameter.required {
        return Err(format!("is missing: {}; expected {}", parameter.text, expected(parameter)));
    }
    let (number, text) = match &parameter.kind {
        Kind::Number { default, .. } if default.is_nan() => (*default, "not given".into()),
        Kind::Number { default, .. } => (*default, units::format(*default, &parameter.unit)),
        Kind::Choice { default, names } => (*default as f64, names[*default].clone()),
        Kind::List { .. } => (0.0, "not given".into()),
    };
    Ok(Resolved { name: parameter.name.clone(), text, number, list: Vec::new() })
}

fn convert(parameter: &Parameter, value: &Value) -> Result<Resolved, String> {
    let (number, list, text) = match (&parameter.kind, value) {
        (Kind::Number { min, max, integer, .. }, _) => {
            let number = scalar(parameter, value, *min..=*max)?;
            if *integer && number.fract() != 0.0 {
                return Err(format!("{} is not a whole number", written(value)));
            }
            (number, Vec::new(), written(value))
        }
        (Kind::Choice { names, .. }, Value::Text(text)) => {
            let index = names.iter().position(|name| name == text).ok_or_else(|| {
                let near = suggestion(text, names.iter().map(String::as_str));
                format!("`{text}` is not a choice{near}; expected {}", expected(parameter))
            })?;
            (index as f64, Vec::new(), text.clone())
        }
        (Kind::List { min, max }, Value::List(items)) => {
            let convert = |(index, item): (usize, &Value)| {
                scalar(parameter, item, *min..=*max).map_err(|reason| format!("element {index}: {reason}"))
            };
            let list = items.iter().enumerate().map(convert).collect::<Result<Vec<f64>, String>>()?;
            (0.0, list, written(value))
        }
        _ => return Err(format!("found {}; expected {}", written(value), expected(parameter))),
    };
    Ok(Resolved { name: parameter.name.clone(), text, number, list })
}

fn scalar(parameter: &Parameter, value: &Value, range: RangeInclusive<f64>) -> Result<f64, String> {
    let unit = parameter.unit.as_str();
    let number = match value {
        Value::Number(number) if unit == "1" => *number,
        Value::Number(number) => {
            units::parse(&number.to_string(), unit).map_err(|error| error.to_string())?
        }
        Value::Text(text) => units::parse(text, unit).map_err(|error| error.to_string())?,
        Value::List(_) => return Err(format!("found a list; expected {}", expected(parameter))),
    };
    if range.contains(&number) {
        return Ok(number);
    }
    Err(format!("{} is out of range; expected {}", written(value), expected(parameter)))
}

fn expected(parameter: &Parameter) -> String {
    let unit = parameter.unit.as_str();
    let within = |min: f64, max: f64| format!("{} to {}", units::format(min, unit), units::format(max, unit));
    match &parameter.kind {
        Kind::Number { min, max, integer: true, .. } => format!("a whole number, {}", within(*min, *max)),
        Kind::Number { min, max, .. } => within(*min, *max),
        Kind::Choice { names, .. } => format!("one of \"{}\"", names.join("\", \"")),
        Kind::List { min, max } => format!("a list of values, each {}", within(*min, *max)),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<String>>().join(", "))
        }
    }
}
