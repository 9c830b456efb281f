//! Calls the library as a build tool does.

use std::fs;
use std::path::Path;

use agentix_gen::build_image::{self, BuildOptions};
use agentix_gen::bundle::Bundle;
use agentix_gen::context;
use agentix_gen::engine::{BuildRequest, Command, Control, EngineError, EngineSettings, Event, Outcome, Registry};
use agentix_gen::files::{Listing, Rules, read_project, walk};
use agentix_gen::load::{LoadOptions, load};
use agentix_gen::project::{Config, Project};
use agentix_gen::value::Cancel;
use camino::Utf8Path;
use tempfile::TempDir;

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::project;
use crate::engines::turn::is_left;

/// The result of a build, the commands that it started, and its scratch folder.
pub(crate) struct Built {
    pub(crate) outcome: Outcome,
    pub(crate) started: Vec<Command>,
    pub(crate) scratch: TempDir,
}

/// Builds a folder.
pub(crate) fn build(image: &Image, folder: &Path) -> Result<Built, EngineError> {
    build_bundle(image, &bundle_of(image, folder), &Cancel::default(), |_| {})
}

/// Returns the bundle of a folder, tagged with the name of the image.
pub(crate) fn bundle_of(image: &Image, folder: &Path) -> Bundle {
    let folder = Utf8Path::from_path(folder).unwrap();
    let listing = walk(folder, &Rules::default()).unwrap();
    Bundle::new(read_project(folder).unwrap(), listing, tagged(image)).unwrap()
}

fn tagged(image: &Image) -> Config {
    let mut config = Config::default();
    config.tag = vec![image.name.parse().unwrap()];
    config
}

