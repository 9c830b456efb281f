//! The folders above a place that are made for it.

#![expect(clippy::disallowed_methods, reason = "this is where it is looked which folders are there")]

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

/// Does work that writes to a place. Where it fails, the folders above the place that were not there before are removed,
/// unless somebody has put something into them.
pub(crate) fn or_unmade<T, E>(place: &Utf8Path, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let above = place.ancestors().skip(1).filter(|above| !above.as_str().is_empty());
    let missing: Vec<Utf8PathBuf> = above.take_while(|above| !above.exists()).map(Utf8Path::to_owned).collect();
    work().inspect_err(|_| missing.iter().for_each(|folder| _ = fs::remove_dir(folder)))
}
