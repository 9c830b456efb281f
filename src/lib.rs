//! Turns a Python project into the container image that agents run in.
//!
//! `agentix-gen` is a pure code generator with pluggable container engines. It loads a project's folder as a
//! [`Bundle`], renders a Dockerfile and a build context from it, and passes both to an [`Engine`], which builds the
//! image. The library never prints, never exits, never reads the environment and holds no global state.
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
//! println!("{}", built.image_id);
//! # Ok(())
//! # }
//! ```
//!
//! | task | item |
//! |---|---|
//! | load a folder as a bundle | [`load`](load()) |
//! | build an image, unless it is up to date | [`build`](build()) |
//! | render the Dockerfile | [`dockerfile::render`] |
//! | write the context | [`context::stage`], [`context::write_tar`], [`context::write_folder`] |
//! | start an image, and end it | [`sandbox::session`], [`Deployment`] |
//! | list every decision and its reason | [`Plan`] |
//! | write the bill of materials of a lock | [`bundle::Sbom`] |
//! | use a project in memory | [`Listing::from_files`], [`Workspace::in_listing`], [`Bundle::new`] |
//! | add your own engine | [`Engine`], [`Registry::register`] |
//! | parse a lock, a pattern or an image reference | [`project`], [`value`] |
//!
//! The modules follow the order of the pipeline: [`value`], [`project`], [`files`], [`bundle`], [`dockerfile`],
//! [`context`], [`engine`], [`mod@load`], [`build_image`], [`sandbox`]. Each module uses only the modules before it.
//!
//! The feature `cli` adds the command and is on by default. `default-features = false` gives the library alone.

#![forbid(unsafe_code)]

pub mod bake;
pub mod build_image;
pub mod bundle;
pub mod context;
pub mod dockerfile;
pub mod engine;
pub mod files;
pub mod load;
pub mod project;
pub mod sandbox;
pub mod value;

pub use build_image::{BuildOptions, Built, build};
pub use bundle::{Bundle, Plan};
pub use context::Context;
pub use engine::{BuildRequest, Control, Engine, Event, Outcome, Registry};
pub use files::Listing;
pub use load::{LoadOptions, load};
pub use project::{Config, Project, Workspace};
pub use sandbox::{Deployment, EngineDeployment, SandboxConfig};
pub use value::{Cancel, Dialect, ImageRef, Version};

/// Compiles and runs the Rust examples of the guide as doctests.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct Guide;
