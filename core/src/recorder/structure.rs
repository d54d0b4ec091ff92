//! A structure is what an output file has before its first row: attributes, provenance, and empty tables.

use ::hdf5::dataset::DatasetCreateBuilder;
use ::hdf5::types::VarLenUnicode;
use ::hdf5::{Dataset, File, H5Type, Location};

use super::buffer::Word;
use super::table::{Column, Kind, Table, Tables};
use super::{Layout, ModelProvenance};

/// The version of the file format, raised whenever a reader would have to change.
pub(super) const FORMAT_VERSION: u32 = 1;
/// Where the numbers of rows at each flush stand while the file is unfinished.
pub(super) const COMMITS: &str = "/commits";
/// Deflate's level. Levels 1, 2 and 4 took 47, 43 and 64 ns per spike and left 0.82, 0.76 and 0.72 bytes of 12 (the
/// test `cost_of_a_spike`).
const LEVEL: u8 = 2;
/// A chunk's bytes stay below the library's limit of 4 GiB, whatever the size of a crossbar.
const CHUNK_BYTES: usize = 16 << 20;

/// A table of the file.
pub(super) struct OpenTable {
    pub(super) path: String,
    pub(super) columns: Vec<Dataset>,
    pub(super) shapes: Vec<Vec<usize>>,
    pub(super) rows: usize,
}

/// Writes the root's attributes and everything that does not grow, and creates every table.
pub(super) fn write_layout(file: &File, layout: &Layout) -> ::hdf5::Result<Vec<OpenTable>> {
    write_text_attribute(file, "format", "crosspike")?;
    file.new_attr::<u32>().create("format_version")?.write_scalar(&FORMAT_VERSION)?;
    write_text_attribute(file, "program_version", &layout.provenance.program_version)?;
    write_provenance(file, layout)?;
    let mut tables = Vec::new();
    for table in Tables::of(layout).list {
        tables.push(create_table(file, &table)?);
    }
    for population in &layout.populations {
        if let Some(neurons) = &population.probe {
            write_fixed(file, &format!("/probes/{}/neuron", population.name), neurons, "1")?;
        }
    }
    for projection in layout.projections.iter().filter(|p| p.key_frames || p.changes) {
        let group = file.group(&format!("/conductance/{}", projection.name))?;
        let planes: Vec<VarLenUnicode> = projection.planes.iter().map(|plane| text(plane)).collect();
        group.new_attr_builder().with_data(planes.as_slice()).create("planes")?;
    }
    write_fixed(file, "/phases/classes", &layout.classes, "1")?;
    Ok(tables)
}

/// One line of a model's provenance.
type Field = fn(&ModelProvenance) -> &String;

fn write_provenance(file: &File, layout: &Layout) -> ::hdf5::Result<()> {
    let provenance = &layout.provenance;
    let single = [
        ("program_version", &provenance.program_version),
        ("scenario_name", &provenance.scenario_name),
        ("scenario", &provenance.scenario_text),
        ("resolved", &provenance.resolved),
    ];
    for (name, value) in single {
        let dataset = fixed::<VarLenUnicode>(file, &format!("/provenance/{name}"), &[])?;
        dataset.write_scalar(&text(value))?;
        write_text_attribute(&dataset, "units", "1")?;
    }
    let seed = fixed::<u64>(file, "/provenance/seed", &[])?;
    seed.write_scalar(&provenance.seed)?;
    write_text_attribute(&seed, "units", "1")?;
    let overrides: Vec<VarLenUnicode> = provenance.overrides.iter().map(|line| text(line)).collect();
    write_fixed(file, "/provenance/overrides", &overrides, "1")?;
    let fields: [(&str, Field); 6] = [
        ("projection", |m| &m.projection),
        ("name", |m| &m.name),
        ("version", |m| &m.version),
        ("file", |m| &m.file),
        ("sha256", |m| &m.sha256),
        ("parameters", |m| &m.parameters),
    ];
    for (name, field) in fields {
        let values: Vec<VarLenUnicode> = provenance.models.iter().map(|model| text(field(model))).collect();
        write_fixed(file, &format!("/provenance/models/{name}"), &values, "1")?;
    }
    let phases: Vec<i64> = provenance.models.iter().map(|model| model.phase.map_or(-1, i64::from)).collect();
    write_fixed(file, "/provenance/models/phase", &phases, "1")?;
    Ok(())
}

