//! From a folder and options to a bundle.

use agentix_gen::bundle::{Bundle, BundleError, Drift, read_pins};
use agentix_gen::context::{Context, ContextSize};
use agentix_gen::files::{read_ca_certificate, read_template, read_workspace, walk_workspace};
use agentix_gen::project::{Config, PythonVersion, Workspace};
use agentix_gen::value::{ByteSize, ImageRef};

use super::arguments::{ProjectArguments, RuntimeArguments};
use super::error::CommandError;
use super::{output, secrets};

pub(crate) fn bundle(arguments: &ProjectArguments) -> Result<Bundle, CommandError> {
    bundle_of(arguments, arguments.config())
}

/// The bundle of a project without its lock.
pub(crate) fn unpinned(arguments: &ProjectArguments) -> Result<Bundle, CommandError> {
    unpinned_of(arguments, arguments.config())
}

/// The bundle of a project, with options that may be more than those of every command.
pub(crate) fn bundle_of(arguments: &ProjectArguments, flags: Config) -> Result<Bundle, CommandError> {
    let bundle = unpinned_of(arguments, flags)?;
    let folder = &arguments.path;
    match read_pins(folder)? {
        None if arguments.locked => Err(CommandError::NoLock { folder: folder.clone() }),
        None => Ok(bundle),
        Some(pins) => {
            if arguments.locked {
                // That of the runtime image is for `runtime`.
                let python = of_python(bundle.workspace(), bundle.config().python_image.as_ref())
                    .ok()
                    .filter(|image| pins.pinned(image).is_some());
                let in_use = bundle.base_images().cloned().chain(python).collect();
                pins.check(&in_use).map_err(|drift| CommandError::Drift { drift, folder: folder.clone() })?;
            }
            Ok(bundle.pinned(&pins))
        }
    }
}

fn unpinned_of(arguments: &ProjectArguments, flags: Config) -> Result<Bundle, CommandError> {
    let flags = flags.resolve_paths(&secrets::current_folder()?).map_err(BundleError::from)?;
    let workspace = read_workspace(&arguments.path, &flags)?;
    let listing = walk_workspace(&workspace, &flags)?;
    trusting(extended(Bundle::new(workspace, listing, flags)?, arguments)?)
}

/// With the certificates that the configuration names.
fn trusting(bundle: Bundle) -> Result<Bundle, CommandError> {
    let file = bundle.config().ca_certificate.as_ref().map(|file| file.at_home(secrets::home().as_deref()));
    Ok(match file {
        Some(file) => bundle.with_ca_certificate(read_ca_certificate(&file)?),
        None => bundle,
    })
}

/// The option names a file as every option does, the key one of the project.
fn extended(bundle: Bundle, arguments: &ProjectArguments) -> Result<Bundle, CommandError> {
    let key = || bundle.config().template.as_ref().map(|key| arguments.path.join(key.normal()));
    Ok(match arguments.template.clone().or_else(key) {
        Some(path) => bundle.extended_by(read_template(&path)?),
        None => bundle,
    })
}

/// The image that a runtime image starts from: the one that is named, or the one of the project's Python.
/// With its digest, where the project's lock has it.
pub(crate) fn python_image(arguments: &RuntimeArguments) -> Result<ImageRef, CommandError> {
    let RuntimeArguments { path, python_image, locked, .. } = arguments;
    let Some(folder) = path else {
        return python_image.clone().map_or_else(|| slim(PythonVersion::default()), Ok);
    };
    let image = match python_image {
        Some(image) => image.clone(),
        None => of_python(&read_workspace(folder, &Config::default())?, None)?,
    };
    let pins = match read_pins(folder)? {
        None if *locked => return Err(CommandError::NoLock { folder: folder.clone() }),
        pins => pins.unwrap_or_default(),
    };
    match pins.pinned(&image) {
        Some(pinned) => Ok(pinned),
        None if *locked && image.digest().is_none() => {
            let drift = Drift { missing: vec![image], unused: Vec::new() };
            Err(CommandError::Drift { drift, folder: folder.clone() })
        }
        None => Ok(image),
    }
}

/// The Python image of a project: the one that is named, or the one of its Python.
pub(crate) fn of_python(workspace: &Workspace, named: Option<&ImageRef>) -> Result<ImageRef, CommandError> {
    match named.or(workspace.project().config().python_image.as_ref()) {
        Some(image) => Ok(image.clone()),
        None => slim(workspace.python(None)?),
    }
}

fn slim(python: PythonVersion) -> Result<ImageRef, CommandError> {
    Ok(format!("python:{python}-slim").parse().map_err(BundleError::from)?)
}

/// From here on a context is so large that its owner is told.
pub(crate) const LARGE: ByteSize = ByteSize::new(100 * 1024 * 1024);

/// Refuses a context that is larger than the project allows.
pub(crate) fn refuse_too_large(context: &Context<'_>, bundle: &Bundle) -> Result<(), CommandError> {
    match bundle.config().max_context {
        Some(limit) => Ok(ContextSize::measure(context)?.check_limit(limit, context)?),
        None => Ok(()),
    }
}

/// Tells of a context that is large. Gives how much it holds.
pub(crate) fn tell_if_large(context: &Context<'_>) -> Result<ByteSize, CommandError> {
    let weight = ContextSize::measure(context)?;
    if weight.total() > LARGE {
        output::large_context(weight.total(), &weight.largest(context));
    }
    Ok(weight.total())
}
