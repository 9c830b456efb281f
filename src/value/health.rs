//! How an engine finds out whether a container is well.

use std::num::NonZeroU16;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::exec::ExecForm;

/// What an engine runs in a container now and then: exit code 0 says that it is well.
///
/// ```toml
/// healthcheck = { cmd = ["curl", "-fsS", "http://127.0.0.1:8000/health"], interval = "30s", retries = 3 }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Healthcheck {
    /// What is run.
    pub cmd: ExecForm,
    /// The time from one run to the next; the engine's default, 30 s, where it is left out.
    #[serde(default)]
    pub interval: Option<Duration>,
    /// The time that a run may take; the engine's default, 30 s, where it is left out.
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// The time that a container may take to start, in which failures do not count; none where it is left out.
    #[serde(default)]
    pub start_period: Option<Duration>,
    /// How many failures in a row make a container unhealthy; the engine's default, 3, where it is left out.
    #[serde(default)]
    pub retries: Option<NonZeroU16>,
}

checked_text!(
    /// A span of time as engines read it: `30s`, `1m30s`, `1500ms`; from 1 ms to 100 days.
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
        fn lengths_add_up(h in 0u64..2000, m in 0u64..60, s in 0u64..60, ms in 1u64..1000) {
            let text = format!("{h}h{m}m{s}s{ms}ms");
            prop_assert_eq!(milliseconds(&text), Some(((h * 60 + m) * 60 + s) * 1000 + ms));
            prop_assert!(text.parse::<Duration>().is_ok());
        }

        #[test]
        fn nothing_else_is_a_duration(text in "[0-9a-zµ. +-]{0,12}") {
            if text.parse::<Duration>().is_ok() {
                prop_assert!(text.ends_with(['h', 'm', 's']) && text.starts_with(|c: char| c.is_ascii_digit()));
                prop_assert!(text.chars().all(|c| c.is_ascii_digit() || "hms".contains(c)));
            }
        }
    }

    #[test]
    fn what_engines_refuse_is_refused() {
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
