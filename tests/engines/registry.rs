//! A registry of images.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::engines::builder::not_run;

/// A registry on this machine, gone when the tests are. They share it, for the layers of the runtime image are packed and
/// sent by whoever pushes them first, and found there by the others.
pub(crate) struct Registry {
    folder: PathBuf,
    pub(crate) address: String,
    /// The server ends when this is closed, as it is with this process.
    _server: ChildStdin,
}

/// Serves from a folder until its input ends, and leaves nothing.
const SERVE: &str = r#"docker-registry serve "$0/config.yml" 2> /dev/null & cat; kill $!; wait; rm -r "$0""#;

impl Registry {
    pub(crate) fn shared() -> Option<&'static Self> {
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
    pub(crate) fn with(&self, mut command: Command) -> Command {
        command.env("CONTAINERS_REGISTRIES_CONF", self.folder.join("registries.conf"));
        command
    }
}
