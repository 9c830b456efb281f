//! The docker engine.

use std::thread;

use serde::Deserialize;

use super::builder::Builder;
use super::buildx_query;
use super::capabilities::Capabilities;
use super::error::EngineError;
use super::features::{Feature, Part, at_least};
use super::inspection;
use super::installed::{EngineRow, EngineSettings, Installed};
use super::manifest_digest::DigestReport;
use crate::files::background::start;
use crate::value::{Cancel, Dialect, ImageRef, Platform};

/// The template for the facts of an image.
///
/// In older versions, `Labels` is missing if an image has no labels, and `index` fails without it.
pub(super) const FACTS: &str = "{{.Id}} {{with .Config}}{{with .Labels}}{{index . \"DIGEST\"}} {{index . \"PYTHON\"}} {{index . \"AGENTIX\"}}{{end}} USER={{.User}}{{$user := .User}}{{range .Env}}{{if eq . (printf \"VARIABLE=%s\" $user)}} named{{end}}{{end}}{{end}} PLATFORM={{.Os}}/{{.Architecture}}{{range .RepoTags}} {{.}}{{end}}";

pub(super) const ROW: EngineRow = EngineRow {
    name: "docker",
    is_tested: true,
    probe,
    dialects: |settings| match settings.docker_buildkit {
        Some(false) => vec![Dialect::Classic],
        _ => vec![Dialect::BuildKit, Dialect::Classic],
    },
    default_platform,
    inspect: &["image", "inspect", "--format"],
    facts: Some(FACTS),
    read: inspection::line,
    digests: Some("-{{range .RepoDigests}} {{.}}{{end}}"),
    confirms,
    push: |tag, _| vec!["push".to_owned(), tag.to_string()],
    push_digest: DigestReport::Line,
    has_pull: true,
    builds_stdin: true,
    inspects_several: true,
    creates_of_platform: true,
    makes_lists: false,
    runs_containers: true,
    absent: "No such image",
};

/// Returns the platform of `DOCKER_DEFAULT_PLATFORM`.
fn default_platform(settings: &EngineSettings) -> Result<Option<Platform>, EngineError> {
    let platform = settings.docker_platform.as_deref().map(str::parse);
    platform.transpose().map_err(EngineError::DefaultPlatform)
}

/// The output of `docker version --format '{{json .}}'`. `server` is `None` if the daemon cannot be reached.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Versions {
    client: Client,
    server: Option<Server>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Client {
    version: String,
    /// Only podman prints this key.
    os_arch: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Server {
    version: String,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    name: String,
}

impl Versions {
    /// Returns what shows that podman answers: its program with the name of docker, as in the package `podman-docker`, or its
    /// daemon at docker's address.
    fn podman(&self) -> Option<&'static str> {
        let is_podman = |component: &Component| component.name == "Podman Engine";
        if self.client.os_arch.is_some() {
            Some("the program prints the version of podman")
        } else if self.server.as_ref()?.components.iter().any(is_podman) {
            Some("the daemon answers as Podman Engine")
        } else {
            None
        }
    }
}

fn probe(engine: &Installed, cancel: &Cancel) -> Result<Capabilities, EngineError> {
    const QUESTION: &str = "its version";
    // Plugins are slow to answer, so all commands run at the same time.
    let (answer, selected, told) = thread::scope(|scope| {
        let asking_builder = start(scope, || match engine.settings.docker_buildkit {
            Some(false) => Ok(None),
            _ => buildx_query::selected(engine, cancel),
        });
        let asking_info = start(scope, || Info::ask(engine, cancel));
        let answer = engine.ask(&["version", "--format", "{{json .}}"], cancel);
        (answer, asking_builder.join(), asking_info.join())
    });
    let answer = answer?;
    let versions: Versions = serde_json::from_str(&answer.stdout).map_err(|_| engine.no_answer(QUESTION, &answer))?;
    if let Some(proof) = versions.podman() {
        let engine = engine.name.to_owned();
        return Err(EngineError::Disguised { engine, real: "podman", proof: proof.to_owned() });
    }
    let server = versions.server.ok_or_else(|| engine.no_answer(QUESTION, &answer))?;
    let told = told?;
    let buildx = match (engine.settings.docker_buildkit, told.plugins) {
        (Some(false), _) => None,
        (_, Some(plugins)) => plugins.into_iter().find_map(Plugin::buildx_version),
        (_, None) => buildx_version(engine, cancel)?,
    };
    let builder = choose(engine.settings.docker_buildkit, buildx.is_some(), &versions.client.version);
    let daemon = (Part::Daemon, server.version.as_str());
    let features: Vec<Feature> = match (&builder, &buildx) {
        (Builder::Buildx, Some(buildx)) => Feature::supported_by(&[(Part::Buildx, buildx), daemon]).collect(),
        // The client does not have the option, whatever the daemon can do.
        (Builder::BuildKit, _) => {
            Feature::supported_by(&[daemon]).filter(|feature| *feature != Feature::BuildContext).collect()
        }
        _ => Vec::new(),
    };
    let selected = selected?.filter(|_| builder == Builder::Buildx);
    let attests = told.has_containerd_store.unwrap_or(true);
    Ok(Capabilities::new(server.version, builder, features).attesting(attests).with_buildx(selected))
}

