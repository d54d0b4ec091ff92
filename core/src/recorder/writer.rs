//! A writer is the file's side of the HDF5 recorder: it appends buffers of rows to datasets and commits them.
//!
//! # Why a kill leaves the file readable
//!
//! The library promises nothing about a file whose writer was killed, so the writer leaves it no occasion to go wrong:
//! freed space is never used again (a chunk that grows moves, and the old one stays whole), metadata reach the file
//! in flushes only (the cache never evicts), the file's end is moved ahead before them (`superblock.rs`), and only a
//! flush writes a chunk that is not full. A flush writes the rows, then one row of `/commits` that says how many there
//! are: whoever reads that row finds the rows. The row also lies behind every chunk before it, which keeps their space
//! from being returned by a shrinking file. What is left to chance is a kill within the microseconds in which an index
//! of chunks splits, once in some 32 chunks.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{ArrayViewD, IxDyn};

use ::hdf5::file::{
    CacheDecreaseMode, CacheIncreaseMode, FileSpaceStrategy, FlashIncreaseMode, MetadataCacheConfig,
};
use ::hdf5::{Dataset, File, FileBuilder, H5Type, Hyperslab, SliceOrIndex};

use super::buffer::{Buffer, Cells};
use super::structure::{COMMITS, OpenTable, create_commits, with_rows, write_layout, write_text_attribute};
use super::superblock::{cut_hole, move_end_ahead};
use super::table::{Table, Tables};
use super::{Layout, RecorderError, Rows};

/// More metadata than any run has: 64 bytes per chunk.
const CACHE_BYTES: usize = 64 << 20;
/// More than what a table's indices of chunks and headers grow by in a flush.
const METADATA_BYTES: u64 = 1 << 20;

/// An open, unfinished file.
pub(super) struct Writer {
    final_path: PathBuf,
    path: PathBuf,
    file: File,
    tables: Vec<OpenTable>,
    commits: Dataset,
}

impl Writer {
    pub(super) fn create(final_path: &Path, layout: &Layout) -> Result<Writer, RecorderError> {
        let path = partial(final_path);
        check_writable(final_path, &path)?;
        let failed = |error: ::hdf5::Error| RecorderError::write(&path, "the layout", &error);
        let mut options = builder();
        options.with_fcpl(|fcpl| fcpl.obj_track_times(false).file_space_strategy(FileSpaceStrategy::None));
        let file = options.create(&path).map_err(failed)?;
        let tables = write_layout(&file, layout).map_err(failed)?;
        let commits = create_commits(&file, &tables).map_err(failed)?;
        file.flush().map_err(failed)?;
        Ok(Writer { final_path: final_path.into(), path, file, tables, commits })
    }

