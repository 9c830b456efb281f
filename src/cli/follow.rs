//! An engine at work: what it says is told as it comes, or only once it failed.

#![expect(clippy::disallowed_methods, reason = "this is where the folder for temporary files is asked for")]

use std::collections::VecDeque;
use std::env;

use agentix_gen::engine::{Control, EngineError, Event};
use agentix_gen::value::{ByteSize, Cancel};
use camino::{Utf8Path, Utf8PathBuf};

use super::error::CommandError;
use super::output;
use super::progress::Progress;

/// How many lines of an engine's output are shown after the fact, where it was to be quiet and failed.
const TAIL: usize = 50;

/// The folder that lies in memory on Linux, if it does here.
fn memory() -> Option<Utf8PathBuf> {
    const TMPFS: u64 = 0x0102_1994;
    let folder = Utf8Path::new("/dev/shm");
    let found = rustix::fs::statfs(folder.as_str()).ok()?;
    u64::try_from(found.f_type).is_ok_and(|kind| kind == TMPFS).then(|| folder.to_owned())
}

/// Runs something with an engine, its output on stderr as it comes, or only once it failed. On a terminal it is told how
/// much of a context has been sent.
pub(crate) fn follow<T>(
    quiet: bool,
    context: ByteSize,
    cancel: &Cancel,
    work: impl FnOnce(&mut Control<'_>) -> Result<T, EngineError>,
) -> Result<T, CommandError> {
    let mut tail = VecDeque::with_capacity(TAIL);
    let mut progress = Progress::new(context, !quiet);
    let mut hear = |event: Event<'_>| match event {
        Event::Line(line) if quiet => {
            if tail.len() == TAIL {
                tail.pop_front();
            }
            tail.push_back(line.to_owned());
        }
        Event::Line(line) => {
            progress.clear();
            output::note(line);
        }
        Event::Leftover(left) => {
            progress.clear();
            output::warning(left);
        }
        Event::ContextSent(bytes) => progress.tell(bytes, "sent"),
        Event::ContextStaged(bytes) => progress.tell(bytes, "staged"),
        _ => {}
    };
    let scratch = Utf8PathBuf::from_path_buf(env::temp_dir()).map_err(|_| CommandError::TemporaryFolder)?;
    let mut control = Control::new(&scratch, &mut hear).stopped_by(cancel.clone());
    control.memory = memory();
    let done = work(&mut control);
    drop(progress);
    if done.is_err() {
        for line in &tail {
            output::note(line);
        }
    }
    Ok(done?)
}
