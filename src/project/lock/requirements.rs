//! `requirements.txt`: a list of requirements in the format of pip.

mod components;
mod included;
mod lines;
mod local;
mod options;
mod surroundings;

use std::collections::BTreeSet;
use std::str::FromStr;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::error::{LockError, LockErrorKind};
use super::{refuse_credentials, refuse_larger, text_of};
use crate::project::requirement::Requirement;
use crate::value::ProjectPath;
pub(crate) use included::MOST_INCLUDED;
use lines::{LogicalLine, variables};
use local::{LocalPath, PROJECT_ROOT, is_url, split_marker};
use options::{option, split_option};

/// A requirements file in the [format] of pip and uv: one requirement or option per line.
///
/// It contains the result of resolution, or only the direct requirements. It cannot be checked against the project.
/// Included files (`-r`, `-c`) are listed by [`RequirementsFile::includes`] and [`RequirementsFile::constraints`];
/// [`RequirementsFile::with_included`] adds them.
///
/// [format]: https://pip.pypa.io/en/stable/reference/requirements-file-format/
#[derive(Debug, Clone)]
pub struct RequirementsFile {
    file: String,
    text: String,
    requirements: Vec<FileRequirement>,
    includes: Vec<ProjectPath>,
    constraints: Vec<ProjectPath>,
    options: Vec<RequirementsOption>,
    included: Vec<Self>,
    /// The paths of the included files whose requirements are installed.
    installed_files: BTreeSet<String>,
    /// Whether a file includes itself.
    is_cyclic: bool,
    /// The numbers of the lines with local paths.
    local_lines: BTreeSet<usize>,
    /// The requirements that the project has in addition.
    added: Vec<FileRequirement>,
}

/// The requirement in one line of a requirements file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileRequirement {
    /// A dependency specifier.
    Specifier {
        /// The dependency specifier.
        requirement: Requirement,
        /// The hashes, as `ALGORITHM:DIGEST`.
        hashes: Vec<String>,
    },
    /// A folder or an archive: `./lib`, `-e ../lib`, without the name of a distribution.
    LocalPath {
        /// The path, absolute or relative to the project; `.` for the project itself.
        path: Utf8PathBuf,
        /// The required extras, as written between the brackets; empty for none.
        extras: String,
        /// The marker, as written; empty for none.
        marker: String,
        /// Whether it is an editable installation (`-e`).
        is_editable: bool,
        /// The hashes of an archive.
        hashes: Vec<String>,
    },
    /// An archive or a repository at a URL, without the name of a distribution.
    Url {
        /// The URL, including the scheme.
        url: String,
        /// Whether it is an editable installation (`-e`).
        is_editable: bool,
        /// The hashes, as `ALGORITHM:DIGEST`.
        hashes: Vec<String>,
    },
}

/// An option that a requirements file sets for the whole installation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequirementsOption {
    /// The long name: `--index-url`.
    pub name: &'static str,
    /// The value; `None` if the option takes no value.
    pub value: Option<String>,
}

/// The maximum number of lines, without comments, continuations and empty ones.
const MOST_LINES: usize = 50_000;

/// The maximum length of a line with its continuations, in bytes. Each hash takes 75 bytes.
const LONGEST_LINE: usize = 256 * 1024;

impl FileRequirement {
    /// Returns the hashes of the files that satisfy the requirement.
    pub fn hashes(&self) -> &[String] {
        match self {
            Self::Specifier { hashes, .. } | Self::LocalPath { hashes, .. } | Self::Url { hashes, .. } => hashes,
        }
    }

    /// Returns whether the requirement is a folder or an archive on this machine.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Specifier { requirement, .. } => requirement.file().is_some(),
            Self::LocalPath { .. } => true,
            Self::Url { .. } => false,
        }
    }

    /// Returns the requirement as a message shows it.
    fn shown(&self) -> String {
        match self {
            Self::Specifier { requirement, .. } => requirement.to_string(),
            Self::LocalPath { path, .. } => path.to_string(),
            Self::Url { url, .. } => url.clone(),
        }
    }
}

impl RequirementsFile {
    /// The maximum size of a requirements file, in bytes: 5 MB, or 60,000 hashes.
    pub const LARGEST: u64 = 5_000_000;

