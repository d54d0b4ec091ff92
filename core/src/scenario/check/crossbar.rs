//! Checks of crossbars.

use super::Check;
use crate::scenario::named::Named;
use crate::scenario::schema::{
    Access, Crossbar, InitialConductance, ParameterValue, Selector, Stuck, StuckAt, StuckWhere, Wires,
};

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
        self.initial(&format!("{path}.initial"), &crossbar.initial);
        for (index, stuck) in crossbar.stuck.iter().enumerate() {
            self.stuck(&format!("{path}.stuck[{index}]"), stuck);
        }
        let voltage = crossbar.read.voltage;
        self.rule(voltage.si() != 0.0, &format!("{path}.read.voltage"), voltage, "other than zero");
        self.positive(&format!("{path}.read.width"), crossbar.read.width);
        self.wires(&format!("{path}.wires"), &crossbar.wires);
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
        let help = || "wires without resistance are `wires: Ideal`".to_owned();
        for (field, segment) in
            [("segment", Some(interconnect.segment)), ("bit_segment", interconnect.bit_segment)]
        {
            if let Some(segment) = segment.filter(|segment| segment.si() <= 0.0) {
                let message = format!("{field} is {segment}, but must be greater than zero");
                self.refuse(&format!("{path}.{field}"), message, help());
            }
        }
        self.not_negative(&format!("{path}.driver"), interconnect.driver);
        self.not_negative(&format!("{path}.sense"), interconnect.sense);
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

    fn initial(&mut self, path: &str, initial: &InitialConductance) {
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
