//! Parses the TOML of a manifest and formats the errors.

use serde::de::DeserializeOwned;

use super::error::{ProjectError, ProjectErrorKind};
use crate::project::config::Config;
use crate::project::toml_size::{TOO_MANY, end_of_tokens};
use crate::value::nearest;

/// Reads a manifest, with or without a byte order mark.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, ProjectError> {
    let text = without_bom(text);
    refuse_too_many_tokens(text)?;
    toml::from_str(text).map_err(|error| toml_error(text, &error))
}

/// Fails if a manifest has so many tokens that reading it could take all memory.
pub(super) fn refuse_too_many_tokens(text: &str) -> Result<(), ProjectError> {
    match end_of_tokens(text) {
        Some(offset) => Err(ProjectError::new(ProjectErrorKind::Toml(TOO_MANY.to_owned())).at(text, offset)),
        None => Ok(()),
    }
}

/// Strips a leading byte order mark.
pub(super) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Converts the parser's error to one line. For an unknown key, it suggests the nearest known key.
pub(super) fn toml_error(text: &str, error: &toml::de::Error) -> ProjectError {
    let Some(span) = error.span() else {
        return too_deep(text);
    };
    let message = error.message().split('\n').collect::<Vec<_>>().join(", ");
    let message = match text.get(span.clone()) {
        Some(key) if message.starts_with("unknown field") => unknown_key(key.trim_matches(['"', '\'']), &message),
        _ => message,
    };
    ProjectError::new(ProjectErrorKind::Toml(message)).on(text, span)
}

/// Returns the error for a dotted key with too many parts, the only error that the parser reports without a position.
/// Its position is the line with the most dots.
fn too_deep(text: &str) -> ProjectError {
    let dots = |line: &&str| line.matches('.').count();
    let line = text.split('\n').max_by_key(dots).unwrap_or(text);
    let start = line.as_ptr().addr() - text.as_ptr().addr();
    let message = "a key with more than 80 parts; shorten or remove it, no supported key is nested that deeply";
    ProjectError::new(ProjectErrorKind::Toml(message.to_owned())).at(text, start)
}

/// Formats the error for an unknown key. The parser's message has that key and then all known keys, each in backticks.
fn unknown_key(key: &str, message: &str) -> String {
    let known: Vec<&str> = message.split('`').skip(1).step_by(2).skip(1).collect();
    let table = if known.iter().all(|key| Config::option(key).is_some()) {
        "[tool.agentix]"
    } else {
        "a table of [tool.agentix]"
    };
    let remedy = match nearest(key, known.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the keys are {}", known.join(", ")),
    };
    format!("{table} has no key `{key}`; {remedy}")
}
