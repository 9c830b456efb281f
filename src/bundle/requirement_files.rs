//! The files that an installer reads. Build steps install from them before they copy the project.

use camino::Utf8Path;

use super::dependencies::Dependencies;
use super::gate::Bundle;
use super::link_folders::{LinkFolder, is_archive_in};
use super::uv::UvManifests;
use crate::files::{Entry, EntryKind};
use crate::project::TextFile;

/// A file that an installer reads.
pub(crate) struct RequirementFile<'a> {
    /// The path in `requirements/` of the context. What the image needs at run time is in `run/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The file of the project that an installer reads in the same way, if there is one.
    pub(crate) lock: Option<&'a TextFile>,
}

impl Bundle {
    /// Returns the files that the installer reads, for the build and for the image.
    pub(crate) fn requirement_files(&self) -> Vec<RequirementFile<'_>> {
        let generated = |path: &str, text: String| RequirementFile { path: path.to_owned(), text, lock: None };
        let mut files = Vec::new();
        let build_requirements = self.build_requirements();
        let UvManifests { run, build } = self.uv_manifests();
        match build {
            Some(manifest) => files.push(generated("build/pyproject.toml", manifest.clone())),
            None if build_requirements.is_empty() => {}
            None => files.push(generated("build.txt", lines(&build_requirements))),
        }
        files.extend(run.iter().map(|manifest| generated("run/pyproject.toml", manifest.clone())));
        match self.dependencies() {
            Dependencies::None => {}
            Dependencies::Listed(_) if run.is_some() => {}
            Dependencies::Listed(requirements) => {
                let indexes = lines(&self.project().poetry_sources().options);
                files.push(generated("run/run.txt", indexes + &lines(requirements)));
            }
            Dependencies::Pylock(lock) => {
                let (path, text) = ("run/pylock.toml".to_owned(), lock.text().to_owned());
                files.push(RequirementFile { path, text, lock: self.workspace().locks().pylock.as_ref() });
            }
            Dependencies::Exported { list, .. } => {
                files.push(generated("run/requirements.txt", list.text().to_owned()));
            }
            Dependencies::Requirements(list) => {
                files.extend(list.installed_texts().into_iter().map(|(path, text)| RequirementFile {
                    lock: self.file_with(&path, &text),
                    path: in_run(path.as_ref()),
                    text,
                }));
            }
            Dependencies::UvLock { lock, folder, manifests, .. } => {
                let (path, text) = (in_run(&folder.join("uv.lock")), lock.projected());
                files.push(RequirementFile { path, text, lock: self.workspace().locks().uv.as_ref() });
                let manifests = manifests.iter();
                files.extend(
                    manifests.map(|(path, text)| generated(&in_run(&path.join("pyproject.toml")), text.clone())),
                );
            }
        }
        files
    }

    /// Returns the folders of archives beside the requirements.
    pub(crate) fn link_folders(&self) -> &[LinkFolder] {
        &self.link_folders
    }

    /// Returns the archives in these folders, each with its path in `requirements/`.
    pub(crate) fn linked_archives(&self) -> impl Iterator<Item = (String, &Entry)> {
        self.link_folders.iter().flat_map(move |folder| {
            let entries = self.listing().entries().iter();
            let archives = entries.filter(move |entry| {
                is_archive_in(folder.path.as_str(), entry.path()) && !matches!(entry.kind(), EntryKind::Folder)
            });
            archives.map(move |entry| {
                let name = Utf8Path::new(entry.path()).file_name().unwrap_or_default();
                (folder.target.join(name).into_string(), entry)
            })
        })
    }

    /// Returns the lock at a path of the project, if it has this text.
    fn file_with(&self, path: &str, text: &str) -> Option<&TextFile> {
        let path = self.workspace().project_path().join(path);
        self.workspace().locks().files().find(|file| file.path == path && file.text == text)
    }
}

fn in_run(path: &Utf8Path) -> String {
    format!("run/{path}")
}

/// Formats requirements one per line, as pip and uv read them.
fn lines(requirements: &[impl ToString]) -> String {
    requirements.iter().map(|requirement| requirement.to_string() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::bundle::tests::{bundle_of, manifest};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    /// The installer reads no file that has nothing for it.
    #[test]
    fn no_file_is_written_without_requirements() {
        let paths = |manifest: &str| {
            let bundle = bundle_of(manifest, &[], "").unwrap();
            bundle.requirement_files().into_iter().map(|file| file.path).collect::<Vec<_>>()
        };
        assert_eq!(paths(&manifest("[tool.uv]")), [""; 0], "nothing is built");
        assert_eq!(paths(&manifest("dependencies = ['six']\n[tool.uv]")), ["run/run.txt"]);
    }

    /// A list is copied from its place if the installer reads it as it is.
    #[test]
    fn a_list_that_is_changed_is_no_file_of_the_project() {
        let is_file = |list: &str| {
            let project = "[project]\nname = 'a'\nversion = '1'\n";
            let lib = "[project]\nname = 'lib'\nversion = '1'\n";
            let files = [("pyproject.toml", project), ("requirements.txt", list), ("lib/pyproject.toml", lib)];
            let listing = Listing::from_files(files).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
            let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
            let files = bundle.requirement_files();
            files.iter().find(|file| file.path == "run/requirements.txt").map(|file| file.lock.is_some())
        };
        assert_eq!(is_file("six==1\n"), Some(true));
        assert_eq!(is_file("six==1\n./lib\n"), Some(false));
    }
}
