//! Waits for changes in the file system.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use agentix_gen::files::EntryKind;
use agentix_gen::{Bundle, Cancel};
use camino::{Utf8Path, Utf8PathBuf};
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::cli::error::CommandError;

/// How long it must be quiet after a change. An editor or `git checkout` changes several files at once.
const QUIET: Duration = Duration::from_millis(100);

/// How long changes that do not end are awaited.
const LONGEST: Duration = Duration::from_secs(2);

/// How often a cancellation is looked for.
const TICK: Duration = Duration::from_millis(50);

/// The places whose changes count.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// The folder that holds all others. It may be removed, and come back.
    root: Utf8PathBuf,
    /// The folders of the project, except excluded ones. All that happens directly in them counts.
    folders: BTreeSet<Utf8PathBuf>,
    /// Single files elsewhere: the template, a certificate, the target of a followed link.
    files: BTreeSet<Utf8PathBuf>,
}

impl Places {
    /// Returns the places of a project. An excluded folder is not one, whatever happens in it. `template` is the
    /// template that the command line names.
    pub(super) fn of(bundle: &Bundle, template: Option<&Utf8Path>) -> Self {
        let listing = bundle.listing();
        let mut places = Self { root: listing.root().to_owned(), ..Self::default() };
        let certificate = bundle.config().ca_certificate.as_ref();
        places.files.extend(certificate.map(|file| file.at_home(bundle.environment().home().as_deref())));
        places.files.extend(template.map(Utf8Path::to_owned));
        for entry in listing.entries() {
            places.add_folders_around(entry.path());
            match entry.kind() {
                EntryKind::FileAt(path) => _ = places.files.insert(Utf8PathBuf::from(&**path)),
                EntryKind::Folder => _ = places.folders.insert(listing.root().join(entry.path())),
                _ => {}
            }
        }
        listing.excluded().iter().for_each(|excluded| places.add_folders_around(&excluded.path));
        places
    }

    /// Adds the folders around a path below the root.
    fn add_folders_around(&mut self, path: &str) {
        for around in Utf8Path::new(path).ancestors().skip(1) {
            if !self.folders.insert(self.root.join(around)) {
                break;
            }
        }
    }

    /// Returns the folders to watch, outer folders first.
    fn watched(&self) -> impl Iterator<Item = &Utf8Path> {
        let around = self.root.ancestors().skip(1).collect::<Vec<_>>().into_iter().rev();
        let of_files = self.files.iter().filter_map(|file| file.parent());
        around.chain(self.folders.iter().map(Utf8PathBuf::as_path)).chain(of_files)
    }

    /// Returns whether an event may have changed one of the places. Reading a file changes nothing.
    fn concerns(&self, event: &Event) -> bool {
        let is_change = match event.kind {
            EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
            _ => true,
        };
        is_change && (event.need_rescan() || event.paths.iter().any(|path| self.concern(path)))
    }

    fn concern(&self, path: &Path) -> bool {
        let folder = path.parent().and_then(Utf8Path::from_path);
        let is_inside = folder.is_some_and(|folder| self.folders.contains(folder));
        is_inside
            || Utf8Path::from_path(path).is_some_and(|path| self.files.contains(path) || self.root.starts_with(path))
    }
}

/// Changes of the file system since the watch started.
pub(super) struct Changes {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    watched: BTreeSet<Utf8PathBuf>,
}

impl Changes {
    pub(super) fn new() -> Result<Self, CommandError> {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(sender).map_err(CommandError::Watch)?;
        Ok(Self { watcher, events, watched: BTreeSet::new() })
    }

    /// Watches these places too. Returns whether one of them was not watched before.
    pub(super) fn add(&mut self, places: &Places) -> Result<bool, CommandError> {
        let mut is_new = false;
        for folder in places.watched() {
            if self.watched.contains(folder) {
                continue;
            }
            match self.watcher.watch(folder.as_std_path(), RecursiveMode::NonRecursive) {
                Ok(()) => is_new = self.watched.insert(folder.to_owned()),
                // It has gone. The folder around it is watched, and tells when it comes back.
                Err(error) if is_absence(&error) => {}
                Err(error) => return Err(CommandError::Watch(error)),
            }
        }
        Ok(is_new)
    }

    /// Waits until one of the places has changed and no further change follows, or until the wait is cancelled.
    pub(super) fn wait(&self, places: &Places, cancel: &Cancel) -> Result<(), CommandError> {
        let mut first = None;
        while !cancel.is_cancelled() {
            match self.events.recv_timeout(if first.is_some() { QUIET } else { TICK }) {
                // After an error, changes may be lost.
                Ok(event) if event.as_ref().map_or(true, |event| places.concerns(event)) => {
                    first.get_or_insert_with(Instant::now);
                }
                Err(RecvTimeoutError::Timeout) if first.is_some() => break,
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(CommandError::Watch(notify::Error::generic("the watch has stopped")));
                }
            }
            if first.is_some_and(|first| first.elapsed() > LONGEST) {
                break;
            }
        }
        Ok(())
    }
}

fn is_absence(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        _ => false,
    }
}
