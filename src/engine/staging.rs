//! Whether a context is staged as a folder for a builder, and where.

use camino::Utf8Path;

use super::capabilities::Capabilities;
use super::error::EngineError;
use super::{Control, Event};
use crate::context::{Context, ContextSize, ScratchFolder};

/// The most that is staged in memory, in bytes: about what a builder takes that reads the largest stream it is sent.
const MOST_IN_MEMORY: u64 = 256 * 1024 * 1024;

/// Stages a context for a builder that would hold a stream of it in memory, and unpack it from there: a small one in
/// memory, a large one among the temporary files. None where it is to be sent as a stream: to a builder that reads one as
/// it comes, and a small one where there is no room in memory.
pub(super) fn stage(
    capabilities: &Capabilities,
    context: &Context<'_>,
    weight: &ContextSize,
    control: &mut Control<'_>,
) -> Result<Option<ScratchFolder>, EngineError> {
    let place = match &control.memory_folder {
        _ if !capabilities.takes_stream(weight.total().bytes()) => &control.scratch,
        Some(memory) if capabilities.holds_stream() && has_room(memory, weight) => memory,
        _ => return Ok(None),
    };
    let folder = ScratchFolder::new(place, "agentix-gen.")?;
    let mut tell = |bytes| (control.events)(Event::ContextStaged(bytes));
    folder.fill_with_progress(context, &control.cancel, &mut tell)?;
    Ok(Some(folder))
}

fn has_room(memory: &Utf8Path, weight: &ContextSize) -> bool {
    let free = rustix::fs::statvfs(memory.as_str()).map_or(0, |found| found.f_bavail.saturating_mul(found.f_frsize));
    fits(weight.in_memory_pages(), free)
}

/// Whether so many bytes are not too many for memory, and leave as much of what is free to others.
fn fits(needed: u64, free: u64) -> bool {
    needed <= MOST_IN_MEMORY && needed <= free / 2
}

#[cfg(test)]
mod tests {
    use super::{MOST_IN_MEMORY as MOST, fits};

    #[test]
    fn half_of_what_is_free_is_left_to_others() {
        assert!(fits(8, 16) && !fits(8, 15) && !fits(1, 0));
        assert!(fits(MOST, u64::MAX) && !fits(MOST + 1, u64::MAX));
    }
}
