//! Source distributions from the index in pip's configuration, cached for later runs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::engines::outcome::Outcome;

/// A downloaded archive.
pub(super) struct Source {
    name: &'static str,
    archive: PathBuf,
}

/// Returns the folder of the archives. Each archive is in a subfolder with its wheel. The subfolder has the name of the
/// requirement.
pub(super) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdists")
}

/// Locks the cache. Other tests wait until the result is dropped.
pub(super) fn alone() -> File {
    fs::create_dir_all(cache()).unwrap();
    let lock = File::create(cache().join("lock")).unwrap();
    lock.lock().unwrap();
    lock
}

impl Source {
    /// Downloads the missing archives. This takes some seconds, because pip builds the metadata of each one.
    ///
    /// # Errors
    ///
    /// Returns pip's message if a download fails, for example without a network.
    pub(super) fn fetch(names: &[&'static str]) -> Result<Vec<Self>, String> {
        let mut sources = Vec::new();
        for chunk in names.chunks(4) {
            let fetched: Vec<_> = thread::scope(|scope| {
                let threads: Vec<_> = chunk.iter().map(|&name| scope.spawn(|| Self::fetch_one(name))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            sources.extend(fetched.into_iter().collect::<Result<Vec<_>, _>>()?);
        }
        Ok(sources)
    }

    fn fetch_one(name: &'static str) -> Result<Self, String> {
        let folder = cache().join(name);
        if !folder.exists() {
            let new = tempfile::tempdir_in(cache()).unwrap();
            let project = name.split("==").next().unwrap();
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", project, "--dest"]);
            let outcome = Outcome::of(pip.arg(new.path()).arg(name));
            if outcome.code != 0 {
                return Err(format!("pip cannot download {name}: {}", outcome.stderr.trim()));
            }
            fs::rename(new.path(), &folder).unwrap();
        }
        let mut files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let archive = files.find(|path| path.to_string_lossy().ends_with(".tar.gz")).unwrap();
        Ok(Self { name, archive })
    }

    /// Returns the requirement for pip, `name==version`.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the name without the version.
    pub(super) fn distribution(&self) -> &'static str {
        self.name.split("==").next().unwrap()
    }

    /// Unpacks the archive into a folder.
    pub(super) fn unpack(&self, into: &Path) {
        fs::create_dir_all(into).unwrap();
        let mut tar = Command::new("tar");
        Outcome::of_success(
            tar.args(["--extract", "--gzip", "--strip-components=1", "--directory"])
                .arg(into)
                .arg("--file")
                .arg(&self.archive),
        );
    }
}
