//! Setup turns a parsed scenario into a simulation: data, device models, network, blocks, arrays.

mod access;
mod arrays;
mod layout;
mod phases;
mod programs;
mod sites;
mod tables;
mod transfers;

use super::instance::Instance;
use super::plan::SeedPlan;
use super::{Order, Position, Simulation, Tally};
use crate::crossbar::{Access, ReadCounts};
use crate::dataset::{Images, Resolver};
use crate::device::{Device, DeviceError, Models};
use crate::network::Network;
use crate::readout::{Responses, Score};
use crate::scenario::schema::{self, ParameterValue, Phase, Scenario, Selector};
use crate::scenario::{Named, Parsed, ScenarioError, ScenarioErrors};
use sites::Site;

/// What a simulation needs beside its scenario.
#[derive(Debug)]
pub struct Options {
    /// Where relative paths of the scenario are looked for, in this order: the folder of the scenario, then others.
    pub data: Resolver,
    /// Where device models are looked for.
    pub models: Models,
    /// How many threads work; at least 1. It changes no byte of the result.
    pub threads: usize,
    /// The `--set` texts, for the provenance.
    pub overrides: Vec<String>,
}

/// Why a scenario cannot run, by stage.
#[derive(Debug)]
pub enum SetupError {
    /// The network does not fit together.
    Network(ScenarioErrors),
    /// A file of data cannot be used.
    Data(ScenarioErrors),
    /// A device model or its parameters cannot be used.
    Device(ScenarioErrors),
}

impl SetupError {
    /// The report, with places in the scenario.
    pub fn report(self) -> ScenarioErrors {
        match self {
            SetupError::Network(errors) | SetupError::Data(errors) | SetupError::Device(errors) => errors,
        }
    }
}

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SetupError::Network(errors) | SetupError::Data(errors) | SetupError::Device(errors) => {
                errors.fmt(f)
            }
        }
    }
}

impl std::error::Error for SetupError {}

pub use arrays::array_of;

pub(super) fn build(parsed: &Parsed, options: &Options) -> Result<Simulation, SetupError> {
    let scenario = &parsed.scenario;
    let (names, splits) = load_splits(parsed, options)?;
    let network = Network::new(scenario, splits.first().map(Images::pixel_count)).map_err(|errors| {
        let errors = errors.into_iter().map(|e| parsed.error_at(&e.path, e.message, Some(e.help)));
        SetupError::Network(parsed.refuse(errors.collect()))
    })?;
    let sites = sites::sites(parsed, &options.models)?;
    let seeds = seeds(scenario);
    let blocks = network.blocks();
    let phases = phases::phases(parsed, &names, &splits)?;
    let mut plan = tables::plan(scenario, network, &blocks, splits, phases, seeds, &sites);
    let arrays = arrays::arrays(parsed, &plan, &sites, options)?;
    programs::add_programs(parsed, &mut plan, &arrays, options)?;
    transfers::add_transfers(parsed, &mut plan, &sites, options)?;
    let mut warnings = plan.network.lints(scenario);
    warnings.extend(layout::frozen_levels(&sites));
    warnings.extend(layout::vain_pulses(&sites));
    warnings.extend(layout::vain_trains(scenario, &sites));
    warnings.extend(layout::beyond_validity(scenario, &sites));
    warnings.extend(layout::disturbing_reads(&sites));
    let layout = layout::layout(parsed, &plan, &arrays, &sites, options);
    let tally = Tally {
        responses: Responses::new(layout::readout_count(&plan), plan.classes.len()),
        labels: None,
        score: Score::new(plan.classes.len()),
        input_spikes: 0,
        output_spikes: 0,
        reads: vec![ReadCounts::default(); plan.arrays.len()],
    };
    let threads = options.threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        let help = Some("use fewer --threads".into());
        let message = format!("cannot start {threads} threads: {error}");
        SetupError::Network(parsed.refuse(vec![parsed.error_at("", message, help)]))
    })?;
    Ok(Simulation {
        instance: Instance::new(&plan, &arrays),
        layout,
        warnings,
        arrays,
        position: Position::default(),
        tally,
        programming: None,
        transferred: vec![None; plan.arrays.len()],
        results: Vec::new(),
        order: Order::default(),
        threads,
        pool,
        plan,
    })
}

