//! What the build steps install before they see the project: the files below `requirements/`.

use camino::{Utf8Path, Utf8PathBuf};

use crate::bundle::{Bundle, Dependencies, UvManifests};
use crate::files::{Entry, EntryKind};
use crate::project::RequirementsFile;

/// What is below `requirements/`.
pub(super) struct RequirementFiles<'a> {
    /// The files that are made here, and their texts.
    pub(super) made: Vec<(String, String)>,
    /// The files of the project that stand there a second time.
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
            Dependencies::Requirements(file) => {
                files.made.push(("run/requirements.txt".to_owned(), file.text().to_owned()));
                files.copied.extend(beside_includes(bundle, file));
            }
            Dependencies::UvLock { lock, folder, manifests } => {
                files.made.push((in_run(&folder.join("uv.lock")), lock.projected()));
                let manifests = manifests.iter();
                files.made.extend(manifests.map(|(place, text)| (in_run(&place.join("pyproject.toml")), text.clone())));
            }
        }
        files
    }
}

fn in_run(path: &Utf8Path) -> String {
    format!("run/{path}")
}

/// What a requirement file includes may include more; all texts in the folders of what it names come along.
fn beside_includes<'a>(bundle: &'a Bundle, file: &RequirementsFile) -> Vec<(String, &'a Entry)> {
    let place = bundle.workspace().project_path();
    let included = file.includes().iter().chain(file.constraints());
    let folders: Vec<Utf8PathBuf> =
        included.filter_map(|path| path.normal().parent().map(|folder| place.join(folder))).collect();
    let is_beside = |entry: &&Entry| {
        let path = Utf8Path::new(entry.path());
        matches!(entry.kind(), EntryKind::File | EntryKind::Memory(_))
            && matches!(path.extension(), Some("txt" | "in" | "pip"))
            && path.parent().is_some_and(|folder| folders.iter().any(|wanted| wanted == folder))
    };
    let beside = bundle.listing().entries().iter().filter(is_beside);
    let copied = beside.filter_map(|entry| {
        let below = Utf8Path::new(entry.path()).strip_prefix(place).ok()?;
        Some((in_run(below), entry))
    });
    copied.filter(|(path, _)| path != "run/requirements.txt").collect()
}

/// One requirement a line, as pip and uv read them.
fn lines(requirements: &[impl ToString]) -> String {
    requirements.iter().map(|requirement| requirement.to_string() + "\n").collect()
}
