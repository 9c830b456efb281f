//! The edge where a project is read: its manifest, its `.dockerignore`, and what its folder holds.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is where the disk is read")]

mod follow;
mod siblings;

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, WalkBuilder};

use crate::certificate::{CaCertificate, CertificateError};
use crate::config::Symlinks;
use crate::listing::{Dropped, Entry, EntryKind, Listing, SpecialKind, is_below};
use crate::pattern::{DockerIgnore, GitIgnore, PatternError};
use crate::project::{Project, ProjectError};
use crate::rules::{GitIgnores, Reason, Rules, STAGE_MARKER, Secret, Sight};
use crate::shown::{OneLine, Shown};
use crate::template::Template;
use crate::workspace::WorkspaceError;

pub use siblings::walk_workspace;

/// A project that cannot be read from disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// The folder is none.
    #[error("{}: not a folder; agentix-gen takes the folder of a Python project", OneLine(.0.as_str()))]
    NotAFolder(Utf8PathBuf),
    /// The folder has no manifest.
    #[error("{}: no pyproject.toml, setup.py or requirements.txt in this folder", OneLine(.0.as_str()))]
    NoManifest(Utf8PathBuf),
    /// The manifest cannot be used.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Manifest {
        /// The folder of the manifest.
        folder: Utf8PathBuf,
        /// What is wrong with it.
        error: ProjectError,
    },
    /// The `.dockerignore` cannot be used.
    #[error("{}: {error}", OneLine(.file.as_str()))]
    DockerIgnore {
        /// The file.
        file: Utf8PathBuf,
        /// The line that is wrong.
        error: PatternError,
    },
    /// The project's surroundings cannot be used.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A file with certificates cannot be used.
    #[error("{}: {error}", OneLine(.path.as_str()))]
    Certificate {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        error: CertificateError,
    },
    /// A file or folder cannot be read.
    #[error("{} cannot be read", Shown(.path))]
    Unreadable {
        /// The path; characters that are no UTF-8 are replaced.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A name is not UTF-8.
    #[error("{} has a name that is not UTF-8; rename it, or keep it out with `exclude`", Shown(.0))]
    NotUtf8(String),
    /// A link leads to a name that is not UTF-8.
    #[error(
        "link {} leads to {}, a name that is not UTF-8; rename that, or keep the link out with `exclude`",
        Shown(.path),
        Shown(.target)
    )]
    TargetNotUtf8 {
        /// The link.
        path: String,
        /// Its target; characters that are no UTF-8 are replaced.
        target: String,
    },
    /// A link that is to be followed leads nowhere.
    #[error("link {} leads to {}, which is not there; keep it out with `exclude`", Shown(.path), Shown(.target))]
    LinkToNothing {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
    /// A link that is to be followed has no end.
    #[error("link {} leads in a circle, to {}; keep it out with `exclude`", Shown(.path), Shown(.target))]
    LinkLoop {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
}

pub(crate) fn unreadable(path: &Path, source: io::Error) -> WalkError {
    WalkError::Unreadable { path: path.to_string_lossy().into_owned(), source }
}

/// Reads and parses the `pyproject.toml` of a folder.
///
/// # Errors
///
/// A manifest over 10 MB is refused unread; see [`WalkError`] for the rest.
pub fn read_project(folder: &Utf8Path) -> Result<Project, WalkError> {
    if !folder.is_dir() {
        return Err(WalkError::NotAFolder(folder.to_owned()));
    }
    let path = folder.join("pyproject.toml");
    let project = match read_bounded(&path, Project::LARGEST)? {
        Found::Nothing => return Err(WalkError::NoManifest(folder.to_owned())),
        Found::TooLarge => Err(ProjectError::too_large()),
        Found::Bytes(bytes) => Project::from_bytes(&bytes),
    };
    project.map_err(|error| WalkError::Manifest { folder: folder.to_owned(), error })
}

/// Reads the file of a folder that says what docker leaves out of a context.
///
/// That is the one named after the Dockerfile, `Dockerfile.dockerignore`, and `.dockerignore` only where that does not
/// exist: they are not merged, and the first may be empty. Where there is neither, nothing is ignored.
pub fn read_docker_ignore(folder: &Utf8Path) -> Result<DockerIgnore, WalkError> {
    for name in ["Dockerfile.dockerignore", ".dockerignore"] {
        if let Some(text) = read_text(&folder.join(name))? {
            return text.parse().map_err(|error| WalkError::DockerIgnore { file: folder.join(name), error });
        }
    }
    Ok(DockerIgnore::default())
}

pub(crate) fn read_text(path: &Utf8Path) -> Result<Option<String>, WalkError> {
    let fail = |source| unreadable(path.as_std_path(), source);
    match read_bounded(path, Project::LARGEST)? {
        Found::Nothing => Ok(None),
        Found::TooLarge => Err(fail(io::Error::other("it is larger than 10 MB"))),
        Found::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(fail(io::Error::new(io::ErrorKind::InvalidData, error))),
        },
    }
}

