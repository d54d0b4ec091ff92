//! A log is what the program says while it works: events on standard error, as text or as JSON.

use std::io::Write;
use std::{fmt, io};

use indicatif::{ProgressBar, ProgressDrawTarget};
use miette::MietteHandlerOpts;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::cli::{LogFormat, Logging};
use crate::exit::Failure;

/// Where events go, and the bar that they must not be written into.
pub(crate) struct Log {
    /// Hidden until a run shows it.
    pub(crate) bar: ProgressBar,
    format: LogFormat,
}

impl Log {
    /// Sends all events of the process to standard error.
    pub(crate) fn start(logging: Logging) -> Log {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let level = match (logging.quiet, logging.verbose) {
            (true, _) => LevelFilter::ERROR,
            (_, 0) => LevelFilter::INFO,
            (_, 1) => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        };
        let beside = bar.clone();
        let builder =
            tracing_subscriber::fmt().with_max_level(level).with_writer(move || BesideBar(beside.clone()));
        match logging.log_format {
            LogFormat::Text => builder.event_format(Plain).init(),
            LogFormat::Json => builder.json().flatten_event(true).init(),
        }
        // Lines stay whole, so that paths can be copied and messages searched; only the first hook of a process counts.
        let _ = miette::set_hook(Box::new(|_| Box::new(MietteHandlerOpts::new().wrap_lines(false).build())));
        Log { bar, format: logging.log_format }
    }

    /// Says why the program fails: drawn for people, or as one event with a `report` for programs.
    pub(crate) fn report(&self, failure: &Failure) {
        match self.format {
            LogFormat::Text => {
                let drawn = format!("{:?}", failure.report);
                let text = format!("{}\n", drawn.trim_start_matches('\n').trim_end());
                // Nobody is left to be told when standard error is closed.
                let _ = BesideBar(self.bar.clone()).write_all(text.as_bytes());
            }
            LogFormat::Json => {
                let mut report = String::new();
                let handler = miette::NarratableReportHandler::new();
                let drawn = handler.render_report(&mut report, failure.report.as_ref()).is_ok();
                let report = if drawn { report } else { failure.report.to_string() };
                tracing::error!(exit_code = failure.code as u8, report, "{}", failure.report);
            }
        }
    }
}

/// Standard error, with the bar out of the way while something is written.
struct BesideBar(ProgressBar);

impl Write for BesideBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// One line per event: its message, after its level where that is worth a word.
struct Plain;

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        match *event.metadata().level() {
            Level::ERROR => out.write_str("error: ")?,
            Level::WARN => out.write_str("warning: ")?,
            Level::INFO => {}
            Level::DEBUG => out.write_str("debug: ")?,
            Level::TRACE => out.write_str("trace: ")?,
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        writeln!(out, "{}", message.0)
    }
}

/// Picks the message from an event's fields; the others say the same to programs.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
