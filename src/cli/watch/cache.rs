//! Build caches that a build writes.

#![expect(clippy::disallowed_methods, reason = "the folder of a cache is looked for on the disk")]

use agentix_gen::Bundle;
use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::error::CommandError;
use crate::cli::project;

/// Refuses a build cache whose folder is in the context. Each round would write it, and so start the next one.
pub(super) fn refuse_in_context(bundle: &Bundle) -> Result<(), CommandError> {
    let current = project::current_folder()?;
    let listing = bundle.listing();
    for cache in &bundle.config().cache_to {
        let Some(folder) = cache.folder() else { continue };
        let folder = real(&current.join(folder));
        let Ok(path) = folder.strip_prefix(listing.root()) else { continue };
        if !listing.excluded().iter().any(|excluded| path.starts_with(&excluded.path)) {
            return Err(CommandError::WatchCache { cache: cache.clone() });
        }
    }
    Ok(())
}

/// Returns a path without links, as far as it exists.
fn real(path: &Utf8Path) -> Utf8PathBuf {
    let exists = |folder: &Utf8Path| Some((folder.canonicalize_utf8().ok()?, path.strip_prefix(folder).ok()?));
    path.ancestors().find_map(exists).map_or_else(|| path.to_owned(), |(folder, rest)| folder.join(rest))
}
