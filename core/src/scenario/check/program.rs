//! Checks of closed-loop programming.

use super::Check;
use crate::scenario::schema::{Program, PulseTrain, Target};

impl Check<'_> {
    pub(super) fn program(&mut self, path: &str, program: &Program) {
        self.recorded_crossbar(&format!("{path}.projection"), &program.projection);
        let projection = self.scenario.projections.get(&program.projection);
        if let Some(crossbar) = projection.and_then(|projection| projection.crossbar.as_ref()) {
            self.scheme(path, crossbar, program.scheme);
        }
        self.target(&format!("{path}.target"), program);
        let tolerance = program.tolerance;
        let kept = tolerance > 0.0 && tolerance <= 1.0;
        self.rule(
            kept,
            &format!("{path}.tolerance"),
            tolerance,
            "above 0 and at most 1, a part of the range",
        );
        self.train(&format!("{path}.set"), &program.set, 1.0);
        self.train(&format!("{path}.reset"), &program.reset, -1.0);
        self.positive_count(&format!("{path}.pulses"), program.pulses);
        self.passes(&format!("{path}.passes"), program);
    }

    fn train(&mut self, path: &str, train: &PulseTrain, sign: f64) {
        let (first, highest) = train.voltage;
        let side = if sign > 0.0 { "above zero" } else { "below zero" };
        let kept = sign * first.si() > 0.0 && sign * highest.si() >= sign * first.si();
        let rule = format!("{side}, the weaker one first");
        self.rule(kept, &format!("{path}.voltage"), format!("({first}, {highest})"), &rule);
        self.positive(&format!("{path}.step"), train.step);
        if let Some(step) = train.first_step {
            self.positive(&format!("{path}.first_step"), step);
        }
        self.positive(&format!("{path}.width"), train.width);
        if let Some(back) = train.back {
            self.not_negative(&format!("{path}.back"), back);
        }
    }

    fn target(&mut self, path: &str, program: &Program) {
        if let Some(law) = program.target.law() {
            self.initial(path, &law);
        }
        if let Target::Refresh(above) = program.target {
            self.not_negative(path, above);
            let projection = self.scenario.projections.get(&program.projection);
            if projection.and_then(|p| p.crossbar.as_ref()).is_some_and(|crossbar| !crossbar.signed) {
                let help = "set `signed: true`, or program to conductances".to_owned();
                self.refuse(path, "a refresh is of signed pairs, which this array does not have", Some(help));
            }
        }
    }

    fn passes(&mut self, path: &str, program: &Program) {
        if program.passes.is_empty() {
            let help = "write for example `passes: [1, 1]` for two passes at all voltages".to_owned();
            self.refuse(path, "there is no pass over the array", help);
        }
        for (index, &part) in program.passes.iter().enumerate() {
            let path = format!("{path}[{index}]");
            self.rule(part > 0.0 && part <= 1.0, &path, part, "above 0 and at most 1");
            for (what, train) in [("set", &program.set), ("reset", &program.reset)] {
                let (first, highest) = train.voltage;
                let [weak, strong] = [first, highest].map(|voltage| voltage.si().abs());
                if part > 0.0 && strong >= weak && part * strong < weak {
                    let message = format!(
                        "{part} of the highest {what} voltage, {highest}, is below the first, {first}"
                    );
                    let help = "write a larger part, or a lower first voltage".to_owned();
                    self.refuse(&path, message, help);
                }
            }
        }
    }
}
