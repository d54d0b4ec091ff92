//! The words for what the output file holds.

use serde::{Deserialize, Serialize};

use super::defaults;
use crate::scenario::named::Named;
use crate::units::Span;

/// What the output file holds beside phases and provenance.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Populations whose spikes are written.
    #[serde(default)]
    pub spikes: Vec<String>,
    /// Projections whose conductances are written.
    #[serde(default)]
    pub conductance: Named<RecordConductance>,
    /// Populations whose potentials and thresholds are sampled.
    #[serde(default)]
    pub probes: Named<Probe>,
    /// Whether the energy of all reads and program pulses is found, in cells, wires and drivers. Behind resistive wires a
    /// read that is no solve of its own takes one more.
    #[serde(default)]
    pub energy: bool,
    /// One record per image: label, prediction, spike counts.
    #[serde(default = "defaults::yes")]
    pub images: bool,
}

impl Default for Record {
    fn default() -> Record {
        Record {
            spikes: Vec::new(),
            conductance: Named::default(),
            probes: Named::default(),
            energy: false,
            images: defaults::yes(),
        }
    }
}

/// How the conductances of a projection are written.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordConductance {
    /// When all of them are written.
    #[serde(default)]
    pub key_frames: KeyFrames,
    /// Whether every column update is written.
    #[serde(default)]
    pub changes: bool,
}

/// When all conductances are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum KeyFrames {
    /// At the start of the run and at the end of each phase.
    #[default]
    AtPhaseEnds,
    /// In addition at every multiple of this time.
    Every(Span),
}

/// Samples of membranes and thresholds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Which neurons. All unless given.
    #[serde(default)]
    pub neurons: Option<Vec<u32>>,
    /// The time between samples.
    pub every: Span,
}
