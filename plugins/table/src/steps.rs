//! Steps are what pulses of one polarity do: the change of the conductance, over the conductance and over chance.

use crosspike_device::Fault;

/// A table with a line for each chance and a column for each conductance; empty where the polarity does nothing.
pub(crate) struct Steps {
    g: Vec<f64>,
    /// From 0 to 1; one number where there is no chance.
    chance: Vec<f64>,
    /// In siemens, line after line; no column falls.
    change: Vec<f64>,
}

impl Steps {
    /// The table of the conductances, chances and changes that the parameter `first`, of which the name begins with `name`, and
    /// the two after it hold.
    pub(crate) fn new(lists: [&[f64]; 3], (first, name): (usize, &str)) -> Result<Steps, Fault> {
        let [g, chance, change] = lists.map(<[f64]>::to_vec);
        let ascends = |list: &[f64]| list.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascends(&g) {
            return Err(Fault::new(format!("`{name}_g` must ascend")).of_parameter(first));
        }
        let is_whole = chance.len() >= 2 && chance[0] == 0.0 && chance[chance.len() - 1] == 1.0;
        if !(chance.is_empty() || is_whole && ascends(&chance)) {
            let text = format!("`{name}_chance` must ascend from 0 to 1, or be left out");
            return Err(Fault::new(text).of_parameter(first + 1));
        }
        let lines = chance.len().max(1);
        if change.len() != lines * g.len() {
            let (columns, found) = (g.len(), change.len());
            let text = format!(
                "`{name}_change` has length {found}; expected {}: {lines} for each of {columns} conductances",
                lines * columns
            );
            return Err(Fault::new(text).of_parameter(first + 2));
        }
        let falls = |line: &usize| {
            (0..g.len()).any(|k| change[(line - 1) * g.len() + k] > change[line * g.len() + k])
        };
        if let Some(line) = (1..lines).find(falls) {
            let text = format!("`{name}_change` falls from line {} to line {line} of chance", line - 1);
            return Err(Fault::new(text).of_parameter(first + 2));
        }
        Ok(Steps { g, chance: if chance.is_empty() { vec![0.0] } else { chance }, change })
    }

    /// The change of a cell of a conductance by a pulse, S; `uniform` is its chance.
    pub(crate) fn at(&self, g: f64, uniform: f64) -> f64 {
        if self.g.is_empty() {
            return 0.0;
        }
        let (column, across) = place(&self.g, g);
        let (line, down) = place(&self.chance, uniform);
        let between = |line: usize| {
            let line = &self.change[line * self.g.len()..][..self.g.len()];
            if across == 0.0 {
                line[column]
            } else {
                line[column] + across * (line[column + 1] - line[column])
            }
        };
        if down == 0.0 { between(line) } else { between(line) + down * (between(line + 1) - between(line)) }
    }
}

/// The last point at or below a value, and how far the value is on the way to the next one; 0 beyond the ends.
fn place(points: &[f64], value: f64) -> (usize, f64) {
    let above = points.partition_point(|point| *point <= value);
    if above == 0 || above == points.len() {
        return (above.saturating_sub(1), 0.0);
    }
    let (low, high) = (points[above - 1], points[above]);
    (above - 1, (value - low) / (high - low))
}
