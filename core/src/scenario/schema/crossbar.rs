//! The words for crossbars: devices and their parameters, wires, the read pulse.

use serde::{Deserialize, Serialize};

use super::{Compensation, Periphery, defaults};
use crate::scenario::named::Named;
use crate::units::{Conductance, Resistance, Span, Voltage};

/// A crossbar array: word lines are source neurons, bit lines are target neurons.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crossbar {
    /// Word lines and bit lines of one physical array. Larger projections take several.
    #[serde(default = "defaults::tile")]
    pub tile: (u32, u32),
    /// The device model in each cell, and its parameters.
    pub device: (String, Named<ParameterValue>),
    /// Two cells per synapse, g+ and g-: the synapse acts with g+ - g-.
    #[serde(default)]
    pub signed: bool,
    /// The conductances at the start.
    pub initial: InitialConductance,
    /// Cells that are stuck; of several entries that name a cell the last one counts.
    #[serde(default)]
    pub stuck: Vec<Stuck>,
    /// Resistance of the interconnect.
    #[serde(default)]
    pub wires: Wires,
    /// The read pulse.
    pub read: ReadPulse,
    /// What makes up for the drop of voltage on the wires.
    #[serde(default)]
    pub compensation: Compensation,
    /// Noise and converters of reads.
    #[serde(default)]
    pub periphery: Periphery,
}

/// The value of a device parameter as it stands in the scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValue {
    /// A number without unit.
    Number(f64),
    /// A quantity with a unit, or the name of a choice.
    Text(String),
    /// A list of numbers or quantities.
    List(Vec<ParameterValue>),
}

/// Where the conductances of an array start. All are clipped to the range of the device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum InitialConductance {
    /// The same for all.
    Constant(Conductance),
    /// Uniform between two values.
    Uniform(Conductance, Conductance),
    /// Normal with mean and standard deviation.
    Normal(Conductance, Conductance),
    /// A CSV file of siemens: one row per word line, one column per bit line; for a signed pair the rows of g+,
    /// then the rows of g-.
    File(String),
}

/// Cells that have one conductance whatever is done to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stuck {
    /// What they are stuck at.
    pub at: StuckAt,
    /// Which cells.
    pub cells: StuckWhere,
}

/// The conductance of a stuck cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum StuckAt {
    /// No connection.
    Open,
    /// A short of 10 mS.
    Short,
    /// This conductance.
    Conductance(Conductance),
}

/// The places of stuck cells. Lines are counted from 0; both cells of a signed pair are stuck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StuckWhere {
    /// Each cell with this probability, drawn from the device seed; of a signed pair each cell of its own.
    Fraction(f64),
    /// These: (word line, bit line).
    Cells(Vec<(u32, u32)>),
    /// All cells of these word lines.
    WordLines(Vec<u32>),
    /// All cells of these bit lines.
    BitLines(Vec<u32>),
    /// All cells from one corner (word line, bit line) to the other, both included.
    Block((u32, u32), (u32, u32)),
}

/// The resistance of word lines and bit lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Wires {
    /// No resistance: every cell of a driven word line sees the whole read voltage.
    #[default]
    Ideal,
    /// Lines with resistance; every read is the exact operating point of its tile.
    Exact(Interconnect),
    /// Lines with resistance; every read takes so many alternating sweeps of line solves instead: cheaper, with an error
    /// that is estimated. For linear devices.
    Sweeps(u32, Interconnect),
}

/// The lines of a tile and what they end in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interconnect {
    /// The resistance of a line between two neighbouring cells.
    pub segment: Resistance,
    /// The same of bit lines, where it differs.
    #[serde(default)]
    pub bit_segment: Option<Resistance>,
    /// The resistance of the driver of a word line, beside its end segment.
    #[serde(default)]
    pub driver: Resistance,
    /// The resistance of the sense circuit of a bit line, beside its end segment.
    #[serde(default)]
    pub sense: Resistance,
    /// The ends of a word line that have a driver.
    #[serde(default)]
    pub drivers: WordEnds,
    /// The ends of a bit line that have a sense circuit, a virtual ground.
    #[serde(default)]
    pub senses: BitEnds,
    /// Where a line has a segment between its terminal and its outermost cell.
    #[serde(default)]
    pub end_segments: EndSegments,
    /// The state of word lines without a spike during a read.
    #[serde(default)]
    pub undriven: Undriven,
}

/// The ends of a word line that have a driver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WordEnds {
    /// Before the first bit line.
    #[default]
    Left,
    /// After the last bit line.
    Right,
    /// At both ends, with the same voltage.
    Both,
}

/// The ends of a bit line that have a sense circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BitEnds {
    /// Before the first word line.
    Top,
    /// After the last word line.
    #[default]
    Bottom,
    /// At both ends; their currents are added.
    Both,
}

/// Where a line has a segment between its terminal and its outermost cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndSegments {
    /// At every end.
    #[default]
    EveryEnd,
    /// On bit lines only: a driver sits on the first node of its word line.
    BitLines,
    /// Nowhere.
    Absent,
}

/// The state of word lines without a spike during a read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Undriven {
    /// Their drivers hold 0 V.
    #[default]
    Grounded,
    /// Their drivers hold a voltage.
    Biased(Voltage),
}

/// The pulse that a spike puts on its word line.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadPulse {
    /// Its voltage.
    pub voltage: Voltage,
    /// Its width; current x width is the charge of a read.
    pub width: Span,
    /// Spikes reach word lines at multiples of this from time 0 only: those that arrive in between wait for the next one,
    /// and all of them are one read. A word line is driven once, however many spikes have waited for it; to plasticity the
    /// spike arrives when its word line is driven. Every arrival is at its own time unless given.
    #[serde(default)]
    pub coalesce: Option<Span>,
}
