//! A curvature is the alpha of a cell as a function of its conductance: one number, or lines between measured points.

use crosspike_device::Fault;
use crosspike_device::functions::ln;

pub(crate) const ALPHA: usize = 2;
const TABLE_G: usize = 3;
const TABLE_ALPHA: usize = 4;

/// Below this, in 1/V, sinh(alpha V) / alpha is V to rounding at any voltage of a circuit.
pub(crate) const STRAIGHT: f64 = 1e-12;

/// Points in ascending order of conductance, at least one.
pub(crate) struct Curvature {
    /// In siemens, and its logarithm.
    g: Vec<(f64, f64)>,
    /// In 1/V, at least [`STRAIGHT`].
    alpha: Vec<f64>,
}

impl Curvature {
    /// The curvature that the parameters describe: `alpha`, or a table where it is NaN.
    pub(crate) fn new(alpha: f64, table_g: &[f64], table_alpha: &[f64]) -> Result<Curvature, Fault> {
        let table_is_given = !(table_g.is_empty() && table_alpha.is_empty());
        match (alpha.is_nan(), table_is_given) {
            (true, true) => Curvature::table(table_g, table_alpha),
            (true, false) => {
                let text = "`alpha` is missing; set it, or `table_g` and `table_alpha`";
                Err(Fault::new(text).of_parameter(ALPHA))
            }
            (false, true) => {
                let text = "`alpha` is set beside a table of curvatures; leave one of them out";
                Err(Fault::new(text).of_parameter(ALPHA))
            }
            (false, false) => Ok(Curvature { g: vec![(1.0, 0.0)], alpha: vec![alpha.max(STRAIGHT)] }),
        }
    }

    fn table(g: &[f64], alpha: &[f64]) -> Result<Curvature, Fault> {
        if g.len() != alpha.len() {
            let (g, alpha) = (g.len(), alpha.len());
            let text = format!("`table_g` has length {g} and `table_alpha` {alpha}; expected equal lengths");
            return Err(Fault::new(text).of_parameter(TABLE_ALPHA));
        }
        if g.len() < 2 {
            let text = "`table_g` has 1 conductance; a table needs at least two";
            return Err(Fault::new(text).of_parameter(TABLE_G));
        }
        let points: Vec<(f64, f64)> = g.iter().map(|&g| (g, ln(g))).collect();
        // Of the logarithms, so that no line between two points is upright.
        if let Some(k) = points.windows(2).position(|pair| pair[0].1 >= pair[1].1) {
            let (low, high) = (g[k], g[k + 1]);
            let text =
                format!("`table_g` must ascend, but conductance {k} is {low:e} S and the next {high:e} S");
            return Err(Fault::new(text).of_parameter(TABLE_G));
        }
        Ok(Curvature { g: points, alpha: alpha.iter().map(|alpha| alpha.max(STRAIGHT)).collect() })
    }

    /// The curvature at a conductance, in 1/V.
    pub(crate) fn at(&self, g: f64) -> f64 {
        let above = self.g.partition_point(|point| point.0 <= g);
        if above == 0 || above == self.g.len() {
            return self.alpha[above.saturating_sub(1)];
        }
        let (low, high) = (self.g[above - 1].1, self.g[above].1);
        let share = (ln(g) - low) / (high - low);
        (1.0 - share) * self.alpha[above - 1] + share * self.alpha[above]
    }
}
