//! Watching a project: runs a round of work whenever something changes that decides its image.
//!
//! An event of the file system only says where to look. The project is then read again, and a digest of its context
//! decides whether anything has changed. So the rules of the listing decide, and an ignored file starts no round.

mod cache;
mod changes;

use agentix_gen::engine::BuildRequest;
use agentix_gen::{Bundle, Cancel, Dialect, context};
use camino::Utf8Path;

use super::error::CommandError;
use super::output;
use changes::{Changes, Places};

/// What a project was when it was read.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// It could be read. The text is the digest of its context, and its tags.
    Readable(String),
    /// It could not be read, for this reason.
    Unreadable(String),
}

/// Reads the project with `load` and passes it to `round`: at once, and after each change, until it is cancelled. An error
/// of a round is printed, and the watch goes on.
///
/// # Errors
///
/// Fails if the project cannot be read the first time, because then it is not known what to watch, if a build writes to
/// what is watched, and if the file system cannot be watched. Returns [`CommandError::WatchEnded`] when it is cancelled.
pub(crate) fn watch(
    template: Option<&Utf8Path>,
    cancel: &Cancel,
    load: impl Fn() -> Result<Bundle, CommandError>,
    mut round: impl FnMut(&Bundle) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let load = || {
        let bundle = load()?;
        cache::refuse_in_context(&bundle)?;
        Ok::<_, CommandError>(bundle)
    };
    let mut places = Places::of(&load()?, template);
    let mut last = None;
    loop {
        // Watching starts before the project is read, so that no change is missed. What is watched follows the project:
        // a folder that was moved away and came back is another one.
        let mut changes = Changes::new()?;
        changes.add(&places)?;
        let (loaded, state) = loop {
            let loaded = load();
            if let Ok(bundle) = &loaded {
                places = Places::of(bundle, template);
            }
            // A new folder was not watched while it was read.
            if !changes.add(&places)? {
                let state = State::of(&loaded, cancel);
                break (loaded, state);
            }
        };
        if last.as_ref() != Some(&state) {
            if let Err(error) = loaded.and_then(|bundle| round(&bundle))
                && !cancel.is_cancelled()
            {
                output::error(&error);
            }
            last = Some(state);
            if !cancel.is_cancelled() {
                output::note("watching for changes; Ctrl-C ends");
            }
        }
        changes.wait(&places, cancel)?;
        if cancel.is_cancelled() {
            return Err(CommandError::WatchEnded);
        }
    }
}

impl State {
    fn of(loaded: &Result<Bundle, CommandError>, cancel: &Cancel) -> Self {
        let digest = |bundle: &Bundle| {
            let context = context::stage(bundle, Dialect::BuildKit).map_err(|error| error.to_string())?;
            let digest = BuildRequest::from_bundle(bundle).digest(&context, &[], cancel);
            digest.map_err(|error| error.to_string())
        };
        match loaded {
            Ok(bundle) => match digest(bundle) {
                Ok(digest) => Self::Readable(format!("{digest} {:?}", bundle.tags())),
                Err(error) => Self::Unreadable(error),
            },
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }
}
