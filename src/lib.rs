//! Turns a Python project into the image that agents run in.
//!
//! `agentix-gen` is a pure code generator with pluggable container engines: a project's `pyproject.toml` and the list of
//! its files become a [`Bundle`], a bundle becomes a Dockerfile and a build context, and an [`Engine`] builds them.
//! Nothing here prints, exits, reads the environment or holds global state; what touches the world is named below.
//!
//! ```no_run
//! use agentix_gen::{engine::BuildRequest, engine::Control};
//! use agentix_gen::{Bundle, Cancel, Config, Registry};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let flags = Config::default();
//! let workspace = agentix_gen::files::read_workspace("examples/hello-agent".into(), &flags)?;     // reads files
//! let listing = agentix_gen::files::walk_workspace(&workspace, &flags)?;                          // reads folders
//! let bundle = Bundle::new(workspace, listing, flags)?;                                    // pure, the only gate
//!
//! let engine = Registry::discover("/usr/bin".as_ref(), Default::default()).get("podman")?; // looks for programs
//! let capabilities = engine.probe(&Cancel::default())?;                                    // runs the engine
//! let context = agentix_gen::context::stage(&bundle, capabilities.dialect())?;             // pure
//! let mut print = |event: agentix_gen::engine::Event<'_>| println!("{event:?}");
//! let mut control = Control::new("/tmp".into(), &mut print);
//! let outcome = engine.build(&capabilities, &BuildRequest::from_bundle(&bundle), &context, &mut control)?;
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

mod build;
pub mod bundle;
pub mod context;
pub mod dockerfile;
pub mod engine;
pub mod files;
pub mod project;
pub mod value;

pub use bundle::{Bundle, Plan};
pub use context::Context;
pub use engine::{BuildRequest, Control, Engine, Event, Outcome, Registry};
pub use files::Listing;
pub use project::{Config, Project, Workspace};
pub use value::{Cancel, Dialect, ImageRef, Version};

/// What the README shows of the library compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
