//! A bench is a device with cells of many conductances, whose buffers lie between walls: numbers that nobody may touch.

use std::sync::Arc;

use crosspike::device::{Device, DeviceFault, Model};
use crosspike::random::{Purpose, Stream};
use crosspike::scenario::{Named, ParameterValue};

use crate::device::state::{BRICK, State, WALL};

/// Cells of a bench.
pub(super) const COUNT: usize = 64;

/// A device under test.
pub(super) struct Bench {
    pub(super) model: Arc<Model>,
    pub(super) values: Named<ParameterValue>,
    pub(super) device: Device,
    pub(super) seed: u64,
}

impl Bench {
    /// Conductances all over the range, and its ends.
    pub(super) fn targets(&self) -> Vec<f64> {
        let (low, high) = self.device.range();
        (0..COUNT).map(|cell| low + (high - low) * cell as f64 / (COUNT - 1) as f64).collect()
    }

    /// Uniform numbers for calls of a kind that takes so many per cell.
    pub(super) fn draws(&self, count: usize, number: u64) -> Vec<f64> {
        let stream = Stream::new(self.seed, Purpose::Target, 0);
        (0..count * COUNT).map(|place| stream.uniform(place as u32, number)).collect()
    }

    /// Cells of all conductances.
    pub(super) fn cells(&self) -> Result<State, DeviceFault> {
        let mut state = State::new(self.device.state_count(), COUNT);
        let draws = self.draws(self.device.initial_draws(), 0);
        self.device.initial_state(state.cells(), &self.targets(), &draws)?;
        Ok(state)
    }

    /// Their conductances.
    pub(super) fn conductances(&self, state: &mut State) -> Result<Vec<f64>, DeviceFault> {
        let mut out = vec![0.0; state.count];
        self.device.conductance(state.cells(), &mut out)?;
        Ok(out)
    }

    /// Voltages at which currents are looked at: within the validity of the model, and where it has no limit up to 1 V.
    pub(super) fn read_volts(&self) -> Vec<f64> {
        let (lowest, highest) = self.device.valid_voltage();
        let (lowest, highest) = (lowest.max(-1.0), highest.min(1.0));
        [-1.0, -0.31, -0.02, 0.0, 0.02, 0.17, 0.5, 1.0]
            .map(|part: f64| part.abs() * if part < 0.0 { lowest } else { highest })
            .to_vec()
    }

    /// Voltages of pulses from tiny to large, of both signs, a different one for each group of cells of a batch.
    pub(super) fn pulse_volts(&self) -> Vec<[f64; COUNT]> {
        let sizes = [0.0, 0.05, 0.12, 0.25, 0.5, 0.8, 1.2, 2.0, 3.3];
        let volts = sizes.iter().flat_map(|&size| [size, -size]).skip(1);
        volts.map(|volt| [volt; COUNT]).collect()
    }
}

/// Room for an answer, between walls.
pub(super) struct Answer(Vec<f64>);

impl Answer {
    pub(super) fn new() -> Answer {
        let mut numbers = vec![BRICK; COUNT + 2 * WALL];
        numbers[WALL..WALL + COUNT].fill(0.0);
        Answer(numbers)
    }

    pub(super) fn room(&mut self) -> &mut [f64] {
        &mut self.0[WALL..WALL + COUNT]
    }

    pub(super) fn walls_stand(&self) -> bool {
        let walls = self.0[..WALL].iter().chain(&self.0[WALL + COUNT..]);
        walls.into_iter().all(|number| number.to_bits() == BRICK.to_bits())
    }
}
