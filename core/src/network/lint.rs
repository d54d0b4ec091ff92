//! Lints are questions to the graph: what can never fire, what never learns, what would never come to rest.

use petgraph::algo::tarjan_scc;
use petgraph::visit::{Dfs, EdgeFiltered, EdgeRef};

use super::{Network, NetworkError};
use crate::scenario::schema::{Scenario, Weights};
use crate::time::Time;

/// Loops of zero-delay projections: their spikes would have no order.
pub(super) fn zero_delay_loops(network: &Network) -> Vec<NetworkError> {
    let graph = &network.graph;
    let instant = EdgeFiltered::from_fn(graph, |edge| edge.weight().shortest_delay == Time::ZERO);
    tarjan_scc(&instant)
        .into_iter()
        .filter_map(|component| {
            let inside = graph.edge_references().find(|edge| {
                let ends = [edge.source(), edge.target()];
                edge.weight().shortest_delay == Time::ZERO && ends.iter().all(|end| component.contains(end))
            })?;
            let names: Vec<&str> = component.iter().rev().map(|&node| graph[node].name.as_str()).collect();
            let name = &inside.weight().name;
            Some(NetworkError {
                path: format!("projections.{name}"),
                message: format!(
                    "projection `{name}` closes a loop without delay through: {}",
                    names.join(", ")
                ),
                help: "give one projection of the loop a `delay`; spikes of one instant need an order".into(),
            })
        })
        .collect()
}

/// Sizes that are only known with the data: encoders have one neuron per pixel.
pub(super) fn sizes(network: &Network, scenario: &Scenario) -> Vec<NetworkError> {
    let mut errors = Vec::new();
    for ((name, projection), (source, target, _)) in scenario.projections.iter().zip(network.projections()) {
        let (source, target) = (network.population(source), network.population(target));
        let mut report = |path: String, message: String, help: &str| {
            errors.push(NetworkError { path, message, help: help.into() });
        };
        match &projection.weights {
            Some(Weights::OneToOne { .. }) if source.count != target.count => report(
                format!("projections.{name}.weights"),
                format!(
                    "one-to-one needs equal sizes: `{}` has {} neurons, `{}` has {}",
                    source.name, source.count, target.name, target.count
                ),
                "use AllToAll, Probability or List, or make the sizes equal",
            ),
            Some(Weights::List(synapses)) => {
                let beyond = synapses.iter().position(|s| s.source as usize >= source.count);
                if let Some(place) = beyond {
                    report(
                        format!("projections.{name}.weights[{place}].source"),
                        format!(
                            "source {} does not exist: `{}` has {} neurons",
                            synapses[place].source, source.name, source.count
                        ),
                        "neurons are numbered from 0",
                    );
                }
            }
            _ => {}
        }
    }
    errors
}

/// Populations that no spike and no bias current ever reaches.
pub(super) fn unreached(network: &Network) -> Vec<String> {
    let graph = &network.graph;
    let starts = graph.node_indices().filter(|&node| graph[node].is_source || graph[node].is_biased);
    let mut search = Dfs::empty(graph);
    for start in starts {
        search.move_to(start);
        while search.next(graph).is_some() {}
    }
    graph
        .node_indices()
        .filter(|node| !search.discovered.contains(node.index()))
        .map(|node| {
            let name = &graph[node].name;
            let why = if network.has_input(node.index()) {
                "only silent populations lead to it"
            } else {
                "no projection leads to it"
            };
            format!("population `{name}` will never fire: {why} and it has no bias current")
        })
        .collect()
}

/// Arrays that stay as they are although the schedule trains.
pub(super) fn untrained(network: &Network) -> Vec<String> {
    let fixed = network.projections().filter(|(_, _, edge)| edge.has_crossbar && !edge.is_plastic);
    fixed
        .map(|(_, _, edge)| {
            format!(
                "projection `{}` has no plasticity: the Train phases leave its conductances as they are",
                edge.name
            )
        })
        .collect()
}
