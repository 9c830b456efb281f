//! Laws of a line that an engine prints, for any text:
//!
//! 1. The cause that it shows is a part of the line.
//! 2. A cause has a summary and a remedy, and the remedy is one line.

use agentix_gen::engine::Cause;

pub(crate) fn hold(text: &str) {
    let Some(cause) = Cause::from_line(text) else { return };
    assert!(text.contains(&cause.line), "{cause:?}");
    assert!(!cause.summary().is_empty() && !cause.remedy().is_empty(), "{cause:?}");
    assert!(!cause.remedy().contains(char::is_control), "{cause:?}");
}
