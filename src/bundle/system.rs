//! System packages: those of a Nix expression, and Debian's.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::error::BundleError;
use crate::files::{Entry, EntryKind, Listing};
use crate::project::Config;
use crate::value::{AptPackage, ImageRef, ProjectPath, PublicKey, Substituter};

/// The image that a Nix expression is built in where nobody names another: a release, so that it does not change by
/// itself. It carries the package set that `<nixpkgs>` names.
pub const DEFAULT_NIX_IMAGE: &str = "nixos/nix:2.24.10";

/// The Nix stage of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nix {
    /// The expression, relative to the project's root.
    pub file: ProjectPath,
    /// The image that it is built in.
    pub image: ImageRef,
    /// Binary caches that are asked besides those that the image knows, in the order they were written.
    pub substituters: Vec<Substituter>,
    /// The keys of what they hold.
    pub public_keys: Vec<PublicKey>,
}

pub(super) fn nix(place: &Utf8Path, listing: &Listing, config: &Config) -> Result<Option<Nix>, BundleError> {
    let file = match &config.nix {
        Some(file) if !is_expression(place, listing, file) => {
            return Err(BundleError::NoNixFile { path: file.as_str().to_owned() });
        }
        Some(file) => file.clone(),
        None if listing.get(place.join("default.nix").as_str()).is_some() => "default.nix".parse()?,
        None => return Ok(None),
    };
    let image = match &config.nix_image {
        Some(image) => image.clone(),
        None => DEFAULT_NIX_IMAGE.parse()?,
    };
    let (substituters, public_keys) = (config.substituters.clone(), config.trusted_public_keys.clone());
    Ok(Some(Nix { file, image, substituters, public_keys }))
}

/// Nix takes a file, or a folder with a `default.nix`.
fn is_expression(place: &Utf8Path, listing: &Listing, file: &ProjectPath) -> bool {
    let path = place.join(file.normal());
    match listing.get(path.as_str()).map(Entry::kind) {
        Some(EntryKind::Folder) => listing.get(path.join("default.nix").as_str()).is_some(),
        found => found.is_some(),
    }
}

/// Of a package there can be one version.
pub(super) fn apt(config: &Config) -> Result<BTreeSet<AptPackage>, BundleError> {
    let packages: BTreeSet<_> = config.apt.iter().cloned().collect();
    let mut chosen = BTreeMap::new();
    for package in &packages {
        if let Some(other) = chosen.insert(package.name(), package) {
            return Err(BundleError::AptTwice { one: other.clone(), other: package.clone() });
        }
    }
    Ok(packages)
}
