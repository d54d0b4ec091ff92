//! The words for the periphery of an array: converters, read noise, and what makes up for the drop of voltage on wires.

use serde::{Deserialize, Serialize};

use super::defaults;
use crate::units::{Current, Voltage};

/// What makes up for the drop of voltage on the wires: a gain of the sense circuits, before their converters.
///
/// A gain is found by sample reads: test patterns that drive a `fraction` of the word lines of every tile (at least one),
/// drawn once from the device seed and the same at every calibration, or one read of the mean image. The gain of a physical bit line of a tile is the
/// sum over the samples of the currents that its cells would carry without wire resistance, by the sum of those that it
/// carries; with ideal wires it is 1. Sample reads count as averaged: they have no noise and pass no converter. They take
/// no network time and are no reads of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Compensation {
    /// Nothing.
    #[default]
    None,
    /// One constant gain of all bit lines. To divide the threshold and every other voltage of the neurons by a number is
    /// the same, as the program of A. Dudkin, E. Ryndin and N. Andreeva (DOI 10.31857/S0544126925040058) does with 30
    /// to 65.
    Gain(f64),
    /// A gain of each bit line, found before the run or before every phase.
    Calibrated {
        /// What sample reads drive.
        #[serde(default)]
        pattern: Pattern,
        /// How many sample reads; 1 unless given.
        #[serde(default = "defaults::one_sample")]
        samples: u32,
        /// The part of the word lines of a tile that each of them drives; all unless given.
        #[serde(default = "defaults::one")]
        fraction: f64,
        /// When gains are found.
        #[serde(default)]
        at: CalibrationTime,
    },
    /// A gain of each bit line, found before every phase and again whenever the array has had so many column updates.
    Tracked {
        /// What sample reads drive.
        #[serde(default)]
        pattern: Pattern,
        /// How many sample reads; 1 unless given.
        #[serde(default = "defaults::one_sample")]
        samples: u32,
        /// The part of the word lines of a tile that each of them drives; all unless given.
        #[serde(default = "defaults::one")]
        fraction: f64,
        /// Column updates of the array from one calibration to the next.
        every: u64,
    },
}

impl Compensation {
    /// What sample reads drive; `None` where there are none.
    pub(crate) fn pattern(&self) -> Option<Pattern> {
        match self {
            Compensation::None | Compensation::Gain(_) => None,
            Compensation::Calibrated { pattern, .. } | Compensation::Tracked { pattern, .. } => {
                Some(*pattern)
            }
        }
    }
}

/// What the sample reads of a calibration drive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pattern {
    /// `samples` times a `fraction` of the word lines at random, at the read voltage.
    #[default]
    Random,
    /// Once all word lines, each at the part of the read voltage that is the mean intensity of its pixel over the images of the
    /// first Train phase, or of the first phase with images where none trains.
    MeanImage,
}

/// When the gains of bit lines are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CalibrationTime {
    /// Once, before the first phase.
    #[default]
    RunStart,
    /// Before every phase.
    PhaseStarts,
}

/// Noise and converters of reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periphery {
    /// What gives word lines their voltages. Exact unless given.
    #[serde(default)]
    pub dac: Option<Dac>,
    /// The noise of the current of each physical bit line of each tile.
    #[serde(default)]
    pub noise: ReadNoise,
    /// What turns the current of each physical bit line of each tile into a number. Exact unless given.
    #[serde(default)]
    pub adc: Option<Adc>,
}

/// A digital-to-analog converter: the voltages of reads are rounded to multiples of `full_scale` / (2^bits - 1), of
/// either sign.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dac {
    /// Its resolution.
    pub bits: u32,
    /// Its largest voltage.
    pub full_scale: Voltage,
}

/// Gaussian noise of a current: the variance is (relative x current)^2 + absolute^2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadNoise {
    /// Its standard deviation as a part of the current.
    #[serde(default)]
    pub relative: f64,
    /// Its standard deviation where there is no current.
    #[serde(default)]
    pub absolute: Current,
}

/// An analog-to-digital converter of currents in the direction of the read voltage: they are clipped to 0 .. `full_scale`
/// and rounded to multiples of `full_scale` / (2^bits - 1). The bit lines of a signed pair have one each, and their
/// numbers are subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adc {
    /// Its resolution.
    pub bits: u32,
    /// Its largest current, after the gain of a compensation.
    pub full_scale: Current,
}

impl Dac {
    /// The nearest voltage that it gives; a half step goes away from 0 V.
    pub fn convert(&self, voltage: Voltage) -> Voltage {
        let steps = ((1_u64 << self.bits) - 1) as f64;
        let level = (voltage.si() / self.full_scale.si() * steps).round().clamp(-steps, steps);
        Voltage::new(level / steps * self.full_scale.si())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dac_gives_the_nearest_multiple_of_its_step() {
        let dac = Dac { bits: 2, full_scale: Voltage::new(3.0) };
        for (asked, given) in [(0.4, 0.0), (0.5, 1.0), (1.49, 1.0), (3.0, 3.0), (-1.6, -2.0), (-0.3, 0.0)] {
            assert_eq!(dac.convert(Voltage::new(asked)).si(), given, "{asked} V");
        }
        assert_eq!(Dac { bits: 1, ..dac }.convert(Voltage::new(1.6)).si(), 3.0);
    }
}
