//! The projects that the tests build.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A project in a temporary folder, which is deleted on drop.
pub(crate) struct Project {
    folder: TempDir,
}

/// The `pyproject.toml` of a package `sample`. It has the same build requirements as the example, so that most build
/// steps are in the cache of every engine.
pub(crate) const SAMPLE: &str = r#"
[project]
name = "sample"
version = "1.0"

[build-system]
requires = ["hatchling>=1.26"]
build-backend = "hatchling.build"
"#;

/// The same project with an in-tree backend, `backend.py`.
pub(crate) const IN_TREE: &str = r#"
[project]
name = "sample"
version = "1.0"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"#;

/// The settings of a project whose image keeps the source.
pub(crate) const SHIPS_SOURCE: &str = "[tool.agentix]\nship-source = true\n";

/// A backend without requirements. It writes the value of the build argument `TOLD` into the wheel.
pub(crate) const WHEEL_BACKEND: &str = r#"
import os
import zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "sample-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr("sample.py", f"told = {os.environ.get('TOLD')!r}\n")
        about = "sample-1.0.dist-info/"
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n")
        wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(about + "RECORD", "")
    return name
"#;

impl Project {
    pub(crate) fn new(manifest: &str) -> Self {
        Self::empty().file("pyproject.toml", manifest)
    }

    /// Creates an empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// Creates a project that builds without downloads.
    pub(crate) fn plain() -> Self {
        Self::with_backend(WHEEL_BACKEND)
    }

    /// Creates a project whose build only runs this program.
    pub(crate) fn with_backend(program: &str) -> Self {
        Self::new(IN_TREE).file("backend.py", program)
    }

    /// Creates the same project. Its image keeps the source.
    pub(crate) fn with_source() -> Self {
        Self::new(&format!("{IN_TREE}{SHIPS_SOURCE}")).file("backend.py", WHEEL_BACKEND)
    }

    pub(crate) fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.write(path, bytes);
        self
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

pub(crate) fn hello_agent() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hello-agent")
}
