//! The state of some cells, each variable between walls: numbers that nobody may touch.

use crosspike::device::{Cells, Columns};

/// Numbers of a wall.
pub(super) const WALL: usize = 8;
/// What stands in a wall: a number that no model would write.
pub(super) const BRICK: f64 = -7.062_5e301;

/// The state of some cells, each variable between two walls.
pub(super) struct State {
    numbers: Vec<f64>,
    first: usize,
    variables: usize,
    pub(super) count: usize,
}

impl State {
    pub(super) fn new(variables: usize, count: usize) -> State {
        let mut numbers = vec![BRICK; WALL + variables * (count + WALL) + 2 * WALL];
        // State is aligned to 64 bytes.
        let first = WALL + numbers[WALL..].as_ptr().align_offset(64);
        for variable in 0..variables {
            numbers[first + variable * (count + WALL)..][..count].fill(0.0);
        }
        State { numbers, first, variables, count }
    }

    pub(super) fn cells(&mut self) -> Cells<'_> {
        let length = self.variables * (self.count + WALL);
        let state = &mut self.numbers[self.first..self.first + length];
        Cells { state, stride: self.count + WALL, count: self.count, own: Columns::default() }
    }

    /// Some groups of these cells as cells of their own.
    pub(super) fn part(&self, first: usize, count: usize) -> State {
        let mut part = State::new(self.variables, count);
        for variable in 0..self.variables {
            let from = self.first + variable * (self.count + WALL) + first;
            let to = part.first + variable * (count + WALL);
            let numbers = self.numbers[from..from + count].to_vec();
            part.numbers[to..to + count].copy_from_slice(&numbers);
        }
        part
    }

    /// A copy at a place of its own.
    pub(super) fn copy(&self) -> State {
        self.part(0, self.count)
    }

    /// Takes the state of as many others.
    pub(super) fn take(&mut self, other: &State) {
        let length = self.variables * (self.count + WALL);
        self.numbers[self.first..][..length].copy_from_slice(&other.numbers[other.first..][..length]);
    }

    /// The state of all cells, as bits.
    pub(super) fn bits(&self) -> Vec<u64> {
        let variables = (0..self.variables).map(|variable| self.first + variable * (self.count + WALL));
        variables
            .flat_map(|from| self.numbers[from..from + self.count].iter().map(|number| number.to_bits()))
            .collect()
    }

    /// Whether all walls stand.
    pub(super) fn walls_stand(&self) -> bool {
        let is_inside = |place: usize| {
            let offset = place.wrapping_sub(self.first);
            offset < self.variables * (self.count + WALL) && offset % (self.count + WALL) < self.count
        };
        self.numbers
            .iter()
            .enumerate()
            .all(|(place, number)| is_inside(place) || number.to_bits() == BRICK.to_bits())
    }
}
