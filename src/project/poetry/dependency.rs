//! A dependency in Poetry's tables, as PEP 508 requirements.

use serde::Deserialize;

use super::constraint::Constraint;
use super::platform;
use crate::project::requirement::{Alternatives, Requirement, RequirementError};

/// A dependency as it is written: a version, a table, or a list of tables. Each table of a list has its own environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Dependency {
    /// `six = "^1.16"`.
    Version(String),
    /// `six = { version = "^1.16", optional = true }`.
    Table(Box<DependencyTable>),
    /// `six = [{ version = "1.15", python = "<3.8" }, { version = "^1.16", python = ">=3.8" }]`.
    Several(Vec<DependencyTable>),
}

/// A dependency that is written as a table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DependencyTable {
    version: Option<String>,
    extras: Vec<String>,
    optional: bool,
    python: Option<String>,
    markers: Option<String>,
    platform: Option<String>,
    /// The name of a `[[tool.poetry.source]]`.
    source: Option<String>,
    git: Option<String>,
    branch: Option<String>,
    tag: Option<String>,
    rev: Option<String>,
    subdirectory: Option<String>,
    path: Option<String>,
    file: Option<String>,
    url: Option<String>,
}

impl Dependency {
    /// The requirements of the distribution `name`.
    ///
    /// # Errors
    ///
    /// A constraint that cannot be read. The error names it.
    pub(crate) fn requirements(&self, name: &str) -> Result<Vec<Requirement>, String> {
        let version = |text: &String| DependencyTable { version: Some(text.clone()), ..DependencyTable::default() };
        match self {
            Self::Version(text) => Ok(vec![version(text).requirement(name)?]),
            Self::Table(table) => Ok(vec![table.requirement(name)?]),
            Self::Several(tables) => tables.iter().map(|table| table.requirement(name)).collect(),
        }
    }

    /// Whether only extras ask for it.
    pub(crate) fn is_optional(&self) -> bool {
        match self {
            Self::Version(_) => false,
            Self::Table(table) => table.optional,
            Self::Several(tables) => tables.iter().any(|table| table.optional),
        }
    }

    /// Whether a version constraint has alternatives.
    pub(crate) fn has_alternatives(&self) -> bool {
        match self {
            Self::Version(text) => text.contains('|'),
            _ => self.tables().iter().any(|table| table.version.as_ref().is_some_and(|text| text.contains('|'))),
        }
    }

    /// The package sources that it names.
    pub(crate) fn sources(&self) -> Vec<&str> {
        self.tables().iter().filter_map(|table| table.source.as_deref()).collect()
    }

    fn tables(&self) -> &[DependencyTable] {
        match self {
            Self::Version(_) => &[],
            Self::Table(table) => std::slice::from_ref(&**table),
            Self::Several(tables) => tables,
        }
    }

    /// The constraint of `python = "…"`.
    pub(crate) fn constraint(&self) -> Option<&str> {
        match self {
            Self::Version(text) => Some(text),
            Self::Table(table) => table.version.as_deref(),
            Self::Several(_) => None,
        }
    }
}

impl DependencyTable {
    fn requirement(&self, name: &str) -> Result<Requirement, String> {
        let extras = if self.extras.is_empty() { String::new() } else { format!("[{}]", self.extras.join(",")) };
        let (origin, alternatives) = match self.url() {
            Some(url) => (format!(" @ {url}"), None),
            None => self.versions()?,
        };
        let marker = self.marker()?;
        let marker = if marker.is_empty() { String::new() } else { format!(" ; {marker}") };
        let text = format!("{name}{extras}{origin}{marker}");
        let requirement: Requirement = text.parse().map_err(|error: RequirementError| error.to_string())?;
        Ok(match alternatives {
            Some(alternatives) => requirement.with_alternatives(alternatives),
            None => requirement,
        })
    }

    fn url(&self) -> Option<String> {
        let folder = self.subdirectory.as_ref().map(|folder| format!("#subdirectory={folder}")).unwrap_or_default();
        if let Some(git) = &self.git {
            let revision = self.rev.as_ref().or(self.tag.as_ref()).or(self.branch.as_ref());
            let revision = revision.map(|revision| format!("@{revision}")).unwrap_or_default();
            return Some(format!("git+{}{revision}{folder}", with_scheme(git)));
        }
        if let Some(path) = self.path.as_ref().or(self.file.as_ref()) {
            return Some(format!("file:{}{folder}", path.replace('%', "%25").replace(' ', "%20")));
        }
        self.url.as_ref().map(|url| format!("{url}{folder}"))
    }

