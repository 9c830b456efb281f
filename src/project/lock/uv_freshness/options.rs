//! Check of the options that select versions: `resolution`, `prerelease`, `fork-strategy` and `exclude-newer`.

use std::collections::BTreeMap;

use toml::Value;

use super::root::LockRoot;
use super::settings::STORES_ALL;
use super::time::Cutoff;
use crate::project::lock::uv::{LockedOptions, UvLock};
use crate::value::ProjectName;

impl LockedOptions {
    pub(super) fn check(&self, root: &LockRoot, lock: &UvLock) -> Result<(), String> {
        self.modes(root, lock.revision())?;
        self.cutoffs(root, lock)
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

    /// Compares the cutoffs. As for uv, a lock with an earlier time is current.
    fn cutoffs(&self, root: &LockRoot, lock: &UvLock) -> Result<(), String> {
        let asked = root.uv.get("exclude-newer").map(Cutoff::read);
        let stored = self.exclude_newer_span.as_ref().or(self.exclude_newer.as_ref());
        let locked = stored.map(|text| Cutoff::read(&Value::String(text.clone())));
        let is_current = match (asked, locked) {
            (None | Some(Some(Cutoff::Never)), None) => true,
            (None | Some(Some(Cutoff::Never)), Some(_)) => {
                let stored = stored.map(String::as_str).unwrap_or_default();
                return Err(format!(
                    "[tool.uv] exclude-newer is not set, but it is locked with {stored} (a variable or a file of the user may have \
                     set it: copy it to [tool.uv])"
                ));
            }
            (Some(Some(asked)), Some(Some(locked))) => asked.includes(&locked),
            // Earlier versions of uv knew times only.
            (Some(Some(asked)), None) => !asked.is_time() && lock.revision() < STORES_ALL,
            // A form that is not known.
            (Some(None), _) | (_, Some(None)) => true,
        };
        if is_current {
            self.cutoffs_of_packages(root, lock)
        } else {
            Err("[tool.uv] exclude-newer: it is locked with another one".to_owned())
        }
    }

    /// Compares the cutoffs of single packages. As for uv, an added one counts if the lock has the package.
    fn cutoffs_of_packages(&self, root: &LockRoot, lock: &UvLock) -> Result<(), String> {
        let key = "exclude-newer-package";
        let Some(asked) = root.parsed::<BTreeMap<ProjectName, Value>>(key) else { return Ok(()) };
        let locked = &self.exclude_newer_package;
        if locked.is_empty() && lock.revision() < STORES_ALL {
            return Ok(());
        }
        let has_package = |name: &ProjectName| lock.packages().iter().any(|package| package.name == *name);
        let is_changed = |name: &&ProjectName| match (asked.get(*name), locked.get(*name)) {
            (None, _) => true,
            (Some(asked), None) => has_package(name) && Cutoff::read(asked).is_some_and(|asked| asked != Cutoff::Never),
            (Some(asked), Some(locked)) => {
                let both = Cutoff::read(asked).zip(Cutoff::read(locked));
                both.is_some_and(|(asked, locked)| !asked.includes(&locked))
            }
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