/// Builds a bundle with the builder of an image, and passes each event to `on_event`.
pub(crate) fn build_bundle(
    image: &Image,
    bundle: &Bundle,
    cancel: &Cancel,
    on_event: impl FnMut(Event<'_>) + Send,
) -> Result<Built, EngineError> {
    build_in_memory(image, bundle, None, cancel, on_event)
}

/// Like [`build_bundle`], but stages small contexts in the folder `memory`.
pub(crate) fn build_in_memory(
    image: &Image,
    bundle: &Bundle,
    memory: Option<&Utf8Path>,
    cancel: &Cancel,
    mut on_event: impl FnMut(Event<'_>) + Send,
) -> Result<Built, EngineError> {
    let mut settings = EngineSettings::default();
    settings.docker_buildkit = (image.builder == Builder::Legacy).then_some(false);
    let registry = Registry::discover_with(&image.builder.path(), settings);
    let engine = registry.get(image.builder.engine()).unwrap();
    let capabilities = engine.probe(cancel)?;
    assert_eq!(capabilities.builder.to_string(), image.builder.told_as());
    let context = context::stage(bundle, capabilities.dialect()).unwrap();
    let scratch = TempDir::new().unwrap();
    let mut started = Vec::new();
    let mut listen = |event: Event<'_>| {
        if let Event::Started(command) = event {
            started.push(command.clone());
        }
        on_event(event);
    };
    let mut control =
        Control::new(Utf8Path::from_path(scratch.path()).unwrap(), &mut listen).with_cancel(cancel.clone());
    control.memory_folder = memory.map(Utf8Path::to_owned);
    let outcome = engine.build(&capabilities, &BuildRequest::from_bundle(bundle), &context, &mut control)?;
    Ok(Built { outcome, started, scratch })
}

/// Runs a test with each builder that the library in this process can select. An old docker client is not among them,
/// because it needs a different environment.
pub(crate) fn on_every_builder_in_process(test: impl Fn(Builder)) {
    for builder in [Builder::Buildx, Builder::Legacy, Builder::Podman, Builder::Buildah] {
        on(builder, &test);
    }
}

#[test]
fn a_project_in_memory_is_built() {
    if is_left("a_project_in_memory_is_built") {
        return;
    }
    on_every_builder_in_process(|builder| {
        let image = Image::unbuilt(builder);
        let manifest: Project = project::SAMPLE.parse().unwrap();
        let files = [("pyproject.toml", project::SAMPLE), ("sample/__init__.py", "where = 'memory'\n")];
        let bundle = Bundle::new(manifest, Listing::from_files(files).unwrap(), tagged(&image)).unwrap();
        let (mut lines, mut sent) = (0, 0);
        let built = build_bundle(&image, &bundle, &Cancel::default(), |event| match event {
            Event::Line(_) => lines += 1,
            Event::ContextSent(bytes) => {
                assert!(bytes > sent);
                sent = bytes;
            }
            _ => {}
        });
        let built = built.unwrap();
        assert!(lines > 0);
        assert_eq!((built.outcome.context_bytes, built.outcome.context_bytes % 512), (sent, 0));
        assert_eq!(built.outcome.image_id.trim_start_matches("sha256:"), image.id());
        assert_eq!(image.python("import sample; print(sample.where)"), "memory\n");
    });
}

#[test]
fn the_caller_can_cancel_a_build() {
    on_every_builder_in_process(|builder| {
        let image = Image::unbuilt(builder);
        let folder = project::Project::with_backend("import time; time.sleep(1000)");
        let memory = TempDir::new().unwrap();
        let memory_folder = Utf8Path::from_path(memory.path());
        let cancel = Cancel::default();
        let built = build_in_memory(&image, &bundle_of(&image, folder.path()), memory_folder, &cancel, |event| {
            if matches!(event, Event::Line(line) if line.contains("Getting requirements to build wheel")) {
                cancel.cancel();
            }
        });
        assert!(matches!(built, Err(EngineError::Cancelled)), "{:?}", built.err());
        assert!(!image.exists());
        assert_eq!(fs::read_dir(memory.path()).unwrap().count(), 0);
    });
}

/// `load` and `build` do what the command does: its image is up to date for them. The project has a template and a secret.
#[test]
fn the_library_builds_the_image_of_the_command() {
    if is_left("the_library_builds_the_image_of_the_command") {
        return;
    }
    on_every_builder_in_process(|builder| {
        let secret = if builder == Builder::Legacy { "" } else { "[tool.agentix.secret]\ntoken = { src = 'token' }\n" };
        let manifest =
            format!("{}[tool.agentix]\ntemplate = 'more.dockerfile'\nexclude = ['token']\n{secret}", project::IN_TREE);
        let more = "{% extends 'bundle.dockerfile' %}{% block end %}\nLABEL own=1\n{% endblock %}";
        let folder =
            project::Project::plain().file("pyproject.toml", manifest).file("more.dockerfile", more).file("token", "x");
        let image = Image::with(builder, folder.path(), &[]);

        let mut options = LoadOptions::from(tagged(&image));
        options.environment = std::env::vars_os().collect();
        let bundle = load(Utf8Path::from_path(folder.path()).unwrap(), options).unwrap();
        let mut settings = EngineSettings::default();
        settings.docker_buildkit = (builder == Builder::Legacy).then_some(false);
        let engine = Registry::discover_with(&builder.path(), settings).get(builder.engine()).unwrap();
        let scratch = TempDir::new().unwrap();
        let mut ignore = |_: Event<'_>| {};
        let mut control = Control::new(Utf8Path::from_path(scratch.path()).unwrap(), &mut ignore);
        let built = build_image::build(&bundle, &*engine, &BuildOptions::default(), &mut control).unwrap();
        assert!(built.up_to_date, "{built:?}");
        assert_eq!(built.image_id.trim_start_matches("sha256:"), image.id());
        let mut options = BuildOptions::default();
        options.force = true;
        let again = build_image::build(&bundle, &*engine, &options, &mut control).unwrap();
        assert_eq!((again.up_to_date, &again.digest), (false, &built.digest));
    });
}