    pub(super) fn resume(final_path: &Path, layout: &Layout, rows: &Rows) -> Result<Writer, RecorderError> {
        let path = partial(final_path);
        if !path.exists() {
            return Err(RecorderError::Missing(path));
        }
        check_writable(final_path, &path)?;
        let file = builder().open_rw(&path).map_err(|error| RecorderError::read(&path, &error))?;
        super::inspect::check_format(&path, &file)?;
        let mut tables = Vec::new();
        for table in &Tables::of(layout).list {
            tables.push(open_table(&path, &file, table, rows)?);
        }
        if let Some((extra, _)) = rows.iter().find(|(name, _)| !tables.iter().any(|t| t.path == *name)) {
            return Err(differs(&path, "the checkpoint", format!("a table {extra}"), "no such table"));
        }
        let failed = |error: ::hdf5::Error| RecorderError::read(&path, &error);
        // A run that was killed while it finished has none any more.
        let kept = file.link_exists(COMMITS);
        let commits =
            if kept { file.dataset(COMMITS) } else { create_commits(&file, &tables) }.map_err(failed)?;
        if commits.shape().get(1) != Some(&tables.len()) {
            return Err(differs(
                &path,
                COMMITS,
                format!("{:?}", commits.shape()),
                format!("{} tables", tables.len()),
            ));
        }
        let mut writer = Writer { final_path: final_path.into(), path, file, tables, commits };
        writer.truncate()?;
        writer.flush()?;
        Ok(writer)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The rows of each table, in the order of the layout's tables.
    pub(super) fn rows(&self) -> Vec<usize> {
        self.tables.iter().map(|table| table.rows).collect()
    }

    pub(super) fn append(&mut self, buffer: &Buffer) -> Result<(), RecorderError> {
        let table = &mut self.tables[buffer.table];
        for ((dataset, shape), cells) in table.columns.iter().zip(&table.shapes).zip(&buffer.cells) {
            append_cells(dataset, shape, table.rows, buffer.rows, cells)
                .map_err(|error| RecorderError::write(&self.path, table.path.as_str(), &error))?;
        }
        table.rows += buffer.rows;
        Ok(())
    }

    /// Brings all rows into the file, then says so in the file.
    pub(super) fn flush(&mut self) -> Result<Rows, RecorderError> {
        self.flush_file()?;
        let row: Vec<u64> = self.tables.iter().map(|table| table.rows as u64).collect();
        let commit_count = self.commits.shape()[0];
        append_slice(&self.commits, &[row.len()], commit_count, 1, &row)
            .map_err(|error| RecorderError::write(&self.path, "a flush", &error))?;
        self.flush_file()?;
        Ok(self.tables.iter().map(|table| (table.path.clone(), table.rows as u64)).collect())
    }

    fn flush_file(&self) -> Result<(), RecorderError> {
        let system = |error: std::io::Error| RecorderError::Write {
            path: self.path.clone(),
            what: "a flush".into(),
            reason: error.to_string(),
        };
        move_end_ahead(&self.path, self.tables.len() as u64 * METADATA_BYTES).map_err(system)?;
        self.file.flush().map_err(|error| RecorderError::write(&self.path, "a flush", &error))?;
        cut_hole(&self.path).map_err(system)
    }

    /// Writes the facts, closes the file and gives it its name.
    pub(super) fn finish(mut self, facts: &[(String, String)]) -> Result<(), RecorderError> {
        self.flush()?;
        let Writer { final_path, path, file, tables, commits } = self;
        let failed = |error: ::hdf5::Error| RecorderError::write(&path, "the end of the file", &error);
        let system = |error: std::io::Error| RecorderError::Write {
            path: path.clone(),
            what: "the end of the file".into(),
            reason: error.to_string(),
        };
        drop((tables, commits));
        file.unlink(COMMITS).map_err(failed)?;
        for (name, value) in facts {
            write_text_attribute(&file, name, value).map_err(failed)?;
        }
        move_end_ahead(&path, METADATA_BYTES).map_err(system)?;
        file.close().map_err(failed)?;
        fs::File::open(&path).and_then(|file| file.sync_all()).map_err(system)?;
        fs::rename(&path, &final_path).map_err(system)
    }

    fn truncate(&mut self) -> Result<(), RecorderError> {
        for table in &self.tables {
            for (dataset, shape) in table.columns.iter().zip(&table.shapes) {
                dataset
                    .resize(with_rows(table.rows, shape))
                    .map_err(|error| RecorderError::write(&self.path, table.path.as_str(), &error))?;
            }
        }
        Ok(())
    }
}

/// The name of a file until it is complete.
pub(super) fn partial(final_path: &Path) -> PathBuf {
    let mut name = final_path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Asks the system before the library is asked, since the system gives reasons; leaves an existing file's bytes alone.
fn check_writable(final_path: &Path, path: &Path) -> Result<(), RecorderError> {
    for candidate in [final_path, path] {
        if candidate.is_dir() {
            return Err(RecorderError::Folder(candidate.into()));
        }
    }
    let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file =
        file.map_err(|error| RecorderError::Create { path: path.into(), reason: error.to_string() })?;
    // The library locks a file in the same way, but only after it has emptied it.
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(RecorderError::Busy(path.into())),
        _ => Ok(()),
    }
}

/// Access to a file whose metadata stay in memory between flushes.
fn builder() -> FileBuilder {
    let cache = MetadataCacheConfig {
        set_initial_size: true,
        initial_size: CACHE_BYTES,
        min_size: CACHE_BYTES,
        max_size: CACHE_BYTES,
        incr_mode: CacheIncreaseMode::Off,
        flash_incr_mode: FlashIncreaseMode::Off,
        decr_mode: CacheDecreaseMode::Off,
        ..MetadataCacheConfig::default()
    };
    let mut options = File::with_options();
    // Without a cache of chunks all rows are in the file before a flush, and buffers end where chunks end anyway.
    options.with_fapl(|fapl| fapl.mdc_config(&cache).chunk_cache(521, 0, 1.0));
    options
}

fn open_table(path: &Path, file: &File, table: &Table, rows: &Rows) -> Result<OpenTable, RecorderError> {
    let Some(row_count) = rows.of(&table.path) else {
        return Err(differs(path, "the checkpoint", "no such table", format!("a table {}", table.path)));
    };
    let mut columns = Vec::new();
    for column in &table.columns {
        let name = format!("{}/{}", table.path, column.name);
        let Ok(dataset) = file.dataset(&name) else {
            return Err(differs(path, &name, "nothing", "a dataset"));
        };
        let found = dataset.shape();
        let (row_shape, found_rows) = (found.get(1..).unwrap_or(&[]), found.first().copied().unwrap_or(0));
        if row_shape != column.shape {
            return Err(differs(
                path,
                &name,
                format!("rows of shape {row_shape:?}"),
                format!("{:?}", column.shape),
            ));
        }
        if (found_rows as u64) < row_count {
            return Err(differs(path, &name, format!("{found_rows} rows"), format!("at least {row_count}")));
        }
        columns.push(dataset);
    }
    let shapes = table.columns.iter().map(|column| column.shape.clone()).collect();
    Ok(OpenTable { path: table.path.clone(), columns, shapes, rows: row_count as usize })
}

fn differs(path: &Path, what: &str, found: impl Into<String>, expected: impl Into<String>) -> RecorderError {
    RecorderError::Differs {
        path: path.into(),
        what: what.into(),
        found: found.into(),
        expected: expected.into(),
    }
}

fn append_cells(
    dataset: &Dataset,
    shape: &[usize],
    at: usize,
    rows: usize,
    cells: &Cells,
) -> ::hdf5::Result<()> {
    match cells {
        Cells::I64(cells) => append_slice(dataset, shape, at, rows, cells),
        Cells::U32(cells) => append_slice(dataset, shape, at, rows, cells),
        Cells::U64(cells) => append_slice(dataset, shape, at, rows, cells),
        Cells::F64(cells) => append_slice(dataset, shape, at, rows, cells),
        Cells::Word(cells) => append_slice(dataset, shape, at, rows, cells),
    }
}

fn append_slice<T: H5Type>(
    dataset: &Dataset,
    shape: &[usize],
    at: usize,
    rows: usize,
    cells: &[T],
) -> ::hdf5::Result<()> {
    dataset.resize(with_rows(at + rows, shape))?;
    let block = |start: usize, count: usize| SliceOrIndex::SliceCount { start, step: 1, count, block: 1 };
    let slab: Vec<SliceOrIndex> =
        std::iter::once(block(at, rows)).chain(shape.iter().map(|&count| block(0, count))).collect();
    let view = ArrayViewD::from_shape(IxDyn(&with_rows(rows, shape)), cells)?;
    dataset.write_slice(view, Hyperslab::from(slab))
}
