//! `[tool.pdm]`: what PDM adds to `[project]`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::described::{Fault, GroupContent, name};
use super::index_source::IndexSource;
use super::requirement::Requirement;
use crate::value::ProjectName;

/// The table, as far as it describes a project.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct PdmTable {
    distribution: Option<bool>,
    package_type: Option<String>,
    dev_dependencies: BTreeMap<String, Vec<DevDependency>>,
    pub(crate) source: Vec<IndexSource>,
    resolution: ResolutionTable,
}

/// `[tool.pdm.resolution]`: what changes the result of resolution.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct ResolutionTable {
    overrides: toml::Table,
    excludes: Vec<IgnoredAny>,
}

/// A requirement, which may be editable (`-e PATH`), or another group.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum DevDependency {
    Requirement(String),
    #[serde(rename_all = "kebab-case")]
    Include {
        include_group: String,
    },
}

impl PdmTable {
    /// Returns whether the project is installed, if the table says so.
    pub(crate) fn is_package(&self) -> Option<bool> {
        self.package_type.as_ref().map(|kind| kind == "library").or(self.distribution)
    }

    /// Returns whether the table lists groups, or says whether the project is installed.
    pub(crate) fn describes(&self) -> bool {
        !self.dev_dependencies.is_empty() || self.is_package().is_some()
    }

    /// Returns whether some dependencies are replaced or left out.
    pub(crate) fn overrides_versions(&self) -> bool {
        !self.resolution.overrides.is_empty() || !self.resolution.excludes.is_empty()
    }

    /// Returns the development groups.
    ///
    /// # Errors
    ///
    /// A group or a requirement that cannot be read.
    pub(crate) fn groups(&self) -> Result<BTreeMap<ProjectName, GroupContent>, Fault> {
        let mut groups: BTreeMap<ProjectName, GroupContent> = BTreeMap::new();
        for (group, items) in &self.dev_dependencies {
            let key = format!("dev-dependencies.{group}");
            let content = groups.entry(name("dev-dependencies", group)?).or_default();
            for item in items {
                match item {
                    DevDependency::Requirement(text) => {
                        let requirement = requirement(text).map_err(|reason| (key.clone(), reason))?;
                        content.requirements.push(requirement);
                    }
                    DevDependency::Include { include_group } => content.includes.push(name(&key, include_group)?),
                }
            }
        }
        Ok(groups)
    }
}

/// Parses a requirement of a development group. An editable one is a URL or a path: its name is in the fragment
/// (`#egg=NAME`), or the last part of the path.
fn requirement(text: &str) -> Result<Requirement, String> {
    let parsed = match text.strip_prefix("-e ").or_else(|| text.strip_prefix("--editable ")) {
        Some(location) => editable(location.trim()).parse(),
        None => text.parse(),
    };
    parsed.map_err(|error: super::requirement::RequirementError| error.to_string())
}

fn editable(location: &str) -> String {
    let (location, marker) =
        location.split_once(';').map_or((location, None), |(url, marker)| (url.trim(), Some(marker)));
    let (url, fragment) = location.split_once('#').unwrap_or((location, ""));
    let parts: Vec<&str> = fragment.split('&').filter(|part| !part.is_empty()).collect();
    let egg = parts.iter().find_map(|part| part.strip_prefix("egg="));
    let folder = url.trim_end_matches('/').rsplit('/').next().unwrap_or(url);
    let name = egg.unwrap_or_else(|| folder.split('@').next().unwrap_or(folder).trim_end_matches(".git"));
    let url = if url.contains(':') { url.to_owned() } else { format!("file:{url}") };
    let rest: Vec<&str> = parts.iter().filter(|part| !part.starts_with("egg=")).copied().collect();
    let fragment = if rest.is_empty() { String::new() } else { format!("#{}", rest.join("&")) };
    let marker = marker.map(|marker| format!(" ; {}", marker.trim())).unwrap_or_default();
    format!("{name} @ {url}{fragment}{marker}")
}

#[cfg(test)]
mod tests {
    use crate::project::manifest::{Project, ProjectKind};

    fn project(pdm: &str) -> Result<Project, String> {
        let text = format!("[project]\nname = 'app'\nversion = '1'\n[dependency-groups]\nlint = ['ruff']\n{pdm}");
        text.parse().map_err(|error: crate::project::manifest::ProjectError| error.to_string())
    }

    #[test]
    fn development_groups_are_dependency_groups() {
        let project = project(
            "[tool.pdm.dev-dependencies]\nLint = ['black']\n\
             test = ['pytest>=8', '-e file:///${PROJECT_ROOT}/lib#egg=my-lib', '-e ./tool', \
             '-e git+https://git.example.org/a.git@v1#egg=a&subdirectory=b ; os_name == \"nt\"', { include-group = 'lint' }]",
        );
        let project = project.unwrap();
        let group = |name: &str| {
            let group = project.group(&name.parse().unwrap()).unwrap();
            group.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(group("lint"), ["ruff", "black"]);
        assert_eq!(
            group("test"),
            [
                "pytest>=8",
                "my-lib @ file:lib",
                "tool @ file:./tool",
                "a @ git+https://git.example.org/a.git@v1#subdirectory=b ; os_name == \"nt\"",
                "ruff",
                "black"
            ]
        );
    }

    #[test]
    fn a_project_may_be_no_package() {
        for (table, kind) in [
            ("distribution = false", ProjectKind::Scripts),
            ("distribution = true", ProjectKind::Package),
            ("package-type = 'application'", ProjectKind::Scripts),
            ("package-type = 'library'\ndistribution = false", ProjectKind::Package),
            ("", ProjectKind::Package),
        ] {
            assert_eq!(project(&format!("[tool.pdm]\n{table}")).unwrap().kind(), kind, "{table}");
        }
    }

    #[test]
    fn a_requirement_that_cannot_be_read_is_named() {
        let error = project("[tool.pdm.dev-dependencies]\ntest = ['a b']").unwrap_err();
        assert!(error.starts_with("pyproject.toml: tool.pdm.dev-dependencies.test: `a b` is not a valid"), "{error}");
    }

    #[test]
    fn a_table_tells_what_it_says_of_the_project() {
        for (text, describes, overrides) in [
            ("", false, false),
            ("version = { source = 'scm' }", false, false),
            ("distribution = false", true, false),
            ("package-type = 'library'", true, false),
            ("dev-dependencies = { test = ['six'] }", true, false),
            ("resolution = { overrides = { six = '1' } }", false, true),
            ("resolution = { excludes = ['six'] }", false, true),
            ("resolution = { respect-source-order = true }", false, false),
        ] {
            let table: super::PdmTable = toml::from_str(text).unwrap();
            assert_eq!((table.describes(), table.overrides_versions()), (describes, overrides), "{text}");
        }
    }
}
