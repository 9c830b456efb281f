//! A bundle as a Dockerfile.
//!
//! The text lives in `templates/`, one file per idea. Everything that a template may print comes from here as a typed
//! value whose grammar cannot break out of its place, or goes through the `quote` filter; the formatter refuses the
//! rest. What is decided is decided before: a template holds text and `if`.

mod extension;
mod fetch;
mod quote;
mod run_time;

use camino::Utf8Path;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context, syntax};
use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, Dependencies, Installer, Package, WheelBuild};
use crate::image::ImageRef;
use crate::name::ProjectName;
use crate::shown::Shown;
use crate::workspace::Archive;

pub use extension::TemplateError;

/// What a builder understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Dialect {
    /// `RUN --mount`: `BuildKit`, podman and buildah.
    #[default]
    BuildKit,
    /// Plain instructions: docker's legacy builder, and all others.
    Classic,
}

/// The Dockerfile of a bundle, for the context that [`stage`](crate::context::stage) makes of it.
///
/// The same bundle and dialect give the same text.
///
/// ```
/// # use agentix_gen::{Bundle, Config, Dialect, Listing, Project, dockerfile};
/// let manifest = "[project]\nname = 'hello'\nversion = '1.0'";
/// let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
/// let bundle = Bundle::new(manifest.parse::<Project>().unwrap(), listing, Config::default()).unwrap();
/// let text = dockerfile::render(&bundle, Dialect::BuildKit)?;
/// assert!(text.contains("\nFROM agentix/runtime:0.1.0\n"));
/// # Ok::<(), agentix_gen::RenderError>(())
/// ```
///
/// # Errors
///
/// See [`RenderError`].
pub fn render(bundle: &Bundle, dialect: Dialect) -> Result<String, RenderError> {
    let project = match bundle.version() {
        Some(version) => format!("{} {version}", bundle.project().name()),
        None => bundle.project().name().to_string(),
    };
    let nix = bundle.nix().map(|nix| {
        let caches =
            list_option("substituters", &nix.substituters) + &list_option("trusted-public-keys", &nix.public_keys);
        let expression = bundle.workspace().place().join(nix.file.normal());
        context! { image => from(&nix.image), expression => expression.as_str(), caches => checked(&caches) }
    });
    let how = context! {
        mounts => dialect == Dialect::BuildKit,
        uv => match bundle.installer() {
            Installer::Uv { image } => Some(from(image)),
            Installer::Pip => None,
        },
        fetch => fetch::values(bundle, dialect)?,
    };
    let base_image = if bundle.apt().is_empty() { from(bundle.runtime_image()) } else { checked(&"base") };
    let arguments = bundle.build_args().keys().filter(|name| !name.is_predefined()).map(checked);
    let values = context! {
        generator => generator(),
        project => checked(&project),
        runtime_image => from(bundle.runtime_image()),
        how,
        arguments => arguments.collect::<Vec<_>>(),
        bytecode => bundle.compiles_bytecode(),
        packages => bundle.packages().iter().map(package).collect::<Vec<_>>(),
        build_requirements => build_requirements(bundle),
        dependencies => dependencies(bundle),
        project_fetches => project_fetches(bundle),
        extras => bundle.config().extra.iter().map(checked).collect::<Vec<_>>(),
        groups => bundle.config().group.iter().map(checked).collect::<Vec<_>>(),
        dependencies_known => bundle.dependencies_are_complete(),
        archives => bundle.archives().map(archive).collect::<Vec<_>>(),
        nix,
        agentix_version => bundle.agentix_version().map(checked),
        tool_image => if bundle.agentix_version().is_some() { checked(&"runtime") } else { base_image.clone() },
        base_image,
        ..run_time::values(bundle)
    };
    match (bundle.template(), &bundle.config().template) {
        (Some(template), _) => Ok(extension::render(environment()?, template, &values)?),
        (None, Some(path)) => Err(RenderError::TemplateNotGiven { path: path.to_string() }),
        (None, None) => render_template(BASE, &values),
    }
}

/// An option of `nix-build` that adds to a list of its configuration, with a space after it; none for an empty list. The
/// values have neither quotes nor white space.
fn list_option<T: ToString>(name: &str, values: &[T]) -> String {
    let values: Vec<_> = values.iter().map(T::to_string).collect();
    if values.is_empty() { String::new() } else { format!("--option extra-{name} '{}' ", values.join(" ")) }
}

/// The Dockerfile of the runtime image: `python` with `agentixx` of a version. It needs no context, and nothing but
/// what every builder understands.
///
/// # Errors
///
/// As [`render`].
pub fn render_runtime(python: &ImageRef, agentix: &Version) -> Result<String, RenderError> {
    let values = context! {
        generator => generator(),
        python_image => from(python),
        agentix_version => checked(agentix),
        entrypoint => (),
    };
    render_template("runtime.dockerfile", &values)
}

/// Whether the project is not built and installed without a download.
fn project_fetches(bundle: &Bundle) -> bool {
    let isolated = bundle.packages().iter().any(|package| package.build == WheelBuild::Isolated);
    isolated || !bundle.dependencies_are_complete()
}

/// What the build backends need: a list, or a manifest of its own for uv.
fn build_requirements(bundle: &Bundle) -> Option<Value> {
    match &bundle.uv_manifests().build {
        Some(_) => Some(context! { configured => true }),
        None if bundle.build_requirements().is_empty() => None,
        None => Some(context! { configured => false }),
    }
}

