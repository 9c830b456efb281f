//! Inputs with hostile texts in every field that accepts text.

use std::collections::BTreeSet;

use agentix_gen::value::Dialect;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;

use super::inputs::{Backend, Expressions, Inputs, Nix, Standalone, Uv, Version};
use super::locks::Lock;
use super::run_time::{about, run_time};

/// Generates inputs that match the grammar of every field and are as hostile as it allows.
pub(crate) fn allowed() -> impl Strategy<Value = Inputs> {
    let dependencies =
        option::weighted(0.8, vec(select(&["rich", "of-another[a]>=1; python_version > '3'"][..]), 0..3));
    let dialect = select(&[Dialect::BuildKit, Dialect::Classic][..]);
    let backend = select(&[Backend::Unnamed, Backend::Hatchling, Backend::Maturin, Backend::Scripts][..]);
    let caches = (vec(substituter(), 0..3), vec(public_key(), 0..3));
    let expressions = select(&[Expressions::Own, Expressions::OfPlugins, Expressions::Both][..]);
    let nix = (expressions, option::of(nix_path()), option::of(image()), option::of(nixpkgs()), caches).prop_map(
        |(expressions, path, image, nixpkgs, (substituters, public_keys))| Nix {
            expressions,
            path,
            image,
            nixpkgs,
            substituters,
            public_keys,
        },
    );
    let named = (name(), version(), (option::weighted(0.2, name()), option::weighted(0.2, name())));
    let lock = option::weighted(0.4, select(&[Lock::Requirements, Lock::HashedRequirements, Lock::Pylock][..]));
    let texts = (btree_map(label_key(), free_text(), 0..4), btree_map(argument(), free_text(), 0..4));
    let flags = (any::<bool>(), option::weighted(0.3, any::<bool>()));
    let installer = (option::of(image().prop_map(|image| Uv { image })), flags);
    let choices =
        ((dependencies, lock), (backend, installer), option::of(image()), option::of(nix), any::<bool>(), dialect);
    let fetching = (btree_set(secret_id(), 0..3), vec(index_name(), 0..3), any::<bool>());
    let standalone = (option::of(image()), option::of(matching("[1-9](\\.[1-9]){0,2}")));
    let standalone = option::of(standalone.prop_map(|(python, agentix)| Standalone { python, agentix }));
    let packages = (vec(apt_package(), 0..4), option::weighted(0.4, vec(apt_package(), 0..3)));
    let image = (about(), run_time(), packages, standalone, fetching);
    (named, texts, choices, image).prop_map(
        |((name, version, (extra, group)), (labels, build_args), choices, image)| {
            let (about, run_time, apt, standalone, (secrets, indexes, certificate)) = image;
            let (apt, build_apt) = apart((apt.0, apt.1.unwrap_or_default()));
            let (
                (dependencies, lock),
                (backend, (uv, (bytecode, ships_source))),
                runtime_image,
                nix,
                in_manifest,
                dialect,
            ) = choices;
            let dependencies = dependencies.map(|list: Vec<&str>| list.into_iter().map(str::to_owned).collect());
            let inputs =
                Inputs { name, version, dependencies, extra, group, lock, backend, uv, bytecode, ..Inputs::default() };
            // Scripts run from their source.
            let ships_source = ships_source.filter(|ships| *ships || backend != Backend::Scripts);
            // The classic dialect does not support secrets.
            let secrets = if dialect == Dialect::BuildKit { secrets } else { BTreeSet::new() };
            let inputs = Inputs { secrets, indexes, certificate, ..inputs };
            Inputs {
                ships_source,
                runtime_image,
                standalone,
                nix,
                labels,
                about,
                run_time,
                apt,
                build_apt,
                build_args,
                in_manifest,
                dialect,
                ..inputs
            }
        },
    )
}

fn apt_package() -> impl Strategy<Value = String> {
    matching("[a-z0-9][a-z0-9+.-]{1,6}[a-z+](:[a-z0-9]{1,5})?(=[0-9][A-Za-z0-9.+~:-]{0,6})?")
}

/// Keeps one version of each package. The second list may have a package of the first one.
fn apart((apt, build_apt): (Vec<String>, Vec<String>)) -> (Vec<String>, Vec<String>) {
    let apt = one_version_each(apt);
    let name = |package: &str| package.split('=').next().unwrap_or_default().to_owned();
    let mut build_apt = one_version_each(build_apt);
    build_apt.retain(|package| !apt.iter().any(|other| name(other) == name(package)));
    build_apt.extend(apt.first().cloned());
    (apt, build_apt)
}

/// Keeps one version of each package, because two versions of one package are refused.
fn one_version_each(mut packages: Vec<String>) -> Vec<String> {
    let name = |package: &str| package.split('=').next().unwrap_or_default().to_owned();
    packages.sort_by_key(|package| name(package));
    packages.dedup_by_key(|package| name(package));
    packages.reverse();
    packages
}

fn substituter() -> impl Strategy<Value = String> {
    matching("(https|s3)://[a-z]{1,5}(\\.example)?/[!#%&()*,./:;<=>?@\\[\\]^{|}~a-z-]{0,9}")
}

fn nixpkgs() -> impl Strategy<Value = String> {
    matching(
        "channel:[A-Za-z0-9._-]{1,5}|https://[a-z]{1,5}(\\.example)?/[!%&()*,./:;<=>?@\\[\\]^{|}~a-z-]{0,9}(#sha256-[A-Za-z0-9+/]{43}=)?",
    )
}

