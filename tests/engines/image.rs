//! An image that a test builds. It is removed on drop.

use std::path::Path;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::engines::builder::Builder;
use crate::engines::outcome::Outcome;

pub(crate) struct Image {
    pub(crate) name: String,
    pub(crate) builder: Builder,
}

impl Image {
    /// Chooses a unique name. The image does not exist yet.
    pub(crate) fn unbuilt(builder: Builder) -> Self {
        Self { name: unique("image") + ":1", builder }
    }

    /// Builds an image from a project.
    #[track_caller]
    pub(crate) fn of(builder: Builder, project: &Path) -> Self {
        Self::with(builder, project, &[])
    }

    /// Builds an image from a project, with further arguments.
    #[track_caller]
    pub(crate) fn with(builder: Builder, project: &Path, arguments: &[&str]) -> Self {
        let image = Self::unbuilt(builder);
        Outcome::of_success(builder.build(project, &image.name).args(arguments));
        image
    }

    pub(crate) fn exists(&self) -> bool {
        Outcome::of(&mut self.inspection("{{.Id}}")).code == 0
    }

    /// Returns the image ID without the algorithm prefix that some engines add.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        let id = Outcome::of_success(&mut self.inspection("{{.Id}}")).stdout;
        id.trim().trim_start_matches("sha256:").to_owned()
    }

    /// Returns the engine's description of the image. The template must produce JSON.
    #[track_caller]
    pub(crate) fn inspect(&self, template: &str) -> Value {
        let answer = Outcome::of_success(&mut self.inspection(template));
        serde_json::from_str(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// Exports a container of the image and unpacks one path of it into a folder.
    #[track_caller]
    pub(crate) fn export(&self, path: &str, folder: &Path) {
        let container = Created { name: unique("container"), builder: self.builder };
        // The command never runs, but `create` requires one.
        Outcome::of_success(container.command("create").args(["--name", &container.name, &self.name, "none"]));
        let scratch = TempDir::new().unwrap();
        let archive = scratch.path().join("archive");
        Outcome::of_success(container.command("export").arg("--output").arg(&archive).arg(&container.name));
        let mut tar = Command::new("tar");
        tar.args(["--extract", "--preserve-permissions", "--directory"]).arg(folder).arg("--file").arg(archive);
        Outcome::of_success(tar.arg(path));
    }

    fn inspection(&self, template: &str) -> Command {
        let mut command = self.builder.command(self.builder.runner());
        command.args(["image", "inspect", "--format", template, &self.name]);
        command
    }

    /// Runs a program of the image and returns its stdout.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        Outcome::of_success(&mut self.runs(arguments)).stdout
    }

    /// Returns the command that runs a program of the image.
    pub(crate) fn runs(&self, arguments: &[&str]) -> Command {
        let mut command = self.builder.command(self.builder.runner());
        command.args(["run", "--rm", "--network=none", "--entrypoint", arguments[0], &self.name]).args(&arguments[1..]);
        command
    }

    /// Runs a Python program with the interpreter of the image and returns its stdout.
    #[track_caller]
    pub(crate) fn python(&self, program: &str) -> String {
        self.run(&["/nix/runtime/bin/python", "-c", program])
    }

    /// Returns the digests of all layers, starting with the base image.
    #[track_caller]
    pub(crate) fn layers(&self) -> Vec<String> {
        serde_json::from_value(self.inspect("{{json .RootFS.Layers}}")).unwrap()
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let mut command = self.builder.command(self.builder.runner());
        let _ = command.args(["image", "rm", "--force", &self.name]).output();
    }
}

/// A container that is created but never started. It is removed on drop.
struct Created {
    name: String,
    builder: Builder,
}

impl Created {
    fn command(&self, verb: &str) -> Command {
        let mut command = self.builder.command(self.builder.runner());
        command.arg(verb);
        command
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        let _ = self.command("rm").args(["--force", &self.name]).output();
    }
}

/// Returns a name that no other test and no other test run uses.
pub(crate) fn unique(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("agentix-gen-test-{what}-{}-{count}", process::id())
}
