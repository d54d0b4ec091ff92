//! Checks of crossbars.

use super::Check;
use crate::scenario::named::Named;
use crate::scenario::schema::{
    Access, Crossbar, Deviation, InitialConductance, Interconnect, ParameterValue, Retention, Segments,
    Selector, Stuck, StuckAt, StuckWhere, Variation, Wires,
};
use crate::units::Resistance;

impl Check<'_> {
    pub(super) fn crossbar(&mut self, path: &str, crossbar: &Crossbar) {
        let (rows, columns) = crossbar.tile;
        if rows == 0 || columns == 0 {
            self.refuse(
                &format!("{path}.tile"),
                format!("a tile of {rows} x {columns} cells is empty"),
                None,
            );
        }
        self.device(&format!("{path}.device"), &crossbar.device);
        self.access(&format!("{path}.cell"), &crossbar.cell);
        for (name, variation) in crossbar.variation.iter() {
            self.variation(&format!("{path}.variation.{name}"), variation);
        }
        if let Some(initial) = &crossbar.initial {
            self.initial(&format!("{path}.initial"), initial);
        }
        for (index, stuck) in crossbar.stuck.iter().enumerate() {
            self.stuck(&format!("{path}.stuck[{index}]"), stuck);
        }
        let voltage = crossbar.read.voltage;
        self.rule(voltage.si() != 0.0, &format!("{path}.read.voltage"), voltage, "other than zero");
        self.positive(&format!("{path}.read.width"), crossbar.read.width);
        if let Some(Retention::Every(interval)) = crossbar.retention {
            self.positive(&format!("{path}.retention"), interval);
        }
        if let Some(interval) = crossbar.read.coalesce {
            self.positive(&format!("{path}.read.coalesce"), interval);
        }
        self.wires(&format!("{path}.wires"), &crossbar.wires);
        self.compensation(&format!("{path}.compensation"), &crossbar.compensation);
        self.periphery(path, crossbar);
    }

    fn device(&mut self, path: &str, (model, parameters): &(String, Named<ParameterValue>)) {
        if model.is_empty() {
            self.refuse(path, "the name of the device model is empty", None);
        }
        for (name, value) in parameters.iter() {
            self.parameter(&format!("{path}.{name}"), value);
        }
    }

    fn access(&mut self, path: &str, access: &Access) {
        match access {
            Access::Passive => {}
            Access::Transistor { resistance } => self.positive(&format!("{path}.resistance"), *resistance),
            Access::Selector(Selector::Threshold { voltage, off, on }) => {
                self.positive(&format!("{path}.voltage"), *voltage);
                self.not_negative(&format!("{path}.off"), *off);
                let rule = format!("greater than off, {off}");
                self.rule(on.si() > off.si(), &format!("{path}.on"), on, &rule);
            }
            Access::Selector(Selector::Model { device, conductance }) => {
                self.device(&format!("{path}.device"), device);
                self.positive(&format!("{path}.conductance"), *conductance);
            }
        }
    }

    fn variation(&mut self, path: &str, variation: &Variation) {
        if variation.spread.is_none() && variation.jitter.is_none() {
            let help = "write `(spread: Normal(0.1))` from cell to cell, `(jitter: Normal(0.05))` from write to write";
            self.refuse(path, "a variation without spread and jitter is none", help.to_owned());
        }
        for (field, deviation) in [("spread", variation.spread), ("jitter", variation.jitter)] {
            let path = format!("{path}.{field}");
            match deviation {
                Some(Deviation::Normal(d)) if !(0.0..=0.3).contains(&d) => {
                    let help = "a wider normal distribution would reach values of the other sign; write `LogNormal(...)`";
                    let message = format!("{field} is Normal({d}), but must be between 0 and 0.3");
                    self.refuse(&path, message, (d > 0.3).then(|| help.to_owned()));
                }
                Some(Deviation::LogNormal(d)) => {
                    let kept = (0.0..=10.0).contains(&d);
                    self.rule(kept, &path, format!("LogNormal({d})"), "between 0 and 10");
                }
                Some(Deviation::Normal(_)) | None => {}
            }
        }
    }

    fn stuck(&mut self, path: &str, stuck: &Stuck) {
        if let StuckAt::Conductance(conductance) = stuck.at {
            self.not_negative(&format!("{path}.at"), conductance);
        }
        match stuck.cells {
            StuckWhere::Fraction(fraction) => self.fraction(&format!("{path}.cells"), fraction),
            StuckWhere::Block(first, last) => {
                let ordered = first.0 <= last.0 && first.1 <= last.1;
                let block = format!("Block({first:?}, {last:?})");
                self.rule(ordered, &format!("{path}.cells"), block, "from the lower corner to the upper one");
            }
            StuckWhere::Cells(_) | StuckWhere::WordLines(_) | StuckWhere::BitLines(_) => {}
        }
    }

    fn wires(&mut self, path: &str, wires: &Wires) {
        let interconnect = match wires {
            Wires::Ideal => return,
            Wires::Exact(interconnect) => interconnect,
            Wires::Sweeps(count, interconnect) => {
                self.rule(*count > 0, path, format!("Sweeps({count}, ...)"), "one sweep or more");
                interconnect
            }
        };
        let Interconnect { segment, bit_segment, .. } = interconnect;
        self.segments(&format!("{path}.segment"), segment);
        match (segment, bit_segment) {
            (_, Some(bit_segment)) => self.segments(&format!("{path}.bit_segment"), bit_segment),
            (Segments::Same(_), None) => {}
            (Segments::PerLine(_) | Segments::File(_), None) => {
                let message = "segment tells the word lines apart, but nothing is said of the bit lines";
                self.refuse(&format!("{path}.segment"), message, "add `bit_segment: ...`".to_owned());
            }
        }
        self.not_negative(&format!("{path}.driver"), interconnect.driver);
        self.not_negative(&format!("{path}.sense"), interconnect.sense);
    }

    fn segments(&mut self, path: &str, segments: &Segments) {
        let mut above_zero = |path: &str, segment: Resistance| {
            if segment.si() <= 0.0 {
                let message = format!(
                    "{} is {segment}, but must be greater than zero",
                    path.rsplit('.').next().unwrap_or(path)
                );
                self.refuse(path, message, "wires without resistance are `wires: Ideal`".to_owned());
            }
        };
        match segments {
            Segments::Same(segment) => above_zero(path, *segment),
            Segments::PerLine(segments) => {
                for (line, segment) in segments.iter().enumerate() {
                    above_zero(&format!("{path}[{line}]"), *segment);
                }
            }
            Segments::File(file) if file.is_empty() => {
                self.refuse(path, "the name of the file is empty", None);
            }
            Segments::File(_) => {}
        }
    }

    fn parameter(&mut self, path: &str, value: &ParameterValue) {
        match value {
            ParameterValue::Number(number) => self.rule(number.is_finite(), path, number, "finite"),
            ParameterValue::Text(_) => {}
            ParameterValue::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    self.parameter(&format!("{path}[{index}]"), value);
                }
            }
        }
    }

    pub(super) fn initial(&mut self, path: &str, initial: &InitialConductance) {
        match initial {
            InitialConductance::Constant(value) => self.not_negative(path, *value),
            InitialConductance::Uniform(low, high) => {
                self.not_negative(path, *low);
                self.ordered(path, *low, *high);
            }
            InitialConductance::Normal(mean, deviation) => {
                self.not_negative(path, *mean);
                self.deviation(path, *deviation);
            }
            InitialConductance::File(file) if file.is_empty() => {
                self.refuse(path, "the name of the file is empty", None);
            }
            InitialConductance::File(_) => {}
        }
    }
}
