//! Building a wheel: the requirements of the build backend, and the version that is passed to it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::Version;

use super::error::BundleError;
use crate::files::Listing;
use crate::project::{BuildSystem, Project};
use crate::value::{ArgName, ProjectName};

/// A package that is built as a wheel: the project or a sibling.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) struct Package {
    /// The name of the distribution.
    pub name: ProjectName,
    /// The folder of the package, relative to `project/` in the context. Empty for `project/` itself.
    pub folder: Utf8PathBuf,
    /// How the wheel is built.
    pub build: WheelBuild,
    /// The variable that passes the version to a build backend that would otherwise read it from the repository.
    pub version_variable: Option<VersionVariable>,
    /// Whether its metadata states versions in a form of Poetry that installers refuse.
    pub writes_alternatives: bool,
    /// Whether setuptools asks the repository, which the build does not have, for the data of the packages.
    pub data_is_in_repository: bool,
}

/// How the requirements of the build backend are installed.
///
/// A backend may require more packages after reading the source ([PEP 517], `get_requires_for_build_wheel`). If it is
/// known not to, its requirements are installed before the source is copied, so that editing the source does not
/// reinstall them. Otherwise, the installer installs the requirements in an isolated environment for each build.
///
/// [PEP 517]: https://peps.python.org/pep-0517/#get-requires-for-build-wheel
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum WheelBuild {
    /// The requirements are known, and are installed before the source is copied. The backend is then called directly,
    /// because calling it through an installer has no benefit and takes several times as long.
    Prepared {
        /// The requirements, as PEP 508 specifiers.
        requires: Vec<String>,
        /// The Python statement that imports the backend as `backend`.
        import: &'static str,
    },
    /// The installer asks the backend for its requirements.
    Isolated,
}

/// The parts of a project for which a backend may require more packages than `[build-system]` lists.
struct Extras {
    /// The project has a `setup.py` or `setup.cfg` that may list `setup_requires`.
    setup_script: bool,
    /// The project may have build hooks of Hatch.
    hatch_hooks: bool,
}

impl WheelBuild {
    /// Returns how to build a project in a folder of the listing.
    pub(crate) fn of(project: &Project, folder: &Utf8Path, listing: &Listing) -> Self {
        let exists = |path: &str| listing.get(folder.join(path).as_str()).is_some();
        let build_system = project.build_system();
        let extras = Extras {
            setup_script: !build_system.asks_for_no_more && (exists("setup.py") || exists("setup.cfg")),
            hatch_hooks: build_system.has_hooks || exists("hatch.toml"),
        };
        if build_system.in_tree {
            return Self::Isolated;
        }
        match Backend::of(build_system, &extras) {
            Some(backend) => {
                let written = build_system.requires.iter().map(|requirement| requirement.as_str().to_owned());
                let added = backend.adds.iter().map(|requirement| (*requirement).to_owned());
                Self::Prepared { requires: written.chain(added).collect(), import: backend.import }
            }
            None => Self::Isolated,
        }
    }
}

/// Returns the build requirements that are known before the source is copied, without duplicates.
pub(super) fn required_by(packages: &[Package]) -> Vec<&str> {
    let mut all = Vec::new();
    for package in packages {
        let WheelBuild::Prepared { requires, .. } = &package.build else { continue };
        all.extend(requires.iter().map(String::as_str));
    }
    let mut seen = BTreeSet::new();
    all.retain(|requirement| seen.insert(*requirement));
    all
}

/// A known build backend, whose requirements can be installed before the source is copied.
struct Backend {
    /// The Python statement that imports the backend.
    import: &'static str,
    /// Packages that the backend requires in addition to `[build-system] requires`.
    adds: &'static [&'static str],
}

