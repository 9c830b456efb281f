//! What uv reads beside a list of requirements: `[tool.uv]`, as far as it says which packages are taken, and from where.
//!
//! uv looks for it in a `pyproject.toml` of the [folder it works in][files], and for a package's own source in the
//! manifest that asks for the package. A list of requirements has neither, so it becomes a manifest of its own, which an
//! edit elsewhere in the project leaves as it is.
//!
//! [files]: https://docs.astral.sh/uv/concepts/configuration-files/

use toml::{Table, Value};

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::wheel::{Package, required_by};
use crate::project::{Closure, PossibleRoot, ProjectError, Requirement, UvSource, Workspace, projected_table};
use crate::value::ProjectName;

/// The manifests that uv is given beside requirements, or instead of their list.
#[derive(Debug, Clone, Default)]
pub(crate) struct UvManifests {
    /// What the project needs at run time; without requirements where a lock lists those.
    pub(crate) run: Option<String>,
    /// What its build backends need.
    pub(crate) build: Option<String>,
}

/// The keys of `[tool.uv]` that say nothing of how a list of requirements is installed: they describe the project, its
/// lock or its development. Those of `[tool.uv.pip]` are for a user's own `uv pip`, and may lead out of the environment.
const BESIDES_INSTALLING: [&str; 11] = [
    "conflicts",
    "default-groups",
    "dependency-groups",
    "dev-dependencies",
    "environments",
    "managed",
    "package",
    "pip",
    "required-environments",
    "sources",
    "workspace",
];

/// The keys that uv does not apply to what a build backend needs.
const BESIDES_BUILDING: [&str; 6] = [
    "constraint-dependencies",
    "exclude-dependencies",
    "fork-strategy",
    "override-dependencies",
    "prerelease",
    "resolution",
];

impl UvManifests {
    /// Those of a project that names anything for them.
    pub(super) fn new(
        workspace: &Workspace,
        closure: &Closure<'_>,
        dependencies: &Dependencies,
        packages: &[Package],
    ) -> Result<Self, BundleError> {
        let root = workspace.uv_root().map(|root| PossibleRoot::read(&root.manifest)).transpose()?;
        let root = root.as_ref().map(|root| &root.uv);
        let tables = Tables::of(workspace, closure)?;
        let run = match dependencies {
            Dependencies::None | Dependencies::UvLock { .. } => None,
            Dependencies::Pylock(_) | Dependencies::Requirements(_) => written(None, tables.settings.clone()),
            Dependencies::Listed(list) => {
                let list = list.iter().map(Requirement::as_str).collect();
                tables.manifest(tables.settings.clone(), list, &closure.sources(root))?
            }
        };
        let requires = required_by(packages);
        let build = if requires.is_empty() {
            None
        } else {
            tables.manifest(tables.settings_of_build(), requires, &closure.build_sources(workspace, root))?
        };
        Ok(Self { run, build })
    }
}

/// What the manifests say, as it is written.
struct Tables {
    /// `[tool.uv]` of the workspace's root, or else of the project, without what decides nothing here.
    settings: Table,
    /// The package indexes of the others, by which only their own sources go.
    indexes: Vec<Table>,
}

impl Tables {
    fn of(workspace: &Workspace, closure: &Closure<'_>) -> Result<Self, ProjectError> {
        let project = workspace.project().manifest();
        let (of_all, project) = match workspace.uv_root() {
            Some(root) => (root.manifest.as_str(), Some(project)),
            None => (project, None),
        };
        let mut settings = table_of_uv(of_all)?;
        settings.retain(|key, _| !BESIDES_INSTALLING.contains(&key));
        let members = closure.members_of(workspace);
        let others = project.into_iter().chain(members.map(|member| member.project.manifest()));
        let mut indexes = Vec::new();
        for other in others {
            indexes.extend(indexes_in(&table_of_uv(other)?).cloned());
        }
        Ok(Self { settings, indexes })
    }

    /// Without what uv does not apply to what a backend needs, and with what it applies to that alone.
    fn settings_of_build(&self) -> Table {
        let mut settings = self.settings.clone();
        settings.retain(|key, _| !BESIDES_BUILDING.contains(&key));
        if let Some(constraints) = settings.remove("build-constraint-dependencies") {
            settings.insert("constraint-dependencies".to_owned(), constraints);
        }
        settings
    }

