//! The files in `requirements/`. Build steps install from them before they copy the project.

use camino::{Utf8Path, Utf8PathBuf};

use crate::bundle::{Bundle, Dependencies, UvManifests};
use crate::files::{Entry, EntryKind};
use crate::project::RequirementsFile;

/// The files in `requirements/`, with paths relative to it.
pub(super) struct RequirementFiles<'a> {
    /// Generated files: path and text.
    pub(super) made: Vec<(String, String)>,
    /// Copies of project files: path and entry.
    pub(super) copied: Vec<(String, &'a Entry)>,
}

impl<'a> RequirementFiles<'a> {
    pub(super) fn new(bundle: &'a Bundle) -> Self {
        let mut files = Self { made: Vec::new(), copied: Vec::new() };
        let build_requirements = bundle.build_requirements();
        let UvManifests { run, build } = bundle.uv_manifests();
        match build {
            Some(manifest) => files.made.push(("build/pyproject.toml".to_owned(), manifest.clone())),
            None if build_requirements.is_empty() => {}
            None => files.made.push(("build.txt".to_owned(), lines(&build_requirements))),
        }
        files.made.extend(run.iter().map(|manifest| ("run/pyproject.toml".to_owned(), manifest.clone())));
        match bundle.dependencies() {
            Dependencies::None => {}
            Dependencies::Listed(_) if run.is_some() => {}
            Dependencies::Listed(requirements) => files.made.push(("run/run.txt".to_owned(), lines(requirements))),
            Dependencies::Pylock(lock) => files.made.push(("run/pylock.toml".to_owned(), lock.text().to_owned())),
            Dependencies::Exported { list, .. } => {
                files.made.push(("run/requirements.txt".to_owned(), list.text().to_owned()));
            }
            Dependencies::Requirements(file) => {
                files.made.push(("run/requirements.txt".to_owned(), file.text().to_owned()));
                files.copied.extend(beside_includes(bundle, file));
            }
            Dependencies::UvLock { lock, folder, manifests } => {
                files.made.push((in_run(&folder.join("uv.lock")), lock.projected()));
                let manifests = manifests.iter();
                files.made.extend(manifests.map(|(path, text)| (in_run(&path.join("pyproject.toml")), text.clone())));
            }
        }
        files
    }
}

fn in_run(path: &Utf8Path) -> String {
    format!("run/{path}")
}

/// Returns all `.txt`, `.in` and `.pip` files in the folders of the files that a requirements file includes.
///
/// An included file can include others, so these files are copied as well.
fn beside_includes<'a>(bundle: &'a Bundle, file: &RequirementsFile) -> Vec<(String, &'a Entry)> {
    let project_path = bundle.workspace().project_path();
    let included = file.includes().iter().chain(file.constraints());
    let folders: Vec<Utf8PathBuf> =
        included.filter_map(|path| path.normal().parent().map(|folder| project_path.join(folder))).collect();
    let is_beside = |entry: &&Entry| {
        let path = Utf8Path::new(entry.path());
        matches!(entry.kind(), EntryKind::File | EntryKind::Memory(_))
            && matches!(path.extension(), Some("txt" | "in" | "pip"))
            && path.parent().is_some_and(|folder| folders.iter().any(|wanted| wanted == folder))
    };
    let beside = bundle.listing().entries().iter().filter(is_beside);
    let copied = beside.filter_map(|entry| {
        let relative = Utf8Path::new(entry.path()).strip_prefix(project_path).ok()?;
        Some((in_run(relative), entry))
    });
    copied.filter(|(path, _)| path != "run/requirements.txt").collect()
}

/// Formats requirements one per line, as pip and uv read them.
fn lines(requirements: &[impl ToString]) -> String {
    requirements.iter().map(|requirement| requirement.to_string() + "\n").collect()
}
