//! Why an engine failed, read from what it printed.
//!
//! Exit codes say nothing that engines agree on, so the lines decide: each cause is known by the start of a line that
//! the engine or the installer in it writes, and keeps that line as its proof.

mod base_image;
mod lines;

use std::borrow::Cow;

use serde::Serialize;

/// Why a build failed, as far as the output says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// What is the matter.
    pub kind: CauseKind,
    /// The line of the output that says so, without what the engine writes before each.
    pub line: String,
}

/// What can be the matter with a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CauseKind {
    /// The installer finds no versions that fit all requirements.
    DependencyConflict,
    /// The installer finds no distribution for one requirement.
    NoDistribution,
    /// A package does not run on the Python of the image.
    Python,
    /// The build of a package calls a program, or includes a header, that the image does not have.
    Tool,
    /// What a step would fetch packages from cannot be reached.
    Network,
    /// What a step would fetch packages from has a certificate that nothing in the image vouches for.
    Certificate,
    /// A base image is neither here nor in its registry.
    BaseImage,
    /// There is no space left.
    DiskFull,
}

impl Cause {
    /// The cause that a line of output proves, if it proves one.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// assert!(Cause::from_line("#12 4.56 ERROR: ResolutionImpossible: for help visit …").is_some());
    /// assert!(Cause::from_line("#12 4.56 copying conflict.py").is_none());
    /// ```
    pub fn from_line(line: &str) -> Option<Self> {
        let line = payload(line);
        lines::kind(line).map(|kind| Self { kind, line: line.to_owned() })
    }

    /// What it comes to in a few words: the line that proves it, and for a base image which one is missing, and why.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// let line = "ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x:1: \
    ///             docker.io/library/x:1: not found";
    /// let cause = Cause::from_line(line).ok_or("it proves nothing")?;
    /// assert_eq!(cause.summary(), "image `x:1` cannot be fetched: not found");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn summary(&self) -> Cow<'_, str> {
        let of_image = if self.kind == CauseKind::BaseImage { base_image::summary(&self.line) } else { None };
        of_image.map_or(Cow::Borrowed(&*self.line), Cow::Owned)
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self.kind {
            CauseKind::DependencyConflict => {
                "no versions fit all requirements: pin a compatible pair in [project] dependencies, or split the \
                 conflicting packages into two bundles"
            }
            CauseKind::NoDistribution => {
                "check the spelling and the version, and that the package supports the Python of the runtime image"
            }
            CauseKind::Python => {
                "start from an image with the Python that the project asks for: agentix-gen runtime PATH prints one to build, \
                 and --runtime-image names it"
            }
            CauseKind::Tool => {
                "name the Debian packages that have it in [tool.agentix]: apt = [\"gcc\", \"libc6-dev\"] for a C compiler"
            }
            CauseKind::Network => {
                "look at the network of the build steps (--network NAME), and at the index that they are told to use"
            }
            CauseKind::Certificate => "trust the certificate of whoever signs for it: --ca-certificate FILE",
            CauseKind::BaseImage => {
                "pull or build the image first, for the platform that is asked for, or name another one"
            }
            CauseKind::DiskFull => "free space where the engine keeps its images",
        }
    }

    /// Whether this says more about the failure than `other`.
    pub(super) fn is_better_than(&self, other: Option<&Self>) -> bool {
        other.is_none_or(|other| self.kind.closeness() > other.kind.closeness())
    }
}

impl CauseKind {
    /// How close it is to the failure: what the installer says is closer than what the engine says of a step that failed.
    fn closeness(self) -> u8 {
        match self {
            Self::DependencyConflict | Self::Python | Self::Certificate => 3,
            Self::DiskFull | Self::Tool | Self::Network => 2,
            Self::NoDistribution | Self::BaseImage => 1,
        }
    }
}

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
    pub(super) fn from_stderr(stderr: &str) -> Option<Self> {
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
