//! Checks of the schedule.

use super::Check;
use crate::scenario::error::advice;
use crate::scenario::schema::{Between, Dataset, Encoder, Phase, Population, Run, Transfer};
use crate::units::Span;

/// The most spikes of a pixel in one presentation.
const MOST_SPIKES: f64 = 1e5;

/// What the phases with images have in common.
struct Images<'a> {
    split: &'a str,
    images: Option<usize>,
    raw: Option<usize>,
    present: Span,
    between: Between,
}

impl Check<'_> {
    pub(super) fn schedule(&mut self) {
        if self.scenario.schedule.is_empty() {
            self.refuse(
                "schedule",
                "the schedule has no phase",
                "add for example `Run(duration: \"1 s\")`".to_owned(),
            );
        }
        let mut labelled = false;
        let mut transferred = Vec::new();
        for (index, phase) in self.scenario.schedule.iter().enumerate() {
            let path = format!("schedule[{index}]");
            self.phase(&path, phase, &mut labelled);
            self.after_transfers(&path, phase, &transferred);
            if let Phase::Transfer(transfer) = phase {
                transferred.push(transfer.projection.as_str());
            }
        }
    }

    /// Refuses phases in which an array would change to which conductances were transferred.
    fn after_transfers(&mut self, path: &str, phase: &Phase, transferred: &[&str]) {
        let learns = matches!(phase, Phase::Train(_) | Phase::Run(Run { learning: true, .. }));
        let projections = self.scenario.projections.iter();
        let mut plastic = projections.filter(|(_, p)| p.plasticity.is_some()).map(|(name, _)| name);
        let changed = match phase {
            Phase::Program(program) => {
                transferred.contains(&program.projection.as_str()).then_some("programs")
            }
            _ if learns && plastic.any(|name| transferred.contains(&name)) => Some("changes"),
            _ => None,
        };
        if let Some(verb) = changed {
            let message = format!("this phase {verb} an array to which conductances were transferred");
            let help = "put it before the first `Transfer(...)` of this projection, or let nothing learn";
            self.refuse(path, message, help.to_owned());
        }
    }

    fn transfer(&mut self, path: &str, transfer: &Transfer) {
        self.recorded_crossbar(&format!("{path}.projection"), &transfer.projection);
        if let Some(voltage) = transfer.at {
            self.positive(&format!("{path}.at"), voltage);
        }
        let path = format!("{path}.crossbar");
        let new = &transfer.crossbar;
        self.crossbar(&path, new);
        if let Some(projection) = self.scenario.projections.get(&transfer.projection) {
            self.mean_image(&path, new, projection);
        }
        if new.initial.is_some() {
            let message = "the array of a transfer starts at the conductances of the projection";
            self.refuse(&format!("{path}.initial"), message, "leave `initial` out".to_owned());
        }
        let projection = self.scenario.projections.get(&transfer.projection);
        let Some(old) = projection.and_then(|projection| projection.crossbar.as_ref()) else { return };
        let coalesce = |interval: Option<Span>| interval.map_or("none".to_owned(), |span| span.to_string());
        for (field, found, expected) in [
            ("signed", new.signed.to_string(), old.signed.to_string()),
            ("read.width", new.read.width.to_string(), old.read.width.to_string()),
            ("read.coalesce", coalesce(new.read.coalesce), coalesce(old.read.coalesce)),
        ] {
            let rule = format!("that of projection `{}`: {expected}", transfer.projection);
            self.rule(found == expected, &format!("{path}.{field}"), found, &rule);
        }
    }

    fn phase(&mut self, path: &str, phase: &Phase, labelled: &mut bool) {
        if let Some(images) = images_of(phase) {
            self.images(path, &images);
        }
        match phase {
            Phase::Run(run) => self.positive(&format!("{path}.duration"), run.duration),
            Phase::Train(train) => {
                self.positive_count(&format!("{path}.epochs"), train.epochs as u64);
                if train.label {
                    self.needs_readout(&format!("{path}.label"), "a training phase with `label: true`");
                    *labelled = true;
                }
            }
            Phase::Program(program) => self.program(path, program),
            Phase::Wait(wait) => self.positive(&format!("{path}.duration"), wait.duration),
            Phase::Transfer(transfer) => self.transfer(path, transfer),
            Phase::Label(_) => {
                self.needs_readout(path, "a labelling phase");
                *labelled = true;
            }
            Phase::Test(_) => {
                self.needs_readout(path, "a test phase");
                if !*labelled {
                    let help = "put a `Label(...)` phase or a `Train(..., label: true)` phase before it";
                    self.refuse(path, "no neuron has a label when this test starts", help.to_owned());
                }
            }
        }
    }

    /// Refuses presentations in which a pixel could send more spikes than memory is for.
    fn spikes_per_pixel(&mut self, path: &str, present: Span) {
        for (name, population) in self.scenario.populations.iter() {
            let spikes = match population {
                Population::Encoder(Encoder::Poisson { rate } | Encoder::Regular { rate, .. }) => {
                    rate.si() * present.si()
                }
                Population::Encoder(Encoder::Bernoulli { step, .. } | Encoder::Amplitude { step, .. }) => {
                    present.si() / step.si()
                }
                _ => 0.0,
            };
            if spikes > MOST_SPIKES {
                let message = format!(
                    "present is {present}: a pixel of `{name}` sends up to {spikes:.1e} spikes in it"
                );
                let help =
                    format!("at most {MOST_SPIKES:e}: show images for a shorter time, or encode more slowly");
                self.refuse(&format!("{path}.present"), message, help);
            }
        }
    }

    fn needs_readout(&mut self, path: &str, what: &str) {
        if self.scenario.readout.is_none() {
            let help = "add `readout: (population: ...)`".to_owned();
            self.refuse(path, format!("{what} needs a readout"), help);
        }
    }

    fn images(&mut self, path: &str, phase: &Images<'_>) {
        self.positive(&format!("{path}.present"), phase.present);
        if let Between::Rest(rest) = phase.between {
            self.rule(
                rest.si() > 0.0,
                &format!("{path}.between"),
                format!("Rest({rest})"),
                "longer than zero",
            );
        }
        self.spikes_per_pixel(path, phase.present);
        for (field, count) in [("images", phase.images), ("raw", phase.raw)] {
            if let Some(count) = count {
                self.positive_count(&format!("{path}.{field}"), count as u64);
            }
        }
        if phase.images.is_some() && phase.raw.is_some() {
            let help = "`images` counts those shown, `raw` those passed over: give one".to_owned();
            self.refuse(&format!("{path}.raw"), "this phase has both `images` and `raw`", help);
        }
        match &self.scenario.dataset {
            None => {
                let help = "add for example `dataset: Digits()`".to_owned();
                self.refuse(path, "this phase shows images, but there is no dataset", help);
            }
            Some(dataset) => self.split(&format!("{path}.split"), phase.split, dataset),
        }
        if !self.encoder_exists() {
            let help = "add a population such as Encoder(Poisson(rate: \"60 Hz\"))".to_owned();
            self.refuse(path, "this phase shows images, but no population encodes them", help);
        }
    }

    fn split(&mut self, path: &str, split: &str, dataset: &Dataset) {
        let splits: Vec<&str> = match dataset {
            Dataset::Digits { .. } => vec!["train", "test"],
            Dataset::Idx { splits, .. } => splits.names().collect(),
            Dataset::Csv { splits, .. } => splits.names().collect(),
        };
        // A dataset without splits is refused for itself.
        if !splits.is_empty() && !splits.contains(&split) {
            let message = format!("the dataset has no split `{split}`");
            self.refuse(path, message, advice(split, splits.into_iter()));
        }
    }
}

fn images_of(phase: &Phase) -> Option<Images<'_>> {
    macro_rules! images {
        ($phase:expr) => {
            Some(Images {
                split: &$phase.split,
                images: $phase.images,
                raw: $phase.raw,
                present: $phase.present,
                between: $phase.between,
            })
        };
    }
    match phase {
        Phase::Train(train) => images!(train),
        Phase::Label(label) => images!(label),
        Phase::Test(test) => images!(test),
        Phase::Run(_) | Phase::Program(_) | Phase::Wait(_) | Phase::Transfer(_) => None,
    }
}
