//! A network is the checked graph of a scenario: nodes are populations, edges are projections (petgraph).
//!
//! The graph answers what only a graph can: what nothing reaches, where zero-delay projections close a loop, which
//! populations must be simulated together, and how far ahead the rest can run. While the simulation runs it is not
//! touched.

mod blocks;
mod lint;
mod plain;

use petgraph::Direction;
use petgraph::dot::{Config, Dot};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::scenario::schema::{Phase, Population, Projection, Scenario, Weights};
use crate::time::Time;

pub use blocks::Blocks;
pub use plain::PlainSynapses;

/// A node of the network.
#[derive(Clone, Debug)]
pub struct PopulationNode {
    /// Its name in the scenario.
    pub name: String,
    /// How many neurons.
    pub count: usize,
    /// Whether its spikes come from outside: an encoder or prescribed trains.
    pub is_source: bool,
    /// Whether a bias current drives it.
    pub is_biased: bool,
}

/// An edge of the network.
#[derive(Clone, Debug)]
pub struct ProjectionEdge {
    /// Its name in the scenario.
    pub name: String,
    /// The shortest time from a spike to its effect on a membrane.
    pub shortest_delay: Time,
    /// Whether an array is behind it.
    pub has_crossbar: bool,
    /// Whether it learns.
    pub is_plastic: bool,
    /// The tiles that its array takes: rows of tiles, columns of tiles.
    pub tiles: Option<(usize, usize)>,
}

/// The graph of a scenario. Node and edge numbers are those of the scenario's order.
#[derive(Clone, Debug)]
pub struct Network {
    graph: DiGraph<PopulationNode, ProjectionEdge>,
}

/// What is wrong with a network, and where in the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkError {
    /// The path of the value to point at, such as `projections.input.delay`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Network {
    /// Builds the graph of a scenario whose own checks have passed. `pixel_count` is the size of the images that its
    /// encoders see.
    pub fn new(scenario: &Scenario, pixel_count: Option<usize>) -> Result<Network, Vec<NetworkError>> {
        let mut graph = DiGraph::new();
        for (name, population) in scenario.populations.iter() {
            graph.add_node(node(name, population, pixel_count));
        }
        for (name, projection) in scenario.projections.iter() {
            let end = |name: &str| scenario.populations.index_of(name).map(NodeIndex::new);
            if let (Some(source), Some(target)) = (end(&projection.source), end(&projection.target)) {
                let shape = (graph[source].count, graph[target].count);
                graph.add_edge(source, target, edge(name, projection, shape));
            }
        }
        let network = Network { graph };
        let mut errors = lint::zero_delay_loops(&network);
        errors.extend(lint::sizes(&network, scenario));
        if errors.is_empty() { Ok(network) } else { Err(errors) }
    }

    /// The populations, in the scenario's order.
    pub fn populations(&self) -> impl Iterator<Item = &PopulationNode> {
        self.graph.node_weights()
    }

    /// The number of populations.
    pub fn population_count(&self) -> usize {
        self.graph.node_count()
    }

    /// One population.
    pub fn population(&self, number: usize) -> &PopulationNode {
        &self.graph[NodeIndex::new(number)]
    }

    /// The projections with the numbers of their source and target populations, in the scenario's order.
    pub fn projections(&self) -> impl Iterator<Item = (usize, usize, &ProjectionEdge)> {
        self.graph.edge_references().map(|e| (e.source().index(), e.target().index(), e.weight()))
    }

    /// Which populations must be simulated together, and how far ahead each group can run alone.
    pub fn blocks(&self) -> Blocks {
        blocks::find(&self.graph)
    }

    /// What is legal but probably not meant, as sentences.
    pub fn lints(&self, scenario: &Scenario) -> Vec<String> {
        let trains = scenario.schedule.iter().any(|phase| matches!(phase, Phase::Train(_)));
        let runs = scenario.schedule.iter().any(|phase| !matches!(phase, Phase::Program(_)));
        let mut warnings = if runs { lint::unreached(self) } else { Vec::new() };
        if trains {
            warnings.extend(lint::untrained(self));
        }
        warnings
    }

    /// The graph in the language of Graphviz.
    pub fn dot(&self) -> String {
        let edge_text = |_: &_, e: petgraph::graph::EdgeReference<'_, ProjectionEdge>| {
            let edge = e.weight();
            let kind = match edge.tiles {
                Some((rows, columns)) => format!("\\ncrossbar, {rows} x {columns} tiles"),
                None => "\\nplain weights".to_string(),
            };
            let style = if edge.is_plastic { ", penwidth=2" } else { "" };
            format!("label=\"{}{kind}\\ndelay {}\"{style}", edge.name, edge.shortest_delay)
        };
        let node_text = |_: &_, (_, node): (NodeIndex, &PopulationNode)| {
            let shape = if node.is_source { "box" } else { "ellipse" };
            format!("label=\"{}\\n{} neurons\", shape={shape}", node.name, node.count)
        };
        let config = [Config::NodeNoLabel, Config::EdgeNoLabel];
        let dot = Dot::with_attr_getters(&self.graph, &config, &edge_text, &node_text);
        format!("{dot:?}")
    }

    fn has_input(&self, number: usize) -> bool {
        self.graph.edges_directed(NodeIndex::new(number), Direction::Incoming).next().is_some()
    }
}

fn node(name: &str, population: &Population, pixel_count: Option<usize>) -> PopulationNode {
    let (count, is_source, is_biased) = match population {
        Population::Encoder(_) => (pixel_count.unwrap_or(0), true, false),
        Population::Trains(trains) => (trains.times.len(), true, false),
        Population::Lif(lif) => {
            let biased = (0..lif.count as usize).any(|i| lif.bias.of(i).si() != 0.0);
            (lif.count as usize, false, biased)
        }
    };
    PopulationNode { name: name.to_string(), count, is_source, is_biased }
}

fn edge(name: &str, projection: &Projection, (rows, columns): (usize, usize)) -> ProjectionEdge {
    let common = projection.delay.time() + projection.dendritic_delay.time();
    let shortest_delay = match &projection.weights {
        Some(Weights::List(synapses)) => {
            synapses.iter().map(|synapse| plain::delay(projection, synapse)).min().unwrap_or(common)
        }
        _ => common,
    };
    ProjectionEdge {
        name: name.to_string(),
        shortest_delay,
        has_crossbar: projection.crossbar.is_some(),
        is_plastic: projection.plasticity.is_some(),
        tiles: projection.crossbar.as_ref().map(|crossbar| {
            (rows.div_ceil(crossbar.tile.0 as usize), columns.div_ceil(crossbar.tile.1 as usize))
        }),
    }
}
