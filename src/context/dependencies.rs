//! The files in `requirements/`. Build steps install from them before they copy the project.

use camino::Utf8Path;

use crate::bundle::{Bundle, Dependencies, UvManifests};

/// Returns the path and the text of each file. Paths are relative to `requirements/`.
pub(super) fn files(bundle: &Bundle) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let build_requirements = bundle.build_requirements();
    let UvManifests { run, build } = bundle.uv_manifests();
    match build {
        Some(manifest) => files.push(("build/pyproject.toml".to_owned(), manifest.clone())),
        None if build_requirements.is_empty() => {}
        None => files.push(("build.txt".to_owned(), lines(&build_requirements))),
    }
    files.extend(run.iter().map(|manifest| ("run/pyproject.toml".to_owned(), manifest.clone())));
    match bundle.dependencies() {
        Dependencies::None => {}
        Dependencies::Listed(_) if run.is_some() => {}
        Dependencies::Listed(requirements) => files.push(("run/run.txt".to_owned(), lines(requirements))),
        Dependencies::Pylock(lock) => files.push(("run/pylock.toml".to_owned(), lock.text().to_owned())),
        Dependencies::Exported { list, .. } => {
            files.push(("run/requirements.txt".to_owned(), list.text().to_owned()));
        }
        Dependencies::Requirements(file) => {
            files.extend(file.installed_texts().into_iter().map(|(path, text)| (in_run(path.as_ref()), text)));
        }
        Dependencies::UvLock { lock, folder, manifests } => {
            files.push((in_run(&folder.join("uv.lock")), lock.projected()));
            let manifests = manifests.iter();
            files.extend(manifests.map(|(path, text)| (in_run(&path.join("pyproject.toml")), text.clone())));
        }
    }
    files
}

fn in_run(path: &Utf8Path) -> String {
    format!("run/{path}")
}

/// Formats requirements one per line, as pip and uv read them.
fn lines(requirements: &[impl ToString]) -> String {
    requirements.iter().map(|requirement| requirement.to_string() + "\n").collect()
}