    /// Returns the specifiers, or else the alternatives that PEP 508 cannot express.
    fn versions(&self) -> Result<(String, Option<Alternatives>), String> {
        let Some(text) = &self.version else { return Ok((String::new(), None)) };
        let constraint = Constraint::parse(text).map_err(|expected| format!("`{text}` is not {expected}"))?;
        Ok(match constraint.specifiers() {
            Some(specifiers) if specifiers.is_empty() => (String::new(), None),
            Some(specifiers) => (format!(" {specifiers}"), None),
            None => {
                let specifiers = constraint.alternatives().to_vec();
                (String::new(), Some(Alternatives { text: text.clone(), specifiers }))
            }
        })
    }

    fn marker(&self) -> Result<String, String> {
        let python = match &self.python {
            None => String::new(),
            Some(text) => {
                let constraint = Constraint::parse(text).map_err(|expected| format!("`{text}` is not {expected}"))?;
                constraint.python_marker()
            }
        };
        let platform = match &self.platform {
            None => String::new(),
            Some(text) => platform::marker(text).map_err(|expected| format!("`{text}` is not {expected}"))?,
        };
        let parts: Vec<String> = [python].into_iter().chain(self.markers.clone()).chain([platform]).collect();
        let parts: Vec<&String> = parts.iter().filter(|part| !part.trim().is_empty()).collect();
        Ok(match &parts[..] {
            [] => String::new(),
            [one] => (*one).clone(),
            several => several.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" and "),
        })
    }
}

/// A repository as a URL: `git@host:owner/name` is SSH.
fn with_scheme(repository: &str) -> String {
    match repository.split_once(':') {
        Some((host, path)) if host.contains('@') && !path.starts_with("//") => format!("ssh://{host}/{path}"),
        _ => repository.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Dependency;

    #[derive(serde::Deserialize)]
    struct One {
        x: Dependency,
    }

    fn requirements(text: &str) -> Result<Vec<String>, String> {
        let one: One = toml::from_str(&format!("x = {text}")).unwrap();
        Ok(one.x.requirements("x")?.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn each_form_becomes_a_requirement() {
        for (written, expected) in [
            ("'*'", "x"),
            ("'^1.16'", "x >=1.16, <2"),
            ("{ version = '1.0', extras = ['a', 'b'] }", "x[a,b] ==1.0"),
            ("{ git = 'https://git.example.org/x.git', tag = 'v1' }", "x @ git+https://git.example.org/x.git@v1"),
            ("{ git = 'git@git.example.org:me/x.git' }", "x @ git+ssh://git@git.example.org/me/x.git"),
            ("{ url = 'https://files.example.org/x-1.tar.gz' }", "x @ https://files.example.org/x-1.tar.gz"),
            ("{ path = '../lib', develop = true }", "x @ file:../lib"),
            ("{ version = '1', markers = \"os_name == 'posix'\" }", "x ==1 ; os_name == 'posix'"),
            ("{ version = '1', platform = 'linux' }", "x ==1 ; sys_platform == \"linux\""),
            (
                "{ version = '1', python = '>=3.9', platform = 'darwin|linux' }",
                "x ==1 ; (python_full_version >= \"3.9\") and ((sys_platform == \"darwin\") or (sys_platform == \"linux\"))",
            ),
        ] {
            assert_eq!(requirements(written), Ok(vec![expected.to_owned()]), "{written}");
        }
    }

    #[test]
    fn several_constraints_are_several_requirements() {
        let found = requirements("[{ version = '1.15', python = '<3.8' }, { version = '^1.16', python = '>=3.8' }]");
        let expected = ["x ==1.15 ; python_full_version < \"3.8\"", "x >=1.16, <2 ; python_full_version >= \"3.8\""];
        assert_eq!(found.unwrap(), expected);
    }

    #[test]
    fn alternatives_that_cannot_be_expressed_are_kept_beside_the_text() {
        let one: One = toml::from_str("x = { version = '1.0 || ^2.1', markers = \"os_name == 'posix'\" }").unwrap();
        let requirement = &one.x.requirements("x").unwrap()[0];
        assert_eq!(requirement.to_string(), "x ; os_name == 'posix'");
        assert_eq!(requirement.alternatives().unwrap().text, "1.0 || ^2.1");
        let allowed = ["0.9", "1.0", "1.1", "2.0", "2.1", "2.9", "3.0"];
        let allowed = allowed.map(|version| requirement.allows(&version.parse().unwrap()));
        assert_eq!(allowed, [false, true, false, false, true, true, false]);
    }

    #[test]
    fn a_constraint_that_cannot_be_read_is_refused() {
        assert!(requirements("'^'").unwrap_err().starts_with("`^` is not a version constraint"));
    }
}
