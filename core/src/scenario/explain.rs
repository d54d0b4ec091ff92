//! An explanation is the whole scenario with every default in it, and where each value comes from.

use crate::scenario::leaves::leaves;
use crate::scenario::{Origin, Parsed};

impl Parsed {
    /// One line per value, `path = value  # given`, in the order of the schema and with all defaults.
    ///
    /// The origin is `given` (by the author), `default`, `--set`, or the name of a device file. What is absent is `none`. `device_defaults` are the
    /// paths and values of device parameters that the scenario leaves out; only the device models know them.
    pub fn explain(&self, device_defaults: &[(String, String)]) -> String {
        let mut leaves = leaves(&self.scenario);
        for (path, value) in device_defaults {
            let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
            let inside =
                |other: &str| other == parent || other.rsplit_once('.').is_some_and(|(p, _)| p == parent);
            let place =
                leaves.iter().rposition(|(other, _)| inside(other)).map_or(leaves.len(), |place| place + 1);
            leaves.insert(place, (path.clone(), value.clone()));
        }
        let lines: Vec<_> = leaves
            .into_iter()
            .map(|(path, value)| (self.origin(&path), format!("{path} = {value}")))
            .collect();
        // Origins stand in one column, but a long list does not push all others out of sight.
        let widths = lines.iter().map(|(_, line)| line.chars().count());
        let column = widths.filter(|width| *width <= 80).max().unwrap_or(0);
        lines.iter().map(|(origin, line)| format!("{line:<column$}  # {origin}\n")).collect()
    }

    /// Where the value of a path comes from.
    pub fn origin(&self, path: &str) -> Origin {
        match self.source.spans.get(path) {
            None => Origin::Default,
            Some(found) => self
                .source
                .splice_at(&found.value.range)
                .map_or(Origin::Given, |splice| splice.origin.clone()),
        }
    }
}
