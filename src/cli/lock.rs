//! The `lock` command: the digests that an engine knows for the images in use.

use agentix_gen::bundle::{Bundle, Pins, write_pins};
use agentix_gen::engine::Engine;
use agentix_gen::value::{Cancel, ImageRef};

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
    let bundle = project::unpinned(&arguments.project)?;
    let engine = engines::choose(arguments.engine.as_ref(), &bundle, |engine| engine.probe(cancel).map(|_| engine))?;
    let mut pinned = pinned(&*engine, &bundle, cancel)?;
    pinned.extend(pinned_python(&*engine, &bundle, cancel)?);
    let pins = Pins::new(pinned);
    let path = write_pins(&arguments.project.path, &pins)?;
    for image in pins.images() {
        output::note(&format!("locked {image}"));
    }
    output::note(&format!("wrote {}", path.as_str().escape_debug()));
    Ok(())
}

/// The images with their digests. If one has none, all that have none are told of.
fn pinned(engine: &dyn Engine, bundle: &Bundle, cancel: &Cancel) -> Result<Vec<ImageRef>, CommandError> {
    let name = engine.name();
    let (mut pinned, mut reasons) = (Vec::new(), Vec::new());
    for image in bundle.base_images().filter(|image| image.digest().is_none()) {
        match engine.digests(image, cancel)? {
            None => reasons.push(format!("{name} has no image `{image}`; fetch it: {name} pull {image}")),
            Some(digests) => match digests.first().and_then(|digest| image.with_digest(digest)) {
                Some(image) => pinned.push(image),
                None => reasons.push(format!(
                    "{name} has `{image}` from no registry, and knows it only by its ID; push it to one, pull it from \
                     there, and use it under that name"
                )),
            },
        }
    }
    if reasons.is_empty() { Ok(pinned) } else { Err(CommandError::NotPinnable(reasons)) }
}

/// The Python image that `runtime` starts from for this project, with its digest. Not everyone who builds bundles makes
/// runtime images: an engine without it says so, and no more.
fn pinned_python(engine: &dyn Engine, bundle: &Bundle, cancel: &Cancel) -> Result<Option<ImageRef>, CommandError> {
    let Ok(image) = project::of_python(bundle.workspace(), bundle.config().python_image.as_ref()) else {
        return Ok(None);
    };
    if image.digest().is_some() {
        return Ok(None);
    }
    let digests = engine.digests(&image, cancel)?.unwrap_or_default();
    let pinned = digests.first().and_then(|digest| image.with_digest(digest));
    if pinned.is_none() {
        output::note(&format!(
            "not locked: {image}, of which {} knows no digest; `runtime` starts from it",
            engine.name()
        ));
    }
    Ok(pinned)
}

/// Whether the images that an engine has now are those that are locked.
pub(crate) fn check(engine: &dyn Engine, bundle: &Bundle, cancel: &Cancel) -> Result<(), CommandError> {
    for image in bundle.base_images() {
        let name: ImageRef = image.without_digest();
        let Some(digest) = image.digest().filter(|_| name.tag().is_some()) else { continue };
        let found = engine.digests(&name, cancel)?.unwrap_or_default();
        if !found.is_empty() && !found.iter().any(|found| found == digest) {
            let (engine, found) = (engine.name().to_owned(), found[0].clone());
            return Err(CommandError::Moved { engine, image: name.to_string(), locked: digest.to_owned(), found });
        }
    }
    Ok(())
}
