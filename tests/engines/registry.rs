//! An image registry.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::engines::builder::not_run;

/// A registry on this machine, which stops when the test process exits. All tests share it, so that only the first push
/// compresses and uploads the layers of the runtime image.
pub(crate) struct Registry {
    folder: PathBuf,
    pub(crate) address: String,
    /// The server stops when this pipe is closed, at the latest when this process exits.
    _server: ChildStdin,
}

/// Serves from a folder until stdin ends, and then deletes the folder.
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
        // podman and buildah need this setting, because the registry has no certificate.
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

    /// Returns the command with the registry settings in its environment.
    pub(crate) fn with(&self, mut command: Command) -> Command {
        command.env("CONTAINERS_REGISTRIES_CONF", self.folder.join("registries.conf"));
        command
    }
}