    /// The manifest of a list of requirements; none where it would say no more than the list.
    fn manifest(
        &self,
        mut settings: Table,
        requirements: Vec<&str>,
        sources: &[(&ProjectName, &UvSource)],
    ) -> Result<Option<String>, BundleError> {
        let mut of_names: Table = Table::new();
        for (name, source) in sources {
            if let Some(index) = source.elsewhere.get("index").and_then(Value::as_str) {
                self.add_index(&mut settings, index)?;
            }
            let of_name = of_names.entry(name.as_str()).or_insert_with(|| Value::Array(Vec::new()));
            let source = Value::Table(as_written(source));
            if let Value::Array(of_name) = of_name
                && !of_name.contains(&source)
            {
                of_name.push(source);
            }
        }
        if !of_names.is_empty() {
            settings.insert("sources".to_owned(), Value::Table(of_names));
        }
        Ok(written(Some(requirements), settings))
    }

    /// Adds an index that a source names, for what names it alone: unless it is among the settings, its own manifest has it.
    fn add_index(&self, settings: &mut Table, name: &str) -> Result<(), BundleError> {
        let is_named = |index: &&Table| index.get("name").and_then(Value::as_str) == Some(name);
        let mut met: Option<Table> = indexes_in(settings).find(is_named).cloned();
        for index in self.indexes.iter().filter(is_named) {
            match &met {
                Some(other) if other.get("url") != index.get("url") => {
                    return Err(BundleError::TwoIndexes { name: name.to_owned() });
                }
                Some(_) => {}
                None => {
                    let mut index = index.clone();
                    index.remove("default");
                    index.insert("explicit".to_owned(), Value::Boolean(true));
                    let list = settings.entry("index").or_insert_with(|| Value::Array(Vec::new()));
                    if let Value::Array(list) = list {
                        list.push(Value::Table(index.clone()));
                    }
                    met = Some(index);
                }
            }
        }
        Ok(())
    }
}

/// `[tool.uv]` as far as resolution reads it.
fn table_of_uv(manifest: &str) -> Result<Table, ProjectError> {
    let mut projected = projected_table(manifest)?;
    Ok(match projected.remove("tool") {
        Some(Value::Table(mut tools)) => match tools.remove("uv") {
            Some(Value::Table(uv)) => uv,
            _ => Table::new(),
        },
        _ => Table::new(),
    })
}

