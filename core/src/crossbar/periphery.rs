//! A periphery is what stands between the bit lines of the tiles and the membranes: noise, gain and converter.
//!
//! # The chain of one physical bit line of one tile
//!
//! ```text
//!   I          current out of the bit line
//!   I1 = I + sigma n              sigma^2 = (relative I)^2 + absolute^2 + that of the devices, n normal
//!   I2 = a I1                     a: gain of a compensation
//!   k  = round(K min(max(s I2, 0), F) / F)       K = 2^bits - 1, F: full scale, s: sign of the read voltage
//!   I3 = s k F / K                the number that leaves the converter, as a current
//! ```
//!
//! Then the two lines of a signed pair are subtracted, and the tiles of a bit line are summed; both are exact, as they are
//! in digital hardware. A tile of which no word line is driven is not converted, unless undriven lines are biased.
//! Absent parts are left out of the chain.
//!
//! The rounding of such a converter is the uniform quantiser whose error is F^2 / (12 K^2) in the mean square. Noise of
//! the current, its clipping and its rounding are the steps of M. J. Rasch et al., "A flexible and fast PyTorch toolkit for
//! simulating training and inference on analog crossbar arrays", AICAS 2021, DOI 10.1109/AICAS51828.2021.9458494.
//!
//! # Invariants
//!
//! Noise has no state: a number is drawn for the seed of the devices, the projection, the bit line of the tile, and the
//! time and round of the read.

use serde::{Deserialize, Serialize};

use super::ArrayPlan;
use super::tile::Tile;
use super::work::Work;
use crate::random::{Purpose, Stream};
use crate::scenario::schema::{Adc, Compensation, ReadNoise};
use crate::time::Time;
use crate::units::Voltage;

/// When a read happens. No two reads of one array have the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub time: Time,
    /// The round within the instant, from 0.
    pub round: u32,
}

/// What is counted of the reads of one array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadCounts {
    /// Instants (and rounds) at which spikes drove word lines.
    pub reads: u64,
    /// Reads that started before the pulse of an earlier one had ended.
    pub overlaps: u64,
    /// Conversions of analog-to-digital converters; none while no target neuron listens.
    pub conversions: u64,
    /// Conversions of more than the full scale.
    pub saturated: u64,
    /// Energy and solves.
    pub work: Work,
}

impl std::ops::AddAssign for ReadCounts {
    fn add_assign(&mut self, other: ReadCounts) {
        self.reads += other.reads;
        self.overlaps += other.overlaps;
        self.conversions += other.conversions;
        self.saturated += other.saturated;
        self.work += other.work;
    }
}

/// What the currents of bit lines pass where it is more than one constant factor.
#[derive(Clone, Debug)]
pub(super) struct Periphery {
    /// Beside that of the devices.
    noise: Option<(ReadNoise, Stream)>,
    adc: Option<Converter>,
    /// The constant gain of all bit lines.
    gain: f64,
    /// The number of the first physical bit line of each tile among those of the array.
    first_lines: Vec<u32>,
    /// All physical bit lines of all tiles.
    line_count: u32,
    /// Bit lines per synapse.
    planes: usize,
    /// Volts on the target membrane per ampere.
    volts_per_ampere: f64,
}

#[derive(Clone, Copy, Debug)]
struct Converter {
    steps: f64,
    /// The full scale with the sign of the read voltage, A.
    full_scale: f64,
}

/// What a read of a tile adds up: volts on the membrane of each synapse, or, for a periphery, amperes of each bit line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums {
    /// Bit lines in one sum: the pair of a synapse, or one.
    pub(super) planes: usize,
    /// What 1 S of a driven cell adds.
    pub(super) per_siemens: f64,
    /// What 1 A of a bit line adds.
    pub(super) per_ampere: f64,
}

impl Sums {
    pub(super) fn of(plan: &ArrayPlan, has_periphery: bool) -> Sums {
        let (voltage, width) = (plan.read.voltage.si(), plan.read.width.si());
        if has_periphery {
            return Sums { planes: 1, per_siemens: voltage, per_ampere: 1.0 };
        }
        Sums {
            planes: if plan.signed { 2 } else { 1 },
            per_siemens: plan.gain() * voltage * width / plan.capacitance,
            per_ampere: plan.gain() * width / plan.capacitance,
        }
    }
}

impl ArrayPlan {
    /// The constant gain of all bit lines.
    pub(super) fn gain(&self) -> f64 {
        if let Compensation::Gain(gain) = self.compensation { gain } else { 1.0 }
    }

    /// Whether bit lines have gains of their own: with ideal wires all of them are 1.
    pub(super) fn calibrates(&self) -> bool {
        let asked =
            matches!(self.compensation, Compensation::Calibrated { .. } | Compensation::Tracked { .. });
        asked && self.wires.is_some()
    }

    /// A part of the read voltage, V, as the converter of the periphery rounds it.
    pub(super) fn part_of_read(&self, part: f64) -> f64 {
        let voltage = Voltage::new(self.read.voltage.si() * part);
        self.periphery.dac.map_or(voltage, |dac| dac.convert(voltage)).si()
    }

