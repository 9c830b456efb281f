//! What of a project belongs into its image, decided path by path.
//!
//! From strongest to weakest:
//!
//! 1. `exclude` keeps a path out,
//! 2. `include` brings a path in, whatever else is said of it,
//! 3. `.dockerignore` keeps out what it names (or `Dockerfile.dockerignore` alone, where there is one),
//! 4. so do the project's own `.gitignore` files, if that was asked for, and
//! 5. the rules of this module: version control, caches, virtual environments, build output, secrets.
//!
//! What lies in a folder that is kept out is kept out with it, unless a pattern brings it back.

mod git_ignores;
mod sensitive;

use std::fmt;

use serde::Serialize;

use super::docker_ignore::DockerIgnore;
use crate::project::{Config, Symlinks};
use crate::value::{OneLine, Pattern};

pub(crate) use git_ignores::GitIgnores;
pub use sensitive::{SensitiveFile, SensitiveKind};

/// The file that marks a folder written by this tool: it may be replaced, and is never part of a context itself.
pub const STAGE_MARKER: &str = ".agentix-stage";

/// Why a path is kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExclusionReason {
    /// The data of git, Mercurial or Subversion.
    VersionControl,
    /// What a tool keeps to be faster next time.
    Cache,
    /// A folder with a `pyvenv.cfg`.
    VirtualEnvironment,
    /// What a build of the project leaves: `build/` and `dist/` at the root, `*.egg-info` anywhere but in a source
    /// distribution.
    BuildOutput,
    /// A folder that this tool wrote.
    StagedContext,
    /// Credentials or a private key.
    Secret(SensitiveFile),
    /// A line of the file that says what docker leaves out.
    DockerIgnore {
        /// Its name: `.dockerignore` or `Dockerfile.dockerignore`.
        file: &'static str,
        /// The line.
        pattern: Pattern,
    },
    /// A line of a `.gitignore`.
    GitIgnore {
        /// The file, by its path in the project.
        file: String,
        /// The line.
        pattern: String,
    },
    /// An `exclude` pattern.
    Exclude(Pattern),
}

impl fmt::Display for ExclusionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VersionControl => f.write_str("version control"),
            Self::Cache => f.write_str("a cache"),
            Self::VirtualEnvironment => f.write_str("a virtual environment"),
            Self::BuildOutput => f.write_str("build output"),
            Self::StagedContext => f.write_str("a context staged by agentix-gen"),
            Self::Secret(secret) => write!(f, "a secret: {secret}"),
            Self::DockerIgnore { file, pattern } => write!(f, "{file}: {}", OneLine(pattern.as_str())),
            Self::GitIgnore { file, pattern } => write!(f, "{}: {}", OneLine(file), OneLine(pattern)),
            Self::Exclude(pattern) => write!(f, "exclude: {}", OneLine(pattern.as_str())),
        }
    }
}

/// What was seen at a path, as far as the rules need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathFacts {
    /// A folder, and the files in it that tell what it is for.
    Folder {
        /// It holds a `pyvenv.cfg`.
        virtual_environment: bool,
        /// It holds this tool's own marker.
        staged: bool,
    },
    /// A file.
    File {
        /// What its text tells of it. Only asked where it [may](SensitiveFile::may_be_in) tell anything.
        secret: Option<SensitiveFile>,
    },
    /// A link or a special file.
    Other,
}

/// The rules that hold for one project.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    docker_ignore: DockerIgnore,
    symlinks: Symlinks,
    keep_egg_info: bool,
    git_ignore: bool,
}

impl Rules {
    /// The rules of a configuration and of the project's `.dockerignore`.
    pub fn new(config: &Config, docker_ignore: DockerIgnore) -> Self {
        Self {
            include: config.include.clone(),
            exclude: config.exclude.clone(),
            docker_ignore,
            symlinks: config.symlinks.unwrap_or_default(),
            keep_egg_info: false,
            git_ignore: config.gitignore == Some(true),
        }
    }

    /// The same for a source distribution, which a `PKG-INFO` at its root shows. Its `*.egg-info` is a source like any
    /// other: where there is no repository to ask, setuptools reads in it which data files belong to a package.
    #[must_use]
    pub fn for_source_distribution(self) -> Self {
        Self { keep_egg_info: true, ..self }
    }

