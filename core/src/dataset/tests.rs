//! Promises about files of data: what is read, what is refused and with which words.

use std::io::Write;

use super::*;
use crate::scenario::schema::Scenario;

fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file: Vec<u8> = magic.to_be_bytes().to_vec();
    sizes.iter().for_each(|size| file.extend(size.to_be_bytes()));
    file.extend(bytes);
    file
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Loads a split `s` of two IDX files with these contents.
fn load(images: &[u8], labels: &[u8]) -> Result<Images, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("i"), images).unwrap();
    std::fs::write(folder.path().join("l"), labels).unwrap();
    load_with(folder.path(), "Idx(splits: { \"s\": (images: \"i\", labels: \"l\") })")
}

/// Loads the split `s` of a dataset as a scenario writes it; errors without the folder's name.
fn load_with(folder: &Path, dataset: &str) -> Result<Images, String> {
    let text = format!(
        "Scenario(dataset: {dataset}, populations: {{ \"n\": Lif(count: 1, capacitance: \"1 nF\", leak: \"1 ms\", \
         threshold: \"1 mV\") }}, schedule: [Run(duration: \"1 ms\")])"
    );
    let parsed = Scenario::parse("s.ron", &text, &[]).unwrap();
    let resolver = Resolver { directories: vec![folder.to_path_buf()] };
    Images::load(parsed.scenario.dataset.as_ref().unwrap(), "s", &resolver).map_err(|error| {
        error
            .to_string()
            .replace(&format!("{}/", folder.display()), "")
            .replace(&folder.display().to_string(), "DIR")
    })
}

fn good() -> (Vec<u8>, Vec<u8>) {
    (idx(2051, &[2, 1, 3], &[0, 51, 255, 255, 0, 0]), idx(2049, &[2], &[7, 3]))
}

#[test]
fn idx_files_are_read_plain_or_gzip_whatever_their_name() {
    let (images, labels) = good();
    for (images, labels) in [(images.clone(), labels.clone()), (gzip(&images), gzip(&labels))] {
        let set = load(&images, &labels).unwrap();
        let mut pixels = [0.0; 3];
        set.intensities(0, &mut pixels);
        assert_eq!((set.len(), set.size(), pixels), (2, (3, 1), [0.0, 0.2, 1.0]));
        assert_eq!(set.classes(), [3, 7]);
        assert_eq!(set.label(1), 3);
    }
}

#[test]
fn malformed_idx_files_are_refused_with_what_was_found_and_expected() {
    let (images, labels) = good();
    let cases: [(Vec<u8>, Vec<u8>, &str); 10] = [
        (idx(2050, &[2, 1, 3], &[]), labels.clone(), "i: found magic number 2050, expected 2051 (images)"),
        (images.clone(), images.clone(), "l: found magic number 2051, expected 2049 (labels)"),
        (images[..10].to_vec(), labels.clone(), "i: found 10 bytes, expected a header of 16"),
        (vec![], labels.clone(), "i: found 0 bytes, expected a header of 16"),
        (
            images[..20].to_vec(),
            labels.clone(),
            "i: found 20 bytes, the header promises 22: the file is truncated",
        ),
        (
            [&images[..], &[1]].concat(),
            labels.clone(),
            "i: found 23 bytes, the header promises 22: the file is too long",
        ),
        (
            idx(2051, &[2, 0, 3], &[]),
            labels.clone(),
            "i: found 2 images of 3 x 0 pixels, expected at least one image and one pixel, at most 65536 pixels",
        ),
        (
            idx(2051, &[u32::MAX, u32::MAX, u32::MAX], &[]),
            labels.clone(),
            "i: found 4294967295 images of 4294967295 x 4294967295 pixels, expected at least one image and one pixel, \
             at most 65536 pixels",
        ),
        (images.clone(), idx(2049, &[3], &[7, 3, 1]), "l: found 3 labels for the 2 images of i"),
        (
            images.clone(),
            labels[..9].to_vec(),
            "l: found 9 bytes, the header promises 10: the file is truncated",
        ),
    ];
    for (images, labels, expected) in cases {
        assert_eq!(load(&images, &labels).unwrap_err(), expected);
    }
}

#[test]
fn truncated_gzip_is_refused() {
    let (images, labels) = good();
    let packed = gzip(&images);
    let error = load(&packed[..packed.len() - 9], &labels).unwrap_err();
    assert!(error.starts_with("i: broken or truncated gzip data ("), "{error}");
}

#[test]
fn a_missing_file_is_refused_with_the_folders_searched() {
    let folder = tempfile::tempdir().unwrap();
    let error = load_with(
        folder.path(),
        "Idx(splits: { \"s\": (images: \"train-images-idx3-ubyte.gz\", labels: \"l\") })",
    );
    assert_eq!(error.unwrap_err(), "train-images-idx3-ubyte.gz: no such file in: DIR");
}

