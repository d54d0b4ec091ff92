//! CSV images are rows of pixels with a label before or after them, without header.

use super::{DatasetError, Fault, Pixels, RawImages, fingerprint};
use crate::scenario::schema::LabelColumn;

/// How to read the rows.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) full_scale: f64,
    pub(super) label: LabelColumn,
    /// First row and the row after the last one.
    pub(super) rows: Option<(usize, usize)>,
}

pub(super) fn parse(content: &[u8], file: &str, format: &Format) -> Result<RawImages, DatasetError> {
    let fail = |fault| DatasetError { file: file.to_string(), fault };
    let pixel_count = format.width * format.height;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content);
    let mut record = csv::ByteRecord::new();
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    while reader.read_byte_record(&mut record).map_err(|e| fail(Fault::Csv { reason: e.to_string() }))? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != pixel_count + 1 {
            let (width, height) = (format.width, format.height);
            return Err(fail(Fault::Fields {
                line,
                found: record.len(),
                expected: pixel_count + 1,
                width,
                height,
            }));
        }
        let (label_at, first_pixel) = match format.label {
            LabelColumn::First => (0, 1),
            LabelColumn::Last => (pixel_count, 0),
        };
        for column in first_pixel..first_pixel + pixel_count {
            let value = number(&record[column]).filter(|value| (0.0..=format.full_scale).contains(value));
            let value = value.ok_or_else(|| {
                let full_scale = format.full_scale.to_string();
                fail(Fault::Pixel { line, column: column + 1, found: text(&record[column]), full_scale })
            })?;
            pixels.push((value / format.full_scale) as f32);
        }
        let label =
            number(&record[label_at]).filter(|v| v.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(v));
        labels.push(label.map(|label| label as u32).ok_or_else(|| {
            fail(Fault::Label { line, column: label_at + 1, found: text(&record[label_at]) })
        })?);
    }
    if labels.is_empty() {
        return Err(fail(Fault::Empty("found no rows, expected one image per row".into())));
    }
    let (first, end) = format.rows.unwrap_or((0, labels.len()));
    if first >= end || end > labels.len() {
        return Err(fail(Fault::Rows { there: labels.len(), first, end }));
    }
    Ok(RawImages {
        width: format.width,
        height: format.height,
        pixels: Pixels::Intensities(pixels[first * pixel_count..end * pixel_count].to_vec()),
        labels: labels[first..end].to_vec(),
        first,
        file: fingerprint(content),
    })
}

fn number(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}
