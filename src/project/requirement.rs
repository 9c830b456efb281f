//! One dependency of a project.

mod file_url;

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use pep440_rs::Operator;
use pep508_rs::{MarkerTree, VersionOrUrl};
use url::Url;

use crate::value::{Escaped, NameError, ProjectName};

/// A dependency specifier, [PEP 508]: `rich>=13; python_version > "3.10"`.
///
/// It is kept as it was written, so that the installer in the image reads what the author wrote, and it is one line.
///
/// [PEP 508]: https://peps.python.org/pep-0508/
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    text: String,
    name: ProjectName,
    extras: Vec<ProjectName>,
    url: Option<Url>,
    file: Option<String>,
    is_exact: bool,
    has_marker: bool,
    is_for_linux: bool,
}

/// A text that is no dependency specifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a dependency: {reason}", Escaped(.text))]
pub struct RequirementError {
    text: String,
    reason: String,
}

impl Requirement {
    /// The specifier as it was written, without white space around it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The distribution that is required.
    pub fn name(&self) -> &ProjectName {
        &self.name
    }

    /// The extras of it that are required.
    pub fn extras(&self) -> &[ProjectName] {
        &self.extras
    }

    /// Whether it holds only in some environments (`; python_version > "3.10"`).
    pub fn has_marker(&self) -> bool {
        self.has_marker
    }

    /// The place that a direct reference (`name @ URL`) names.
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// The path that a direct reference with a `file:` URL names: absolute, or relative to the project's folder.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Whether one version alone satisfies it: `==1.0`, `===1.0` or a URL.
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Whether it may hold in an image; not so where its marker asks for another system than Linux.
    pub fn is_for_linux(&self) -> bool {
        self.is_for_linux
    }
}

/// What the markers say of the system in every image.
static LINUX: LazyLock<MarkerTree> = LazyLock::new(|| {
    let is_linux = "sys_platform == 'linux' and os_name == 'posix' and platform_system == 'Linux'";
    MarkerTree::from_str(is_linux).unwrap_or_default()
});

/// Whether a marker may hold in an image. One that cannot be read may.
pub(crate) fn may_hold_on_linux(marker: &str) -> bool {
    // The parser stops the program at some other characters.
    let is_readable = marker.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    let parsed = is_readable.then(|| MarkerTree::from_str(marker).ok()).flatten();
    parsed.is_none_or(|marker| !marker.is_disjoint(&LINUX))
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let refuse = |reason: String| RequirementError { text: text.to_owned(), reason };
        // The grammar of PEP 508 has no other characters; the parser stops the program at some of them.
        if !text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
            return Err(refuse("only ASCII characters can occur in it; in a URL, write others as `%…`".to_owned()));
        }
        // So it does at a name or an extra that ends like this.
        if let Some(word) = names(text).find(|word| word.ends_with(SEPARATORS)) {
            return Err(refuse(format!("`{word}` ends with neither a letter nor a digit")));
        }
        let parsed = pep508_rs::Requirement::<Url>::from_str(text)
            .map_err(|error| refuse(error.message.to_string().to_lowercase().trim_end_matches('.').to_owned()))?;
        let named =
            |name: &dyn fmt::Display| name.to_string().parse().map_err(|error: NameError| refuse(error.to_string()));
        let name = named(&parsed.name)?;
        let extras = parsed.extras.iter().map(|extra| named(extra)).collect::<Result<_, _>>()?;
        let has_marker = parsed.marker.contents().is_some();
        let is_for_linux = !parsed.marker.is_disjoint(&LINUX);
        let is_exact = match &parsed.version_or_url {
            Some(VersionOrUrl::Url(_)) => true,
            Some(VersionOrUrl::VersionSpecifier(versions)) => {
                versions.iter().any(|versions| matches!(versions.operator(), Operator::Equal | Operator::ExactEqual))
            }
            None => false,
        };
        let url = match parsed.version_or_url {
            Some(VersionOrUrl::Url(url)) => Some(url),
            _ => None,
        };
        if url.as_ref().is_some_and(|url| url.password().is_some()) {
            return Err(RequirementError {
                text: name_of_place(url.as_ref()),
                reason: "its URL holds a password, which would end in the image".to_owned(),
            });
        }
        let text = text.trim();
        let written = text.split_once('@').and_then(|(_, url)| url.split_whitespace().next()).unwrap_or_default();
        let is_file = url.as_ref().is_some_and(|url| url.scheme() == "file");
        let file = is_file.then(|| file_url::path(written)).transpose().map_err(|reason| refuse(reason.to_owned()))?;
        match misread_in_a_file(text) {
            Some(reason) => Err(refuse(reason.to_owned())),
            None => Ok(Self { text: text.to_owned(), name, extras, url, file, is_exact, has_marker, is_for_linux }),
        }
    }
}

