//! A lab is cells of one device that are pulsed and read by hand.

use std::path::Path;
use std::sync::Arc;

use crosspike::device::{self, Columns, Device, DeviceFault, Model, Varying};
use crosspike::random::{Purpose, Stream};
use crosspike::scenario::{Named, ParameterValue, parse_device};

use super::state::State;
use crate::cli::PluginArguments;
use crate::exit::{Code, Failure};
use crate::prepare;

/// A device model and values for its parameters.
pub(super) struct Subject {
    pub(super) model: Arc<Model>,
    pub(super) values: Named<ParameterValue>,
}

impl Subject {
    /// What a user names: a device file, a library, or a model that is found.
    pub(super) fn find(name: &str, plugins: &PluginArguments) -> Result<Subject, Failure> {
        let path = Path::new(name);
        let refused = |error: &dyn std::fmt::Display| Failure::new(Code::Device, error.to_string());
        if path.extension().is_some_and(|end| end == "ron") {
            let wrong = |error: String| Failure::new(Code::Device, format!("{name}: {error}"));
            let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
            let (model, values) = parse_device(&text).map_err(wrong)?;
            let model = prepare::models(plugins)?.find(&model).map_err(|error| refused(&error))?;
            return Ok(Subject { model, values });
        }
        let model = if path.is_file() {
            let mut models = device::open(path).map_err(|error| refused(&error))?;
            if models.len() > 1 {
                let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
                let help = "name one of them in a device file, (\"model\", { .. }), beside --plugin-dir";
                let message = format!("{name} holds the models {}", names.join(", "));
                return Err(Failure::with_help(Code::Device, message, Some(help.to_owned())));
            }
            models.remove(0)
        } else {
            prepare::models(plugins)?.find(name).map_err(|error| refused(&error))?
        };
        Ok(Subject { model, values: Named::default() })
    }

    /// A device with these values.
    pub(super) fn device(&self) -> Result<Device, Failure> {
        let values: Vec<_> = self.values.iter().map(|(name, value)| (name, value.clone())).collect();
        self.model.device(&values).map_err(|error| {
            let help = format!(
                "give parameters by a device file, (\"{}\", {{ .. }}), in the place of the model's name",
                self.model.name()
            );
            Failure::with_help(Code::Device, error.to_string(), Some(help))
        })
    }
}

/// Cells of one device.
pub(super) struct Lab<'a> {
    pub(super) device: &'a Device,
    state: State,
    /// None: every number is in the middle.
    draws: Option<Stream>,
    calls: u64,
    own: Own,
}

/// Parameters of which each cell has a value of its own.
#[derive(Default)]
struct Own {
    parameters: Vec<usize>,
    values: Vec<f64>,
    first: usize,
}

impl<'a> Lab<'a> {
    /// Cells at a conductance each, S; their number is a multiple of 8.
    pub(super) fn new(device: &'a Device, seed: u64, targets: &[f64]) -> Result<Lab<'a>, DeviceFault> {
        Lab::with(device, Some(seed), targets, Own::default())
    }

    /// Cells of which every random number is in its middle.
    pub(super) fn median(device: &'a Device, targets: &[f64]) -> Result<Lab<'a>, DeviceFault> {
        Lab::with(device, None, targets, Own::default())
    }

    /// Cells of which each has values of its own for every parameter that varies, spread by `relative` around that of the device.
    pub(super) fn spread(
        device: &'a Device,
        seed: u64,
        targets: &[f64],
        relative: f64,
    ) -> Result<Lab<'a>, DeviceFault> {
        let names = device.model().parameters().iter().filter(|parameter| parameter.varies);
        let varying: Vec<Varying> =
            names.filter_map(|parameter| device.varying(&parameter.name).ok()).collect();
        let count = targets.len();
        let mut own = Own { values: vec![0.0; varying.len() * count + 8], ..Own::default() };
        own.first = own.values.as_ptr().align_offset(64);
        for (k, Varying { index, value, min, max }) in varying.iter().enumerate() {
            let stream = Stream::new(seed, Purpose::Target, 1 + k as u32);
            own.parameters.push(*index);
            for cell in 0..count {
                let drawn = value * (1.0 + relative * stream.normal(cell as u32, 0));
                own.values[own.first + k * count + cell] = drawn.clamp(*min, *max);
            }
        }
        Lab::with(device, Some(seed), targets, own)
    }

    fn with(
        device: &'a Device,
        seed: Option<u64>,
        targets: &[f64],
        own: Own,
    ) -> Result<Lab<'a>, DeviceFault> {
        let state = State::new(device.state_count(), targets.len());
        let draws = seed.map(|seed| Stream::new(seed, Purpose::Target, 0));
        let mut lab = Lab { device, state, draws, calls: 0, own };
        let uniform = lab.uniform(device.initial_draws());
        let (cells, own) = (lab.state.cells(), lab.own.columns(targets.len()));
        device.initial_state(cells.with(own), targets, &uniform)?;
        Ok(lab)
    }

    /// Numbers for a call that takes so many per cell, other ones for each call.
    fn uniform(&mut self, draws: usize) -> Vec<f64> {
        self.calls += 1;
        let draw = |place: usize| match &self.draws {
            Some(stream) => stream.uniform(place as u32, self.calls),
            None => 0.5,
        };
        (0..draws * self.state.count).map(draw).collect()
    }

    /// Holds each cell at a voltage.
    pub(super) fn hold(&mut self, volts: &[f64], seconds: f64) -> Result<(), DeviceFault> {
        let uniform = self.uniform(self.device.advance_draws());
        let own = self.own.columns(self.state.count);
        self.device.advance(self.state.cells().with(own), volts, seconds, &uniform)
    }

    /// Holds all cells at one voltage.
    pub(super) fn pulse(&mut self, volts: f64, seconds: f64) -> Result<(), DeviceFault> {
        self.hold(&vec![volts; self.state.count], seconds)
    }

    /// Changes the conductance of each cell by so much, as far as the device can.
    pub(super) fn increment(&mut self, change: f64) -> Result<(), DeviceFault> {
        let uniform = self.uniform(self.device.increment_draws());
        let own = self.own.columns(self.state.count);
        let changes = vec![change; self.state.count];
        self.device.increment(self.state.cells().with(own), &changes, &uniform)
    }

    /// The conductances, S.
    pub(super) fn conductances(&mut self) -> Result<Vec<f64>, DeviceFault> {
        let mut out = vec![0.0; self.state.count];
        let own = self.own.columns(self.state.count);
        self.device.conductance(self.state.cells().with(own), &mut out)?;
        Ok(out)
    }

    /// The currents at a voltage for each cell, A.
    pub(super) fn currents(&mut self, volts: &[f64]) -> Result<Vec<f64>, DeviceFault> {
        let mut out = vec![0.0; self.state.count];
        let own = self.own.columns(self.state.count);
        self.device.current(self.state.cells().with(own), volts, &mut out, None)?;
        Ok(out)
    }

    /// The standard deviations of the currents from read to read at a voltage, A.
    pub(super) fn read_noise(&mut self, volts: f64) -> Result<Vec<f64>, DeviceFault> {
        let mut out = vec![0.0; self.state.count];
        let volts = vec![volts; self.state.count];
        let own = self.own.columns(self.state.count);
        self.device.read_noise(self.state.cells().with(own), &volts, &mut out)?;
        Ok(out)
    }
}

impl Own {
    fn columns(&self, count: usize) -> Columns<'_> {
        Columns { parameters: &self.parameters, values: &self.values[self.first..], stride: count }
    }
}
