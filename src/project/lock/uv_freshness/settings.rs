//! Check of the settings in `[tool.uv]` that a lock repeats: constraints, overrides, excludes, and remote sources.

use std::collections::BTreeSet;

use pep508_rs::MarkerTree;
use toml::Value;
use url::Url;

use super::Freshness;
use crate::project::lock::uv::LockedRequirement;
use crate::project::manifest::UvSource;
use crate::value::ProjectName;

impl Freshness<'_> {
    /// Compares the settings of the root of the lock. Those of a root above the project are not known here.
    pub(super) fn settings(&self) -> Result<(), String> {
        if self.package.source.folder() != Some(".") {
            return Ok(());
        }
        let locked = &self.lock.settings;
        for (key, locked) in
            [("constraint-dependencies", &locked.constraints), ("override-dependencies", &locked.overrides)]
        {
            // An element that is no text has a form that this check does not know.
            let Some(asked) = self.texts(key) else { continue };
            let asked: Vec<_> = asked.into_iter().map(|text| (text.to_owned(), MarkerTree::TRUE)).collect();
            self.compare(None, &asked, locked).map_err(|difference| format!("[tool.uv] {key}: {difference}"))?;
        }
        let excluded = self.texts("exclude-dependencies").unwrap_or_default();
        let excluded: BTreeSet<ProjectName> = excluded.into_iter().filter_map(|name| name.parse().ok()).collect();
        match excluded.symmetric_difference(&locked.excludes).next() {
            Some(name) => Err(format!("[tool.uv] exclude-dependencies: `{name}` was added or removed")),
            None => Ok(()),
        }
    }

    /// Returns the elements of a list in `[tool.uv]`, or `None` if one is no text.
    fn texts(&self, key: &str) -> Option<Vec<&str>> {
        let list = self.uv.get(key).and_then(Value::as_array).into_iter().flatten();
        list.map(Value::as_str).collect()
    }

    /// Compares the remote sources that apply everywhere. Others are left to the resolution.
    pub(super) fn sources(&self) -> Result<(), String> {
        for (name, sources) in &self.project.uv().sources {
            let [source] = sources.as_slice() else { continue };
            let is_conditional = source.marker.is_some() || source.extra.is_some() || source.group.is_some();
            if is_conditional || !source.is_elsewhere() {
                continue;
            }
            let groups = self.package.requires_dev.values().flatten();
            let mut locked = self.package.requires_dist.iter().chain(groups).filter(|locked| locked.name == *name);
            if locked.any(|locked| !is_same(source, locked)) {
                return Err(format!("[tool.uv.sources] names another source of `{name}`"));
            }
        }
        Ok(())
    }
}

/// Returns whether a source is of the same kind in the lock, and at the same URL. An index has another form there.
fn is_same(source: &UvSource, locked: &LockedRequirement) -> bool {
    let value = |key: &str| source.elsewhere.get(key).and_then(Value::as_str);
    if value("index").is_some() {
        return locked.index.is_some();
    }
    if let Some(url) = value("url") {
        return locked.url.as_deref().is_some_and(|locked| address(locked) == address(url));
    }
    let Some(git) = value("git") else { return true };
    let Some(found) = locked.git.as_deref() else { return false };
    let of_lock = |key: &str| {
        let url: Url = found.parse().ok()?;
        url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
    };
    let is_pinned_alike = ["rev", "tag", "branch"].iter().all(|key| of_lock(key).as_deref() == value(key));
    address(found) == address(git) && is_pinned_alike
}

/// Returns a URL without its reference, credentials and the endings that do not matter.
fn address(text: &str) -> String {
    let text = text.strip_prefix("git+").unwrap_or(text);
    let Ok(mut url) = text.parse::<Url>() else { return text.to_owned() };
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs that cannot contain credentials.
    let _ = (url.set_username(""), url.set_password(None));
    url.as_str().trim_end_matches('/').trim_end_matches(".git").to_owned()
}

#[cfg(test)]
mod tests {
    use crate::project::UvLock;
    use crate::project::manifest::Project;

    /// Checks a lock with these tables against a manifest with `[tool.uv]` like this.
    fn check(uv: &str, manifest: &str, six: &str) -> Result<(), String> {
        let project: Project =
            format!("[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n[tool.uv]\n{uv}").parse().unwrap();
        let lock = format!(
            "version = 1\nrevision = 3\nrequires-python = '>=3.10'\n[manifest]\n{manifest}\n[[package]]\nname = 'a'\n\
             version = '1'\nsource = {{ virtual = '.' }}\n[package.metadata]\nrequires-dist = [{{ name = 'six'{six} }}]\n"
        );
        UvLock::from_bytes(lock.as_bytes()).unwrap().check(&project).map_err(|error| error.to_string())
    }

