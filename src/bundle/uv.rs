//! Generates manifests for uv that contain requirements together with the settings of `[tool.uv]` that select packages
//! and their sources.
//!
//! uv reads these settings from the `pyproject.toml` in its [working folder][files], and the source of a package from
//! the manifest that requires the package. A plain list of requirements has neither. Therefore, this module writes a
//! manifest for it. Edits elsewhere in the project do not change this manifest, so the build cache stays valid.
//!
//! [files]: https://docs.astral.sh/uv/concepts/configuration-files/

use toml::{Table, Value};

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::source_error::UvSourceError;
use super::wheel::{Package, required_by};
use crate::project::{Closure, PossibleRoot, ProjectError, Requirement, UvSource, Workspace, projected_table};
use crate::value::ProjectName;

/// The generated manifests for uv, which accompany or replace lists of requirements.
#[derive(Debug, Clone, Default)]
pub(crate) struct UvManifests {
    /// The manifest for run-time dependencies. It contains only settings if a lock lists the requirements.
    pub(crate) run: Option<String>,
    /// The manifest for build requirements.
    pub(crate) build: Option<String>,
}

/// The keys of `[tool.uv]` that do not affect the installation of requirements. They describe the project, its lock or
/// its development.
const NOT_FOR_INSTALLATION: [&str; 10] = [
    "conflicts",
    "default-groups",
    "dependency-groups",
    "dev-dependencies",
    "environments",
    "managed",
    "package",
    "required-environments",
    "sources",
    "workspace",
];

/// The keys of `[tool.uv.pip]` that select packages and their sources. The others select a target outside the environment,
/// or what else the author installs.
pub(super) const OF_UV_PIP: [&str; 16] = [
    "config-settings",
    "dependency-metadata",
    "exclude-newer",
    "extra-index-url",
    "find-links",
    "index",
    "index-strategy",
    "index-url",
    "no-binary",
    "no-build",
    "no-build-isolation",
    "no-build-isolation-package",
    "no-index",
    "only-binary",
    "prerelease",
    "resolution",
];

/// The keys that uv does not apply to build requirements.
const NOT_FOR_BUILD_REQUIREMENTS: [&str; 6] = [
    "constraint-dependencies",
    "exclude-dependencies",
    "fork-strategy",
    "override-dependencies",
    "prerelease",
    "resolution",
];

impl UvManifests {
    /// Creates the manifests. A manifest is `None` if it is not needed or would contain no settings.
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
            // The settings for what only a build knows.
            Dependencies::None if !dependencies.are_complete(workspace, closure) => {
                written(None, tables.settings.clone())
            }
            Dependencies::None | Dependencies::UvLock { .. } => None,
            Dependencies::Pylock(_) | Dependencies::Exported { .. } => written(None, tables.settings.clone()),
            Dependencies::Requirements(_) => written(None, tables.settings_of_list()),
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

/// Returns the keys of `[tool.uv]` that decide what uv installs, and `sources` if a remote one applies.
pub(super) fn settings(workspace: &Workspace, closure: &Closure<'_>) -> Result<Vec<String>, BundleError> {
    let root = workspace.uv_root().map(|root| PossibleRoot::read(&root.manifest)).transpose()?;
    let sources = closure.sources(root.as_ref().map(|root| &root.uv));
    let mut keys: Vec<String> = Tables::of(workspace, closure)?.settings.keys().cloned().collect();
    keys.retain(|key| key != "required-version");
    keys.extend((!sources.is_empty()).then(|| "sources".to_owned()));
    Ok(keys)
}

/// The settings of the manifests, as written.
struct Tables {
    /// `[tool.uv]` of the workspace root if there is one, otherwise of the project, without [`NOT_FOR_INSTALLATION`].
    settings: Table,
    /// `[tool.uv.pip]` of the same manifest.
    pip: Table,
    /// The package indexes of the other manifests, which apply only to the sources in those manifests.
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
        let pip = match settings.remove("pip") {
            Some(Value::Table(pip)) => pip,
            _ => Table::new(),
        };
        settings.retain(|key, _| !NOT_FOR_INSTALLATION.contains(&key));
        let members = closure.members_of(workspace);
        let others = project.into_iter().chain(members.map(|member| member.project.manifest()));
        let mut indexes = Vec::new();
        for other in others {
            indexes.extend(indexes_in(&table_of_uv(other)?).cloned());
        }
        Ok(Self { settings, pip, indexes })
    }

    /// Returns the settings for a `requirements.txt`, which is what `uv pip` installs: with those of `[tool.uv.pip]` that
    /// decide which packages it takes.
    fn settings_of_list(&self) -> Table {
        let mut settings = self.settings.clone();
        let mut pip = self.pip.clone();
        pip.retain(|key, _| OF_UV_PIP.contains(&key));
        if !pip.is_empty() {
            settings.insert("pip".to_owned(), Value::Table(pip));
        }
        settings
    }

    /// Returns the settings for build requirements: without the keys that uv does not apply to them, and with the
    /// constraints that it applies only to them.
    fn settings_of_build(&self) -> Table {
        let mut settings = self.settings.clone();
        settings.retain(|key, _| !NOT_FOR_BUILD_REQUIREMENTS.contains(&key));
        if let Some(constraints) = settings.remove("build-constraint-dependencies") {
            settings.insert("constraint-dependencies".to_owned(), constraints);
        }
        settings
    }

    /// Returns the manifest for a list of requirements, or `None` if it would contain no settings.
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

