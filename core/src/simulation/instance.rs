//! An instance is one copy of everything that moves, beside the arrays: it can run images on its own.
//!
//! Training has one instance. Frozen phases whose images start anew have one per thread, all reading the same arrays.

use rayon::ThreadPool;
use rayon::prelude::*;

use super::plan::Plan;
use crate::crossbar::{Array, ArrayFault, ReadCounts};
use crate::encoder::{InputSpike, Key, encode};
use crate::kernel::{Arrays, BlockState, Outbox, Spike, Work, run_window};
use crate::scenario::schema::Population;
use crate::time::Time;

/// The arrays of all blocks.
#[derive(Debug)]
pub(super) enum ArraySets<'a> {
    Frozen(&'a [Vec<Array>]),
    Plastic(&'a mut [Vec<Array>]),
}

/// What an instance has said since it was last asked.
#[derive(Clone, Debug)]
pub(super) struct Collected {
    /// Ticks and neurons of each population whose spikes are recorded.
    pub(super) spikes: Vec<(Vec<i64>, Vec<u32>)>,
    pub(super) samples: Vec<Sample>,
    pub(super) changes: Outbox,
    /// What is counted of the reads of each projection of the network.
    pub(super) reads: Vec<ReadCounts>,
    pub(super) input_spikes: u64,
    pub(super) output_spikes: u64,
}

/// Potentials and thresholds of a population at one instant.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) population: usize,
    pub(super) time: Time,
    pub(super) membrane: Vec<f64>,
    pub(super) threshold: Vec<f64>,
}

/// One presentation: an image, or time without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presentation<'a> {
    /// The number of this presentation in the run, which keys the encoders' random numbers.
    pub(super) number: u64,
    pub(super) start: Time,
    /// How long inputs arrive.
    pub(super) present: Time,
    /// The intensities of its pixels; none in a Run phase, which plays the prescribed trains.
    pub(super) image: Option<&'a [f32]>,
}

#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) states: Vec<BlockState>,
    works: Vec<Work>,
    outboxes: Vec<Outbox>,
    inputs: Vec<Spike>,
    encoded: Vec<InputSpike>,
    pub(super) collected: Collected,
}

impl Instance {
    pub(super) fn new(plan: &Plan, arrays: &[Vec<Array>]) -> Instance {
        Instance {
            states: plan.blocks.iter().map(BlockState::new).collect(),
            works: plan.blocks.iter().zip(arrays).map(|(tables, arrays)| Work::new(tables, arrays)).collect(),
            outboxes: plan.blocks.iter().map(Outbox::new).collect(),
            inputs: Vec::new(),
            encoded: Vec::new(),
            collected: Collected::new(plan),
        }
    }

    /// Everything that moves starts anew at `t`; thresholds stay.
    pub(super) fn reset(&mut self, plan: &Plan, t: Time) {
        for (state, tables) in self.states.iter_mut().zip(&plan.blocks) {
            state.reset(tables, t);
        }
    }

    /// Makes reads ready for a time in which conductances change (`learns`) or do not.
    pub(super) fn prepare_reads(&mut self, arrays: &[Vec<Array>], learns: bool) -> Result<(), ArrayFault> {
        for (work, arrays) in self.works.iter_mut().zip(arrays) {
            for (reader, array) in work.readers.iter_mut().zip(arrays) {
                array.prepare(reader, learns)?;
            }
        }
        Ok(())
    }

    /// Finds the gains of bit lines where a compensation asks for it before a phase.
    pub(super) fn calibrate(&mut self, arrays: &mut [Vec<Array>], is_first: bool) -> Result<(), ArrayFault> {
        for (work, arrays) in self.works.iter_mut().zip(arrays) {
            for (reader, array) in work.readers.iter_mut().zip(arrays) {
                array.calibrate(reader, is_first)?;
            }
        }
        Ok(())
    }

