//! IDX files are the format of MNIST and its relatives: big-endian header, then bytes.
//!
//! Images: magic 2051, count, rows, columns, then one byte per pixel. Labels: magic 2049, count, then one byte each.
//! Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".

use std::path::Path;

use super::{DatasetError, Fault, Pixels, RawImages, fingerprint};

const IMAGES: u32 = 2051;
const LABELS: u32 = 2049;
const LARGEST_IMAGE: u64 = 65_536;

/// Contents of a file of images and of a file of labels, each with its path.
pub(super) fn parse(
    (images, image_file): (&[u8], &Path),
    (labels, label_file): (&[u8], &Path),
) -> Result<RawImages, DatasetError> {
    let ([count, height, width], pixels) = header(images, IMAGES, "images")
        .and_then(|(sizes, rest)| check_length(images.len(), sizes, rest))
        .map_err(|fault| DatasetError { file: image_file.display().to_string(), fault })?;
    let in_labels = |fault| DatasetError { file: label_file.display().to_string(), fault };
    let ([label_count], values) = header(labels, LABELS, "labels").map_err(in_labels)?;
    if values.len() != label_count as usize {
        let (found, expected) = (labels.len() as u64, 8 + u64::from(label_count));
        return Err(in_labels(Fault::Length { found, expected }));
    }
    if label_count != count {
        let image_file = image_file.display().to_string();
        return Err(in_labels(Fault::Count {
            labels: label_count as usize,
            images: count as usize,
            image_file,
        }));
    }
    Ok(RawImages {
        width: width as usize,
        height: height as usize,
        pixels: Pixels::Bytes(pixels.to_vec()),
        labels: values.iter().map(|&label| u32::from(label)).collect(),
        first: 0,
        file: fingerprint(images),
    })
}

/// The sizes after the magic number, and what follows them.
fn header<'a, const N: usize>(
    bytes: &'a [u8],
    expected: u32,
    what: &'static str,
) -> Result<([u32; N], &'a [u8]), Fault> {
    let word = |place: usize| {
        bytes.get(4 * place..4 * place + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    };
    let short = Fault::ShortHeader { found: bytes.len(), expected: 4 + 4 * N };
    let found = word(0).ok_or(short.clone())?;
    if found != expected {
        return Err(Fault::Magic { found, expected, what });
    }
    let mut sizes = [0; N];
    for (place, size) in sizes.iter_mut().enumerate() {
        *size = word(place + 1).ok_or(short.clone())?;
    }
    Ok((sizes, &bytes[4 + 4 * N..]))
}

fn check_length(found: usize, sizes: [u32; 3], pixels: &[u8]) -> Result<([u32; 3], &[u8]), Fault> {
    let [count, height, width] = sizes;
    let per_image = u64::from(height) * u64::from(width);
    if count == 0 || per_image == 0 || per_image > LARGEST_IMAGE {
        return Err(Fault::Size { count, width, height });
    }
    let expected = 16 + u64::from(count) * per_image;
    if found as u64 == expected {
        Ok((sizes, pixels))
    } else {
        Err(Fault::Length { found: found as u64, expected })
    }
}
