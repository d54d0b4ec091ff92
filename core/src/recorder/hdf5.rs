//! An HDF5 recorder is the run's side of the output file: it fills buffers of rows and hands them to a writer.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use super::buffer::{Buffer, Value, image_row, phase_row};
use super::programming::{cells_row, missed_row, pass_row};
use super::table::{MISSED, PASSES, Tables};
use super::work::{WorkColumns, array_row};
use super::writer::Writer;
use super::{Entry, Layout, ProgrammingEntry, Recorder, RecorderError, Rows};

/// Full buffers that may wait for the writer before the run waits for it.
const WAITING: usize = 8;

/// What the run says to the writer's thread.
enum Message {
    Append(Buffer),
    Flush(Sender<Rows>),
    Finish(Vec<(String, String)>),
}

/// A recorder that writes the output file, laid out as [`format`](super::format) says.
///
/// The run copies what it says into buffers, one per table; full buffers go to a thread that compresses and writes
/// them and gives them back. Until [`Recorder::finish`] the file is named `<path>.partial`. A recorder that is dropped
/// leaves that file behind, with what was flushed.
pub struct Hdf5Recorder {
    tables: Tables,
    buffers: Vec<Buffer>,
    /// Rows that the current buffer of each table may still take, so that buffers end where chunks end.
    room: Vec<usize>,
    path: PathBuf,
    /// `None` once the thread has been told to end.
    messages: Option<SyncSender<Message>>,
    emptied: Receiver<Buffer>,
    spare: Vec<Buffer>,
    thread: Option<JoinHandle<Result<(), RecorderError>>>,
    failure: Option<RecorderError>,
}

impl Hdf5Recorder {
    /// Starts `<path>.partial`, in the place of an earlier unfinished one; an existing file at `path` stays until the
    /// recording is finished, and is then replaced.
    ///
    /// # Errors
    ///
    /// The path is a folder or cannot be written, another run is writing it, or a name holds a slash.
    pub fn create(path: &Path, layout: &Layout) -> Result<Hdf5Recorder, RecorderError> {
        check_names(layout)?;
        Ok(Hdf5Recorder::over(Writer::create(path, layout)?, layout))
    }

    /// Continues `<path>.partial` where it had `rows`; whatever was written after that is cut off.
    ///
    /// # Errors
    ///
    /// The file is missing, damaged, of another layout, shorter than `rows`, or being written; it is then unchanged.
    pub fn resume(path: &Path, layout: &Layout, rows: &Rows) -> Result<Hdf5Recorder, RecorderError> {
        check_names(layout)?;
        Ok(Hdf5Recorder::over(Writer::resume(path, layout, rows)?, layout))
    }

    fn over(writer: Writer, layout: &Layout) -> Hdf5Recorder {
        let tables = Tables::of(layout);
        let buffers =
            tables.list.iter().enumerate().map(|(index, table)| Buffer::new(index, table)).collect();
        let room =
            tables.list.iter().zip(writer.rows()).map(|(t, rows)| t.batch() - rows % t.batch()).collect();
        let (messages, inbox) = sync_channel(WAITING);
        let (empty, emptied) = channel();
        let path = writer.path().to_owned();
        let thread = Some(std::thread::spawn(move || serve(writer, &inbox, &empty)));
        let (messages, spare, failure) = (Some(messages), Vec::new(), None);
        Hdf5Recorder { tables, buffers, room, path, messages, emptied, spare, thread, failure }
    }

