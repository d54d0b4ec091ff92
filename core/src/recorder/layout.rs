//! A layout is what a run is going to record: names, sizes and provenance, known before the first event.

use serde::{Deserialize, Serialize};

use super::table::Tables;

/// Bytes of one spike before compression: an i64 tick and a u32 neuron.
pub const SPIKE_BYTES: u64 = 12;

/// Everything that a recording will hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Every population of the network, in the order of [`super::Entry`]'s indices.
    pub populations: Vec<PopulationLayout>,
    /// Every projection of the network, in the order of [`super::Entry`]'s indices.
    pub projections: Vec<ProjectionLayout>,
    /// What is kept of each image; `None` where no image is shown.
    pub images: Option<ImageLayout>,
    /// The classes of the data set, in the order of the rows of the confusion matrix; may be empty.
    pub classes: Vec<u32>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

/// What is recorded of one population.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PopulationLayout {
    /// The name in the scenario.
    pub name: String,
    /// Number of neurons.
    pub count: usize,
    /// Whether its spikes are recorded.
    pub spikes: bool,
    /// The neurons whose membrane and threshold are sampled, if any.
    pub probe: Option<Vec<u32>>,
}

/// What is recorded of one projection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectionLayout {
    /// The name in the scenario.
    pub name: String,
    /// Word lines: neurons of the source.
    pub rows: usize,
    /// Bit lines: neurons of the target.
    pub columns: usize,
    /// `["g"]`, or `["g+", "g-"]` for signed pairs.
    pub planes: Vec<String>,
    /// Whether key frames are recorded.
    pub key_frames: bool,
    /// Whether every column update is recorded.
    pub changes: bool,
    /// Whether it is programmed.
    pub programming: bool,
    /// The array behind it; `None` for plain weights.
    pub array: Option<ArrayLayout>,
}

/// What is recorded of the array of a projection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArrayLayout {
    /// Whether its currents pass analog-to-digital converters.
    pub converts: bool,
    /// Whether the energy of its reads and writes is found.
    pub energy: bool,
}

/// What is recorded of each image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageLayout {
    /// Index of the population that answers, if any.
    pub readout: Option<usize>,
    /// Number of its neurons.
    pub neurons: usize,
}

/// Where the numbers of a recording come from: all that is needed to make them again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The version of the program.
    pub program_version: String,
    /// The scenario's file name.
    pub scenario_name: String,
    /// The scenario as it was read.
    pub scenario_text: String,
    /// The scenario with every default, as `explain` prints it.
    pub resolved: String,
    /// Overrides as they were given, `path=value`.
    pub overrides: Vec<String>,
    /// The seed of the run.
    pub seed: u64,
    /// The device models, one for each projection that has one, and one more where its selector is one.
    pub models: Vec<ModelProvenance>,
}

/// Which device model a projection's cells obey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelProvenance {
    /// The projection's name.
    pub projection: String,
    /// The number of the Transfer phase, from 0, that brings it; none of the array with which a projection begins.
    pub phase: Option<u32>,
    /// The model's name.
    pub name: String,
    /// The model's version.
    pub version: String,
    /// The library's file name.
    pub file: String,
    /// SHA-256 of the library, in hexadecimal.
    pub sha256: String,
    /// The parameters with every default, as text.
    pub parameters: String,
}

/// How many rows a run is expected to record; what is missing counts as none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Spikes of each population.
    pub spikes: Vec<u64>,
    /// Samples of each population's probe.
    pub samples: Vec<u64>,
    /// Key frames of each projection.
    pub key_frames: Vec<u64>,
    /// Column updates of each projection.
    pub changes: Vec<u64>,
    /// Program phases of each projection.
    pub programmed: Vec<u64>,
    /// Images shown.
    pub images: u64,
    /// Phases.
    pub phases: u64,
}

impl Layout {
    /// The bytes of a file with so many rows, before compression: an upper bound but for some ten kilobytes of
    /// structure.
    ///
    /// The number of spikes, of column updates and of missed cells is not known beforehand; [`SPIKE_BYTES`] and
    /// [`Layout::change_bytes`] say what each of them adds.
    pub fn expected_bytes(&self, counts: &Counts) -> u64 {
        let tables = Tables::of(self);
        let sum = |indices: &[Option<usize>], rows: &[u64]| -> u64 {
            indices
                .iter()
                .zip(rows)
                .filter_map(|(table, rows)| table.map(|t| tables.list[t].row_bytes() * rows))
                .sum()
        };
        let images = tables.images.map_or(0, |t| tables.list[t].row_bytes() * counts.images);
        let text = self.provenance.scenario_text.len() + self.provenance.resolved.len();
        sum(&tables.spikes, &counts.spikes)
            + sum(&tables.probes, &counts.samples)
            + sum(&tables.key_frames, &counts.key_frames)
            + sum(&tables.changes, &counts.changes)
            + sum(&tables.programmed, &counts.programmed)
            + images
            + sum(&tables.arrays, &vec![counts.phases; tables.arrays.len()])
            + tables.list[tables.phases].row_bytes() * counts.phases
            + text as u64
    }

    /// Bytes of one column update of a projection before compression: tick, column, and its conductances.
    pub fn change_bytes(&self, projection: usize) -> u64 {
        let shape = &self.projections[projection];
        (8 + 4 + 8 * shape.planes.len() * shape.rows) as u64
    }
}
