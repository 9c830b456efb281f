//! The instructions that a Dockerfile should have, put together from a user's inputs alone.
//!
//! This repeats on purpose what the templates say: a change there has to be meant twice.

use agentix_gen::Dialect;
use serde::Deserialize;

use super::inputs::{Backend, Inputs, Version};

/// An instruction as a builder reads it: quotes taken off, variables expanded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Instruction {
    pub(crate) name: String,
    pub(crate) flags: Vec<String>,
    /// Whether the values are written as a JSON list.
    pub(crate) json: bool,
    pub(crate) values: Vec<String>,
}

impl Instruction {
    /// The same with each run of white space in a command as one space: how its lines are broken does not matter.
    pub(crate) fn on_one_line(mut self) -> Self {
        if self.name == "RUN" && !self.json {
            self.values.iter_mut().for_each(|value| *value = value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        self
    }

    fn flag(mut self, flag: &str) -> Self {
        self.flags.push(flag.to_owned());
        self
    }
}

fn instruction(name: &str, values: &[&str]) -> Instruction {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    Instruction { name: name.to_owned(), flags: vec![], json: false, values }
}

fn run(command: &str) -> Instruction {
    instruction("RUN", &[command])
}

/// A step that pip's cache helps.
fn run_with_cache(inputs: &Inputs, command: &str) -> Instruction {
    match inputs.dialect {
        Dialect::BuildKit => run(command).flag("--mount=type=cache,target=/var/cache/pip"),
        _ => run(command),
    }
}

pub(crate) fn bundle(inputs: &Inputs) -> Vec<Instruction> {
    [nix_stage(inputs), wheel_stage(inputs), final_stage(inputs)].concat()
}

fn nix_stage(inputs: &Inputs) -> Vec<Instruction> {
    let Some(nix) = &inputs.nix else { return vec![] };
    let expression = nix.path.as_deref().unwrap_or("default.nix").trim_start_matches("./");
    let image = with_tag(nix.image.as_deref().unwrap_or("nixos/nix:2.24.10"));
    let mut stage = vec![instruction("FROM", &[&image, "AS", "nix"])];
    stage.extend(declared_arguments(inputs));
    stage.extend([
        instruction("ENV", &["NIX_CONFIG", "experimental-features = nix-command flakes"]),
        instruction("ENV", &["NIX_EXPRESSION", expression]),
        instruction("WORKDIR", &["/src/project"]),
        instruction("COPY", &["project/", "./"]),
        run("set -eu; mkdir -p /export/store /export/.sys-paths; \
             nix-build --no-out-link \"./$NIX_EXPRESSION\" > /export/.sys-paths/project; \
             xargs nix-store --query --requisites < /export/.sys-paths/project > /tmp/closure; \
             while read -r path; do cp -a \"$path\" /export/store/; done < /tmp/closure"),
    ]);
    stage
}

fn wheel_stage(inputs: &Inputs) -> Vec<Instruction> {
    let mut stage = vec![instruction("FROM", &[&runtime_image(inputs), "AS", "wheel"])];
    stage.extend(arguments(inputs));
    stage.push(run("/nix/runtime/bin/python -m venv --without-pip /build"));
    let prepared = inputs.backend != Backend::Maturin;
    if prepared {
        stage.push(instruction("COPY", &["requirements/build.txt", "/requirements/"]));
        let install = "/nix/runtime/bin/pip --python /build/bin/python install --requirement /requirements/build.txt";
        stage.push(run_with_cache(inputs, install));
    }
    if let Version::FromRepository { variable, given, .. } = &inputs.version {
        stage.push(instruction("ENV", &[variable, given]));
    }
    stage.push(instruction("WORKDIR", &["/src/project"]));
    stage.push(instruction("COPY", &["project/", "./"]));
    let direct = |import: &str| {
        let call = format!("/build/bin/python -I -c \"{import}; backend.build_wheel('/wheels')\"");
        run(&format!("mkdir /wheels && PATH=\"/build/bin:$PATH\" {call}"))
    };
    stage.push(match inputs.backend {
        Backend::Unnamed => direct("from setuptools.build_meta import __legacy__ as backend"),
        Backend::Hatchling => direct("from hatchling import build as backend"),
        Backend::Maturin => run_with_cache(
            inputs,
            "/nix/runtime/bin/pip --python /build/bin/python wheel --no-deps --wheel-dir /wheels .",
        ),
    });
    stage
}

fn final_stage(inputs: &Inputs) -> Vec<Instruction> {
    let mut stage = vec![instruction("FROM", &[&runtime_image(inputs)])];
    stage.extend(arguments(inputs));
    if inputs.extra.is_some() || inputs.dependencies.as_ref().is_some_and(|list| !list.is_empty()) {
        stage.push(instruction("COPY", &["requirements/run.txt", "/requirements/"]));
        stage.push(run_with_cache(inputs, "/nix/runtime/bin/pip install --requirement /requirements/run.txt"));
    }
    stage.push(instruction("COPY", &["project/", "/src/project/"]));
    stage.push(instruction("COPY", &["/wheels/", "/wheels/"]).flag("--from=wheel"));
    stage.push(match inputs.dependencies {
        Some(_) => run("/nix/runtime/bin/pip install --no-deps --no-index /wheels/*.whl && rm -r /wheels"),
        None => run_with_cache(inputs, "/nix/runtime/bin/pip install /wheels/*.whl && rm -r /wheels"),
    });
    if inputs.nix.is_some() {
        stage.push(instruction("COPY", &["/export/", "/nix/"]).flag("--from=nix"));
        stage.push(run("set -eu; while read -r package; do for program in \"$package\"/bin/*; do \
             link=\"/nix/runtime/bin/${program##*/}\"; \
             if [ -f \"$program\" ] && [ ! -e \"$link\" ] && [ ! -L \"$link\" ]; then ln -s \"$program\" \"$link\"; fi; \
             done; done < /nix/.sys-paths/project"));
    }
    stage.extend(inputs.labels.iter().map(|(key, value)| instruction("LABEL", &[key, value])));
    stage
}

pub(crate) fn runtime(python: &str, agentix: &str) -> Vec<Instruction> {
    let pip = "/nix/runtime/bin/pip";
    let entrypoint = instruction("ENTRYPOINT", &["/nix/runtime/bin/agentix-server"]);
    vec![
        instruction("FROM", &[&with_tag(python)]),
        run(&format!("python -m venv /nix/runtime && {pip} install --no-cache-dir --upgrade pip agentixx=={agentix}")),
        instruction("ENV", &["PATH", "/nix/runtime/bin:/usr/bin"]),
        instruction("ENV", &["AGENTIX_BIND_PORT", "8000"]),
        instruction("EXPOSE", &["8000"]),
        Instruction { json: true, ..entrypoint },
    ]
}

fn runtime_image(inputs: &Inputs) -> String {
    with_tag(inputs.runtime_image.as_deref().unwrap_or("agentix/runtime:0.1.0"))
}

/// A name alone could be that of a stage.
fn with_tag(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    if name.contains([':', '@']) { image.to_owned() } else { format!("{image}:latest") }
}

fn arguments(inputs: &Inputs) -> Vec<Instruction> {
    let cache = match inputs.dialect {
        Dialect::BuildKit => "PIP_CACHE_DIR=/var/cache/pip",
        _ => "PIP_NO_CACHE_DIR=1",
    };
    let own = ["PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore", cache];
    own.iter().map(|argument| instruction("ARG", &[argument])).chain(declared_arguments(inputs)).collect()
}

/// The user's arguments, but for those that every builder knows.
fn declared_arguments(inputs: &Inputs) -> impl Iterator<Item = Instruction> {
    let known = |name: &str| matches!(name, "HTTPS_PROXY" | "no_proxy");
    inputs.build_args.keys().filter(move |name| !known(name)).map(|name| instruction("ARG", &[name]))
}
