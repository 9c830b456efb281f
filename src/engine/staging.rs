//! Decides whether a context is staged as a folder for a builder, and where.

use camino::Utf8Path;

use super::capabilities::Capabilities;
use super::error::EngineError;
use super::{Control, Event};
use crate::context::{Context, ContextSize, ScratchFolder};

/// The largest context that is staged in memory, in bytes. A builder needs about as much memory to read the largest
/// stream that it is sent.
const MOST_IN_MEMORY: u64 = 256 * 1024 * 1024;

/// Stages a context for a builder that would hold a stream in memory and then unpack it. A small context is staged in
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
        _ if !capabilities.takes_stream(size.total().bytes()) => &control.scratch,
        Some(memory) if capabilities.holds_stream() && has_space(memory, size) => memory,
        _ => return Ok(None),
    };
    let folder = ScratchFolder::new(parent, "agentix-gen.")?;
    let mut report = |bytes| (control.events)(Event::ContextStaged(bytes));
    folder.fill_with_progress(context, &control.cancel, &mut report)?;
    Ok(Some(folder))
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
