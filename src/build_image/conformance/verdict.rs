//! What the checks found.

use std::time::Duration;

use serde::{Serialize, Serializer};

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckResult {
    /// The name of the check.
    pub name: &'static str,
    /// What the check promises.
    pub promise: &'static str,
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How long the check took, in seconds.
    #[serde(rename = "seconds", serialize_with = "in_seconds")]
    pub duration: Duration,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "reason", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verdict {
    /// The engine keeps the promise.
    Passed,
    /// The engine does not keep the promise, for this reason.
    Failed(String),
    /// The engine does not support what the check needs, and says so.
    Skipped(String),
}

fn in_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    #[expect(clippy::cast_precision_loss, reason = "no check takes 2^52 ms")]
    serializer.serialize_f64(duration.as_millis() as f64 / 1000.0)
}
