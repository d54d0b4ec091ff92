//! A recorder is whoever listens to a run: it takes entries in the order in which they happen and keeps them.
//!
//! A [`Layout`] says beforehand what there will be; [`Entry`] is the closed set of what a run says. Two recorders
//! exist: [`Trace`] keeps everything in memory, [`Hdf5Recorder`] writes the output file ([`format`](mod@format)). [`inspect`](inspect())
//! reads such a file back, finished or not.
//!
//! ```
//! use crosspike::recorder::{Entry, Layout, PopulationLayout, Recorder, Trace};
//!
//! let output = PopulationLayout { name: "output".into(), count: 10, spikes: true, probe: None };
//! let trace = Trace::new(&Layout { populations: vec![output], ..Layout::default() });
//! let mut recorder: Box<dyn Recorder> = Box::new(trace.clone());
//! recorder.record(Entry::Spikes { population: 0, ticks: &[5, 7], neurons: &[1, 9] }).unwrap();
//! assert_eq!(trace.data().spikes[0].neurons, [1, 9]);
//! ```

mod error;
mod layout;
mod table;
mod buffer;
mod programming;
mod work;
mod trace;
mod superblock;
mod structure;
mod writer;
mod hdf5;
mod inspect;
mod frame;
#[cfg(test)]
mod tests;

#[doc = include_str!("format.md")]
pub mod format {}

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use crate::crossbar::Fate;
use crate::crossbar::{MissedCell, Pass, Work};

pub use self::error::RecorderError;
pub use self::frame::{RecordedFrame, recorded_frame};
pub use self::hdf5::Hdf5Recorder;
pub use self::inspect::{DatasetLine, PassLine, PhaseLine, Summary, inspect};
pub use self::layout::{
    ArrayLayout, Counts, ImageLayout, Layout, ModelProvenance, PopulationLayout, ProjectionLayout,
    Provenance, SPIKE_BYTES,
};
pub use self::trace::{Frame, Image, Programmed, Sample, SpikeTrains, Trace, TraceData, Update};
pub use self::work::WorkLine;

/// One thing that a run has to say; what the layout does not ask for is passed over.
#[derive(Clone, Debug)]
pub enum Entry<'a> {
    /// Spikes of one population: `ticks[k]` (ps) is when neuron `neurons[k]` fired; both of one length.
    Spikes {
        /// Index of the population in the layout.
        population: usize,
        /// Times of the spikes in ticks (ps), not decreasing.
        ticks: &'a [i64],
        /// Neurons that fired, each below the population's count.
        neurons: &'a [u32],
    },
    /// All conductances of a projection at one instant.
    KeyFrame {
        /// Index of the projection in the layout.
        projection: usize,
        /// The instant in ticks (ps).
        tick: i64,
        /// Conductances in siemens, planes x rows x columns.
        values: &'a [f64],
    },
    /// The new conductances of one bit line after a column update.
    Change {
        /// Index of the projection in the layout.
        projection: usize,
        /// The instant in ticks (ps).
        tick: i64,
        /// The bit line.
        column: u32,
        /// Conductances in siemens, planes x rows.
        values: &'a [f64],
    },
    /// Membranes and thresholds of the neurons that a population's probe watches, in the probe's order.
    Probe {
        /// Index of the population in the layout.
        population: usize,
        /// The instant in ticks (ps).
        tick: i64,
        /// Membrane potentials in volts.
        membrane: &'a [f64],
        /// Thresholds in volts.
        threshold: &'a [f64],
    },
    /// What one array did in a phase that has ended.
    Array(ArrayEntry),
    /// One image has been shown.
    Image(ImageEntry<'a>),
    /// One array has been programmed.
    Programming(ProgrammingEntry<'a>),
    /// One phase has ended.
    Phase(PhaseEntry),
}

/// What one presentation of one image came to.
#[derive(Clone, Debug)]
pub struct ImageEntry<'a> {
    /// Index of the phase in the schedule.
    pub phase: u32,
    /// Pass over the phase's images, from 0.
    pub epoch: u32,
    /// Index of the image in its split.
    pub index: u32,
    /// Start of the presentation in ticks (ps).
    pub start: i64,
    /// The class that the data set gives.
    pub label: u32,
    /// The class that the network gave; `None` where it was silent or was not asked.
    pub prediction: Option<u32>,
    /// Spikes that entered the network during the presentation.
    pub input_spikes: u64,
    /// Spikes of each neuron of the readout population; may be empty, which is kept as zeros.
    pub counts: &'a [u32],
}

/// What the cells of an array were programmed to and what they reached. Slices over cells are planes x rows x columns.
#[derive(Clone, Debug)]
pub struct ProgrammingEntry<'a> {
    /// Index of the projection in the layout.
    pub projection: usize,
    /// Index of the phase in the schedule.
    pub phase: u32,
    /// Each pass over the array.
    pub passes: &'a [Pass],
    /// Targets in siemens.
    pub target: &'a [f64],
    /// Conductances after the last pass in siemens.
    pub reached: &'a [f64],
    /// Their distances, as parts of the range of the device.
    pub error: &'a [f64],
    /// Pulses of each cell.
    pub pulses: &'a [u32],
    /// What has become of each cell: a [`Fate`] as its number.
    pub fate: &'a [u32],
    /// The cells beyond their tolerance.
    pub missed: &'a [MissedCell],
}

