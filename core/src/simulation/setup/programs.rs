//! The Program phases of a run: what each cell of their arrays is programmed to.

use std::sync::Arc;

use super::{Options, SetupError};
use crate::crossbar::{Array, Tuning, initial_conductances};
use crate::random::{Purpose, Stream};
use crate::scenario::Parsed;
use crate::scenario::schema::{InitialConductance, Phase, Program};
use crate::simulation::plan::{Plan, ProgramPlan, Task};

/// Gives each Program phase of a plan its targets.
pub(super) fn add_programs(
    parsed: &Parsed,
    plan: &mut Plan,
    arrays: &[Vec<Array>],
    options: &Options,
) -> Result<(), SetupError> {
    for (number, phase) in parsed.scenario.schedule.iter().enumerate() {
        let Phase::Program(program) = phase else { continue };
        let found = program_plan(parsed, plan, (number, program), arrays, options)?;
        plan.phases[number].task = Some(Task::Program(Arc::new(found)));
    }
    Ok(())
}

fn program_plan(
    parsed: &Parsed,
    plan: &Plan,
    (number, program): (usize, &Program),
    arrays: &[Vec<Array>],
    options: &Options,
) -> Result<ProgramPlan, SetupError> {
    let projection = parsed.scenario.projections.index_of(&program.projection);
    let place = projection.and_then(|projection| Some((projection, plan.arrays[projection]?)));
    let Some((projection, place)) = place else {
        unreachable!("the scenario's checks let only projections with a crossbar be programmed")
    };
    let refuse = |message: String, help: Option<String>| {
        let error = parsed.error_at(&format!("schedule[{number}].target"), message, help);
        SetupError::Data(parsed.refuse(vec![error]))
    };
    let array = &arrays[place.0][place.1];
    let Some(law) = program.target.law() else {
        return Ok(ProgramPlan { projection, place, tuning: Tuning::refresh(program.clone(), array) });
    };
    let file = match &law {
        InitialConductance::File(name) => {
            Some(options.data.find(name).map_err(|e| refuse(e.to_string(), e.help()))?)
        }
        _ => None,
    };
    let shape = (array.plane_count(), array.plan().rows, array.plan().columns);
    // Not keyed by the projection: arrays side by side are programmed to the same.
    let stream = Stream::new(plan.seeds.network, Purpose::Target, 0);
    let targets = initial_conductances(&law, shape, stream, file.as_deref())
        .map_err(|e| refuse(e.to_string(), None))?;
    Ok(ProgramPlan { projection, place, tuning: Tuning::new(program.clone(), array, targets) })
}
