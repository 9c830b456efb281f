//! The time of `exclude-newer`: a time, a date, or a duration before the time of locking.

use toml::Value;
use toml::value::{Date, Datetime, Offset};

/// A value of `exclude-newer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cutoff {
    /// `false`: all versions count.
    Never,
    /// Seconds since year 0 in UTC, and nanoseconds.
    Time(i64, u32),
    /// The seconds since year 0 at which a day ends in UTC. uv takes the end in the time zone of the user.
    Day(i64),
    /// Weeks, days, hours, minutes and seconds.
    Span([u32; 5]),
}

/// The seconds by which the local end of a day may differ from that in UTC.
const ZONES: i64 = 14 * 60 * 60;

const DAY: i64 = 24 * 60 * 60;

impl Cutoff {
    /// Reads a value of a manifest or a lock. Returns `None` for a form that is not known.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = match value {
            Value::String(text) => text,
            Value::Boolean(false) => return Some(Self::Never),
            Value::Datetime(time) => return Self::of_time(*time),
            Value::Table(table) => table.get("span").or_else(|| table.get("timestamp"))?.as_str()?,
            _ => return None,
        };
        text.parse().ok().map_or_else(|| span(text).map(Self::Span), Self::of_time)
    }

    fn of_time(time: Datetime) -> Option<Self> {
        let day = days(time.date?) * DAY;
        let Some(offset) = time.offset else { return Some(Self::Day(day + DAY)) };
        let minutes = match offset {
            Offset::Z => 0,
            Offset::Custom { minutes } => i64::from(minutes),
        };
        let time = time.time?;
        let seconds = i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + i64::from(time.second?);
        Some(Self::Time(day + seconds - minutes * 60, time.nanosecond.unwrap_or_default()))
    }

    pub(super) fn is_time(&self) -> bool {
        matches!(self, Self::Time(..))
    }

    /// Returns whether a lock with this other cutoff has only versions that this one allows. uv reads spans otherwise: each
    /// change of one counts.
    pub(super) fn includes(&self, locked: &Self) -> bool {
        match (*self, *locked) {
            (Self::Never, _) => true,
            (Self::Time(asked, fraction), Self::Time(locked, locked_fraction)) => {
                (locked, locked_fraction) <= (asked, fraction)
            }
            (Self::Day(end), Self::Time(locked, _)) => locked <= end + ZONES,
            (asked, locked) => asked == locked,
        }
    }
}

/// Returns the days since the start of year 0.
fn days(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.year), i64::from(date.month), i64::from(date.day));
    // The year starts in March, so that a leap day is its last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day
}

/// Reads an ISO 8601 duration (`P1WT2H`) or one in words (`1 week, 2 hours`; `1w 2h`).
fn span(text: &str) -> Option<[u32; 5]> {
    let lower = text.to_ascii_lowercase();
    let (words, is_iso) = match lower.strip_prefix('p') {
        Some(iso) => (iso.replace('t', ""), true),
        None => (lower.replace(',', " "), false),
    };
    let mut span = [0; 5];
    let mut rest = words.trim_start();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let unit = UNITS.iter().position(|names| names.contains(&unit) && (!is_iso || unit.len() == 1))?;
        let of_unit: &mut u32 = span.get_mut(unit)?;
        *of_unit = of_unit.checked_add(number.parse().ok()?)?;
        rest = after.trim_start();
    }
    Some(span)
}

/// The names of the units, from weeks to seconds.
const UNITS: [&[&str]; 5] = [
    &["w", "wk", "wks", "week", "weeks"],
    &["d", "day", "days"],
    &["h", "hr", "hrs", "hour", "hours"],
    &["m", "min", "mins", "minute", "minutes"],
    &["s", "sec", "secs", "second", "seconds"],
];

#[cfg(test)]
mod tests {
    use toml::Value;

    use super::Cutoff;

    fn cutoff(text: &str) -> Option<Cutoff> {
        Cutoff::read(&Value::String(text.to_owned()))
    }

    /// As `uv lock` 0.13.9 writes the left side, and other times that it accepts.
    #[test]
    fn a_lock_with_the_same_cutoff_or_an_earlier_time_is_current() {
        for (asked, locked) in [
            ("2025-01-01T02:00:00+02:00", "2025-01-01T00:00:00Z"),
            ("2025-01-01 00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2025-01-01T00:00:00.5Z", "2025-01-01T00:00:00.5Z"),
            ("2025-06-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2024-02-28", "2024-02-29T00:00:00Z"),
            ("2024-12-31", "2025-01-01T14:00:00Z"),
            ("1 week", "P1W"),
            ("1 week, 2 days", "P1W2D"),
            ("24 hours", "PT24H"),
            ("24h", "PT24H"),
            ("1d12h", "P1DT12H"),
        ] {
            let (asked, locked) = (cutoff(asked).unwrap(), cutoff(locked).unwrap());
            assert!(asked.includes(&locked), "{asked:?} {locked:?}");
        }
    }

    #[test]
    fn a_lock_with_another_cutoff_is_not_current() {
        for (asked, locked) in [
            ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00.5Z"),
            ("2025-01-01T02:00:00+02:00", "2025-01-01T01:00:00Z"),
            ("2025-01-01", "2025-01-03T00:00:00Z"),
            ("2024-02-28", "2024-03-01T00:00:00Z"),
            ("1 week", "P7D"),
            ("1 week", "P2W"),
            ("1 week", "2025-01-01T00:00:00Z"),
            ("2025-01-01", "P1W"),
        ] {
            let (asked, locked) = (cutoff(asked).unwrap(), cutoff(locked).unwrap());
            assert!(!asked.includes(&locked), "{asked:?} {locked:?}");
        }
        for unknown in ["7 days ago", "soon", "", "P", "1 month", "PT5minutes", "-P7D"] {
            assert_eq!(cutoff(unknown), None, "{unknown}");
        }
    }
}