/// What the array of a projection did in one phase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ArrayEntry {
    /// Index of the projection in the layout.
    pub projection: usize,
    /// Index of the phase in the schedule.
    pub phase: u32,
    /// Instants at which spikes drove its word lines.
    pub reads: u64,
    /// Reads that started before the pulse of an earlier one had ended.
    pub overlaps: u64,
    /// Conversions of its analog-to-digital converters.
    pub conversions: u64,
    /// Conversions beyond their full scale.
    pub saturated: u64,
    /// What its reads took.
    pub read: Work,
    /// What its program pulses took.
    pub write: Work,
}

/// What one phase came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseEntry {
    /// Index of the phase in the schedule.
    pub phase: u32,
    /// What the phase was for.
    pub kind: PhaseKind,
    /// Passes over the images.
    pub epochs: u32,
    /// Start in ticks (ps).
    pub start: i64,
    /// End in ticks (ps).
    pub end: i64,
    /// Images shown.
    pub images: u64,
    /// Images whose prediction was their label.
    pub correct: u64,
    /// Images to which the readout population kept silent (they count as wrong).
    pub silent: u64,
    /// `correct / images`; `None` where nothing was predicted.
    pub accuracy: Option<f64>,
    /// Images that an earlier phase had shown for another purpose.
    pub overlap: u64,
    /// Images by class and prediction, classes x (classes + 1), the last column for silent ones.
    pub confusion: Option<Vec<u64>>,
    /// The class of each neuron of the readout population after the phase, -1 where it was never labelled.
    pub labels: Option<Vec<i64>>,
    /// Spikes that entered the network.
    pub input_spikes: u64,
    /// Spikes of the readout population.
    pub output_spikes: u64,
    /// The energy of the reads and of the program pulses of all arrays, J; absent where it was not asked for.
    pub energy: Option<[f64; 2]>,
    /// What was programmed in a Program phase.
    pub programming: Option<ProgramResult>,
}

/// What a Program phase came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProgramResult {
    /// The name of the projection.
    pub projection: String,
    /// Passes over its array.
    pub passes: u32,
    /// Cells that are not stuck.
    pub cells: u64,
    /// Cells that are.
    pub stuck: u64,
    /// Cells beyond their tolerance at the end.
    pub missed: u64,
    /// Those among them that pulses of other cells have moved out of it.
    pub disturbed: u64,
    /// Pulses in all.
    pub pulses: u64,
    /// The median of the errors of the cells that are not stuck, as a part of the range of the device.
    pub median: f64,
    /// Their mean.
    pub mean: f64,
}

/// What a phase is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhaseKind {
    /// Plasticity is on.
    Train,
    /// Responses are counted to label neurons.
    Label,
    /// Responses are turned into predictions.
    Test,
    /// The network runs for a time without images.
    Run,
    /// An array is programmed.
    Program,
    /// Time passes in which nothing happens.
    Wait,
    /// Conductances go to another array.
    Transfer,
}

impl PhaseKind {
    /// The word that the file uses.
    pub fn name(self) -> &'static str {
        match self {
            PhaseKind::Train => "train",
            PhaseKind::Label => "label",
            PhaseKind::Test => "test",
            PhaseKind::Run => "run",
            PhaseKind::Program => "program",
            PhaseKind::Wait => "wait",
            PhaseKind::Transfer => "transfer",
        }
    }
}

/// Someone who keeps what a run says.
///
/// After an error the recorder accepts nothing more and repeats the error; what was flushed before stays readable.
pub trait Recorder: Send {
    /// Takes one entry.
    ///
    /// # Errors
    ///
    /// The entry's slices do not fit the layout, or an earlier entry could not be written.
    fn record(&mut self, entry: Entry<'_>) -> Result<(), RecorderError>;

    /// Makes everything recorded so far durable against the end of the process, and says how much that is.
    ///
    /// # Errors
    ///
    /// Something could not be written; the rows of the flush before are kept.
    fn flush(&mut self) -> Result<Rows, RecorderError>;

    /// Ends the recording with the facts of the run, (name, value): date, host, duration.
    ///
    /// # Errors
    ///
    /// Something could not be written; what was flushed before is kept under the unfinished name.
    fn finish(self: Box<Self>, facts: &[(String, String)]) -> Result<(), RecorderError>;
}

/// The number of rows in every table of a recording at a flush, by the table's path; a checkpoint keeps it, so that a
/// resumed run cuts the file back to where the checkpoint was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows(BTreeMap<String, u64>);

impl Rows {
    /// The rows of the table at `path`, such as `/spikes/output`; `None` where there is no such table.
    pub fn of(&self, path: &str) -> Option<u64> {
        self.0.get(path).copied()
    }

    /// Every table's path and rows, in order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(path, rows)| (path.as_str(), *rows))
    }
}

impl FromIterator<(String, u64)> for Rows {
    fn from_iter<I: IntoIterator<Item = (String, u64)>>(rows: I) -> Rows {
        Rows(rows.into_iter().collect())
    }
}
