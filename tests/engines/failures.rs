//! Failed builds: the exit code and the error message.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{Project, SAMPLE};

on_every_builder!(
    a_failing_backend,
    conflicting_requirements,
    a_missing_runtime_image,
    an_unreachable_registry,
    a_network_that_does_not_exist,
    a_missing_entry_point,
    a_file_that_is_no_ssh_key,
    a_dockerfile_that_is_no_dockerfile,
    an_option_that_does_not_exist,
);
on_docker_and_podman!(
    a_framework_without_its_server,
    a_nonexistent_requirement,
    a_version_that_uv_does_not_find,
    an_unsupported_python_version,
    an_unreachable_network,
    several_packages_beside_each_other,
    a_backend_that_finds_no_module,
    a_requirement_on_a_folder_of_another_machine,
    a_dependency_that_breaks_the_server,
);
on_docker_and_podman!(slow: a_missing_compiler);

fn failed_build(builder: Builder, project: &Project, arguments: &[&str]) -> Outcome {
    let image = Image::unbuilt(builder);
    let outcome = Outcome::of(builder.build(project.path(), &image.name).args(arguments));
    assert_ne!(outcome.code, 0, "{outcome}");
    assert_eq!(outcome.stdout, "");
    assert!(!image.exists());
    outcome
}

// Each builder gets a different failing step. If two builds run the same step at the same time, BuildKit runs it once
// and sends its output to only one of them.

fn with_dependencies(list: &str) -> Project {
    let manifest = SAMPLE.replace("version = \"1.0\"", &format!("version = \"1.0\"\ndependencies = [{list}]"));
    Project::new(&manifest).file("sample/__init__.py", "")
}

/// The words mean a conflict only in the output of the installer, not in the output of a backend.
fn a_failing_backend(builder: Builder) {
    const WORDS: &str = "a conflict: Cannot install this, ResolutionImpossible, no matching distribution found";
    let words = format!("{WORDS} by {builder:?}");
    let project = Project::with_backend(&format!("raise SystemExit({words:?})"));
    let outcome = failed_build(builder, &project, &[]);
    assert!(outcome.stderr.contains(&words), "{outcome}");
    assert_eq!(outcome.code, 1);
    let expected = format!(
        "error: {} failed with exit code 1\n  \
           because: a step of the Dockerfile ended with exit code 1\n  \
           help: the output of that step, above, says why\n",
        builder.engine()
    );
    assert_eq!(outcome.error(), expected);
}

