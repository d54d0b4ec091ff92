//! Published figures beside which the means of a study are set.

use std::fmt::Write as _;

use serde::Deserialize;

use super::results::{Outcome, by_place, field, mean, of_measure};
use super::study::{Axis, Point, Study};

/// A published mean at one place of the axes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reference {
    /// The point of each axis, in the order of the axes.
    pub(crate) at: Vec<String>,
    pub(crate) measure: String,
    pub(crate) mean: f64,
    /// The standard deviation over the published runs.
    pub(crate) deviation: f64,
    /// How many there were.
    pub(crate) runs: u32,
    /// How far the means may lie apart, where chance does not allow more.
    pub(crate) tolerance: f64,
    pub(crate) source: String,
}

/// So many standard errors of their difference may two means lie apart by chance.
const ERRORS: f64 = 2.5;

/// A mean of ours beside a published one.
pub(crate) struct Comparison<'a> {
    reference: &'a Reference,
    mean: f64,
    deviation: f64,
    runs: usize,
}

impl Reference {
    /// What is wrong with it in this study.
    pub(crate) fn check(&self, study: &Study) -> Result<(), String> {
        let wrong = |reason: String| Err(format!("reference of `{}`: {reason}", self.source));
        if self.at.len() != study.axes.len() {
            let (found, expected) = (self.at.len(), study.axes.len());
            return wrong(format!("`at` has length {found}; expected a point of each of {expected} axes"));
        }
        for (name, axis) in self.at.iter().zip(&study.axes) {
            let names: Vec<String> = axis.ticks().into_iter().map(|tick| tick.name).collect();
            if !names.contains(name) {
                let names = names.join(", ");
                return wrong(format!("axis `{}` has no `{name}`; it has {names}", axis.name()));
            }
        }
        if study.measures.get(&self.measure).is_none() {
            return wrong(format!("there is no measure `{}`", self.measure));
        }
        let (numbers, widths) =
            ([self.mean, self.deviation, self.tolerance], [self.deviation, self.tolerance]);
        let is_wrong =
            numbers.iter().any(|number| !number.is_finite()) || widths.iter().any(|width| *width < 0.0);
        if self.runs == 0 || is_wrong {
            return wrong(
                "expected finite numbers, no negative deviation or tolerance, and at least one run"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

impl Comparison<'_> {
    fn difference(&self) -> f64 {
        self.mean - self.reference.mean
    }

    /// The tolerance, or what chance allows where that is more.
    fn allowed(&self) -> f64 {
        let of_mean = |deviation: f64, runs: f64| deviation * deviation / runs;
        let square = of_mean(self.deviation, self.runs as f64)
            + of_mean(self.reference.deviation, f64::from(self.reference.runs));
        // A single run knows no deviation.
        let chance = if square.is_finite() { ERRORS * square.sqrt() } else { 0.0 };
        self.reference.tolerance.max(chance)
    }

    fn verdict(&self) -> &'static str {
        if self.difference().abs() <= self.allowed() { "within" } else { "beyond" }
    }
}

/// Every reference of the study with the mean of ours.
pub(crate) fn compare<'a>(study: &'a Study, points: &[Point], outcomes: &[Outcome]) -> Vec<Comparison<'a>> {
    let axes: Vec<_> = study.axes.iter().map(Axis::ticks).collect();
    let places = by_place(points, outcomes);
    let comparison = |reference: &'a Reference| {
        let is_there = |places: &[usize]| {
            places.iter().zip(&axes).zip(&reference.at).all(|((tick, ticks), at)| ticks[*tick].name == *at)
        };
        let measure = study.measures.iter().position(|(name, _)| name == reference.measure)?;
        let (_, list) = places.iter().find(|(places, _)| is_there(places))?;
        let (mean, deviation, runs) = mean(of_measure(list, measure));
        Some(Comparison { reference, mean, deviation, runs })
    };
    study.references.iter().filter_map(comparison).collect()
}

/// A line for each reference, as CSV.
pub(crate) fn table(study: &Study, comparisons: &[Comparison<'_>]) -> String {
    let mut head: Vec<String> = study.axes.iter().map(|axis| field(axis.name())).collect();
    let columns = [
        "measure",
        "mean",
        "standard deviation",
        "runs",
        "published mean",
        "published standard deviation",
        "published runs",
        "difference",
        "allowed",
        "verdict",
        "source",
    ];
    head.extend(columns.map(str::to_owned));
    let mut text = head.join(",") + "\n";
    for comparison in comparisons {
        let reference = comparison.reference;
        let mut fields: Vec<String> = reference.at.iter().map(|name| field(name)).collect();
        fields.extend([
            field(&reference.measure),
            comparison.mean.to_string(),
            comparison.deviation.to_string(),
        ]);
        fields.extend([comparison.runs.to_string(), reference.mean.to_string()]);
        fields.extend([reference.deviation.to_string(), reference.runs.to_string()]);
        fields.extend([comparison.difference().to_string(), comparison.allowed().to_string()]);
        fields.extend([comparison.verdict().to_owned(), field(&reference.source)]);
        text += &(fields.join(",") + "\n");
    }
    text
}

/// The same in sentences.
pub(crate) fn report(comparisons: &[Comparison<'_>]) -> String {
    let mut text = String::new();
    for comparison in comparisons {
        let reference = comparison.reference;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{} ({}): {} {:.4}, published {:.4}: {:+.4} with {:.4} allowed, {}",
            reference.source,
            reference.at.join(", "),
            reference.measure,
            comparison.mean,
            reference.mean,
            comparison.difference(),
            comparison.allowed(),
            comparison.verdict()
        );
    }
    text
}
