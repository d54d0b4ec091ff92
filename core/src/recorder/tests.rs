//! What a recording promises, tested against the files that it leaves.

mod refusals;

use std::path::Path;

use ::hdf5::{Dataset, File, H5Type};

use super::*;

/// Two populations, one crossbar of 3 x 2 signed pairs, two classes: every kind of entry at its smallest.
fn layout() -> Layout {
    let inputs = PopulationLayout { name: "pixels".into(), count: 3, spikes: true, probe: None };
    let output = PopulationLayout { name: "output".into(), count: 2, spikes: true, probe: Some(vec![1]) };
    let input = ProjectionLayout {
        name: "input".into(),
        rows: 3,
        columns: 2,
        planes: vec!["g+".into(), "g-".into()],
        key_frames: true,
        changes: true,
        programming: false,
        array: Some(ArrayLayout { converts: true, energy: true }),
    };
    let model = ModelProvenance {
        phase: None,
        projection: "input".into(),
        name: "levels".into(),
        version: "1.0".into(),
        ..ModelProvenance::default()
    };
    Layout {
        populations: vec![inputs, output],
        projections: vec![input],
        images: Some(ImageLayout { readout: Some(1), neurons: 2 }),
        classes: vec![4, 7],
        provenance: Provenance {
            program_version: "0.1.0".into(),
            scenario_name: "small.ron".into(),
            scenario_text: "Scenario(/* µ */)".into(),
            overrides: vec!["seed=3".into()],
            seed: 3,
            models: vec![model],
            ..Provenance::default()
        },
    }
}

fn phase(index: u32) -> PhaseEntry {
    PhaseEntry {
        phase: index,
        kind: PhaseKind::Test,
        epochs: 1,
        start: 0,
        end: 9,
        images: 4,
        correct: 3,
        silent: 1,
        accuracy: Some(0.75),
        overlap: 0,
        confusion: Some(vec![1, 0, 1, 0, 2, 0]),
        labels: Some(vec![4, -1]),
        input_spikes: 12,
        output_spikes: 5,
        energy: Some([1e-9, 2e-9]),
        programming: None,
    }
}

/// Records image `k` and all that comes with it: 100 to 199 spikes, a change, a sample; every 10th time a key frame.
fn record_image(recorder: &mut dyn Recorder, k: u32) {
    let (start, count) = (i64::from(k) * 1_000_000, 100 + i64::from(k * 37 % 100));
    let ticks: Vec<i64> = (start..start + count).collect();
    let neurons: Vec<u32> = (0..count as u32).map(|n| n * k % 3).collect();
    recorder.record(Entry::Spikes { population: 0, ticks: &ticks, neurons: &neurons }).unwrap();
    recorder.record(Entry::Spikes { population: 1, ticks: &ticks[..1], neurons: &[k % 2] }).unwrap();
    let values: Vec<f64> = (0..12).map(|v| f64::from(v + k) * 1e-6).collect();
    recorder
        .record(Entry::Change { projection: 0, tick: start, column: k % 2, values: &values[..6] })
        .unwrap();
    let threshold = [f64::from(k)];
    recorder
        .record(Entry::Probe { population: 1, tick: start, membrane: &[0.5], threshold: &threshold })
        .unwrap();
    let prediction = (!k.is_multiple_of(3)).then_some(7);
    let (phase, epoch, counts) = (0, 0, &[k, 1][..]);
    let image = ImageEntry { phase, epoch, index: k, start, label: 4, prediction, input_spikes: 9, counts };
    recorder.record(Entry::Image(image)).unwrap();
    if k % 10 == 9 {
        recorder.record(Entry::KeyFrame { projection: 0, tick: start, values: &values }).unwrap();
    }
}

fn read<T: H5Type>(file: &File, path: &str) -> Vec<T> {
    file.dataset(path).unwrap().read_raw().unwrap()
}

fn visit(group: &::hdf5::Group, found: &mut Vec<Dataset>) {
    found.extend(group.datasets().unwrap());
    group.groups().unwrap().iter().for_each(|group| visit(group, found));
}

