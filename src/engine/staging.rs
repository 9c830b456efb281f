//! Decides whether a context is staged as a folder for a builder, and where.

use camino::{Utf8Path, Utf8PathBuf};

use super::capabilities::{Capabilities, ContextForm};
use super::error::EngineError;
use super::{Control, Event};
use crate::context::{Context, ContextSize, EntryTimes, ScratchFolder};

/// The largest context that is staged in memory, in bytes. A builder needs about as much memory to read the largest
/// stream that it is sent.
const MOST_IN_MEMORY: u64 = 256 * 1024 * 1024;

/// The start of the names of folders for temporary files.
const PREFIX: &str = "agentix-gen.";

/// Stages a context for a builder that reads only folders, or would hold a stream in memory and then unpack it. A small context is staged in
/// memory, a large one in the folder for temporary files.
///
/// Returns `None` if the context is to be sent as a stream: if the builder reads a stream without holding it, or if the
/// context is small and does not fit in memory.
pub(super) fn stage(
    capabilities: &Capabilities,
    context: &Context<'_>,
    size: &ContextSize,
    control: &mut Control<'_>,
) -> Result<Option<ScratchFolder>, EngineError> {
    let parent = match &control.memory_folder {
        Some(memory) if capabilities.context_form() == ContextForm::Folder && has_space(memory, size) => memory,
        _ if !capabilities.takes_stream(size.total().bytes()) => &control.scratch,
        Some(memory) if capabilities.holds_stream() && has_space(memory, size) => memory,
        _ => return Ok(None),
    };
    let parent = parent.clone();
    let times = match capabilities.context_form() {
        ContextForm::Folder => EntryTimes::OfContent,
        ContextForm::Stream | ContextForm::HeldStream => EntryTimes::Fixed,
    };
    fill(&parent, context, times, control).map(Some)
}

/// Stages a context for a plugin that reads a folder: in memory if there is room, otherwise in the folder for temporary
/// files.
pub(super) fn stage_folder(
    context: &Context<'_>,
    size: &ContextSize,
    control: &mut Control<'_>,
) -> Result<ScratchFolder, EngineError> {
    let memory = control.memory_folder.clone().filter(|memory| has_space(memory, size));
    let parent = memory.unwrap_or_else(|| control.scratch.clone());
    fill(&parent, context, EntryTimes::OfContent, control)
}

fn fill(
    parent: &Utf8Path,
    context: &Context<'_>,
    times: EntryTimes,
    control: &mut Control<'_>,
) -> Result<ScratchFolder, EngineError> {
    let folder = ScratchFolder::new(parent, PREFIX)?;
    let mut report = |bytes| (control.events)(Event::ContextStaged(bytes));
    folder.fill_with_progress(context, times, &control.cancel, &mut report)?;
    Ok(folder)
}

/// Returns an empty folder for files of a build.
pub(super) fn scratch(control: &Control<'_>) -> Result<ScratchFolder, EngineError> {
    Ok(ScratchFolder::new(&control.scratch, PREFIX)?)
}

/// Writes a file that only this user can read. Returns its folder and its path.
pub(super) fn stage_file(
    name: &str,
    bytes: &[u8],
    control: &Control<'_>,
) -> Result<(ScratchFolder, Utf8PathBuf), EngineError> {
    let folder = ScratchFolder::new(&control.scratch, PREFIX)?;
    let file = folder.write_file(name, bytes)?;
    Ok((folder, file))
}

fn has_space(memory: &Utf8Path, size: &ContextSize) -> bool {
    let free = rustix::fs::statvfs(memory.as_str()).map_or(0, |found| found.f_bavail.saturating_mul(found.f_frsize));
    fits(size.in_memory_pages(), free)
}

/// Returns whether `needed` bytes may be staged in memory: at most [`MOST_IN_MEMORY`], and at most half of the `free`
/// bytes.
fn fits(needed: u64, free: u64) -> bool {
    needed <= MOST_IN_MEMORY && needed <= free / 2
}

#[cfg(test)]
mod tests {
    use super::{MOST_IN_MEMORY as MOST, fits};

    #[test]
    fn half_of_the_free_memory_is_left_for_others() {
        assert!(fits(8, 16) && !fits(8, 15) && !fits(1, 0));
        assert!(fits(MOST, u64::MAX) && !fits(MOST + 1, u64::MAX));
    }
}
