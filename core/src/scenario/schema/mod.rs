//! The words of a scenario file: one struct per RON struct, one field per RON field, physical values with units.

mod dataset;
mod population;
mod periphery;
mod crossbar;
mod projection;
mod program;
mod schedule;
mod record;

use serde::{Deserialize, Serialize};

use crate::scenario::named::Named;

pub use crossbar::*;
pub use dataset::*;
pub use periphery::*;
pub use population::*;
pub use program::*;
pub use projection::*;
pub use record::*;
pub use schedule::*;

/// A whole run: the network, the data that it sees, what is done with it and what is written down.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Scenario")]
pub struct Scenario {
    /// One sentence: the question that this scenario answers.
    #[serde(default)]
    pub description: String,
    /// The seed from which all others derive.
    #[serde(default = "defaults::seed")]
    pub seed: u64,
    /// Seeds that replace the derived ones.
    #[serde(default)]
    pub seeds: Seeds,
    /// Labelled images for the encoders.
    #[serde(default)]
    pub dataset: Option<Dataset>,
    /// The neurons and the sources of spikes, by name.
    pub populations: Named<Population>,
    /// The connections between populations, by name.
    #[serde(default)]
    pub projections: Named<Projection>,
    /// What happens, phase after phase.
    pub schedule: Vec<Phase>,
    /// How the network answers which class an image has.
    #[serde(default)]
    pub readout: Option<Readout>,
    /// What the output file holds beside phases and provenance.
    #[serde(default)]
    pub record: Record,
}

/// Seeds of the four kinds of chance. Each derives from the scenario's `seed` unless given.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seeds {
    /// Which synapses exist, their weights, initial conductances and targets.
    #[serde(default)]
    pub network: Option<u64>,
    /// Draws of the devices.
    #[serde(default)]
    pub device: Option<u64>,
    /// Spikes of the encoders.
    #[serde(default)]
    pub encoder: Option<u64>,
    /// The order of images.
    #[serde(default)]
    pub order: Option<u64>,
}

impl Scenario {
    /// Whether the pulses of a projection have voltages that follow the images.
    pub(crate) fn has_amplitudes(&self, projection: &Projection) -> bool {
        let source = self.populations.get(&projection.source);
        matches!(source, Some(Population::Encoder(Encoder::Amplitude { .. })))
    }
}

/// Defaults that are not the zero of their type.
mod defaults {
    pub(super) fn seed() -> u64 {
        1
    }
    pub(super) fn one() -> f64 {
        1.0
    }
    pub(super) fn one_sample() -> u32 {
        1
    }
    pub(super) fn one_epoch() -> usize {
        1
    }
    pub(super) fn one_pass() -> Vec<f64> {
        vec![1.0]
    }
    pub(super) fn yes() -> bool {
        true
    }
    pub(super) fn tile() -> (u32, u32) {
        (256, 256)
    }
    pub(super) fn train_split() -> String {
        "train".into()
    }
    pub(super) fn test_split() -> String {
        "test".into()
    }
}
