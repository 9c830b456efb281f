//! A base image that an engine neither has nor can fetch, from the one line in which it says so.

/// What each of these lines starts with.
const STARTS: &[&str] =
    &["ERROR: failed to solve: ", "failed to solve with ", "error: ", "Error: ", "Error response from daemon: "];

/// And what it has in it.
const SAYS: &[&str] = &[
    "failed to resolve source metadata",
    "failed to do request: Head ",
    "pull access denied",
    "manifest unknown",
    "image not known",
    "did not resolve to an alias",
    "no such host",
    "initializing source docker://",
];

/// Whether a line says that a base image is missing.
pub(super) fn is_missing(line: &str) -> bool {
    let by_legacy_builder = line.starts_with("Get \"http") && line.contains("/v2/\": ");
    by_legacy_builder
        || STARTS.iter().any(|start| line.starts_with(start)) && SAYS.iter().any(|words| line.contains(words))
}

/// Which image it is and why it is missing, where the line has the image's name.
pub(super) fn summary(line: &str) -> Option<String> {
    Some(format!("image `{}` cannot be fetched: {}", image(line)?, reason(line)))
}

/// The image as a Dockerfile has it, as far as the engine repeats that.
fn image(line: &str) -> Option<String> {
    let between = |start: &str, end: &str| line.split_once(start)?.1.split_once(end).map(|(image, _)| image);
    let named = between("failed to resolve source metadata for ", ": ")
        .or_else(|| between("initializing source docker://", ": "))
        .or_else(|| between("short-name \"", "\" did not resolve"))
        .or_else(|| between("pull access denied for ", ", "))
        .or_else(|| between("manifest for ", " not found"))
        .map(str::to_owned)
        .or_else(|| asked_for(between("Head \"", "\"")?));
    named.map(|image| {
        let image = image.strip_prefix("docker.io/").unwrap_or(&image);
        image.strip_prefix("library/").unwrap_or(image).to_owned()
    })
}

/// The image that a registry was asked for: `https://HOST/v2/NAME/manifests/TAG`.
fn asked_for(url: &str) -> Option<String> {
    let (registry, path) = url.split_once("://")?.1.split_once("/v2/")?;
    let (name, version) = path.split_once("/manifests/")?;
    let host = if registry == "registry-1.docker.io" { String::new() } else { format!("{registry}/") };
    let mark = if version.contains(':') { '@' } else { ':' };
    Some(format!("{host}{name}{mark}{version}"))
}

/// What is closest to the cause comes last, but for two answers of which the end says less.
fn reason(line: &str) -> &str {
    if line.contains("pull access denied") {
        "there is none, or none without a login"
    } else if line.contains("did not resolve to an alias") {
        "its name has no registry"
    } else {
        line.rsplit(": ").next().unwrap_or(line)
    }
}

#[cfg(test)]
mod tests {
    use super::{is_missing, summary};

    /// Lines as the engines print them.
    #[test]
    fn the_image_and_the_reason_are_taken_from_the_line() {
        for (line, image, reason) in [
            (
                "ERROR: failed to solve: team/none:1: failed to resolve source metadata for docker.io/team/none:1: pull \
                 access denied, repository does not exist or may require authorization: server message: \
                 insufficient_scope: authorization failed",
                "team/none:1",
                "there is none, or none without a login",
            ),
            (
                "ERROR: failed to solve: none: failed to resolve source metadata for docker.io/library/none:latest: \
                 docker.io/library/none:latest: not found",
                "none:latest",
                "not found",
            ),
            (
                "ERROR: failed to solve: rpc error: code = Unknown desc = failed to solve with frontend dockerfile.v0: \
                 failed to create LLB definition: failed to do request: Head \
                 \"https://registry-1.docker.io/v2/team/none/manifests/1\": dial tcp: lookup registry-1.docker.io on \
                 10.0.0.53:53: no such host",
                "team/none:1",
                "no such host",
            ),
            (
                "failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head \
                 \"http://localhost:5999/v2/none/manifests/sha256:12\": dial tcp 127.0.0.1:5999: connect: connection refused",
                "localhost:5999/none@sha256:12",
                "connection refused",
            ),
            (
                "Error: creating build container: short-name \"team/none:1\" did not resolve to an alias and no \
                 unqualified-search registries are defined in \"/etc/containers/registries.conf\"",
                "team/none:1",
                "its name has no registry",
            ),
            (
                "Error: creating build container: initializing source docker://localhost:5999/none:1: pinging container \
                 registry localhost:5999: Get \"https://localhost:5999/v2/\": dial tcp 127.0.0.1:5999: connect: \
                 connection refused",
                "localhost:5999/none:1",
                "connection refused",
            ),
            (
                "Error response from daemon: pull access denied for team/none, repository does not exist or may require \
                 'docker login': denied: requested access to the resource is denied",
                "team/none",
                "there is none, or none without a login",
            ),
            (
                "Error response from daemon: manifest for none:9 not found: manifest unknown: manifest unknown",
                "none:9",
                "manifest unknown",
            ),
        ] {
            assert!(is_missing(line), "{line}");
            assert_eq!(summary(line), Some(format!("image `{image}` cannot be fetched: {reason}")));
        }
        // Nothing is made up where the engine does not name it.
        for line in ["Error: x: image not known", "Get \"http://localhost:9/v2/\": dial tcp: connection refused"] {
            assert!(is_missing(line), "{line}");
            assert_eq!(summary(line), None);
        }
    }
}
