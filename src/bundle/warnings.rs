//! What a build does not use, or uses in another way than the project may expect. None of it stops a build.

use std::fmt;

use pep440_rs::Version;

use super::dependencies::Dependencies;
use super::files::excluded_at;
use super::installer::Installer;
use super::portable;
use super::unused::{self, UvSettings};
use crate::files::{ExclusionReason, Listing, SourceToken};
use crate::project::{Config, PythonConstraint, PythonVersion, Workspace};
use crate::value::{AptPackage, ImageRef, OneLine, ProjectName};

/// A warning about a bundle. Displayed, it is one line: what is the case, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A file or table of the project that is not used.
    Unused {
        /// The file or the table.
        input: String,
        /// Why it is not used.
        reason: &'static str,
    },
    /// The source code contains a token or a private key.
    Token(SourceToken),
    /// A setting has the name of a secret, and its value is part of the image or of its history.
    SecretName {
        /// The key of the configuration: `env`, `label` or `build-arg`.
        key: &'static str,
        /// The name of the variable, label or argument.
        name: String,
    },
    /// The packages of a lock are installed without hashes.
    Unhashed {
        /// The lock.
        lock: &'static str,
        /// A package without a hash.
        package: ProjectName,
    },
    /// `uv.lock` repeats a setting that the manifest beside it does not have.
    LockSetting {
        /// The setting.
        setting: String,
    },
    /// The project asks for a Python that the base image does not have.
    Python {
        /// What the project asks for.
        constraint: PythonConstraint,
        /// The image.
        image: ImageRef,
        /// The version that the image has.
        has: PythonVersion,
        /// Whether the version is known from the image. If not, it is the version of most runtime images.
        is_known: bool,
    },
    /// A dependency replaces the framework of the image that the bundle starts from.
    FrameworkReplaced {
        /// The version that the project asks for.
        wanted: String,
        /// The image.
        image: ImageRef,
        /// The version that the image has by its name or its option.
        has: Version,
    },
    /// Files that a manifest names are excluded. The package can be built without them.
    NamedFilesExcluded {
        /// The key that names them.
        key: String,
        /// The files.
        paths: Vec<String>,
        /// Why the first one is excluded.
        reason: ExclusionReason,
    },
    /// A manifest names a file outside the project's folder. The package can be built without it.
    NamedFileOutside {
        /// The key that names it.
        key: String,
        /// The path, relative to the project's folder.
        path: String,
    },
    /// The version from `--project-version` is that of the image, and the build computes that of the package.
    VersionOfImage {
        /// Whether the name of the image has it. Its label always does.
        is_in_name: bool,
    },
    /// An index is meant for some packages only, and is used for all.
    IndexForAll {
        /// The name of the index.
        index: String,
    },
    /// A task image that mounts a portable bundle does not have its Debian packages.
    NotPortable {
        /// One of the packages.
        package: AptPackage,
    },
    /// Submodules of git in the project's folder were not fetched.
    EmptySubmodules {
        /// Their folders.
        paths: Vec<String>,
    },
    /// Files of the context are pointers of Git LFS: their content was not fetched.
    LfsPointers {
        /// The files.
        paths: Vec<String>,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unused { input, reason } => {
                let are = if input.contains(", ") { "are" } else { "is" };
                write!(f, "{} {are} not used: {reason}", OneLine(input))
            }
            Self::Token(SourceToken { path, line, secret, .. }) => write!(
                f,
                "{}:{line} contains a secret, which will be part of the context: {secret}; read it from a variable or a file when \
                 the program runs, or accept it with --include PATH",
                OneLine(path)
            ),
            Self::SecretName { key, name } => write!(
                f,
                "{key}.{} has the name of a secret, and everybody who has the image can read its value: pass it to the build \
                 steps with `secret`, or to a container when it starts (--env NAME)",
                OneLine(name)
            ),
            Self::Unhashed { lock, package } => write!(
                f,
                "{lock}: no package is checked by its hash, because `{package}` has none, and pip wants all or none"
            ),
            Self::LockSetting { setting } => write!(
                f,
                "uv.lock has {}, which [tool.uv] does not name: unless a setting of uv outside the project does, the lock is \
                 out of date; name it in [tool.uv], or run `uv lock`",
                OneLine(setting)
            ),
            Self::Python { constraint: PythonConstraint { place, text }, image, has, is_known } => {
                let (place, text) = (OneLine(place), OneLine(text));
                let remedy = if *is_known { "; to get one: " } else { " unless you built it for this project: " };
                write!(f, "{place} asks for Python {text}, but `{image}` has {has}{remedy}agentix-gen runtime PATH")
            }
            Self::FrameworkReplaced { wanted, image, has } => write!(
                f,
                "the project installs agentixx {wanted}, but `{image}` has {has}: the server may not start; use a runtime \
                 image with the same version: agentix-gen runtime --agentix-version V"
            ),
            Self::NamedFilesExcluded { key, paths, reason } => write!(
                f,
                "{}, which {} names, will not be in the package: excluded ({reason}); include with `include`",
                OneLine(&first_of(paths)),
                OneLine(key)
            ),
            Self::NamedFileOutside { key, path } => write!(
                f,
                "{}, which {} names, will not be in the package: it is outside the project's folder; copy it into the folder",
                OneLine(path),
                OneLine(key)
            ),
            Self::VersionOfImage { is_in_name } => write!(
                f,
                "project-version is only in the {} of the image: the build computes the version of the package itself",
                if *is_in_name { "name and the label" } else { "label" }
            ),
            Self::IndexForAll { index } => write!(
                f,
                "[[tool.poetry.source]] {} is used for all packages, not only for those that name it, because installers know \
                 no other index: lock them with `poetry lock`",
                OneLine(index)
            ),
            Self::NotPortable { package } => write!(
                f,
                "the Debian package {package} is not under /nix, and a task image that mounts this image has it only if it is \
                 installed there; a Nix expression puts programs under /nix"
            ),
            Self::EmptySubmodules { paths } => {
                write!(
                    f,
                    "{}: a submodule of git without its files; run `git submodule update --init`",
                    OneLine(&first_of(paths))
                )
            }
            Self::LfsPointers { paths } => {
                write!(f, "{}: a pointer of Git LFS, not the content; run `git lfs pull`", OneLine(&first_of(paths)))
            }
        }
    }
}

