//! The flat tables of a run: what a block needs to know, found by number instead of by name.

use super::sites::{self, Site};
use crate::dataset::Images;
use crate::kernel::{BlockTables, LocalPopulation, LocalProjection, Synapses};
use crate::network::{Blocks, Network, PlainSynapses};
use crate::neuron::LifTable;
use crate::plasticity::WindowRule;
use crate::scenario::schema::{KeyFrames, Lif, Population, Scenario};
use crate::simulation::plan::{LONGEST_WINDOW, PhasePlan, Plan, ProbePlan, ReadoutPlan, SeedPlan};
use crate::time::Time;
use crate::units::Span;

pub(super) fn plan(
    scenario: &Scenario,
    network: Network,
    blocks: &Blocks,
    splits: Vec<Images>,
    phases: Vec<PhasePlan>,
    seeds: SeedPlan,
    sites: &[Site<'_>],
) -> Plan {
    let mut places = vec![(usize::MAX, usize::MAX); network.population_count()];
    for (block, members) in blocks.members.iter().enumerate() {
        for (place, &population) in members.iter().enumerate() {
            places[population] = (block, place);
        }
    }
    let mut arrays = vec![None; scenario.projections.len()];
    let tables = (0..blocks.members.len())
        .map(|block| {
            tables(scenario, &network, (block, &blocks.members[block]), &places, &mut arrays, seeds, sites)
        })
        .collect();
    let number = |name: &str| scenario.populations.index_of(name);
    let mut classes: Vec<u32> = splits.iter().flat_map(Images::classes).collect();
    classes.sort_unstable();
    classes.dedup();
    Plan {
        blocks: tables,
        window: blocks.window.min(LONGEST_WINDOW),
        places,
        amplitudes: amplitudes(scenario, &network, &arrays),
        arrays,
        source_count: network.populations().filter(|population| population.is_source).count(),
        records_spikes: scenario
            .populations
            .names()
            .map(|name| scenario.record.spikes.iter().any(|recorded| recorded == name))
            .collect(),
        probes: scenario
            .record
            .probes
            .iter()
            .filter_map(|(name, probe)| {
                let population = number(name)?;
                let all = || (0..network.population(population).count as u32).collect();
                let neurons = probe.neurons.clone().unwrap_or_else(all);
                Some(ProbePlan { population, neurons, every: probe.every.time() })
            })
            .collect(),
        key_frames: scenario
            .record
            .conductance
            .iter()
            .filter_map(|(name, record)| {
                let every = match record.key_frames {
                    KeyFrames::AtPhaseEnds => None,
                    KeyFrames::Every(span) => Some(span.time()),
                };
                Some((scenario.projections.index_of(name)?, every))
            })
            .collect(),
        readout: scenario.readout.as_ref().and_then(|readout| {
            Some(ReadoutPlan { population: number(&readout.population)?, decoder: readout.decoder })
        }),
        scenario: scenario.clone(),
        network,
        split_hashes: splits.iter().map(Images::sha256).collect(),
        splits,
        classes,
        phases,
        seeds,
    }
}

/// For each population the arrays whose word lines have the voltages of its images.
fn amplitudes(
    scenario: &Scenario,
    network: &Network,
    arrays: &[Option<(usize, usize)>],
) -> Vec<Vec<(usize, usize)>> {
    let mut amplitudes = vec![Vec::new(); network.population_count()];
    let projections = scenario.projections.iter().zip(network.projections()).zip(arrays);
    for (((_, projection), (source, ..)), place) in projections {
        if scenario.has_amplitudes(projection) {
            amplitudes[source].extend(*place);
        }
    }
    amplitudes
}

/// The tables of one block; notes the place of each of its arrays.
fn tables(
    scenario: &Scenario,
    network: &Network,
    (block, members): (usize, &[usize]),
    places: &[(usize, usize)],
    arrays: &mut [Option<(usize, usize)>],
    seeds: SeedPlan,
    sites: &[Site<'_>],
) -> BlockTables {
    let mut first_entity = 0;
    let lifs =
        scenario.populations.iter().enumerate().filter_map(|(number, (_, population))| match population {
            Population::Lif(lif) if members.contains(&number) => Some((number, lif)),
            _ => None,
        });
    let mut populations: Vec<LocalPopulation> = lifs
        .map(|(number, lif): (usize, &Lif)| {
            let local = LocalPopulation {
                number: number as u32,
                table: LifTable::new(lif),
                first_entity,
                plastic: Vec::new(),
            };
            first_entity += lif.count;
            local
        })
        .collect();
    let mut projections: Vec<LocalProjection> = Vec::new();
    let mut listeners = vec![Vec::new(); network.population_count()];
    let mut array_count = 0;
    let mut shortest = Time::NEVER;
    for (number, ((name, projection), (source, target, edge))) in
        scenario.projections.iter().zip(network.projections()).enumerate()
    {
        if !members.contains(&target) {
            continue;
        }
        let synapses = match &projection.weights {
            Some(weights) => {
                let shape = (network.population(source).count, network.population(target).count);
                let key = (seeds.network, number as u32);
                Synapses::Plain(PlainSynapses::new(projection, weights, shape, key, source == target))
            }
            None => {
                let read = projection.crossbar.as_ref().map(|crossbar| crossbar.read);
                let coalesce = read.and_then(|read| read.coalesce).map(Span::time);
                arrays[number] = Some((block, array_count));
                array_count += 1;
                Synapses::Crossbar {
                    array: array_count - 1,
                    delay: projection.delay.time(),
                    dendritic_delay: projection.dendritic_delay.time(),
                    width: read.map_or(Time::ZERO, |read| read.width.time()),
                    coalesce,
                    rows: network.population(source).count,
                }
            }
        };
        if edge.shortest_delay > Time::ZERO {
            shortest = shortest.min(edge.shortest_delay);
        }
        if let Synapses::Crossbar { coalesce: Some(interval), .. } = synapses {
            shortest = shortest.min(interval);
        }
        let local = projections.len() as u32;
        let rule = projection.plasticity.as_ref().zip(sites::own(sites, number));
        let rule = rule.map(|(plasticity, site)| WindowRule::new(plasticity, site.device.range()));
        if rule.is_some() {
            populations[places[target].1].plastic.push(local);
        }
        listeners[source].push(local);
        let records_changes = scenario.record.conductance.get(name).is_some_and(|record| record.changes);
        projections.push(LocalProjection {
            number: number as u32,
            target: places[target].1,
            synapses,
            rule,
            records_changes,
        });
    }
    BlockTables { populations, projections, listeners, schedule_window: shortest.min(LONGEST_WINDOW) }
}
