//! Finds the cause of an engine's failure in its output.
//!
//! Exit codes differ between engines, so only the output is used. Each cause is recognised by the start of a line that
//! the engine, or the installer that it runs, prints. The cause keeps that line as evidence.

mod backends;
mod base_image;
mod lines;
mod nix;
mod reason;
mod request;
mod ssh;
mod step;
mod temporary;
mod tools;

use std::borrow::Cow;

use serde::Serialize;

use crate::value::Redacted;

/// The cause of a failed build, as far as the output shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The kind of the cause.
    pub kind: CauseKind,
    /// The line of the output that shows it, without the engine's prefix.
    pub line: String,
}

/// The remedy for a program that was ended by SIGKILL, which the kernel sends when memory is short.
pub(super) const KILLED: &str = "SIGKILL ended it, most often because memory is short: give the engine's machine more";

/// The kinds of causes of a failed build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CauseKind {
    /// The installer finds no versions that satisfy all requirements.
    DependencyConflict,
    /// The installer finds no distribution for one requirement.
    NoDistribution,
    /// A wheel or a source archive is damaged, or holds no project.
    Archive,
    /// A package does not support the Python of the image.
    Python,
    /// The build of a package needs a program, a header file or a Python module that is not there.
    Tool,
    /// setuptools finds several packages or modules beside each other, and does not choose.
    FlatLayout,
    /// The build backend does not find the modules of a project, or its metadata is not valid.
    Project,
    /// A requirement names a folder or a file that does not exist in the image.
    LocalRequirement,
    /// Nix cannot evaluate the Nix expression, or it gives no package.
    Nix,
    /// The Nix expression of an installed package fails, or its programs do not fit to those of another one.
    NixPlugin,
    /// The server that a step downloads packages from cannot be reached.
    Network,
    /// The builder does not have the network that the steps are to use.
    StepNetwork,
    /// The base image does not have the user that a step runs as.
    User,
    /// The server that a step downloads packages from has a certificate that the image does not trust.
    Certificate,
    /// A step has no ssh agent or key, the server does not accept it, or the step does not know the server.
    Ssh,
    /// The image lacks the program that it starts.
    EntryPoint,
    /// Neither the engine nor the registry has a base image.
    BaseImage,
    /// The registry does not take the image.
    Push,
    /// The machine cannot run the programs of the image's platform.
    Emulation,
    /// No disk space is left.
    DiskFull,
    /// A step was ended by SIGKILL.
    Killed,
    /// The engine's store lacks a layer that it needs.
    Store,
    /// The builder cannot read the Dockerfile.
    Dockerfile,
    /// The engine does not have an option.
    EngineOption,
    /// The builder of buildx does not answer.
    Builder,
    /// A step failed. What it printed says why.
    Step,
}

impl Cause {
    /// Returns the cause that a line of output shows, if it shows one.
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

