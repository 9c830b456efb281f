//! Measures builds with docker against what cannot be faster: an edit against one `COPY` and one empty `RUN`, and a
//! first build against the multi-stage Dockerfile of uv's guide.
//!
//! All sides build the same project in turns, each in its own folder and with its own tag. The tags are removed at the
//! end; docker's build cache stays.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark runs engines and prints a table"
)]

mod paired;
mod program;

use std::fs;
use std::process::{Command, id};
use std::time::Duration;

use paired::{AtMost, Bytes, Paired, Result, heading, is_bench, line, row, time};
use program::{agentix_gen, output, scratch};
use tempfile::TempDir;

const ROUNDS: u32 = 7;

const MANIFEST: &str = "\
[project]
name = \"agentix-guide\"
version = \"0.1.0\"
requires-python = \">=3.11\"
dependencies = [\"agentixx==0.1.0\", \"rich\"]

[build-system]
requires = [\"hatchling\"]
build-backend = \"hatchling.build\"

[tool.hatch.build.targets.wheel]
packages = [\"src/agentix_guide\"]
";

/// Prints the lock of the project.
const LOCK: &str = "\
FROM python:3.11-slim
COPY --from=ghcr.io/astral-sh/uv:0.13.9 /uv /bin/
WORKDIR /app
COPY pyproject.toml ./
RUN uv lock
CMD [\"cat\", \"uv.lock\"]
";

/// The least that an edit of the source takes: the source is copied, and a step runs on it.
const FLOOR: &str = "\
FROM agentix/runtime:0.1.0
COPY . /src/project/
RUN true
";

/// The multi-stage Dockerfile of [uv's guide](https://docs.astral.sh/uv/guides/integration/docker/).
const GUIDE: &str = "\
FROM python:3.11-slim AS builder
COPY --from=ghcr.io/astral-sh/uv:0.13.9 /uv /bin/
ENV UV_LINK_MODE=copy
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/uv \\
    --mount=type=bind,source=uv.lock,target=uv.lock \\
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \\
    uv sync --locked --no-install-project --no-editable
COPY . /app
RUN --mount=type=cache,target=/root/.cache/uv \\
    uv sync --locked --no-editable

FROM python:3.11-slim
COPY --from=builder /app/.venv /app/.venv
";

fn main() {
    if !is_bench() {
        return;
    }
    heading("build with docker vs. the floor and uv's guide");
    if let Err(why) = measure() {
        println!("not run: {why}");
    }
}

fn measure() -> Result<()> {
    let lock = lock()?;
    let [uv, pip, in_tree, standalone] = [
        Builder::Ours(&["--installer", "uv"]),
        Builder::Ours(&["--installer", "pip"]),
        Builder::InTree,
        Builder::Ours(&["--installer", "uv", "--standalone"]),
    ]
    .map(|builder| Side::new(builder, &lock));
    let (floor, guide) = (Side::new(Builder::Plain(FLOOR), &lock)?, Side::new(Builder::Plain(GUIDE), &lock)?);
    let (uv, pip, in_tree, standalone) = (uv?, pip?, in_tree?, standalone?);

    row("uv: first build without a cache vs. the guide", pair(&uv, &guide, First), Some(AtMost(1.05)));
    row("uv, standalone: the same", pair(&standalone, &guide, First), None);
    for (name, side, most) in [("uv", &uv, 1.5), ("uv, in the project's folder", &in_tree, 1.5), ("pip", &pip, 2.5)] {
        row(&format!("{name}: edit vs. the floor"), pair(side, &floor, Edit), Some(AtMost(most)));
    }
    let (ours, theirs) = (standalone.size()?, guide.size()?);
    #[expect(clippy::cast_precision_loss, reason = "two decimal places are displayed")]
    line("uv, standalone: size vs. the guide", Bytes(ours), Bytes(theirs), ours as f64 / theirs as f64, None);
    Ok(())
}

#[derive(Clone, Copy)]
enum Kind {
    First,
    Edit,
}
use Kind::{Edit, First};

/// Builds two sides in turns.
fn pair(ours: &Side<'_>, reference: &Side<'_>, kind: Kind) -> Result<Paired> {
    let rounds = match kind {
        First => 3,
        Edit => ROUNDS,
    };
    let mut pairs = Vec::new();
    for round in 0..=rounds {
        let pair = (ours.build(kind, round)?, reference.build(kind, round)?);
        // The first edit fills the cache.
        if round > 0 || matches!(kind, First) {
            pairs.push(pair);
        }
    }
    Ok(Paired::of(&pairs))
}

#[derive(Clone, Copy)]
enum Builder {
    /// `agentix-gen build` with these options.
    Ours(&'static [&'static str]),
    /// `docker build .` with the files that `--in-tree` wrote.
    InTree,
    /// `docker build .` with this Dockerfile.
    Plain(&'static str),
}

/// A copy of the project and the way it is built. Its image is removed on drop.
struct Side<'a> {
    builder: Builder,
    folder: TempDir,
    tag: String,
    lock: &'a str,
}

impl<'a> Side<'a> {
    fn new(builder: Builder, lock: &'a str) -> Result<Self> {
        let folder = tempfile::tempdir_in(scratch())?;
        let name = folder.path().file_name().map(|name| name.to_string_lossy().replace('.', "")).unwrap_or_default();
        let tag = format!("agentix-gen-bench/guide-{}-{}:1", id(), name.to_lowercase());
        let side = Self { builder, folder, tag, lock };
        side.write("pyproject.toml", MANIFEST)?;
        match builder {
            // A project with a lock of uv is not installed with pip.
            Builder::Ours([_, "pip"]) => {}
            _ => side.write("uv.lock", side.lock)?,
        }
        side.edit(0)?;
        match builder {
            Builder::Plain(text) => side.write("Dockerfile", text)?,
            Builder::InTree => {
                let mut command = agentix_gen();
                command.args(["--installer", "uv", "--in-tree", "--output"]).arg(side.folder.path());
                output(command.arg(side.folder.path()))?;
            }
            Builder::Ours(_) => {}
        }
        Ok(side)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        Ok(fs::write(path, text)?)
    }

    /// The text names the folder, which is new in each run: the cache may hold edits of earlier runs.
    fn edit(&self, number: u32) -> Result<()> {
        let text = format!("EDIT = \"{number} in {}\"\n", self.folder.path().display());
        self.write("src/agentix_guide/__init__.py", &text)
    }

    fn build(&self, kind: Kind, round: u32) -> Result<Duration> {
        self.edit(round + 1)?;
        let mut command = match self.builder {
            Builder::Ours(options) => {
                let mut command = agentix_gen();
                command.args(["build", "--engine", "docker"]).args(options);
                command
            }
            Builder::InTree | Builder::Plain(_) => docker(&["build"]),
        };
        if let First = kind {
            command.arg("--no-cache");
        }
        command.args(["-t", &self.tag]).arg(self.folder.path());
        time(|| output(&mut command))
    }

    fn size(&self) -> Result<u64> {
        let size = output(&mut docker(&["image", "inspect", "--format", "{{.Size}}", &self.tag]))?;
        Ok(String::from_utf8(size)?.trim().parse()?)
    }
}

impl Drop for Side<'_> {
    fn drop(&mut self) {
        // A side whose build failed has no image.
        let _ = output(&mut docker(&["rmi", &self.tag]));
    }
}

/// Returns the lock of the project.
fn lock() -> Result<String> {
    let folder = tempfile::tempdir_in(scratch())?;
    fs::write(folder.path().join("pyproject.toml"), MANIFEST)?;
    fs::write(folder.path().join("Dockerfile"), LOCK)?;
    let tag = format!("agentix-gen-bench/guide-lock-{}:1", id());
    output(docker(&["build", "-t", &tag]).arg(folder.path()))?;
    let lock = output(&mut docker(&["run", "--rm", &tag]));
    output(&mut docker(&["rmi", &tag]))?;
    Ok(String::from_utf8(lock?)?)
}

fn docker(arguments: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.args(arguments);
    command
}