    fn row(&mut self, table: Option<usize>, row: &[(&str, Value<'_>)]) -> Result<(), RecorderError> {
        let Some(table) = table else { return Ok(()) };
        self.buffers[table].push(&self.tables.list[table], row)?;
        if self.buffers[table].rows == self.room[table] { self.hand_over(table) } else { Ok(()) }
    }

    fn spikes(&mut self, table: usize, ticks: &[i64], neurons: &[u32]) -> Result<(), RecorderError> {
        if ticks.len() != neurons.len() {
            let what = format!("{}/neuron", self.tables.list[table].path);
            return Err(RecorderError::Shape { what, found: neurons.len(), expected: ticks.len() });
        }
        let mut done = 0;
        while done < ticks.len() {
            let end = ticks.len().min(done + self.room[table] - self.buffers[table].rows);
            self.buffers[table].push_spikes(&ticks[done..end], &neurons[done..end]);
            done = end;
            if self.buffers[table].rows == self.room[table] {
                self.hand_over(table)?;
            }
        }
        Ok(())
    }

    /// Sends a table's buffer to the writer and puts an empty one in its place.
    fn hand_over(&mut self, table: usize) -> Result<(), RecorderError> {
        self.spare.extend(self.emptied.try_iter());
        let spare = self.spare.iter().position(|buffer| buffer.table == table);
        let fresh = spare.map(|found| self.spare.swap_remove(found));
        let fresh = fresh.unwrap_or_else(|| Buffer::new(table, &self.tables.list[table]));
        let full = std::mem::replace(&mut self.buffers[table], fresh);
        let batch = self.tables.list[table].batch();
        self.room[table] = match self.room[table] - full.rows {
            0 => batch,
            rest => rest,
        };
        self.send(Message::Append(full))
    }

    fn send(&mut self, message: Message) -> Result<(), RecorderError> {
        let sent = self.messages.as_ref().is_some_and(|messages| messages.send(message).is_ok());
        if sent { Ok(()) } else { Err(self.end()) }
    }

    /// Ends the thread and says why it ended.
    fn end(&mut self) -> RecorderError {
        self.messages = None;
        let result = self.thread.take().map(JoinHandle::join);
        match result {
            Some(Ok(Err(error))) => error,
            _ => RecorderError::Stopped(self.path.clone()),
        }
    }

    fn hand_over_all(&mut self) -> Result<(), RecorderError> {
        (0..self.buffers.len())
            .filter(|&t| self.buffers[t].rows > 0)
            .collect::<Vec<_>>()
            .into_iter()
            .try_for_each(|table| self.hand_over(table))
    }

    fn take(&mut self, entry: Entry<'_>) -> Result<(), RecorderError> {
        let at = |tables: &[Option<usize>], index: usize| tables.get(index).copied().flatten();
        match entry {
            Entry::Spikes { population, ticks, neurons } => match at(&self.tables.spikes, population) {
                Some(table) => self.spikes(table, ticks, neurons),
                None => Ok(()),
            },
            Entry::KeyFrame { projection, tick, values } => {
                let table = at(&self.tables.key_frames, projection);
                self.row(table, &[("tick", Value::I64(&[tick])), ("value", Value::F64(values))])
            }
            Entry::Change { projection, tick, column, values } => {
                let table = at(&self.tables.changes, projection);
                let row = [
                    ("tick", Value::I64(&[tick])),
                    ("column", Value::U32(&[column])),
                    ("value", Value::F64(values)),
                ];
                self.row(table, &row)
            }
            Entry::Probe { population, tick, membrane, threshold } => {
                let (membrane, threshold) = (Value::F64(membrane), Value::F64(threshold));
                let table = at(&self.tables.probes, population);
                self.row(
                    table,
                    &[("tick", Value::I64(&[tick])), ("membrane", membrane), ("threshold", threshold)],
                )
            }
            Entry::Array(array) => {
                let table = at(&self.tables.arrays, array.projection);
                self.row(table, &array_row(&array, &WorkColumns::of(&array)))
            }
            Entry::Image(image) => {
                let prediction = image.prediction.map_or(-1, i64::from);
                self.row(self.tables.images, &image_row(&image, &prediction))
            }
            Entry::Programming(entry) => match at(&self.tables.programmed, entry.projection) {
                Some(table) => self.programming(table, &entry),
                None => Ok(()),
            },
            Entry::Phase(phase) => self.row(Some(self.tables.phases), &phase_row(&phase)),
        }
    }

    fn programming(&mut self, table: usize, entry: &ProgrammingEntry<'_>) -> Result<(), RecorderError> {
        self.row(Some(table), &cells_row(entry))?;
        for (number, pass) in entry.passes.iter().enumerate() {
            self.row(Some(table + PASSES), &pass_row(&[entry.phase, number as u32], pass))?;
        }
        let mut missed = entry.missed.iter();
        missed.try_for_each(|cell| {
            self.row(
                Some(table + MISSED),
                &missed_row(&[
                    entry.phase,
                    cell.plane,
                    cell.word_line,
                    cell.bit_line,
                    cell.is_disturbed.into(),
                ]),
            )
        })
    }

    /// Runs a step unless an earlier one failed, and remembers the first failure.
    fn guarded<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, RecorderError>,
    ) -> Result<T, RecorderError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        step(self).inspect_err(|error| self.failure = Some(error.clone()))
    }
}

impl Recorder for Hdf5Recorder {
    fn record(&mut self, entry: Entry<'_>) -> Result<(), RecorderError> {
        self.guarded(|recorder| recorder.take(entry))
    }

    fn flush(&mut self) -> Result<Rows, RecorderError> {
        self.guarded(|recorder| {
            recorder.hand_over_all()?;
            let (reply, answer) = channel();
            recorder.send(Message::Flush(reply))?;
            answer.recv().map_err(|_| recorder.end())
        })
    }

    fn finish(mut self: Box<Self>, facts: &[(String, String)]) -> Result<(), RecorderError> {
        self.guarded(|recorder| {
            recorder.hand_over_all()?;
            recorder.send(Message::Finish(facts.to_vec()))?;
            match recorder.thread.take().map(JoinHandle::join) {
                Some(Ok(result)) => result,
                _ => Err(RecorderError::Stopped(recorder.path.clone())),
            }
        })
    }
}

impl Drop for Hdf5Recorder {
    fn drop(&mut self) {
        self.messages = None;
        if let Some(thread) = self.thread.take() {
            // The owner has gone without asking for a result: there is nobody to tell.
            let _ = thread.join();
        }
    }
}

/// The thread's work: write what arrives until told to finish, until the first error, or until nobody is left.
fn serve(mut writer: Writer, inbox: &Receiver<Message>, empty: &Sender<Buffer>) -> Result<(), RecorderError> {
    for message in inbox {
        match message {
            Message::Append(mut buffer) => {
                writer.append(&buffer)?;
                buffer.clear();
                // A recorder that is being dropped takes no buffers back.
                let _ = empty.send(buffer);
            }
            Message::Flush(reply) => {
                let rows = writer.flush()?;
                let _ = reply.send(rows);
            }
            Message::Finish(facts) => return writer.finish(&facts),
        }
    }
    Ok(())
}

fn check_names(layout: &Layout) -> Result<(), RecorderError> {
    let populations = layout.populations.iter().map(|p| ("a population", &p.name));
    let projections = layout.projections.iter().map(|p| ("a projection", &p.name));
    let bad = |name: &str| name.is_empty() || name == "." || name.contains(['/', '\0']);
    match populations.chain(projections).find(|(_, name)| bad(name)) {
        Some((what, name)) => Err(RecorderError::Name { what, name: name.clone() }),
        None => Ok(()),
    }
}
