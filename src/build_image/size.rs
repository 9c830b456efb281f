//! Checks the size of a context and reports it.

use super::error::BuildError;
use crate::bundle::Bundle;
use crate::context::{Context, ContextSize};
use crate::engine::{Control, Event};

/// Fails if a context is larger than `max-context`.
pub(super) fn check_size(context: &Context<'_>, bundle: &Bundle) -> Result<(), BuildError> {
    match bundle.config().max_context {
        Some(limit) => Ok(ContextSize::measure(context)?.check_limit(limit, context)?),
        None => Ok(()),
    }
}

/// Reports the size of the context to the caller.
pub(super) fn report_size(context: &Context<'_>, control: &mut Control<'_>) -> Result<(), BuildError> {
    let size = ContextSize::measure(context)?;
    let largest = (size.total() > ContextSize::LARGE).then(|| size.largest(context));
    (control.events)(Event::ContextMeasured { size: size.total(), largest: largest.as_ref() });
    Ok(())
}
