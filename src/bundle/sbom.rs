//! The software bill of materials of a project: what its lock installs in the image.
//!
//! It is a function of the project alone: nothing is downloaded, and the same project gives the same bytes. It lists the
//! packages for Linux, for the Python of the image and for the configured platform. Without a platform, it lists the
//! packages for all machines. What the base image contains is not part of it.

mod component;
mod cyclonedx;
mod error;
mod license;
mod purl;
mod spdx;
mod uuid;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Bundle;
use super::dependencies::{Dependencies, exported};
use crate::project::{ComponentOrigin, ImageEnvironment, LockedComponent, Project, PythonVersion};
use crate::value::{Epoch, ProjectName};

use self::component::{Component, Identifiers};
pub use self::error::SbomError;

/// The format of a bill of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SbomFormat {
    /// [CycloneDX 1.6](https://cyclonedx.org/docs/1.6/json/) in JSON.
    #[default]
    CycloneDx,
    /// [SPDX 2.3](https://spdx.github.io/spdx-spec/v2.3/) in JSON.
    Spdx,
}

/// The bill of materials of a bundle.
///
/// ```
/// use agentix_gen::{Bundle, Config, Listing, Workspace, bundle::{Sbom, SbomFormat}};
/// let manifest = "[project]\nname = 'hello'\nversion = '1'\ndependencies = ['six']\n";
/// let hash = "0".repeat(64);
/// let lock = format!("six==1.17.0 --hash=sha256:{hash}\n");
/// let listing = Listing::from_files([("pyproject.toml", manifest), ("requirements.txt", &lock)])?;
/// let workspace = Workspace::in_listing(&listing, "", &Config::default())?;
/// let sbom = Sbom::new(&Bundle::new(workspace, listing, Config::default())?)?;
/// assert!(sbom.to_json(SbomFormat::CycloneDx)?.contains("pkg:pypi/six@1.17.0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sbom {
    root: Component,
    /// Sorted by name and version.
    components: Vec<Component>,
    timestamp: Option<Epoch>,
}

impl Sbom {
    /// Lists what the lock of a project installs, and the project itself with its siblings.
    ///
    /// # Errors
    ///
    /// If the project has dependencies but no lock, or a value in the lock cannot be read.
    pub fn new(bundle: &Bundle) -> Result<Self, SbomError> {
        let project = bundle.project();
        let mut locked = locked(bundle)?;
        let own = locked.iter().position(|component| component.name == *project.name()).map(|at| locked.remove(at));
        add_siblings(bundle, &mut locked);
        // Locks that state no dependencies of the project itself leave them to the manifest.
        let required = own.and_then(|own| own.requires).unwrap_or_else(|| requirements(bundle, project, true));
        locked.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
        let mut identifiers = Identifiers::default();
        let version = bundle.version().map(ToString::to_string);
        let mut root = Component::of_project(project, version, &mut identifiers);
        let members: BTreeMap<&ProjectName, &Project> =
            bundle.members().map(|member| (member.project.name(), &member.project)).collect();
        let mut components: Vec<Component> = locked
            .iter()
            .map(|locked| match members.get(&locked.name).filter(|_| is_local(locked)) {
                Some(member) => {
                    let version = member.version().map(ToString::to_string).or_else(|| locked.version.clone());
                    Component::of_project(member, version, &mut identifiers)
                }
                None => Component::of_locked(locked, bundle.indexes(), &mut identifiers),
            })
            .collect();
        let mut named: BTreeMap<&ProjectName, Vec<String>> = BTreeMap::new();
        for (locked, component) in locked.iter().zip(&components) {
            named.entry(&locked.name).or_default().push(component.id.clone());
        }
        let identified = |names: &BTreeSet<ProjectName>| {
            names.iter().filter_map(|name| named.get(name)).flatten().cloned().collect()
        };
        root.requires = Some(identified(&required));
        for (component, locked) in components.iter_mut().zip(&locked) {
            component.requires = locked.requires.as_ref().map(identified);
        }
        root.adopt(&components);
        Ok(Self { root, components, timestamp: bundle.timestamp() })
    }

    /// Returns the document, which ends with a line break.
    ///
    /// # Errors
    ///
    /// Returns [`SbomError::Json`] if the document cannot be written as JSON.
    pub fn to_json(&self, format: SbomFormat) -> Result<String, SbomError> {
        match format {
            SbomFormat::CycloneDx => cyclonedx::document(self),
            SbomFormat::Spdx => spdx::document(self),
        }
    }
}

/// Formats a document.
fn json(document: &impl Serialize) -> Result<String, SbomError> {
    let text = serde_json::to_string_pretty(document).map_err(|error| SbomError::Json { detail: error.to_string() })?;
    Ok(text + "\n")
}

/// Returns what the lock installs.
fn locked(bundle: &Bundle) -> Result<Vec<LockedComponent>, SbomError> {
    let (workspace, config) = (bundle.workspace(), bundle.config());
    let (extras, groups) = config.selection();
    let lock = bundle.dependencies().requires_python();
    // If the Python is unclear, packages for all versions count.
    let python = PythonVersion::of_image(bundle.runtime_image()).or_else(|| workspace.python(config, lock).ok());
    let environment = ImageEnvironment::new(python, &config.platform);
    match bundle.dependencies() {
        Dependencies::UvLock { lock, .. } => {
            Ok(lock.components(bundle.project().name(), extras, groups, &environment)?)
        }
        Dependencies::Pylock(lock) => Ok(lock.components(&[extras, groups].concat(), &environment)?),
        // Without packages on an index, a lock of other tools is not exported.
        Dependencies::Exported { .. } | Dependencies::None => {
            let read = exported::read(workspace, config)?;
            Ok(read.map(|read| read.list.components(&environment)).unwrap_or_default())
        }
        Dependencies::Requirements(list) => {
            list.components(&environment).map_err(|requirement| SbomError::NotPinned { requirement })
        }
        Dependencies::Listed(_) => Err(SbomError::NoLock),
    }
}

/// Adds the siblings that the lock does not list.
fn add_siblings(bundle: &Bundle, locked: &mut Vec<LockedComponent>) {
    let members = bundle.members().map(|member| LockedComponent {
        name: member.project.name().clone(),
        version: None,
        origin: ComponentOrigin::Local(member.place.to_string()),
        files: Vec::new(),
        requires: Some(requirements(bundle, &member.project, false)),
    });
    let archives = bundle.archives().map(|(archive, _)| LockedComponent {
        name: archive.name.clone(),
        version: None,
        origin: ComponentOrigin::Local(archive.place.to_string()),
        files: Vec::new(),
        requires: None,
    });
    for sibling in members.chain(archives).collect::<Vec<_>>() {
        match locked.iter_mut().find(|component| component.name == sibling.name) {
            Some(known) if known.requires.is_none() => known.requires = sibling.requires,
            Some(_) => {}
            None => locked.push(sibling),
        }
    }
}

fn is_local(component: &LockedComponent) -> bool {
    matches!(component.origin, ComponentOrigin::Local(_))
}

/// Returns the names that a manifest requires. Those of the project include the selected extras and groups.
fn requirements(bundle: &Bundle, project: &Project, is_selected: bool) -> BTreeSet<ProjectName> {
    let (extras, groups) = if is_selected { bundle.config().selection() } else { (&[][..], &[][..]) };
    let requirements = project.selected(extras, groups);
    requirements.into_iter().filter(|wanted| wanted.is_for_linux()).map(|wanted| wanted.name().clone()).collect()
}

#[cfg(test)]
mod tests;
