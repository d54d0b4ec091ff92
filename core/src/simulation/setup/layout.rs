//! The layout of a run's record, and the warnings that its devices give rise to.

use super::{Devices, Options, access};
use crate::crossbar::{Access, Array, pulse_change};
use crate::device::Device;
use crate::plasticity::WindowRule;
use crate::recorder::{
    ArrayLayout, ImageLayout, Layout, ModelProvenance, PopulationLayout, ProjectionLayout, Provenance,
};
use crate::scenario::Parsed;
use crate::scenario::schema::{Phase, Plasticity, ProgramPulse, Projection, Scenario, Write};
use crate::simulation::plan::Plan;

/// Rules whose changes the devices can never follow, because nearest rounding swallows them. Nothing is said of devices that
/// vary: some of them may.
pub(super) fn frozen_levels(scenario: &Scenario, devices: &Devices) -> Vec<String> {
    let mut warnings = Vec::new();
    for ((name, projection), device) in scenario.projections.iter().zip(devices) {
        let (Some(plasticity), Some(device)) = (&projection.plasticity, device) else { continue };
        let Plasticity::Window { write, .. } = plasticity;
        if *write != Write::Increment || varies(projection) {
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
pub(super) fn vain_pulses(
    scenario: &Scenario,
    devices: &Devices,
    accesses: &[Option<Access>],
) -> Vec<String> {
    let mut warnings = Vec::new();
    let cells = devices.iter().zip(accesses);
    for ((name, projection), (device, access)) in scenario.projections.iter().zip(cells) {
        let (Some(plasticity), Some(device)) = (&projection.plasticity, device) else { continue };
        let Plasticity::Window { write: Write::Pulses(pulses), .. } = plasticity else { continue };
        if varies(projection) {
            continue;
        }
        let signed = projection.crossbar.as_ref().is_some_and(|crossbar| crossbar.signed);
        for (what, pulse) in [("set", &pulses.set), ("reset", &pulses.reset)] {
            if (what == "reset" && signed) || !matches!(pulse_change(device, access.as_ref(), pulse), Ok(0.0))
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
pub(super) fn vain_trains(
    scenario: &Scenario,
    devices: &Devices,
    accesses: &[Option<Access>],
) -> Vec<String> {
    let mut warnings = Vec::new();
    for phase in &scenario.schedule {
        let Phase::Program(program) = phase else { continue };
        let Some(number) = scenario.projections.index_of(&program.projection) else { continue };
        let Some(projection) = scenario.projections.get(&program.projection) else { continue };
        let Some(device) = devices[number].as_ref().filter(|_| !varies(projection)) else { continue };
        for (what, train) in [("set", &program.set), ("reset", &program.reset)] {
            let pulse = ProgramPulse { voltage: train.voltage.1, width: train.width };
            if matches!(pulse_change(device, accesses[number].as_ref(), &pulse), Ok(0.0)) {
                warnings.push(format!(
                    "projection `{}`: no {what} train can move a cell: `{}` keeps its conductance at {} for {}",
                    program.projection,
                    device.model().name(),
                    pulse.voltage,
                    pulse.width,
                ));
            }
        }
    }
    warnings
}

/// Voltages of reads and pulses beyond those for which the equations of a device are known to hold.
pub(super) fn beyond_validity(scenario: &Scenario, devices: &Devices) -> Vec<String> {
    let mut warnings = Vec::new();
    for ((name, projection), device) in scenario.projections.iter().zip(devices) {
        let (Some(crossbar), Some(device)) = (&projection.crossbar, device) else { continue };
        let mut volts = vec![("read pulse", crossbar.read.voltage)];
        if let Some(Plasticity::Window { write: Write::Pulses(pulses), .. }) = &projection.plasticity {
            volts.extend([("set pulse", pulses.set.voltage), ("reset pulse", pulses.reset.voltage)]);
        }
        for phase in &scenario.schedule {
            if let Phase::Program(program) = phase
                && program.projection == name
            {
                let (set, reset) = (program.set.voltage.1, program.reset.voltage.1);
                volts.extend([("strongest set pulse", set), ("strongest reset pulse", reset)]);
            }
        }
        let (lowest, highest) = device.valid_voltage();
        for (what, voltage) in volts.into_iter().filter(|(_, v)| !(lowest..=highest).contains(&v.si())) {
            let say = |volts: f64| crate::units::format(volts, "V");
            warnings.push(format!(
                "projection `{name}`: the {what} puts up to {} on its devices; the equations of `{}` are known to hold \
                 from {} to {}",
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
pub(super) fn disturbing_reads(
    scenario: &Scenario,
    devices: &Devices,
    accesses: &[Option<Access>],
) -> Vec<String> {
    let mut warnings = Vec::new();
    let cells = devices.iter().zip(accesses);
    for ((name, projection), (device, access)) in scenario.projections.iter().zip(cells) {
        let (Some(crossbar), Some(device)) = (&projection.crossbar, device) else { continue };
        let pulse = ProgramPulse { voltage: crossbar.read.voltage, width: crossbar.read.width };
        let (low, high) = device.range();
        let Ok(change) = pulse_change(device, access.as_ref(), &pulse) else { continue };
        // Three digits tell enough.
        let change = format!("{change:.2e}").parse().unwrap_or(change);
        if change > 1e-6 * (high - low) && !device.model().is_volatile() {
            warnings.push(format!(
                "projection `{name}`: a read pulse of {} for {} would move a cell of `{}` by up to {}, but reads leave all \
                 cells as they are",
                pulse.voltage,
                pulse.width,
                device.model().name(),
                crate::units::format(change, "S"),
            ));
        }
    }
    warnings
}

/// Whether the devices of a projection differ from each other or from write to write.
fn varies(projection: &Projection) -> bool {
    projection.crossbar.as_ref().is_some_and(|crossbar| !crossbar.variation.is_empty())
}

/// The number of neurons that answer.
pub(super) fn readout_count(plan: &Plan) -> usize {
    plan.readout.map_or(0, |readout| plan.network.population(readout.population).count)
}

pub(super) fn layout(
    parsed: &Parsed,
    plan: &Plan,
    arrays: &[Vec<Array>],
    (devices, accesses): (&Devices, &[Option<Access>]),
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
            array: array
                .map(|array| ArrayLayout { converts: array.periphery.adc.is_some(), energy: array.energy }),
        }
    });
    let loaded = devices.iter().zip(access::selectors(accesses));
    let models = scenario.projections.names().zip(loaded).flat_map(|(projection, (device, selector))| {
        let devices = device.as_deref().into_iter().chain(selector);
        devices.map(move |device| model(projection, device))
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
            resolved: parsed.explain(&super::left_out(parsed, devices, accesses)),
            overrides: options.overrides.clone(),
            seed: scenario.seed,
            models: models.collect(),
        },
    }
}

fn model(projection: &str, device: &Device) -> ModelProvenance {
    let parameters = device.resolved().iter().map(|(name, value)| format!("{name} = {value}"));
    ModelProvenance {
        projection: projection.to_string(),
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
