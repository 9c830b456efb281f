//! Laws of reading a lock, for any bytes:
//!
//! 1. Reading is deterministic: the same bytes give the same lock or the same error.
//! 2. An error message is one line without control characters. It starts with the file name, and is not longer than a
//!    person reads.

use std::fmt::Debug;

use agentix_gen::project::LockError;

/// Reads the bytes with the parser of a lock. `file` is the name of the lock.
pub(crate) fn hold<T: Debug>(file: &str, read: fn(&[u8]) -> Result<T, LockError>, bytes: &[u8]) {
    let found = read(bytes);
    assert_eq!(format!("{found:?}"), format!("{:?}", read(bytes)));
    if let Err(error) = found {
        let shown = error.to_string();
        assert!(shown.starts_with(file), "{shown:?}");
        assert!(!shown.contains(char::is_control) && shown.len() < 5000, "{shown:?}");
    }
}
