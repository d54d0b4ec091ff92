//! A train is the pulses that one cell gets in one pass of programming, each chosen from what the read before it showed.
//!
//! Voltages climb by a step from pulse to pulse. A cell that has gone past its target gets a train in the other direction,
//! which begins lower than the last pulse of that direction; so the steps of the cell become smaller with each return.

use serde::{Deserialize, Serialize};

use crate::scenario::schema::{Program, ProgramPulse};
use crate::units::Voltage;

/// Room for rounding where steps add up to the highest voltage.
const SLACK: f64 = 1e-9;

/// The directions of a pulse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Set,
    Reset,
}

/// The strongest pulses that a cell has had, V, without a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// The last set pulse and the last reset pulse; 0 before the first one.
    last: [f64; 2],
    /// The strongest pulse of all.
    pub(super) strongest: f64,
}

/// The train of one cell in one pass.
pub(super) struct Train<'a> {
    program: &'a Program,
    /// The part of the highest voltages that the pass may use.
    part: f64,
    direction: Option<Direction>,
    /// The voltage of the last pulse and the step to the next one, without a sign.
    volts: f64,
    step: f64,
}

impl<'a> Train<'a> {
    pub(super) fn new(program: &'a Program, part: f64) -> Train<'a> {
        Train { program, part, direction: None, volts: 0.0, step: 0.0 }
    }

    /// The next pulse in a direction; `None` where it would be stronger than the highest one of the pass.
    pub(super) fn next(&mut self, direction: Direction, memory: &mut Memory) -> Option<ProgramPulse> {
        let (train, sign) = match direction {
            Direction::Set => (&self.program.set, 1.0),
            Direction::Reset => (&self.program.reset, -1.0),
        };
        let (first, highest) = (train.voltage.0.si().abs(), self.part * train.voltage.1.si().abs());
        let last = &mut memory.last[direction as usize];
        let volts = if self.direction == Some(direction) {
            self.volts + self.step
        } else {
            let is_first = *last == 0.0;
            self.step = train.first_step.filter(|_| is_first).unwrap_or(train.step).si();
            train.back.map_or(first, |back| (*last - back.si()).max(first)).min(highest)
        };
        if volts > highest * (1.0 + SLACK) {
            return None;
        }
        self.direction = Some(direction);
        self.volts = volts;
        *last = volts;
        memory.strongest = memory.strongest.max(volts);
        Some(ProgramPulse { voltage: Voltage::new(sign * volts), width: train.width })
    }
}

#[cfg(test)]
mod tests {
    use super::Direction::{Reset, Set};
    use super::*;
    use crate::scenario::schema::{CellOrder, PulseTrain, Scheme, Target};
    use crate::units::{Conductance, Span};

    fn program(back: Option<f64>) -> Program {
        let train = |sign: f64, step: f64| PulseTrain {
            voltage: (Voltage::new(sign * 0.5), Voltage::new(sign * 1.0)),
            step: Voltage::new(step),
            first_step: None,
            width: Span::new(1e-6),
            back: back.map(Voltage::new),
        };
        Program {
            projection: String::new(),
            target: Target::Constant(Conductance::new(1e-5)),
            tolerance: 0.01,
            set: train(1.0, 0.125),
            reset: train(-1.0, 0.25),
            scheme: Scheme::Half,
            pulses: 10,
            passes: vec![1.0],
            order: CellOrder::Lines,
        }
    }

    fn volts(program: &Program, part: f64, directions: &[Direction], memory: &mut Memory) -> Vec<f64> {
        let mut train = Train::new(program, part);
        directions.iter().map_while(|&wanted| train.next(wanted, memory)).map(|p| p.voltage.si()).collect()
    }

    #[test]
    fn a_train_climbs_to_the_highest_voltage_and_gives_up() {
        let mut memory = Memory::default();
        let all = volts(&program(None), 1.0, &[Set; 9], &mut memory);
        assert_eq!(all, [0.5, 0.625, 0.75, 0.875, 1.0]);
        assert_eq!(memory.strongest, 1.0);
        assert_eq!(volts(&program(None), 0.75, &[Reset; 9], &mut memory), [-0.5, -0.75]);
    }

    #[test]
    fn the_first_train_in_a_direction_has_a_step_of_its_own() {
        let mut program = program(Some(0.25));
        program.set.first_step = Some(Voltage::new(0.25));
        let mut memory = Memory::default();
        let all = volts(&program, 1.0, &[Set, Set, Reset, Set, Set, Set], &mut memory);
        assert_eq!(all, [0.5, 0.75, -0.5, 0.5, 0.625, 0.75]);
        assert_eq!(volts(&program, 1.0, &[Set, Set, Reset, Reset], &mut memory), [0.5, 0.625, -0.5, -0.75]);
    }

    #[test]
    fn a_return_begins_anew_or_below_the_last_pulse_of_its_direction() {
        let directions = [Set, Set, Set, Set, Reset, Set, Set, Reset];
        let anew = volts(&program(None), 1.0, &directions, &mut Memory::default());
        assert_eq!(anew, [0.5, 0.625, 0.75, 0.875, -0.5, 0.5, 0.625, -0.5]);
        let mut memory = Memory::default();
        let below = volts(&program(Some(0.25)), 1.0, &directions, &mut memory);
        assert_eq!(below, [0.5, 0.625, 0.75, 0.875, -0.5, 0.625, 0.75, -0.5]);
        // The next pass knows the last pulses too, and may have to stay below them.
        assert_eq!(volts(&program(Some(0.125)), 1.0, &[Set, Set], &mut memory), [0.625, 0.75]);
        assert_eq!(volts(&program(Some(0.0)), 0.625, &[Set, Set], &mut memory), [0.625]);
    }
}
