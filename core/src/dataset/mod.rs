//! A dataset is a set of labelled grey-scale images in named splits, read from files or embedded.

mod csv_file;
mod error;
mod idx;
mod prepare;

use std::collections::HashSet;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::random::{Purpose, Stream};
use crate::scenario::schema::{CsvRows, Dataset, LabelColumn};

pub use error::{DatasetError, Fault};

/// The embedded digits: 1,797 rows of 64 pixels (0..16) and a label. Their source and licence stand in
/// `scenarios/data/README.md`.
const DIGITS: &[u8] = include_bytes!("../../../scenarios/data/digits8x8.csv.gz");
const DIGITS_NAME: &str = "embedded digits";
const DIGITS_TRAIN: (usize, usize) = (0, 1437);
const DIGITS_TEST: (usize, usize) = (1437, 1797);

/// Where relative paths of a scenario are looked for.
#[derive(Clone, Debug)]
pub struct Resolver {
    /// The folders, in the order of the search: that of the scenario, then those of `--data`.
    pub directories: Vec<PathBuf>,
}

impl Resolver {
    /// The first file of this name. An absolute path is taken as it is.
    pub fn find(&self, name: &str) -> Result<PathBuf, DatasetError> {
        let candidates = self.directories.iter().map(|directory| directory.join(name));
        candidates.clone().find(|path| path.is_file()).ok_or_else(|| DatasetError {
            file: name.to_string(),
            fault: Fault::Missing { searched: self.directories.clone() },
        })
    }

    /// The text of the first file of this name, or in words why there is none: for
    /// [`Scenario::parse_with`](crate::scenario::Scenario::parse_with).
    ///
    /// # Errors
    ///
    /// Where no folder has the file, or it is not text.
    pub fn text(&self, name: &str) -> Result<String, String> {
        let path = self.find(name).map_err(|error| error.fault.to_string())?;
        std::fs::read_to_string(path)
            .map_err(|error| Fault::Unreadable { reason: error.to_string() }.to_string())
    }
}

/// Images as they stand in a file, before anything is chosen.
#[derive(Debug)]
struct RawImages {
    width: usize,
    height: usize,
    /// Image after image, row by row, 0..1.
    pixels: Pixels,
    labels: Vec<u32>,
    /// The place of the first image in its file.
    first: usize,
    /// A number that names the content of the file.
    file: u64,
}

/// Intensities as they stand in the file where that is enough.
#[derive(Clone, Debug)]
enum Pixels {
    /// 255 is full intensity.
    Bytes(Vec<u8>),
    Intensities(Vec<f32>),
}

/// The images of one split, prepared.
#[derive(Clone, Debug)]
pub struct Images {
    width: usize,
    height: usize,
    pixels: Pixels,
    labels: Vec<u32>,
    /// The place of each image in the split before classes were chosen.
    raw: Vec<u32>,
    /// How many images the split has before classes were chosen.
    raw_count: usize,
    origins: Vec<u64>,
    split: String,
}

impl Images {
    /// The SHA-256 of all that a run takes from this split, in hexadecimal.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} {} {} ", self.width, self.height, self.raw_count));
        match &self.pixels {
            Pixels::Bytes(bytes) => hash.update(bytes),
            Pixels::Intensities(intensities) => hash.update(bytemuck::cast_slice(intensities)),
        }
        hash.update(bytemuck::cast_slice(&self.labels));
        hash.update(bytemuck::cast_slice(&self.raw));
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Loads and prepares one split of a dataset.
    pub fn load(dataset: &Dataset, split: &str, resolver: &Resolver) -> Result<Images, DatasetError> {
        let (raw, prepare) = match dataset {
            Dataset::Digits { prepare } => {
                let rows = if split == "test" { DIGITS_TEST } else { DIGITS_TRAIN };
                (csv_file::parse(&unpack(DIGITS_NAME, DIGITS)?, DIGITS_NAME, &digits_format(rows))?, prepare)
            }
            Dataset::Idx { splits, prepare } => {
                let files = splits.get(split).ok_or_else(|| no_split(split, splits.names()))?;
                let (images, labels) = (resolver.find(&files.images)?, resolver.find(&files.labels)?);
                (idx::parse((&read(&images)?, &images), (&read(&labels)?, &labels))?, prepare)
            }
            Dataset::Csv { splits, width, height, full_scale, label, prepare } => {
                let CsvRows { file, rows } =
                    splits.get(split).ok_or_else(|| no_split(split, splits.names()))?;
                let path = resolver.find(file)?;
                let format = csv_file::Format {
                    width: *width as usize,
                    height: *height as usize,
                    full_scale: *full_scale,
                    label: *label,
                    rows: *rows,
                };
                (csv_file::parse(&read(&path)?, &path.display().to_string(), &format)?, prepare)
            }
        };
        prepare::prepare(raw, prepare, split)
    }