    /// Makes a reader for an array that has just been put in its place, and finds the gains of its bit lines.
    pub(super) fn take_up(
        &mut self,
        arrays: &mut [Vec<Array>],
        (block, place): (usize, usize),
    ) -> Result<(), ArrayFault> {
        let (array, reader) = (&mut arrays[block][place], &mut self.works[block].readers[place]);
        *reader = array.reader();
        array.calibrate(reader, true)
    }

    /// What a checkpoint holds of the readers of all arrays of all blocks.
    pub(super) fn solves(&self, arrays: &[Vec<Array>]) -> Vec<Vec<Vec<u32>>> {
        let of_block = |(work, arrays): (&Work, &Vec<Array>)| {
            arrays.iter().zip(&work.readers).map(|(array, reader)| array.solves(reader)).collect()
        };
        self.works.iter().zip(arrays).map(of_block).collect()
    }

    /// Continues with states and readers of a checkpoint.
    pub(super) fn restore(&mut self, states: Vec<BlockState>, solves: &[Vec<Vec<u32>>]) {
        self.states = states;
        for (work, solves) in self.works.iter_mut().zip(solves) {
            work.readers.iter_mut().zip(solves).for_each(|(reader, solves)| reader.restore(solves));
        }
    }

    /// Makes the inputs of a presentation ready.
    pub(super) fn begin(&mut self, plan: &Plan, presentation: &Presentation<'_>) {
        self.load_inputs(plan, presentation);
        for state in &mut self.states {
            state.rewind_inputs();
            state.populations.iter_mut().for_each(crate::neuron::LifState::clear_counts);
        }
        self.collected.input_spikes += self.inputs.len() as u64;
        for spike in &self.inputs {
            self.collected.record(plan, *spike);
        }
    }

    /// The inputs of a presentation that was under way when it was written down.
    pub(super) fn load_inputs(&mut self, plan: &Plan, presentation: &Presentation<'_>) {
        self.inputs.clear();
        for (number, (_, population)) in plan.scenario.populations.iter().enumerate() {
            let number = number as u32;
            match (population, presentation.image) {
                (Population::Encoder(encoder), Some(image)) => {
                    let key = Key {
                        seed: plan.seeds.encoder,
                        population: number,
                        presentation: presentation.number,
                    };
                    for &(block, place) in &plan.amplitudes[number as usize] {
                        self.works[block].readers[place].show(image);
                    }
                    encode(encoder, image, presentation.present, key, &mut self.encoded);
                    let spikes = self.encoded.iter();
                    self.inputs.extend(spikes.map(|s| Spike {
                        time: presentation.start + s.offset,
                        population: number,
                        neuron: s.neuron,
                    }));
                }
                (Population::Trains(trains), None) => {
                    let spikes = trains.times.iter().enumerate().flat_map(|(neuron, times)| {
                        times.iter().map(move |offset| (offset.time(), neuron as u32))
                    });
                    let shown = spikes.filter(|(offset, _)| *offset < presentation.present);
                    self.inputs.extend(shown.map(|(offset, neuron)| Spike {
                        time: presentation.start + offset,
                        population: number,
                        neuron,
                    }));
                }
                _ => {}
            }
        }
        if plan.source_count > 1 || presentation.image.is_none() {
            self.inputs.sort_unstable();
        }
    }

    /// Runs from `clock` to `end`, in windows that no delay between blocks can cross, and samples on the way.
    pub(super) fn run(
        &mut self,
        plan: &Plan,
        mut arrays: ArraySets<'_>,
        clock: Time,
        end: Time,
        pool: Option<&ThreadPool>,
    ) -> Result<(), ArrayFault> {
        let mut clock = clock;
        while clock < end {
            let sample = plan.next_probe(clock);
            // A sample sees everything that happens at its own instant.
            clock = end.min(clock + plan.window).min(sample.map_or(end, |t| t + Time::TICK));
            self.run_blocks(plan, &mut arrays, clock, pool)?;
            self.exchange(plan);
            if let Some(t) = sample.filter(|&t| t < clock) {
                self.sample(plan, t);
            }
        }
        Ok(())
    }

