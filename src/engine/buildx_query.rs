//! Asks buildx for its builders.

#![expect(clippy::disallowed_methods, reason = "this module looks whether buildx has builders")]

use std::path::Path;
use std::{fs, io};

use super::buildx::BuildxBuilder;
use super::error::EngineError;
use super::installed::Installed;
use crate::value::{BuilderName, Cancel};

/// Asks for the builder that the user has selected with `docker buildx use` or `BUILDX_BUILDER`. Returns `None` if there is
/// only docker's own, or if buildx does not report it: the build then says why.
///
/// Buildx takes a tenth of a second to answer, and each edit is built. So it is asked only if it has a builder.
pub(super) fn selected(engine: &Installed, cancel: &Cancel) -> Result<Option<BuildxBuilder>, EngineError> {
    if engine.settings.buildx_folder.as_deref().is_some_and(lacks_builders) {
        return Ok(None);
    }
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

/// Returns whether buildx has no builder but those of docker itself. It keeps [each other one] as a file.
///
/// [each other one]: https://docs.docker.com/build/building/variables/#buildx_config
fn lacks_builders(folder: &Path) -> bool {
    match fs::read_dir(folder.join("instances")) {
        Ok(mut builders) => builders.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::lacks_builders;

    #[test]
    fn a_folder_without_builders_is_empty_or_absent() {
        let folder = tempfile::tempdir().unwrap();
        let instances = folder.path().join("instances");
        assert!(lacks_builders(folder.path()));
        fs::create_dir(&instances).unwrap();
        assert!(lacks_builders(folder.path()));
        fs::write(instances.join("team"), "{}").unwrap();
        assert!(!lacks_builders(folder.path()));
        fs::remove_dir_all(&instances).unwrap();
        fs::write(&instances, "").unwrap();
        assert!(!lacks_builders(folder.path()));
    }
}
