//! Files and tables that other tools read, and that decide nothing about the image.

use super::dependencies::Dependencies;
use super::installer::Installer;
use crate::project::{Config, ProjectKind, Workspace};

/// Files, and why they are not used.
const FILES: &[(&str, &str)] = &[
    ("uv.toml", "settings of uv are read from [tool.uv] of pyproject.toml only"),
    ("Aptfile", DEBIAN),
    ("apt.txt", DEBIAN),
    ("packages.txt", DEBIAN),
    ("bentofile.yaml", OTHER_BUILDS),
    ("cog.yaml", OTHER_BUILDS),
    ("langgraph.json", OTHER_BUILDS),
    ("nixpacks.toml", OTHER_BUILDS),
    ("railpack.json", OTHER_BUILDS),
    ("pip.conf", INDEXES),
    ("pdm.toml", INDEXES),
    ("runtime.txt", "the Python version is read from .python-version and requires-python"),
];

const INDEXES: &str = "package indexes are those of pyproject.toml or requirements.txt";

/// Files with Nix expressions that are not the one of the image.
const NIX: [&str; 4] = ["flake.nix", "shell.nix", "devenv.nix", "devbox.json"];

const DEBIAN: &str = "Debian packages are `apt` of [tool.agentix]";

const OTHER_BUILDS: &str = "it describes an image for another tool; packages are dependencies of the project, and `apt`, `env` and \
                            `entrypoint` are keys of [tool.agentix]";

pub(super) const CONDA: &str =
    "packages of conda are not installed; name them as dependencies, or system packages as `apt`";

/// What `[tool.uv]` says of the dependencies.
pub(super) struct UvSettings {
    /// Whether uv resolves the dependencies with these settings.
    pub(super) are_read: bool,
    /// The keys that decide what uv installs.
    pub(super) keys: Vec<String>,
}

/// Files that name a Python version, and that count for nothing even if there is no `.python-version`.
const PYTHON: [&str; 4] = [".python-versions", ".tool-versions", "mise.toml", ".mise.toml"];

/// Returns the inputs that are not used, with the reason.
pub(super) fn inputs(
    workspace: &Workspace,
    config: &Config,
    exists: impl Fn(&str) -> bool,
    dependencies: &Dependencies,
    installer: &Installer,
    uv: &UvSettings,
) -> Vec<(String, &'static str)> {
    let project = workspace.project();
    let is_uv = matches!(installer, Installer::Uv { .. });
    let is_locked = !matches!(dependencies, Dependencies::None | Dependencies::Listed(_));
    let includes = |name: &str| match dependencies {
        Dependencies::Requirements(list) => list.included().iter().any(|file| file.file() == name),
        _ => false,
    };
    let present = FILES.iter().filter(|(file, _)| exists(file));
    let mut unused: Vec<_> = present.map(|(file, reason)| ((*file).to_owned(), *reason)).collect();
    let mut add = |condition: bool, input: &str, reason| {
        if condition {
            unused.push((input.to_owned(), reason));
        }
    };
    if workspace.python_version().is_none() {
        for file in PYTHON {
            add(exists(file), file, "a Python version is read from .python-version and requires-python");
        }
    }
    if config.nix.is_none() && !exists("default.nix") {
        for file in NIX {
            add(exists(file), file, "system packages from Nix come from default.nix, or the file that `nix` names");
        }
    }
    let programs = if project.is_read_by_uv() { "[project.scripts]" } else { "[tool.poetry.scripts]" };
    add(
        project.kind() != ProjectKind::Package && config.entrypoint.is_none() && project.scripts().next().is_some(),
        programs,
        "the project is no package, so nothing installs its programs; `[build-system]` makes it one",
    );
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
    let is_list = matches!(dependencies, Dependencies::Requirements(_)) && is_uv;
    add(
        project.uv().pip.is_some() && !is_list,
        "[tool.uv.pip]",
        "settings of `uv pip` apply to a requirements.txt only, which uv installs",
    );
    let open_groups: Vec<&str> = project.uv().default_groups();
    let (_, selected_groups) = config.selection();
    let is_selected = |name: &str| selected_groups.iter().any(|group| name.parse().as_ref() == Ok(group));
    add(
        open_groups.iter().any(|name| !is_selected(name)),
        "[tool.uv] default-groups",
        "a group is installed if `group` names it",
    );
    for name in project.poetry_groups().iter().filter(|name| !is_selected(name)) {
        let input = format!("[tool.poetry.group.{name}]");
        add(
            true,
            &input,
            "a group is installed if `group` names it; `optional = true` says that the program works without it",
        );
    }
    if !is_uv {
        let keys = uv.keys.join(", ");
        let reason = "pip installs the packages and does not read it; set installer = \"uv\"";
        add(!keys.is_empty(), &format!("[tool.uv] {keys}"), reason);
    }
    add(
        project.unread().pdm_resolution && !is_locked,
        "[tool.pdm.resolution]",
        "PDM alone reads its overrides and excludes; lock them with `pdm lock`",
    );
    if let (Some(file), Some(_)) = (workspace.python_version(), workspace.python_version_fault()) {
        let reason = "it names no version of standard CPython, which all images have; write one such as `3.12`";
        add(true, file.path.as_str(), reason);
    }
    add(project.unread().pixi, "[tool.pixi]", CONDA);
    let reason = "setuptools reads [project] only; list the dependencies there, or name them in `dynamic`";
    add(project.unread().setup_cfg, "install_requires in setup.cfg", reason);
    unused
}