/// Names the first paths of a list.
pub(super) fn first_of(paths: &[String]) -> String {
    let named = paths.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = paths.len().saturating_sub(3);
    if more == 0 { named } else { format!("{named} and {more} more") }
}

/// The files with dependencies, in the order in which one is chosen.
const LOCKS: [&str; 7] =
    ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.txt", "Pipfile"];

/// Returns the warnings about a project's inputs.
pub(super) fn collect(
    workspace: &Workspace,
    listing: &Listing,
    dependencies: &Dependencies,
    installer: &Installer,
    uv: &UvSettings,
    config: &Config,
) -> Vec<Warning> {
    let project = workspace.project();
    let exists = |name: &str| {
        let path = workspace.project_path().join(name).into_string();
        listing.get(&path).is_some() || listing.excluded().iter().any(|excluded| path == excluded.path)
    };
    let used = used_lock(dependencies);
    let mut warnings = Vec::new();
    let mut add = |input: &str, reason: &'static str| {
        warnings.push(Warning::Unused { input: input.to_owned(), reason });
    };
    for lock in LOCKS.into_iter().filter(|lock| Some(*lock) != used && exists(lock)) {
        let is_used =
            lock == "requirements.txt" && (!workspace.listed().is_empty() || workspace.list_names_only_the_project());
        if let Some(reason) = why_unused(lock, used, workspace).filter(|_| !is_used) {
            add(lock, reason);
        }
    }
    for (input, reason) in unused::inputs(workspace, config, exists, dependencies, installer, uv) {
        add(&input, reason);
    }
    if !project.pdm_sources().is_empty() && used != Some("pdm.lock") {
        add("[[tool.pdm.source]]", "it applies to the packages of a pdm.lock only");
    }
    let sources = project.poetry_sources();
    match dependencies {
        _ if !sources.exist => {}
        Dependencies::Exported { lock: "poetry.lock", .. } | Dependencies::None => {}
        Dependencies::Listed(_) if uv.are_read => add(POETRY_SOURCE, "uv takes indexes from [[tool.uv.index]]"),
        Dependencies::Listed(_) => {
            warnings.extend(sources.of_packages.iter().map(|index| Warning::IndexForAll { index: index.clone() }));
        }
        _ => add(POETRY_SOURCE, "it applies to the packages of a poetry.lock, or without a lock"),
    }
    let is_wanted = |path: &&String| excluded_at(listing, path).is_none();
    let empty: Vec<String> = listing.empty_submodules().iter().filter(is_wanted).cloned().collect();
    if !empty.is_empty() {
        warnings.push(Warning::EmptySubmodules { paths: empty });
    }
    if !listing.lfs_pointers().is_empty() {
        warnings.push(Warning::LfsPointers { paths: listing.lfs_pointers().to_vec() });
    }
    if let Some(package) = config.apt.first().filter(|_| portable::is_wanted(config)) {
        warnings.push(Warning::NotPortable { package: package.clone() });
    }
    if let Dependencies::UvLock { unnamed, .. } = dependencies {
        warnings.extend(unnamed.iter().map(|setting| Warning::LockSetting { setting: setting.clone() }));
    }
    if let Dependencies::Exported { lock, unhashed: Some(package), .. } = dependencies {
        warnings.push(Warning::Unhashed { lock, package: package.clone() });
    }
    warnings
}

