//! A bundle as a Dockerfile.
//!
//! The text lives in `templates/`, one file per idea. Everything that a template may print comes from here as a typed
//! value whose grammar cannot break out of its place, or goes through the `quote` filter; the formatter refuses the
//! rest. Decisions are made in Rust: a template holds text and `if`.
//!
//! | file | holds |
//! |---|---|
//! | `render` | [`render`]: the values that the templates print, from a bundle |
//! | `fetch`, `run_time` | the values for steps that fetch packages, and for how the image runs |
//! | `templates` | the templates and the rules that hold for them |
//! | `quote` | quoting |
//! | `extension` | a user's own template |
//! | `error`, `template_error` | [`RenderError`], [`TemplateError`] |

mod error;
mod extension;
mod fetch;
mod quote;
mod render;
mod run_time;
mod template_error;
mod templates;

pub use error::RenderError;
pub use render::{render, render_runtime};
pub use template_error::TemplateError;
pub(crate) use templates::TRUST;

#[cfg(test)]
mod tests;
