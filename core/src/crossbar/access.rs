//! An access element stands in series with the device of a cell, so that current flows only where it is meant to: a
//! transistor (1T1R), or a selector (1S1R).
//!
//! # Equations
//!
//! The current of device and element is the same, and their voltages add up to V, that of the cell: I(v) = J(V - v) for
//! the voltage v of the device. The slope of the cell is 1 / (1/I' + 1/J').
//!
//! * A transistor whose gate is on is a resistance R: J(u) = u / R. With a linear device I = g v this gives
//!   v = V / (1 + g R), and the cell is linear with g / (1 + g R). One whose gate is off is open: v = 0.
//! * Selectors have their laws beside them.
//!
//! # How v is found
//!
//! F(v) = I(v) - J(V - v) rises with v, from -J(V) at 0 to I(V) at V, as long as both currents are 0 at 0 V and none
//! falls when its voltage rises. From v = 0 each step is Newton's where that stays within the bracket and is less than
//! half of the last step, and otherwise halves the bracket (W. H. Press et al., Numerical Recipes, 3rd ed. (2007),
//! section 9.4). A first step from 0 is exact for linear laws. Cells do not influence each other, so it does not matter
//! which of them are solved together.

use std::sync::Arc;

use super::selector::{ModelSelector, Selector, SelectorLine};
use super::tile::GROUP;
use crate::device::{Device, DeviceFault};
use crate::scenario::schema;

/// Steps of one solve. Halving alone makes a bracket 1e-60 times as wide; rounding ends it long before.
const MOST_STEPS: usize = 200;

/// The last step of a solve, as a part of the voltage of the device. Newton's error shrinks with the square of a step.
const TOLERANCE: f64 = 1e-13;

/// How far from the voltage of a device its currents may be equal, as a part of that of the cell. Where this is not met,
/// there is no such voltage.
const NEAR: f64 = 1e-9;

/// The access element of all cells of an array.
#[derive(Clone, Debug)]
pub struct Access(Element);

#[derive(Clone, Debug)]
enum Element {
    /// With a resistance, ohm, while its gate is on.
    Transistor(f64),
    Selector(Selector),
}

impl Access {
    /// The access element that a scenario asks for; none for passive cells. `selector` is the device of a `Model`.
    ///
    /// # Errors
    ///
    /// Faults of that device.
    ///
    /// # Panics
    ///
    /// For a `Model` without a device.
    pub fn new(
        words: &schema::Access,
        selector: Option<&Arc<Device>>,
    ) -> Result<Option<Access>, DeviceFault> {
        let element = match words {
            schema::Access::Passive => return Ok(None),
            schema::Access::Transistor { resistance } => Element::Transistor(resistance.si()),
            schema::Access::Selector(schema::Selector::Threshold { voltage, off, on }) => {
                let (voltage, off, on) = (voltage.si(), off.si(), on.si());
                Element::Selector(Selector::Threshold { voltage, off, on })
            }
            schema::Access::Selector(schema::Selector::Model { conductance, .. }) => {
                let device = selector.expect("the model of a selector has been loaded");
                let model = ModelSelector::new(device.clone(), conductance.si())?;
                Element::Selector(Selector::Model(model))
            }
        };
        Ok(Some(Access(element)))
    }

    /// The device of a selector that is a device model.
    pub fn device(&self) -> Option<&Arc<Device>> {
        match &self.0 {
            Element::Selector(Selector::Model(model)) => Some(&model.device),
            _ => None,
        }
    }

    /// Whether cells with a linear device are linear.
    pub fn is_linear(&self) -> bool {
        matches!(self.0, Element::Transistor(_))
    }

    /// Turns the conductances of linear devices into those of their cells, where these are linear.
    pub(super) fn put_in_series(&self, conductances: &mut [f64]) {
        if let Element::Transistor(resistance) = self.0 {
            conductances.iter_mut().for_each(|g| *g /= 1.0 + *g * resistance);
        }
    }
}

/// Why the voltages of devices could not be found.
#[derive(Debug)]
pub(super) enum Unsettled {
    /// A device, or a model that is a selector, failed.
    Device(DeviceFault),
    /// The currents of this cell are equal nowhere.
    Nowhere(usize),
}

/// The cells of one bit line as pairs: an access element and a device. After a solve the first cells hold its answer.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    elements: Line,
    /// The voltage of each device, V.
    pub(super) volts: Vec<f64>,
    /// The current of each pair, A.
    pub(super) currents: Vec<f64>,
    /// The slope of each pair by its voltage, S; below 0 where the device or the element has such a slope.
    pub(super) slopes: Vec<f64>,
    brackets: Vec<Bracket>,
    element_volts: Vec<f64>,
    element_currents: Vec<f64>,
    element_slopes: Vec<f64>,
}

/// The elements of one bit line.
#[derive(Clone, Debug)]
enum Line {
    Resistances(f64),
    Selectors(SelectorLine),
}

