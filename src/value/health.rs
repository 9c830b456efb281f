//! Health checks of containers.

use std::num::NonZeroU16;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::exec::ExecForm;

/// A command that the engine runs in a container at regular intervals. Exit code 0 means that the container is healthy.
///
/// ```toml
/// healthcheck = { cmd = ["curl", "-fsS", "http://127.0.0.1:8000/health"], interval = "30s", retries = 3 }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Healthcheck {
    /// The command.
    pub cmd: ExecForm,
    /// The time between two runs. If not set, the engine uses its default, 30 s.
    #[serde(default)]
    pub interval: Option<Duration>,
    /// The time limit of a run. If not set, the engine uses its default, 30 s.
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// The time that a container may take to start. Failures do not count during this time. If not set, it is 0 s.
    #[serde(default)]
    pub start_period: Option<Duration>,
    /// The number of consecutive failures that make a container unhealthy. If not set, the engine uses its default, 3.
    #[serde(default)]
    pub retries: Option<NonZeroU16>,
}

checked_text!(
    /// A duration from 1 ms to 100 days, in the syntax of the engines: `30s`, `1m30s`, `1500ms`.
    ///
    /// ```text
    /// duration = 1*( 1*9digit unit )      unit = "h" | "m" | "s" | "ms"
    /// ```
    Duration,
    "a duration such as `30s`, `1m30s` or `500ms`, from 1 ms to 100 days",
    |text| {
        const LONGEST: u64 = 100 * 24 * 60 * 60 * 1000;
        milliseconds(text).is_some_and(|length| (1..=LONGEST).contains(&length))
    }
);

fn milliseconds(mut text: &str) -> Option<u64> {
    let mut sum = 0;
    while !text.is_empty() {
        let (digits, rest) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
        let (unit, rest) = rest.split_at(rest.bytes().take_while(u8::is_ascii_lowercase).count());
        let factor = match unit {
            "h" => 60 * 60 * 1000,
            "m" => 60 * 1000,
            "s" => 1000,
            "ms" => 1,
            _ => return None,
        };
        if digits.len() > 9 {
            return None;
        }
        sum += u64::from_str(digits).ok()? * factor;
        text = rest;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Duration, Healthcheck, milliseconds};

    proptest! {
        #[test]
        fn units_are_added_up(h in 0u64..2000, m in 0u64..60, s in 0u64..60, ms in 1u64..1000) {
            let text = format!("{h}h{m}m{s}s{ms}ms");
            prop_assert_eq!(milliseconds(&text), Some(((h * 60 + m) * 60 + s) * 1000 + ms));
            prop_assert!(text.parse::<Duration>().is_ok());
        }

        #[test]
        fn a_duration_contains_only_digits_and_units(text in "[0-9a-zµ. +-]{0,12}") {
            if text.parse::<Duration>().is_ok() {
                prop_assert!(text.starts_with(|c: char| c.is_ascii_digit()));
                prop_assert!(text.ends_with(['h', 'm', 's']));
                prop_assert!(text.chars().all(|c| c.is_ascii_digit() || "hms".contains(c)));
            }
        }
    }

    #[test]
    fn durations_that_engines_reject_are_rejected() {
        for text in
            ["", "0s", "0ms", "30", "s", "-1s", "1d", "1us", "1 s", "9999999999s", "2401h", "1.5s", "1S", "0000000001s"]
        {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
        for text in ["1ms", "2400h", "1m30s", "000000001s"] {
            assert!(text.parse::<Duration>().is_ok(), "{text}");
        }
    }

    #[test]
    fn a_healthcheck_needs_a_command() {
        let read = |json: &str| serde_json::from_str::<Healthcheck>(json).map_err(|error| error.to_string());
        let whole = r#"{"cmd": ["true"], "interval": "30s", "start-period": "1m", "retries": 2}"#;
        assert_eq!(read(whole).unwrap().start_period.unwrap().as_str(), "1m");
        assert!(read(r#"{"interval": "30s"}"#).unwrap_err().contains("missing field `cmd`"));
        assert!(read(r#"{"cmd": ["true"], "retries": 0}"#).is_err());
        assert!(read(r#"{"cmd": ["true"], "retry": 1}"#).unwrap_err().contains("unknown field `retry`"));
    }
}
