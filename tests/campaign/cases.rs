//! The number of cases that a law is checked with.

#![expect(clippy::disallowed_methods, reason = "the number comes from the environment")]

use std::env;

/// Returns `usual`, or what the reliability campaign asks for in `CAMPAIGN_CASES`. A turn of a short run checks a quarter: each
/// turn has other cases.
pub(crate) fn cases(usual: u32) -> u32 {
    match env::var("CAMPAIGN_CASES") {
        Ok(number) => number.parse().expect("CAMPAIGN_CASES is a number"),
        Err(_) if env::var_os("AGENTIX_TURN").is_some() => usual.div_ceil(4),
        Err(_) => usual,
    }
}
