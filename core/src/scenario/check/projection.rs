//! Checks of projections.

use super::{Check, count_of};
use crate::scenario::schema::{
    Bounds, Crossbar, InitialConductance, ParameterValue, Plasticity, Projection, Synapse, WeightLaw, Weights,
};
use crate::units::{Dimension, Quantity};

impl Check<'_> {
    pub(super) fn projections(&mut self) {
        for (name, projection) in self.scenario.projections.iter() {
            self.projection(&format!("projections.{name}"), projection);
        }
    }

    fn projection(&mut self, path: &str, projection: &Projection) {
        let source = self.population(&format!("{path}.source"), &projection.source).and_then(count_of);
        let target = &projection.target;
        let target = self.lif_count(&format!("{path}.target"), target, "a projection ends at Lif neurons");
        self.not_negative(&format!("{path}.delay"), projection.delay);
        self.not_negative(&format!("{path}.dendritic_delay"), projection.dendritic_delay);
        match (&projection.crossbar, &projection.weights) {
            (Some(crossbar), None) => self.crossbar(&format!("{path}.crossbar"), crossbar),
            (None, Some(weights)) => {
                self.weights(&format!("{path}.weights"), weights, projection);
                self.sizes(&format!("{path}.weights"), weights, source, target.map(|count| count as usize));
            }
            (Some(_), Some(_)) => {
                let help = "a projection has one of `crossbar` and `weights`".to_owned();
                self.refuse(&format!("{path}.weights"), "this projection has a crossbar already", help);
            }
            (None, None) => {
                let help = "add one of `crossbar` and `weights`".to_owned();
                self.refuse(path, "this projection has neither a crossbar nor weights", help);
            }
        }
        if let Some(plasticity) = &projection.plasticity {
            let path = format!("{path}.plasticity");
            if projection.crossbar.is_none() {
                let help = "give the projection a `crossbar`".to_owned();
                self.refuse(&path, "plasticity changes conductances, but there is no crossbar", help);
            }
            self.plasticity(&path, plasticity);
        }
    }

    fn crossbar(&mut self, path: &str, crossbar: &Crossbar) {
        let (rows, columns) = crossbar.tile;
        if rows == 0 || columns == 0 {
            self.refuse(
                &format!("{path}.tile"),
                format!("a tile of {rows} x {columns} cells is empty"),
                None,
            );
        }
        let (model, parameters) = &crossbar.device;
        if model.is_empty() {
            self.refuse(&format!("{path}.device"), "the name of the device model is empty", None);
        }
        for (name, value) in parameters.iter() {
            self.parameter(&format!("{path}.device.{name}"), value);
        }
        self.initial(&format!("{path}.initial"), &crossbar.initial);
        let voltage = crossbar.read.voltage;
        self.rule(voltage.si() != 0.0, &format!("{path}.read.voltage"), voltage, "other than zero");
        self.positive(&format!("{path}.read.width"), crossbar.read.width);
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

    fn ordered<D: Dimension>(&mut self, path: &str, low: Quantity<D>, high: Quantity<D>) {
        if low.si() > high.si() {
            let message = format!("Uniform({low}, {high}) has its ends in the wrong order");
            self.refuse(path, message, "write the lower end first".to_owned());
        }
    }

    fn deviation<D: Dimension>(&mut self, path: &str, deviation: Quantity<D>) {
        if deviation.si() < 0.0 {
            self.refuse(path, format!("the standard deviation {deviation} is negative"), None);
        }
    }

    fn plasticity(&mut self, path: &str, plasticity: &Plasticity) {
        let Plasticity::Window { potentiation, depression, window, decay, bounds, normalise, .. } =
            plasticity;
        self.not_negative(&format!("{path}.potentiation"), *potentiation);
        self.not_negative(&format!("{path}.depression"), *depression);
        self.not_negative(&format!("{path}.window"), *window);
        if let Some(decay) = decay {
            self.positive(&format!("{path}.decay"), *decay);
        }
        if let Bounds::Exponential(exponent) | Bounds::Power(exponent) = *bounds {
            let kept = exponent >= 0.0 && exponent.is_finite();
            self.rule(kept, &format!("{path}.bounds"), exponent, "zero or greater and finite");
        }
        if let Some(sum) = normalise {
            self.positive(&format!("{path}.normalise"), *sum);
        }
    }

    fn weights(&mut self, path: &str, weights: &Weights, projection: &Projection) {
        let (law, own) = match weights {
            Weights::AllToAll { weight, self_connections } => (Some(weight), *self_connections),
            Weights::Probability { probability, weight, self_connections } => {
                self.fraction(&format!("{path}.probability"), *probability);
                (Some(weight), *self_connections)
            }
            Weights::OneToOne { weight } => (Some(weight), false),
            Weights::List(synapses) => {
                synapses.iter().enumerate().for_each(|(index, synapse)| {
                    self.synapse_delays(&format!("{path}[{index}]"), synapse);
                });
                (None, false)
            }
        };
        match law {
            Some(WeightLaw::Uniform(low, high)) => self.ordered(&format!("{path}.weight"), *low, *high),
            Some(WeightLaw::Normal(_, deviation)) => self.deviation(&format!("{path}.weight"), *deviation),
            Some(WeightLaw::Constant(_)) | None => {}
        }
        if own && projection.source != projection.target {
            let message = "self_connections has no meaning between two populations";
            self.refuse(&format!("{path}.self_connections"), message, "leave it out".to_owned());
        }
    }

    fn synapse_delays(&mut self, path: &str, synapse: &Synapse) {
        if let Some(delay) = synapse.delay {
            self.not_negative(&format!("{path}.delay"), delay);
        }
        if let Some(delay) = synapse.dendritic_delay {
            self.not_negative(&format!("{path}.dendritic_delay"), delay);
        }
    }

    /// What follows from the numbers of neurons, where they are known.
    fn sizes(&mut self, path: &str, weights: &Weights, source: Option<usize>, target: Option<usize>) {
        match weights {
            Weights::OneToOne { .. } => {
                if let (Some(source), Some(target)) = (source, target)
                    && source != target
                {
                    let message = format!("OneToOne joins {source} neurons to {target}");
                    self.refuse(path, message, "it needs as many sources as targets".to_owned());
                }
            }
            Weights::List(synapses) => {
                for (index, synapse) in synapses.iter().enumerate() {
                    self.within(&format!("{path}[{index}].source"), synapse.source, source);
                    self.within(&format!("{path}[{index}].target"), synapse.target, target);
                }
            }
            Weights::AllToAll { .. } | Weights::Probability { .. } => {}
        }
    }

    /// Refuses the index of a neuron that a population does not have.
    pub(super) fn within(&mut self, path: &str, neuron: u32, count: Option<usize>) {
        if let Some(count) = count.filter(|count| neuron as usize >= *count) {
            let message = format!("there is no neuron {neuron}: the population has {count}, counted from 0");
            self.refuse(path, message, None);
        }
    }
}
