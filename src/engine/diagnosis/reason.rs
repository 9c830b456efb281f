//! The reason in a line of a builder that repeats the whole step before it.

/// The starts of such lines, each with what ends the step: of `BuildKit`, and twice of podman and buildah.
const STEPS: &[(&str, &str)] = &[
    ("ERROR: failed to solve: executor failed running [", "]: "),
    ("Error: building at STEP \"", "\": "),
    ("Error: committing container for step {", "}: "),
];

/// Returns a line without the step before its reason.
pub(super) fn of(line: &str) -> &str {
    let step = STEPS.iter().find(|(start, _)| line.starts_with(start));
    step.and_then(|(_, end)| line.rsplit_once(end)).map_or(line, |(_, reason)| reason)
}
