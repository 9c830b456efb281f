//! Builds real projects with real engines and checks the images.
//!
//! Most tests run once for each [`Builder`](engines::builder::Builder). If a builder, an image or the network is
//! missing, a test prints `not run` and passes. If `AGENTIX_REQUIRE_ENGINES` is 1, it fails instead.
//! `tests/engines/setup` prepares a machine.

#![cfg(all(unix, feature = "cli"))]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test uses files, processes and the network, and fails by panicking"
)]

#[path = "context/tree.rs"]
#[allow(dead_code, reason = "the context tests use the rest")]
mod tree;

mod background;
#[path = "campaign/cases.rs"]
mod cases;
mod judges;

mod engines {
    #[macro_use]
    mod builder;
    mod container;
    mod image;
    mod outcome;
    mod project;
    mod project_kinds;
    mod registry;
    mod store;
    mod turn;

    mod apt;
    mod bake;
    mod changed_files;
    mod command_line;
    mod disguised;
    mod docker_ignore;
    mod equivalence;
    mod failures;
    mod features;
    mod hello_agent;
    mod hostile_values;
    mod in_tree;
    mod interrupt;
    mod library;
    mod link_folders;
    mod lock;
    mod nix;
    mod nix_plugins;
    mod platforms;
    mod plugin;
    mod portable;
    mod private_index;
    mod push;
    mod readers;
    mod rebuild;
    mod references;
    mod reproducible;
    mod run_time;
    mod sandbox;
    mod sbom;
    mod sdists;
    mod ships;
    mod siblings;
    mod standalone;
    mod streams;
    mod transport;
    mod unreachable;
    mod up_to_date;
    mod user;
    mod watch;
}