    /// Adds the index that a source names, unless the settings already contain it. The index is explicit: it applies
    /// only to packages whose source names it.
    fn add_index(&self, settings: &mut Table, name: &str) -> Result<(), BundleError> {
        let is_named = |index: &&Table| index.get("name").and_then(Value::as_str) == Some(name);
        let mut found: Option<Table> = indexes_in(settings).find(is_named).cloned();
        for index in self.indexes.iter().filter(is_named) {
            match &found {
                Some(other) if other.get("url") != index.get("url") => {
                    return Err(UvSourceError::TwoIndexes { name: name.to_owned() }.into());
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
                    found = Some(index);
                }
            }
        }
        Ok(())
    }
}

/// Returns the parts of `[tool.uv]` that affect resolution.
pub(super) fn table_of_uv(manifest: &str) -> Result<Table, ProjectError> {
    let mut projected = projected_table(manifest)?;
    Ok(match projected.remove("tool") {
        Some(Value::Table(mut tools)) => match tools.remove("uv") {
            Some(Value::Table(uv)) => uv,
            _ => Table::new(),
        },
        _ => Table::new(),
    })
}

/// Returns the package indexes in a `[tool.uv]` table.
pub(super) fn indexes_in(uv: &Table) -> impl Iterator<Item = &Table> {
    uv.get("index").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

/// Returns the table of a source without its extra and group conditions, which are already evaluated.
fn as_written(source: &UvSource) -> Table {
    let mut table = source.elsewhere.clone();
    table.extend(source.marker.iter().map(|marker| ("marker".to_owned(), Value::from(marker.as_str()))));
    table
}

/// Returns the text of a manifest with requirements and `[tool.uv]`, or `None` if `uv` is empty.
fn written(requirements: Option<Vec<&str>>, uv: Table) -> Option<String> {
    if uv.is_empty() {
        return None;
    }
    let mut manifest = Table::new();
    if let Some(requirements) = requirements {
        let requirements: Vec<Value> = requirements.into_iter().map(Value::from).collect();
        // The name must differ from every requirement. uv would take a requirement with the same name for the project
        // itself.
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

    fn bundle(files: &[(&str, &str)], folder: &str, flags: &str) -> Result<Bundle, BundleError> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, folder, &flags).unwrap();
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
    fn no_manifest_without_settings() {
        for more in ["", "[tool.uv]\npackage = true\ndev-dependencies = ['ruff']\npip.target = 'elsewhere'\n"] {
            assert_eq!(manifests(more, "installer = 'uv'"), (None, None), "{more}");
        }
        assert_eq!(manifests("[tool.uv]\nindex-url = 'https://a.example'", "installer = 'pip'"), (None, None));
    }

    #[test]
    fn settings_for_package_sources_are_kept() {
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
    fn a_source_applies_to_selected_extras() {
        let uv = "[tool.uv.sources]\nTorch = [{ index = 'gpu', extra = 'gpu' }]\nlib = { git = 'https://g.example/lib' }\n\
                  rich = [{ url = 'https://r.example/rich.whl', marker = \"python_version > '3'\" }]\n\
                  [[tool.uv.index]]\nname = 'gpu'\nurl = 'https://gpu.example'\nexplicit = true\n\
                  [tool.agentix]\nbuild-apt = 'git'\n";
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

    /// As in uv, the indexes of the root apply to all packages. The indexes of a member apply only to its own sources.
    #[test]
    fn a_member_uses_the_settings_of_its_root() {
        let both = bundle(&[("pyproject.toml", ROOT), ("app/pyproject.toml", MEMBER)], "app", "").unwrap();
        let run = both.uv_manifests().run.clone().unwrap();
        let of_root = "[[tool.uv.index]]\nname = \"of-root\"\nurl = \"https://root.example\"\n";
        let own = "[[tool.uv.index]]\nexplicit = true\nname = \"own\"\nurl = \"https://own.example\"\n";
        assert!(run.contains(of_root) && run.contains(own) && !run.contains("unused"), "{run}");
        let secrets: Vec<_> = both.secrets().iter().map(|needed| needed.secret.id.to_string()).collect();
        assert_eq!(secrets.iter().filter(|id| id.starts_with("UV_INDEX_OF_ROOT_")).count(), 2, "{secrets:?}");
        let sources = "[[tool.uv.sources.lib]]\nindex = \"own\"\n\n[[tool.uv.sources.rich]]\nindex = \"of-root\"\n";
        assert!(run.contains(sources), "{run}");
        let same = MEMBER.replace("'own'", "'of-root'").replace("https://own.example", "https://root.example");
        assert!(bundle(&[("pyproject.toml", ROOT), ("app/pyproject.toml", &same)], "app", "").is_ok());
        let alike = MEMBER.replace("'own'", "'of-root'");
        let refused = bundle(&[("pyproject.toml", ROOT), ("app/pyproject.toml", &alike)], "app", "").unwrap_err();
        let message = "package index `of-root` has different URLs in two manifests; rename one of them";
        assert_eq!(refused.to_string(), message);
    }

    #[test]
    fn the_manifest_for_a_lock_contains_only_settings() {
        let uv = format!("{PROJECT}[[tool.uv.index]]\nname = 'corp'\nurl = 'https://corp.example'\n");
        let files = [("pyproject.toml", uv.as_str()), ("requirements.txt", "lib==1\nrich==2\n")];
        let run = bundle(&files, "", "").unwrap().uv_manifests().run.clone();
        let settings = "[[tool.uv.index]]\nname = \"corp\"\nurl = \"https://corp.example\"\n";
        assert_eq!(run.as_deref(), Some(settings));
    }
}
