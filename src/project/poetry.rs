//! `[tool.poetry]`: a project as Poetry describes it.
//!
//! A project may be described here alone, or beside `[project]` (Poetry 2). Dependencies, extras, groups and the Python
//! constraint become PEP 508 requirements, so that everything after this reads one form.

mod beside;
mod constraint;
mod dependency;
mod platform;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::project::described::{Described, Fault, GroupContent, name as parsed};
use crate::project::requirement::Requirement;
use crate::value::ProjectName;
use dependency::Dependency;

pub(crate) use beside::{Lists, enriched};
pub(crate) use constraint::Constraint;
use pep440_rs::VersionSpecifiers;
pub(crate) use source::PoetrySources;

/// The table, as far as it describes a project.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct PoetryTable {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) version: Option<Spanned<String>>,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    homepage: Option<String>,
    repository: Option<String>,
    documentation: Option<String>,
    urls: BTreeMap<String, String>,
    pub(crate) package_mode: Option<bool>,
    pub(crate) packages: Vec<IgnoredAny>,
    dependencies: BTreeMap<String, Dependency>,
    dev_dependencies: BTreeMap<String, Dependency>,
    extras: BTreeMap<String, Vec<String>>,
    group: BTreeMap<String, Group>,
    source: Vec<source::Source>,
}

/// `[tool.poetry.group.NAME]`.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Group {
    dependencies: BTreeMap<String, Dependency>,
    include_groups: Vec<String>,
    optional: bool,
}

/// Parts of the names of groups for development, which no image needs.
const DEVELOPMENT: [&str; 8] = ["dev", "test", "lint", "doc", "typ", "format", "ci", "qa"];

/// `[tool.poetry-dynamic-versioning]`.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(crate) struct DynamicVersioning {
    pub(crate) enable: bool,
}

impl PoetryTable {
    /// All URLs by their labels; Poetry itself names those that have a key of their own like this.
    pub(crate) fn all_urls(&mut self) -> BTreeMap<String, String> {
        let mut urls = std::mem::take(&mut self.urls);
        let own =
            [("Homepage", &self.homepage), ("Repository", &self.repository), ("Documentation", &self.documentation)];
        urls.extend(own.into_iter().filter_map(|(label, url)| Some((label.to_owned(), url.clone()?))));
        urls
    }

    /// The groups that `poetry install` installs, except those that are for development by their names.
    pub(crate) fn default_groups(&self) -> Vec<String> {
        let is_for_program = |name: &str| {
            let words = || name.split(['-', '_', '.']);
            !words().any(|word| DEVELOPMENT.iter().any(|part| word.to_ascii_lowercase().starts_with(part)))
        };
        let installed =
            self.group.iter().filter(|(name, group)| !group.optional && !is_main(name) && is_for_program(name));
        installed.map(|(name, _)| name.clone()).collect()
    }

    /// Whether `poetry-core` writes alternatives (`six (1.0 || 2.0)`) into the metadata of a wheel, where pip and uv refuse
    /// them.
    pub(crate) fn has_alternatives(&self) -> bool {
        let mut all =
            self.main().into_iter().flat_map(|(_, dependencies)| dependencies).filter(|(name, _)| !is_python(name));
        all.any(|(_, dependency)| dependency.has_alternatives())
    }

