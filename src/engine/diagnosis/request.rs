//! What engines print about a request that they cannot carry out: a Dockerfile that they cannot read, an option that they
//! do not have, and a builder elsewhere that does not answer.

/// The heading of buildx over what a builder does not answer to.
const WAITING: &str = "> [internal] waiting for connection:";

/// What precedes the fault of a Dockerfile: of docker's builders, and of podman and buildah.
const FAULTS: &[(&str, &str)] = &[
    ("Error response from daemon: ", "dockerfile parse error "),
    ("Error response from daemon: ", "failed to parse "),
    ("ERROR: failed to ", "dockerfile parse error "),
    ("failed to solve with frontend ", "dockerfile parse error "),
    ("Error: parsing main Dockerfile: ", ""),
    ("Error: building at STEP ", "Build error: Unknown instruction: "),
];

/// What follows a fault, with all variables of the step.
const DETAILS: &str = " &imagebuilder.Step{";

/// Returns the fault of a Dockerfile that a builder cannot read.
pub(super) fn fault_of_dockerfile(line: &str) -> Option<&str> {
    let fault = FAULTS.iter().find_map(|(start, before)| {
        let rest = line.strip_prefix(start)?;
        rest.find(before).map(|place| &rest[place..])
    })?;
    Some(fault.split(DETAILS).next().unwrap_or(fault))
}

/// Returns whether an engine does not have an option.
pub(super) fn is_of_option(line: &str) -> bool {
    let line = line.strip_prefix("Error: ").unwrap_or(line);
    line.strip_prefix("unknown flag: -").is_some_and(|option| !option.contains(' '))
        || line.starts_with("unknown shorthand flag: '")
}

/// Returns whether the builder did not answer before buildx gave up, which it does after 20 s.
pub(super) fn is_of_builder(line: &str) -> bool {
    line == WAITING
}