    /// How many images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Pixels per image row, image rows.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Pixels per image.
    pub fn pixel_count(&self) -> usize {
        self.width * self.height
    }

    /// Fills `out` with the intensities of an image, row by row, 0..1.
    pub fn intensities(&self, image: usize, out: &mut [f32]) {
        let range = image * self.pixel_count()..(image + 1) * self.pixel_count();
        match &self.pixels {
            Pixels::Bytes(bytes) => {
                for (out, &byte) in out.iter_mut().zip(&bytes[range]) {
                    *out = f32::from(byte) / 255.0;
                }
            }
            Pixels::Intensities(all) => out.copy_from_slice(&all[range]),
        }
    }

    /// The class of an image.
    pub fn label(&self, image: usize) -> u32 {
        self.labels[image]
    }

    /// The classes, ascending.
    pub fn classes(&self) -> Vec<u32> {
        let mut classes = self.labels.clone();
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    /// Numbers that name images: equal for the same image of the same file in two splits.
    pub fn origins(&self, range: Range<usize>) -> impl Iterator<Item = u64> {
        self.origins[range].iter().copied()
    }

    /// The images of a phase: after the first `from` images, `images` of them or as many as lie among the next `raw`
    /// images of the file (shown or passed over for their class); all unless given.
    pub fn select(
        &self,
        from: usize,
        images: Option<usize>,
        raw: Option<usize>,
    ) -> Result<Range<usize>, DatasetError> {
        let short = |asked: usize, there: usize, what: &'static str| DatasetError {
            file: format!("split `{}`", self.split),
            fault: Fault::TooFew { from, asked, there, what },
        };
        if from >= self.len() {
            return Err(short(images.or(raw).unwrap_or(1), self.len(), "images"));
        }
        let end = match (images, raw) {
            (Some(images), _) => from + images,
            (None, Some(raw)) => {
                let first = if from == 0 { 0 } else { self.raw[from - 1] as usize + 1 };
                let last = first + raw;
                if last > self.raw_count {
                    return Err(short(raw, self.raw_count, "images before classes are chosen"));
                }
                self.raw.partition_point(|&place| (place as usize) < last)
            }
            (None, None) => self.len(),
        };
        if end > self.len() { Err(short(end - from, self.len(), "images")) } else { Ok(from..end) }
    }
}

/// A random order of `count` images for one epoch of one phase (Fisher and Yates).
pub fn order(seed: u64, phase: u32, epoch: u64, count: usize) -> Vec<u32> {
    let stream = Stream::new(seed, Purpose::Order, phase);
    let mut places: Vec<u32> = (0..count as u32).collect();
    for last in (1..count).rev() {
        let other = (stream.uniform(last as u32, epoch) * (last + 1) as f64) as usize;
        places.swap(last, other);
    }
    places
}

/// How many of the `tested` images were `seen`.
pub fn overlap(seen: impl Iterator<Item = u64>, tested: impl Iterator<Item = u64>) -> u64 {
    let seen: HashSet<u64> = seen.collect();
    tested.filter(|image| seen.contains(image)).count() as u64
}

fn digits_format(rows: (usize, usize)) -> csv_file::Format {
    csv_file::Format { width: 8, height: 8, full_scale: 16.0, label: LabelColumn::Last, rows: Some(rows) }
}

fn no_split<'a>(split: &str, names: impl Iterator<Item = &'a str>) -> DatasetError {
    let names = names.map(str::to_string).collect();
    DatasetError { file: "dataset".into(), fault: Fault::NoSplit { split: split.into(), names } }
}

/// The content of a file, unpacked where it is gzip.
fn read(path: &Path) -> Result<Vec<u8>, DatasetError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| DatasetError {
        file: name.clone(),
        fault: Fault::Unreadable { reason: error.to_string() },
    })?;
    unpack(&name, &bytes)
}

/// Unpacks gzip, which is known by its first two bytes, whatever the name of the file.
fn unpack(name: &str, bytes: &[u8]) -> Result<Vec<u8>, DatasetError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut content = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut content).map_err(|error| DatasetError {
        file: name.to_string(),
        fault: Fault::BrokenGzip { reason: error.to_string() },
    })?;
    Ok(content)
}

/// A number that names a content.
fn fingerprint(content: &[u8]) -> u64 {
    let hash = Sha256::digest(content);
    hash.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests;
