//! Builds the image of a [`Bundle`] with an [`Engine`], unless the image is up to date.
//!
//! [`build_with`] does the work of `agentix-gen build`: it chooses the engine, inspects the images that the engine has,
//! compares digests, chooses the dialect, checks the context's size, finds the secrets and runs the engine. [`build`] does
//! so with an engine of the caller's. [`with_engine`] and [`Build`] do the same in separate steps, for a caller that needs
//! only the commands.

mod choose;
mod conformance;
mod error;
mod images;
mod options;
mod outcome;
mod pin;
mod prepare;
mod request;
mod secrets;
mod size;
mod ssh;
mod steps;
mod with_engine;

use crate::bundle::Bundle;
use crate::engine::{Control, Engine, Registry};

pub use choose::{ChooseError, EngineChoice, EngineSource, choose_engine};
pub use conformance::{CHECKS, Check, CheckResult, Conformance, Verdict};
pub use error::{BuildError, OtherPlatform};
pub use images::KnownImages;
pub use options::BuildOptions;
pub use outcome::Built;
pub use pin::{PinError, Pinned, Unpinnable, pin};
pub use prepare::Prepared;
pub use request::machine_request;
pub use ssh::MissingSsh;
pub use steps::Build;
pub use with_engine::with_engine;

/// Builds the image of a bundle, unless the engine already has it.
///
/// ```no_run
/// use agentix_gen::{BuildOptions, Control, LoadOptions, Registry, build, load, value::Environment};
///
/// let environment: Environment = std::env::vars_os().collect();
/// let engine = Registry::discover(environment.path()).get("podman")?;
/// let mut options = LoadOptions::default();
/// options.environment = environment;
/// let bundle = load("examples/hello-agent", options)?;
/// let mut events = |event: agentix_gen::Event<'_>| println!("{event:?}");
/// let built = build(&bundle, &*engine, &BuildOptions::default(), &mut Control::new("/tmp", &mut events))?;
/// println!("{}", built.image_id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`BuildError`].
pub fn build(
    bundle: &Bundle,
    engine: &dyn Engine,
    options: &BuildOptions,
    control: &mut Control<'_>,
) -> Result<Built, BuildError> {
    let images = KnownImages::inspect(bundle, engine, &control.cancel)?;
    Build::new(bundle, engine, images, options, &control.cancel)?.run(control)
}

/// Builds the image of a bundle like [`build`], with the engine that is named for it, or else with the first one that can
/// be used: what `agentix-gen build` does.
///
/// ```no_run
/// use agentix_gen::build_image::build_with;
/// use agentix_gen::engine::EngineSettings;
/// use agentix_gen::{BuildOptions, Control, Event, LoadOptions, Registry, load, value::Environment};
///
/// let environment: Environment = std::env::vars_os().collect();
/// let registry = Registry::discover_with(environment.path(), EngineSettings::from(&environment));
/// let mut options = LoadOptions::default();
/// options.environment = environment;
/// let bundle = load("examples/hello-agent", options)?;
/// let mut events = |event: Event<'_>| println!("{event:?}");
/// let built = build_with(&bundle, &registry, &BuildOptions::default(), &mut Control::new("/tmp", &mut events))?;
/// println!("{} of {}", built.image_id, built.engine);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`BuildError`].
pub fn build_with(
    bundle: &Bundle,
    registry: &Registry,
    options: &BuildOptions,
    control: &mut Control<'_>,
) -> Result<Built, BuildError> {
    let cancel = control.cancel.clone();
    with_engine(
        bundle,
        registry,
        &cancel,
        |_| Ok(()),
        |engine, images| Build::new(bundle, &**engine, images, options, &cancel)?.run(control),
    )
}
