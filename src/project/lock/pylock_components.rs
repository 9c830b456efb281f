//! The packages of a `pylock.toml` for a bill of materials: with their files, which nothing else reads.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::component::{ComponentOrigin, LockedComponent, LockedFile};
use super::environment::ImageEnvironment;
use super::error::LockError;
use super::pylock::{Pylock, REMEDY};
use super::{parts, read_toml};
use crate::project::repository;
use crate::value::ProjectName;

#[derive(Deserialize)]
struct Tables {
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
    #[serde(default)]
    dependencies: Vec<DependencyTable>,
    index: Option<String>,
    archive: Option<FileTable>,
    directory: Option<DirectoryTable>,
    vcs: Option<VcsTable>,
    sdist: Option<FileTable>,
    #[serde(default)]
    wheels: Vec<FileTable>,
}

/// A dependency: the keys that identify an entry. Other keys than the name are needed if there are several.
#[derive(Deserialize)]
struct DependencyTable {
    name: ProjectName,
}

#[derive(Deserialize)]
struct DirectoryTable {
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct VcsTable {
    r#type: String,
    url: Option<String>,
    path: Option<String>,
    commit_id: String,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
struct FileTable {
    name: Option<String>,
    url: Option<String>,
    path: Option<String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

impl Pylock {
    /// Returns the packages that an installer selects with these extras and dependency groups.
    ///
    /// # Errors
    ///
    /// If the files of a package cannot be read.
    pub(crate) fn components(
        &self,
        names: &[ProjectName],
        environment: &ImageEnvironment,
    ) -> Result<Vec<LockedComponent>, LockError> {
        let Tables { packages } = read_toml(self.file(), self.text(), REMEDY)?;
        let states_dependencies = packages.iter().any(|table| !table.dependencies.is_empty());
        let entries = self.packages().iter().zip(&packages);
        let selected = entries.filter(|(package, _)| {
            let marker = package.marker.as_deref();
            marker.is_none_or(|marker| environment.may_hold_text(&self.decided(marker, names), &[]))
        });
        let component = |(package, table): (&super::PylockPackage, &PackageTable)| LockedComponent {
            name: package.name.clone(),
            version: package.version.as_ref().map(ToString::to_string),
            origin: table.origin(),
            files: table.files(),
            requires: states_dependencies
                .then(|| table.dependencies.iter().map(|dependency| dependency.name.clone()).collect()),
        };
        Ok(selected.map(component).collect())
    }

    /// Replaces each `'NAME' in extras` and `'NAME' in dependency_groups`, which only markers of PEP 751 have, by a
    /// condition that is always true or always false. By default, the lock's default groups are selected.
    fn decided(&self, marker: &str, names: &[ProjectName]) -> String {
        const ALWAYS: &str = "(os_name == '' or os_name != '')";
        const NEVER: &str = "(os_name == '' and os_name != '')";
        let mut decided = String::new();
        let mut rest = marker;
        while let Some(at) = rest.find(['\'', '"']) {
            let (before, quoted) = rest.split_at(at);
            let quote = &quoted[..1];
            let Some(length) = quoted[1..].find(quote) else { break };
            let (name, after) = (&quoted[1..=length], &quoted[length + 2..]);
            decided.push_str(before);
            let (negated, tail) = match after.trim_start().strip_prefix("not ") {
                Some(tail) => (true, tail.trim_start()),
                None => (false, after.trim_start()),
            };
            let collection = ["extras", "dependency_groups"].into_iter().find_map(|collection| {
                Some((collection, tail.strip_prefix("in ")?.trim_start().strip_prefix(collection)?))
            });
            match collection {
                Some((collection, after)) => {
                    let is_default = collection == "dependency_groups" && self.has_default(name);
                    let is_selected = is_default || names.iter().any(|selected| name.parse() == Ok(selected.clone()));
                    decided.push_str(if is_selected == negated { NEVER } else { ALWAYS });
                    rest = after;
                }
                None => {
                    decided.push_str(&quoted[..length + 2]);
                    rest = after;
                }
            }
        }
        decided + rest
    }

    fn has_default(&self, name: &str) -> bool {
        self.default_groups().iter().any(|group| name.parse() == Ok(group.clone()))
    }
}

impl PackageTable {
    fn origin(&self) -> ComponentOrigin {
        if let Some(VcsTable { r#type, url, path, commit_id, subdirectory }) = &self.vcs {
            let url = url.as_ref().or(path.as_ref()).map_or("", String::as_str);
            let url = repository::for_pip((r#type, url), Some(commit_id), subdirectory.as_deref());
            return ComponentOrigin::Repository(url);
        }
        match (&self.directory, &self.archive) {
            (Some(directory), _) => ComponentOrigin::Local(directory.path.clone()),
            (None, Some(FileTable { url: Some(url), .. })) => ComponentOrigin::Archive(url.clone()),
            (None, Some(archive)) => ComponentOrigin::Local(archive.path.clone().unwrap_or_default()),
            (None, None) => ComponentOrigin::Index(self.index.clone()),
        }
    }

    fn files(&self) -> Vec<LockedFile> {
        let files = self.archive.iter().chain(&self.sdist).chain(&self.wheels);
        let mut files: Vec<LockedFile> = files.map(FileTable::file).collect();
        files.sort();
        files
    }
}

impl FileTable {
    /// A file on this machine is named without its folder.
    fn file(&self) -> LockedFile {
        let path = self.path.as_deref().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
        let location = self.url.clone().or_else(|| self.name.clone()).or(path);
        let hashes = self.hashes.iter().map(|(algorithm, digest)| format!("{algorithm}:{digest}")).collect();
        LockedFile { location, hashes }
    }
}

#[cfg(test)]
mod tests {
    use super::{ComponentOrigin, LockedFile, Pylock};
    use crate::project::lock::environment::ImageEnvironment;

    fn components(text: &str, names: &[&str]) -> Vec<super::LockedComponent> {
        let lock: Pylock = text.parse().unwrap();
        let names: Vec<_> = names.iter().map(|name| name.parse().unwrap()).collect();
        lock.components(&names, &ImageEnvironment::new(None, &[])).unwrap()
    }

    /// Returns whether a lock with the default group `main` installs a package with this marker.
    fn is_installed(marker: &str, names: &[&str]) -> bool {
        let text = format!(
            "lock-version = '1.0'\nextras = ['web']\ndependency-groups = ['dev', 'main']\ndefault-groups = ['main']\n\
             [[packages]]\nname = 'six'\nmarker = '''{marker}'''\n"
        );
        !components(&text, names).is_empty()
    }

    /// The markers are those of PEP 751.
    #[test]
    fn a_package_is_installed_for_selected_names() {
        for (marker, names, expected) in [
            ("'web' in extras", &["web"][..], true),
            ("'Web' in extras", &["web"], true),
            ("'web' in extras", &["dev"], false),
            ("'web' not in extras", &["web"], false),
            ("'web' not in extras", &[], true),
            ("'dev' in dependency_groups", &[], false),
            ("'dev' in dependency_groups", &["dev"], true),
            ("\"dev\"  in  dependency_groups", &["dev"], true),
            ("\"dev\"  not  in  dependency_groups", &["dev"], false),
            ("'main' in dependency_groups", &[], true),
            ("'main' not in dependency_groups", &[], false),
            ("'dev' not in dependency_groups", &[], true),
            ("'main' in extras", &[], false),
            ("'web' in extras and sys_platform == 'win32'", &["web"], false),
            ("sys_platform == 'win32' or 'web' in extras", &["web"], true),
            ("sys_platform == 'win32' or 'web' in extras", &[], false),
            ("sys_platform == 'linux' and ('web' in extras or 'dev' in dependency_groups)", &["dev"], true),
            ("sys_platform == 'linux' and ('web' in extras or 'dev' in dependency_groups)", &[], false),
            ("'linux' == sys_platform", &[], true),
            ("'win32' == sys_platform", &[], false),
        ] {
            assert_eq!(is_installed(marker, names), expected, "{marker} with {names:?}");
        }
    }

    #[test]
    fn a_component_has_its_origin_its_files_and_its_dependencies() {
        let text = "lock-version = '1.0'\n\
            [[packages]]\nname = 'a'\nversion = '1'\nindex = 'https://i.example.org'\ndependencies = [{ name = 'b' }]\n\
            sdist = { name = 'a.tar.gz', path = 'x/other', hashes = { sha256 = '00' } }\n\
            wheels = [{ url = 'https://i.example.org/a.whl', name = 'a.whl' }, { path = 'x/0.whl' }]\n\
            [[packages]]\nname = 'b'\narchive = { url = 'https://i.example.org/b.zip', hashes = { md5 = '1', sha1 = '2' } }\n\
            [[packages]]\nname = 'c'\narchive = { path = 'x/c.zip' }\n\
            [[packages]]\nname = 'd'\ndirectory = { path = 'd' }\n\
            [[packages]]\nname = 'e'\nvcs = { type = 'git', url = 'https://g.example.org/e', commit-id = '01', subdirectory = 'f' }\n";
        let file = |location: &str, hashes: &[&str]| LockedFile {
            location: Some(location.to_owned()),
            hashes: hashes.iter().map(|&hash| hash.to_owned()).collect(),
        };
        let [indexed, archive, local_archive, folder, repository] = &components(text, &[])[..] else {
            panic!("not five components")
        };
        assert_eq!((indexed.name.as_str(), indexed.version.as_deref()), ("a", Some("1")));
        assert_eq!(indexed.origin, ComponentOrigin::Index(Some("https://i.example.org".to_owned())));
        let files = [file("0.whl", &[]), file("a.tar.gz", &["sha256:00"]), file("https://i.example.org/a.whl", &[])];
        assert_eq!(indexed.files, files);
        assert_eq!(indexed.requires, Some(["b".parse().unwrap()].into()));
        assert_eq!(archive.origin, ComponentOrigin::Archive("https://i.example.org/b.zip".to_owned()));
        assert_eq!(archive.files, [file("https://i.example.org/b.zip", &["md5:1", "sha1:2"])]);
        assert_eq!((archive.version.as_deref(), &archive.requires), (None, &Some([].into())));
        assert_eq!(
            (&local_archive.origin, &local_archive.files[..]),
            (&ComponentOrigin::Local("x/c.zip".to_owned()), &[file("c.zip", &[])][..])
        );
        assert_eq!(folder.origin, ComponentOrigin::Local("d".to_owned()));
        let url = "git+https://g.example.org/e@01#subdirectory=f";
        assert_eq!(repository.origin, ComponentOrigin::Repository(url.to_owned()));
    }

    #[test]
    fn a_lock_without_any_dependency_does_not_state_them() {
        let [six] = &components("lock-version = '1.0'\n[[packages]]\nname = 'six'\n", &[])[..] else {
            panic!("not one")
        };
        assert_eq!(six.requires, None);
    }
}
