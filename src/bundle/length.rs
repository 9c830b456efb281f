//! How long a text may be that stands in a Dockerfile.

use super::{Bundle, BundleError};

/// Builders refuse a line over 65,535 bytes; where it is a comment, `BuildKit` drops it and all that follows, and says
/// nothing. The longest line of ours holds two texts, and quotes may make one twice as long.
const LONGEST: usize = 16_000;

pub(super) fn check(bundle: &Bundle) -> Result<(), BundleError> {
    let name = [("the name of the project", bundle.project().name().as_str().len())];
    let version = bundle.version.iter().map(|version| ("the version", version.to_string().len()));
    let nix = bundle.nix.iter().map(|nix| ("the path of the Nix expression", nix.file.as_str().len()));
    let arguments = bundle.build_args().keys().map(|name| ("the name of a build argument", name.as_str().len()));
    let labels = bundle.labels().iter();
    let labels = labels.map(|(key, value)| ("a label", key.as_str().len().max(value.as_str().len())));
    let mut texts = name.into_iter().chain(version).chain(nix).chain(arguments).chain(labels);
    match texts.find(|(_, length)| *length > LONGEST) {
        Some((what, length)) => Err(BundleError::TooLong { what, length, most: LONGEST }),
        None => Ok(()),
    }
}
