//! Errors of rendering a Dockerfile.

use super::in_tree_error::InTreeError;
use super::template_error::TemplateError;
use crate::value::Escaped;

/// An error from rendering a Dockerfile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A built-in template is wrong. This is a bug in this crate.
    #[error("the Dockerfile cannot be rendered")]
    Defect(#[from] minijinja::Error),
    /// The user's template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The Dockerfile needs a staged context.
    #[error(transparent)]
    InTree(#[from] InTreeError),
    /// The configuration names a template, but its text was not passed to the bundle.
    #[error(
        "template {} is set in [tool.agentix], but its text is missing; pass it to `Bundle::with_template`",
        Escaped(.path)
    )]
    TemplateNotGiven {
        /// The template's path, relative to the project.
        path: String,
    },
    /// The image needs a secret, and the classic dialect would store it in the image.
    #[error("{what}: the classic dialect would store it in the image; build with BuildKit, podman or buildah")]
    SecretInClassic {
        /// The secret or the index credentials.
        what: String,
    },
    /// The configuration names a CA certificate file, but its content was not passed to the bundle.
    #[error(
        "ca-certificate {} is set in the configuration, but its content is missing; pass it to \
         `Bundle::with_ca_certificate`",
        Escaped(.path)
    )]
    CertificateNotGiven {
        /// The path of the certificate file.
        path: String,
    },
}
