//! Errors about where uv takes packages from.

use crate::value::{Escaped, ProjectName};

/// A place that packages come from on this machine, and that a build does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UvSourceError {
    /// A source in `[tool.uv.sources]` may belong to a dependency that only a build knows.
    #[error(
        "[tool.uv.sources] `{name}` may belong to a dependency of `{project}` that only its build knows (`dynamic`), and would \
         come from an index; list it in [project] dependencies, or run `uv lock`"
    )]
    SourceOfDynamic {
        /// The project.
        project: ProjectName,
        /// The name of the source.
        name: ProjectName,
    },
    /// A setting of uv names a folder as an index.
    #[error(
        "{} is a folder and an index of uv, but only a folder of archives can be part of the build: name it in `find-links` of \
         [tool.uv], or as a `flat` index of the workspace's root",
        Escaped(.path)
    )]
    FolderAsIndex {
        /// The path, as it is written.
        path: String,
    },
    /// A `uv.toml`, which is not read, decides which packages are installed.
    #[error(
        "{}: `{key}` decides which packages uv installs or builds with, but settings of uv are read from [tool.uv] of \
         pyproject.toml only; move it there",
        Escaped(.file)
    )]
    SettingInUvToml {
        /// The `uv.toml`.
        file: String,
        /// The key.
        key: String,
    },
    /// Two manifests use one name for different package indexes, so a source that refers to the name is ambiguous.
    #[error("package index {} has different URLs in two manifests; rename one of them", Escaped(.name))]
    TwoIndexes {
        /// The name.
        name: String,
    },
}
