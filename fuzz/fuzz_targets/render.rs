//! The laws of a Dockerfile, for any bundle:
//!
//! 1. Each logical line is a comment or one of the instructions that we write.
//! 2. What varies with the values of a project are the heading and the arguments of `FROM`, `ARG`, `ENV` and `LABEL`; read
//!    back from there, they are the values of the bundle, all of them and nothing else.
//! 3. All other lines are from a finite set that no value has a part in. So nothing of a project can become an
//!    instruction or a part of a shell command.

#![no_main]

mod dockerfile;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use agentix_gen::{Bundle, Config, Dialect, ImageRef, Listing, Project, dockerfile as ours};
use dockerfile::{instruction, logical_lines, pair};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// What a bundle is made of. A text that is none of its type is left out.
#[derive(Debug, Arbitrary)]
struct Parts<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    project_version: Option<&'a str>,
    /// None where the build decides them.
    dependencies: Option<Vec<&'a str>>,
    backend: Backend,
    setup_script: bool,
    nix_files: Vec<&'a str>,
    nix: Option<&'a str>,
    nix_image: Option<&'a str>,
    runtime_image: Option<&'a str>,
    tags: Vec<&'a str>,
    labels: Vec<(&'a str, &'a str)>,
    build_args: Vec<(&'a str, &'a str)>,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Backend {
    None,
    Setuptools,
    SetuptoolsScm,
    Hatchling,
    HatchVcs,
    Flit,
    Poetry,
    Uv,
    Pdm,
    Other,
}

impl Backend {
    const ALL: [Self; 10] = [
        Self::None,
        Self::Setuptools,
        Self::SetuptoolsScm,
        Self::Hatchling,
        Self::HatchVcs,
        Self::Flit,
        Self::Poetry,
        Self::Uv,
        Self::Pdm,
        Self::Other,
    ];
}

fuzz_target!(|parts: Parts| {
    let Some(bundle) = bundle(&parts) else { return };
    for dialect in [Dialect::BuildKit, Dialect::Classic] {
        let text = ours::render(&bundle, dialect).expect("a bundle can be rendered");
        check(&bundle, &text);
    }
});

fn bundle(parts: &Parts) -> Option<Bundle> {
    let manifest = manifest(parts);
    let mut files = vec![("pyproject.toml", manifest.as_str())];
    files.extend(parts.setup_script.then_some(("setup.py", "")));
    files.extend(parts.nix_files.iter().map(|path| (*path, "")));
    let listing = Listing::from_files(files).ok()?;
    Bundle::new(manifest.parse::<Project>().ok()?, listing, config(parts)).ok()
}

fn manifest(parts: &Parts) -> String {
    let mut project = toml::Table::new();
    let mut dynamic = Vec::new();
    project.insert("name".into(), parts.name.unwrap_or("agentix-x").into());
    match parts.version {
        Some(version) => _ = project.insert("version".into(), version.into()),
        None => dynamic.push("version"),
    }
    match &parts.dependencies {
        Some(dependencies) => _ = project.insert("dependencies".into(), dependencies.clone().into()),
        None => dynamic.push("dependencies"),
    }
    project.insert("dynamic".into(), dynamic.into());
    let mut manifest = toml::Table::from_iter([("project".to_owned(), project.into())]);
    let (backend, requires) = match parts.backend {
        Backend::None => return manifest.to_string(),
        Backend::Setuptools => ("setuptools.build_meta", "setuptools"),
        Backend::SetuptoolsScm => ("setuptools.build_meta", "setuptools_scm[toml]>=8"),
        Backend::Hatchling => ("hatchling.build", "hatchling"),
        Backend::HatchVcs => ("hatchling.build", "hatch-vcs"),
        Backend::Flit => ("flit_core.buildapi", "flit_core"),
        Backend::Poetry => ("poetry.core.masonry.api", "poetry-core"),
        Backend::Uv => ("uv_build", "uv_build"),
        Backend::Pdm => ("pdm.backend", "pdm-backend"),
        Backend::Other => ("maturin", "maturin"),
    };
    let mut build_system = toml::Table::new();
    build_system.insert("build-backend".into(), backend.into());
    build_system.insert("requires".into(), vec![requires].into());
    manifest.insert("build-system".into(), build_system.into());
    manifest.to_string()
}

fn config(parts: &Parts) -> Config {
    let mut config = Config::default();
    config.project_version = parts.project_version.and_then(|text| text.parse().ok());
    config.nix = parts.nix.and_then(|text| text.parse().ok());
    config.nix_image = parts.nix_image.and_then(|text| text.parse().ok());
    config.runtime_image = parts.runtime_image.and_then(|text| text.parse().ok());
    config.tag = parts.tags.iter().filter_map(|text| text.parse().ok()).collect();
    let labels = parts.labels.iter();
    config.label = labels.filter_map(|(key, value)| Some((key.parse().ok()?, value.parse().ok()?))).collect();
    let arguments = parts.build_args.iter();
    config.build_arg = arguments.filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect();
    config
}

