//! What builders can do, asked of them, against what `engines` says.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;

on_every_builder!(each_feature_is_there_or_not_as_the_table_says);

/// A feature, what uses it in a Dockerfile after `FROM`, and the options of the build that go with it.
const USES: &[(&str, &str, &[&str])] = &[
    ("cache-mount", "RUN --mount=type=cache,target=/cache true", &[]),
    ("secret-mount", "RUN --mount=type=secret,id=word grep -q hush /run/secrets/word", &["--secret=id=word,src=word"]),
    ("stage-mount", "RUN --mount=type=bind,from=before,source=/,target=/mnt test -d /mnt/nix", &[]),
    // A builder that passes over the text would make an empty file.
    ("heredoc", "RUN <<END\necho here > /here\nEND\nRUN grep -q here /here", &[]),
    ("copy-link", "COPY --link word /word", &[]),
    ("format", "", &["--format=docker"]),
    ("layers", "", &["--layers"]),
    ("timestamp", "", &["--timestamp=1700000000"]),
    ("source-date-epoch", "", &["--source-date-epoch=1700000000"]),
    ("rewrite-timestamp", "", &["--rewrite-timestamp"]),
    ("provenance", "", &["--provenance=false"]),
    ("load", "", &["--load"]),
];

fn each_feature_is_there_or_not_as_the_table_says(builder: Builder) {
    let told = told(builder);
    let unasked: Vec<&String> = told.iter().filter(|name| USES.iter().all(|(asked, ..)| asked != name)).collect();
    assert!(unasked.iter().all(|name| *name == "progress"), "nothing here asks for {unasked:?}");
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("word"), "hush\n").unwrap();
    for (feature, instructions, options) in USES {
        let base = format!("FROM {RUNTIME_IMAGE}");
        // A stage without a step of its own is an image of another store, in which buildah 1.28 does not look.
        let stages = format!("{base} AS before\nLABEL stage=before\n{base}\n{instructions}\n");
        fs::write(folder.path().join("Dockerfile"), stages).unwrap();
        let image = Image::unbuilt(builder);
        let mut command = builder.command(builder.engine());
        match builder {
            Builder::Buildx => command.args(["buildx", "build"]),
            Builder::Embedded => command.env("DOCKER_BUILDKIT", "1").arg("build"),
            Builder::Legacy | Builder::Podman | Builder::Buildah => command.arg("build"),
        };
        let outcome = Outcome::of(command.args(*options).args(["--tag", &image.name, "."]).current_dir(folder.path()));
        assert_eq!(outcome.code == 0, told.contains(*feature), "{feature}\n{outcome}");
    }
}

/// What `engines` says of a builder.
fn told(builder: Builder) -> BTreeSet<String> {
    let listed = Outcome::of_success(builder.agentix_gen().args(["engines", "--format", "json"]));
    let engines: Value = serde_json::from_str(&listed.stdout).unwrap();
    let engine = engines.as_array().unwrap().iter().find(|engine| engine["name"] == builder.engine()).unwrap();
    let dialect = if builder == Builder::Legacy { "classic" } else { "buildkit" };
    assert_eq!(engine["dialect"], dialect, "{engine}");
    serde_json::from_value(engine["features"].clone()).unwrap()
}
