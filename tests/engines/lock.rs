//! Images by the digests that a registry has them by.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::engines::builder::{Builder, RUNTIME_IMAGE, not_run};
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

on_every_builder!(a_locked_image_is_built_on);

/// A registry on this machine, gone when the tests are. They share it, for the layers of the runtime image are packed and
/// sent by whoever pushes them first, and found there by the others.
struct Registry {
    folder: PathBuf,
    address: String,
    /// The server ends when this is closed, as it is with this process.
    _server: ChildStdin,
}

/// Serves from a folder until its input ends, and leaves nothing.
const SERVE: &str = r#"docker-registry serve "$0/config.yml" 2> /dev/null & cat; kill $!; wait; rm -r "$0""#;

impl Registry {
    fn shared() -> Option<&'static Self> {
        static REGISTRY: OnceLock<Option<Registry>> = OnceLock::new();
        REGISTRY.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        if Command::new("docker-registry").arg("--version").output().is_err() {
            not_run("docker-registry is not installed: run tests/engines/setup");
            return None;
        }
        let folder = TempDir::new().unwrap().keep();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = folder.join("data");
        let config = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n",
            data.display()
        );
        fs::write(folder.join("config.yml"), config).unwrap();
        let address = format!("localhost:{port}");
        // To podman and buildah, only this says that it has no certificate.
        let settings = format!("[[registry]]\nlocation = \"{address}\"\ninsecure = true\n");
        fs::write(folder.join("registries.conf"), settings).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", SERVE]).arg(&folder).stdin(Stdio::piped()).stdout(Stdio::null());
        let server = shell.spawn().unwrap().stdin.unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "the registry does not answer");
            sleep(Duration::from_millis(50));
        }
        Some(Self { folder, address, _server: server })
    }

    /// A command that knows of it.
    fn with(&self, mut command: Command) -> Command {
        command.env("CONTAINERS_REGISTRIES_CONF", self.folder.join("registries.conf"));
        command
    }
}

fn a_locked_image_is_built_on(builder: Builder) {
    let Some(registry) = Registry::shared() else { return };
    let run =
        |arguments: &[&str]| Outcome::of_success(registry.with(builder.command(builder.runner())).args(arguments));
    // The runtime image with something of this test's own, so that the engine has not met it under another name.
    let tag = unique("tag");
    let base = Image { name: format!("{}/base:{tag}", registry.address), builder };
    let publish = |word: &str| {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("Dockerfile"), format!("FROM {RUNTIME_IMAGE}\nLABEL word={word}\n")).unwrap();
        run(&["build", "--tag", &base.name, folder.path().to_str().unwrap()]);
        run(&["push", &base.name]);
        run(&["rmi", "--force", &base.name]);
        run(&["pull", &base.name]);
    };
    publish(&format!("first-{tag}"));

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
    assert_eq!(word(), format!("first-{tag}"));

    // The tag moves on. The build stays with what is locked, and with `--locked` says so.
    publish(&format!("second-{tag}"));
    let refused = build(&["--locked"]);
    assert_eq!(refused.code, 1, "{refused}");
    let moved = format!("error: {} has another `{}` by now: sha256:", builder.engine(), base.name);
    assert!(refused.stderr.contains(&moved) && refused.stderr.contains(&digest), "{refused}");
    let outcome = build(&["--force"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(word(), format!("first-{tag}"));
    Outcome::of_success(&mut agentix(&[&["lock"], &engine[..]].concat()));
    let outcome = build(&["--locked"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(word(), format!("second-{tag}"));
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