/// Every dataset of a file as (name, shape, bytes); text by its characters.
fn contents(path: &Path) -> Vec<(String, Vec<usize>, Vec<u8>)> {
    let file = File::open(path).unwrap();
    let mut datasets = Vec::new();
    visit(&file, &mut datasets);
    let bytes = |d: &Dataset| match d.dtype().unwrap().to_descriptor().unwrap().to_string().as_str() {
        "int64" => d.read_raw::<i64>().unwrap().iter().flat_map(|v| v.to_le_bytes()).collect(),
        "uint32" => d.read_raw::<u32>().unwrap().iter().flat_map(|v| v.to_le_bytes()).collect(),
        "uint64" => d.read_raw::<u64>().unwrap().iter().flat_map(|v| v.to_le_bytes()).collect(),
        "float64" => d.read_raw::<f64>().unwrap().iter().flat_map(|v| v.to_le_bytes()).collect(),
        "string (len 8)" => format!("{:?}", d.read_raw::<super::buffer::Word>().unwrap()).into_bytes(),
        _ => format!("{:?}", d.read_raw::<::hdf5::types::VarLenUnicode>().unwrap()).into_bytes(),
    };
    let mut all: Vec<_> = datasets.iter().map(|d| (d.name(), d.shape(), bytes(d))).collect();
    all.sort();
    all
}

#[test]
fn a_programmed_array_leaves_its_cells_its_passes_and_the_missed_cells() {
    let mut layout = layout();
    layout.projections[0].programming = true;
    let pass = |missed: u64| Pass { addressed: 9, pulses: 20, missed, disturbed: 1, median: 0.1, mean: 0.2 };
    let missed = |bit_line: u32| MissedCell { plane: 1, word_line: 2, bit_line, is_disturbed: bit_line == 1 };
    let numbers: Vec<f64> = (0..12).map(f64::from).collect();
    let entry = ProgrammingEntry {
        projection: 0,
        phase: 3,
        passes: &[pass(4), pass(2)],
        target: &numbers,
        reached: &numbers,
        error: &numbers,
        pulses: &[7; 12],
        fate: &[2; 12],
        missed: &[missed(0), missed(1)],
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let (mut recorder, mut trace) =
        (Box::new(Hdf5Recorder::create(&path, &layout).unwrap()), Trace::new(&layout));
    for entry in [&entry, &ProgrammingEntry { phase: 5, missed: &[], ..entry.clone() }] {
        recorder.record(Entry::Programming(entry.clone())).unwrap();
        trace.record(Entry::Programming(entry.clone())).unwrap();
    }
    assert_eq!(recorder.flush().unwrap(), trace.flush().unwrap());
    recorder.finish(&[]).unwrap();

    let file = File::open(&path).unwrap();
    let group = "/programming/input";
    assert_eq!(file.dataset(&format!("{group}/cells/reached")).unwrap().shape(), [2, 2, 3, 2]);
    assert_eq!(read::<f64>(&file, &format!("{group}/cells/error"))[..12], numbers);
    assert_eq!(read::<u32>(&file, &format!("{group}/passes/phase")), [3, 3, 5, 5]);
    assert_eq!(read::<u64>(&file, &format!("{group}/passes/missed")), [4, 2, 4, 2]);
    assert_eq!(read::<u32>(&file, &format!("{group}/missed/bit_line")), [0, 1]);
    assert_eq!(read::<u32>(&file, &format!("{group}/missed/disturbed")), [0, 1]);
    drop(file);
    let summary = inspect(&path).unwrap();
    assert_eq!(
        summary.passes.iter().map(|line| (line.phase, line.pass)).collect::<Vec<_>>(),
        [(3, 0), (3, 1), (5, 0), (5, 1)]
    );
    assert_eq!(summary.passes[1].result, pass(2));
    assert!(
        summary.to_string().contains("    3     1        20         2          1   10.00 %   20.00 %  input"),
        "{summary}"
    );
}

#[test]
fn everything_recorded_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut recorder = Box::new(Hdf5Recorder::create(&path, &layout()).unwrap());
    (0..20).for_each(|k| record_image(recorder.as_mut(), k));
    recorder.record(Entry::Phase(phase(0))).unwrap();
    let unasked =
        PhaseEntry { accuracy: None, confusion: None, labels: None, kind: PhaseKind::Run, ..phase(1) };
    recorder.record(Entry::Phase(unasked)).unwrap();
    assert!(!path.exists());
    recorder.finish(&[("host".into(), "bench".into())]).unwrap();
    assert!(!writer::partial(&path).exists());

    let file = File::open(&path).unwrap();
    assert_eq!(read::<i64>(&file, "/spikes/output/tick")[..3], [0, 1_000_000, 2_000_000]);
    assert_eq!(read::<u32>(&file, "/spikes/output/neuron")[..3], [0, 1, 0]);
    assert_eq!(file.dataset("/conductance/input/key_frames/value").unwrap().shape(), [2, 2, 3, 2]);
    assert_eq!(read::<f64>(&file, "/conductance/input/key_frames/value")[13], 20.0 * 1e-6);
    assert_eq!(file.dataset("/conductance/input/changes/value").unwrap().shape(), [20, 2, 3]);
    assert_eq!(read::<u32>(&file, "/conductance/input/changes/column")[19], 1);
    assert_eq!(read::<u32>(&file, "/probes/output/neuron"), [1]);
    assert_eq!(read::<f64>(&file, "/probes/output/threshold")[7], 7.0);
    assert_eq!(read::<i64>(&file, "/images/prediction")[..4], [-1, 7, 7, -1]);
    assert_eq!(read::<u32>(&file, "/images/counts")[38..], [19, 1]);
    assert_eq!(read::<u64>(&file, "/phases/confusion"), [1, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read::<i64>(&file, "/phases/labels"), [4, -1, -1, -1]);
    assert!(read::<f64>(&file, "/phases/accuracy")[1].is_nan());
    assert_eq!(read::<u32>(&file, "/phases/classes"), [4, 7]);
    let scenario = read::<::hdf5::types::VarLenUnicode>(&file, "/provenance/scenario");
    assert_eq!(scenario[0].as_str(), "Scenario(/* µ */)");
}

#[test]
fn every_dataset_names_its_unit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    Box::new(Hdf5Recorder::create(&path, &layout()).unwrap()).finish(&[]).unwrap();
    let lines = inspect(&path).unwrap().datasets;
    let units = |end: &str| lines.iter().find(|l| l.path.ends_with(end)).unwrap().units.clone();
    assert!(lines.len() > 50);
    assert!(lines.iter().all(|line| !line.units.is_empty()));
    assert_eq!(["tick", "neuron", "value", "membrane", "scenario"].map(units), ["ps", "1", "S", "V", "1"]);
}