fn conflicting_requirements(builder: Builder) {
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

fn a_nonexistent_requirement(builder: Builder) {
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

/// Returns the text after `because:` and the text after `help:` in the error message of a failed build.
fn reason(outcome: &Outcome) -> (String, String) {
    let error = outcome.error();
    let after = |word: &str| error.split_once(word).map(|(_, rest)| rest.lines().next().unwrap_or("").to_owned());
    (after("  because: ").unwrap_or_default(), after("  help: ").unwrap_or_default())
}

fn a_version_that_uv_does_not_find(builder: Builder) {
    let wanted = format!("rich==0.0.0.{}", builder as u32);
    let outcome = failed_build(builder, &with_dependencies(&format!("'{wanted}'")), &["--installer", "uv"]);
    let (because, help) = reason(&outcome);
    assert!(because.contains(&format!("there is no version of {wanted}")), "{outcome}");
    assert!(help.starts_with("check the spelling and the version"), "{outcome}");
}

/// The label of the runtime image, or the release that it has, is known before the build.
fn an_unsupported_python_version(builder: Builder) {
    let manifest = SAMPLE.replace("version = \"1.0\"", "version = \"1.0\"\nrequires-python = \">=3.99\"");
    let outcome = failed_build(builder, &Project::new(&manifest).file("sample/__init__.py", ""), &[]);
    let error = outcome.error();
    assert!(error.contains("which requires-python of `sample` (`>=3.99`) excludes"), "{outcome}");
    assert!(error.contains("agentix-gen runtime PATH"), "{outcome}");
    assert!(!outcome.stderr.contains("building "), "nothing is built: {outcome}");
}

fn several_packages_beside_each_other(builder: Builder) {
    let manifest = "[project]\nname = 'sample'\nversion = '1'\n";
    let other = format!("other_{}/__init__.py", builder as u32);
    let project = Project::new(manifest).file("sample/__init__.py", "").file(&other, "");
    let (because, help) = reason(&failed_build(builder, &project, &[]));
    assert!(because.starts_with("error: Multiple top-level packages discovered in a flat-layout: ["), "{because}");
    assert!(help.contains("[tool.setuptools]"), "{help}");
}

fn a_missing_compiler(builder: Builder) {
    let setup = "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('native', ['native.c'])])\n";
    let manifest = "[project]\nname = 'sample'\nversion = '1'\n[build-system]\nrequires = ['setuptools']\n\
                    build-backend = 'setuptools.build_meta'\n";
    let project = Project::new(manifest).file("setup.py", setup).file("native.c", "int native;\n");
    let (because, help) = reason(&failed_build(builder, &project, &[]));
    assert!(because.ends_with("gcc'") || because.ends_with("failed: No such file or directory"), "{because}");
    assert!(help.contains("build-apt = ["), "{help}");
}

fn an_unreachable_network(builder: Builder) {
    let project = with_dependencies(&format!("'rich>=1.{}'", builder as u32));
    let outcome = failed_build(builder, &project, &["--network", "none", "--no-cache"]);
    let (because, help) = reason(&outcome);
    assert!(because.starts_with("WARNING: Retrying (Retry(total=0, "), "{outcome}");
    assert!(help.contains("`network` in [tool.agentix]"), "{outcome}");
}

/// A template may make a Dockerfile that no builder reads.
fn a_dockerfile_that_is_no_dockerfile(builder: Builder) {
    let template = "{% extends \"bundle.dockerfile\" %}\n{% block end %}\nCOPYY a b\n{% endblock %}\n";
    let project = Project::plain().file("own.dockerfile", template);
    let template = project.path().join("own.dockerfile");
    let outcome = failed_build(builder, &project, &["--template", template.to_str().unwrap()]);
    let (because, help) = reason(&outcome);
    assert!(because.to_lowercase().contains("unknown instruction: ") && because.contains("COPYY"), "{outcome}");
    assert!(!because.contains("imagebuilder") && help.starts_with("correct the blocks of your template"), "{outcome}");
}

fn an_option_that_does_not_exist(builder: Builder) {
    let outcome = failed_build(builder, &Project::plain(), &["--", "--agentix-nope"]);
    let (because, help) = reason(&outcome);
    assert_eq!(
        (outcome.code, because.trim_start_matches("Error: ")),
        (125, "unknown flag: --agentix-nope"),
        "{outcome}"
    );
    assert!(help.starts_with("leave it out: options after `--`"), "{help}");
}

fn a_network_that_does_not_exist(builder: Builder) {
    let (because, help) =
        reason(&failed_build(builder, &Project::plain(), &["--network", "agentix-gen-test-none", "--no-cache"]));
    assert!(because.contains("agentix-gen-test-none") && !because.contains("STEP"), "{because}");
    assert!(help.starts_with("name a network that the builder has"), "{help}");
}

fn a_missing_runtime_image(builder: Builder) {
    let outcome = failed_build(builder, &Project::plain(), &["--runtime-image", "agentix-gen-test/none:1"]);
    let engine = builder.engine();
    let expected = format!(
        "error: {engine} does not have the runtime image `agentix-gen-test/none:1`\n  \
           help: build it: agentix-gen runtime | {engine} build -t agentix-gen-test/none:1 -\n  \
           help: or use another image: --runtime-image REF; or pull it: --pull\n"
    );
    assert_eq!((outcome.code, outcome.stderr.as_str()), (1, expected.as_str()));
}

fn a_missing_entry_point(builder: Builder) {
    for program in [format!("none-{builder:?}"), format!("/nix/runtime/bin/none-{builder:?}"), "/etc".to_owned()] {
        let manifest = format!("{SAMPLE}[tool.agentix]\nentrypoint = [\"{program}\"]\nuser = 'agent'\n");
        let project = Project::new(&manifest).file("sample/__init__.py", "");
        let (because, help) = reason(&failed_build(builder, &project, &[]));
        assert_eq!(because, format!("the entry point {program} is missing or not executable"));
        assert!(help.starts_with("set `entrypoint` in [tool.agentix] to a program of the image"), "{help}");
    }
}

/// An installer replaces a package of the base image by the version that the project asks for.
fn a_dependency_that_breaks_the_server(builder: Builder) {
    let (because, help) = reason(&failed_build(builder, &with_dependencies("'typing-extensions==4.7.1'"), &[]));
    assert_eq!(because, "the entry point /nix/runtime/bin/agentix-server cannot be loaded");
    assert!(help.starts_with("the traceback above names a package that agentixx needs"), "{help}");
}

/// A sibling replaces the framework of the runtime image by one that has no server.
fn a_framework_without_its_server(builder: Builder) {
    let manifest = format!(
        "[project]\nname = 'service'\nversion = '1.{}'\ndependencies = ['agentixx @ file:lib']\n[tool.uv]\npackage = false\n",
        builder as u32
    );
    let lib = "[project]\nname = 'agentixx'\nversion = '9'\n[build-system]\nrequires = ['hatchling']\n\
               build-backend = 'hatchling.build'\n[tool.hatch.build.targets.wheel]\ninclude = ['library.py']\n";
    let project = Project::new(&manifest).file("lib/pyproject.toml", lib).file("lib/library.py", "");
    let (because, help) = reason(&failed_build(builder, &project, &["--installer", "pip"]));
    assert_eq!(because, "the entry point /mnt/project/bin/agentix-server is missing or not executable");
    assert!(help.contains("use a runtime image with the same version: agentix-gen runtime PATH"), "{help}");
}

/// Only the builder reads the key.
fn a_file_that_is_no_ssh_key(builder: Builder) {
    let project = Project::plain();
    let key = project.path().join("pyproject.toml");
    let outcome = failed_build(builder, &project, &["--ssh", &format!("default={}", key.display())]);
    if builder == Builder::Legacy {
        assert!(outcome.error().contains("docker uses its legacy builder, which does not have `--ssh`"), "{outcome}");
        return;
    }
    let (because, help) = reason(&outcome);
    assert!(because.ends_with(": ssh: no key found"), "{outcome}");
    assert!(help.starts_with("name the file of a private key without a passphrase"), "{help}");
}

/// No server listens on this port. Every engine reports this with a different and longer text.
fn an_unreachable_registry(builder: Builder) {
    let outcome = failed_build(builder, &Project::plain(), &["--runtime-image", "localhost:9/none:1", "--pull"]);
    let (because, help) = reason(&outcome);
    let expected = match builder {
        // The legacy builder does not name the image.
        Builder::Legacy => "Get \"http://localhost:9/v2/\": dial tcp 127.0.0.1:9: connect: connection refused",
        _ => "image `localhost:9/none:1` cannot be fetched: connection refused",
    };
    assert_eq!(because, expected, "{outcome}");
    assert!(help.starts_with("pull or build the image first"), "{help}");
    assert!(outcome.error().ends_with("\n  help: the cause may be over soon: try again\n"), "{outcome}");
}

fn a_backend_that_finds_no_module(builder: Builder) {
    let manifest = format!(
        "[project]\nname = 'nothing'\nversion = '1.{}'\n[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n",
        builder as u32
    );
    let outcome = failed_build(builder, &Project::new(&manifest).file("notes.txt", ""), &[]);
    let (because, help) = reason(&outcome);
    assert!(because.contains("Unable to determine which files to ship inside the wheel"), "{outcome}");
    assert!(help.starts_with("name the folder of the package for hatchling"), "{outcome}");
}

/// The build script of a sibling writes its own folder into the requirements.
fn a_requirement_on_a_folder_of_another_machine(builder: Builder) {
    let script = format!(
        "from setuptools import setup\nsetup(name='written', version='1.{}', py_modules=['written'], \
         install_requires=['lib @ file:///home/other/lib'])\n",
        builder as u32
    );
    let project = Project::empty().file("setup.py", &script).file("written.py", "");
    for installer in ["pip", "uv"] {
        let options = ["--installer", installer, "--project-version", "1"];
        let (because, help) = reason(&failed_build(builder, &project, &options));
        assert!(because.contains("/home/other/lib"), "{installer}: {because}");
        assert!(help.starts_with("a requirement names a folder or a file of the machine"), "{installer}: {help}");
    }
}
