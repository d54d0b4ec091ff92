//! The words for data: files, splits, and how images are prepared.

use serde::{Deserialize, Serialize};

use super::defaults;
use crate::scenario::named::Named;

/// Labelled grey-scale images, in named splits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Dataset {
    /// The embedded 1,797 digits of 8 x 8 pixels. Split `train` is the first 1,437, `test` the last 360.
    Digits {
        /// How pixels are prepared.
        #[serde(default)]
        prepare: Prepare,
    },
    /// IDX files (MNIST and its relatives), plain or gzip.
    Idx {
        /// The files of each split.
        splits: Named<IdxFiles>,
        /// How pixels are prepared.
        #[serde(default)]
        prepare: Prepare,
    },
    /// CSV files without header, plain or gzip: one image per row, pixels and one label.
    Csv {
        /// The rows of each split.
        splits: Named<CsvRows>,
        /// Pixels per image row.
        width: u32,
        /// Image rows.
        height: u32,
        /// The pixel value that means full intensity.
        full_scale: f64,
        /// Where in a row the label stands.
        #[serde(default)]
        label: LabelColumn,
        /// How pixels are prepared.
        #[serde(default)]
        prepare: Prepare,
    },
}

/// One pair of IDX files.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdxFiles {
    /// The file of images (magic 2051).
    pub images: String,
    /// The file of labels (magic 2049).
    pub labels: String,
}

/// A range of rows of one CSV file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvRows {
    /// The file.
    pub file: String,
    /// First row and the row after the last one, counted from 0. All rows unless given.
    #[serde(default)]
    pub rows: Option<(usize, usize)>,
}

/// The place of the label in a CSV row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LabelColumn {
    /// Before the pixels.
    First,
    /// After the pixels.
    #[default]
    Last,
}

/// How images are prepared, in this order: classes, resize, gain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prepare {
    /// The classes that are kept. All unless given.
    #[serde(default)]
    pub classes: Option<Vec<u32>>,
    /// A new size. As stored unless given.
    #[serde(default)]
    pub resize: Option<Resize>,
    /// A factor on the intensity, which is clipped to 0..1 afterwards.
    #[serde(default = "defaults::one")]
    pub gain: f64,
}

impl Default for Prepare {
    fn default() -> Prepare {
        Prepare { classes: None, resize: None, gain: defaults::one() }
    }
}

/// A new image size: width, height.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Resize {
    /// The nearest source pixel of each target pixel's centre.
    Nearest(u32, u32),
    /// The first source pixel, from the top left, of the area that each target pixel covers: `nearest` of PyTorch's `interpolate`.
    First(u32, u32),
    /// The mean over the source area that each target pixel covers.
    Area(u32, u32),
}
