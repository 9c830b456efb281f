//! The errors of [`Bundle::new`](super::Bundle::new).

use pep440_rs::Version;

use super::not_locked_error::NotLockedError;
use super::portable_error::PortableError;
use super::source_error::UvSourceError;
use super::uv_rule_error::UvRuleError;
use crate::files::{ExclusionReason, SpecialKind};
use crate::project::{LockError, ProjectError, PythonConstraint, PythonError, PythonVersion, SelectionError};
use crate::value::{AptPackage, CredentialUrl, Escaped, ImageRef, ImageRefError, ProjectName, SecretId, ValueError};

/// An inconsistency in a project or its configuration. Each message ends with the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A sibling project takes its version from the repository.
    #[error(
        "`{member}` takes its version from the repository, which is not part of the image; set `version` in its \
         pyproject.toml"
    )]
    MemberVersion {
        /// The sibling project.
        member: ProjectName,
    },
    /// The configuration cannot be searched for credentials.
    #[error("the configuration cannot be searched for credentials: {0}")]
    Unreadable(String),
    /// uv takes packages from a place that the build does not have.
    #[error(transparent)]
    Source(#[from] UvSourceError),
    /// uv installs nothing for the selection, or in the image.
    #[error(transparent)]
    UvRule(#[from] UvRuleError),
    /// Only a lock says which packages to install, and there is none that can be used.
    #[error(transparent)]
    NotLocked(#[from] NotLockedError),
    /// A portable image is not possible.
    #[error(transparent)]
    Portable(#[from] PortableError),
    /// The image reference is not valid.
    #[error(transparent)]
    Image(#[from] ImageRefError),
    /// A value does not have the form that its key requires.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The image reference has no tag, so the engine would choose one.
    #[error("image `{image}` has no tag; add one, such as `{image}:1.0`")]
    Untagged {
        /// The reference.
        image: ImageRef,
    },
    /// The reference for the built image has a digest. A digest is known only after the build.
    #[error("image `{image}` has a digest, which is known only after the build; remove the digest")]
    TagWithDigest {
        /// The reference.
        image: ImageRef,
    },
    /// The image would replace its own base image.
    #[error("image `{image}` is the runtime image that the bundle starts from; choose another name with --tag")]
    ReplacesRuntime {
        /// The reference.
        image: ImageRef,
    },
    /// The Python image has another Python than the project requires.
    #[error("`{image}` has Python {python}, which {constraint} excludes; use another `python-image`, or none")]
    PythonImage {
        /// The Python image.
        image: Box<ImageRef>,
        /// Its Python, by its name.
        python: PythonVersion,
        /// What excludes it.
        constraint: Box<PythonConstraint>,
    },
    /// Both `standalone` and `runtime-image` are set, but a bundle starts from a single image.
    #[error(
        "a standalone image does not start from the runtime image `{image}`; remove `standalone` or `runtime-image`"
    )]
    StandaloneOnRuntime {
        /// The runtime image.
        image: ImageRef,
    },
    /// A built-in version is not valid. This is a bug in this crate.
    #[error(transparent)]
    Version(#[from] pep440_rs::VersionParseError),
    /// The default tag needs a version, but the project has no static one.
    #[error("the project has no static `version`{}; set it with --project-version, or name the image with --tag", .because)]
    NoVersion {
        /// Why there is none, in parentheses, or nothing if a manifest leaves it to the build.
        because: &'static str,
    },
    /// The build backend reads the version from the repository, which is not in the context.
    #[error(
        "`{asked}` takes the version from the repository, which is not part of the image; set it with --project-version"
    )]
    VersionFromRepository {
        /// The build requirement that reads the version.
        asked: &'static str,
    },
    /// The build backend reads the version from the repository, and no variable overrides it.
    #[error(
        "`{asked}` takes the version only from the repository, which is not part of the image; \
         set `version` in [project]"
    )]
    VersionOnlyFromRepository {
        /// The build requirement that reads the version.
        asked: &'static str,
    },
    /// The key `ship-source` is false for a project that is no package.
    #[error("the project is no package and runs from its source, but `ship-source` is false; remove the key")]
    RunsFromSource,
    /// `--project-version` differs from the static version of the project.
    #[error("[project] has version {written}, but --project-version is {given}; remove one of them")]
    TwoVersions {
        /// The version in `pyproject.toml`.
        written: Version,
        /// The version from `--project-version`.
        given: Version,
    },
    /// A file that the build reads does not exist.
    #[error("{} is required by {needed_by}, but is not in the project", Escaped(.path))]
    NeededFileMissing {
        /// The file.
        path: String,
        /// The part of the project that requires it.
        needed_by: Box<str>,
    },
    /// A file that the build reads is excluded from the context.
    #[error("{} is required by {needed_by}, but excluded ({reason}); {}", Escaped(.path), remedy_for_excluded(.reason))]
    NeededFileKeptOut {
        /// The file.
        path: String,
        /// The part of the project that requires it.
        needed_by: Box<str>,
        /// The rule that excludes it.
        reason: ExclusionReason,
    },
    /// A special file, which a context cannot contain.
    #[error("{} is {kind}; exclude it with `exclude`", Escaped(.path))]
    Special {
        /// The path.
        path: String,
        /// The kind of file.
        kind: SpecialKind,
    },
    /// A symbolic link points outside the project.
    #[error(
        "link {} points outside the project, to {}; exclude it with `exclude`, or copy its target with \
         `symlinks = \"follow\"`",
        Escaped(.path),
        Escaped(.target)
    )]
    LinkLeaves {
        /// The link.
        path: String,
        /// The target, as written in the link.
        target: String,
    },
    /// A symbolic link points to a path that is excluded from the context.
    #[error(
        "link {} points to {}, which is excluded ({reason}); include the target with `include`, or exclude the link \
         with `exclude`",
        Escaped(.path),
        Escaped(.target)
    )]
    LinkToKeptOut {
        /// The link.
        path: String,
        /// The target, as written in the link.
        target: String,
        /// The rule that excludes it.
        reason: ExclusionReason,
    },
    /// Resolving a symbolic link does not end.
    #[error("link {} points to {}, which ends in a loop; exclude it with `exclude`", Escaped(.path), Escaped(.target))]
    LinkLoop {
        /// The link.
        path: String,
        /// The target, as written in the link.
        target: String,
    },
    /// The selected extras or dependency groups cannot be used.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A dependency on a local path, in a [`Project`](crate::project::Project) without its workspace.
    #[error(
        "dependency {} is a local path, which requires a workspace; read one with `read_workspace`",
        Escaped(.requirement)
    )]
    LocalDependency {
        /// The requirement.
        requirement: String,
    },
    /// The uv image is not a version that the project accepts.
    #[error(
        "[tool.uv] required-version is {}, but the uv image is `{image}`; choose another with uv-image",
        Escaped(.required)
    )]
    UvVersion {
        /// The versions that the project accepts.
        required: String,
        /// The uv image.
        image: Box<ImageRef>,
    },
    /// A dependency is in a git repository, and the build steps have no git, or no ssh client.
    #[error(
        "{} needs {}, which `{image}` does not have; add it for the build: build-apt = [{}] in [tool.agentix]",
        Escaped(.requirement),
        if *.over_ssh { "git with ssh" } else { "git" },
        if *.over_ssh { "\"git\", \"openssh-client\"" } else { "\"git\"" }
    )]
    NeedsGit {
        /// The requirement.
        requirement: String,
        /// Whether git reaches the repository through ssh.
        over_ssh: bool,
        /// The image that the bundle starts from.
        image: Box<ImageRef>,
    },
    /// A dependency is in a git repository that is reached through ssh, and the build steps have neither an agent nor a key.
    #[error(
        "{} needs an ssh agent or a key in the build; pass the agent: ssh = [\"default\"] in [tool.agentix]",
        Escaped(.requirement)
    )]
    NeedsSsh {
        /// The requirement.
        requirement: String,
    },
    /// A lock is invalid or out of date.
    #[error(transparent)]
    Lock(Box<LockError>),
    /// The required Python versions conflict.
    #[error(transparent)]
    Python(Box<PythonError>),
    /// A path contains characters that a shell would interpret.
    #[error(
        "{} is used in shell commands of the build; rename it to contain only letters, digits and `._-+@`",
        Escaped(.path)
    )]
    FolderName {
        /// The path of the folder or file.
        path: String,
    },
    /// A manifest cannot be read.
    #[error(transparent)]
    Manifest(Box<ProjectError>),
    /// A manifest names a file or a folder outside the project's folder, which the build would not find.
    #[error(
        "{key} names {}, which is outside the folder of `{project}` and not part of the context; move or copy it into the folder",
        Escaped(.path)
    )]
    NamedFileOutside {
        /// The key.
        key: Box<str>,
        /// The path, relative to the project's folder.
        path: String,
        /// The project.
        project: ProjectName,
    },
    /// The manifest is only the root of a workspace, so that the image would have none of its members.
    #[error(
        "pyproject.toml is the root of a workspace without [project], so nothing of it would be in the image; name the \
         folder of a member instead ({})",
        Escaped(.members)
    )]
    WorkspaceRoot {
        /// The globs of the members.
        members: String,
    },
    /// A lock is missing a requirement that its own check does not cover.
    #[error("{lock}: out of date: {} is missing, which `{by}` requires; {remedy}", Escaped(.missing))]
    LockLacks {
        /// The lock.
        lock: &'static str,
        /// The requirement.
        missing: String,
        /// The project or the sibling with the requirement.
        by: ProjectName,
        /// How to update the lock.
        remedy: &'static str,
    },
    /// A lock has another version than a requirement that its own check does not cover.
    #[error("{lock}: out of date: `{by}` requires {}, but the lock has version {version}; {remedy}", Escaped(.wanted))]
    LockDiffers {
        /// The lock.
        lock: &'static str,
        /// The requirement.
        wanted: String,
        /// The project or the sibling with the requirement.
        by: ProjectName,
        /// The version in the lock.
        version: Box<Version>,
        /// How to update the lock.
        remedy: &'static str,
    },
    /// A lock has a package at a local path that is not a dependency by path of the project or of a sibling.
    #[error(
        "{lock}: `{name}` is locked at the path {}, but no manifest of the project names this path as a dependency; \
         only such folders and archives enter the context",
        Escaped(.path)
    )]
    UnknownLocalPackage {
        /// The lock.
        lock: &'static str,
        /// The package.
        name: ProjectName,
        /// Its path in the lock.
        path: String,
    },
    /// A value that becomes part of the image or of the engine's command line contains credentials.
    #[error("{what}: `{url}` contains credentials, which the image or the command line would show; {remedy}")]
    Credentials {
        /// The key of the value.
        what: String,
        /// The URL.
        url: CredentialUrl,
        /// How to pass the credentials instead.
        remedy: &'static str,
    },
    /// The file of a secret is part of the context, and would become part of the image.
    #[error("{} is the file of secret `{id}`, but is part of the context; exclude it with `exclude`", Escaped(.path))]
    SecretInContext {
        /// The secret.
        id: SecretId,
        /// Its file.
        path: String,
    },
    /// The Nix expression does not exist in the context.
    #[error("{}, set as `nix` in [tool.agentix], is not in the context", Escaped(.path))]
    NoNixFile {
        /// The path.
        path: String,
    },
    /// A Debian package is listed with two versions, or both with and without a version.
    #[error("[tool.agentix] {keys} has both `{one}` and `{other}`; remove one of them")]
    AptTwice {
        /// The key, or both keys, that list it.
        keys: &'static str,
        /// The package.
        one: AptPackage,
        /// The same package.
        other: AptPackage,
    },
    /// `PATH` does not contain the folder with the programs of the environment.
    #[error(
        "[tool.agentix] env sets PATH to {} without /nix/runtime/bin; add it (variables are not expanded)",
        Escaped(.path)
    )]
    PathWithoutEnvironment {
        /// The value.
        path: String,
    },
    /// A manifest starts with a byte order mark, and the build backend would reject it.
    #[error("{} starts with a byte order mark, which build backends do not read; save it as UTF-8 without one", Escaped(.path))]
    ByteOrderMark {
        /// The manifest.
        path: String,
    },
    /// A value is too long for a line of a Dockerfile.
    #[error("{what} is {length} bytes long; the limit for a Dockerfile line is {most}")]
    TooLong {
        /// The kind of value.
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        most: usize,
    },
}

impl From<PythonError> for BundleError {
    fn from(error: PythonError) -> Self {
        Self::Python(Box::new(error))
    }
}

impl From<ProjectError> for BundleError {
    fn from(error: ProjectError) -> Self {
        Self::Manifest(Box::new(error))
    }
}

impl From<LockError> for BundleError {
    fn from(error: LockError) -> Self {
        Self::Lock(Box::new(error))
    }
}
fn remedy_for_excluded(reason: &ExclusionReason) -> &'static str {
    match reason {
        ExclusionReason::Secret(_) => "remove the secret from it, or include it with `include`",
        _ => "include it with `include`",
    }
}
