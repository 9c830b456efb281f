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

    use super::{Cutoff, DAY};

    fn cutoff(text: &str) -> Option<Cutoff> {
        Cutoff::read(&Value::String(text.to_owned()))
    }

    fn seconds(text: &str) -> i64 {
        match cutoff(text) {
            Some(Cutoff::Time(seconds, _)) => seconds,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// The numbers are the output of `datetime.timestamp` of Python.
    #[test]
    fn times_are_as_far_apart_as_in_python() {
        for (time, unix) in [
            ("1899-12-31T23:59:59Z", -2_208_988_801),
            ("1972-02-29T12:34:56Z", 68_214_896),
            ("1999-12-31T23:59:59Z", 946_684_799),
            ("2000-01-31T00:00:00Z", 949_276_800),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2001-03-01T01:02:03Z", 983_408_523),
            ("2024-08-31T20:00:05+02:00", 1_725_127_205),
            ("2024-08-31T12:30:05-05:30", 1_725_127_205),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("2400-12-01T00:00:00Z", 13_598_409_600),
        ] {
            assert_eq!(seconds(time) - seconds("1970-01-01T00:00:00Z"), unix, "{time}");
        }
    }

    #[test]
    fn each_day_of_a_calendar_follows_the_one_before() {
        let mut day = seconds("1899-12-31T00:00:00Z");
        for year in 1900..=2101 {
            let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let february = if is_leap_year { 29 } else { 28 };
            for (month, length) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
                for of_month in 1..=length {
                    day += DAY;
                    let text = format!("{year}-{:02}-{of_month:02}T00:00:00Z", month + 1);
                    assert_eq!(seconds(&text), day, "{text}");
                }
            }
        }
    }

    /// TOML has dates and times without quotes.
    #[test]
    fn each_form_of_a_cutoff_is_read() {
        let table: toml::Table = "time = 2025-01-01T00:00:00Z\ndate = 2025-01-01\nnever = false\nalways = true\n\
                                  span = { span = 'P1W', timestamp = '2025-01-01T00:00:00Z' }\n\
                                  stamp = { timestamp = '2025-01-01T00:00:00Z' }\nlocal = 2025-01-01T00:00:00\nempty = {}"
            .parse()
            .unwrap();
        let read = |key: &str| Cutoff::read(&table[key]);
        assert_eq!(read("time"), cutoff("2025-01-01T00:00:00Z"));
        assert_eq!(read("stamp"), cutoff("2025-01-01T00:00:00Z"));
        assert_eq!(read("date"), cutoff("2025-01-01"));
        assert_eq!(read("local"), cutoff("2025-01-01"));
        assert_eq!(read("span"), Some(Cutoff::Span([1, 0, 0, 0, 0])));
        assert_eq!(read("never"), Some(Cutoff::Never));
        assert_eq!((read("always"), read("empty")), (None, None));
        let is_time = |key: &str| read(key).unwrap().is_time();
        assert_eq!(["time", "date", "span", "never"].map(is_time), [true, false, false, false]);
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
