//! Builds unchanged source distributions from the package index. The image must have the same files as their wheels.

mod judge;
mod source;

use crate::engines::builder::{Builder, not_run, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use judge::{Files, installed};
use source::Source;

/// The requirement for pip, a module to import, the special features of the project, and the installer for the test.
struct Sdist(&'static str, &'static str, &'static str, &'static str);

const SDISTS: &[Sdist] = &[
    Sdist("six==1.17.0", "six", "setup.py, one module", "pip"),
    Sdist("docopt==0.6.2", "docopt", "setup.py of 2014, no pyproject.toml", "uv"),
    Sdist("sortedcontainers==2.4.0", "sortedcontainers", "setup.py, flat", "uv"),
    Sdist("mccabe==0.6.1", "mccabe", "setup_requires, entry points", "pip"),
    Sdist("pluggy==1.7.0", "pluggy", "setuptools-scm, src, uv.lock", "uv"),
    Sdist("jaraco.text==4.3.0", "jaraco.text", "namespace package, data listed only in SOURCES.txt", "pip"),
    Sdist("mbstrdecoder==1.1.5", "mbstrdecoder", "setuptools, dynamic version and dependencies", "uv"),
    Sdist("colorama==0.4.6", "colorama", "hatchling, version in a file", "uv"),
    Sdist("iniconfig==2.0.0", "iniconfig", "hatch-vcs, src", "pip"),
    Sdist("humanize==4.17.0", "humanize", "hatch-vcs that writes a module, translations", "pip"),
    Sdist("tomli==2.5.0", "tomli", "flit, src", "pip"),
    Sdist("flit-core==4.2.0", "flit_core", "a backend that builds itself", "uv"),
    Sdist("findpython==0.9.0", "findpython", "pdm-backend, dependencies, src", "pip"),
    Sdist("tomlkit==0.15.2", "tomlkit", "poetry-core", "uv"),
    Sdist("meson-python==0.18.0", "mesonpy", "meson-python that builds itself, dependencies, requests ninja", "pip"),
    Sdist("nanobind==2.9.2", "nanobind", "scikit-build-core, CMake without a compiler", "uv"),
    Sdist("rich==15.0.0", "rich", "poetry-core, dependencies", "uv"),
];

/// The source distributions that several builders build. The others check nothing more about a builder.
const EVERYWHERE: &[&str] = &["six==1.17.0", "iniconfig==2.0.0", "tomlkit==0.15.2"];

on_docker_and_podman!(members_of_a_uv_workspace_match_their_wheels, a_folder_with_only_requirements_runs);

mod images_match_the_wheels {
    use super::{Builder, EVERYWHERE, SDISTS, Sdist, on, try_all};

    fn subset() -> Vec<&'static Sdist> {
        SDISTS.iter().filter(|sdist| EVERYWHERE.contains(&sdist.0)).collect()
    }

    #[test]
    fn buildx() {
        on(Builder::Buildx, |builder| try_all(builder, &SDISTS.iter().collect::<Vec<_>>()));
    }

    #[test]
    fn legacy() {
        on(Builder::Legacy, |builder| try_all(builder, &subset()));
    }

    #[test]
    fn podman() {
        on(Builder::Podman, |builder| try_all(builder, &subset()));
    }
}

/// Builds all source distributions before it fails, so that one failure does not hide another.
fn try_all(builder: Builder, sdists: &[&Sdist]) {
    let names: Vec<_> = sdists.iter().map(|sdist| sdist.0).collect();
    let Some((sources, wheels)) = fetched(builder, &names) else { return };
    let mut failures = Vec::new();
    for ((Sdist(name, module, features, installer), source), wheel) in sdists.iter().zip(&sources).zip(&wheels) {
        let project = Project::empty();
        source.unpack(project.path());
        let image = Image::unbuilt(builder);
        let mut build = builder.build(project.path(), &image.name);
        let outcome = Outcome::of(build.args(["--installer", installer]));
        if outcome.code != 0 {
            failures.push(format!("{name} ({features}) with {installer}: {outcome}"));
            continue;
        }
        image.python(&format!("import {module}"));
        let difference = judge::difference(wheel, &installed(&image, source.distribution()));
        if !difference.is_empty() {
            failures.push(format!("{name} ({features}) with {installer}: {difference}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Returns the archives and the files of their wheels, or `None` if there is no network.
fn fetched(builder: Builder, names: &[&'static str]) -> Option<(Vec<Source>, Vec<Files>)> {
    let _lock = source::alone();
    match Source::fetch(names) {
        Ok(sources) => {
            let wheels = judge::wheels_of(builder, &sources);
            Some((sources, wheels))
        }
        Err(why) => {
            not_run(&why);
            None
        }
    }
}

fn members_of_a_uv_workspace_match_their_wheels(builder: Builder) {
    let names = ["iniconfig==2.0.0", "colorama==0.4.6"];
    let Some((sources, wheels)) = fetched(builder, &names) else { return };
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
        assert_eq!(judge::difference(wheel, &installed(&image, source.distribution())), "", "{}", source.name());
    }
}

/// The folder is not a package. Its requirements are installed, and its modules are imported from the folder.
fn a_folder_with_only_requirements_runs(builder: Builder) {
    let Some((_, wheels)) = fetched(builder, &["six==1.17.0"]) else { return };
    let project = Project::empty().file("requirements.txt", "six==1.17.0\n").file("job.py", "import six\n");
    let image = Image::of(builder, project.path());
    assert_eq!(image.python("import job; print(job.six.__version__)"), "1.17.0\n");
    let module = |files: &Files| files["six.py"].clone();
    assert_eq!(module(&installed(&image, "six")), module(&wheels[0]));
}
