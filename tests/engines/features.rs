//! Compares the features of each builder with the output of `engines`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;

on_every_builder!(a_builder_supports_exactly_the_listed_features);

/// A feature, the Dockerfile text after `FROM` that uses it, and the build options that it needs.
const USES: &[(&str, &str, &[&str])] = &[
    ("cache-mount", "RUN --mount=type=cache,target=/cache true", &[]),
    (
        "secret-mount",
        "USER 0\nRUN --mount=type=secret,id=word grep -q hush /run/secrets/word",
        &["--secret=id=word,src=word"],
    ),
    ("stage-mount", "RUN --mount=type=bind,from=before,source=/,target=/mnt test -d /mnt/nix", &[]),
    // A builder that ignores the text would create an empty file.
    ("heredoc", "RUN <<END\necho here > /here\nEND\nRUN grep -q here /here", &[]),
    ("copy-link", "COPY --link word /word", &[]),
    ("format", "", &["--format=docker"]),
    ("layers", "", &["--layers"]),
    ("timestamp", "", &["--timestamp=1700000000"]),
    ("source-date-epoch", "", &["--source-date-epoch=1700000000"]),
    ("rewrite-timestamp", "", &["--rewrite-timestamp"]),
    ("provenance", "", &["--provenance=false"]),
    ("sbom", "", &["--sbom=false"]),
    ("ssh", "", &["--ssh=default=key"]),
    ("build-context", "COPY --from=named word /named", &["--build-context=named=."]),
    ("load", "", &["--load"]),
];

fn a_builder_supports_exactly_the_listed_features(builder: Builder) {
    let listed = listed_features(builder);
    let untested: Vec<&String> = listed.iter().filter(|name| USES.iter().all(|(used, ..)| used != name)).collect();
    assert!(untested.iter().all(|name| *name == "progress"), "`USES` has no entry for {untested:?}");
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("word"), "hush\n").unwrap();
    let mut key = Command::new("ssh-keygen");
    Outcome::of_success(key.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(folder.path().join("key")));
    for (feature, instructions, options) in USES {
        let base = format!("FROM {RUNTIME_IMAGE}");
        // A stage without a step is an image of another store, and buildah 1.28 does not search that store.
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
        assert_eq!(outcome.code == 0, listed.contains(*feature), "{feature}\n{outcome}");
    }
}

/// Returns the features that `engines` lists for a builder.
fn listed_features(builder: Builder) -> BTreeSet<String> {
    let outcome = Outcome::of_success(builder.agentix_gen().args(["engines", "--format", "json"]));
    let engines: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let engine = engines.as_array().unwrap().iter().find(|engine| engine["name"] == builder.engine()).unwrap();
    let dialect = if builder == Builder::Legacy { "classic" } else { "buildkit" };
    assert_eq!(engine["dialect"], dialect, "{engine}");
    serde_json::from_value(engine["features"].clone()).unwrap()
}
