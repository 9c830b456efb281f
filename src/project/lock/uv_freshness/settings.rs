//! Check of the settings in `[tool.uv]` that a lock repeats, and of the indexes of its packages.

use std::collections::BTreeSet;

use pep508_rs::MarkerTree;
use toml::Value;
use url::Url;

use super::comparison::{Comparison, Difference};
use super::requested::{Conditions, marker_of};
use super::root::LockRoot;
use super::sources::index_address;
use crate::project::index_source::is_public;
use crate::project::lock::error::LockError;
use crate::project::lock::marker::Environments;
use crate::project::lock::uv::{LockedRequirement, PackageMetadata, PackageSource, UvLock};
use crate::value::ProjectName;

/// The revision of locks in which all settings are stored. An earlier version of uv may not have stored one.
pub(super) const STORES_ALL: u32 = 3;

/// The revision of locks from which on `required-environments` and `build-constraint-dependencies` are stored. uv 0.6.15
/// was the first to write it.
const STORES_ENVIRONMENTS: u32 = 2;

impl UvLock {
    /// Compares the settings with those of the manifest beside the lock.
    pub(crate) fn check_settings(&self, root: &LockRoot) -> Result<(), LockError> {
        let compared = Comparison { environments: Environments::of(self.requires_python()), tables: vec![root] };
        let settings = Settings { lock: self, root, compared };
        settings.check().map_err(|difference| self.stale(difference))
    }

    /// Returns the first package from an index that `[tool.uv]` does not have, with the URL of the index. The settings of a user,
    /// a variable or an option of `uv lock` may be the reason.
    pub(crate) fn unnamed_setting(&self, root: &LockRoot) -> Option<String> {
        if root.has_uv_toml || root.has_default_index() {
            return None;
        }
        self.unnamed_index(root).map(|(name, url)| format!("`{name}` from {url}"))
    }

    /// Returns a package from an index that the manifest does not name, with the URL of the index.
    fn unnamed_index(&self, root: &LockRoot) -> Option<(&ProjectName, &str)> {
        // Other manifests may name more indexes.
        if self.packages().iter().filter(|package| package.source.is_local()).count() > 1 {
            return None;
        }
        let named = root.index_urls();
        let is_named = |url: &str| {
            let is_default = is_public(url) && (named.is_empty() || !url.ends_with('/'));
            named.contains(&index_address(url)) || is_default && !root.has_default_index()
        };
        self.packages().iter().find_map(|package| match &package.source {
            PackageSource::Registry(url) if url.parse::<Url>().is_ok() && !is_named(url) => {
                Some((&package.name, url.as_str()))
            }
            _ => None,
        })
    }
}

impl LockRoot {
    /// Returns whether the manifest replaces the public index, or turns off all indexes.
    fn has_default_index(&self) -> bool {
        self.is_without_index() || self.text("index-url").is_some() || self.indexes().iter().any(|index| index.default)
    }

    fn is_without_index(&self) -> bool {
        self.uv.get("no-index").and_then(Value::as_bool) == Some(true)
    }

    fn index_urls(&self) -> BTreeSet<String> {
        let lists = ["find-links", "index-url", "extra-index-url"];
        let (lists, indexes) =
            if self.is_without_index() { (&lists[..1], Vec::new()) } else { (&lists[..], self.indexes()) };
        let urls = lists.iter().flat_map(|key| self.texts(key).unwrap_or_default()).map(index_address);
        urls.chain(indexes.iter().map(|index| index_address(&index.url))).collect()
    }

    /// Returns whether the manifest, or uv by default, uses the index of this URL, apart from a `/` at its end.
    fn names_index_otherwise(&self, url: &str) -> bool {
        let named = self.index_urls();
        let is_same = |one: &String| one.trim_end_matches('/') == index_address(url).trim_end_matches('/');
        named.iter().any(is_same) || !named.is_empty() && is_public(url)
    }
}

struct Settings<'a> {
    lock: &'a UvLock,
    root: &'a LockRoot,
    compared: Comparison<'a>,
}

