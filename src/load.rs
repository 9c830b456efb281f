//! Loads a [`Bundle`] from a project's folder and options.
//!
//! [`load`] does the work that the commands of `agentix-gen` need before they print or build: it reads the project, its
//! siblings and locks, lists the files, checks the bundle, looks for tokens in the source code, and adds the template,
//! the CA certificates and the digests of `agentix.lock`. Its parts are public too: [`read_workspace`],
//! [`walk_workspace_until`], [`Bundle::new`], [`source_tokens`], [`read_template`], [`read_ca_certificate`], [`read_pins`].

mod error;
mod options;
mod pins;
mod runtime;

use camino::{Utf8Path, Utf8PathBuf};

use crate::bundle::{Bundle, LOCK_FILE, Pins};
use crate::files::{Listing, read_ca_certificate, read_template, read_workspace, source_tokens, walk_workspace_until};
use crate::project::Workspace;

pub use error::LoadError;
pub use options::{LoadOptions, PinPolicy};
pub use pins::{LockFileError, read_pins, write_pins};
pub use runtime::{load_agentix_version, load_python_image};

/// Loads the project in a folder.
///
/// ```no_run
/// let mut options = agentix_gen::LoadOptions::default();
/// options.environment = std::env::vars_os().collect();
/// let bundle = agentix_gen::load("examples/hello-agent", options)?;
/// println!("{}", agentix_gen::dockerfile::render(&bundle, agentix_gen::Dialect::BuildKit)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`LoadError`]. This function writes no files.
pub fn load(folder: impl AsRef<Utf8Path>, options: impl Into<LoadOptions>) -> Result<Bundle, LoadError> {
    let (folder, options) = (folder.as_ref(), options.into());
    let (workspace, listing) = list(folder, &options)?;
    let base = options.base_folder.clone().unwrap_or_else(|| workspace.root().join(workspace.project_path()));
    let overrides = options.config.clone().resolve_paths(&base)?;
    let tokens = if options.without_source_search { Vec::new() } else { source_tokens(&listing) };
    let bundle = Bundle::new(workspace, listing, overrides)?.with_source_tokens(tokens);
    let bundle = bundle.with_environment(options.environment.clone());
    let bundle = with_template(bundle, folder, &options)?;
    let bundle = with_ca_certificate(bundle)?;
    with_pins(bundle, folder, options.pins)
}

/// Reads the workspace of a project and lists its files. This is the first half of [`load`].
///
/// # Errors
///
/// See [`WalkError`](crate::files::WalkError).
pub fn list(folder: &Utf8Path, options: &LoadOptions) -> Result<(Workspace, Listing), LoadError> {
    let workspace = read_workspace(folder, &options.config)?;
    let listing = walk_workspace_until(&workspace, &options.config, &options.cancel)?;
    Ok((workspace, listing))
}

/// Adds the template. `options.template` is relative to the current folder, the key `template` to the project's folder.
fn with_template(bundle: Bundle, folder: &Utf8Path, options: &LoadOptions) -> Result<Bundle, LoadError> {
    let key = || bundle.config().template.as_ref().map(|key| folder.join(key.normal()));
    Ok(match options.template.clone().or_else(key) {
        Some(path) => bundle.with_template(read_template(&path)?),
        None => bundle,
    })
}

fn with_ca_certificate(bundle: Bundle) -> Result<Bundle, LoadError> {
    let home = bundle.environment().home();
    let file: Option<Utf8PathBuf> = bundle.config().ca_certificate.as_ref().map(|file| file.at_home(home.as_deref()));
    Ok(match file {
        Some(file) => bundle.with_ca_certificate(read_ca_certificate(&file)?),
        None => bundle,
    })
}

fn with_pins(bundle: Bundle, folder: &Utf8Path, policy: PinPolicy) -> Result<Bundle, LoadError> {
    let is_required = match policy {
        PinPolicy::Ignore => return Ok(bundle),
        PinPolicy::Use => false,
        PinPolicy::Require => true,
    };
    match read_pins(folder)? {
        None if is_required => Err(LoadError::NoPins { path: folder.join(LOCK_FILE), folder: folder.to_owned() }),
        None => Ok(bundle),
        Some(pins) => {
            if is_required {
                check_pins(&bundle, &pins, folder)?;
            }
            Ok(bundle.with_pins(&pins))
        }
    }
}

/// Fails unless `pins` contains exactly the images in use. It may also contain the Python image, which `runtime` uses.
fn check_pins(bundle: &Bundle, pins: &Pins, folder: &Utf8Path) -> Result<(), LoadError> {
    // Without an image for the project's Python, there is none to be in the lock.
    let python = bundle.project_python_image().ok().filter(|image| pins.pinned(image).is_some());
    let in_use = bundle.base_images().cloned().chain(python).collect();
    pins.check(&in_use).map_err(|drift| LoadError::Drift { drift, folder: folder.to_owned() })
}
