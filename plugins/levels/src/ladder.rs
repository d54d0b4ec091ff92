//! A ladder is the ascending sequence of a device's conductances, and the position of any conductance on it. The device has
//! one for all cells as a table; a cell with ends of its own has one by its law.

use crosspike_device::{Cells, Column, Fault, Values};

const G_MIN: usize = 0;
const G_MAX: usize = 1;
const COUNT: usize = 2;
const SPACING: usize = 3;
const STATES: usize = 4;
const LISTED: usize = 2;
const GEOMETRIC: usize = 1;

/// Ascending conductances in siemens, at least two.
pub(crate) trait Ladder: Copy {
    /// The number of the last level.
    fn last(&self) -> usize;

    /// The conductance of a level up to the last.
    fn level(&self, k: usize) -> f64;

    /// One over the gap of equal levels, in 1/S.
    fn per_gap(&self) -> Option<f64>;

    /// How many of the levels from 1 to the last but one are at most `g`.
    fn inner_up_to(&self, g: f64) -> usize;

    /// The smallest and the largest conductance.
    fn range(&self) -> (f64, f64) {
        (self.level(0), self.level(self.last()))
    }

    /// The conductance of a level, given as a number.
    fn conductance(&self, level: f64) -> f64 {
        self.level((level as usize).min(self.last()))
    }

    /// Where the conductance of `level` changed by `change` lies: a level and the fraction of the gap above it, clipped
    /// to the ladder. A change of 0 gives exactly `level`.
    fn position(&self, level: f64, change: f64) -> f64 {
        match self.per_gap() {
            _ if change == 0.0 => level,
            Some(per_gap) => (level + change * per_gap).max(0.0).min(self.last() as f64),
            None => self.search(self.conductance(level) + change),
        }
    }

    fn search(&self, g: f64) -> f64 {
        let below = self.inner_up_to(g);
        let (low, high) = (self.level(below), self.level(below + 1));
        // Levels of a cell whose ends meet are all the same.
        let share = if high > low { (g - low) / (high - low) } else { 0.0 };
        below as f64 + share.clamp(0.0, 1.0)
    }
}

/// The ladder of all cells: a table of its levels.
pub(crate) struct Table {
    levels: Vec<f64>,
    per_gap: Option<f64>,
    /// The law of the levels between two ends; `None` for listed ones.
    spacing: Option<Spacing>,
}

/// How the levels between two ends are spaced.
#[derive(Clone, Copy)]
pub(crate) struct Spacing {
    last: usize,
    geometric: bool,
}

/// The ladder of one cell.
#[derive(Clone, Copy)]
pub(crate) struct Own {
    spacing: Spacing,
    g_min: f64,
    g_max: f64,
}

/// The ladders of cells of which some end is their own.
#[derive(Clone, Copy)]
pub(crate) struct Ends<'a> {
    spacing: Spacing,
    g_min: Column<'a>,
    g_max: Column<'a>,
}

impl Ladder for &Table {
    fn last(&self) -> usize {
        self.levels.len() - 1
    }

    fn level(&self, k: usize) -> f64 {
        self.levels[k]
    }

    fn per_gap(&self) -> Option<f64> {
        self.per_gap
    }

    fn inner_up_to(&self, g: f64) -> usize {
        self.levels[1..self.levels.len() - 1].partition_point(|&level| level <= g)
    }
}

impl Ladder for Own {
    fn last(&self) -> usize {
        self.spacing.last
    }

    fn level(&self, k: usize) -> f64 {
        self.spacing.level(self.g_min, self.g_max, k)
    }

    fn per_gap(&self) -> Option<f64> {
        self.spacing.per_gap(self.g_min, self.g_max)
    }

