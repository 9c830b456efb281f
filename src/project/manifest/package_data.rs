//! Where the packages of a setuptools project are.

use std::collections::{BTreeMap, BTreeSet};

/// The folders of packages, as `package-dir` says. Without it, they are not always written down: they are at the root, or in
/// `src/`.
#[derive(Debug, Clone)]
pub(super) struct PackageFolders {
    /// The folders of all packages that have none of their own.
    roots: BTreeSet<String>,
    own: BTreeMap<String, String>,
}

impl PackageFolders {
    /// Reads the entries of `package-dir`: packages and their folders.
    pub(super) fn new<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut roots: BTreeSet<String> = ["", "src"].map(str::to_owned).into();
        let mut own = BTreeMap::new();
        for (package, folder) in entries {
            let folder = folder.trim_start_matches("./").trim_matches('/').to_owned();
            if package.is_empty() {
                roots.insert(folder);
            } else {
                own.insert(package.to_owned(), folder);
            }
        }
        Self { roots, own }
    }

    /// Returns the folders in which a package may be. A parent with a folder of its own decides.
    pub(super) fn of(&self, package: &str) -> Vec<String> {
        let parents = package.match_indices('.').map(|(dot, _)| dot).chain([package.len()]);
        let found = parents.rev().find_map(|end| Some((self.own.get(&package[..end])?, &package[end..])));
        let roots = match found {
            Some((folder, below)) => return vec![format!("{folder}{}", below.replace('.', "/"))],
            None => self.roots.iter(),
        };
        let place = package.replace('.', "/");
        roots.map(|root| if root.is_empty() { place.clone() } else { format!("{root}/{place}") }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::PackageFolders;

    #[test]
    fn a_package_is_where_package_dir_says() {
        let folders = |entries: &[(&'static str, &'static str)], package: &str| {
            PackageFolders::new(entries.iter().copied()).of(package)
        };
        assert_eq!(folders(&[], "a.b"), ["a/b", "src/a/b"]);
        assert_eq!(folders(&[("", "./lib/")], "a"), ["a", "lib/a", "src/a"]);
        assert_eq!(folders(&[("a", "other"), ("", "lib")], "a.b.c"), ["other/b/c"]);
        assert_eq!(folders(&[("a", "other"), ("a.b", "deep")], "a.b.c"), ["deep/c"]);
        assert_eq!(folders(&[("a", "other")], "ab"), ["ab", "src/ab"]);
    }
}
