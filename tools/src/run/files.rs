//! The files of a run: the output, its unfinished form, and the checkpoint.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::cli::RunArguments;
use crate::exit::{Code, Failure};

const HDF5_BEGINS: &[u8; 8] = b"\x89HDF\r\n\x1a\n";
const CHECKPOINT_BEGINS: &[u8; 8] = b"CSPKCKPT";

/// Where a run writes, and what it goes on from.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) output: PathBuf,
    /// The output until it is finished.
    pub(crate) partial: PathBuf,
    pub(crate) checkpoint: PathBuf,
    /// The checkpoint that `--resume` names; that of the run where it names none.
    pub(crate) resumed: PathBuf,
}

impl Files {
    /// The files of a run; those that it would replace must be of its own kind.
    pub(crate) fn of(arguments: &RunArguments) -> Result<Files, Failure> {
        let output = match &arguments.output {
            Some(output) => output.clone(),
            None => {
                let stem = arguments.scenario.file.file_stem().unwrap_or("output".as_ref());
                with_ending(Path::new(stem), ".h5")
            }
        };
        let checkpoint = arguments.checkpoint.clone().unwrap_or_else(|| with_ending(&output, ".checkpoint"));
        let resumed = arguments.resume.clone().flatten().unwrap_or_else(|| checkpoint.clone());
        let partial = with_ending(&output, ".partial");
        if checkpoint == output || checkpoint == partial {
            let message = format!("{} cannot be both the checkpoint and the output", checkpoint.display());
            let help = Some("name another file with --checkpoint or --output".into());
            return Err(Failure::with_help(Code::Usage, message, help));
        }
        refuse_other(&output, HDF5_BEGINS, "HDF5 file")?;
        // What is resumed is read, and refused for itself.
        if arguments.resume.is_none() || checkpoint != resumed {
            refuse_other(&checkpoint, CHECKPOINT_BEGINS, "checkpoint")?;
        }
        Ok(Files { partial, output, checkpoint, resumed })
    }

    /// Says that an interrupted run will be lost.
    pub(crate) fn warn_of_unfinished(&self) {
        if self.partial.exists() && self.checkpoint.exists() {
            let (partial, checkpoint) = (self.partial.display(), self.checkpoint.display());
            tracing::warn!(
                "replacing {partial} and {checkpoint} of an interrupted run; --resume would have gone on with it"
            );
        }
    }

    /// Removes the checkpoint, which no output belongs to any more, and what a kill may have left of a next one.
    pub(crate) fn forget_checkpoint(&self) {
        for file in [&self.checkpoint, &with_ending(&self.checkpoint, ".partial")] {
            match std::fs::remove_file(file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    tracing::warn!("cannot remove {}: {error}", file.display());
                }
                _ => {}
            }
        }
    }

    /// What is said when a signal has ended a run.
    pub(crate) fn stopped(&self, code: Code) -> Failure {
        let why = if code == Code::Interrupted { "interrupted" } else { "ended by SIGTERM" };
        let message = format!(
            "{why}; what was recorded is in {}, the state of the run in {}",
            self.partial.display(),
            self.checkpoint.display()
        );
        let words: Vec<String> = std::env::args().collect();
        Failure::with_help(code, message, Some(format!("go on with: {}", resuming(&words, &self.checkpoint))))
    }
}

/// The command line that goes on with the run of another one.
fn resuming(words: &[String], checkpoint: &Path) -> String {
    let mut quoted: Vec<String> =
        words.iter().filter(|word| !is_resume(word)).map(|word| quote(word)).collect();
    // A file that --resume named is older than the checkpoint that was just written.
    let named = words.iter().any(|word| word.starts_with("--resume="));
    quoted.push(match named {
        true => format!("--resume={}", quote(&checkpoint.display().to_string())),
        false => "--resume".to_owned(),
    });
    quoted.join(" ")
}

fn is_resume(word: &str) -> bool {
    word == "--resume" || word.starts_with("--resume=")
}

/// A word as a shell reads it back.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./=:,+@%~".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('~') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Refuses to replace a file that is something else, such as the scenario itself or a device of the system.
fn refuse_other(path: &Path, begins: &[u8; 8], kind: &str) -> Result<(), Failure> {
    // What is not there, is a folder or cannot be read is left to whoever writes it.
    let Ok(found) = std::fs::metadata(path) else { return Ok(()) };
    if found.is_dir() || (found.is_file() && (found.len() == 0 || begins_with(path, begins).unwrap_or(true)))
    {
        return Ok(());
    }
    let message = format!("{} exists and is no {kind}: it is not replaced", path.display());
    Err(Failure::with_help(Code::Output, message, Some("name another file, or remove this one".to_owned())))
}

/// Whether a file begins with these bytes; `None` where it cannot be read.
fn begins_with(path: &Path, begins: &[u8; 8]) -> Option<bool> {
    let mut found = Vec::new();
    File::open(path).ok()?.take(begins.len() as u64).read_to_end(&mut found).ok()?;
    Some(found == begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &[&str]) -> Vec<String> {
        text.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_run_goes_on_with_its_own_words() {
        let checkpoint = Path::new("a.h5.checkpoint");
        let first = words(&["crosspike", "run", "a.ron", "--set", "populations.output.leak=\"80 ms\""]);
        let expected = r#"crosspike run a.ron --set 'populations.output.leak="80 ms"' --resume"#;
        assert_eq!(resuming(&first, checkpoint), expected);
        let again = words(&["crosspike", "run", "--resume", "a.ron"]);
        assert_eq!(resuming(&again, checkpoint), "crosspike run a.ron --resume");
        let named = words(&["crosspike", "run", "a.ron", "--resume=old"]);
        assert_eq!(resuming(&named, checkpoint), "crosspike run a.ron --resume=a.h5.checkpoint");
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quote("scenarios/digits.ron"), "scenarios/digits.ron");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("~x"), "'~x'");
    }
}
