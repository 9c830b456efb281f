//! Finds files of Git LFS whose content was not fetched: the file is then a pointer, a few lines of text.
//!
//! Only a project with `filter=lfs` in a `.gitattributes` of its folder, or of a folder above it in its repository, can have
//! such files. Another project pays a few look-ups and no reading.

#![expect(clippy::disallowed_methods, reason = "this module reads the disk")]

use std::fs;

use camino::Utf8Path;

use super::small_files::{Text, read_bounded};
use crate::files::listing::{Entry, EntryKind, Listing, is_lfs_pointer};

/// The size limit for a pointer, in bytes.
const LARGEST_POINTER: u64 = 1024;

/// The size limit for a `.gitattributes`, in bytes: that of git.
const LARGEST_ATTRIBUTES: u64 = 100_000_000;

/// Returns the listing with the paths of the files that are pointers. A file that cannot be read is none: writing the context
/// reports it.
pub(super) fn with_pointers(listing: Listing) -> Listing {
    if !may_use_lfs(&listing) {
        return listing;
    }
    let mut pointers = Vec::new();
    for entry in listing.entries() {
        let place = match entry.kind() {
            EntryKind::File => listing.root().join(entry.path()),
            EntryKind::FileAt(place) => (&**place).into(),
            _ => continue,
        };
        if is_pointer(&place) {
            pointers.push(entry.path().to_owned());
        }
    }
    listing.with_lfs_pointers(pointers)
}

fn may_use_lfs(listing: &Listing) -> bool {
    let uses_lfs = |folder: &Utf8Path| {
        let found = read_bounded(folder.join(".gitattributes"), LARGEST_ATTRIBUTES);
        let filter = b"filter=lfs";
        matches!(found, Ok(Text::Bytes(text)) if text.windows(filter.len()).any(|part| part == filter))
    };
    let mut above = Vec::new();
    for folder in listing.root().ancestors() {
        above.push(folder);
        if folder.join(".git").exists() {
            break;
        }
    }
    let is_attributes = |path: &&str| path.rsplit('/').next() == Some(".gitattributes");
    let listed = listing.entries().iter().map(Entry::path);
    let excluded = listing.excluded().iter().map(|excluded| excluded.path.as_str());
    let below = listed.chain(excluded).filter(is_attributes).filter_map(|path| Utf8Path::new(path).parent());
    above.into_iter().any(uses_lfs) || below.map(|folder| listing.root().join(folder)).any(|folder| uses_lfs(&folder))
}

fn is_pointer(place: &Utf8Path) -> bool {
    fs::symlink_metadata(place).is_ok_and(|found| found.len() <= LARGEST_POINTER)
        && matches!(read_bounded(place, LARGEST_POINTER), Ok(Text::Bytes(text)) if is_lfs_pointer(&text))
}
