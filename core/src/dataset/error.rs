//! What can be wrong with a file of data, and what to do about it.

use std::path::PathBuf;

/// A file of data that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {fault}")]
pub struct DatasetError {
    /// The file, or the split.
    pub file: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a file of data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No folder has it.
    #[error("no such file in: {}", searched.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    Missing {
        /// The folders in which it was looked for.
        searched: Vec<PathBuf>,
    },
    /// The system does not give it.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// What the system says.
        reason: String,
    },
    /// It begins as gzip and does not go on so.
    #[error("broken or truncated gzip data ({reason})")]
    BrokenGzip {
        /// What the decoder says.
        reason: String,
    },
    /// An IDX file begins with another number.
    #[error("found magic number {found}, expected {expected} ({what})")]
    Magic {
        /// The number found.
        found: u32,
        /// The number expected.
        expected: u32,
        /// What kind of file was expected.
        what: &'static str,
    },
    /// An IDX header is cut short.
    #[error("found {found} bytes, expected a header of {expected}")]
    ShortHeader {
        /// Bytes found.
        found: usize,
        /// Bytes of the header.
        expected: usize,
    },
    /// An IDX file has another length than its header says.
    #[error("found {found} bytes, the header promises {expected}: the file is {}", if found < expected { "truncated" } else { "too long" })]
    Length {
        /// Bytes found.
        found: u64,
        /// Bytes promised.
        expected: u64,
    },
    /// The header names an impossible size.
    #[error(
        "found {count} images of {width} x {height} pixels, expected at least one image and one pixel, at most 65536 pixels"
    )]
    Size {
        /// Images.
        count: u32,
        /// Pixels per row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Images and labels do not belong together.
    #[error("found {labels} labels for the {images} images of {image_file}")]
    Count {
        /// Labels found.
        labels: usize,
        /// Images found.
        images: usize,
        /// The file of images.
        image_file: String,
    },
    /// A CSV row has another number of fields.
    #[error("line {line}: found {found} fields, expected {expected} ({width} x {height} pixels and a label)")]
    Fields {
        /// The line, from 1.
        line: u64,
        /// Fields found.
        found: usize,
        /// Fields expected.
        expected: usize,
        /// Pixels per row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// A CSV field is not a pixel.
    #[error("line {line}, column {column}: found `{found}`, expected a pixel from 0 to {full_scale}")]
    Pixel {
        /// The line, from 1.
        line: u64,
        /// The field, from 1.
        column: usize,
        /// Its text.
        found: String,
        /// The largest pixel.
        full_scale: String,
    },
    /// A CSV field is not a label.
    #[error("line {line}, column {column}: found `{found}`, expected a label: a whole number from 0 on")]
    Label {
        /// The line, from 1.
        line: u64,
        /// The field, from 1.
        column: usize,
        /// Its text.
        found: String,
    },
    /// A CSV file that the reader rejects.
    #[error("not a CSV file: {reason}")]
    Csv {
        /// What the reader says.
        reason: String,
    },
    /// No image is left.
    #[error("{0}")]
    Empty(String),
    /// Rows were asked for that the file does not have.
    #[error("found {there} rows, the split asks for rows {first} to {end}")]
    Rows {
        /// Rows found.
        there: usize,
        /// First row.
        first: usize,
        /// Row after the last one.
        end: usize,
    },
    /// A phase asks for more images than there are.
    #[error("found {there} {what}; asked for {asked} from image {from} on")]
    TooFew {
        /// First image.
        from: usize,
        /// Images asked for.
        asked: usize,
        /// Images there.
        there: usize,
        /// What was counted.
        what: &'static str,
    },
    /// The dataset has no such split.
    #[error("no split `{split}`; there are: {}", names.join(", "))]
    NoSplit {
        /// The split asked for.
        split: String,
        /// Those there are.
        names: Vec<String>,
    },
}

impl DatasetError {
    /// What to do, where that is not plain.
    pub fn help(&self) -> Option<String> {
        let mnist = self.file.contains("idx1-ubyte") || self.file.contains("idx3-ubyte");
        match &self.fault {
            Fault::Missing { .. } if mnist => Some(
                "Crosspike does not ship MNIST: name the folder that holds its files with `--data DIR`; README.md says \
                 where they can be had"
                    .into(),
            ),
            Fault::Missing { .. } => {
                Some("paths start at the folder of the scenario, then at each `--data DIR`".into())
            }
            Fault::BrokenGzip { .. } | Fault::Length { .. } | Fault::ShortHeader { .. } => {
                Some("fetch the file again; it is not complete".into())
            }
            Fault::TooFew { .. } => Some("ask for fewer `images`, or begin earlier (`from`)".into()),
            _ => None,
        }
    }
}
