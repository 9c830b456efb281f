//! Check of the sources of a project's dependencies: `[tool.uv.sources]` of its manifest and of the workspace root.

use std::collections::BTreeSet;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use toml::Value;
use url::Url;

use super::Freshness;
use crate::project::lock::uv::LockedRequirement;
use crate::project::manifest::UvSource;
use crate::project::requirement::Requirement;
use crate::value::ProjectName;

impl Freshness<'_> {
    /// Compares the sources without conditions. Others are left to the resolution.
    pub(super) fn sources(&self) -> Result<(), String> {
        let by_url = self.required_by_url();
        let is_compared = |name: &ProjectName| {
            name != self.project.name() && !self.compared.tables.iter().any(|table| table.is_without_source(name))
        };
        let groups = self.package.requires_dev.values().flatten();
        for locked in self.package.requires_dist.iter().chain(groups).filter(|locked| is_compared(&locked.name)) {
            let name = &locked.name;
            let Some(sources) = self.compared.sources_of(name) else {
                let is_elsewhere = locked.has_place() || locked.index.is_some();
                if is_elsewhere && self.are_sources_known && !by_url.contains(name) {
                    return Err(format!("it has a source of `{name}`, which [tool.uv.sources] does not name"));
                }
                continue;
            };
            let [source] = sources.as_slice() else { continue };
            let is_conditional = source.marker.is_some() || source.extra.is_some() || source.group.is_some();
            if !is_conditional && !self.is_same(source, locked) {
                return Err(format!("[tool.uv.sources] names another source of `{name}`"));
            }
        }
        Ok(())
    }

    /// Returns what the project requires by URL or by path, without a source. What a build adds is not known.
    fn required_by_url(&self) -> BTreeSet<&ProjectName> {
        let project = self.project;
        let groups = project.groups().filter_map(|name| project.group(name)).flatten();
        let extras = project.optional_dependencies().values().flatten();
        let all = project.dependencies().iter().chain(extras).chain(groups);
        let by_url = all.filter(|one| one.url().is_some() || one.file().is_some()).map(Requirement::name);
        let dynamic = self.package.requires_dist.iter().map(|locked| &locked.name);
        by_url.chain(dynamic.filter(|_| self.has_dynamic_dependencies())).collect()
    }

    /// Returns whether a source is of the same kind in the lock, and at the same place.
    fn is_same(&self, source: &UvSource, locked: &LockedRequirement) -> bool {
        let value = |key: &str| source.elsewhere.get(key).and_then(Value::as_str);
        if let Some(name) = value("index") {
            let mut indexes = self.compared.tables.iter().flat_map(|table| table.indexes());
            let index = indexes.find(|index| index.name.as_deref() == Some(name));
            return locked.index.as_deref().is_some_and(|locked| {
                index.as_ref().is_none_or(|index| locked == name || index_address(locked) == index_address(&index.url))
            });
        }
        if let Some(url) = value("url") {
            return locked.url.as_deref().is_some_and(|locked| address(locked) == address(url));
        }
        if let Some(git) = value("git") {
            let Some(found) = locked.git.as_deref() else { return false };
            let of_lock = |key: &str| {
                let url: Url = found.parse().ok()?;
                url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
            };
            let is_pinned_alike = ["rev", "tag", "branch"].iter().all(|key| of_lock(key).as_deref() == value(key));
            return address(found) == address(git) && is_pinned_alike;
        }
        if source.workspace == Some(true) {
            return locked.local_place().is_some();
        }
        let Some(path) = &source.path else { return true };
        let Some(place) = locked.local_place() else { return false };
        // The paths of a lock are relative to its folder, those of a manifest to the folder of the manifest.
        let is_beside_lock = self.package.source.folder() == Some(".");
        match (plain(path), plain(place)) {
            (Some(path), Some(place)) if is_beside_lock => path == place,
            _ => true,
        }
    }
}

impl LockedRequirement {
    /// Returns the path of an archive or a folder.
    fn local_place(&self) -> Option<&str> {
        let places = [&self.path, &self.directory, &self.editable, &self.virtual_project];
        places.into_iter().flatten().next().map(String::as_str)
    }
}

/// Returns a path below its folder, without `.`.
fn plain(path: &str) -> Option<Utf8PathBuf> {
    let components = Utf8Path::new(path).components().filter(|component| *component != Utf8Component::CurDir);
    components.map(|component| matches!(component, Utf8Component::Normal(_)).then_some(component.as_str())).collect()
}

/// Returns a URL without its reference, credentials and the endings that do not matter.
fn address(text: &str) -> String {
    without_credentials(text).trim_end_matches('/').trim_end_matches(".git").to_owned()
}

/// Returns the URL of an index without credentials. For uv, a `/` at its end makes another index, except for folders.
pub(super) fn index_address(text: &str) -> String {
    let address = without_credentials(text);
    let is_remote = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
    if is_remote { address } else { address.trim_end_matches('/').to_owned() }
}

/// Returns a URL without its reference and credentials.
fn without_credentials(text: &str) -> String {
    let text = text.strip_prefix("git+").unwrap_or(text);
    let Ok(mut url) = text.parse::<Url>() else { return text.to_owned() };
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs that cannot contain credentials.
    let _ = (url.set_username(""), url.set_password(None));
    url.into()
}
