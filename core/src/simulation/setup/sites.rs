//! The arrays that a scenario describes, with the device models that stand in their cells: that of each projection, and that
//! of each Transfer phase.

use std::sync::Arc;

use super::{SetupError, access, device_error};
use crate::crossbar::Access;
use crate::device::{Device, Models};
use crate::scenario::schema::{Crossbar, Phase, Plasticity, Projection, Pulses, Write};
use crate::scenario::{Parsed, ScenarioError};

/// An array of a scenario.
pub(super) struct Site<'a> {
    /// Where its crossbar is in the scenario.
    pub(super) path: String,
    /// The number of its projection.
    pub(super) projection: usize,
    pub(super) name: &'a str,
    pub(super) words: &'a Projection,
    pub(super) crossbar: &'a Crossbar,
    /// The phase that brings it; none for the array with which a projection begins.
    pub(super) phase: Option<usize>,
    pub(super) device: Arc<Device>,
    /// None where cells are passive.
    pub(super) access: Option<Access>,
}

impl Site<'_> {
    /// What keys the random numbers of the array: each is a chip of its own.
    pub(super) fn number(&self, parsed: &Parsed) -> u32 {
        let number = self.phase.map_or(self.projection, |phase| parsed.scenario.projections.len() + phase);
        number as u32
    }

    /// The rule that changes it; none after a transfer.
    pub(super) fn plasticity(&self) -> Option<&Plasticity> {
        self.words.plasticity.as_ref().filter(|_| self.phase.is_none())
    }

    /// The pulses by which a rule writes it.
    pub(super) fn pulses(&self) -> Option<Pulses> {
        match self.plasticity() {
            Some(Plasticity::Window { write: Write::Pulses(pulses), .. }) => Some(*pulses),
            _ => None,
        }
    }

    /// Whether its devices differ from each other or from write to write.
    pub(super) fn varies(&self) -> bool {
        !self.crossbar.variation.is_empty()
    }

    /// Its name in a warning.
    pub(super) fn said(&self) -> String {
        match self.phase {
            None => format!("projection `{}`", self.name),
            Some(phase) => format!("projection `{}`, after phase {}", self.name, phase + 1),
        }
    }
}

/// The array with which a projection begins; none where it has none.
pub(super) fn own<'s, 'a>(sites: &'s [Site<'a>], projection: usize) -> Option<&'s Site<'a>> {
    sites.iter().find(|site| site.phase.is_none() && site.projection == projection)
}

/// All arrays of a scenario: those of its projections in their order, then those of its transfers.
pub(super) fn sites<'a>(parsed: &'a Parsed, models: &Models) -> Result<Vec<Site<'a>>, SetupError> {
    let scenario = &parsed.scenario;
    let (mut sites, mut errors) = (Vec::new(), Vec::new());
    let mut add = |path: String, projection: usize, crossbar: &'a Crossbar, phase: Option<usize>| {
        let Some((name, words)) = scenario.projections.iter().nth(projection) else { return };
        match (device(parsed, models, &path, crossbar), access(parsed, models, &path, crossbar)) {
            (Ok(device), Ok(access)) => {
                sites.push(Site { path, projection, name, words, crossbar, phase, device, access });
            }
            (device, access) => errors.extend(device.err().into_iter().chain(access.err())),
        }
    };
    for (number, (name, projection)) in scenario.projections.iter().enumerate() {
        if let Some(crossbar) = &projection.crossbar {
            add(format!("projections.{name}.crossbar"), number, crossbar, None);
        }
    }
    for (number, phase) in scenario.schedule.iter().enumerate() {
        if let Phase::Transfer(transfer) = phase
            && let Some(projection) = scenario.projections.index_of(&transfer.projection)
        {
            add(format!("schedule[{number}].crossbar"), projection, &transfer.crossbar, Some(number));
        }
    }
    if errors.is_empty() { Ok(sites) } else { Err(SetupError::Device(parsed.refuse(errors))) }
}

fn device(
    parsed: &Parsed,
    models: &Models,
    path: &str,
    crossbar: &Crossbar,
) -> Result<Arc<Device>, ScenarioError> {
    let (model, parameters) = &crossbar.device;
    let values: Vec<_> = parameters.iter().map(|(name, value)| (name, value.clone())).collect();
    let device = models.find(model).and_then(|model| model.device(&values));
    device.map(Arc::new).map_err(|error| device_error(parsed, &format!("{path}.device"), &error))
}

fn access(
    parsed: &Parsed,
    models: &Models,
    path: &str,
    crossbar: &Crossbar,
) -> Result<Option<Access>, ScenarioError> {
    access::access(parsed, models, &format!("{path}.cell"), &crossbar.cell)
}
