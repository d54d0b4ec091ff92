//! A time is a whole number of picoseconds, so that equal times are equal and every order is total.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// An instant of the simulation or a span between two instants, in picoseconds (one tick).
///
/// The range is ±106 days. Arithmetic that leaves it is a programming error: scenario values are checked
/// against [`Time::LONGEST`] at the door.
///
/// ```
/// use crosspike::time::Time;
///
/// let step = Time::from_seconds(1e-3).unwrap();
/// assert_eq!(step.ticks(), 1_000_000_000);
/// assert_eq!((step + step).seconds(), 2e-3);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// The start of every simulation.
    pub const ZERO: Time = Time(0);
    /// Later than every event.
    pub const NEVER: Time = Time(i64::MAX);
    /// Earlier than every event; "has not happened yet".
    pub const BEFORE_ALL: Time = Time(i64::MIN);
    /// The shortest span, one picosecond.
    pub const TICK: Time = Time(1);
    /// The longest span that a scenario may name, 10^6 s (11.6 days).
    pub const LONGEST: Time = Time(1_000_000_000_000_000_000);
    /// The length of one tick in seconds.
    pub const TICK_SECONDS: f64 = 1e-12;
    const TICKS_PER_SECOND: f64 = 1e12;

    /// The time of so many picoseconds.
    pub const fn from_ticks(ticks: i64) -> Time {
        Time(ticks)
    }

    /// The tick nearest to `seconds`, or `None` where it is not finite or beyond ±[`Time::LONGEST`].
    pub fn from_seconds(seconds: f64) -> Option<Time> {
        let ticks = (seconds * Time::TICKS_PER_SECOND).round();
        (ticks.abs() <= Time::LONGEST.0 as f64).then_some(Time(ticks as i64))
    }

    /// The first tick at or after `self + seconds`: a predicted instant is never early.
    ///
    /// `seconds` must not be negative. What lies beyond the range is [`Time::NEVER`].
    pub fn after(self, seconds: f64) -> Time {
        let ticks = (seconds * Time::TICKS_PER_SECOND).ceil();
        if ticks < Time::LONGEST.0 as f64 { Time(self.0.saturating_add(ticks as i64)) } else { Time::NEVER }
    }

    /// This time in picoseconds.
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// The first multiple of `interval` from time 0 at or after this time.
    ///
    /// # Panics
    ///
    /// Where `interval` is not positive.
    pub fn next_multiple_of(self, interval: Time) -> Time {
        assert!(interval > Time::ZERO, "multiples of {interval} do not go on");
        let periods = self.0.div_euclid(interval.0) + i64::from(self.0 % interval.0 != 0);
        Time(periods * interval.0)
    }

    /// This time in seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 * Time::TICK_SECONDS
    }

    /// The seconds from `earlier` to this time, exact to one rounding.
    pub fn since(self, earlier: Time) -> f64 {
        (self.0 - earlier.0) as f64 * Time::TICK_SECONDS
    }
}

impl Add for Time {
    type Output = Time;
    fn add(self, span: Time) -> Time {
        Time(self.0 + span.0)
    }
}

impl AddAssign for Time {
    fn add_assign(&mut self, span: Time) {
        self.0 += span.0;
    }
}

impl Sub for Time {
    type Output = Time;
    fn sub(self, span: Time) -> Time {
        Time(self.0 - span.0)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, unit) = match self.0.unsigned_abs() {
            0..1_000 => (self.0 as f64, "ps"),
            1_000..1_000_000 => (self.0 as f64 / 1e3, "ns"),
            1_000_000..1_000_000_000 => (self.0 as f64 / 1e6, "us"),
            1_000_000_000..1_000_000_000_000 => (self.0 as f64 / 1e9, "ms"),
            _ => (self.0 as f64 / 1e12, "s"),
        };
        write!(f, "{value} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicted_instants_round_up() {
        assert_eq!(Time::ZERO.after(1.000_1e-12), Time::from_ticks(2));
        assert_eq!(Time::from_ticks(5).after(0.0), Time::from_ticks(5));
        assert_eq!(Time::ZERO.after(f64::INFINITY), Time::NEVER);
    }

    #[test]
    fn multiples_are_their_own_next_ones() {
        let next = |t, interval| Time(t).next_multiple_of(Time(interval)).0;
        assert_eq!([0, 1, 9, 10, 11, -1, -10, -11].map(|t| next(t, 10)), [0, 10, 10, 10, 20, 0, -10, -10]);
    }

    #[test]
    fn decimal_milliseconds_are_exact_ticks() {
        for tenths in 0..100_000_i64 {
            let seconds = tenths as f64 / 10.0 * 1e-3;
            assert_eq!(Time::from_seconds(seconds), Some(Time::from_ticks(tenths * 100_000_000)));
        }
    }

    #[test]
    fn what_is_beyond_the_range_has_no_tick() {
        assert_eq!(Time::from_seconds(1.1e6), None);
        assert_eq!(Time::from_seconds(f64::NAN), None);
    }
}
