//! The words for the schedule: phases, what happens between images, and how the network answers.

use serde::{Deserialize, Serialize};

use super::{Crossbar, Program, defaults};
use crate::units::{Duration, Span, Voltage};

/// One part of the schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Phase {
    /// Images with plasticity and adaptation.
    Train(Train),
    /// Images that tell which neuron answers to which class; everything frozen.
    Label(Label),
    /// Images whose class is predicted; everything frozen.
    Test(Test),
    /// Time without images.
    Run(Run),
    /// Cells are brought to target conductances, one after the other.
    Program(Program),
    /// Nothing but time passes.
    Wait(Wait),
    /// What was learned goes to another array.
    Transfer(Box<Transfer>),
}

/// Images with plasticity and adaptation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Train {
    /// Which images.
    #[serde(default = "defaults::train_split")]
    pub split: String,
    /// The first image of the split (after selection of classes).
    #[serde(default)]
    pub from: usize,
    /// How many images are shown per epoch. All from `from` on unless given.
    #[serde(default)]
    pub images: Option<usize>,
    /// How many images of the file are passed over, shown or not: the other way to count.
    #[serde(default)]
    pub raw: Option<usize>,
    /// How long each image is shown.
    pub present: Span,
    /// What happens between images.
    #[serde(default)]
    pub between: Between,
    /// How often the images are shown.
    #[serde(default = "defaults::one_epoch")]
    pub epochs: usize,
    /// A new random order for each epoch.
    #[serde(default)]
    pub shuffle: bool,
    /// Count responses for the labels while training (in the last epoch).
    #[serde(default)]
    pub label: bool,
}

/// Images that tell which neuron answers to which class.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Which images.
    #[serde(default = "defaults::train_split")]
    pub split: String,
    /// The first image of the split (after selection of classes).
    #[serde(default)]
    pub from: usize,
    /// How many images. All from `from` on unless given.
    #[serde(default)]
    pub images: Option<usize>,
    /// How many images of the file are passed over, shown or not.
    #[serde(default)]
    pub raw: Option<usize>,
    /// How long each image is shown.
    pub present: Span,
    /// What happens between images.
    #[serde(default)]
    pub between: Between,
}

/// Images whose class is predicted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Which images.
    #[serde(default = "defaults::test_split")]
    pub split: String,
    /// The first image of the split (after selection of classes).
    #[serde(default)]
    pub from: usize,
    /// How many images. All from `from` on unless given.
    #[serde(default)]
    pub images: Option<usize>,
    /// How many images of the file are passed over, shown or not.
    #[serde(default)]
    pub raw: Option<usize>,
    /// How long each image is shown.
    pub present: Span,
    /// What happens between images.
    #[serde(default)]
    pub between: Between,
    /// Whether images that were trained on may be tested.
    #[serde(default)]
    pub overlap: Overlap,
}

/// Time without images: prescribed trains and bias currents drive the network.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// How long.
    pub duration: Span,
    /// Whether plasticity and adaptation are active.
    #[serde(default = "defaults::yes")]
    pub learning: bool,
}

/// A time in which nothing happens: cells of volatile models age, unless their `retention` is `Off`. The clock of the
/// network stands still, so that it may be long.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// How long: "315 Ms" are ten years.
    pub duration: Duration,
}

/// The conductances of a projection are written to another array, which stands in its place from then on.
///
/// Each device of the new array gets the conductance of the cell in its place, as near as its model and its range allow.
/// Several transfers of one projection all write what its own array had at the first of them. Labels and thresholds of
/// neurons stay. Nothing learns and nothing is programmed afterwards.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Which projection.
    pub projection: String,
    /// The voltage at which conductances are meant: each device gets that state in which its current there, divided by it, is
    /// the conductance of the cell. It is the voltage of the device, without the share of an access element. Where left out,
    /// the model's own conductance is meant.
    #[serde(default)]
    pub at: Option<Voltage>,
    /// The new array, without `initial`. `signed`, and the width and `coalesce` of reads, are those of the projection.
    pub crossbar: Crossbar,
}

/// What happens between images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Between {
    /// Membranes, refractoriness, traces and spikes in flight start anew.
    #[default]
    Reset,
    /// The network runs on without input for this long.
    Rest(Span),
    /// The next image follows at once.
    Continue,
}

/// Whether test images may have been seen in training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overlap {
    /// An overlap is an error.
    #[default]
    Refused,
    /// An overlap is allowed; the output says so.
    Allowed,
}

/// How the network answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    /// The population whose spikes are counted.
    pub population: String,
    /// How counts become a class.
    #[serde(default)]
    pub decoder: Decoder,
}

/// How spike counts become a class. Ties go to the class with more labelled neurons, then to the lower class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decoder {
    /// The label of the neuron with most spikes.
    MostActive,
    /// The class whose neurons have most spikes together.
    Vote,
    /// The class whose neurons have most spikes on average.
    #[default]
    ClassMean,
    /// Each neuron votes for all classes in proportion to its mean responses to them.
    ResponseWeighted,
}
