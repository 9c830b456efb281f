//! The framework that the image runs: the distribution `agentixx`, whose server every runtime image starts.

use std::fmt;
use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::dependencies::Dependencies;
use crate::project::{Closure, FileRequirement, Requirement, Workspace, allows};
use crate::value::{ImageRef, OneLine, ProjectName};

/// The name of the distribution.
pub(crate) const NAME: &str = "agentixx";

/// The server, which runtime images and standalone images start. Agentix's own deployments start it by this path.
pub(crate) const SERVER: &str = "/nix/runtime/bin/agentix-server";

/// Returns whether this version of the framework installs [`SERVER`] itself. From 0.2.7 on, it has only the function
/// that the program calls.
pub(crate) fn installs_server(version: &Version) -> bool {
    Version::from_str("0.2.7").is_ok_and(|first_without| *version < first_without)
}

/// What a project asks of the framework, displayed as a version or as version specifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    versions: Versions,
    /// The file that says so.
    pub(super) from: &'static str,
    /// Whether the installation of the dependencies installs it in any case.
    is_installed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Versions {
    One(Version),
    Some(VersionSpecifiers),
    /// The version of a sibling, which no index needs to have.
    Own(Version),
    /// A repository or an archive, whose version only a build knows.
    Url(String),
}

impl Wanted {
    /// Returns what the lock, or else the manifests, say of the framework.
    pub(super) fn find(workspace: &Workspace, closure: &Closure<'_>, dependencies: &Dependencies) -> Option<Self> {
        let is_framework = |name: &ProjectName| name.as_str() == NAME;
        let mut siblings = closure.members_of(workspace);
        if let Some(sibling) = siblings.find(|sibling| sibling.is_package && is_framework(sibling.project.name())) {
            let versions = sibling
                .project
                .version()
                .cloned()
                .map_or_else(|| Versions::Url(sibling.place.to_string()), Versions::Own);
            return Some(Self { versions, from: "pyproject.toml", is_installed: false });
        }
        let (versions, from) = match dependencies {
            Dependencies::UvLock { lock, .. } => {
                let package = lock.packages().iter().find(|package| is_framework(&package.name))?;
                (Versions::One(package.version.clone()?), "uv.lock")
            }
            Dependencies::Pylock(lock) => {
                let package = lock.packages().iter().find(|package| is_framework(&package.name))?;
                (Versions::One(package.version.clone()?), "pylock.toml")
            }
            Dependencies::Exported { list, .. } | Dependencies::Requirements(list) => {
                let listed = list.all_requirements().find_map(|listed| match listed {
                    FileRequirement::Specifier { requirement, .. } => Versions::of(requirement),
                    _ => None,
                });
                let from =
                    if let Dependencies::Exported { lock, .. } = dependencies { lock } else { "requirements.txt" };
                (listed?, from)
            }
            Dependencies::None | Dependencies::Listed(_) => {
                (closure.requirements.iter().find_map(|requirement| Versions::of(requirement))?, "pyproject.toml")
            }
        };
        // What a list or another lock leaves out is not installed, whatever the manifest says.
        let is_installed = matches!(dependencies, Dependencies::UvLock { .. } | Dependencies::Listed(_))
            && closure.requirements.iter().any(|asked| is_framework(asked.name()) && !asked.has_marker());
        Some(Self { versions, from, is_installed })
    }

    /// Returns whether the installation of the dependencies installs this version in any case.
    pub(super) fn installs(&self, version: &Version) -> bool {
        self.is_installed && self.pinned() == Some(version)
    }

    /// Returns the version, if the project allows only one.
    pub(super) fn pinned(&self) -> Option<&Version> {
        match &self.versions {
            Versions::One(version) => Some(version),
            Versions::Some(_) | Versions::Own(_) | Versions::Url(_) => None,
        }
    }

    /// Returns whether an installed version stays, because it is what the project asks for.
    pub(super) fn accepts(&self, installed: &Version) -> bool {
        match &self.versions {
            Versions::One(version) | Versions::Own(version) => version == installed,
            Versions::Some(versions) => allows(versions, installed),
            Versions::Url(_) => false,
        }
    }
}

impl Versions {
    fn of(requirement: &Requirement) -> Option<Self> {
        if requirement.name().as_str() != NAME || !requirement.is_for_linux() {
            return None;
        }
        if let Some(url) = requirement.url() {
            return Some(Self::Url(url.to_string()));
        }
        let versions = requirement.versions()?;
        let is_pin = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
        let pin = versions.iter().find(|version| is_pin(version.operator()));
        Some(pin.map_or_else(|| Self::Some(versions.clone()), |pin| Self::One(pin.version().clone())))
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.versions {
            Versions::One(version) | Versions::Own(version) => version.fmt(f),
            Versions::Some(versions) => versions.fmt(f),
            Versions::Url(place) => write!(f, "from {}", OneLine(place)),
        }
    }
}

/// Returns whether an image is a runtime image by its name, so that its tag is a version of the framework.
pub(super) fn is_runtime(image: &ImageRef) -> bool {
    image.base_name() == "runtime"
}

