//! What uv refuses to install.

use crate::value::Escaped;

/// A selection or an image for which uv installs nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UvRuleError {
    /// The image is none of the environments that the project or its lock is limited to.
    #[error("{key} ({}) excludes the image, which is {image}; add its environment", all(.environments))]
    Environments {
        /// Where the environments are written.
        key: &'static str,
        /// The environments, as markers.
        environments: Vec<String>,
        /// The image: its platform, and its Python if that is known.
        image: String,
    },
    /// The selection has two elements that exclude each other.
    #[error("[tool.uv] conflicts: {one} and {other} exclude each other; select one of them")]
    Conflict {
        /// An extra, a dependency group or a package.
        one: String,
        /// Another one.
        other: String,
    },
}

fn all(markers: &[String]) -> String {
    markers.iter().map(|marker| Escaped(marker).to_string()).collect::<Vec<_>>().join(", ")
}