fn indexes_in(uv: &Table) -> impl Iterator<Item = &Table> {
    uv.get("index").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

/// A source without what it holds for, which was decided already.
fn as_written(source: &UvSource) -> Table {
    let mut table = source.elsewhere.clone();
    table.extend(source.marker.iter().map(|marker| ("marker".to_owned(), Value::from(marker.as_str()))));
    table
}

fn written(requirements: Option<Vec<&str>>, uv: Table) -> Option<String> {
    if uv.is_empty() {
        return None;
    }
    let mut manifest = Table::new();
    if let Some(requirements) = requirements {
        let requirements: Vec<Value> = requirements.into_iter().map(Value::from).collect();
        // No requirement can be of this name by accident: it would be taken for the project itself.
        let project = [("name", Value::from("agentix-gen-requirements")), ("version", Value::from("0"))];
        let project = project.into_iter().chain([("dependencies", Value::Array(requirements))]);
        let project = project.map(|(key, value)| (key.to_owned(), value)).collect();
        manifest.insert("project".to_owned(), Value::Table(project));
    }
    let tool = Table::from_iter([("uv".to_owned(), Value::Table(uv))]);
    manifest.insert("tool".to_owned(), Value::Table(tool));
    Some(manifest.to_string())
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::bundle::error::BundleError;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle(files: &[(&str, &str)], place: &str, flags: &str) -> Result<Bundle, BundleError> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, place, &flags).unwrap();
        Bundle::new(workspace, listing, flags)
    }

    const PROJECT: &str = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib', 'rich']\n\
                           optional-dependencies.gpu = ['torch']\n[build-system]\nrequires = ['hatchling']\n\
                           build-backend = 'hatchling.build'\n";

    #[track_caller]
    fn manifests(more: &str, flags: &str) -> (Option<String>, Option<String>) {
        let bundle = bundle(&[("pyproject.toml", &format!("{PROJECT}{more}"))], "", flags).unwrap();
        (bundle.uv_manifests().run.clone(), bundle.uv_manifests().build.clone())
    }

    #[test]
    fn a_list_says_it_all_where_no_place_is_named() {
        for more in ["", "[tool.uv]\npackage = true\ndev-dependencies = ['ruff']\npip.target = 'elsewhere'\n"] {
            assert_eq!(manifests(more, "installer = 'uv'"), (None, None), "{more}");
        }
        assert_eq!(manifests("[tool.uv]\nindex-url = 'https://a.example'", "installer = 'pip'"), (None, None));
    }

    #[test]
    fn what_says_where_packages_come_from_is_there() {
        let uv = "[tool.uv]\nindex-url = 'https://a.example'\nextra-index-url = ['https://b.example']\n\
                  constraint-dependencies = ['rich<14']\nbuild-constraint-dependencies = ['hatchling<2']\n";
        let (run, build) = manifests(uv, "");
        let shared = "extra-index-url = [\"https://b.example\"]\nindex-url = \"https://a.example\"\n";
        assert_eq!(
            run.unwrap(),
            format!(
                "[project]\ndependencies = [\"lib\", \"rich\"]\nname = \"agentix-gen-requirements\"\nversion = \"0\"\n\n\
                 [tool.uv]\nbuild-constraint-dependencies = [\"hatchling<2\"]\nconstraint-dependencies = [\"rich<14\"]\n{shared}"
            )
        );
        assert!(build.unwrap().ends_with(&format!("[tool.uv]\nconstraint-dependencies = [\"hatchling<2\"]\n{shared}")));
    }

    #[test]
    fn a_source_holds_for_what_was_asked_for() {
        let uv = "[tool.uv.sources]\nTorch = [{ index = 'gpu', extra = 'gpu' }]\nlib = { git = 'https://g.example/lib' }\n\
                  rich = [{ url = 'https://r.example/rich.whl', marker = \"python_version > '3'\" }]\n\
                  [[tool.uv.index]]\nname = 'gpu'\nurl = 'https://gpu.example'\nexplicit = true\n";
        let sources = |flags: &str| {
            let run: toml::Table = toml::from_str(&manifests(uv, flags).0.unwrap()).unwrap();
            run["tool"]["uv"]["sources"].to_string()
        };
        let plain = sources("");
        assert!(plain.contains("lib = [{ git = \"https://g.example/lib\" }]"), "{plain}");
        assert!(plain.contains("marker = \"python_version > '3'\"") && !plain.contains("torch"), "{plain}");
        let chosen = sources("extra = ['gpu']");
        assert!(chosen.contains("torch = [{ index = \"gpu\" }]"), "{chosen}");
    }

    const ROOT: &str = "[tool.uv.workspace]\nmembers = ['*']\n[tool.uv.sources]\nrich = { index = 'of-root' }\n\
                        [[tool.uv.index]]\nname = 'of-root'\nurl = 'https://root.example'\n";
    const MEMBER: &str = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib', 'rich']\n\
                          [tool.uv.sources]\nlib = { index = 'own' }\n\
                          [[tool.uv.index]]\nname = 'own'\nurl = 'https://own.example'\ndefault = true\n\
                          [[tool.uv.index]]\nname = 'unused'\nurl = 'https://unused.example'\n";

    /// As uv reads them: the root's indexes are for all, a member's for its own sources alone.
    #[test]
    fn a_member_has_what_its_root_says() {
        let both = bundle(&[("pyproject.toml", ROOT), ("app/pyproject.toml", MEMBER)], "app", "").unwrap();
        let run = both.uv_manifests().run.clone().unwrap();
        let of_root = "[[tool.uv.index]]\nname = \"of-root\"\nurl = \"https://root.example\"\n";
        let own = "[[tool.uv.index]]\nexplicit = true\nname = \"own\"\nurl = \"https://own.example\"\n";
        assert!(run.contains(of_root) && run.contains(own) && !run.contains("unused"), "{run}");
        let sources = "[[tool.uv.sources.lib]]\nindex = \"own\"\n\n[[tool.uv.sources.rich]]\nindex = \"of-root\"\n";
        assert!(run.contains(sources), "{run}");
        let alike = MEMBER.replace("'own'", "'of-root'");
        let refused = bundle(&[("pyproject.toml", ROOT), ("app/pyproject.toml", &alike)], "app", "").unwrap_err();
        let told = "package index `of-root` has one URL in one manifest, and another one in another; name one of them otherwise";
        assert_eq!(refused.to_string(), told);
    }

    #[test]
    fn a_lock_is_read_with_the_settings_alone() {
        let uv = format!("{PROJECT}[[tool.uv.index]]\nname = 'corp'\nurl = 'https://corp.example'\n");
        let files = [("pyproject.toml", uv.as_str()), ("requirements.txt", "lib==1\nrich==2\n")];
        let run = bundle(&files, "", "").unwrap().uv_manifests().run.clone();
        let settings = "[[tool.uv.index]]\nname = \"corp\"\nurl = \"https://corp.example\"\n";
        assert_eq!(run.as_deref(), Some(settings));
    }
}
