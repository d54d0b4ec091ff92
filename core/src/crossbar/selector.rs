//! A selector is a switch with two terminals in series with the device of a cell: at small voltages it conducts little.
//!
//! # Equations
//!
//! J(u) is the current at the voltage u on the selector.
//!
//! * `Threshold`: J = g_off u for |u| <= U, J = sign(u) (g_off U + g_on (|u| - U)) beyond; dJ/du = g_off, then g_on.
//!   Two straight lines are the least that has both figures of merit of a selector, its threshold and its nonlinearity
//!   (G. W. Burr et al., "Access devices for 3D crosspoint memory", J. Vac. Sci. Technol. B 32, 040802 (2014), DOI
//!   10.1116/1.4889999). A selector that snaps back to a lower voltage when it turns on is not monotone and not meant.
//! * `Model`: the current of a device model in a state that never changes, the same in all cells.

use std::sync::Arc;

use super::buffer::Buffer;
use super::tile::{GROUP, Tile};
use crate::device::{Cells, Columns, Device, DeviceFault};

/// The law of all selectors of an array.
#[derive(Clone, Debug)]
pub(super) enum Selector {
    /// Threshold (V), conductance below it and slope beyond (S).
    Threshold { voltage: f64, off: f64, on: f64 },
    /// A device model.
    Model(ModelSelector),
}

/// A device model in a state that never changes.
#[derive(Clone, Debug)]
pub(super) struct ModelSelector {
    pub(super) device: Arc<Device>,
    /// Each variable of a selector.
    state: Vec<f64>,
}

impl ModelSelector {
    /// Selectors of this conductance, S. A model that draws its start at random gets the middle of every draw, so that
    /// all are alike.
    pub(super) fn new(device: Arc<Device>, conductance: f64) -> Result<ModelSelector, DeviceFault> {
        let mut tile = Tile::new((0, GROUP), (0, 1), 1, device.state_count());
        let middle = vec![0.5; GROUP * device.initial_draws()];
        device.initial_state(tile.cells(0, 0), &[conductance; GROUP], &middle)?;
        let cells = tile.cells(0, 0);
        let state = cells.state.iter().step_by(cells.stride).take(device.state_count()).copied().collect();
        Ok(ModelSelector { device, state })
    }

    /// The state of so many selectors.
    fn states(&self, count: usize) -> Buffer<f64> {
        let mut all = Buffer::zeros(self.state.len() * count);
        for (column, &value) in all.as_mut_slice().chunks_exact_mut(count.max(1)).zip(&self.state) {
            column.fill(value);
        }
        all
    }
}

/// A bit line of selectors.
#[derive(Clone, Debug)]
pub(super) struct SelectorLine {
    selector: Selector,
    /// Of a device model; one variable after the other.
    state: Buffer<f64>,
    length: usize,
}

impl SelectorLine {
    /// At most `length` selectors, whole groups.
    pub(super) fn new(selector: &Selector, length: usize) -> SelectorLine {
        let state = match selector {
            Selector::Threshold { .. } => Buffer::zeros(0),
            Selector::Model(model) => model.states(length),
        };
        SelectorLine { selector: selector.clone(), state, length }
    }

    /// The currents at `volts`, A, and their slopes, S.
    pub(super) fn current(
        &mut self,
        volts: &[f64],
        currents: &mut [f64],
        slopes: &mut [f64],
    ) -> Result<(), DeviceFault> {
        match &self.selector {
            Selector::Threshold { voltage, off, on } => {
                for ((&volt, current), slope) in volts.iter().zip(currents).zip(slopes) {
                    (*current, *slope) = broken_line((*voltage, *off, *on), volt);
                }
                Ok(())
            }
            Selector::Model(model) => {
                let state = self.state.as_mut_slice();
                let (stride, own) = (self.length, Columns::default());
                let cells = Cells { state, stride, count: volts.len(), own };
                model.device.current(cells, volts, currents, Some(slopes))
            }
        }
    }
}

/// Current and slope of two straight lines that meet at a threshold.
fn broken_line((threshold, off, on): (f64, f64, f64), volt: f64) -> (f64, f64) {
    let beyond = volt.abs() - threshold;
    if beyond > 0.0 { ((off * threshold + on * beyond).copysign(volt), on) } else { (off * volt, off) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_threshold_meet_and_are_odd() {
        let law = |volt: f64| broken_line((0.6, 1e-9, 1e-3), volt);
        assert_eq!(law(0.0), (0.0, 1e-9));
        assert_eq!(law(0.6), (0.6e-9, 1e-9));
        let just_beyond = law(0.6 + 1e-12);
        assert!((just_beyond.0 - 0.6e-9).abs() < 2e-15 && just_beyond.1 == 1e-3);
        assert!((law(1.1).0 - (0.6e-9 + 0.5e-3)).abs() < 1e-18);
        for volt in [0.1, 0.6, 0.9, 3.0] {
            assert_eq!(law(-volt), (-law(volt).0, law(volt).1));
        }
    }
}