/// Reads a template that extends the Dockerfile; messages call it by this path.
///
/// # Errors
///
/// A file that is not there, is over 10 MB or is not UTF-8.
pub fn read_template(path: &Utf8Path) -> Result<Template, WalkError> {
    let text = read_text(path)?.ok_or_else(|| unreadable(path.as_std_path(), io::ErrorKind::NotFound.into()))?;
    Ok(Template::new(path.as_str(), text))
}

/// Reads a file with the certificates of authorities.
///
/// # Errors
///
/// A file that does not exist, or holds anything but certificates.
pub fn read_ca_certificate(path: &Utf8Path) -> Result<CaCertificate, WalkError> {
    let certificate = match read_bounded(path, CaCertificate::LARGEST)? {
        Found::Nothing => return Err(unreadable(path.as_std_path(), io::ErrorKind::NotFound.into())),
        Found::TooLarge => Err(CertificateError::TooLarge),
        Found::Bytes(bytes) => CaCertificate::from_bytes(&bytes),
    };
    certificate.map_err(|error| WalkError::Certificate { path: path.to_owned(), error })
}

/// What stands at the path of a text that people write.
pub(crate) enum Found {
    Nothing,
    /// Larger than such a text is; it stays unread.
    TooLarge,
    Bytes(Vec<u8>),
}

pub(crate) fn read_bounded(path: &Utf8Path, most: u64) -> Result<Found, WalkError> {
    let fail = |source| unreadable(path.as_std_path(), source);
    let file = match open_file(path.as_std_path()) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(fail(error)),
    };
    if file.metadata().map_err(fail)?.len() > most {
        return Ok(Found::TooLarge);
    }
    let mut bytes = Vec::new();
    // It may grow meanwhile; one byte too many is told by the parser.
    file.take(most + 1).read_to_end(&mut bytes).map_err(fail)?;
    Ok(Found::Bytes(bytes))
}

/// Opens a regular file; a pipe or device in its place neither blocks nor is read.
fn open_file(path: &Path) -> io::Result<File> {
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    OpenOptions::new().read(true).custom_flags(nonblocking).open(path)
}

