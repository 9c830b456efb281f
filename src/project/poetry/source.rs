//! `[[tool.poetry.source]]`: the package indexes of a project, by the rules of [Poetry 2].
//!
//! Poetry asks its primary indexes, and the supplemental ones for what those do not have. A primary index replaces the
//! public one, unless the public one is listed too. An explicit index has only the packages that name it. Poetry 1 had
//! other words: a *default* index replaces the public one, and a *secondary* one is supplemental; beside a secondary
//! one, a primary index does not replace the public one.
//!
//! [Poetry 2]: https://python-poetry.org/docs/repositories/#project-configuration

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::project::described::Fault;
use crate::project::index_source::index_options;

/// One entry.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Source {
    name: String,
    url: Option<String>,
    #[serde(default)]
    priority: Option<String>,
    /// Poetry up to 1.4 has these two keys instead of a priority.
    #[serde(default)]
    default: bool,
    #[serde(default)]
    secondary: bool,
}

/// In the order in which indexes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Priority {
    Default,
    Primary,
    Secondary,
    Supplemental,
    Explicit,
}

/// The package indexes for dependencies without a lock.
#[derive(Debug, Clone, Default)]
pub(crate) struct PoetrySources {
    /// The options of a requirements file.
    pub(crate) options: Vec<String>,
    /// The names of the indexes that Poetry asks only for some packages, or that are the only ones for some packages. No
    /// option expresses that.
    pub(crate) of_packages: Vec<String>,
    /// Whether there is any index.
    pub(crate) exist: bool,
}

impl PoetrySources {
    /// Reads the entries. `named` are the names that dependencies give as their source.
    ///
    /// # Errors
    ///
    /// A name that is not defined, an unknown priority, or a URL that cannot be used.
    pub(super) fn new(sources: &[Source], named: &BTreeSet<&str>) -> Result<Self, Fault> {
        let fault = |reason: String| ("source".to_owned(), reason);
        let is_public = |source: &Source| source.name.eq_ignore_ascii_case("pypi");
        let is_defined =
            |name: &str| sources.iter().any(|source| source.name == name) || name.eq_ignore_ascii_case("pypi");
        if let Some(name) = named.iter().find(|name| !is_defined(name)) {
            return Err(fault(format!("a dependency names source `{name}`, which is not defined")));
        }
        let mut used = Vec::new();
        for source in sources {
            let priority = source.priority().map_err(fault)?;
            if priority != Priority::Explicit || named.contains(&*source.name) {
                used.push((priority, source));
            }
        }
        used.sort_by_key(|(priority, _)| *priority);
        let has = |wanted: Priority| used.iter().any(|(priority, _)| *priority == wanted);
        let replaces = has(Priority::Default) || has(Priority::Primary) && !has(Priority::Secondary);
        let with_public = !replaces || used.iter().any(|(_, source)| is_public(source));
        let others = || used.iter().filter(|(_, source)| !is_public(source));
        let urls = others().filter_map(|(_, source)| source.url.as_deref());
        let of_packages = others().map(|(_, source)| &source.name).filter(|name| named.contains(&***name));
        Ok(Self {
            options: index_options(urls, with_public).map_err(fault)?,
            of_packages: of_packages.cloned().collect(),
            exist: sources.iter().any(|source| !is_public(source)),
        })
    }
}

impl Source {
    fn priority(&self) -> Result<Priority, String> {
        match self.priority.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None if self.default => Ok(Priority::Default),
            None if self.secondary => Ok(Priority::Secondary),
            None | Some("primary") => Ok(Priority::Primary),
            Some("default") => Ok(Priority::Default),
            Some("secondary") => Ok(Priority::Secondary),
            Some("supplemental") => Ok(Priority::Supplemental),
            Some("explicit") => Ok(Priority::Explicit),
            Some(other) => Err(format!(
                "`{}` has the priority `{other}`; it must be `primary`, `supplemental` or `explicit`",
                self.name
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::project::manifest::Project;

    /// Returns the options and the indexes of single packages. Each source is `NAME PRIORITY`.
    fn sources(sources: &[&str], dependencies: &str) -> Result<(String, Vec<String>), String> {
        let entries = sources.iter().map(|source| {
            let (name, priority) = source.split_once(' ').unwrap_or((source, ""));
            let priority = match priority {
                "" => String::new(),
                key if key.contains('=') => format!("{key}\n"),
                priority => format!("priority = '{priority}'\n"),
            };
            let url = if name == "PyPI" { String::new() } else { format!("url = 'https://{name}.example/simple'\n") };
            format!("[[tool.poetry.source]]\nname = '{name}'\n{url}{priority}")
        });
        let entries: String = entries.collect();
        let text = format!("[tool.poetry]\nname = 'a'\nversion = '1'\n{dependencies}\n{entries}");
        let project: Project = text.parse().map_err(|error: crate::project::ProjectError| error.to_string())?;
        let found = project.poetry_sources();
        let options =
            found.options.join(" ").replace("--extra-index-url https://", "+").replace("--index-url https://", "=");
        Ok((options.replace(".example/simple", ""), found.of_packages.clone()))
    }

    #[test]
    fn priorities_decide_which_index_replaces_the_public_one() {
        for (entries, expected) in [
            (&["a"][..], "=a"),
            (&["a primary", "b"], "=a +b"),
            (&["a", "PyPI"], "+a"),
            (&["a supplemental"], "+a"),
            (&["b supplemental", "a"], "=a +b"),
            (&["a", "PyPI supplemental"], "+a"),
            (&["a explicit"], ""),
            (&["b", "a default"], "=a +b"),
            (&["b", "a secondary"], "+b +a"),
            (&["a default = true"], "=a"),
            (&["b", "a default = true"], "=a +b"),
            (&["a secondary = true"], "+a"),
            (&["PyPI"], ""),
            (&[], ""),
        ] {
            assert_eq!(sources(entries, "").unwrap().0, expected, "{entries:?}");
        }
    }

    #[test]
    fn an_index_of_single_packages_is_named() {
        let one = "[tool.poetry.dependencies]\ntorch = { version = '2', source = 'gpu' }";
        let group = one.replace("dependencies", "group.test.dependencies");
        for dependencies in [one, &group] {
            let (options, of_packages) = sources(&["gpu explicit", "other explicit"], dependencies).unwrap();
            assert_eq!((&*options, of_packages), ("+gpu", vec!["gpu".to_owned()]));
        }
        let beside = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['torch']\n".to_owned() + one;
        let text = format!(
            "{beside}\n[[tool.poetry.source]]\nname = 'gpu'\nurl = 'https://gpu.example'\npriority = 'explicit'\n"
        );
        let project: Project = text.parse().unwrap();
        assert_eq!(project.poetry_sources().options, ["--extra-index-url https://gpu.example"]);
    }

    #[test]
    fn a_source_that_cannot_be_used_is_refused() {
        let one = "[tool.poetry.dependencies]\ntorch = { version = '2', source = 'gpu' }";
        for (entries, dependencies, reason) in [
            (&["a first"][..], "", "`a` has the priority `first`"),
            (&["a"], one, "a dependency names source `gpu`, which is not defined"),
            (&["$HOST"], "", "contains an environment variable"),
        ] {
            let error = sources(entries, dependencies).unwrap_err();
            assert!(error.contains("pyproject.toml: tool.poetry.source: ") && error.contains(reason), "{error}");
        }
    }
}
