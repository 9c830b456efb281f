//! Why an engine failed, read from what it printed.
//!
//! Exit codes say nothing that engines agree on, so the lines decide: each cause is known by the start of a line that
//! the engine or the installer in it writes, and keeps that line as its proof.

mod base_image;

use std::borrow::Cow;

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
    /// A package does not run on the Python of the image.
    Python {
        /// The line that says so.
        line: String,
    },
    /// The build of a package calls a program, or includes a header, that the image does not have.
    Tool {
        /// The line that says so.
        line: String,
    },
    /// What a step would fetch packages from cannot be reached.
    Network {
        /// The line that says so.
        line: String,
    },
    /// What a step would fetch packages from has a certificate that nothing in the image vouches for.
    Certificate {
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
        let says = |words: &[&str]| words.iter().any(|words| line.contains(words));
        let proof = || line.to_owned();
        let of_resolver = UV_CAUSES.iter().find_map(|before| line.strip_prefix(before)?.strip_prefix("Because "));
        if starts(&["ERROR: ResolutionImpossible", "ERROR: Cannot install "]) {
            Some(Self::DependencyConflict { line: proof() })
        } else if let Some(reason) = of_resolver {
            Some(of_uv(reason, proof()))
        } else if starts(&["ERROR: No matching distribution found for "]) {
            Some(Self::NoDistribution { line: proof() })
        } else if starts(&["ERROR: Package "]) && says(&["requires a different Python: "])
            || starts(&["error: "]) && says(&["is incompatible with the"]) && says(&["Python requirement"])
        {
            Some(Self::Python { line: proof() })
        } else if starts(FETCHING) && says(&["CERTIFICATE_VERIFY_FAILED", "invalid peer certificate"]) {
            Some(Self::Certificate { line: proof() })
        } else if starts(&["WARNING: Retrying (Retry(total=0, ", "error: Request failed after "])
            || starts(&["cause: error sending request for url "])
        {
            Some(Self::Network { line: proof() })
        } else if base_image::is_missing(line) {
            Some(Self::BaseImage { line: proof() })
        } else if line.ends_with("no space left on device") {
            Some(Self::DiskFull { line: proof() })
        } else if lacks_tool(line) {
            Some(Self::Tool { line: proof() })
        } else {
            None
        }
    }

    /// The line that proves it.
    pub fn line(&self) -> &str {
        match self {
            Self::DependencyConflict { line }
            | Self::NoDistribution { line }
            | Self::Python { line }
            | Self::Tool { line }
            | Self::Network { line }
            | Self::Certificate { line }
            | Self::BaseImage { line }
            | Self::DiskFull { line } => line,
        }
    }

    /// What it comes to in a few words: the line that proves it, and for a base image which one is missing, and why.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// let line = "ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x:1: \
    ///             docker.io/library/x:1: not found";
    /// let cause = Cause::of(line).ok_or("it proves nothing")?;
    /// assert_eq!(cause.summary(), "image `x:1` cannot be fetched: not found");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn summary(&self) -> Cow<'_, str> {
        match self {
            Self::BaseImage { line } => base_image::summary(line).map_or(Cow::Borrowed(line), Cow::Owned),
            _ => Cow::Borrowed(self.line()),
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
            Self::Python { .. } => {
                "start from an image with the Python that the project asks for: agentix-gen runtime PATH prints one to build, \
                 and --runtime-image names it"
            }
            Self::Tool { .. } => {
                "name the Debian packages that have it in [tool.agentix]: apt = [\"gcc\", \"libc6-dev\"] for a C compiler"
            }
            Self::Network { .. } => {
                "look at the network of the build steps (--network NAME), and at the index that they are told to use"
            }
            Self::Certificate { .. } => "trust the certificate of whoever signs for it: --ca-certificate FILE",
            Self::BaseImage { .. } => {
                "pull or build the image first, for the platform that is asked for, or name another one"
            }
            Self::DiskFull { .. } => "free space where the engine keeps its images",
        }
    }

    /// Whether this says more about the failure than `other`: what the installer says is closer to it than what the
    /// engine says of a step that failed.
    pub(super) fn is_better_than(&self, other: Option<&Self>) -> bool {
        let rank = |cause: &Self| match cause {
            Self::DependencyConflict { .. } | Self::Python { .. } | Self::Certificate { .. } => 3,
            Self::DiskFull { .. } | Self::Tool { .. } | Self::Network { .. } => 2,
            Self::NoDistribution { .. } | Self::BaseImage { .. } => 1,
        };
        other.is_none_or(|other| rank(self) > rank(other))
    }
}

/// What uv writes before each reason, in one version or another.
const UV_CAUSES: &[&str] = &["cause: ", "╰─▶ "];

/// Why uv finds no versions, from what it says after `Because `.
fn of_uv(reason: &str, line: String) -> Cause {
    if reason.starts_with("the current Python version ") {
        Cause::Python { line }
    } else if reason.contains(" depends on ") {
        Cause::DependencyConflict { line }
    } else {
        Cause::NoDistribution { line }
    }
}

/// Whether the build of a package says that a program or a header is not there.
fn lacks_tool(line: &str) -> bool {
    const COMMANDS: &[&str] =
        &["gcc", "cc", "g++", "c++", "clang", "cargo", "rustc", "cmake", "make", "pkg-config", "git"];
    let is_command =
        |name: &str| COMMANDS.iter().any(|command| name == *command || name.ends_with(&format!("-{command}")));
    let called = line
        .strip_prefix("error: [Errno 2] No such file or directory: '")
        .or_else(|| {
            line.strip_prefix("error: command '").filter(|_| line.ends_with("failed: No such file or directory"))
        })
        .or_else(|| line.strip_prefix("ERROR: Cannot find command '"));
    called.and_then(|rest| rest.split('\'').next()).is_some_and(is_command)
        || line.contains(": fatal error: ") && line.ends_with(": No such file or directory")
        || ["error: can't find Rust compiler", "error: Git executable not found"]
            .iter()
            .any(|start| line.starts_with(start))
        || line.contains("ERROR: Unknown compiler(s): ")
}

/// How the lines start in which an installer tells of a server that it does not trust.
const FETCHING: &[&str] = &["WARNING: Retrying (", "Could not fetch URL ", "cause: ", "error: "];

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

/// The first line that says something, and not only warns of something else.
pub(super) fn first_line(text: &str) -> String {
    let said = || text.lines().map(payload).filter(|line| !line.is_empty());
    let warns = |line: &&str| line.starts_with("time=") && line.contains(" level=warning ");
    said().find(|line| !warns(line)).or_else(|| said().next()).unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests;