    fn run_blocks(
        &mut self,
        plan: &Plan,
        arrays: &mut ArraySets<'_>,
        end: Time,
        pool: Option<&ThreadPool>,
    ) -> Result<(), ArrayFault> {
        let inputs = &self.inputs;
        let sets: Vec<Arrays<'_>> = match arrays {
            ArraySets::Frozen(sets) => sets.iter().map(|set| Arrays::Frozen(set)).collect(),
            ArraySets::Plastic(sets) => sets.iter_mut().map(|set| Arrays::Plastic(set)).collect(),
        };
        let moving = self.states.iter_mut().zip(&mut self.works).zip(&mut self.outboxes);
        let mut runs: Vec<_> = plan.blocks.iter().zip(sets).zip(moving).collect();
        let run = |((tables, arrays), ((state, work), outbox))| {
            run_window(tables, arrays, state, work, outbox, inputs, end)
        };
        match pool.filter(|_| runs.len() > 1) {
            Some(pool) => {
                let outcomes: Vec<_> = pool.install(|| runs.par_drain(..).map(run).collect());
                outcomes.into_iter().collect()
            }
            None => runs.into_iter().try_for_each(run),
        }
    }

    /// Spikes of a window reach the other blocks, in time for the next window, and the collection.
    fn exchange(&mut self, plan: &Plan) {
        for (home, outbox) in self.outboxes.iter_mut().enumerate() {
            for &spike in &outbox.spikes {
                self.collected.record(plan, spike);
                for (block, tables) in plan.blocks.iter().enumerate() {
                    if block != home && !tables.listeners[spike.population as usize].is_empty() {
                        // Blocks are coupled by delays only, so nothing arrives at once.
                        self.states[block].send(tables, spike, |_, _| {});
                    }
                }
            }
            self.collected.output_spikes += outbox.spikes.len() as u64;
            self.collected.changes.changes.append(&mut outbox.changes);
            self.collected.changes.change_values.append(&mut outbox.change_values);
            for (projection, counts) in plan.blocks[home].projections.iter().zip(&outbox.reads) {
                self.collected.reads[projection.number as usize] += *counts;
            }
            outbox.clear();
        }
    }

    fn sample(&mut self, plan: &Plan, t: Time) {
        for probe in plan.probes.iter().filter(|probe| t.ticks() % probe.every.ticks() == 0) {
            let (block, local) = plan.places[probe.population];
            let (state, table) =
                (&self.states[block].populations[local], &plan.blocks[block].populations[local].table);
            self.collected.samples.push(Sample {
                population: probe.population,
                time: t,
                membrane: probe.neurons.iter().map(|&n| state.potential(table, t, n as usize)).collect(),
                threshold: probe.neurons.iter().map(|&n| state.threshold(table, t, n as usize)).collect(),
            });
        }
    }

    /// Spikes of the sources in this presentation.
    pub(super) fn input_count(&self) -> u64 {
        self.inputs.len() as u64
    }

    /// Spikes of each neuron of a population since the start of the presentation.
    pub(super) fn counts(&self, plan: &Plan, population: usize) -> &[u32] {
        let (block, local) = plan.places[population];
        self.states[block].populations[local].counts()
    }
}

impl Collected {
    pub(super) fn new(plan: &Plan) -> Collected {
        Collected {
            spikes: vec![(Vec::new(), Vec::new()); plan.network.population_count()],
            samples: Vec::new(),
            changes: Outbox::default(),
            reads: vec![ReadCounts::default(); plan.arrays.len()],
            input_spikes: 0,
            output_spikes: 0,
        }
    }

    fn record(&mut self, plan: &Plan, spike: Spike) {
        if plan.records_spikes[spike.population as usize] {
            let (ticks, neurons) = &mut self.spikes[spike.population as usize];
            ticks.push(spike.time.ticks());
            neurons.push(spike.neuron);
        }
    }
}
