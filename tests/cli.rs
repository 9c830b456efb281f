//! Runs the command and checks its stdout, stderr and exit code. No engine is needed.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a test prepares and inspects the disk")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "cli/arguments.rs"]
mod arguments;
#[path = "cli/attestations.rs"]
mod attestations;
#[path = "cli/bake.rs"]
mod bake;
#[path = "cli/base_image.rs"]
mod base_image;
#[path = "cli/budget.rs"]
mod budget;
#[path = "cli/build_contexts.rs"]
mod build_contexts;
#[path = "cli/builders.rs"]
mod builders;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/check_fix.rs"]
mod check_fix;
#[path = "cli/completions.rs"]
mod completions;
#[path = "cli/conformance.rs"]
mod conformance;
#[path = "cli/credentials.rs"]
mod credentials;
#[path = "cli/engine_output.rs"]
mod engine_output;
#[path = "cli/engines.rs"]
mod engines;
#[path = "cli/errors.rs"]
mod errors;
#[path = "cli/escapes.rs"]
mod escapes;
#[path = "cli/excerpt.rs"]
mod excerpt;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/in_tree.rs"]
mod in_tree;
#[path = "cli/init.rs"]
mod init;
mod judges;
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/lock.rs"]
mod lock;
#[path = "cli/man.rs"]
mod man;
#[path = "cli/other_engines.rs"]
mod other_engines;
#[path = "cli/output_schemas.rs"]
mod output_schemas;
#[path = "cli/plan.rs"]
mod plan;
#[path = "cli/platforms.rs"]
mod platforms;
#[path = "cli/plugin_options.rs"]
mod plugin_options;
#[path = "cli/plugins.rs"]
mod plugins;
#[path = "cli/progress.rs"]
mod progress;
#[path = "cli/protocol.rs"]
mod protocol;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/sandbox.rs"]
mod sandbox;
#[path = "cli/sbom.rs"]
mod sbom;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/ssh.rs"]
mod ssh;
#[path = "cli/staging.rs"]
mod staging;
#[path = "cli/steps.rs"]
mod steps;
#[path = "cli/streams.rs"]
mod streams;
#[path = "cli/stub.rs"]
mod stub;
#[path = "cli/template.rs"]
mod template;
#[path = "cli/tree.rs"]
mod tree;
#[path = "cli/watch.rs"]
mod watch;
