//! Checks of projections.

use super::{Check, count_of};
use crate::scenario::schema::{
    Access, Bounds, Crossbar, Plasticity, Projection, Pulses, Scheme, Synapse, WeightLaw, Weights, Wires,
    Write,
};
use crate::units::{Dimension, Quantity};

/// The most pairs of neurons that a law of plain weights may range over.
const MOST_PAIRS: usize = 1 << 28;

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
        self.amplitudes(path, projection);
        match (&projection.crossbar, &projection.weights) {
            (Some(crossbar), None) => {
                if crossbar.initial.is_none() {
                    let message = "the crossbar does not say at which conductances it starts";
                    let help = r#"add for example `initial: Uniform("10 uS", "90 uS")`"#;
                    self.refuse(&format!("{path}.crossbar"), message, Some(help.to_owned()));
                }
                self.crossbar(&format!("{path}.crossbar"), crossbar);
                self.mean_image(&format!("{path}.crossbar"), crossbar, projection);
            }
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
            let Plasticity::Window { write, .. } = plasticity;
            if let (Some(crossbar), Write::Pulses(pulses)) = (&projection.crossbar, write) {
                self.scheme(&format!("{path}.write"), crossbar, pulses.scheme);
            }
        }
    }

    /// Pulses whose voltages follow an image reach an array while it is shown.
    fn amplitudes(&mut self, path: &str, projection: &Projection) {
        if !self.scenario.has_amplitudes(projection) {
            return;
        }
        let name = &projection.source;
        if projection.weights.is_some() {
            let message =
                format!("the pulses of `{name}` differ in voltage, which plain weights do not know");
            let help = "give the projection a `crossbar`, or the population another encoder";
            self.refuse(&format!("{path}.weights"), message, help.to_owned());
        }
        let waits = projection.crossbar.as_ref().is_some_and(|crossbar| crossbar.read.coalesce.is_some());
        for (field, is_late) in [("delay", projection.delay.si() > 0.0), ("crossbar.read.coalesce", waits)] {
            if is_late {
                let message = format!(
                    "the pulses of `{name}` have the voltages of the image that is shown when they arrive"
                );
                self.refuse(
                    &format!("{path}.{field}"),
                    message,
                    "leave it out: they must not be late".to_owned(),
                );
            }
        }
    }

    /// Refuses schemes that the wires or the cells of a crossbar cannot follow.
    pub(super) fn scheme(&mut self, path: &str, crossbar: &Crossbar, scheme: Scheme) {
        if scheme == Scheme::Floating && crossbar.wires == Wires::Ideal {
            let message = "Floating needs wires with resistance, but those of this crossbar are `Ideal`";
            let help = "give the crossbar `wires: Exact(...)`; segments of \"1 mohm\" are next to ideal";
            self.refuse(&format!("{path}.scheme"), message, help.to_owned());
        }
        let has_gates = matches!(crossbar.cell, Access::Transistor { .. });
        if has_gates && scheme != Scheme::Gated {
            let message = format!("transistors are selected by their gates, but the scheme is {scheme:?}");
            self.refuse(path, message, "write `scheme: Gated`".to_owned());
        }
        if !has_gates && scheme == Scheme::Gated {
            let message = "the scheme is Gated, but the cells have no gates";
            let help = "write `cell: Transistor(resistance: \"5 kohm\")` in the crossbar, or another scheme";
            self.refuse(&format!("{path}.scheme"), message, help.to_owned());
        }
    }

    pub(super) fn ordered<D: Dimension>(&mut self, path: &str, low: Quantity<D>, high: Quantity<D>) {
        if low.si() > high.si() {
            let message = format!("Uniform({low}, {high}) has its ends in the wrong order");
            self.refuse(path, message, "write the lower end first".to_owned());
        }
    }

    pub(super) fn deviation<D: Dimension>(&mut self, path: &str, deviation: Quantity<D>) {
        if deviation.si() < 0.0 {
            self.refuse(path, format!("the standard deviation {deviation} is negative"), None);
        }
    }

    fn plasticity(&mut self, path: &str, plasticity: &Plasticity) {
        let Plasticity::Window { potentiation, depression, window, decay, bounds, normalise, write } =
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
        if let Write::Pulses(pulses) = write {
            self.pulses(&format!("{path}.write"), pulses);
            if normalise.is_some() {
                let message = "normalise asks for exact changes, but this projection writes by pulses";
                let help = "leave it out, or use `write: Increment`".to_owned();
                self.refuse(&format!("{path}.normalise"), message, help);
            }
        }
    }

    fn pulses(&mut self, path: &str, pulses: &Pulses) {
        let Pulses { set, reset, scheme: _, strength: _ } = pulses;
        self.positive(&format!("{path}.set.voltage"), set.voltage);
        let voltage = reset.voltage;
        self.rule(voltage.si() < 0.0, &format!("{path}.reset.voltage"), voltage, "less than zero");
        self.positive(&format!("{path}.set.width"), set.width);
        self.positive(&format!("{path}.reset.width"), reset.width);
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
            Weights::AllToAll { .. } | Weights::Probability { .. } => {
                if let (Some(source), Some(target)) = (source, target)
                    && source.saturating_mul(target) > MOST_PAIRS
                {
                    let message =
                        format!("{source} x {target} neurons are too many pairs to look at one by one");
                    self.refuse(
                        path,
                        message,
                        format!("at most {MOST_PAIRS}; name the synapses with `List`"),
                    );
                }
            }
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
