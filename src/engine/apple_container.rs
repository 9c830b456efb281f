//! Apple's `container`, which builds with `BuildKit` in a virtual machine.
//!
//! No test runs it: its commands follow the reference and the source of container 1.2.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::builder::Builder;
use super::capabilities::Capabilities;
use super::error::EngineError;
use super::features::{Feature, Part};
use super::installed::{EngineRow, Installed};
use super::manifest_digest::DigestReport;
use crate::context::{DIGEST_LABEL, ImageInfo, PYTHON_LABEL};
use crate::value::{AGENTIX_LABEL, Cancel, Dialect, ImageRef, USER_VARIABLE};

pub(super) const ROW: EngineRow = EngineRow {
    name: "container",
    is_tested: false,
    probe,
    dialects: |_| vec![Dialect::BuildKit],
    default_platform: |_| Ok(None),
    inspect: &["image", "inspect"],
    facts: None,
    read,
    // The digest that it knows is that of its own store.
    digests: None,
    confirms: |_, _, _| Ok(true),
    push: |tag, _| ["image", "push", "--progress=plain", &tag.to_string()].map(str::to_owned).to_vec(),
    push_digest: DigestReport::Line,
    has_pull: false,
    builds_stdin: false,
    inspects_several: false,
    creates_of_platform: false,
    makes_lists: false,
    // Its command line for containers is not that of docker.
    runs_containers: false,
    absent: "image not found",
};

/// A component in the output of `container system version --format json`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    app_name: String,
    version: String,
}

/// Asks for the version. Other programs have this name too, so that the answer must name the program. The server is in it
/// if it runs.
fn probe(engine: &Installed, cancel: &Cancel) -> Result<Capabilities, EngineError> {
    const SERVER: &str = "container-apiserver";
    let answer = engine.ask(&["system", "version", "--format", "json"], cancel)?;
    let components: Vec<Component> =
        serde_json::from_str(&answer.stdout).map_err(|_| engine.no_answer("its version", &answer))?;
    let version =
        |name: &str| components.iter().find(|component| component.app_name == name).map(|found| &*found.version);
    let client = version("container").ok_or_else(|| engine.no_answer("its version", &answer))?;
    if version(SERVER).is_none() {
        let detail = format!("{SERVER} does not answer (container system start)");
        return Err(EngineError::NotRunning { engine: engine.name.to_owned(), detail });
    }
    Ok(Capabilities::new(client, Builder::AppleContainer, Feature::supported_by(&[(Part::AppleContainer, client)])))
}

/// An image in the output of `container image inspect`.
#[derive(Deserialize)]
struct Image {
    configuration: Configuration,
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
struct Configuration {
    descriptor: Descriptor,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
}

/// The image for one platform.
#[derive(Deserialize)]
struct Variant {
    platform: VariantPlatform,
    config: Config,
}

#[derive(Deserialize)]
struct VariantPlatform {
    os: String,
    architecture: String,
}

#[derive(Deserialize)]
struct Config {
    config: Option<ContainerConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContainerConfig {
    user: Option<String>,
    env: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
}

/// Reads an image. With several platforms, the platform says nothing of the image, and the rest is that of the first one.
fn read(output: &str, _: &ImageRef) -> Option<ImageInfo> {
    let images: Vec<Image> = serde_json::from_str(output).ok()?;
    let Image { configuration, variants } = images.into_iter().next()?;
    // Attestations are variants too.
    let variants: Vec<Variant> = variants.into_iter().filter(|variant| variant.platform.os != "unknown").collect();
    let container = variants.first().and_then(|variant| variant.config.config.as_ref());
    let label =
        |name: &str| container?.labels.as_ref()?.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let user = container.and_then(|container| container.user.as_deref()).unwrap_or_default();
    let named = format!("{USER_VARIABLE}={user}");
    let is_named = container.and_then(|container| container.env.as_ref()).is_some_and(|env| env.contains(&named));
    let platform = match &variants[..] {
        [Variant { platform, .. }] => format!("{}/{}", platform.os, platform.architecture),
        _ => String::new(),
    };
    let info = ImageInfo::new(configuration.descriptor.digest, label(DIGEST_LABEL).map(str::to_owned));
    let info = info.with_versions(label(PYTHON_LABEL), label(AGENTIX_LABEL)).with_platform(&platform);
    Some(if is_named { info } else { info.with_user(user) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ImageInfo, read};

    fn image(variants: &Value) -> Option<ImageInfo> {
        let image = json!([{
            "id": "12",
            "configuration": {"name": "docker.io/library/a:1", "creationDate": "2026-08-07T00:00:00Z",
                "descriptor": {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:12", "size": 1}},
            "variants": variants,
        }]);
        read(&image.to_string(), &"a:1".parse().unwrap())
    }

    fn variant(architecture: &str, config: &Value) -> Value {
        let platform = json!({"os": "linux", "architecture": architecture});
        let image = json!({"architecture": architecture, "os": "linux", "config": config, "rootfs": {}});
        json!({"platform": platform, "digest": "sha256:34", "size": 1, "config": image})
    }

    #[test]
    fn an_image_is_read() {
        let labels = json!({"dev.agentix.digest": "sha256:56", "dev.agentix.python": "3.12", "other": ""});
        let config = json!({"User": "app", "Env": ["A=1"], "Labels": labels});
        let found = image(&json!([variant("arm64", &config)])).unwrap();
        let expected = ImageInfo::new("sha256:12", Some("sha256:56".to_owned()));
        let expected = expected.with_versions(Some("3.12"), None).with_user("app");
        assert_eq!(found, expected.clone().with_platform("linux/arm64"));
        let attestation = json!({"platform": {"os": "unknown", "architecture": "unknown"}, "config": {}});
        let both = json!([attestation, variant("arm64", &config), variant("amd64", &config)]);
        assert_eq!(image(&both).unwrap(), expected);
        let named = json!([variant("arm64", &json!({"User": "app", "Env": ["AGENTIX_USER=app"]}))]);
        assert_eq!(image(&named).unwrap().user, None);
        assert_eq!(image(&json!([variant("arm64", &Value::Null)])).unwrap().digest, None);
        assert_eq!(read("[]", &"a:1".parse().unwrap()), None);
    }
}
