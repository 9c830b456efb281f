//! The packages of a `uv.lock` for a bill of materials: with their files, which nothing else reads.

use std::collections::BTreeSet;

use serde::Deserialize;
use url::Url;

use super::component::{ComponentOrigin, LockedComponent, LockedFile};
use super::environment::ImageEnvironment;
use super::error::LockError;
use super::uv::{PackageSource, REMEDY, UvLock};
use super::{parts, read_toml};
use crate::project::repository;
use crate::value::ProjectName;

#[derive(Deserialize)]
struct Tables {
    #[serde(default)]
    package: Vec<FilesTable>,
}

impl parts::Tables for Tables {
    type Package = FilesTable;
    const PACKAGES: &'static str = "package";

    fn add(&mut self, package: FilesTable, _: usize) {
        self.package.push(package);
    }
}

#[derive(Deserialize)]
struct FilesTable {
    sdist: Option<FileTable>,
    #[serde(default)]
    wheels: Vec<FileTable>,
}

#[derive(Deserialize)]
struct FileTable {
    url: Option<String>,
    filename: Option<String>,
    path: Option<String>,
    hash: Option<String>,
}

impl UvLock {
    /// Returns the packages that uv installs for a local project with these extras and groups, and the project itself.
    ///
    /// # Errors
    ///
    /// If the files of a package cannot be read.
    pub(crate) fn components(
        &self,
        project: &ProjectName,
        extras: &[ProjectName],
        groups: &[ProjectName],
        environment: &ImageEnvironment,
    ) -> Result<Vec<LockedComponent>, LockError> {
        let Tables { package: files } = read_toml(self.file(), self.text(), REMEDY)?;
        let conflicting = names_of_conflicts(project, extras, groups);
        let nodes = self.nodes(project, extras, groups, &|marker| environment.may_hold_text(marker, &conflicting));
        let indexes: BTreeSet<usize> = nodes.iter().map(|(index, _)| *index).collect();
        let component = |index: usize| {
            let package = &self.packages()[index];
            let own = nodes.range((index, None)..).take_while(|(other, _)| *other == index);
            let edges = own.flat_map(|(_, extra)| match extra {
                None => package.dependencies.iter(),
                Some(extra) => package.optional_dependencies.get(*extra).map_or([].iter(), |edges| edges.iter()),
            });
            let of_groups = groups.iter().filter_map(|group| package.dev_dependencies.get(group)).flatten();
            let of_groups = of_groups.filter(|_| package.name == *project);
            let needed = edges.chain(of_groups).filter(|edge| {
                edge.marker.as_deref().is_none_or(|marker| environment.may_hold_text(marker, &conflicting))
            });
            LockedComponent {
                name: package.name.clone(),
                version: package.version.as_ref().map(ToString::to_string),
                origin: origin(&package.source),
                files: files.get(index).map(FilesTable::files).unwrap_or_default(),
                requires: Some(needed.map(|edge| edge.name.clone()).collect()),
            }
        };
        Ok(indexes.into_iter().map(component).collect())
    }
}

/// Returns the extras that stand for selected extras and groups in the markers of a lock with conflicts: uv writes
/// `extra-3-app-web` for the extra `web` of `app`, whose name has three letters.
fn names_of_conflicts(project: &ProjectName, extras: &[ProjectName], groups: &[ProjectName]) -> Vec<ProjectName> {
    let length = project.as_str().len();
    let name = |kind: &str, name: &ProjectName| format!("{kind}-{length}-{project}-{name}").parse().ok();
    let extras = extras.iter().filter_map(|extra| name("extra", extra));
    extras.chain(groups.iter().filter_map(|group| name("group", group))).collect()
}

impl FilesTable {
    fn files(&self) -> Vec<LockedFile> {
        let files = self.sdist.iter().chain(&self.wheels);
        let mut files: Vec<LockedFile> = files.filter_map(FileTable::file).collect();
        files.sort();
        files
    }
}

impl FileTable {
    /// A file on this machine is named without its folder.
    fn file(&self) -> Option<LockedFile> {
        let path = self.path.as_deref().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
        let location = self.url.clone().or_else(|| self.filename.clone()).or(path);
        let hashes: Vec<String> = self.hash.iter().cloned().collect();
        (location.is_some() || !hashes.is_empty()).then_some(LockedFile { location, hashes })
    }
}

