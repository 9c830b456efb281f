//! Deserialises the tables of a `pyproject.toml` and converts them to a [`Project`].

mod build_system;
mod extras;
mod kind;

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use serde::Deserialize;
use toml::de::DeTable;
use toml::{Spanned, Table};

use super::error::{ProjectError, ProjectErrorKind};
use super::groups::GroupItem;
use super::relative::inside;
use super::syntax::{refuse_too_many_tokens, toml_error, without_bom};
use super::tools::ToolTable;
use super::uv::UvTable;
use super::{AdjacentMetadata, Project, ProjectKind, SetupScript, Unread, build_files, credentials, groups};
use crate::project::described::{Fault, GroupContent};
use crate::project::index::PackageIndex;
use crate::project::poetry::{Lists, PoetryTable};
use crate::project::requirement::Requirement;
use crate::value::{ProjectName, ProjectPath};

type Text = Spanned<String>;

/// The maximum length of a text that is parsed further, such as a requirement or a version, in bytes.
const LONGEST: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Manifest {
    project: Option<ProjectTable>,
    build_system: Option<BuildSystemTable>,
    #[serde(default)]
    dependency_groups: BTreeMap<Text, Vec<GroupEntry>>,
    #[serde(default)]
    tool: ToolTable,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ProjectTable {
    name: Option<Text>,
    version: Option<Text>,
    description: Option<String>,
    readme: Option<Readme>,
    license: Option<License>,
    #[serde(default)]
    urls: BTreeMap<String, String>,
    requires_python: Option<Text>,
    #[serde(default)]
    dependencies: Vec<Text>,
    #[serde(default)]
    optional_dependencies: BTreeMap<Text, Vec<Text>>,
    #[serde(default)]
    dynamic: Vec<String>,
}

/// PEP 621: a path, or a table with a path or the text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Readme {
    Path(String),
    Table { file: Option<String> },
}

