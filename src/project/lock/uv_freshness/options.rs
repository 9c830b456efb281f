//! Check of the options that select versions: `resolution`, `prerelease`, `fork-strategy` and `exclude-newer`.

use std::collections::BTreeMap;

use toml::Value;

use super::root::LockRoot;
use super::settings::STORES_ALL;
use super::time::Cutoff;
use crate::project::lock::uv::LockedOptions;
use crate::value::ProjectName;

impl LockedOptions {
    pub(super) fn check(&self, root: &LockRoot, revision: u32) -> Result<(), String> {
        self.modes(root, revision)?;
        self.cutoffs(root, revision)
    }

    fn modes(&self, root: &LockRoot, revision: u32) -> Result<(), String> {
        for (key, default, locked) in [
            ("resolution", "highest", &self.resolution_mode),
            ("prerelease", "if-necessary-or-explicit", &self.prerelease_mode),
            ("fork-strategy", "requires-python", &self.fork_strategy),
        ] {
            // Locks of revision 0 may not state the strategy.
            if locked.is_none() && revision == 0 && key == "fork-strategy" {
                continue;
            }
            let asked = without_alias(root.text(key).unwrap_or(default));
            let locked = without_alias(locked.as_deref().unwrap_or(default));
            if asked != locked {
                return Err(format!("[tool.uv] {key} is {asked}, and it is locked with {locked}"));
            }
        }
        Ok(())
    }

    /// Compares the cutoffs of all packages that have one in the manifest. As for uv, a lock with an earlier time is current.
    fn cutoffs(&self, root: &LockRoot, revision: u32) -> Result<(), String> {
        let asked_for_all = root.uv.get("exclude-newer").map(Cutoff::read);
        let stored = self.exclude_newer_span.as_ref().or(self.exclude_newer.as_ref());
        let locked_for_all = stored.map(|text| Cutoff::read(&Value::String(text.clone())));
        let is_stored = |asked: &Cutoff| asked.is_time() || revision >= STORES_ALL;
        let is_current = |asked: Option<Cutoff>, locked: Option<Option<Cutoff>>| match (asked, locked) {
            (Some(asked), Some(Some(locked))) => asked.includes(&locked),
            (Some(asked), None) => asked == Cutoff::Never || !is_stored(&asked),
            // A form that is not known.
            (None, _) | (_, Some(None)) => true,
        };
        if asked_for_all.is_some_and(|asked| !is_current(asked, locked_for_all)) {
            return Err("[tool.uv] exclude-newer: it is locked with another one".to_owned());
        }
        let key = "exclude-newer-package";
        let Some(asked) = root.parsed::<BTreeMap<ProjectName, Value>>(key) else { return Ok(()) };
        let locked = &self.exclude_newer_package;
        if locked.is_empty() && revision < STORES_ALL {
            return Ok(());
        }
        let is_changed = |name: &&ProjectName| {
            let asked = asked.get(*name).map(Cutoff::read).or(asked_for_all);
            let locked = locked.get(*name).map(Cutoff::read).or(locked_for_all);
            asked.is_some_and(|asked| !is_current(asked, locked))
        };
        match asked.keys().chain(locked.keys()).find(is_changed) {
            Some(name) => Err(format!("[tool.uv] {key}: that of `{name}` has changed")),
            None => Ok(()),
        }
    }
}

/// `if-necessary` is the former name of the default.
fn without_alias(mode: &str) -> &str {
    if mode == "if-necessary" { "if-necessary-or-explicit" } else { mode }
}
