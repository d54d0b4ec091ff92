//! The arrays of a run: a device in every cell, and the conductance from which it starts.

use std::path::PathBuf;
use std::sync::Arc;

use super::sites::{self, Site};
use super::{Options, SetupError};
use crate::crossbar::{Access, Array, ArrayPlan, SegmentError, Shape, Varied, Wiring, initial_conductances};
use crate::random::{Purpose, Stream};
use crate::scenario::schema::{
    Crossbar, InitialConductance, Pattern, Population, Segments, Variation, Wires,
};
use crate::scenario::{Parsed, ScenarioErrors, advice};
use crate::simulation::plan::{Plan, SeedPlan};

/// The most cells of one projection, some 2 GB of state for each variable of the device.
const MOST_CELLS: usize = 1 << 28;

/// The most tiles of one projection.
const MOST_TILES: usize = 1 << 16;

/// The arrays of each block, in the order of its projections.
pub(super) fn arrays(
    parsed: &Parsed,
    plan: &Plan,
    sites: &[Site<'_>],
    options: &Options,
) -> Result<Vec<Vec<Array>>, SetupError> {
    let mut sets: Vec<Vec<Array>> = plan.blocks.iter().map(|_| Vec::new()).collect();
    for (number, (source, target, _)) in plan.network.projections().enumerate() {
        let (Some(site), Some((block, _))) = (sites::own(sites, number), plan.arrays[number]) else {
            continue;
        };
        let shape = (plan.network.population(source).count, plan.network.population(target).count);
        sets[block].push(array(parsed, plan.seeds, site, (shape, None), mean_image(site, plan), options)?);
    }
    Ok(sets)
}

/// The array of one projection of a scenario with conductances of planes x word lines x bit lines, S, such as those of a
/// [`RecordedFrame`](crate::recorder::RecordedFrame): every device is put into the state of its conductance. `phases` are
/// those that were over when the conductances were such: after a Transfer its array is meant.
///
/// # Errors
///
/// What would keep the scenario from running, and a projection without an array.
///
/// # Panics
///
/// Where there are not as many conductances as the shape says.
pub fn array_of(
    parsed: &Parsed,
    (projection, phases): (&str, usize),
    ([planes, rows, columns], siemens): ([usize; 3], &[f64]),
    options: &Options,
) -> Result<Array, SetupError> {
    assert_eq!(siemens.len(), planes * rows * columns, "one conductance for each cell");
    let projections = &parsed.scenario.projections;
    let sites = sites::sites(parsed, &options.models)?;
    let of_projection = |site: &&Site<'_>| site.name == projection && site.phase.is_none_or(|p| p < phases);
    let Some(site) = sites.iter().rfind(of_projection) else {
        let message = format!("the scenario has no projection `{projection}` with an array");
        let error = parsed.error_at("projections", message, advice(projection, projections.names()));
        return Err(SetupError::Network(parsed.refuse(vec![error])));
    };
    // Without the data there is no mean image, and no gains that would need it.
    array(parsed, super::seeds(&parsed.scenario), site, ((rows, columns), Some(siemens)), None, options)
}

/// The mean intensity of each pixel, where gains of bit lines are those of the mean image: over the images of the first phase
/// that learns, or of the first one with images where none does.
pub(super) fn mean_image(site: &Site<'_>, plan: &Plan) -> Option<Arc<[f64]>> {
    site.crossbar.compensation.pattern().filter(|pattern| *pattern == Pattern::MeanImage)?;
    let with_images = || plan.phases.iter().filter(|phase| phase.images.is_some());
    let phase = with_images().find(|phase| phase.learning).or_else(|| with_images().next())?;
    let images = phase.images.as_ref()?;
    let split = &plan.splits[images.split];
    let (mut sums, mut image) = (vec![0.0; split.pixel_count()], vec![0.0; split.pixel_count()]);
    for number in images.range.clone() {
        split.intensities(number, &mut image);
        sums.iter_mut().zip(&image).for_each(|(sum, &intensity)| *sum += f64::from(intensity));
    }
    Some(sums.iter().map(|sum| sum / images.range.len() as f64).collect())
}

/// The array of a site, with conductances as its words or as they are `given`; `mean_image` as [`mean_image`] finds it.
pub(super) fn array(
    parsed: &Parsed,
    seeds: SeedPlan,
    site: &Site<'_>,
    ((rows, columns), given): ((usize, usize), Option<&[f64]>),
    mean_image: Option<Arc<[f64]>>,
    options: &Options,
) -> Result<Array, SetupError> {
    let Site { path, crossbar, device, access, .. } = site;
    let Some(Population::Lif(target)) = parsed.scenario.populations.get(&site.words.target) else {
        unreachable!("the scenario's checks let only Lif populations be targets")
    };
    let refuse = |message: String, help: Option<String>, at: &str| {
        parsed.refuse(vec![parsed.error_at(&format!("{path}.{at}"), message, help)])
    };
    let is_linear = device.is_linear() && access.as_ref().is_none_or(Access::is_linear);
    if matches!(crossbar.wires, Wires::Sweeps(..)) && !is_linear {
        let name = device.model().name();
        let found = if device.is_linear() { "selectors are".into() } else { format!("`{name}` is") };
        let message = format!("Sweeps are for linear devices, and {found} not linear");
        let help = Some("write `wires: Exact(...)` with the same fields".to_owned());
        return Err(SetupError::Network(refuse(message, help, "wires")));
    }
    if device.model().is_volatile() && crossbar.retention.is_none() {
        let message = format!(
            "the state of `{}` changes by itself, and `retention` is not given",
            device.model().name()
        );
        let help =
            "write `retention: AtPhaseEnds` or `Every(\"1 s\")`, or `Off` where only writes shall change it"
                .to_owned();
        return Err(SetupError::Network(refuse(message, Some(help), "device")));
    }
    let find = |name: &String, at: &str| {
        options.data.find(name).map_err(|e| SetupError::Data(refuse(e.to_string(), e.help(), at)))
    };
    let planes = if crossbar.signed { 2 } else { 1 };
    let (cells, tiles) = (
        rows.saturating_mul(columns).saturating_mul(planes),
        rows.div_ceil(crossbar.tile.0 as usize).saturating_mul(columns.div_ceil(crossbar.tile.1 as usize)),
    );
    if cells > MOST_CELLS || tiles > MOST_TILES {
        let message = format!("an array of {rows} x {columns} synapses on {tiles} tiles has {cells} cells");
        let help =
            format!("at most {MOST_CELLS} cells on {MOST_TILES} tiles: use fewer neurons, or larger tiles");
        return Err(SetupError::Network(refuse(message, Some(help), "tile")));
    }
    let drawn;
    let number = site.number(parsed);
    let initial = match (given, &crossbar.initial) {
        (Some(siemens), _) => siemens,
        (None, None) => unreachable!("the scenario's checks let no array of a projection be without"),
        (None, Some(law)) => {
            let file = match law {
                InitialConductance::File(name) => Some(find(name, "initial")?),
                _ => None,
            };
            let stream = Stream::new(seeds.network, Purpose::InitialConductance, number);
            drawn = initial_conductances(law, (planes, rows, columns), stream, file.as_deref())
                .map_err(|e| SetupError::Data(refuse(e.to_string(), None, "initial")))?;
            &drawn
        }
    };
    let tile = (crossbar.tile.0 as usize, crossbar.tile.1 as usize);
    let wires = wiring(crossbar, Shape { rows, columns, planes, tile }, find, refuse)?;
    let vary = |(parameter, variation): (&str, &Variation)| {
        let help =
            format!("`crosspike device describe {}` shows which parameters may vary", device.model().name());
        let parameter = device.varying(parameter).map_err(|error| {
            SetupError::Device(refuse(error.to_string(), Some(help), &format!("variation.{parameter}")))
        })?;
        Ok(Varied { parameter, spread: variation.spread, jitter: variation.jitter })
    };
    let array_plan = ArrayPlan {
        projection: site.name.to_string(),
        number,
        rows,
        columns,
        tile,
        access: access.clone(),
        signed: crossbar.signed,
        stuck: crossbar.stuck.clone(),
        variation: crossbar.variation.iter().map(vary).collect::<Result<_, SetupError>>()?,
        wires,
        read: crossbar.read,
        amplitudes: parsed.scenario.has_amplitudes(site.words),
        compensation: crossbar.compensation,
        mean_image,
        periphery: crossbar.periphery,
        pulses: site.pulses(),
        retention: crossbar.retention.unwrap_or_default(),
        capacitance: target.capacitance.si(),
        device_seed: seeds.device,
        energy: parsed.scenario.record.energy,
    };
    array_plan.check_stuck().map_err(|e| {
        SetupError::Network(refuse(e.to_string(), None, &format!("stuck[{}].cells", e.entry)))
    })?;
    Array::new(array_plan, device.clone(), initial)
        .map_err(|fault| SetupError::Device(refuse(fault.to_string(), None, "device")))
}

/// The wires of a crossbar, with the files that they come from.
fn wiring(
    crossbar: &Crossbar,
    shape: Shape,
    find: impl Fn(&String, &str) -> Result<PathBuf, SetupError>,
    refuse: impl Fn(String, Option<String>, &str) -> ScenarioErrors,
) -> Result<Option<Wiring>, SetupError> {
    let (Wires::Exact(interconnect) | Wires::Sweeps(_, interconnect)) = &crossbar.wires else {
        return Ok(None);
    };
    let file = |segments: Option<&Segments>, at: &str| match segments {
        Some(Segments::File(name)) => find(name, at).map(Some),
        _ => Ok(None),
    };
    let files = [
        file(Some(&interconnect.segment), "wires.segment")?,
        file(interconnect.bit_segment.as_ref(), "wires.bit_segment")?,
    ];
    Wiring::new(&crossbar.wires, shape, [files[0].as_deref(), files[1].as_deref()]).map_err(
        |(field, error)| {
            let refusal = refuse(error.to_string(), None, &format!("wires.{field}"));
            match error {
                SegmentError::File(_) => SetupError::Data(refusal),
                _ => SetupError::Network(refusal),
            }
        },
    )
}
