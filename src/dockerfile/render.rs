//! Converts a bundle into template values, and renders the templates.

use camino::Utf8Path;
use minijinja::context;
use minijinja::value::Value;
use pep440_rs::Version;
use sha2::{Digest as _, Sha256};

use super::error::RenderError;
use super::stages::Stages;
use super::templates::{BASE, checked, environment, from, generator, render_template};
use super::{entry_point, extension, fetch, nix, run_time};
use crate::bundle::{
    Bundle, Dependencies, Installer, Interpreter, PORTABLE_FOLDER, Package, WheelBuild, installs_server,
};
use crate::project::{Archive, Config, ProjectKind, PythonVersion};
use crate::value::{Account, Dialect, ImageRef, ProjectName, User};

/// Renders the Dockerfile of a bundle.
///
/// Build it in the context that [`stage`](crate::context::stage) returns for the same bundle. The same bundle and
/// dialect always give the same text.
///
/// ```
/// # use agentix_gen::{Bundle, Config, Dialect, Listing, Project, dockerfile};
/// let manifest = "[project]\nname = 'hello'\nversion = '1.0'";
/// let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
/// let bundle = Bundle::new(manifest.parse::<Project>().unwrap(), listing, Config::default()).unwrap();
/// let text = dockerfile::render(&bundle, Dialect::BuildKit)?;
/// assert!(text.contains("\nFROM agentix/runtime:0.1.0\n"));
/// # Ok::<(), agentix_gen::dockerfile::RenderError>(())
/// ```
///
/// # Errors
///
/// See [`RenderError`].
pub fn render(bundle: &Bundle, dialect: Dialect) -> Result<String, RenderError> {
    render_layout(bundle, dialect, Layout::Staged)
}

/// The context that a Dockerfile is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// The context that [`stage`](crate::context::stage) returns.
    Staged,
    /// The folder of the project.
    InTree,
}

/// Renders the templates. Their instructions copy from a staged context, whatever the layout is.
pub(super) fn render_layout(bundle: &Bundle, dialect: Dialect, layout: Layout) -> Result<String, RenderError> {
    let project = match bundle.version() {
        Some(version) => format!("{} {version}", bundle.project().name()),
        None => bundle.project().name().to_string(),
    };
    let has_tools = !bundle.build_apt().is_empty();
    let is_standalone = bundle.agentix_version().is_some();
    let pip = if is_standalone { "/mnt/pip/bin/pip" } else { "/nix/runtime/bin/pip" };
    let has_folders = bundle.link_folders().iter().any(|folder| folder.target.starts_with("run"));
    let how = context! {
        mounts => dialect == Dialect::BuildKit,
        // A step reads the requirements where they are in the context. Podman and buildah would not see that an archive beside
        // them has changed.
        binds => dialect == Dialect::BuildKit && layout == Layout::Staged && !has_folders,
        requirements => checked(&requirements_digest(bundle)),
        // Where the requirements are: a folder that a mount point leaves as it was, or one of their own.
        mount_point => checked(&"/mnt"),
        copied_to => checked(&"/src/requirements"),
        source => checked(&"/src/project"),
        pip => checked(&pip),
        // What names the environment to pip, if pip is in another one.
        pip_target => checked(&if is_standalone { " --python /nix/runtime/bin/python" } else { "" }),
        // The folder with settings of uv for what only a build knows.
        settings => bundle.uv_manifests().run.as_ref().map(|_| checked(&"/src/requirements")),
        // Whether one wheel of the project may require another one.
        several => bundle.packages().len() > 1,
        uv => match bundle.installer() {
            Installer::Uv { image } => Some(from(image)),
            Installer::Pip => None,
        },
        fetch => fetch::values(bundle, dialect)?,
    };
    let dependencies = dependencies(bundle);
    let stages = Stages::of(bundle, dialect);
    let base_image = if bundle.apt().is_empty() { from(bundle.runtime_image()) } else { checked(&"base") };
    let environment_image = if is_standalone { checked(&"runtime") } else { base_image.clone() };
    let arguments = bundle.build_args().keys().filter(|name| !name.is_predefined()).map(checked);
    let values = context! {
        generator => generator(),
        usage => checked(&usage(bundle, dialect, layout)),
        project => checked(&project),
        runtime_image => from(bundle.runtime_image()),
        how,
        arguments => arguments.collect::<Vec<_>>(),
        bytecode => bundle.compiles_bytecode(),
        packages => bundle.packages().iter().map(package).collect::<Vec<_>>(),
        build_requirements => build_requirements(bundle),
        dependencies,
        replaced => stages.replaced.iter().map(checked).collect::<Vec<_>>(),
        environment_stage => stages.environment.map(|stage| checked(&stage)),
        has_build_stage => stages.has_build,
        installs_apart => stages.installs_apart,
        ships_source => bundle.ships_source(),
        // Without the source, the image gets the archives beside the wheels.
        archive_folder => checked(&if bundle.ships_source() { "/src/project" } else { "/tmp/wheels/project" }),
        project_fetches => project_fetches(bundle),
        project_folder => checked(&with_leading_slash(bundle.workspace().project_path())),
        has_modules_in_src => bundle.has_modules_in_src(),
        is_package => bundle.project().kind() == ProjectKind::Package,
        extras => bundle.config().extra.iter().map(checked).collect::<Vec<_>>(),
        groups => bundle.config().group.iter().map(checked).collect::<Vec<_>>(),
        dependencies_known => bundle.dependencies_are_complete(),
        archives => bundle.archives().map(archive).collect::<Vec<_>>(),
        nix => nix::values(bundle),
        agentix_version => bundle.agentix_version().map(checked),
        installs_framework => bundle.installs_framework(),
        installs_server => bundle.agentix_version().is_some_and(installs_server),
        tool_image => if has_tools { checked(&"tools") } else { environment_image.clone() },
        environment_image,
        base_image,
        entry_point => entry_point::values(bundle, &stages),
        interpreter => bundle.interpreter().map(|interpreter| interpreter_values(interpreter, bundle.config())),
        portable_folder => checked(&PORTABLE_FOLDER),
        ..run_time::values(bundle)
    };
    match (bundle.template(), &bundle.config().template) {
        (Some(template), _) => Ok(extension::render(environment()?, template, &values)?),
        (None, Some(path)) => Err(RenderError::TemplateNotGiven { path: path.to_string() }),
        (None, None) => render_template(BASE, &values),
    }
}

