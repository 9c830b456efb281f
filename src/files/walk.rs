//! Reads a project from disk: its manifest, its `.dockerignore` and the contents of its folder.
//!
//! The walk goes [level by level](levels). The rules are applied while a folder is [visited](visit).

#![expect(clippy::disallowed_methods, reason = "this module reads the disk")]

mod contents;
mod error;
mod follow;
mod levels;
mod siblings;
mod small_files;
mod visit;

use camino::Utf8Path;

use super::listing::Listing;
use super::rules::Rules;
use crate::project::Symlinks;

pub use error::WalkError;
pub(crate) use error::{no_folder, unreadable};
pub use siblings::walk_workspace;
pub(crate) use small_files::{Text, read_bounded, read_text};
pub use small_files::{read_ca_certificate, read_docker_ignore, read_project, read_template};

/// Lists the entries of a folder that the rules keep.
///
/// [`Config::symlinks`](crate::project::Config::symlinks) decides whether symbolic links are kept or replaced by their
/// targets. The project's own `.gitignore` files are read if [`Config::gitignore`](crate::project::Config::gitignore)
/// is set. No other ignore file is read, neither from a parent folder nor from the user's configuration. A folder with
/// a `PKG-INFO` is a [source distribution](Rules::for_source_distribution).
///
/// # Errors
///
/// Fails if a folder cannot be read. The listing is never silently shorter.
pub fn walk(folder: &Utf8Path, rules: &Rules) -> Result<Listing, WalkError> {
    let root = folder.canonicalize_utf8().map_err(|source| unreadable(folder.as_std_path(), source))?;
    let is_source_distribution = root.join("PKG-INFO").is_file();
    let rules = &if is_source_distribution { rules.clone().for_source_distribution() } else { rules.clone() };
    let (entries, dropped) = levels::visit_all(&root, rules)?;
    let (entries, dropped) = match rules.symlinks() {
        Symlinks::Keep => (entries, dropped),
        Symlinks::Follow => follow::links(&root, rules, entries, dropped)?,
    };
    Ok(Listing::new(root, entries, dropped))
}
