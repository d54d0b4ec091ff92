//! `crosspike device`: models are found, described, made, checked, drawn, timed, fitted and tabulated.

mod bench;
mod characterise;
mod check;
mod fit;
mod lab;
mod measured;
mod new;
mod state;
mod tabulate;

use crosspike::device::{Kind, Model, Parameter};
use crosspike::units;
use crosspike_device::abi;

use crate::cli::DeviceCommand;
use crate::exit::{Code, Failure, say};
use crate::prepare;

/// Lists the models, or describes one.
pub(crate) fn device(command: &DeviceCommand) -> Result<(), Failure> {
    match command {
        DeviceCommand::List { plugins } => {
            let mut rows = Vec::new();
            for found in prepare::models(plugins)?.list() {
                match found {
                    Ok(model) => rows.push([model.name(), model.version(), model.text()].map(str::to_owned)),
                    Err(error) => tracing::warn!("{error}"),
                }
            }
            if rows.is_empty() {
                tracing::warn!("no device model was found; --plugin-dir names a folder that holds some");
            }
            say(&table(["model", "version", "what it is"], &rows, ""))
        }
        DeviceCommand::Describe { name, plugins } => {
            let model =
                prepare::models(plugins)?.find(name).map_err(|error| Failure::new(Code::Device, error))?;
            say(&describe(&model))
        }
        DeviceCommand::New(arguments) => new::new(arguments),
        DeviceCommand::Check(arguments) => check::check(arguments),
        DeviceCommand::Fit(arguments) => fit::fit(arguments),
        DeviceCommand::Tabulate(arguments) => tabulate::tabulate(arguments),
        DeviceCommand::Bench(arguments) => bench::bench(arguments),
        DeviceCommand::Characterise(arguments) => characterise::characterise(arguments),
    }
}

fn describe(model: &Model) -> String {
    let capabilities = capabilities(model).join(", ");
    let parameters: Vec<_> = model.parameters().iter().map(parameter).collect();
    let state = model.state_variables().iter();
    let state: Vec<_> = state.map(|v| [v.name.clone(), v.unit.clone(), v.text.clone()]).collect();
    format!(
        "{} {}: {}\n\nfile          {}\nsha256        {}\ncapabilities  {capabilities}\nconductance   {}\n\n\
         parameters\n{}\nstate of each cell\n{}",
        model.name(),
        model.version(),
        model.text(),
        model.file().display(),
        model.sha256(),
        match model.reference_voltage() {
            0.0 => "the slope at 0 V".to_owned(),
            voltage => format!("the chord at {}", units::format(voltage, "V")),
        },
        table(["name", "unit", "default", "allowed", "varies", "what it is"], &parameters, "  "),
        table(["name", "unit", "what it is"], &state, "  "),
    )
}

/// What the model declares about itself.
fn capabilities(model: &Model) -> Vec<&'static str> {
    let names = [
        (abi::LINEAR, "linear"),
        (abi::ODD, "odd"),
        (abi::MONOTONE, "monotone"),
        (abi::HAS_LEVELS, "has levels"),
        (abi::STOCHASTIC, "stochastic"),
        (abi::VOLATILE, "volatile"),
        (abi::NOISY, "noisy"),
        (abi::PULSED, "pulsed"),
    ];
    names.into_iter().filter(|(bit, _)| model.capabilities() & bit != 0).map(|(_, name)| name).collect()
}

/// The row of a parameter: name, unit, default, allowed values, whether each cell may have its own, text.
fn parameter(parameter: &Parameter) -> [String; 6] {
    let say = |value: f64| units::format(value, &parameter.unit);
    let (default, allowed) = match &parameter.kind {
        Kind::Number { default, min, max, integer } => {
            let default = if default.is_nan() { "none".to_owned() } else { say(*default) };
            let whole = if *integer { ", whole" } else { "" };
            (default, format!("{}{whole}", between(*min, *max, say)))
        }
        Kind::Choice { default, names } => {
            (names.get(*default).cloned().unwrap_or_default(), names.join(" | "))
        }
        Kind::List { min, max } => ("empty".to_owned(), format!("list, each {}", between(*min, *max, say))),
    };
    let default = if parameter.required { "required".to_owned() } else { default };
    let varies = if parameter.varies { "yes" } else { "no" }.to_owned();
    [parameter.name.clone(), parameter.unit.clone(), default, allowed, varies, parameter.text.clone()]
}

fn between(min: f64, max: f64, say: impl Fn(f64) -> String) -> String {
    match (min.is_finite(), max.is_finite()) {
        (true, true) => format!("{} to {}", say(min), say(max)),
        (true, false) => format!("at least {}", say(min)),
        (false, true) => format!("at most {}", say(max)),
        (false, false) => "any".to_owned(),
    }
}

/// Columns as wide as what stands in them; the last one is not padded.
fn table<const N: usize>(head: [&str; N], rows: &[[String; N]], indent: &str) -> String {
    let head = head.map(str::to_owned);
    let rows: Vec<&[String; N]> = std::iter::once(&head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(&format!("{indent}{}\n", line.trim_end()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(default: f64, min: f64, max: f64) -> Parameter {
        let kind = Kind::Number { default, min, max, integer: false };
        let (name, unit, text) = ("g_min".to_owned(), "S".to_owned(), "Lowest.".to_owned());
        Parameter { name, unit, text, required: false, varies: false, kind }
    }

    #[test]
    fn a_parameter_is_said_in_its_unit() {
        let row = parameter(&number(1e-6, 0.0, f64::INFINITY));
        assert_eq!(row, ["g_min", "S", "1 uS", "at least 0 S", "no", "Lowest."]);
        let needed = Parameter { required: true, varies: true, ..number(f64::NAN, 1e-9, 1.0) };
        assert_eq!(parameter(&needed), ["g_min", "S", "required", "1 nS to 1 S", "yes", "Lowest."]);
    }

    #[test]
    fn a_choice_names_what_can_be_chosen() {
        let kind = Kind::Choice { default: 1, names: vec!["nearest".into(), "stochastic".into()] };
        let row = parameter(&Parameter { kind, ..number(0.0, 0.0, 0.0) });
        assert_eq!(row[2..4], ["stochastic", "nearest | stochastic"]);
    }

    #[test]
    fn tables_are_as_wide_as_their_content() {
        let rows = [["ideal".to_owned(), "any".to_owned()], ["levels".to_owned(), "some".to_owned()]];
        assert_eq!(table(["model", "what"], &rows, " "), " model   what\n ideal   any\n levels  some\n");
    }
}
