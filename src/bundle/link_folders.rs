//! The folders of archives that a requirements list names with `--find-links`, and `[tool.uv]` or a `uv.lock` as a source of
//! packages. An installer finds them beside the file that names them, so they are in `requirements/` of the context too.

use camino::{Utf8Path, Utf8PathBuf};

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::files::excluded_at;
use super::installer::Installer;
use super::uv::UvManifests;
use super::uv_folders::{self, Named, is_url};
use crate::files::{EntryKind, Listing};
use crate::project::{Closure, PackageSource, Workspace, is_archive};

/// The file that names the folders.
const LIST: &str = "requirements.txt";

/// A folder of archives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkFolder {
    /// Its path in the listing.
    pub(crate) path: Utf8PathBuf,
    /// Its path in `requirements/` of the context.
    pub(crate) target: Utf8PathBuf,
}

/// Returns the folders. Each is in the listing with all archives that it has.
pub(super) fn collect(
    workspace: &Workspace,
    closure: &Closure<'_>,
    listing: &Listing,
    dependencies: &Dependencies,
    installer: &Installer,
    manifests: &UvManifests,
) -> Result<Vec<LinkFolder>, BundleError> {
    let mut folders = Vec::new();
    let mut add = |needed_by: &str, path: Utf8PathBuf, target: Utf8PathBuf| {
        let folder = LinkFolder { path, target };
        check(listing, needed_by, folder.path.as_str())?;
        if !folders.contains(&folder) {
            folders.push(folder);
        }
        Ok::<(), BundleError>(())
    };
    let run = Utf8Path::new("run");
    if let Dependencies::Requirements(list) = dependencies {
        for folder in list.link_folders()? {
            add(LIST, workspace.project_path().join(&folder), run.join(&folder))?;
        }
    }
    if let Dependencies::UvLock { lock, folder: base, .. } = dependencies {
        for package in lock.packages() {
            let PackageSource::Registry(path) = &package.source else { continue };
            if !is_url(path) {
                let named = Named { by: "uv.lock".to_owned(), base: base.clone(), path: path.clone() };
                let below = named.below(workspace)?;
                add(&named.by, base.join(&below), run.join(base).join(&below))?;
            }
        }
    }
    if matches!(installer, Installer::Pip) {
        return Ok(folders);
    }
    for named in uv_folders::in_settings(workspace, closure, dependencies)? {
        let below = named.below(workspace)?;
        let path = named.base.join(&below);
        let of_run = match dependencies {
            Dependencies::UvLock { folder, .. } => Some(run.join(folder)),
            _ => manifests.run.as_ref().map(|_| run.to_owned()),
        };
        let of_build = manifests.build.as_ref().map(|_| Utf8PathBuf::from("build"));
        for target in of_run.into_iter().chain(of_build) {
            add(&named.by, path.clone(), target.join(&below))?;
        }
    }
    Ok(folders)
}

