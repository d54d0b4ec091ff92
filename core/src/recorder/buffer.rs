//! A buffer is some rows of one table on their way to the file.

use super::table::{Kind, Table};
use super::{ImageEntry, PhaseEntry, RecorderError};

/// A short word of a fixed vocabulary, such as a phase's kind, padded with zero bytes.
pub(super) type Word = ::hdf5::types::FixedAscii<8>;

/// What goes into one column of one row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    I64(&'a [i64]),
    U32(&'a [u32]),
    U64(&'a [u64]),
    F64(&'a [f64]),
    Word(&'static str),
    /// Nothing is known: -1, 0 or NaN by the column's type.
    Missing,
}

impl Value<'_> {
    fn len(&self) -> usize {
        match self {
            Value::I64(v) => v.len(),
            Value::U32(v) => v.len(),
            Value::U64(v) => v.len(),
            Value::F64(v) => v.len(),
            Value::Word(_) => 1,
            Value::Missing => 0,
        }
    }
}

/// The numbers of one column of a buffer.
#[derive(Debug)]
pub(super) enum Cells {
    I64(Vec<i64>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    F64(Vec<f64>),
    Word(Vec<Word>),
}

impl Cells {
    fn new(kind: Kind) -> Cells {
        match kind {
            Kind::I64 => Cells::I64(Vec::new()),
            Kind::U32 => Cells::U32(Vec::new()),
            Kind::U64 => Cells::U64(Vec::new()),
            Kind::F64 => Cells::F64(Vec::new()),
            Kind::Word => Cells::Word(Vec::new()),
        }
    }

    fn clear(&mut self) {
        match self {
            Cells::I64(cells) => cells.clear(),
            Cells::U32(cells) => cells.clear(),
            Cells::U64(cells) => cells.clear(),
            Cells::F64(cells) => cells.clear(),
            Cells::Word(cells) => cells.clear(),
        }
    }

    /// Appends one row of `width` numbers; `Err` with the length found where the value does not fit.
    fn push(&mut self, value: Value<'_>, width: usize) -> Result<(), usize> {
        match (self, value) {
            (Cells::I64(cells), Value::I64(v)) if v.len() == width => cells.extend_from_slice(v),
            (Cells::U32(cells), Value::U32(v)) if v.len() == width => cells.extend_from_slice(v),
            (Cells::U64(cells), Value::U64(v)) if v.len() == width => cells.extend_from_slice(v),
            (Cells::F64(cells), Value::F64(v)) if v.len() == width => cells.extend_from_slice(v),
            (Cells::Word(cells), Value::Word(v)) => cells.push(Word::from_ascii(v).map_err(|_| v.len())?),
            (Cells::I64(cells), Value::Missing) => cells.resize(cells.len() + width, -1),
            (Cells::U32(cells), Value::Missing) => cells.resize(cells.len() + width, 0),
            (Cells::U64(cells), Value::Missing) => cells.resize(cells.len() + width, 0),
            (Cells::F64(cells), Value::Missing) => cells.resize(cells.len() + width, f64::NAN),
            (_, value) => return Err(value.len()),
        }
        Ok(())
    }
}

/// Rows of one table on their way to the file.
#[derive(Debug)]
pub(super) struct Buffer {
    pub(super) table: usize,
    pub(super) rows: usize,
    pub(super) cells: Vec<Cells>,
}

impl Buffer {
    pub(super) fn new(index: usize, table: &Table) -> Buffer {
        Buffer { table: index, rows: 0, cells: table.columns.iter().map(|c| Cells::new(c.kind)).collect() }
    }

    pub(super) fn clear(&mut self) {
        self.rows = 0;
        self.cells.iter_mut().for_each(Cells::clear);
    }

    /// Appends one row, given by column name; a name that the table does not have is passed over.
    pub(super) fn push(&mut self, table: &Table, row: &[(&str, Value<'_>)]) -> Result<(), RecorderError> {
        for (column, cells) in table.columns.iter().zip(&mut self.cells) {
            let value =
                row.iter().find(|(name, _)| *name == column.name).map_or(Value::Missing, |(_, value)| *value);
            cells.push(value, column.width()).map_err(|found| RecorderError::Shape {
                what: format!("{}/{}", table.path, column.name),
                found,
                expected: column.width(),
            })?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Appends spikes; both slices have one length.
    pub(super) fn push_spikes(&mut self, ticks: &[i64], neurons: &[u32]) {
        if let [Cells::I64(tick), Cells::U32(neuron)] = self.cells.as_mut_slice() {
            tick.extend_from_slice(ticks);
            neuron.extend_from_slice(neurons);
            self.rows += ticks.len();
        }
    }
}

/// An image as a row.
pub(super) fn image_row<'a>(
    image: &'a ImageEntry<'_>,
    prediction: &'a i64,
) -> [(&'static str, Value<'a>); 8] {
    let counts = if image.counts.is_empty() { Value::Missing } else { Value::U32(image.counts) };
    [
        ("phase", Value::U32(std::slice::from_ref(&image.phase))),
        ("epoch", Value::U32(std::slice::from_ref(&image.epoch))),
        ("index", Value::U32(std::slice::from_ref(&image.index))),
        ("start", Value::I64(std::slice::from_ref(&image.start))),
        ("label", Value::U32(std::slice::from_ref(&image.label))),
        ("prediction", Value::I64(std::slice::from_ref(prediction))),
        ("input_spikes", Value::U64(std::slice::from_ref(&image.input_spikes))),
        ("counts", counts),
    ]
}

/// A phase as a row.
pub(super) fn phase_row(phase: &PhaseEntry) -> [(&'static str, Value<'_>); 14] {
    let accuracy = phase.accuracy.as_ref().map_or(Value::Missing, |v| Value::F64(std::slice::from_ref(v)));
    [
        ("phase", Value::U32(std::slice::from_ref(&phase.phase))),
        ("kind", Value::Word(phase.kind.name())),
        ("epochs", Value::U32(std::slice::from_ref(&phase.epochs))),
        ("start", Value::I64(std::slice::from_ref(&phase.start))),
        ("end", Value::I64(std::slice::from_ref(&phase.end))),
        ("images", Value::U64(std::slice::from_ref(&phase.images))),
        ("correct", Value::U64(std::slice::from_ref(&phase.correct))),
        ("silent", Value::U64(std::slice::from_ref(&phase.silent))),
        ("accuracy", accuracy),
        ("overlap", Value::U64(std::slice::from_ref(&phase.overlap))),
        ("input_spikes", Value::U64(std::slice::from_ref(&phase.input_spikes))),
        ("output_spikes", Value::U64(std::slice::from_ref(&phase.output_spikes))),
        ("confusion", phase.confusion.as_deref().map_or(Value::Missing, Value::U64)),
        ("labels", phase.labels.as_deref().map_or(Value::Missing, Value::I64)),
    ]
}