    /// The dependencies, extras, groups and the Python constraint.
    ///
    /// # Errors
    ///
    /// A constraint or a name that cannot be read, or a Python constraint that is not one range.
    pub(crate) fn described(&self) -> Result<Described, Fault> {
        let mut described = Described::default();
        let mut optional: BTreeMap<ProjectName, Vec<Requirement>> = BTreeMap::new();
        let main = self.main();
        let of_main =
            main.iter().flat_map(|(key, all)| all.iter().map(move |(name, dependency)| (key, name, dependency)));
        for (key, name, dependency) in of_main {
            if is_python(name) {
                let constraint = dependency.constraint().map(python).transpose()?;
                described.requires_python = constraint.or(described.requires_python);
                continue;
            }
            let requirements = requirements(key, name, dependency)?;
            described.stated.extend(requirements.iter().cloned());
            if dependency.is_optional() {
                let name: ProjectName = parsed(key, name)?;
                optional.entry(name).or_default().extend(requirements);
            } else {
                described.dependencies.extend(requirements);
            }
        }
        for (extra, names) in &self.extras {
            let mut of_extra = Vec::new();
            for name in names {
                // Poetry allows a version or extras after the name, and ignores them.
                let bare: String =
                    name.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
                of_extra.extend(optional.get(&parsed("extras", &bare)?).into_iter().flatten().cloned());
            }
            described.extras.insert(parsed("extras", extra)?, of_extra);
        }
        if !self.dev_dependencies.is_empty() {
            let content = GroupContent {
                requirements: all_requirements("dev-dependencies", &self.dev_dependencies)?,
                includes: Vec::new(),
            };
            described.groups.insert(parsed("dev-dependencies", "dev")?, content);
        }
        for (name, group) in &self.group {
            let key = format!("group.{name}.dependencies");
            let includes = group.include_groups.iter().map(|included| parsed(&key, included));
            let includes: Vec<ProjectName> = includes.collect::<Result<_, _>>()?;
            // `dev-dependencies` are part of the group `dev`.
            let content = described.groups.entry(parsed(&key, name)?).or_default();
            content.requirements.extend(all_requirements(&key, &group.dependencies)?);
            content.includes.extend(includes);
        }
        Ok(described)
    }

    /// The tables of what is always installed, each with its key: the group `main` and what it includes are part of it.
    fn main(&self) -> Vec<(String, &BTreeMap<String, Dependency>)> {
        let mut tables = vec![("dependencies".to_owned(), &self.dependencies)];
        let mut open: Vec<&str> = self.group.keys().map(String::as_str).filter(|name| is_main(name)).collect();
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            let is_it = |other: &str| other.parse::<ProjectName>().ok() == name.parse().ok();
            for (name, group) in self.group.iter().filter(|(other, _)| is_it(other)) {
                if seen.insert(name) {
                    tables.push((format!("group.{name}.dependencies"), &group.dependencies));
                    open.extend(group.include_groups.iter().map(String::as_str));
                }
            }
        }
        tables
    }

    /// The package indexes.
    ///
    /// # Errors
    ///
    /// A value that cannot be used.
    pub(crate) fn sources(&self) -> Result<PoetrySources, Fault> {
        let of_groups = self.group.values().flat_map(|group| group.dependencies.values());
        let all = self.dependencies.values().chain(self.dev_dependencies.values()).chain(of_groups);
        let named: BTreeSet<&str> = all.flat_map(Dependency::sources).collect();
        PoetrySources::new(&self.source, &named)
    }
}

/// The name of the group of what is always installed.
fn is_main(group: &str) -> bool {
    group.eq_ignore_ascii_case("main")
}

/// Poetry writes its constraint of Python as a dependency.
fn is_python(name: &str) -> bool {
    name.eq_ignore_ascii_case("python")
}

fn all_requirements(key: &str, dependencies: &BTreeMap<String, Dependency>) -> Result<Vec<Requirement>, Fault> {
    let mut all = Vec::new();
    for (name, dependency) in dependencies.iter().filter(|(name, _)| !is_python(name)) {
        all.extend(requirements(key, name, dependency)?);
    }
    Ok(all)
}

fn requirements(key: &str, name: &str, dependency: &Dependency) -> Result<Vec<Requirement>, Fault> {
    dependency.requirements(name).map_err(|reason| (format!("{key}.{name}"), reason))
}

fn python(constraint: &str) -> Result<VersionSpecifiers, Fault> {
    let fault = |reason: String| ("dependencies.python".to_owned(), reason);
    let parsed =
        Constraint::parse(constraint).map_err(|expected| fault(format!("`{constraint}` is not {expected}")))?;
    parsed
        .python_specifiers()
        .ok_or_else(|| fault(format!("`{constraint}` has alternatives that are not one range; use one")))
}

#[cfg(test)]
mod tests {
    use crate::files::Listing;
    use crate::project::config::Config;
    use crate::project::manifest::{Project, ProjectKind};
    use crate::project::workspace::Workspace;

    fn project(text: &str) -> Project {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn names<'a>(requirements: impl IntoIterator<Item = &'a crate::project::requirement::Requirement>) -> Vec<String> {
        requirements.into_iter().map(ToString::to_string).collect()
    }

