//! A watch follows a run: it shows how far the run is, how fast, and what each phase came to.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use crosspike::recorder::{PhaseEntry, PhaseKind};
use crosspike::simulation::{Progress, Simulation};
use crosspike::time::Time;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{LogFormat, Logging};
use crate::words::{amount, clock, percent, plain, result, rounded};

/// Between two lines, where there is no bar.
const LINES_EVERY: Duration = Duration::from_secs(10);
/// Between two looks at the run; a step may take microseconds.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How finely the bar is divided.
const BAR_LENGTH: u64 = 1000;

/// What is shown of a run.
pub(crate) struct Watch {
    bar: ProgressBar,
    has_bar: bool,
    /// How long each phase took in this process, those that were over before it aside.
    pub(crate) durations: Vec<Duration>,
    seen: usize,
    phase: Option<Stretch>,
    next_look: Instant,
    next_line: Instant,
}

/// Where the process began with a phase.
#[derive(Clone, Copy)]
struct Stretch {
    number: usize,
    began: Instant,
    done: u64,
    clock: Time,
}

impl Watch {
    /// Begins to watch a run that is new or resumed.
    pub(crate) fn new(simulation: &Simulation, logging: &Logging, bar: &ProgressBar) -> Watch {
        let has_bar = !logging.quiet && logging.log_format == LogFormat::Text && stderr().is_terminal();
        if has_bar {
            // The template is constant and well-formed: the plain style never shows.
            let style = ProgressStyle::with_template("{prefix} [{bar:20}] {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            bar.set_length(BAR_LENGTH);
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let now = Instant::now();
        let seen = simulation.results().len();
        let next_line = now + LINES_EVERY;
        Watch {
            bar: bar.clone(),
            has_bar,
            durations: Vec::new(),
            seen,
            phase: None,
            next_look: now,
            next_line,
        }
    }

    /// Looks at the run after a step.
    pub(crate) fn look(&mut self, simulation: &Simulation) {
        let now = Instant::now();
        let results = simulation.results();
        if self.seen < results.len() {
            for entry in &results[self.seen..] {
                self.end_phase(entry, now);
            }
            self.seen = results.len();
        } else if self.phase.is_some() && now < self.next_look {
            return;
        }
        self.next_look = now + LOOK_EVERY;
        let progress = simulation.progress();
        let Some(kind) = progress.kind else { return };
        let stretch = match self.phase {
            Some(stretch) if stretch.number == progress.phase.0 => stretch,
            _ => self.begin_phase(&progress, kind, now),
        };
        self.show(&progress, kind, stretch, now);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
    }

    fn begin_phase(&mut self, progress: &Progress, kind: PhaseKind, now: Instant) -> Stretch {
        let (number, count) = (progress.phase.0, progress.phase.1);
        let stretch = Stretch { number, began: now, done: progress.done.0, clock: progress.clock };
        self.phase = Some(stretch);
        self.next_line = now + LINES_EVERY;
        let amount = amount(kind, progress.done.1);
        let resumed = if progress.done.0 > 0 {
            format!(", from {}", plain(kind, progress.done.0))
        } else {
            String::new()
        };
        tracing::info!(
            phase = number + 1,
            phases = count,
            kind = kind.name(),
            of = progress.done.1,
            "phase {} of {count}: {}, {amount}{resumed}",
            number + 1,
            kind.name(),
        );
        stretch
    }

    fn show(&mut self, progress: &Progress, kind: PhaseKind, stretch: Stretch, now: Instant) {
        let pace = Pace::of(progress, stretch, now - stretch.began);
        let (done, of) = progress.done;
        if self.has_bar {
            self.bar.set_prefix(format!("{} {}/{}", kind.name(), progress.phase.0 + 1, progress.phase.1));
            self.bar.set_position(BAR_LENGTH * done / of.max(1));
            self.bar.set_message(line(progress, kind, &pace));
        } else if now >= self.next_line {
            self.next_line = now + LINES_EVERY;
            let (correct, tested) = progress.correct;
            tracing::info!(
                phase = progress.phase.0 + 1,
                kind = kind.name(),
                done,
                of,
                correct,
                tested,
                clock = progress.clock.seconds(),
                seconds_left = pace.left.map(|left| left.as_secs_f64()),
                "{}: {}",
                kind.name(),
                line(progress, kind, &pace),
            );
        }
    }

    fn end_phase(&mut self, entry: &PhaseEntry, now: Instant) {
        let began =
            self.phase.filter(|stretch| stretch.number == entry.phase as usize).map(|stretch| stretch.began);
        let duration = began.map_or(Duration::ZERO, |began| now - began);
        self.durations.push(duration);
        tracing::info!(
            phase = entry.phase + 1,
            kind = entry.kind.name(),
            images = entry.images,
            correct = entry.correct,
            silent = entry.silent,
            accuracy = entry.accuracy,
            seconds = duration.as_secs_f64(),
            "{}",
            result(entry, Some(duration)),
        );
    }
}

/// How fast a phase goes.
struct Pace {
    /// Images, cells, or microseconds of network time, per second.
    done: Option<f64>,
    /// Seconds of network time per second.
    clock: Option<f64>,
    left: Option<Duration>,
}

impl Pace {
    fn of(progress: &Progress, stretch: Stretch, elapsed: Duration) -> Pace {
        // A rate over less than this is noise.
        let seconds = Some(elapsed.as_secs_f64()).filter(|&seconds| seconds > 0.05);
        let rate = |amount: f64| seconds.map(|seconds| amount / seconds).filter(|&rate| rate > 0.0);
        let done = rate((progress.done.0 - stretch.done) as f64);
        let rest = progress.done.1.saturating_sub(progress.done.0) as f64;
        let left = done.and_then(|rate| Duration::try_from_secs_f64(rest / rate).ok());
        Pace { done, clock: rate(progress.clock.since(stretch.clock)), left }
    }
}

/// How far a phase is, in words: `1200 of 14370 images, 5 s left, 2711 images/s, 949 x real time`;
/// what matters most comes first, since a narrow terminal cuts the end off.
fn line(progress: &Progress, kind: PhaseKind, pace: &Pace) -> String {
    let (done, of) = progress.done;
    let mut parts = vec![format!("{} of {}", plain(kind, done), amount(kind, of))];
    if let Some(left) = pace.left {
        parts.push(format!("{} left", clock(left)));
    }
    if let (_, tested @ 1..) = progress.correct {
        parts.push(format!("accuracy so far {}", percent(progress.correct.0, tested)));
    }
    if let (Some(rate), false) =
        (pace.done, matches!(kind, PhaseKind::Run | PhaseKind::Wait | PhaseKind::Transfer))
    {
        let unit = if kind == PhaseKind::Program { "cells" } else { "images" };
        parts.push(format!("{} {unit}/s", rounded(rate)));
    }
    if let Some(rate) = pace.clock {
        parts.push(format!("{} x real time", rounded(rate)));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_far_how_well_and_how_fast() {
        let clock = Time::from_ticks(35_000_000_000_000);
        let progress = Progress {
            phase: (2, 3),
            kind: Some(PhaseKind::Test),
            done: (100, 360),
            correct: (85, 100),
            clock,
        };
        let stretch = Stretch { number: 2, began: Instant::now(), done: 0, clock: Time::ZERO };
        let pace = Pace::of(&progress, stretch, Duration::from_secs(2));
        let expected = "100 of 360 images, 5 s left, accuracy so far 85.0 %, 50.0 images/s, 17.5 x real time";
        assert_eq!(line(&progress, PhaseKind::Test, &pace), expected);
        let pace = Pace::of(&progress, stretch, Duration::ZERO);
        assert_eq!(line(&progress, PhaseKind::Test, &pace), "100 of 360 images, accuracy so far 85.0 %");
    }

    #[test]
    fn a_run_without_images_is_measured_in_network_time() {
        let clock = Time::from_ticks(50_000_000_000);
        let progress = Progress {
            phase: (0, 1),
            kind: Some(PhaseKind::Run),
            done: (50_000, 200_000),
            correct: (0, 0),
            clock,
        };
        let stretch = Stretch { number: 0, began: Instant::now(), done: 0, clock: Time::ZERO };
        let pace = Pace::of(&progress, stretch, Duration::from_secs(1));
        let expected = "0.050 of 0.200 s of network time, 3 s left, 0.050 x real time";
        assert_eq!(line(&progress, PhaseKind::Run, &pace), expected);
    }
}
