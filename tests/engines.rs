//! Real projects, built by real engines, and what is in the images.
//!
//! Most tests run once for each [`Builder`](engines::builder::Builder). One that lacks what it needs says `not run` and
//! passes, unless `AGENTIX_REQUIRE_ENGINES` is 1: then it fails. `tests/engines/setup` makes a machine ready.

#![cfg(all(unix, feature = "cli"))]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test may touch the world, and panics where it does not find what it expects"
)]

#[path = "context/tree.rs"]
#[allow(dead_code, reason = "the tests of contexts use the rest")]
mod tree;

mod background;

mod engines {
    #[macro_use]
    mod builder;
    mod container;
    mod image;
    mod outcome;
    mod project;
    mod registry;
    mod store;

    mod apt;
    mod changed_files;
    mod command_line;
    mod docker_ignore;
    mod equivalence;
    mod failures;
    mod features;
    mod hello_agent;
    mod hostile_values;
    mod interrupt;
    mod library;
    mod lock;
    mod nix;
    mod private_index;
    mod push;
    mod readers;
    mod rebuild;
    mod reproducible;
    mod run_time;
    mod sdists;
    mod siblings;
    mod standalone;
    mod streams;
    mod transport;
    mod unreachable;
    mod up_to_date;
}