fn public_key() -> impl Strategy<Value = String> {
    matching("[a-z.-]{1,5}:[A-Za-z0-9+/]{43}=")
}

/// Generates a line of text from parts that are special in a Dockerfile, a shell, a template or a terminal.
pub(crate) fn free_text() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "\"",
        "'",
        "`",
        "\\",
        "\\\\",
        "\\n",
        "$",
        "${PATH}",
        "$PATH",
        "$(id)",
        "#",
        "# escape=`",
        " ",
        "  ",
        "=",
        "a=b",
        "<<EOF",
        "EOF",
        "RUN id",
        "--from=x",
        "[\"a\"]",
        "{{ 7 }}",
        "{% endif %}",
        "{#",
        ";",
        "&&",
        "|",
        "a",
        "Z",
        "0",
        "é",
        "日本",
        "🦀",
        "\u{a0}",
        "\u{feff}",
        "\u{2028}",
        "\u{202e}",
        "\u{200b}",
        "*",
        "?",
        "~",
        "!",
        "%",
    ];
    vec(select(PARTS), 0..8).prop_map(|parts| parts.concat())
}

/// Generates texts that a regular expression matches as a whole.
pub(crate) fn matching(regex: &str) -> impl Strategy<Value = String> + use<> {
    // A `&str` is a strategy too, but it parses the expression again for each value.
    string_regex(regex).unwrap()
}

/// Generates dependencies, some of them with texts that are special in a requirements file.
pub(crate) fn requirement() -> impl Strategy<Value = String> {
    const TRAPS: &[&str] =
        &["", "\\", " #", " # a", "${HOME}", " --pre", " --hash=a:b", " -r x", "\u{2028}--pre", "#a", "-a"];
    prop_oneof![
        matching(" ?[a-z]{1,5}(\\[[a-z]{1,3}\\])?(>=[0-9])? ?"),
        (free_text(), select(TRAPS)).prop_map(|(text, trap)| format!("x @ https://example.org/{text}{trap}")),
        select(TRAPS).prop_map(|trap| format!("x @ https://example.org/{trap} ; python_version > '3'")),
        (free_text(), select(TRAPS)).prop_map(|(text, trap)| format!("x; os_name != '{text}{trap}'")),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let word = matching("[A-Za-z0-9]([A-Za-z0-9._-]{0,12}[A-Za-z0-9])?");
    prop_oneof![8 => word, 1 => Just("syntax".into()), 1 => Just("agentix-escape".into())]
}

/// Generates versions in the normal form of PEP 440, in which they are displayed.
fn version() -> impl Strategy<Value = Version> {
    const ASKING: &[(&str, &str)] = &[
        ("setuptools_scm[toml]>=8", "SETUPTOOLS_SCM_PRETEND_VERSION"),
        ("hatch-vcs", "SETUPTOOLS_SCM_PRETEND_VERSION"),
        ("pbr", "PBR_VERSION"),
        ("pdm-backend", "PDM_BUILD_SCM_VERSION"),
    ];
    let text = r"([1-9]!)?[1-9][0-9]{0,3}(\.[1-9]){0,3}((a|b|rc)[0-9])?(\.post[0-9])?(\.dev[0-9])?(\+[a-z]{1,5}(\.[a-z]{1,5})?)?";
    (matching(text), option::weighted(0.3, select(ASKING))).prop_map(|(version, asking)| match asking {
        None => Version::Written(version),
        Some((requires, variable)) => Version::FromRepository { requires, variable, given: version },
    })
}

pub(crate) fn image() -> impl Strategy<Value = String> {
    const DOMAINS: &[&str] =
        &["", "docker.io/", "localhost:5000/", "[::1]:5000/", "GHCR.example/", "a-b.c:1/", "10.0.0.1/"];
    let path = "[a-z0-9]{1,8}(/[a-z0-9]{1,4}((\\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}){0,2}";
    let tag = option::of(matching("[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}"));
    let digest = option::weighted(0.2, matching("sha256:[0-9a-f]{64}"));
    (select(DOMAINS), matching(path), tag, digest).prop_map(|(domain, path, tag, digest)| {
        let suffix = |start: &str, text: Option<String>| text.map(|text| format!("{start}{text}")).unwrap_or_default();
        format!("{domain}{path}{}{}", suffix(":", tag), suffix("@", digest))
    })
}

fn nix_path() -> impl Strategy<Value = String> {
    let file = free_text().prop_map(|text| text.replace('/', "") + ".nix");
    (select(&["", "./", "nix/", "./a b/"][..]), file).prop_map(|(folder, file)| format!("{folder}{file}"))
}

fn label_key() -> impl Strategy<Value = String> {
    matching("[A-Za-z0-9][A-Za-z0-9._/-]{0,12}")
}

pub(crate) fn argument() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &["HTTPS_PROXY", "no_proxy", "PIP_INDEX_URL", "PIP_CACHE_DIR", "PATH", "NIX_EXPRESSION"];
    prop_oneof![3 => matching("[A-Za-z_][A-Za-z0-9_]{0,8}"), 1 => select(KNOWN).prop_map(str::to_owned)]
}

fn secret_id() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &["netrc", "pip-conf", "UV_INDEX_A_USERNAME"];
    prop_oneof![3 => matching("[A-Za-z0-9][A-Za-z0-9._-]{0,12}"), 1 => select(KNOWN).prop_map(str::to_owned)]
}

fn index_name() -> impl Strategy<Value = String> {
    matching("[Aa]|[A-Za-z0-9._-]{1,12}")
}
