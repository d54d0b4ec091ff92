//! The words of a run: how its phases, amounts and durations are said.

use std::time::Duration;

use crosspike::recorder::{PhaseEntry, PhaseKind};
use crosspike::time::Time;

/// What a phase came to, in one line.
pub(crate) fn result(entry: &PhaseEntry, duration: Option<Duration>) -> String {
    let network = Time::from_ticks(entry.end).since(Time::from_ticks(entry.start));
    let mut parts = Vec::new();
    match entry.accuracy {
        Some(_) => {
            let held_out = if entry.overlap == 0 { "held-out accuracy" } else { "accuracy" };
            let overlap =
                if entry.overlap > 0 { format!(", {} shown before", entry.overlap) } else { String::new() };
            let (correct, images, silent) = (entry.correct, entry.images, entry.silent);
            let percent = percent(correct, images);
            parts.push(format!("{held_out} {percent} ({correct} of {images}, {silent} silent{overlap})"));
        }
        None if entry.epochs > 1 => parts.push(format!("{} images in {} passes", entry.images, entry.epochs)),
        None if entry.images > 0 => parts.push(format!("{} images", entry.images)),
        None => parts.push(format!("{} s of network time", rounded(network))),
    }
    if entry.accuracy.is_none() {
        let (input, output) = (entry.input_spikes, entry.output_spikes);
        parts.push(format!("{input} spikes in, {output} spikes out"));
    }
    parts.extend(duration.map(|duration| format!("{:.2} s", duration.as_secs_f64())));
    format!("phase {}, {}: {}", entry.phase + 1, entry.kind.name(), parts.join(", "))
}

/// So many images, or microseconds, with their unit.
pub(crate) fn amount(kind: PhaseKind, amount: u64) -> String {
    let unit = match (kind, amount) {
        (PhaseKind::Run, _) => "s of network time",
        (_, 1) => "image",
        _ => "images",
    };
    format!("{} {unit}", plain(kind, amount))
}

/// So many images, or microseconds in seconds.
pub(crate) fn plain(kind: PhaseKind, amount: u64) -> String {
    match kind {
        PhaseKind::Run => rounded(amount as f64 * 1e-6),
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
    fn durations_are_said_in_two_units() {
        let said = [5, 61, 3_725].map(|seconds| clock(Duration::from_secs(seconds)));
        assert_eq!(said, ["5 s", "1 min 1 s", "1 h 2 min"]);
    }
}
