//! The parts of a step that downloads: caches, credentials, trusted certificates and build arguments.

use std::collections::BTreeSet;

use agentix_gen::value::Dialect;

use super::super::inputs::Inputs;
use super::instruction::{Instruction, instruction, run};
use super::with_tag;

/// A step that runs the installer.
pub(super) fn step(inputs: &Inputs, command: &str) -> Instruction {
    match (inputs.dialect, &inputs.uv) {
        (Dialect::BuildKit, None) => run(command).flag("--mount=type=cache,target=/var/cache/pip"),
        (Dialect::BuildKit, Some(uv)) => {
            let image = with_tag(&uv.image);
            let program = format!("--mount=type=bind,from={image},source=/uv,target=/usr/local/bin/uv");
            run(command).flag("--mount=type=cache,target=/var/cache/uv").flag(&program)
        }
        _ => run(command),
    }
}

/// A step that may download.
pub(super) fn fetch(inputs: &Inputs, command: &str) -> Instruction {
    with_mounts(inputs, step(inputs, &(preparation(inputs) + command)))
}

/// A step that may download, with a further mount before the secrets.
pub(super) fn fetch_with(inputs: &Inputs, command: &str, mount: &str) -> Instruction {
    with_mounts(inputs, step(inputs, &(preparation(inputs) + command)).flag(mount))
}

/// Returns the shell commands that prepare a download.
fn preparation(inputs: &Inputs) -> String {
    let secrets = inputs.dialect == Dialect::BuildKit;
    let credentials = if secrets { credentials(inputs) } else { vec![] };
    let mut before = String::new();
    if !credentials.is_empty() {
        let export = format!(
            "for name in {}; do if [ -f \"/run/secrets/$name\" ]; \
             then export \"$name=$(cat \"/run/secrets/$name\")\"; fi; done; ",
            credentials.join(" ")
        );
        before.push_str(&export);
    }
    if secrets && inputs.secrets.contains("pip-conf") {
        before += "export PIP_CONFIG_FILE=/run/secrets/pip-conf; ";
    }
    if inputs.certificate {
        before += ". /run/trust/trust.sh; ";
    }
    if before.is_empty() { before } else { format!("set -eu; {before}") }
}

fn with_mounts(inputs: &Inputs, mut step: Instruction) -> Instruction {
    if inputs.dialect != Dialect::BuildKit {
        return step;
    }
    for id in &inputs.secrets {
        let target = if id == "netrc" { ",target=/root/.netrc" } else { "" };
        step = step.flag(&format!("--mount=type=secret,id={id}{target},required=true"));
    }
    for variable in credentials(inputs).iter().filter(|variable| !inputs.secrets.contains(*variable)) {
        step = step.flag(&format!("--mount=type=secret,id={variable}"));
    }
    for id in &inputs.ssh {
        step = step.flag(&format!("--mount=type=ssh,id={id},required=true"));
    }
    if inputs.certificate { step.flag(TRUST) } else { step }
}

pub(super) const TRUST: &str = "--mount=type=bind,source=trust,target=/run/trust";

/// Returns the variables with the credentials of the indexes, without duplicates.
fn credentials(inputs: &Inputs) -> Vec<String> {
    let mut variables: Vec<String> = vec![];
    for name in &inputs.indexes {
        let name = name.to_uppercase().replace(['-', '.'], "_");
        for variable in [format!("UV_INDEX_{name}_USERNAME"), format!("UV_INDEX_{name}_PASSWORD")] {
            if !variables.contains(&variable) {
                variables.push(variable);
            }
        }
    }
    variables
}

/// Copies the trusted certificates if the dialect has no mounts.
pub(super) fn trust_copy(inputs: &Inputs) -> Option<Instruction> {
    let copied = inputs.certificate && inputs.dialect != Dialect::BuildKit;
    copied.then(|| instruction("COPY", &["trust/", "/run/trust/"]))
}

pub(super) fn arguments(inputs: &Inputs, uv: bool) -> Vec<Instruction> {
    let mut own = match uv {
        true if inputs.bytecode => vec!["UV_LINK_MODE=copy", "UV_PYTHON_DOWNLOADS=never", "UV_COMPILE_BYTECODE=1"],
        true => vec!["UV_LINK_MODE=copy", "UV_PYTHON_DOWNLOADS=never"],
        false if inputs.bytecode => vec!["PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore"],
        false => vec!["PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore", "PIP_NO_COMPILE=1"],
    };
    own.push(match (inputs.dialect, uv) {
        (Dialect::BuildKit, true) => "UV_CACHE_DIR=/var/cache/uv",
        (Dialect::BuildKit, false) => "PIP_CACHE_DIR=/var/cache/pip",
        (_, true) => "UV_NO_CACHE=1",
        (_, false) => "PIP_NO_CACHE_DIR=1",
    });
    [instruction("ARG", &own)].into_iter().chain(declared_arguments(inputs)).chain(trust_copy(inputs)).collect()
}

/// Declares the user's build arguments, except for those that every builder predefines.
pub(super) fn declared_arguments(inputs: &Inputs) -> impl Iterator<Item = Instruction> {
    let known = |name: &str| matches!(name, "HTTPS_PROXY" | "no_proxy");
    let time = inputs.about.epoch.map(|_| "SOURCE_DATE_EPOCH");
    let uv = time.filter(|_| inputs.uv.is_some()).map(|_| "UV_NO_INSTALLER_METADATA");
    let names: BTreeSet<&str> = inputs.build_args.keys().map(String::as_str).chain(time).chain(uv).collect();
    names.into_iter().filter(move |name| !known(name)).map(|name| instruction("ARG", &[name]))
}