/// Lists what a folder holds, as far as the rules keep it.
///
/// Links stay links, or are replaced by what they lead to, as [`Config::symlinks`](crate::Config::symlinks) says. The
/// project's own `.gitignore` files are read where [`Config::gitignore`](crate::Config::gitignore) asks for them; no
/// other ignore file is, neither a parent's nor the user's. A folder with a `PKG-INFO` is a [source
/// distribution](Rules::of_source_distribution).
///
/// # Errors
///
/// A folder that cannot be read is an error, never a shorter listing.
pub fn walk(folder: &Utf8Path, rules: &Rules) -> Result<Listing, WalkError> {
    let root = folder.canonicalize_utf8().map_err(|source| unreadable(folder.as_std_path(), source))?;
    let is_source_distribution = root.join("PKG-INFO").is_file();
    let rules = &if is_source_distribution { rules.clone().of_source_distribution() } else { rules.clone() };
    let shared = Arc::new(Mutex::new(Shared::default()));
    let mut walk = Walk { rules, shared: &shared, entries: Vec::new(), open: Vec::new(), dropped: Vec::new() };
    for found in builder(&root, rules, &shared).build() {
        let found = found.map_err(walk_error)?;
        let path = relative(&root, found.path());
        if found.depth() > 0 {
            walk.meet(&path, &found)?;
        }
        if rules.reads_git_ignore() && found.file_type().is_some_and(|kind| kind.is_dir()) {
            let lines = read_git_ignore(&root.join(&*path))?;
            lock(&shared).git_ignores.enter(&path, lines);
        }
    }
    walk.leave_folders(|_| true);
    walk.dropped.append(&mut lock(&shared).pruned);
    let (entries, dropped) = match rules.symlinks() {
        Symlinks::Keep => (walk.entries, walk.dropped),
        Symlinks::Follow => follow::links(&root, rules, walk.entries, walk.dropped)?,
    };
    Ok(Listing::new(root, entries, dropped))
}

/// What a walk and its filter both need.
#[derive(Default)]
struct Shared {
    /// The folders that were not entered.
    pruned: Vec<Dropped>,
    /// The `.gitignore` files around the current path.
    git_ignores: GitIgnores,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The `.gitignore` in a folder. Git reads none that is a link, and neither does this.
fn read_git_ignore(folder: &Utf8Path) -> Result<Option<GitIgnore>, WalkError> {
    let path = folder.join(".gitignore");
    if !fs::symlink_metadata(&path).is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    let fail = |message: String| unreadable(path.as_std_path(), io::Error::other(message));
    match read_bounded(&path, Project::LARGEST)? {
        Found::Nothing => Ok(None),
        Found::TooLarge => Err(fail("it is larger than 10 MB".to_owned())),
        Found::Bytes(bytes) => GitIgnore::from_bytes(&bytes).map(Some).map_err(|error| fail(error.to_string())),
    }
}

/// A walk that enters all but what the rules keep out for good. Every filter that the crate brings is off: its defaults
/// read ignore files of parents, of git and of the user. The folders that were not entered are added to what is shared.
fn builder(root: &Utf8Path, rules: &Rules, shared: &Arc<Mutex<Shared>>) -> WalkBuilder {
    let (of, rules, shared) = (root.to_owned(), rules.clone(), Arc::clone(shared));
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).follow_links(false).sort_by_file_name(Ord::cmp).filter_entry(move |entry| {
        if entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) {
            return true;
        }
        let path = relative(&of, entry.path());
        let mut shared = lock(&shared);
        match rules.judge_with_git(&path, folder_sight(entry.path()), None, &mut shared.git_ignores) {
            Some(reason) if !rules.may_return_below(&path, &reason) => {
                shared.pruned.push(Dropped { path: path.into_owned(), is_folder: true, reason });
                false
            }
            _ => true,
        }
    });
    builder
}

/// One pass over a folder, in order.
struct Walk<'a> {
    rules: &'a Rules,
    shared: &'a Mutex<Shared>,
    entries: Vec<Entry>,
    /// The folders around the current path that are kept out, but may hold something that is not.
    open: Vec<OpenFolder>,
    dropped: Vec<Dropped>,
}

/// A folder that is kept out, and entered all the same.
struct OpenFolder {
    path: String,
    reason: Reason,
    /// Something in it was brought back, and the folder with it.
    listed: bool,
}

