//! Locks that neither pip nor uv reads, exported as a requirements list with hashes.

use std::collections::BTreeMap;
use std::fmt::Write;

use pep508_rs::MarkerTree;

use super::component::{ComponentOrigin, LockedComponent, LockedFile, merge};
use super::environment::ImageEnvironment;
use super::marker::both;
use crate::project::requirement::is_for_linux;
use crate::value::ProjectName;

/// A lock as a requirements list, for one selection of extras and groups.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExportedList {
    /// The list in the format of pip. It names all packages, so that no dependency has to be resolved.
    pub text: String,
    /// The packages that are folders or archives of the project. They are not in the list: they are installed from the
    /// context.
    pub local: Vec<LocalPackage>,
    /// The first package without a hash. If there is one, the list contains no hashes.
    pub unhashed: Option<ProjectName>,
    /// The packages as the lock lists them.
    packages: Vec<ExportedPackage>,
}

/// A locked package that is a folder or an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalPackage {
    /// The name.
    pub name: ProjectName,
    /// The path, relative to the project.
    pub path: String,
}

/// A locked package.
#[derive(Debug, Clone)]
pub(super) struct ExportedPackage {
    pub(super) name: ProjectName,
    pub(super) origin: Origin,
    /// The version, which a lock may state for packages at a URL too.
    pub(super) version: Option<String>,
    /// Its files; empty if it has no hashes.
    pub(super) files: Vec<LockedFile>,
    /// The environments that need it.
    pub(super) marker: MarkerTree,
    /// The packages that it depends on, each with its environments; `None` if the lock does not state them.
    pub(super) requires: Option<Vec<(ProjectName, MarkerTree)>>,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// A version on a package index.
    Version(String),
    /// An archive or a repository at a URL.
    Url(String),
    /// A folder or an archive, relative to the project.
    Local(String),
}

impl ExportedList {
    /// Returns the packages that are installed in an environment.
    pub(crate) fn components(&self, environment: &ImageEnvironment) -> Vec<LockedComponent> {
        let installed = self.packages.iter().filter(|package| environment.may_hold(&package.marker));
        merge(installed.map(|package| package.component(environment)).collect())
    }
}

impl ExportedPackage {
    fn component(&self, environment: &ImageEnvironment) -> LockedComponent {
        let (version, origin) = match &self.origin {
            Origin::Version(version) => (Some(version.clone()), ComponentOrigin::Index(None)),
            Origin::Url(url) => (None, ComponentOrigin::of_url(url)),
            Origin::Local(path) => (None, ComponentOrigin::Local(path.clone())),
        };
        let needs = |marker: &MarkerTree| environment.may_hold(&both(self.marker.clone(), marker.clone()));
        let needed = |edges: &Vec<(ProjectName, MarkerTree)>| {
            edges.iter().filter(|(_, marker)| needs(marker)).map(|(name, _)| name.clone()).collect()
        };
        LockedComponent {
            name: self.name.clone(),
            version: version.or_else(|| self.version.clone()),
            origin,
            files: self.files.clone(),
            requires: self.requires.as_ref().map(needed),
        }
    }
}

/// Formats a list that installers read. pip demands a hash for each requirement if one has any: without a hash for each
/// package, there are none. `options` are the lines above the requirements.
pub(super) fn list(packages: Vec<ExportedPackage>, options: &[String]) -> ExportedList {
    let mut merged: BTreeMap<(ProjectName, Origin), (MarkerTree, Vec<String>)> = BTreeMap::new();
    for ExportedPackage { name, origin, files, marker, .. } in &packages {
        if marker.is_false() {
            continue;
        }
        let entry = merged.entry((name.clone(), origin.clone())).or_insert((MarkerTree::FALSE, Vec::new()));
        entry.0.or(marker.clone());
        entry.1.extend(files.iter().flat_map(|file| file.hashes.clone()));
    }
    let mut list = ExportedList { text: String::new(), local: Vec::new(), unhashed: None, packages };
    let mut remote = Vec::new();
    for ((name, origin), (marker, mut hashes)) in merged {
        let requirement = match origin {
            Origin::Local(path) => {
                if is_for_linux(&marker) {
                    list.local.push(LocalPackage { name, path });
                }
                continue;
            }
            Origin::Version(version) => format!("{name}=={version}"),
            Origin::Url(url) => format!("{name} @ {url}"),
        };
        if hashes.is_empty() {
            list.unhashed.get_or_insert(name);
        }
        hashes.sort_unstable();
        hashes.dedup();
        remote.push((requirement, marker.try_to_string(), hashes));
    }
    if remote.is_empty() {
        return list;
    }
    for option in options {
        list.text.push_str(option);
        list.text.push('\n');
    }
    let mut lines: Vec<String> = remote.iter().map(|package| line(package, list.unhashed.is_none())).collect();
    lines.sort();
    list.text.extend(lines);
    list
}

fn line((requirement, marker, hashes): &(String, Option<String>, Vec<String>), is_hashed: bool) -> String {
    let mut line = requirement.clone();
    if let Some(marker) = marker {
        // Writing to a string cannot fail.
        _ = write!(line, " ; {marker}");
    }
    for hash in hashes.iter().filter(|_| is_hashed) {
        _ = write!(line, " --hash={hash}");
    }
    line + "\n"
}

#[cfg(test)]
mod tests {
    use super::{ExportedPackage, LockedFile, MarkerTree, Origin, list};

    /// A lock may have one entry for each extra of a package.
    #[test]
    fn entries_of_one_package_are_one_requirement() {
        let entry = |marker: &str, hash: &str| ExportedPackage {
            name: "a".parse().unwrap(),
            origin: Origin::Version("1".to_owned()),
            version: None,
            files: vec![LockedFile { location: None, hashes: vec![hash.to_owned()] }],
            requires: None,
            marker: marker.parse().unwrap(),
        };
        let entries = vec![entry("os_name == 'nt'", "sha256:02"), entry("os_name != 'nt'", "sha256:01")];
        let both = list(entries, &["--index-url https://index.example.org".to_owned()]);
        assert_eq!(both.text, "--index-url https://index.example.org\na==1 --hash=sha256:01 --hash=sha256:02\n");
        let local = |marker: MarkerTree| ExportedPackage {
            origin: Origin::Local("./a".to_owned()),
            marker,
            ..entry("os_name == 'nt'", "")
        };
        assert_eq!(list(vec![local("os_name == 'nt'".parse().unwrap())], &[]).local, []);
        assert_eq!(list(vec![local(MarkerTree::TRUE)], &["--pre".to_owned()]).local.len(), 1);
    }
}
