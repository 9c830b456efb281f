//! Why a Dockerfile cannot be rendered.

use super::template_error::TemplateError;
use crate::value::Escaped;

/// A Dockerfile that cannot be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// One of our own templates is wrong, which is a defect.
    #[error("the Dockerfile cannot be rendered")]
    Defect(#[from] minijinja::Error),
    /// The user's template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The project names a template, and its text was not given.
    #[error("template {}, which [tool.agentix] names, was not given with the bundle", Escaped(.path))]
    TemplateNotGiven {
        /// The template's path within the project.
        path: String,
    },
    /// The classic dialect has no place for a secret that would not end in the image.
    #[error(
        "{what}: a Dockerfile in the classic dialect would leave it in the image; build with BuildKit, podman or buildah"
    )]
    SecretInClassic {
        /// What is needed.
        what: String,
    },
    /// The project names certificates, and they were not given.
    #[error("ca-certificate {}, which the configuration names, was not given with the bundle", Escaped(.path))]
    CertificateNotGiven {
        /// The path.
        path: String,
    },
}
