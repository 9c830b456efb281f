//! What a lock installs in an image, for a bill of materials: packages with their files, hashes and dependencies.

use std::collections::BTreeSet;

use crate::value::ProjectName;

/// A package that a lock installs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockedComponent {
    pub(crate) name: ProjectName,
    /// The version; `None` if the lock does not state it.
    pub(crate) version: Option<String>,
    pub(crate) origin: ComponentOrigin,
    /// The files that an installer accepts. A lock of several platforms has several.
    pub(crate) files: Vec<LockedFile>,
    /// The names of the packages that it depends on; `None` if the lock does not state them.
    pub(crate) requires: Option<BTreeSet<ProjectName>>,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ComponentOrigin {
    /// A package index: its URL, if the lock states it.
    Index(Option<String>),
    /// An archive at a URL.
    Archive(String),
    /// A revision of a repository, as pip names it: `git+https://…@COMMIT`.
    Repository(String),
    /// A folder or an archive of the project.
    Local(String),
}

impl ComponentOrigin {
    /// Returns the origin of a URL that pip reads.
    pub(super) fn of_url(url: &str) -> Self {
        let is_repository = ["git+", "hg+", "svn+", "bzr+"].iter().any(|prefix| url.starts_with(prefix));
        if is_repository { Self::Repository(url.to_owned()) } else { Self::Archive(url.to_owned()) }
    }
}

/// A file of a locked package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LockedFile {
    /// The URL, or the name if the lock has no URL; `None` if it has neither.
    pub(crate) location: Option<String>,
    /// The hashes, as `ALGORITHM:DIGEST`.
    pub(crate) hashes: Vec<String>,
}

/// Adds packages of the same name, version and origin to one. A lock may have one entry for each extra of a package.
pub(super) fn merge(components: Vec<LockedComponent>) -> Vec<LockedComponent> {
    let mut merged: Vec<LockedComponent> = Vec::new();
    for component in components {
        let same = merged.iter_mut().rev().find(|other| {
            other.name == component.name && other.version == component.version && other.origin == component.origin
        });
        match same {
            Some(same) => {
                same.files.extend(component.files);
                same.files.sort();
                same.files.dedup();
                if let Some(requires) = component.requires {
                    same.requires.get_or_insert_default().extend(requires);
                }
            }
            None => merged.push(component),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::{ComponentOrigin, LockedComponent, LockedFile, merge};

    #[test]
    fn entries_of_one_package_are_merged() {
        let component = |name: &str, version: &str, index: &str, file: &str, requires: &[&str]| LockedComponent {
            name: name.parse().unwrap(),
            version: Some(version.to_owned()),
            origin: ComponentOrigin::Index(Some(index.to_owned())),
            files: vec![LockedFile { location: Some(file.to_owned()), hashes: Vec::new() }],
            requires: Some(requires.iter().map(|name| name.parse().unwrap()).collect()),
        };
        let merged = merge(vec![
            component("a", "1", "i", "y", &["b"]),
            component("b", "1", "i", "y", &[]),
            component("a", "2", "i", "y", &[]),
            component("a", "1", "j", "y", &[]),
            component("a", "1", "i", "x", &["c"]),
            component("a", "1", "i", "y", &[]),
        ]);
        let mut both = component("a", "1", "i", "x", &["b", "c"]);
        both.files.push(LockedFile { location: Some("y".to_owned()), hashes: Vec::new() });
        let others = [
            component("b", "1", "i", "y", &[]),
            component("a", "2", "i", "y", &[]),
            component("a", "1", "j", "y", &[]),
        ];
        assert_eq!(merged, [vec![both], others.to_vec()].concat());
    }
}
