//! A table is a set of datasets that grow together, one row per entry.

use super::{ArrayLayout, Layout};

/// Rows of a buffer and of a chunk where rows are small: 4 times what makes the library's call cost negligible, and
/// small enough that the last, rewritten chunk of a flush stays cheap.
const MOST_ROWS: usize = 16_384;
/// Bytes of a buffer and of a chunk, within the library's chunk cache of 1 MiB.
const MOST_BYTES: u64 = 1 << 20;

/// How far behind the table of programmed cells those of passes and of missed cells stand.
pub(super) const PASSES: usize = 1;
pub(super) const MISSED: usize = 2;

/// The type of the elements of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    I64,
    U32,
    U64,
    F64,
    Word,
}

/// One dataset of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) units: &'static str,
    /// The shape of one row's element, `[]` for a number.
    pub(super) shape: Vec<usize>,
}

impl Column {
    fn new(name: &'static str, kind: Kind, units: &'static str, shape: &[usize]) -> Column {
        Column { name, kind, units, shape: shape.to_vec() }
    }

    /// Numbers per row.
    pub(super) fn width(&self) -> usize {
        self.shape.iter().product()
    }
}

/// The datasets that grow together under one path.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) path: String,
    /// Every column has at least one number per row.
    pub(super) columns: Vec<Column>,
}

impl Table {
    fn new(path: String, mut columns: Vec<Column>) -> Table {
        columns.retain(|column| column.width() > 0);
        Table { path, columns }
    }

    /// Bytes of one row before compression.
    pub(super) fn row_bytes(&self) -> u64 {
        self.columns.iter().map(|c| c.width() as u64 * if c.kind == Kind::U32 { 4 } else { 8 }).sum()
    }

    /// Rows of a full buffer and of every chunk, a power of two.
    pub(super) fn batch(&self) -> usize {
        let fitting = (MOST_BYTES / self.row_bytes().max(1)).clamp(1, MOST_ROWS as u64) as usize;
        1 << fitting.ilog2()
    }
}

/// The tables of a layout, and where each kind of entry goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) list: Vec<Table>,
    pub(super) spikes: Vec<Option<usize>>,
    pub(super) probes: Vec<Option<usize>>,
    pub(super) key_frames: Vec<Option<usize>>,
    pub(super) changes: Vec<Option<usize>>,
    /// One row per Program phase; `passes` and `missed` of the same projection follow it.
    pub(super) programmed: Vec<Option<usize>>,
    pub(super) arrays: Vec<Option<usize>>,
    pub(super) images: Option<usize>,
    pub(super) phases: usize,
}

impl Tables {
    pub(super) fn of(layout: &Layout) -> Tables {
        let mut tables = Tables::default();
        for population in &layout.populations {
            let spikes = population.spikes.then(|| spikes_table(&population.name));
            let spikes = spikes.map(|table| tables.push(table));
            tables.spikes.push(spikes);
            let probe = population.probe.as_ref().map(|neurons| probe_table(&population.name, neurons.len()));
            let probe = probe.map(|table| tables.push(table));
            tables.probes.push(probe);
        }
        for p in &layout.projections {
            let key_frames =
                p.key_frames.then(|| key_frame_table(&p.name, [p.planes.len(), p.rows, p.columns]));
            let key_frames = key_frames.map(|table| tables.push(table));
            tables.key_frames.push(key_frames);
            let changes = p.changes.then(|| change_table(&p.name, [p.planes.len(), p.rows]));
            let changes = changes.map(|table| tables.push(table));
            tables.changes.push(changes);
            let programmed =
                p.programming.then(|| programmed_tables(&p.name, [p.planes.len(), p.rows, p.columns]));
            let programmed = programmed.map(|list| list.map(|table| tables.push(table))[0]);
            tables.programmed.push(programmed);
            let array = p.array.map(|array| tables.push(array_table(&p.name, array)));
            tables.arrays.push(array);
        }
        let neurons = layout.images.map_or(0, |images| images.neurons);
        tables.images = layout.images.map(|_| tables.push(image_table(neurons)));
        tables.phases = tables.push(phase_table(layout.classes.len(), neurons));
        tables
    }

    fn push(&mut self, table: Table) -> usize {
        self.list.push(table);
        self.list.len() - 1
    }
}

fn spikes_table(name: &str) -> Table {
    let columns = vec![Column::new("tick", Kind::I64, "ps", &[]), Column::new("neuron", Kind::U32, "1", &[])];
    Table::new(format!("/spikes/{name}"), columns)
}

fn probe_table(name: &str, neurons: usize) -> Table {
    let columns = vec![
        Column::new("tick", Kind::I64, "ps", &[]),
        Column::new("membrane", Kind::F64, "V", &[neurons]),
        Column::new("threshold", Kind::F64, "V", &[neurons]),
    ];
    Table::new(format!("/probes/{name}"), columns)
}

