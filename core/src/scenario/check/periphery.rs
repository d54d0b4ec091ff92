//! Checks of the periphery of an array.

use super::Check;
use crate::scenario::schema::{
    Compensation, Crossbar, Dac, Pattern, Phase, Population, Projection, Undriven, Wires,
};
use crate::units::Voltage;

/// The finest converter: a step is then still far above the rounding of the currents that it converts.
const MOST_BITS: u32 = 24;

/// The most sample reads of a calibration.
const MOST_SAMPLES: u32 = 1 << 16;

impl Check<'_> {
    pub(super) fn compensation(&mut self, path: &str, compensation: &Compensation) {
        match *compensation {
            Compensation::None => {}
            Compensation::Gain(gain) if gain > 0.0 && gain.is_finite() => {}
            Compensation::Gain(gain) => {
                let message = format!("the gain is {gain}, but must be greater than zero and finite");
                self.refuse(path, message, None);
            }
            Compensation::Calibrated { pattern, samples, fraction, .. } => {
                self.samples(path, pattern, samples, fraction);
            }
            Compensation::Tracked { pattern, samples, fraction, every } => {
                self.samples(path, pattern, samples, fraction);
                self.positive_count(&format!("{path}.every"), every);
            }
        }
    }

    fn samples(&mut self, path: &str, pattern: Pattern, samples: u32, fraction: f64) {
        if pattern == Pattern::MeanImage {
            for (field, is_given) in [("samples", samples != 1), ("fraction", fraction != 1.0)] {
                if is_given {
                    let message = format!("the mean image is one read of all word lines, and has no {field}");
                    self.refuse(&format!("{path}.{field}"), message, "leave it out".to_owned());
                }
            }
            return;
        }
        let within = (1..=MOST_SAMPLES).contains(&samples);
        self.rule(within, &format!("{path}.samples"), samples, &format!("between 1 and {MOST_SAMPLES}"));
        let within = fraction > 0.0 && fraction <= 1.0;
        self.rule(within, &format!("{path}.fraction"), fraction, "greater than 0 and at most 1");
    }

    /// Refuses gains of a mean image where word lines are no pixels or no image is shown. `path` is that of the crossbar.
    pub(super) fn mean_image(&mut self, path: &str, crossbar: &Crossbar, projection: &Projection) {
        if crossbar.compensation.pattern() != Some(Pattern::MeanImage) {
            return;
        }
        let path = format!("{path}.compensation.pattern");
        let help = "write `pattern: Random` with `samples` and `fraction`";
        let source = self.scenario.populations.get(&projection.source);
        let shows = |phase: &Phase| matches!(phase, Phase::Train(_) | Phase::Label(_) | Phase::Test(_));
        if source.is_some_and(|source| !matches!(source, Population::Encoder(_))) {
            let message =
                format!("the word lines are neurons of `{}`, not pixels of an image", projection.source);
            self.refuse(&path, message, help.to_owned());
        } else if !self.scenario.schedule.iter().any(shows) {
            self.refuse(&path, "no phase shows an image of which there could be a mean", help.to_owned());
        }
    }

    /// `path` is that of the crossbar.
    pub(super) fn periphery(&mut self, path: &str, crossbar: &Crossbar) {
        let here = format!("{path}.periphery");
        let noise = crossbar.periphery.noise;
        let kept = noise.relative >= 0.0 && noise.relative.is_finite();
        self.rule(kept, &format!("{here}.noise.relative"), noise.relative, "zero or greater and finite");
        self.not_negative(&format!("{here}.noise.absolute"), noise.absolute);
        if let Some(adc) = crossbar.periphery.adc {
            self.bits(&format!("{here}.adc.bits"), adc.bits);
            self.positive(&format!("{here}.adc.full_scale"), adc.full_scale);
        }
        let Some(dac) = crossbar.periphery.dac else { return };
        self.bits(&format!("{here}.dac.bits"), dac.bits);
        self.positive(&format!("{here}.dac.full_scale"), dac.full_scale);
        if !(1..=MOST_BITS).contains(&dac.bits) || dac.full_scale.si() <= 0.0 {
            return;
        }
        let voltage = crossbar.read.voltage;
        self.converted(&format!("{path}.read.voltage"), "voltage", voltage, dac);
        if voltage.si() != 0.0 && dac.convert(voltage).si() == 0.0 {
            let step = Voltage::new(dac.full_scale.si() / ((1_u64 << dac.bits) - 1) as f64);
            let message = format!("a DAC with steps of {step} rounds {voltage} to 0 V");
            let help = "give the DAC more bits or a smaller full scale, or raise the read voltage".to_owned();
            self.refuse(&format!("{path}.read.voltage"), message, help);
        }
        if let Wires::Exact(interconnect) | Wires::Sweeps(_, interconnect) = &crossbar.wires
            && let Undriven::Biased(bias) = interconnect.undriven
        {
            self.converted(&format!("{path}.wires.undriven"), "undriven", bias, dac);
        }
    }

    fn bits(&mut self, path: &str, bits: u32) {
        let within = (1..=MOST_BITS).contains(&bits);
        self.rule(within, path, bits, &format!("between 1 and {MOST_BITS}"));
    }

    /// Refuses a voltage beyond the range of a converter.
    fn converted(&mut self, path: &str, field: &str, voltage: Voltage, dac: Dac) {
        if voltage.si().abs() > dac.full_scale.si() {
            let message = format!("{field} is {voltage}, but the DAC gives at most {}", dac.full_scale);
            self.refuse(path, message, "raise its full_scale".to_owned());
        }
    }
}
