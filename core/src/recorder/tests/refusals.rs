//! A refusal is an error whose exact text is a promise.

use super::*;
use std::path::PathBuf;

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    (folder, path)
}

fn refusal<T>(result: Result<T, RecorderError>, path: &Path) -> String {
    result.err().unwrap().to_string().replace(&path.display().to_string(), "run.h5")
}

#[test]
fn an_output_that_is_a_folder() {
    let (_folder, path) = folder();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(
        refusal(Hdf5Recorder::create(&path, &layout()), &path),
        "cannot write run.h5: it is a folder, expected the name of a file; name a file inside it"
    );
}

#[test]
fn an_output_in_a_folder_that_does_not_exist() {
    let (_folder, path) = folder();
    let path = path.join("deeper.h5");
    assert_eq!(
        refusal(Hdf5Recorder::create(&path, &layout()), path.parent().unwrap()),
        "cannot create run.h5/deeper.h5.partial: No such file or directory (os error 2); name an output in a folder \
         that exists and can be written"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_in_a_folder_that_cannot_be_written() {
    let path = Path::new("/sys/run.h5");
    assert_eq!(
        Hdf5Recorder::create(path, &layout()).err().unwrap().to_string(),
        "cannot create /sys/run.h5.partial: Permission denied (os error 13); name an output in a folder that exists \
         and can be written"
    );
}

#[test]
fn an_output_that_another_run_writes_stays_as_it_is() {
    let (_folder, path) = folder();
    let mut first = Hdf5Recorder::create(&path, &layout()).unwrap();
    record_image(&mut first, 1);
    let busy = "run.h5.partial is being written by another run; wait for its end or name another output";
    assert_eq!(refusal(Hdf5Recorder::create(&path, &layout()), &path), busy);
    assert_eq!(refusal(inspect(&writer::partial(&path)), &path), busy);
    Box::new(first).finish(&[]).unwrap();
    assert_eq!(
        inspect(&path).unwrap().datasets.iter().find(|d| d.path == "/images/index").unwrap().shape,
        [1]
    );
}

#[test]
fn a_resume_without_a_file() {
    let (_folder, path) = folder();
    assert_eq!(
        refusal(Hdf5Recorder::resume(&path, &layout(), &Rows::default()), &path),
        "run.h5.partial does not exist; expected an output file of crosspike, or its unfinished .partial"
    );
}

#[test]
fn a_resume_of_a_shorter_file_or_another_layout() {
    let (_folder, path) = folder();
    let mut recorder = Hdf5Recorder::create(&path, &layout()).unwrap();
    let before = recorder.flush().unwrap();
    drop(recorder);
    let rows = before
        .iter()
        .map(|(name, rows)| (name.to_owned(), rows + u64::from(name == "/images") * 5))
        .collect();
    let end = "; resume with the scenario that wrote it, or start again";
    assert_eq!(
        refusal(Hdf5Recorder::resume(&path, &layout(), &rows), &path),
        format!("cannot resume run.h5.partial: /images/phase has 0 rows, expected at least 5{end}")
    );
    let mut wider = layout();
    wider.projections[0].columns = 9;
    assert_eq!(
        refusal(Hdf5Recorder::resume(&path, &wider, &before), &path),
        format!(
            "cannot resume run.h5.partial: /conductance/input/key_frames/value has rows of shape [2, 3, 2], expected \
             [2, 3, 9]{end}"
        )
    );
    let mut more = layout();
    more.populations[0].probe = Some(vec![0]);
    assert_eq!(
        refusal(Hdf5Recorder::resume(&path, &more, &before), &path),
        format!(
            "cannot resume run.h5.partial: the checkpoint has no such table, expected a table /probes/pixels{end}"
        )
    );
    let mut fewer = layout();
    fewer.populations[0].spikes = false;
    assert_eq!(
        refusal(Hdf5Recorder::resume(&path, &fewer, &before), &path),
        format!(
            "cannot resume run.h5.partial: the checkpoint has a table /spikes/pixels, expected no such table{end}"
        )
    );
    Hdf5Recorder::resume(&path, &layout(), &before).unwrap();
}

#[test]
fn files_that_are_not_outputs() {
    let (_folder, path) = folder();
    let missing = "run.h5 does not exist; expected an output file of crosspike, or its unfinished .partial";
    assert_eq!(refusal(inspect(&path), &path), missing);
    std::fs::write(&path, "Scenario()").unwrap();
    let text = refusal(inspect(&path), &path);
    assert_eq!(text, "cannot read run.h5: it is not an HDF5 file; it may be truncated or damaged");
    File::create(&path).unwrap().close().unwrap();
    assert_eq!(
        refusal(inspect(&path), &path),
        "run.h5 is not an output of crosspike: it has no attribute format, expected the root attribute format = \
         \"crosspike\""
    );
    let file = File::create(&path).unwrap();
    structure::write_text_attribute(&file, "format", "crosspike").unwrap();
    file.new_attr::<u32>().create("format_version").unwrap().write_scalar(&9_u32).unwrap();
    file.close().unwrap();
    let text = refusal(inspect(&path), &path);
    assert_eq!(text, "run.h5 has format version 9, expected 1; read it with the program that wrote it");
}

#[test]
fn a_truncated_output() {
    let (_folder, path) = folder();
    Box::new(Hdf5Recorder::create(&path, &layout()).unwrap()).finish(&[]).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let text = refusal(inspect(&path), &path);
    assert_eq!(text, "cannot read run.h5: it is shorter than it says it is; it may be truncated or damaged");
}

#[test]
fn an_entry_that_does_not_fit_ends_the_recording() {
    let (_folder, path) = folder();
    let mut recorder = Hdf5Recorder::create(&path, &layout()).unwrap();
    let text = "/conductance/input/key_frames/value was recorded with 2 values, expected 12; the layout and the run \
                disagree";
    let entry = Entry::KeyFrame { projection: 0, tick: 0, values: &[1.0, 2.0] };
    assert_eq!(recorder.record(entry).err().unwrap().to_string(), text);
    assert_eq!(recorder.flush().err().unwrap().to_string(), text);
    assert_eq!(Box::new(recorder).finish(&[]).err().unwrap().to_string(), text);
}

#[test]
fn a_name_with_a_slash() {
    let (_folder, path) = folder();
    let mut named = layout();
    named.projections[0].name = "in/out".into();
    assert_eq!(
        refusal(Hdf5Recorder::create(&path, &named), &path),
        "a projection is named \"in/out\", expected a name without '/' that is neither empty nor '.'; rename it"
    );
}
