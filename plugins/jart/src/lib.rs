//! A filament of oxygen vacancies under a Schottky barrier: JART VCM v1b, the physical model of HfO2/TiOx cells from Jülich and
//! Aachen, with its temperature.
//!
//! # Equations
//!
//! In the model's own polarity, where negative voltages set; here all voltages and currents have the other sign, so that
//! positive ones set. N is the concentration of vacancies in the disc next to the barrier, A = pi r^2, W00, W0 and kT are energies:
//!
//! * V = Vs + I (R_disc + R_plug + R_TiOx + R0 (1 + R0 alpha I^2 R_th,line)), R_disc = l / (z q mu N A),
//!   R_plug = (l_cell - l) / (z q mu N_plug A).
//! * phi = phi0 - (q^3 z N (phi0 - phin - Vs) / (8 pi^2 eps_phi^3))^(1/4), at least 0; phi0 from Vs = phi0 - phin on.
//! * Vs > 0, thermionic emission: I = A A* T^2 exp(-q phi / kT) (exp(q Vs / kT) - 1).
//! * Vs < 0, thermionic field emission:
//!   I = -A A* T / k sqrt(pi W00 q (|Vs| + phi / cosh(W00/kT)^2)) exp(-q phi / W0) (exp(q |Vs| / e') - 1), with
//!   W00 = q h / (4 pi) sqrt(z N / (m eps)), W0 = W00 / tanh(W00/kT), e' = W00 / (W00/kT - tanh(W00/kT)).
//! * T = T0 + I (Vs + I (R_disc + R_plug)) R_th, R_th times `reset_heat` where V > 0.
//! * dN/dt = -(N_plug + N) / 2 a nu0 / l (exp(-dW- / kT) - exp(-dW+ / kT)) F,
//!   dW-+ = W (sqrt(1 - g^2) -+ g pi/2 + g asin g), g = z a E / (pi W), at most 1;
//!   V > 0: E = (Vs + I (R_disc + R_plug)) / l_cell, F = 1 - (N_min / N)^10;
//!   V < 0: E = I R_disc / l, F = 1 - (N / N_max)^10.
//!
//! Where several Vs solve these equations, that nearest to 0 counts, which the cell comes to as its voltage rises from 0. (For V > 0
//! two more lie beyond phi0 - phin - Vs = 0, where the published barrier has a kink; programs that bisect find either.) The
//! temperature follows at once.
//!
//! # Parameters
//!
//! | symbol | name | unit | default | range | source |
//! |---|---|---|---|---|---|
//! | N_min, N_max | `n_min`, `n_max` | 1/m3 | 8e23, 2e27 | 1e20 to 1e30, ascending | table I |
//! | N_plug | `n_plug` | 1/m3 | 2e27 | 1e20 to 1e30 | table I |
//! | l, l_cell | `l_disc`, `l_cell` | m | 0.4e-9, 3e-9 | 1e-11 to 1e-7, l below l_cell | table I |
//! | r | `radius` | m | 45e-9 | 1e-9 to 1e-6 | table I |
//! | mu | `mobility` | m2/(V s) | 4e-6 | 1e-9 to 1 | table I |
//! | a | `hop` | m | 0.25e-9 | 1e-11 to 1e-8 | table I |
//! | nu0 | `attempts` | Hz | 2e13 | 1e6 to 1e18 | table I |
//! | W | `barrier` | V | 1.35 | 0.1 to 10 | table I, in eV |
//! | phi0, phin | `phi`, `phi_n` | V | 0.18, 0.1 | 0 to 5, phin below phi0 | table I |
//! | A* | `richardson` | A/(m2 K2) | 6.01e5 | 1 to 1e8 | table I |
//! | eps, eps_phi | `permittivity`, `barrier_permittivity` | 1 | 17, 5.5 | 1 to 1000, of the vacuum's | table I |
//! | R_th | `heat` | K/W | 15.72e6 | 0 to 1e12 | table I: of a radius of 45 nm; else times (45 nm / r)^2 |
//! | | `reset_heat` | 1 | 0.27 | 0 to 10 | table I |
//! | R_TiOx, R0 | `r_oxide`, `r_line` | ohm | 650, 719.2437 | 0 to 1e9 | table I |
//! | R_th,line, alpha | `line_heat`, `line_alpha` | K/W, 1/K | 90471.47, 3.92e-3 | 0 to 1e9, 0 to 1 | table I |
//! | T0 | `temperature` | K | 293 | 50 to 1000 | table I |
//!
//! z = 2. `n_min`, `n_max`, `l_disc` and `radius` may vary from cell to cell and from write to write, as in Bengel 2020
//! (`n_min` 25 %, `n_max` 5 %, `l_disc` 10 %, `radius` 11 %); an own n_max below n_min counts as n_min, an own l_disc beyond l_cell as
//! that. State: `n`, the concentration N.
//!
//! The voltage of the barrier is found to rounding, ln N is integrated to 1e-9 of the time. Valid while the current rises with the
//! voltage, from -3 to 1.5 V (beyond, T is far above 3000 K). Not modelled: the wandering of l and r within a cycle (v1b var), forming.
//!
//! Checked by the tests in `tests.rs`: currents, temperatures and rates against an independent program,
//! `reads_are_those_that_juelich_fitted`, `pulses_end_where_an_independent_integration_ends`.
//!
//! References: F. Cüppers, S. Menzel, C. Bengel, A. Hardtdegen, M. von Witzleben, U. Böttger, R. Waser, S. Hoffmann-Eifert,
//! "Exploiting the switching dynamics of HfO2-based ReRAM devices for reliable analog memristive behavior", APL Materials 7,
//! 091105 (2019), DOI 10.1063/1.5108654. C. Bengel et al., "Variability-aware modeling of filamentary oxide-based bipolar
//! resistive switching cells using SPICE level compact models", IEEE Transactions on Circuits and Systems I 67(12), 4618
//! (2020), DOI 10.1109/TCSI.2020.3018502.

