//! One entry of a bill of materials.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::license::License;
use super::purl;
use crate::project::{ComponentOrigin, LockedComponent, LockedFile, PackageIndex, Project};

/// A package in the image.
#[derive(Debug, Clone)]
pub(super) struct Component {
    /// Identifies the component in the document: letters, digits, `.` and `-`.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) license: Option<License>,
    pub(super) purl: Option<String>,
    pub(super) location: Option<Location>,
    pub(super) files: Vec<File>,
    /// The identifiers of the components that it depends on; `None` if that is unknown.
    pub(super) requires: Option<BTreeSet<String>>,
}

/// Where a component is downloaded from.
#[derive(Debug, Clone)]
pub(super) enum Location {
    Archive(String),
    Repository(String),
}

/// A file that an installer accepts.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// A URL, or the name of the file.
    pub(super) location: Option<String>,
    pub(super) hashes: Vec<Hash>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hash {
    pub(super) algorithm: Algorithm,
    /// Lower-case hexadecimal digits.
    pub(super) digest: String,
}

/// An algorithm that both formats and pip know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Component {
    /// Returns a project in the context. It is not on an index, so it has no package URL.
    pub(super) fn of_project(project: &Project, version: Option<String>, identifiers: &mut Identifiers) -> Self {
        let name = project.name().to_string();
        let description = project.description().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        Self {
            id: identifiers.unique(&name, version.as_deref()),
            name,
            version,
            description: description.filter(|text| !text.is_empty()),
            license: License::of(project),
            purl: None,
            location: None,
            files: Vec::new(),
            requires: None,
        }
    }

    pub(super) fn of_locked(locked: &LockedComponent, indexes: &[PackageIndex], identifiers: &mut Identifiers) -> Self {
        let location = match &locked.origin {
            ComponentOrigin::Archive(url) => Some(Location::Archive(url.clone())),
            ComponentOrigin::Repository(url) => Some(Location::Repository(purl::repository(url))),
            ComponentOrigin::Index(_) | ComponentOrigin::Local(_) => None,
        };
        Self {
            id: identifiers.unique(locked.name.as_str(), locked.version.as_deref()),
            name: locked.name.to_string(),
            version: locked.version.clone(),
            description: None,
            license: None,
            purl: purl::of(locked, indexes),
            location,
            files: locked.files.iter().map(File::of).collect(),
            requires: None,
        }
    }

    /// Adds the components that nothing is known to depend on to those that this one requires.
    pub(super) fn adopt(&mut self, components: &[Self]) {
        let mut reached: BTreeSet<&String> = self.requires.iter().flatten().collect();
        reached.extend(components.iter().flat_map(|component| component.requires.iter().flatten()));
        let orphans = components.iter().map(|component| &component.id).filter(|id| !reached.contains(id));
        let orphans: Vec<String> = orphans.cloned().collect();
        self.requires.get_or_insert_default().extend(orphans);
    }

    /// Returns the hashes of all files.
    pub(super) fn hashes(&self) -> BTreeSet<&Hash> {
        self.files.iter().flat_map(|file| &file.hashes).collect()
    }
}

impl File {
    fn of(locked: &LockedFile) -> Self {
        let location = locked.location.as_deref().map(|location| match Url::parse(location) {
            Ok(url) => url.to_string(),
            Err(_) => {
                let mut name = String::new();
                purl::encode(location, &mut name);
                name
            }
        });
        Self { location, hashes: locked.hashes.iter().filter_map(|hash| Hash::of(hash)).collect() }
    }
}

impl Hash {
    /// Returns `None` for a text that is not a hash with one of the algorithms.
    fn of(text: &str) -> Option<Self> {
        let (algorithm, digest) = text.split_once(':')?;
        let (algorithm, length) = match algorithm {
            "md5" => (Algorithm::Md5, 32),
            "sha1" => (Algorithm::Sha1, 40),
            "sha256" => (Algorithm::Sha256, 64),
            "sha384" => (Algorithm::Sha384, 96),
            "sha512" => (Algorithm::Sha512, 128),
            _ => return None,
        };
        let digest = digest.to_ascii_lowercase();
        let is_digest = digest.len() == length && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then_some(Self { algorithm, digest })
    }
}

/// The identifiers in use.
#[derive(Debug, Default)]
pub(super) struct Identifiers(BTreeMap<String, usize>);

impl Identifiers {
    /// Returns an identifier that no other component has: `NAME-VERSION`, or `NAME-VERSION..2` for the second one.
    fn unique(&mut self, name: &str, version: Option<&str>) -> String {
        let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let version = version.map(|version| format!("-{version}")).unwrap_or_default();
        let id: String = format!("{name}{version}").chars().map(allowed).collect();
        let count = self.0.entry(id.clone()).or_default();
        *count += 1;
        // No version has two dots in a row.
        if *count == 1 { id } else { format!("{id}..{count}") }
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Hash};

    #[test]
    fn a_hash_has_as_many_digits_as_its_algorithm_gives() {
        for (name, algorithm, length) in [
            ("md5", Algorithm::Md5, 32),
            ("sha1", Algorithm::Sha1, 40),
            ("sha256", Algorithm::Sha256, 64),
            ("sha384", Algorithm::Sha384, 96),
            ("sha512", Algorithm::Sha512, 128),
        ] {
            let digest = "0a".repeat(length / 2);
            let expected = Some(Hash { algorithm, digest: digest.clone() });
            assert_eq!(Hash::of(&format!("{name}:{digest}")), expected);
            assert_eq!(Hash::of(&format!("{name}:{}", digest.to_uppercase())), expected);
            for other in [&digest[1..], &format!("{digest}0"), &digest.replace('a', "g"), ""] {
                assert_eq!(Hash::of(&format!("{name}:{other}")), None, "{name}:{other}");
            }
        }
        for text in ["blake2b:00", "sha256", "", ":"] {
            assert_eq!(Hash::of(text), None, "{text}");
        }
    }
}
