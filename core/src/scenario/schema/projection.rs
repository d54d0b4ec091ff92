//! The words for projections: plain weights and plasticity.

use serde::{Deserialize, Serialize};

use super::Crossbar;
use crate::units::{Conductance, Span, Voltage};

/// All connections from one population to another, through a crossbar or with plain weights.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Projection {
    /// The population whose spikes travel.
    pub source: String,
    /// The population where they arrive.
    pub target: String,
    /// Axonal delay: from the spike to the word line.
    #[serde(default)]
    pub delay: Span,
    /// Dendritic delay: from the read to the membrane, and from the postsynaptic spike to the synapse.
    #[serde(default)]
    pub dendritic_delay: Span,
    /// The array behind this projection.
    #[serde(default)]
    pub crossbar: Option<Crossbar>,
    /// Plain weights instead of an array.
    #[serde(default)]
    pub weights: Option<Weights>,
    /// How conductances learn.
    #[serde(default)]
    pub plasticity: Option<Plasticity>,
}

/// Connections without an array. A weight is the jump of the membrane potential.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Weights {
    /// Every source to every target.
    AllToAll {
        /// The weight of each synapse.
        weight: WeightLaw,
        /// Whether a neuron of a projection onto its own population reaches itself.
        #[serde(default)]
        self_connections: bool,
    },
    /// Source i to target i.
    OneToOne {
        /// The weight of each synapse.
        weight: WeightLaw,
    },
    /// Each pair with a probability.
    Probability {
        /// The probability of each synapse.
        probability: f64,
        /// The weight of each synapse.
        weight: WeightLaw,
        /// Whether a neuron of a projection onto its own population reaches itself.
        #[serde(default)]
        self_connections: bool,
    },
    /// Synapse by synapse.
    List(Vec<Synapse>),
}

/// One plain synapse. Its delays replace those of the projection.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synapse {
    /// Index of the source neuron.
    pub source: u32,
    /// Index of the target neuron.
    pub target: u32,
    /// The jump of the target's potential.
    pub weight: Voltage,
    /// Axonal delay. The projection's unless given.
    #[serde(default)]
    pub delay: Option<Span>,
    /// Dendritic delay. The projection's unless given.
    #[serde(default)]
    pub dendritic_delay: Option<Span>,
}

/// Where plain weights come from: `"1.5 mV"`, or a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WeightLaw {
    /// The same for all.
    Constant(Voltage),
    /// Uniform between two values.
    Uniform(Voltage, Voltage),
    /// Normal with mean and standard deviation.
    Normal(Voltage, Voltage),
}

/// How the conductances of an array follow spikes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Plasticity {
    /// On each postsynaptic spike: rows whose spike arrived within `window` before are potentiated, all others
    /// depressed.
    Window {
        /// The largest potentiation.
        potentiation: Conductance,
        /// The depression, as a positive number.
        depression: Conductance,
        /// How far back an arrival counts, both ends included.
        window: Span,
        /// Potentiation falls as exp(-dt/decay). Constant unless given.
        #[serde(default)]
        decay: Option<Span>,
        /// How changes shrink towards the ends of the range.
        #[serde(default)]
        bounds: Bounds,
        /// Each column's sum of conductance after an update. Free unless given.
        #[serde(default)]
        normalise: Option<Conductance>,
        /// How a change is written.
        #[serde(default)]
        write: Write,
    },
}

/// The dependence of a change on the conductance, with x = (g - g_min) / (g_max - g_min).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Bounds {
    /// No dependence; the device's range ends it.
    #[default]
    Hard,
    /// Potentiation x exp(-beta x), depression x exp(-beta (1 - x)).
    Exponential(f64),
    /// Potentiation x (1 - x)^p, depression x x^p.
    Power(f64),
}

/// How a change of conductance reaches the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Write {
    /// Straight to the device's increment: no scheme, no wires, no energy.
    #[default]
    Increment,
    /// By program pulses through the array: after each postsynaptic spike all sets of its bit line together, then all
    /// resets. Every cell of the tiles that hold the bit line advances at the voltage that scheme and wires put on it.
    Pulses(Pulses),
}

/// The program pulses of a projection and how they reach its cells.
///
/// What a pulse does is the device's answer to it: of the rule's `potentiation` and `depression` only the ratio of a
/// change to the largest one counts. A signed pair moves by set pulses only, on g+ and then on g-. Resistive wires give
/// the exact operating point, also where reads take `Sweeps`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pulses {
    /// The pulse that raises a conductance; its voltage is above zero.
    pub set: ProgramPulse,
    /// The pulse that lowers a conductance; its voltage is below zero.
    pub reset: ProgramPulse,
    /// The voltages of all lines during a pulse.
    #[serde(default)]
    pub scheme: Scheme,
    /// What the size of a change says about its pulse.
    #[serde(default)]
    pub strength: Strength,
}

/// A program pulse: what its word line has above the bit line that is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramPulse {
    /// Its voltage, V.
    pub voltage: Voltage,
    /// Its width; the largest one where the strength scales it.
    pub width: Span,
}

/// The voltages of lines during a program pulse of voltage V. Driven word lines are at V, the written bit line is at 0 V.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    /// All other lines at V/2: half-selected cells see V/2, all others nothing.
    #[default]
    Half,
    /// Other word lines at V/3, other bit lines at 2V/3: every cell but the selected ones sees V/3, of either sign.
    Third,
    /// All other lines at 0 V: every cell of a driven word line sees the whole pulse.
    Grounded,
    /// All other lines at 0 V, and only the gates of the written bit line on: no other device sees anything. With
    /// `cell: Transistor(...)`, which takes no other scheme.
    Gated,
    /// All other lines are disconnected at both ends: the cells divide the pulse among themselves. For wires with
    /// resistance. A line whose cells are all open then has no voltage, which ends the run.
    Floating,
}

/// What the size of a change says about its pulse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strength {
    /// Nothing: every change is one whole pulse.
    #[default]
    Fixed,
    /// Its width: the part of the whole width that the change is of the largest change of its direction, rounded to
    /// sixteenths. Below one thirty-second there is no pulse.
    Width,
}
