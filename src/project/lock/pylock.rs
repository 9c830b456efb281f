//! `pylock.toml`: the standard lock of PEP 751.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers, release_specifiers_to_ranges};
use serde::Deserialize;

use super::error::{LockError, LockErrorKind, first_line};
use super::uv_freshness::has_largest;
use super::{parts, refuse_credentials, refuse_too_many_tokens, text_of};
use crate::project::manifest::Project;
use crate::project::requirement::may_hold_on_linux;
use crate::value::ProjectName;

pub(super) const REMEDY: &str = "`uv export --format pylock.toml` or `pip lock`";

/// A `pylock.toml` with `lock-version` 1, as in [the specification]: the packages of one project, or of some of its
/// environments, extras and dependency groups, each with a file and its hash.
///
/// It contains the result of resolution but not the requirements. Only its Python versions can be checked against the
/// project, see [`Pylock::check`].
///
/// [the specification]: https://packaging.python.org/en/latest/specifications/pylock-toml/
#[derive(Debug, Clone)]
pub struct Pylock {
    file: String,
    text: String,
    requires_python: Option<VersionSpecifiers>,
    environments: Vec<String>,
    extras: Vec<ProjectName>,
    groups: Vec<ProjectName>,
    default_groups: Vec<ProjectName>,
    packages: Vec<PylockPackage>,
}

/// A `[[packages]]` entry of a `pylock.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PylockPackage {
    /// The name.
    pub name: ProjectName,
    /// The version; `None` for a local project.
    pub version: Option<Version>,
    /// The environments, extras and dependency groups that need it; `None` for all.
    pub marker: Option<String>,
    /// The folder of a local project, relative to the lock.
    pub directory: Option<String>,
    /// The kind of the repository that it is cloned from, such as `git`.
    pub vcs: Option<String>,
    /// The URL of the repository.
    pub repository: Option<String>,
}

