//! A step is one window of a presentation, or one batch of images that cannot feel each other.

use rayon::prelude::*;

use super::instance::{ArraySets, Collected, Instance, Presentation};
use super::plan::{ImagePlan, LONGEST_WINDOW, PhasePlan, Task};
use super::{RunError, Simulation};
use crate::crossbar::{ArrayFault, ReadCounts};
use crate::dataset;
use crate::readout::{Labels, Score};
use crate::recorder::{Entry, ImageEntry, PhaseEntry, PhaseKind, Recorder};
use crate::scenario::schema::Between;
use crate::time::Time;

/// Images per step where images run in parallel.
const BATCH: usize = 64;

/// One image that was shown on its own.
struct Shown {
    collected: Collected,
    counts: Vec<u32>,
}

impl Simulation {
    /// Goes on by a small piece. Returns whether anything is left to do.
    ///
    /// After an error the simulation must not be stepped on; what was recorded before stays.
    pub fn step(&mut self, recorder: &mut dyn Recorder) -> Result<bool, RunError> {
        let Some(phase) = self.plan.phases.get(self.position.phase).cloned() else { return Ok(false) };
        if !self.position.begun {
            self.begin_phase(&phase, recorder)?;
        }
        if let Some(task) = &phase.task {
            let is_over = match task {
                Task::Program(program) => !self.program_piece(program)?,
                Task::Wait(seconds) => self.wait(*seconds).map(|()| true)?,
                Task::Transfer(transfer) => self.transfer(transfer).map(|()| true)?,
            };
            if is_over {
                self.end_phase(&phase, recorder)?;
            }
            return Ok(self.position.phase < self.plan.phases.len());
        }
        self.shuffle(&phase);
        self.instance.prepare_reads(&self.arrays, phase.learning)?;
        if phase.is_parallel() {
            self.show_batch(&phase, recorder)?;
        } else {
            self.show_piece(&phase, recorder)?;
        }
        if self.position.shown == phase.presentation_count() {
            self.end_phase(&phase, recorder)?;
        }
        Ok(self.position.phase < self.plan.phases.len())
    }

    fn begin_phase(&mut self, phase: &PhasePlan, recorder: &mut dyn Recorder) -> Result<(), RunError> {
        if self.position.phase == 0 {
            self.record_conductances(Time::ZERO, false, recorder)?;
        }
        let clock = self.position.clock;
        for (state, tables) in self.instance.states.iter_mut().zip(&self.plan.blocks) {
            state.set_adapting(tables, clock, phase.learning);
        }
        if phase.labels {
            self.tally.responses.clear();
        }
        self.tally.score = Score::new(self.plan.classes.len());
        self.tally.input_spikes = 0;
        self.tally.output_spikes = 0;
        self.tally.reads.fill(ReadCounts::default());
        self.instance.calibrate(&mut self.arrays, self.position.phase == 0)?;
        self.position.begun = true;
        self.position.phase_start = clock;
        Ok(())
    }

    /// Runs one window of a presentation that the next one may feel.
    fn show_piece(&mut self, phase: &PhasePlan, recorder: &mut dyn Recorder) -> Result<(), RunError> {
        let clock = self.position.clock;
        let start = match self.position.under_way {
            Some(start) => start,
            None => self.begin_presentation(phase),
        };
        let end = start + phase.period();
        let frame = self.plan.next_key_frame(clock).filter(|_| phase.learning);
        let ageing = self.next_ageing(clock).filter(|_| phase.learning);
        let stop = end.min(clock + LONGEST_WINDOW).min(frame.map_or(end, |t| t + Time::TICK));
        let stop = stop.min(ageing.unwrap_or(end));
        let arrays = if phase.learning {
            ArraySets::Plastic(&mut self.arrays)
        } else {
            ArraySets::Frozen(&self.arrays)
        };
        let pool = (self.threads > 1).then_some(&self.pool);
        self.instance.run(&self.plan, arrays, clock, stop, pool)?;
        self.position.clock = stop;
        let collected = std::mem::replace(&mut self.instance.collected, Collected::new(&self.plan));
        self.record_collected(&collected, recorder)?;
        if let Some(t) = frame.filter(|&t| t < stop) {
            self.record_conductances(t, true, recorder)?;
        }
        let ends_phase = stop == end && self.position.shown + 1 == phase.presentation_count();
        if ageing == Some(stop) && self.age(stop, true)? && !ends_phase {
            self.record_conductances(stop, false, recorder)?;
        }
        if stop == end {
            self.end_presentation(phase, start, recorder)?;
        }
        Ok(())
    }

    fn begin_presentation(&mut self, phase: &PhasePlan) -> Time {
        let clock = self.position.clock;
        if phase.images.is_some() && phase.between == Between::Reset {
            self.instance.reset(&self.plan, clock);
        }
        let pixels = self.pixels(phase, self.position.shown);
        self.instance.begin(&self.plan, &self.presentation(phase, clock, pixels.as_deref()));
        self.position.under_way = Some(clock);
        clock
    }

