//! The text of a manifest as TOML, and what to say where it is none.

use serde::de::DeserializeOwned;

use super::error::{ProjectError, ProjectErrorKind};
use crate::project::config::Config;

/// Reads a manifest, with or without a byte order mark.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, ProjectError> {
    let text = without_mark(text);
    toml::from_str(text).map_err(|error| toml_error(text, &error))
}

/// A text without the byte order mark that may stand before it.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The parser's error as one line, with the nearest known key where an unknown one stands.
pub(super) fn toml_error(text: &str, error: &toml::de::Error) -> ProjectError {
    let Some(span) = error.span() else {
        return too_deep(text);
    };
    let message = error.message().split('\n').collect::<Vec<_>>().join(", ");
    let message = match text.get(span.clone()) {
        Some(key) if message.starts_with("unknown field") => unknown_key(key.trim_matches(['"', '\'']), &message),
        _ => message,
    };
    ProjectError::new(ProjectErrorKind::Toml(message)).at(text, span.start)
}

/// The one fault that the parser reports without its place: a dotted key of too many parts. It is on the line with the
/// most dots.
fn too_deep(text: &str) -> ProjectError {
    let dots = |line: &&str| line.matches('.').count();
    let line = text.split('\n').max_by_key(dots).unwrap_or(text);
    let start = line.as_ptr().addr() - text.as_ptr().addr();
    let message = "a key of more than 80 parts; nothing that is read here is nested so deeply";
    ProjectError::new(ProjectErrorKind::Toml(message.to_owned())).at(text, start)
}

/// The parser's message has the keys that are known, each in backticks; the first one there is the unknown one.
fn unknown_key(key: &str, message: &str) -> String {
    let known: Vec<&str> = message.split('`').skip(1).step_by(2).skip(1).collect();
    let table = if known.iter().all(|key| Config::option(key).is_some()) {
        "[tool.agentix]"
    } else {
        "a table of [tool.agentix]"
    };
    let distance = |known: &&&str| strsim::damerau_levenshtein(key, known);
    let nearest = known.iter().min_by_key(distance).filter(|known| distance(known) <= 3);
    let remedy = match nearest {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the keys are {}", known.join(", ")),
    };
    format!("{table} has no key `{key}`; {remedy}")
}
