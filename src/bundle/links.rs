//! Where the links of a project lead.

use super::error::BundleError;
use crate::files::{Entry, EntryKind, ExclusionReason, Listing};

/// How many links may stand in one path, as on Linux.
const MOST_LINKS: usize = 40;

/// Refuses a link that leads out of the project, in a circle, or to what is kept out of the context. One that leads
/// nowhere in the project does so in the image as well, and no harm.
pub(super) fn check(listing: &Listing) -> Result<(), BundleError> {
    for entry in listing.entries() {
        let EntryKind::Link(target) = entry.kind() else { continue };
        let (path, target) = (entry.path().to_owned(), target.to_string());
        match follow(listing, entry.path()) {
            Ok(()) => {}
            Err(Fault::Leaves) => return Err(BundleError::LinkLeaves { path, target }),
            Err(Fault::KeptOut(reason)) => {
                return Err(BundleError::LinkToKeptOut { path, target, reason: reason.clone() });
            }
            Err(Fault::Circle) => return Err(BundleError::LinkLoop { path, target }),
        }
    }
    Ok(())
}

enum Fault<'a> {
    Leaves,
    KeptOut(&'a ExclusionReason),
    Circle,
}

/// Walks a path the way the kernel does: a link on the way is replaced by its target.
fn follow<'a>(listing: &'a Listing, path: &'a str) -> Result<(), Fault<'a>> {
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
        let path = here.join("/");
        let target = match listing.get(&path).map(Entry::kind) {
            Some(EntryKind::Link(target)) => target,
            Some(_) => continue,
            None => match listing.reason_at(&path) {
                Some(reason) => return Err(Fault::KeptOut(reason)),
                None => continue,
            },
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
