//! The plan of an image: every decision and its source, as machine-readable data, before anything is built.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Bundle;
use super::dependencies::Dependencies;
use super::installer::Installer;
use super::pins::LOCK_FILE;
use super::secrets::{NeededSecret, SecretRequirement};
use super::wheel::{Package, WheelBuild};
use crate::files::Excluded;
use crate::project::{Config, FileRequirement, ProjectKind, Requirement};
use crate::value::{BuildSecret, Dialect, ImageRef, IndexName, Redacted, User};

/// All decisions about the image of a bundle.
///
/// The JSON form is stable: as long as `schema` is the same, fields are neither removed nor changed in meaning. New
/// fields may be added. Paths are relative to the folder `project/` of the context.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Plan {
    /// The version of this format: 1.
    pub schema: u32,
    /// The program that created the plan: `agentix-gen VERSION`.
    pub generator: String,
    /// The normalised name of the project.
    pub name: String,
    /// `package`, or `scripts` if the project is not built.
    pub kind: &'static str,
    /// The folder of the project.
    pub place: String,
    /// The decisions, by their key in `[tool.agentix]`. Unset keys without a default are omitted.
    pub decisions: BTreeMap<String, Decision>,
    /// The Python version that the project requires: `3.X`.
    pub python: Option<String>,
    /// The error, if there is no such version.
    pub python_fault: Option<String>,
    /// The Python versions that the image may have, or `None` if nothing limits them.
    pub requires_python: Option<PlannedPython>,
    /// The dependencies that are installed before the project.
    pub dependencies: PlannedDependencies,
    /// The packages that are built and installed, in this order.
    pub packages: Vec<PlannedPackage>,
    /// The local wheels and sdists that are installed.
    pub archives: Vec<String>,
    /// The images that the build starts from or copies from, without duplicates.
    pub images: Vec<ImageRef>,
    /// The digests of these images, if they are pinned.
    pub pins: Vec<PlannedPin>,
    /// The secrets that are available to build steps that fetch packages.
    pub secrets: Vec<PlannedSecret>,
    /// The paths that are excluded from the context.
    pub kept_out: Vec<Excluded>,
    /// Inputs that are not used, and versions that differ from what the project asks for, one line each.
    pub warnings: Vec<String>,
}

/// A value and its source.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The value, in the form that `[tool.agentix]` uses.
    pub value: Value,
    /// The source: `option` (a command-line option or the caller's configuration), `[tool.agentix]`, `default`, or the
    /// part of the project that determines the value.
    pub from: String,
}

/// The dependencies that are installed before the project.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedDependencies {
    /// The lock, `pyproject.toml` if they are resolved during the build, or `None` if there are no dependencies.
    pub from: Option<String>,
    /// Whether each downloaded file is verified against a hash.
    pub hashed: bool,
    /// Whether the list is complete. If not, the build of the project determines further dependencies, which are
    /// installed with the project.
    pub complete: bool,
    /// The requirements in the manifests or in `requirements.txt`. Empty if a lock of another form decides: the bill of
    /// materials lists its packages.
    pub requirements: Vec<String>,
}

/// The Python versions that an image may have.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedPython {
    /// The versions that all constraints allow together.
    pub range: String,
    /// The constraints, each as its origin and its text.
    pub from: Vec<String>,
}

/// A package that is built as a wheel.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedPackage {
    /// The folder of the package.
    pub folder: String,
    /// The build requirements that are installed before the source is copied, or `None` if the installer asks the
    /// backend in each build.
    pub requires: Option<Vec<String>>,
    /// The variable that passes the version to the build backend.
    pub version_variable: Option<String>,
}

/// An image that is pinned to a digest.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedPin {
    /// The image without its digest.
    pub image: ImageRef,
    /// The digest.
    pub digest: String,
    /// The source of the digest: `agentix.lock`, or a source as in [`Decision`].
    pub from: String,
}

/// A secret and its source. The value of the secret is never included.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedSecret {
    /// The ID of the secret in build steps, and the file (`src`) or variable (`env`) on the build machine.
    #[serde(flatten)]
    pub secret: BuildSecret,
    /// Whether the build fails without the secret. For the two credentials of a package index, one of them is enough.
    /// If the secret `netrc` exists, neither is needed.
    pub required: bool,
    /// The package index, if the secret is one of its credentials.
    pub index: Option<IndexName>,
    /// The source of the requirement: as in [`Decision`], or `[[tool.uv.index]]`.
    pub from: String,
}

impl Plan {
    /// Creates the plan of a bundle for a Dockerfile dialect.
    pub fn new(bundle: &Bundle, dialect: Dialect) -> Self {
        let workspace = bundle.workspace();
        let python = workspace.python(bundle.config(), bundle.dependencies().requires_python());
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
            requires_python: requires_python(bundle),
            dependencies: dependencies(bundle),
            packages: bundle.packages().iter().map(package).collect(),
            archives: bundle.archives().map(|(archive, _)| archive.place.to_string()).collect(),
            pins: pins(bundle, &images, &decisions),
            decisions,
            images,
            secrets: bundle.secrets().iter().map(|needed| secret(bundle, needed)).collect(),
            kept_out: bundle.listing().excluded().to_vec(),
            warnings: bundle.warnings().iter().map(ToString::to_string).collect(),
        }
    }
}

