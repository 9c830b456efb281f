//! Locks that uv itself creates and checks: we accept a lock that uv calls current, and a projected lock installs the
//! same packages as the original lock. Locks of other tools, against what these tools export from them. Bills of materials.
//!
//! uv is in the environment of the judges. It asks the package index for packages that are not in its cache. If that
//! fails, the tests print a message and pass. With `AGENTIX_REQUIRE_ENGINES=1` they fail.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests use the disk and other programs, and panic at the first failure"
)]

mod judges;

#[path = "locks/drift.rs"]
mod drift;
#[path = "locks/exported.rs"]
mod exported;
#[path = "locks/installed.rs"]
mod installed;
#[path = "locks/manifest.rs"]
mod manifest;
#[path = "locks/sbom.rs"]
mod sbom;

use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;

use tempfile::TempDir;

/// The package index that uv uses on this machine, and two files of one release in it.
struct Index {
    url: String,
    wheel: String,
    sdist: String,
}

impl Index {
    /// Reads the URLs from a lock of `attrs`.
    fn of_lock(lock: &str) -> Self {
        let lock: toml::Table = lock.parse().unwrap();
        let attrs =
            lock["package"].as_array().unwrap().iter().find(|package| package["name"].as_str() == Some("attrs"));
        let attrs = attrs.unwrap();
        let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
        Self {
            url: text(&attrs["source"]["registry"]),
            wheel: text(&attrs["wheels"][0]["url"]),
            sdist: text(&attrs["sdist"]["url"]),
        }
    }
}

/// Returns the part of a list that this run checks: a quarter of it in a turn of a short run, and another one in the next turn.
fn part<T>(all: &[T]) -> Vec<&T> {
    let turn: Option<usize> = std::env::var("AGENTIX_TURN").ok().map(|turn| turn.parse().unwrap());
    let chosen = all.iter().enumerate().filter(|(at, _)| turn.is_none_or(|turn| (at + turn).is_multiple_of(4)));
    chosen.map(|(_, one)| one).collect()
}

/// A folder with a project, in which uv runs.
struct Lab {
    folder: TempDir,
    index: &'static Index,
}

impl Lab {
    /// Returns `None` without uv, or if uv cannot reach a package index.
    fn open() -> Option<Self> {
        static ASKED: OnceLock<Option<Result<Index, String>>> = OnceLock::new();
        match ASKED.get_or_init(ask_index).as_ref()? {
            Ok(index) => Some(Self { folder: tempfile::tempdir().unwrap(), index }),
            Err(why) => {
                judges::not_run(why);
                None
            }
        }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.root().join(file)).unwrap()
    }

    /// Returns the text with the real URLs of the index in place of `INDEX_URL`, `WHEEL_URL` and `SDIST_URL`.
    fn with_urls(&self, text: &str) -> String {
        let Index { url, wheel, sdist } = self.index;
        text.replace("INDEX_URL", url).replace("WHEEL_URL", wheel).replace("SDIST_URL", sdist)
    }

    fn uv(&self, arguments: &[&str]) -> Option<Output> {
        uv(self.root(), arguments)
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

/// Lets uv ask the package index, even if its cache has the package. Returns `None` without uv.
fn ask_index() -> Option<Result<Index, String>> {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['attrs']\n";
    std::fs::write(folder.path().join("pyproject.toml"), manifest).unwrap();
    let asked = uv(folder.path(), &["lock", "--refresh"])?;
    if asked.status.success() {
        let lock = std::fs::read_to_string(folder.path().join("uv.lock")).unwrap();
        return Some(Ok(Index::of_lock(&lock)));
    }
    let stderr = String::from_utf8_lossy(&asked.stderr);
    let last = stderr.lines().last().unwrap_or_default().trim();
    Some(Err(format!("uv cannot use the package index: {last}")))
}

fn uv(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let mut uv = judges::program("uv")?;
    let python = judges::program("python")?;
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("UV_")) {
        uv.env_remove(name);
    }
    uv.env("UV_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/uv-cache"))
        .env("UV_PYTHON", python.get_program())
        .env("UV_PYTHON_DOWNLOADS", "never")
        .env_remove("VIRTUAL_ENV");
    Some(uv.args(arguments).current_dir(folder).output().unwrap())
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
