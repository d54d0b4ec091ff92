//! The Transfer phases of a run: the array that each brings.

use std::sync::Arc;

use super::arrays::{array, mean_image};
use super::sites::Site;
use super::{Options, SetupError};
use crate::scenario::Parsed;
use crate::scenario::schema::Phase;
use crate::simulation::plan::{Plan, Task, TransferPlan};
use crate::units::Quantity;

/// Gives each Transfer phase of a plan its array.
pub(super) fn add_transfers(
    parsed: &Parsed,
    plan: &mut Plan,
    sites: &[Site<'_>],
    options: &Options,
) -> Result<(), SetupError> {
    for site in sites {
        let (Some(phase), Some(place)) = (site.phase, plan.arrays[site.projection]) else { continue };
        let Some((source, target, _)) = plan.network.projections().nth(site.projection) else { continue };
        let shape = (plan.network.population(source).count, plan.network.population(target).count);
        let planes = if site.crossbar.signed { 2 } else { 1 };
        let siemens = vec![site.device.range().0; planes * shape.0 * shape.1];
        let mean_image = mean_image(site, plan);
        let array = array(parsed, plan.seeds, site, (shape, Some(&siemens)), mean_image, options)?;
        let Phase::Transfer(words) = &parsed.scenario.schedule[phase] else { continue };
        let at = words.at.map(Quantity::si);
        let transfer = TransferPlan { projection: site.projection, place, array, at };
        plan.phases[phase].task = Some(Task::Transfer(Arc::new(transfer)));
    }
    Ok(())
}
