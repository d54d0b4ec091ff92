//! A doped region that grows with the current through it: linear ion drift, with the published windows.
//!
//! # Equations
//!
//! R(x) = r_on x + r_off (1 - x), I = V / R, dx/dt = mobility r_on / thickness^2 I f(x) (Strukov 2008, equations 5 and 6), x
//! from 0 to 1. Windows:
//!
//! * `none`: f = 1, and x stops at the ends;
//! * `joglekar`: f = 1 - (2 x - 1)^(2 p) (Joglekar 2009, equation 17);
//! * `biolek`: f = 1 - (x - stp(-I))^(2 p), stp = 1 from 0 on (Biolek 2009, equation 5);
//! * `prodromakis`: f = j (1 - ((x - 0.5)^2 + 0.75)^p) (Prodromakis 2011, equation 8).
//!
//! Ports of these windows in use differ from the published forms: MemTorch's joglekar has 1 - (2 x - 1) to the power, and its
//! prodromakis other brackets.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | r_on | `r_on` | ohm | 100 | 1e-3 to 1e12 | MemTorch |
//! | r_off | `r_off` | ohm | 16000 | 1e-3 to 1e15, above r_on | MemTorch |
//! | D | `thickness` | m | 10e-9 | 1e-10 to 1e-3 | Strukov 2008, MemTorch |
//! | mu | `mobility` | m2/(V s) | 1e-14 | 0 to 1 | Strukov 2008, MemTorch |
//! | | `window` | | `none` | `none`, `joglekar`, `biolek`, `prodromakis` | |
//! | p | `p` | 1 | 1 | 0.5 to 20 | with a window; whole for `joglekar` and `biolek` |
//! | j | `j` | 1 | 1 | 0 to 1000 | with `prodromakis` |
//!
//! All numbers but p may vary from cell to cell and from write to write; an r_off below r_on counts as r_on. State: `x`.
//!
//! Exact without a window: R^2 falls linearly with the flux, R(t)^2 = R0^2 - 2 (r_off - r_on) mobility r_on V t / D^2. With a
//! window the motion is integrated over x, to 1e-12 of the time. With `joglekar` and `prodromakis` a cell that has come to an
//! end stays there. Valid for any voltage. Not modelled: thresholds (every voltage moves the cell, reads too), drift, noise.
//!
//! Checked by `the_resistance_follows_its_closed_form`, `windows_have_the_published_values` and their neighbours in `tests.rs`.
//!
//! References: D. B. Strukov, G. S. Snider, D. R. Stewart, R. S. Williams, "The missing memristor found", Nature 453, 80-83
//! (2008), DOI 10.1038/nature06932. Y. N. Joglekar, S. J. Wolf, European Journal of Physics 30, 661 (2009), DOI
//! 10.1088/0143-0807/30/4/001. Z. Biolek, D. Biolek, V. Biolkova, Radioengineering 18(2), 210 (2009). T. Prodromakis, B. P.
//! Peh, C. Papavassiliou, C. Toumazou, IEEE Transactions on Electron Devices 58(9), 3099 (2011), DOI
//! 10.1109/TED.2011.2158004.

#[cfg(test)]
mod tests;

use crosspike_device::functions::pow;
use crosspike_device::ode::autonomous;
use crosspike_device::{
    CellModel, Choice, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi, choices,
};

/// The device model `ion-drift`.
#[derive(Clone, Copy, Debug)]
struct IonDrift {
    r_on: f64,
    r_off: f64,
    thickness: f64,
    mobility: f64,
    window: Window,
    p: f64,
    j: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    None,
    Joglekar,
    Biolek,
    Prodromakis,
}

const WINDOWS: &[Choice] = choices![c"none", c"joglekar", c"biolek", c"prodromakis"];
const P: usize = 5;

