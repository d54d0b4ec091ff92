//! A checkpoint is everything that moves, in one file: a run that is resumed from it writes the same bytes as one that
//! was never interrupted.
//!
//! # The file
//!
//! `CSPKCKPT`, format number (u32, little endian), SHA-256 of the rest, then the state in the `postcard` encoding. It is
//! written beside its final place, synchronised, and renamed, so that a complete checkpoint is there at every moment.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::instance::Instance;
use super::plan::PhasePlan;
use super::{Position, Simulation, Tally};
use crate::crossbar::{Array, ArrayCells, ArrayFault, Programming, Wiring};
use crate::kernel::BlockState;
use crate::recorder::{PhaseEntry, Rows};

const MAGIC: &[u8; 8] = b"CSPKCKPT";
const FORMAT: u32 = 5;
const HASH_LENGTH: usize = 32;

/// Everything that moves in a run, at an instant between two steps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    identity: Identity,
    position: Position,
    states: Vec<BlockState>,
    /// Of the readers: blocks, arrays, tiles.
    solves: Vec<Vec<Vec<u32>>>,
    cells: Vec<Vec<ArrayCells>>,
    tally: Tally,
    programming: Option<Programming>,
    transferred: Vec<Option<Vec<f64>>>,
    results: Vec<PhaseEntry>,
    rows: Rows,
}

/// What a checkpoint belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    program_version: String,
    /// The scenario with all its defaults, line by line.
    scenario: String,
    /// Projection, model, SHA-256 of its library.
    models: Vec<(String, String, String)>,
    /// SHA-256 of the images of each split.
    images: Vec<String>,
    /// SHA-256 of the targets of each Program phase.
    targets: Vec<String>,
    /// Projection, SHA-256 of the segments of its wires that come from files.
    segments: Vec<(String, String)>,
}

/// Why a run cannot be written down or continued.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be written.
    #[error("{path}: cannot write the checkpoint: {reason}; the run can go on, but not be resumed from here")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file cannot be read.
    #[error("{path}: cannot read the checkpoint: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file is something else, or a damaged checkpoint.
    #[error("{path}: {what}; expected a complete checkpoint of format {FORMAT} as `crosspike run` writes it")]
    Malformed {
        /// The file.
        path: String,
        /// What was found.
        what: String,
    },
    /// The checkpoint belongs to another run.
    #[error(
        "{path}: the checkpoint belongs to another run: {difference}; resume with what it was made from, or start anew without --resume"
    )]
    Different {
        /// The file.
        path: String,
        /// The first difference.
        difference: String,
    },
    /// A device model does not accept its own state.
    #[error(transparent)]
    Array(#[from] ArrayFault),
}

impl Simulation {
    /// Writes down everything that moves. `rows` is what the recorder has committed at this instant.
    ///
    /// After an error the file that was there before is still there.
    pub fn write_checkpoint(&self, path: &Path, rows: &Rows) -> Result<(), CheckpointError> {
        let checkpoint = Checkpoint {
            identity: self.identity(),
            position: self.position,
            states: self.instance.states.clone(),
            solves: self.instance.solves(&self.arrays),
            cells: self.arrays.iter().map(|set| set.iter().map(Array::cells).cloned().collect()).collect(),
            tally: self.tally.clone(),
            programming: self.programming.clone(),
            transferred: self.transferred.clone(),
            results: self.results.clone(),
            rows: rows.clone(),
        };
        let unwritable =
            |reason: String| CheckpointError::Unwritable { path: path.display().to_string(), reason };
        let body = postcard::to_stdvec(&checkpoint).map_err(|error| unwritable(error.to_string()))?;
        replace(path, &body).map_err(|error| unwritable(error.to_string()))
    }

    /// Continues from a checkpoint of the same scenario, program and device models. Returns what the recorder had
    /// committed. After an error the simulation is as it was, except after [`CheckpointError::Array`].
    pub fn resume(&mut self, path: &Path) -> Result<Rows, CheckpointError> {
        let checkpoint = read(path)?;
        if let Some(difference) = difference(&checkpoint.identity, &self.identity()) {
            return Err(CheckpointError::Different { path: path.display().to_string(), difference });
        }
        self.position = checkpoint.position;
        self.place_transferred();
        for (arrays, cells) in self.arrays.iter_mut().zip(checkpoint.cells) {
            for (array, cells) in arrays.iter_mut().zip(cells) {
                array.restore(cells)?;
            }
        }
        self.instance = Instance::new(&self.plan, &self.arrays);
        self.instance.restore(checkpoint.states, &checkpoint.solves);
        self.tally = checkpoint.tally;
        self.programming = checkpoint.programming;
        self.transferred = checkpoint.transferred;
        self.results = checkpoint.results;
        if let (Some(start), Some(phase)) =
            (self.position.under_way, self.plan.phases.get(self.position.phase).cloned())
        {
            self.shuffle(&phase);
            let pixels = self.pixels(&phase, self.position.shown);
            let presentation = self.presentation(&phase, start, pixels.as_deref());
            self.instance.load_inputs(&self.plan, &presentation);
        }
        Ok(checkpoint.rows)
    }