impl Settings<'_> {
    fn check(&self) -> Result<(), String> {
        let locked = &self.lock.settings;
        self.list("constraint-dependencies", &locked.constraints)?;
        self.list("override-dependencies", &locked.overrides)?;
        if self.is_stored(!locked.build_constraints.is_empty()) {
            self.list("build-constraint-dependencies", &locked.build_constraints)?;
        }
        self.excludes()?;
        self.metadata()?;
        self.environments("environments", &locked.supported_markers)?;
        if self.is_stored(!locked.required_markers.is_empty()) {
            self.environments("required-environments", &locked.required_markers)?;
        }
        // A `uv.toml` replaces the other settings.
        if self.root.has_uv_toml {
            return Ok(());
        }
        locked.options.check(self.root, self.lock)?;
        match self.lock.unnamed_index(self.root) {
            Some((name, url)) if self.root.names_index_otherwise(url) => {
                Err(format!("it has `{name}` from {url}, and the index of [tool.uv] differs by the `/` at its end"))
            }
            Some((name, url)) if self.root.has_default_index() => {
                Err(format!("it has `{name}` from {url}, which [tool.uv] does not name"))
            }
            _ => Ok(()),
        }
    }

    fn is_stored(&self, is_in_lock: bool) -> bool {
        is_in_lock || self.lock.revision() >= STORES_ENVIRONMENTS
    }

    /// Compares a list of requirements. A list with an element that is no text has a form that this check does not know.
    fn list(&self, key: &str, locked: &[LockedRequirement]) -> Result<(), String> {
        let Some(asked) = self.root.texts(key) else { return Ok(()) };
        let asked: Vec<_> = asked.into_iter().map(|text| (text.to_owned(), MarkerTree::TRUE)).collect();
        let difference = self.compared.difference(&asked, locked, true)?.map(|difference| match difference {
            Difference::Missing(one, Conditions { versions, .. }) => format!("`{one}{versions}` is missing"),
            Difference::Surplus(one, Conditions { versions, .. }) => {
                format!("it contains `{one}{versions}`, which was removed")
            }
            Difference::Marker(one, _) => format!("the marker of `{one}` is another one"),
        });
        difference.map_or(Ok(()), |difference| Err(format!("[tool.uv] {key}: {difference}")))
    }

    /// Compares the excluded packages. uv does not miss one that the lock does not contain anyway.
    fn excludes(&self) -> Result<(), String> {
        let Some(asked) = self.root.parsed::<BTreeSet<ProjectName>>("exclude-dependencies") else { return Ok(()) };
        let locked = &self.lock.settings.excludes;
        let is_locked = |name: &&ProjectName| self.lock.packages().iter().any(|package| package.name == **name);
        let added = asked.difference(locked).find(is_locked);
        match added.or_else(|| locked.difference(&asked).next()) {
            Some(name) => Err(format!("[tool.uv] exclude-dependencies: `{name}` was added or removed")),
            None => Ok(()),
        }
    }

    fn metadata(&self) -> Result<(), String> {
        let key = "dependency-metadata";
        let Some(asked) = self.root.parsed::<Vec<PackageMetadata>>(key) else { return Ok(()) };
        let locked = &self.lock.settings.dependency_metadata;
        for (some, others) in [(&asked, locked), (locked, &asked)] {
            for one in some {
                let mut is_known = false;
                for other in others {
                    is_known |= self.is_same_metadata(one, other)?;
                }
                if !is_known {
                    return Err(format!("[tool.uv] {key}: that of `{}` has changed", one.name));
                }
            }
        }
        Ok(())
    }

    fn is_same_metadata(&self, one: &PackageMetadata, other: &PackageMetadata) -> Result<bool, String> {
        let is_same = one.name == other.name
            && one.version == other.version
            && one.provides_extras == other.provides_extras
            && one.requires_python.is_some() == other.requires_python.is_some();
        Ok(is_same && self.compared.are_same(&one.requires_dist, &other.requires_dist)?)
    }

    /// Compares lists of environments. Their order decides only which versions are preferred.
    fn environments(&self, key: &str, locked: &[String]) -> Result<(), String> {
        let Some(asked) = self.root.texts(key) else { return Ok(()) };
        let read = |texts: &[&str]| texts.iter().map(|text| marker_of(text)).collect::<Result<Vec<MarkerTree>, _>>();
        let (asked, locked) = (read(&asked)?, read(&locked.iter().map(String::as_str).collect::<Vec<_>>())?);
        let environments = &self.compared.environments;
        let is_missing = |one: &MarkerTree, others: &[MarkerTree]| {
            environments.may_hold(one) && !others.iter().any(|other| environments.agree(one, other))
        };
        if asked.iter().any(|one| is_missing(one, &locked)) || locked.iter().any(|one| is_missing(one, &asked)) {
            return Err(format!("[tool.uv] {key}: it is locked for others"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
