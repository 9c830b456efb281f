//! A few Dockerfiles that together show every line of every template.

use agentix_gen::{Dialect, dockerfile};

use super::inputs::{Backend, Inputs, Nix, Uv, Version};

/// Name and text of each: those of the golden files.
pub(crate) fn rendered() -> impl Iterator<Item = (&'static str, String)> {
    let bundles = [("plain", plain()), ("plain-classic", Inputs { dialect: Dialect::Classic, ..plain() })];
    let bundles = bundles.into_iter().chain([
        ("nix", nix()),
        ("dynamic", dynamic()),
        ("uv", uv()),
        ("uv-classic", Inputs { dialect: Dialect::Classic, ..uv() }),
        ("scripts", Inputs { backend: Backend::Scripts, ..plain() }),
        ("uv-dynamic", Inputs { uv: uv().uv, bytecode: false, ..dynamic() }),
    ]);
    let bundles =
        bundles.map(|(name, inputs)| (name, dockerfile::render(&inputs.bundle().unwrap(), inputs.dialect).unwrap()));
    let python = "python:3.11-slim".parse().unwrap();
    let runtime = dockerfile::render_runtime(&python, &"0.1.0".parse().unwrap()).unwrap();
    bundles.chain([("runtime", runtime)])
}

/// What most projects have.
fn plain() -> Inputs {
    Inputs { dependencies: Some(vec!["rich>=13".into()]), backend: Backend::Hatchling, ..Inputs::default() }
}

/// The same with uv.
fn uv() -> Inputs {
    Inputs { uv: Some(Uv { image: agentix_gen::DEFAULT_UV_IMAGE.into() }), ..plain() }
}

/// System packages, labels and a build argument.
fn nix() -> Inputs {
    let labels = [("org.opencontainers.image.title", "Agents, \"hello\" to $USER"), ("team", "agents")];
    let arguments = [("HTTPS_PROXY", "http://proxy.example:3128"), ("TORCH_VARIANT", "cpu")];
    Inputs {
        nix: Some(Nix { path: Some("nix/my tools.nix".into()), image: None }),
        labels: labels.map(|(key, value)| (key.into(), value.into())).into(),
        build_args: arguments.map(|(name, value)| (name.into(), value.into())).into(),
        ..plain()
    }
}

/// All is left to the build: what the project depends on, what its backend needs, and its version.
fn dynamic() -> Inputs {
    let version = Version::FromRepository {
        requires: "setuptools-scm",
        variable: "SETUPTOOLS_SCM_PRETEND_VERSION",
        given: "1.0".into(),
    };
    Inputs { version, dependencies: None, backend: Backend::Maturin, bytecode: false, ..Inputs::default() }
}
