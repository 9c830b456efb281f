//! Renders a file for `docker buildx bake`, which builds the images of many projects at once.
//!
//! [`render`] is pure. Each target of the file builds one bundle from a staged context, a folder beside the file that
//! [`write_folder`](crate::context::write_folder) writes. `docker buildx bake` builds the file on any builder: the local
//! daemon, a remote `BuildKit`, or one in a cluster. The form is that of the [Bake file reference].
//!
//! [Bake file reference]: https://docs.docker.com/build/bake/reference/

mod error;
mod target;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bundle::Bundle;
use crate::context::Digest;
use crate::engine::BuildRequest;
use crate::value::ImageRef;

pub use error::BakeError;
pub use target::BakeTarget;

/// The name of the variable with which a generated file states who wrote it.
pub const GENERATOR: &str = "AGENTIX_GEN";

/// A file for `docker buildx bake`, in its JSON form. Serialize it with `serde_json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BakeFile {
    variable: BTreeMap<&'static str, Variable>,
    group: BTreeMap<&'static str, Group>,
    target: BTreeMap<String, BakeTarget>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Variable {
    default: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Group {
    targets: Vec<String>,
}

/// One bundle to bake.
#[derive(Debug, Clone)]
pub struct Baked<'a> {
    bundle: &'a Bundle,
    request: BuildRequest,
    digest: Digest,
}

impl<'a> Baked<'a> {
    /// Creates the entry of a bundle. `digest` is that of its staged context: [`BuildRequest::digest`].
    pub fn new(bundle: &'a Bundle, request: BuildRequest, digest: Digest) -> Self {
        Self { bundle, request, digest }
    }

    /// Returns the name of the target, which is that of the project.
    pub fn name(&self) -> &str {
        self.bundle.project().name().as_str()
    }

    /// Returns the folder of the staged context, relative to the file.
    ///
    /// It has the digest of the context in its name. `BuildKit` compares the files of a folder that it has seen before by
    /// time and size only, and all files of a staged context have the same time.
    pub fn folder(&self) -> String {
        const LENGTH: usize = 12;
        let digest = self.digest.to_string();
        let sum = digest.trim_start_matches("sha256:");
        format!("{}-{}", self.name(), &sum[..LENGTH])
    }
}

/// Renders the file for these bundles. The group `default` has all targets.
///
/// # Errors
///
/// Fails if two bundles have the same target name or the same tag, or if a request has a setting that a target does not
/// have.
pub fn render(bundles: &[Baked<'_>]) -> Result<BakeFile, BakeError> {
    let mut target = BTreeMap::new();
    let mut tags: BTreeMap<&ImageRef, &str> = BTreeMap::new();
    for baked in bundles {
        let name = baked.name();
        for tag in &baked.request.tags {
            if let Some(first) = tags.insert(tag, name) {
                return Err(BakeError::Tag { tag: tag.to_string(), first: first.to_owned(), second: name.to_owned() });
            }
        }
        if target.insert(name.to_owned(), BakeTarget::new(baked)?).is_some() {
            return Err(BakeError::Name(name.to_owned()));
        }
    }
    let version = Variable { default: env!("CARGO_PKG_VERSION") };
    let group = Group { targets: target.keys().cloned().collect() };
    Ok(BakeFile { variable: [(GENERATOR, version)].into(), group: [("default", group)].into(), target })
}

#[cfg(test)]
mod tests;