/// Where the voltage of a device lies.
#[derive(Clone, Copy, Debug)]
struct Bracket {
    low: f64,
    high: f64,
    /// The size of the last step, V.
    last: f64,
}

impl Pairs {
    /// Room for bit lines of at most so many cells.
    pub(super) fn new(access: &Access, rows: usize) -> Pairs {
        let padded = rows.next_multiple_of(GROUP);
        let line = || vec![0.0; padded];
        let elements = match &access.0 {
            Element::Transistor(resistance) => Line::Resistances(*resistance),
            Element::Selector(selector) => Line::Selectors(SelectorLine::new(selector, padded)),
        };
        Pairs {
            elements,
            volts: line(),
            currents: line(),
            slopes: line(),
            brackets: vec![Bracket::around(0.0); padded],
            element_volts: line(),
            element_currents: line(),
            element_slopes: line(),
        }
    }

    /// Finds the voltages of the devices of cells at `volts`, and currents and slopes of the pairs. `law` fills currents
    /// (A) and slopes (S) of the devices at their voltages.
    pub(super) fn solve(
        &mut self,
        volts: &[f64],
        mut law: impl FnMut(&[f64], &mut [f64], &mut [f64]) -> Result<(), DeviceFault>,
    ) -> Result<(), Unsettled> {
        let count = volts.len();
        for (bracket, &volt) in self.brackets.iter_mut().zip(volts) {
            *bracket = Bracket::around(volt);
        }
        self.volts[..count].fill(0.0);
        for _ in 0..MOST_STEPS {
            let (currents, slopes) = (&mut self.currents[..count], &mut self.slopes[..count]);
            law(&self.volts[..count], currents, slopes).map_err(Unsettled::Device)?;
            self.evaluate_elements(volts).map_err(Unsettled::Device)?;
            let mut are_found = true;
            for cell in 0..count {
                let (excess, slope) = self.excess(cell);
                are_found &= self.brackets[cell].step(&mut self.volts[cell], excess, slope);
            }
            if are_found {
                break;
            }
        }
        for (cell, volt) in volts.iter().enumerate() {
            let (excess, slope) = self.excess(cell);
            if excess.abs() > NEAR * (slope * volt).abs() {
                return Err(Unsettled::Nowhere(cell));
            }
            self.slopes[cell] = in_series(self.slopes[cell], self.element_slopes[cell]);
        }
        Ok(())
    }

    /// The part of a small change of a device's current that its pair passes on, after a solve: J' / (I' + J').
    pub(super) fn noise_passed_on(&self, cell: usize) -> f64 {
        let element = self.element_slopes[cell];
        if element > 0.0 { 1.0 - self.slopes[cell] / element } else { 0.0 }
    }

    /// F and its slope at the present voltage of a device.
    fn excess(&self, cell: usize) -> (f64, f64) {
        let excess = self.currents[cell] - self.element_currents[cell];
        (excess, self.slopes[cell] + self.element_slopes[cell])
    }

    /// Currents and slopes of the elements, at what the devices leave of `volts`.
    fn evaluate_elements(&mut self, volts: &[f64]) -> Result<(), DeviceFault> {
        let count = volts.len();
        let rests = &mut self.element_volts[..count];
        for ((rest, volt), device) in rests.iter_mut().zip(volts).zip(&self.volts) {
            *rest = volt - device;
        }
        let (currents, slopes) = (&mut self.element_currents[..count], &mut self.element_slopes[..count]);
        match &mut self.elements {
            Line::Resistances(resistance) => {
                slopes.fill(1.0 / *resistance);
                currents.iter_mut().zip(rests).for_each(|(current, rest)| *current = *rest / *resistance);
                Ok(())
            }
            Line::Selectors(line) => line.current(rests, currents, slopes),
        }
    }
}

impl Bracket {
    fn around(volt: f64) -> Bracket {
        Bracket { low: volt.min(0.0), high: volt.max(0.0), last: f64::INFINITY }
    }

    /// Moves a voltage with this excess of the device's current over the element's towards the place without; whether it
    /// is there. Where it is, it stays.
    fn step(&mut self, volt: &mut f64, excess: f64, slope: f64) -> bool {
        match excess {
            0.0 => return true,
            _ if excess < 0.0 => self.low = *volt,
            _ => self.high = *volt,
        }
        let width = self.high - self.low;
        let newton = -excess / slope;
        if newton.abs().min(width) <= TOLERANCE * volt.abs() {
            return true;
        }
        let is_inside = (self.low..=self.high).contains(&(*volt + newton));
        let next =
            if is_inside && newton.abs() < 0.5 * self.last { *volt + newton } else { self.low + 0.5 * width };
        self.last = (next - *volt).abs();
        *volt = next;
        false
    }
}

