//! Why a bundle is refused.

use pep440_rs::Version;

use crate::files::{ExclusionReason, SpecialKind};
use crate::project::{LockError, ProjectError, PythonError, SelectionError};
use crate::value::{AptPackage, CredentialUrl, Escaped, ImageRef, ImageRefError, ProjectName, SecretId, ValueError};

/// What does not fit together, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A sibling takes its version from the repository.
    #[error(
        "`{member}` takes its version from the repository, which is not part of the image; write it into its pyproject.toml"
    )]
    MemberVersion {
        /// The sibling.
        member: ProjectName,
    },
    /// The image's reference does not fit the grammar.
    #[error(transparent)]
    Image(#[from] ImageRefError),
    /// A value does not have the form that its place asks for.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The image would get whatever tag the engine thinks of.
    #[error("image `{image}` has no tag; name one, as in `{image}:1.0`")]
    Untagged {
        /// The reference.
        image: ImageRef,
    },
    /// Nobody can choose the digest of what is built.
    #[error("image `{image}` has a digest, which only a built image gets; leave it out")]
    TagWithDigest {
        /// The reference.
        image: ImageRef,
    },
    /// The image would take the place of the one it starts from.
    #[error("image `{image}` is the runtime image that the bundle starts from; name it otherwise with --tag")]
    ReplacesRuntime {
        /// The reference.
        image: ImageRef,
    },
    /// A bundle starts from one image.
    #[error(
        "a standalone image does not start from the runtime image `{image}`; leave out one of `standalone` and `runtime-image`"
    )]
    StandaloneOnRuntime {
        /// The runtime image.
        image: ImageRef,
    },
    /// A version of our own is none, which is a defect.
    #[error(transparent)]
    Version(#[from] pep440_rs::VersionParseError),
    /// The default tag needs a version.
    #[error(
        "[project] leaves `version` to the build; say which it is with --project-version, or name the image with --tag"
    )]
    NoVersion,
    /// The backend would ask the repository, which is not in the context.
    #[error(
        "`{asked}` takes the version from the repository, which is not part of the image; say which it is with \
         --project-version"
    )]
    VersionFromRepository {
        /// The build requirement that asks.
        asked: &'static str,
    },
    /// The backend asks the repository, and cannot be told otherwise.
    #[error(
        "`{asked}` takes the version from the repository, which is not part of the image, and from nowhere else; \
         write `version` into [project]"
    )]
    VersionOnlyFromRepository {
        /// The build requirement that asks.
        asked: &'static str,
    },
    /// The project has a version, and another one was given.
    #[error("[project] has version {written}, and --project-version says {given}; leave one out")]
    TwoVersions {
        /// The version in `pyproject.toml`.
        written: Version,
        /// The version given.
        given: Version,
    },
    /// A file that the build reads is not there.
    #[error("{}, which {needed_by} needs, is not in the project", Escaped(.path))]
    NeededFileMissing {
        /// The file.
        path: String,
        /// What reads it.
        needed_by: &'static str,
    },
    /// A file that the build reads is kept out of the context.
    #[error("{}, which {needed_by} needs, is kept out ({reason}); bring it back with `include`", Escaped(.path))]
    NeededFileKeptOut {
        /// The file.
        path: String,
        /// What reads it.
        needed_by: &'static str,
        /// The rule.
        reason: ExclusionReason,
    },
    /// A file that no context can hold.
    #[error("{} is {kind}; keep it out with `exclude`", Escaped(.path))]
    Special {
        /// The path.
        path: String,
        /// What it is.
        kind: SpecialKind,
    },
    /// A link leads out of the project.
    #[error(
        "link {} leads out of the project, to {}; keep it out with `exclude`, or take what it leads to with \
         `symlinks = \"follow\"`",
        Escaped(.path),
        Escaped(.target)
    )]
    LinkLeaves {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
    /// A link leads to a path that is kept out of the context.
    #[error(
        "link {} leads to {}, which is kept out ({reason}); bring that back with `include`, or keep the link out with \
         `exclude`",
        Escaped(.path),
        Escaped(.target)
    )]
    LinkToKeptOut {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
        /// The rule.
        reason: ExclusionReason,
    },
    /// A link leads to itself.
    #[error("link {} leads in a circle, to {}; keep it out with `exclude`", Escaped(.path), Escaped(.target))]
    LinkLoop {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
    /// The extras or groups cannot be chosen.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A dependency on a folder of this machine, in a project that was handed in without its workspace.
    #[error("dependency {} names a local path, which only a workspace has; read one with `read_workspace`", Escaped(.requirement))]
    LocalDependency {
        /// The requirement.
        requirement: String,
    },
    /// A lock cannot be used, or is out of date.
    #[error(transparent)]
    Lock(Box<LockError>),
    /// The Python versions that are asked for exclude each other.
    #[error(transparent)]
    Python(Box<PythonError>),
    /// The name of a folder means something to a shell.
    #[error("{} is part of the commands that build it; rename it to letters, digits and `._-+@` alone", Escaped(.path))]
    FolderName {
        /// The folder or file.
        path: String,
    },
    /// A manifest cannot be read.
    #[error(transparent)]
    Manifest(Box<ProjectError>),
    /// The only lock is one that pip does not read.
    #[error(
        "pip cannot read uv.lock, and installing without the lock would give other versions; leave the installer to uv, or \
         write a lock that pip reads: `uv export --format pylock.toml --output-file pylock.toml`"
    )]
    UvLockNeedsUv,
    /// A requirement file lacks what the project requires.
    #[error(
        "requirements.txt: out of date: {} is not in it; run `uv pip compile pyproject.toml --output-file requirements.txt`",
        Escaped(.missing)
    )]
    RequirementsStale {
        /// The requirement.
        missing: String,
    },
    /// A value that becomes part of the image, or of the engine's command line, holds credentials.
    #[error(
        "{what}: `{url}` holds credentials, which the image and the command line would tell; take them out, and give \
         them in a file: --secret id=netrc,src=FILE (those of a proxy belong into the engine's configuration)"
    )]
    Credentials {
        /// What it is.
        what: String,
        /// The URL.
        url: CredentialUrl,
    },
    /// A secret would be part of the image.
    #[error("{} is the file of secret `{id}`, and in the context; keep it out with `exclude`", Escaped(.path))]
    SecretInContext {
        /// The secret.
        id: SecretId,
        /// Its file.
        path: String,
    },
    /// The Nix expression is not there.
    #[error("{}, which [tool.agentix] nix names, is not in the context", Escaped(.path))]
    NoNixFile {
        /// The path.
        path: String,
    },
    /// A Debian package with and without a version, or with two.
    #[error("[tool.agentix] apt has both `{one}` and `{other}`; leave one out")]
    AptTwice {
        /// The package.
        one: AptPackage,
        /// The same package.
        other: AptPackage,
    },
    /// The programs of the environment would not be found.
    #[error(
        "[tool.agentix] env sets PATH to {}, in which nothing is expanded, without /nix/runtime/bin; put it in",
        Escaped(.path)
    )]
    PathWithoutEnvironment {
        /// The value.
        path: String,
    },
    /// Two manifests name different package indexes alike, and sources of packages go by the name.
    #[error("package index {} has one URL in one manifest, and another one in another; name one of them otherwise", Escaped(.name))]
    TwoIndexes {
        /// The name.
        name: String,
    },
    /// A text does not fit a line of a Dockerfile.
    #[error("{what} is {length} bytes long; a line of a Dockerfile has room for {most}")]
    TooLong {
        /// What the text is.
        what: &'static str,
        /// Its length.
        length: usize,
        /// The longest that fits.
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
