//! A requirement of a project.

mod file_url;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use pep440_rs::{Operator, Version, VersionSpecifiers};
use pep508_rs::{MarkerTree, VersionOrUrl};
use url::Url;

use crate::value::{CredentialUrl, Escaped, NameError, OneLine, ProjectName, Redacted};
pub(crate) use file_url::{of_path as file_url_of_path, path as path_of_file_url};

/// A requirement as defined by [PEP 508](https://peps.python.org/pep-0508/): `rich>=13; python_version > "3.10"`.
///
/// The text is kept as written, so that the installer in the image reads what the author wrote. It is one line. Only PDM's
/// `file:///${PROJECT_ROOT}/` becomes a relative path, which installers know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    text: String,
    name: ProjectName,
    extras: Vec<ProjectName>,
    url: Option<Url>,
    file: Option<String>,
    versions: Option<VersionSpecifiers>,
    alternatives: Option<Alternatives>,
    is_exact: bool,
    marker: MarkerTree,
}

/// Versions that no list of specifiers expresses: `1.0 || 2.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alternatives {
    /// The constraint, as written.
    pub(crate) text: String,
    /// The specifiers of each alternative.
    pub(crate) specifiers: Vec<VersionSpecifiers>,
}

/// The error for a text that is not a valid requirement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a valid requirement: {}", Escaped(.text), OneLine(.reason))]
pub struct RequirementError {
    text: String,
    reason: String,
}

impl Requirement {
    /// Returns the requirement as written, without surrounding white space.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the name of the required distribution.
    pub fn name(&self) -> &ProjectName {
        &self.name
    }

    /// Returns the required extras of the distribution.
    pub fn extras(&self) -> &[ProjectName] {
        &self.extras
    }

    /// Returns whether the requirement applies only in some environments (`; python_version > "3.10"`).
    pub fn has_marker(&self) -> bool {
        !self.marker.is_true()
    }

    /// Returns the URL of a direct reference (`name @ URL`).
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// Returns the path of a direct reference with a `file:` URL, absolute or relative to the project's folder.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Returns the versions that satisfy the requirement, or `None` if all do, if it is a direct reference, or if it has
    /// alternatives that PEP 508 cannot express.
    pub fn versions(&self) -> Option<&VersionSpecifiers> {
        self.versions.as_ref()
    }

    /// Returns whether exactly one version satisfies the requirement: `==1.0`, `===1.0` or a URL.
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Returns whether the requirement may apply in an image. It cannot if its marker requires a system other than
    /// Linux.
    pub fn is_for_linux(&self) -> bool {
        is_for_linux(&self.marker)
    }

    /// Returns the environment marker.
    pub(crate) fn marker(&self) -> &MarkerTree {
        &self.marker
    }
}

impl Requirement {
    /// Returns this requirement for some versions only. Its text does not name them, because PEP 508 cannot express them.
    pub(crate) fn with_alternatives(self, alternatives: Alternatives) -> Self {
        Self { alternatives: Some(alternatives), ..self }
    }

    /// Returns the versions that the text of this requirement leaves out.
    pub(crate) fn alternatives(&self) -> Option<&Alternatives> {
        self.alternatives.as_ref()
    }

    /// Returns the requirement as a message shows it: with its alternatives.
    pub(crate) fn told(&self) -> String {
        self.alternatives.as_ref().map_or_else(|| self.text.clone(), |one| format!("{} ({})", self.name, one.text))
    }

    /// Returns whether a version satisfies the requirement. One at a URL may be any version.
    pub(crate) fn allows(&self, version: &Version) -> bool {
        let is_one = |alternatives: &Alternatives| alternatives.specifiers.iter().any(|one| allows(one, version));
        self.versions.as_ref().is_none_or(|versions| allows(versions, version))
            && self.alternatives.as_ref().is_none_or(is_one)
    }

