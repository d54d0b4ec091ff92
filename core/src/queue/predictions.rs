//! A prediction is the next expected event of one entity; there is at most one, and it may move until it happens.

use std::cmp::Reverse;
use std::hash::{BuildHasherDefault, Hasher};

use priority_queue::PriorityQueue;
use serde::{Deserialize, Serialize};

use crate::time::Time;

/// What a kernel asks of a queue of predictions, so that another structure can take the place of [`Predictions`].
pub trait NextEvent {
    /// Sets, moves or (with [`Time::NEVER`]) removes the prediction of `entity`.
    fn predict(&mut self, entity: u32, time: Time);
    /// The earliest prediction; of several at one time the entity with the lowest number.
    fn next(&self) -> Option<(Time, u32)>;
    /// Removes and returns the earliest prediction.
    fn pop(&mut self) -> Option<(Time, u32)>;
    /// Removes all predictions.
    fn clear(&mut self);
}

/// Predictions in the `priority-queue` crate.
///
/// The crate pops equal priorities in arbitrary order, so the number of the entity is part of the priority.
///
/// ```
/// use crosspike::queue::{NextEvent, Predictions};
/// use crosspike::time::Time;
///
/// let mut predictions = Predictions::default();
/// predictions.predict(4, Time::from_ticks(90));
/// predictions.predict(2, Time::from_ticks(50));
/// predictions.predict(4, Time::from_ticks(20)); // it moves
/// assert_eq!(predictions.pop(), Some((Time::from_ticks(20), 4)));
/// predictions.predict(2, Time::NEVER); // it will not happen
/// assert_eq!(predictions.next(), None);
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(u32, Time)>", into = "Vec<(u32, Time)>")]
pub struct Predictions {
    queue: PriorityQueue<u32, Reverse<(Time, u32)>, BuildHasherDefault<NumberHasher>>,
}

impl NextEvent for Predictions {
    fn predict(&mut self, entity: u32, time: Time) {
        if time == Time::NEVER {
            self.queue.remove(&entity);
        } else {
            self.queue.push(entity, Reverse((time, entity)));
        }
    }

    fn next(&self) -> Option<(Time, u32)> {
        self.queue.peek().map(|(_, Reverse(next))| *next)
    }

    fn pop(&mut self) -> Option<(Time, u32)> {
        self.queue.pop().map(|(_, Reverse(next))| next)
    }

    fn clear(&mut self) {
        self.queue.clear();
    }
}

impl From<Vec<(u32, Time)>> for Predictions {
    fn from(entries: Vec<(u32, Time)>) -> Predictions {
        let queue = entries.into_iter().map(|(entity, time)| (entity, Reverse((time, entity)))).collect();
        Predictions { queue }
    }
}

impl From<Predictions> for Vec<(u32, Time)> {
    fn from(predictions: Predictions) -> Vec<(u32, Time)> {
        let mut entries: Vec<_> =
            predictions.queue.into_iter().map(|(entity, Reverse((time, _)))| (entity, time)).collect();
        entries.sort_unstable();
        entries
    }
}

/// Spreads entity numbers with one multiplication; a cryptographic hash would cost more than the queue.
#[derive(Clone, Copy, Debug, Default)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(u32::from(byte));
        }
    }
    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeSet, HashMap};

    /// The plainest structure with the same promise.
    #[derive(Default)]
    struct SortedSet {
        times: HashMap<u32, Time>,
        order: BTreeSet<(Time, u32)>,
    }

    impl NextEvent for SortedSet {
        fn predict(&mut self, entity: u32, time: Time) {
            if let Some(old) = self.times.remove(&entity) {
                self.order.remove(&(old, entity));
            }
            if time != Time::NEVER {
                self.times.insert(entity, time);
                self.order.insert((time, entity));
            }
        }
        fn next(&self) -> Option<(Time, u32)> {
            self.order.first().copied()
        }
        fn pop(&mut self) -> Option<(Time, u32)> {
            let (time, entity) = self.order.pop_first()?;
            self.times.remove(&entity);
            Some((time, entity))
        }
        fn clear(&mut self) {
            *self = SortedSet::default();
        }
    }

    proptest! {
        #[test]
        fn every_backend_predicts_alike(
            operations in prop::collection::vec((0u32..20, 0i64..30, 0u8..10), 1..300),
        ) {
            let (mut queue, mut set) = (Predictions::default(), SortedSet::default());
            for (entity, tick, choice) in operations {
                match choice {
                    0 => prop_assert_eq!(queue.pop(), set.pop()),
                    1 => {
                        queue.predict(entity, Time::NEVER);
                        set.predict(entity, Time::NEVER);
                    }
                    _ => {
                        queue.predict(entity, Time::from_ticks(tick));
                        set.predict(entity, Time::from_ticks(tick));
                    }
                }
                prop_assert_eq!(queue.next(), set.next());
            }
            let mut copy = Predictions::from(Vec::from(queue));
            while let Some(expected) = set.pop() {
                prop_assert_eq!(copy.pop(), Some(expected));
            }
            prop_assert_eq!(copy.next(), None);
        }
    }
}
