//! The layout of a run's record, and the warnings that its devices give rise to.

use super::Options;
use super::sites::{self, Site};
use crate::crossbar::{Access, Array, pulse_change};
use crate::device::Device;
use crate::plasticity::WindowRule;
use crate::recorder::{
    ArrayLayout, ImageLayout, Layout, ModelProvenance, PopulationLayout, ProjectionLayout, Provenance,
};
use crate::scenario::Parsed;
use crate::scenario::schema::{Phase, Plasticity, ProgramPulse, Scenario, Write};
use crate::simulation::plan::Plan;

/// Rules whose changes the devices can never follow, because nearest rounding swallows them. Nothing is said of devices that
/// vary: some of them may.
pub(super) fn frozen_levels(sites: &[Site<'_>]) -> Vec<String> {
    let mut warnings = Vec::new();
    for site in sites {
        let (Some(plasticity), Site { name, device, .. }) = (site.plasticity(), site) else { continue };
        let Plasticity::Window { write, .. } = plasticity;
        if *write != Write::Increment || site.varies() {
            continue;
        }
        let (low, high) = device.range();
        let (potentiation, depression) = WindowRule::new(plasticity, (low, high)).largest_changes();
        for (what, change) in [("potentiation", potentiation), ("depression", depression)] {
            if change > 0.0 && change < device.dead_zone() {
                let critical = (high - low) / (2.0 * change) + 1.0;
                warnings.push(format!(
                    "projection `{name}`: no {what} can ever move a cell: the rule asks for at most {}, and `{}` rounds \
                     everything below {} away; with equally spaced levels more than {critical:.1} are needed, or \
                     `rounding: \"stochastic\"` or `\"accumulate\"`",
                    crate::units::format(change, "S"),
                    device.model().name(),
                    crate::units::format(device.dead_zone(), "S"),
                ));
            }
        }
    }
    warnings
}

/// Program pulses that no device can feel; nothing is said of devices that vary. A device that fails here fails again in
/// the run, with its place.
pub(super) fn vain_pulses(sites: &[Site<'_>]) -> Vec<String> {
    let mut warnings = Vec::new();
    for site in sites {
        let (Some(pulses), Site { name, device, access, .. }) = (site.pulses(), site) else { continue };
        if site.varies() {
            continue;
        }
        for (what, pulse) in [("set", &pulses.set), ("reset", &pulses.reset)] {
            if (what == "reset" && site.crossbar.signed)
                || !matches!(pulse_change(device, access.as_ref(), pulse), Ok(0.0))
            {
                continue;
            }
            warnings.push(format!(
                "projection `{name}`: no {what} pulse can move a cell: `{}`{} keeps its conductance at {} for {}",
                device.model().name(),
                if access.is_some() { " behind its access element" } else { "" },
                pulse.voltage,
                pulse.width,
            ));
        }
    }
    warnings
}

/// Pulse trains of Program phases whose strongest pulse no device can feel; nothing is said of devices that vary.
pub(super) fn vain_trains(scenario: &Scenario, sites: &[Site<'_>]) -> Vec<String> {
    let mut warnings = Vec::new();
    for phase in &scenario.schedule {
        let Phase::Program(program) = phase else { continue };
        let number = scenario.projections.index_of(&program.projection);
        let Some(site) = number.and_then(|number| sites::own(sites, number)) else { continue };
        if site.varies() {
            continue;
        }
        for (what, train) in [("set", &program.set), ("reset", &program.reset)] {
            let pulse = ProgramPulse { voltage: train.voltage.1, width: train.width };
            if matches!(pulse_change(&site.device, site.access.as_ref(), &pulse), Ok(0.0)) {
                warnings.push(format!(
                    "projection `{}`: no {what} train can move a cell: `{}` keeps its conductance at {} for {}",
                    program.projection,
                    site.device.model().name(),
                    pulse.voltage,
                    pulse.width,
                ));
            }
        }
    }
    warnings
}

/// Voltages of reads and pulses beyond those for which the equations of a device are known to hold.
pub(super) fn beyond_validity(scenario: &Scenario, sites: &[Site<'_>]) -> Vec<String> {
    let mut warnings = Vec::new();
    for site in sites {
        let Site { name, device, crossbar, .. } = site;
        let mut volts = vec![("read pulse", crossbar.read.voltage)];
        if let Some(pulses) = site.pulses() {
            volts.extend([("set pulse", pulses.set.voltage), ("reset pulse", pulses.reset.voltage)]);
        }
        for phase in &scenario.schedule {
            if let Phase::Program(program) = phase
                && program.projection == *name
                && site.phase.is_none()
            {
                let (set, reset) = (program.set.voltage.1, program.reset.voltage.1);
                volts.extend([("strongest set pulse", set), ("strongest reset pulse", reset)]);
            }
        }
        let (lowest, highest) = device.valid_voltage();
        for (what, voltage) in volts.into_iter().filter(|(_, v)| !(lowest..=highest).contains(&v.si())) {
            let say = |volts: f64| crate::units::format(volts, "V");
            warnings.push(format!(
                "{}: the {what} puts up to {} on its devices; the equations of `{}` are known to hold \
                 from {} to {}",
                site.said(),
                say(voltage.si()),
                device.model().name(),
                say(lowest),
                say(highest),
            ));
        }
    }
    warnings
}

/// Read pulses that would move a cell of a non-volatile model if reads wrote: by more than a millionth of its range.
pub(super) fn disturbing_reads(sites: &[Site<'_>]) -> Vec<String> {
    let mut warnings = Vec::new();
    for site in sites {
        let Site { crossbar, device, access, .. } = site;
        let pulse = ProgramPulse { voltage: crossbar.read.voltage, width: crossbar.read.width };
        let (low, high) = device.range();
        let Ok(change) = pulse_change(device, access.as_ref(), &pulse) else { continue };
        // Three digits tell enough.
        let change = format!("{change:.2e}").parse().unwrap_or(change);
        if change > 1e-6 * (high - low) && !device.model().is_volatile() {
            warnings.push(format!(
                "{}: a read pulse of {} for {} would move a cell of `{}` by up to {}, but reads leave all \
                 cells as they are",
                site.said(),
                pulse.voltage,
                pulse.width,
                device.model().name(),
                crate::units::format(change, "S"),
            ));
        }
    }
    warnings
}

/// The number of neurons that answer.
pub(super) fn readout_count(plan: &Plan) -> usize {
    plan.readout.map_or(0, |readout| plan.network.population(readout.population).count)
}

pub(super) fn layout(
    parsed: &Parsed,
    plan: &Plan,
    arrays: &[Vec<Array>],
    sites: &[Site<'_>],
    options: &Options,
) -> Layout {
    let scenario = &parsed.scenario;
    let probe =
        |number: usize| plan.probes.iter().find(|p| p.population == number).map(|p| p.neurons.clone());
    let populations = plan.network.populations().enumerate().map(|(number, node)| PopulationLayout {
        name: node.name.clone(),
        count: node.count,
        spikes: plan.records_spikes[number],
        probe: probe(number),
    });
    let programs = || {
        scenario.schedule.iter().filter_map(|phase| match phase {
            Phase::Program(program) => Some(program),
            _ => None,
        })
    };
    let projections = plan.network.projections().enumerate().map(|(number, (source, target, edge))| {
        let record = scenario.record.conductance.get(&edge.name);
        let array = plan.arrays[number].map(|(block, place)| arrays[block][place].plan());
        let signed = array.is_some_and(|array| array.signed);
        let planes: &[&str] = if signed { &["g+", "g-"] } else { &["g"] };
        ProjectionLayout {
            name: edge.name.clone(),
            rows: plan.network.population(source).count,
            columns: plan.network.population(target).count,
            planes: planes.iter().map(ToString::to_string).collect(),
            key_frames: record.is_some(),
            changes: record.is_some_and(|record| record.changes),
            programming: programs().any(|program| program.projection == edge.name),
            array: array.map(|array| ArrayLayout {
                converts: sites.iter().any(|s| s.projection == number && s.crossbar.periphery.adc.is_some()),
                energy: array.energy,
            }),
        }
    });
    let models = sites.iter().flat_map(|site| {
        let selector = site.access.as_ref().and_then(Access::device);
        [Some(&site.device), selector].into_iter().flatten().map(|device| model(site, device))
    });
    let records_images = scenario.record.images && plan.phases.iter().any(|phase| phase.images.is_some());
    Layout {
        populations: populations.collect(),
        projections: projections.collect(),
        images: records_images.then(|| ImageLayout {
            readout: plan.readout.map(|readout| readout.population),
            neurons: readout_count(plan),
        }),
        classes: plan.classes.clone(),
        provenance: Provenance {
            program_version: env!("CARGO_PKG_VERSION").to_string(),
            scenario_name: file_name(parsed.name()),
            scenario_text: parsed.text().to_string(),
            resolved: parsed.explain(&super::left_out(sites)),
            overrides: options.overrides.clone(),
            seed: scenario.seed,
            models: models.collect(),
        },
    }
}

fn model(site: &Site<'_>, device: &Device) -> ModelProvenance {
    let parameters = device.resolved().iter().map(|(name, value)| format!("{name} = {value}"));
    ModelProvenance {
        projection: site.name.to_string(),
        phase: site.phase.map(|phase| phase as u32),
        name: device.model().name().to_string(),
        version: device.model().version().to_string(),
        file: device.model().file().file_name().unwrap_or_default().to_string_lossy().into_owned(),
        sha256: device.model().sha256().to_string(),
        parameters: parameters.collect::<Vec<_>>().join("\n"),
    }
}

/// The name of a file without its folders: the same run from another folder records the same bytes.
fn file_name(path: &str) -> String {
    std::path::Path::new(path).file_name().map_or(path.into(), |name| name.to_string_lossy().into_owned())
}
