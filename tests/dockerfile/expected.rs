//! The expected instructions of a Dockerfile, derived only from the inputs of a user.
//!
//! This repeats the templates on purpose, so that a change of a template must be intended.

#[path = "expected/container.rs"]
mod container;
#[path = "expected/entry_point.rs"]
mod entry_point;
#[path = "expected/fetching.rs"]
mod fetching;
#[path = "expected/install.rs"]
mod install;
#[path = "expected/instruction.rs"]
mod instruction;
#[path = "expected/nix.rs"]
mod nix;
#[path = "expected/runtime.rs"]
mod runtime;

use agentix_gen::value::Dialect;

use super::inputs::{Backend, Inputs, Version};
use container::{account, from, labels, run_time};
use entry_point::{check_in, own_step};
use fetching::{arguments, fetch, step};
use install::{UNLOCK, install};
use instruction::{instruction, run};
use runtime::{add_server, server};

pub(crate) use install::DIGEST;
pub(crate) use instruction::Instruction;
pub(crate) use runtime::runtime;

pub(crate) fn bundle(inputs: &Inputs) -> Vec<Instruction> {
    let before = [nix::stage(inputs), base_stage(inputs), runtime_stage(inputs)].concat();
    let before = [before, tools_stage(inputs)].concat();
    let stages = [build_stage(inputs), dependencies_stage(inputs), final_stage(inputs)].concat();
    [before, stages].concat()
}

/// The stage with the Debian packages, which is the base of all other stages.
fn base_stage(inputs: &Inputs) -> Vec<Instruction> {
    if inputs.apt.is_empty() {
        return vec![];
    }
    [from(inputs, &runtime_image(inputs), "base"), vec![install_packages(inputs, &inputs.apt)]].concat()
}

/// The stage with the Debian packages that only the build has.
fn tools_stage(inputs: &Inputs) -> Vec<Instruction> {
    if !has_tools(inputs) {
        return vec![];
    }
    let mut packages = inputs.build_apt.clone();
    packages.retain(|package| !inputs.apt.contains(package));
    [from(inputs, &environment_image(inputs), "tools"), vec![install_packages(inputs, &packages)]].concat()
}

fn has_tools(inputs: &Inputs) -> bool {
    inputs.build_apt.iter().any(|package| !inputs.apt.contains(package))
}

/// Returns `true` if the project is installed in a folder of its own, from which the image copies it.
fn installs_apart(inputs: &Inputs) -> bool {
    inputs.is_complete() && inputs.backend != Backend::Scripts
}

/// Returns `true` if everything is installed in the build stage.
fn installs_in_build_stage(inputs: &Inputs) -> bool {
    let brings_uv = inputs.dialect == Dialect::Classic && inputs.uv.is_some();
    let is_apart = has_tools(inputs) || inputs.standalone.is_some() || brings_uv || is_configured(inputs);
    is_apart && !inputs.is_complete() && inputs.backend != Backend::Scripts
}

fn has_dependencies_stage(inputs: &Inputs) -> bool {
    let is_for_uv = inputs.dialect == Dialect::Classic && inputs.uv.is_some();
    let is_apart = is_for_uv || inputs.standalone.is_some();
    let has_any = inputs.has_dependencies() || (is_apart && installs_apart(inputs));
    has_any && (is_apart || has_tools(inputs)) && !installs_in_build_stage(inputs)
}

fn install_packages(inputs: &Inputs, packages: &[String]) -> Instruction {
    let mut packages = packages.to_vec();
    packages.sort();
    packages.dedup();
    let packages = packages.join(" ");
    let quiet = "DEBIAN_FRONTEND=noninteractive apt-get";
    let install = "install --yes --no-install-recommends";
    let logs = "/var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache";
    let lists = "--option Dir::State::Lists=/var/cache/apt/lists";
    match inputs.dialect {
        Dialect::BuildKit => run(&format!(
            "mkdir -p /var/cache/apt/lists/partial && apt-get {lists} update && {quiet} {lists} --option Dir::Cache::Archives=packages {install} {packages} \
             && rm -rf {logs}"
        ))
        .flag("--mount=type=cache,target=/var/cache/apt,sharing=locked"),
        _ => run(&format!(
            "apt-get update && {quiet} {install} {packages} && rm -rf /var/cache/apt/* /var/lib/apt/lists/* {logs}"
        )),
    }
}

