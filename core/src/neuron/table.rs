//! A LIF table is what never changes during a run: the parameters of a population in SI units, one array per quantity.

use crate::scenario::schema::{Inhibition, Lif, ThetaDecay};
use crate::time::Time;
use crate::units::Quantity;

/// The parameters of one population.
#[derive(Clone, Debug)]
pub struct LifTable {
    /// Membrane time constant, s.
    pub(crate) leak: f64,
    /// Stationary potential of each neuron without spikes, V.
    pub(crate) stationary: Vec<f64>,
    /// Threshold without adaptation minus the stationary potential, V.
    pub(crate) base: Vec<f64>,
    /// Potential at the start and after a reset, V.
    pub(crate) initial: Vec<f64>,
    /// Potential after a spike, V.
    pub(crate) reset: f64,
    pub(crate) refractory: Vec<Time>,
    pub(crate) adaptation: Option<AdaptationTable>,
    pub(crate) homeostasis: Option<HomeostasisTable>,
    pub(crate) inhibition: Option<Inhibition>,
    /// Whether a neuron may cross its threshold without an arrival.
    pub(crate) predicts: bool,
}

/// The parameters of an adaptive threshold.
#[derive(Clone, Debug)]
pub(crate) struct AdaptationTable {
    pub(crate) increment: f64,
    pub(crate) initial: Vec<f64>,
    pub(crate) floor: f64,
    pub(crate) cap: f64,
    pub(crate) decay: ThetaDecay,
}

/// The parameters of homeostasis.
#[derive(Clone, Debug)]
pub(crate) struct HomeostasisTable {
    /// Target rate, Hz.
    pub(crate) target: f64,
    /// Change of theta per spike too many, V.
    pub(crate) step: f64,
}

impl LifTable {
    /// The table of a population that the scenario's checks have accepted.
    pub fn new(lif: &Lif) -> LifTable {
        let indices = 0..lif.count as usize;
        let resistance = lif.leak.si() / lif.capacitance.si();
        let stationary: Vec<f64> =
            indices.clone().map(|i| lif.rest.si() + lif.bias.of(i).si() * resistance).collect();
        let adaptation = lif.adaptation.as_ref().map(|adaptation| AdaptationTable {
            increment: adaptation.increment.si(),
            initial: indices.clone().map(|i| adaptation.initial.of(i).si()).collect(),
            floor: adaptation.floor.si(),
            cap: adaptation.cap.map_or(f64::INFINITY, Quantity::si),
            decay: adaptation.decay,
        });
        let theta_falls = matches!(adaptation, Some(AdaptationTable { decay: ThetaDecay::Time(_), .. }));
        let base: Vec<f64> = stationary.iter().map(|v| lif.threshold.si() - v).collect();
        LifTable {
            leak: lif.leak.si(),
            initial: indices
                .clone()
                .map(|i| lif.initial.as_ref().map_or(lif.rest.si(), |v| v.of(i).si()))
                .collect(),
            reset: lif.reset.si(),
            refractory: indices.map(|i| lif.refractory.of(i).time()).collect(),
            predicts: theta_falls || base.iter().any(|&distance| distance < 0.0),
            homeostasis: lif
                .homeostasis
                .as_ref()
                .map(|h| HomeostasisTable { target: h.target.si(), step: h.step.si() }),
            inhibition: lif.inhibition,
            stationary,
            base,
            adaptation,
        }
    }

    /// How many neurons.
    pub fn count(&self) -> usize {
        self.base.len()
    }

    /// The time constant with which theta falls in time, s; infinite where it does not.
    pub(crate) fn theta_decay(&self) -> f64 {
        match &self.adaptation {
            Some(AdaptationTable { decay: ThetaDecay::Time(span), .. }) => span.si(),
            _ => f64::INFINITY,
        }
    }
}