    fn end_presentation(
        &mut self,
        phase: &PhasePlan,
        start: Time,
        recorder: &mut dyn Recorder,
    ) -> Result<(), RunError> {
        let clock = self.position.clock;
        if let Some(images) = &phase.images {
            let counts = self.plan.readout.map(|r| self.instance.counts(&self.plan, r.population).to_vec());
            let input_spikes = self.instance.input_count();
            self.judge(
                phase,
                images,
                self.position.shown,
                start,
                &counts.unwrap_or_default(),
                input_spikes,
                recorder,
            )?;
            if phase.learning {
                for (state, tables) in self.instance.states.iter_mut().zip(&self.plan.blocks) {
                    state.end_image(tables, clock, phase.present.seconds());
                }
            }
        }
        self.position.under_way = None;
        self.position.shown += 1;
        self.position.presentations += 1;
        Ok(())
    }

    /// Runs a batch of images that cannot feel each other, and records them in their order.
    fn show_batch(&mut self, phase: &PhasePlan, recorder: &mut dyn Recorder) -> Result<(), RunError> {
        let first = self.position.shown;
        let last = phase.presentation_count().min(first + BATCH);
        let base = self.position.clock;
        let this = &*self;
        let show =
            |instance: &mut Instance, shown: usize| this.show_alone(instance, phase, shown, first, base);
        let outcomes: Vec<Result<Shown, ArrayFault>> = self
            .pool
            .install(|| (first..last).into_par_iter().map_init(|| this.instance.clone(), show).collect());
        let images = phase.images.as_ref().map(|images| (images, phase.period()));
        for (place, outcome) in outcomes.into_iter().enumerate() {
            let shown = outcome?;
            self.record_collected(&shown.collected, recorder)?;
            if let Some((images, period)) = images {
                let start = base + times(period, place);
                let input_spikes = shown.collected.input_spikes;
                self.judge(phase, images, first + place, start, &shown.counts, input_spikes, recorder)?;
            }
        }
        self.position.shown = last;
        self.position.presentations += (last - first) as u64;
        self.position.clock = base + times(phase.period(), last - first);
        // What the next phase sees does not depend on who ran the last image.
        let clock = self.position.clock;
        self.instance.reset(&self.plan, clock);
        Ok(())
    }

    fn show_alone(
        &self,
        instance: &mut Instance,
        phase: &PhasePlan,
        shown: usize,
        first: usize,
        base: Time,
    ) -> Result<Shown, ArrayFault> {
        let start = base + times(phase.period(), shown - first);
        let number = self.position.presentations + (shown - first) as u64;
        let pixels = self.pixels(phase, shown);
        let presentation = Presentation { number, start, present: phase.present, image: pixels.as_deref() };
        instance.collected = Collected::new(&self.plan);
        instance.reset(&self.plan, start);
        instance.begin(&self.plan, &presentation);
        instance.run(&self.plan, ArraySets::Frozen(&self.arrays), start, start + phase.period(), None)?;
        let counts = self.plan.readout.map(|r| instance.counts(&self.plan, r.population).to_vec());
        let collected = std::mem::replace(&mut instance.collected, Collected::new(&self.plan));
        Ok(Shown { collected, counts: counts.unwrap_or_default() })
    }