    fn identity(&self) -> Identity {
        let provenance = &self.layout.provenance;
        let models = provenance.models.iter();
        let transfers = self.plan.phases.iter().filter_map(PhasePlan::transfer).map(|plan| &plan.array);
        let plans = self.arrays.iter().flatten().chain(transfers).map(Array::plan);
        let segments = plans.filter_map(|plan| {
            plan.wires.as_ref().and_then(Wiring::sha256).map(|hash| (plan.projection.clone(), hash))
        });
        Identity {
            program_version: provenance.program_version.clone(),
            scenario: provenance.resolved.clone(),
            models: models.map(|m| (m.projection.clone(), m.name.clone(), m.sha256.clone())).collect(),
            images: self.plan.split_hashes.clone(),
            targets: self.plan.target_hashes(),
            segments: segments.collect(),
        }
    }
}

/// Writes a file beside `path`, makes sure that it is on the disk, and puts it in place.
fn replace(path: &Path, body: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".partial");
    let mut file = File::create(&beside)?;
    file.write_all(MAGIC)?;
    file.write_all(&FORMAT.to_le_bytes())?;
    file.write_all(&Sha256::digest(body))?;
    file.write_all(body)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

fn read(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let name = || path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|error| CheckpointError::Unreadable { path: name(), reason: error.to_string() })?;
    let malformed = |what: String| CheckpointError::Malformed { path: name(), what };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| malformed("this is not a checkpoint".into()))?;
    let (format, rest) =
        rest.split_first_chunk::<4>().ok_or_else(|| malformed("the file is cut short".into()))?;
    let format = u32::from_le_bytes(*format);
    if format != FORMAT {
        return Err(malformed(format!("this is a checkpoint of format {format}")));
    }
    let (hash, body) =
        rest.split_first_chunk::<HASH_LENGTH>().ok_or_else(|| malformed("the file is cut short".into()))?;
    if Sha256::digest(body).as_slice() != hash {
        return Err(malformed("the file is damaged or cut short (its checksum does not match)".into()));
    }
    postcard::from_bytes(body).map_err(|error| malformed(format!("the content cannot be decoded ({error})")))
}

/// The first difference between the run of a checkpoint and this one.
fn difference(then: &Identity, now: &Identity) -> Option<String> {
    if then.program_version != now.program_version {
        return Some(format!(
            "it was written by Crosspike {}, this is {}",
            then.program_version, now.program_version
        ));
    }
    if then.scenario != now.scenario {
        let (mut old, mut new) = (then.scenario.lines(), now.scenario.lines());
        loop {
            match (old.next(), new.next()) {
                (Some(a), Some(b)) if a == b => {}
                (a, b) => {
                    let text = |line: Option<&str>| {
                        line.map_or("nothing".into(), |line| format!("`{}`", line.trim()))
                    };
                    return Some(format!("its scenario says {}, this one says {}", text(a), text(b)));
                }
            }
        }
    }
    for (old, new) in then.models.iter().zip(&now.models) {
        if old != new {
            return Some(format!(
                "the library of device model `{}` (projection `{}`) had sha256 {}, now it has {}",
                new.1, new.0, old.2, new.2
            ));
        }
    }
    if let Some(split) = then.images.iter().zip(&now.images).position(|(old, new)| old != new) {
        return Some(format!("the images of its split number {split} were others than they are now"));
    }
    if let Some(phase) = then.targets.iter().zip(&now.targets).position(|(old, new)| old != new) {
        return Some(format!(
            "the targets of its Program phase number {phase} were others than they are now"
        ));
    }
    let (projection, _) = then.segments.iter().zip(&now.segments).find(|(old, new)| old != new)?.1;
    Some(format!("the files of segments of projection `{projection}` were others than they are now"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        let model = |hash: &str| ("synapses".to_owned(), "levels".to_owned(), hash.to_owned());
        Identity {
            program_version: "0.1.0".into(),
            scenario: "seed = 1\npopulations.n.count = 4  # given\n".into(),
            models: vec![model("a1b2")],
            images: vec!["c3".into(), "d4".into()],
            targets: vec!["e5".into()],
            segments: vec![("synapses".into(), "e5".into())],
        }
    }

    #[test]
    fn what_another_run_differs_in_is_named() {
        let then = identity();
        assert_eq!(difference(&then, &identity()), None);
        let said = |change: &dyn Fn(&mut Identity)| {
            let mut now = identity();
            change(&mut now);
            difference(&then, &now).unwrap()
        };
        assert_eq!(
            said(&|now| now.program_version = "0.2.0".into()),
            "it was written by Crosspike 0.1.0, this is 0.2.0"
        );
        assert_eq!(
            said(&|now| now.scenario = "seed = 1\npopulations.n.count = 5  # given\n".into()),
            "its scenario says `populations.n.count = 4  # given`, this one says `populations.n.count = 5  # given`"
        );
        assert_eq!(
            said(&|now| now.scenario = "seed = 1\n".into()),
            "its scenario says `populations.n.count = 4  # given`, this one says nothing"
        );
        assert_eq!(
            said(&|now| now.models[0].2 = "ffff".into()),
            "the library of device model `levels` (projection `synapses`) had sha256 a1b2, now it has ffff"
        );
        assert_eq!(
            said(&|now| now.images[1] = "d5".into()),
            "the images of its split number 1 were others than they are now"
        );
        assert_eq!(
            said(&|now| now.targets[0] = "e6".into()),
            "the targets of its Program phase number 0 were others than they are now"
        );
        assert_eq!(
            said(&|now| now.segments[0].1 = "f6".into()),
            "the files of segments of projection `synapses` were others than they are now"
        );
    }
}
