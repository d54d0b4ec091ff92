//! Event-driven simulation of spiking neural networks whose synapses are memristive crossbar arrays.
//!
//! ```text
//!  scenario.ron                         device plug-in (.so)
//!       |                                     |
//!       v                                     v
//!  Scenario ---> Network ---> Simulation <--- Device
//!  values with   petgraph:    flat tables     equations of one kind of cell,
//!  units,        populations  and arrays      in batches, on our memory
//!  errors with   and                |
//!  a caret       projections        |   loop: next instant
//!                                   v
//!        +--------------------------------------------------------------+
//!        |  encoder ~~spike~~> word line ==[ crossbar tile ]==> bit line |
//!        |                                   ^   g(row, column)     |    |
//!        |                                   |                      v    |
//!        |                              plasticity <~~spike~~ neurons    |
//!        +--------------------------------------------------------------+
//!                                   |
//!                                   v
//!                               Recorder ---> run.h5
//! ```
//!
//! # The life of one spike
//!
//! 1. A pixel's [`encoder`] puts a spike at a whole number of picoseconds ([`time`]) into the inputs of its image.
//! 2. The [`kernel`] takes the next instant: the earliest of inputs, certain events ([`queue::Schedule`]) and predicted
//!    crossings ([`queue::Predictions`]). All spikes of that instant that reach one array are one read.
//! 3. The [`crossbar`] answers with the charge of every bit line: pulse width x the current that the [`device`] model
//!    lets through each cell, at the read voltage or at what resistive wires leave of it ([`circuit`]).
//! 4. The [`neuron`]s add the charge to their membranes, in closed form since their last event, and test their thresholds
//!    once. Inhibition decides who fires.
//! 5. A neuron that fires resets; [`plasticity`] compares its spike with the last arrival on every word line, and the
//!    device moves the conductances of its bit line by increments, or program pulses go through the array to them.
//! 6. The spike leaves: after its delay it reaches other arrays, or this one again. The [`recorder`] writes it down.
//! 7. When the image is over, the [`readout`] counts who fired, and the [`simulation`] shows the next one.
//!
//! # Embedding
//!
//! ```
//! use crosspike::dataset::Resolver;
//! use crosspike::device::Models;
//! use crosspike::recorder::Trace;
//! use crosspike::scenario::Scenario;
//! use crosspike::simulation::{Options, Simulation};
//!
//! let text = r#"Scenario(
//!     populations: {
//!         "driver": Lif(count: 1, capacitance: "1 nF", leak: "10 ms", threshold: "20 mV", bias: "3 nA"),
//!         "listener": Lif(count: 1, capacitance: "1 nF", leak: "20 ms", threshold: "15 mV"),
//!     },
//!     projections: { "synapse": (source: "driver", target: "listener", delay: "1 ms", weights: OneToOne(weight: "10 mV")) },
//!     schedule: [Run(duration: "50 ms")],
//!     record: (spikes: ["driver", "listener"]),
//! )"#;
//! let parsed = Scenario::parse("example.ron", text, &[]).expect("a sound scenario");
//! let options = Options {
//!     data: Resolver { directories: vec![] },
//!     models: Models::new(vec![]),
//!     threads: 1,
//!     overrides: vec![],
//! };
//! let mut simulation = Simulation::new(&parsed, &options).expect("nothing else is needed");
//! let mut trace = Trace::new(simulation.layout());
//! simulation.run(&mut trace).expect("the run ends well");
//! // The driver reaches 20 of 30 mV every 10 ms x ln 3; the listener needs two of its spikes.
//! let [driver, listener] = [0, 1].map(|population| trace.data().spikes[population].ticks.clone());
//! assert_eq!(driver[0], (10e9 * 3f64.ln()).ceil() as i64);
//! assert_eq!(listener[0], driver[1] + 1_000_000_000);
//! ```
//!
//! # Modules
//!
//! They are listed in the order in which they are best read: each uses only modules above it. The library prints nothing,
//! reads no environment and no clock, and keeps no global state.

pub mod time;
pub mod units;
pub mod random;
mod exponential;
pub mod queue;
pub mod scenario;
pub mod network;
pub mod dataset;
pub mod encoder;
pub mod readout;
pub mod neuron;
pub mod circuit;
pub mod device;
pub mod crossbar;
pub mod plasticity;
pub mod recorder;
pub mod kernel;
pub mod simulation;