    /// Lets the converter of the periphery round the voltages of reads.
    pub(super) fn convert_voltages(&mut self) {
        let Some(dac) = self.periphery.dac else { return };
        self.read.voltage = dac.convert(self.read.voltage);
        self.wires.iter_mut().for_each(|wires| wires.ends.convert(dac));
    }
}

impl Periphery {
    /// `None` where a constant factor is all there is.
    pub(super) fn of(plan: &ArrayPlan, has_noisy_devices: bool, tiles: &[Tile]) -> Option<Periphery> {
        let noise = plan.periphery.noise;
        let is_noisy = has_noisy_devices || noise.relative > 0.0 || noise.absolute.si() > 0.0;
        if !is_noisy && plan.periphery.adc.is_none() && !plan.calibrates() {
            return None;
        }
        let mut line_count = 0;
        let mut first_lines = Vec::with_capacity(tiles.len());
        for tile in tiles {
            first_lines.push(line_count);
            line_count += (tile.columns * tile.plane_count()) as u32;
        }
        let draws = Stream::new(plan.device_seed, Purpose::ReadNoise, plan.number);
        let sign = plan.read.voltage.si().signum();
        Some(Periphery {
            noise: is_noisy.then_some((noise, draws)),
            adc: plan.periphery.adc.map(|adc| Converter::of(adc, sign)),
            gain: plan.gain(),
            first_lines,
            line_count,
            planes: if plan.signed { 2 } else { 1 },
            volts_per_ampere: plan.read.width.si() / plan.capacitance,
        })
    }

    /// Adds what the bit lines of a tile do to their membranes, V. `amperes` are their currents, which are overwritten,
    /// `variances` those of the noise of their devices, A^2; `gains` has one number for each of them, or none.
    pub(super) fn sense(
        &self,
        number: usize,
        (amperes, variances, gains): (&mut [f64], &[f64], &[f64]),
        moment: Moment,
        counts: &mut ReadCounts,
        volts: &mut [f64],
    ) {
        if let Some((noise, draws)) = &self.noise {
            let first = self.first_lines[number].wrapping_add(moment.round.wrapping_mul(self.line_count));
            let draw = moment.time.ticks() as u64;
            for (line, (current, of_devices)) in (0..).zip(amperes.iter_mut().zip(variances)) {
                let own = (noise.relative * *current).powi(2) + noise.absolute.si().powi(2);
                let variance = own + of_devices;
                *current += variance.sqrt() * draws.normal(first.wrapping_add(line), draw);
            }
        }
        amperes.iter_mut().for_each(|current| *current *= self.gain);
        for (current, gain) in amperes.iter_mut().zip(gains) {
            *current *= gain;
        }
        if let Some(adc) = &self.adc {
            counts.conversions += amperes.len() as u64;
            for current in amperes.iter_mut() {
                counts.saturated += u64::from(adc.saturates(*current));
                *current = adc.convert(*current);
            }
        }
        for (volts, lines) in volts.iter_mut().zip(amperes.chunks_exact(self.planes)) {
            *volts += self.volts_per_ampere * pair(lines);
        }
    }
}

impl Converter {
    fn of(adc: Adc, sign: f64) -> Converter {
        let steps = ((1_u64 << adc.bits) - 1) as f64;
        Converter { steps, full_scale: sign * adc.full_scale.si() }
    }

    fn saturates(&self, current: f64) -> bool {
        current / self.full_scale > 1.0
    }

    fn convert(&self, current: f64) -> f64 {
        let part = (current / self.full_scale).clamp(0.0, 1.0);
        (part * self.steps).round() / self.steps * self.full_scale
    }
}

/// What the bit lines of one synapse give together: one alone, or the difference of a pair.
pub(super) fn pair(bit_lines: &[f64]) -> f64 {
    match bit_lines {
        [plus, minus] => plus - minus,
        _ => bit_lines[0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Current;

    #[test]
    fn a_converter_clips_and_rounds_currents_of_the_sign_of_the_read_voltage() {
        let adc = |bits| Converter::of(Adc { bits, full_scale: Current::new(3e-6) }, 1.0);
        for (current, converted) in [(0.4, 0.0), (0.6, 1.0), (1.4, 1.0), (2.9, 3.0), (4.0, 3.0), (-1.0, 0.0)]
        {
            assert!((adc(2).convert(current * 1e-6) - converted * 1e-6).abs() < 1e-20, "{current} uA");
        }
        assert_eq!([1.4e-6, 1.6e-6].map(|current| adc(1).convert(current)), [0.0, 3e-6]);
        assert_eq!([2.9e-6, 3.1e-6].map(|current| adc(1).saturates(current)), [false, true]);
        let backwards = Converter::of(Adc { bits: 1, full_scale: Current::new(3e-6) }, -1.0);
        assert_eq!([-1.6e-6, 1.6e-6].map(|current| backwards.convert(current)), [-3e-6, 0.0]);
        assert!(backwards.saturates(-3.1e-6));
    }
}
