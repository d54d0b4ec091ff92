//! The phases of a run: which images each one shows, and that none is tested that was learned from.

use super::SetupError;
use crate::dataset::{self, Images};
use crate::recorder::PhaseKind;
use crate::scenario::Parsed;
use crate::scenario::schema::{Between, Overlap, Phase};
use crate::simulation::plan::{ImagePlan, PhasePlan, Task};
use crate::time::Time;

/// The network time of a whole run: the clock is a whole number of picoseconds in 63 bits.
const LONGEST_RUN: Time = Time::from_ticks(9_000_000_000_000_000_000);

/// Picks the images of each phase and checks that none is tested that was learned from.
pub(super) fn phases(
    parsed: &Parsed,
    names: &[String],
    splits: &[Images],
) -> Result<Vec<PhasePlan>, SetupError> {
    let mut plans: Vec<PhasePlan> = Vec::new();
    let mut seen: Vec<u64> = Vec::new();
    let mut total: u128 = 0;
    for (number, phase) in parsed.scenario.schedule.iter().enumerate() {
        let pick = |split: &str,
                    from: usize,
                    images: Option<usize>,
                    raw: Option<usize>,
                    epochs: usize,
                    shuffle: bool| {
            let number_of_split = names.iter().position(|name| name == split).unwrap_or(0);
            let range = splits[number_of_split].select(from, images, raw).map_err(|error| {
                let path = format!("schedule[{number}]");
                SetupError::Data(parsed.refuse(vec![parsed.error_at(&path, error.to_string(), error.help())]))
            })?;
            Ok(Some(ImagePlan { split: number_of_split, range, epochs, shuffle }))
        };
        let idle = |kind: PhaseKind| PhasePlan {
            kind,
            learning: false,
            present: Time::ZERO,
            between: Between::Continue,
            images: None,
            labels: false,
            overlap: 0,
            task: None,
        };
        let mut plan = match phase {
            Phase::Train(p) => PhasePlan {
                learning: true,
                present: p.present.time(),
                between: p.between,
                images: pick(&p.split, p.from, p.images, p.raw, p.epochs, p.shuffle)?,
                labels: p.label,
                ..idle(PhaseKind::Train)
            },
            Phase::Label(p) => PhasePlan {
                present: p.present.time(),
                between: p.between,
                images: pick(&p.split, p.from, p.images, p.raw, 1, false)?,
                labels: true,
                ..idle(PhaseKind::Label)
            },
            Phase::Test(p) => PhasePlan {
                present: p.present.time(),
                between: p.between,
                images: pick(&p.split, p.from, p.images, p.raw, 1, false)?,
                ..idle(PhaseKind::Test)
            },
            Phase::Run(p) => {
                PhasePlan { learning: p.learning, present: p.duration.time(), ..idle(PhaseKind::Run) }
            }
            Phase::Wait(p) => PhasePlan { task: Some(Task::Wait(p.duration.si())), ..idle(PhaseKind::Wait) },
            Phase::Program(_) => idle(PhaseKind::Program),
            Phase::Transfer(_) => idle(PhaseKind::Transfer),
        };
        if let Some(images) = &plan.images {
            let origins = splits[images.split].origins(images.range.clone());
            match phase {
                Phase::Test(test) => {
                    plan.overlap = overlap(parsed, number, &seen, origins, test.overlap)?;
                }
                _ => seen.extend(origins),
            }
        }
        let presentations =
            plan.images.as_ref().map_or(1, |images| images.range.len() as u128 * images.epochs as u128);
        total = total.saturating_add(presentations.saturating_mul(plan.period().ticks() as u128));
        if total > LONGEST_RUN.ticks() as u128 {
            let message = format!(
                "the run is {:e} s of network time long up to the end of this phase; at most {:e} s fit",
                total as f64 * Time::TICK_SECONDS,
                LONGEST_RUN.seconds()
            );
            let help = Some("show fewer images, fewer epochs, or each for a shorter time".into());
            let error = parsed.error_at(&format!("schedule[{number}]"), message, help);
            return Err(SetupError::Network(parsed.refuse(vec![error])));
        }
        plans.push(plan);
    }
    Ok(plans)
}

fn overlap(
    parsed: &Parsed,
    number: usize,
    seen: &[u64],
    tested: impl Iterator<Item = u64>,
    policy: Overlap,
) -> Result<u64, SetupError> {
    let common = dataset::overlap(seen.iter().copied(), tested);
    if common == 0 || policy == Overlap::Allowed {
        return Ok(common);
    }
    let message = format!("{common} images of this Test phase were shown in an earlier Train or Label phase");
    let help =
        "test other images (`split`, `from`, `images`), or say `overlap: Allowed`; the output repeats it";
    Err(SetupError::Data(parsed.refuse(vec![parsed.error_at(
        &format!("schedule[{number}]"),
        message,
        Some(help.into()),
    )])))
}
