//! The `lock` command: writes the digests that an engine reports for the images in use.

use agentix_gen::Cancel;
use agentix_gen::build_image::{Pinned, choose_engine, pin};
use agentix_gen::load::PinPolicy;
use agentix_gen::load::write_pins;

use super::arguments::LockArguments;
use super::error::CommandError;
use super::signals::Signals;
use super::{engines, output, project};

pub(crate) fn lock(arguments: &LockArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = lock_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn lock_until(arguments: &LockArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let bundle = project::bundle_with(&arguments.project, arguments.config(), PinPolicy::Ignore, cancel)?;
    let (engine, _) = choose_engine(&bundle, &engines::registry(cancel), |engine| engine.probe(cancel))?;
    let Pinned { pins, unpinned_python, .. } = pin(&bundle, &*engine, cancel)?;
    if let Some(image) = unpinned_python {
        output::note(&format!(
            "not locked: {image}, the base image of `agentix-gen runtime`: {} has no digest for it",
            engine.name()
        ));
    }
    let path = write_pins(&arguments.project.path, &pins)?;
    for image in pins.images() {
        output::note(&format!("locked {image}"));
    }
    output::note(&format!("wrote {}", path.as_str().escape_debug()));
    Ok(())
}
