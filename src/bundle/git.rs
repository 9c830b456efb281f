//! Checks that the steps that fetch packages have git if a dependency is in a git repository.

use super::base_image::DEFAULT_RUNTIME_IMAGE;
use super::dependencies::Dependencies;
use super::error::BundleError;
use crate::project::{Closure, Config, FileRequirement, PackageSource, Requirement};
use crate::value::ImageRef;

/// Returns an error if a requirement needs git, the image that the bundle starts from is known to have none, and `apt` does
/// not install it.
pub(super) fn check(
    closure: &Closure<'_>,
    dependencies: &Dependencies,
    config: &Config,
    base: &ImageRef,
) -> Result<(), BundleError> {
    let has_none = base.to_string() == DEFAULT_RUNTIME_IMAGE || base.tag().is_some_and(|tag| tag.ends_with("-slim"));
    let is_installed = config.apt.iter().any(|package| package.name() == "git");
    if !has_none || is_installed {
        return Ok(());
    }
    match needs_git(closure, dependencies) {
        Some(requirement) => Err(BundleError::NeedsGit { requirement, image: Box::new(base.clone()) }),
        None => Ok(()),
    }
}

/// Returns the first requirement that an installer clones for Linux. In a `uv.lock` only direct dependencies count: the lock
/// also has packages of groups and extras that are not installed.
fn needs_git(closure: &Closure<'_>, dependencies: &Dependencies) -> Option<String> {
    let is_git = |requirement: &Requirement| {
        requirement.is_for_linux() && requirement.url().is_some_and(|url| url.scheme().starts_with("git+"))
    };
    match dependencies {
        Dependencies::None | Dependencies::Listed(_) => {
            closure.requirements.iter().find(|requirement| is_git(requirement)).map(ToString::to_string)
        }
        Dependencies::Exported { list, .. } | Dependencies::Requirements(list) => {
            list.requirements().iter().find_map(|listed| match listed {
                FileRequirement::Specifier { requirement, .. } => is_git(requirement).then(|| requirement.to_string()),
                FileRequirement::Url { url, .. } => url.starts_with("git+").then(|| url.clone()),
                FileRequirement::LocalPath { .. } => None,
            })
        }
        Dependencies::UvLock { lock, .. } => {
            let from_git = |wanted: &Requirement| {
                let mut named = lock.packages().iter().filter(|package| package.name == *wanted.name());
                named.any(|package| matches!(package.source, PackageSource::Git(_)))
            };
            let mut requirements = closure.requirements.iter();
            requirements.find(|wanted| wanted.is_for_linux() && from_git(wanted)).map(ToString::to_string)
        }
        Dependencies::Pylock(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::bundle::{Bundle, BundleError};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle_of(files: &[(&str, &str)], flags: &str) -> Result<Bundle, BundleError> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
        Bundle::new(workspace, listing, flags)
    }

    fn with_dependency(requirement: &str, flags: &str) -> Result<Bundle, BundleError> {
        let manifest = format!("[project]\nname = 'hello'\nversion = '1.0'\ndependencies = [\"{requirement}\"]\n");
        bundle_of(&[("pyproject.toml", &manifest)], flags)
    }

    const GIT: &str = "tinylib @ git+https://git.example.org/tinylib@v1";

    #[test]
    fn a_git_dependency_needs_git() {
        assert_eq!(
            with_dependency(GIT, "").unwrap_err().to_string(),
            "`tinylib @ git+https://git.example.org/tinylib@v1` needs git, which `agentix/runtime:0.1.0` does not have; \
             add it: apt = [\"git\"] in [tool.agentix]",
        );
        for flags in ["apt = 'git'", "apt = 'git=1:2.39'", "runtime-image = 'own:1'"] {
            assert!(with_dependency(GIT, flags).is_ok(), "{flags}");
        }
    }

    #[test]
    fn a_dependency_of_another_system_needs_nothing() {
        assert!(with_dependency(&format!("{GIT} ; sys_platform == 'win32'"), "").is_ok());
        assert!(with_dependency(&format!("{GIT} ; sys_platform == 'linux'"), "").is_err());
    }

    #[test]
    fn a_locked_git_package_needs_git_if_it_is_installed() {
        let manifest = "[project]\nname = 'hello'\nversion = '1.0'\n[dependency-groups]\ndev = ['tinylib']\n\
                        [tool.uv.sources]\ntinylib = { git = 'https://git.example.org/tinylib' }\n";
        let git = "https://git.example.org/tinylib";
        let lock = format!(
            "version = 1\n[[package]]\nname = 'hello'\nversion = '1.0'\nsource = {{ virtual = '.' }}\n\
             [package.dev-dependencies]\ndev = [{{ name = 'tinylib' }}]\n\
             [package.metadata.requires-dev]\ndev = [{{ name = 'tinylib', git = '{git}' }}]\n\
             [[package]]\nname = 'tinylib'\nversion = '1'\nsource = {{ git = '{git}#{}' }}\n",
            "0".repeat(40)
        );
        let files = [("pyproject.toml", manifest), ("uv.lock", lock.as_str())];
        bundle_of(&files, "").unwrap();
        let refused = bundle_of(&files, "group = 'dev'").unwrap_err().to_string();
        assert!(refused.starts_with("`tinylib` needs git"), "{refused}");
    }
}
