//! Opens files and folders of a project without following a link, neither at the end of a path nor above it.
//!
//! The paths of a listing have no links in them. A folder that was swapped for a link since it was listed would lead
//! out of the project.

#![expect(clippy::disallowed_types, reason = "this module opens the project's files")]

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat};
use rustix::io::{Errno, retry_on_intr};

/// Opens a file for reading. A pipe or a device is not waited for.
///
/// # Errors
///
/// `ELOOP` if a part of the path is a link.
pub(crate) fn file(path: &Path) -> io::Result<File> {
    Ok(open(path, FILE)?.into())
}

/// Opens a folder to list it.
///
/// # Errors
///
/// `ELOOP` if a part of the path is a link.
pub(crate) fn folder(path: &Path) -> io::Result<OwnedFd> {
    Ok(open(path, OFlags::RDONLY | OFlags::DIRECTORY)?)
}

/// Reads the target of a link.
///
/// # Errors
///
/// `ELOOP` if a folder above the link is a link.
pub(crate) fn target(path: &Path) -> io::Result<PathBuf> {
    let link = open(path, OFlags::PATH)?;
    let target = readlinkat(link, "", Vec::new())?;
    Ok(OsString::from_vec(target.into_bytes()).into())
}

/// Opens files one after the other. The folder of the last file stays open: the next one is usually in it, and is then
/// found without a look-up of its whole path.
#[derive(Debug, Default)]
pub(crate) struct FileOpener {
    folder: Option<(PathBuf, OwnedFd)>,
}

impl FileOpener {
    /// Does the same as [`file`]. If a folder is moved after its first file was opened, its other files are still found.
    pub(crate) fn open(&mut self, path: &Path) -> io::Result<File> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let (Some(parent), Some(name)) = (parent, path.file_name()) else { return file(path) };
        let folder = match self.folder.take() {
            Some(open) if open.0.as_os_str() == parent.as_os_str() => open,
            _ => (parent.to_owned(), open_folder(parent)?),
        };
        let (_, folder) = self.folder.insert(folder);
        // A name has no folders above it, so there is no other link that could be followed.
        let flags = FILE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(retry_on_intr(|| openat(&*folder, name, flags, Mode::empty()))?.into())
    }
}

fn open_folder(path: &Path) -> Result<OwnedFd, Errno> {
    open(path, OFlags::PATH | OFlags::DIRECTORY).map_err(not_a_link)
}

/// Returns the error of a path whose folder is a link. With `O_PATH`, Linux says of a link that it is not a folder.
fn not_a_link(error: Errno) -> Errno {
    if error == Errno::NOTDIR { Errno::LOOP } else { error }
}

/// How a file is opened. A pipe or a device is not waited for.
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK);

fn open(path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match retry_on_intr(|| openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS)) {
        // Linux before 5.6, and sandboxes that do not know this call.
        Err(Errno::NOSYS | Errno::PERM) => open_step_by_step(path, flags),
        opened => opened,
    }
}

/// Opens each folder of the path beneath the one before.
fn open_step_by_step(path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
    let mut above: Option<OwnedFd> = None;
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        let name = if part == Component::RootDir { Path::new("/") } else { Path::new(part.as_os_str()) };
        let is_last = parts.peek().is_none();
        let flags = if is_last { flags } else { FOLDER };
        let beneath = above.as_ref().map_or(CWD, AsFd::as_fd);
        let opened = retry_on_intr(|| openat(beneath, name, flags, Mode::empty()));
        above = Some(opened.map_err(not_a_link)?);
    }
    above.ok_or(Errno::NOENT)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a test uses the disk")]

    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{Errno, FileOpener, OFlags, Path, file, open, open_step_by_step, target};

    type Open = fn(&Path, OFlags) -> Result<std::os::fd::OwnedFd, Errno>;

    #[test]
    fn no_part_of_a_path_may_be_a_link() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), "").unwrap();
        symlink("a", root.join("above")).unwrap();
        symlink("file", root.join("a/b/last")).unwrap();
        symlink("b", root.join("a/middle")).unwrap();
        let ways: [Open; 2] = [open, |path, flags| open_step_by_step(path, flags | OFlags::NOFOLLOW)];
        for way in ways {
            for path in ["a/b/file", "a/b", "a/../a/b/file"] {
                way(&root.join(path), OFlags::RDONLY).unwrap();
            }
            for path in ["above/b/file", "a/b/last", "a/middle/file", "a/middle/../b/file"] {
                assert_eq!(way(&root.join(path), OFlags::RDONLY).unwrap_err(), Errno::LOOP, "{path}");
            }
            assert_eq!(way(&root.join("a/none/file"), OFlags::RDONLY).unwrap_err(), Errno::NOENT);
        }
        assert_eq!(target(&root.join("a/b/last")).unwrap(), Path::new("file"));
        assert!(target(&root.join("above/b/last")).is_err());
    }

    #[test]
    fn an_opener_finds_the_same_files_as_a_path_in_any_order() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        for path in ["a/b/one", "a/b/two", "a/one"] {
            fs::write(root.join(path), path).unwrap();
        }
        symlink("a", root.join("above")).unwrap();
        symlink("one", root.join("a/last")).unwrap();
        symlink("b", root.join("a/middle")).unwrap();
        let paths =
            ["a/b/one", "a/b/two", "above/one", "a/one", "a/last", "a/middle/one", "a/b/none", "none/one", "a/b/one"];
        let mut opener = FileOpener::default();
        for path in paths.map(|path| root.join(path)) {
            let read = |opened: std::io::Result<fs::File>| {
                opened.and_then(std::io::read_to_string).map_err(|error| error.raw_os_error())
            };
            assert_eq!(read(opener.open(&path)), read(file(&path)), "{}", path.display());
        }
        assert_eq!(opener.open(Path::new("Cargo.toml")).map_err(|error| error.raw_os_error()).err(), None);
    }
}
