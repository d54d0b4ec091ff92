//! Two queues for two kinds of future: what is certain is scheduled once, what is predicted may still move.
//!
//! [`Schedule`] holds events that will happen: deliveries after a delay, stimuli, samples. They are pushed once and
//! popped once, so they lie in a ring of windows that are sorted when they are opened.
//!
//! [`Predictions`] holds one entry per entity whose next event is only expected: the threshold crossing of a driven
//! neuron moves with every spike that arrives. It stands on the `priority-queue` crate.
//!
//! Neither knows anything of spikes. `cargo run --example two_queues` builds another simulator on them: a machine
//! shop whose jobs are certain and whose breakdowns are predicted.

mod predictions;
mod schedule;

pub use predictions::{NextEvent, Predictions};
pub use schedule::Schedule;
