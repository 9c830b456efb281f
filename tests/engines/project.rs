//! Projects to build.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A project in a folder of its own, gone when the test is.
pub(crate) struct Project {
    folder: TempDir,
}

/// A `pyproject.toml` of a package `sample` which builds with what the example builds with, so that most of it is in
/// every engine's cache.
pub(crate) const SAMPLE: &str = r#"
[project]
name = "sample"
version = "1.0"

[build-system]
requires = ["hatchling>=1.26"]
build-backend = "hatchling.build"
"#;

/// The same, with a backend of its own: `backend.py`.
pub(crate) const IN_TREE: &str = r#"
[project]
name = "sample"
version = "1.0"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"#;

impl Project {
    pub(crate) fn new(manifest: &str) -> Self {
        Self { folder: TempDir::new().unwrap() }.file("pyproject.toml", manifest)
    }

    /// With a `sample` package, built by hatchling.
    pub(crate) fn sample() -> Self {
        Self::new(SAMPLE).file("sample/__init__.py", "value = 1\n")
    }

    /// Whose build runs this program, and nothing more.
    pub(crate) fn with_backend(program: &str) -> Self {
        Self::new(IN_TREE).file("backend.py", program)
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