#[cfg(test)]
mod tests {
    use super::installs_server;
    use crate::bundle::Bundle;
    use crate::bundle::tests::bundle_of;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle(dependency: &str, flags: &str) -> Bundle {
        let manifest = format!("[project]\nname = 'a'\nversion = '1'\ndependencies = [\"{dependency}\"]");
        bundle_of(&manifest, &[], flags).unwrap()
    }

    fn warnings(bundle: &Bundle) -> Vec<String> {
        bundle.warnings().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_pinned_version_decides_the_runtime() {
        let runtime = |dependency: &str, flags: &str| bundle(dependency, flags).runtime_image().to_string();
        assert_eq!(runtime("agentixx==0.2.6", ""), "agentix/runtime:0.2.6");
        assert_eq!(runtime("agentixx===0.2.6; python_version > '3'", ""), "agentix/runtime:0.2.6");
        assert_eq!(runtime("agentixx>=0.2", ""), "agentix/runtime:0.1.0");
        assert_eq!(runtime("agentixx==0.2.6", "agentix-version = '0.2.5'"), "agentix/runtime:0.2.5");
        assert_eq!(runtime("agentixx==0.2.6", "runtime-image = 'own:1'"), "own:1");
        let alone = bundle("agentixx==0.2.6", "standalone = true");
        assert_eq!(alone.agentix_version().unwrap().to_string(), "0.2.6");
        assert_eq!(warnings(&alone), [""; 0]);
    }

    #[test]
    fn the_dependencies_may_bring_the_framework() {
        let installs = |dependency: &str, flags: &str| bundle(dependency, flags).installs_framework();
        assert!(installs("agentixx==0.2.6", "standalone = true"));
        assert!(!installs("agentixx==0.2.6", ""), "the runtime image has it");
        assert!(!installs("agentixx>=0.2", "standalone = true"), "the version is not known");
        assert!(!installs("agentixx==0.2.6; python_version < '3'", "standalone = true"));
        assert!(!installs("agentixx==0.2.6", "standalone = true\nagentix-version = '0.2.5'"));
        assert!(!installs("rich", "standalone = true"));
    }

    #[test]
    fn another_framework_is_named() {
        let on = |dependency: &str, flags: &str| warnings(&bundle(dependency, flags));
        let old = "runtime-image = 'registry.example.org/agentix/runtime:0.1.0'";
        assert!(on("agentixx==0.2.6", old)[0].starts_with("the project installs agentixx 0.2.6, but"));
        assert!(on("agentixx>=0.2", "")[0].starts_with("the project installs agentixx >=0.2, but"));
        assert_eq!(on("agentixx==0.1", old), [""; 0]);
        assert_eq!(on("agentixx>=0.1", old), [""; 0]);
        assert_eq!(on("agentixx==0.2.6", "runtime-image = 'own:1'"), [""; 0], "nobody knows what it has");
        assert!(on("agentixx==0.2.6", "standalone = true\nagentix-version = '0.2.5'")[0].contains("0.2.6, but"));
        let own = bundle("agentixx==0.2.6", "runtime-image = 'own:1'");
        let known = own.warnings_on(None, Some(&"0.1.0".parse().unwrap()));
        assert_eq!(known.len(), 1, "the engine knows");
    }

    #[test]
    fn a_framework_from_elsewhere_is_named() {
        let on = |dependency: &str| warnings(&bundle(dependency, "build-apt = 'git'"));
        let found = on("agentixx @ git+https://git.example.org/a@v1");
        assert!(
            found[0].starts_with("the project installs agentixx from git+https://git.example.org/a@v1, but"),
            "{found:?}"
        );
        assert_eq!(on("agentixx @ https://git.example.org/agentixx-1.zip ; sys_platform == 'win32'"), [""; 0]);
        let manifest = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['agentixx']\n\
                        [tool.uv.sources]\nagentixx = { path = 'own' }\n";
        let with = |version: &str| {
            let own = format!("[project]\nname = 'agentixx'\nversion = '{version}'");
            let listing = Listing::from_files([("pyproject.toml", manifest), ("own/pyproject.toml", &own)]).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
            warnings(&Bundle::new(workspace, listing, Config::default()).unwrap())
        };
        assert!(with("0.9")[0].starts_with("the project installs agentixx 0.9, but"), "{:?}", with("0.9"));
        assert_eq!(with("0.1.0"), [""; 0]);
    }

    #[test]
    fn the_server_is_a_program_of_older_versions() {
        let installs = |version: &str| installs_server(&version.parse().unwrap());
        assert!(["0.1.0", "0.2.6", "0.2.6.post1"].into_iter().all(installs));
        assert!(!["0.2.7", "0.10.0", "1.0"].into_iter().any(installs));
    }

    #[test]
    fn a_list_names_the_framework_too() {
        let runtime = |list: &str| {
            let files = [("pyproject.toml", "[project]\nname = 'a'\nversion = '1'"), ("requirements.txt", list)];
            let listing = Listing::from_files(files).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
            Bundle::new(workspace, listing, Config::default()).unwrap().runtime_image().to_string()
        };
        assert_eq!(runtime("six==1.16\nagentixx==0.2.6\n"), "agentix/runtime:0.2.6");
        assert_eq!(runtime("six==1.16\n"), "agentix/runtime:0.1.0");
    }
}
