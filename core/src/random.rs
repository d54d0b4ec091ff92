//! Random numbers are a function of a key and a counter (Philox4x32-10), so no order of work can change them.
//!
//! # Why
//!
//! A sequential generator ties every draw to all draws before it. Here a draw is addressed by what it is for:
//! the seed, the purpose, the entity (a pixel, a cell) and the number of the draw. Threads, blocks, resumed runs
//! and batch sizes see the same numbers.
//!
//! Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
//! SC'11, DOI 10.1145/2063384.2063405.

const MULTIPLIERS: (u32, u32) = (0xD251_1F53, 0xCD9E_8D57);
const WEYL: (u32, u32) = (0x9E37_79B9, 0xBB67_AE85);

/// What a stream of random numbers is for. Streams of different purposes never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Which synapses exist, and their weights.
    Connection = 1,
    /// The conductance from which a cell starts.
    InitialConductance = 2,
    /// The device's own draws for its initial state.
    InitialState = 3,
    /// The device's draws for an increment.
    Increment = 4,
    /// Spikes of an encoder.
    Encoder = 5,
    /// The order of images.
    Order = 6,
    /// Which cells are stuck.
    Stuck = 7,
    /// The device's draws for a program pulse.
    Pulse = 8,
    /// What parameters differ by from cell to cell.
    Spread = 9,
    /// What parameters differ by from write to write.
    Jitter = 10,
    /// The noise of reads.
    ReadNoise = 11,
    /// The word lines that sample reads drive.
    Pattern = 12,
    /// The conductance to which a cell is programmed.
    Target = 13,
    /// The device's draws for a time at rest.
    Ageing = 14,
}

/// A keyed family of random numbers.
///
/// ```
/// use crosspike::random::{Purpose, Stream};
///
/// let stream = Stream::new(7, Purpose::Encoder, 0);
/// assert_eq!(stream.uniform(3, 5), stream.uniform(3, 5));
/// assert!(stream.uniform(3, 5) != stream.uniform(3, 6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    key: (u32, u32),
    owner: u32,
}

impl Stream {
    /// The stream of `owner` (a population or projection by its index) for one purpose under a seed.
    pub fn new(seed: u64, purpose: Purpose, owner: u32) -> Stream {
        let mixed = mix(seed ^ (u64::from(purpose as u32) << 56));
        Stream { key: (mixed as u32, (mixed >> 32) as u32), owner }
    }

    /// Two independent 64-bit words for the draw `draw` of `entity`.
    pub fn words(&self, entity: u32, draw: u64) -> (u64, u64) {
        let out = philox([draw as u32, (draw >> 32) as u32, entity, self.owner], self.key);
        (u64::from(out[0]) | u64::from(out[1]) << 32, u64::from(out[2]) | u64::from(out[3]) << 32)
    }

    /// A number in the open interval (0, 1).
    pub fn uniform(&self, entity: u32, draw: u64) -> f64 {
        open_unit(self.words(entity, draw).0)
    }

    /// A number of the normal distribution with mean 0 and standard deviation 1 (Box-Muller).
    pub fn normal(&self, entity: u32, draw: u64) -> f64 {
        let (a, b) = self.words(entity, draw);
        (-2.0 * open_unit(a).ln()).sqrt() * (std::f64::consts::TAU * open_unit(b)).cos()
    }
}

/// Maps a word to the open interval (0, 1): 52 bits, centred, so that neither end is reached.
pub fn open_unit(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
}

/// Ten rounds of Philox4x32.
pub fn philox(mut counter: [u32; 4], mut key: (u32, u32)) -> [u32; 4] {
    for _ in 0..10 {
        let first = u64::from(MULTIPLIERS.0) * u64::from(counter[0]);
        let second = u64::from(MULTIPLIERS.1) * u64::from(counter[2]);
        counter = [
            (second >> 32) as u32 ^ counter[1] ^ key.0,
            second as u32,
            (first >> 32) as u32 ^ counter[3] ^ key.1,
            first as u32,
        ];
        key = (key.0.wrapping_add(WEYL.0), key.1.wrapping_add(WEYL.1));
    }
    counter
}

/// The finaliser of SplitMix64: neighbouring seeds give unrelated keys.
fn mix(mut word: u64) -> u64 {
    word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_known_answers_of_its_authors() {
        assert_eq!(philox([0; 4], (0, 0)), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox([u32::MAX; 4], (u32::MAX, u32::MAX)),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], (0xa409_3822, 0x299f_31d0)),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn uniform_numbers_have_the_moments_of_the_open_unit_interval() {
        let stream = Stream::new(1, Purpose::Encoder, 2);
        let draws: Vec<f64> = (0..100_000).map(|draw| stream.uniform(3, draw)).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        assert!((mean - 0.5).abs() < 4.0 * (1.0f64 / 12.0 / draws.len() as f64).sqrt());
        assert!(draws.iter().all(|&x| x > 0.0 && x < 1.0));
    }

    #[test]
    fn normal_numbers_have_unit_variance() {
        let stream = Stream::new(1, Purpose::InitialConductance, 0);
        let draws: Vec<f64> = (0..100_000).map(|draw| stream.normal(0, draw)).collect();
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / draws.len() as f64;
        assert!((variance - 1.0).abs() < 4.0 * (2.0f64 / draws.len() as f64).sqrt());
    }

    #[test]
    fn purposes_and_owners_have_streams_of_their_own() {
        let draw = |purpose, owner| Stream::new(1, purpose, owner).words(0, 0);
        assert_ne!(draw(Purpose::Encoder, 0), draw(Purpose::Order, 0));
        assert_ne!(draw(Purpose::Encoder, 0), draw(Purpose::Encoder, 1));
    }
}
