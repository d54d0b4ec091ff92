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
    /// The device model in each cell, and its parameters; or in quotes the name of a device file, which holds this.
    pub device: (String, Named<ParameterValue>),
    /// The parameters of the device that vary, by name. `crosspike device describe MODEL` shows which may.
    #[serde(default)]
    pub variation: Named<Variation>,
    /// What stands in series with the device in each cell.
    #[serde(default)]
    pub cell: Access,
    /// Two cells per synapse, g+ and g-: the synapse acts with g+ - g-.
    #[serde(default)]
    pub signed: bool,
    /// The conductances at the start. To be given but in a `Transfer`.
    #[serde(default)]
    pub initial: Option<InitialConductance>,
    /// Cells that are stuck; of several entries that name a cell the last one counts.
    #[serde(default)]
    pub stuck: Vec<Stuck>,
    /// When time changes the cells, which it does where the device model is volatile. To be given for such a model.
    #[serde(default)]
    pub retention: Option<Retention>,
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

/// What stands in series with the device in each cell.
///
/// The conductance of a cell, as it is initialised, ruled, written to a target and recorded, is that of the device alone.
/// What lies in series acts in reads and in program pulses. A stuck device sits behind it like any other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Access {
    /// Nothing: 1R.
    #[default]
    Passive,
    /// A transistor: 1T1R. Gate lines run along bit lines. Reads turn on all gates, program pulses those of the written
    /// bit line only: the devices of all other bit lines then see 0 V. Writes by pulses have the scheme `Gated`.
    /// A piece of a broken line that leads to no driver and to no gate that is on has no voltage, which ends the run.
    Transistor {
        /// The resistance of a transistor whose gate is on. One whose gate is off is open.
        resistance: Resistance,
    },
    /// A selector, the same in all cells: 1S1R.
    Selector(Selector),
}

/// The current of a selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Selector {
    /// Two straight lines, alike for both signs: J = off u up to the threshold, from there on it grows by `on` per volt.
    Threshold {
        /// Where the lines meet.
        voltage: Voltage,
        /// The conductance below.
        off: Conductance,
        /// The slope beyond.
        on: Conductance,
    },
    /// A device model whose state never changes.
    Model {
        /// The model and its parameters.
        device: (String, Named<ParameterValue>),
        /// The conductance of every selector, as its model defines it.
        conductance: Conductance,
    },
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

/// How a parameter of the device varies, of which the given value is the mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variation {
    /// From device to device: drawn once for each cell.
    #[serde(default)]
    pub spread: Option<Deviation>,
    /// From cycle to cycle: drawn anew for every write (increment or pulse), a factor on the cell's own value. Reads go by
    /// the value without it.
    #[serde(default)]
    pub jitter: Option<Deviation>,
}

/// The distribution of a factor with mean 1, by its relative standard deviation. Values are clipped to the range that the
/// device model takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Deviation {
    /// Normal, up to 0.3; factors are clipped to 0.1 .. 1.9.
    Normal(f64),
    /// Log-normal, up to 10.
    LogNormal(f64),
}

/// When time changes the cells of a volatile model: their devices advance at 0 V by the time that has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Retention {
    /// Never: only writes do.
    #[default]
    Off,
    /// At the end of every phase, and in `Wait`.
    AtPhaseEnds,
    /// So often while something learns; besides at the end of every phase, and in `Wait`. Where nothing learns, images
    /// see the conductances of the start of the phase.
    Every(Span),
}

/// Where the conductances of an array start. All are clipped to the ranges of their cells.
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interconnect {
    /// The resistance of a line between two neighbouring cells: of word lines where `bit_segment` is given, else of all.
    pub segment: Segments,
    /// The same of bit lines. As `segment` unless given; to be given where that is not one value for all.
    #[serde(default)]
    pub bit_segment: Option<Segments>,
    /// Segments that are broken, whatever `segment` says of them.
    #[serde(default)]
    pub broken: Vec<Break>,
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

/// The resistances between neighbouring cells of the lines of one direction: `"2 ohm"`, or with a name.
///
/// A segment between a terminal and the outermost cell of a line is as the nearest unbroken segment of this line; where
/// there is none, it has no resistance.
#[derive(Clone, Debug, PartialEq)]
pub enum Segments {
    /// The same for all.
    Same(Resistance),
    /// One value for each line of the projection. Both bit lines of a signed pair have it.
    PerLine(Vec<Resistance>),
    /// A CSV file of ohms with one number for each segment, `inf` where it is broken. For word lines: one row per word
    /// line, one column per pair of neighbouring cells. For bit lines: one row per pair of neighbouring word lines, one
    /// column per bit line. The cells and bit lines of a signed pair stand side by side, g+ first. Numbers between
    /// two tiles, where there is no wire, do not count.
    File(String),
}

/// A broken segment between two neighbouring cells of a line. Lines are counted from 0, in the numbers of the projection; of
/// a signed pair both bit lines are broken, and a word line behind both cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Break {
    /// Of a word line.
    WordLine {
        /// The word line.
        line: u32,
        /// The bit line after whose cell it is broken.
        after: u32,
    },
    /// Of a bit line.
    BitLine {
        /// The bit line.
        line: u32,
        /// The word line after whose cell it is broken.
        after: u32,
    },
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
    /// Their drivers are disconnected: cells are all that holds the line. A word line whose cells are all open then has no
    /// voltage, which ends the run.
    Floating,
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