/// The slope of two laws in series; the lower one where it is not above 0.
fn in_series(one: f64, other: f64) -> f64 {
    let lower = one.min(other);
    if lower > 0.0 { lower / (1.0 + lower / one.max(other)) } else { lower }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I = (g / a) sinh(a v).
    fn sinh(g: f64, a: f64) -> impl Fn(f64) -> (f64, f64) {
        move |v| (g / a * (a * v).sinh(), g * (a * v).cosh())
    }

    /// The voltage of the device by nothing but halving.
    fn halved(volt: f64, device: impl Fn(f64) -> (f64, f64), element: impl Fn(f64) -> (f64, f64)) -> f64 {
        let (mut low, mut high) = (volt.min(0.0), volt.max(0.0));
        for _ in 0..2000 {
            let middle = low + 0.5 * (high - low);
            let place = if device(middle).0 < element(volt - middle).0 { &mut low } else { &mut high };
            *place = middle;
        }
        low
    }

    const VOLTS: [f64; 8] = [0.0, 1e-9, 0.05, 0.6, 0.600_001, 1.3, -0.9, -2.5];

    fn solved(
        access: &Access,
        law: impl Fn(f64) -> (f64, f64),
        volts: &[f64; 8],
    ) -> Result<Pairs, Unsettled> {
        let mut pairs = Pairs::new(access, 8);
        pairs.solve(volts, |volts, currents, slopes| {
            for (cell, &volt) in volts.iter().enumerate() {
                (currents[cell], slopes[cell]) = law(volt);
            }
            Ok(())
        })?;
        Ok(pairs)
    }

    #[test]
    fn voltages_of_devices_are_those_that_halving_finds() {
        let ohmic = |r: f64| move |u: f64| (u / r, 1.0 / r);
        let threshold = |u: f64| {
            let beyond = (u.abs() - 0.6).max(0.0);
            if beyond > 0.0 { ((0.6e-9 + 1e-3 * beyond).copysign(u), 1e-3) } else { (1e-9 * u, 1e-9) }
        };
        let selector = Selector::Threshold { voltage: 0.6, off: 1e-9, on: 1e-3 };
        let selector = Access(Element::Selector(selector));
        for (g, a) in [(1e-12, 3.0), (5e-5, 1e-6), (5e-5, 4.0), (1e-3, 40.0), (10.0, 0.1)] {
            let device = sinh(g, a);
            for r in [1e-3, 1e4, 1e12] {
                let pairs = solved(&Access(Element::Transistor(r)), &device, &VOLTS).expect("a solution");
                check(&pairs, &device, ohmic(r));
            }
            check(&solved(&selector, &device, &VOLTS).expect("a solution"), &device, threshold);
        }
    }

    fn check(pairs: &Pairs, device: impl Fn(f64) -> (f64, f64), element: impl Fn(f64) -> (f64, f64)) {
        for (cell, &volt) in VOLTS.iter().enumerate() {
            let expected = halved(volt, &device, &element);
            // What rounding of V - v does to v cannot be undone by any method.
            let (own, other) = (device(expected).1, element(volt - expected).1);
            let rounding = 4.0 * f64::EPSILON * volt.abs() * other / (own + other);
            let error = (pairs.volts[cell] - expected).abs();
            assert!(
                error <= 1e-12 * expected.abs() + rounding,
                "{volt} V: {} instead of {expected}",
                pairs.volts[cell]
            );
            let slope = 1.0 / (1.0 / own + 1.0 / other);
            assert!((pairs.slopes[cell] / slope - 1.0).abs() < 1e-9, "slope at {volt} V");
        }
    }

    #[test]
    fn an_open_device_takes_the_whole_voltage_and_a_closed_element_leaves_nothing() {
        let transistor = Access(Element::Transistor(5e3));
        let open = solved(&transistor, |_| (0.0, 0.0), &VOLTS).expect("a solution");
        let errors = open.volts.iter().zip(VOLTS).map(|(found, volt)| (found - volt).abs());
        assert!(errors.fold(0.0, f64::max) < 1e-15 && open.slopes == [0.0; 8], "{:?}", open.volts);
        let selector = Selector::Threshold { voltage: 3.0, off: 0.0, on: 1e-3 };
        let closed = solved(&Access(Element::Selector(selector)), sinh(1e-4, 2.0), &VOLTS);
        let closed = closed.expect("a solution");
        assert_eq!((&closed.volts[..], &closed.slopes[..]), (&[0.0; 8][..], &[0.0; 8][..]));
    }

    #[test]
    fn laws_that_jump_or_flow_at_zero_have_no_solution() {
        let transistor = Access(Element::Transistor(1e3));
        let battery = |v: f64| (1e-4 * (v + 3.0), 1e-4);
        assert!(matches!(solved(&transistor, battery, &VOLTS), Err(Unsettled::Nowhere(0))));
        let jump = |v: f64| if v > 0.3 { (1e-2, 1e-4) } else { (1e-4 * v, 1e-4) };
        assert!(matches!(solved(&transistor, jump, &VOLTS), Err(Unsettled::Nowhere(3))));
    }
}
