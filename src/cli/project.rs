//! Loads projects and images as the arguments say, with the library's `load`.

#![expect(clippy::disallowed_methods, reason = "the command reads its environment here")]

use std::env;

use agentix_gen::bundle::{BundleError, DEFAULT_AGENTIX_VERSION, slim_python_image};
use agentix_gen::context::ContextSize;
use agentix_gen::load::{LoadError, LoadOptions, PinPolicy, load_agentix_version, load_python_image};
use agentix_gen::project::PythonVersion;
use agentix_gen::value::{ByteSize, Cancel, Environment};
use agentix_gen::{Bundle, Config, Context, ImageRef, Version, load};
use camino::Utf8PathBuf;

use super::arguments::{ProjectArguments, RuntimeArguments};
use super::error::CommandError;
use super::output;

/// Loads a project as a bundle for a command that a signal may end at any moment.
pub(crate) fn bundle(arguments: &ProjectArguments) -> Result<Bundle, CommandError> {
    bundle_until(arguments, &Cancel::default())
}

/// Loads a project for a command that writes a Dockerfile without its context.
pub(crate) fn bundle_for_dockerfile(arguments: &ProjectArguments) -> Result<Bundle, CommandError> {
    bundle_without_search(arguments, &Cancel::default())
}

/// Loads a project without reading its source code, until it is cancelled.
pub(crate) fn bundle_without_search(arguments: &ProjectArguments, cancel: &Cancel) -> Result<Bundle, CommandError> {
    let pins = if arguments.locked { PinPolicy::Require } else { PinPolicy::Use };
    let mut options = options(arguments, arguments.config(), pins)?;
    options.without_source_search = true;
    options.cancel = cancel.clone();
    Ok(load(&arguments.path, options)?)
}

/// Loads a project as a bundle, until it is cancelled.
pub(crate) fn bundle_until(arguments: &ProjectArguments, cancel: &Cancel) -> Result<Bundle, CommandError> {
    let pins = if arguments.locked { PinPolicy::Require } else { PinPolicy::Use };
    bundle_with(arguments, arguments.config(), pins, cancel)
}

/// Loads a project as a bundle. `config` holds the flags, which may include flags that only some commands have.
pub(crate) fn bundle_with(
    arguments: &ProjectArguments,
    config: Config,
    pins: PinPolicy,
    cancel: &Cancel,
) -> Result<Bundle, CommandError> {
    let mut options = options(arguments, config, pins)?;
    options.cancel = cancel.clone();
    Ok(load(&arguments.path, options)?)
}

/// Returns the options of `load` for these arguments.
pub(crate) fn options(
    arguments: &ProjectArguments,
    config: Config,
    pins: PinPolicy,
) -> Result<LoadOptions, CommandError> {
    let mut options = of_command(config, pins)?;
    options.template.clone_from(&arguments.template);
    Ok(options)
}

/// Returns the options of `load` for these flags, in the folder and the environment of this process.
pub(crate) fn of_command(config: Config, pins: PinPolicy) -> Result<LoadOptions, CommandError> {
    let mut options = LoadOptions::from(config);
    options.base_folder = Some(current_folder()?);
    options.pins = pins;
    options.environment = environment();
    Ok(options)
}

/// Returns the environment of this process.
pub(crate) fn environment() -> Environment {
    env::vars_os().collect()
}

/// Returns the path of the template that the arguments name, from the root of the file system.
pub(crate) fn template(arguments: &ProjectArguments) -> Result<Option<Utf8PathBuf>, CommandError> {
    let folder = current_folder()?;
    Ok(arguments.template.as_ref().map(|template| folder.join(template)))
}

/// Returns the folder that relative paths on the command line are resolved against.
pub(crate) fn current_folder() -> Result<Utf8PathBuf, CommandError> {
    let folder = env::current_dir().map_err(CommandError::CurrentFolder)?;
    Utf8PathBuf::from_path_buf(folder)
        .map_err(|folder| CommandError::CurrentFolderName(folder.to_string_lossy().into_owned()))
}

/// Returns the folder for temporary files.
pub(crate) fn scratch() -> Result<Utf8PathBuf, CommandError> {
    Utf8PathBuf::from_path_buf(env::temp_dir()).map_err(|_| CommandError::TemporaryFolder)
}

/// Returns the Python image that the runtime image starts from.
pub(crate) fn python_image(arguments: &RuntimeArguments) -> Result<ImageRef, CommandError> {
    let RuntimeArguments { path, python_image, locked, .. } = arguments;
    match (path, python_image) {
        (Some(folder), image) => Ok(load_python_image(folder, image.as_ref(), *locked)?),
        (None, Some(image)) => Ok(image.clone()),
        (None, None) => Ok(slim_python_image(PythonVersion::default()).map_err(LoadError::from)?),
    }
}

/// Returns the version of agentixx in the runtime image.
pub(crate) fn agentix_version(arguments: &RuntimeArguments) -> Result<Version, CommandError> {
    match (&arguments.agentix_version, &arguments.path) {
        (Some(version), _) => Ok(version.clone()),
        (None, Some(folder)) => Ok(load_agentix_version(folder)?),
        (None, None) => Ok(DEFAULT_AGENTIX_VERSION.parse().map_err(BundleError::from).map_err(LoadError::from)?),
    }
}

/// Returns an error if the context is larger than `max-context`.
pub(crate) fn refuse_too_large(context: &Context<'_>, bundle: &Bundle) -> Result<(), CommandError> {
    match bundle.config().max_context {
        Some(limit) => Ok(ContextSize::measure(context)?.check_limit(limit, context)?),
        None => Ok(()),
    }
}

/// Returns the size of the context. Prints a warning if it is larger than [`ContextSize::LARGE`].
pub(crate) fn warn_if_large(context: &Context<'_>) -> Result<ByteSize, CommandError> {
    let size = ContextSize::measure(context)?;
    if size.total() > ContextSize::LARGE {
        output::large_context(size.total(), &size.largest(context));
    }
    Ok(size.total())
}
