//! A trace is a recording kept in memory, for embedding and for tests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::table::{MISSED, PASSES, Tables};
use super::{
    ArrayEntry, Entry, ImageEntry, Layout, PhaseEntry, ProgrammingEntry, Recorder, RecorderError, Rows,
};
use crate::crossbar::{MissedCell, Pass};

/// A recorder in memory; clones share one recording, so that a clone can be read while or after the other is written.
#[derive(Clone, Debug)]
pub struct Trace(Arc<Mutex<TraceData>>);

/// What a [`Trace`] holds: one element per population, per projection, per image or per phase of the layout.
#[derive(Clone, Debug, Default)]
pub struct TraceData {
    /// Spikes of each population; empty where they are not recorded.
    pub spikes: Vec<SpikeTrains>,
    /// Key frames of each projection.
    pub key_frames: Vec<Vec<Frame>>,
    /// Column updates of each projection.
    pub changes: Vec<Vec<Update>>,
    /// Program phases of each projection.
    pub programmed: Vec<Vec<Programmed>>,
    /// Samples of each population's probe.
    pub probes: Vec<Vec<Sample>>,
    /// What each projection's array did in each phase that ended.
    pub arrays: Vec<Vec<ArrayEntry>>,
    /// Every image shown.
    pub images: Vec<Image>,
    /// Every phase that ended.
    pub phases: Vec<PhaseEntry>,
    /// The facts of the run, once it is finished.
    pub facts: Option<Vec<(String, String)>>,
    tables: Arc<Tables>,
}

/// The spikes of one population: `neurons[k]` fired at `ticks[k]` (ps).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpikeTrains {
    /// Times in ticks (ps).
    pub ticks: Vec<i64>,
    /// Neurons.
    pub neurons: Vec<u32>,
}

/// All conductances of a projection at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The instant in ticks (ps).
    pub tick: i64,
    /// Siemens, planes x rows x columns.
    pub values: Vec<f64>,
}

/// The new conductances of one bit line.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The instant in ticks (ps).
    pub tick: i64,
    /// The bit line.
    pub column: u32,
    /// Siemens, planes x rows.
    pub values: Vec<f64>,
}

/// Membranes and thresholds of the watched neurons at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The instant in ticks (ps).
    pub tick: i64,
    /// Volts.
    pub membrane: Vec<f64>,
    /// Volts.
    pub threshold: Vec<f64>,
}

/// An [`ImageEntry`] that owns its counts; the fields mean the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Image {
    pub phase: u32,
    pub epoch: u32,
    pub index: u32,
    pub start: i64,
    pub label: u32,
    pub prediction: Option<u32>,
    pub input_spikes: u64,
    pub counts: Vec<u32>,
}

/// A [`ProgrammingEntry`] that owns its numbers; the fields mean the same.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Programmed {
    pub phase: u32,
    pub passes: Vec<Pass>,
    pub target: Vec<f64>,
    pub reached: Vec<f64>,
    pub error: Vec<f64>,
    pub pulses: Vec<u32>,
    pub fate: Vec<u32>,
    pub missed: Vec<MissedCell>,
}

impl From<&ProgrammingEntry<'_>> for Programmed {
    fn from(entry: &ProgrammingEntry<'_>) -> Programmed {
        Programmed {
            phase: entry.phase,
            passes: entry.passes.to_vec(),
            target: entry.target.to_vec(),
            reached: entry.reached.to_vec(),
            error: entry.error.to_vec(),
            pulses: entry.pulses.to_vec(),
            fate: entry.fate.to_vec(),
            missed: entry.missed.to_vec(),
        }
    }
}

impl From<&ImageEntry<'_>> for Image {
    fn from(image: &ImageEntry<'_>) -> Image {
        let ImageEntry { phase, epoch, index, start, label, prediction, input_spikes, counts } = *image;
        Image { phase, epoch, index, start, label, prediction, input_spikes, counts: counts.to_vec() }
    }
}