/// Returns the sentence that says how to build the Dockerfile.
fn usage(bundle: &Bundle, dialect: Dialect, layout: Layout) -> String {
    if layout == Layout::Staged {
        return "Build it in the context that `agentix-gen context` or `agentix-gen stage` writes, not in the folder of \
                the project."
            .to_owned();
    }
    let project = bundle.workspace().project_path();
    let (folder, file) = match project.as_str() {
        "" => ("the folder of the project", String::new()),
        _ => ("the root of the uv workspace", format!("-f {project}/Dockerfile ")),
    };
    let arguments = bundle.build_args().keys().map(|name| format!("\n#   with --build-arg {name}"));
    let secrets = bundle.secrets().iter().map(|needed| format!("\n#   with --secret id={}", needed.secret.id));
    let ssh = fetch::ssh_ids(bundle).map(|id| format!("\n#   with --ssh {id}"));
    let options: String = arguments.chain(secrets.chain(ssh).filter(|_| dialect == Dialect::BuildKit)).collect();
    let legacy = match dialect {
        Dialect::Classic => "\n# Docker's legacy builder does not read that file: its step that checks this fails.",
        Dialect::BuildKit => "",
    };
    format!(
        "Build it in {folder}, with Dockerfile.dockerignore beside the Dockerfile (`agentix-gen dockerignore`):\n\
         # docker build {file}-t {} .{options}{legacy}",
        bundle.tags()[0]
    )
}

/// Renders the Dockerfile of the runtime image: the `python` image with `agentixx` in the given version.
///
/// The Dockerfile needs no context and works with every builder.
///
/// # Errors
///
/// See [`RenderError`].
pub fn render_runtime(python: &ImageRef, agentix: &Version) -> Result<String, RenderError> {
    let account = Account::default();
    let values = context! {
        account => run_time::account_values(&account, true),
        user => checked(&User::Account(account)),
        generator => generator(),
        python_image => from(python),
        python_version => PythonVersion::of_image(python).as_ref().map(checked),
        agentix_version => checked(agentix),
        installs_server => installs_server(agentix),
        entrypoint => (),
    };
    render_template("runtime.dockerfile", &values)
}