impl Backend {
    fn of(build_system: &BuildSystem, extras: &Extras) -> Option<Self> {
        let plain = |import| Some(Self { import, adds: &[] });
        match build_system.backend.as_deref() {
            // Setuptools requires the packages in `setup_requires` of a setup script, and `wheel` before version 70.1.
            None | Some("setuptools.build_meta") if extras.setup_script => None,
            Some("setuptools.build_meta") => {
                Some(Self { import: "from setuptools import build_meta as backend", adds: &["wheel"] })
            }
            // PEP 517: without a backend, setuptools is used in its legacy mode.
            None => Some(Self {
                import: "from setuptools.build_meta import __legacy__ as backend",
                adds: if build_system.requires.is_empty() { &["setuptools>=40.8.0", "wheel"] } else { &["wheel"] },
            }),
            // Hatchling requires only the dependencies of its build hooks.
            Some("hatchling.build") if !extras.hatch_hooks => plain("from hatchling import build as backend"),
            Some("flit_core.buildapi") => plain("from flit_core import buildapi as backend"),
            Some("poetry.core.masonry.api") => plain("from poetry.core.masonry import api as backend"),
            Some("poetry_dynamic_versioning.backend") => plain("from poetry_dynamic_versioning import backend"),
            Some("uv_build") => plain("import uv_build as backend"),
            _ => None,
        }
    }
}

/// An environment variable that passes the version to a build backend that would otherwise read it from the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionVariable {
    /// The name of the variable.
    pub name: ArgName,
    /// The version, which is the value of the variable.
    pub version: Version,
}

/// Build requirements that read the version from the repository, each with the variable that overrides it, if any.
const FROM_REPOSITORY: &[(&str, Option<&str>)] = &[
    ("setuptools-scm", Some("SETUPTOOLS_SCM_PRETEND_VERSION")),
    ("hatch-vcs", Some("SETUPTOOLS_SCM_PRETEND_VERSION")),
    ("flit-scm", Some("SETUPTOOLS_SCM_PRETEND_VERSION")),
    ("pbr", Some("PBR_VERSION")),
    ("uv-dynamic-versioning", Some("UV_DYNAMIC_VERSIONING_BYPASS")),
    ("poetry-dynamic-versioning", Some("POETRY_DYNAMIC_VERSIONING_BYPASS")),
    ("versioningit", None),
    ("versioneer", None),
    ("setuptools-git-versioning", None),
];

/// Backends of PDM, each with its module and the variable that overrides the version from the repository. The newer one builds
/// itself, and is then in no requirement.
const OF_PDM: &[(&str, &str, &str)] =
    &[("pdm-backend", "pdm.backend", "PDM_BUILD_SCM_VERSION"), ("pdm-pep517", "pdm.pep517", "PDM_PEP517_SCM_VERSION")];

/// Returns where PDM's backends take the version from: the repository (`scm`) is one of several places.
fn pdm_source(project: &Project) -> Option<&str> {
    project.whole().get("tool")?.get("pdm")?.get("version")?.get("source")?.as_str()
}

impl VersionVariable {
    /// Returns the variable of a sibling, or an error if the sibling needs one: no option sets the version of a
    /// sibling.
    pub(super) fn of_member(member: &Project) -> Result<Option<Self>, BundleError> {
        Self::of(member, None).map_err(|_| BundleError::MemberVersion { member: member.name().clone() })
    }

