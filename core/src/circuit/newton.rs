//! A Newton step replaces every cell by its slope at the present voltage and solves the linear array that is left.
//!
//! The operating point of monotone cells is the minimum of their co-content, which is convex. Along the direction d of a
//! step its derivative is -d . f(x + t d), where f is what enters the nodes; a step that goes too far shows as a change
//! of its sign. So t = 1 where that is no overshoot, otherwise the place where the derivative has at least halved. Only
//! the currents of the cells are not linear in t, hence a trial costs one evaluation of the cells.
//!
//! Linear solves become exact as fast as the steps become short: their tolerance follows the square of the error.

use super::fault::SolveError;
use super::law::{CellBuffers, CellLaw, differences, fold};
use super::linear::Goal;
use super::nodes::{fix, largest};
use super::solver::{Report, Solver};

/// How far the steps have come. All are relative energy norms.
#[derive(Clone, Copy, Debug)]
struct Course {
    /// Length of the last step, where it was a whole one.
    last: Option<f64>,
    /// What is left, as far as known.
    error: f64,
}

impl Solver {
    /// Solves the array whose cells follow `law`, starting from the present node voltages. Afterwards the solver holds
    /// the slopes of the cells, for responses to small changes; set conductances before the next linear solve.
    ///
    /// # Errors
    ///
    /// What the law reports; a cell whose slope is negative or not finite at a point that the iteration accepts; a part
    /// of the array without a path to a terminal; no convergence. The next solve starts from 0 V.
    pub fn solve_cells<L: CellLaw>(&mut self, law: &mut L) -> Result<Report, SolveError<L::Error>> {
        let count = self.circuit.word_lines() * self.circuit.bit_lines();
        let mut buffers = self.buffers.take().unwrap_or_else(|| Box::new(CellBuffers::zeros(count)));
        (self.state.is_solved, self.state.is_factorised, self.state.holds_slopes) = (false, false, true);
        let outcome = self.newton(law, &mut buffers);
        self.buffers = Some(buffers);
        match outcome {
            Ok(_) => {
                self.state.is_solved = true;
                self.check_books();
            }
            Err(_) => self.reset(),
        }
        outcome
    }

    fn newton<L: CellLaw>(
        &mut self,
        law: &mut L,
        buffers: &mut CellBuffers,
    ) -> Result<Report, SolveError<L::Error>> {
        let nodes = (&mut self.voltages.word, &mut self.voltages.bit);
        fix(&self.circuit, |spot| spot.terminal.voltage, nodes);
        self.state.is_warm = true;
        differences(&self.voltages.word, &self.voltages.bit, &mut buffers.volts);
        law.evaluate(&buffers.volts, &mut buffers.currents, &mut buffers.slopes).map_err(SolveError::Law)?;
        let mut report = Report::default();
        let mut course = Course { last: None, error: 1.0 };
        self.take_slopes(buffers)?;
        self.gather_present();
        while report.newton_steps < self.options.newton_limit {
            report.newton_steps += 1;
            self.prepare()?;
            let (first, words) = self.system.eliminate();
            let forcing = self.forcing(first + words, &course);
            let goal =
                Goal::Residual { target: forcing * forcing * first, limit: self.options.iteration_limit };
            let progress = self.system.iterate(first, goal);
            report.iterations += progress.iterations;
            let length = words + progress.energy;
            let t = self.step(law, buffers, length)?;
            self.take_slopes(buffers)?;
            report.kcl = self.gather_present();
            let scale = self.scale();
            let part = |energy: f64| if energy == 0.0 { 0.0 } else { (energy / scale).sqrt() };
            report.residual = part(progress.now);
            course.follow(t, part(length), part(progress.error));
            report.error = course.error;
            if course.error <= self.options.tolerance || self.is_rounding(t) {
                return Ok(report);
            }
        }
        Err(SolveError::NoConvergence {
            residual: course.error,
            iterations: report.newton_steps,
            tolerance: self.options.tolerance,
        })
    }

    /// How much of its residual a linear solve may leave: about as much as the curvature of the cells will.
    fn forcing(&self, energy: f64, course: &Course) -> f64 {
        if course.last.is_none() {
            return 1e-2;
        }
        let before = (energy / self.scale()).sqrt();
        before.max(0.1 * self.options.tolerance / before).clamp(1e-12, 1e-2)
    }

    /// What relative energies refer to: the power of the sources, but no less than what rounding does to it, W.
    fn scale(&self) -> f64 {
        let (mut power, mut rounding) = (0.0, 0.0);
        self.circuit.visit_terminals(|spot| {
            power -= spot.terminal.voltage * self.terminals[spot.side as usize][spot.line];
            if spot.terminal.resistance > 0.0 {
                rounding += f64::EPSILON * spot.terminal.voltage.powi(2) / spot.terminal.resistance;
            }
        });
        power.max(rounding).max(f64::MIN_POSITIVE)
    }

