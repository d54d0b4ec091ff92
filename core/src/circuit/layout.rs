//! A layout is the description of an array as someone writes it down: sizes, segments and terminals, not yet checked.

/// One of the four edges of an array. Word lines end left and right, bit lines top and bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before the first node of every word line.
    Left,
    /// After the last node of every word line.
    Right,
    /// Before the first node of every bit line.
    Top,
    /// After the last node of every bit line.
    Bottom,
}

impl Side {
    /// All four, in the order in which this module keeps them.
    pub const ALL: [Side; 4] = [Side::Left, Side::Right, Side::Top, Side::Bottom];

    /// Whether word lines end here.
    pub fn is_of_word_lines(self) -> bool {
        matches!(self, Side::Left | Side::Right)
    }
}

/// What connects the end of a line to the world: an ideal source behind a resistance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terminal {
    /// The voltage of the source, V. A virtual ground has 0 V.
    pub voltage: f64,
    /// Everything between the source and the first node, ohm: end segment, driver, sense circuit. With 0 the source
    /// sits on the node itself and fixes its voltage.
    pub resistance: f64,
}

/// The resistances between neighbouring nodes of the lines of one direction, ohm, each above 0; infinite where the line
/// is broken.
#[derive(Clone, Debug, PartialEq)]
pub enum Segments {
    /// One value for all.
    Uniform(f64),
    /// One value for each line.
    PerLine(Vec<f64>),
    /// One value for each segment, row by row as the array is drawn: m x (n-1) for word lines, (m-1) x n for bit lines.
    PerSegment(Vec<f64>),
}

/// Where a line has a segment between its terminal and its outermost node. Published figures differ by this choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndSegments {
    /// Before the first and after the last node of every line, as badcrossbar and CrossSim count.
    #[default]
    EveryEnd,
    /// On bit lines only, so that a driver sits on the first node of its word line, as crossbar-microcap counts.
    BitLines,
    /// Nowhere: drivers and virtual grounds sit on the nodes.
    Absent,
}

/// An array of m word lines x n bit lines, to be checked by [`Circuit::new`](super::Circuit::new).
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// How many word lines, m.
    pub word_lines: usize,
    /// How many bit lines, n.
    pub bit_lines: usize,
    /// The segments of the word lines.
    pub word_segments: Segments,
    /// The segments of the bit lines.
    pub bit_segments: Segments,
    /// Where [`connect`](Layout::connect) adds a segment at the end of a line.
    pub end_segments: EndSegments,
    /// The terminals of each side, in the order of [`Side::ALL`]; one entry per line, `None` where the end floats.
    pub terminals: [Vec<Option<Terminal>>; 4],
}

impl Layout {
    /// Lines of one segment resistance in ohm, with end segments at every end and nothing connected.
    pub fn new(word_lines: usize, bit_lines: usize, segment: f64) -> Layout {
        let side = |side: Side| vec![None; if side.is_of_word_lines() { word_lines } else { bit_lines }];
        Layout {
            word_lines,
            bit_lines,
            word_segments: Segments::Uniform(segment),
            bit_segments: Segments::Uniform(segment),
            end_segments: EndSegments::default(),
            terminals: Side::ALL.map(side),
        }
    }

    /// The usual read: drivers of 0 V on the left, virtual grounds at the bottom, no resistance but the wire's.
    pub fn read(word_lines: usize, bit_lines: usize, segment: f64, end_segments: EndSegments) -> Layout {
        Layout { end_segments, ..Layout::new(word_lines, bit_lines, segment) }
            .connect(Side::Left, 0.0, 0.0)
            .connect(Side::Bottom, 0.0, 0.0)
    }

    /// Connects every line of one side to a source of `voltage` (V) through `resistance` (ohm) of its driver or sense
    /// circuit and, where the convention wants it, one more segment of the line.
    ///
    /// Where segments are given one by one, the end segment has the resistance of the nearest unbroken one of its line; a
    /// line without any then has no end segment either.
    #[must_use]
    pub fn connect(mut self, side: Side, voltage: f64, resistance: f64) -> Layout {
        for line in 0..self.terminals[side as usize].len() {
            let resistance = resistance + self.end_segment(side, line);
            self.terminals[side as usize][line] = Some(Terminal { voltage, resistance });
        }
        self
    }

    fn end_segment(&self, side: Side, line: usize) -> f64 {
        let absent = match self.end_segments {
            EndSegments::EveryEnd => false,
            EndSegments::BitLines => side.is_of_word_lines(),
            EndSegments::Absent => true,
        };
        if absent {
            return 0.0;
        }
        let segments = if side.is_of_word_lines() { &self.word_segments } else { &self.bit_segments };
        let value = match segments {
            Segments::Uniform(value) => Some(value),
            Segments::PerLine(values) => values.get(line),
            Segments::PerSegment(values) => {
                let (n, unbroken) = (self.bit_lines, |value: &&f64| value.is_finite());
                let word_line = || values.chunks(n.max(2) - 1).nth(line).unwrap_or_default().iter();
                let bit_line = || values.iter().skip(line).step_by(n.max(1));
                match side {
                    Side::Left => word_line().find(unbroken),
                    Side::Right => word_line().rev().find(unbroken),
                    Side::Top => bit_line().find(unbroken),
                    Side::Bottom => bit_line().rev().find(unbroken),
                }
            }
        };
        value.copied().filter(|value| value.is_finite()).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The resistances of all terminals of a 2 x 3 array with these segments of its word lines.
    fn resistances(word_segments: [f64; 4], end_segments: EndSegments) -> Vec<f64> {
        let layout = Layout {
            word_segments: Segments::PerSegment(word_segments.to_vec()),
            bit_segments: Segments::PerSegment(vec![5.0, 6.0, 7.0]),
            end_segments,
            ..Layout::new(2, 3, 1.0)
        };
        let layout = Side::ALL.into_iter().fold(layout, |layout, side| layout.connect(side, 0.0, 10.0));
        layout.terminals.iter().flatten().flatten().map(|terminal| terminal.resistance).collect()
    }

    #[test]
    fn an_end_segment_is_like_its_neighbour_and_adds_to_the_driver() {
        let of = |end_segments| resistances([1.0, 2.0, 3.0, 4.0], end_segments);
        let every = [11.0, 13.0, 12.0, 14.0, 15.0, 16.0, 17.0, 15.0, 16.0, 17.0];
        assert_eq!(of(EndSegments::EveryEnd), every);
        let bit_lines = [10.0, 10.0, 10.0, 10.0, 15.0, 16.0, 17.0, 15.0, 16.0, 17.0];
        assert_eq!(of(EndSegments::BitLines), bit_lines);
        assert_eq!(of(EndSegments::Absent), [10.0; 10]);
    }

    #[test]
    fn an_end_segment_beside_a_broken_one_is_like_the_nearest_unbroken_one() {
        let broken = f64::INFINITY;
        let found = resistances([broken, 2.0, broken, broken], EndSegments::EveryEnd);
        assert_eq!(found[..4], [12.0, 10.0, 12.0, 10.0]);
    }
}
