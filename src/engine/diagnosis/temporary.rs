//! Tells whether a retry may help.

use super::CauseKind;

/// What clients of a server print about a fault that may be over soon.
const TEXTS: &[&str] = &[
    "connection refused",
    "connection reset by peer",
    "i/o timeout",
    "TLS handshake timeout",
    "context deadline exceeded",
    "Temporary failure in name resolution",
    "server misbehaving",
    "toomanyrequests",
    "429 Too Many Requests",
    "500 Internal Server Error",
    "502 Bad Gateway",
    "503 Service Unavailable",
    "504 Gateway Time",
];

/// Returns whether the cause that a line shows may be over at the next attempt.
pub(super) fn may_be(kind: CauseKind, line: &str) -> bool {
    match kind {
        CauseKind::Network | CauseKind::Builder => true,
        CauseKind::BaseImage | CauseKind::Push => TEXTS.iter().any(|text| line.contains(text)),
        _ => false,
    }
}
