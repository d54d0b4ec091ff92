//! Checks of populations.

use super::Check;
use crate::scenario::schema::{
    Adaptation, Encoder, Inhibition, Lif, PerNeuron, Population, ThetaDecay, Trains,
};

/// The most neurons of one population.
const MOST_NEURONS: u32 = 10_000_000;

impl Check<'_> {
    pub(super) fn populations(&mut self) {
        if self.scenario.populations.is_empty() {
            self.refuse("populations", "there are no populations", None);
        }
        for (name, population) in self.scenario.populations.iter() {
            let path = format!("populations.{name}");
            match population {
                Population::Encoder(encoder) => self.encoder(&path, name, encoder),
                Population::Trains(trains) => self.trains(&path, trains),
                Population::Lif(lif) => self.lif(&path, lif),
            }
        }
    }

    fn encoder(&mut self, path: &str, name: &str, encoder: &Encoder) {
        if self.scenario.dataset.is_none() {
            let message = format!("population `{name}` encodes images, but there is no dataset");
            self.refuse(path, message, "add for example `dataset: Digits()`".to_owned());
        }
        match *encoder {
            Encoder::Poisson { rate } => self.positive(&format!("{path}.rate"), rate),
            Encoder::Bernoulli { step, probability } => {
                self.positive(&format!("{path}.step"), step);
                self.fraction(&format!("{path}.probability"), probability);
            }
            Encoder::Amplitude { step, threshold } => {
                self.positive(&format!("{path}.step"), step);
                self.fraction(&format!("{path}.threshold"), threshold);
            }
            Encoder::Regular { rate, jitter } => {
                self.positive(&format!("{path}.rate"), rate);
                let kept = (0.0..=0.5).contains(&jitter);
                self.rule(kept, &format!("{path}.jitter"), jitter, "between 0 and 0.5");
            }
            Encoder::Latency { earliest, latest, threshold } => {
                self.not_negative(&format!("{path}.earliest"), earliest);
                let rule = format!("later than `earliest`, {earliest}");
                self.rule(latest > earliest, &format!("{path}.latest"), latest, &rule);
                self.fraction(&format!("{path}.threshold"), threshold);
            }
        }
    }

    fn trains(&mut self, path: &str, trains: &Trains) {
        if trains.times.is_empty() {
            self.refuse(
                &format!("{path}.times"),
                "there are no trains",
                "write one list per neuron".to_owned(),
            );
        }
        for (neuron, times) in trains.times.iter().enumerate() {
            for (index, time) in times.iter().enumerate() {
                let place = format!("{path}.times[{neuron}][{index}]");
                if time.si() < 0.0 {
                    self.refuse(&place, format!("the spike at {time} lies before the start"), None);
                } else if let Some(before) = index.checked_sub(1).map(|before| times[before])
                    && time.time() <= before.time()
                {
                    let message = format!("the spike at {time} does not follow the one at {before}");
                    self.refuse(&place, message, "write the times of a neuron in ascending order".to_owned());
                }
            }
        }
    }

    fn lif(&mut self, path: &str, lif: &Lif) {
        let kept = (1..=MOST_NEURONS).contains(&lif.count);
        self.rule(kept, &format!("{path}.count"), lif.count, &format!("between 1 and {MOST_NEURONS}"));
        self.positive(&format!("{path}.capacitance"), lif.capacitance);
        self.positive(&format!("{path}.leak"), lif.leak);
        let refractory = format!("{path}.refractory");
        self.per_neuron(&refractory, &lif.refractory, lif.count);
        each(&refractory, &lif.refractory).for_each(|(place, value)| self.not_negative(&place, value));
        let bias = format!("{path}.bias");
        self.per_neuron(&bias, &lif.bias, lif.count);
        for (place, value) in each(&bias, &lif.bias) {
            let stationary = value.si() * lif.leak.si() / lif.capacitance.si();
            let kept = stationary.is_finite() || lif.capacitance.si() <= 0.0;
            self.rule(kept, &place, value, "so small that bias x leak / capacitance is a number of volts");
        }
        self.potentials(path, lif);
        if let Some(adaptation) = &lif.adaptation {
            self.adaptation(&format!("{path}.adaptation"), adaptation, lif);
        }
        if let Some(homeostasis) = &lif.homeostasis {
            self.not_negative(&format!("{path}.homeostasis.target"), homeostasis.target);
            self.positive(&format!("{path}.homeostasis.step"), homeostasis.step);
        }
        if let Some(inhibition) = lif.inhibition {
            self.inhibition(&format!("{path}.inhibition"), inhibition, lif);
        }
    }

    /// No neuron may be at its threshold when it starts or has just fired: it would fire without end.
    fn potentials(&mut self, path: &str, lif: &Lif) {
        let limit = lif.threshold;
        if lif.reset >= limit {
            let message = format!("threshold is {limit}, but must be above `reset`, {}", lif.reset);
            self.refuse(&format!("{path}.threshold"), message, None);
        }
        match &lif.initial {
            // A rest above the threshold makes a pacemaker, whose first potential must then be given.
            None if lif.rest >= limit && lif.reset < limit => {
                let message = format!("rest is {}, at or above `threshold`, {limit}", lif.rest);
                let help = "neurons start at rest: lower it, or add `initial` below the threshold";
                self.refuse(&format!("{path}.rest"), message, help.to_owned());
            }
            None => {}
            Some(initial) => {
                let place = format!("{path}.initial");
                self.per_neuron(&place, initial, lif.count);
                for (place, value) in each(&place, initial) {
                    self.rule(value < limit, &place, value, &format!("below `threshold`, {limit}"));
                }
            }
        }
    }

    fn adaptation(&mut self, path: &str, adaptation: &Adaptation, lif: &Lif) {
        let Adaptation { increment, decay, initial, floor, cap } = adaptation;
        self.not_negative(&format!("{path}.increment"), *increment);
        match *decay {
            ThetaDecay::Never => {}
            ThetaDecay::Time(constant) => self.positive(&format!("{path}.decay"), constant),
            ThetaDecay::PerImage(factor) => self.fraction(&format!("{path}.decay"), factor),
        }
        let lowest = lif.threshold.si() + floor.si();
        let rule = "so high that `threshold` and it together are above `reset`";
        self.rule(
            lowest > lif.reset.si() || lif.reset >= lif.threshold,
            &format!("{path}.floor"),
            floor,
            rule,
        );
        if let Some(cap) = cap {
            self.rule(cap >= floor, &format!("{path}.cap"), cap, &format!("at or above `floor`, {floor}"));
        }
        let place = format!("{path}.initial");
        self.per_neuron(&place, initial, lif.count);
        for (place, value) in each(&place, initial) {
            let kept = value >= *floor && cap.is_none_or(|cap| value <= cap || cap < *floor);
            self.rule(kept, &place, value, "between `floor` and `cap`");
        }
    }

    fn inhibition(&mut self, path: &str, inhibition: Inhibition, lif: &Lif) {
        match inhibition {
            Inhibition::ResetAll { block, .. } => self.not_negative(&format!("{path}.block"), block),
            Inhibition::Others { subtract, floor, block, strobe, .. } => {
                self.not_negative(&format!("{path}.subtract"), subtract);
                self.not_negative(&format!("{path}.block"), block);
                self.not_negative(&format!("{path}.strobe"), strobe);
                let rule = format!("below `threshold`, {}", lif.threshold);
                // A threshold below the reset is refused for itself.
                let kept = floor < lif.threshold || lif.threshold <= lif.reset;
                self.rule(kept, &format!("{path}.floor"), floor, &rule);
                if strobe.si() > 0.0 && block.si() == 0.0 {
                    let help = "give `block`, or leave `strobe` out";
                    self.refuse(
                        &format!("{path}.strobe"),
                        "no neuron is blocked that could fire",
                        help.to_owned(),
                    );
                }
                if subtract.si() == 0.0 && block.si() == 0.0 {
                    let help = "give `subtract` or `block`, or leave `inhibition` out";
                    self.refuse(path, "this inhibition has no effect", help.to_owned());
                }
            }
        }
    }
}

/// The values of a population with their paths.
fn each<'a, T: Copy>(path: &'a str, values: &'a PerNeuron<T>) -> impl Iterator<Item = (String, T)> + 'a {
    let listed = values.len_given().is_some();
    let place = move |index| if listed { format!("{path}[{index}]") } else { path.to_owned() };
    values.values().iter().enumerate().map(move |(index, value)| (place(index), *value))
}
