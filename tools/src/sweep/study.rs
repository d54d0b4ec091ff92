//! A study says which scenario is run with which changes, and what is kept of each run.

use std::path::{Path, PathBuf};

use crosspike::recorder::PhaseEntry;
use crosspike::scenario::{Named, Override};
use crosspike::units;
use serde::Deserialize;

use super::references::Reference;
use crate::exit::{Code, Failure};

/// A RON file: `Study(..)`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Study", deny_unknown_fields)]
pub(crate) struct Study {
    /// What it is to find out.
    pub(crate) question: String,
    /// The scenario, beside the study.
    pub(crate) scenario: String,
    /// Changes of all runs, `path=value`.
    #[serde(default)]
    pub(crate) set: Vec<String>,
    pub(crate) seeds: Seeds,
    /// Each run has one point of each axis.
    pub(crate) axes: Vec<Axis>,
    pub(crate) measures: Named<Measure>,
    #[serde(default)]
    pub(crate) figures: Vec<Figure>,
    #[serde(default)]
    pub(crate) references: Vec<Reference>,
}

/// Which seeds each point is run with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Seeds {
    /// 1 to this.
    First(u64),
    List(Vec<u64>),
}

/// What is varied.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Axis {
    /// One value of the scenario.
    List { name: String, path: String, values: Vec<String> },
    /// The same, evenly spaced or in equal ratios.
    Range {
        name: String,
        path: String,
        from: f64,
        to: f64,
        count: u32,
        #[serde(default)]
        geometric: bool,
        /// Behind each number; a whole number without it.
        #[serde(default)]
        unit: String,
    },
    /// Several values at once, each case with its name.
    Cases { name: String, cases: Vec<(String, Vec<String>)> },
}

/// What is kept of a run; each of a phase, by its number in the schedule from 0.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) enum Measure {
    /// Correct answers by images; the silent ones are wrong.
    Accuracy(usize),
    /// Correct answers by images that were answered: as those count who leave the silent ones out.
    AccuracyOfAnswered(usize),
    /// Silent images by images.
    Silent(usize),
    /// Spikes of the readout population by images.
    OutputSpikes(usize),
    /// J by images, of reads.
    ReadEnergy(usize),
    /// J by images, of program pulses.
    WriteEnergy(usize),
    /// Cells that programming missed, by cells.
    Missed(usize),
    /// The mean error of programming, as a part of the range.
    ProgramError(usize),
}

/// A figure: the mean of a measure over an axis, with its standard deviation over seeds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figure {
    /// The name of its file, without an ending.
    pub(crate) name: String,
    /// The axis along it; where one of its points is no number, each has a row, and the measure lies along them.
    pub(crate) x: String,
    /// The measure.
    pub(crate) y: String,
    /// The axis of which each point has a line.
    #[serde(default)]
    pub(crate) by: Option<String>,
    #[serde(default)]
    pub(crate) log_x: bool,
}

/// One point of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// As tables name it.
    pub(crate) name: String,
    /// As figures place it, where it is a number, in SI.
    pub(crate) number: Option<f64>,
    pub(crate) set: Vec<String>,
}

/// One run of a study.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// Its place on each axis.
    pub(crate) places: Vec<usize>,
    pub(crate) seed: u64,
    pub(crate) set: Vec<Override>,
}

impl Axis {
    pub(crate) fn name(&self) -> &str {
        let (Axis::List { name, .. } | Axis::Range { name, .. } | Axis::Cases { name, .. }) = self;
        name
    }

    /// Its points.
    pub(crate) fn ticks(&self) -> Vec<Tick> {
        match self {
            Axis::List { path, values, .. } => {
                let tick = |value: &String| Tick {
                    name: value.clone(),
                    number: number(value),
                    set: vec![format!("{path}={value}")],
                };
                values.iter().map(tick).collect()
            }
            Axis::Range { path, from, to, count, geometric, unit, .. } => {
                let tick = |k: u32| {
                    let part = if *count < 2 { 0.0 } else { f64::from(k) / f64::from(count - 1) };
                    let value =
                        if *geometric { from * (to / from).powf(part) } else { from + part * (to - from) };
                    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
                    let name =
                        if unit.is_empty() { format!("{rounded}") } else { format!("{rounded} {unit}") };
                    Tick { number: number(&name), set: vec![format!("{path}={name}")], name }
                };
                (0..*count).map(tick).collect()
            }
            Axis::Cases { cases, .. } => {
                let tick = |(name, set): &(String, Vec<String>)| Tick {
                    name: name.clone(),
                    number: number(name),
                    set: set.clone(),
                };
                cases.iter().map(tick).collect()
            }
        }
    }
}

/// The number of a text such as `0.5 ohm`, in SI.
fn number(text: &str) -> Option<f64> {
    let unit = text.split_once(' ').map_or("1", |(_, unit)| unit);
    let known = ["S", "ohm", "V", "A", "s", "Hz", "F"];
    text.parse()
        .ok()
        .or_else(|| known.iter().find_map(|known| units::parse(text, known).ok()).filter(|_| unit != "1"))
}