impl CellModel<1> for IonDrift {
    const DESCRIPTION: Description = Description {
        name: c"ion-drift",
        version: c"0.1.0",
        text: c"a doped region that grows with the current (linear ion drift)",
        parameters: &[
            Parameter::number(c"r_on", c"ohm", (1e-3, 1e12), c"resistance of the doped cell")
                .or(100.0)
                .varies(),
            Parameter::number(c"r_off", c"ohm", (1e-3, 1e15), c"resistance of the undoped cell")
                .or(16e3)
                .varies(),
            Parameter::number(c"thickness", c"m", (1e-10, 1e-3), c"thickness of the film").or(10e-9).varies(),
            Parameter::number(c"mobility", c"m2/(V s)", (0.0, 1.0), c"mobility of the ions")
                .or(1e-14)
                .varies(),
            Parameter::choice(c"window", WINDOWS, c"what slows the motion down towards the ends"),
            Parameter::number(c"p", c"1", (0.5, 20.0), c"power of the window").or(1.0),
            Parameter::number(c"j", c"1", (0.0, 1e3), c"height of the window `prodromakis`").or(1.0).varies(),
        ],
        state: &[StateVariable::new(c"x", c"1", c"doped part of the film, 0 to 1")],
        capabilities: abi::LINEAR | abi::ODD | abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: 1.0,
    };

    fn create(values: &Values<'_>) -> Result<IonDrift, Fault> {
        let value = |index| values.number(index);
        if value(0) >= value(1) {
            let text =
                format!("`r_off` ({:e} ohm) must be larger than `r_on` ({:e} ohm)", value(1), value(0));
            return Err(Fault::new(text).of_parameter(1));
        }
        let window = [Window::None, Window::Joglekar, Window::Biolek, Window::Prodromakis][values.choice(4)];
        let p = value(P);
        if matches!(window, Window::Joglekar | Window::Biolek) && p.fract() != 0.0 {
            let text = format!("`p` is {p}; expected a whole number, for the power 2 p of the window");
            return Err(Fault::new(text).of_parameter(P));
        }
        let (r_on, r_off, thickness, mobility) = (value(0), value(1), value(2), value(3));
        Ok(IonDrift { r_on, r_off, thickness, mobility, window, p, j: value(6) })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> IonDrift {
        let r_on = own(0, self.r_on);
        IonDrift {
            r_on,
            r_off: own(1, self.r_off).max(r_on),
            thickness: own(2, self.thickness),
            mobility: own(3, self.mobility),
            j: own(6, self.j),
            ..self
        }
    }

    fn range(&self) -> (f64, f64) {
        (1.0 / self.r_off, 1.0 / self.r_on)
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        let x = (self.r_off - 1.0 / target) / (self.r_off - self.r_on);
        // An own r_off that counts as r_on leaves no way; a target of 0 S is far below.
        [if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) }]
    }

    fn conductance(&self, [x]: [f64; 1]) -> f64 {
        1.0 / self.resistance(x)
    }

    fn advance(&self, [x]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        let speed = self.mobility * self.r_on / (self.thickness * self.thickness) * voltage;
        if speed == 0.0 || duration == 0.0 {
            return [x];
        }
        if self.window != Window::None {
            let rate = |x: f64| speed * self.factor(x, voltage > 0.0) / self.resistance(x);
            return [autonomous(x, (0.0, 1.0), duration, 1e-12, rate)];
        }
        let span = self.r_off - self.r_on;
        let before = self.resistance(x);
        let after = before * before - 2.0 * span * speed * duration;
        if after >= self.r_off * self.r_off {
            return [0.0];
        }
        // The difference of two near resistances as that of their squares over their sum, which keeps its digits.
        let root = after.max(0.0).sqrt();
        [(x + 2.0 * speed * duration / (before + root)).clamp(0.0, 1.0)]
    }
}

impl IonDrift {
    fn resistance(&self, x: f64) -> f64 {
        self.r_on * x + self.r_off * (1.0 - x)
    }

    /// f, while the current is positive or negative.
    fn factor(&self, x: f64, is_positive: bool) -> f64 {
        match self.window {
            Window::None => 1.0,
            Window::Joglekar => 1.0 - even_power(2.0 * x - 1.0, self.p),
            Window::Biolek => 1.0 - even_power(if is_positive { x } else { x - 1.0 }, self.p),
            Window::Prodromakis => self.j * (1.0 - pow((x - 0.5) * (x - 0.5) + 0.75, self.p)),
        }
    }
}

/// y^(2 p) for a whole p.
fn even_power(y: f64, p: f64) -> f64 {
    let square = y * y;
    (1..p as usize).fold(square, |power, _| power * square)
}

crosspike_device::export_models!(EachCell<IonDrift, 1>);
