//! nerdctl, the command line of containerd, which builds with a `BuildKit` daemon.
//!
//! No test runs it: its commands follow the reference and the source of nerdctl 2.3.

use serde::Deserialize;

use super::builder::Builder;
use super::capabilities::Capabilities;
use super::docker::FACTS;
use super::error::EngineError;
use super::features::{Feature, Part};
use super::inspection;
use super::installed::{EngineRow, Installed};
use super::manifest_digest::DigestReport;
use crate::value::{Cancel, Dialect};

pub(super) const ROW: EngineRow = EngineRow {
    name: "nerdctl",
    is_tested: false,
    probe,
    dialects: |_| vec![Dialect::BuildKit],
    default_platform: |_| Ok(None),
    inspect: &["image", "inspect", "--format"],
    facts: Some(FACTS),
    read: inspection::line,
    // Each image of containerd has a digest, also one that no registry has.
    digests: None,
    confirms: |_, _, _| Ok(true),
    push: |tag, is_list| {
        let all = is_list.then(|| "--all-platforms".to_owned());
        ["push".to_owned()].into_iter().chain(all).chain([tag.to_string()]).collect()
    },
    push_digest: DigestReport::Line,
    has_pull: true,
    builds_stdin: false,
    inspects_several: true,
    creates_of_platform: false,
    makes_lists: false,
    runs_containers: true,
    absent: "no such image",
};

/// The output of `nerdctl version --format '{{json .}}'`. `server` is `None` if containerd cannot be reached.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Versions {
    client: Client,
    server: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Client {
    version: String,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    name: String,
    version: String,
}

/// nerdctl builds with the program `buildctl`. Without it, the version of that component is empty.
const BUILDCTL: &str = "buildctl";

fn probe(engine: &Installed, cancel: &Cancel) -> Result<Capabilities, EngineError> {
    const QUESTION: &str = "its version";
    let answer = engine.ask(&["version", "--format", "{{json .}}"], cancel)?;
    let versions: Versions = serde_json::from_str(&answer.stdout).map_err(|_| engine.no_answer(QUESTION, &answer))?;
    if versions.server.is_none() {
        return Err(engine.no_answer(QUESTION, &answer));
    }
    let is_missing = |component: &Component| component.name == BUILDCTL && component.version.is_empty();
    if versions.client.components.iter().any(is_missing) {
        return Err(EngineError::Missing { program: BUILDCTL.to_owned() });
    }
    let version = versions.client.version.trim_start_matches('v');
    Ok(Capabilities::new(version, Builder::Nerdctl, Feature::supported_by(&[(Part::Nerdctl, version)])))
}
