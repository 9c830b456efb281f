//! Checks that the steps that fetch packages have git if a dependency is in a git repository.

use super::base_image::DEFAULT_RUNTIME_IMAGE;
use super::dependencies::Dependencies;
use super::error::BundleError;
use crate::project::{Closure, Config, FileRequirement, Requirement};
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

fn needs_git(closure: &Closure<'_>, dependencies: &Dependencies) -> Option<String> {
    let is_git = |requirement: &Requirement| requirement.url().is_some_and(|url| url.scheme().starts_with("git+"));
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
            let packages = lock.packages().iter();
            let mut packages =
                packages.filter(|package| matches!(package.source, crate::project::PackageSource::Git(_)));
            packages.next().map(|package| package.name.to_string())
        }
        Dependencies::Pylock(_) => None,
    }
}
