//! Where the links of a project lead.

use super::BundleError;
use crate::listing::{EntryKind, Listing};

/// How many links may stand in one path, as on Linux.
const MOST_LINKS: usize = 40;

/// Refuses a link that leads out of the project, or in a circle. One whose target is missing leads nowhere and does no
/// harm.
pub(super) fn check(listing: &Listing) -> Result<(), BundleError> {
    for entry in listing.entries() {
        let EntryKind::Link(target) = entry.kind() else { continue };
        let (path, target) = (entry.path().to_owned(), target.to_string());
        match follow(listing, entry.path()) {
            Ok(()) => {}
            Err(Fault::Leaves) => return Err(BundleError::LinkLeaves { path, target }),
            Err(Fault::Circle) => return Err(BundleError::LinkLoop { path, target }),
        }
    }
    Ok(())
}

enum Fault {
    Leaves,
    Circle,
}

/// Walks a path the way the kernel does: a link on the way is replaced by its target.
fn follow(listing: &Listing, path: &str) -> Result<(), Fault> {
    let mut ahead: Vec<&str> = path.split('/').rev().collect();
    let mut here: Vec<&str> = Vec::new();
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        match part {
            "" | "." => continue,
            ".." => {
                here.pop().ok_or(Fault::Leaves)?;
                continue;
            }
            name => here.push(name),
        }
        let Some(EntryKind::Link(target)) = listing.get(&here.join("/")).map(crate::listing::Entry::kind) else {
            continue;
        };
        links += 1;
        if links > MOST_LINKS {
            return Err(Fault::Circle);
        }
        if target.starts_with('/') {
            return Err(Fault::Leaves);
        }
        here.pop();
        ahead.extend(target.split('/').rev());
    }
    Ok(())
}
