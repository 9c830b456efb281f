//! Finds files of Git LFS whose content was not fetched: the file is then a pointer, a few lines of text.
//!
//! Only a project with `filter=lfs` in a `.gitattributes` of its folder, or of a folder above it in its repository, can have
//! such files. Another project pays a few look-ups and no reading.

#![expect(clippy::disallowed_methods, reason = "this module reads the disk")]

use std::fs;
use std::io::{self, Read};

use camino::Utf8Path;

use crate::files::listing::{EntryKind, Listing, is_lfs_pointer};

/// A pointer is shorter than this, in bytes.
const LARGEST_POINTER: u64 = 1024;

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
        if is_pointer(&place).unwrap_or(false) {
            pointers.push(entry.path().to_owned());
        }
    }
    listing.with_lfs_pointers(pointers)
}

fn may_use_lfs(listing: &Listing) -> bool {
    let uses_lfs = |folder: &Utf8Path| {
        fs::read_to_string(folder.join(".gitattributes")).is_ok_and(|text| text.contains("filter=lfs"))
    };
    let mut above = Vec::new();
    for folder in listing.root().ancestors() {
        above.push(folder);
        if folder.join(".git").exists() {
            break;
        }
    }
    let is_attributes = |path: &&str| path.rsplit('/').next() == Some(".gitattributes");
    let listed = listing.entries().iter().map(|entry| entry.path());
    let excluded = listing.excluded().iter().map(|excluded| excluded.path.as_str());
    let below = listed.chain(excluded).filter(is_attributes).filter_map(|path| Utf8Path::new(path).parent());
    above.into_iter().any(uses_lfs) || below.map(|folder| listing.root().join(folder)).any(|folder| uses_lfs(&folder))
}

fn is_pointer(place: &Utf8Path) -> io::Result<bool> {
    if fs::symlink_metadata(place)?.len() >= LARGEST_POINTER {
        return Ok(false);
    }
    let mut text = Vec::new();
    fs::File::open(place)?.take(LARGEST_POINTER).read_to_end(&mut text)?;
    Ok(is_lfs_pointer(&text))
}
