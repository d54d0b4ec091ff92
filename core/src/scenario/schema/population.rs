//! The words for populations: encoders, prescribed trains, neurons and what they do to each other.

use serde::{Deserialize, Serialize};

use super::defaults;
use crate::units::{Capacitance, Current, Frequency, Span, Voltage};

/// A group of neurons of one kind, or a source of spikes.
// A scenario has a handful of populations: their size does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Population {
    /// Turns each pixel of an image into a spike train: one neuron per pixel.
    Encoder(Encoder),
    /// Prescribed spike trains, one list of times per neuron. Each phase `Run` plays them from its start.
    Trains(Trains),
    /// Leaky integrate-and-fire neurons.
    Lif(Lif),
}

/// How intensity (0..1) becomes spikes. Pixels of intensity 0 never spike.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Encoder {
    /// A Poisson process.
    Poisson {
        /// The rate at full intensity.
        rate: Frequency,
    },
    /// At each clock step a spike with a probability; all spikes of a step are simultaneous.
    Bernoulli {
        /// The clock step. Spikes stand at the start of each step.
        step: Span,
        /// The probability per step at full intensity.
        #[serde(default = "defaults::one")]
        probability: f64,
    },
    /// In each clock step one pulse per pixel whose voltage is the read voltage times the intensity; all pulses of a step are
    /// simultaneous.
    Amplitude {
        /// The clock step. Pulses stand at the start of each step.
        step: Span,
        /// Pixels below this intensity stay silent.
        #[serde(default)]
        threshold: f64,
    },
    /// Equal intervals with jitter, at a rate in proportion to intensity and with a random first phase.
    Regular {
        /// The rate at full intensity.
        rate: Frequency,
        /// The standard deviation of each interval as a fraction of the interval, 0..0.5.
        #[serde(default)]
        jitter: f64,
    },
    /// One spike per pixel: full intensity at `earliest`, intensity towards 0 at `latest`.
    Latency {
        /// The time of full intensity after the image's start.
        #[serde(default)]
        earliest: Span,
        /// The time of vanishing intensity.
        latest: Span,
        /// Pixels below this intensity stay silent.
        #[serde(default)]
        threshold: f64,
    },
}

/// Prescribed spike trains.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trains {
    /// Ascending spike times of each neuron.
    pub times: Vec<Vec<Span>>,
}

/// Leaky integrate-and-fire neurons: C dV/dt = -(V - rest) C/leak + bias, and V jumps by charge/C.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lif {
    /// How many neurons.
    pub count: u32,
    /// The capacitance of the membrane.
    pub capacitance: Capacitance,
    /// The time constant of the membrane.
    pub leak: Span,
    /// The neuron fires at V >= threshold (plus adaptation).
    pub threshold: Voltage,
    /// The potential without input.
    #[serde(default)]
    pub rest: Voltage,
    /// The potential after a spike.
    #[serde(default)]
    pub reset: Voltage,
    /// The potential at the start and after a reset between images. `rest` unless given.
    #[serde(default)]
    pub initial: Option<PerNeuron<Voltage>>,
    /// Arrivals in [spike, spike + refractory) are lost.
    #[serde(default)]
    pub refractory: PerNeuron<Span>,
    /// A constant current.
    #[serde(default)]
    pub bias: PerNeuron<Current>,
    /// A threshold that rises with each spike.
    #[serde(default)]
    pub adaptation: Option<Adaptation>,
    /// Thresholds that hold a rate.
    #[serde(default)]
    pub homeostasis: Option<Homeostasis>,
    /// What a spike does to the other neurons of the population.
    #[serde(default)]
    pub inhibition: Option<Inhibition>,
}

/// One value for all neurons, or a list with one value for each.
#[derive(Clone, Debug)]
pub enum PerNeuron<T> {
    /// The same for all.
    Same(T),
    /// One for each.
    Each(Vec<T>),
}

/// The threshold is `threshold + theta`; theta rises by `increment` with each own spike.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adaptation {
    /// What each own spike adds to theta.
    pub increment: Voltage,
    /// How theta falls.
    #[serde(default)]
    pub decay: ThetaDecay,
    /// Theta at the start.
    #[serde(default)]
    pub initial: PerNeuron<Voltage>,
    /// The lower limit of theta.
    #[serde(default)]
    pub floor: Voltage,
    /// The upper limit of theta. None unless given.
    #[serde(default)]
    pub cap: Option<Voltage>,
}

/// How an adaptive threshold falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum ThetaDecay {
    /// It stays.
    #[default]
    Never,
    /// Exponentially in time, with this time constant.
    Time(Span),
    /// By this factor at the end of each training image.
    PerImage(f64),
}

/// At the end of each training image theta changes by step x (spikes - target x presentation time).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Homeostasis {
    /// The rate to hold.
    pub target: Frequency,
    /// The change of theta per spike too many.
    pub step: Voltage,
}

/// Lateral inhibition of a whole population.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Inhibition {
    /// Every other neuron loses `subtract` (not below `floor`) and ignores arrivals for `block`.
    Others {
        /// What the others lose.
        #[serde(default)]
        subtract: Voltage,
        /// The subtraction stops here.
        #[serde(default)]
        floor: Voltage,
        /// How long the others ignore arrivals. Their potential goes on decaying. A neuron that fires is blocked no more.
        #[serde(default)]
        block: Span,
        /// While blocked, a neuron that is above its threshold at a multiple of this fires all the same, as in programs of
        /// fixed steps that test everybody in each step; 0 s: it waits for the end of its block.
        #[serde(default)]
        strobe: Span,
        /// Who fires of several at one instant.
        #[serde(default)]
        ties: Ties,
    },
    /// All neurons return to `reset` and ignore arrivals for `block`.
    ResetAll {
        /// How long all ignore arrivals.
        #[serde(default)]
        block: Span,
        /// Who fires of several at one instant.
        #[serde(default)]
        ties: Ties,
    },
}

/// Who fires where several neurons with lateral inhibition reach the threshold at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ties {
    /// The largest excess over the threshold; of equal ones the lowest index.
    #[default]
    Largest,
    /// In the order of indices each one resets, adapts and inhibits the others; the last one keeps its spike.
    LastIndex,
    /// All of them.
    All,
}