fn load_csv(content: &str) -> Result<Images, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("d.csv"), content).unwrap();
    let dataset = "Csv(splits: { \"s\": (file: \"d.csv\", rows: (1, 3)) }, width: 2, height: 1, full_scale: 4.0, \
                   label: First)";
    load_with(folder.path(), dataset)
}

#[test]
fn csv_rows_are_read_from_their_range() {
    let set = load_csv("1,0,4\n2,1,2\n3,4,0\n").unwrap();
    let mut pixels = [0.0; 2];
    set.intensities(0, &mut pixels);
    assert_eq!((set.len(), set.classes(), pixels), (2, vec![2, 3], [0.25, 0.5]));
}

#[test]
fn malformed_csv_files_are_refused_at_their_line_and_column() {
    for (content, expected) in [
        ("1,0,4\n2,1\n", "d.csv: line 2: found 2 fields, expected 3 (2 x 1 pixels and a label)"),
        ("1,0,x\n", "d.csv: line 1, column 3: found `x`, expected a pixel from 0 to 4"),
        ("1,0,5\n", "d.csv: line 1, column 3: found `5`, expected a pixel from 0 to 4"),
        ("1,-1,4\n", "d.csv: line 1, column 2: found `-1`, expected a pixel from 0 to 4"),
        ("1,NaN,4\n", "d.csv: line 1, column 2: found `NaN`, expected a pixel from 0 to 4"),
        ("1.5,0,4\n", "d.csv: line 1, column 1: found `1.5`, expected a label: a whole number from 0 on"),
        ("", "d.csv: found no rows, expected one image per row"),
        ("1,0,4\n2,1,2\n", "d.csv: found 2 rows, the split asks for rows 1 to 3"),
    ] {
        assert_eq!(load_csv(content).unwrap_err(), expected);
    }
}

fn digits(prepare: &str, split: &str) -> Images {
    let text = format!(
        "Scenario(dataset: Digits({prepare}), populations: {{ \"n\": Lif(count: 1, capacitance: \"1 nF\", leak: \"1 ms\", \
         threshold: \"1 mV\") }}, schedule: [Run(duration: \"1 ms\")])"
    );
    let parsed = Scenario::parse("s.ron", &text, &[]).unwrap();
    let resolver = Resolver { directories: Vec::new() };
    Images::load(parsed.scenario.dataset.as_ref().unwrap(), split, &resolver).unwrap()
}

#[test]
fn the_embedded_digits_have_1437_images_to_train_and_360_to_test() {
    let (train, test) = (digits("", "train"), digits("", "test"));
    assert_eq!((train.len(), test.len(), train.size()), (1437, 360, (8, 8)));
    assert_eq!(train.classes(), (0..10).collect::<Vec<_>>());
    // The first row of the file begins 0,0,5,13,9,1 and is a zero.
    let mut pixels = [0.0; 64];
    train.intensities(0, &mut pixels);
    assert_eq!(pixels[..6], [0.0, 0.0, 0.3125, 0.8125, 0.5625, 0.0625]);
    assert_eq!(train.label(0), 0);
    assert_eq!(overlap(train.origins(0..1437), test.origins(0..360)), 0);
    assert_eq!(overlap(train.origins(0..1437), train.origins(100..110)), 10);
}

#[test]
fn classes_are_chosen_before_images_are_counted() {
    let set = digits("prepare: (classes: [0, 1])", "train");
    assert_eq!(set.classes(), [0, 1]);
    // Rows 0, 1, 10, 11, 20 of the file are the first of these classes.
    assert_eq!(set.select(0, Some(3), None).unwrap(), 0..3);
    assert_eq!(set.select(0, None, Some(11)).unwrap(), 0..3);
    assert_eq!(set.select(0, None, Some(12)).unwrap(), 0..4);
    assert_eq!(set.select(0, None, None).unwrap().end, set.len());
    let error = set.select(5, Some(10_000), None).unwrap_err().to_string();
    assert_eq!(error, format!("split `train`: found {} images; asked for 10000 from image 5 on", set.len()));
}

#[test]
fn gain_scales_and_clips_intensities() {
    let mut pixels = [0.0; 64];
    digits("prepare: (gain: 2.0)", "train").intensities(0, &mut pixels);
    assert_eq!(pixels[2..5], [0.625, 1.0, 1.0]);
}

#[test]
fn every_epoch_has_an_order_of_its_own() {
    let (first, again, second) = (order(1, 0, 0, 100), order(1, 0, 0, 100), order(1, 0, 1, 100));
    assert_eq!(first, again);
    assert_ne!(first, second);
    let mut sorted = first.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
}
