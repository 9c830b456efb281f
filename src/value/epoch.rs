//! Timestamps of reproducible builds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::display::{Escaped, Redacted};

/// A timestamp: the number of seconds since the start of 1970 in UTC, without leap seconds.
///
/// It is the value of [`SOURCE_DATE_EPOCH`]. `Display` writes it in the format of [RFC 3339]: `2024-02-29T12:00:00Z`.
///
/// [`SOURCE_DATE_EPOCH`]: https://reproducible-builds.org/specs/source-date-epoch/
/// [RFC 3339]: https://www.rfc-editor.org/rfc/rfc3339
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Epoch(i64);

/// The error for a text or number that is not a timestamp from 1970 to 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a timestamp: write a number of seconds since 1970, up to the year 9999", Escaped(.0))]
pub struct EpochError(String);

/// The last second of the year 9999. Years in RFC 3339 have four digits.
const LAST: i64 = 253_402_300_799;

impl Epoch {
    /// Returns the number of seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for Epoch {
    type Err = EpochError;

    fn from_str(text: &str) -> Result<Self, EpochError> {
        text.parse::<i64>().map_err(|_| EpochError(Redacted(text).to_string()))?.try_into()
    }
}

impl TryFrom<i64> for Epoch {
    type Error = EpochError;

    fn try_from(seconds: i64) -> Result<Self, EpochError> {
        if (0..=LAST).contains(&seconds) { Ok(Self(seconds)) } else { Err(EpochError(seconds.to_string())) }
    }
}

impl From<Epoch> for i64 {
    fn from(epoch: Epoch) -> Self {
        epoch.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0 / 86_400, self.0 % 86_400);
        let (year, month, day) = date(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Returns the year, month and day of a number of days after 1 January 1970.
///
/// The calculation counts days from 1 March of a year that starts a cycle of 400 years, so a leap day is the last day
/// of its year. Counted from March, each group of five months has 153 days.
fn date(days: i64) -> (i64, i64, i64) {
    const FROM_MARCH_OF_YEAR_0: i64 = 719_468;
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let days = days + FROM_MARCH_OF_YEAR_0;
    let (cycle, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (cycle * 400 + year + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::{Epoch, LAST, date};

    /// Compares all days up to the year 9999 with the rules of the Gregorian calendar.
    #[test]
    fn every_day_has_the_correct_date() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..=LAST / 86_400 {
            assert_eq!(date(days), (year, month, day));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == last => (year, month + 1, 1),
                (month, day) => (year, month, day + 1),
            };
        }
        assert_eq!((year, month, day), (10_000, 1, 1));
    }

    #[test]
    fn a_timestamp_is_displayed_as_in_rfc_3339() {
        for (seconds, expected) in
            [(0, "1970-01-01T00:00:00Z"), (1_709_210_096, "2024-02-29T12:34:56Z"), (LAST, "9999-12-31T23:59:59Z")]
        {
            assert_eq!(Epoch::try_from(seconds).unwrap().to_string(), expected, "{seconds}");
        }
        for seconds in [-1, LAST + 1] {
            assert!(Epoch::try_from(seconds).is_err(), "{seconds}");
        }
        assert_eq!(Epoch::try_from(LAST).unwrap().seconds(), LAST);
        assert_eq!(i64::from(Epoch::try_from(7).unwrap()), 7);
    }

    #[test]
    fn every_second_of_a_day_has_the_correct_time() {
        let mut seconds = 0..86_400;
        for (hour, minute, second) in
            (0..24).flat_map(|hour| (0..60).flat_map(move |minute| (0..60).map(move |second| (hour, minute, second))))
        {
            let shown = Epoch(seconds.next().unwrap()).to_string();
            assert_eq!(shown, format!("1970-01-01T{hour:02}:{minute:02}:{second:02}Z"));
        }
    }
}