    /// The presentation that is next or under way, from `start`.
    pub(super) fn presentation<'a>(
        &self,
        phase: &PhasePlan,
        start: Time,
        image: Option<&'a [f32]>,
    ) -> Presentation<'a> {
        Presentation { number: self.position.presentations, start, present: phase.present, image }
    }

    /// The intensities of the image number `shown` of a phase.
    pub(super) fn pixels(&self, phase: &PhasePlan, shown: usize) -> Option<Vec<f32>> {
        let images = phase.images.as_ref()?;
        let split = &self.plan.splits[images.split];
        let mut pixels = vec![0.0; split.pixel_count()];
        split.intensities(self.image_index(images, shown), &mut pixels);
        Some(pixels)
    }

    /// The place in its split of the image number `shown` of a phase.
    fn image_index(&self, images: &ImagePlan, shown: usize) -> usize {
        let place = shown % images.range.len();
        images.range.start + if images.shuffle { self.order.places[place] as usize } else { place }
    }

    /// Draws the order of the images where a new epoch has begun.
    pub(super) fn shuffle(&mut self, phase: &PhasePlan) {
        let Some(images) = phase.images.as_ref().filter(|images| images.shuffle) else { return };
        let (number, count) = (self.position.phase, images.range.len());
        let epoch = self.position.shown / count;
        if self.order.of != Some((number, epoch)) {
            let places = dataset::order(self.plan.seeds.order, number as u32, epoch as u64, count);
            self.order = super::Order { of: Some((number, epoch)), places };
        }
    }

    /// Counts the answer to an image and records it.
    #[expect(clippy::too_many_arguments, reason = "an image has this many facts")]
    fn judge(
        &mut self,
        phase: &PhasePlan,
        images: &ImagePlan,
        shown: usize,
        start: Time,
        counts: &[u32],
        input_spikes: u64,
        recorder: &mut dyn Recorder,
    ) -> Result<(), RunError> {
        let index = self.image_index(images, shown);
        let epoch = shown / images.range.len();
        let label = self.plan.splits[images.split].label(index);
        let class = self.plan.classes.binary_search(&label).unwrap_or(0);
        let mut prediction = None;
        if let (PhaseKind::Test, Some(readout), Some(labels)) =
            (phase.kind, self.plan.readout, &self.tally.labels)
        {
            prediction = labels.predict(readout.decoder, counts);
            self.tally.score.add(class, prediction);
        }
        if phase.labels && epoch + 1 == images.epochs {
            self.tally.responses.add(counts, class);
        }
        if self.plan.scenario.record.images {
            recorder.record(Entry::Image(ImageEntry {
                phase: self.position.phase as u32,
                epoch: epoch as u32,
                index: index as u32,
                start: start.ticks(),
                label,
                prediction: prediction.map(|class| self.plan.classes[class]),
                input_spikes,
                counts,
            }))?;
        }
        Ok(())
    }

    fn record_collected(
        &mut self,
        collected: &Collected,
        recorder: &mut dyn Recorder,
    ) -> Result<(), RunError> {
        for (population, (ticks, neurons)) in collected.spikes.iter().enumerate() {
            if !ticks.is_empty() {
                recorder.record(Entry::Spikes { population, ticks, neurons })?;
            }
        }
        for sample in &collected.samples {
            recorder.record(Entry::Probe {
                population: sample.population,
                tick: sample.time.ticks(),
                membrane: &sample.membrane,
                threshold: &sample.threshold,
            })?;
        }
        let mut values = &collected.changes.change_values[..];
        for &(projection, t, column) in &collected.changes.changes {
            let (line, rest) = values.split_at(self.line_length(projection as usize));
            values = rest;
            let projection = projection as usize;
            recorder.record(Entry::Change { projection, tick: t.ticks(), column, values: line })?;
        }
        self.tally.input_spikes += collected.input_spikes;
        self.tally.output_spikes += collected.output_spikes;
        self.tally.reads.iter_mut().zip(&collected.reads).for_each(|(sum, counts)| *sum += *counts);
        Ok(())
    }

    /// Numbers in one recorded bit line of a projection.
    fn line_length(&self, projection: usize) -> usize {
        let array = self.plan.arrays[projection].map(|(block, place)| &self.arrays[block][place]);
        array.map_or(0, |array| array.plane_count() * array.plan().rows)
    }

    /// Writes the conductances of all recorded projections; of those with an interval only, at a time between phases.
    fn record_conductances(
        &mut self,
        t: Time,
        at_interval: bool,
        recorder: &mut dyn Recorder,
    ) -> Result<(), RunError> {
        for &(projection, every) in &self.plan.key_frames {
            let due = !at_interval || every.is_some_and(|every| t.ticks() % every.ticks() == 0);
            if let (Some((block, place)), true) = (self.plan.arrays[projection], due) {
                let values = self.arrays[block][place].conductances()?;
                recorder.record(Entry::KeyFrame { projection, tick: t.ticks(), values: &values })?;
            }
        }
        Ok(())
    }

    fn end_phase(&mut self, phase: &PhasePlan, recorder: &mut dyn Recorder) -> Result<(), RunError> {
        if phase.labels {
            self.tally.labels = Some(Labels::from(&self.tally.responses));
        }
        let programming = match phase.program() {
            Some(program) => self.end_program(program, recorder)?,
            None => None,
        };
        let end = self.position.clock;
        self.age(end, false)?;
        self.record_conductances(end, false, recorder)?;
        let energy = self.record_reads(phase.learning, recorder)?;
        let tested = phase.kind == PhaseKind::Test;
        let score = &self.tally.score;
        let entry = PhaseEntry {
            phase: self.position.phase as u32,
            kind: phase.kind,
            epochs: phase.images.as_ref().map_or(0, |images| images.epochs as u32),
            start: self.position.phase_start.ticks(),
            end: end.ticks(),
            images: (phase.image_count() * phase.images.as_ref().map_or(0, |images| images.epochs)) as u64,
            correct: score.correct(),
            silent: score.silent(),
            accuracy: tested.then(|| score.accuracy()),
            overlap: phase.overlap,
            confusion: tested.then(|| score.confusion().to_vec()),
            labels: self
                .tally
                .labels
                .as_ref()
                .filter(|_| phase.labels)
                .map(|labels| self.label_numbers(labels)),
            input_spikes: self.tally.input_spikes,
            output_spikes: self.tally.output_spikes,
            energy,
            programming,
        };
        recorder.record(Entry::Phase(entry.clone()))?;
        self.results.push(entry);
        self.position.phase += 1;
        self.position.begun = false;
        self.position.shown = 0;
        Ok(())
    }

    /// The class of each readout neuron, or -1.
    fn label_numbers(&self, labels: &Labels) -> Vec<i64> {
        let class = |class: &Option<usize>| class.map_or(-1, |class| i64::from(self.plan.classes[class]));
        labels.of_neurons().iter().map(class).collect()
    }
}

fn times(period: Time, count: usize) -> Time {
    Time::from_ticks(period.ticks() * count as i64)
}
