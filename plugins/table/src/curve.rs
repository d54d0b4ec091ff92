//! A curve is a current over the voltage, between measured points, that rises everywhere and passes through 0.

use crosspike_device::Fault;

/// The voltage at which a curve gives itself, V.
pub(crate) const REFERENCE: f64 = 0.1;

const VOLTAGE: usize = 10;
const CURRENT: usize = 11;

/// Piecewise cubic, monotone (Fritsch and Butland 1984, as `PchipInterpolator` of SciPy); beyond its ends straight.
pub(crate) struct Curve {
    voltage: Vec<f64>,
    /// Scaled so that it is [`REFERENCE`] at [`REFERENCE`].
    current: Vec<f64>,
    slope: Vec<f64>,
}

impl Curve {
    /// A curve through measured points, V and A; the straight line where there are none.
    pub(crate) fn new(voltage: &[f64], current: &[f64]) -> Result<Curve, Fault> {
        if voltage.len() != current.len() {
            let (v, i) = (voltage.len(), current.len());
            let text = format!("`iv_voltage` has length {v} and `iv_current` {i}; expected equal lengths");
            return Err(Fault::new(text).of_parameter(CURRENT));
        }
        let mut points: Vec<(f64, f64)> = voltage.iter().copied().zip(current.iter().copied()).collect();
        if let Some((v, i)) = points.iter().find(|(v, i)| *v != 0.0 && v * i <= 0.0) {
            let text = format!("the point at {v:e} V has {i:e} A; expected a current of the voltage's sign");
            return Err(Fault::new(text).of_parameter(CURRENT));
        }
        points.retain(|point| point.0 != 0.0);
        if points.is_empty() {
            points.push((1.0, 1.0));
        }
        points.push((0.0, 0.0));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let Some(pair) = points.windows(2).find(|pair| pair[0].0 >= pair[1].0 || pair[0].1 >= pair[1].1) {
            let text = format!(
                "from {:e} to {:e} V the current goes from {:e} to {:e} A; expected that it rises with the voltage",
                pair[0].0, pair[1].0, pair[0].1, pair[1].1
            );
            return Err(Fault::new(text).of_parameter(VOLTAGE));
        }
        // A curve that was measured on one side holds on the other with both signs changed.
        let last = points.len() - 1;
        let mirrored = points.iter().rev().map(|(v, i)| (-v, -i));
        if points[0].0 == 0.0 {
            points = mirrored.take(last).chain(points.iter().copied()).collect();
        } else if points[last].0 == 0.0 {
            points = points.iter().copied().chain(mirrored.skip(1)).collect();
        }
        let (voltage, current): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let slope = slopes(&voltage, &current);
        let mut curve = Curve { voltage, current, slope };
        let scale = REFERENCE / curve.at(REFERENCE).0;
        curve.current.iter_mut().chain(&mut curve.slope).for_each(|value| *value *= scale);
        Ok(curve)
    }

    /// The current of a cell of 1 S, and its derivative by the voltage.
    pub(crate) fn at(&self, voltage: f64) -> (f64, f64) {
        let above = self.voltage.partition_point(|v| *v <= voltage);
        if above == 0 || above == self.voltage.len() {
            let end = above.saturating_sub(1);
            return (self.current[end] + self.slope[end] * (voltage - self.voltage[end]), self.slope[end]);
        }
        let k = above - 1;
        let width = self.voltage[above] - self.voltage[k];
        let t = (voltage - self.voltage[k]) / width;
        let (rise, [left, right]) =
            (self.current[above] - self.current[k], [self.slope[k], self.slope[above]]);
        // Hermite's cubic in t.
        let square = 3.0 * rise - width * (2.0 * left + right);
        let cube = width * (left + right) - 2.0 * rise;
        let current = self.current[k] + t * (width * left + t * (square + t * cube));
        (current, left + t * (2.0 * square + t * 3.0 * cube) / width)
    }
}

/// The slopes of a monotone cubic at its points.
fn slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let widths: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let chords: Vec<f64> =
        y.windows(2).zip(&widths).map(|(pair, width)| (pair[1] - pair[0]) / width).collect();
    let inner = widths.windows(2).zip(chords.windows(2)).map(|(h, d)| {
        let weights = [2.0 * h[1] + h[0], h[1] + 2.0 * h[0]];
        (weights[0] + weights[1]) / (weights[0] / d[0] + weights[1] / d[1])
    });
    // At an end a parabola through three points, as far as it rises and not too steeply.
    let end = |h: [f64; 2], d: [f64; 2]| {
        (((2.0 * h[0] + h[1]) * d[0] - h[0] * d[1]) / (h[0] + h[1])).clamp(0.0, 3.0 * d[0])
    };
    let last = widths.len() - 1;
    let first = end([widths[0], widths[1]], [chords[0], chords[1]]);
    let right = end([widths[last], widths[last - 1]], [chords[last], chords[last - 1]]);
    std::iter::once(first).chain(inner).chain(std::iter::once(right)).collect()
}
