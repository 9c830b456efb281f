//! Every decision about an image, and where it comes from, for a program that wants to know before anything is built.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Bundle;
use super::dependencies::Dependencies;
use super::installer::Installer;
use super::pins::LOCK_FILE;
use super::secrets::{NeededSecret, SecretRequirement};
use super::wheel::{Package, WheelBuild};
use crate::files::Excluded;
use crate::project::{Config, ProjectKind, Requirement};
use crate::value::{BuildSecret, Dialect, ImageRef, IndexName};

/// All that was decided about the image of a bundle.
///
/// As JSON it is stable: a field that is there stays and keeps its meaning as long as `schema` is the same; others may be
/// added. Paths are relative to the root of the context's `project/`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Plan {
    /// The version of this form: 1.
    pub schema: u32,
    /// What made it: `agentix-gen VERSION`.
    pub generator: String,
    /// The project's normalised name.
    pub name: String,
    /// `package`, or `scripts` where nothing is built.
    pub kind: &'static str,
    /// The project's folder.
    pub place: String,
    /// What was decided, by the keys of `[tool.agentix]`; a key that nobody set and that has no default is left out.
    pub decisions: BTreeMap<String, Decision>,
    /// The Python that the project asks for: `3.X`.
    pub python: Option<String>,
    /// Why there is none.
    pub python_fault: Option<String>,
    /// What is installed before the project.
    pub dependencies: PlannedDependencies,
    /// What is built and installed, in this order.
    pub packages: Vec<PlannedPackage>,
    /// Wheels and source archives of the project that are installed.
    pub archives: Vec<String>,
    /// The images that the build starts or copies from, each once.
    pub images: Vec<ImageRef>,
    /// The digests that those images are named with.
    pub pins: Vec<PlannedPin>,
    /// The secrets that the steps that fetch packages read.
    pub secrets: Vec<PlannedSecret>,
    /// What the context leaves out.
    pub kept_out: Vec<Excluded>,
}

/// A value, and where it comes from.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The value, as `[tool.agentix]` would have it.
    pub value: Value,
    /// `option` (or a caller's own configuration), `[tool.agentix]`, `default`, or what of the project decided.
    pub from: String,
}

/// What is installed before the project.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedDependencies {
    /// The lock, or `pyproject.toml` where they are resolved while the image is built; none where there are none.
    pub from: Option<String>,
    /// Whether every file that is installed is checked against a hash.
    pub hashed: bool,
    /// Whether these are all; otherwise the build of the project knows more, and they are installed with it.
    pub complete: bool,
    /// The requirements that are resolved while the image is built.
    pub requirements: Vec<String>,
}

/// How a part of the project becomes a wheel.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedPackage {
    /// Its folder.
    pub folder: String,
    /// What its backend needs, installed before the source is there; none where the backend is asked each time.
    pub requires: Option<Vec<String>>,
    /// The variable that tells the backend a version.
    pub version_variable: Option<String>,
}

/// An image by its digest.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedPin {
    /// The image without its digest.
    pub image: ImageRef,
    /// The digest.
    pub digest: String,
    /// `agentix.lock`, or who named the image so: as of a [`Decision`].
    pub from: String,
}

/// A secret, and where it comes from. What it is, nobody is told.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedSecret {
    /// What build steps call it, and the file (`src`) or variable (`env`) of the machine that builds.
    #[serde(flatten)]
    pub secret: BuildSecret,
    /// Whether there is no build without it. Of the two that are the credentials of a package index, one is enough, and
    /// none is needed where there is a `netrc`.
    pub required: bool,
    /// The package index of which it is a credential.
    pub index: Option<IndexName>,
    /// Who asks for it: as of a [`Decision`], or `[[tool.uv.index]]`.
    pub from: String,
}

impl Plan {
    /// The plan of a bundle whose Dockerfile is in a dialect.
    pub fn new(bundle: &Bundle, dialect: Dialect) -> Self {
        let workspace = bundle.workspace();
        let python = workspace.python(bundle.dependencies().requires_python());
        let mut images: Vec<ImageRef> = Vec::new();
        for image in bundle.base_images() {
            if !images.contains(image) {
                images.push(image.clone());
            }
        }
        let kind = bundle.project().kind();
        let decisions = decisions(bundle, dialect);
        Self {
            schema: 1,
            generator: format!("agentix-gen {}", env!("CARGO_PKG_VERSION")),
            name: bundle.project().name().to_string(),
            kind: if kind == ProjectKind::Package { "package" } else { "scripts" },
            place: workspace.project_path().to_string(),
            python_fault: python.as_ref().err().map(ToString::to_string),
            python: python.ok().map(|python| python.to_string()),
            dependencies: dependencies(bundle),
            packages: bundle.packages().iter().map(package).collect(),
            archives: bundle.archives().map(|(archive, _)| archive.place.to_string()).collect(),
            pins: pins(bundle, &images, &decisions),
            decisions,
            images,
            secrets: bundle.secrets().iter().map(|needed| secret(bundle, needed)).collect(),
            kept_out: bundle.listing().excluded().to_vec(),
        }
    }
}