#[test]
fn identical_runs_leave_identical_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["a.h5", "b.h5"].map(|name| {
        let path = folder.path().join(name);
        let mut recorder = Box::new(Hdf5Recorder::create(&path, &layout()).unwrap());
        (0..300).for_each(|k| record_image(recorder.as_mut(), k));
        recorder.finish(&[]).unwrap();
        std::fs::read(path).unwrap()
    });
    assert!(files[0] == files[1]);
}

#[test]
fn an_interrupted_and_resumed_recording_equals_an_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole.h5"), folder.path().join("parts.h5"));
    let mut recorder = Box::new(Hdf5Recorder::create(&whole, &layout()).unwrap());
    (0..300).for_each(|k| record_image(recorder.as_mut(), k));
    recorder.finish(&[]).unwrap();

    let mut recorder = Hdf5Recorder::create(&parts, &layout()).unwrap();
    let mut rows = Rows::default();
    for (from, checkpoint, lost) in [(0, 113, 250), (113, 114, 120), (114, 290, 299)] {
        (from..checkpoint).for_each(|k| record_image(&mut recorder, k));
        rows = recorder.flush().unwrap();
        (checkpoint..lost).for_each(|k| record_image(&mut recorder, k));
        recorder.flush().unwrap();
        drop(recorder);
        recorder = Hdf5Recorder::resume(&parts, &layout(), &rows).unwrap();
    }
    assert_eq!(rows.of("/images"), Some(290));
    (290..300).for_each(|k| record_image(&mut recorder, k));
    Box::new(recorder).finish(&[]).unwrap();
    assert!(contents(&whole) == contents(&parts));
}

/// A kill within the last step leaves a file that has its rows but no commits, and some of the facts. Resuming it once
/// failed because of those.
#[test]
fn a_recording_killed_while_it_finished_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut recorder = Hdf5Recorder::create(&path, &layout()).unwrap();
    (0..5).for_each(|k| record_image(&mut recorder, k));
    let rows = recorder.flush().unwrap();
    drop(recorder);
    let file = File::open_rw(writer::partial(&path)).unwrap();
    file.unlink(structure::COMMITS).unwrap();
    structure::write_text_attribute(&file, "host", "left by the one that was killed").unwrap();
    drop(file);
    let mut recorder = Hdf5Recorder::resume(&path, &layout(), &rows).unwrap();
    record_image(&mut recorder, 5);
    Box::new(recorder).finish(&[("host".into(), "a desk".into())]).unwrap();
    assert_eq!(read::<u32>(&File::open(&path).unwrap(), "/images/index"), [0, 1, 2, 3, 4, 5]);
    assert!(inspect(&path).unwrap().attributes.contains(&("host".into(), "a desk".into())));
}

