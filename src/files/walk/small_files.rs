//! Reads the small text files of a project whole, up to a size that such files do not reach.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this module reads these files")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use camino::Utf8Path;

use super::error::nothing_there;
use super::undescribed::found_instead;
use super::{WalkError, unreadable};
use crate::files::docker_ignore::DockerIgnore;
use crate::files::git_ignore::GitIgnore;
use crate::files::ignore_file::GENERATED;
use crate::files::nofollow;
use crate::project::{Project, ProjectError};
use crate::value::{CaCertificate, CertificateError, Template};

/// Reads and parses the `pyproject.toml` of a folder.
///
/// # Errors
///
/// Fails if the manifest is larger than 1 MB; it is not read then. [`WalkError`] lists the other errors.
pub fn read_project(folder: &Utf8Path) -> Result<Project, WalkError> {
    check_folder(folder)?;
    let path = folder.join("pyproject.toml");
    let project = match read_bounded(&path, Project::LARGEST)? {
        Text::Nothing => return Err(WalkError::NoManifest { folder: folder.to_owned(), found: found_instead(folder) }),
        Text::TooLarge => Err(ProjectError::too_large()),
        Text::Bytes(bytes) => Project::from_bytes(&bytes),
    };
    project.map_err(|error| WalkError::Manifest { folder: folder.to_owned(), error })
}

/// Fails if there is no folder.
pub(crate) fn check_folder(folder: &Utf8Path) -> Result<(), WalkError> {
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(WalkError::NotAFolder(folder.to_owned())),
        Err(error) if is_absence(&error) => Err(WalkError::NoFolder(folder.to_owned())),
        Err(error) => Err(unreadable(folder.as_std_path(), error)),
    }
}

/// Returns whether the error means that nothing is at the path.
pub(crate) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Reads the `.dockerignore` of a folder.
///
/// `Dockerfile.dockerignore`, named after the Dockerfile, takes precedence over `.dockerignore`. The files are not
/// merged: if the first exists, the second is not read, even if the first is empty. If neither exists, nothing is
/// ignored. A file that this tool generated is not read.
pub fn read_docker_ignore(folder: &Utf8Path) -> Result<DockerIgnore, WalkError> {
    for name in ["Dockerfile.dockerignore", ".dockerignore"] {
        // What this tool wrote follows from the other rules.
        if let Some(text) = read_text(&folder.join(name))?.filter(|text| !text.starts_with(GENERATED)) {
            let ignore = text.parse().map(|lines: DockerIgnore| lines.named(name));
            return ignore.map_err(|error| WalkError::DockerIgnore { file: folder.join(name), error });
        }
    }
    Ok(DockerIgnore::default())
}

/// The size limit of a `.dockerignore` or a template, in bytes.
const LARGEST_TEXT: u64 = 10_000_000;

pub(crate) fn read_text(path: &Utf8Path) -> Result<Option<String>, WalkError> {
    let fail = |source| unreadable(path.as_std_path(), source);
    match read_bounded(path, LARGEST_TEXT)? {
        Text::Nothing => Ok(None),
        Text::TooLarge => Err(fail(io::Error::other("larger than 10 MB"))),
        Text::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(fail(io::Error::new(io::ErrorKind::InvalidData, error))),
        },
    }
}

/// Reads a template that extends the Dockerfile. Error messages name the template by this path.
///
/// # Errors
///
/// Fails if the file does not exist, is larger than 10 MB or is not UTF-8.
pub fn read_template(path: &Utf8Path) -> Result<Template, WalkError> {
    let text = read_text(path)?.ok_or_else(|| nothing_there(path.as_std_path()))?;
    Ok(Template::new(path.as_str(), text))
}

/// Reads a file with CA certificates.
///
/// # Errors
///
/// Fails if the file does not exist, or contains anything except certificates.
pub fn read_ca_certificate(path: &Utf8Path) -> Result<CaCertificate, WalkError> {
    let certificate = match read_bounded(path, CaCertificate::LARGEST)? {
        Text::Nothing => return Err(nothing_there(path.as_std_path())),
        Text::TooLarge => Err(CertificateError::TooLarge),
        Text::Bytes(bytes) => CaCertificate::from_bytes(&bytes),
    };
    certificate.map_err(|error| WalkError::Certificate { path: path.to_owned(), error })
}

/// The result of reading a file with a size limit.
pub(crate) enum Text {
    /// The file does not exist.
    Nothing,
    /// The file is larger than the limit.
    TooLarge,
    Bytes(Vec<u8>),
}

/// Reads a file of at most `most` bytes.
pub(crate) fn read_bounded(path: impl AsRef<Path>, most: u64) -> Result<Text, WalkError> {
    let path = path.as_ref();
    let fail = |source| unreadable(path, source);
    let file = match open_file(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Text::Nothing),
        Err(error) => return Err(fail(error)),
    };
    bounded(file, most).map_err(fail)
}

fn bounded(file: File, most: u64) -> io::Result<Text> {
    if file.metadata()?.len() > most {
        return Ok(Text::TooLarge);
    }
    let mut bytes = Vec::new();
    // The file may have grown since.
    let read = file.take(most + 1).read_to_end(&mut bytes)?;
    Ok(if read as u64 > most { Text::TooLarge } else { Text::Bytes(bytes) })
}

/// Opens a regular file. A pipe or a device at the path is an error; it neither blocks nor is read.
fn open_file(path: &Path) -> io::Result<File> {
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    OpenOptions::new().read(true).custom_flags(nonblocking).open(path)
}

/// The size limit of a `.gitignore`, in bytes. Its matcher may take six hundred times the memory.
const LARGEST_GIT_IGNORE: u64 = 100_000;

/// Reads the `.gitignore` that was listed as a file of a folder.
pub(super) fn read_git_ignore(folder: &Path) -> Result<GitIgnore, WalkError> {
    let path = folder.join(".gitignore");
    let fail = |message: String| unreadable(&path, io::Error::other(message));
    let read = nofollow::file(&path).and_then(|file| {
        if file.metadata()?.is_file() {
            bounded(file, LARGEST_GIT_IGNORE)
        } else {
            Err(io::Error::other("not a regular file"))
        }
    });
    match read.map_err(|source| unreadable(&path, source))? {
        Text::Nothing => Err(nothing_there(&path)),
        Text::TooLarge => Err(fail("larger than 100 kB".to_owned())),
        Text::Bytes(bytes) => GitIgnore::from_bytes(&bytes).map_err(|error| fail(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, read_bounded};

    /// The files of `/proc` have length 0 when they are opened, as a file has that grows later.
    #[test]
    fn a_file_that_grew_past_the_limit_is_too_large() {
        assert!(matches!(read_bounded("/proc/self/status", 10), Ok(Text::TooLarge)));
        assert!(matches!(read_bounded("/proc/self/status", 1_000_000), Ok(Text::Bytes(bytes)) if bytes.len() > 10));
    }
}
