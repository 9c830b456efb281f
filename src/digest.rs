//! The digest of all that decides an image, by which a build of which nothing changed is known.
//!
//! It is a label of the image. Whoever builds takes the digest of what is to be built, asks the engine what its images
//! carry, and needs no build where it is the same:
//!
//! ```no_run
//! # use agentix_gen::engine::{BuildRequest, Capabilities};
//! # use agentix_gen::{Bundle, Cancel, Engine, digest};
//! # fn up_to_date(engine: &dyn Engine, capabilities: &Capabilities, bundle: &Bundle) -> Result<bool, Box<dyn std::error::Error>> {
//! let cancel = Cancel::default();
//! let bases: Vec<_> = bundle.base_images().cloned().collect();
//! let context = agentix_gen::context::stage(bundle, capabilities.dialect())?;
//! let mut request = BuildRequest::of(bundle);
//! let digest = digest::of(&context, &request, &engine.inspect(&bases, &cancel)?, &cancel)?;
//! let is_up_to_date = digest.labels_all(&engine.inspect(&request.tags, &cancel)?);
//! request.digest = Some(digest); // the label of the image, where it is to be built
//! # Ok(is_up_to_date)
//! # }
//! ```

mod files;

use sha2::{Digest as _, Sha256};

use crate::cancel::Cancel;
use crate::context::{Context, ContextEntry, Source};
use crate::exact::SourceError;
use crate::mark::ImageFacts;
use crate::request::BuildRequest;
use files::FileSum;

pub use crate::mark::{DIGEST_LABEL, Digest};

/// What stands before all that is hashed: another way to hash gets another number.
const SCHEME: &str = "agentix-gen 1";

/// A digest that could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The work was asked to stop.
    #[error("stopped")]
    Cancelled,
}

/// The digest of what decides an image: each entry of its context, the Dockerfile among them, with its path, kind, mode
/// and bytes; the build arguments, platform and network; and the base images by their IDs. What builds decides by the
/// dialect of the Dockerfile alone.
///
/// The time of a file, the image's tags and where the project lies decide nothing. A base image that the engine does not
/// have yet is one of its own: once it is there, the image is built again.
///
/// # Errors
///
/// A file that cannot be read, or that changes meanwhile.
pub fn of(
    context: &Context<'_>,
    request: &BuildRequest,
    bases: &[Option<ImageFacts>],
    cancel: &Cancel,
) -> Result<Digest, DigestError> {
    let files = files::sums(context, cancel)?;
    let mut records = Records::new();
    let mut sums = files.iter();
    for entry in context.entries() {
        records.add_entry(&entry, &mut sums);
    }
    records.add_request(request);
    for base in bases {
        records.add("base", base.as_ref().map(|base| base.id.as_bytes()).as_slice());
    }
    Ok(Digest::new(records.0.finalize().into(), files.iter().map(|file| file.stamp).collect()))
}

/// What is hashed: records of a name and parts, each with its length before it, so that no two lists of records are the
/// same bytes.
struct Records(Sha256);

impl Records {
    fn new() -> Self {
        let mut records = Self(Sha256::new());
        records.add("scheme", &[SCHEME.as_bytes()]);
        records
    }

    fn add(&mut self, name: &str, parts: &[&[u8]]) {
        self.add_part(name.as_bytes());
        self.0.update((parts.len() as u64).to_le_bytes());
        for part in parts {
            self.add_part(part);
        }
    }

    fn add_part(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// An entry; a file takes the next of the sums.
    fn add_entry<'a>(&mut self, entry: &ContextEntry<'_>, sums: &mut impl Iterator<Item = &'a FileSum>) {
        let path = entry.path.as_bytes();
        match &entry.source {
            Source::Folder => self.add("folder", &[path]),
            Source::Link(target) => self.add("link", &[path, target.as_bytes()]),
            Source::Bytes(bytes) => self.add("file", &[path, &Sha256::digest(bytes)]),
            Source::File(_) => {
                let file = sums.next();
                let name = if file.is_some_and(|file| file.executable) { "program" } else { "file" };
                self.add(name, &[path, file.map_or(&[], |file| &file.sum)]);
            }
        }
    }

    /// What of a request decides the image. Each field is named here, so that a new one is not forgotten.
    fn add_request(&mut self, request: &BuildRequest) {
        let BuildRequest {
            build_args,
            platform,
            network,
            source_date_epoch,
            needs_docker_format,
            tags: _,
            pull: _,
            no_cache: _,
            push: _,
            digest: _,
            secrets: _,
        } = request;
        for (name, value) in build_args {
            self.add("argument", &[name.as_str().as_bytes(), value.as_str().as_bytes()]);
        }
        if let Some(platform) = platform {
            self.add("platform", &[platform.as_str().as_bytes()]);
        }
        if let Some(network) = network {
            self.add("network", &[network.as_str().as_bytes()]);
        }
        if let Some(epoch) = source_date_epoch {
            self.add("time", &[&epoch.seconds().to_be_bytes()]);
        }
        if *needs_docker_format {
            self.add("docker format", &[]);
        }
    }
}

#[cfg(test)]
mod tests;
