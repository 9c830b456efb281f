//! Locks as uv itself makes and judges them: what it calls current is accepted, and what is installed from a projected
//! lock is what is installed from the lock.
//!
//! uv comes from the judges' environment, and asks the package index for what its cache does not have. Where it cannot,
//! the tests say so and pass, unless `AGENTIX_REQUIRE_ENGINES=1` asks for all of them.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests use the disk and other programs, and stop at the first thing that goes wrong"
)]

#[expect(dead_code, reason = "uv is run once for each question")]
mod judges;

#[path = "locks/drift.rs"]
mod drift;
#[path = "locks/installed.rs"]
mod installed;
#[path = "locks/manifest.rs"]
mod manifest;

use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;

use tempfile::TempDir;

/// A folder with a project, and uv.
struct Lab(TempDir);

impl Lab {
    /// None where there is no uv, or no package index that it can ask.
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

    /// Has uv ask the package index, whatever its cache has; nothing where there is no uv.
    fn ask_index(&self) -> Option<Result<(), String>> {
        self.write("pyproject.toml", "[project]\nname = 'app'\nversion = '1'\ndependencies = ['idna']\n");
        let asked = self.uv(&["lock", "--refresh"])?;
        let said = String::from_utf8_lossy(&asked.stderr);
        let last = said.lines().last().unwrap_or_default().trim();
        Some(if asked.status.success() { Ok(()) } else { Err(format!("uv and the package index: {last}")) })
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

    /// Runs uv, which has to succeed; its two outputs.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.uv(arguments).unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "uv {}: {said}", arguments.join(" "));
        said
    }
}

/// The same numbers in every run.
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
