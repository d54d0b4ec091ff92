//! An encoder turns the pixels of one image into spikes, one neuron per pixel.
//!
//! # Invariants
//!
//! The spikes of an image are ordered by (offset, neuron), each pair once, all before the end of the
//! presentation. They depend on the image, its number and the seed alone, never on the images encoded before:
//! every draw is addressed by (seed, population, presentation, pixel, draw).
//!
//! # Why
//!
//! Gaps between spikes are drawn, not the spikes of every step or tick: the work is in proportion to the spikes.
//! Times are rounded up to the next tick, as all predicted instants are.

mod pixel;
mod sort;
#[cfg(test)]
mod tests;

use crate::random::{Purpose, Stream};
use crate::scenario::schema::Encoder;
use crate::time::Time;
use pixel::{Draws, Train};
use sort::sort;

/// A spike of an encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputSpike {
    /// The time from the start of the presentation.
    pub offset: Time,
    /// The neuron, which is the index of its pixel.
    pub neuron: u32,
}

/// What the chance of one presentation is tied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The seed of all encoders.
    pub seed: u64,
    /// The encoder's population by its index.
    pub population: u32,
    /// The number of the presentation within the run, below 2^32: the draws repeat after that.
    pub presentation: u64,
}

/// Replaces `out` by the spikes of one presentation of `image`, ordered by (offset, neuron).
///
/// `image` holds the intensity of each pixel, 0..1, at most 2^32 pixels; what is not above 0 never spikes.
/// Offsets are at least 0 and before `present`. `encoder` has passed the checks of its scenario. Nothing is
/// allocated where `out` has the capacity for twice the spikes.
///
/// - `Poisson`: gaps are -ln(u) / (rate x intensity).
/// - `Bernoulli`: at each start of a step k x step the probability p is intensity x probability; the steps
///   without spike before the next one are floor(ln(u) / ln(1 - p)).
/// - `Amplitude`: a spike at each start of a step, none below the threshold.
/// - `Regular`: the mean interval T is 1 / (rate x intensity), the first spike is uniform in (0, T], each
///   further interval is T (1 + jitter z) with z of the normal distribution, cut at 0 and 2 T so that its mean
///   stays T, and at least one tick.
/// - `Latency`: one spike at earliest + (1 - intensity) (latest - earliest), none below the threshold.
///
/// ```
/// use crosspike::encoder::{Key, encode};
/// use crosspike::scenario::Encoder;
/// use crosspike::time::Time;
/// use crosspike::units::Span;
///
/// let latency = Encoder::Latency { earliest: Span::new(0.0), latest: Span::new(10e-3), threshold: 0.0 };
/// let mut spikes = Vec::new();
/// let key = Key { seed: 1, population: 0, presentation: 0 };
/// encode(&latency, &[0.5, 0.0, 1.0], Time::from_seconds(0.02).unwrap(), key, &mut spikes);
/// assert_eq!((spikes[0].neuron, spikes[0].offset), (2, Time::ZERO));
/// assert_eq!((spikes[1].neuron, spikes[1].offset.seconds()), (0, 5e-3));
/// assert_eq!(spikes.len(), 2);
/// ```
pub fn encode(encoder: &Encoder, image: &[f32], present: Time, key: Key, out: &mut Vec<InputSpike>) {
    out.clear();
    let stream = Stream::new(key.seed, Purpose::Encoder, key.population);
    for (neuron, &intensity) in (0u32..).zip(image).filter(|(_, intensity)| **intensity > 0.0) {
        let draws = Draws::new(&stream, neuron, key.presentation);
        let mut train = Train::new(neuron, present, out);
        let intensity = f64::from(intensity);
        match *encoder {
            Encoder::Poisson { rate } => train.poisson(rate.si() * intensity, draws),
            Encoder::Bernoulli { step, probability } => {
                train.bernoulli(step.time(), probability * intensity, draws);
            }
            Encoder::Amplitude { step, threshold } => {
                if intensity >= threshold {
                    train.steps(step.time());
                }
            }
            Encoder::Regular { rate, jitter } => train.regular(rate.si() * intensity, jitter, draws),
            Encoder::Latency { earliest, latest, threshold } => {
                if intensity >= threshold {
                    train.latency(earliest.time(), latest.time(), intensity);
                }
            }
        }
    }
    sort(out, present);
    out.dedup();
}