    const MANIFEST: &str = r#"
        [tool.poetry]
        name = "notes"
        version = "0.1.0"

        [tool.poetry.dependencies]
        python = "^3.10"
        six = "^1.16"
        rich = { version = "*", optional = true }

        [tool.poetry.extras]
        pretty = ["rich"]

        [tool.poetry.group.test.dependencies]
        pytest = "~8.0"

        [tool.poetry.group.all]
        include-groups = ["test"]

        [build-system]
        requires = ["poetry-core"]
        build-backend = "poetry.core.masonry.api"
    "#;

    #[test]
    fn poetry_describes_a_project() {
        let project = project(MANIFEST);
        assert_eq!(project.kind(), ProjectKind::Package);
        assert_eq!(project.requires_python().unwrap().to_string(), ">=3.10, <4");
        assert_eq!(names(project.dependencies()), ["six >=1.16, <2"]);
        assert_eq!(names(&project.optional_dependencies()[&"pretty".parse().unwrap()]), ["rich"]);
        assert_eq!(names(project.group(&"test".parse().unwrap()).unwrap()), ["pytest >=8.0, <8.1"]);
        assert_eq!(names(project.group(&"all".parse().unwrap()).unwrap()), ["pytest >=8.0, <8.1"]);
        assert!(!project.is_dynamic("dependencies"), "they are all known");
    }

    #[test]
    fn without_a_package_only_dependencies_are_installed() {
        let project = project(&MANIFEST.replace("[tool.poetry]", "[tool.poetry]\npackage-mode = false"));
        assert_eq!(project.kind(), ProjectKind::Scripts);
        assert_eq!(names(project.dependencies()), ["six >=1.16, <2"]);
    }

    /// Poetry 2: `[project]` states the dependencies, and Poetry's own table only refines them.
    #[test]
    fn the_project_table_comes_first() {
        let stated =
            "[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n[tool.poetry.dependencies]\nrich = '*'";
        assert_eq!(names(project(stated).dependencies()), ["six"]);
        let dynamic = stated.replace("dependencies = ['six']", "dynamic = ['dependencies']");
        let dynamic = project(&dynamic);
        assert_eq!(names(dynamic.dependencies()), ["rich"]);
        assert!(!dynamic.is_dynamic("dependencies"), "they are all known");
        let other = project(&stated.replace("version = '1'", "version = '1'\ndynamic = ['readme']"));
        assert_eq!(names(other.dependencies()), ["six"]);
    }

    /// `poetry-core` writes `six (1.0 || 3.0)` into the wheel.
    #[test]
    fn alternatives_are_written_into_the_wheel() {
        let writes = |from: &str, to: &str| project(&MANIFEST.replace(from, to)).writes_alternatives();
        assert!(!writes("", ""));
        assert!(!writes("python = \"^3.10\"", "python = \"^3.10 || ^3.13\""), "it is no package");
        for six in ["'1.0 || 3.0'", "{ version = '1.0 || 3.0' }", "[{ version = '1' }, { version = '2 || 3' }]"] {
            assert!(writes("\"^1.16\"", six), "{six}");
            let other = MANIFEST.replace("\"^1.16\"", six).replace("poetry.core.masonry.api", "hatchling.build");
            assert!(!project(&other).writes_alternatives(), "{six}: another backend does not read the table");
        }
        assert!(!writes("\"^1.16\"", "{ version = '^1.16' }"));
    }

    /// As for `poetry install --only main`, and `--only dev` in the last case.
    #[test]
    fn groups_of_the_same_name_are_one() {
        let main = "[tool.poetry.group.Main]\ninclude-groups = ['base']\n[tool.poetry.group.Main.dependencies]\n\
                    Python = '>=3.11'\nidna = '^3'\n[tool.poetry.group.base.dependencies]\nattrs = '*'\n";
        let dev = "[tool.poetry.dev-dependencies]\nruff = '*'\n[tool.poetry.group.dev.dependencies]\npython = '^3.9'\nmypy = '*'";
        let project = project(&format!("{MANIFEST}{main}{dev}"));
        assert_eq!(names(project.dependencies()), ["six >=1.16, <2", "idna >=3, <4", "attrs"]);
        assert_eq!(project.requires_python().unwrap().to_string(), ">=3.11");
        assert_eq!(names(project.group(&"dev".parse().unwrap()).unwrap()), ["ruff", "mypy"]);
    }

