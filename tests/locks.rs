//! Locks that uv itself creates and checks: we accept a lock that uv calls current, and a projected lock installs the
//! same packages as the original lock.
//!
//! uv is in the environment of the judges. It asks the package index for packages that are not in its cache. If that
//! fails, the tests print a message and pass. With `AGENTIX_REQUIRE_ENGINES=1` they fail.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests use the disk and other programs, and panic at the first failure"
)]

#[expect(dead_code, reason = "these tests run uv directly, without a `Judge`")]
mod judges;

#[path = "locks/drift.rs"]
mod drift;
#[path = "locks/installed.rs"]
mod installed;
#[path = "locks/manifest.rs"]
mod manifest;
#[path = "locks/poetry.rs"]
mod poetry;

use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;

use tempfile::TempDir;

/// A folder with a project, in which uv runs.
struct Lab(TempDir);

impl Lab {
    /// Returns `None` without uv, or if uv cannot reach a package index.
    fn open() -> Option<Self> {
        static ASKED: OnceLock<Option<Result<(), String>>> = OnceLock::new();
        match ASKED.get_or_init(|| Self::new().ask_index()).as_ref()? {
            Ok(()) => Some(Self::new()),
            Err(why) => {
                judges::not_run(why);
                None
            }
        }
    }

    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Lets uv ask the package index, even if its cache has the package. Returns `None` without uv.
    fn ask_index(&self) -> Option<Result<(), String>> {
        self.write("pyproject.toml", "[project]\nname = 'app'\nversion = '1'\ndependencies = ['idna']\n");
        let asked = self.uv(&["lock", "--refresh"])?;
        let stderr = String::from_utf8_lossy(&asked.stderr);
        let last = stderr.lines().last().unwrap_or_default().trim();
        Some(if asked.status.success() { Ok(()) } else { Err(format!("uv cannot use the package index: {last}")) })
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.root().join(file)).unwrap()
    }

    fn uv(&self, arguments: &[&str]) -> Option<Output> {
        let mut uv = judges::program("uv")?;
        let python = judges::program("python")?;
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("UV_")) {
            uv.env_remove(name);
        }
        uv.env("UV_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/uv-cache"))
            .env("UV_PYTHON", python.get_program())
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env_remove("VIRTUAL_ENV");
        Some(uv.args(arguments).current_dir(self.root()).output().unwrap())
    }

    /// Runs uv, which must succeed. Returns its stdout and stderr.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.uv(arguments).unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "uv {}: {text}", arguments.join(" "));
        text
    }
}

/// A random number generator that returns the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}