    /// Parses the bytes of a `requirements.txt` in the folder of the project.
    ///
    /// # Errors
    ///
    /// If the file is too large, is not UTF-8, has an invalid line, a path outside the project, a URL with credentials,
    /// or hashes for only some of its requirements.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        Self::parse("requirements.txt", text_of("requirements.txt", bytes)?)
    }

    /// Parses the text of a requirements file. `file` is its path, relative to the project.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, LockError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        refuse_larger(file, text.as_bytes(), Self::LARGEST)?;
        refuse_credentials(file, text)?;
        let mut this = Self {
            file: file.to_owned(),
            text: text.to_owned(),
            requirements: Vec::new(),
            includes: Vec::new(),
            constraints: Vec::new(),
            options: Vec::new(),
            included: Vec::new(),
            installed_files: BTreeSet::new(),
            is_cyclic: false,
            local_lines: BTreeSet::new(),
            added: Vec::new(),
        };
        for (line, count) in lines::logical(text).zip(1..) {
            if count > MOST_LINES {
                let reason = format!("the file has more than {MOST_LINES} lines; remove what is generated");
                return Err(this.refuse(&line, reason));
            }
            if line.text.len() > LONGEST_LINE {
                let reason = format!("the line is longer than {} KiB", LONGEST_LINE / 1024);
                return Err(this.refuse(&line, reason));
            }
            this.add(&line)?;
        }
        let needs_hashes = this.has_hashes() || this.options.iter().any(|option| option.name == "--require-hashes");
        this.refuse_missing_hashes(needs_hashes)?;
        Ok(this)
    }

    /// Returns the path of the file, relative to the project.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the text of the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the requirements, in the order of the file.
    pub fn requirements(&self) -> &[FileRequirement] {
        &self.requirements
    }

    /// Returns the paths of the included requirements files (`-r`), relative to the project.
    pub fn includes(&self) -> &[ProjectPath] {
        &self.includes
    }

    /// Returns the paths of the included constraints files (`-c`), relative to the project.
    pub fn constraints(&self) -> &[ProjectPath] {
        &self.constraints
    }

    /// Returns the options, in the order of the file.
    pub fn options(&self) -> &[RequirementsOption] {
        &self.options
    }

    /// Returns whether the requirements have hashes. As pip demands, either all of them have hashes or none has.
    pub fn has_hashes(&self) -> bool {
        self.all_requirements().any(|requirement| !requirement.hashes().is_empty())
    }

    fn add(&mut self, line: &LogicalLine) -> Result<(), LockError> {
        let mut words = line.words();
        while let Some(word) = words.next() {
            if !word.text.starts_with('-') {
                return self.add_requirement(line, &line.text, false);
            }
            let (name, inline_value) = split_option(word.text);
            if matches!(name, "-e" | "--editable") {
                let rest = line.after(&word);
                return self.add_requirement(line, inline_value.unwrap_or(rest), true);
            }
            let takes_value = self.takes_value(line, name)?;
            let value = match inline_value {
                Some(_) if !takes_value => return Err(self.refuse(line, format!("`{name}` takes no value"))),
                None if takes_value => words.next().map(|word| word.text),
                value => value,
            };
            let value = value.map(|value| value.trim_matches(['"', '\'']));
            if takes_value && value.is_none_or(str::is_empty) {
                return Err(self.refuse(line, format!("`{name}` needs a value")));
            }
            self.add_option(line, name, value)?;
        }
        Ok(())
    }

    fn takes_value(&self, line: &LogicalLine, name: &str) -> Result<bool, LockError> {
        match name {
            "-r" | "--requirement" | "-c" | "--constraint" => Ok(true),
            _ => match option(name) {
                Some((_, takes_value)) => Ok(takes_value),
                None => Err(self.refuse(line, format!("`{name}` is not an option of a requirements file"))),
            },
        }
    }

    fn add_option(&mut self, line: &LogicalLine, name: &str, value: Option<&str>) -> Result<(), LockError> {
        match (name, value) {
            ("-r" | "--requirement", Some(path)) => self.includes.push(self.include(line, path)?),
            ("-c" | "--constraint", Some(path)) => self.constraints.push(self.include(line, path)?),
            _ => {
                let known = option(name).map(|(name, _)| RequirementsOption { name, value: value.map(str::to_owned) });
                self.options.extend(known);
            }
        }
        Ok(())
    }

    fn include(&self, line: &LogicalLine, path: &str) -> Result<ProjectPath, LockError> {
        self.refuse_variable(line, path)?;
        if is_url(path) {
            return Err(self.refuse(line, "a URL cannot be included; download the file into the project".to_owned()));
        }
        let path = self.inside(line, path)?;
        path.as_str().parse().map_err(|_| self.refuse(line, "the path must name a file in the project".to_owned()))
    }

    fn add_requirement(&mut self, line: &LogicalLine, text: &str, is_editable: bool) -> Result<(), LockError> {
        let (text, hashes) = self.hashes(line, text)?;
        if !is_url(text) || text.starts_with("file:") {
            self.refuse_variable(line, text)?;
        }
        let local = LocalPath::read(text, is_editable).map_err(|reason| self.refuse(line, reason.to_owned()))?;
        let requirement = if let Some(LocalPath { path, extras, marker }) = local {
            let (extras, marker) = (extras.to_owned(), marker.to_owned());
            FileRequirement::LocalPath { path, extras, marker, is_editable, hashes }
        } else if is_url(text) {
            FileRequirement::Url { url: split_marker(text).0.to_owned(), is_editable, hashes }
        } else {
            let requirement = text
                .parse()
                .map_err(|error: crate::project::requirement::RequirementError| self.refuse(line, error.to_string()))?;
            FileRequirement::Specifier { requirement, hashes }
        };
        if requirement.is_local() {
            self.local_lines.insert(line.number);
        }
        self.requirements.push(requirement);
        Ok(())
    }

    /// Splits a requirement from its options and returns it with its hashes.
    fn hashes<'a>(&self, line: &LogicalLine, text: &'a str) -> Result<(&'a str, Vec<String>), LockError> {
        let start = options_of(text);
        let mut hashes = Vec::new();
        let mut words = text[start..].split_whitespace();
        while let Some(word) = words.next() {
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let value = value.or_else(|| words.next()).unwrap_or_default();
            match name {
                "--hash" if is_hash(value) => hashes.push(value.to_owned()),
                "--hash" => return Err(self.refuse(line, "a hash must have the form `sha256:DIGEST`".to_owned())),
                "--config-settings" | "--config-setting" | "--global-option" => {}
                _ => return Err(self.refuse(line, format!("`{name}` is not an option of a requirement"))),
            }
        }
        Ok((text[..start].trim(), hashes))
    }

    /// Converts a path in this file to one that is relative to the project.
    fn inside(&self, line: &LogicalLine, path: &str) -> Result<Utf8PathBuf, LockError> {
        self.in_project(path).map_err(|error| error.at_line(line.number))
    }

    fn in_project(&self, path: &str) -> Result<Utf8PathBuf, LockError> {
        let outside = || LockError::new(&self.file, LockErrorKind::Outside(path.to_owned()));
        let folder = Utf8Path::new(&self.file).parent().unwrap_or(Utf8Path::new(""));
        let mut inside = Utf8PathBuf::new();
        for component in folder.join(path).components() {
            match component {
                Utf8Component::CurDir => {}
                Utf8Component::Normal(name) => inside.push(name),
                Utf8Component::ParentDir if inside.pop() => {}
                _ => return Err(outside()),
            }
        }
        if inside.as_str().is_empty() { Ok(Utf8PathBuf::from(".")) } else { Ok(inside) }
    }

    /// In a list with hashes, pip accepts neither a requirement without one nor a folder.
    fn refuse_missing_hashes(&self, needs_hashes: bool) -> Result<(), LockError> {
        if !needs_hashes {
            return Ok(());
        }
        let refuse = |kind| Err(LockError::new(&self.file, kind));
        if let Some(local) = self.requirements.iter().find(|requirement| requirement.is_local()) {
            return refuse(LockErrorKind::LocalBesideHashes(local.shown()));
        }
        match self.requirements.iter().find(|requirement| requirement.hashes().is_empty()) {
            Some(missing) => refuse(LockErrorKind::Unhashed(missing.shown())),
            None => Ok(()),
        }
    }

    /// Returns an error if a path or a requirement has a variable. Its value would decide which files the image needs.
    fn refuse_variable(&self, line: &LogicalLine, text: &str) -> Result<(), LockError> {
        let text = text.replacen(PROJECT_ROOT, "", 1);
        match variables(&text).next() {
            Some(name) => {
                let kind = LockErrorKind::VariableInRequirement(name.to_owned());
                Err(LockError::new(&self.file, kind).at_line(line.number))
            }
            None => Ok(()),
        }
    }

    fn refuse(&self, line: &LogicalLine, reason: String) -> LockError {
        LockError::new(&self.file, LockErrorKind::Line { text: line.text.clone(), reason }).at_line(line.number)
    }
}

impl FromStr for RequirementsFile {
    type Err = LockError;

    fn from_str(text: &str) -> Result<Self, LockError> {
        Self::from_bytes(text.as_bytes())
    }
}

/// Returns the offset at which the options of a requirement start.
fn options_of(text: &str) -> usize {
    let starts = |at: usize| text[..at].ends_with(char::is_whitespace);
    text.match_indices("--").find(|(at, _)| starts(*at)).map_or(text.len(), |(at, _)| at)
}

fn is_hash(text: &str) -> bool {
    let (algorithm, digest) = text.split_once(':').unwrap_or_default();
    ["sha256", "sha384", "sha512"].contains(&algorithm)
        && !digest.is_empty()
        // Without an early end, many digits are compared at once.
        && digest.bytes().fold(true, |are_digits, byte| are_digits & byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
