//! A block state is everything about a block that changes, so that it can be written down and continued.

use serde::{Deserialize, Serialize};

use super::tables::{BlockTables, Synapses};
use crate::crossbar::{Array, ReadCounts, Reader};
use crate::neuron::LifState;
use crate::plasticity::Arrivals;
use crate::queue::{NextEvent, Predictions, Schedule};
use crate::time::Time;

/// A spike of a neuron of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spike {
    /// When it leaves its neuron.
    pub time: Time,
    /// The number of its population in the network.
    pub population: u32,
    /// The number of its neuron in the population.
    pub neuron: u32,
}

/// What a block has scheduled. The order of the variants is their order within an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Event {
    /// Spikes reach the synapses: a word line of an array, or a group of plain synapses.
    Arrival { projection: u32, group: u32 },
    /// The charge of an earlier read reaches the membranes.
    Charge { projection: u32, slot: u32 },
    /// A postsynaptic spike reaches the synapses.
    Update { projection: u32, neuron: u32 },
}

/// The changing part of a block, without its arrays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlockState {
    /// One per population.
    pub populations: Vec<LifState>,
    /// One per projection; empty where nothing learns.
    pub(super) arrivals: Vec<Arrivals>,
    pub(super) schedule: Schedule<Event>,
    pub(super) predictions: Predictions,
    /// When the last read pulse of each projection ends.
    pub(super) pulse_ends: Vec<Time>,
    /// Charges on their way to the membranes, V.
    pub(super) charges: Vec<Vec<f64>>,
    pub(super) free_charges: Vec<u32>,
    /// How many inputs of the current list have been taken.
    pub(super) taken: usize,
}

impl BlockState {
    /// The state at the start of a run.
    pub fn new(tables: &BlockTables) -> BlockState {
        let rows = |projection: &super::LocalProjection| match (&projection.synapses, &projection.rule) {
            (Synapses::Crossbar { rows, .. }, Some(_)) => *rows,
            _ => 0,
        };
        let mut state = BlockState {
            populations: tables.populations.iter().map(|p| LifState::new(&p.table)).collect(),
            arrivals: tables.projections.iter().map(|p| Arrivals::none(rows(p))).collect(),
            schedule: Schedule::new(tables.schedule_window),
            predictions: Predictions::default(),
            pulse_ends: vec![Time::BEFORE_ALL; tables.projections.len()],
            charges: Vec::new(),
            free_charges: Vec::new(),
            taken: 0,
        };
        state.predict_all(tables, Time::ZERO);
        state
    }

    /// Membranes, refractoriness, traces and spikes in flight start anew at `t`.
    pub fn reset(&mut self, tables: &BlockTables, t: Time) {
        for (state, population) in self.populations.iter_mut().zip(&tables.populations) {
            state.reset(&population.table, t);
        }
        self.arrivals.iter_mut().for_each(Arrivals::clear);
        self.schedule.clear();
        self.pulse_ends.fill(Time::BEFORE_ALL);
        self.charges.clear();
        self.free_charges.clear();
        self.predictions.clear();
        self.predict_all(tables, t);
    }

    /// A new list of inputs begins.
    pub fn rewind_inputs(&mut self) {
        self.taken = 0;
    }

    /// Adaptation starts or stops at `t`.
    pub fn set_adapting(&mut self, tables: &BlockTables, t: Time, adapts: bool) {
        for (state, population) in self.populations.iter_mut().zip(&tables.populations) {
            state.set_adapting(&population.table, t, adapts);
        }
        self.predict_all(tables, t);
    }

    /// A training image of `present` seconds ends at `t`.
    pub fn end_image(&mut self, tables: &BlockTables, t: Time, present: f64) {
        for (state, population) in self.populations.iter_mut().zip(&tables.populations) {
            state.end_image(&population.table, t, present);
        }
        self.predict_all(tables, t);
    }

    /// Predicts anew all that may have moved: whole populations where any neuron may cross by itself, elsewhere those
    /// that lost while above their threshold and wait for the end of their block.
    fn predict_all(&mut self, tables: &BlockTables, t: Time) {
        let mut waiting = Vec::new();
        while let Some((_, entity)) = self.predictions.pop() {
            waiting.push(tables.neuron_of(entity));
        }
        for (population, neuron) in waiting {
            if !tables.populations[population].table.predicts {
                self.predict(tables, population, neuron, t);
            }
        }
        for (number, population) in tables.populations.iter().enumerate() {
            if population.table.predicts {
                self.predict_population(tables, number, t);
            }
        }
    }

    /// Predicts every neuron of a population anew.
    pub(super) fn predict_population(&mut self, tables: &BlockTables, population: usize, t: Time) {
        for neuron in 0..tables.populations[population].table.count() as u32 {
            self.predict(tables, population, neuron, t);
        }
    }

    /// Predicts one neuron anew.
    pub(super) fn predict(&mut self, tables: &BlockTables, population: usize, neuron: u32, t: Time) {
        let local = &tables.populations[population];
        let time = self.populations[population].predict(&local.table, t, neuron as usize);
        self.predictions.predict(local.first_entity + neuron, time);
    }