/// What separates the words of a name.
const SEPARATORS: [char; 3] = ['.', '-', '_'];

/// The words that a specifier starts with: its name and its extras, and nothing else where it is well formed.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let head = text.split(['<', '>', '=', '!', '~', ';', '@', '(']).next().unwrap_or(text);
    let words = head.split(|c: char| !c.is_ascii_alphanumeric() && !SEPARATORS.contains(&c));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// What [a requirement file] would make of a specifier beyond the specifier itself; nothing, for most.
///
/// [a requirement file]: https://pip.pypa.io/en/stable/reference/requirements-file-format/
fn misread_in_a_file(text: &str) -> Option<&'static str> {
    match () {
        () if text.ends_with('\\') => Some("a `\\` at its end would join it with the next one"),
        () if text.contains(" #") => Some("what follows ` #` would be a comment"),
        () if text.contains(" -") => Some("what follows ` -` would be an option"),
        () if text.contains("${") => Some("an installer would take `${…}` for an environment variable"),
        () => None,
    }
}

/// A URL with what is secret in it left out.
fn name_of_place(url: Option<&Url>) -> String {
    let Some(mut url) = url.cloned() else {
        return String::new();
    };
    // Both fail only on URLs that cannot hold credentials.
    let _ = url.set_password(Some("…"));
    url.to_string().replace("%E2%80%A6", "…")
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Requirement;

    #[test]
    fn specifiers_are_kept_as_written() {
        for (text, name) in [
            ("rich", "rich"),
            (" Rich[jupyter]>=13,<15 ; python_version > \"3.10\" ", "rich"),
            ("torch @ https://example.org/torch-2.0%2Bcu121.whl", "torch"),
            ("x @ git+ssh://git@example.org/x.git@v1", "x"),
        ] {
            let requirement: Requirement = text.parse().unwrap();
            assert_eq!((requirement.as_str(), requirement.name().as_str()), (text.trim(), name));
        }
    }

    #[test]
    fn what_is_no_specifier_is_refused() {
        for text in [
            "",
            "rich==",
            "rich\n--index-url https://example.org",
            "-r x.txt",
            "./lib",
            "a b",
            "x; os_name != ''é '",
            "x @ https://e/\u{2028}y",
            "rich-",
            "rich->=13",
            "rich. ; os_name == 'nt'",
            "rich[a_]",
            "rich[a, b-",
        ] {
            assert!(text.parse::<Requirement>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_a_requirement_file_reads_otherwise_is_refused() {
        for end in ["\\", "/ --pre", "/${HOME}", "; os_name == ' #'", "; os_name == ' -r x'"] {
            let text = format!("x @ https://example.org/{end}");
            assert!(text.parse::<Requirement>().is_err(), "{text:?}");
        }
        assert!("x @ https://example.org/a-b#subdirectory=c".parse::<Requirement>().is_ok());
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        let error = "x @ https://me:hunter2@example.org/x.whl".parse::<Requirement>().unwrap_err().to_string();
        assert!(error.contains("example.org") && !error.contains("hunter2"), "{error}");
    }
}