    /// Returns this requirement with the origin, the versions and the marker of another one of the same name added to it.
    pub(crate) fn restricted_by(&self, other: &Self) -> Result<Self, RequirementError> {
        let extras: Vec<&str> = self.extras.iter().map(ProjectName::as_str).collect();
        let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
        let versions: Vec<String> = [&self.versions, &other.versions]
            .into_iter()
            .flatten()
            .flat_map(|v| v.iter())
            .map(ToString::to_string)
            .collect();
        let origin = match &other.url {
            Some(_) => format!(" @ {}", origin(&other.text)),
            None if versions.is_empty() => String::new(),
            None => format!(" {}", versions.join(", ")),
        };
        let mut marker = self.marker.clone();
        marker.and(other.marker.clone());
        let marker = marker.contents().map(|marker| format!(" ; {marker}")).unwrap_or_default();
        let restricted: Self = format!("{}{extras}{origin}{marker}", self.name).parse()?;
        Ok(Self { alternatives: other.alternatives.clone(), ..restricted })
    }
}

/// Returns whether a version satisfies all specifiers. The parser does not compare a series (`==1.2.*`) with the zeros that a
/// short version (`1`) stands for.
pub(crate) fn allows(specifiers: &VersionSpecifiers, version: &Version) -> bool {
    let longest = specifiers.iter().map(|one| one.version().release().len()).max().unwrap_or_default();
    let release = version.release();
    let zeros = longest.saturating_sub(release.len());
    let padded: Vec<u64> = release.iter().copied().chain(std::iter::repeat_n(0, zeros)).collect();
    specifiers.contains(&version.clone().with_release(padded))
}

/// Returns the URL of a direct reference, as written.
fn origin(text: &str) -> &str {
    text.split_once('@').and_then(|(_, url)| url.split_whitespace().next()).unwrap_or_default()
}

/// The marker values for the system in every image.
static LINUX: LazyLock<MarkerTree> = LazyLock::new(|| {
    let is_linux = "sys_platform == 'linux' and os_name == 'posix' and platform_system == 'Linux'";
    MarkerTree::from_str(is_linux).unwrap_or_default()
});

/// Returns whether a marker may be true in an image.
pub(crate) fn is_for_linux(marker: &MarkerTree) -> bool {
    !marker.is_disjoint(&LINUX)
}

/// Returns whether a marker may be true in an image. Returns `true` for an invalid marker.
pub(crate) fn may_hold_on_linux(marker: &str) -> bool {
    // The parser panics on some other characters.
    let is_readable = marker.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    let is_readable = is_readable && !is_too_complex(marker);
    let parsed = is_readable.then(|| MarkerTree::from_str(marker).ok()).flatten();
    parsed.as_ref().is_none_or(is_for_linux)
}

/// Markers are parsed recursively: a deeper one could exhaust the stack.
const DEEPEST: usize = 100;

/// The maximum number of comparisons in a marker. The parser makes a decision diagram, which can grow faster than the
/// marker.
const MOST_COMPARISONS: usize = 100;

/// The maximum length of a requirement, in bytes.
const LONGEST: usize = 16 * 1024;

