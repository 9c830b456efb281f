//! The edge where a project is read: its manifest, its `.dockerignore`, and what its folder holds.
//!
//! A folder is walked [level by level](levels), and the rules judge a folder's contents as it is [visited](visit).

#![expect(clippy::disallowed_methods, reason = "this is where the disk is read")]

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

/// Lists what a folder holds, as far as the rules keep it.
///
/// Links stay links, or are replaced by what they lead to, as [`Config::symlinks`](crate::project::Config::symlinks) says. The
/// project's own `.gitignore` files are read where [`Config::gitignore`](crate::project::Config::gitignore) asks for them; no
/// other ignore file is, neither a parent's nor the user's. A folder with a `PKG-INFO` is a [source
/// distribution](Rules::for_source_distribution).
///
/// # Errors
///
/// A folder that cannot be read is an error, never a shorter listing.
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