/// The stage that creates the runtime of a standalone image.
fn runtime_stage(inputs: &Inputs) -> Vec<Instruction> {
    let Some(standalone) = &inputs.standalone else { return vec![] };
    let mut stage = from(inputs, &base_image(inputs), "runtime");
    stage.extend(arguments(inputs, inputs.uv.is_some()));
    if inputs.dialect == Dialect::Classic {
        stage.extend(uv_program(inputs));
    }
    let agentix = standalone.agentix.as_deref().unwrap_or("0.1.0");
    let make = match inputs.uv {
        Some(_) => format!(
            "python -m venv --without-pip /nix/runtime && uv pip install --python /nix/runtime agentixx=={agentix}{UNLOCK}"
        ),
        None => format!(
            "python -m venv /mnt/pip && /mnt/pip/bin/pip install --upgrade pip && \
             python -m venv --without-pip /nix/runtime && {} install agentixx=={agentix}",
            pip(inputs)
        ),
    };
    stage.push(fetch(inputs, &(make + &add_server(agentix))));
    stage
}

/// Returns the image or stage in which packages are built and installed.
fn tool_image(inputs: &Inputs) -> String {
    if has_tools(inputs) { "tools".to_owned() } else { environment_image(inputs) }
}

fn environment_image(inputs: &Inputs) -> String {
    if inputs.standalone.is_some() { "runtime".to_owned() } else { base_image(inputs) }
}

fn base_image(inputs: &Inputs) -> String {
    if inputs.apt.is_empty() { runtime_image(inputs) } else { "base".to_owned() }
}

fn build_stage(inputs: &Inputs) -> Vec<Instruction> {
    let classic = inputs.dialect == Dialect::Classic;
    if inputs.backend == Backend::Scripts {
        return vec![];
    }
    let mut stage = from(inputs, &tool_image(inputs), "build");
    stage.extend(arguments(inputs, inputs.uv.is_some()));
    if classic {
        stage.extend(uv_program(inputs));
    }
    if inputs.is_prepared() {
        let make = "/nix/runtime/bin/python -m venv --without-pip /mnt/build";
        let list = "--requirement /src/requirements/build.txt";
        let (copied, install) = match inputs.uv {
            Some(_) if is_configured(inputs) => (
                ["requirements/build/", "/src/requirements/build/"],
                "uv pip install --directory /src/requirements/build --python /mnt/build --requirement pyproject.toml"
                    .into(),
            ),
            Some(_) => {
                (["requirements/build.txt", "/src/requirements/"], format!("uv pip install --python /mnt/build {list}"))
            }
            None => (
                ["requirements/build.txt", "/src/requirements/"],
                format!("{} --python /mnt/build/bin/python install {list}", pip_program(inputs)),
            ),
        };
        stage.push(instruction("COPY", &copied));
        stage.push(fetch(inputs, &format!("{make} && {install}")));
    }
    if installs_in_build_stage(inputs) && inputs.has_dependencies() {
        stage.extend(install(inputs, false));
    } else if installs_in_build_stage(inputs) && is_configured(inputs) {
        stage.push(instruction("COPY", &["requirements/run/", "/src/requirements/"]));
    }
    stage.push(instruction("COPY", &["project/", "/src/project/"]));
    let mut build = make_wheels(inputs);
    if installs_apart(inputs) {
        let tool = match inputs.uv {
            Some(_) => "uv pip install --python /nix/runtime --prefix /mnt/project --no-deps --offline".to_owned(),
            None => {
                format!("{} install --prefix /mnt/project --ignore-installed --no-deps --no-index", pip(inputs))
            }
        };
        let folder = "mkdir -p /mnt/project/lib && ln -s lib /mnt/project/lib64";
        build.extend([" && ", folder, " && ", &tool, " /tmp/wheels/*.whl && rm /mnt/project/lib64"]);
        if inputs.uv.is_some() {
            build += " && rm -f /mnt/project/.lock";
        }
    } else if installs_in_build_stage(inputs) {
        build.extend([" && ", &install_wheels(inputs, inputs.uv.is_some()), &check_in(inputs, "project")]);
    }
    stage.push(if project_fetches(inputs) { fetch(inputs, &build) } else { step(inputs, &build) });
    stage
}

