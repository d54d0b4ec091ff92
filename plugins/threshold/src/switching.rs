//! A switch moves the conductance of a cell beyond one of its thresholds towards one end of the range: at once, or by a
//! rate that depends on how far the voltage is beyond.

use crosspike_device::functions::{exp, exp_m1, pow};
use crosspike_device::{Cells, Column, Fault, Values};

const SWITCHING: usize = 4;
const SET: [(usize, &str); 2] = [(5, "rate_set"), (7, "exponent_set")];
const RESET: [(usize, &str); 2] = [(6, "rate_reset"), (8, "exponent_reset")];
const WINDOW: usize = 9;
const SOFT: usize = 1;
const BOUNDS: usize = 1;

/// The way to one end of the range.
pub(crate) struct Switch {
    /// The end, in siemens.
    pub(crate) end: f64,
    /// From the other end to this one, in siemens.
    pub(crate) way: f64,
    pub(crate) law: Law,
}

/// How fast a cell goes its way.
#[derive(Clone, Copy)]
pub(crate) enum Law {
    AtOnce,
    /// At a constant rate until the end.
    Steady(Rate),
    /// At a rate that falls with what is left of the way.
    Slowing(Rate),
}

/// A share of the way per second as a power of the voltage.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    /// At twice the threshold, in 1/s.
    pub(crate) at_twice: f64,
    pub(crate) exponent: f64,
}

impl Switch {
    /// The conductance after `duration` seconds, above 0, at a voltage that is 1 + `excess` times the threshold. Rounding
    /// may leave it beyond the end.
    pub(crate) fn moved(&self, g: f64, excess: f64, duration: f64) -> f64 {
        match &self.law {
            Law::AtOnce => self.end,
            // Twice the way is beyond the end, and no infinite share meets a way of 0.
            Law::Steady(rate) => g + self.way * rate.share(excess, duration).min(2.0),
            Law::Slowing(rate) => {
                let share = rate.share(excess, duration);
                let rest = self.end - g;
                // What is small keeps its digits: the distance gone, then the distance left.
                if share < 1.0 { g - rest * exp_m1(-share) } else { self.end - rest * exp(-share) }
            }
        }
    }
}

/// The laws of one switch in cells that may have rates of their own.
pub(crate) struct Columns<'a> {
    law: Law,
    at_twice: Column<'a>,
    exponent: Column<'a>,
}

impl<'a> Columns<'a> {
    pub(crate) fn of_set(law: &Law, cells: &Cells<'a>) -> Columns<'a> {
        Columns::new(*law, cells, SET)
    }

    pub(crate) fn of_reset(law: &Law, cells: &Cells<'a>) -> Columns<'a> {
        Columns::new(*law, cells, RESET)
    }

    fn new(law: Law, cells: &Cells<'a>, [at_twice, exponent]: [(usize, &str); 2]) -> Columns<'a> {
        let rate = match law {
            Law::AtOnce => Rate { at_twice: f64::NAN, exponent: f64::NAN },
            Law::Steady(rate) | Law::Slowing(rate) => rate,
        };
        Columns {
            law,
            at_twice: cells.parameter(at_twice.0, rate.at_twice),
            exponent: cells.parameter(exponent.0, rate.exponent),
        }
    }

    /// The law of one cell.
    #[inline(always)]
    pub(crate) fn at(&self, cell: usize) -> Law {
        let rate = || Rate { at_twice: self.at_twice.at(cell), exponent: self.exponent.at(cell) };
        match self.law {
            Law::AtOnce => Law::AtOnce,
            Law::Steady(_) => Law::Steady(rate()),
            Law::Slowing(_) => Law::Slowing(rate()),
        }
    }
}

impl Law {
    /// Of set and of reset, as the parameters describe them.
    pub(crate) fn both(values: &Values<'_>) -> Result<[Law; 2], Fault> {
        Ok([Law::new(values, SET)?, Law::new(values, RESET)?])
    }

    fn new(values: &Values<'_>, [at_twice, exponent]: [(usize, &str); 2]) -> Result<Law, Fault> {
        let soft = values.choice(SWITCHING) == SOFT;
        let bounds = values.choice(WINDOW) == BOUNDS;
        for (parameter, name) in [at_twice, exponent] {
            let given = !values.number(parameter).is_nan();
            if soft && !given {
                let text = format!("`{name}` is missing; only switching `hard` does without it");
                return Err(Fault::new(text).of_parameter(parameter));
            }
            if !soft && given {
                return Err(only_soft(parameter, name));
            }
        }
        if !soft && bounds {
            return Err(only_soft(WINDOW, "window"));
        }
        let rate = Rate { at_twice: values.number(at_twice.0), exponent: values.number(exponent.0) };
        Ok(match (soft, bounds) {
            (false, _) => Law::AtOnce,
            (true, false) => Law::Steady(rate),
            (true, true) => Law::Slowing(rate),
        })
    }
}

fn only_soft(parameter: usize, name: &str) -> Fault {
    let text = format!("`{name}` is only for switching `soft`; leave it out, or set `switching` to \"soft\"");
    Fault::new(text).of_parameter(parameter)
}

impl Rate {
    /// The share of the whole way that `duration` is worth; infinite where numbers end.
    fn share(&self, excess: f64, duration: f64) -> f64 {
        self.at_twice * pow(excess, self.exponent) * duration
    }
}
