//! Combines a project, the files in its folder and the configuration into a [`Bundle`], and validates the result.
//!
//! All validation happens here, before anything is written or run. The code that writes the Dockerfile and the context
//! only reads a [`Bundle`].
//!
//! | file | content |
//! |---|---|
//! | `gate` | [`Bundle::new`]: all checks and decisions, in order |
//! | `decided`, `given_secrets` | the decisions of a bundle, and the secrets of its build |
//! | `plan` | all decisions and their sources, as JSON |
//! | `warnings`, `base_warnings`, `unused`, `unused_lists`, `named_patterns`, `manifest_in`, `nix_plugins`, `secret_names` | inputs that are not used, versions that differ, names of secrets |
//! | `sbom` | [`Sbom`]: what the lock installs, as CycloneDX or SPDX |
//! | `pins` | the image digests in `agentix.lock` |
//! | `base_image`, `installer`, `dependencies`, `indexes`, `packages`, `wheel`, `uv`, `system` | one decision each |
//! | `portable` | the interpreter of a portable bundle, and what such a bundle must not have |
//! | `framework`, `python` | the version of `agentixx`, its server, and the Python of the base image |
//! | `requirement_files`, `link_folders`, `uv_folders` | the files that an installer reads, and archives beside them |
//! | `labels`, `secrets`, `source`, `timestamp`, `variables` | labels, build secrets, source, timestamp and variables of the image |
//! | `files`, `modules`, `links`, `credentials`, `dynamic_sources`, `git`, `length`, `uv_toml`, `environments`, `conflicts` | one check each |
//! | `error`, `not_locked_error`, `portable_error`, `source_error`, `uv_rule_error` | [`BundleError`]: why a bundle is refused, and the remedy |

mod base_image;
mod base_warnings;
mod conflicts;
mod credentials;
mod decided;
mod dependencies;
mod dynamic_sources;
mod environments;
mod error;
mod files;
mod framework;
mod gate;
mod git;
mod given_secrets;
mod indexes;
mod installer;
mod labels;
mod length;
mod link_folders;
mod links;
mod manifest_in;
mod modules;
mod named_patterns;
mod nix_plugins;
mod not_locked_error;
mod packages;
mod pins;
mod plan;
mod portable;
mod portable_error;
mod python;
mod requirement_files;
mod sbom;
mod secret_names;
mod secrets;
mod source;
mod source_error;
mod system;
mod timestamp;
mod unused;
mod unused_lists;
mod uv;
mod uv_folders;
mod uv_rule_error;
mod uv_toml;
mod variables;
mod warnings;
mod wheel;

pub use base_image::{
    DEFAULT_AGENTIX_VERSION, DEFAULT_RUNTIME_IMAGE, agentix_version, python_image, slim_python_image,
};
pub use dependencies::Dependencies;
pub use error::BundleError;
pub(crate) use framework::{NAME as FRAMEWORK, SERVER, installs_server};
pub use gate::Bundle;
pub use installer::{DEFAULT_UV_IMAGE, Installer};
pub(crate) use labels::PORTABLE_LABEL;
pub use not_locked_error::NotLockedError;
pub use pins::{Drift, LOCK_FILE, Pins, PinsError};
pub use plan::{Decision, Plan, PlannedDependencies, PlannedPackage, PlannedPin, PlannedPython, PlannedSecret};
pub use portable::Interpreter;
pub(crate) use portable::PORTABLE_FOLDER;
pub use portable_error::PortableError;
pub use sbom::{Sbom, SbomError, SbomFormat};
pub use secrets::{MissingSecret, NeededSecret, SecretRequirement};
pub(crate) use secrets::{NETRC, PIP_CONF};
pub use source_error::UvSourceError;
pub use system::{DEFAULT_NIX_IMAGE, Nix};
pub use uv_rule_error::UvRuleError;
pub use warnings::Warning;
pub(crate) use wheel::{Package, WheelBuild};

#[cfg(test)]
mod tests;
