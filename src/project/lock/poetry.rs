//! `poetry.lock`: the lock of Poetry.
//!
//! Read for the formats 1.1, 2.0 and 2.1, as Poetry 1.2 to 2 write them. From 2.1 on, each package states its groups and
//! its marker; before, both follow from the [dependencies](graph).

mod content_hash;
mod graph;

use std::collections::BTreeMap;
use std::str::FromStr;

use pep508_rs::MarkerTree;
use serde::Deserialize;

use super::component::LockedFile;
use super::error::{LockError, LockErrorKind};
use super::exported::{ExportedList, ExportedPackage, Origin, list};
use super::marker::with_extras;
use super::{parts, read_toml, refuse_credentials, text_of};
use crate::project::index_source::index_options;
use crate::project::manifest::Project;
use crate::project::repository;
use crate::project::requirement::is_too_complex;
use crate::value::ProjectName;

pub(crate) const FILE: &str = "poetry.lock";

const REMEDY: &str = "`poetry lock`";

/// The group of the dependencies themselves.
const MAIN: &str = "main";

/// A `poetry.lock`.
#[derive(Debug, Clone)]
pub struct PoetryLock {
    content_hash: String,
    /// Whether the hash covers `[dependency-groups]`; `None` if the lock does not say which Poetry wrote it.
    hashes_groups: Option<bool>,
    /// Whether packages state their groups and markers: from format 2.1 on.
    states_groups: bool,
    packages: Vec<Package>,
}

/// A `[[package]]` entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: ProjectName,
    version: String,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    markers: Markers,
    #[serde(default)]
    dependencies: BTreeMap<String, graph::Edges>,
    #[serde(default)]
    extras: BTreeMap<String, Vec<String>>,
    source: Option<Source>,
}

#[derive(Debug, Clone, Deserialize)]
struct File {
    file: Option<String>,
    hash: String,
}

/// One marker for all groups, or one for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Markers {
    One(String),
    ByGroup(BTreeMap<String, String>),
}

impl Default for Markers {
    fn default() -> Self {
        Self::ByGroup(BTreeMap::new())
    }
}

/// Where a package comes from, if not from the default index.
#[derive(Debug, Clone, Deserialize)]
struct Source {
    r#type: String,
    url: String,
    resolved_reference: Option<String>,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
struct Tables {
    #[serde(default)]
    package: Vec<Package>,
    metadata: Metadata,
}

impl parts::Tables for Tables {
    type Package = Package;
    const PACKAGES: &'static str = "package";

    fn add(&mut self, package: Package, _: usize) {
        self.package.push(package);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    lock_version: String,
    content_hash: String,
    /// Format 1.1 lists the files here.
    #[serde(default)]
    files: BTreeMap<String, Vec<File>>,
}

impl PoetryLock {
    /// Parses the bytes of a `poetry.lock`.
    ///
    /// # Errors
    ///
    /// If the lock is too large, is not UTF-8, has an unsupported format, an invalid value or a URL with credentials.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        let text = text_of(FILE, bytes)?;
        refuse_credentials(FILE, text)?;
        let mut tables: Tables = read_toml(FILE, text, REMEDY)?;
        let version = &tables.metadata.lock_version;
        if !matches!(version.as_str(), "1.1" | "2.0" | "2.1") {
            let kind = LockErrorKind::Version { found: version.clone(), known: "1.1, 2.0 and 2.1", remedy: REMEDY };
            return Err(LockError::new(FILE, kind));
        }
        add_files(&mut tables.package, tables.metadata.files);
        Ok(Self {
            content_hash: tables.metadata.content_hash,
            hashes_groups: content_hash::covers_groups(text),
            states_groups: version == "2.1",
            packages: tables.package,
        })
    }

    /// Returns whether the lock may have the packages of `[dependency-groups]`, which Poetry reads from 2.2 on.
    pub(crate) fn covers_standard_groups(&self) -> bool {
        self.hashes_groups != Some(false)
    }

    /// Fails if the manifest has changed since the lock was written. Poetry compares the same hash.
    pub fn check(&self, project: &Project) -> Result<(), LockError> {
        if content_hash::of(project.whole(), self.hashes_groups).contains(&self.content_hash) {
            return Ok(());
        }
        let difference = "pyproject.toml has changed since it was locked".to_owned();
        Err(LockError::new(FILE, LockErrorKind::Stale { difference, remedy: REMEDY }))
    }

