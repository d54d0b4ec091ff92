//! The words for closed-loop programming: targets, pulse trains that climb, and how often the array is gone through.

use serde::{Deserialize, Serialize};

use super::{InitialConductance, Scheme, defaults};
use crate::units::{Conductance, Span, Voltage};

/// Write-verify of every cell of a projection: read, pulse, read again, until the cell is near its target or its pulses
/// are used up.
///
/// A pulse goes through the array like any other: scheme and wires put a voltage on every cell of its tile, and each
/// follows its device. The verifying read is that of the selected cell alone: its conductance at the reference voltage of
/// its model, without wires, sneak paths and noise. Stuck cells are passed over. All of it takes no network time.
///
/// Source of the loop: F. Alibart, L. Gao, B. D. Hoskins, D. B. Strukov, "High precision tuning of state for memristive
/// devices by adaptable variation-tolerant algorithm", Nanotechnology 23, 075201 (2012), DOI
/// 10.1088/0957-4484/23/7/075201.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// The projection whose array is programmed.
    pub projection: String,
    /// The wanted conductances, clipped to the range of the device. `Uniform` and `Normal` are drawn from the network
    /// seed for each cell: arrays of one shape get the same targets.
    pub target: Target,
    /// How far from its target a cell may stay, as a part of the range of the device, g_max - g_min.
    pub tolerance: f64,
    /// The pulses that raise a conductance; their voltages are above zero.
    pub set: PulseTrain,
    /// The pulses that lower a conductance; their voltages are below zero.
    pub reset: PulseTrain,
    /// The voltages of all lines during a pulse.
    #[serde(default)]
    pub scheme: Scheme,
    /// The most pulses of one cell in one pass.
    pub pulses: u32,
    /// One pass over the array for each number, which is the part of the highest voltages that the pass may use.
    /// Programming ends before its last pass where no cell is missed.
    #[serde(default = "defaults::one_pass")]
    pub passes: Vec<f64>,
    /// Which cells come first in the passes after the first one.
    #[serde(default)]
    pub order: CellOrder,
}

/// What the cells of an array are programmed to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Target {
    /// As of initial conductances.
    Constant(Conductance),
    /// As of initial conductances.
    Uniform(Conductance, Conductance),
    /// As of initial conductances.
    Normal(Conductance, Conductance),
    /// As of initial conductances.
    File(String),
    /// The refresh of signed pairs: where a cell of a pair conducts more than this, the pair is brought to the same difference
    /// with its smaller cell at the lower end of the range. All others stay as they are. For devices that are raised in steps
    /// and lowered at once, of which both cells of a pair fill up while it learns.
    ///
    /// Source: M. Suri et al., "Phase change memory as synapse for ultra-dense neuromorphic systems", IEDM 2011, 4.4.1, DOI
    /// 10.1109/IEDM.2011.6131488.
    Refresh(Conductance),
}

impl Target {
    /// The law of initial conductances that this is; none where it depends on what the cells hold.
    pub fn law(&self) -> Option<InitialConductance> {
        match self {
            Target::Constant(g) => Some(InitialConductance::Constant(*g)),
            Target::Uniform(low, high) => Some(InitialConductance::Uniform(*low, *high)),
            Target::Normal(mean, deviation) => Some(InitialConductance::Normal(*mean, *deviation)),
            Target::File(name) => Some(InitialConductance::File(name.clone())),
            Target::Refresh(_) => None,
        }
    }
}

/// Pulses in one direction, each stronger than the one before.
///
/// A train begins at the first voltage, climbs by a step from pulse to pulse, and gives up where it would climb beyond the
/// highest one. Where a cell has gone past its target, a train in the other direction begins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PulseTrain {
    /// The first voltage and the highest one.
    pub voltage: (Voltage, Voltage),
    /// What each pulse has above the one before, without a sign.
    pub step: Voltage,
    /// The same in the first train of a cell in this direction, which looks for the threshold of the cell. As `step` unless
    /// given.
    #[serde(default)]
    pub first_step: Option<Voltage>,
    /// The width of each pulse.
    pub width: Span,
    /// A train in a direction in which the cell has had a pulse before begins so far below the last one, without a sign, but
    /// not below the first voltage. At the first voltage unless given.
    #[serde(default)]
    pub back: Option<Voltage>,
}

/// Which cells come first in the passes after the first one; the first goes bit line by bit line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CellOrder {
    /// Those that took the highest voltage so far: what their pulses disturb comes after them.
    #[default]
    Strongest,
    /// Bit line by bit line again.
    Lines,
}
