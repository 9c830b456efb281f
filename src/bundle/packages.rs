//! Collects the packages of a bundle: the project and its siblings, if they are built as wheels.

use camino::Utf8Path;
use pep440_rs::Version;

use super::error::BundleError;
use super::wheel::{Package, VersionVariable, WheelBuild};
use crate::files::Listing;
use crate::project::{Closure, Config, Project, ProjectKind, Workspace};

/// Returns the siblings that are packages, followed by the project if it is a package.
pub(super) fn collect(
    workspace: &Workspace,
    closure: &Closure<'_>,
    listing: &Listing,
    version: Option<&Version>,
) -> Result<Vec<Package>, BundleError> {
    let mut packages = Vec::new();
    let members = closure.members_of(workspace);
    for member in members.filter(|member| member.is_package) {
        check_encoding(&member.project, &member.place)?;
        packages.push(Package {
            name: member.project.name().clone(),
            folder: member.place.clone(),
            build: WheelBuild::of(&member.project, &member.place, listing),
            version_variable: VersionVariable::of_member(&member.project)?,
            writes_alternatives: member.project.writes_alternatives(),
            data_is_in_repository: data_is_in_repository(&member.project, &member.place, listing),
        });
    }
    let project = workspace.project();
    if project.kind() == ProjectKind::Package {
        check_encoding(project, workspace.project_path())?;
        packages.push(Package {
            name: project.name().clone(),
            folder: workspace.project_path().to_owned(),
            build: WheelBuild::of(project, workspace.project_path(), listing),
            version_variable: VersionVariable::of(project, version)?,
            writes_alternatives: project.writes_alternatives(),
            data_is_in_repository: data_is_in_repository(project, workspace.project_path(), listing),
        });
    }
    Ok(packages)
}

/// Returns whether setuptools looks for the data of packages in the repository. A source distribution has a list of it.
fn data_is_in_repository(project: &Project, folder: &Utf8Path, listing: &Listing) -> bool {
    project.named_files().are_in_repository && listing.get(folder.join("PKG-INFO").as_str()).is_none()
}

/// Returns whether `project-version` is the version of the image only, because the backend computes that of the package.
pub(super) fn have_own_version(workspace: &Workspace, packages: &[Package], config: &Config) -> bool {
    let project = workspace.project();
    let is_open = project.kind() == ProjectKind::Package && project.version().is_none();
    is_open
        && config.project_version.is_some()
        && packages.last().is_some_and(|package| package.version_variable.is_none())
}

/// Returns an error if a build backend cannot read the manifest. Python's TOML parser knows no byte order mark.
fn check_encoding(project: &Project, folder: &Utf8Path) -> Result<(), BundleError> {
    if project.has_byte_order_mark() {
        return Err(BundleError::ByteOrderMark { path: folder.join("pyproject.toml").into_string() });
    }
    Ok(())
}

/// Returns an error if the project is only the root of a workspace, whose members the image would lack. A group or a list of
/// its own is installed.
pub(super) fn check_workspace_root(workspace: &Workspace, config: &Config) -> Result<(), BundleError> {
    let project = workspace.project();
    let asks_for_something = !config.group.is_empty() || workspace.locks().requirements.is_some();
    match &project.uv().workspace {
        Some(table) if project.unread().members && !asks_for_something => {
            Err(BundleError::WorkspaceRoot { members: table.members.join(", ") })
        }
        _ => Ok(()),
    }
}

