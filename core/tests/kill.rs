//! A kill ends a writing process at a random instant; what it had acknowledged must be in the file, and right.
//!
//! These tests start processes, which inherit the library's open files and their locks: hence a test program of its
//! own, in which one test runs at a time.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crosspike::recorder::*;
use hdf5::{File, H5Type};

const OUTPUT: &str = "CROSSPIKE_TEST_KILLED_OUTPUT";
const THIS_TEST: &str = "a_process_that_writes_until_it_is_killed";

/// Held by the test that runs.
static ALONE: Mutex<()> = Mutex::new(());

fn layout() -> Layout {
    let pixels = PopulationLayout { name: "pixels".into(), count: 3, spikes: true, probe: Some(vec![1]) };
    let planes = vec!["g+".into(), "g-".into()];
    let (rows, columns, key_frames, changes) = (3, 2, true, true);
    let (name, array, programming) = ("input".into(), None, false);
    let input = ProjectionLayout { name, rows, columns, planes, key_frames, changes, array, programming };
    let images = Some(ImageLayout { readout: Some(0), neurons: 2 });
    Layout { populations: vec![pixels], projections: vec![input], images, ..Layout::default() }
}

/// Records image `k` and all that comes with it: 100 to 199 spikes, a change, a sample; every 10th time a key frame.
fn record_image(recorder: &mut dyn Recorder, k: u32) {
    let (start, count) = (i64::from(k) * 1_000_000, 100 + i64::from(k) * 37 % 100);
    let ticks: Vec<i64> = (start..start + count).collect();
    let neurons: Vec<u32> = (0..count as u32).map(|n| n * k % 3).collect();
    recorder.record(Entry::Spikes { population: 0, ticks: &ticks, neurons: &neurons }).unwrap();
    let values: Vec<f64> = (0..12).map(|v| f64::from(v + k) * 1e-6).collect();
    recorder
        .record(Entry::Change { projection: 0, tick: start, column: k % 2, values: &values[..6] })
        .unwrap();
    let threshold = [f64::from(k)];
    recorder
        .record(Entry::Probe { population: 0, tick: start, membrane: &[0.5], threshold: &threshold })
        .unwrap();
    let (phase, epoch, counts, prediction) = (0, 0, &[k, 1][..], None);
    let image = ImageEntry { phase, epoch, index: k, start, label: 4, prediction, input_spikes: 9, counts };
    recorder.record(Entry::Image(image)).unwrap();
    if k % 10 == 9 {
        recorder.record(Entry::KeyFrame { projection: 0, tick: start, values: &values }).unwrap();
    }
}

fn read<T: H5Type>(file: &File, path: &str) -> Vec<T> {
    file.dataset(path).unwrap().read_raw().unwrap()
}

fn partial(path: &Path) -> PathBuf {
    path.with_extension("h5.partial")
}

/// Does nothing unless started by the other tests of this file: then it never ends by itself.
#[test]
fn a_process_that_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(OUTPUT) else { return };
    let mut recorder = Hdf5Recorder::create(Path::new(&path), &layout()).unwrap();
    for k in 0.. {
        record_image(&mut recorder, k);
        if k % 7 == 6 {
            match recorder.flush() {
                Ok(rows) => {
                    writeln!(std::io::stderr(), "ack {} {}", k + 1, rows.of("/spikes/pixels").unwrap())
                }
                Err(error) => panic!("{error}"),
            }
            .unwrap();
            // A run flushes at intervals. A process that does nothing but flush would be killed within a flush nearly
            // every time, and once in some hundred kills within the split of an index, which is left to chance.
            std::thread::sleep(Duration::from_millis(15));
        }
    }
}

/// Starts the writer, kills it so long after its first acknowledgement, and returns the last acknowledged (images, spikes).
fn write_and_kill(path: &Path, after: Duration) -> (u32, usize) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([THIS_TEST, "--exact", "--nocapture"])
        .env(OUTPUT, path)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let (first, begun) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut last = (0, 0);
        for line in lines.map_while(Result::ok) {
            let mut words = line.split(' ');
            if let (Some("ack"), Some(images), Some(spikes)) = (words.next(), words.next(), words.next()) {
                last = (images.parse().unwrap(), spikes.parse().unwrap());
                // Nobody waits for the second one.
                let _ = first.send(());
            }
        }
        last
    });
    begun.recv_timeout(Duration::from_secs(60)).expect("the writer acknowledges something");
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// The first `images` images are in the file, as [`record_image`] writes them.
fn check(path: &Path, images: u32, spikes: usize) {
    let file = File::open(path).unwrap();
    let mut expected = Trace::new(&layout());
    (0..images).for_each(|k| record_image(&mut expected, k));
    let expected = expected.data();
    assert_eq!(expected.spikes[0].ticks.len(), spikes);
    assert!(read::<i64>(&file, "/spikes/pixels/tick")[..spikes] == expected.spikes[0].ticks);
    assert!(read::<u32>(&file, "/spikes/pixels/neuron")[..spikes] == expected.spikes[0].neurons);
    let count = images as usize;
    assert!(read::<u32>(&file, "/images/index")[..count].iter().copied().eq(0..images));
    assert!(
        read::<f64>(&file, "/probes/pixels/threshold")[..count]
            .iter()
            .copied()
            .eq((0..images).map(f64::from))
    );
    let changes: Vec<f64> = expected.changes[0].iter().flat_map(|update| update.values.clone()).collect();
    assert!(read::<f64>(&file, "/conductance/input/changes/value")[..changes.len()] == changes);
    let frames: Vec<f64> = expected.key_frames[0].iter().flat_map(|frame| frame.values.clone()).collect();
    assert!(read::<f64>(&file, "/conductance/input/key_frames/value")[..frames.len()] == frames);
}

#[test]
fn acknowledged_rows_survive_a_hundred_kills() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    for trial in 0..100_u64 {
        let output = folder.path().join(format!("{trial}.h5"));
        // Spread over 0 to 80 ms without repeating a residue.
        let (images, spikes) = write_and_kill(&output, Duration::from_micros(trial * 61_803 % 80_000));
        let partial = partial(&output);
        check(&partial, images, spikes);
        let rows = inspect(&partial).unwrap().committed.unwrap();
        assert!(rows.of("/spikes/pixels").unwrap() >= spikes as u64);
        let resumed = Hdf5Recorder::resume(&output, &layout(), &rows).unwrap();
        Box::new(resumed).finish(&[]).unwrap();
        check(&output, images, spikes);
        std::fs::remove_file(output).unwrap();
    }
}

/// A limit on the size of files stands for a full disk.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named_and_keeps_what_was_flushed() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("run.h5");
    let mut command = Command::new("sh");
    let program = std::env::current_exe().unwrap();
    command.arg("-c").arg("trap '' XFSZ; ulimit -f 20000; exec \"$0\" \"$@\"").arg(program);
    let result = command.args([THIS_TEST, "--exact", "--nocapture"]).env(OUTPUT, &output).output().unwrap();
    let text = String::from_utf8(result.stderr).unwrap() + &String::from_utf8(result.stdout).unwrap();
    let partial = partial(&output);
    let error = format!(
        "to {}: File too large (os error 27); what was flushed before is kept, make room",
        partial.display()
    );
    assert!(text.contains("cannot write ") && text.contains(&error), "{text}");
    let last = text.lines().filter_map(|line| line.strip_prefix("ack ")).next_back().unwrap();
    let (images, spikes) = last.split_once(' ').unwrap();
    check(&partial, images.parse().unwrap(), spikes.parse().unwrap());
}
