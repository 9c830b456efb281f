//! `Pipfile.lock`: the lock of pipenv.
//!
//! Read for the format 6 (`pipfile-spec`), which pipenv has written since 2017. Each category of the `Pipfile` has a list of
//! all packages that it needs.

mod content_hash;

use std::collections::BTreeMap;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use pep508_rs::MarkerTree;
use serde::Deserialize;

use super::component::LockedFile;
use super::error::{LockError, LockErrorKind, first_line};
use super::exported::{ExportedList, ExportedPackage, Origin, list};
use super::marker::{Environments, both};
use super::{refuse_credentials, text_of};
use crate::project::index_source::{self, IndexSource};
use crate::project::pipfile::PACKAGES;
use crate::project::repository;
use crate::project::requirement::{is_for_linux, is_too_complex};
use crate::value::ProjectName;

pub(crate) const FILE: &str = "Pipfile.lock";

const REMEDY: &str = "`pipenv lock`";

/// pipenv writes such an entry, and `pipenv sync` fails. The short form of a condition (`sys_platform = "…"`) is lost in it.
const NO_VERSION: &str = "it has no version, because the machine that locked it does not need it: write its condition as \
                          `markers = \"…\"` or its version in the Pipfile";

/// The version of the format.
const FORMAT: u64 = 6;

/// The names of two categories in the lock, and in the `Pipfile`.
const CATEGORIES: [(&str, &str); 2] = [("default", PACKAGES), ("develop", "dev-packages")];

/// A `Pipfile.lock`.
#[derive(Debug, Clone)]
pub struct PipfileLock {
    sha256: String,
    sources: Vec<IndexSource>,
    /// The packages of each category, by its name in the `Pipfile`.
    categories: BTreeMap<String, Packages>,
}

/// The packages of a category, by name.
type Packages = BTreeMap<String, Package>;

/// A locked package: a table, or in old locks a version alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Package {
    Version(String),
    Table(Box<PackageTable>),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct PackageTable {
    version: Option<String>,
    hashes: Vec<String>,
    markers: Option<String>,
    os_markers: Option<String>,
    index: Option<String>,
    git: Option<String>,
    hg: Option<String>,
    svn: Option<String>,
    bzr: Option<String>,
    r#ref: Option<String>,
    subdirectory: Option<String>,
    path: Option<String>,
    file: Option<String>,
}

#[derive(Deserialize)]
struct Tables {
    #[serde(rename = "_meta")]
    meta: Meta,
    #[serde(flatten)]
    categories: BTreeMap<String, Packages>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Meta {
    #[serde(default)]
    hash: Hash,
    /// The first releases did not write it.
    #[serde(default)]
    pipfile_spec: u64,
    #[serde(default)]
    sources: Vec<IndexSource>,
}

#[derive(Deserialize, Default)]
struct Hash {
    sha256: String,
}

impl PipfileLock {
    /// Parses the bytes of a `Pipfile.lock`.
    ///
    /// # Errors
    ///
    /// If the lock is too large, is not UTF-8, has an unsupported format, an invalid value or a URL with credentials.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        let text = text_of(FILE, bytes)?;
        refuse_credentials(FILE, text)?;
        let tables: Tables = serde_json::from_str(text).map_err(|error| {
            // The message ends with the position.
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
            let kind = LockErrorKind::Syntax { reason, remedy: REMEDY };
            if error.line() == 0 {
                LockError::new(FILE, kind)
            } else {
                LockError::new(FILE, kind).at_line(error.line())
            }
        })?;
        if tables.meta.pipfile_spec != FORMAT {
            let found = tables.meta.pipfile_spec.to_string();
            return Err(LockError::new(FILE, LockErrorKind::Version { found, known: "6", remedy: REMEDY }));
        }
        let in_pipfile = |name: String| {
            let known = CATEGORIES.iter().find(|(in_lock, _)| *in_lock == name);
            known.map_or(name, |(_, in_pipfile)| (*in_pipfile).to_owned())
        };
        Ok(Self {
            sha256: tables.meta.hash.sha256,
            sources: tables.meta.sources,
            categories: tables.categories.into_iter().map(|(name, packages)| (in_pipfile(name), packages)).collect(),
        })
    }

    /// Fails if the `Pipfile` has changed since the lock was written. pipenv compares the same hash.
    pub fn check(&self, pipfile: &str) -> Result<(), LockError> {
        let pipfile = pipfile.strip_prefix('\u{feff}').unwrap_or(pipfile);
        let tables = pipfile.parse().map_err(|error: toml::de::Error| {
            let difference = format!("Pipfile cannot be read ({})", error.message());
            LockError::new(FILE, LockErrorKind::Stale { difference, remedy: REMEDY })
        })?;
        if content_hash::of(&tables).contains(&self.sha256) {
            return Ok(());
        }
        let difference = "Pipfile has changed since it was locked".to_owned();
        Err(LockError::new(FILE, LockErrorKind::Stale { difference, remedy: REMEDY }))
    }