    /// Returns the cause in a few words: the line that shows it, without what uv or a builder writes before
    /// the reason, or the name of the missing base image and the reason.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// let line = "ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x:1: \
    ///             docker.io/library/x:1: not found";
    /// let cause = Cause::from_line(line).ok_or("no cause")?;
    /// assert_eq!(cause.summary(), "image `x:1` cannot be fetched: not found");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn summary(&self) -> Cow<'_, str> {
        let line = || reason::of(self.line.strip_prefix("cause: ").unwrap_or(&self.line));
        let own = match self.kind {
            CauseKind::BaseImage => base_image::summary(&self.line),
            CauseKind::Step => step::summary(&self.line),
            CauseKind::Dockerfile => request::fault_of_dockerfile(&self.line).map(str::to_owned),
            CauseKind::Builder => Some("the builder does not answer".to_owned()),
            _ => None,
        };
        own.map_or_else(|| Cow::Borrowed(line()), Cow::Owned)
    }

    /// Returns what the user can do about it.
    pub fn remedy(&self) -> &'static str {
        match self.kind {
            CauseKind::DependencyConflict => {
                "no versions fit all requirements: pin a compatible pair in [project] dependencies, or split the \
                 conflicting packages into two bundles"
            }
            CauseKind::NoDistribution => {
                "check the spelling and the version, and that the package supports the Python of the runtime image"
            }
            CauseKind::Archive => {
                "build or download the archive again; a source archive has a pyproject.toml or setup.py in its one folder"
            }
            CauseKind::Python => {
                "use a runtime image with the Python that the project requires: agentix-gen runtime PATH prints its \
                 Dockerfile, and --runtime-image names the image"
            }
            CauseKind::Tool => tools::remedy(&self.line).unwrap_or_else(|| tools::usual_remedy(&self.line)),
            CauseKind::FlatLayout => {
                "name those that belong to the package in [tool.setuptools] (packages = [\"NAME\"], py-modules = [\"NAME\"]), or move \
                 them to src/; `package = false` in [tool.uv] installs the dependencies only"
            }
            CauseKind::Project => backends::remedy(&self.line).unwrap_or("correct the manifest of that project"),
            CauseKind::LocalRequirement => {
                "a requirement names a folder or a file of the machine that wrote it: in the package that asks for it, require it by \
                 name, or build the package with that folder as a path dependency of this project"
            }
            CauseKind::Nix => nix::remedy(&self.line).unwrap_or("correct the Nix expression"),
            CauseKind::NixPlugin => nix::remedy_for_plugin(&self.line),
            CauseKind::Network => {
                "check the network of the build steps (`network` in [tool.agentix]), and the servers that they use: the package \
                 index, and `python-mirror` for the Python of a portable image"
            }
            CauseKind::StepNetwork => {
                "name a network that the builder has: BuildKit has `host`, `none` and `default`, and a builder of your own may have \
                 another one (docker buildx create --driver-opt network=NAME); other builders have those of the engine \
                 (docker network ls, podman network ls)"
            }
            CauseKind::User => {
                "give the base image an /etc/passwd with that user (0 is root), or use another base image: --runtime-image \
                 or --python-image"
            }
            CauseKind::Certificate => "trust the certificate of the authority that signed it: --ca-certificate FILE",
            CauseKind::Ssh => ssh::remedy(&self.line).unwrap_or(ssh::ACCESS),
            CauseKind::EntryPoint if self.line.ends_with(lines::CANNOT_BE_LOADED) => {
                "the traceback above names a package that agentixx needs in another version than the project: add agentixx, in \
                 the version of the runtime image, to the dependencies and lock them again"
            }
            CauseKind::EntryPoint => {
                "set `entrypoint` in [tool.agentix] to a program of the image; if the project brings its own agentixx, use a \
                 runtime image with the same version: agentix-gen runtime PATH"
            }
            CauseKind::BaseImage => "pull or build the image first, for the requested platform, or use another image",
            CauseKind::Push => {
                "check the name of the registry, and log in to it with the engine (docker login, podman login, buildah login)"
            }
            CauseKind::Emulation => {
                "build on a machine of that platform (docker's buildx: --builder NAME), or install QEMU for its programs \
                 (binfmt_misc)"
            }
            CauseKind::DiskFull => {
                "free space where the engine stores its images, and in its folder for temporary files (TMPDIR)"
            }
            CauseKind::Killed => KILLED,
            CauseKind::Store => {
                "the engine's store is damaged, or something else removes images: build with --no-cache, or remove the base image \
                 and get it again"
            }
            CauseKind::Dockerfile => {
                "correct the blocks of your template: agentix-gen prints the Dockerfile that they make"
            }
            CauseKind::EngineOption => {
                "leave it out: options after `--` are those of the engine's build command, which lists them with --help"
            }
            CauseKind::Builder => {
                "start it, or choose another one with --builder: docker buildx ls lists them, and `default` is docker's own"
            }
            CauseKind::Step => "the output of that step, above, says why",
        }
    }

    /// Returns whether a retry may help, as far as the line shows it: a server that did not answer may answer later.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// let refused = "Error: initializing source docker://x: dial tcp 10.0.0.1:443: connect: connection refused";
    /// let denied = "Error response from daemon: pull access denied for x";
    /// let is_temporary = |line| Cause::from_line(line).is_some_and(|cause| cause.is_temporary());
    /// assert!(is_temporary(refused) && !is_temporary(denied));
    /// ```
    pub fn is_temporary(&self) -> bool {
        temporary::may_be(self.kind, &self.line)
    }

    /// Returns the cause of a failed push, from the last line that the engine printed on stderr.
    pub(super) fn of_push(line: &str) -> Self {
        Self { kind: CauseKind::Push, line: Redacted(payload(line)).to_string() }
    }

    /// Returns whether this cause says more about the failure than `other`.
    pub(super) fn is_better_than(&self, other: Option<&Self>) -> bool {
        other.is_none_or(|other| self.kind.closeness() > other.kind.closeness())
    }
}

impl CauseKind {
    /// Returns how close the cause is to the failure. The installer's output is closer than the engine's message about
    /// a failed step.
    fn closeness(self) -> u8 {
        match self {
            // It also names the package, which the message of Nix above it does not.
            Self::NixPlugin => 4,
            Self::DependencyConflict
            | Self::Archive
            | Self::Python
            | Self::FlatLayout
            | Self::Project
            | Self::LocalRequirement
            | Self::Certificate
            | Self::Ssh
            | Self::Nix
            | Self::EntryPoint
            | Self::Emulation
            | Self::StepNetwork
            | Self::User
            | Self::Dockerfile
            | Self::Builder
            | Self::Push => 3,
            Self::DiskFull | Self::Tool | Self::Network => 2,
            Self::NoDistribution | Self::BaseImage | Self::Killed | Self::Store | Self::Step => 1,
            // A program in a step may print such a line, too.
            Self::EngineOption => 0,
        }
    }
}

/// Returns a line without terminal colours and without `BuildKit`'s prefix (`#12 4.567 `).
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

/// The two reasons why docker cannot be reached, according to its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreachable {
    NotRunning,
    NotPermitted,
}

/// What clients print if their daemon does not answer: docker (the second text from version 29 on), podman and others.
const NOT_RUNNING: &[&str] = &[
    "Cannot connect to the Docker daemon",
    "failed to connect to the docker API at",
    "failed to dial gRPC",
    "error during connect",
    "Cannot connect to Podman",
    "unable to connect to Podman socket",
    // nerdctl, and Apple's `container`.
    "cannot access containerd socket",
    "rootless containerd not running?",
    "Ensure container system service has been started",
];

impl Unreachable {
    pub(super) fn from_stderr(stderr: &str) -> Option<Self> {
        let contains = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
        let is_refused = contains(&["cannot access containerd socket"]) && contains(&["permission denied"]);
        if is_refused || contains(&["permission denied while trying to connect"]) {
            Some(Self::NotPermitted)
        } else if contains(NOT_RUNNING) {
            Some(Self::NotRunning)
        } else {
            None
        }
    }
}

/// Returns the first line that is neither empty nor a warning, or else the first line that is not empty.
pub(super) fn first_line(text: &str) -> String {
    let lines = || text.lines().map(payload).filter(|line| !line.is_empty());
    let is_warning = |line: &&str| line.starts_with("time=") && line.contains(" level=warning ");
    let line = lines().find(|line| !is_warning(line)).or_else(|| lines().next()).unwrap_or("no output");
    Redacted(line).to_string()
}

#[cfg(test)]
mod tests;
