//! Block tables are what never changes while a block runs: its populations, its projections, and who listens to whom.

use crate::network::PlainSynapses;
use crate::neuron::LifTable;
use crate::plasticity::WindowRule;
use crate::time::Time;

/// The constant part of a block.
#[derive(Clone, Debug)]
pub struct BlockTables {
    /// The populations of this block.
    pub populations: Vec<LocalPopulation>,
    /// The projections onto them, by whatever source.
    pub projections: Vec<LocalProjection>,
    /// For each population of the network, the projections of this block that start there.
    pub listeners: Vec<Vec<u32>>,
    /// The width of the windows of the block's schedule.
    pub schedule_window: Time,
}

/// A population of a block.
#[derive(Clone, Debug)]
pub struct LocalPopulation {
    /// Its number in the network.
    pub number: u32,
    /// Its neurons.
    pub table: LifTable,
    /// The number of its first neuron among the block's predictions.
    pub first_entity: u32,
    /// The learning projections onto it.
    pub plastic: Vec<u32>,
}

/// A projection onto a population of a block.
#[derive(Clone, Debug)]
pub struct LocalProjection {
    /// Its number in the network.
    pub number: u32,
    /// Its target among the block's populations.
    pub target: usize,
    /// What stands behind it.
    pub synapses: Synapses,
    /// How it learns.
    pub rule: Option<WindowRule>,
    /// Whether its column updates are written down.
    pub records_changes: bool,
}

/// What turns a spike into charge.
#[derive(Clone, Debug)]
pub enum Synapses {
    /// An array of the block.
    Crossbar {
        /// Its number among the block's arrays.
        array: usize,
        /// From the spike to the word line.
        delay: Time,
        /// From the read to the membrane, and from the postsynaptic spike to the synapse.
        dendritic_delay: Time,
        /// The width of a read pulse.
        width: Time,
        /// Arrivals wait for the next multiple of this.
        coalesce: Option<Time>,
        /// Word lines.
        rows: usize,
    },
    /// Plain weights; their delays are theirs.
    Plain(PlainSynapses),
}

impl BlockTables {
    /// The population and neuron of an entity of the block's predictions.
    pub(super) fn neuron_of(&self, entity: u32) -> (usize, u32) {
        let population = self.populations.partition_point(|p| p.first_entity <= entity) - 1;
        (population, entity - self.populations[population].first_entity)
    }
}
