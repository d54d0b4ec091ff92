//! The facts of a run are what differs from one run to the next: date, host, duration, threads.

use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The facts, by name, as the output file keeps them.
pub(crate) fn facts(duration: Duration, threads: usize) -> Vec<(String, String)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let facts = [
        ("date", date(now.as_secs())),
        ("host", host()),
        ("duration", format!("{:.3} s", duration.as_secs_f64())),
        ("threads", threads.to_string()),
    ];
    facts.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The name of this machine.
fn host() -> String {
    let asked = Command::new("uname").arg("-n").output().ok().filter(|answer| answer.status.success());
    let name = asked.map(|answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// RFC 3339 in UTC of so many seconds since 1970. The day is counted in years that begin in March, so that the leap day
/// is the last one (H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
fn date(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(date(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(date(951_868_800), "2000-03-01T00:00:00Z");
        assert_eq!(date(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(date(4_107_542_400), "2100-03-01T00:00:00Z");
    }
}
