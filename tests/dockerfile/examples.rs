//! A few Dockerfiles that together contain every line of every template.

use agentix_gen::bundle::Bundle;
use agentix_gen::dockerfile;
use agentix_gen::files::Listing;
use agentix_gen::project::{Config, Project, Workspace};
use agentix_gen::value::Dialect;

use super::inputs::{Backend, Expressions, Inputs, Nix, Standalone, Uv, Version};
use super::locks::Lock;
use super::run_time::{About, Healthcheck, RunTime, User};

/// Returns the name and the text of each example. Each one has a golden file.
pub(crate) fn rendered() -> impl Iterator<Item = (&'static str, String)> {
    let bundles = [("plain", plain()), ("plain-classic", Inputs { dialect: Dialect::Classic, ..plain() })];
    let bundles = bundles.into_iter().chain(vec![
        ("nix", nix()),
        ("nix-plugins", plugins(Expressions::OfPlugins, Dialect::Classic)),
        ("nix-both", plugins(Expressions::Both, Dialect::BuildKit)),
        ("dynamic", dynamic()),
        ("uv", uv()),
        ("uv-private", Inputs { uv: uv().uv, ..private() }),
        ("uv-classic", Inputs { dialect: Dialect::Classic, ..uv() }),
        ("scripts", Inputs { backend: Backend::Scripts, ..plain() }),
        ("private", private()),
        ("private-classic", Inputs { certificate: true, dialect: Dialect::Classic, ..nix() }),
        ("uv-lock", Inputs { lock: Some(Lock::Uv), uv: uv().uv, ..selecting() }),
        ("uv-pylock", Inputs { lock: Some(Lock::Pylock), uv: uv().uv, ..selecting() }),
        ("pylock", Inputs { lock: Some(Lock::Pylock), ..selecting() }),
        ("hashed", Inputs { lock: Some(Lock::HashedRequirements), ..plain() }),
        ("uv-dynamic", Inputs { uv: uv().uv, bytecode: false, ..dynamic() }),
        ("standalone", Inputs { standalone: Some(Standalone::default()), ..run_time() }),
        ("build-apt", build_apt()),
        ("build-apt-dynamic", Inputs { build_apt: build_apt().build_apt, uv: uv().uv, ..dynamic() }),
        ("standalone-server", Inputs { standalone: Some(Standalone::default()), ..plain() }),
        ("standalone-scripts", standalone_scripts()),
        (
            "standalone-uv-classic",
            Inputs { dialect: Dialect::Classic, standalone: Some(Standalone::default()), ..uv() },
        ),
        ("standalone-pinned", standalone_pinned()),
        ("source", source()),
        ("archive", archive()),
        ("archive-locked", Inputs { lock: Some(Lock::Requirements), ..archive() }),
        ("archive-scripts", Inputs { backend: Backend::Scripts, lock: Some(Lock::Requirements), ..archive() }),
        ("archive-hashed", Inputs { backend: Backend::Scripts, lock: Some(Lock::HashedRequirements), ..archive() }),
        ("archive-standalone", Inputs { standalone: Some(Standalone::default()), ..archive() }),
        ("portable", Inputs { portable: true, ..plain() }),
        ("portable-scripts", Inputs { portable: true, backend: Backend::Scripts, ..private() }),
        ("portable-classic", Inputs { portable: true, certificate: true, dialect: Dialect::Classic, ..nix() }),
        ("run-time", run_time()),
        ("run-time-classic", Inputs { dialect: Dialect::Classic, ..run_time() }),
    ]);
    let bundles =
        bundles.map(|(name, inputs)| (name, dockerfile::render(&inputs.bundle().unwrap(), inputs.dialect).unwrap()));
    let in_tree = [
        ("in-tree", Inputs { lock: Some(Lock::Uv), uv: uv().uv, ..selecting() }),
        ("in-tree-classic", Inputs { lock: Some(Lock::HashedRequirements), dialect: Dialect::Classic, ..nix() }),
    ];
    let in_tree = in_tree
        .map(|(name, inputs)| (name, dockerfile::render_in_tree(&inputs.bundle().unwrap(), inputs.dialect).unwrap()));
    let runtime = |python: &str, version: &str| {
        dockerfile::render_runtime(&python.parse().unwrap(), &version.parse().unwrap()).unwrap()
    };
    bundles
        .chain(in_tree)
        .chain([
            ("siblings", siblings("")),
            ("siblings-uv", siblings("installer = 'uv'")),
            ("modules-in-src", modules_in_src("")),
            ("modules-in-src-portable", modules_in_src("portable = true")),
            ("runtime", runtime("python:3.11-slim", "0.1.0")),
            ("runtime-without-server", runtime("own/base:1", "0.2.7")),
            ("poetry-alternatives", of_manifest(ALTERNATIVES)),
            ("repository-data", of_manifest(REPOSITORY)),
        ])
        .collect::<Vec<_>>()
        .into_iter()
}

