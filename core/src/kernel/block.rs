//! One run of a block to the end of a window: take the next instant, settle it, go on.

use super::state::{BlockState, Event, Outbox, Spike, Work};
use super::tables::{BlockTables, Synapses};
use crate::crossbar::{Array, ArrayFault, Moment};
use crate::queue::NextEvent;
use crate::time::Time;

/// The arrays of a block while it runs.
#[derive(Debug)]
pub enum Arrays<'a> {
    /// Conductances stay as they are, so that several runs can share them.
    Frozen(&'a [Array]),
    /// Conductances follow the spikes.
    Plastic(&'a mut [Array]),
}

impl Arrays<'_> {
    fn at(&self, number: usize) -> &Array {
        match self {
            Arrays::Frozen(arrays) => &arrays[number],
            Arrays::Plastic(arrays) => &arrays[number],
        }
    }
}

/// Runs a block through every instant before `end`.
///
/// `inputs` are the spikes of the sources, sorted by time, population and neuron; those that `state` has taken already
/// are passed over. After a fault the block must not be run on.
pub fn run_window(
    tables: &BlockTables,
    arrays: Arrays<'_>,
    state: &mut BlockState,
    work: &mut Work,
    outbox: &mut Outbox,
    inputs: &[Spike],
    end: Time,
) -> Result<(), ArrayFault> {
    let mut run = Run { tables, arrays, state, work, outbox, inputs };
    while let Some(t) = run.next_instant().filter(|&t| t < end) {
        run.settle(t)?;
    }
    Ok(())
}

impl BlockState {
    /// A spike of any population reaches the projections of this block that listen to it, each after its delay.
    /// Spikes that arrive at once are for the caller: they are reported to `at_once(projection, group)`.
    pub fn send(&mut self, tables: &BlockTables, spike: Spike, mut at_once: impl FnMut(u32, u32)) {
        for &projection in &tables.listeners[spike.population as usize] {
            let mut deliver = |group: u32, delay: Time| {
                if delay == Time::ZERO {
                    at_once(projection, group);
                } else {
                    self.schedule.push(spike.time + delay, Event::Arrival { projection, group });
                }
            };
            match &tables.projections[projection as usize].synapses {
                Synapses::Crossbar { delay, coalesce: None, .. } => deliver(spike.neuron, *delay),
                Synapses::Crossbar { delay, coalesce: Some(interval), .. } => {
                    let arrival = (spike.time + *delay).next_multiple_of(*interval);
                    deliver(spike.neuron, arrival - spike.time);
                }
                Synapses::Plain(plain) => {
                    plain.groups(spike.neuron).for_each(|(group, delay)| deliver(group, delay));
                }
            }
        }
    }
}

struct Run<'a> {
    tables: &'a BlockTables,
    arrays: Arrays<'a>,
    state: &'a mut BlockState,
    work: &'a mut Work,
    outbox: &'a mut Outbox,
    inputs: &'a [Spike],
}