    /// Predicts one neuron anew, seen from `t`, but not before `earliest`.
    pub(super) fn predict_not_before(
        &mut self,
        tables: &BlockTables,
        population: usize,
        neuron: u32,
        (t, earliest): (Time, Time),
    ) {
        let local = &tables.populations[population];
        let time = self.populations[population].predict(&local.table, t, neuron as usize);
        self.predictions.predict(local.first_entity + neuron, time.max(earliest));
    }

    /// Keeps charges that are under way; returns their slot.
    pub(super) fn keep_charges(&mut self, volts: &[f64]) -> u32 {
        let slot = self.free_charges.pop().unwrap_or(self.charges.len() as u32);
        if slot as usize == self.charges.len() {
            self.charges.push(Vec::with_capacity(volts.len()));
        }
        let kept = &mut self.charges[slot as usize];
        kept.clear();
        kept.extend_from_slice(volts);
        slot
    }
}

/// What a block says while it runs: everything since the last [`Outbox::clear`].
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// All spikes of the block, in the order in which they happened.
    pub spikes: Vec<Spike>,
    /// What is counted of the reads of each projection of the block.
    pub reads: Vec<ReadCounts>,
    /// Column updates: projection number, time, bit line.
    pub changes: Vec<(u32, Time, u32)>,
    /// The new conductances of each update, one after the other: planes x rows, S.
    pub change_values: Vec<f64>,
}

impl Outbox {
    /// Room for what a block with these tables says.
    pub fn new(tables: &BlockTables) -> Outbox {
        Outbox { reads: vec![ReadCounts::default(); tables.projections.len()], ..Outbox::default() }
    }

    /// Forgets everything and keeps the room.
    pub fn clear(&mut self) {
        self.spikes.clear();
        self.reads.fill(ReadCounts::default());
        self.changes.clear();
        self.change_values.clear();
    }
}

/// Room to work in for one instant. Between instants it holds nothing but what arrays have answered, which follows from
/// their conductances.
#[derive(Clone, Debug)]
pub struct Work {
    /// For each projection what arrives: word lines, or groups of plain synapses.
    pub(super) arrivals: Vec<Vec<u32>>,
    /// What reads need, for each array.
    pub readers: Vec<Reader>,
    /// The projections at which something arrives.
    pub(super) active: Vec<u32>,
    /// Slots of charges that arrive, with their projection.
    pub(super) charges: Vec<(u32, u32)>,
    /// Bit lines that learn from delayed postsynaptic spikes, with their projection.
    pub(super) updates: Vec<(u32, u32)>,
    /// What arrives at each population.
    pub(super) inputs: Vec<Input>,
    /// Neurons at or above their threshold.
    pub(super) candidates: Vec<u32>,
    /// Neurons of one population whose spikes leave.
    pub(super) fired: Vec<u32>,
    /// All spikes of a round: population of the block, neuron.
    pub(super) spikes: Vec<(u32, u32)>,
    /// Charges of a read with dendritic delay, or the new conductances of a bit line.
    pub(super) line: Vec<f64>,
}

/// What arrives at one population at one instant.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The jump of each membrane, V. Zero between instants.
    pub(super) volts: Vec<f64>,
    /// Whether all neurons receive something.
    pub(super) dense: bool,
    /// The neurons that receive something, where not all do.
    pub(super) touched: Vec<u32>,
    pub(super) is_touched: Vec<bool>,
}

impl Work {
    /// Room for a block with these arrays.
    pub fn new(tables: &BlockTables, arrays: &[Array]) -> Work {
        let input = |count: usize| Input {
            volts: vec![0.0; count],
            dense: false,
            touched: Vec::with_capacity(count),
            is_touched: vec![false; count],
        };
        let largest = tables.populations.iter().map(|p| p.table.count()).max().unwrap_or(0);
        Work {
            arrivals: tables.projections.iter().map(|_| Vec::with_capacity(64)).collect(),
            readers: arrays.iter().map(Array::reader).collect(),
            active: Vec::with_capacity(tables.projections.len()),
            charges: Vec::new(),
            updates: Vec::new(),
            inputs: tables.populations.iter().map(|p| input(p.table.count())).collect(),
            candidates: Vec::with_capacity(largest),
            fired: Vec::with_capacity(largest),
            spikes: Vec::with_capacity(largest),
            line: Vec::new(),
        }
    }
}

impl Input {
    /// Adds a jump to one neuron.
    pub(super) fn add(&mut self, neuron: u32, volts: f64) {
        self.volts[neuron as usize] += volts;
        if !self.is_touched[neuron as usize] {
            self.is_touched[neuron as usize] = true;
            self.touched.push(neuron);
        }
    }

    /// Whether anything has arrived.
    pub(super) fn is_empty(&self) -> bool {
        !self.dense && self.touched.is_empty()
    }

    /// Ready for the next instant.
    pub(super) fn clear(&mut self) {
        if self.dense {
            self.volts.fill(0.0);
        }
        for &neuron in &self.touched {
            self.volts[neuron as usize] = 0.0;
            self.is_touched[neuron as usize] = false;
        }
        self.touched.clear();
        self.dense = false;
    }
}
