//! What a build gave.

use std::time::Duration;

use serde::Serialize;

use crate::engine::{BuildRequest, Engine};

/// An image that is up to date, or was built. As JSON it is what `build --format json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Built {
    /// The reference that names the image: the first of its tags.
    pub image: String,
    /// All its references.
    pub tags: Vec<String>,
    /// The image's ID, as the engine writes it.
    pub id: String,
    /// The engine's name.
    pub engine: String,
    /// The digest of all that decides the image: its label `dev.agentix.digest`.
    pub digest: Option<String>,
    /// Nothing was built, because the engine has this image already.
    pub up_to_date: bool,
    /// How many bytes of the context were sent or staged.
    pub context_bytes: u64,
    /// How long the engine worked.
    #[serde(skip)]
    pub duration: Duration,
}

impl Built {
    /// The image of a request, with the bytes of the context that was sent for it; `None` if the image is up to date.
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