/// Returns the images with a digest. The source of a digest is the source of the decision whose value is the image.
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

/// Returns the configured values and the automatic decisions.
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
    let pinned = bundle.framework_is_pinned_by();
    let framework = pinned.map_or("default".to_owned(), |file| format!("agentixx in {file}"));
    match bundle.agentix_version() {
        None => decide("runtime-image", text(bundle.runtime_image()), &framework),
        Some(version) => {
            decide("python-image", text(bundle.runtime_image()), "requires-python and .python-version");
            decide("agentix-version", text(version), &framework);
        }
    }
    match bundle.user() {
        None => decide("user", Value::Null, "runtime-image"),
        Some(user) => decide("user", of_user(&user), "standalone"),
    }
    if let (Some(interpreter), Installer::Pip) = (bundle.interpreter(), bundle.installer()) {
        decide("uv-image", text(&interpreter.uv), "default");
    }
    let dialect = if dialect == Dialect::BuildKit { "buildkit" } else { "classic" };
    decide("dialect", Value::String(dialect.to_owned()), "default");
    // The plan is that of a build, which stages a context in any case.
    decide("layout", Value::String("staged".to_owned()), "default");
    decide("compile-bytecode", Value::Bool(bundle.compiles_bytecode()), "default");
    let needed_by = bundle.source_is_needed_by();
    decide("ship-source", Value::Bool(bundle.ships_source()), needed_by.unwrap_or("default"));
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
    decide("nix-plugins", Value::Bool(bundle.nix().is_some_and(|nix| nix.plugins)), "default");
    if let Some(nix) = bundle.nix() {
        if let Some(file) = &nix.file {
            decide("nix", text(file), "default.nix");
        }
        decide("nix-image", text(&nix.image), "default");
    }
    let labels = bundle.labels().iter().map(|(key, value)| (key.to_string(), text(value)));
    decide("label", Value::Object(labels.collect()), "pyproject.toml");
    decisions
}

/// Returns the keys that are set in a configuration.
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
        () if bundle.workspace().uv_toml().is_some() && !bundle.workspace().project().uses_uv() => "uv.toml",
        () => "[tool.uv]",
    }
}

fn dependencies(bundle: &Bundle) -> PlannedDependencies {
    let (from, hashed) = match bundle.dependencies() {
        Dependencies::None => (None, false),
        Dependencies::Listed(_) => (Some("pyproject.toml"), false),
        Dependencies::UvLock { .. } => (Some("uv.lock"), true),
        Dependencies::Pylock(_) => (Some("pylock.toml"), true),
        Dependencies::Exported { lock, list, .. } => (Some(*lock), list.has_hashes()),
        Dependencies::Requirements(list) => (Some("requirements.txt"), list.has_hashes()),
    };
    let requirements = match bundle.dependencies() {
        Dependencies::Listed(requirements) => requirements.iter().map(Requirement::to_string).collect(),
        Dependencies::Requirements(list) => list.all_requirements().map(of_list).collect(),
        _ => Vec::new(),
    };
    let complete = bundle.dependencies_are_complete();
    PlannedDependencies { from: from.map(str::to_owned), hashed, complete, requirements }
}

/// Returns a requirement of a list without its hashes and without credentials.
fn of_list(requirement: &FileRequirement) -> String {
    let text = match requirement {
        FileRequirement::Specifier { requirement, .. } => requirement.to_string(),
        FileRequirement::LocalPath { path, extras, marker, .. } => {
            let extras = if extras.is_empty() { String::new() } else { format!("[{extras}]") };
            let marker = if marker.is_empty() { String::new() } else { format!("; {marker}") };
            format!("{path}{extras}{marker}")
        }
        FileRequirement::Url { url, .. } => url.clone(),
    };
    Redacted(&text).to_string()
}

/// Returns the Python versions that the project, its siblings, the selected groups and the lock allow.
fn requires_python(bundle: &Bundle) -> Option<PlannedPython> {
    let lock = bundle.dependencies().requires_python();
    let (constraints, range) = bundle.workspace().python_range(bundle.config(), lock);
    let from: Vec<String> = constraints.iter().map(ToString::to_string).collect();
    (!from.is_empty()).then_some(PlannedPython { range, from })
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

/// Returns a user as `[tool.agentix]` writes it.
fn of_user(user: &User) -> Value {
    match user {
        User::Root => "root".into(),
        User::Account(account) => json!({ "name": account.name.to_string(), "uid": u32::from(account.uid) }),
        User::Numbers(numbers) => numbers.to_string().into(),
    }
}

#[cfg(test)]
mod tests;
