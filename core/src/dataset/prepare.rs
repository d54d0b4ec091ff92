//! Preparation chooses classes, resizes images and scales intensities, in this order.

use super::{DatasetError, Fault, Images, Pixels, RawImages};
use crate::scenario::schema::{Prepare, Resize};

pub(super) fn prepare(raw: RawImages, prepare: &Prepare, split: &str) -> Result<Images, DatasetError> {
    let raw_count = raw.labels.len();
    let wanted = |label: u32| prepare.classes.as_ref().is_none_or(|classes| classes.contains(&label));
    let chosen: Vec<usize> = (0..raw_count).filter(|&place| wanted(raw.labels[place])).collect();
    if chosen.is_empty() {
        let fault = Fault::Empty("no image is left after the choice of `classes`".into());
        return Err(DatasetError { file: format!("split `{split}`"), fault });
    }
    let (width, height) = match prepare.resize {
        Some(Resize::Nearest(width, height) | Resize::First(width, height) | Resize::Area(width, height)) => {
            (width as usize, height as usize)
        }
        None => (raw.width, raw.height),
    };
    let pixels = if prepare.resize.is_none() && prepare.gain == 1.0 {
        raw.pixels.pick(&chosen, raw.width * raw.height)
    } else {
        let mut prepared = Vec::with_capacity(chosen.len() * width * height);
        for &place in &chosen {
            let image = raw.pixels.image(place, raw.width * raw.height);
            let resized = match prepare.resize {
                Some(Resize::Nearest(..)) => pick(&image, (raw.width, raw.height), (width, height), 1),
                Some(Resize::First(..)) => pick(&image, (raw.width, raw.height), (width, height), 0),
                Some(Resize::Area(..)) => area(&image, (raw.width, raw.height), (width, height)),
                None => image,
            };
            prepared.extend(resized.iter().map(|&p| (f64::from(p) * prepare.gain).clamp(0.0, 1.0) as f32));
        }
        Pixels::Intensities(prepared)
    };
    Ok(Images {
        width,
        height,
        pixels,
        labels: chosen.iter().map(|&place| raw.labels[place]).collect(),
        raw: chosen.iter().map(|&place| place as u32).collect(),
        raw_count,
        origins: chosen.iter().map(|&place| raw.file.wrapping_add((raw.first + place) as u64)).collect(),
        split: split.to_string(),
    })
}

impl Pixels {
    fn pick(self, chosen: &[usize], size: usize) -> Pixels {
        fn gather<T: Copy>(all: &[T], chosen: &[usize], size: usize) -> Vec<T> {
            chosen.iter().flat_map(|&place| &all[place * size..(place + 1) * size]).copied().collect()
        }
        match self {
            Pixels::Bytes(all) => Pixels::Bytes(gather(&all, chosen, size)),
            Pixels::Intensities(all) => Pixels::Intensities(gather(&all, chosen, size)),
        }
    }

    fn image(&self, place: usize, size: usize) -> Vec<f32> {
        match self {
            Pixels::Bytes(all) => {
                all[place * size..(place + 1) * size].iter().map(|&byte| f32::from(byte) / 255.0).collect()
            }
            Pixels::Intensities(all) => all[place * size..(place + 1) * size].to_vec(),
        }
    }
}

/// The source pixel at a place within each target pixel, in halves of its side: 0 for its first corner, 1 for its centre.
fn pick(
    image: &[f32],
    (from_w, from_h): (usize, usize),
    (to_w, to_h): (usize, usize),
    halves: usize,
) -> Vec<f32> {
    let under = |place: usize, from: usize, to: usize| (2 * place + halves) * from / (2 * to);
    (0..to_h)
        .flat_map(|y| (0..to_w).map(move |x| image[under(y, from_h, to_h) * from_w + under(x, from_w, to_w)]))
        .collect()
}

/// The mean over the source area that each target pixel covers.
fn area(image: &[f32], (from_w, from_h): (usize, usize), (to_w, to_h): (usize, usize)) -> Vec<f32> {
    let (columns, rows) = (overlaps(from_w, to_w), overlaps(from_h, to_h));
    let mut out = Vec::with_capacity(to_w * to_h);
    for row in &rows {
        for column in &columns {
            let sum: f64 = row
                .iter()
                .flat_map(|&(y, wy)| column.iter().map(move |&(x, wx)| (y * from_w + x, wy * wx)))
                .map(|(place, weight)| f64::from(image[place]) * weight)
                .sum();
            out.push(sum as f32);
        }
    }
    out
}

/// For each of `to` intervals the source intervals that it covers, with their shares.
fn overlaps(from: usize, to: usize) -> Vec<Vec<(usize, f64)>> {
    // In units of 1 / (from * to) of the whole all ends are whole numbers.
    let covered = |place: usize| {
        let (low, high) = (place * from, (place + 1) * from);
        (low / to..high.div_ceil(to))
            .map(|source| {
                let common = high.min((source + 1) * to) - low.max(source * to);
                (source, common as f64 / from as f64)
            })
            .collect()
    };
    (0..to).map(covered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_picked_under_the_centre_or_at_the_first_corner() {
        let nearest = |image: &[f32], from, to| pick(image, from, to, 1);
        let image: Vec<f32> = (0..6).map(|x| x as f32).collect();
        assert_eq!(nearest(&image, (6, 1), (3, 1)), [1.0, 3.0, 5.0]);
        assert_eq!(nearest(&image, (6, 1), (4, 1)), [0.0, 2.0, 3.0, 5.0]);
        assert_eq!(nearest(&[7.0, 8.0], (2, 1), (2, 2)), [7.0, 8.0, 7.0, 8.0]);
        // torch.nn.functional.interpolate(mode="nearest") takes floor(place x from / to).
        assert_eq!(pick(&image, (6, 1), (3, 1), 0), [0.0, 2.0, 4.0]);
        assert_eq!(pick(&image, (6, 1), (4, 1), 0), [0.0, 1.0, 3.0, 4.0]);
    }

    #[test]
    fn area_is_the_exact_mean_and_keeps_the_sum() {
        assert_eq!(area(&[1.0, 2.0, 6.0], (3, 1), (2, 1)), [(1.0 + 1.0) / 1.5, (1.0 + 6.0) / 1.5]);
        let image: Vec<f32> = (0..35).map(|x| (x * x % 17) as f32).collect();
        let mean = |pixels: &[f32]| pixels.iter().sum::<f32>() / pixels.len() as f32;
        assert!((mean(&area(&image, (7, 5), (4, 3))) - mean(&image)).abs() < 1e-5);
    }
}