    /// Written by `uv lock` 0.13.9, which says of each pair whether it is up to date.
    #[test]
    fn settings_are_compared() {
        let locked = "constraints = [{ name = 'six', specifier = '<2' }]\noverrides = [{ name = 'idna', specifier = '==3.6' }]\n\
                      excludes = ['certifi']";
        let same = "constraint-dependencies = ['six <2']\noverride-dependencies = ['idna==3.6']\nexclude-dependencies = ['Certifi']\n";
        assert_eq!(check(same, locked, ""), Ok(()));
        for (uv, key) in [
            (same.replace("<2", "<3"), "constraint-dependencies: `six<3` is missing"),
            (same.replace("==3.6", "==3.7"), "override-dependencies: `idna==3.7` is missing"),
            (same.replace("'Certifi'", ""), "exclude-dependencies: `certifi` was added or removed"),
            (String::new(), "constraint-dependencies: it contains `six<2`"),
        ] {
            let stale = check(&uv, locked, "").unwrap_err();
            assert!(stale.starts_with(&format!("uv.lock: out of date: [tool.uv] {key}")), "{stale}");
        }
        assert!(check("", "", "").is_ok());
    }

    /// As `uv lock` 0.13.9 writes it.
    #[test]
    fn a_source_replaces_the_url_of_a_requirement() {
        let check = |source: &str, locked: &str| {
            let manifest = format!(
                "[project]\nname = 'a'\nversion = '1'\ndependencies = ['six @ https://f.example.org/six-1.tar.gz']\n\
                 [tool.uv]\n{source}\nindex = [{{ name = 'corp', url = 'https://i.example.org' }}]"
            );
            let lock = format!(
                "version = 1\nrevision = 3\nrequires-python = '>=3.10'\n[[package]]\nname = 'a'\nversion = '1'\n\
                 source = {{ virtual = '.' }}\n[package.metadata]\nrequires-dist = [{{ name = 'six'{locked} }}]\n"
            );
            let project: Project = manifest.parse().unwrap();
            UvLock::from_bytes(lock.as_bytes()).unwrap().check(&project).map_err(|error| error.to_string())
        };
        let (index, git) = ("sources.six = { index = 'corp' }", "sources.six = { git = 'https://g.example.org/six' }");
        let (of_index, of_git) = (", index = 'https://i.example.org'", ", git = 'https://g.example.org/six'");
        let of_url = ", url = 'https://f.example.org/six-1.tar.gz'";
        for (source, locked) in [(index, of_index), (git, of_git), ("", of_url)] {
            assert_eq!(check(source, locked), Ok(()), "{source}");
        }
        for (source, locked) in [("", of_index), ("", of_git), (git, of_url), (git, of_index), (index, of_url)] {
            assert!(check(source, locked).is_err(), "{source} {locked}");
        }
    }

    #[test]
    fn remote_sources_are_compared() {
        let git = "sources.six = { git = 'https://g.example.org/six.git', tag = 'v1' }";
        let archive = "sources.six = { url = 'https://f.example.org/six-1.tar.gz' }";
        let index = "sources.six = { index = 'corp' }\nindex = [{ name = 'corp', url = 'https://i.example.org' }]";
        let (of_git, of_archive) =
            (", git = 'https://g.example.org/six?tag=v1'", ", url = 'https://f.example.org/six-1.tar.gz'");
        let of_index = ", index = 'https://i.example.org'";
        for (source, locked) in [(git, of_git), (archive, of_archive), (index, of_index), ("", "")] {
            assert_eq!(check(source, "", locked), Ok(()), "{source}");
        }
        let other_tag = ", git = 'https://g.example.org/six?tag=v2'";
        let other_place = ", git = 'https://h.example.org/six?tag=v1'";
        for (source, locked) in [
            (git, ""),
            (git, of_index),
            (git, other_tag),
            (git, other_place),
            (archive, ""),
            (archive, of_git),
            (index, ""),
        ] {
            let stale = check(source, "", locked).unwrap_err();
            let expected = "uv.lock: out of date: [tool.uv.sources] names another source of `six`; run `uv lock`";
            assert_eq!(stale, expected, "{source} {locked}");
        }
        let conditional = "sources.six = [{ index = 'corp', extra = 'x' }]\nindex = [{ name = 'corp', url = 'https://i.example.org' }]";
        assert_eq!(check(conditional, "", ""), Ok(()));
    }
}
