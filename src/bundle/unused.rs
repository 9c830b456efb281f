//! Files and tables that other tools read, and that decide nothing about the image.

use super::dependencies::Dependencies;
use super::installer::Installer;
use crate::project::{Config, Workspace};

/// Files, and why they are not used.
const FILES: &[(&str, &str)] = &[
    ("uv.toml", "settings of uv are read from [tool.uv] of pyproject.toml only"),
    ("environment.yml", CONDA),
    ("environment.yaml", CONDA),
    ("conda-lock.yml", CONDA),
    ("pixi.toml", CONDA),
    ("runtime.txt", "the Python version is read from .python-version and requires-python"),
];

const CONDA: &str = "packages of conda are not installed; name them as dependencies, or system packages as `apt`";

/// Files that name a Python version, and that count for nothing even if there is no `.python-version`.
const PYTHON: [&str; 4] = [".python-versions", ".tool-versions", "mise.toml", ".mise.toml"];

/// Returns the inputs that are not used, with the reason.
pub(super) fn inputs(
    workspace: &Workspace,
    config: &Config,
    exists: impl Fn(&str) -> bool,
    dependencies: &Dependencies,
    installer: &Installer,
) -> Vec<(&'static str, &'static str)> {
    let project = workspace.project();
    let is_uv = matches!(installer, Installer::Uv { .. });
    let is_locked = !matches!(dependencies, Dependencies::None | Dependencies::Listed(_));
    let includes = |name: &str| match dependencies {
        Dependencies::Requirements(list) => list.included().iter().any(|file| file.file() == name),
        _ => false,
    };
    let mut unused: Vec<_> = FILES.iter().copied().filter(|(file, _)| exists(file)).collect();
    let mut add = |condition: bool, input, reason| {
        if condition {
            unused.push((input, reason));
        }
    };
    if workspace.python_version().is_none() {
        for file in PYTHON {
            add(exists(file), file, "a Python version is read from .python-version and requires-python");
        }
    }
    let constraints = "constraints.txt";
    add(
        exists(constraints) && !is_locked,
        constraints,
        "nothing includes it; dependencies are resolved without it. A requirements.txt can, with -c",
    );
    add(
        exists(constraints) && is_locked && !includes(constraints),
        constraints,
        "the versions are those of the lock or the list",
    );
    let starts = config.entrypoint.is_some() || config.cmd.is_some();
    add(exists("Procfile") && !starts, "Procfile", "what the image starts is `entrypoint` of [tool.agentix]");
    add(project.uv().pip.is_some(), "[tool.uv.pip]", "settings of `uv pip` do not apply to a project");
    if !is_uv {
        let reason = "pip installs the packages and does not read it; set installer = \"uv\"";
        add(project.uv().constraint_dependencies.is_some(), "[tool.uv] constraint-dependencies", reason);
        add(project.uv().override_dependencies.is_some(), "[tool.uv] override-dependencies", reason);
    }
    add(project.unread().pixi, "[tool.pixi]", CONDA);
    let reason = "setuptools reads [project] only; list the dependencies there, or name them in `dynamic`";
    add(project.unread().setup_cfg, "install_requires in setup.cfg", reason);
    unused
}
