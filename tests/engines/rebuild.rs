//! Checks which layers a change rebuilds.

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{Project, SAMPLE};

on_every_builder!(
    an_edit_keeps_the_installed_dependencies,
    a_removed_image_is_rebuilt,
    a_version_from_the_command_line_reaches_the_build,
);

fn with_dependency(manifest: &str) -> String {
    manifest.replace("version = \"1.0\"", "version = \"1.0\"\ndependencies = [\"iniconfig>=2\"]")
}

fn an_edit_keeps_the_installed_dependencies(builder: Builder) {
    let manifest = with_dependency(SAMPLE);
    let project = Project::new(&manifest).file("sample/__init__.py", "value = 1\n");
    let first = Image::of(builder, project.path());
    // The legacy builder copies the list in a layer of its own.
    let of_dependencies = if builder == Builder::Legacy { 2 } else { 1 };
    let unchanged = layers_of(builder, RUNTIME_IMAGE) + of_dependencies;
    let mut built = vec![first];
    let described = manifest.replace("version = \"1.0\"", "version = \"1.1\"\ndescription = \"A sample\"")
        + "[tool.ruff]\nline-length = 100\n";
    for (path, text, prints) in
        [("sample/__init__.py", "value = 2\n".to_owned(), "2 1.0\n"), ("pyproject.toml", described, "2 1.1\n")]
    {
        project.write(path, text);
        let image = Image::unbuilt(builder);
        let outcome = Outcome::of_success(&mut builder.build(project.path(), &image.name));
        assert!(!outcome.stderr.contains("Collecting "), "{path}: {outcome}");
        let (before, after) = (built.last().unwrap().layers(), image.layers());
        assert_ne!(before, after, "{path}");
        assert_eq!(before[..unchanged], after[..unchanged], "{path}");
        let program = "import sample; from importlib.metadata import version; print(sample.value, version('sample'))";
        assert_eq!(image.python(program), prints);
        built.push(image);
    }
}

fn layers_of(builder: Builder, image: &str) -> usize {
    let mut inspection = builder.command(builder.runner());
    inspection.args(["image", "inspect", "--format", "{{len .RootFS.Layers}}", image]);
    Outcome::of_success(&mut inspection).stdout.trim().parse().unwrap()
}

/// After the removal, the cache has all steps except the last ones.
fn a_removed_image_is_rebuilt(builder: Builder) {
    let project = Project::plain();
    drop(Image::of(builder, project.path()));
    let image = Image::of(builder, project.path());
    assert_eq!(image.python("import sample; print(sample.told)"), "None\n");
}

/// The context has the same files in both builds.
fn a_version_from_the_command_line_reaches_the_build(builder: Builder) {
    let project = Project::new(
        r#"
[project]
name = "sample"
dynamic = ["version"]

[build-system]
requires = ["setuptools>=70.1", "setuptools-scm>=8"]
build-backend = "setuptools.build_meta"

[tool.setuptools_scm]
"#,
    );
    let project = project.file("sample/__init__.py", "");
    for version in ["1.2.3", "1.2.4"] {
        let image = Image::with(builder, project.path(), &["--project-version", version]);
        let program = "from importlib.metadata import version; print(version('sample'))";
        assert_eq!(image.python(program).trim(), version);
    }
}
