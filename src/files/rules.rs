//! Decides for each path of a project whether it is part of the context.
//!
//! From strongest to weakest:
//!
//! 1. `exclude` excludes a path.
//! 2. `include` includes a path, whatever the weaker rules say.
//! 3. `.dockerignore` excludes the paths that it names. If `Dockerfile.dockerignore` exists, it is used instead.
//! 4. The project's own `.gitignore` files exclude the paths that they name, if they are enabled.
//! 5. The rules of this module exclude version control data, caches, virtual environments, build output and secrets.
//!    `secret-files` adds patterns for secrets.
//!
//! An excluded folder excludes everything below it, unless a pattern includes a path again.

mod git_ignores;
mod ignore_lines;
mod sensitive;

use std::fmt;

use serde::Serialize;

use super::docker_ignore::DockerIgnore;
use crate::project::{Config, Symlinks};
use crate::value::{ByteSize, OneLine, Pattern, PatternSet};

pub(crate) use git_ignores::GitIgnores;
pub(crate) use sensitive::{ContentRule, Reading};
pub use sensitive::{SensitiveFile, SensitiveKind};

/// The name of the file that marks a folder written by this tool. Such a folder may be replaced, and is never part of a
/// context.
pub const STAGE_MARKER: &str = ".agentix-stage";

/// The names of version control data.
const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn"];

/// The names of cache folders.
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

/// The names of build output folders at the root of a project.
const BUILD_OUTPUT: &[&str] = &["build", "dist", ".eggs"];

/// Why a path is excluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExclusionReason {
    /// The data of git, Mercurial or Subversion.
    VersionControl,
    /// The cache of a tool.
    Cache,
    /// A folder with a `pyvenv.cfg`.
    VirtualEnvironment,
    /// The output of a build of the project: `build/`, `dist/` and `.eggs/` at the root, and `*.egg-info` folders,
    /// except in a source distribution.
    BuildOutput,
    /// A folder written by this tool.
    StagedContext,
    /// Credentials, a private key or another secret.
    Secret(SensitiveFile),
    /// A `secret-files` pattern.
    SecretFiles(Pattern),
    /// A line of a `.dockerignore`.
    DockerIgnore {
        /// The name of the file: `.dockerignore` or `Dockerfile.dockerignore`.
        file: &'static str,
        /// The line.
        pattern: Pattern,
    },
    /// A line of a `.gitignore`.
    GitIgnore {
        /// The path of the file in the project.
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
            Self::SecretFiles(pattern) => write!(f, "a secret: secret-files: {}", OneLine(pattern.as_str())),
            Self::DockerIgnore { file, pattern } => write!(f, "{file}: {}", OneLine(pattern.as_str())),
            Self::GitIgnore { file, pattern } => write!(f, "{}: {}", OneLine(file), OneLine(pattern)),
            Self::Exclude(pattern) => write!(f, "exclude: {}", OneLine(pattern.as_str())),
        }
    }
}

impl ExclusionReason {
    /// Returns `true` if the path is excluded because it is a secret.
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_) | Self::SecretFiles(_))
    }
}

/// The facts about a path that the rules need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathFacts {
    /// A folder, and the files in it that identify its purpose.
    Folder {
        /// The folder contains a `pyvenv.cfg`.
        virtual_environment: bool,
        /// The folder contains the [marker](STAGE_MARKER) of this tool.
        staged: bool,
    },
    /// A file.
    File {
        /// The secret found in the [content](SensitiveFile::in_content), if the file was read.
        secret: Option<SensitiveFile>,
    },
    /// A link or a special file.
    Other,
}

/// The rules for one project.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    include: PatternSet,
    exclude: PatternSet,
    secret_files: PatternSet,
    docker_ignore: DockerIgnore,
    symlinks: Symlinks,
    max_context: Option<ByteSize>,
    keep_egg_info: bool,
    git_ignore: bool,
}

impl Rules {
    /// Creates the rules from a configuration and the project's `.dockerignore`.
    pub fn new(config: &Config, docker_ignore: DockerIgnore) -> Self {
        Self {
            include: config.include.iter().cloned().collect(),
            exclude: config.exclude.iter().cloned().collect(),
            secret_files: config.secret_files.iter().cloned().collect(),
            docker_ignore,
            symlinks: config.symlinks.unwrap_or_default(),
            max_context: config.max_context,
            keep_egg_info: false,
            git_ignore: config.gitignore == Some(true),
        }
    }

    /// Returns the rules for a source distribution, which has a `PKG-INFO` at its root.
    ///
    /// They keep `*.egg-info`: without a repository, setuptools reads from it which data files belong to a package.
    #[must_use]
    pub fn for_source_distribution(self) -> Self {
        Self { keep_egg_info: true, ..self }
    }