    /// Returns the variable that passes `version` to the backend of a project, or `None` if the backend needs none.
    pub(super) fn of(project: &Project, version: Option<&Version>) -> Result<Option<Self>, BundleError> {
        if project.version().is_some() {
            return Ok(None);
        }
        let required = |name: &str| {
            project.version_tool() == Some(name)
                || project.build_system().requires.iter().any(|requirement| requirement.name().as_str() == name)
        };
        let backend = project.build_system().backend.as_deref().unwrap_or_default();
        let of_pdm = OF_PDM.iter().find(|(name, module, _)| required(name) || backend.starts_with(module));
        match (FROM_REPOSITORY.iter().find(|(name, _)| required(name)), version) {
            (Some((asked, None)), _) => Err(BundleError::VersionOnlyFromRepository { asked }),
            (Some((asked, _)), None) => Err(BundleError::VersionFromRepository { asked }),
            (Some((_, Some(variable))), Some(version)) => {
                Ok(Some(Self { name: variable.parse()?, version: version.clone() }))
            }
            (None, version) => match (of_pdm, pdm_source(project), version) {
                (Some((_, _, variable)), None | Some("scm"), Some(version)) => {
                    Ok(Some(Self { name: variable.parse()?, version: version.clone() }))
                }
                (Some((asked, _, _)), Some("scm"), None) => Err(BundleError::VersionFromRepository { asked }),
                _ => Ok(None),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{VersionVariable, WheelBuild};
    use crate::files::Listing;
    use crate::project::Project;

    fn project(text: &str) -> Project {
        format!("[project]\nname = 'x'\ndynamic = ['version']\n{text}").parse().unwrap()
    }

    /// Each backend is imported as its documentation names it in `build-backend`.
    #[test]
    fn known_backends_are_imported() {
        let listing = Listing::from_files([("pyproject.toml", "")]).unwrap();
        let built = |backend: &str| {
            let project = project(&format!("[build-system]\nrequires = ['x']\nbuild-backend = '{backend}'"));
            WheelBuild::of(&project, Utf8Path::new(""), &listing)
        };
        for (backend, import) in [
            ("hatchling.build", "from hatchling import build as backend"),
            ("flit_core.buildapi", "from flit_core import buildapi as backend"),
            ("poetry.core.masonry.api", "from poetry.core.masonry import api as backend"),
            ("poetry_dynamic_versioning.backend", "from poetry_dynamic_versioning import backend"),
            ("uv_build", "import uv_build as backend"),
        ] {
            assert_eq!(built(backend), WheelBuild::Prepared { requires: vec!["x".to_owned()], import }, "{backend}");
        }
        assert_eq!(built("another.backend"), WheelBuild::Isolated);
    }

    #[test]
    fn a_version_of_the_repository_is_passed_to_the_backend() {
        let variable = |requires: &str, more: &str| {
            let project = project(&format!("[build-system]\nrequires = ['{requires}']\n{more}"));
            let variable = VersionVariable::of(&project, Some(&"1.2".parse().unwrap())).unwrap();
            variable.map(|variable| format!("{}={}", variable.name.as_str(), variable.version))
        };
        assert_eq!(variable("pbr", "").as_deref(), Some("PBR_VERSION=1.2"));
        let pdm = Some("PDM_BUILD_SCM_VERSION=1.2");
        assert_eq!(variable("pdm-backend", "[tool.pdm.version]\nsource = 'scm'").as_deref(), pdm);
        assert_eq!(variable("pdm-backend", "").as_deref(), pdm);
        assert_eq!(variable("pdm-backend", "[tool.pdm.version]\nsource = 'file'"), None);
        let scm = "build-backend = 'pdm.backend.intree'\n[tool.pdm.version]\nsource = 'scm'";
        assert_eq!(variable("x", scm).as_deref(), pdm, "the backend itself");
        assert_eq!(variable("pdm-pep517", "").as_deref(), Some("PDM_PEP517_SCM_VERSION=1.2"));
        assert_eq!(variable("hatchling", ""), None);
        let of_pdm = project(&format!("[build-system]\nrequires = []\n{scm}"));
        assert!(VersionVariable::of(&of_pdm, None).unwrap_err().to_string().contains("`pdm-backend`"));
        assert!(VersionVariable::of_member(&of_pdm).is_err());
        let member = VersionVariable::of_member(&project("[build-system]\nrequires = ['pbr']")).unwrap_err();
        assert!(member.to_string().contains("`x`"), "{member}");
        assert_eq!(VersionVariable::of_member(&project("")).unwrap(), None);
    }
}
