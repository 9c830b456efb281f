//! x
mod config;
mod image;
mod name;
mod project;
mod requirement;
mod shown;
pub use image::{ImageRef, ImageRefError, Rule};
pub use name::{NameError, ProjectName};
mod pattern;
mod value;
pub use config::*;
pub use pattern::*;
pub use project::*;
pub use requirement::*;
pub use value::*;
