//! Turns a Python project into the image that agents run in.
//!
//! `agentix-gen` is a pure code generator with pluggable container engines: a project's `pyproject.toml` and the list of
//! its files become a [`Bundle`], a bundle becomes a Dockerfile and a build context, and an [`Engine`] builds them.
//! Nothing here prints, exits, reads the environment or holds global state; what touches the world is named below.
//!
//! ```no_run
//! use agentix_gen::engine::{BuildRequest, Control};
//! use agentix_gen::{Bundle, Cancel, Config, Registry};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let flags = Config::default();
//! let workspace = agentix_gen::read_workspace("examples/hello-agent".into(), &flags)?;     // reads files
//! let listing = agentix_gen::walk_workspace(&workspace, &flags)?;                          // reads folders
//! let bundle = Bundle::new(workspace, listing, flags)?;                                    // pure, the only gate
//!
//! let engine = Registry::discover("/usr/bin".as_ref(), Default::default()).get("podman")?; // looks for programs
//! let capabilities = engine.probe(&Cancel::default())?;                                    // runs the engine
//! let context = agentix_gen::context::stage(&bundle, capabilities.dialect())?;             // pure
//! let mut print = |event: agentix_gen::engine::Event<'_>| println!("{event:?}");
//! let mut control = Control::new("/tmp".into(), &mut print);
//! let outcome = engine.build(&capabilities, &BuildRequest::of(&bundle), &context, &mut control)?;
//! println!("{}", outcome.image_id);
//! # Ok(())
//! # }
//! ```
//!
//! | to | see |
//! |---|---|
//! | parse a `pyproject.toml` | [`Project`], [`Config`] |
//! | read a lock | [`Lock`], [`UvLock`], [`Pylock`], [`RequirementsFile`] |
//! | list a folder, or a tree in memory | [`walk()`], [`Rules`], [`Listing`] |
//! | read a project with its siblings and locks | [`read_workspace()`], [`Workspace`] |
//! | list its folders | [`walk_workspace()`] |
//! | know which Python it runs on | [`Workspace::python`] |
//! | put it together | [`Bundle`] |
//! | know what was decided, and why | [`Plan`] |
//! | render the Dockerfile | [`dockerfile::render`] |
//! | write the context | [`context::stage`], [`archive::write_tar`], [`folder::write_folder`] |
//! | tell whether an image is up to date | [`digest::of`], [`Engine::inspect`] |
//! | build an image | [`Registry`], [`Engine`], [`engine`] |
//! | name an image | [`ImageRef`] |
//!
//! The crate's feature `cli`, on by default, adds the command; `default-features = false` gives the library alone.

mod batches;
mod bundle;
mod cancel;
mod certificate;
mod config;
mod credential;
mod exact;
mod image;
mod index;
mod listing;
mod lock;
mod mark;
mod metadata;
mod name;
mod pattern;
mod pins;
mod plan;
mod project;
mod python;
mod read;
mod registry;
mod request;
mod requirement;
mod rules;
mod secret;
mod shown;
mod size;
mod template;
mod value;
mod walk;
mod weight;
mod workspace;

pub mod archive;
pub mod context;
pub mod digest;
pub mod dockerfile;
pub mod engine;
pub mod folder;

pub use bundle::{
    Bundle, BundleError, DEFAULT_AGENTIX_VERSION, DEFAULT_NIX_IMAGE, DEFAULT_RUNTIME_IMAGE, DEFAULT_UV_IMAGE,
    Dependencies, Installer, MissingSecret, Need, NeededSecret, Nix, Package, VersionVariable, WheelBuild,
};
pub use cancel::Cancel;
pub use certificate::{CaCertificate, CertificateError};
pub use config::{Config, InstallerChoice, Symlinks};
pub use context::Context;
pub use credential::CredentialUrl;
pub use dockerfile::{Dialect, RenderError, TemplateError};
pub use engine::Engine;
pub use exact::{Seen, SourceError};
pub use image::{ImageRef, ImageRefError, Rule};
pub use index::{Authenticate, Index};
pub use listing::{Dropped, Entry, EntryKind, Listing, PathError, SpecialKind};
pub use lock::{
    FileRequirement, Lock, LockError, LockErrorKind, LockedDependency, LockedPackage, LockedRequirement, PackageSource,
    Pylock, PylockPackage, RequirementsFile, RequirementsOption, UvLock,
};
pub use mark::Digest;
pub use metadata::{Metadata, MetadataError};
pub use name::{NameError, ProjectName};
pub use pattern::{DockerIgnore, Pattern, PatternError};
pub use pep440_rs::Version;
pub use pins::{Drift, LOCK_FILE, LockFileError, Pins, PinsError, read_pins, write_pins};
pub use plan::{Decision, Plan, PlannedDependencies, PlannedPackage, PlannedPin, PlannedSecret};
pub use project::{
    BuildSystem, GroupItem, Position, Project, ProjectError, ProjectErrorKind, ProjectKind, Sources, Surroundings,
    UvSource, UvTable, WorkspaceTable, projected_manifest,
};
pub use python::{PythonClaim, PythonError, PythonVersion};
pub use read::read_workspace;
pub use registry::{Origin, Registry, RegistryError};
pub use requirement::{Requirement, RequirementError};
pub use rules::{Reason, Rules, STAGE_MARKER, Secret, SecretKind, Sight};
pub use secret::{BuildSecret, SecretError, SecretSource};
pub use size::ByteSize;
pub use template::Template;
pub use value::{
    Account, AccountName, AptPackage, ArgName, Duration, Epoch, EpochError, ExecForm, Healthcheck, ImageFolder,
    IndexName, LabelKey, Network, NoProgram, PlainText, Platform, Port, ProjectPath, Protocol, PublicKey, SecretFile,
    SecretId, SourceUrl, Substituter, Uid, UidError, User, UserNumbers, ValueError, VariableName,
};
pub use walk::{WalkError, read_ca_certificate, read_docker_ignore, read_project, read_template, walk, walk_workspace};
pub use weight::{Largest, TooLarge, Weight};
pub use workspace::{
    Archive, Locks, Member, Offered, SelectionError, SiblingFault, TextFile, UvRoot, Workspace, WorkspaceError,
};

/// What the README shows of the library compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
