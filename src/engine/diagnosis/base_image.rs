//! Recognises the line that reports a missing base image: the engine does not have it and cannot fetch it.

/// Such a line starts with one of these texts, or is an [error of buildx](is_of_buildx).
const STARTS: &[&str] =
    &["failed to solve with ", "failed to resolve reference \"", "error: ", "Error: ", "Error response from daemon: "];

/// Such a line contains one of these texts.
const MESSAGES: &[&str] = &[
    "failed to resolve source metadata",
    "failed to do request: Head ",
    "pull access denied",
    "manifest unknown",
    "image not known",
    "did not resolve to an alias",
    "short-name resolution enforced",
    "no such host",
    "initializing source docker://",
];

/// Returns whether a line reports a missing base image.
pub(super) fn is_missing(line: &str) -> bool {
    let by_legacy_builder = line.starts_with("Get \"http") && line.contains("/v2/\": ");
    by_legacy_builder
        || (is_of_buildx(line) || STARTS.iter().any(|start| line.starts_with(start)))
            && MESSAGES.iter().any(|words| line.contains(words))
}

/// Returns whether buildx reports that a build failed: `ERROR: failed to solve: …`, since version 0.29
/// `ERROR: failed to build: failed to solve: …`. pip starts its errors in the same way.
fn is_of_buildx(line: &str) -> bool {
    let parts = line.strip_prefix("ERROR: ").map(|rest| rest.split(": "));
    parts.is_some_and(|mut parts| {
        parts.find(|part| !part.starts_with("failed to ") || *part == "failed to solve") == Some("failed to solve")
    })
}

/// Returns the name of the missing image and the reason, if the line contains the name.
pub(super) fn summary(line: &str) -> Option<String> {
    Some(format!("image `{}` cannot be fetched: {}", image(line)?, reason(line)))
}

/// Returns the image's name as in the Dockerfile, if the engine repeats it.
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

/// Returns the image in a request to a registry: `https://HOST/v2/NAME/manifests/TAG`.
fn asked_for(url: &str) -> Option<String> {
    let (registry, path) = url.split_once("://")?.1.split_once("/v2/")?;
    let (name, version) = path.split_once("/manifests/")?;
    let host = if registry == "registry-1.docker.io" { String::new() } else { format!("{registry}/") };
    let separator = if version.contains(':') { '@' } else { ':' };
    Some(format!("{host}{name}{separator}{version}"))
}

/// Returns the reason. The end of a line is closest to the cause. Two messages have a less useful end, and get a fixed
/// reason.
fn reason(line: &str) -> &str {
    if line.contains("pull access denied") {
        "the image does not exist, or requires a login"
    } else if ["did not resolve to an alias", "short-name resolution enforced"].iter().any(|text| line.contains(text)) {
        "the name has no registry"
    } else {
        line.rsplit(": ").next().unwrap_or(line)
    }
}

#[cfg(test)]
mod tests {
    use super::{is_missing, summary};

    /// Lines as the engines print them.
    #[test]
    fn summaries_name_the_image_and_the_reason() {
        for (line, image, reason) in [
            (
                "ERROR: failed to solve: team/none:1: failed to resolve source metadata for docker.io/team/none:1: \
                 pull access denied, repository does not exist or may require authorization: server message: \
                 insufficient_scope: authorization failed",
                "team/none:1",
                "the image does not exist, or requires a login",
            ),
            (
                "ERROR: failed to build: failed to solve: team/none:1: failed to resolve source metadata for \
                 docker.io/team/none:1: failed to do request: Head \"https://registry-1.docker.io/v2/team/none/manifests/1\": \
                 dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: no such host",
                "team/none:1",
                "no such host",
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
                "failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: \
                 Head \"http://localhost:5999/v2/none/manifests/sha256:12\": dial tcp 127.0.0.1:5999: connect: \
                 connection refused",
                "localhost:5999/none@sha256:12",
                "connection refused",
            ),
            (
                "Error: creating build container: short-name \"team/none:1\" did not resolve to an alias and no \
                 unqualified-search registries are defined in \"/etc/containers/registries.conf\"",
                "team/none:1",
                "the name has no registry",
            ),
            (
                "Error: creating build container: initializing source docker://localhost:5999/none:1: pinging \
                 container registry localhost:5999: Get \"https://localhost:5999/v2/\": dial tcp 127.0.0.1:5999: \
                 connect: connection refused",
                "localhost:5999/none:1",
                "connection refused",
            ),
            (
                "Error response from daemon: pull access denied for team/none, repository does not exist or may \
                 require 'docker login': denied: requested access to the resource is denied",
                "team/none",
                "the image does not exist, or requires a login",
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
        // Without a name in the line, there is no summary.
        let enforced =
            "Error: creating build container: short-name resolution enforced but cannot prompt without a TTY";
        assert!(is_missing(enforced) && !is_missing("ERROR: failed to fetch: manifest unknown"));
        for line in ["Error: x: image not known", "Get \"http://localhost:9/v2/\": dial tcp: connection refused"] {
            assert!(is_missing(line), "{line}");
            assert_eq!(summary(line), None);
        }
    }
}
