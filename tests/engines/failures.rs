//! A build that fails: whose exit code comes back, and what is said about it.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{Project, SAMPLE};

on_every_builder!(
    a_backend_that_fails,
    requirements_that_conflict,
    a_runtime_image_that_is_missing,
    a_registry_that_is_not_there,
);
on_docker_and_podman!(
    a_requirement_that_does_not_exist,
    versions_that_uv_does_not_find,
    a_python_that_the_project_does_not_run_on,
    a_compiler_that_is_missing,
    a_network_that_leads_nowhere,
);

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

/// The line after `because:` and the one after `help:`, of a build that failed.
fn reason(outcome: &Outcome) -> (String, String) {
    let error = outcome.error();
    let after = |word: &str| error.split_once(word).map(|(_, rest)| rest.lines().next().unwrap_or("").to_owned());
    (after("  because: ").unwrap_or_default(), after("  help: ").unwrap_or_default())
}

fn versions_that_uv_does_not_find(builder: Builder) {
    let wanted = format!("rich==0.0.0.{}", builder as u32);
    let outcome = failed_build(builder, &with_dependencies(&format!("'{wanted}'")), &["--installer", "uv"]);
    let (because, help) = reason(&outcome);
    assert!(because.contains(&format!("there is no version of {wanted}")), "{outcome}");
    assert!(help.starts_with("check the spelling and the version"), "{outcome}");
}

fn a_python_that_the_project_does_not_run_on(builder: Builder) {
    let manifest = SAMPLE.replace("version = \"1.0\"", "version = \"1.0\"\nrequires-python = \">=3.99\"");
    let outcome = failed_build(builder, &Project::new(&manifest).file("sample/__init__.py", ""), &[]);
    let (because, help) = reason(&outcome);
    assert!(because.contains("requires a different Python: 3."), "{outcome}");
    assert!(help.contains("agentix-gen runtime PATH"), "{outcome}");
}

fn a_compiler_that_is_missing(builder: Builder) {
    let setup = "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('native', ['native.c'])])\n";
    let manifest = "[project]\nname = 'sample'\nversion = '1'\n[build-system]\nrequires = ['setuptools']\n\
                    build-backend = 'setuptools.build_meta'\n";
    let project = Project::new(manifest).file("setup.py", setup).file("native.c", "int native;\n");
    let (because, help) = reason(&failed_build(builder, &project, &[]));
    assert!(because.ends_with("gcc'") || because.ends_with("failed: No such file or directory"), "{because}");
    assert!(help.contains("apt = ["), "{help}");
}

fn a_network_that_leads_nowhere(builder: Builder) {
    let project = with_dependencies(&format!("'rich>=1.{}'", builder as u32));
    let outcome = failed_build(builder, &project, &["--network", "none", "--no-cache"]);
    let (because, help) = reason(&outcome);
    assert!(because.starts_with("WARNING: Retrying (Retry(total=0, "), "{outcome}");
    assert!(help.contains("--network"), "{outcome}");
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

/// Nobody listens on this port, and every engine says so in another and longer way.
fn a_registry_that_is_not_there(builder: Builder) {
    let outcome = failed_build(builder, &Project::plain(), &["--runtime-image", "localhost:9/none:1", "--pull"]);
    let (because, help) = reason(&outcome);
    let expected = match builder {
        // It names no image.
        Builder::Legacy => "Get \"http://localhost:9/v2/\": dial tcp 127.0.0.1:9: connect: connection refused",
        _ => "image `localhost:9/none:1` cannot be fetched: connection refused",
    };
    assert_eq!(because, expected, "{outcome}");
    assert!(help.starts_with("pull or build the image first"), "{help}");
}