    fn inner_up_to(&self, g: f64) -> usize {
        let (mut low, mut high) = (0, self.spacing.last - 1);
        while low < high {
            let middle = (low + high) / 2;
            if self.level(middle + 1) <= g {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Spacing {
    fn level(self, g_min: f64, g_max: f64, k: usize) -> f64 {
        let x = k as f64 / self.last as f64;
        match self.geometric {
            _ if k == self.last => g_max,
            true => g_min * (g_max / g_min).powf(x),
            false => g_min + x * (g_max - g_min),
        }
    }

    fn per_gap(self, g_min: f64, g_max: f64) -> Option<f64> {
        (!self.geometric).then(|| self.last as f64 / (g_max - g_min))
    }
}

impl Ends<'_> {
    /// The ladder of a cell. A largest conductance below the smallest counts as that.
    pub(crate) fn at(&self, cell: usize) -> Own {
        let (g_min, g_max) = (self.g_min.at(cell), self.g_max.at(cell));
        Own { spacing: self.spacing, g_min, g_max: if g_max < g_min { g_min } else { g_max } }
    }
}

impl Table {
    /// The ladder that the parameters describe.
    pub(crate) fn new(values: &Values<'_>) -> Result<Table, Fault> {
        if values.choice(SPACING) == LISTED {
            return Table::listed(values);
        }
        if !values.list(STATES).is_empty() {
            let text = "`states` is only for spacing `listed`; leave it out, or set `spacing` to \"listed\"";
            return Err(Fault::new(text).of_parameter(STATES));
        }
        for (parameter, name) in [(G_MIN, "g_min"), (G_MAX, "g_max"), (COUNT, "count")] {
            if values.number(parameter).is_nan() {
                let text = format!("`{name}` is missing; only spacing `listed` does without it");
                return Err(Fault::new(text).of_parameter(parameter));
            }
        }
        let (g_min, g_max) = (values.number(G_MIN), values.number(G_MAX));
        if g_min >= g_max {
            let text = format!("`g_max` ({g_max:e} S) must be larger than `g_min` ({g_min:e} S)");
            return Err(Fault::new(text).of_parameter(G_MAX));
        }
        let geometric = values.choice(SPACING) == GEOMETRIC;
        if geometric && g_min == 0.0 {
            let text = "`g_min` is 0; geometric spacing needs a conductance above 0";
            return Err(Fault::new(text).of_parameter(G_MIN));
        }
        Table::spaced(g_min, g_max, values.number(COUNT) as usize, geometric)
    }

    /// `count` levels from `g_min` to `g_max`, spaced equally or geometrically.
    pub(crate) fn spaced(g_min: f64, g_max: f64, count: usize, geometric: bool) -> Result<Table, Fault> {
        let spacing = Spacing { last: count - 1, geometric };
        let levels = (0..count).map(|k| spacing.level(g_min, g_max, k)).collect();
        Table { levels, per_gap: spacing.per_gap(g_min, g_max), spacing: Some(spacing) }.checked(COUNT)
    }

    fn listed(values: &Values<'_>) -> Result<Table, Fault> {
        for (parameter, name) in [(G_MIN, "g_min"), (G_MAX, "g_max"), (COUNT, "count")] {
            if !values.number(parameter).is_nan() {
                let text =
                    format!("`{name}` is set beside spacing `listed`, where `states` says it; leave it out");
                return Err(Fault::new(text).of_parameter(parameter));
            }
        }
        let levels = values.list(STATES).to_vec();
        if levels.len() < 2 {
            let text = format!("`states` has {} levels; spacing `listed` needs at least two", levels.len());
            return Err(Fault::new(text).of_parameter(STATES));
        }
        Table { levels, per_gap: None, spacing: None }.checked(STATES)
    }

    fn checked(self, parameter: usize) -> Result<Table, Fault> {
        match self.levels.windows(2).position(|pair| pair[0] >= pair[1]) {
            None => Ok(self),
            Some(k) => {
                let (low, high) = (self.levels[k], self.levels[k + 1]);
                let text = format!("levels must ascend, but level {k} is {low:e} S and the next {high:e} S");
                Err(Fault::new(text).of_parameter(parameter))
            }
        }
    }

    /// The ladders of the cells where some end is their own.
    pub(crate) fn own<'a>(&self, cells: &Cells<'a>) -> Option<Ends<'a>> {
        let (low, high) = (&self).range();
        let (g_min, g_max) = (cells.parameter(G_MIN, low), cells.parameter(G_MAX, high));
        let all_alike = matches!((g_min, g_max), (Column::Uniform(_), Column::Uniform(_)));
        self.spacing.filter(|_| !all_alike).map(|spacing| Ends { spacing, g_min, g_max })
    }

    /// The smallest distance of two neighbours.
    pub(crate) fn smallest_gap(&self) -> f64 {
        match self.per_gap {
            Some(per_gap) => 1.0 / per_gap,
            None => self.levels.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min),
        }
    }
}
