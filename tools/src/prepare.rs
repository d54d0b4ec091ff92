//! To prepare is to read a scenario's file and to make it ready to run.

use std::path::{Path, PathBuf};

use crosspike::dataset::Resolver;
use crosspike::device::Models;
use crosspike::scenario::{Override, Parsed, Scenario};
use crosspike::simulation::{self, Options, Simulation};

use crate::cli::{PluginArguments, ScenarioArguments, SearchArguments};
use crate::exit::{Code, Failure};

/// Reads and checks a scenario's text and the device files that it names.
fn parse(arguments: &ScenarioArguments, files: &Resolver) -> Result<Parsed, Failure> {
    let file = &arguments.file;
    let text = std::fs::read_to_string(file).map_err(|error| {
        let help = file.is_dir().then(|| "name a scenario inside this folder".to_owned());
        Failure::with_help(
            Code::Scenario,
            format!("cannot read the scenario {}: {error}", file.display()),
            help.or_else(|| neighbours(file)),
        )
    })?;
    let name = file.display().to_string();
    Ok(Scenario::parse_with(&name, &text, &overrides(arguments), &|name| files.text(name))?)
}

/// The folders in which the files of a scenario are looked for.
fn files(scenario: &ScenarioArguments, data: &[PathBuf]) -> Resolver {
    Resolver { directories: std::iter::once(folder(&scenario.file)).chain(data.iter().cloned()).collect() }
}

/// The scenarios that could be meant by a name that is not there.
fn neighbours(file: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder(file)).ok()?;
    let names = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut names: Vec<String> = names
        .filter(|path| path.extension().is_some_and(|end| end == "ron"))
        .map(|path| path.strip_prefix(".").unwrap_or(&path).display().to_string())
        .collect();
    names.sort_unstable();
    names.truncate(10);
    (!file.exists() && !names.is_empty()).then(|| format!("there are {}", names.join(", ")))
}

/// The `--set`s, then the `--seed`.
fn overrides(arguments: &ScenarioArguments) -> Vec<Override> {
    let seed = arguments.seed.map(|seed| Override::new("seed", seed.to_string()));
    arguments.set.iter().cloned().chain(seed).collect()
}

/// Loads data and device models and builds the network.
pub(crate) fn simulation(
    scenario: &ScenarioArguments,
    search: &SearchArguments,
    threads: usize,
) -> Result<(Parsed, Simulation), Failure> {
    let files = files(scenario, &search.data);
    let parsed = parse(scenario, &files)?;
    let text = |change: &Override| format!("{}={}", change.path(), change.value());
    let options = Options {
        data: files,
        models: models(&search.plugins)?,
        threads,
        overrides: overrides(scenario).iter().map(text).collect(),
    };
    let simulation = Simulation::new(&parsed, &options)?;
    Ok((parsed, simulation))
}

/// The whole scenario with the defaults of the schema and of its device models.
pub(crate) fn explanation(scenario: &ScenarioArguments, search: &SearchArguments) -> Result<String, Failure> {
    let parsed = parse(scenario, &files(scenario, &search.data))?;
    let defaults = simulation::device_defaults(&parsed, &models(&search.plugins)?).unwrap_or_else(|error| {
        // A scenario can be explained where its models are not installed.
        let reasons: Vec<String> = error.report().errors.iter().map(ToString::to_string).collect();
        tracing::warn!("the defaults of device models are not shown: {}", reasons.join("; "));
        Vec::new()
    });
    Ok(parsed.explain(&defaults))
}

/// The device models that can be found from this program.
pub(crate) fn models(plugins: &PluginArguments) -> Result<Models, Failure> {
    let program = std::env::current_exe().map_err(|error| {
        Failure::new(Code::Unexpected, format!("cannot tell where this program lies: {error}"))
    })?;
    Ok(Models::standard(&plugins.plugin_dir, &program))
}

/// The folder of a file.
pub(crate) fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