fn key_frame_table(name: &str, shape: [usize; 3]) -> Table {
    let columns =
        vec![Column::new("tick", Kind::I64, "ps", &[]), Column::new("value", Kind::F64, "S", &shape)];
    Table::new(format!("/conductance/{name}/key_frames"), columns)
}

fn change_table(name: &str, shape: [usize; 2]) -> Table {
    let columns = vec![
        Column::new("tick", Kind::I64, "ps", &[]),
        Column::new("column", Kind::U32, "1", &[]),
        Column::new("value", Kind::F64, "S", &shape),
    ];
    Table::new(format!("/conductance/{name}/changes"), columns)
}

/// One row per Program phase, per pass and per missed cell.
fn programmed_tables(name: &str, shape: [usize; 3]) -> [Table; 3] {
    let table = |rows: &str, columns: Vec<Column>| Table::new(format!("/programming/{name}/{rows}"), columns);
    let phase = || Column::new("phase", Kind::U32, "1", &[]);
    let cells = vec![
        phase(),
        Column::new("target", Kind::F64, "S", &shape),
        Column::new("reached", Kind::F64, "S", &shape),
        Column::new("error", Kind::F64, "1", &shape),
        Column::new("pulses", Kind::U32, "1", &shape),
        Column::new("fate", Kind::U32, "1", &shape),
    ];
    let passes = vec![
        phase(),
        Column::new("pass", Kind::U32, "1", &[]),
        Column::new("addressed", Kind::U64, "1", &[]),
        Column::new("pulses", Kind::U64, "1", &[]),
        Column::new("missed", Kind::U64, "1", &[]),
        Column::new("disturbed", Kind::U64, "1", &[]),
        Column::new("median", Kind::F64, "1", &[]),
        Column::new("mean", Kind::F64, "1", &[]),
    ];
    let missed = vec![
        phase(),
        Column::new("plane", Kind::U32, "1", &[]),
        Column::new("word_line", Kind::U32, "1", &[]),
        Column::new("bit_line", Kind::U32, "1", &[]),
        Column::new("disturbed", Kind::U32, "1", &[]),
    ];
    [table("cells", cells), table("passes", passes), table("missed", missed)]
}

/// One row per phase.
fn array_table(name: &str, array: ArrayLayout) -> Table {
    let conversions: &[usize] = if array.converts { &[] } else { &[0] };
    let energies: &[usize] = if array.energy { &[3] } else { &[0] };
    let columns = vec![
        Column::new("phase", Kind::U32, "1", &[]),
        Column::new("reads", Kind::U64, "1", &[]),
        Column::new("overlaps", Kind::U64, "1", &[]),
        Column::new("conversions", Kind::U64, "1", conversions),
        Column::new("saturated", Kind::U64, "1", conversions),
        Column::new("read_energy", Kind::F64, "J", energies),
        Column::new("write_energy", Kind::F64, "J", energies),
        Column::new("pulses", Kind::U64, "1", &[]),
        Column::new("solves", Kind::U64, "1", &[2]),
        Column::new("iterations", Kind::U64, "1", &[2]),
        Column::new("residual", Kind::F64, "1", &[2]),
    ];
    Table::new(format!("/arrays/{name}"), columns)
}

fn image_table(neurons: usize) -> Table {
    let columns = vec![
        Column::new("phase", Kind::U32, "1", &[]),
        Column::new("epoch", Kind::U32, "1", &[]),
        Column::new("index", Kind::U32, "1", &[]),
        Column::new("start", Kind::I64, "ps", &[]),
        Column::new("label", Kind::U32, "1", &[]),
        Column::new("prediction", Kind::I64, "1", &[]),
        Column::new("input_spikes", Kind::U64, "1", &[]),
        Column::new("counts", Kind::U32, "1", &[neurons]),
    ];
    Table::new("/images".into(), columns)
}

fn phase_table(classes: usize, neurons: usize) -> Table {
    let confusion = if classes == 0 { [0, 0] } else { [classes, classes + 1] };
    let columns = vec![
        Column::new("phase", Kind::U32, "1", &[]),
        Column::new("kind", Kind::Word, "1", &[]),
        Column::new("epochs", Kind::U32, "1", &[]),
        Column::new("start", Kind::I64, "ps", &[]),
        Column::new("end", Kind::I64, "ps", &[]),
        Column::new("images", Kind::U64, "1", &[]),
        Column::new("correct", Kind::U64, "1", &[]),
        Column::new("silent", Kind::U64, "1", &[]),
        Column::new("accuracy", Kind::F64, "1", &[]),
        Column::new("overlap", Kind::U64, "1", &[]),
        Column::new("input_spikes", Kind::U64, "1", &[]),
        Column::new("output_spikes", Kind::U64, "1", &[]),
        Column::new("confusion", Kind::U64, "1", &confusion),
        Column::new("labels", Kind::I64, "1", &[neurons]),
    ];
    Table::new("/phases".into(), columns)
}