/// Returns an error if a folder or one of its archives is not in the listing.
fn check(listing: &Listing, needed_by: &str, path: &str) -> Result<(), BundleError> {
    let excluded = listing.excluded().iter().find(|excluded| is_archive_in(path, &excluded.path));
    if let Some(excluded) = excluded_at(listing, path).or(excluded) {
        let (path, reason) = (excluded.path.clone(), excluded.reason.clone());
        return Err(BundleError::NeededFileKeptOut { path, needed_by: needed_by.into(), reason });
    }
    let is_folder = path.is_empty() || listing.get(path).is_some_and(|entry| matches!(entry.kind(), EntryKind::Folder));
    if is_folder {
        return Ok(());
    }
    Err(BundleError::NeededFileMissing { path: path.to_owned(), needed_by: needed_by.into() })
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

    const WHEELS: (&str, &str) = ("wheels/six-1.0-py3-none-any.whl", "");

    fn of_uv(files: &[(&str, &str)], flags: &str) -> Result<Bundle, String> {
        let listing = Listing::from_files(files.iter().copied().chain([WHEELS])).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
        Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())
    }

    fn targets(bundle: &Bundle) -> Vec<&str> {
        bundle.link_folders().iter().map(|folder| folder.target.as_str()).collect()
    }

    #[test]
    fn the_folders_of_uv_are_beside_each_manifest_that_names_them() {
        let project = "[project]\nname = 'notes'\nversion = '1'\n";
        let settings = "[tool.uv]\nfind-links = ['./wheels', 'https://w.example.org']\n";
        let build = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n";
        let index = "[[tool.uv.index]]\nurl = 'wheels/'\nformat = 'flat'\n";
        let listed = format!("{project}dependencies = ['six']\n");
        let dynamic = format!("{project}dynamic = ['dependencies']\n");
        let pip = format!("{project}[tool.uv.pip]\nfind-links = ['wheels']\ntarget = 'x'\n");
        let list = ("requirements.txt", "six");
        for (manifest, more, expected) in [
            (format!("{listed}{settings}"), &[][..], &["run/wheels"][..]),
            (format!("{listed}{index}"), &[], &["run/wheels"]),
            (format!("{listed}{settings}{build}"), &[], &["run/wheels", "build/wheels"]),
            (format!("{dynamic}{settings}{build}"), &[], &["run/wheels", "build/wheels"]),
            (format!("{project}{settings}{build}"), &[], &["build/wheels"]),
            (pip.clone(), &[list], &["run/wheels"]),
            (pip, &[], &[]),
        ] {
            let bundle = of_uv(&[&[("pyproject.toml", &*manifest)], more].concat(), "").unwrap();
            assert_eq!(targets(&bundle), expected, "{manifest}");
        }
    }

    #[test]
    fn the_folders_of_a_uv_lock_are_beside_it() {
        let project = "[project]\nname = 'notes'\nversion = '1'\nrequires-python = '>=3.11'\ndependencies = ['six']\n";
        let lock = |folder: &str| {
            format!(
                "version = 1\nrequires-python = '>=3.11'\n\
                 [[package]]\nname = 'notes'\nversion = '1'\nsource = {{ virtual = '.' }}\ndependencies = [{{ name = 'six' }}]\n\
                 [package.metadata]\nrequires-dist = [{{ name = 'six' }}]\n\
                 [[package]]\nname = 'six'\nversion = '1.0'\nsource = {{ registry = '{folder}' }}\n\
                 wheels = [{{ path = 'six-1.0-py3-none-any.whl' }}]\n"
            )
        };
        let manifest = format!("{project}[tool.uv]\nfind-links = ['wheels']\n");
        // uv has it from a file that is not read.
        for manifest in [&manifest, &format!("{project}[tool.uv]\n")] {
            let bundle = of_uv(&[("pyproject.toml", manifest), ("uv.lock", &lock("wheels"))], "").unwrap();
            assert_eq!(targets(&bundle), ["run/wheels"]);
        }
        let remote = lock("https://i.example.org/simple").replace("path = 'six", "url = 'https://i.example.org/six");
        let bundle = of_uv(&[("pyproject.toml", &manifest), ("uv.lock", &remote)], "").unwrap();
        assert_eq!(targets(&bundle), ["run/wheels"], "uv reads the settings");
        let error = of_uv(&[("pyproject.toml", &manifest), ("uv.lock", &lock("../wheels"))], "").unwrap_err();
        assert!(error.starts_with("uv.lock names `../wheels`, which is outside the folder of `notes`"), "{error}");
    }

    #[test]
    fn a_folder_that_a_build_does_not_have_is_refused() {
        let project = "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['six']\n";
        for (settings, start) in [
            ("[tool.uv]\nfind-links = ['../wheels']", "[tool.uv] find-links names `../wheels`, which is outside"),
            ("[tool.uv]\nfind-links = ['/opt/wheels']", "[tool.uv] find-links names `/opt/wheels`, which is outside"),
            ("[tool.uv]\nfind-links = ['file:///opt']", "[tool.uv] find-links names `file:///opt`, which is outside"),
            ("[tool.uv]\nfind-links = ['w']", "`w` is required by [tool.uv] find-links, but is not in the project"),
            ("[[tool.uv.index]]\nurl = 'wheels'", "`wheels` is a folder and an index of uv"),
            ("[tool.uv]\nindex-url = 'wheels'", "`wheels` is a folder and an index of uv"),
            ("[tool.uv]\nextra-index-url = ['file:///w']", "`file:///w` is a folder and an index of uv"),
        ] {
            let error = of_uv(&[("pyproject.toml", &format!("{project}{settings}\n"))], "").unwrap_err();
            assert!(error.starts_with(start), "{settings}: {error}");
        }
    }

    /// pip reads no settings of uv, and a warning says so.
    #[test]
    fn pip_gets_no_folder_of_uv() {
        let manifest =
            "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['six']\n[tool.uv]\nfind-links = ['wheels']\n";
        let bundle = of_uv(&[("pyproject.toml", manifest)], "installer = 'pip'").unwrap();
        assert!(bundle.link_folders().is_empty());
        assert!(bundle.warnings()[0].to_string().starts_with("[tool.uv] find-links is not used: pip"));
    }

    /// The folder is that of the member, which no build of the project has.
    #[test]
    fn a_folder_that_a_sibling_names_is_refused() {
        let manifest = "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['lib']\n\
                        [tool.uv.sources]\nlib = { path = 'lib' }\n";
        let lib = "[project]\nname = 'lib'\nversion = '1'\n[[tool.uv.index]]\nurl = 'wheels'\nformat = 'flat'\n";
        let error = of_uv(&[("pyproject.toml", manifest), ("lib/pyproject.toml", lib)], "").unwrap_err();
        assert!(error.starts_with("`wheels` is a folder and an index of uv"), "{error}");
    }
}
