//! Contexts of real folders, written as archives and as folders, and read by GNU tar, by Python and from disk.
//!
//! Linux only: there `tar` is GNU tar, and inotify and strace report which files are opened.

#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests use the disk and other programs, print why they did not run, and panic at the first failure"
)]

mod background;
#[path = "campaign/cases.rs"]
mod cases;
mod judges;

#[path = "context/archives.rs"]
mod archives;
#[path = "context/changing.rs"]
mod changing;
#[path = "context/digest.rs"]
mod digest;
#[path = "context/foreign.rs"]
mod foreign;
#[path = "context/git_ignore.rs"]
mod git_ignore;
#[path = "context/kinds.rs"]
mod kinds;
#[path = "context/lfs.rs"]
mod lfs;
#[path = "context/links.rs"]
mod links;
#[path = "context/members.rs"]
mod members;
#[path = "context/place.rs"]
mod place;
#[path = "context/process.rs"]
mod process;
#[path = "context/race.rs"]
mod race;
#[path = "context/refused.rs"]
mod refused;
#[path = "context/secrets.rs"]
mod secrets;
#[path = "context/selection.rs"]
mod selection;
#[path = "context/shapes.rs"]
mod shapes;
#[path = "context/sibling_links.rs"]
mod sibling_links;
#[path = "context/source_search.rs"]
mod source_search;
#[path = "context/tree.rs"]
mod tree;
#[path = "context/workspace.rs"]
mod workspace;

use agentix_gen::bundle::Bundle;
use agentix_gen::context;
use agentix_gen::context::{ArchiveError, Context, write_tar};
use agentix_gen::project::Config;
use agentix_gen::value::{Cancel, Dialect};
use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use tree::Tree;

/// A temporary folder, removed on drop.
struct Folder(TempDir);

impl Folder {
    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Creates a folder for large or many files: in memory if possible.
    fn in_memory() -> Self {
        Self(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
    }

    fn of(tree: &Tree) -> Self {
        let folder = Self::empty();
        tree::write(tree, folder.path(), false);
        folder
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).unwrap()
    }

    fn join(&self, path: &str) -> Utf8PathBuf {
        self.path().join(path)
    }
}

/// Creates the bundle of a folder, as the command does.
fn bundle(folder: &Utf8Path) -> Result<Bundle, Box<dyn std::error::Error>> {
    let flags = Config::default();
    let workspace = agentix_gen::files::read_workspace(folder, &flags)?;
    let listing = agentix_gen::files::walk_workspace(&workspace, &flags)?;
    Ok(Bundle::new(workspace, listing, flags)?)
}

fn staged(bundle: &Bundle) -> Context<'_> {
    context::stage(bundle, Dialect::BuildKit).unwrap()
}

fn tar(bundle: &Bundle) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = Vec::new();
    let length = write_tar(&staged(bundle), &mut bytes, &Cancel::default())?;
    assert_eq!(length, bytes.len() as u64);
    Ok(bytes)
}

fn symlink(target: &str, path: &Utf8Path) {
    std::os::unix::fs::symlink(target, path).unwrap();
}

fn set_mode(path: &Utf8Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}