    /// Takes the slopes of the last evaluation for conductances, and its currents for those of the cells.
    fn take_slopes<E: std::error::Error>(&mut self, buffers: &CellBuffers) -> Result<(), SolveError<E>> {
        let n = self.circuit.bit_lines();
        let bad = |slope: &f64| !(0.0..f64::INFINITY).contains(slope);
        if let Some(at) = buffers.slopes.iter().position(bad) {
            return Err(SolveError::NotMonotone {
                word_line: at / n,
                bit_line: at % n,
                slope: buffers.slopes[at],
                voltage: buffers.volts[at],
            });
        }
        self.system.cells.copy_from(&buffers.slopes);
        self.system.direction.copy_from(&buffers.currents);
        self.state.is_factorised = false;
        Ok(())
    }

    /// Goes along the direction in the system as far as is good; `length` is the derivative of the co-content at its
    /// start. The cells have been evaluated where it ends. Returns the part of the direction that was gone.
    fn step<L: CellLaw>(
        &mut self,
        law: &mut L,
        buffers: &mut CellBuffers,
        length: f64,
    ) -> Result<f64, SolveError<L::Error>> {
        let direction = (&self.system.word, &self.system.bit);
        let start = buffers.along(direction);
        let curvature = fold(direction, &buffers.slopes, |slope, change| slope * change * change);
        let mut evaluate = |buffers: &mut CellBuffers, t: f64| -> Result<f64, SolveError<L::Error>> {
            for (row, trial) in buffers.trial.chunks_exact_mut(direction.0.columns).enumerate() {
                let changes = direction.0.row(row).iter().zip(direction.1.row(row));
                let volts = &buffers.volts[row * trial.len()..];
                for ((trial, volt), (word, bit)) in trial.iter_mut().zip(volts).zip(changes) {
                    *trial = volt + t * (word - bit);
                }
            }
            law.evaluate(&buffers.trial, &mut buffers.currents, &mut buffers.slopes)
                .map_err(SolveError::Law)?;
            let derivative = length + (start - buffers.along(direction)) - t * (length - curvature);
            // What is not finite is beyond every operating point.
            Ok(if derivative.is_finite() { derivative } else { f64::NEG_INFINITY })
        };
        let t = line_search(length, |t| evaluate(buffers, t))?;
        std::mem::swap(&mut buffers.volts, &mut buffers.trial);
        self.voltages.word.add(&self.system.word, t);
        self.voltages.bit.add(&self.system.bit, t);
        Ok(t)
    }

    /// Whether a whole step moved no node by more than rounding does.
    fn is_rounding(&self, t: f64) -> bool {
        let moved = largest(&self.system.word).max(largest(&self.system.bit));
        let most = largest(&self.voltages.word).max(largest(&self.voltages.bit));
        t == 1.0 && moved <= 8.0 * f64::EPSILON * most
    }
}

impl Course {
    /// A step of `length` has been made, a part `t` of it, with a linear solve that left `linear`. Steps of Newton's
    /// method shrink quadratically: the next one will be about length x (length / last)^2.
    fn follow(&mut self, t: f64, length: f64, linear: f64) {
        let ratio = self.last.map_or(1.0, |last| (length / last).min(1.0));
        let next = if t < 1.0 { 1.0 } else { 4.0 * length * ratio * ratio };
        self.error = if length == 0.0 { 0.0 } else { next.max(linear) };
        self.last = (t == 1.0).then_some(length);
    }
}

/// A part of the step in 0..=1 at which the derivative, `first` at its start, is at most half of that in size, or positive
/// at 1. The last evaluation is the one at the result.
fn line_search<E>(first: f64, mut derivative: impl FnMut(f64) -> Result<f64, E>) -> Result<f64, E> {
    let (mut low, mut high) = ((0.0, first), (1.0, derivative(1.0)?));
    if high.1 >= -0.5 * first {
        return Ok(1.0);
    }
    for _ in 0..100 {
        let width = high.0 - low.0;
        let secant = if high.1.is_finite() { width * low.1 / (low.1 - high.1) } else { 0.0 };
        let t = low.0 + secant.clamp(0.1 * width, 0.5 * width);
        let value = derivative(t)?;
        if value.abs() <= 0.5 * first {
            return Ok(t);
        }
        if value > 0.0 {
            low = (t, value);
        } else {
            high = (t, value);
        }
    }
    derivative(low.0)?;
    Ok(low.0)
}
