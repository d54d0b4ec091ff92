//! A leaky integrate-and-fire population: charge on a capacitance, exact between events, silent while nothing happens.
//!
//! # Equations
//!
//! ```text
//! leak dV/dt = -(V - rest) + bias leak / C        between events
//! V -> V + charge / C                             at an arrival
//! V >= threshold + theta  =>  spike, V = reset    after an arrival, or at a predicted crossing
//! ```
//!
//! Arrivals in [spike, spike + refractory) are lost and V stays at `reset`. Theta rises by `increment` with each own
//! spike and falls exponentially in time or by a factor per image.
//!
//! # How
//!
//! The state is not V but u = (V - V_inf) exp((t - origin) / leak), with V_inf = rest + bias leak / C. It is constant
//! between events, so nothing is done to a neuron that receives nothing, and an arrival is one addition and one
//! comparison. A neuron that does not accept arrivals holds u = -infinity, which no arrival can lift; its real value
//! waits in `saved`. The origin moves when 256 time constants have passed, which keeps u far from overflow.

pub mod crossing;
mod inhibition;
mod lif;
mod table;

pub use lif::LifState;
pub use table::LifTable;