mod barrier;
mod circuit;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::f64::consts::{FRAC_PI_2, PI};

use crosspike_device::functions::{exp, ln};
use crosspike_device::ode::autonomous;
use crosspike_device::{
    CellModel, Description, Draws, EachCell, Fault, Parameter, StateVariable, Values, abi,
};

use barrier::{BOLTZMANN, CHARGE};
use circuit::{Circuit, root};

/// The device model `jart`.
#[derive(Clone, Copy, Debug)]
struct Jart {
    n_min: f64,
    n_max: f64,
    n_plug: f64,
    l_disc: f64,
    l_cell: f64,
    radius: f64,
    mobility: f64,
    hop: f64,
    attempts: f64,
    barrier: f64,
    phi: f64,
    phi_n: f64,
    richardson: f64,
    permittivity: f64,
    barrier_permittivity: f64,
    heat: f64,
    reset_heat: f64,
    r_oxide: f64,
    r_line: f64,
    line_heat: f64,
    line_alpha: f64,
    temperature: f64,
}

/// The charge number of a vacancy.
const Z: f64 = 2.0;
/// The voltage of the chord, V.
const REFERENCE: f64 = 0.2;
/// The radius to which the thermal resistance belongs, m.
const NOMINAL_RADIUS: f64 = 45e-9;
/// Where the search for Vs begins, V: below any that matters.
const COLD: f64 = 1e-4;

/// What a cell does at a voltage, in the model's own polarity.
#[derive(Clone, Copy, Debug)]
struct Point {
    /// Vs, V.
    barrier: f64,
    /// A.
    current: f64,
    /// K.
    temperature: f64,
}

