//! Source distributions from the package index, cached for later runs.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::engines::outcome::Outcome;
use crate::judges;

/// A downloaded archive.
pub(super) struct Source {
    requirement: &'static str,
    archive: PathBuf,
}

/// Returns the folder of the archives. Each archive is in a subfolder with its wheel.
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
    /// Downloads the missing archives of requirements with the form `name==version`.
    ///
    /// # Errors
    ///
    /// Returns the message of uv or of the download if it fails, for example without a network.
    pub(super) fn fetch(requirements: &[&'static str]) -> Result<Vec<Self>, String> {
        let missing: Vec<_> = requirements.iter().filter(|name| !folder(name).exists()).copied().collect();
        if !missing.is_empty() {
            download(&missing)?;
        }
        let source = |requirement: &&'static str| Self { requirement, archive: archive_in(&folder(requirement)) };
        Ok(requirements.iter().map(source).collect())
    }

    /// Returns the name of the folder below [`cache`].
    pub(super) fn folder_name(&self) -> String {
        normalized(self.requirement)
    }

    /// Returns the name without the version.
    pub(super) fn distribution(&self) -> &'static str {
        self.requirement.split("==").next().unwrap()
    }

    pub(super) fn requirement(&self) -> &'static str {
        self.requirement
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

/// Finds the URLs with uv, which takes them from the index without building metadata, and downloads them.
fn download(requirements: &[&str]) -> Result<(), String> {
    let mut uv = judges::program("uv").ok_or("the judges cannot be installed")?;
    let lock = cache().join("pylock.toml");
    uv.args(["pip", "compile", "--quiet", "--no-deps", "--format", "pylock.toml", "-", "--output-file"]).arg(&lock);
    let mut process = uv.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(requirements.join("\n").as_bytes()).unwrap();
    let resolved = Outcome::from(process.wait_with_output().unwrap());
    if resolved.code != 0 {
        return Err(format!("uv cannot find {}: {}", requirements.join(", "), resolved.stderr.trim()));
    }
    // Moved only when all are complete, so that an interrupted run leaves no partial archive.
    let new = tempfile::tempdir_in(cache()).unwrap();
    let mut fetch = Command::new("python3");
    let fetched = Outcome::of(fetch.args(["-c", include_str!("fetch.py")]).arg(&lock).arg(new.path()));
    if fetched.code != 0 {
        return Err(format!("the archives cannot be downloaded: {}", fetched.stderr.trim()));
    }
    for name in requirements {
        fs::rename(new.path().join(normalized(name)), folder(name)).unwrap();
    }
    Ok(())
}

fn folder(requirement: &str) -> PathBuf {
    cache().join(normalized(requirement))
}

/// Normalizes the name in a requirement: `jaraco.text==4.3.0` becomes `jaraco-text==4.3.0`.
fn normalized(requirement: &str) -> String {
    let (name, version) = requirement.split_once("==").unwrap();
    format!("{}=={version}", name.replace(['.', '_'], "-"))
}

fn archive_in(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.to_string_lossy().ends_with(".tar.gz")).unwrap()
}
