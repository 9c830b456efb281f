//! `[tool.poetry]` beside `[project]`, as Poetry 2 reads the two together.
//!
//! A dependency in `[project]` or `[dependency-groups]` that `[tool.poetry]` names too is *enriched*: it comes from the
//! path, repository or URL that Poetry names, and both constraints and both markers apply. Fields that `[project]` leaves
//! open are those of `[tool.poetry]`.

use std::collections::BTreeMap;

use crate::project::described::{Described, Fault};
use crate::project::requirement::{Requirement, RequirementError};
use crate::value::ProjectName;

/// What a manifest lists in `[project]`.
pub(crate) struct Lists {
    pub(crate) dependencies: Vec<Requirement>,
    pub(crate) extras: BTreeMap<ProjectName, Vec<Requirement>>,
}

impl Described {
    /// Completes what `[project]` lists. `is_open`: the dependencies are dynamic, or there is no `[project]`.
    ///
    /// # Errors
    ///
    /// A dependency whose two descriptions do not form one requirement.
    pub(crate) fn complete(&self, lists: Lists, is_open: bool) -> Result<Lists, Fault> {
        let lists_nothing = lists.dependencies.is_empty() && lists.extras.is_empty();
        let enrich = |list: Vec<Requirement>| enriched(list, &self.stated).map_err(at("dependencies"));
        let extras = lists.extras.into_iter().map(|(name, list)| Ok((name, enrich(list)?)));
        let mut extras: BTreeMap<_, _> = extras.collect::<Result<_, Fault>>()?;
        if is_open || lists_nothing {
            extras.extend(self.extras.clone());
            return Ok(Lists { dependencies: self.dependencies.clone(), extras });
        }
        Ok(Lists { dependencies: enrich(lists.dependencies)?, extras })
    }
}

/// Returns an error with its key.
fn at(key: &'static str) -> impl Fn(RequirementError) -> Fault {
    move |error| (key.to_owned(), error.to_string())
}

/// Returns requirements as Poetry completes them with those of the same name in `[tool.poetry]`. If it names several, each
/// applies where its marker does.
pub(crate) fn enriched(own: Vec<Requirement>, of_poetry: &[Requirement]) -> Result<Vec<Requirement>, RequirementError> {
    let mut all = Vec::new();
    for requirement in own {
        let is_same = |other: &&Requirement| {
            other.name() == requirement.name() && !other.marker().is_disjoint(requirement.marker())
        };
        let mut same = of_poetry.iter().filter(is_same).peekable();
        if same.peek().is_none() || requirement.url().is_some() {
            all.push(requirement);
            continue;
        }
        for other in same {
            all.push(requirement.restricted_by(other)?);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use crate::project::manifest::Project;

    fn project(project: &str, poetry: &str, backend: &str) -> Project {
        let text = format!(
            "[project]\nname = 'a'\nversion = '1'\n{project}\n{poetry}\n[build-system]\nrequires = []\nbuild-backend = '{backend}'\n"
        );
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn names<'a>(list: impl IntoIterator<Item = &'a crate::project::requirement::Requirement>) -> Vec<String> {
        list.into_iter().map(ToString::to_string).collect()
    }

    const POETRY: &str = "poetry.core.masonry.api";

    /// What `poetry install` installs with Poetry 2, by its `dependencies_for_locking`.
    #[test]
    fn a_dependency_is_enriched() {
        for (own, poetry, expected) in [
            ("lib", "{ path = '../lib', develop = true }", &["lib @ file:../lib"][..]),
            (
                "lib[x]>=1",
                "{ git = 'https://g.example.org/lib', tag = 'v1' }",
                &["lib[x] @ git+https://g.example.org/lib@v1"],
            ),
            ("lib>=1", "'^1.2'", &["lib >=1, >=1.2, <2"]),
            ("lib", "'*'", &["lib"]),
            ("lib", "{ version = '1.0', optional = true }", &["lib ==1.0"]),
            (
                "lib; python_version > '3.8'",
                "{ path = 'lib', markers = \"sys_platform == 'linux'\" }",
                &["lib @ file:lib ; python_full_version >= '3.9' and sys_platform == 'linux'"],
            ),
            (
                "lib",
                "[{ path = 'lib', platform = 'linux' }, { version = '2', platform = 'darwin' }]",
                &["lib @ file:lib ; sys_platform == 'linux'", "lib ==2 ; sys_platform == 'darwin'"],
            ),
            ("lib; sys_platform == 'linux'", "{ path = 'lib', platform = 'win32' }", &["lib; sys_platform == 'linux'"]),
            ("lib @ https://f.example.org/lib-1.tar.gz", "'^1'", &["lib @ https://f.example.org/lib-1.tar.gz"]),
        ] {
            let list = format!("dependencies = [\"{own}\", \"six\"]");
            let poetry = format!("[tool.poetry.dependencies]\nlib = {poetry}\nother = '*'");
            let found = names(project(&list, &poetry, POETRY).dependencies());
            let expected: Vec<_> = expected.iter().copied().chain(["six"]).collect();
            assert_eq!(found, expected, "{own} {poetry}");
            let list = format!("optional-dependencies.x = [\"{own}\", \"six\"]");
            let found = project(&list, &poetry, POETRY);
            assert_eq!(names(&found.optional_dependencies()[&"x".parse().unwrap()]), expected, "{own} {poetry}");
            assert_eq!(names(found.dependencies()), [""; 0], "they are not dynamic");
        }
    }

    #[test]
    fn a_dependency_of_a_group_is_enriched() {
        let group = "[dependency-groups]\ndev = ['lib', 'six']\n[tool.poetry.group.dev.dependencies]\n\
                     lib = { path = 'lib' }\nother = '*'\n[tool.poetry.group.docs.dependencies]\nother = '*'";
        let found = project("", group, POETRY);
        assert_eq!(names(found.group(&"dev".parse().unwrap()).unwrap()), ["lib @ file:lib", "six"]);
        assert_eq!(names(found.group(&"docs".parse().unwrap()).unwrap()), ["other"]);
    }

    /// Poetry calls this its legacy mode: `poetry-core` writes these dependencies into the wheel.
    #[test]
    fn a_project_table_without_dependencies_has_those_of_poetry() {
        let poetry = "[tool.poetry.dependencies]\nsix = '*'\nidna = { version = '*', optional = true }\n\
                      [tool.poetry.extras]\nx = ['idna']\n";
        let found = project("", poetry, POETRY);
        assert_eq!(names(found.dependencies()), ["six"]);
        assert_eq!(names(&found.optional_dependencies()[&"x".parse().unwrap()]), ["idna"]);
        assert_eq!(names(project("", poetry, "hatchling.build").dependencies()), [""; 0], "another backend builds it");
    }

    /// PEP 508 cannot express them, so they are beside the text.
    #[test]
    fn alternatives_restrict_a_requirement() {
        let poetry = "[tool.poetry.dependencies]\nsix = '1.0 || 3.0'\n";
        let found = project("dependencies = ['six[x]']", poetry, "poetry.core.masonry.api");
        let six = &found.dependencies()[0];
        assert_eq!((six.as_str(), six.alternatives().map(|one| one.text.as_str())), ("six[x]", Some("1.0 || 3.0")));
        assert!(six.allows(&"3.0".parse().unwrap()) && !six.allows(&"2.0".parse().unwrap()));
    }
}
