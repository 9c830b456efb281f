//! What an image holds of a project: what its wheel installs, in the version that the project asks for.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::project::{IN_TREE, Project, SHIPS_SOURCE, WHEEL_BACKEND};

on_every_builder!(
    a_changed_requirement_is_installed,
    another_version_of_the_project_is_replaced,
    nobody_else_can_write_to_a_file,
    the_source_ships_only_if_it_is_asked_for,
);

fn requiring(version: &str) -> String {
    IN_TREE.replace("version = \"1.0\"", &format!("version = \"1.0\"\ndependencies = [\"iniconfig=={version}\"]"))
}

/// Podman and buildah do not look at a mounted file when they look for a step in their cache.
fn a_changed_requirement_is_installed(builder: Builder) {
    for installer in ["pip", "uv"] {
        let project = Project::plain();
        for version in ["2.0.0", "2.1.0", "2.0.0"] {
            project.write("pyproject.toml", requiring(version));
            let image = Image::with(builder, project.path(), &["--installer", installer]);
            let program = "from importlib.metadata import version as v; print(v('iniconfig'), v('sample'))";
            assert_eq!(image.python(program), format!("{version} 1.0\n"), "{installer}");
        }
    }
}

/// The base image has an older version with a module that the new one does not have.
fn another_version_of_the_project_is_replaced(builder: Builder) {
    let older = WHEEL_BACKEND.replace("\"sample.py\"", "\"gone.py\"").replace("1.0", "0.9");
    let manifest = IN_TREE.replace("1.0", "0.9");
    let base = Image::of(builder, Project::new(&manifest).file("backend.py", older).path());
    assert_eq!(base.python("import gone; print(gone.told)"), "None\n");
    for installer in ["pip", "uv"] {
        let arguments = ["--runtime-image", &base.name, "--installer", installer];
        let image = Image::with(builder, Project::plain().path(), &arguments);
        let program = "import importlib.util as i, importlib.metadata as m, sample; \
                       print(i.find_spec('gone'), [d.version for d in m.distributions() if d.name == 'sample'])";
        assert_eq!(image.python(program), "None ['1.0']\n", "{installer}");
    }
}

/// uv locks an environment with a file that everybody can write to.
fn nobody_else_can_write_to_a_file(builder: Builder) {
    let project = Project::plain().file("pyproject.toml", requiring("2.0.0"));
    let image = Image::with(builder, project.path(), &["--installer", "uv"]);
    let open = "import os, stat; files = [os.path.join(f, n) for f, _, names in os.walk('/nix/runtime') for n in names]; \
                print([f for f in files if not os.path.islink(f) and os.stat(f).st_mode & stat.S_IWOTH])";
    assert_eq!(image.python(open), "[]\n");
}

fn the_source_ships_only_if_it_is_asked_for(builder: Builder) {
    let listed = "import os; print(sorted(os.path.join(f, n) for f, _, names in os.walk('/src') for n in names))";
    let with_test = |project: Project| project.file("tests/test_sample.py", "");
    let image = Image::of(builder, with_test(Project::plain()).path());
    assert_eq!(image.python(listed), "[]\n");
    let image = Image::of(builder, with_test(Project::with_source()).path());
    assert!(image.python(listed).contains("'/src/project/tests/test_sample.py'"), "{SHIPS_SOURCE}");
}