    /// What becomes of the links that are kept.
    pub fn symlinks(&self) -> Symlinks {
        self.symlinks
    }

    /// Whether the project's own `.gitignore` files count.
    pub(crate) fn reads_git_ignore(&self) -> bool {
        self.git_ignore
    }

    /// Why the path is kept out; none where it belongs into the context. `folder` is why the folder that it is in was
    /// kept out, if it was. `.gitignore` files are not asked: they are found as a folder is [walked](crate::files::walk()).
    pub(crate) fn judge(
        &self,
        path: &str,
        sight: PathFacts,
        folder: Option<&ExclusionReason>,
    ) -> Option<ExclusionReason> {
        self.judge_with_git(path, sight, folder, &GitIgnores::default())
    }

    /// The same, where these `.gitignore` files were met.
    pub(crate) fn judge_with_git(
        &self,
        path: &str,
        sight: PathFacts,
        folder: Option<&ExclusionReason>,
        git_ignores: &GitIgnores,
    ) -> Option<ExclusionReason> {
        if let Some(pattern) = self.exclude.iter().find(|pattern| pattern.matches(path)) {
            return Some(ExclusionReason::Exclude(pattern.clone()));
        }
        if self.include.iter().any(|pattern| pattern.matches(path)) {
            return None;
        }
        if let Some(pattern) = self.docker_ignore.ignores(path) {
            return Some(ExclusionReason::DockerIgnore { file: self.docker_ignore.file(), pattern: pattern.clone() });
        }
        match folder {
            // Its own lines let a path out of a folder that `.dockerignore` names; nothing else does.
            Some(ExclusionReason::DockerIgnore { .. }) | None => {
                let ignored = git_ignores.reason(path, matches!(sight, PathFacts::Folder { .. }));
                ignored.or_else(|| self.usual_reason(path, sight))
            }
            Some(reason) => Some(reason.clone()),
        }
    }

    /// The rules that hold where nobody says otherwise.
    fn usual_reason(&self, path: &str, sight: PathFacts) -> Option<ExclusionReason> {
        let name = name_of(path);
        let at_root = name.len() == path.len();
        // A submodule's `.git` is a file.
        if matches!(name, ".git" | ".hg" | ".svn") {
            return Some(ExclusionReason::VersionControl);
        }
        match sight {
            PathFacts::Folder { staged: true, .. } => Some(ExclusionReason::StagedContext),
            PathFacts::Folder { virtual_environment: true, .. } => Some(ExclusionReason::VirtualEnvironment),
            PathFacts::Folder { .. } if is_cache(name) => Some(ExclusionReason::Cache),
            PathFacts::Folder { .. } if ends_with(name, ".egg-info") && !self.keep_egg_info => {
                Some(ExclusionReason::BuildOutput)
            }
            PathFacts::Folder { .. } if at_root && matches!(name, "build" | "dist" | ".eggs") => {
                Some(ExclusionReason::BuildOutput)
            }
            PathFacts::Folder { .. } => SensitiveFile::of_folder(path).map(ExclusionReason::Secret),
            PathFacts::File { secret: Some(secret) } => Some(ExclusionReason::Secret(secret)),
            PathFacts::File { secret: None } | PathFacts::Other => {
                SensitiveFile::of_file(path).map(ExclusionReason::Secret)
            }
        }
    }

    /// Whether something below a folder that is kept out may be brought back.
    pub fn may_return_below(&self, folder: &str, reason: &ExclusionReason) -> bool {
        match reason {
            ExclusionReason::Exclude(_) => false,
            ExclusionReason::DockerIgnore { .. } if self.docker_ignore.may_except_below(folder) => true,
            _ => self.include.iter().any(|pattern| pattern.may_match_below(folder)),
        }
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn ends_with(name: &str, ending: &str) -> bool {
    let start = name.len().checked_sub(ending.len());
    start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

fn is_cache(name: &str) -> bool {
    const CACHES: &[&str] = &[
        "__pycache__",
        ".pytest_cache",
        ".ruff_cache",
        ".mypy_cache",
        ".hypothesis",
        ".tox",
        ".nox",
        ".ipynb_checkpoints",
        "node_modules",
    ];
    CACHES.contains(&name)
}

#[cfg(test)]
mod tests;