/// The program that installs packages.
fn pip_program(inputs: &Inputs) -> &'static str {
    if inputs.standalone.is_some() { "/mnt/pip/bin/pip" } else { "/nix/runtime/bin/pip" }
}

/// The program, for the environment of the image.
fn pip(inputs: &Inputs) -> String {
    let target = if inputs.standalone.is_some() { " --python /nix/runtime/bin/python" } else { "" };
    pip_program(inputs).to_owned() + target
}

/// Installs the wheel and what it requires.
fn install_wheels(inputs: &Inputs, uv: bool) -> String {
    if uv {
        let settings = if is_configured(inputs) { " --directory /src/requirements" } else { "" };
        return format!("uv pip install{settings} --python /nix/runtime /tmp/wheels/*.whl{UNLOCK}");
    }
    let pip = pip(inputs);
    format!("{pip} install --no-deps --no-index --force-reinstall /tmp/wheels/*.whl && {pip} install /tmp/wheels/*.whl")
}

/// Copies the environment of a stage into the image.
fn copy_environment(inputs: &Inputs, stage: &str) -> Vec<Instruction> {
    let clear = inputs.standalone.is_none();
    let copy = instruction("COPY", &["/nix/runtime/", "/nix/runtime/"]).flag(&format!("--from={stage}"));
    clear.then(|| run("rm -rf /nix/runtime")).into_iter().chain([copy]).collect()
}

/// Has setuptools take the data that it would find in the repository.
const INCLUDE_DATA: &str = "/nix/runtime/bin/python -I -c \"from pathlib import Path; file = \
                            Path('/src/project/MANIFEST.in'); lines = file.read_bytes() if file.exists() else b''; \
                            file.write_bytes(b'global-include *\\nglobal-exclude *.cpython-*.so *.abi3.so\\n' + lines)\" && ";

fn make_wheels(inputs: &Inputs) -> String {
    let variable = match &inputs.version {
        Version::FromRepository { variable, given, .. } => format!("{variable}={given} "),
        Version::Written(_) => String::new(),
    };
    let direct = |import: &str| {
        let call = format!(
            "/mnt/build/bin/python -I -c \"import os; os.chdir('/src/project'); {import}; backend.build_wheel('/tmp/wheels')\""
        );
        format!("PATH=\"/mnt/build/bin:$PATH\" {call}")
    };
    let call = match (inputs.backend, &inputs.uv) {
        (Backend::Unnamed, _) => direct("from setuptools.build_meta import __legacy__ as backend"),
        (Backend::Hatchling, _) => direct("from hatchling import build as backend"),
        (Backend::Scripts, _) => unreachable!("scripts are not built"),
        (Backend::Maturin, None) => format!("{} wheel --no-deps --wheel-dir /tmp/wheels /src/project", pip(inputs)),
        (Backend::Maturin, Some(_)) => {
            "uv build --directory /src/project --python /nix/runtime --wheel --out-dir /tmp/wheels".to_owned()
        }
    };
    let data = match (&inputs.version, inputs.backend) {
        (Version::FromRepository { requires, .. }, Backend::Unnamed)
            if ["setuptools_scm", "pbr"].iter().any(|finder| requires.starts_with(finder)) =>
        {
            INCLUDE_DATA
        }
        _ => "",
    };
    format!("mkdir -p /tmp/wheels && {data}{variable}{call}")
}