impl CellModel<1> for Jart {
    const DESCRIPTION: Description = Description {
        name: c"jart",
        version: c"0.1.0",
        text: c"a filament of vacancies under a Schottky barrier, with its heat (JART VCM v1b)",
        parameters: &[
            Parameter::number(c"n_min", c"1/m3", (1e20, 1e30), c"smallest concentration in the disc")
                .or(8e23)
                .varies(),
            Parameter::number(c"n_max", c"1/m3", (1e20, 1e30), c"largest concentration in the disc")
                .or(2e27)
                .varies(),
            Parameter::number(c"n_plug", c"1/m3", (1e20, 1e30), c"concentration in the plug").or(2e27),
            Parameter::number(c"l_disc", c"m", (1e-11, 1e-7), c"length of the disc").or(0.4e-9).varies(),
            Parameter::number(c"l_cell", c"m", (1e-11, 1e-7), c"length of disc and plug").or(3e-9),
            Parameter::number(c"radius", c"m", (1e-9, 1e-6), c"radius of the filament").or(45e-9).varies(),
            Parameter::number(c"mobility", c"m2/(V s)", (1e-9, 1.0), c"mobility of the electrons").or(4e-6),
            Parameter::number(c"hop", c"m", (1e-11, 1e-8), c"hopping distance of a vacancy").or(0.25e-9),
            Parameter::number(c"attempts", c"Hz", (1e6, 1e18), c"frequency of its attempts").or(2e13),
            Parameter::number(c"barrier", c"V", (0.1, 10.0), c"its activation energy, in eV").or(1.35),
            Parameter::number(c"phi", c"V", (0.0, 5.0), c"height of the Schottky barrier, in eV").or(0.18),
            Parameter::number(c"phi_n", c"V", (0.0, 5.0), c"from the Fermi level to the band, in eV").or(0.1),
            Parameter::number(c"richardson", c"A/(m2 K2)", (1.0, 1e8), c"effective Richardson constant")
                .or(6.01e5),
            Parameter::number(c"permittivity", c"1", (1.0, 1e3), c"relative permittivity of the oxide")
                .or(17.0),
            Parameter::number(
                c"barrier_permittivity",
                c"1",
                (1.0, 1e3),
                c"the same for the barrier's lowering",
            )
            .or(5.5),
            Parameter::number(c"heat", c"K/W", (0.0, 1e12), c"thermal resistance of a filament of 45 nm")
                .or(15.72e6),
            Parameter::number(c"reset_heat", c"1", (0.0, 10.0), c"its factor while resetting").or(0.27),
            Parameter::number(c"r_oxide", c"ohm", (0.0, 1e9), c"resistance of the TiOx layer").or(650.0),
            Parameter::number(c"r_line", c"ohm", (0.0, 1e9), c"resistance of the lines of the cell")
                .or(719.2437),
            Parameter::number(c"line_heat", c"K/W", (0.0, 1e9), c"thermal resistance of those lines")
                .or(90471.47),
            Parameter::number(c"line_alpha", c"1/K", (0.0, 1.0), c"temperature coefficient of those lines")
                .or(3.92e-3),
            Parameter::number(c"temperature", c"K", (50.0, 1e3), c"ambient temperature").or(293.0),
        ],
        state: &[StateVariable::new(c"n", c"1/m3", c"concentration of vacancies in the disc")],
        capabilities: abi::MONOTONE,
        draws: (0, 0, 0),
        reference_voltage: REFERENCE,
    };

    fn create(values: &Values<'_>) -> Result<Jart, Fault> {
        let value = |index| values.number(index);
        for (low, high, names) in [(0, 1, "n_min, n_max"), (3, 4, "l_disc, l_cell"), (11, 10, "phi_n, phi")] {
            if value(low) >= value(high) {
                let text =
                    format!("{names} are {:e} and {:e}; expected that they ascend", value(low), value(high));
                return Err(Fault::new(text).of_parameter(high));
            }
        }
        Ok(Jart {
            n_min: value(0),
            n_max: value(1),
            n_plug: value(2),
            l_disc: value(3),
            l_cell: value(4),
            radius: value(5),
            mobility: value(6),
            hop: value(7),
            attempts: value(8),
            barrier: value(9),
            phi: value(10),
            phi_n: value(11),
            richardson: value(12),
            permittivity: value(13),
            barrier_permittivity: value(14),
            heat: value(15),
            reset_heat: value(16),
            r_oxide: value(17),
            r_line: value(18),
            line_heat: value(19),
            line_alpha: value(20),
            temperature: value(21),
        })
    }

    fn of_cell(self, own: impl Fn(usize, f64) -> f64) -> Jart {
        let n_min = own(0, self.n_min);
        Jart {
            n_min,
            n_max: own(1, self.n_max).max(n_min),
            l_disc: own(3, self.l_disc).min(self.l_cell),
            radius: own(5, self.radius),
            ..self
        }
    }

    fn range(&self) -> (f64, f64) {
        (self.conductance([self.n_min]), self.conductance([self.n_max]))
    }

