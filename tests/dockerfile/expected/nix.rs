//! The stages that build Nix expressions: the project's own, and those of installed packages.

use agentix_gen::value::Dialect;

use super::super::inputs::{Inputs, Nix};
use super::entry_point::check_in;
use super::fetching::{TRUST, declared_arguments, trust_copy};
use super::instruction::{Instruction, instruction, run};
use super::with_tag;

/// The stage of the project's own expression.
pub(super) fn stage(inputs: &Inputs) -> Vec<Instruction> {
    let Some(nix) = inputs.nix.as_ref().filter(|nix| nix.has_own()) else { return vec![] };
    let expression = nix.path.as_deref().unwrap_or("default.nix").trim_start_matches("./");
    let mut stage = vec![instruction("FROM", &[&image(nix), "AS", "nix"])];
    stage.extend(declared_arguments(inputs));
    stage.extend([
        features(),
        instruction("ENV", &["NIX_EXPRESSION", expression]),
        instruction("WORKDIR", &["/src/project"]),
        instruction("COPY", &["nix/", "/src/nix/"]),
        instruction("COPY", &["project/", "./"]),
    ]);
    stage.extend(trust_copy(inputs));
    let (prefetch, options) = (prefetch(nix), options(nix));
    stage.push(trusting(
        inputs,
        "mkdir -p /export/store /export/.sys-paths; ",
        &format!(
            "{prefetch}nix-build --no-out-link {options}--argstr expression \"$PWD/$NIX_EXPRESSION\" \
             /src/nix/build.nix > /export/.sys-paths/project; \
             if [ ! -s /export/.sys-paths/project ]; then echo \"$NIX_EXPRESSION has no package, which the image needs\" >&2; exit 1; fi; \
             xargs nix-store --query --requisites < /export/.sys-paths/project > /tmp/closure; \
             while read -r path; do cp -a \"$path\" /export/store/; done < /tmp/closure"
        ),
    ));
    stage
}

/// The name of the stage with the environment, if it is one of its own.
pub(super) fn environment(inputs: &Inputs) -> &'static str {
    if plugins(inputs).is_some() { "environment" } else { "" }
}

/// The stages of the expressions of installed packages, and the start of the image that follows them.
pub(super) fn plugin_stages(inputs: &Inputs) -> Vec<Instruction> {
    let Some(nix) = plugins(inputs) else { return vec![] };
    let mut stages = vec![
        instruction("FROM", &["environment", "AS", "plugins"]),
        instruction("COPY", &["nix/find-plugins.py", "/src/nix/"]),
        run("/nix/runtime/bin/python -I /src/nix/find-plugins.py /export"),
    ];
    let base = if nix.has_own() { "nix".to_owned() } else { image(nix) };
    stages.push(instruction("FROM", &[&base, "AS", "nix-plugins"]));
    stages.extend(declared_arguments(inputs));
    let mut prefetch = prefetch(nix);
    if nix.has_own() {
        prefetch.clear();
    } else {
        stages.extend([features(), instruction("COPY", &["nix/", "/src/nix/"])]);
        let places = nix.nixpkgs.iter().chain(&nix.substituters);
        if places.into_iter().any(|place| place.starts_with("file:///src/project/")) {
            stages.push(instruction("COPY", &["project/", "/src/project/"]));
        }
        stages.extend(trust_copy(inputs));
    }
    stages.push(instruction("COPY", &["/export/", "/src/plugins/"]).flag("--from=plugins"));
    stages.push(trusting(
        inputs,
        "",
        &format!("{prefetch}/bin/sh /src/nix/build-plugins.sh {}< /src/plugins/expressions", options(nix)),
    ));
    stages.push(instruction("FROM", &["environment"]));
    stages
}

/// The programs of all packages in the image.
pub(super) fn programs(inputs: &Inputs) -> Vec<Instruction> {
    let Some(nix) = &inputs.nix else { return vec![] };
    let stage = if nix.builds_plugins() { "--from=nix-plugins" } else { "--from=nix" };
    let copy = instruction("COPY", &["/export/", "/nix/"]).flag(stage);
    let list = if nix.builds_plugins() { "all" } else { "project" };
    let links = format!(
        "set -eu; while read -r package; do for program in \"$package\"/bin/*; do \
         link=\"/nix/runtime/bin/${{program##*/}}\"; \
         if [ -f \"$program\" ] && [ ! -e \"$link\" ] && [ ! -L \"$link\" ]; then ln -s \"$program\" \"$link\"; fi; \
         done; done < /nix/.sys-paths/{list}"
    );
    vec![copy, run(&(links + &check_in(inputs, "nix")))]
}

fn plugins(inputs: &Inputs) -> Option<&Nix> {
    inputs.nix.as_ref().filter(|nix| nix.builds_plugins())
}

fn image(nix: &Nix) -> String {
    with_tag(nix.image.as_deref().unwrap_or("nixos/nix:2.24.10"))
}

fn features() -> Instruction {
    instruction("ENV", &["NIX_CONFIG", "experimental-features = nix-command flakes"])
}

/// Downloads a package set whose hash is known.
fn prefetch(nix: &Nix) -> String {
    match nix.nixpkgs.as_deref().and_then(|nixpkgs| nixpkgs.split_once('#')) {
        Some((url, hash)) => format!("nix-prefetch-url --unpack --print-path '{url}' '{hash}' > /tmp/nixpkgs; "),
        None => String::new(),
    }
}

fn options(nix: &Nix) -> String {
    let option = |name: &str, list: &[String]| match list {
        [] => String::new(),
        list => format!("--option extra-{name} '{}' ", list.join(" ")),
    };
    let nixpkgs = match nix.nixpkgs.as_deref() {
        None => String::new(),
        Some(place) if place.contains('#') => "-I \"nixpkgs=$(tail -n 1 /tmp/nixpkgs)\" ".to_owned(),
        Some(place) => format!("-I 'nixpkgs={place}' "),
    };
    option("substituters", &nix.substituters) + &option("trusted-public-keys", &nix.public_keys) + &nixpkgs
}

/// A step that trusts the certificates before its command.
fn trusting(inputs: &Inputs, before: &str, command: &str) -> Instruction {
    let trust = if inputs.certificate { ". /run/trust/trust.sh; " } else { "" };
    let step = run(&format!("set -eu; {trust}{before}{command}"));
    if inputs.certificate && inputs.dialect == Dialect::BuildKit { step.flag(TRUST) } else { step }
}
