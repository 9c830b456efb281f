//! Asks buildx for its builders.

use super::buildx::BuildxBuilder;
use super::error::EngineError;
use super::installed::Installed;
use crate::value::{BuilderName, Cancel};

/// Asks for the builder that the user has selected with `docker buildx use` or `BUILDX_BUILDER`. Returns `None` if buildx
/// does not report it: the build then says why.
pub(super) fn selected(engine: &Installed, cancel: &Cancel) -> Result<Option<BuildxBuilder>, EngineError> {
    let answer = engine.ask(&["buildx", "inspect"], cancel)?;
    Ok(BuildxBuilder::parse(&answer.stdout, false).filter(|_| answer.code == 0))
}

/// Asks for a builder by its name.
pub(super) fn named(engine: &Installed, name: &BuilderName, cancel: &Cancel) -> Result<BuildxBuilder, EngineError> {
    let answer = engine.ask(&["buildx", "inspect", name.as_str()], cancel)?;
    let found = BuildxBuilder::parse(&answer.stdout, true).filter(|_| answer.code == 0);
    found.ok_or_else(|| engine.no_answer("its buildx builder", &answer))
}

/// Returns docker's own builder, which has the name of the docker context.
pub(super) fn own(engine: &Installed, cancel: &Cancel) -> Result<BuildxBuilder, EngineError> {
    let answer = engine.ask(&["context", "show"], cancel)?;
    let name = Some(answer.stdout.trim()).filter(|name| answer.code == 0 && !name.is_empty());
    Ok(BuildxBuilder::own(name.unwrap_or("default")))
}
