//! `uv.lock`: the universal lock of a uv project or workspace.

mod package;
mod settings;
mod tables;

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use serde::Deserialize;

pub use self::package::{LockedDependency, LockedPackage, LockedRequirement, PackageSource};
pub(super) use self::settings::{LockedOptions, LockedSettings, PackageMetadata};
use self::tables::Tables;
use super::error::{LockError, LockErrorKind, first_line};
use super::{parts, refuse_credentials, refuse_too_many_tokens, text_of};
use crate::project::manifest::Conflicting;
use crate::value::ProjectName;

/// The command that writes a `uv.lock`.
pub(super) const REMEDY: &str = "`uv lock`";

/// A `uv.lock` of [version 1]: all packages that any platform, extra or dependency group of the project needs.
///
/// [version 1]: https://docs.astral.sh/uv/concepts/resolution/#lockfile-versioning
#[derive(Debug, Clone)]
pub struct UvLock {
    file: String,
    text: String,
    revision: u32,
    requires_python: Option<VersionSpecifiers>,
    members: BTreeSet<ProjectName>,
    pub(super) settings: Box<LockedSettings>,
    packages: Vec<LockedPackage>,
    /// The byte ranges of the versions of local projects in the text.
    local_versions: Vec<Range<usize>>,
}

impl UvLock {
    /// Parses the bytes of a `uv.lock`.
    ///
    /// # Errors
    ///
    /// If the lock is too large, is not UTF-8, has an unsupported format, an invalid value or a URL with credentials.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        Self::parse("uv.lock", text_of("uv.lock", bytes)?)
    }

    pub(super) fn parse(file: &str, text: &str) -> Result<Self, LockError> {
        let refuse =
            |key: String, reason: String| LockError::new(file, LockErrorKind::Value { key, reason, remedy: REMEDY });
        let toml_error = |error: toml::de::Error| LockError::toml(file, text, &error, REMEDY);
        refuse_too_many_tokens(file, text, REMEDY)?;
        let tables: Result<Tables, _> = parts::parse(text);
        let version = match &tables {
            Ok(tables) => tables.version,
            Err(_) => toml::from_str::<Format>(text).map_err(toml_error)?.version,
        };
        if version != 1 {
            let kind = LockErrorKind::Version { found: version.to_string(), known: "version 1", remedy: REMEDY };
            return Err(LockError::new(file, kind));
        }
        refuse_credentials(file, text)?;
        let tables = tables.map_err(toml_error)?;
        let requires_python = tables.requires_python.map(|versions| versions.parse());
        let requires_python =
            requires_python.transpose().map_err(|error| refuse("requires-python".to_owned(), first_line(&error)))?;
        let mut packages = Vec::with_capacity(tables.package.len());
        let mut local_versions = Vec::new();
        for table in tables.package {
            local_versions.extend(table.local_versions());
            let name = table.name.clone();
            packages.push(table.package().map_err(|reason| refuse(format!("package `{name}`"), reason))?);
        }
        local_versions.sort_by_key(|range| range.start);
        Ok(Self {
            file: file.to_owned(),
            text: text.to_owned(),
            revision: tables.revision,
            requires_python,
            members: tables.manifest.members,
            settings: Box::new(LockedSettings {
                options: tables.options,
                supported_markers: tables.supported_markers,
                required_markers: tables.required_markers,
                conflicts: tables.conflicts,
                ..tables.manifest.settings
            }),
            packages,
            local_versions,
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

    /// Returns the revision of format version 1, which counts compatible additions.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Returns the Python versions that the lock supports. All members of the workspace support them.
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        self.requires_python.as_ref()
    }

    /// Returns the members of the workspace; empty if the project is not in a workspace.
    pub fn members(&self) -> &BTreeSet<ProjectName> {
        &self.members
    }

    /// Returns the environments that the lock supports, as markers; empty for all. uv refuses to install in others.
    pub(crate) fn environments(&self) -> &[String] {
        &self.settings.supported_markers
    }

    /// Returns the sets of extras, groups and packages that exclude each other. Each element names its package.
    pub(crate) fn conflicts(&self) -> &[BTreeSet<Conflicting>] {
        &self.settings.conflicts
    }

    /// Returns all packages, in the order of the lock.
    pub fn packages(&self) -> &[LockedPackage] {
        &self.packages
    }

    /// Returns the local project of this name: the locked project, a member of its workspace, or a project that a path
    /// names.
    pub fn local(&self, name: &ProjectName) -> Option<&LockedPackage> {
        self.packages.iter().find(|package| package.name == *name && package.source.folder().is_some())
    }

    /// Returns the lock with the version of every local project set to `0`. No other byte changes.
    ///
    /// The lock repeats these versions, but packages from an index do not depend on them. An image layer built from
    /// this text therefore stays valid after a release. uv accepts the text like the lock itself, with `--frozen` and
    /// without the local projects (`--no-install-local`).
    pub fn projected(&self) -> String {
        let mut projected = String::with_capacity(self.text.len());
        let mut done = 0;
        for range in &self.local_versions {
            projected.push_str(&self.text[done..range.start]);
            projected.push_str("\"0\"");
            done = range.end;
        }
        projected.push_str(&self.text[done..]);
        projected
    }
}

impl FromStr for UvLock {
    type Err = LockError;

    fn from_str(text: &str) -> Result<Self, LockError> {
        Self::from_bytes(text.as_bytes())
    }
}

/// The format version, read alone if the other keys cannot be read: another version may have a different structure.
#[derive(Deserialize)]
struct Format {
    version: i64,
}