    #[test]
    fn the_plugin_makes_the_version_dynamic() {
        let project = project(&format!("{MANIFEST}\n[tool.poetry-dynamic-versioning]\nenable = true\nvcs = 'git'"));
        assert_eq!(project.version(), None);
        assert!(project.is_dynamic("version"));
    }

    /// `poetry install` installs it if it finds the module.
    #[test]
    fn poetry_builds_a_package_that_names_no_backend() {
        let text = MANIFEST.split("[build-system]").next().unwrap();
        let read = |text: &str, files: &[&str]| {
            let files = files.iter().map(|path| (*path, "")).chain([("pyproject.toml", text)]);
            let listing = Listing::from_files(files).unwrap();
            Workspace::in_listing(&listing, "", &Config::default()).unwrap().project().clone()
        };
        let is_built = |text: &str, files: &[&str]| {
            let project = read(text, files);
            let is_package = project.kind() == ProjectKind::Package;
            assert_eq!(project.build_system().backend.is_some(), is_package, "{text}");
            is_package
        };
        assert!(!is_built(text, &["run.py"]));
        for file in ["notes.py", "notes/__init__.py", "src/notes.py", "src/notes/a.py"] {
            assert!(is_built(text, &[file]), "{file}");
        }
        assert!(is_built(&text.replace("[tool.poetry]", "[tool.poetry]\npackages = [{ include = 'x' }]"), &[]));
        assert!(is_built(&text.replace("[tool.poetry]", "[tool.poetry]\npackage-mode = true"), &[]));
        assert!(!is_built(&text.replace("[tool.poetry]", "[tool.poetry]\npackage-mode = false"), &["notes.py"]));
        let project = read(text, &["notes.py"]);
        assert_eq!(project.build_system().requires[0].as_str(), "poetry-core");
        let of_uv = "[project]\nname = 'notes'\nversion = '1'\n[tool.poetry]\n[tool.uv]\n";
        assert!(!is_built(of_uv, &["notes.py"]), "uv does not build it");
        let of_poetry = read(&of_uv.replace("[tool.uv]\n", ""), &["notes.py"]);
        assert_eq!(of_poetry.build_system().requires[0].as_str(), "poetry-core");
        assert!(is_built(&format!("{text}[tool.uv]\n"), &["notes.py"]), "uv reads [project] only");
    }

    #[test]
    fn poetry_states_the_version_that_the_project_table_leaves_open() {
        let text = "[project]\nname = 'a'\ndynamic = ['version']\n[tool.poetry]\nversion = '1.2'\n";
        let version = |text: &str| project(text).version().map(ToString::to_string);
        assert_eq!(version(text).as_deref(), Some("1.2"));
        let with_more = project(&text.replace("'version'", "'version', 'readme'"));
        assert!(with_more.is_dynamic("readme") && !with_more.is_dynamic("version"));
        assert_eq!(version(&format!("{text}[tool.poetry-dynamic-versioning]\nenable = true")), None);
        assert_eq!(version(&format!("{text}[build-system]\nrequires = []\nbuild-backend = 'hatchling.build'")), None);
    }

    #[test]
    fn a_value_that_cannot_be_used_is_named() {
        let error = |text: &str| MANIFEST.replace("^1.16", text).parse::<Project>().unwrap_err().to_string();
        assert!(error("latest!").contains("tool.poetry.dependencies.six: `latest!` is not a version constraint"));
    }

    /// uv installs the dependencies of a project without a build system, and not the project.
    #[test]
    fn a_project_of_uv_without_a_build_system_is_virtual() {
        let kind = |more: &str| project(&format!("[project]\nname = 'a'\nversion = '1'\n{more}")).kind();
        for (more, expected) in [
            ("", ProjectKind::Package),
            ("[tool.uv]", ProjectKind::Scripts),
            ("[tool.uv]\npackage = true", ProjectKind::Package),
            ("[tool.uv]\n[build-system]\nrequires = ['hatchling']", ProjectKind::Package),
            ("[tool.uv]\npackage = false\n[build-system]\nrequires = ['hatchling']", ProjectKind::Scripts),
        ] {
            assert_eq!(kind(more), expected, "{more}");
        }
    }
}
