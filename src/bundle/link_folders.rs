//! The folders of archives that a requirements list names with `--find-links`. An installer finds them beside the list, so
//! they are in `requirements/` of the context too.

use camino::{Utf8Path, Utf8PathBuf};

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::files::excluded_at;
use crate::files::{EntryKind, Listing};
use crate::project::{Workspace, is_archive};

/// The file that names the folders.
const LIST: &str = "requirements.txt";

/// Returns the folders, relative to the project. Each is in the listing with all archives that it has.
pub(super) fn collect(
    workspace: &Workspace,
    listing: &Listing,
    dependencies: &Dependencies,
) -> Result<Vec<Utf8PathBuf>, BundleError> {
    let Dependencies::Requirements(list) = dependencies else { return Ok(Vec::new()) };
    let folders = list.link_folders()?;
    for folder in &folders {
        let path = workspace.project_path().join(folder).into_string();
        let excluded = listing.excluded().iter().find(|excluded| is_archive_in(&path, &excluded.path));
        if let Some(excluded) = excluded_at(listing, &path).or(excluded) {
            let (path, reason) = (excluded.path.clone(), excluded.reason.clone());
            return Err(BundleError::NeededFileKeptOut { path, needed_by: LIST.into(), reason });
        }
        if !listing.get(&path).is_some_and(|entry| matches!(entry.kind(), EntryKind::Folder)) {
            return Err(BundleError::NeededFileMissing { path, needed_by: LIST.into() });
        }
    }
    Ok(folders)
}

/// Returns whether a path is an archive directly in a folder.
pub(super) fn is_archive_in(folder: &str, path: &str) -> bool {
    let path = Utf8Path::new(path);
    path.parent().is_some_and(|parent| parent == folder) && path.file_name().is_some_and(is_archive)
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::context::{self, Source};
    use crate::dockerfile;
    use crate::files::{Excluded, ExclusionReason, Listing};
    use crate::project::{Config, Workspace};
    use crate::value::Dialect;

    fn bundle(list: &str, files: &[(&str, &str)], flags: &str) -> Result<Bundle, String> {
        let files = files.iter().copied().chain([("notes/requirements.txt", list)]);
        let flags: Config = toml::from_str(&format!("tag = 'notes:1'\n{flags}")).unwrap();
        let listing = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&listing, "notes", &flags).unwrap();
        Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())
    }

    const WHEEL: (&str, &str) = ("notes/req/wheels/six-1.0-py3-none-any.whl", "wheel");

    #[test]
    fn archives_are_beside_the_list() {
        let more = [WHEEL, ("notes/req/wheels/readme.txt", ""), ("notes/req/wheels/below/a-1.tar.gz", "")];
        let files = [&more[..], &[("notes/req/a.txt", "-f ./wheels\nsix")]].concat();
        let bundle = bundle("-r req/a.txt", &files, "").unwrap();
        let context = context::stage(&bundle, Dialect::BuildKit).unwrap();
        let entries: Vec<_> = context.entries().filter(|entry| entry.path.starts_with("requirements/run/")).collect();
        let paths: Vec<&str> = entries.iter().map(|entry| &entry.path["requirements/run/".len()..]).collect();
        let wheel = "req/wheels/six-1.0-py3-none-any.whl";
        assert_eq!(paths, ["req", "req/a.txt", "req/wheels", wheel, "requirements.txt"]);
        assert_eq!(entries[3].source, Source::Bytes(b"wheel"));
        assert_eq!(bundle.warnings(), []);
        // A mount would hide a changed archive from podman and buildah.
        assert!(context.dockerfile().contains("\nCOPY requirements/run/ /src/requirements/\n"));
        assert!(!context.dockerfile().contains("source=requirements/run"));
    }

    #[test]
    fn a_folder_that_is_not_in_the_context_is_named() {
        for (list, start) in [
            ("six\n-f ./wheels", "`notes/wheels`"),
            ("six\n-f /opt/wheels", "requirements.txt: `/opt/wheels` is outside the project"),
            ("six\n-f ${FOLDER}", "requirements.txt:2: `${FOLDER}` has no value during the build"),
        ] {
            let error = bundle(list, &[], "").unwrap_err();
            assert!(error.starts_with(start), "{list}: {error}");
        }
        let argument = "build-arg.HOST = 'i.example.org'";
        assert!(bundle("six\n-f https://${HOST}/", &[], argument).is_ok());
    }

    #[test]
    fn an_excluded_archive_is_named() {
        let full = Listing::from_files([("notes/requirements.txt", "six\n-f req/wheels"), WHEEL]).unwrap();
        let flags: Config = toml::from_str("tag = 'notes:1'").unwrap();
        let workspace = Workspace::in_listing(&full, "notes", &flags).unwrap();
        for path in ["notes/req", "notes/req/wheels", WHEEL.0] {
            let kept = full.entries().iter().filter(|entry| !entry.path().starts_with(path)).cloned().collect();
            let excluded = Excluded { path: path.into(), is_folder: path != WHEEL.0, reason: ExclusionReason::Cache };
            let listing = Listing::new("".into(), kept, vec![excluded]);
            let error = Bundle::new(workspace.clone(), listing, flags.clone()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{path}` is required by requirements.txt, but excluded")), "{error}");
        }
    }

    #[test]
    fn the_folder_of_the_project_has_them_too() {
        let manifest = ("pyproject.toml", "[project]\nname = 'notes'\nversion = '1'");
        let files = [manifest, ("requirements.txt", "six\n-f wheels"), ("wheels/six-1.0-py3-none-any.whl", "")];
        let flags: Config = toml::from_str("tag = 'notes:1'").unwrap();
        let listing = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
        let bundle = Bundle::new(workspace, listing, flags).unwrap();
        let text = dockerfile::render_in_tree(&bundle, Dialect::BuildKit).unwrap();
        assert!(text.contains("\nCOPY wheels /src/requirements/wheels/\n"), "{text}");
    }
}
