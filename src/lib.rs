//! Turns a Python project into the image that agents run in.
//!
//! `agentix-gen` is a pure code generator with pluggable container engines. A project's folder becomes a [`Bundle`], a
//! bundle becomes a Dockerfile and a build context, and an [`Engine`] builds them. The library never prints, never exits,
//! never reads the environment and holds no global state.
//!
//! ```no_run
//! use agentix_gen::{BuildOptions, Control, Event, LoadOptions, Registry, build, load};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut options = LoadOptions::default();
//! options.environment = std::env::vars_os().collect();
//! let engine = Registry::discover(options.environment.path()).get("podman")?;
//! let bundle = load("examples/hello-agent", options)?;
//! let mut print = |event: Event<'_>| println!("{event:?}");
//! let built = build(&bundle, &*engine, &BuildOptions::default(), &mut Control::new("/tmp", &mut print))?;
//! println!("{}", built.id);
//! # Ok(())
//! # }
//! ```
//!
//! | to | see |
//! |---|---|
//! | go from a folder to a bundle | [`load`](load()) |
//! | build an image, unless it is up to date | [`build`](build()) |
//! | render the Dockerfile | [`dockerfile::render`] |
//! | write the context | [`context::stage`], [`context::write_tar`], [`context::write_folder`] |
//! | know what was decided, and why | [`Plan`] |
//! | take a project from memory | [`Listing::from_files`], [`Workspace::in_listing`], [`Bundle::new`] |
//! | bring an engine of your own | [`Engine`], [`Registry::register`] |
//! | read a lock, a pattern, an image reference | [`project`], [`value`] |
//!
//! The modules are in the order of the pipeline: [`value`], [`project`], [`files`], [`bundle`], [`dockerfile`],
//! [`context`], [`engine`], [`mod@load`], [`build_image`]. Each uses only those before it.
//!
//! The feature `cli`, on by default, adds the command; `default-features = false` gives the library alone.

pub mod build_image;
pub mod bundle;
pub mod context;
pub mod dockerfile;
pub mod engine;
pub mod files;
pub mod load;
pub mod project;
pub mod value;

pub use build_image::{BuildOptions, Built, build};
pub use bundle::{Bundle, Plan};
pub use context::Context;
pub use engine::{BuildRequest, Control, Engine, Event, Outcome, Registry};
pub use files::Listing;
pub use load::{LoadOptions, load};
pub use project::{Config, Project, Workspace};
pub use value::{Cancel, Dialect, ImageRef, Version};

/// What the README shows of the library compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
