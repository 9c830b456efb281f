//! `Pipfile`: a project as pipenv describes it.
//!
//! `[packages]`, `[dev-packages]` and the other categories become PEP 508 requirements, so that everything after this
//! reads one form. Packages are installed from a lock only, so a version that PEP 440 does not know (`>=2.*`) is left out.
//! The format is that of [pipenv].
//!
//! [pipenv]: https://pipenv.pypa.io/en/stable/pipfile.html

use std::fmt;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use serde::Deserialize;
use toml::{Table, Value};

use super::described::{Described, Fault, GroupContent, name};
use super::repository;
use super::requirement::Requirement;
use super::toml_size::{TOO_MANY, end_of_tokens};
use crate::value::{OneLine, ProjectName, Redacted};

pub(crate) const FILE: &str = "Pipfile";

/// The tables that are not categories of packages.
pub(crate) const OTHER_TABLES: [&str; 5] = ["source", "requires", "scripts", "pipfile", "pipenv"];

/// The category of the dependencies themselves.
pub(crate) const PACKAGES: &str = "packages";

/// The keys of a package that are an environment marker each: `sys_platform = "== 'win32'"`.
const MARKERS: [&str; 11] = [
    "implementation_name",
    "implementation_version",
    "os_name",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_full_version",
    "python_version",
    "sys_platform",
];

/// What a `Pipfile` says of a project.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pipfile(pub(crate) Described);

/// An error in a `Pipfile`, displayed as `Pipfile:LINE: reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipfileError {
    line: Option<usize>,
    reason: String,
}

/// A package that is written as a table.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Package {
    version: Option<String>,
    extras: Vec<String>,
    markers: Option<String>,
    git: Option<String>,
    hg: Option<String>,
    svn: Option<String>,
    bzr: Option<String>,
    r#ref: Option<String>,
    subdirectory: Option<String>,
    path: Option<String>,
    file: Option<String>,
    #[serde(flatten)]
    other: Table,
}

impl FromStr for Pipfile {
    type Err = PipfileError;

    fn from_str(text: &str) -> Result<Self, PipfileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(offset) = end_of_tokens(text) {
            let line = text[..text.floor_char_boundary(offset)].matches('\n').count() + 1;
            return Err(PipfileError::new(Some(line), TOO_MANY));
        }
        let tables: Table = text.parse().map_err(|error: toml::de::Error| {
            let start = error.span().map(|span| text.floor_char_boundary(span.start));
            let line = start.map(|start| text[..start].matches('\n').count() + 1);
            PipfileError::new(line, &error.message().split('\n').collect::<Vec<_>>().join(", "))
        })?;
        let fault = |(key, reason): Fault| PipfileError::new(None, &format!("{key}: {reason}"));
        described(&tables).map(Self).map_err(fault)
    }
}

fn described(tables: &Table) -> Result<Described, Fault> {
    let mut described = Described { requires_python: requires_python(tables)?, ..Described::default() };
    for (category, packages) in tables.iter().filter(|(name, _)| !OTHER_TABLES.contains(&name.as_str())) {
        let Value::Table(packages) = packages else {
            return Err((category.clone(), "it is not a table of packages".to_owned()));
        };
        let mut requirements = Vec::new();
        for (package, value) in packages {
            let requirement = requirement(package, value);
            requirements.extend(requirement.map_err(|reason| (format!("{category}.{package}"), reason))?);
        }
        if category == PACKAGES {
            described.dependencies = requirements;
        } else {
            let content = GroupContent { requirements, includes: Vec::new() };
            described.groups.insert(name(category, category)?, content);
        }
    }
    Ok(described)
}

/// `[requires]`: `python_version = "3.11"`, or the more exact `python_full_version = "3.11.4"`.
fn requires_python(tables: &Table) -> Result<Option<VersionSpecifiers>, Fault> {
    let requires = tables.get("requires");
    let text = |key: &str| requires.and_then(|requires| requires.get(key)).and_then(Value::as_str);
    let (key, specifiers) = match (text("python_full_version"), text("python_version")) {
        (Some(version), _) => ("requires.python_full_version", format!("=={version}")),
        (None, Some(version)) if version != "*" => ("requires.python_version", format!("=={version}.*")),
        _ => return Ok(None),
    };
    let parsed = specifiers.parse().map(Some);
    parsed.map_err(|_| (key.to_owned(), format!("`{specifiers}` is not a Python version")))
}

/// Returns the requirement of a package, or `None` for the project itself (`path = "."`).
fn requirement(name: &str, value: &Value) -> Result<Option<Requirement>, String> {
    let package = match value {
        Value::String(version) => Package { version: Some(version.clone()), ..Package::default() },
        value => value.clone().try_into().map_err(|error: toml::de::Error| error.message().to_owned())?,
    };
    let name: ProjectName = name.parse().map_err(|error: crate::value::NameError| error.to_string())?;
    let Some(origin) = package.origin() else { return Ok(None) };
    let extras = if package.extras.is_empty() { String::new() } else { format!("[{}]", package.extras.join(",")) };
    let text = |origin: &str| format!("{name}{extras}{origin}{}", package.marker());
    let parsed = text(&origin).parse();
    let parsed = if package.is_versioned() { parsed.or_else(|_| text("").parse()) } else { parsed };
    parsed.map(Some).map_err(|error: super::requirement::RequirementError| error.to_string())
}

