//! Checks of what is read out and written down.

use std::collections::HashSet;

use super::Check;
use crate::scenario::error::advice;
use crate::scenario::schema::KeyFrames;

impl Check<'_> {
    pub(super) fn readout(&mut self) {
        if let Some(readout) = &self.scenario.readout {
            self.lif_count(
                "readout.population",
                &readout.population,
                "the readout counts spikes of Lif neurons",
            );
        }
    }

    pub(super) fn record(&mut self) {
        let record = &self.scenario.record;
        let mut seen = HashSet::new();
        for (index, name) in record.spikes.iter().enumerate() {
            let path = format!("record.spikes[{index}]");
            self.population(&path, name);
            if !seen.insert(name) {
                self.refuse(&path, format!("`{name}` stands twice"), None);
            }
        }
        for (name, conductance) in record.conductance.iter() {
            let path = format!("record.conductance.{name}");
            self.recorded_crossbar(&path, name);
            if let KeyFrames::Every(interval) = conductance.key_frames {
                self.positive(&format!("{path}.key_frames"), interval);
            }
        }
        for (name, probe) in record.probes.iter() {
            let path = format!("record.probes.{name}");
            let count = self.lif_count(&path, name, "a probe samples Lif neurons");
            self.positive(&format!("{path}.every"), probe.every);
            for (index, neuron) in probe.neurons.iter().flatten().enumerate() {
                self.within(&format!("{path}.neurons[{index}]"), *neuron, count.map(|count| count as usize));
            }
        }
    }

    pub(super) fn recorded_crossbar(&mut self, path: &str, name: &str) {
        let projections = &self.scenario.projections;
        match projections.get(name) {
            Some(projection) if projection.crossbar.is_some() => {}
            Some(_) => self.refuse(
                path,
                format!("projection `{name}` has no conductances: it has no crossbar"),
                None,
            ),
            None => {
                self.refuse(
                    path,
                    format!("there is no projection `{name}`"),
                    advice(name, projections.names()),
                );
            }
        }
    }
}
