//! Laws of what an engine plugin prints on stdout, for any text and each operation:
//!
//! 1. Reading is deterministic, and ends with an outcome or an error.
//! 2. An error message is one line without control characters, and not much longer than a line of output.
//! 3. A line for people has no line feed, and is not longer than one in a pipe.

use agentix_gen::engine::read_plugin_output;

/// The longest line that an engine's output is reported in, in bytes.
const LONGEST_LINE: usize = 8 * 1024;

pub(crate) fn hold(text: &str) {
    let (lines, outcomes) = read_plugin_output(text);
    assert_eq!(format!("{:?}", (&lines, &outcomes)), format!("{:?}", read_plugin_output(text)));
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        let shown = error.to_string();
        assert!(!shown.contains(char::is_control) && shown.len() < 2 * LONGEST_LINE, "{shown:?}");
    }
    for line in lines {
        assert!(!line.contains('\n') && line.len() <= LONGEST_LINE, "{line:?}");
    }
}