fn create_table(file: &File, table: &Table) -> ::hdf5::Result<OpenTable> {
    let mut columns = Vec::new();
    for column in &table.columns {
        let path = format!("{}/{}", table.path, column.name);
        let chunk = chunk_shape(table.batch(), &column.shape);
        columns.push(match column.kind {
            Kind::I64 => growing::<i64>(file, &path, column, &chunk),
            Kind::U32 => growing::<u32>(file, &path, column, &chunk),
            Kind::U64 => growing::<u64>(file, &path, column, &chunk),
            Kind::F64 => growing::<f64>(file, &path, column, &chunk),
            Kind::Word => growing::<Word>(file, &path, column, &chunk),
        }?);
    }
    let shapes = table.columns.iter().map(|column| column.shape.clone()).collect();
    Ok(OpenTable { path: table.path.clone(), columns, shapes, rows: 0 })
}

/// Creates the list of flushes.
pub(super) fn create_commits(file: &File, tables: &[OpenTable]) -> ::hdf5::Result<Dataset> {
    let builder = file.new_dataset::<u64>().with_dcpl(|dcpl| dcpl.obj_track_times(false));
    let commits = builder.chunk([1, tables.len()]).shape((0.., tables.len())).create(COMMITS)?;
    write_text_attribute(&commits, "units", "1")?;
    let names: Vec<VarLenUnicode> = tables.iter().map(|table| text(&table.path)).collect();
    commits.new_attr_builder().with_data(names.as_slice()).create("tables")?;
    Ok(commits)
}

/// A dataset without a time stamp, its groups made where missing.
fn undated(dcpl: &mut DatasetCreateBuilder) -> &mut DatasetCreateBuilder {
    dcpl.obj_track_times(false)
}

fn growing<T: H5Type>(file: &File, path: &str, column: &Column, chunk: &[usize]) -> ::hdf5::Result<Dataset> {
    let extents: Vec<::hdf5::Extent> =
        std::iter::once(::hdf5::Extent::resizable(0)).chain(column.shape.iter().map(|&n| n.into())).collect();
    let builder = file.new_dataset::<T>().with_dcpl(undated).chunk(chunk).shuffle().deflate(LEVEL);
    let builder = builder.with_lcpl(|lcpl| lcpl.create_intermediate_group(true));
    let dataset = builder.shape(extents).create(path)?;
    write_text_attribute(&dataset, "units", column.units)?;
    Ok(dataset)
}

fn fixed<T: H5Type>(file: &File, path: &str, shape: &[usize]) -> ::hdf5::Result<Dataset> {
    let builder = file.new_dataset::<T>().with_dcpl(undated).no_chunk();
    builder.with_lcpl(|lcpl| lcpl.create_intermediate_group(true)).shape(shape).create(path)
}

fn write_fixed<T: H5Type>(file: &File, path: &str, values: &[T], units: &str) -> ::hdf5::Result<()> {
    let dataset = fixed::<T>(file, path, &[values.len()])?;
    if !values.is_empty() {
        dataset.write_raw(values)?;
    }
    write_text_attribute(&dataset, "units", units)
}

/// Writes an attribute, or writes it again: a run that was killed while it finished has left some.
pub(super) fn write_text_attribute(location: &Location, name: &str, value: &str) -> ::hdf5::Result<()> {
    let attribute = match location.attr(name) {
        Ok(attribute) => attribute,
        Err(_) => location.new_attr::<VarLenUnicode>().create(name)?,
    };
    attribute.write_scalar(&text(value))
}

/// Text as the library takes it: a zero byte, which would end it, becomes the replacement character.
fn text(value: &str) -> VarLenUnicode {
    value.replace('\0', "\u{fffd}").parse().unwrap_or_default()
}

/// A chunk of so many rows, cut along its first dimensions where a single row is very large.
fn chunk_shape(rows: usize, shape: &[usize]) -> Vec<usize> {
    let mut chunk = with_rows(rows, shape);
    for k in 0..chunk.len() {
        while chunk[k] > 1 && chunk.iter().product::<usize>() * 8 > CHUNK_BYTES {
            chunk[k] = chunk[k].div_ceil(2);
        }
    }
    chunk
}

/// The shape of so many rows.
pub(super) fn with_rows(rows: usize, shape: &[usize]) -> Vec<usize> {
    std::iter::once(rows).chain(shape.iter().copied()).collect()
}