const POETRY_SOURCE: &str = "[[tool.poetry.source]]";

/// Returns the file from which the dependencies are installed.
fn used_lock(dependencies: &Dependencies) -> Option<&'static str> {
    match dependencies {
        Dependencies::UvLock { .. } => Some("uv.lock"),
        Dependencies::Pylock(_) => Some("pylock.toml"),
        Dependencies::Exported { lock, .. } => Some(lock),
        Dependencies::Requirements(_) => Some("requirements.txt"),
        Dependencies::None | Dependencies::Listed(_) => None,
    }
}

fn why_unused(lock: &str, used: Option<&str>, workspace: &Workspace) -> Option<&'static str> {
    let project = workspace.project();
    match (lock, used) {
        ("uv.lock", _) if !project.is_read_by_uv() => {
            Some("uv reads [project] only, which pyproject.toml does not have")
        }
        (_, Some("uv.lock")) => Some("uv.lock comes first"),
        (_, Some("pylock.toml")) => Some("pylock.toml comes first"),
        (_, Some("poetry.lock")) => Some("poetry.lock comes first"),
        (_, Some("pdm.lock")) => Some("pdm.lock comes first"),
        ("Pipfile", Some("Pipfile.lock")) => None,
        (_, Some("Pipfile.lock")) => Some("Pipfile.lock comes first"),
        (_, Some("requirements.txt")) => Some("requirements.txt comes first"),
        // A file that the build itself reads for its dependencies.
        ("requirements.txt", None) if project.named_files().files.iter().any(|file| file.path.as_str() == lock) => None,
        ("requirements.txt", None) if project.build_mentions(lock) => None,
        ("requirements.txt", None) => Some(
            "not every version in it is pinned, and the project lists its own dependencies; pin them to make it a lock",
        ),
        ("Pipfile", None) if !project.is_described_by_pipfile() && workspace.locks().pipfile_lock.is_none() => {
            Some("it has no Pipfile.lock, and the project lists its own dependencies")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