    /// Returns the packages for these extras and groups as a requirements list.
    ///
    /// # Errors
    ///
    /// A marker or a constraint that cannot be read.
    pub fn export(
        &self,
        project: &Project,
        extras: &[ProjectName],
        groups: &[ProjectName],
    ) -> Result<ExportedList, LockError> {
        let conditions = if self.states_groups {
            self.packages.iter().map(|package| stated(package, groups)).collect::<Result<Vec<_>, _>>()?
        } else {
            graph::conditions(&self.packages, project, extras, groups)?
        };
        let mut indexes = Indexes::default();
        let exported = self.packages.iter().zip(conditions).map(|(package, marker)| {
            let marker = with_extras(&marker, extras);
            if !marker.is_false() {
                indexes.add(package);
            }
            Ok(ExportedPackage {
                name: package.name.clone(),
                origin: origin(package),
                version: Some(package.version.clone()),
                files: package.files.iter().map(File::locked).collect(),
                marker,
                requires: Some(graph::required_by(package)?),
            })
        });
        let exported = exported.collect::<Result<_, LockError>>()?;
        Ok(list(exported, &indexes.options()?))
    }
}

/// Adds the files of a lock that lists them separately.
fn add_files(packages: &mut [Package], files: BTreeMap<String, Vec<File>>) {
    let mut by_name: BTreeMap<ProjectName, Vec<File>> = BTreeMap::new();
    for (name, files) in files.into_iter().rev() {
        if let Ok(name) = name.parse() {
            // Of two spellings of a name, the first one counts.
            by_name.insert(name, files);
        }
    }
    for package in packages.iter_mut().filter(|package| package.files.is_empty()) {
        package.files = by_name.remove(&package.name).unwrap_or_default();
    }
}

/// The package indexes that packages come from.
#[derive(Default)]
struct Indexes<'a> {
    urls: Vec<&'a str>,
    /// Whether a package comes from the public index: it states none.
    has_public: bool,
}

impl<'a> Indexes<'a> {
    fn add(&mut self, package: &'a Package) {
        match &package.source {
            None => self.has_public = true,
            Some(source) if source.r#type == "legacy" => self.urls.push(&source.url),
            Some(_) => {}
        }
    }

    fn options(self) -> Result<Vec<String>, LockError> {
        index_options(self.urls.into_iter(), self.has_public).map_err(|reason| {
            let key = "package.source".to_owned();
            LockError::new(FILE, LockErrorKind::Value { key, reason, remedy: REMEDY })
        })
    }
}

impl File {
    fn locked(&self) -> LockedFile {
        LockedFile { location: self.file.clone(), hashes: vec![self.hash.clone()] }
    }
}

/// Returns the environments in which a package of the main group or of one of these groups is needed.
fn stated(package: &Package, groups: &[ProjectName]) -> Result<MarkerTree, LockError> {
    let mut condition = MarkerTree::FALSE;
    for group in &package.groups {
        let is_selected = group == MAIN || groups.iter().any(|selected| group.parse() == Ok(selected.clone()));
        if !is_selected {
            continue;
        }
        let text = match &package.markers {
            Markers::One(text) => Some(text),
            Markers::ByGroup(texts) => texts.get(group),
        };
        condition.or(match text {
            Some(text) => marker(&package.name, text)?,
            None => MarkerTree::TRUE,
        });
    }
    Ok(condition)
}

fn marker(name: &ProjectName, text: &str) -> Result<MarkerTree, LockError> {
    if is_too_complex(text) {
        return Err(invalid(name, &"its marker is too complex"));
    }
    MarkerTree::from_str(text).map_err(|error| invalid(name, &error))
}

fn invalid(name: &ProjectName, reason: &dyn ToString) -> LockError {
    let reason = super::error::first_line(reason);
    LockError::new(FILE, LockErrorKind::Value { key: format!("package `{name}`"), reason, remedy: REMEDY })
}

fn origin(package: &Package) -> Origin {
    let version = || Origin::Version(package.version.clone());
    let Some(source) = &package.source else { return version() };
    let subdirectory = source.subdirectory.as_deref();
    match source.r#type.as_str() {
        "directory" | "file" => Origin::Local(source.url.clone()),
        "git" => {
            let revision = source.resolved_reference.as_deref();
            Origin::Url(repository::for_pip(("git", &source.url), revision, subdirectory))
        }
        "url" => Origin::Url(format!("{}{}", source.url, repository::fragment(subdirectory))),
        _ => version(),
    }
}

#[cfg(test)]
mod tests;
