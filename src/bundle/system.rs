//! System packages: a Nix expression, and Debian packages.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::error::BundleError;
use super::files::excluded_at;
use crate::files::{Entry, EntryKind, ExclusionReason, Listing};
use crate::project::Config;
use crate::value::{AptPackage, ImageRef, Nixpkgs, ProjectPath, PublicKey, Substituter};

/// The default image for building a Nix expression. It is a fixed release, so that builds do not change unexpectedly.
/// It contains the package set that `<nixpkgs>` refers to.
pub const DEFAULT_NIX_IMAGE: &str = "nixos/nix:2.24.10";

/// The Nix stages of a bundle: for the project's own expression, for those of installed packages, or for both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nix {
    /// The path of the project's own Nix expression, relative to the project folder.
    pub file: Option<ProjectPath>,
    /// Whether the expressions that installed packages bring are built too.
    pub plugins: bool,
    /// The image in which expressions are built.
    pub image: ImageRef,
    /// The package set that `<nixpkgs>` refers to, or `None` for the channel of the image.
    pub nixpkgs: Option<Nixpkgs>,
    /// Binary caches in addition to those configured in the image, in the configured order.
    pub substituters: Vec<Substituter>,
    /// The public keys that sign the content of these caches.
    pub public_keys: Vec<PublicKey>,
}

impl Nix {
    /// Returns whether building the expressions of installed packages may read files of the project: the package set or
    /// a binary cache is among them.
    pub(crate) fn reads_project(&self) -> bool {
        let places = self.nixpkgs.iter().map(Nixpkgs::place).chain(self.substituters.iter().map(Substituter::as_str));
        places.into_iter().any(|place| place.starts_with("file:///src/project/"))
    }
}

/// Returns the Nix stages. Returns `None` if the project has no expression of its own and does not ask for those of
/// installed packages.
pub(super) fn nix(folder: &Utf8Path, listing: &Listing, config: &Config) -> Result<Option<Nix>, BundleError> {
    let file = own_expression(folder, listing, config)?;
    let plugins = config.nix_plugins == Some(true);
    if file.is_none() && !plugins {
        return Ok(None);
    }
    let image = match &config.nix_image {
        Some(image) => image.clone(),
        None => DEFAULT_NIX_IMAGE.parse()?,
    };
    let (substituters, public_keys) = (config.substituters.clone(), config.trusted_public_keys.clone());
    Ok(Some(Nix { file, plugins, image, nixpkgs: config.nixpkgs.clone(), substituters, public_keys }))
}

/// Returns the configured expression, or `default.nix` in the project folder, if it exists.
fn own_expression(folder: &Utf8Path, listing: &Listing, config: &Config) -> Result<Option<ProjectPath>, BundleError> {
    if let Some(file) = &config.nix {
        let exists = is_expression(folder, listing, file);
        return if exists { Ok(Some(file.clone())) } else { Err(not_in_context(folder, listing, file)) };
    }
    let file: ProjectPath = "default.nix".parse()?;
    match excluded_at(listing, folder.join(file.normal()).as_str()).map(|excluded| &excluded.reason) {
        _ if is_expression(folder, listing, &file) => Ok(Some(file)),
        // The key `exclude` says that it is not for the image.
        None | Some(ExclusionReason::Exclude(_)) => Ok(None),
        Some(_) => Err(not_in_context(folder, listing, &file)),
    }
}

fn not_in_context(folder: &Utf8Path, listing: &Listing, file: &ProjectPath) -> BundleError {
    let path = folder.join(file.normal()).into_string();
    match excluded_at(listing, &path) {
        Some(excluded) => {
            let needed_by = "tool.agentix.nix".into();
            BundleError::NeededFileKeptOut { path, needed_by, reason: excluded.reason.clone() }
        }
        None => BundleError::NoNixFile { path: file.as_str().to_owned() },
    }
}

/// Returns whether Nix can build the path: a file, or a folder with a `default.nix`.
fn is_expression(folder: &Utf8Path, listing: &Listing, file: &ProjectPath) -> bool {
    let path = folder.join(file.normal());
    match listing.get(path.as_str()).map(Entry::kind) {
        Some(EntryKind::Folder) => listing.get(path.join("default.nix").as_str()).is_some(),
        found => found.is_some(),
    }
}

/// Returns the Debian packages of the image, sorted. Returns an error if a package is listed twice with different
/// versions.
pub(super) fn apt(config: &Config) -> Result<BTreeSet<AptPackage>, BundleError> {
    one_version_each("apt", config.apt.iter())?;
    Ok(config.apt.iter().cloned().collect())
}

/// Returns the Debian packages that only the build steps have, sorted. Returns an error as [`apt`] does, also for a package
/// that the image has in another version.
pub(super) fn build_apt(config: &Config) -> Result<BTreeSet<AptPackage>, BundleError> {
    one_version_each("apt with build-apt", config.apt.iter().chain(&config.build_apt))?;
    Ok(config.build_apt.iter().filter(|package| !config.apt.contains(package)).cloned().collect())
}

fn one_version_each<'a>(keys: &'static str, packages: impl Iterator<Item = &'a AptPackage>) -> Result<(), BundleError> {
    let packages: BTreeSet<_> = packages.collect();
    let mut chosen = BTreeMap::new();
    for package in packages {
        if let Some(other) = chosen.insert(package.name(), package) {
            return Err(BundleError::AptTwice { keys, one: other.clone(), other: package.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::bundle::tests::{bundle_of, manifest};

    #[test]
    fn only_a_package_set_of_the_project_is_read_from_it() {
        for (nixpkgs, expected) in [("channel:nixos-24.11", false), ("file:///src/project/nixpkgs.tar.gz", true)] {
            let flags = format!("nix-plugins = true\nnixpkgs = '{nixpkgs}'");
            let bundle = bundle_of(&manifest(""), &[], &flags).unwrap();
            assert_eq!(bundle.nix().unwrap().reads_project(), expected, "{nixpkgs}");
        }
    }
}
