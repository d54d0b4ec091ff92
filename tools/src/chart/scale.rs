//! A scale says where the values of an axis lie on it, and what is written beside it.

use plotters::coord::ranged1d::{BoldPoints, DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;

use super::{Axis, Chart, Series};

/// How values of an axis become places on it.
pub(super) struct Scale {
    is_log: bool,
    /// Rows, which lie downwards from 0.
    rows: usize,
    /// What a value is divided by, and the prefix that stands for it.
    unit: f64,
    prefix: &'static str,
    low: f64,
    high: f64,
}

impl Scale {
    /// `of` gives the ends of what a point with a bar takes up.
    pub(super) fn new(axis: &Axis, chart: &Chart, of: impl Fn(&(f64, f64), f64) -> [f64; 2]) -> Scale {
        let ends = |series: &Series| -> Vec<f64> {
            let bars = series.bars.iter().copied().chain(std::iter::repeat(0.0));
            series.points.iter().zip(bars).flat_map(|(point, bar)| of(point, bar)).collect()
        };
        let values = || chart.series.iter().flat_map(ends).filter(|value| value.is_finite());
        let (unit, prefix) = if axis.is_log || axis.unit == "1" || axis.unit == "%" {
            (1.0, "")
        } else {
            prefix(values().fold(0.0, |most, value| value.abs().max(most)))
        };
        let mut scale =
            Scale { is_log: axis.is_log, rows: axis.rows.len(), unit, prefix, low: 0.0, high: 1.0 };
        if scale.rows > 0 {
            (scale.low, scale.high) = (0.5 - scale.rows as f64, 0.5);
            return scale;
        }
        let places: Vec<f64> = values().filter_map(|value| scale.place(value)).collect();
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low <= high {
            let margin = if high > low { 0.05 * (high - low) } else { 0.5 * high.abs().max(1e-3) };
            (scale.low, scale.high) = (low - margin, high + margin);
        }
        scale
    }

    /// The place of a value; none where a logarithmic axis has none.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        let place = match (self.rows, self.is_log) {
            (0, true) => value.log10(),
            (0, false) => value / self.unit,
            _ => -value,
        };
        place.is_finite().then_some(place)
    }

    /// The whole axis, with its labels.
    pub(super) fn places(&self) -> Places {
        let range = RangedCoordf64::from(self.low..self.high);
        let labels = match self.rows {
            0 => range.key_points(BoldPoints(7)),
            rows => (0..rows).map(|row| -(row as f64)).collect(),
        };
        Places { range, labels }
    }

    /// The place of a value as a part of the axis.
    pub(super) fn part(&self, value: f64) -> Option<f64> {
        self.place(value).map(|place| (place - self.low) / (self.high - self.low))
    }

    pub(super) fn label(&self, place: f64) -> String {
        let value = if self.is_log { 10.0_f64.powf(place) } else { place };
        if value == 0.0 || place.abs() < 1e-12 && !self.is_log {
            "0".to_owned()
        } else if self.is_log && !(0.1..1e4).contains(&value) || !(1e-3..1e6).contains(&value.abs()) {
            format!("{value:.1e}").replace(".0e", "e")
        } else {
            // As many digits as tell neighbouring labels apart.
            let digits = if self.high - self.low < 1e-3 * self.high.abs() { 6 } else { 3 };
            let rounded: f64 = format!("{value:.digits$e}").parse().unwrap_or(value);
            rounded.to_string()
        }
    }

    pub(super) fn description(&self, axis: &Axis) -> String {
        match axis.unit {
            "1" => axis.name.clone(),
            unit => format!("{}, {}{unit}", axis.name, self.prefix),
        }
    }
}

/// The places of an axis, of which some have a label.
pub(super) struct Places {
    range: RangedCoordf64,
    labels: Vec<f64>,
}

impl Ranged for Places {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.range.map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.labels.clone() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.range()
    }
}

/// The power of a thousand that leaves 1 to 1000 of a value, and its prefix.
fn prefix(value: f64) -> (f64, &'static str) {
    const PREFIXES: [(f64, &str); 9] = [
        (1e6, "M"),
        (1e3, "k"),
        (1.0, ""),
        (1e-3, "m"),
        (1e-6, "u"),
        (1e-9, "n"),
        (1e-12, "p"),
        (1e-15, "f"),
        (1e-18, "a"),
    ];
    PREFIXES.into_iter().find(|(unit, _)| value >= *unit).unwrap_or((1.0, ""))
}
