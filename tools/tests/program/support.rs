//! A bench is an empty folder in which the program is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group};
use tempfile::TempDir;

/// The file of a scenario of the project.
pub(crate) fn scenario(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    root.join("scenarios").join(name).with_extension("ron").display().to_string()
}

/// An empty folder.
pub(crate) struct Bench(TempDir);

/// What the program did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names of all files, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crosspike"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null()).env("NO_COLOR", "1");
        command
    }

    fn outcome(&self, arguments: &[&str]) -> Outcome {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs what must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Outcome {
        self.fails(0, arguments)
    }

    /// Runs what must end with `code`.
    pub(crate) fn fails(&self, code: i32, arguments: &[&str]) -> Outcome {
        let outcome = self.outcome(arguments);
        assert_eq!(outcome.code, Some(code), "{arguments:?} printed {}{}", outcome.stdout, outcome.stderr);
        outcome
    }

    /// Starts a run, and sends it a signal once it has begun to write.
    pub(crate) fn stopped(&self, arguments: &[&str], signal: &str) -> Outcome {
        let mut command = self.command(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = || self.files().iter().any(|name| name.ends_with(".partial"));
        let deadline = Instant::now() + Duration::from_secs(60);
        while !begun() && Instant::now() < deadline {
            sleep(Duration::from_millis(2));
        }
        sleep(Duration::from_millis(200));
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.unwrap().success(), "the run was over before it could be stopped");
        child.wait_with_output().unwrap().into()
    }

    /// Every dataset of an output file, as text.
    pub(crate) fn content(&self, name: &str) -> Vec<String> {
        let mut lines = Vec::new();
        list(&File::open(self.path(name)).unwrap(), &mut lines);
        lines
    }
}

impl From<std::process::Output> for Outcome {
    fn from(output: std::process::Output) -> Outcome {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

fn list(group: &Group, lines: &mut Vec<String>) {
    for name in group.member_names().unwrap() {
        match group.dataset(&name) {
            Ok(dataset) => {
                lines.push(format!("{} {:?} {}", dataset.name(), dataset.shape(), values(&dataset)));
            }
            Err(_) => list(&group.group(&name).unwrap(), lines),
        }
    }
}

/// The values as bits where they are numbers: NaN is to be equal to itself.
fn values(dataset: &Dataset) -> String {
    if let Ok(numbers) = dataset.read_raw::<f64>() {
        return format!("{:?}", numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>());
    }
    match dataset.read_raw::<VarLenUnicode>() {
        Ok(texts) => format!("{texts:?}"),
        Err(_) => format!("{:?}", dataset.read_raw::<hdf5::types::FixedAscii<8>>().unwrap()),
    }
}
