//! The access elements of a run: what stands in series with the devices of an array.

use std::sync::Arc;

use super::device_error;
use crate::crossbar::Access;
use crate::device::Models;
use crate::scenario::schema::{self, Selector};
use crate::scenario::{Parsed, ScenarioError};
use crate::units;

/// The access element of the cells of one array; none where they are passive.
pub(super) fn access(
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