impl Measure {
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Measure::ReadEnergy(_) | Measure::WriteEnergy(_) => "J",
            _ => "1",
        }
    }

    /// What a run came to; NaN where the phase has no such thing.
    pub(crate) fn of(self, phases: &[PhaseEntry]) -> f64 {
        let (Measure::Accuracy(phase)
        | Measure::AccuracyOfAnswered(phase)
        | Measure::Silent(phase)
        | Measure::OutputSpikes(phase)
        | Measure::ReadEnergy(phase)
        | Measure::WriteEnergy(phase)
        | Measure::Missed(phase)
        | Measure::ProgramError(phase)) = self;
        let Some(entry) = phases.get(phase) else { return f64::NAN };
        let (images, programming) = (entry.images as f64, entry.programming.as_ref());
        let value = match self {
            Measure::Accuracy(_) => entry.accuracy,
            Measure::AccuracyOfAnswered(_) => {
                entry.accuracy.map(|_| entry.correct as f64 / (entry.images - entry.silent) as f64)
            }
            Measure::Silent(_) => entry.accuracy.map(|_| entry.silent as f64 / images),
            Measure::OutputSpikes(_) => Some(entry.output_spikes as f64 / images),
            Measure::ReadEnergy(_) => entry.energy.map(|[reads, _]| reads / images),
            Measure::WriteEnergy(_) => entry.energy.map(|[_, writes]| writes / images),
            Measure::Missed(_) => programming.map(|result| result.missed as f64 / result.cells as f64),
            Measure::ProgramError(_) => programming.map(|result| result.mean),
        };
        value.unwrap_or(f64::NAN)
    }
}

impl Study {
    /// Reads a study and checks that its parts fit together.
    pub(crate) fn read(file: &Path) -> Result<(Study, String), Failure> {
        let refused = |reason: String| Failure::new(Code::Scenario, format!("{}: {reason}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
        // An option is written without `Some`, as in scenarios.
        let options =
            ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let study: Study = options
            .from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| refused(error.to_string()))?;
        study.check().map_err(refused)?;
        Ok((study, text))
    }

    fn check(&self) -> Result<(), String> {
        if self.seeds().is_empty() {
            return Err("`seeds` holds no seed".to_owned());
        }
        if self.measures.iter().next().is_none() {
            return Err("`measures` is empty; nothing would be kept".to_owned());
        }
        let names = self.axes.iter().map(Axis::name).chain(self.measures.iter().map(|(name, _)| name));
        // They are names in HDF5 files, and of files.
        for name in names.chain(self.figures.iter().map(|figure| figure.name.as_str())) {
            if name.is_empty() || name == "." || name.contains(['/', '\0']) {
                return Err(format!(
                    "`{name}` is no name of an axis, a measure or a figure; expected a word without `/`"
                ));
            }
        }
        for (place, axis) in self.axes.iter().enumerate() {
            let ticks = axis.ticks();
            if ticks.is_empty() {
                return Err(format!("axis `{}` has no points", axis.name()));
            }
            if self.axes[..place].iter().any(|other| other.name() == axis.name()) {
                return Err(format!("two axes are called `{}`", axis.name()));
            }
            let is_twice = |tick: &Tick| ticks.iter().filter(|other| other.name == tick.name).count() > 1;
            if let Some(tick) = ticks.iter().find(|tick| is_twice(tick)) {
                return Err(format!("axis `{}` has `{}` twice", axis.name(), tick.name));
            }
            for text in ticks.iter().flat_map(|tick| &tick.set) {
                Override::parse(text).map_err(|error| format!("axis `{}`: {error}", axis.name()))?;
            }
        }
        for figure in &self.figures {
            let axis = |name: &str| {
                let names: Vec<&str> = self.axes.iter().map(Axis::name).collect();
                let found = self.axes.iter().find(|axis| axis.name() == name);
                found.ok_or_else(|| {
                    format!(
                        "figure `{}`: there is no axis `{name}`; there are {}",
                        figure.name,
                        names.join(", ")
                    )
                })
            };
            let no_number = axis(&figure.x)?.ticks().into_iter().find(|tick| tick.number.is_none());
            if let (true, Some(tick)) = (figure.log_x, no_number) {
                return Err(format!(
                    "figure `{}`: `log_x` needs numbers, but `{}` on the axis `{}` is none",
                    figure.name, tick.name, figure.x
                ));
            }
            figure.by.as_deref().map(axis).transpose()?;
            if self.measures.get(&figure.y).is_none() {
                return Err(format!("figure `{}`: there is no measure `{}`", figure.name, figure.y));
            }
        }
        self.references.iter().try_for_each(|reference| reference.check(self))?;
        self.set
            .iter()
            .try_for_each(|text| Override::parse(text).map(drop).map_err(|error| format!("`set`: {error}")))
    }

    pub(crate) fn seeds(&self) -> Vec<u64> {
        match &self.seeds {
            Seeds::First(last) => (1..=*last).collect(),
            Seeds::List(seeds) => seeds.clone(),
        }
    }

    /// The scenario's file.
    pub(crate) fn scenario_file(&self, study: &Path) -> PathBuf {
        study.parent().unwrap_or(Path::new("")).join(&self.scenario)
    }

    /// All runs: the first axis slowest, seeds fastest.
    pub(crate) fn points(&self) -> Vec<Point> {
        let axes: Vec<Vec<Tick>> = self.axes.iter().map(Axis::ticks).collect();
        let mut places = vec![Vec::new()];
        for axis in &axes {
            let longer = |places: &Vec<usize>| {
                (0..axis.len()).map(|tick| [&places[..], &[tick]].concat()).collect::<Vec<_>>()
            };
            places = places.iter().flat_map(longer).collect();
        }
        let seeds = self.seeds();
        let point = |places: &Vec<usize>, seed: u64| {
            let ticks = places.iter().zip(&axes).flat_map(|(tick, axis)| &axis[*tick].set);
            // They were parsed when the study was read.
            let set = self.set.iter().chain(ticks).filter_map(|text| Override::parse(text).ok());
            let set = set.chain([Override::new("seed", seed.to_string())]).collect();
            Point { places: places.clone(), seed, set }
        };
        places.iter().flat_map(|places| seeds.iter().map(move |seed| point(places, *seed))).collect()
    }
}