/// PEP 639: an SPDX expression. PEP 621: a table with a text or a file.
#[derive(Deserialize)]
#[serde(untagged)]
enum License {
    Expression(String),
    Table { text: Option<String> },
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct BuildSystemTable {
    #[serde(default)]
    requires: Vec<Text>,
    build_backend: Option<String>,
    #[serde(default)]
    backend_path: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum GroupEntry {
    Requirement(String),
    #[serde(rename_all = "kebab-case")]
    Include {
        include_group: String,
    },
}

pub(super) fn read(text: &str, adjacent: &AdjacentMetadata) -> Result<Project, ProjectError> {
    let has_byte_order_mark = text.starts_with('\u{feff}');
    let text = without_bom(text);
    refuse_too_many_tokens(text)?;
    let table = DeTable::parse(text).map_err(|error| toml_error(text, &error))?;
    // Credentials are rejected first, because other errors may repeat a value in their message.
    let indexes = indexes_of(text, table.get_ref())?;
    let manifest = Manifest::deserialize(toml::Deserializer::from(table)).map_err(|error| toml_error(text, &error))?;
    let lists_elsewhere = manifest.tool.poetry.is_some() || manifest.tool.pdm.describes() || adjacent.pipfile.is_some();
    let as_uv =
        if manifest.project.is_some() && lists_elsewhere { Some(as_uv_reads(text, adjacent)?.into()) } else { None };
    Ok(Project { has_byte_order_mark, indexes, as_uv, ..Reader { text, adjacent }.project(manifest)? })
}

/// Reads the manifest without the tables of Poetry and PDM and without the `Pipfile`.
fn as_uv_reads(text: &str, adjacent: &AdjacentMetadata) -> Result<Project, ProjectError> {
    let mut manifest: Manifest = toml::from_str(text).map_err(|error| toml_error(text, &error))?;
    (manifest.tool.poetry, manifest.tool.pdm) = Default::default();
    let adjacent = &AdjacentMetadata { pipfile: None, ..adjacent.clone() };
    Reader { text, adjacent }.project(manifest)
}

/// Rejects credentials in a manifest and returns its package indexes.
fn indexes_of(text: &str, table: &DeTable<'_>) -> Result<Vec<PackageIndex>, ProjectError> {
    credentials::check(text, table)?;
    PackageIndex::all(table).map_err(|(span, reason)| ProjectError::value("tool.uv.index.name", &reason).on(text, span))
}

/// Returns the package indexes of a workspace root, which does not need to be a project.
pub(crate) fn indexes_of_root(text: &str) -> Result<Vec<PackageIndex>, ProjectError> {
    let text = without_bom(text);
    refuse_too_many_tokens(text)?;
    let table = DeTable::parse(text).map_err(|error| toml_error(text, &error))?;
    indexes_of(text, table.get_ref())
}

/// Converts the tables to a [`Project`]. Errors have the position of the offending text.
struct Reader<'a> {
    text: &'a str,
    adjacent: &'a AdjacentMetadata,
}

impl Reader<'_> {
    fn project(&self, mut manifest: Manifest) -> Result<Project, ProjectError> {
        let whole: Table = self.text.parse().map_err(|error| toml_error(self.text, &error))?;
        let kind = self.kind(&manifest);
        let (is_beside, has_poetry) = (manifest.project.is_some(), manifest.tool.poetry.is_some());
        let backend_of_poetry = self.is_built_by_poetry(&manifest);
        let backend = manifest.build_system.as_ref().and_then(|table| table.build_backend.as_deref());
        let is_built_by_poetry = backend.is_none_or(|backend| backend.starts_with("poetry"));
        let poetry = manifest.tool.poetry.take().unwrap_or_default();
        let writes_alternatives = is_built_by_poetry && poetry.has_alternatives();
        let fault = |tool: &'static str| {
            move |(key, reason): Fault| ProjectError::value(&format!("tool.{tool}.{key}"), &reason)
        };
        let described = poetry.described().map_err(fault("poetry"))?;
        let poetry_sources = poetry.sources().map_err(fault("poetry"))?;
        let poetry_groups = poetry.default_groups();
        let of_pdm = manifest.tool.pdm.groups().map_err(fault("pdm"))?;
        let mut table = self.table(manifest.project, poetry, kind, is_built_by_poetry)?;
        if manifest.tool.poetry_dynamic_versioning.enable {
            // The plugin replaces the version that the manifest states.
            table.version = None;
            table.dynamic.push("version".to_owned());
        }
        let name = table.name.take().ok_or(ProjectError::new(ProjectErrorKind::NoName))?;
        if table.version.is_none() && !table.dynamic.iter().any(|field| field == "version") {
            return Err(ProjectError::new(ProjectErrorKind::NoVersion).on(self.text, name.span()));
        }
        let version = match table.version.take() {
            Some(version) => Some(self.parse::<Version>("project.version", &version)?),
            None => self.adjacent.metadata.as_ref().map(|metadata| metadata.version.clone()),
        };
        let has_hooks = manifest.tool.hatch.has_hooks();
        let dependencies = self.requirements("project.dependencies", &table.dependencies)?;
        let build_system = self.build_system(manifest.build_system.take(), has_hooks, backend_of_poetry)?;
        let mut lists = Lists { dependencies, extras: self.extras(&table, &build_system)? };
        let is_open = !is_beside || table.dynamic.iter().any(|field| field == "dependencies");
        if has_poetry && (is_open || is_built_by_poetry) {
            lists = described.complete(lists, is_open).map_err(fault("poetry"))?;
        }
        if has_poetry && is_open {
            table.dynamic.retain(|field| field != "dependencies" && field != "optional-dependencies");
        }
        let Lists { mut dependencies, extras: optional_dependencies } = lists;
        let pipfile = self.adjacent.pipfile.clone().map(|pipfile| pipfile.0).unwrap_or_default();
        // A project that lists no dependencies itself has those of its `Pipfile`.
        let lists_none = dependencies.is_empty() && !table.dynamic.iter().any(|field| field == "dependencies");
        let is_described_by_pipfile = lists_none && self.adjacent.pipfile.is_some();
        if is_described_by_pipfile {
            dependencies = pipfile.dependencies;
        }
        let pipfile_categories = pipfile.groups.keys().cloned().collect();
        let unread = Unread {
            pdm_resolution: manifest.tool.pdm.overrides_versions(),
            members: !is_beside && !has_poetry && manifest.tool.uv.as_ref().is_some_and(UvTable::has_members),
            pixi: manifest.tool.pixi.lists_packages(),
            setup_cfg: self.adjacent.setup_cfg_has_dependencies
                && is_beside
                && !table.dynamic.iter().any(|field| field == "dependencies"),
        };
        let requires_python = table
            .requires_python
            .map(|versions| self.parse::<VersionSpecifiers>("project.requires-python", &versions))
            .transpose()?;
        let uv = manifest.tool.uv.as_ref();
        let groups = self.groups(manifest.dependency_groups, described.groups, uv, [of_pdm, pipfile.groups])?;
        Ok(Project {
            name: self.parse("project.name", &name)?,
            version,
            description: table.description,
            readme: Self::readme(table.readme)?,
            license: match table.license {
                Some(License::Expression(text) | License::Table { text: Some(text) }) => Some(text),
                Some(License::Table { text: None }) | None => None,
            },
            urls: table.urls,
            requires_python: requires_python.or(described.requires_python).or(pipfile.requires_python),
            dependencies,
            optional_dependencies,
            groups,
            dynamic: table.dynamic,
            named_files: build_files::of(&whole, &build_system, self.adjacent),
            build_system,
            poetry_sources,
            poetry_groups,
            writes_alternatives,
            pdm_sources: manifest.tool.pdm.source,
            is_described_by_pipfile,
            pipfile_categories,
            version_tool: self.adjacent.version_tool,
            packages: self.adjacent.packages.clone(),
            has_dependencies_of_build: is_beside
                || self.adjacent.setup_script != Some(SetupScript::WithoutDependencies),
            mentioned_files: self.adjacent.mentioned_files.clone(),
            unread,
            kind,
            uses_uv: manifest.tool.uv.is_some(),
            uv: manifest.tool.uv.unwrap_or_default(),
            text: self.text.into(),
            whole: whole.into(),
            has_byte_order_mark: false,
            indexes: Vec::new(),
            as_uv: None,
            config: manifest.tool.agentix.unwrap_or_default(),
        })
    }

    /// Returns `[project]`, or else what describes the project instead.
    fn table(
        &self,
        written: Option<ProjectTable>,
        poetry: PoetryTable,
        kind: ProjectKind,
        is_built_by_poetry: bool,
    ) -> Result<ProjectTable, ProjectError> {
        match written {
            // Poetry 2: a version that `[project]` leaves open is the one in Poetry's own table.
            Some(mut table) if is_built_by_poetry && table.version.is_none() && poetry.version.is_some() => {
                table.dynamic.retain(|field| field != "version");
                Ok(ProjectTable { version: poetry.version, ..table })
            }
            Some(table) => Ok(table),
            None => self.described_elsewhere(poetry, kind),
        }
    }

    /// Builds the `[project]` table for a manifest without one. Fields that the backend reads elsewhere are dynamic.
    fn described_elsewhere(&self, mut poetry: PoetryTable, kind: ProjectKind) -> Result<ProjectTable, ProjectError> {
        let AdjacentMetadata { folder, metadata, .. } = self.adjacent;
        let without_span = |name: &ProjectName| Spanned::new(0..0, name.to_string());
        let adjacent_name = metadata.as_ref().map(|metadata| &metadata.name).or(folder.as_ref()).map(without_span);
        let dynamic: &[&str] = match kind {
            ProjectKind::Package => &["version", "dependencies", "optional-dependencies"],
            ProjectKind::Scripts => &["version"],
        };
        Ok(ProjectTable {
            urls: poetry.all_urls(),
            name: Some(poetry.name.or(adjacent_name).ok_or(ProjectError::new(ProjectErrorKind::NoProject))?),
            version: poetry.version,
            description: poetry.description,
            readme: None,
            license: poetry.license.map(License::Expression),
            requires_python: None,
            dependencies: Vec::new(),
            optional_dependencies: BTreeMap::new(),
            dynamic: dynamic.iter().map(|&field| field.to_owned()).collect(),
        })
    }

    fn parse<T>(&self, key: &str, written: &Text) -> Result<T, ProjectError>
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        if written.get_ref().len() > LONGEST {
            return Err(self.error_at(key, &"longer than 64 KiB, which no valid value is", written.span()));
        }
        written.get_ref().parse().map_err(|reason| self.error_at(key, &reason, written.span()))
    }

    fn error_at(&self, key: &str, reason: &impl std::fmt::Display, span: Range<usize>) -> ProjectError {
        ProjectError::value(key, reason).on(self.text, span)
    }

    fn requirements(&self, key: &str, written: &[Text]) -> Result<Vec<Requirement>, ProjectError> {
        written.iter().map(|requirement| self.parse(key, requirement)).collect()
    }

    fn readme(written: Option<Readme>) -> Result<Option<ProjectPath>, ProjectError> {
        let Some(Readme::Path(path) | Readme::Table { file: Some(path) }) = written else {
            return Ok(None);
        };
        if inside(&path).is_none() {
            return Ok(None);
        }
        path.parse().map(Some).map_err(|reason| ProjectError::value("project.readme", &reason))
    }

    fn groups(
        &self,
        written: BTreeMap<Text, Vec<GroupEntry>>,
        of_poetry: BTreeMap<ProjectName, GroupContent>,
        uv: Option<&UvTable>,
        of_tools: [BTreeMap<ProjectName, GroupContent>; 2],
    ) -> Result<BTreeMap<ProjectName, Vec<GroupItem>>, ProjectError> {
        let key = "dependency-groups";
        let mut groups: BTreeMap<ProjectName, Vec<GroupItem>> = BTreeMap::new();
        for (name, entries) in written {
            let item = |entry: GroupEntry| match entry {
                GroupEntry::Requirement(text) => text.parse().map(GroupItem::Requirement).map_err(
                    |reason: crate::project::requirement::RequirementError| self.error_at(key, &reason, name.span()),
                ),
                GroupEntry::Include { include_group } => include_group
                    .parse()
                    .map(GroupItem::Include)
                    .map_err(|reason: crate::value::NameError| self.error_at(key, &reason, name.span())),
            };
            let items = entries.into_iter().map(item).collect::<Result<_, _>>()?;
            if groups.insert(self.parse(key, &name)?, items).is_some() {
                let reason = format!("another group has the same normalised name as `{}`; rename one", name.get_ref());
                return Err(self.error_at(key, &reason, name.span()));
            }
        }
        groups::add(&mut groups, of_poetry).map_err(|error| ProjectError::value("tool.poetry.group", &error))?;
        for (name, content) in of_tools.into_iter().flatten() {
            groups.entry(name).or_default().extend(content.into_items());
        }
        let of_uv = uv.map(UvTable::groups).transpose();
        let of_uv = of_uv.map_err(|(key, reason)| ProjectError::value(&format!("tool.uv.{key}"), &reason))?;
        for (name, content) in of_uv.unwrap_or_default() {
            groups.entry(name).or_default().extend(content.requirements.into_iter().map(GroupItem::Own));
        }
        groups::check(&groups)?;
        groups::check_settings(&groups, uv)?;
        Ok(groups)
    }
}