impl Pylock {
    /// Parses the bytes of a `pylock.toml`.
    ///
    /// # Errors
    ///
    /// If the lock is too large, is not UTF-8, has an unsupported format, an invalid value or a URL with credentials.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        Self::parse("pylock.toml", text_of("pylock.toml", bytes)?)
    }

    pub(super) fn parse(file: &str, text: &str) -> Result<Self, LockError> {
        let refuse = |key: String, reason: &dyn ToString| {
            let reason = first_line(reason);
            LockError::new(file, LockErrorKind::Value { key, reason, remedy: REMEDY })
        };
        let toml_error = |error: toml::de::Error| LockError::toml(file, text, &error, REMEDY);
        refuse_too_many_tokens(file, text, REMEDY)?;
        let tables: Result<Tables, _> = parts::parse(text);
        let format = match &tables {
            Ok(tables) => tables.lock_version.clone(),
            Err(_) => toml::from_str::<Format>(text).map_err(toml_error)?.lock_version,
        };
        let is_known = Version::from_str(&format).is_ok_and(|version| version.release().first() == Some(&1));
        if !is_known {
            let kind = LockErrorKind::Version { found: format, known: "version 1", remedy: REMEDY };
            return Err(LockError::new(file, kind));
        }
        refuse_credentials(file, text)?;
        let tables = tables.map_err(toml_error)?;
        let requires_python = tables.requires_python.map(|versions| versions.parse::<VersionSpecifiers>());
        let requires_python =
            requires_python.transpose().map_err(|error| refuse("requires-python".to_owned(), &error))?;
        let package = |table: PackageTable| {
            let version = table.version.map(|version| version.parse()).transpose();
            let version = version.map_err(|error| refuse(format!("package `{}`", table.name), &error))?;
            let directory = table.directory.map(|directory| directory.path);
            let (vcs, repository) = table.vcs.map_or((None, None), |vcs| (Some(vcs.r#type), vcs.url));
            Ok(PylockPackage { name: table.name, version, marker: table.marker, directory, vcs, repository })
        };
        Ok(Self {
            file: file.to_owned(),
            text: text.to_owned(),
            requires_python,
            environments: tables.environments,
            extras: tables.extras,
            groups: tables.dependency_groups,
            default_groups: tables.default_groups,
            packages: tables.packages.into_iter().map(package).collect::<Result<_, _>>()?,
        })
    }

    /// Returns the path of the lock, relative to the project.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the text of the lock.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the Python versions that the lock supports (`requires-python`).
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        self.requires_python.as_ref()
    }

    /// Returns the environments that the lock supports, as markers; empty for all.
    pub fn environments(&self) -> &[String] {
        &self.environments
    }

    /// Returns the extras that an installer can select.
    pub fn extras(&self) -> &[ProjectName] {
        &self.extras
    }

    /// Returns the dependency groups that an installer can select.
    pub fn groups(&self) -> &[ProjectName] {
        &self.groups
    }

    /// Returns the dependency groups that are selected by default.
    pub fn default_groups(&self) -> &[ProjectName] {
        &self.default_groups
    }

    /// Returns all packages, in the order of the lock.
    pub fn packages(&self) -> &[PylockPackage] {
        &self.packages
    }

    /// Returns the packages that an installer may select on Linux with these extras and dependency groups, in the order of the
    /// lock.
    pub(crate) fn selected(&self, names: &[ProjectName]) -> impl Iterator<Item = &PylockPackage> {
        let is_named = |marker: &str| {
            names.iter().any(|name| marker.contains(&format!("'{name}' in ")))
                || names.iter().any(|name| marker.contains(&format!("\"{name}\" in ")))
                || self.default_groups.iter().any(|name| marker.contains(name.as_str()))
        };
        self.packages.iter().filter(move |package| match package.marker.as_deref() {
            None => true,
            // Markers of PEP 751, which other markers do not have.
            Some(marker) if marker.contains(" in extras") || marker.contains(" in dependency_groups") => {
                is_named(marker)
            }
            Some(marker) => may_hold_on_linux(marker),
        })
    }

    /// Checks that the lock and the project have a Python version in common.
    ///
    /// This is the only possible check, because the lock does not repeat the requirements of the project.
    ///
    /// # Errors
    ///
    /// [`LockErrorKind::Stale`] if they have none in common.
    pub fn check(&self, project: &Project) -> Result<(), LockError> {
        let (Some(locked), Some(asked)) = (&self.requires_python, project.requires_python()) else { return Ok(()) };
        if has_largest(locked) || has_largest(asked) {
            return Ok(());
        }
        let locked_range = release_specifiers_to_ranges(locked.clone());
        if !locked_range.is_disjoint(&release_specifiers_to_ranges(asked.clone())) {
            return Ok(());
        }
        let difference = format!("it is locked for Python `{locked}`, but the project requires `{asked}`");
        Err(LockError::new(&self.file, LockErrorKind::Stale { difference, remedy: REMEDY }))
    }
}

impl FromStr for Pylock {
    type Err = LockError;

    fn from_str(text: &str) -> Result<Self, LockError> {
        Self::from_bytes(text.as_bytes())
    }
}

/// The format version, read alone if the other keys cannot be read: another version may have a different structure.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Format {
    lock_version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Tables {
    lock_version: String,
    requires_python: Option<String>,
    #[serde(default)]
    environments: Vec<String>,
    #[serde(default)]
    extras: Vec<ProjectName>,
    #[serde(default)]
    dependency_groups: Vec<ProjectName>,
    #[serde(default)]
    default_groups: Vec<ProjectName>,
    #[serde(default)]
    packages: Vec<PackageTable>,
}

impl parts::Tables for Tables {
    type Package = PackageTable;
    const PACKAGES: &'static str = "packages";

    fn add(&mut self, package: PackageTable, _: usize) {
        self.packages.push(package);
    }
}

#[derive(Deserialize)]
struct PackageTable {
    name: ProjectName,
    version: Option<String>,
    marker: Option<String>,
    directory: Option<DirectoryTable>,
    vcs: Option<VcsTable>,
}

#[derive(Deserialize)]
struct VcsTable {
    r#type: String,
    url: Option<String>,
}

#[derive(Deserialize)]
struct DirectoryTable {
    path: String,
}