/// A package of Poetry with a dependency that has alternatives.
const ALTERNATIVES: &str = "[tool.poetry]\nname = 'hello'\nversion = '1'\n[tool.poetry.dependencies]\nrich = '^13 || ^15'\n\
                            [build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n";

/// A package whose data setuptools-scm finds in the repository.
const REPOSITORY: &str = "[project]\nname = 'hello'\nversion = '1'\n\
                          [build-system]\nrequires = ['setuptools', 'setuptools-scm']\nbuild-backend = 'setuptools.build_meta'\n";

fn of_manifest(manifest: &str) -> String {
    let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
    let project: Project = manifest.parse().unwrap();
    dockerfile::render(&Bundle::new(project, listing, Config::default()).unwrap(), Dialect::BuildKit).unwrap()
}

/// A typical project.
fn plain() -> Inputs {
    Inputs { dependencies: Some(vec!["rich>=13".into()]), backend: Backend::Hatchling, ..Inputs::default() }
}

/// A typical project with an extra and a dependency group.
fn selecting() -> Inputs {
    Inputs { extra: Some("web".into()), group: Some("serve".into()), ..plain() }
}

/// A typical project that is installed with uv.
fn uv() -> Inputs {
    Inputs { uv: Some(Uv { image: agentix_gen::bundle::DEFAULT_UV_IMAGE.into() }), ..plain() }
}

/// A typical project with Debian packages that only its build needs.
fn build_apt() -> Inputs {
    Inputs { build_apt: vec!["gcc".into(), "libpq-dev".into()], apt: vec!["libpq5".into()], ..plain() }
}

/// A typical project with Nix packages, labels and build arguments.
fn nix() -> Inputs {
    let labels = [("org.opencontainers.image.title", "Agents, \"hello\" to $USER"), ("team", "agents")];
    let arguments = [("HTTPS_PROXY", "http://proxy.example:3128"), ("TORCH_VARIANT", "cpu")];
    Inputs {
        nix: Some(Nix {
            expressions: Expressions::Own,
            path: Some("nix/my tools.nix".into()),
            image: None,
            nixpkgs: Some(format!("https://git.example.org/nixpkgs.tar.gz#{NIXPKGS_HASH}")),
            substituters: vec!["https://cache.example.org".into()],
            public_keys: vec!["cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=".into()],
        }),
        labels: labels.map(|(key, value)| (key.into(), value.into())).into(),
        build_args: arguments.map(|(name, value)| (name.into(), value.into())).into(),
        ..plain()
    }
}

/// The same with the expressions of installed packages, and a binary cache in the project.
fn plugins(expressions: Expressions, dialect: Dialect) -> Inputs {
    let Inputs { nix, .. } = nix();
    let substituters = vec!["file:///src/project/cache".to_owned()];
    let nix = nix.map(|nix| Nix { expressions, substituters, ..nix });
    Inputs { nix, certificate: true, dialect, ..plain() }
}

const NIXPKGS_HASH: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// A project in a company network: secrets, a private package index and a CA certificate.
fn private() -> Inputs {
    Inputs {
        secrets: ["netrc", "pip-conf", "token"].map(str::to_owned).into(),
        ssh: ["ci", "default"].map(str::to_owned).into(),
        indexes: vec!["corp".into()],
        certificate: true,
        nix: Some(Nix { nixpkgs: Some("channel:nixos-24.11".into()), ..Nix::default() }),
        ..plain()
    }
}