    /// Returns how kept symbolic links are handled.
    pub fn symlinks(&self) -> Symlinks {
        self.symlinks
    }

    /// Returns the largest context that the configuration allows.
    pub(crate) fn max_context(&self) -> Option<ByteSize> {
        self.max_context
    }

    /// Returns `true` if the project's own `.gitignore` files apply.
    pub(crate) fn reads_git_ignore(&self) -> bool {
        self.git_ignore
    }

    /// Returns why the path is excluded, or `None` if it is part of the context.
    ///
    /// `folder` is the reason why the path's folder is excluded, if it is. `.gitignore` files are not applied: they are
    /// found while a folder is [walked](crate::files::walk()).
    pub(crate) fn judge(
        &self,
        path: &str,
        facts: PathFacts,
        folder: Option<&ExclusionReason>,
    ) -> Option<ExclusionReason> {
        self.judge_with_git(path, facts, folder, &GitIgnores::default())
    }

    /// Does the same as [`judge`](Self::judge), and applies the given `.gitignore` files.
    pub(crate) fn judge_with_git(
        &self,
        path: &str,
        facts: PathFacts,
        folder: Option<&ExclusionReason>,
        git_ignores: &GitIgnores,
    ) -> Option<ExclusionReason> {
        if let Some(pattern) = self.exclude.first_match(path) {
            return Some(ExclusionReason::Exclude(pattern.clone()));
        }
        if self.include.first_match(path).is_some() {
            return None;
        }
        if let Some(pattern) = self.docker_ignore.ignores(path) {
            return Some(ExclusionReason::DockerIgnore { file: self.docker_ignore.file(), pattern: pattern.clone() });
        }
        match folder {
            // The `.dockerignore` check above includes exceptions below an ignored folder. A folder that is excluded
            // for any other reason excludes its contents.
            Some(ExclusionReason::DockerIgnore { .. }) | None => {
                let ignored = git_ignores.reason(path, matches!(facts, PathFacts::Folder { .. }));
                ignored.or_else(|| self.default_reason(path, facts))
            }
            Some(reason) => Some(reason.clone()),
        }
    }

    /// Applies the default rules, the weakest ones.
    fn default_reason(&self, path: &str, facts: PathFacts) -> Option<ExclusionReason> {
        let name = name_of(path);
        let at_root = name.len() == path.len();
        // In a submodule, `.git` is a file.
        if VERSION_CONTROL.contains(&name) {
            return Some(ExclusionReason::VersionControl);
        }
        if let Some(pattern) = self.secret_files.first_match(path) {
            return Some(ExclusionReason::SecretFiles(pattern.clone()));
        }
        match facts {
            PathFacts::Folder { staged: true, .. } => Some(ExclusionReason::StagedContext),
            PathFacts::Folder { virtual_environment: true, .. } => Some(ExclusionReason::VirtualEnvironment),
            PathFacts::Folder { .. } if CACHES.contains(&name) => Some(ExclusionReason::Cache),
            PathFacts::Folder { .. } if ends_with(name, ".egg-info") && !self.keep_egg_info => {
                Some(ExclusionReason::BuildOutput)
            }
            PathFacts::Folder { .. } if at_root && BUILD_OUTPUT.contains(&name) => Some(ExclusionReason::BuildOutput),
            PathFacts::Folder { .. } => SensitiveFile::of_folder(path).map(ExclusionReason::Secret),
            PathFacts::File { secret: Some(secret) } => Some(ExclusionReason::Secret(secret)),
            PathFacts::File { secret: None } | PathFacts::Other => {
                SensitiveFile::of_file(path).map(ExclusionReason::Secret)
            }
        }
    }

    /// Returns `true` if a path below the excluded folder may be included.
    pub fn may_return_below(&self, folder: &str, reason: &ExclusionReason) -> bool {
        match reason {
            ExclusionReason::Exclude(_) => false,
            ExclusionReason::DockerIgnore { .. } if self.docker_ignore.may_except_below(folder) => true,
            _ => self.include.may_match_below(folder),
        }
    }
}

/// Returns whether a path is a cache of a tool or the compiled form of a module, by its name.
pub(crate) fn is_cache(path: &str) -> bool {
    let name = name_of(path);
    CACHES.contains(&name) || [".pyc", ".pyo", ".DS_Store"].iter().any(|end| name.ends_with(end))
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn ends_with(name: &str, ending: &str) -> bool {
    let start = name.len().checked_sub(ending.len());
    start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests;
