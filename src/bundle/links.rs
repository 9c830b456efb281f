//! Checks the targets of symbolic links.

use super::error::BundleError;
use crate::files::{Entry, EntryKind, ExclusionReason, Listing};

/// The maximum number of links to follow while resolving a path. Linux has the same limit.
const MOST_LINKS: usize = 40;

/// Returns an error if a link points outside the project, ends in a loop, or points to a path that is excluded from the
/// context. A link to a path that does not exist in the project is allowed: it is broken in the image as well.
pub(super) fn check(listing: &Listing) -> Result<(), BundleError> {
    for entry in listing.entries() {
        let EntryKind::Link(target) = entry.kind() else { continue };
        let (path, target) = (entry.path().to_owned(), target.to_string());
        match follow(listing, entry.path()) {
            Ok(()) => {}
            Err(Fault::OutsideProject) => return Err(BundleError::LinkLeaves { path, target }),
            Err(Fault::Excluded(reason)) => {
                return Err(BundleError::LinkToKeptOut { path, target, reason: reason.clone() });
            }
            Err(Fault::Loop) => return Err(BundleError::LinkLoop { path, target }),
        }
    }
    Ok(())
}

enum Fault<'a> {
    OutsideProject,
    Excluded(&'a ExclusionReason),
    Loop,
}

/// Resolves a path as the kernel does, replacing each link on the path by its target.
fn follow<'a>(listing: &'a Listing, path: &'a str) -> Result<(), Fault<'a>> {
    let mut remaining: Vec<&str> = path.split('/').rev().collect();
    let mut resolved: Vec<&str> = Vec::new();
    let mut links = 0;
    while let Some(part) = remaining.pop() {
        match part {
            "" | "." => continue,
            ".." => {
                resolved.pop().ok_or(Fault::OutsideProject)?;
                continue;
            }
            name => resolved.push(name),
        }
        let path = resolved.join("/");
        let target = match listing.get(&path).map(Entry::kind) {
            Some(EntryKind::Link(target)) => target,
            Some(_) => continue,
            None => match listing.reason_at(&path) {
                Some(reason) => return Err(Fault::Excluded(reason)),
                None => continue,
            },
        };
        links += 1;
        if links > MOST_LINKS {
            return Err(Fault::Loop);
        }
        if target.starts_with('/') {
            return Err(Fault::OutsideProject);
        }
        resolved.pop();
        remaining.extend(target.split('/').rev());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Fault, MOST_LINKS, follow};
    use crate::files::{Entry, EntryKind, Listing};

    #[test]
    fn a_path_has_at_most_as_many_links_as_in_linux() {
        let followed = |links: usize| {
            let link =
                |number: usize| Entry::new(format!("l{number}"), EntryKind::Link(format!("l{}", number + 1).into()));
            let listing = Listing::new("/project".into(), (0..links).map(link).collect(), vec![]);
            match follow(&listing, "l0") {
                Ok(()) => true,
                Err(Fault::Loop) => false,
                Err(Fault::OutsideProject | Fault::Excluded(_)) => panic!("no link leaves the project"),
            }
        };
        assert!(followed(MOST_LINKS) && !followed(MOST_LINKS + 1));
    }
}
