//! A build that fails: whose exit code comes back, and what is said about it.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{Project, SAMPLE};

on_every_builder!(a_backend_that_fails, requirements_that_conflict, a_runtime_image_that_is_missing,);
on_docker_and_podman!(a_requirement_that_does_not_exist);

fn failed_build(builder: Builder, project: &Project, arguments: &[&str]) -> Outcome {
    let image = Image::unbuilt(builder);
    let outcome = Outcome::of(builder.build(project.path(), &image.name).args(arguments));
    assert_ne!(outcome.code, 0, "{outcome}");
    assert_eq!(outcome.stdout, "");
    assert!(!image.exists());
    outcome
}

// What fails differs from builder to builder: BuildKit runs a step once that two builds have at the same time, and then
// tells only one of them what it prints.

fn with_dependencies(list: &str) -> Project {
    let manifest = SAMPLE.replace("version = \"1.0\"", &format!("version = \"1.0\"\ndependencies = [{list}]"));
    Project::new(&manifest).file("sample/__init__.py", "")
}

/// The words that mean a conflict where the installer says them mean nothing here.
fn a_backend_that_fails(builder: Builder) {
    const WORDS: &str = "a conflict: Cannot install this, ResolutionImpossible, no matching distribution found";
    let words = format!("{WORDS} by {builder:?}");
    let project = Project::with_backend(&format!("raise SystemExit({words:?})"));
    let outcome = failed_build(builder, &project, &[]);
    assert!(outcome.stderr.contains(&words), "{outcome}");
    assert_eq!(outcome.code, 1);
    assert_eq!(outcome.error(), format!("error: {} failed with exit code 1\n", builder.engine()));
}

fn requirements_that_conflict(builder: Builder) {
    let older = format!("rich==12.{}.0", builder as u32);
    let outcome = failed_build(builder, &with_dependencies(&format!("'rich==13.0.0', '{older}'")), &[]);
    let expected = format!(
        "error: {} failed with exit code 1\n  \
           because: ERROR: Cannot install {older} and rich==13.0.0 because these package versions have conflicting \
                    dependencies.\n  \
           help: no versions fit all requirements: pin a compatible pair in [project] dependencies, or split the \
                 conflicting packages into two bundles\n",
        builder.engine()
    );
    assert_eq!(outcome.error(), expected);
}

fn a_requirement_that_does_not_exist(builder: Builder) {
    let wanted = format!("rich==0.0.0.{}", builder as u32);
    let outcome = failed_build(builder, &with_dependencies(&format!("'{wanted}'")), &[]);
    let expected = format!(
        "error: {} failed with exit code 1\n  \
           because: ERROR: No matching distribution found for {wanted}\n  \
           help: check the spelling and the version, and that the package supports the Python of the runtime image\n",
        builder.engine()
    );
    assert_eq!(outcome.error(), expected);
}

fn a_runtime_image_that_is_missing(builder: Builder) {
    let outcome = failed_build(builder, &Project::plain(), &["--runtime-image", "agentix-gen-test/none:1"]);
    let engine = builder.engine();
    let expected = format!(
        "error: {engine} has no image `agentix-gen-test/none:1`, which the bundle starts from\n  \
           help: make it: agentix-gen runtime | {engine} build -t agentix-gen-test/none:1 -\n  \
           help: or name another one: --runtime-image REF; or fetch it: --pull\n"
    );
    assert_eq!((outcome.code, outcome.stderr.as_str()), (1, expected.as_str()));
}