impl Walk<'_> {
    fn meet(&mut self, path: &str, found: &DirEntry) -> Result<(), WalkError> {
        self.leave_folders(|folder| !is_below(path, &folder.path));
        let kind = found
            .file_type()
            .ok_or_else(|| unreadable(found.path(), io::Error::other("the file system does not say what it is")))?;
        let sight = match () {
            () if kind.is_dir() => folder_sight(found.path()),
            () if kind.is_file() => Sight::File { secret: None },
            () => Sight::Other,
        };
        let around = self.open.last().map(|folder| &folder.reason);
        let judge = |sight| self.rules.judge_with_git(path, sight, around, &mut lock(self.shared).git_ignores);
        let mut reason = judge(sight);
        if reason.is_none() && found.path().to_str().is_none() {
            return Err(WalkError::NotUtf8(path.to_owned()));
        }
        // Only what is kept by its name is looked into.
        if reason.is_none() && kind.is_file() && Secret::may_be_in(path) {
            let secret = secret_in(path, found.path())?;
            reason = judge(Sight::File { secret });
        }
        match reason {
            Some(reason) if kind.is_dir() => {
                self.open.push(OpenFolder { path: path.to_owned(), reason, listed: false });
            }
            Some(reason) => self.dropped.push(Dropped { path: path.to_owned(), is_folder: false, reason }),
            None => {
                let entry = Entry::new(path.to_owned(), entry_kind(path, found.path(), kind)?);
                self.bring_folders_in();
                self.entries.push(entry);
            }
        }
        Ok(())
    }

    /// A folder that nothing was brought back from is out as a whole.
    fn leave_folders(&mut self, is_left: impl Fn(&OpenFolder) -> bool) {
        while let Some(folder) = self.open.pop_if(|folder| is_left(folder)) {
            if !folder.listed {
                self.dropped.push(Dropped { path: folder.path, is_folder: true, reason: folder.reason });
            }
        }
    }

    /// What is brought back needs the folders that it is in.
    fn bring_folders_in(&mut self) {
        for folder in self.open.iter_mut().filter(|folder| !folder.listed) {
            self.entries.push(Entry::new(folder.path.clone(), EntryKind::Folder));
            folder.listed = true;
        }
    }
}

fn entry_kind(path: &str, place: &Path, kind: FileType) -> Result<EntryKind, WalkError> {
    Ok(match special(kind) {
        Some(special) => EntryKind::Special(special),
        None if kind.is_dir() => EntryKind::Folder,
        None if kind.is_symlink() => {
            let target = fs::read_link(place).map_err(|source| unreadable(place, source))?;
            let text = target.into_os_string().into_string();
            let not_utf8 = |target: OsString| WalkError::TargetNotUtf8 {
                path: path.to_owned(),
                target: target.to_string_lossy().into_owned(),
            };
            EntryKind::Link(text.map_err(not_utf8)?.into_boxed_str())
        }
        None => EntryKind::File,
    })
}

fn special(kind: FileType) -> Option<SpecialKind> {
    match () {
        () if kind.is_fifo() => Some(SpecialKind::Fifo),
        () if kind.is_socket() => Some(SpecialKind::Socket),
        () if kind.is_block_device() || kind.is_char_device() => Some(SpecialKind::Device),
        () => None,
    }
}

fn folder_sight(path: &Path) -> Sight {
    let holds = |name: &str| fs::symlink_metadata(path.join(name)).is_ok_and(|found| found.is_file());
    Sight::Folder { virtual_environment: holds("pyvenv.cfg"), staged: holds(STAGE_MARKER) }
}

/// What the text of a file tells of it.
fn secret_in(path: &str, file: &Path) -> Result<Option<Secret>, WalkError> {
    let mut start = Vec::new();
    let read = open_file(file).and_then(|opened| opened.take(Secret::MOST_TEXT).read_to_end(&mut start));
    read.map_err(|source| unreadable(file, source))?;
    Ok(Secret::in_text(path, &start))
}

/// The path below the root; characters that are no UTF-8 are replaced.
fn relative<'a>(root: &Utf8Path, path: &'a Path) -> Cow<'a, str> {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy()
}

fn walk_error(error: ignore::Error) -> WalkError {
    let path = path_of(&error).unwrap_or_default();
    let text = error.to_string();
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other(text));
    WalkError::Unreadable { path, source }
}

fn path_of(error: &ignore::Error) -> Option<String> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.to_string_lossy().into_owned()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Partial(errors) => errors.first().and_then(path_of),
        _ => None,
    }
}
