//! Scratch is the buffers of an array for the work on one bit line of one tile.

use super::tile::GROUP;
use crate::device::Device;

/// Numbers for every cell of the longest bit line, padded to whole groups.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    /// Of each plane, S.
    pub(super) conductance: [Vec<f64>; 2],
    /// What a rule wants: S, or strengths of pulses.
    pub(super) change: Vec<f64>,
    /// What one plane gets of it.
    pub(super) share: Vec<f64>,
    /// Random numbers, as many per cell as the device ever takes.
    pub(super) uniform: Vec<f64>,
    pub(super) volts: Vec<f64>,
}

impl Scratch {
    /// For bit lines of at most so many word lines in one tile.
    pub(super) fn new(rows: usize, device: &Device) -> Scratch {
        let padded = rows.next_multiple_of(GROUP);
        let draws = device.initial_draws().max(device.increment_draws()).max(device.advance_draws());
        let line = || vec![0.0; padded];
        Scratch {
            conductance: [line(), line()],
            change: line(),
            share: line(),
            uniform: vec![0.0; padded * draws],
            volts: line(),
        }
    }
}
