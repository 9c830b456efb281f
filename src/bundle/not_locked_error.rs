//! The errors of a project whose packages only a lock can name.

use crate::value::{Escaped, ProjectName};

/// Only a lock says which packages to install, and there is none that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotLockedError {
    /// The only lock is `uv.lock`, which pip does not read.
    #[error(
        "pip cannot read uv.lock, and would install other versions without it; set `installer` to `uv`, or \
         write a lock that pip reads: `uv export --format pylock.toml --output-file pylock.toml`"
    )]
    UvLockNeedsUv,
    /// The project is described by a `Pipfile` that has no lock.
    #[error("Pipfile has no Pipfile.lock, so nothing says which packages to install; run `pipenv lock`")]
    PipfileNotLocked,
    /// A `Pipfile.lock` without the `Pipfile` that it was made from.
    #[error("Pipfile.lock has no Pipfile beside it, so it cannot be checked; add the Pipfile, or delete Pipfile.lock")]
    NoPipfile,
    /// Poetry's version constraint of a dependency has alternatives that no requirement of pip and uv expresses.
    #[error(
        "tool.poetry: `{project}` requires `{name}` with the alternatives {}, which pip and uv cannot express; run `poetry lock`, \
         or write one range with exclusions (`>=1,!=1.5,<2`)",
        Escaped(.constraint)
    )]
    Alternatives {
        /// The project or the sibling with the requirement.
        project: ProjectName,
        /// The dependency.
        name: ProjectName,
        /// The constraint.
        constraint: String,
    },
    /// A group is in a table that the tool of the lock does not read.
    #[error("group `{group}` is in {place}, which {lock} does not cover; {remedy}")]
    Group {
        /// The group.
        group: ProjectName,
        /// The table or file that defines it.
        place: &'static str,
        /// The lock.
        lock: &'static str,
        /// How to lock it.
        remedy: &'static str,
    },
    /// An extra is in a table that uv does not read.
    #[error(
        "extra `{extra}` is in [tool.poetry], which uv.lock does not cover; move it to [project], and run `uv lock`"
    )]
    Extra {
        /// The extra.
        extra: ProjectName,
    },
}
