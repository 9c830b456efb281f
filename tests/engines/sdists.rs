//! Builds unchanged source distributions from the package index. The image must have the same files as their wheels.

mod corpus;
mod judge;
mod source;

use std::time::Instant;

use crate::engines::builder::{Builder, RUNTIME_IMAGE, not_run, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::engines::turn::{USUAL, on_its_turn};
use corpus::{Needs, Sdist};
use judge::{Files, installed};
use source::Source;

/// The source distributions that several builders build. The others check nothing more about a builder.
const EVERYWHERE: &[&str] = &["six", "iniconfig", "tomlkit"];

/// The runtime image with a compiler for C and C++, and Python's headers.
const COMPILER_IMAGE: &str = "agentix/runtime-with-compiler:1";

on_docker_and_podman!(members_of_a_uv_workspace_match_their_wheels, a_folder_with_only_requirements_runs);

mod images_match_the_wheels {
    use super::{Builder, EVERYWHERE, Sdist, USUAL, corpus, on, on_its_turn, try_all};

    const OTHERS: &[Builder] = &[Builder::Legacy, Builder::Podman];

    fn subset() -> Vec<Sdist> {
        EVERYWHERE.iter().map(|name| corpus::named(name)).collect()
    }

    /// `AGENTIX_CORPUS=all cargo test --test engines images_match_the_wheels::buildx -- --nocapture` builds all.
    #[test]
    fn buildx() {
        on(Builder::Buildx, |builder| try_all(builder, &corpus::selected()));
    }

    #[test]
    fn legacy() {
        on_its_turn(Builder::Legacy, OTHERS, USUAL, "a subset", |builder| try_all(builder, &subset()));
    }

    #[test]
    fn podman() {
        on_its_turn(Builder::Podman, OTHERS, USUAL, "a subset", |builder| try_all(builder, &subset()));
    }
}

/// Builds all source distributions before it fails, so that one failure does not hide another. Prints a line for each.
fn try_all(builder: Builder, sdists: &[Sdist]) {
    let mut failures = Vec::new();
    for (needs, runtime_image) in [(Needs::Nothing, RUNTIME_IMAGE), (Needs::Compiler, COMPILER_IMAGE)] {
        let sdists: Vec<_> = sdists.iter().filter(|sdist| sdist.needs == needs).collect();
        if sdists.is_empty() {
            continue;
        }
        if needs == Needs::Compiler {
            make_compiler_image(builder);
        }
        let requirements: Vec<_> = sdists.iter().map(|sdist| sdist.requirement).collect();
        let Some((sources, wheels)) = fetched(builder, runtime_image, &requirements) else { return };
        for ((sdist, source), wheel) in sdists.iter().zip(&sources).zip(&wheels) {
            let begin = Instant::now();
            let difference = difference_in_image(builder, runtime_image, sdist, source, wheel);
            let Sdist { requirement, installer, features, .. } = sdist;
            let line = format!("{requirement} ({features}) with {installer}, {} files", wheel.len());
            let result = if difference.is_empty() { "equal" } else { &difference };
            eprintln!("{line}: {result} ({:.1} s)", begin.elapsed().as_secs_f32());
            if !difference.is_empty() {
                failures.push(format!("{line}: {difference}"));
            }
        }
    }
    for sdist in sdists.iter().filter(|sdist| sdist.needs == Needs::Rust) {
        eprintln!("{} ({}): skipped, the images have no Rust compiler", sdist.requirement, sdist.features);
    }
    assert!(failures.is_empty(), "{} of {} failed\n{}", failures.len(), sdists.len(), failures.join("\n\n"));
}

/// Builds an image from a source distribution and imports its module. Returns what differs from its wheel.
fn difference_in_image(builder: Builder, runtime_image: &str, sdist: &Sdist, source: &Source, wheel: &Files) -> String {
    let project = Project::empty();
    source.unpack(project.path());
    let image = Image::unbuilt(builder);
    let mut build = builder.build(project.path(), &image.name);
    let outcome = Outcome::of(build.args(["--installer", sdist.installer, "--runtime-image", runtime_image]));
    if outcome.code != 0 {
        return outcome.to_string();
    }
    let import = format!("import {}", sdist.module);
    let imported = Outcome::of(&mut image.runs(&["/nix/runtime/bin/python", "-c", &import]));
    if imported.code != 0 {
        return imported.to_string();
    }
    judge::difference(wheel, &installed(&image, source.distribution()))
}

/// Makes the runtime image with a compiler, if the engine does not have it.
fn make_compiler_image(builder: Builder) {
    let dockerfile = format!(
        "FROM {RUNTIME_IMAGE}\nUSER 0\nRUN apt-get update && apt-get install --yes --no-install-recommends g++ libc6-dev python3-dev\n"
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let mut build = builder.command(builder.runner());
    build.args(["build", "--network=host", "--tag", COMPILER_IMAGE]).arg(folder.path());
    Outcome::of_success(&mut build);
}

/// Returns the archives and the files of their wheels, or `None` if there is no network.
fn fetched(builder: Builder, runtime_image: &str, requirements: &[&'static str]) -> Option<(Vec<Source>, Vec<Files>)> {
    let _lock = source::alone();
    match Source::fetch(requirements) {
        Ok(sources) => {
            let wheels = judge::wheels_of(builder, runtime_image, &sources);
            Some((sources, wheels))
        }
        Err(why) => {
            not_run(&why);
            None
        }
    }
}

fn members_of_a_uv_workspace_match_their_wheels(builder: Builder) {
    let names = ["iniconfig==2.3.1", "colorama==0.4.6"];
    let Some((sources, wheels)) = fetched(builder, RUNTIME_IMAGE, &names) else { return };
    let root = Project::new(
        r#"
[project]
name = "whole"
version = "1.0"
dependencies = ["iniconfig", "colorama"]

[tool.uv]
package = false

[tool.uv.sources]
iniconfig = { workspace = true }
colorama = { workspace = true }

[tool.uv.workspace]
members = ["packages/*"]
"#,
    );
    for source in &sources {
        source.unpack(&root.path().join("packages").join(source.distribution()));
    }
    let image = Image::of(builder, root.path());
    for (source, wheel) in sources.iter().zip(&wheels) {
        assert_eq!(judge::difference(wheel, &installed(&image, source.distribution())), "", "{}", source.requirement());
    }
}

/// The folder is not a package. Its requirements are installed, and its modules are imported from the folder.
fn a_folder_with_only_requirements_runs(builder: Builder) {
    let Some((_, wheels)) = fetched(builder, RUNTIME_IMAGE, &["six==1.17.0"]) else { return };
    let project = Project::empty().file("requirements.txt", "six==1.17.0\n").file("job.py", "import six\n");
    let image = Image::of(builder, project.path());
    assert_eq!(image.python("import job; print(job.six.__version__)"), "1.17.0\n");
    let module = |files: &Files| files["six.py"].clone();
    assert_eq!(module(&installed(&image, "six")), module(&wheels[0]));
}
