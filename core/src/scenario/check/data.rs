//! Checks of the dataset, as far as the scenario alone tells: its files are read later.

use std::collections::HashSet;

use super::Check;
use crate::scenario::schema::{CsvRows, Dataset, IdxFiles, Prepare, Resize};

/// The most pixels that an image may have.
const MOST_PIXELS: u64 = 65_536;

impl Check<'_> {
    pub(super) fn data(&mut self) {
        match &self.scenario.dataset {
            None => {}
            Some(Dataset::Digits { prepare }) => self.prepare(prepare),
            Some(Dataset::Idx { splits, prepare }) => {
                self.some_split(splits.is_empty());
                splits.iter().for_each(|(name, files)| self.idx_files(name, files));
                self.prepare(prepare);
            }
            Some(Dataset::Csv { splits, width, height, full_scale, prepare, .. }) => {
                self.some_split(splits.is_empty());
                splits.iter().for_each(|(name, rows)| self.csv_rows(name, rows));
                self.positive_count("dataset.width", *width);
                self.positive_count("dataset.height", *height);
                self.positive_number("dataset.full_scale", *full_scale);
                self.prepare(prepare);
            }
        }
    }

    fn some_split(&mut self, none: bool) {
        if none {
            self.refuse("dataset.splits", "the dataset has no split", "name its files".to_owned());
        }
    }

    fn idx_files(&mut self, name: &str, files: &IdxFiles) {
        self.file(&format!("dataset.splits.{name}.images"), &files.images);
        self.file(&format!("dataset.splits.{name}.labels"), &files.labels);
    }

    fn csv_rows(&mut self, name: &str, rows: &CsvRows) {
        self.file(&format!("dataset.splits.{name}.file"), &rows.file);
        if let Some((first, end)) = rows.rows.filter(|(first, end)| first >= end) {
            let message =
                format!("rows ({first}, {end}) are none: the second number is the row after the last");
            self.refuse(&format!("dataset.splits.{name}.rows"), message, None);
        }
    }

    fn file(&mut self, path: &str, file: &str) {
        if file.is_empty() {
            self.refuse(path, "the name of the file is empty", None);
        }
    }

    fn prepare(&mut self, prepare: &Prepare) {
        self.positive_number("dataset.prepare.gain", prepare.gain);
        if let Some(
            Resize::Nearest(width, height) | Resize::First(width, height) | Resize::Area(width, height),
        ) = prepare.resize
            && !(1..=MOST_PIXELS).contains(&(u64::from(width) * u64::from(height)))
        {
            let message =
                format!("an image of {width} x {height} pixels; expected 1 to {MOST_PIXELS} pixels in all");
            self.refuse("dataset.prepare.resize", message, None);
        }
        let Some(classes) = &prepare.classes else { return };
        if classes.is_empty() {
            self.refuse(
                "dataset.prepare.classes",
                "no class is kept",
                "leave `classes` out to keep all".to_owned(),
            );
        }
        let mut seen = HashSet::new();
        for (index, class) in classes.iter().enumerate().filter(|(_, class)| !seen.insert(**class)) {
            self.refuse(
                &format!("dataset.prepare.classes[{index}]"),
                format!("class {class} stands twice"),
                None,
            );
        }
    }
}
