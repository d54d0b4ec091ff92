//! A phase is the part of a column update in which pulses of one polarity go out together, one on each word line that has
//! a request: all start at once, and each ends after so many sixteenths of the whole width.
//!
//! # Why
//!
//! Between two ends the voltages of all lines are constant, so a phase is at most sixteen intervals, however many word
//! lines it drives.

use crate::scenario::schema::Strength;

/// Parts of the whole width; the longest pulse has all of them.
pub(super) const PARTS: u8 = 16;

/// When the pulse of each word line ends, in parts; 0 where it has none.
#[derive(Clone, Debug)]
pub(super) struct Phase {
    ends: Vec<u8>,
}

impl Phase {
    /// A phase of at most so many word lines.
    pub(super) fn new(word_lines: usize) -> Phase {
        Phase { ends: vec![0; word_lines] }
    }

    /// Takes the requests of the first word lines as strengths up to 1; where one is 0 or below there is no pulse.
    pub(super) fn take(&mut self, requests: impl Iterator<Item = f64>, strength: Strength) {
        self.ends.fill(0);
        for (end, request) in self.ends.iter_mut().zip(requests) {
            *end = match strength {
                Strength::Fixed if request > 0.0 => PARTS,
                Strength::Fixed => 0,
                // The cast takes what is not a number for 0.
                Strength::Width => (request.clamp(0.0, 1.0) * f64::from(PARTS)).round() as u8,
            };
        }
    }

    /// The first end after `part`; the voltages of all lines are constant until then.
    pub(super) fn next_end(&self, part: u8) -> Option<u8> {
        self.ends.iter().copied().filter(|&end| end > part).min()
    }

    /// The pulses of the phase.
    pub(super) fn count(&self) -> u64 {
        self.ends.iter().filter(|&&end| end > 0).count() as u64
    }

    /// Whether a word line is driven in the interval that starts at `part`.
    pub(super) fn drives(&self, word_line: usize, part: u8) -> bool {
        self.ends[word_line] > part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(requests: &[f64], strength: Strength) -> Vec<(u8, u8, Vec<usize>)> {
        let mut phase = Phase::new(requests.len() + 2);
        phase.take([9.0; 5].into_iter(), strength);
        phase.take(requests.iter().copied(), strength);
        let (mut found, mut from) = (Vec::new(), 0);
        while let Some(to) = phase.next_end(from) {
            found.push((
                from,
                to,
                (0..requests.len() + 2).filter(|&line| phase.drives(line, from)).collect(),
            ));
            from = to;
        }
        found
    }

    #[test]
    fn fixed_pulses_are_whole_whatever_the_strength() {
        let requests = [0.3, 0.0, -0.4, 1e-9, f64::NAN];
        assert_eq!(intervals(&requests, Strength::Fixed), [(0, 16, vec![0, 3])]);
        let mut phase = Phase::new(5);
        phase.take(requests.into_iter(), Strength::Fixed);
        assert_eq!(phase.count(), 2);
        assert_eq!(intervals(&[0.0, -1.0], Strength::Fixed), []);
    }

    #[test]
    fn widths_are_rounded_to_sixteenths_and_end_one_after_the_other() {
        // 0.3 is 4.8 sixteenths, 0.49 is 7.84, 0.03 is less than half of one.
        let requests = [0.3, 1.0, 0.03, 0.49, 0.5, -0.7, 1.0 + 1e-12, f64::NAN];
        let expected = [(0, 5, vec![0, 1, 3, 4, 6]), (5, 8, vec![1, 3, 4, 6]), (8, 16, vec![1, 6])];
        assert_eq!(intervals(&requests, Strength::Width), expected);
    }

    #[test]
    fn there_are_never_more_than_sixteen_intervals() {
        let requests: Vec<f64> = (0..1000).map(|k| f64::from(k) / 999.0).collect();
        assert_eq!(intervals(&requests, Strength::Width).len(), 16);
    }
}
