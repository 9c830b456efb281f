//! Reads a project from disk: its manifest, its `.dockerignore` and the contents of its folder.
//!
//! The walk goes [level by level](levels). The rules are applied while a folder is [visited](visit).

#![expect(clippy::disallowed_methods, reason = "this module reads the disk")]

mod contents;
mod error;
mod follow;
mod levels;
mod lfs;
mod link_limits;
mod secret;
mod siblings;
mod small_files;
mod submodules;
mod undescribed;
mod visit;

use std::fs;

use camino::Utf8Path;

use super::listing::Listing;
use super::rules::Rules;
use crate::project::Symlinks;
use crate::value::Cancel;

pub use error::WalkError;
pub(crate) use error::unreadable;
pub use link_limits::LinkLimit;
pub use siblings::{walk_workspace, walk_workspace_until};
pub(crate) use small_files::{Text, check_folder, is_absence, read_bounded, read_text};
pub use small_files::{read_ca_certificate, read_docker_ignore, read_project, read_template};
pub use undescribed::FoundInstead;
pub(crate) use undescribed::found_instead;

/// Lists the entries of a folder that the rules keep.
///
/// [`Config::symlinks`](crate::project::Config::symlinks) decides whether symbolic links are kept or replaced by their
/// targets. The project's own `.gitignore` files are read if [`Config::gitignore`](crate::project::Config::gitignore)
/// is set. No other ignore file is read, neither from a parent folder nor from the user's configuration. A folder with
/// a `PKG-INFO` is a [source distribution](Rules::for_source_distribution).
///
/// # Errors
///
/// Fails if a folder cannot be read. The listing is never silently shorter. If links are followed, also fails if they
/// lead to more than a project can mean: the same folder 1000 times, a million entries, paths 200 folders deep, or more
/// bytes than [`Config::max_context`](crate::project::Config::max_context) or 100 GiB.
pub fn walk(folder: &Utf8Path, rules: &Rules) -> Result<Listing, WalkError> {
    walk_until(folder, rules, &Cancel::default())
}

/// Does the same as [`walk`], until it is cancelled.
fn walk_until(folder: &Utf8Path, rules: &Rules, cancel: &Cancel) -> Result<Listing, WalkError> {
    let root = folder.canonicalize_utf8().map_err(|source| unreadable(folder.as_std_path(), source))?;
    let metadata = root.join("PKG-INFO");
    let is_source_distribution = match fs::metadata(&metadata) {
        Ok(found) => found.is_file(),
        Err(error) if is_absence(&error) => false,
        Err(error) => return Err(unreadable(metadata.as_std_path(), error)),
    };
    let rules = &if is_source_distribution { rules.clone().for_source_distribution() } else { rules.clone() };
    let (entries, dropped) = levels::visit_all(&root, rules, cancel)?;
    let (entries, dropped) = match rules.symlinks() {
        Symlinks::Keep => (entries, dropped),
        Symlinks::Follow => follow::links(&root, rules, entries, dropped, cancel)?,
    };
    Ok(Listing::new(root, entries, dropped).with_rules(rules))
}
