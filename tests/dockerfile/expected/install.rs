//! The steps that install the dependencies.

use agentix_gen::value::Dialect;

use super::super::inputs::Inputs;
use super::super::locks::Lock;
use super::entry_point::check_in;
use super::fetching::{fetch, fetch_with, step};
use super::instruction::{Instruction, instruction};
use super::{installs_apart, is_configured, pip};

/// Installs the dependencies, and removes another version of the project.
pub(super) fn install(inputs: &Inputs, in_image: bool) -> Vec<Instruction> {
    let remove = match inputs.uv {
        Some(_) => "uv pip uninstall --quiet --python /nix/runtime".to_owned(),
        None => format!("{} uninstall --yes --quiet --quiet", pip(inputs)),
    };
    let remove = if installs_apart(inputs) { format!("{remove} {}", normal(&inputs.name)) } else { String::new() };
    let unlock = if inputs.uv.is_some() { UNLOCK } else { "" };
    let check = check_in(inputs, "dependencies");
    if !inputs.has_dependencies() {
        let check = check.strip_prefix(" && ").map(|check| format!("{check} && ")).unwrap_or_default();
        return if remove.is_empty() { vec![] } else { vec![step(inputs, &(check + &remove + unlock))] };
    }
    let is_mounted = in_image && inputs.dialect == Dialect::BuildKit;
    let folder = if is_mounted { "/mnt" } else { "/src/requirements" };
    let names_group = inputs.lock == Some(Lock::Pylock) && inputs.group.is_some();
    let tool = match inputs.uv {
        Some(_) if is_configured(inputs) || names_group => {
            format!("uv pip install --directory {folder} --python /nix/runtime")
        }
        Some(_) => "uv pip install --python /nix/runtime".to_owned(),
        None => format!("{} install", pip(inputs)),
    };
    let file = match inputs.lock {
        None if is_configured(inputs) => "pyproject.toml",
        None => "run.txt",
        Some(Lock::Requirements | Lock::HashedRequirements) => "requirements.txt",
        Some(Lock::Pylock) => "pylock.toml",
        Some(Lock::Uv) => unreachable!("a `uv.lock` belongs to one project and is not a random input"),
    };
    let hashes = if inputs.lock == Some(Lock::HashedRequirements) { " --require-hashes" } else { "" };
    let locked = inputs.lock == Some(Lock::Pylock);
    let extra = inputs.extra.as_deref().filter(|_| locked).map(normal);
    let extra =
        extra.map(|extra| if inputs.uv.is_some() { format!(" --extra {extra}") } else { format!("\"[{extra}]\"") });
    let group = inputs.group.as_deref().filter(|_| locked).map(normal);
    let file_of_group = if inputs.uv.is_some() { String::new() } else { format!("{folder}/pylock.toml:") };
    let group = group.map(|group| format!(" --group {file_of_group}{group}"));
    let mut install = format!(
        "{tool}{hashes} --requirement {folder}/{file}{}{}{check}",
        extra.unwrap_or_default(),
        group.unwrap_or_default()
    );
    if !remove.is_empty() {
        install.extend([" && ", &remove]);
    }
    install += unlock;
    if is_mounted {
        return vec![fetch_with(inputs, &format!("REQUIREMENTS_DIGEST={DIGEST} {install}"), MOUNTED)];
    }
    if in_image {
        install += " && rm -r /src/requirements";
    }
    vec![instruction("COPY", &["requirements/run/", "/src/requirements/"]), fetch(inputs, &install)]
}

/// Removes the lock file of uv.
pub(super) const UNLOCK: &str = " && rm -f /nix/runtime/.lock";

/// The mount of the requirements.
const MOUNTED: &str = "--mount=type=bind,source=requirements/run,target=/mnt";

/// Stands for the digest of the requirements.
pub(crate) const DIGEST: &str = "0000000000000000";

/// Returns a name in the normal form of PEP 503.
fn normal(name: &str) -> String {
    let mut normal = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            '.' | '-' | '_' if normal.ends_with('-') => {}
            '.' | '-' | '_' => normal.push('-'),
            c => normal.push(c),
        }
    }
    normal
}