/// Returns an error if a path that is used in commands of the Dockerfile contains characters that a shell would
/// interpret.
pub(super) fn check_folders(workspace: &Workspace, closure: &Closure<'_>) -> Result<(), BundleError> {
    let is_plain = |path: &Utf8Path| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+@/".contains(c);
        path.as_str().chars().all(is_plain) && !path.as_str().starts_with('-')
    };
    let members = closure.members_of(workspace);
    let archives = closure.archives_of(workspace);
    let mut paths = members
        .map(|member| member.place.as_path())
        .chain(archives.map(|archive| archive.place.as_path()))
        .chain([workspace.project_path()]);
    match paths.find(|path| !is_plain(path)) {
        Some(path) => Err(BundleError::FolderName { path: path.to_string() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bundle::{Bundle, BundleError};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle_of(manifest: &str, files: &[(&str, &str)], flags: &str) -> Result<Bundle, BundleError> {
        let listing = Listing::from_files(files.iter().copied().chain([("notes/pyproject.toml", manifest)])).unwrap();
        let flags: Config = toml::from_str(&format!("tag = 'a:1'\n{flags}")).unwrap();
        Bundle::new(Workspace::in_listing(&listing, "notes", &flags).unwrap(), listing, flags)
    }

    #[test]
    fn a_root_without_a_project_is_refused() {
        let root = "[tool.uv.workspace]\nmembers = ['packages/*']\n";
        let refused = bundle_of(root, &[], "").unwrap_err().to_string();
        assert_eq!(
            refused,
            "pyproject.toml is the root of a workspace without [project], so nothing of it would be in the image; name the \
             folder of a member instead (`packages/*`)"
        );
        bundle_of(root, &[("notes/requirements.txt", "six")], "").unwrap();
        let group = format!("{root}[dependency-groups]\nx = ['six']\n");
        bundle_of(&group, &[], "group = 'x'").unwrap();
        bundle_of(&format!("{root}[project]\nname = 'a'\nversion = '1'"), &[], "").unwrap();
    }

    #[test]
    fn a_setup_script_may_read_the_version_from_the_repository() {
        let variable = |script: &str, flags: &str| {
            let listing = Listing::from_files([("app/setup.py", script), ("app/a.py", "")]).unwrap();
            let flags: Config = toml::from_str(&format!("tag = 'a:1'\n{flags}")).unwrap();
            let bundle = Bundle::new(Workspace::in_listing(&listing, "app", &flags).unwrap(), listing, flags);
            let variable = bundle.map(|bundle| bundle.packages()[0].version_variable.clone());
            variable
                .map(|variable| variable.map(|variable| variable.name.to_string()))
                .map_err(|error| error.to_string())
        };
        let version = "project-version = '1.2'";
        let of_scm = "setup(use_scm_version = True, setup_requires=['setuptools_scm'])";
        assert_eq!(variable(of_scm, version), Ok(Some("SETUPTOOLS_SCM_PRETEND_VERSION".to_owned())));
        assert_eq!(variable("setup(setup_requires=['pbr'], pbr=True)", version), Ok(Some("PBR_VERSION".to_owned())));
        assert_eq!(variable("setup(version='1', install_requires=['pbr'])", version), Ok(None));
        let refused = variable(of_scm, "").unwrap_err();
        assert!(refused.starts_with("`setuptools-scm` takes the version from the repository"), "{refused}");
        assert_eq!(variable("setup(use_scm_version={'fallback_version': '0'})", ""), Ok(None));
    }

    #[test]
    fn a_version_that_does_not_reach_the_package_is_named() {
        let told = |requires: &str, more: &str| {
            let manifest = format!(
                "[project]\nname = 'a'\ndynamic = ['version']\n[build-system]\nrequires = ['{requires}']\n\
                 build-backend = 'x'\n{more}"
            );
            let bundle = bundle_of(&manifest, &[], "project-version = '2'").unwrap();
            bundle.warnings().iter().map(ToString::to_string).find(|warning| warning.starts_with("project-version"))
        };
        let is_named = |requires: &str, more: &str| told(requires, more).is_some();
        assert_eq!(
            told("flit_core", "").unwrap(),
            "project-version is only in the label of the image: the build computes the version of the package itself"
        );
        assert!(is_named("flit_core", "") && is_named("hatchling", ""));
        assert!(is_named("pdm-backend", "[tool.pdm.version]\nsource = 'call'\ngetter = 'a:b'"));
        assert!(!is_named("pdm-backend", "[tool.pdm.version]\nsource = 'scm'"));
        assert!(!is_named("hatch-vcs", ""));
        let stated =
            "[project]\nname = 'a'\nversion = '2'\n[build-system]\nrequires = ['flit_core']\nbuild-backend = 'x'\n";
        assert_eq!(bundle_of(stated, &[], "project-version = '2'").unwrap().warnings(), []);
    }

    /// The build has no repository, so setuptools would make a package without its data.
    #[test]
    fn data_that_setuptools_looks_for_in_the_repository_is_known() {
        let is_in_repository = |backend: &str, more: &str, files: &[(&str, &str)]| {
            let manifest = format!("[project]\nname = 'a'\nversion = '1'\n[build-system]\n{backend}\n{more}");
            bundle_of(&manifest, files, "").unwrap().packages()[0].data_is_in_repository
        };
        let of = |requires: &str, backend: &str| format!("requires = [{requires}]\nbuild-backend = '{backend}'");
        let scm = of("'setuptools', 'setuptools_scm>=8'", "setuptools.build_meta");
        assert!(is_in_repository(&scm, "", &[]));
        assert!(is_in_repository(&of("'pbr'", "pbr.build"), "", &[]));
        assert!(!is_in_repository(&of("'setuptools'", "setuptools.build_meta"), "", &[]));
        assert!(!is_in_repository(&of("'hatchling', 'hatch-vcs', 'setuptools-scm'", "hatchling.build"), "", &[]));
        assert!(!is_in_repository(&scm, "[tool.setuptools]\ninclude-package-data = false", &[]));
        let metadata = ("notes/PKG-INFO", "Metadata-Version: 2.1\nName: a\nVersion: 1\n");
        assert!(!is_in_repository(&scm, "", &[metadata]), "a source distribution has a list");
        let script = ("notes/setup.py", "setup(setup_requires=['pbr'], pbr=True)");
        assert!(is_in_repository("requires = ['setuptools']", "", &[script]));
    }

    #[test]
    fn a_backend_reads_no_byte_order_mark() {
        let bundle = |manifest: &str| {
            let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
            Bundle::new(workspace, listing, Config::default())
        };
        let text = "\u{feff}[project]\nname = 'x'\nversion = '1'\n";
        assert_eq!(
            bundle(text).unwrap_err().to_string(),
            "`pyproject.toml` starts with a byte order mark, which build backends do not read; save it as UTF-8 without one"
        );
        assert!(bundle(&format!("{text}[tool.uv]\n")).is_ok());
    }

    /// The dependencies are dynamic: the lock knows them from a build, and no manifest names the siblings.
    #[test]
    fn siblings_that_only_uv_lock_names_are_built() {
        let manifest = "[project]\nname = 'a'\nversion = '1'\ndynamic = ['dependencies']\n[build-system]\nrequires = []\n\
                        build-backend = 'backend'\nbackend-path = ['.']\n[tool.uv.workspace]\nmembers = ['b', 'c']";
        let package = |name: &str, source: &str| {
            format!("[[package]]\nname = '{name}'\nversion = '1'\nsource = {{ {source} }}\n")
        };
        let lock = [
            "version = 1\n",
            &package("a", "editable = '.'"),
            "dependencies = [{ name = 'b' }, { name = 'd', marker = \"sys_platform == 'win32'\" }]\n",
            &package("b", "editable = 'b'"),
            "dependencies = [{ name = 'c' }, { name = 'e' }]\n",
            &package("c", "virtual = 'libs/c'"),
            &package("d", "directory = 'd'"),
            &package("e", "path = 'e-1-py3-none-any.whl'"),
        ]
        .concat();
        let member = |name: &str| format!("[project]\nname = '{name}'\nversion = '1'");
        let (b, c) = (member("b"), member("c"));
        let build = |lock: &str, flags: &str| {
            let files = [
                ("pyproject.toml", manifest),
                ("uv.lock", lock),
                ("backend.py", ""),
                ("b/pyproject.toml", &b),
                ("libs/c/pyproject.toml", &c),
                ("e-1-py3-none-any.whl", ""),
            ];
            let (listing, flags) = (Listing::from_files(files).unwrap(), toml::from_str::<Config>(flags).unwrap());
            let workspace = Workspace::in_listing(&listing, "", &flags).map_err(|error| error.to_string())?;
            Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())
        };
        let bundle = build(&lock, "").unwrap();
        let members: Vec<_> = bundle.members().map(|member| (member.place.as_str(), member.is_package)).collect();
        assert_eq!(members, [("b", true), ("libs/c", false)]);
        let packages: Vec<_> = bundle.packages().iter().map(|package| package.folder.as_str()).collect();
        assert_eq!(packages, ["b", ""]);
        assert_eq!(bundle.archives().next().unwrap().0.place, "e-1-py3-none-any.whl");
        assert!(bundle.dependencies_are_complete());
        let missing = build(&lock.replace("editable = 'b'", "editable = 'gone'"), "").unwrap_err();
        assert_eq!(missing, "/uv.lock: b: `/gone` does not exist");
        let unread = build(&lock, "installer = 'pip'").unwrap_err();
        assert!(unread.starts_with("pip cannot read uv.lock"), "{unread}");
    }
}