/// What `docker info` tells.
struct Info {
    /// Whether the daemon has the image store of containerd. `None` if it does not name its store.
    has_containerd_store: Option<bool>,
    /// The plugins of the client. `None` if the client does not list them, as versions before 19.03.
    plugins: Option<Vec<Plugin>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Plugin {
    name: String,
    /// Missing if the plugin does not work.
    version: Option<String>,
}

impl Info {
    fn ask(engine: &Installed, cancel: &Cancel) -> Result<Self, EngineError> {
        let template = "{{json .DriverStatus}}{{println}}{{json .ClientInfo.Plugins}}";
        let answer = engine.ask(&["info", "--format", template], cancel)?;
        Ok(Self::parse(&answer.stdout))
    }

    /// Parses the two lines of the output.
    fn parse(text: &str) -> Self {
        let (store, plugins) = text.split_once('\n').unwrap_or((text, ""));
        let status: Option<Vec<(String, String)>> = serde_json::from_str(store).ok();
        let is_containerd = |(_, value): &(String, String)| value.starts_with("io.containerd.snapshotter.");
        Self {
            has_containerd_store: status.map(|status| status.iter().any(is_containerd)),
            plugins: serde_json::from_str(plugins).ok(),
        }
    }
}

impl Plugin {
    /// Returns the version if this is buildx.
    fn buildx_version(self) -> Option<String> {
        let version = self.version.filter(|version| self.name == "buildx" && !version.is_empty())?;
        Some(version.trim_start_matches('v').to_owned())
    }
}

/// Asks the registry for a digest. The containerd image store has one for each image, also for those that no registry has.
fn confirms(engine: &Installed, image: &ImageRef, cancel: &Cancel) -> Result<bool, EngineError> {
    if Info::ask(engine, cancel)?.has_containerd_store != Some(true) {
        return Ok(true);
    }
    let answer = engine.ask(&["buildx", "imagetools", "inspect", "--raw", &image.to_string()], cancel)?;
    Ok(answer.code == 0)
}

/// Returns the version of the buildx plugin, if it is installed. The plugin prints
/// `github.com/docker/buildx v0.13.1 …`.
fn buildx_version(engine: &Installed, cancel: &Cancel) -> Result<Option<String>, EngineError> {
    let answer = engine.ask(&["buildx", "version"], cancel)?;
    let version = answer.stdout.split_whitespace().nth(1).map(|version| version.trim_start_matches('v').to_owned());
    Ok(version.filter(|_| answer.code == 0))
}

/// Returns the builder. Clients up to version 22 contain `BuildKit`. Later clients use it only through the plugin.
fn choose(wanted: Option<bool>, buildx: bool, client: &str) -> Builder {
    match wanted {
        Some(false) => Builder::Legacy,
        _ if buildx => Builder::Buildx,
        _ if at_least(client, (18, 9)) && !at_least(client, (23, 0)) => Builder::BuildKit,
        _ => Builder::Legacy,
    }
}

#[cfg(test)]
mod tests {
    use super::{Builder, Info, Plugin, choose};

    /// Recorded from docker 28.2.2 (shortened).
    #[test]
    fn the_information_names_store_and_plugins() {
        let told = |text: &str| {
            let info = Info::parse(text);
            let buildx = info.plugins.map(|plugins| plugins.into_iter().find_map(Plugin::buildx_version));
            (info.has_containerd_store, buildx)
        };
        let overlay = r#"[["Backing Filesystem","extfs"],["Supports d_type","true"]]"#;
        let containerd = r#"[["driver-type","io.containerd.snapshotter.v1"]]"#;
        let compose = r#"{"SchemaVersion":"0.1.0","Version":"2.26.1-4","Name":"compose"}"#;
        let buildx = r#"{"SchemaVersion":"0.1.0","Version":"v0.13.1","Name":"buildx","Path":"/usr/lib/docker-buildx"}"#;
        let broken = r#"{"Name":"buildx","Path":"/usr/lib/docker-buildx","Err":{}}"#;
        let version = || Some("0.13.1".to_owned());
        assert_eq!(told(&format!("{overlay}\n[{compose},{buildx}]\n")), (Some(false), Some(version())));
        assert_eq!(told(&format!("{containerd}\n[{compose},{broken}]\n")), (Some(true), Some(None)));
        assert_eq!(told(&format!("{containerd}\n[]\n")), (Some(true), Some(None)));
        assert_eq!(told(&format!("{overlay}\n")), (Some(false), None));
        assert_eq!(told(&format!("null\n[{buildx}]\n")), (None, Some(version())));
        assert_eq!(told(""), (None, None));
    }

    #[test]
    fn the_builder_depends_on_settings_and_versions() {
        for (wanted, buildx, client, expected) in [
            (None, true, "28.2.2", Builder::Buildx),
            (None, true, "20.10.24+dfsg1", Builder::Buildx),
            (None, false, "20.10.24+dfsg1", Builder::BuildKit),
            (Some(true), false, "20.10.24", Builder::BuildKit),
            (None, false, "28.2.2", Builder::Legacy),
            (None, false, "17.05.0-ce", Builder::Legacy),
            (None, false, "18.06.3-ce", Builder::Legacy),
            (None, false, "18.09.0", Builder::BuildKit),
            (None, false, "22.06.0-beta.0", Builder::BuildKit),
            (None, false, "23.0.0", Builder::Legacy),
            (Some(false), true, "28.2.2", Builder::Legacy),
        ] {
            assert_eq!(choose(wanted, buildx, client), expected, "{wanted:?} {buildx:?} {client}");
        }
    }
}