/// Loads every split that the schedule names; returns their names beside them.
fn load_splits(parsed: &Parsed, options: &Options) -> Result<(Vec<String>, Vec<Images>), SetupError> {
    let Some(dataset) = &parsed.scenario.dataset else { return Ok((Vec::new(), Vec::new())) };
    let mut names: Vec<String> = Vec::new();
    for phase in &parsed.scenario.schedule {
        let name = match phase {
            Phase::Train(phase) => &phase.split,
            Phase::Label(phase) => &phase.split,
            Phase::Test(phase) => &phase.split,
            Phase::Run(_) | Phase::Program(_) | Phase::Wait(_) | Phase::Transfer(_) => continue,
        };
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let load = |name: &String| {
        Images::load(dataset, name, &options.data).map_err(|error| {
            let path = format!("dataset.splits.{name}");
            SetupError::Data(parsed.refuse(vec![parsed.error_at(&path, error.to_string(), error.help())]))
        })
    };
    let splits = names.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    Ok((names, splits))
}

/// Paths and values of the device parameters that a scenario leaves to the defaults of its models, for
/// [`Parsed::explain`].
pub fn device_defaults(parsed: &Parsed, models: &Models) -> Result<Vec<(String, String)>, SetupError> {
    Ok(left_out(&sites::sites(parsed, models)?))
}

fn left_out(sites: &[Site<'_>]) -> Vec<(String, String)> {
    let mut defaults = Vec::new();
    for Site { path, crossbar, device, access, .. } in sites {
        left_out_of(device, &crossbar.device.1, &format!("{path}.device"), &mut defaults);
        if let (Some(device), schema::Access::Selector(Selector::Model { device: (_, given), .. })) =
            (access.as_ref().and_then(Access::device), &crossbar.cell)
        {
            left_out_of(device, given, &format!("{path}.cell.device"), &mut defaults);
        }
    }
    defaults
}

fn left_out_of(
    device: &Device,
    given: &Named<ParameterValue>,
    path: &str,
    defaults: &mut Vec<(String, String)>,
) {
    for (parameter, value) in device.resolved().iter().filter(|(parameter, _)| given.get(parameter).is_none())
    {
        let value = match value.as_str() {
            "not given" => "none".to_string(),
            number if number.parse::<f64>().is_ok() => number.to_string(),
            text => format!("\"{text}\""),
        };
        defaults.push((format!("{path}.{parameter}"), value));
    }
}

/// An error of the device at `device`.
fn device_error(parsed: &Parsed, device: &str, error: &DeviceError) -> ScenarioError {
    let path = error.parameter().map_or(device.to_owned(), |parameter| format!("{device}.{parameter}"));
    let help = match error {
        DeviceError::NotFound { .. } => {
            "`crosspike device list` shows the models there are; `--plugin-dir DIR` adds a folder".to_string()
        }
        DeviceError::Parameter { model, .. } | DeviceError::Refused { model, .. } => {
            format!("`crosspike device describe {model}` shows every parameter with its unit and range")
        }
        DeviceError::File { .. } | DeviceError::Table { .. } => {
            "ask the author of the plug-in for one that is built for this version of Crosspike".to_string()
        }
    };
    parsed.error_at(&path, error.to_string(), Some(help))
}

fn seeds(scenario: &Scenario) -> SeedPlan {
    let base = scenario.seed;
    SeedPlan {
        network: scenario.seeds.network.unwrap_or(base),
        device: scenario.seeds.device.unwrap_or(base),
        encoder: scenario.seeds.encoder.unwrap_or(base),
        order: scenario.seeds.order.unwrap_or(base),
    }
}
