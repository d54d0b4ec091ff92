//! The access elements of a run: what stands in series with the device of each projection.

use std::sync::Arc;

use super::{SetupError, device_error};
use crate::crossbar::Access;
use crate::device::{Device, Models};
use crate::scenario::schema::{self, Selector};
use crate::scenario::{Parsed, ScenarioError};
use crate::units;

/// The access element of each projection; none where cells are passive, or there is no array.
pub(super) fn accesses(parsed: &Parsed, models: &Models) -> Result<Vec<Option<Access>>, SetupError> {
    let (mut accesses, mut errors) = (Vec::new(), Vec::new());
    for (name, projection) in parsed.scenario.projections.iter() {
        let words = projection.crossbar.as_ref().map(|crossbar| &crossbar.cell);
        let path = format!("projections.{name}.crossbar.cell");
        match words.map_or(Ok(None), |words| access(parsed, models, &path, words)) {
            Ok(access) => accesses.push(access),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(accesses) } else { Err(SetupError::Device(parsed.refuse(errors))) }
}

fn access(
    parsed: &Parsed,
    models: &Models,
    path: &str,
    words: &schema::Access,
) -> Result<Option<Access>, ScenarioError> {
    let selector = match words {
        schema::Access::Selector(Selector::Model { device, conductance }) => {
            let values: Vec<_> = device.1.iter().map(|(name, value)| (name, value.clone())).collect();
            let device = models.find(&device.0).and_then(|model| model.device(&values));
            let device = device.map_err(|error| device_error(parsed, &format!("{path}.device"), &error))?;
            let (low, high) = device.range();
            if !(low..=high).contains(&conductance.si()) {
                let message =
                    format!("conductance is {conductance}, but must be in the range of the selector");
                let help = format!("from {} to {}", units::format(low, "S"), units::format(high, "S"));
                return Err(parsed.error_at(&format!("{path}.conductance"), message, Some(help)));
            }
            Some(Arc::new(device))
        }
        _ => None,
    };
    Access::new(words, selector.as_ref())
        .map_err(|fault| parsed.error_at(&format!("{path}.device"), fault.to_string(), None))
}

/// The device of each selector that is a device model.
pub(super) fn selectors(accesses: &[Option<Access>]) -> impl Iterator<Item = Option<&Device>> {
    accesses.iter().map(|access| access.as_ref().and_then(Access::device).map(|device| &**device))
}
