//! The command as a user meets it: what it prints, where, and with which exit code. No engine is needed.

#[path = "cli/arguments.rs"]
mod arguments;
#[path = "cli/engines.rs"]
mod engines;
#[path = "cli/errors.rs"]
mod errors;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/staging.rs"]
mod staging;