impl Run<'_> {
    fn next_instant(&mut self) -> Option<Time> {
        let input = self.inputs.get(self.state.taken).map(|spike| spike.time);
        let scheduled = self.state.schedule.next_time();
        let predicted = self.state.predictions.next().map(|next| next.0);
        [input, scheduled, predicted].into_iter().flatten().min()
    }

    /// Everything that happens at `t`.
    fn settle(&mut self, t: Time) -> Result<(), ArrayFault> {
        self.fire_predicted(t);
        self.gather(t);
        for round in 0.. {
            self.read(Moment { time: t, round })?;
            self.test(t);
            self.learn(t)?;
            if !self.emit(t) {
                break;
            }
        }
        Ok(())
    }

    /// Neurons whose predicted crossing has come fire.
    fn fire_predicted(&mut self, t: Time) {
        while let Some((_, entity)) = self.state.predictions.next().filter(|next| next.0 == t) {
            let (population, _) = self.tables.neuron_of(entity);
            self.work.candidates.clear();
            while let Some((_, entity)) = self.state.predictions.next().filter(|next| next.0 == t) {
                let (other, neuron) = self.tables.neuron_of(entity);
                if other != population {
                    break;
                }
                self.state.predictions.pop();
                self.work.candidates.push(neuron);
            }
            self.settle_population(population, t);
        }
    }

    /// Collects what reaches synapses and membranes at `t`.
    fn gather(&mut self, t: Time) {
        while let Some(&spike) = self.inputs.get(self.state.taken).filter(|spike| spike.time == t) {
            self.state.taken += 1;
            let work = &mut *self.work;
            self.state.send(self.tables, spike, |projection, group| arrive(work, projection, group));
        }
        while self.state.schedule.next_time() == Some(t) {
            match self.state.schedule.pop().map(|(_, event)| event) {
                Some(Event::Arrival { projection, group }) => arrive(self.work, projection, group),
                Some(Event::Charge { projection, slot }) => self.work.charges.push((projection, slot)),
                Some(Event::Update { projection, neuron }) => self.work.updates.push((projection, neuron)),
                None => return,
            }
        }
    }

    /// All spikes that reach one array drive their word lines together; their charges are added up per membrane.
    fn read(&mut self, moment: Moment) -> Result<(), ArrayFault> {
        let t = moment.time;
        self.work.active.sort_unstable();
        for place in 0..self.work.active.len() {
            let number = self.work.active[place];
            let projection = &self.tables.projections[number as usize];
            let groups = &mut self.work.arrivals[number as usize];
            let input = &mut self.work.inputs[projection.target];
            match &projection.synapses {
                Synapses::Plain(plain) => {
                    for &group in groups.iter() {
                        let (targets, weights) = plain.targets(group);
                        for (&target, &weight) in targets.iter().zip(weights) {
                            input.add(target, weight);
                        }
                    }
                }
                Synapses::Crossbar { array, dendritic_delay, width, coalesce, .. } => {
                    groups.sort_unstable();
                    if coalesce.is_some() {
                        groups.dedup();
                    }
                    let counts = &mut self.outbox.reads[number as usize];
                    let pulse_end = &mut self.state.pulse_ends[number as usize];
                    counts.reads += 1;
                    counts.overlaps += u64::from(t < *pulse_end);
                    *pulse_end = t + *width;
                    if projection.rule.is_some() {
                        for &row in groups.iter() {
                            self.state.arrivals[number as usize].arrive(row, t);
                        }
                    }
                    let table = &self.tables.populations[projection.target].table;
                    if *dendritic_delay > Time::ZERO {
                        let line = &mut self.work.line;
                        line.clear();
                        line.resize(table.count(), 0.0);
                        let reader = &mut self.work.readers[*array];
                        self.arrays.at(*array).read(reader, groups, moment, counts, line)?;
                        let slot = self.state.keep_charges(line);
                        let event = Event::Charge { projection: number, slot };
                        self.state.schedule.push(t + *dendritic_delay, event);
                    } else if self.state.populations[projection.target].listens(table, t) {
                        let reader = &mut self.work.readers[*array];
                        self.arrays.at(*array).read(reader, groups, moment, counts, &mut input.volts)?;
                        input.dense = true;
                    }
                }
            }
            self.work.arrivals[number as usize].clear();
        }
        self.work.active.clear();
        self.receive_charges();
        Ok(())
    }

    /// Charges of earlier reads reach the membranes.
    fn receive_charges(&mut self) {
        for (projection, slot) in self.work.charges.drain(..) {
            let input = &mut self.work.inputs[self.tables.projections[projection as usize].target];
            for (sum, volts) in input.volts.iter_mut().zip(&self.state.charges[slot as usize]) {
                *sum += volts;
            }
            input.dense = true;
            self.state.free_charges.push(slot);
        }
    }

    /// Each population tests its thresholds once, and settles who fires.
    fn test(&mut self, t: Time) {
        for population in 0..self.tables.populations.len() {
            if self.work.inputs[population].is_empty() {
                continue;
            }
            let table = &self.tables.populations[population].table;
            let neurons = &mut self.state.populations[population];
            let input = &mut self.work.inputs[population];
            self.work.candidates.clear();
            if input.dense {
                if neurons.arrive(table, t, &input.volts) > 0 {
                    neurons.crossing(table, t, &mut self.work.candidates);
                }
            } else {
                input.touched.sort_unstable();
                for &neuron in &input.touched {
                    if neurons.arrive_at(table, t, neuron as usize, input.volts[neuron as usize]) {
                        self.work.candidates.push(neuron);
                    }
                }
            }
            if table.predicts {
                self.predict_touched(population, t);
            }
            self.work.inputs[population].clear();
            if !self.work.candidates.is_empty() {
                self.settle_population(population, t);
            }
        }
    }

    fn predict_touched(&mut self, population: usize, t: Time) {
        if self.work.inputs[population].dense {
            return self.state.predict_population(self.tables, population, t);
        }
        for &neuron in &self.work.inputs[population].touched {
            self.state.predict(self.tables, population, neuron, t);
        }
    }

    /// Decides which of the candidates fire, and predicts what has changed by it.
    fn settle_population(&mut self, population: usize, t: Time) {
        let table = &self.tables.populations[population].table;
        let work = &mut *self.work;
        work.fired.clear();
        self.state.populations[population].settle(table, t, &work.candidates, &mut work.fired);
        work.spikes.extend(work.fired.iter().map(|&neuron| (population as u32, neuron)));
        let inhibits = table.inhibition.is_some();
        if inhibits && (table.predicts || self.state.predictions.next().is_some()) {
            // Those who were inhibited move too.
            self.state.predict_population(self.tables, population, t);
        } else if inhibits || table.predicts {
            // Who lost may still be above its threshold when it listens again.
            for place in 0..self.work.candidates.len() {
                let neuron = self.work.candidates[place];
                self.state.predict(self.tables, population, neuron, t);
            }
        }
        if table.predicts {
            // No drive is so strong that a neuron fires twice within a tick.
            for &neuron in &self.work.fired {
                self.state.predict_not_before(self.tables, population, neuron, (t, t + Time::TICK));
            }
        }
    }

    /// Plasticity acts on the bit lines of the neurons that fired.
    fn learn(&mut self, t: Time) -> Result<(), ArrayFault> {
        if matches!(self.arrays, Arrays::Frozen(_)) {
            self.work.updates.clear();
            return Ok(());
        }
        for place in 0..self.work.updates.len() {
            let (projection, neuron) = self.work.updates[place];
            self.update(projection, neuron, t)?;
        }
        self.work.updates.clear();
        for place in 0..self.work.spikes.len() {
            let (population, neuron) = self.work.spikes[place];
            for &projection in &self.tables.populations[population as usize].plastic {
                match self.tables.projections[projection as usize].synapses {
                    Synapses::Crossbar { dendritic_delay, .. } if dendritic_delay > Time::ZERO => {
                        self.state.schedule.push(t + dendritic_delay, Event::Update { projection, neuron });
                    }
                    _ => self.update(projection, neuron, t)?,
                }
            }
        }
        Ok(())
    }

    /// The rule of a projection changes one bit line.
    fn update(&mut self, number: u32, column: u32, t: Time) -> Result<(), ArrayFault> {
        let projection = &self.tables.projections[number as usize];
        let (Synapses::Crossbar { array, .. }, Some(rule)) = (&projection.synapses, &projection.rule) else {
            return Ok(());
        };
        let Arrays::Plastic(arrays) = &mut self.arrays else { return Ok(()) };
        let (array, reader) = (&mut arrays[*array], &mut self.work.readers[*array]);
        rule.update(array, &self.state.arrivals[number as usize], column as usize, t)?;
        array.track(reader)?;
        if projection.records_changes {
            let line = &mut self.work.line;
            line.resize(array.plane_count() * array.plan().rows, 0.0);
            array.column(column as usize, line)?;
            self.outbox.changes.push((projection.number, t, column));
            self.outbox.change_values.extend_from_slice(line);
        }
        Ok(())
    }

    /// The spikes of this round leave. Returns whether some arrive at this very instant.
    fn emit(&mut self, t: Time) -> bool {
        for place in 0..self.work.spikes.len() {
            let (population, neuron) = self.work.spikes[place];
            let number = self.tables.populations[population as usize].number;
            let spike = Spike { time: t, population: number, neuron };
            self.outbox.spikes.push(spike);
            let work = &mut *self.work;
            self.state.send(self.tables, spike, |projection, group| arrive(work, projection, group));
        }
        self.work.spikes.clear();
        !self.work.active.is_empty()
    }
}

/// Something arrives at a projection in the round to come.
fn arrive(work: &mut Work, projection: u32, group: u32) {
    let groups = &mut work.arrivals[projection as usize];
    if groups.is_empty() {
        work.active.push(projection);
    }
    groups.push(group);
}