impl Trace {
    /// An empty trace of what `layout` asks for.
    pub fn new(layout: &Layout) -> Trace {
        let (populations, projections) = (layout.populations.len(), layout.projections.len());
        Trace(Arc::new(Mutex::new(TraceData {
            spikes: vec![SpikeTrains::default(); populations],
            probes: vec![Vec::new(); populations],
            key_frames: vec![Vec::new(); projections],
            changes: vec![Vec::new(); projections],
            programmed: vec![Vec::new(); projections],
            arrays: vec![Vec::new(); projections],
            tables: Arc::new(Tables::of(layout)),
            ..TraceData::default()
        })))
    }

    /// A copy of what has been recorded so far.
    pub fn data(&self) -> TraceData {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, TraceData> {
        // Every entry is appended whole, so what a panicking holder leaves is still a trace.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TraceData {
    fn take(&mut self, entry: Entry<'_>) {
        let tables = Arc::clone(&self.tables);
        let wanted = |tables: &[Option<usize>], index: usize| tables.get(index).is_some_and(Option::is_some);
        match entry {
            Entry::Spikes { population, ticks, neurons } if wanted(&tables.spikes, population) => {
                self.spikes[population].ticks.extend_from_slice(ticks);
                self.spikes[population].neurons.extend_from_slice(neurons);
            }
            Entry::KeyFrame { projection, tick, values } if wanted(&tables.key_frames, projection) => {
                self.key_frames[projection].push(Frame { tick, values: values.to_vec() });
            }
            Entry::Change { projection, tick, column, values } if wanted(&tables.changes, projection) => {
                self.changes[projection].push(Update { tick, column, values: values.to_vec() });
            }
            Entry::Probe { population, tick, membrane, threshold } if wanted(&tables.probes, population) => {
                let (membrane, threshold) = (membrane.to_vec(), threshold.to_vec());
                self.probes[population].push(Sample { tick, membrane, threshold });
            }
            Entry::Array(array) if wanted(&tables.arrays, array.projection) => {
                self.arrays[array.projection].push(array);
            }
            Entry::Image(image) if tables.images.is_some() => self.images.push((&image).into()),
            Entry::Programming(entry) if wanted(&tables.programmed, entry.projection) => {
                self.programmed[entry.projection].push((&entry).into());
            }
            Entry::Phase(phase) => self.phases.push(phase),
            Entry::Spikes { .. } | Entry::KeyFrame { .. } | Entry::Change { .. } | Entry::Probe { .. } => {}
            Entry::Array(_) | Entry::Image(_) | Entry::Programming(_) => {}
        }
    }

    fn rows(&self) -> Rows {
        let tables = &self.tables;
        let mut lengths = vec![0; tables.list.len()];
        let mut put = |table: Option<usize>, rows: usize| {
            if let Some(table) = table {
                lengths[table] = rows as u64;
            }
        };
        tables.spikes.iter().zip(&self.spikes).for_each(|(table, spikes)| put(*table, spikes.ticks.len()));
        tables.probes.iter().zip(&self.probes).for_each(|(table, samples)| put(*table, samples.len()));
        tables.key_frames.iter().zip(&self.key_frames).for_each(|(table, frames)| put(*table, frames.len()));
        tables.changes.iter().zip(&self.changes).for_each(|(table, changes)| put(*table, changes.len()));
        for (table, programmed) in tables.programmed.iter().zip(&self.programmed) {
            put(*table, programmed.len());
            put(table.map(|table| table + PASSES), programmed.iter().map(|p| p.passes.len()).sum());
            put(table.map(|table| table + MISSED), programmed.iter().map(|p| p.missed.len()).sum());
        }
        tables.arrays.iter().zip(&self.arrays).for_each(|(table, rows)| put(*table, rows.len()));
        put(tables.images, self.images.len());
        put(Some(tables.phases), self.phases.len());
        tables.list.iter().map(|table| table.path.clone()).zip(lengths).collect()
    }
}

impl Recorder for Trace {
    fn record(&mut self, entry: Entry<'_>) -> Result<(), RecorderError> {
        self.lock().take(entry);
        Ok(())
    }

    fn flush(&mut self) -> Result<Rows, RecorderError> {
        Ok(self.lock().rows())
    }

    fn finish(self: Box<Self>, facts: &[(String, String)]) -> Result<(), RecorderError> {
        self.lock().facts = Some(facts.to_vec());
        Ok(())
    }
}
