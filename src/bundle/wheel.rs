//! How a project becomes a wheel: what its build backend needs, and how it learns the version.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::Version;

use super::error::BundleError;
use crate::files::Listing;
use crate::project::{BuildSystem, Project};
use crate::value::ArgName;

/// A part of the project that becomes a wheel of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) struct Package {
    /// Its folder, relative to the root of the context's `project/`; empty where it is that root.
    pub folder: Utf8PathBuf,
    /// How it becomes a wheel.
    pub build: WheelBuild,
    /// How its build backend learns a version that it would ask the repository for.
    pub version_variable: Option<VersionVariable>,
}

/// How the build backend gets what it needs.
///
/// A backend may ask for more once it has seen the source ([PEP 517], `get_requires_for_build_wheel`). One that is known
/// not to gets its requirements before the source is copied, so that editing the source does not install them again.
/// Any other one gets them from the installer each time, in a build of its own.
///
/// [PEP 517]: https://peps.python.org/pep-0517/#get-requires-for-build-wheel
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum WheelBuild {
    /// The requirements are known, and installed before the source is copied. The backend is then called by itself: an
    /// installer has nothing to add, and takes several times as long.
    Prepared {
        /// The requirements, one PEP 508 specifier each.
        requires: Vec<String>,
        /// The Python statement that imports the backend as `backend`.
        import: &'static str,
    },
    /// The installer asks the backend.
    Isolated,
}

/// What of the project lets a backend ask for more than `[build-system]` says.
struct Extras {
    /// A setup script that may list `setup_requires`.
    setup_script: bool,
    hatch_hooks: bool,
}

impl WheelBuild {
    /// The build of a project in a folder of the listing.
    pub(crate) fn of(project: &Project, place: &Utf8Path, listing: &Listing) -> Self {
        let is_there = |path: &str| listing.get(place.join(path).as_str()).is_some();
        let build_system = project.build_system();
        let extras = Extras {
            setup_script: !build_system.asks_for_no_more && (is_there("setup.py") || is_there("setup.cfg")),
            hatch_hooks: build_system.has_hooks || is_there("hatch.toml"),
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

/// What the backends of packages need that can be told before they see the source, each once.
pub(super) fn required_by(packages: &[Package]) -> Vec<&str> {
    let mut all = Vec::new();
    for package in packages {
        let WheelBuild::Prepared { requires, .. } = &package.build else { continue };
        all.extend(requires.iter().map(String::as_str));
    }
    let mut met = BTreeSet::new();
    all.retain(|requirement| met.insert(*requirement));
    all
}

/// A backend that is known well enough to prepare for it.
struct Backend {
    /// The statement that imports it.
    import: &'static str,
    /// What it asks for beyond `[build-system] requires`.
    adds: &'static [&'static str],
}

impl Backend {
    fn of(build_system: &BuildSystem, extras: &Extras) -> Option<Self> {
        let plain = |import| Some(Self { import, adds: &[] });
        match build_system.backend.as_deref() {
            // Setuptools asks for what a setup script lists in `setup_requires`, and before version 70.1 for `wheel`.
            None | Some("setuptools.build_meta") if extras.setup_script => None,
            Some("setuptools.build_meta") => {
                Some(Self { import: "from setuptools import build_meta as backend", adds: &["wheel"] })
            }
            // PEP 517: no backend stands for setuptools, as it was before there were backends.
            None => Some(Self {
                import: "from setuptools.build_meta import __legacy__ as backend",
                adds: if build_system.requires.is_empty() { &["setuptools>=40.8.0", "wheel"] } else { &["wheel"] },
            }),
            // Hatchling asks for what its build hooks need, and for nothing else.
            Some("hatchling.build") if !extras.hatch_hooks => plain("from hatchling import build as backend"),
            Some("flit_core.buildapi") => plain("from flit_core import buildapi as backend"),
            Some("poetry.core.masonry.api") => plain("from poetry.core.masonry import api as backend"),
            Some("uv_build") => plain("import uv_build as backend"),
            _ => None,
        }
    }
}

/// An environment variable that tells a build backend the version that it would otherwise ask the repository for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionVariable {
    /// The variable.
    pub name: ArgName,
    /// Its value.
    pub version: Version,
}

/// Build requirements that take the version from the repository, and the variable that tells them another one.
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

impl VersionVariable {
    /// A sibling has no option that tells its version.
    pub(super) fn of_member(member: &Project) -> Result<Option<Self>, BundleError> {
        Self::of(member, None).map_err(|_| BundleError::MemberVersion { member: member.name().clone() })
    }

    pub(super) fn of(project: &Project, version: Option<&Version>) -> Result<Option<Self>, BundleError> {
        if project.version().is_some() {
            return Ok(None);
        }
        let required = |name: &str| project.build_system().requires.iter().any(|r| r.name().as_str() == name);
        match (FROM_REPOSITORY.iter().find(|(name, _)| required(name)), version) {
            (Some((asked, None)), _) => Err(BundleError::VersionOnlyFromRepository { asked }),
            (Some((asked, _)), None) => Err(BundleError::VersionFromRepository { asked }),
            (Some((_, Some(variable))), Some(version)) => {
                Ok(Some(Self { name: variable.parse()?, version: version.clone() }))
            }
            // The PDM backend has the repository as one of its sources, chosen in a table of its own.
            (None, Some(version)) if required("pdm-backend") => {
                Ok(Some(Self { name: "PDM_BUILD_SCM_VERSION".parse()?, version: version.clone() }))
            }
            (None, _) => Ok(None),
        }
    }
}
