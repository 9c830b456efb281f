//! The file for the ID of an image: `build --iidfile`, as docker, podman and buildah have it.

#![expect(clippy::disallowed_methods, reason = "the file is removed here")]

use std::fs;

use agentix_gen::build_image::Built;
use camino::Utf8Path;

use super::error::CommandError;
use super::in_tree::unwritable;
use super::text_file;

/// Removes the file of an earlier build, so that a build that fails leaves none.
///
/// `is_written_elsewhere`: the image is written to an output, so that it gets no ID.
pub(crate) fn remove(file: &Utf8Path, is_written_elsewhere: bool) -> Result<(), CommandError> {
    if is_written_elsewhere {
        return Err(CommandError::NoId);
    }
    match text_file::read_own(file, |text| is_id(text.trim()) || text.is_empty()) {
        Ok(Some(_)) => fs::remove_file(file).map_err(unwritable(file)),
        Ok(None) => Ok(()),
        Err(_) => Err(CommandError::NotAnId { path: file.to_string() }),
    }
}

/// Writes the ID in the form `sha256:…`. For an image that was only pushed, it is the digest of its manifest, as with buildx.
pub(crate) fn write(file: &Utf8Path, built: &Built) -> Result<(), CommandError> {
    let id = Some(built.image_id.as_str()).filter(|id| !id.is_empty()).or(built.manifest_digest.as_deref());
    let id = id.ok_or(CommandError::NoId)?;
    let prefix = if is_bare(id) { "sha256:" } else { "" };
    text_file::replace(file, &format!("{prefix}{id}")).map_err(unwritable(file))
}

fn is_id(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(is_bare)
}

/// Podman and buildah print an ID without its algorithm.
fn is_bare(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}