/// Returns whether building and installing the project may download packages.
fn project_fetches(bundle: &Bundle) -> bool {
    let isolated = bundle.packages().iter().any(|package| package.build == WheelBuild::Isolated);
    isolated || !bundle.dependencies_are_complete()
}

/// Returns how the requirements of the build backends are given: as a list, or as a `pyproject.toml` for uv
/// (`configured`). Returns `None` if there are none.
fn build_requirements(bundle: &Bundle) -> Option<Value> {
    match &bundle.uv_manifests().build {
        Some(_) => Some(context! { configured => true }),
        None if bundle.build_requirements().is_empty() => None,
        None => Some(context! { configured => false }),
    }
}

/// Returns what the installer reads: a file, or a folder with a uv lock (`sync`). Returns `None` if there are no
/// dependencies.
fn dependencies(bundle: &Bundle) -> Option<Value> {
    let configured = bundle.uv_manifests().run.is_some();
    let file = |name: &str, hashes: bool| {
        context! { sync => false, file => checked(&name), hashes, no_deps => false, selection => false, configured }
    };
    match bundle.dependencies() {
        Dependencies::None => None,
        Dependencies::Listed(_) if configured => Some(file("pyproject.toml", false)),
        Dependencies::Listed(_) => Some(file("run.txt", false)),
        Dependencies::Requirements(list) => Some(file("requirements.txt", list.has_hashes())),
        // The list names all packages, and its tool installs them whatever they say of their dependencies.
        Dependencies::Exported { list, .. } => {
            Some(context! { no_deps => true, ..file("requirements.txt", list.has_hashes()) })
        }
        Dependencies::Pylock(_) => Some(context! { selection => true, ..file("pylock.toml", false) }),
        Dependencies::UvLock { .. } => {
            Some(context! { sync => true, project => checked(&with_leading_slash(bundle.workspace().project_path())) })
        }
    }
}

fn interpreter_values(interpreter: &Interpreter, config: &Config) -> Value {
    context! {
        uv => from(&interpreter.uv),
        version => checked(&interpreter.version),
        mirror => config.python_mirror.as_ref().map(checked),
        downloads => config.python_downloads.as_ref().map(checked),
    }
}

/// Returns the path with a leading `/`, to append to a folder. Returns an empty string for an empty path.
fn with_leading_slash(path: &Utf8Path) -> String {
    if path.as_str().is_empty() { String::new() } else { format!("/{path}") }
}

/// Returns the path of an archive in the project with a leading `/`, the path of its folder, and its extras in brackets.
fn archive((archive, extras): (&Archive, &[ProjectName])) -> Value {
    let extras: Vec<&str> = extras.iter().map(ProjectName::as_str).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let folder = archive.place.parent().map(with_leading_slash).unwrap_or_default();
    context! { path => checked(&with_leading_slash(&archive.place)), folder => checked(&folder), extras => checked(&extras) }
}

/// Returns a digest of the files from which the dependencies are installed. A step that mounts them names it, because
/// podman and buildah do not notice that a mounted file has changed.
fn requirements_digest(bundle: &Bundle) -> String {
    let mut digest = Sha256::new();
    for file in bundle.requirement_files().into_iter().filter(|file| file.path.starts_with("run/")) {
        for part in [&file.path, &file.text] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    }
    digest.finalize().iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Returns the values for building one package as a wheel: its folder, the import of its backend, and the variable that
/// sets its version.
fn package(package: &Package) -> Value {
    let backend = match &package.build {
        WheelBuild::Prepared { import, .. } => Some(checked(import)),
        WheelBuild::Isolated => None,
    };
    let version_variable = package.version_variable.as_ref().map(|variable| {
        context! { name => checked(&variable.name), version => checked(&variable.version) }
    });
    let (name, folder) = (checked(&package.name), checked(&with_leading_slash(&package.folder)));
    let (writes_alternatives, data_is_in_repository) = (package.writes_alternatives, package.data_is_in_repository);
    context! { name, folder, backend, version_variable, writes_alternatives, data_is_in_repository }
}
