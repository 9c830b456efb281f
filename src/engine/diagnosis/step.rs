//! What a builder prints if a step of the Dockerfile fails.

/// The exit code of a program that SIGKILL ended.
const KILLED: &str = "137";

/// Starts of such lines, each with what precedes the exit code at the end: of the legacy builder, of `BuildKit` through buildx
/// and through an old client, and of podman and buildah.
const FORMS: &[(&str, &str)] = &[
    ("The command '", "' returned a non-zero code: "),
    ("ERROR: failed to ", "exit code: "),
    ("executor failed running [", "]: exit code: "),
    ("Error: building at STEP ", ": exit status "),
];

/// Returns the exit code of the step.
fn code(line: &str) -> Option<&str> {
    let form = FORMS.iter().find(|(start, _)| line.starts_with(start));
    let (_, code) = form.and_then(|(_, before)| line.rsplit_once(before))?;
    (!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// Returns whether a line reports a step that has failed.
pub(super) fn has_failed(line: &str) -> bool {
    code(line).is_some_and(|code| code != KILLED)
}

/// Returns whether a line reports a step that SIGKILL ended.
pub(super) fn was_killed(line: &str) -> bool {
    code(line) == Some(KILLED)
}

/// Returns the line without the step, which may be long.
pub(super) fn summary(line: &str) -> Option<String> {
    code(line).map(|code| format!("a step of the Dockerfile ended with exit code {code}"))
}
