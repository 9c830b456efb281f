//! What an engine reports of the images of a sandbox.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::id::{SandboxId, SandboxIdError};
use crate::bundle::{PORTABLE_FOLDER, PORTABLE_LABEL, SERVER};
use crate::value::{AGENTIX_LABEL, ImageRef};

/// The folder with the programs of a bundle.
const PROGRAMS: &str = "/nix/runtime/bin";

/// The `PATH` of a container whose image sets none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How many digits of its ID name an image.
const SHORT_ID: usize = 16;

/// An image, as an engine reports it.
///
/// Docker and podman have these fields in common.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StoredImage {
    id: String,
    /// The architecture: `amd64`, `arm64`.
    pub(super) architecture: String,
    #[serde(default)]
    config: Option<Settings>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Settings {
    env: Option<Vec<String>>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
    volumes: Option<BTreeMap<String, serde_json::Value>>,
}

/// What a sandbox takes from a bundle that it mounts into a task image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// The task image.
    pub(super) image: ImageRef,
    /// The container that carries the bundle.
    pub(super) carrier: SandboxId,
    /// The program of the bundle, and its arguments.
    pub(super) entry_point: Vec<String>,
    /// The version of the server.
    pub(super) agentix: Option<String>,
}

impl StoredImage {
    /// Parses the JSON array of `image inspect`.
    pub(super) fn parse_all(text: &str) -> Result<Vec<Self>, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Returns whether other images can mount the environment of this one.
    pub(super) fn is_portable(&self) -> bool {
        let is_volume = self
            .config
            .as_ref()
            .and_then(|config| config.volumes.as_ref())
            .is_some_and(|volumes| volumes.contains_key(PORTABLE_FOLDER));
        is_volume && self.label(PORTABLE_LABEL).is_some()
    }

    /// Returns the name of the container that carries the folder of this image. Images with one ID share it.
    pub(super) fn carrier(&self) -> Result<SandboxId, SandboxIdError> {
        let digits = self.id.rsplit(':').next().unwrap_or_default();
        format!("agentix-carrier-{}", &digits[..SHORT_ID.min(digits.len())]).parse()
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the version of the server, if it is known.
    pub(super) fn agentix(&self) -> Option<&str> {
        self.label(AGENTIX_LABEL)
    }

    /// Returns the program that the image starts, and its arguments.
    pub(super) fn entry_point(&self) -> Vec<String> {
        let Settings { entrypoint, cmd, .. } = self.config.clone().unwrap_or_default();
        let program = entrypoint.filter(|words| !words.is_empty());
        let arguments = cmd.into_iter().flatten();
        program.unwrap_or_else(|| vec![SERVER.to_owned()]).into_iter().chain(arguments).collect()
    }

    /// Returns the variables that the programs of this image need in a task image. In its `PATH`, the programs of the task
    /// image come first.
    pub(super) fn variables_in(&self, task: &Self) -> Vec<(String, String)> {
        let names: Vec<&str> = self.label(PORTABLE_LABEL).unwrap_or_default().split(' ').collect();
        let path = task.variables().find(|(name, _)| *name == "PATH").map_or(DEFAULT_PATH, |(_, value)| value);
        let own = self.variables().filter(|(name, _)| names.contains(name));
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        [("PATH".to_owned(), format!("{path}:{PROGRAMS}"))].into_iter().chain(own).collect()
    }

    fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.config
            .iter()
            .flat_map(|settings| settings.env.iter().flatten())
            .filter_map(|variable| variable.split_once('='))
    }

    fn label(&self, key: &str) -> Option<&str> {
        self.config.as_ref()?.labels.as_ref()?.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::StoredImage;

    fn image(settings: &str) -> StoredImage {
        StoredImage::parse_all(&format!(
            r#"[{{"Id":"sha256:0123456789abcdef0123","Architecture":"amd64","Config":{settings}}}]"#
        ))
        .unwrap()
        .remove(0)
    }

    #[test]
    fn a_bundle_brings_its_variables_and_its_program() {
        let bundle = image(
            r#"{"Env":["PATH=/nix/runtime/bin:/bin","MODE=a=b","OTHER=1","PYTHONUNBUFFERED=1"],
                "Entrypoint":["/nix/runtime/bin/agentix-server"],"Cmd":["--debug"],"Volumes":{"/nix":{}},
                "Labels":{"dev.agentix.portable":"PYTHONUNBUFFERED MODE","dev.agentix.version":"0.2.6"}}"#,
        );
        assert!(bundle.is_portable());
        assert_eq!(bundle.carrier().unwrap().as_str(), "agentix-carrier-0123456789abcdef");
        assert_eq!(bundle.agentix(), Some("0.2.6"));
        assert_eq!(bundle.entry_point(), ["/nix/runtime/bin/agentix-server", "--debug"]);
        let variables = |task: &StoredImage| {
            let variables = bundle.variables_in(task).into_iter().map(|(name, value)| format!("{name}={value}"));
            variables.collect::<Vec<_>>()
        };
        let task = image(r#"{"Env":["PATH=/opt/bin"]}"#);
        assert_eq!(variables(&task), ["PATH=/opt/bin:/nix/runtime/bin", "MODE=a=b", "PYTHONUNBUFFERED=1"]);
        assert!(variables(&image("null"))[0].ends_with("/sbin:/bin:/nix/runtime/bin"));
    }

    #[test]
    fn an_image_without_the_volume_or_the_label_is_not_portable() {
        for settings in ["null", "{}", r#"{"Volumes":{"/nix":{}}}"#, r#"{"Labels":{"dev.agentix.portable":"A"}}"#] {
            assert!(!image(settings).is_portable(), "{settings}");
        }
        assert!(StoredImage::parse_all("no such image").is_err());
    }
}
