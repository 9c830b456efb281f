//! Images by the digests that a registry has them by.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::engines::builder::{Builder, RUNTIME_IMAGE, not_run};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

on_every_builder!(a_locked_image_is_built_on);

/// A registry on this machine, gone when the test is.
struct Registry {
    folder: TempDir,
    server: Child,
    address: String,
}

impl Registry {
    fn start() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = folder.path().join("data");
        let config = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n",
            data.display()
        );
        fs::write(folder.path().join("config.yml"), config).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(folder.path().join("config.yml")).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(server) = command.spawn() else {
            not_run("docker-registry is not installed: run tests/engines/setup");
            return None;
        };
        let registry = Self { folder, server, address: format!("localhost:{port}") };
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "the registry does not answer");
            sleep(Duration::from_millis(50));
        }
        // To podman and buildah, only this says that it has no certificate.
        let settings = format!("[[registry]]\nlocation = \"{}\"\ninsecure = true\n", registry.address);
        fs::write(registry.folder.path().join("registries.conf"), settings).unwrap();
        Some(registry)
    }

    /// A command that knows of it.
    fn with(&self, mut command: Command) -> Command {
        command.env("CONTAINERS_REGISTRIES_CONF", self.folder.path().join("registries.conf"));
        command
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn a_locked_image_is_built_on(builder: Builder) {
    let Some(registry) = Registry::start() else { return };
    let run =
        |arguments: &[&str]| Outcome::of_success(registry.with(builder.command(builder.runner())).args(arguments));
    // The runtime image with something of this test's own, so that the engine has not met it under another name.
    let base = Image { name: format!("{}/base:1", registry.address), builder };
    let publish = |word: &str| {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("Dockerfile"), format!("FROM {RUNTIME_IMAGE}\nLABEL word={word}\n")).unwrap();
        run(&["build", "--tag", &base.name, folder.path().to_str().unwrap()]);
        run(&["push", &base.name]);
        run(&["rmi", "--force", &base.name]);
        run(&["pull", &base.name]);
    };
    publish(&format!("first-{}", registry.address.replace(':', "-")));

    let project = Project::plain();
    let agentix = |arguments: &[&str]| {
        let mut command = registry.with(builder.agentix_gen());
        command.args(arguments).arg(project.path()).args(["--runtime-image", &base.name]);
        command
    };
    let engine = ["--engine", builder.engine()];
    Outcome::of_success(&mut agentix(&[&["lock"], &engine[..]].concat()));
    let text = Outcome::of_success(&mut agentix(&["--locked"])).stdout;
    let from = format!("FROM {}@sha256:", base.name);
    assert!(text.lines().filter(|line| line.starts_with("FROM ")).all(|line| line.starts_with(&from)), "{text}");
    let digest = text.split_once(&from).unwrap().1[..64].to_owned();

    // The digest is the registry's: with the image gone from here, the build fetches it by that.
    run(&["rmi", "--force", &base.name]);
    let image = Image::unbuilt(builder);
    let build = |more: &[&str]| {
        let arguments = [&["build", "--tag", &image.name], &engine[..], more].concat();
        Outcome::of(&mut agentix(&arguments))
    };
    let outcome = build(&["--locked"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    let word = || image.inspect("{{json .Config.Labels}}")["word"].as_str().unwrap().to_owned();
    assert!(word().starts_with("first-"));

    // The tag moves on. The build stays with what is locked, and with `--locked` says so.
    publish("second");
    let refused = build(&["--locked"]);
    assert_eq!(refused.code, 1, "{refused}");
    let moved = format!("error: {} has another `{}` by now: sha256:", builder.engine(), base.name);
    assert!(refused.stderr.contains(&moved) && refused.stderr.contains(&digest), "{refused}");
    let outcome = build(&["--force"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert!(word().starts_with("first-"));
    Outcome::of_success(&mut agentix(&[&["lock"], &engine[..]].concat()));
    let outcome = build(&["--locked"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(word(), "second");
    let pinned = format!("{}@sha256:{digest}", base.name);
    let _ = Outcome::of(registry.with(builder.command(builder.runner())).args(["rmi", "--force", &pinned]));
}

#[test]
fn an_image_from_no_registry_cannot_be_locked() {
    for builder in Builder::present() {
        let project = Project::plain();
        let mut command = builder.agentix_gen();
        let outcome = Outcome::of(command.args(["lock", "--engine", builder.engine()]).arg(project.path()));
        let because = format!("because: {} has `{RUNTIME_IMAGE}` from no registry", builder.engine());
        assert!(outcome.code == 1 && outcome.stderr.contains(&because), "{outcome}");
        assert!(!project.path().join("agentix.lock").exists());
    }
}