#[test]
fn a_finished_file_ends_where_its_data_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    for facts in [&[][..], &[("host".to_owned(), "h".repeat(300))]] {
        let mut recorder = Box::new(Hdf5Recorder::create(&path, &layout()).unwrap());
        record_image(recorder.as_mut(), 1);
        recorder.finish(facts).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes[28..36], (bytes.len() as u64).to_le_bytes());
        assert!(bytes.len() < 200_000, "{}", bytes.len());
    }
}

/// A file once grew by the hole of every flush: 12 MB each time.
#[test]
fn an_unfinished_file_grows_by_its_rows_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut recorder = Hdf5Recorder::create(&path, &layout()).unwrap();
    let lengths = [(); 50].map(|()| {
        recorder.flush().unwrap();
        std::fs::metadata(writer::partial(&path)).unwrap().len()
    });
    assert!(lengths[49] - lengths[0] < 50 * 4096, "{lengths:?}");
}

#[test]
fn a_trace_and_a_file_count_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = Hdf5Recorder::create(&folder.path().join("run.h5"), &layout()).unwrap();
    let mut trace = Trace::new(&layout());
    for k in 0..15 {
        record_image(&mut file, k);
        record_image(&mut trace, k);
    }
    assert_eq!(file.flush().unwrap(), trace.flush().unwrap());
    let data = trace.data();
    assert_eq!(data.key_frames[0][0].values[11], 20.0 * 1e-6);
    assert_eq!(data.images[14].counts, [14, 1]);
    assert_eq!((data.changes[0].len(), data.probes[1].len(), data.probes[0].len()), (15, 15, 0));
}

#[test]
fn what_the_layout_does_not_ask_for_is_passed_over() {
    let quiet = PopulationLayout { name: "quiet".into(), count: 1, spikes: false, probe: None };
    let layout = Layout { populations: vec![quiet], ..Layout::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut file = Hdf5Recorder::create(&folder.path().join("run.h5"), &layout).unwrap();
    let mut trace = Trace::new(&layout);
    for recorder in [&mut file as &mut dyn Recorder, &mut trace] {
        recorder.record(Entry::Spikes { population: 0, ticks: &[1], neurons: &[0] }).unwrap();
        recorder.record(Entry::KeyFrame { projection: 5, tick: 0, values: &[1.0] }).unwrap();
        let rows = recorder.flush().unwrap();
        assert_eq!(rows.iter().collect::<Vec<_>>(), [("/phases", 0)]);
    }
}

#[test]
fn expected_size_counts_every_row() {
    let layout = layout();
    let none = layout.expected_bytes(&Counts::default());
    let counts =
        Counts { spikes: vec![1000, 10], key_frames: vec![3], changes: vec![2], ..Counts::default() };
    assert_eq!(
        layout.expected_bytes(&counts) - none,
        1010 * SPIKE_BYTES + 3 * (8 + 96) + 2 * layout.change_bytes(0)
    );
    let counts = Counts { samples: vec![0, 5], images: 7, ..Counts::default() };
    assert_eq!(layout.expected_bytes(&counts) - none, 5 * 24 + 7 * (16 + 24 + 8));
}

#[test]
fn a_summary_shows_phases_and_datasets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut recorder = Box::new(Hdf5Recorder::create(&path, &layout()).unwrap());
    recorder.record(Entry::Phase(phase(0))).unwrap();
    recorder.flush().unwrap();
    drop(recorder);
    let summary = inspect(&writer::partial(&path)).unwrap();
    assert!(!summary.complete);
    assert_eq!(summary.committed.as_ref().unwrap().of("/phases"), Some(1));
    let text = summary.to_string();
    for line in [
        "scenario small.ron, seed 3, seed=3\nformat: crosspike\nformat_version: 1\nprogram_version: 0.1.0\n",
        "device of input: levels 1.0\n",
        "phase  kind      images    silent  accuracy\n    0  test           4         1   75.00 %\n",
        "/phases/confusion                    1 x 2 x 3          uint64           1 ",
        "\nrows at the last flush\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}