/// What varies, as it is read back or as it is meant.
#[derive(Debug, Default, PartialEq)]
struct Values {
    heading: String,
    stages: Vec<(ImageRef, Option<String>)>,
    arguments: BTreeSet<String>,
    environment: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
}

fn check(bundle: &Bundle, text: &str) {
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    let lines = logical_lines(text);
    let values = read_back(&lines, &FIXED);
    assert_eq!(values, meant(bundle), "{text}");
}

fn read_back(lines: &[String], fixed: &BTreeSet<String>) -> Values {
    let (heading, lines) = lines.split_first().expect("a heading");
    let mut values = Values { heading: heading.clone(), ..Values::default() };
    for line in lines.iter().filter(|line| !fixed.contains(*line)) {
        match instruction(line) {
            Some(("FROM", stage)) => {
                let (image, name) = match stage.split_once(" AS ") {
                    Some((image, name)) => (image, Some(name.to_owned())),
                    None => (stage, None),
                };
                values.stages.push((image.parse().expect("an image"), name));
            }
            Some(("ARG", name)) => _ = values.arguments.insert(name.to_owned()),
            Some(("ENV", variable)) => values.environment.extend([pair(variable)]),
            Some(("LABEL", label)) => values.labels.extend([pair(label)]),
            _ => panic!("a line that nobody meant: {line}"),
        }
    }
    values
}

fn meant(bundle: &Bundle) -> Values {
    let project = bundle.project().name().to_string() + &bundle.version().map_or(String::new(), |v| format!(" {v}"));
    let mut stages =
        vec![(explicit(bundle.runtime_image()), Some("wheel".into())), (explicit(bundle.runtime_image()), None)];
    let mut environment = BTreeMap::new();
    if let Some(nix) = bundle.nix() {
        stages.insert(0, (explicit(&nix.image), Some("nix".into())));
        environment.insert("NIX_EXPRESSION".into(), nix.file.normal().into_string());
    }
    if let Some(variable) = bundle.version_variable() {
        environment.insert(variable.name.to_string(), variable.version.to_string());
    }
    let arguments = bundle.build_args().keys().filter(|name| !name.is_predefined());
    let labels = bundle.labels().iter().map(|(key, value)| (key.to_string(), value.to_string()));
    Values {
        heading: format!("# {project}, on {}.", explicit(bundle.runtime_image())),
        stages,
        arguments: arguments.map(ToString::to_string).collect(),
        environment,
        labels: labels.collect(),
    }
}

/// An image with its tag written out, as `FROM` names it.
fn explicit(image: &ImageRef) -> ImageRef {
    let written = image.tag().is_some() || image.digest().is_some();
    if written { image.clone() } else { format!("{image}:latest").parse().expect("an image") }
}

/// The lines that are the same for all projects: those of bundles whose values are known, in all their shapes, but the
/// headings and the instructions that carry values.
static FIXED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut fixed = BTreeSet::new();
    for backend in Backend::ALL {
        for dependencies in [None, Some(vec![]), Some(vec!["rich"])] {
            for nix_files in [vec![], vec!["default.nix"]] {
                let parts = Parts { backend, dependencies: dependencies.clone(), nix_files, ..tame() };
                let bundle = bundle(&parts).expect("a tame bundle");
                for dialect in [Dialect::BuildKit, Dialect::Classic] {
                    let text = ours::render(&bundle, dialect).expect("a bundle can be rendered");
                    fixed.extend(logical_lines(&text).into_iter().skip(1).filter(|line| !carries_value(line)));
                }
            }
        }
    }
    fixed
});

fn carries_value(line: &str) -> bool {
    match instruction(line) {
        Some(("FROM" | "LABEL", _)) => true,
        Some(("ENV", variable)) => variable.starts_with("NIX_EXPRESSION="),
        Some(("ARG", _) | ("RUN" | "COPY" | "WORKDIR", _)) | None => false,
        Some(_) => panic!("an unknown instruction: {line}"),
    }
}

fn tame() -> Parts<'static> {
    Parts {
        name: None,
        version: Some("1.0"),
        project_version: None,
        dependencies: None,
        backend: Backend::None,
        setup_script: false,
        nix_files: vec![],
        nix: None,
        nix_image: None,
        runtime_image: None,
        tags: vec![],
        labels: vec![],
        build_args: vec![],
    }
}
