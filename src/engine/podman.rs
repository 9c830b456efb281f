//! Podman and buildah, which share their builder and their images.

use super::EngineError;
use super::capabilities::{Builder, Capabilities};
use super::installed::{Installed, Row};
use crate::cancel::Cancel;

pub(super) const PODMAN: Row =
    Row { name: "podman", probe, image_id: &["image", "inspect", "--format", "{{.Id}}"], absent: "image not known" };

pub(super) const BUILDAH: Row = Row {
    name: "buildah",
    probe,
    image_id: &["inspect", "--type", "image", "--format", "{{.FromImageID}}"],
    absent: "image not known",
};

/// Both print `podman version 4.3.1`, buildah with more after it.
fn probe(engine: &Installed, cancel: &Cancel) -> Result<Capabilities, EngineError> {
    let answer = engine.ask(&["--version"], cancel)?;
    let mut words = answer.stdout.split_whitespace();
    match (answer.code, words.nth(1), words.next()) {
        (0, Some("version"), Some(version)) => Ok(Capabilities::new(version, Builder::Buildah)),
        _ => Err(engine.no_answer("its version", &answer)),
    }
}
