//! Plain synapses are connections without an array: for each source neuron and delay, a row of targets and weights.
//!
//! Delays of a plain synapse act only in their sum (axonal + dendritic), since nothing happens at the synapse. All
//! synapses of one source neuron with one delay form a group, which is scheduled as one event. Groups are the rows of
//! a compressed sparse row matrix (`petgraph::csr::Csr`), built once from sorted edges.

use petgraph::csr::Csr;

use crate::random::{Purpose, Stream};
use crate::scenario::schema::{Projection, Synapse, WeightLaw, Weights};
use crate::time::Time;

/// The synapses of one projection without an array.
#[derive(Clone, Debug)]
pub struct PlainSynapses {
    /// Row: group. Column: target neuron. Value: jump of its potential, V.
    rows: Csr<(), f64>,
    delays: Vec<Time>,
    /// The groups of source neuron i are `first_group[i]..first_group[i + 1]`, in the order of their delays.
    first_group: Vec<u32>,
}

/// Axonal plus dendritic delay of a listed synapse.
pub(super) fn delay(projection: &Projection, synapse: &Synapse) -> Time {
    let axonal = synapse.delay.unwrap_or(projection.delay);
    let dendritic = synapse.dendritic_delay.unwrap_or(projection.dendritic_delay);
    axonal.time() + dendritic.time()
}

impl PlainSynapses {
    /// The synapses of a projection between populations of these sizes. `number` is the projection's, `seed` the
    /// network seed; `recurrent` says that source and target are one population.
    pub fn new(
        projection: &Projection,
        weights: &Weights,
        (sources, targets): (usize, usize),
        (seed, number): (u64, u32),
        recurrent: bool,
    ) -> PlainSynapses {
        let common = projection.delay.time() + projection.dendritic_delay.time();
        let stream = Stream::new(seed, Purpose::Connection, number);
        let all_pairs = |keep: &dyn Fn(u32, u32) -> bool, weight: &WeightLaw| {
            let mut edges = Vec::new();
            for source in 0..sources as u32 {
                for target in (0..targets as u32).filter(|&target| keep(source, target)) {
                    edges.push((source, common, target, draw(weight, &stream, source, target)));
                }
            }
            edges
        };
        let edges = match weights {
            Weights::AllToAll { weight, self_connections } => {
                all_pairs(&|s, t| *self_connections || !recurrent || s != t, weight)
            }
            Weights::OneToOne { weight } => all_pairs(&|s, t| s == t, weight),
            Weights::Probability { probability, weight, self_connections } => all_pairs(
                &|s, t| {
                    let allowed = *self_connections || !recurrent || s != t;
                    allowed && stream.uniform(s, 2 * u64::from(t)) < *probability
                },
                weight,
            ),
            Weights::List(synapses) => {
                synapses.iter().map(|s| (s.source, delay(projection, s), s.target, s.weight.si())).collect()
            }
        };
        PlainSynapses::from_edges(edges, sources)
    }

    /// Edges are (source, delay, target, weight in volts); synapses that agree in the first three act as their sum.
    fn from_edges(mut edges: Vec<(u32, Time, u32, f64)>, sources: usize) -> PlainSynapses {
        edges.sort_by_key(|&(source, delay, target, _)| (source, delay, target));
        edges.dedup_by(|later, kept| {
            let same = (later.0, later.1, later.2) == (kept.0, kept.1, kept.2);
            if same {
                kept.3 += later.3;
            }
            same
        });
        let (mut delays, mut first_group) = (Vec::new(), vec![0u32]);
        let mut grouped = Vec::with_capacity(edges.len());
        for (place, &(source, delay, target, weight)) in edges.iter().enumerate() {
            if place == 0 || (edges[place - 1].0, edges[place - 1].1) != (source, delay) {
                first_group.resize(source as usize + 1, delays.len() as u32);
                delays.push(delay);
            }
            grouped.push((delays.len() as u32 - 1, target, weight));
        }
        first_group.resize(sources + 1, delays.len() as u32);
        // The edges are sorted and distinct, the only condition of this constructor.
        let rows = Csr::from_sorted_edges(&grouped).unwrap_or_default();
        PlainSynapses { rows, delays, first_group }
    }

    /// The groups of a source neuron, each with its delay.
    pub fn groups(&self, source: u32) -> impl Iterator<Item = (u32, Time)> {
        let range = self.first_group[source as usize]..self.first_group[source as usize + 1];
        range.map(|group| (group, self.delays[group as usize]))
    }

    /// Targets and weights (V) of a group.
    pub fn targets(&self, group: u32) -> (&[u32], &[f64]) {
        (self.rows.neighbors_slice(group), self.rows.edges_slice(group))
    }

    /// How many synapses.
    pub fn len(&self) -> usize {
        self.rows.edge_count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn draw(law: &WeightLaw, stream: &Stream, source: u32, target: u32) -> f64 {
    let draw = 2 * u64::from(target) + 1;
    match law {
        WeightLaw::Constant(weight) => weight.si(),
        WeightLaw::Uniform(low, high) => low.si() + (high.si() - low.si()) * stream.uniform(source, draw),
        WeightLaw::Normal(mean, sd) => mean.si() + sd.si() * stream.normal(source, draw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_scheduled_once_per_source_and_delay() {
        let (early, late) = (Time::from_ticks(1), Time::from_ticks(2));
        let edges = vec![(2, late, 0, 1.0), (0, early, 3, 2.0), (0, late, 1, 3.0), (0, early, 1, 4.0)];
        let synapses = PlainSynapses::from_edges(edges, 4);
        assert_eq!(synapses.groups(0).collect::<Vec<_>>(), [(0, early), (1, late)]);
        assert_eq!(synapses.targets(0), (&[1, 3][..], &[4.0, 2.0][..]));
        assert_eq!(synapses.targets(1), (&[1][..], &[3.0][..]));
        assert_eq!(synapses.groups(1).count(), 0);
        assert_eq!(synapses.groups(2).collect::<Vec<_>>(), [(2, late)]);
        assert_eq!(synapses.groups(3).count(), 0);
    }

    #[test]
    fn parallel_synapses_act_as_their_sum() {
        let d = Time::from_ticks(5);
        let synapses = PlainSynapses::from_edges(vec![(0, d, 1, 1.5), (0, d, 1, 2.0)], 1);
        assert_eq!(synapses.targets(0), (&[1][..], &[3.5][..]));
        assert_eq!(synapses.len(), 1);
    }
}