fn dependencies_stage(inputs: &Inputs) -> Vec<Instruction> {
    if !has_dependencies_stage(inputs) {
        return vec![];
    }
    let mut stage = from(inputs, &tool_image(inputs), "dependencies");
    stage.extend(arguments(inputs, inputs.uv.is_some()));
    if inputs.dialect == Dialect::Classic {
        stage.extend(uv_program(inputs));
    }
    stage.extend(install(inputs, false));
    stage
}

fn uv_program(inputs: &Inputs) -> Option<Instruction> {
    let uv = inputs.uv.as_ref()?;
    Some(instruction("COPY", &["/uv", "/usr/local/bin/"]).flag(&format!("--from={}", with_tag(&uv.image))))
}

/// Returns `true` if uv reads package indexes from a manifest.
fn is_configured(inputs: &Inputs) -> bool {
    inputs.uv.is_some() && !inputs.indexes.is_empty()
}

fn final_stage(inputs: &Inputs) -> Vec<Instruction> {
    let classic = inputs.dialect == Dialect::Classic;
    let uv_here = inputs.uv.is_some() && !classic;
    let mut stage = from(inputs, &base_image(inputs), nix::environment(inputs));
    stage.extend(account(inputs));
    if inputs.standalone.is_some() {
        let own = inputs.run_time.entrypoint.is_some();
        stage.extend(server().into_iter().filter(|step| !own || step.name != "ENTRYPOINT"));
        if !has_dependencies_stage(inputs) && !installs_in_build_stage(inputs) {
            stage.push(instruction("COPY", &["/nix/runtime/", "/nix/runtime/"]).flag("--from=runtime"));
        }
    }
    stage.extend(arguments(inputs, uv_here));
    if has_dependencies_stage(inputs) {
        stage.extend(copy_environment(inputs, "dependencies"));
    } else if !installs_in_build_stage(inputs) {
        stage.extend(install(inputs, true));
    }
    let modules = run("printf '%s\\n' /src/project > \"$(echo /nix/runtime/lib/python3*/site-packages)/project.pth\"");
    let runs_from_source = inputs.backend == Backend::Scripts;
    if runs_from_source && !installs_in_build_stage(inputs) {
        stage.push(modules.clone());
    }
    if ships_source(inputs) {
        stage.push(instruction("COPY", &["project/", "/src/project/"]));
    }
    if installs_in_build_stage(inputs) {
        stage.extend(copy_environment(inputs, "build"));
    } else if installs_apart(inputs) {
        stage.push(instruction("COPY", &["/mnt/project/", "/nix/runtime/"]).flag("--from=build"));
    } else if inputs.backend != Backend::Scripts {
        stage.push(instruction("COPY", &["/tmp/wheels/", "/tmp/wheels/"]).flag("--from=build"));
        let check = check_in(inputs, "project");
        stage.push(fetch(inputs, &format!("{} && rm -r /tmp/wheels{check}", install_wheels(inputs, uv_here))));
    }
    if runs_from_source && installs_in_build_stage(inputs) {
        stage.push(modules);
    }
    stage.extend(nix::plugin_stages(inputs));
    stage.extend(nix::programs(inputs));
    stage.extend(run_time(inputs));
    stage.extend(labels(inputs));
    stage.extend(own_step(inputs));
    stage
}

/// Returns `true` if the image has the source. No random value of the other keys names its folder.
fn ships_source(inputs: &Inputs) -> bool {
    inputs.ships_source.unwrap_or(inputs.backend == Backend::Scripts)
}

/// Returns `true` if some requirements become known only when the project is built.
fn project_fetches(inputs: &Inputs) -> bool {
    inputs.backend == Backend::Maturin || !inputs.is_complete()
}

/// Returns the image on which all stages are based.
pub(super) fn runtime_image(inputs: &Inputs) -> String {
    if let Some(standalone) = &inputs.standalone {
        return with_tag(standalone.python.as_deref().unwrap_or("python:3.11-slim"));
    }
    with_tag(inputs.runtime_image.as_deref().unwrap_or("agentix/runtime:0.1.0"))
}

/// Adds a tag to an image without one, because a bare name could be the name of a stage.
fn with_tag(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    if name.contains([':', '@']) { image.to_owned() } else { format!("{image}:latest") }
}
