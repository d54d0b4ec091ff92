//! A ladder is the ascending sequence of a device's conductances, and the position of any conductance on it.

use crosspike_device::{Fault, Values};

const G_MIN: usize = 0;
const G_MAX: usize = 1;
const COUNT: usize = 2;
const SPACING: usize = 3;
const STATES: usize = 4;
const LISTED: usize = 2;
const GEOMETRIC: usize = 1;

/// At least two conductances in siemens, ascending.
pub(crate) struct Ladder {
    levels: Vec<f64>,
    /// One over the gap of equal levels, in 1/S.
    per_gap: Option<f64>,
}

impl Ladder {
    /// The ladder that the parameters describe.
    pub(crate) fn new(values: &Values<'_>) -> Result<Ladder, Fault> {
        if values.choice(SPACING) == LISTED {
            return Ladder::listed(values);
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
        Ladder::spaced(g_min, g_max, values.number(COUNT) as usize, geometric)
    }

    /// `count` levels from `g_min` to `g_max`, spaced equally or geometrically.
    pub(crate) fn spaced(g_min: f64, g_max: f64, count: usize, geometric: bool) -> Result<Ladder, Fault> {
        let last = (count - 1) as f64;
        let level = |k: usize| {
            let x = k as f64 / last;
            if geometric { g_min * (g_max / g_min).powf(x) } else { g_min + x * (g_max - g_min) }
        };
        let mut levels: Vec<f64> = (0..count).map(level).collect();
        levels[count - 1] = g_max;
        let per_gap = (!geometric).then(|| last / (g_max - g_min));
        Ladder { levels, per_gap }.checked(COUNT)
    }

    fn listed(values: &Values<'_>) -> Result<Ladder, Fault> {
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
        Ladder { levels, per_gap: None }.checked(STATES)
    }

    fn checked(self, parameter: usize) -> Result<Ladder, Fault> {
        match self.levels.windows(2).position(|pair| pair[0] >= pair[1]) {
            None => Ok(self),
            Some(k) => {
                let (low, high) = (self.levels[k], self.levels[k + 1]);
                let text = format!("levels must ascend, but level {k} is {low:e} S and the next {high:e} S");
                Err(Fault::new(text).of_parameter(parameter))
            }
        }
    }

    /// The smallest and the largest conductance.
    pub(crate) fn range(&self) -> (f64, f64) {
        (self.levels[0], self.levels[self.levels.len() - 1])
    }

    /// The smallest distance of two neighbours.
    pub(crate) fn smallest_gap(&self) -> f64 {
        match self.per_gap {
            Some(per_gap) => 1.0 / per_gap,
            None => self.levels.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min),
        }
    }

    /// The conductance of a level.
    pub(crate) fn conductance(&self, level: f64) -> f64 {
        self.levels[(level as usize).min(self.levels.len() - 1)]
    }

    /// Where the conductance of `level` changed by `change` lies: a level and the fraction of the gap above it, clipped
    /// to the ladder. A change of 0 gives exactly `level`.
    pub(crate) fn position(&self, level: f64, change: f64) -> f64 {
        match self.per_gap {
            Some(per_gap) => (level + change * per_gap).max(0.0).min((self.levels.len() - 1) as f64),
            None if change == 0.0 => level,
            None => self.search(self.conductance(level) + change),
        }
    }

    fn search(&self, g: f64) -> f64 {
        let inner = &self.levels[1..self.levels.len() - 1];
        let below = inner.partition_point(|&level| level <= g);
        let (low, high) = (self.levels[below], self.levels[below + 1]);
        below as f64 + ((g - low) / (high - low)).clamp(0.0, 1.0)
    }
}