    /// Returns the packages of `[packages]` and of these categories as a requirements list.
    ///
    /// pipenv locks no version of a package that the machine with the lock did not need. Such a package is left out if it is
    /// not needed on Linux with the Python of the image either.
    ///
    /// # Errors
    ///
    /// A category that is not in the lock, a package without a version, or a value that cannot be read.
    pub fn export(
        &self,
        groups: &[ProjectName],
        python: Option<&VersionSpecifiers>,
    ) -> Result<ExportedList, LockError> {
        let environments = Environments::of(python);
        let mut exported: Vec<ExportedPackage> = Vec::new();
        for (name, packages) in self.selected(groups)? {
            for (package, entry) in packages {
                let read = self.package(package, entry, &environments).map_err(|reason| {
                    LockError::new(
                        FILE,
                        LockErrorKind::Value { key: format!("{name}.{package}"), reason, remedy: REMEDY },
                    )
                });
                if let Some(package) = read? {
                    override_earlier(&mut exported, &package);
                    exported.push(package);
                }
            }
        }
        let main = self.sources.first().map(|source| source.name.as_str()).unwrap_or_default();
        let options = index_source::options(&self.sources, main).map_err(|(name, reason)| {
            LockError::new(FILE, LockErrorKind::Value { key: format!("_meta.sources.{name}"), reason, remedy: REMEDY })
        })?;
        Ok(list(exported, &options))
    }

    fn selected(&self, groups: &[ProjectName]) -> Result<Vec<(&String, &Packages)>, LockError> {
        let mut selected: Vec<_> = self.categories.get_key_value(PACKAGES).into_iter().collect();
        for group in groups {
            let found = self.categories.iter().find(|(name, _)| name.parse() == Ok(group.clone()));
            selected.push(found.ok_or_else(|| {
                LockError::new(FILE, LockErrorKind::GroupNotLocked { group: group.clone(), remedy: REMEDY })
            })?);
        }
        Ok(selected)
    }

    /// Returns `None` for a package without a version that is not needed in the environments.
    fn package(
        &self,
        name: &str,
        entry: &Package,
        environments: &Environments,
    ) -> Result<Option<ExportedPackage>, String> {
        let table = match entry {
            Package::Version(version) => &PackageTable { version: Some(version.clone()), ..PackageTable::default() },
            Package::Table(table) => &**table,
        };
        if let Some(index) =
            table.index.as_ref().filter(|index| self.sources.iter().all(|source| source.name != **index))
        {
            return Err(format!("index `{index}` is not in _meta.sources"));
        }
        let mut condition = MarkerTree::TRUE;
        for text in [&table.markers, &table.os_markers].into_iter().flatten() {
            condition = both(condition, marker(text)?);
        }
        let origin = match table.origin() {
            Some(origin) => origin,
            None if !is_for_linux(&condition) || !environments.may_hold(&condition) => return Ok(None),
            None => return Err(NO_VERSION.to_owned()),
        };
        Ok(Some(ExportedPackage {
            name: name.parse().map_err(|error: crate::value::NameError| error.to_string())?,
            origin,
            version: table.version.as_ref().map(|version| version.trim_start_matches('=').to_owned()),
            files: table.hashes.iter().map(|hash| LockedFile { location: None, hashes: vec![hash.clone()] }).collect(),
            marker: condition,
            requires: None,
        }))
    }
}

/// Limits the same package of earlier categories to the environments that `later` is not for. pipenv installs one category
/// after the other, so the last version stays.
fn override_earlier(earlier: &mut [ExportedPackage], later: &ExportedPackage) {
    for package in earlier.iter_mut().filter(|package| package.name == later.name && package.origin != later.origin) {
        package.marker.and(later.marker.negate());
    }
}

impl PackageTable {
    /// Returns `None` for a package without a version.
    fn origin(&self) -> Option<Origin> {
        let subdirectory = self.subdirectory.as_deref();
        if let Some(found) = repository::first([&self.git, &self.hg, &self.svn, &self.bzr]) {
            return Some(Origin::Url(repository::for_pip(found, self.r#ref.as_deref(), subdirectory)));
        }
        match (self.path.as_ref().or(self.file.as_ref()), &self.version) {
            (Some(url), _) if url.contains("://") && !url.starts_with("file:") => {
                Some(Origin::Url(format!("{url}{}", repository::fragment(subdirectory))))
            }
            (Some(path), _) => Some(Origin::Local(path.clone())),
            (None, Some(version)) if version != "*" => {
                Some(Origin::Version(version.trim_start_matches('=').to_owned()))
            }
            (None, _) => None,
        }
    }
}

fn marker(text: &str) -> Result<MarkerTree, String> {
    if is_too_complex(text) {
        return Err("its marker is too complex".to_owned());
    }
    // Old releases separate the versions of `python_version not in '3.0, 3.1'` by commas, which PEP 508 does not know.
    MarkerTree::from_str(&without_groups(&text.replace(", ", " "))).map_err(|error| first_line(&error))
}

/// Replaces `'dev' in dependency_groups`, which is from `pylock.toml`, by a condition that is always true: a package is in
/// the categories that need it.
fn without_groups(text: &str) -> String {
    const CONDITION: &str = " in dependency_groups";
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(CONDITION) {
        let (before, after) = rest.split_at(at);
        let quote = before.chars().next_back().unwrap_or_default();
        let start = before[..before.len() - quote.len_utf8()].rfind(quote).unwrap_or(before.len());
        replaced.push_str(&before[..start]);
        replaced.push_str("(os_name == '' or os_name != '')");
        rest = &after[CONDITION.len()..];
    }
    replaced + rest
}

#[cfg(test)]
mod tests;
