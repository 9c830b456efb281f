//! Work with the engine that is named, or with the first one that can be used. An engine in disguise is passed over.

use std::sync::Arc;

use super::choose::{EngineChoice, choose_engine};
use super::error::BuildError;
use super::images::KnownImages;
use crate::bundle::Bundle;
use crate::engine::{Engine, EngineError, Registry};
use crate::value::Cancel;

/// Works with the engine that is named for a bundle, or else with the first one that passes `check` and tells which images
/// it has.
///
/// If no engine is named, and the chosen one turns out to be another one in disguise, such as a `docker` that is podman,
/// the next one is taken. Only the probe before a build shows that, and an image that is up to date needs no probe. So
/// `work` may be called for several engines.
///
/// ```no_run
/// use agentix_gen::build_image::{Build, with_engine};
/// use agentix_gen::{BuildOptions, Cancel, Control, LoadOptions, Registry, load};
///
/// let mut options = LoadOptions::default();
/// options.environment = std::env::vars_os().collect();
/// let registry = Registry::discover(options.environment.path());
/// let bundle = load("examples/hello-agent", options)?;
/// let cancel = Cancel::default();
/// let commands = with_engine(&bundle, &registry, &cancel, |_| Ok(()), |engine, images| {
///     let build = Build::new(&bundle, &**engine, images, &BuildOptions::default(), &cancel)?;
///     build.prepare(&mut Control::new("/tmp", &mut |_| {}))?.commands()
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`BuildError`]. If no other engine can be used, returns the error of the one in disguise.
pub fn with_engine<T>(
    bundle: &Bundle,
    registry: &Registry,
    cancel: &Cancel,
    check: impl Fn(&dyn Engine) -> Result<(), EngineError>,
    mut work: impl FnMut(&Arc<dyn Engine>, KnownImages) -> Result<T, BuildError>,
) -> Result<T, BuildError> {
    let mut registry = registry.clone();
    let mut disguised = None;
    loop {
        let chosen = choose_engine(bundle, &registry, |engine| {
            check(engine)?;
            KnownImages::inspect(bundle, engine, cancel)
        });
        let (engine, images) = match (chosen, disguised.take()) {
            (Ok(chosen), _) => chosen,
            (Err(_), Some(first)) => return Err(first),
            (Err(error), None) => return Err(error.into()),
        };
        match work(&engine, images) {
            Err(error @ BuildError::Engine(EngineError::Disguised { .. }))
                if EngineChoice::resolve(bundle).is_none() =>
            {
                registry = registry.without(engine.name());
                disguised = Some(error);
            }
            done => return done,
        }
    }
}
