//! The words of a run: how its phases, amounts and durations are said.

use std::time::Duration;

use crosspike::recorder::{PhaseEntry, PhaseKind, ProgramResult};
use crosspike::time::Time;
use crosspike::units;

/// What a phase came to, in one line.
pub(crate) fn result(entry: &PhaseEntry, duration: Option<Duration>) -> String {
    let network = Time::from_ticks(entry.end).since(Time::from_ticks(entry.start));
    let mut parts = Vec::new();
    match (entry.accuracy, &entry.programming) {
        (_, Some(result)) => parts.push(programmed(result)),
        _ if entry.kind == PhaseKind::Transfer => parts.push("another array in place".to_owned()),
        (Some(_), _) => {
            let held_out = if entry.overlap == 0 { "held-out accuracy" } else { "accuracy" };
            let overlap =
                if entry.overlap > 0 { format!(", {} shown before", entry.overlap) } else { String::new() };
            let (correct, images, silent) = (entry.correct, entry.images, entry.silent);
            let percent = percent(correct, images);
            parts.push(format!("{held_out} {percent} ({correct} of {images}, {silent} silent{overlap})"));
        }
        _ if entry.epochs > 1 => parts.push(format!("{} images in {} passes", entry.images, entry.epochs)),
        _ if entry.images > 0 => parts.push(format!("{} images", entry.images)),
        _ => parts.push(format!("{} s of network time", rounded(network))),
    }
    let is_shown = !matches!(entry.kind, PhaseKind::Wait | PhaseKind::Transfer);
    if entry.accuracy.is_none() && entry.programming.is_none() && is_shown {
        let (input, output) = (entry.input_spikes, entry.output_spikes);
        parts.push(format!("{input} spikes in, {output} spikes out"));
    }
    parts.extend(entry.energy.map(energy));
    parts.extend(duration.map(|duration| format!("{:.2} s", duration.as_secs_f64())));
    format!("phase {}, {}: {}", entry.phase + 1, entry.kind.name(), parts.join(", "))
}

/// What reads and program pulses have taken.
fn energy([reads, writes]: [f64; 2]) -> String {
    let said = |joules: f64| units::format(format!("{joules:.2e}").parse().unwrap_or(joules), "J");
    match writes {
        _ if writes.is_nan() => format!("{} for reads, increments without energy", said(reads)),
        0.0 => format!("{} for reads", said(reads)),
        _ => format!("{} for reads, {} for writes", said(reads), said(writes)),
    }
}

/// What a Program phase came to.
fn programmed(result: &ProgramResult) -> String {
    let ProgramResult { projection, cells, stuck, passes, missed, disturbed, pulses, .. } = result;
    let passes = if *passes == 1 { "1 pass".to_owned() } else { format!("{passes} passes") };
    let [median, mean] = [result.median, result.mean].map(|error| format!("{:.2} %", 100.0 * error));
    format!(
        "{cells} cells of {projection} in {passes}, error {median} of the range (median), {mean} (mean), {missed} missed \
         ({disturbed} of them disturbed), {stuck} stuck, {pulses} pulses"
    )
}

/// So many images, cells or microseconds, with their unit.
pub(crate) fn amount(kind: PhaseKind, amount: u64) -> String {
    let unit = match (kind, amount) {
        (PhaseKind::Run | PhaseKind::Wait | PhaseKind::Transfer, _) => "s of network time",
        (PhaseKind::Program, 1) => "cell",
        (PhaseKind::Program, _) => "cells",
        (_, 1) => "image",
        _ => "images",
    };
    format!("{} {unit}", plain(kind, amount))
}

/// So many images or cells, or microseconds in seconds.
pub(crate) fn plain(kind: PhaseKind, amount: u64) -> String {
    match kind {
        PhaseKind::Run | PhaseKind::Wait | PhaseKind::Transfer => rounded(amount as f64 * 1e-6),
        _ => amount.to_string(),
    }
}

/// A part of a whole.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

/// Three digits, or all before the point.
pub(crate) fn rounded(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

/// A duration in its two largest units.
pub(crate) fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> PhaseEntry {
        PhaseEntry {
            phase: 2,
            kind: PhaseKind::Test,
            epochs: 1,
            start: 0,
            end: 126_000_000_000_000,
            images: 360,
            correct: 314,
            silent: 1,
            accuracy: Some(314.0 / 360.0),
            overlap: 0,
            confusion: None,
            labels: None,
            input_spikes: 1000,
            output_spikes: 20,
            energy: None,
            programming: None,
        }
    }

    #[test]
    fn a_test_is_held_out_only_without_overlap() {
        let wall = Some(Duration::from_millis(80));
        assert_eq!(
            result(&entry(), wall),
            "phase 3, test: held-out accuracy 87.2 % (314 of 360, 1 silent), 0.08 s"
        );
        let seen = PhaseEntry { overlap: 12, ..entry() };
        assert_eq!(
            result(&seen, None),
            "phase 3, test: accuracy 87.2 % (314 of 360, 1 silent, 12 shown before)"
        );
    }

    #[test]
    fn phases_without_answers_count_what_they_did() {
        let train = PhaseEntry { kind: PhaseKind::Train, accuracy: None, epochs: 10, ..entry() };
        assert_eq!(
            result(&train, None),
            "phase 3, train: 360 images in 10 passes, 1000 spikes in, 20 spikes out"
        );
        let run = PhaseEntry { kind: PhaseKind::Run, accuracy: None, images: 0, epochs: 0, ..entry() };
        assert_eq!(result(&run, None), "phase 3, run: 126 s of network time, 1000 spikes in, 20 spikes out");
    }

    #[test]
    fn energies_have_three_digits() {
        let said = [[1.23456e-6, 0.0], [1e-9, 4.5678e-3], [1e-9, f64::NAN]].map(energy);
        let expected = [
            "1.23 uJ for reads",
            "1 nJ for reads, 4.57 mJ for writes",
            "1 nJ for reads, increments without energy",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn a_programmed_array_is_judged_by_its_errors() {
        let programming = ProgramResult {
            projection: "half".into(),
            passes: 5,
            cells: 4055,
            stuck: 41,
            missed: 360,
            disturbed: 350,
            pulses: 850_000,
            median: 0.00291,
            mean: 0.0361,
        };
        let program = PhaseEntry {
            kind: PhaseKind::Program,
            accuracy: None,
            images: 0,
            epochs: 0,
            programming: Some(programming),
            ..entry()
        };
        assert_eq!(
            result(&program, None),
            "phase 3, program: 4055 cells of half in 5 passes, error 0.29 % of the range (median), 3.61 % (mean), \
             360 missed (350 of them disturbed), 41 stuck, 850000 pulses"
        );
    }

    #[test]
    fn durations_are_said_in_two_units() {
        let said = [5, 61, 3_725].map(|seconds| clock(Duration::from_secs(seconds)));
        assert_eq!(said, ["5 s", "1 min 1 s", "1 h 2 min"]);
    }
}