fn origin(source: &PackageSource) -> ComponentOrigin {
    match source {
        PackageSource::Registry(index) => ComponentOrigin::Index(Some(index.clone())),
        PackageSource::Git(url) => ComponentOrigin::Repository(for_pip(url)),
        PackageSource::Url(url) => ComponentOrigin::Archive(url.clone()),
        PackageSource::Virtual(path)
        | PackageSource::Editable(path)
        | PackageSource::Directory(path)
        | PackageSource::Path(path) => ComponentOrigin::Local(path.clone()),
    }
}

/// Returns the repository `URL?subdirectory=…&rev=…#COMMIT` as pip names it.
fn for_pip(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return text.to_owned() };
    let commit = url.fragment().map(str::to_owned);
    let subdirectory = url.query_pairs().find(|(key, _)| key == "subdirectory").map(|(_, value)| value.into_owned());
    url.set_fragment(None);
    url.set_query(None);
    repository::for_pip(("git", url.as_str()), commit.as_deref(), subdirectory.as_deref())
}

#[cfg(test)]
mod tests {
    use super::{ComponentOrigin, ImageEnvironment, LockedFile, UvLock};

    const LOCK: &str = "version = 1\n\
        [[package]]\nname = 'app'\nversion = '1'\nsource = { editable = '.' }\n\
        dependencies = [{ name = 'base', marker = \"extra == 'extra-3-app-web'\" }, { name = 'win', marker = \"os_name == 'nt'\" }]\n\
        [package.optional-dependencies]\nweb = [{ name = 'site' }]\n\
        [package.dev-dependencies]\ndev = [{ name = 'tool' }]\n\
        [[package]]\nname = 'base'\nversion = '2'\nsource = { registry = 'https://i.example.org' }\n\
        sdist = { url = 'https://i.example.org/base.tar.gz', hash = 'sha256:01' }\n\
        wheels = [{ filename = 'base.whl', path = 'x/other' }, { path = 'x/0.whl' }, { hash = 'sha256:02' }, {}]\n\
        [[package]]\nname = 'site'\nversion = '3'\nsource = { git = 'https://g.example.org/site?rev=v1&subdirectory=py#0123' }\n\
        [[package]]\nname = 'tool'\nversion = '4'\nsource = { url = 'https://i.example.org/tool.whl' }\n\
        [package.dev-dependencies]\ndev = [{ name = 'site' }]\n\
        [[package]]\nname = 'win'\nversion = '5'\nsource = { registry = 'https://i.example.org' }\n";

    fn components(extras: &[&str], groups: &[&str]) -> Vec<super::LockedComponent> {
        let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<_>>();
        let lock: UvLock = LOCK.parse().unwrap();
        let environment = ImageEnvironment::new(None, &[]);
        lock.components(&"app".parse().unwrap(), &names(extras), &names(groups), &environment).unwrap()
    }

    /// The marker of `base` is one that uv writes for a lock with conflicts.
    #[test]
    fn the_selected_packages_are_listed_with_what_they_need() {
        let listed = |extras: &[&str], groups: &[&str]| {
            let all = components(extras, groups);
            let told = all.iter().map(|one| {
                let requires = one.requires.iter().flatten().map(ToString::to_string).collect::<Vec<_>>();
                format!("{}: {}", one.name, requires.join(" "))
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(listed(&[], &[]), ["app: "]);
        assert_eq!(listed(&["web"], &[]), ["app: base site", "base: ", "site: "]);
        assert_eq!(listed(&[], &["dev"]), ["app: tool", "tool: "]);
        assert_eq!(listed(&["other"], &["other"]), ["app: "]);
    }

    #[test]
    fn a_component_has_its_origin_and_its_files() {
        let file = |location: Option<&str>, hash: Option<&str>| LockedFile {
            location: location.map(str::to_owned),
            hashes: hash.map(str::to_owned).into_iter().collect(),
        };
        let [app, base, site, tool] = &components(&["web"], &["dev"])[..] else { panic!("not four components") };
        assert_eq!((&app.origin, &app.files[..]), (&ComponentOrigin::Local(".".to_owned()), &[][..]));
        assert_eq!(base.origin, ComponentOrigin::Index(Some("https://i.example.org".to_owned())));
        let files = [
            file(None, Some("sha256:02")),
            file(Some("0.whl"), None),
            file(Some("base.whl"), None),
            file(Some("https://i.example.org/base.tar.gz"), Some("sha256:01")),
        ];
        assert_eq!((base.version.as_deref(), &base.files[..]), (Some("2"), &files[..]));
        let repository = "git+https://g.example.org/site@0123#subdirectory=py";
        assert_eq!(site.origin, ComponentOrigin::Repository(repository.to_owned()));
        assert_eq!(tool.origin, ComponentOrigin::Archive("https://i.example.org/tool.whl".to_owned()));
    }
}