impl Package {
    /// Returns the version or the URL, as it follows a name, or `None` for the project itself.
    fn origin(&self) -> Option<String> {
        if let Some(found) = repository::first([&self.git, &self.hg, &self.svn, &self.bzr]) {
            let url = repository::for_pip(found, self.r#ref.as_deref(), self.subdirectory.as_deref());
            return Some(format!(" @ {url}"));
        }
        let subdirectory = repository::fragment(self.subdirectory.as_deref());
        match self.path.as_deref().or(self.file.as_deref()) {
            Some(path) if matches!(path.trim_end_matches('/'), "." | "") => None,
            Some(url) if url.contains("://") => Some(format!(" @ {url}{subdirectory}")),
            Some(path) => Some(format!(" @ file:{path}{subdirectory}")),
            None => {
                let version = self.version.as_deref().filter(|version| *version != "*");
                Some(version.map(|version| format!(" {version}")).unwrap_or_default())
            }
        }
    }

    fn is_versioned(&self) -> bool {
        self.origin().is_some_and(|origin| !origin.contains('@'))
    }

    fn marker(&self) -> String {
        let of_keys = MARKERS.iter().filter_map(|key| Some(format!("{key} {}", self.other.get(*key)?.as_str()?)));
        let all: Vec<String> = self.markers.iter().map(|marker| format!("({marker})")).chain(of_keys).collect();
        if all.is_empty() { String::new() } else { format!(" ; {}", all.join(" and ")) }
    }
}

impl PipfileError {
    /// Hides credentials in the reason.
    fn new(line: Option<usize>, reason: &str) -> Self {
        Self { line, reason: Redacted(reason).to_string() }
    }
}

impl fmt::Display for PipfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FILE)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", OneLine(&self.reason))
    }
}

impl std::error::Error for PipfileError {}

#[cfg(test)]
mod tests {
    use super::Pipfile;

    fn texts(requirements: &[super::Requirement]) -> Vec<&str> {
        requirements.iter().map(super::Requirement::as_str).collect()
    }

    #[test]
    fn packages_are_requirements() {
        let pipfile: Pipfile = r#"
            [[source]]
            name = "pypi"
            url = "https://index.example.org/simple"
            [packages]
            Flask = "*"
            requests = { version = ">=2,<3", extras = ["socks", "x"], index = "pypi" }
            pywin32 = { version = "*", sys_platform = "== 'win32'", markers = "python_version < '3.12' or os_name == 'nt'" }
            tool = { git = "https://git.example.org/tool.git", ref = "v1", subdirectory = "py", editable = true }
            short = { git = "git@git.example.org:a/short.git" }
            wheel = { file = "https://files.example.org/wheel-1.0-py3-none-any.whl" }
            lib = { path = "../lib", editable = true }
            app = { path = ".", editable = true }
            [dev-packages]
            pytest = "~=8.0"
            old = ">=2.*"
            [docs_site]
            markdown = "==3.5"
            [requires]
            python_version = "3.11"
            [scripts]
            x = "y"
        "#
        .parse()
        .unwrap();
        let mut found = texts(&pipfile.0.dependencies);
        found.sort_unstable();
        assert_eq!(
            found,
            [
                "flask",
                "lib @ file:../lib",
                "pywin32 ; (python_version < '3.12' or os_name == 'nt') and sys_platform == 'win32'",
                "requests[socks,x] >=2,<3",
                "short @ git+ssh://git@git.example.org/a/short.git",
                "tool @ git+https://git.example.org/tool.git@v1#subdirectory=py",
                "wheel @ https://files.example.org/wheel-1.0-py3-none-any.whl",
            ]
        );
        let groups = pipfile.0.groups.iter().map(|(name, content)| (name.as_str(), texts(&content.requirements)));
        let expected = [("dev-packages", vec!["old", "pytest ~=8.0"]), ("docs-site", vec!["markdown ==3.5"])];
        assert_eq!(groups.collect::<Vec<_>>(), expected);
        assert_eq!(pipfile.0.requires_python.unwrap().to_string(), "==3.11.*");
    }

    #[test]
    fn a_fault_is_named() {
        for (text, expected) in [
            ("[packages]\n\na b = 1", "Pipfile:3: "),
            (
                "[packages]\nsix = { path = '%z' }",
                "Pipfile: packages.six: `six @ file:%z` is not a valid requirement: its URL",
            ),
            ("[packages]\nsix = { version = '*', markers = '(' }", "Pipfile: packages.six: `six ; (()` is not"),
            ("[packages]\nsix = 1", "Pipfile: packages.six: "),
            (
                "[packages]\nsix = { file = 'https://me:hunter2@example.org/x', markers = '(' }",
                "Pipfile: packages.six: `six @ https://…@example.org/x ; (()`",
            ),
            ("packages = 1", "Pipfile: packages: it is not a table of packages"),
            ("[requires]\npython_version = 'x'", "Pipfile: requires.python_version: `==x.*` is not a Python version"),
        ] {
            let error = text.parse::<Pipfile>().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn the_python_of_the_project_may_be_exact() {
        let python = |lines: &str| {
            let pipfile: Pipfile = format!("[requires]\n{lines}").parse().unwrap();
            pipfile.0.requires_python.map(|versions| versions.to_string())
        };
        for (lines, expected) in [
            ("", None),
            ("python_version = '*'", None),
            ("python_version = '3.11'", Some("==3.11.*")),
            ("python_full_version = '3.11.4'", Some("==3.11.4")),
            ("python_version = '3.11'\npython_full_version = '3.11.4'", Some("==3.11.4")),
        ] {
            assert_eq!(python(lines).as_deref(), expected, "{lines}");
        }
    }

    #[test]
    fn the_line_with_too_many_tokens_is_named() {
        let error = "\n".repeat(2_000_001).parse::<Pipfile>().unwrap_err().to_string();
        assert!(error.starts_with("Pipfile:2000001: more than 2000000 values and signs"), "{error}");
    }
}