/// A project whose build determines the dependencies, the requirements of the backend, and the version.
fn dynamic() -> Inputs {
    let version = Version::FromRepository {
        requires: "setuptools-scm",
        variable: "SETUPTOOLS_SCM_PRETEND_VERSION",
        given: "1.0".into(),
    };
    Inputs { version, dependencies: None, backend: Backend::Maturin, bytecode: false, ..Inputs::default() }
}

/// A package with a sibling. Only the build of the sibling knows its dependencies.
fn siblings(flags: &str) -> String {
    let app = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib @ file:../lib']\n\
               [build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n";
    let lib =
        app.replace("'app'", "'lib'").replace("dependencies = ['lib @ file:../lib']", "dynamic = ['dependencies']");
    of_files(&[("app/pyproject.toml", app), ("lib/pyproject.toml", &lib)], flags)
}

/// A project that is no package, with modules in `src`.
fn modules_in_src(flags: &str) -> String {
    let manifest = "[project]\nname = 'app'\nversion = '1'\n[tool.uv]\npackage = false\n";
    of_files(&[("app/pyproject.toml", manifest), ("app/src/tool.py", "")], flags)
}

fn of_files(files: &[(&str, &str)], flags: &str) -> String {
    let listing = Listing::from_files(files.iter().copied()).unwrap();
    let flags: Config = toml::from_str(flags).unwrap();
    let workspace = Workspace::in_listing(&listing, "app", &flags).unwrap();
    dockerfile::render(&Bundle::new(workspace, listing, flags).unwrap(), Dialect::BuildKit).unwrap()
}

/// A project that is no package and has no dependencies, as a standalone image.
fn standalone_scripts() -> Inputs {
    Inputs { backend: Backend::Scripts, standalone: Some(Standalone::default()), ..Inputs::default() }
}

/// A project that pins the framework, so that its dependencies bring it.
fn standalone_pinned() -> Inputs {
    let dependencies = Some(vec!["agentixx==0.1.0".into()]);
    Inputs { dependencies, standalone: Some(Standalone::default()), ..uv() }
}

/// A package without dependencies whose image keeps the source.
fn source() -> Inputs {
    Inputs { backend: Backend::Hatchling, ships_source: Some(true), ..Inputs::default() }
}

/// A project that depends on a wheel in its folder.
fn archive() -> Inputs {
    Inputs {
        dependencies: Some(vec!["part[fast]".into(), "rich>=13".into()]),
        archive: Some("vendor/part-1.0-py3-none-any.whl"),
        ..plain()
    }
}

/// A project with all run-time options and all metadata.
fn run_time() -> Inputs {
    let env = [("GREETING", "Hello, \"$USER\""), ("LOG_LEVEL", "info")];
    let command = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let durations = [("interval", "30s"), ("start-period", "1m"), ("timeout", "10s")];
    let healthcheck = Healthcheck {
        cmd: command(&["curl", "-fsS", "http://127.0.0.1:8000/health"]),
        durations: durations.map(|(name, value)| (name, value.to_owned())).into(),
        retries: Some(5),
    };
    let run_time = RunTime {
        env: env.map(|(name, value)| (name.into(), value.into())).into(),
        expose: vec![(8000, ""), (53, "udp")],
        healthcheck: Some(healthcheck),
        stop_signal: Some("SIGINT"),
        workdir: Some("/work".into()),
        user: Some(User::Account("agent".into(), None)),
        entrypoint: Some(command(&["/nix/runtime/bin/python", "-m", "hello"])),
        cmd: Some(command(&["--greet", "Ada Lovelace"])),
    };
    let about = About {
        description: Some("Says hello".into()),
        license: Some("MIT OR Apache-2.0".into()),
        repository: Some("https://git.example.org/hello".into()),
        revision: Some("8f3b2c1".into()),
        epoch: Some(1_709_210_096),
    };
    let apt = vec!["git".into(), "curl=7.88.1-10+deb12u12".into()];
    Inputs { about, run_time, apt, ..plain() }
}
