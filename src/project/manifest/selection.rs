//! The requirements of a project for a selection of extras and groups.

use std::collections::BTreeSet;

use super::Project;
use crate::project::requirement::Requirement;
use crate::value::ProjectName;

impl Project {
    /// Returns the project as uv reads it: the tables of Poetry and PDM and the `Pipfile` add nothing.
    pub(crate) fn as_uv_reads(&self) -> &Self {
        self.as_uv.as_deref().unwrap_or(self)
    }

    /// Returns whether uv can read the project: its manifest has `[project]`.
    pub(crate) fn is_read_by_uv(&self) -> bool {
        self.whole.contains_key("project")
    }

    /// Returns whether the wheel of the project states versions as Poetry does (`six (1.0 || 2.0)`), which pip and uv refuse.
    pub(crate) fn writes_alternatives(&self) -> bool {
        self.writes_alternatives
    }

    /// Returns whether `[tool.poetry.dependencies]` says where a requirement comes from.
    pub(crate) fn poetry_places(&self, requirement: &Requirement) -> bool {
        let table = || self.whole.get("tool")?.get("poetry")?.get("dependencies")?.as_table();
        let is_it = |name: &String| name.parse().as_ref() == Ok(requirement.name());
        requirement.url().is_some() && table().is_some_and(|table| table.keys().any(is_it))
    }

    /// Returns the dependencies and the requirements of these extras and groups. A requirement of the project itself
    /// (`hello[all]`) stands for the extras that it names; in a group, PDM lets it name groups as well.
    pub(crate) fn selected(&self, extras: &[ProjectName], groups: &[ProjectName]) -> Vec<&Requirement> {
        let mut selected = Vec::new();
        let mut visited: BTreeSet<&ProjectName> = BTreeSet::new();
        let mut open: Vec<&Requirement> = self.dependencies.iter().collect();
        open.extend(extras.iter().filter_map(|extra| self.optional_dependencies.get(extra)).flatten());
        open.extend(groups.iter().filter_map(|group| self.group(group)).flatten());
        while let Some(requirement) = open.pop() {
            if *requirement.name() != self.name {
                selected.push(requirement);
                continue;
            }
            for name in requirement.extras() {
                if visited.insert(name) {
                    let of_extra = self.optional_dependencies.get(name).map(|list| list.iter().collect());
                    open.extend(of_extra.or_else(|| self.group(name)).unwrap_or_default());
                }
            }
        }
        selected
    }
}

#[cfg(test)]
mod tests {
    use super::Project;

    #[test]
    fn poetry_places_what_it_names() {
        let project: Project = "[tool.poetry]\nname = 'a'\nversion = '1'\n[tool.poetry.dependencies]\nMy_lib = { path = 'lib' }\nsix = '*'"
            .parse()
            .unwrap();
        let places: Vec<bool> =
            project.dependencies().iter().map(|requirement| project.poetry_places(requirement)).collect();
        assert_eq!(places, [true, false]);
        let standard: Project = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['x @ file:x']".parse().unwrap();
        assert!(!standard.poetry_places(&standard.dependencies()[0]));
        let both = format!("{}\n[tool.poetry.dependencies]\nsix = '*'\n", standard.manifest());
        let both: Project = both.parse().unwrap();
        assert!(!both.poetry_places(&both.dependencies()[0]));
    }

    #[test]
    fn a_requirement_of_the_project_itself_stands_for_its_extras() {
        let project: Project = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n\
                                [project.optional-dependencies]\nall = ['a[x,all]', 'idna']\nx = ['rich']\ny = ['attrs']\n\
                                [dependency-groups]\ntest = ['A[lint]']\nlint = ['ruff']\n"
            .parse()
            .unwrap();
        let selected = |extras: &[&str], groups: &[&str]| {
            let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<_>>();
            let selected = project.selected(&names(extras), &names(groups));
            let mut selected: Vec<_> = selected.iter().map(ToString::to_string).collect();
            selected.sort();
            selected
        };
        assert_eq!(selected(&[], &[]), ["six"]);
        assert_eq!(selected(&["all"], &[]), ["idna", "idna", "rich", "six"]);
        assert_eq!(selected(&[], &["test"]), ["ruff", "six"]);
    }
}
