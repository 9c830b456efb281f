//! The result of a build.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::engine::{BuildRequest, Capabilities, Engine, Outcome};

/// An image that is up to date, or was built. `build --format json` prints it as JSON, with the same names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Built {
    /// The main reference of the image: the first of its tags.
    pub image: String,
    /// All references of the image.
    pub references: Vec<String>,
    /// The image's ID, as the engine prints it. Empty if the image was written to an
    /// [output](super::BuildOptions::output) instead of the engine's store.
    pub image_id: String,
    /// The engine's name.
    pub engine: String,
    /// The engine's version. `None` if the image is up to date: the engine is not asked then.
    pub version: Option<String>,
    /// The digest of the image's manifest in the registry of its first reference, if the image was pushed and the engine reports
    /// the digest.
    pub manifest_digest: Option<String>,
    /// The digest of all inputs of the image: its label `dev.agentix.digest`.
    pub digest: Option<String>,
    /// Whether nothing was built, because the engine already had this image.
    pub up_to_date: bool,
    /// The number of bytes of the context that were sent or staged.
    pub context_bytes: u64,
    /// How long the engine built, in seconds. 0 if the image is up to date.
    #[serde(rename = "seconds", serialize_with = "in_seconds")]
    pub duration: Duration,
}

fn in_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // Milliseconds say enough, and have a short form.
    #[expect(clippy::cast_precision_loss, reason = "no build takes 2^52 ms")]
    serializer.serialize_f64(duration.as_millis() as f64 / 1000.0)
}

impl Built {
    /// Returns the result of a request for an image that is up to date.
    pub(super) fn up_to_date(engine: &dyn Engine, request: &BuildRequest, image_id: String) -> Self {
        Self::new(engine, request, image_id, true)
    }

    /// Returns the result of a request that an engine has built.
    pub(super) fn of_build(
        engine: &dyn Engine,
        capabilities: &Capabilities,
        request: &BuildRequest,
        outcome: Outcome,
        duration: Duration,
    ) -> Self {
        Self {
            version: Some(capabilities.version.clone()),
            manifest_digest: outcome.manifest_digest,
            context_bytes: outcome.context_bytes,
            duration,
            ..Self::new(engine, request, outcome.image_id, false)
        }
    }

    fn new(engine: &dyn Engine, request: &BuildRequest, image_id: String, up_to_date: bool) -> Self {
        let references: Vec<String> = request.tags.iter().map(ToString::to_string).collect();
        Self {
            image: references.first().cloned().unwrap_or_default(),
            references,
            image_id,
            engine: engine.name().to_owned(),
            version: None,
            manifest_digest: None,
            digest: request.digest.as_ref().map(ToString::to_string),
            up_to_date,
            context_bytes: 0,
            duration: Duration::ZERO,
        }
    }
}
