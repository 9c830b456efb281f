//! The result of a build.

use std::time::Duration;

use serde::Serialize;

use crate::engine::{BuildRequest, Engine};

/// An image that is up to date, or was built. `build --format json` prints it as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Built {
    /// The main reference of the image: the first of its tags.
    pub image: String,
    /// All references of the image.
    pub tags: Vec<String>,
    /// The image's ID, as the engine prints it.
    pub id: String,
    /// The engine's name.
    pub engine: String,
    /// The digest of all inputs of the image: its label `dev.agentix.digest`.
    pub digest: Option<String>,
    /// Whether nothing was built, because the engine already had this image.
    pub up_to_date: bool,
    /// The number of bytes of the context that were sent or staged.
    pub context_bytes: u64,
    /// How long the engine worked.
    #[serde(skip)]
    pub duration: Duration,
}

impl Built {
    /// Returns the result of a request. `sent` is the number of bytes of context, or `None` if the image is up to date.
    pub(super) fn new(
        engine: &dyn Engine,
        request: &BuildRequest,
        id: String,
        sent: Option<u64>,
        duration: Duration,
    ) -> Self {
        let tags: Vec<String> = request.tags.iter().map(ToString::to_string).collect();
        Self {
            image: tags.first().cloned().unwrap_or_default(),
            tags,
            id,
            engine: engine.name().to_owned(),
            digest: request.digest.as_ref().map(ToString::to_string),
            up_to_date: sent.is_none(),
            context_bytes: sent.unwrap_or(0),
            duration,
        }
    }
}
