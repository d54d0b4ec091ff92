//! A block is a group of populations without delay between them; blocks are coupled by delays only.
//!
//! Spikes of encoders and prescribed trains are known before a window starts, so they bind nothing. Between blocks
//! every effect takes at least the shortest delay, so each block can run that far ahead alone.

use petgraph::algo::condensation;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::{PopulationNode, ProjectionEdge};
use crate::time::Time;

/// The populations of each block, and how far ahead blocks can run alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Ascending population numbers of each block; blocks in the order of their first population. Sources of spikes
    /// belong to no block.
    pub members: Vec<Vec<usize>>,
    /// The shortest delay between two blocks; [`Time::NEVER`] where they are independent.
    pub window: Time,
}

pub(super) fn find(graph: &DiGraph<PopulationNode, ProjectionEdge>) -> Blocks {
    let both_neurons =
        |source: NodeIndex, target: NodeIndex| !graph[source].is_source && !graph[target].is_source;
    // A zero-delay projection couples both ways: what is strongly connected then has no delay inside.
    let mut coupled: DiGraph<usize, ()> = DiGraph::new();
    for node in graph.node_indices() {
        coupled.add_node(node.index());
    }
    for edge in graph.edge_references() {
        let (source, target) = (edge.source(), edge.target());
        if both_neurons(source, target) && edge.weight().shortest_delay == Time::ZERO {
            coupled.add_edge(source, target, ());
            coupled.add_edge(target, source, ());
        }
    }
    let mut members: Vec<Vec<usize>> = condensation(coupled, true)
        .into_nodes_edges()
        .0
        .into_iter()
        .map(|node| node.weight)
        .filter(|members| !graph[NodeIndex::new(members[0])].is_source)
        .collect();
    members.iter_mut().for_each(|members| members.sort_unstable());
    members.sort_unstable();
    let block_of = |population: NodeIndex| members.iter().position(|m| m.contains(&population.index()));
    let window = graph
        .edge_references()
        .filter(|e| both_neurons(e.source(), e.target()) && block_of(e.source()) != block_of(e.target()))
        .map(|e| e.weight().shortest_delay)
        .min()
        .unwrap_or(Time::NEVER);
    Blocks { members, window }
}
