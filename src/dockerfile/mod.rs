//! Renders a bundle as a Dockerfile.
//!
//! The text is in `templates/`, one file per topic. A template prints only two kinds of values: typed values whose
//! grammar cannot break out of an instruction, and values that go through the `quote` or `exec` filter. The formatter
//! rejects all others. Decisions are made in Rust: a template contains only text and `if`.
//!
//! | file | contents |
//! |---|---|
//! | `render` | [`render`]: converts a bundle into template values |
//! | `fetch`, `run_time` | values for steps that fetch packages, and for run-time settings |
//! | `stages` | the stages, and what is installed in which of them |
//! | `nix` | the stages that build Nix expressions, and the files that they run |
//! | `entry_point` | the check that the image can start |
//! | `in_tree`, `write_step` | [`render_in_tree`]: the same Dockerfile for the folder of the project |
//! | `flow`, `instructions` | [`stages`]: the stages of a Dockerfile, and what flows between them |
//! | `templates` | the built-in templates and the rules that apply to them |
//! | `quote` | the `quote` and `exec` filters, and the formatter |
//! | `extension` | a user's template that extends the built-in one |
//! | `template_limits`, `tags` | the limits of a user's template |
//! | `error`, `template_error`, `in_tree_error` | [`RenderError`], [`TemplateError`], [`InTreeError`] |

mod entry_point;
mod error;
mod extension;
mod fetch;
mod flow;
mod in_tree;
mod in_tree_error;
mod instructions;
mod nix;
mod quote;
mod render;
mod run_time;
mod stages;
mod tags;
mod template_error;
mod template_limits;
mod templates;
mod write_step;

pub use error::RenderError;
pub use flow::{Input, Origin, Stage, stages};
pub use in_tree::{ignore_file, missing_ignore_lines, render_in_tree};
pub use in_tree_error::InTreeError;
pub(crate) use nix::nix_files;
pub use render::{render, render_runtime};
pub use template_error::TemplateError;
pub(crate) use templates::TRUST;

#[cfg(test)]
mod tests;