    fn initial(&self, target: f64, _: Draws<'_>) -> [f64; 1] {
        let (smallest, largest) = self.range();
        if target <= smallest || target >= largest {
            return [if target <= smallest { self.n_min } else { self.n_max }];
        }
        let (mut low, mut high) = (ln(self.n_min), ln(self.n_max));
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            *(if self.conductance([exp(middle)]) < target { &mut low } else { &mut high }) = middle;
        }
        [exp(high).clamp(self.n_min, self.n_max)]
    }

    fn conductance(&self, state: [f64; 1]) -> f64 {
        -self.point(state[0], -REFERENCE, COLD).current / REFERENCE
    }

    fn current(&self, [n]: [f64; 1], voltage: f64) -> (f64, f64) {
        let point = self.point(n, -voltage, COLD);
        (-point.current, Circuit::new(self, n, -voltage).slope(&point))
    }

    fn advance(&self, [n]: [f64; 1], voltage: f64, duration: f64, _: Draws<'_>) -> [f64; 1] {
        if voltage == 0.0 || duration == 0.0 {
            return [n];
        }
        let ends = (ln(self.n_min), ln(self.n_max));
        let start = ln(n);
        // The barrier moves little from one concentration to the next.
        let near = Cell::new(COLD);
        let rate = |y: f64| {
            let n = exp(y);
            let point = self.point(n, -voltage, near.get());
            near.set(point.barrier.abs());
            self.rate(n, -voltage, &point) / n
        };
        let end = autonomous(start, ends, duration, 1e-9, rate);
        [if end == start { n } else { exp(end).clamp(self.n_min, self.n_max) }]
    }

    fn valid_voltage(&self) -> (f64, f64) {
        (-3.0, 1.5)
    }
}

impl Jart {
    fn area(&self) -> f64 {
        PI * self.radius * self.radius
    }

    /// The resistances of disc and plug, ohm.
    fn resistances(&self, n: f64) -> (f64, f64) {
        let per_length = Z * CHARGE * self.mobility * self.area();
        (self.l_disc / (n * per_length), (self.l_cell - self.l_disc) / (self.n_plug * per_length))
    }

    /// What a cell does at a voltage of the model's own polarity; `near` is a guess of the size of Vs.
    fn point(&self, n: f64, voltage: f64, near: f64) -> Point {
        let circuit = Circuit::new(self, n, voltage);
        let size =
            if voltage == 0.0 { 0.0 } else { root(near, voltage.abs(), |size| circuit.excess(size, 0.0)) };
        let barrier = size.copysign(voltage);
        let current = circuit.series(voltage - barrier);
        Point { barrier, current, temperature: circuit.temperature(barrier, current) }
    }

    /// dN/dt, 1/(m3 s), at a voltage of the model's own polarity.
    fn rate(&self, n: f64, voltage: f64, point: &Point) -> f64 {
        let Point { barrier, current, temperature } = *point;
        let (disc, plug) = self.resistances(n);
        let (field, limit) = if voltage > 0.0 {
            ((barrier + current * (disc + plug)) / self.l_cell, 1.0 - tenth_power(self.n_min / n))
        } else {
            (current * disc / self.l_disc, 1.0 - tenth_power(n / self.n_max))
        };
        let g = (Z * self.hop * field / (PI * self.barrier)).clamp(-1.0, 1.0);
        let even = (1.0 - g * g).sqrt() + g * asin(g);
        let hops = |odd: f64| exp(-CHARGE * self.barrier * (even + odd) / (BOLTZMANN * temperature));
        let difference = hops(-g * FRAC_PI_2) - hops(g * FRAC_PI_2);
        -0.5 * (self.n_plug + n) * self.hop * self.attempts / self.l_disc * difference * limit.max(0.0)
    }
}

fn tenth_power(x: f64) -> f64 {
    let square = x * x;
    let fourth = square * square;
    fourth * fourth * square
}

/// The arcsine, by its power series; of -1 to 1.
fn asin(x: f64) -> f64 {
    let size = x.abs();
    if size > 0.5 {
        return (FRAC_PI_2 - 2.0 * asin(((1.0 - size) / 2.0).sqrt())).copysign(x);
    }
    let square = x * x;
    let (mut sum, mut term, mut k) = (x, x, 0.0);
    while term.abs() > 1e-17 * size {
        let odd = 2.0 * k + 1.0;
        term *= square * odd / (odd + 1.0);
        sum += term / (odd + 2.0);
        k += 1.0;
    }
    sum
}

crosspike_device::export_models!(EachCell<Jart, 1>);