/// The images that have a digest. Their keys are those of decisions, whose values they are.
fn pins(bundle: &Bundle, images: &[ImageRef], decisions: &BTreeMap<String, Decision>) -> Vec<PlannedPin> {
    let from = |image: &ImageRef| {
        let image = image.to_string();
        let mut named =
            ["runtime-image", "python-image", "uv-image", "nix-image"].iter().filter_map(|key| decisions.get(*key));
        named.find(|decision| decision.value == image.as_str()).map_or("default", |decision| &decision.from).to_owned()
    };
    let pinned = images.iter().filter_map(|image| {
        let from = if bundle.is_locked(image) { LOCK_FILE.to_owned() } else { from(image) };
        Some(PlannedPin { image: image.without_digest(), digest: image.digest()?.to_owned(), from })
    });
    pinned.collect()
}

fn secret(bundle: &Bundle, needed: &NeededSecret) -> PlannedSecret {
    let secret = needed.secret.clone();
    let (index, required, from) = match &needed.need {
        SecretRequirement::Index { index, always } => (Some(index.clone()), *always, "[[tool.uv.index]]"),
        SecretRequirement::Named if bundle.overrides().secret.contains_key(&secret.id) => (None, true, "option"),
        SecretRequirement::Named => (None, true, "[tool.agentix]"),
    };
    PlannedSecret { secret, required, index, from: from.to_owned() }
}

/// The decisions that users can make, and those that are made for them.
fn decisions(bundle: &Bundle, dialect: Dialect) -> BTreeMap<String, Decision> {
    let given = set_keys(bundle.overrides());
    let written = set_keys(bundle.project().config());
    let mut decisions: BTreeMap<String, Decision> = set_keys(bundle.config())
        .into_iter()
        .map(|(key, value)| {
            let from = match () {
                () if given.contains_key(&key) => "option",
                () if written.contains_key(&key) => "[tool.agentix]",
                () => "default",
            };
            (key, Decision { value, from: from.to_owned() })
        })
        .collect();
    let mut decide = |key: &str, value: Value, from: &str| {
        let decided = decisions.entry(key.to_owned());
        decided.or_insert_with(|| Decision { value: Value::Null, from: from.to_owned() }).value = value;
    };
    let text = |value: &dyn ToString| Value::String(value.to_string());
    decide("tag", bundle.tags().iter().map(|tag| text(tag)).collect(), "name and version");
    match bundle.agentix_version() {
        None => decide("runtime-image", text(bundle.runtime_image()), "default"),
        Some(version) => {
            decide("python-image", text(bundle.runtime_image()), "requires-python and .python-version");
            decide("agentix-version", text(version), "default");
        }
    }
    let dialect = if dialect == Dialect::BuildKit { "buildkit" } else { "classic" };
    decide("dialect", Value::String(dialect.to_owned()), "default");
    decide("compile-bytecode", Value::Bool(bundle.compiles_bytecode()), "default");
    match bundle.installer() {
        Installer::Pip => decide("installer", Value::String("pip".to_owned()), "default"),
        Installer::Uv { image } => {
            decide("installer", Value::String("uv".to_owned()), uv_is_chosen_by(bundle));
            decide("uv-image", text(image), "default");
        }
    }
    if let Some(version) = bundle.version() {
        let from = if bundle.project().is_dynamic("version") { "PKG-INFO" } else { "pyproject.toml" };
        decide("project-version", text(version), from);
    }
    if let Some(nix) = bundle.nix() {
        decide("nix", text(&nix.file), "default.nix");
        decide("nix-image", text(&nix.image), "default");
    }
    let labels = bundle.labels().iter().map(|(key, value)| (key.to_string(), text(value)));
    decide("label", Value::Object(labels.collect()), "pyproject.toml");
    decisions
}

/// The keys of a configuration that somebody set.
fn set_keys(config: &Config) -> Map<String, Value> {
    let is_set = |value: &Value| match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(table) => !table.is_empty(),
        _ => true,
    };
    match serde_json::to_value(config) {
        Ok(Value::Object(keys)) => keys.into_iter().filter(|(_, value)| is_set(value)).collect(),
        _ => Map::new(),
    }
}

fn uv_is_chosen_by(bundle: &Bundle) -> &'static str {
    let locks = bundle.workspace().locks();
    match () {
        () if locks.uv.is_some() => "uv.lock",
        () if locks.pylock.is_some() => "pylock.toml",
        () => "[tool.uv]",
    }
}

fn dependencies(bundle: &Bundle) -> PlannedDependencies {
    let (from, hashed) = match bundle.dependencies() {
        Dependencies::None => (None, false),
        Dependencies::Listed(_) => (Some("pyproject.toml"), false),
        Dependencies::UvLock { .. } => (Some("uv.lock"), true),
        Dependencies::Pylock(_) => (Some("pylock.toml"), true),
        Dependencies::Requirements(list) => (Some("requirements.txt"), list.has_hashes()),
    };
    let requirements = match bundle.dependencies() {
        Dependencies::Listed(requirements) => requirements.iter().map(Requirement::to_string).collect(),
        _ => Vec::new(),
    };
    let complete = bundle.dependencies_are_complete();
    PlannedDependencies { from: from.map(str::to_owned), hashed, complete, requirements }
}

fn package(package: &Package) -> PlannedPackage {
    PlannedPackage {
        folder: package.folder.to_string(),
        requires: match &package.build {
            WheelBuild::Prepared { requires, .. } => Some(requires.clone()),
            WheelBuild::Isolated => None,
        },
        version_variable: package.version_variable.as_ref().map(|variable| variable.name.to_string()),
    }
}

#[cfg(test)]
mod tests;
