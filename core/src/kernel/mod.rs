//! The kernel moves a block of the network from event to event; it knows order, not physics.
//!
//! # The order within an instant
//!
//! Everything that happens at one time happens in rounds, each in this order:
//!
//! 1. neurons whose predicted crossing has come fire (round 0 only);
//! 2. all spikes that reach one array drive their word lines together: one read;
//! 3. each population adds up what arrives, tests its thresholds once, and settles inhibition;
//! 4. plasticity changes the bit lines of the neurons that fired. Every read of a round has seen the conductances
//!    before these writes;
//! 5. the spikes leave: into the schedule where there is a delay, into the next round where there is none.
//!
//! A read starts a pulse of some width. One that starts before an earlier pulse of its array has ended is a read of its
//! own, and is counted as an overlap.
//!
//! Refractory periods that end at this time have ended before all of it: an arrival at their end counts.
//!
//! # What is known when
//!
//! A block is run up to the end of a window. Its inputs (spikes of encoders and prescribed trains) are a sorted list.
//! Spikes that reach it from other blocks are in its schedule before the window starts, since blocks are coupled by
//! delays that are at least a window long.

mod block;
mod state;
mod tables;

pub use block::{Arrays, run_window};
pub use state::{BlockState, Outbox, Spike, Work};
pub use tables::{BlockTables, LocalPopulation, LocalProjection, Synapses};
