//! The number of cases that a law is checked with.

#![expect(clippy::disallowed_methods, reason = "the campaign sets the number in the environment")]

/// Returns `usual`, or what the reliability campaign asks for in `CAMPAIGN_CASES`.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("CAMPAIGN_CASES").map_or(usual, |number| number.parse().expect("CAMPAIGN_CASES is a number"))
}