/// What installs the dependencies reads: a file, or a folder with a lock of uv.
fn dependencies(bundle: &Bundle) -> Option<Value> {
    let configured = bundle.uv_manifests().run.is_some();
    let file = |name: &str, hashes: bool| {
        context! { sync => false, file => checked(&name), hashes, selection => false, configured }
    };
    match bundle.dependencies() {
        Dependencies::None => None,
        Dependencies::Listed(_) if configured => Some(file("pyproject.toml", false)),
        Dependencies::Listed(_) => Some(file("run.txt", false)),
        Dependencies::Requirements(list) => Some(file("requirements.txt", list.has_hashes())),
        Dependencies::Pylock(_) => Some(context! { selection => true, ..file("pylock.toml", false) }),
        Dependencies::UvLock { .. } => {
            Some(context! { sync => true, project => checked(&below(bundle.workspace().place())) })
        }
    }
}

/// A path below a folder that is written before it; nothing where it is that folder.
fn below(path: &Utf8Path) -> String {
    if path.as_str().is_empty() { String::new() } else { format!("/{path}") }
}

fn archive((archive, extras): (&Archive, &[ProjectName])) -> Value {
    let extras: Vec<&str> = extras.iter().map(ProjectName::as_str).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    checked(&format!("/src/project{}{extras}", below(&archive.place)))
}

/// A package that becomes a wheel: where it lies, and how its backend is called.
fn package(package: &Package) -> Value {
    let backend = match &package.build {
        WheelBuild::Prepared { import, .. } => Some(checked(import)),
        WheelBuild::Isolated => None,
    };
    let version_variable = package.version_variable.as_ref().map(|variable| {
        context! { name => checked(&variable.name), version => checked(&variable.version) }
    });
    context! { folder => checked(&below(&package.folder)), backend, version_variable }
}

/// A Dockerfile that cannot be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// One of our own templates is wrong, which is a defect.
    #[error("the Dockerfile cannot be rendered")]
    Defect(#[from] minijinja::Error),
    /// The user's template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The project names a template, and its text was not given.
    #[error("template {}, which [tool.agentix] names, was not given with the bundle", Shown(.path))]
    TemplateNotGiven {
        /// The template's path within the project.
        path: String,
    },
    /// The classic dialect has no place for a secret that would not end in the image.
    #[error(
        "{what}: a Dockerfile in the classic dialect would leave it in the image; build with BuildKit, podman or buildah"
    )]
    SecretInClassic {
        /// What is needed.
        what: String,
    },
    /// The project names certificates, and they were not given.
    #[error("ca-certificate {}, which the configuration names, was not given with the bundle", Shown(.path))]
    CertificateNotGiven {
        /// The path.
        path: String,
    },
}

/// The template that all others are part of, and that a user's own extends.
const BASE: &str = "bundle.dockerfile";

/// The script that build steps read as `/run/trust/trust.sh`.
pub(crate) const TRUST: &str = include_str!("../templates/trust.sh");

const TEMPLATES: &[(&str, &str)] = &[
    ("account.dockerfile", include_str!("../templates/account.dockerfile")),
    ("apt.dockerfile", include_str!("../templates/apt.dockerfile")),
    ("arguments.dockerfile", include_str!("../templates/arguments.dockerfile")),
    ("build.dockerfile", include_str!("../templates/build.dockerfile")),
    ("bundle.dockerfile", include_str!("../templates/bundle.dockerfile")),
    ("dependencies.dockerfile", include_str!("../templates/dependencies.dockerfile")),
    ("environment.dockerfile", include_str!("../templates/environment.dockerfile")),
    ("install.dockerfile", include_str!("../templates/install.dockerfile")),
    ("labels.dockerfile", include_str!("../templates/labels.dockerfile")),
    ("nix.dockerfile", include_str!("../templates/nix.dockerfile")),
    ("nix-programs.dockerfile", include_str!("../templates/nix-programs.dockerfile")),
    ("project.dockerfile", include_str!("../templates/project.dockerfile")),
    ("run-time.dockerfile", include_str!("../templates/run-time.dockerfile")),
    ("runtime.dockerfile", include_str!("../templates/runtime.dockerfile")),
    ("secrets.dockerfile", include_str!("../templates/secrets.dockerfile")),
    ("server.dockerfile", include_str!("../templates/server.dockerfile")),
    ("standalone.dockerfile", include_str!("../templates/standalone.dockerfile")),
    ("steps.dockerfile", include_str!("../templates/steps.dockerfile")),
];

fn render_template(name: &str, values: &Value) -> Result<String, RenderError> {
    Ok(environment()?.get_template(name)?.render(values)?)
}

/// Our templates, under the rules that hold for all that they print.
fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut templates = Environment::empty();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = syntax::SyntaxConfig::builder();
    templates.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    // What a macro renders counts as checked: each value in it has been through the formatter.
    templates.set_auto_escape_callback(|_| AutoEscape::Custom("dockerfile".into()));
    templates.set_formatter(quote::only_checked);
    templates.add_filter("quote", quote::quote);
    templates.add_filter("exec", quote::exec);
    for (name, text) in TEMPLATES {
        templates.add_template(name, text)?;
    }
    Ok(templates)
}

/// A value whose grammar excludes white space, quotes, `$` and `\`: it may stand anywhere as it is.
fn checked(value: &impl ToString) -> Value {
    Value::from_safe_string(value.to_string())
}

/// An image as `FROM` takes it: always with a tag or a digest, so that it is never taken for the name of a stage.
fn from(image: &ImageRef) -> Value {
    let implied = if image.tag().is_none() && image.digest().is_none() { ":latest" } else { "" };
    Value::from_safe_string(format!("{image}{implied}"))
}

fn generator() -> Value {
    Value::from_safe_string(env!("CARGO_PKG_VERSION").to_owned())
}

#[cfg(test)]
mod tests;
