//! Podman and buildah, which share their builder and their images.

use super::builder::Builder;
use super::capabilities::Capabilities;
use super::error::EngineError;
use super::features::{Feature, Part};
use super::inspection;
use super::installed::{EngineRow, Installed};
use super::manifest_digest::DigestReport;
use super::platforms::ImageList;
use crate::value::{Cancel, Dialect, ImageRef};

pub(super) const PODMAN: EngineRow = EngineRow {
    name: "podman",
    is_tested: true,
    probe: probe_podman,
    dialects: |_| vec![Dialect::BuildKit],
    default_platform: |_| Ok(None),
    inspect: &["image", "inspect", "--format"],
    facts: Some(
        "{{.Id}} {{index .Labels \"DIGEST\"}} {{index .Labels \"PYTHON\"}} {{index .Labels \"AGENTIX\"}} USER={{.User}}{{$user := .User}}{{range .Config.Env}}{{if eq . (printf \"VARIABLE=%s\" $user)}} named{{end}}{{end}} PLATFORM={{.Os}}/{{.Architecture}}{{range .RepoTags}} {{.}}{{end}}",
    ),
    read: inspection::line,
    digests: Some("{{.Digest}}{{range .RepoDigests}} {{.}}{{end}}"),
    confirms: |_, _, _| Ok(true),
    push,
    push_digest: DigestReport::File,
    has_pull: true,
    builds_stdin: true,
    inspects_several: true,
    creates_of_platform: false,
    makes_lists: true,
    runs_containers: true,
    absent: "image not known",
};

pub(super) const BUILDAH: EngineRow = EngineRow {
    name: "buildah",
    is_tested: true,
    probe: probe_buildah,
    dialects: |_| vec![Dialect::BuildKit],
    default_platform: |_| Ok(None),
    inspect: &["inspect", "--type", "image", "--format"],
    facts: Some(
        "{{.FromImageID}} {{with .OCIv1.Config.Labels}}{{index . \"DIGEST\"}} {{index . \"PYTHON\"}} {{index . \"AGENTIX\"}}{{end}} {{with .OCIv1.Config}}USER={{.User}}{{$user := .User}}{{range .Env}}{{if eq . (printf \"VARIABLE=%s\" $user)}} named{{end}}{{end}}{{end}} PLATFORM={{.OCIv1.OS}}/{{.OCIv1.Architecture}} {{.FromImage}}",
    ),
    read: inspection::line,
    digests: Some("- {{.FromImage}}@{{.FromImageDigest}}"),
    confirms: |_, _, _| Ok(true),
    push,
    push_digest: DigestReport::File,
    has_pull: true,
    builds_stdin: true,
    inspects_several: false,
    creates_of_platform: false,
    makes_lists: true,
    runs_containers: false,
    absent: "image not known",
};

fn push(tag: &ImageRef, is_list: bool) -> Vec<String> {
    if is_list { ImageList::push(tag) } else { vec!["push".to_owned(), tag.to_string()] }
}

fn probe_podman(engine: &Installed, cancel: &Cancel) -> Result<Capabilities, EngineError> {
    if engine.settings.podman_service {
        let answer = engine.ask(&["version", "--format", "{{.Server.Version}}"], cancel)?;
        if answer.code != 0 {
            return Err(engine.no_answer("the version of its service", &answer));
        }
    }
    probe(engine, Part::Podman, cancel)
}

fn probe_buildah(engine: &Installed, cancel: &Cancel) -> Result<Capabilities, EngineError> {
    probe(engine, Part::Buildah, cancel)
}

/// Both programs print a line like `podman version 4.3.1`. Buildah prints more text after the version.
fn probe(engine: &Installed, part: Part, cancel: &Cancel) -> Result<Capabilities, EngineError> {
    let answer = engine.ask(&["--version"], cancel)?;
    let mut words = answer.stdout.split_whitespace();
    match (answer.code, words.nth(1), words.next()) {
        (0, Some("version"), Some(version)) => {
            Ok(Capabilities::new(version, Builder::Buildah, Feature::supported_by(&[(part, version)])))
        }
        _ => Err(engine.no_answer("its version", &answer)),
    }
}
