//! A check finds what is wrong in a scenario that could be read: values out of range, names that lead nowhere,
//! parts that do not fit each other. All of it is found at once.

mod population;
mod periphery;
mod crossbar;
mod projection;
mod data;
mod program;
mod schedule;
mod record;

use std::fmt::Display;

use crate::scenario::error::{ScenarioError, advice};
use crate::scenario::named::Named;
use crate::scenario::schema::{PerNeuron, Population, Scenario};
use crate::scenario::source::Source;
use crate::units::{Dimension, Quantity};

/// Everything that is wrong in a scenario, in the order of the checks.
pub(super) fn check(scenario: &Scenario, source: &Source) -> Vec<ScenarioError> {
    let mut check = Check { scenario, source, errors: Vec::new() };
    check.names("populations", &scenario.populations);
    check.names("projections", &scenario.projections);
    check.data();
    check.populations();
    check.projections();
    check.schedule();
    check.readout();
    check.record();
    check.errors
}

/// A scenario under examination and what was found.
struct Check<'a> {
    scenario: &'a Scenario,
    source: &'a Source,
    errors: Vec<ScenarioError>,
}

impl<'a> Check<'a> {
    fn refuse(&mut self, path: &str, message: impl Into<String>, help: impl Into<Option<String>>) {
        let error = self.source.error_at(path, message).with_help(help.into());
        self.errors.push(error);
    }

    /// Refuses a value that breaks a rule, in the words "leak is 0 s, but must be greater than zero".
    fn rule(&mut self, kept: bool, path: &str, value: impl Display, rule: &str) {
        if !kept {
            let field = path.rsplit('.').next().unwrap_or(path);
            self.refuse(path, format!("{field} is {value}, but must be {rule}"), None);
        }
    }

    fn positive<D: Dimension>(&mut self, path: &str, value: Quantity<D>) {
        self.rule(value.si() > 0.0, path, value, "greater than zero");
    }

    fn not_negative<D: Dimension>(&mut self, path: &str, value: Quantity<D>) {
        self.rule(value.si() >= 0.0, path, value, "zero or greater");
    }

    fn positive_count(&mut self, path: &str, value: impl Into<u64>) {
        let value = value.into();
        self.rule(value > 0, path, value, "1 or greater");
    }

    fn fraction(&mut self, path: &str, value: f64) {
        self.rule((0.0..=1.0).contains(&value), path, value, "between 0 and 1");
    }

    fn positive_number(&mut self, path: &str, value: f64) {
        self.rule(value > 0.0 && value.is_finite(), path, value, "greater than zero and finite");
    }

    /// Lists have one value for each neuron.
    fn per_neuron<T>(&mut self, path: &str, values: &PerNeuron<T>, count: u32) {
        if let Some(given) = values.len_given().filter(|given| *given != count as usize) {
            let field = path.rsplit('.').next().unwrap_or(path);
            let message = format!("{field} has {given} values, but the population has {count} neurons");
            self.refuse(path, message, "write one value for all neurons, or one for each".to_owned());
        }
    }

    /// Names become groups of the output file.
    fn names<T>(&mut self, path: &str, named: &Named<T>) {
        let is_odd = |c: char| matches!(c, '/' | '"' | '\\') || c.is_control();
        let is_name = |name: &str| (1..=100).contains(&name.len()) && name != "." && !name.contains(is_odd);
        for name in named.names().filter(|name| !is_name(name)) {
            let help = "write 1 to 100 bytes without `/`, quotes, backslashes and control characters: the name becomes \
                        a group of the output file";
            let shown: String = name.chars().take(100).flat_map(char::escape_debug).collect();
            self.refuse(&format!("{path}.{name}"), format!("`{shown}` cannot be a name"), help.to_owned());
        }
    }

    /// The population of this name, or an error at `path`.
    fn population(&mut self, path: &str, name: &str) -> Option<&'a Population> {
        let populations = &self.scenario.populations;
        let found = populations.get(name);
        if found.is_none() {
            self.refuse(path, format!("there is no population `{name}`"), advice(name, populations.names()));
        }
        found
    }

    /// The number of neurons of the population of this name where it is LIF, or an error at `path`.
    fn lif_count(&mut self, path: &str, name: &str, why: &str) -> Option<u32> {
        let population = self.population(path, name)?;
        if let Population::Lif(lif) = population {
            return Some(lif.count);
        }
        let populations = self.scenario.populations.iter();
        let lifs = populations.filter(|(_, population)| matches!(population, Population::Lif(_)));
        let help = advice(name, lifs.map(|(name, _)| name).collect::<Vec<_>>().into_iter());
        self.refuse(path, format!("population `{name}` is a source of spikes, but {why}"), help);
        None
    }

    fn encoder_exists(&self) -> bool {
        let mut populations = self.scenario.populations.iter();
        populations.any(|(_, population)| matches!(population, Population::Encoder(_)))
    }
}

/// The neurons of a population where the scenario alone tells.
fn count_of(population: &Population) -> Option<usize> {
    match population {
        Population::Encoder(_) => None,
        Population::Trains(trains) => Some(trains.times.len()),
        Population::Lif(lif) => Some(lif.count as usize),
    }
}