/// Returns whether a requirement or a marker is longer, or has more comparisons or levels of parentheses, than any that
/// a person writes.
pub(crate) fn is_too_complex(text: &str) -> bool {
    let comparisons = text.bytes().filter(|byte| matches!(byte, b'"' | b'\'')).count() / 2;
    if text.len() > LONGEST || comparisons > MOST_COMPARISONS {
        return true;
    }
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

/// How PDM writes a path relative to the project, where the standard has none: `lib @ file:///${PROJECT_ROOT}/lib`.
const PROJECT_ROOT: &str = "file:///${PROJECT_ROOT}/";

/// Replaces what Hatch writes for a path relative to the project: `lib @ {root:uri}/../lib` and `lib @ {root:parent:uri}/lib`.
fn with_hatch_roots(text: &str) -> Cow<'_, str> {
    let found = || {
        let (before, rest) = text.split_once("{root")?;
        let (modifiers, after) = rest.split_once('}')?;
        let levels = modifiers.strip_suffix(":uri")?.split(':').skip(1);
        let up = levels.map(|level| (level == "parent").then_some("../")).collect::<Option<String>>()?;
        let path = format!("{up}{}", after.strip_prefix('/').unwrap_or(after));
        let is_root = path.is_empty() || path.starts_with([' ', ';', '#']);
        Some(format!("{before}file:{}{path}", if is_root { "." } else { "" }))
    };
    found().map_or(Cow::Borrowed(text), Cow::Owned)
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let text = text.replace(PROJECT_ROOT, "file:");
        let text = &*with_hatch_roots(&text);
        let invalid = |reason: String| RequirementError {
            text: Redacted(text).to_string(),
            reason: Redacted(&reason).to_string(),
        };
        if CredentialUrl::find(text).is_some() {
            return Err(invalid(
                "its URL contains credentials, which would end up in the image; remove them".to_owned(),
            ));
        }
        if is_too_complex(text) {
            return Err(invalid(format!(
                "it has more than {LONGEST} characters, {MOST_COMPARISONS} comparisons or {DEEPEST} levels of parentheses; \
                 simplify it"
            )));
        }
        // PEP 508 allows no other characters, and the parser panics on some of them.
        if !text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
            return Err(invalid("only printable ASCII is allowed; in a URL, encode others as `%…`".to_owned()));
        }
        // The parser also panics on a name or an extra with such an ending.
        if let Some(word) = names(text).find(|word| word.ends_with(SEPARATORS)) {
            return Err(invalid(format!("`{word}` must end with a letter or a digit")));
        }
        let parsed = pep508_rs::Requirement::<Url>::from_str(text)
            .map_err(|error| invalid(error.message.to_string().to_lowercase().trim_end_matches('.').to_owned()))?;
        let named =
            |name: &dyn fmt::Display| name.to_string().parse().map_err(|error: NameError| invalid(error.to_string()));
        let name = named(&parsed.name)?;
        let extras = parsed.extras.iter().map(|extra| named(extra)).collect::<Result<_, _>>()?;
        let is_exact = match &parsed.version_or_url {
            Some(VersionOrUrl::Url(_)) => true,
            Some(VersionOrUrl::VersionSpecifier(versions)) => {
                versions.iter().any(|versions| matches!(versions.operator(), Operator::Equal | Operator::ExactEqual))
            }
            None => false,
        };
        let (versions, url) = match parsed.version_or_url {
            Some(VersionOrUrl::VersionSpecifier(versions)) => (Some(versions), None),
            Some(VersionOrUrl::Url(url)) => (None, Some(url)),
            None => (None, None),
        };
        let text = text.trim();
        let written = origin(text);
        let is_file = url.as_ref().is_some_and(|url| url.scheme() == "file");
        let file = is_file.then(|| file_url::path(written)).transpose().map_err(|reason| invalid(reason.to_owned()))?;
        match misread_in_a_file(text) {
            Some(reason) => Err(invalid(reason.to_owned())),
            None => {
                let (text, marker) = (text.to_owned(), parsed.marker);
                Ok(Self { text, name, extras, url, file, versions, alternatives: None, is_exact, marker })
            }
        }
    }
}

/// The separators in a name.
const SEPARATORS: [char; 3] = ['.', '-', '_'];

/// Returns the words at the start of a requirement. In a valid requirement, they are its name and its extras.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let head = text.split(['<', '>', '=', '!', '~', ';', '@', '(']).next().unwrap_or(text);
    let words = head.split(|c: char| !c.is_ascii_alphanumeric() && !SEPARATORS.contains(&c));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Returns how [a requirements file] would misread a requirement, or `None` if it would not.
///
/// [a requirements file]: https://pip.pypa.io/en/stable/reference/requirements-file-format/
fn misread_in_a_file(text: &str) -> Option<&'static str> {
    match () {
        () if text.ends_with('\\') => Some("a `\\` at the end would join it with the next line"),
        () if text.contains(" #") => Some("the text after ` #` would be a comment"),
        () if text.contains(" -") => Some("the text after ` -` would be an option"),
        () if text.contains("${") => Some("an installer would read `${…}` as an environment variable"),
        () => None,
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
