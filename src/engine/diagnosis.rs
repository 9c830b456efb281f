//! Why an engine failed, read from what it printed.
//!
//! Exit codes say nothing that engines agree on, so the lines decide: each cause is known by the start of a line that
//! the engine or the installer in it writes, and keeps that line as its proof.

use serde::Serialize;

/// Why a build failed, as far as the output says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// The installer finds no versions that fit all requirements.
    DependencyConflict {
        /// The line that says so.
        line: String,
    },
    /// The installer finds no distribution for one requirement.
    NoDistribution {
        /// The line that says so.
        line: String,
    },
    /// A base image is neither here nor in its registry.
    BaseImage {
        /// The line that says so.
        line: String,
    },
    /// There is no space left.
    DiskFull {
        /// The line that says so.
        line: String,
    },
}

impl Cause {
    /// The cause that a line of output proves, if it proves one.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// assert!(Cause::of("#12 4.56 ERROR: ResolutionImpossible: for help visit …").is_some());
    /// assert!(Cause::of("#12 4.56 copying conflict.py").is_none());
    /// ```
    pub fn of(line: &str) -> Option<Self> {
        let line = payload(line);
        let starts = |with: &[&str]| with.iter().any(|start| line.starts_with(start));
        let proof = || line.to_owned();
        if starts(&["ERROR: ResolutionImpossible", "ERROR: Cannot install "]) {
            Some(Self::DependencyConflict { line: proof() })
        } else if starts(&["ERROR: No matching distribution found for "]) {
            Some(Self::NoDistribution { line: proof() })
        } else if starts(&["ERROR: failed to solve: ", "error: ", "Error: ", "Error response from daemon: "])
            && BASE_IMAGE.iter().any(|words| line.contains(words))
        {
            Some(Self::BaseImage { line: proof() })
        } else if line.ends_with("no space left on device") {
            Some(Self::DiskFull { line: proof() })
        } else {
            None
        }
    }

    /// The line that proves it.
    pub fn line(&self) -> &str {
        match self {
            Self::DependencyConflict { line }
            | Self::NoDistribution { line }
            | Self::BaseImage { line }
            | Self::DiskFull { line } => line,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::DependencyConflict { .. } => {
                "no versions fit all requirements: pin a compatible pair in [project] dependencies, or split the \
                 conflicting packages into two bundles"
            }
            Self::NoDistribution { .. } => {
                "check the spelling and the version, and that the package supports the Python of the runtime image"
            }
            Self::BaseImage { .. } => "pull or build the image first, or name another one",
            Self::DiskFull { .. } => "free space where the engine keeps its images",
        }
    }

    /// Whether this says more about the failure than `other`: what the installer says is closer to it than what the
    /// engine says of a step that failed.
    pub(super) fn is_better_than(&self, other: Option<&Self>) -> bool {
        let rank = |cause: &Self| match cause {
            Self::DependencyConflict { .. } => 3,
            Self::DiskFull { .. } => 2,
            Self::NoDistribution { .. } | Self::BaseImage { .. } => 1,
        };
        other.is_none_or(|other| rank(self) > rank(other))
    }
}

const BASE_IMAGE: &[&str] = &[
    "failed to resolve source metadata",
    "pull access denied",
    "manifest unknown",
    "image not known",
    "did not resolve to an alias",
    "no such host",
    "initializing source docker://",
];

/// A line without the colour of a terminal and without what `BuildKit` writes before it (`#12 4.567 `).
fn payload(line: &str) -> &str {
    let mut rest = line.trim();
    while let Some(after) = rest.strip_prefix('\u{1b}') {
        rest = after.split_once('m').map_or("", |(_, text)| text);
    }
    let step = rest.strip_prefix('#').and_then(|rest| rest.split_once(' '));
    if let Some((number, text)) = step
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        rest = text;
    }
    if let Some((time, text)) = rest.split_once(' ')
        && time.contains('.')
        && time.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    {
        rest = text;
    }
    rest.split('\u{1b}').next().unwrap_or(rest).trim()
}

/// The two ways in which docker cannot be reached, by what its client says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreachable {
    NotRunning,
    NotPermitted,
}

impl Unreachable {
    pub(super) fn of(stderr: &str) -> Option<Self> {
        let says = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
        if says(&["permission denied while trying to connect"]) {
            Some(Self::NotPermitted)
        } else if says(&["Cannot connect to the Docker daemon", "failed to dial gRPC", "error during connect"]) {
            Some(Self::NotRunning)
        } else {
            None
        }
    }
}

/// The first line that says something.
pub(super) fn first_line(text: &str) -> String {
    text.lines().map(payload).find(|line| !line.is_empty()).unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Cause, Unreachable, payload};

    #[test]
    fn engines_prefixes_are_taken_off() {
        for line in [
            "ERROR: x",
            "#12 4.567 ERROR: x",
            "#12 ERROR: x",
            "4.567 ERROR: x",
            "\u{1b}[91mERROR: x\u{1b}[0m",
            "\u{1b}[0m\u{1b}[91mERROR: x",
        ] {
            assert_eq!(payload(line), "ERROR: x");
        }
        assert_eq!(payload("#not a step"), "#not a step");
    }

    #[test]
    fn a_cause_needs_the_line_of_its_author() {
        let kind = |line: &str| Cause::of(line).map(|cause| serde_json::to_value(cause).unwrap()["kind"].clone());
        assert_eq!(
            kind("ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies."),
            Some("dependency-conflict".into())
        );
        assert_eq!(kind("#9 1.2 ERROR: No matching distribution found for nope"), Some("no-distribution".into()));
        assert_eq!(
            kind("ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x"),
            Some("base-image".into())
        );
        assert_eq!(
            kind("Error: creating build container: short-name \"x\" did not resolve to an alias"),
            Some("base-image".into())
        );
        assert_eq!(kind("write /x: no space left on device"), Some("disk-full".into()));
        for line in [
            "resolving the conflict",
            "Step 3/7 : RUN pip install conflict",
            "incompatible",
            "no matching distribution",
        ] {
            assert_eq!(kind(line), None, "{line}");
        }
    }

    #[test]
    fn the_first_of_the_closest_causes_is_told() {
        let told = |lines: &[&str]| {
            let causes = lines.iter().filter_map(|line| Cause::of(line));
            let told = causes.reduce(|told, next| if next.is_better_than(Some(&told)) { next } else { told });
            told.unwrap().line().to_owned()
        };
        let [base, none] = ["Error: x: image not known", "ERROR: No matching distribution found for x"];
        let [full, conflict] = ["write /x: no space left on device", "ERROR: Cannot install x"];
        assert_eq!(told(&[base, none]), base);
        assert_eq!(told(&[none, base]), none);
        assert_eq!(told(&[none, full, base]), full);
        assert_eq!(told(&[full, conflict, full, "ERROR: Cannot install y"]), conflict);
    }

    #[test]
    fn docker_is_unreachable_in_two_ways() {
        let of = Unreachable::of;
        assert_eq!(
            of("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"),
            Some(Unreachable::NotRunning)
        );
        assert_eq!(
            of("permission denied while trying to connect to the Docker daemon socket at unix:///x"),
            Some(Unreachable::NotPermitted)
        );
        assert_eq!(of("Error: No such image: x"), None);
    }
}
