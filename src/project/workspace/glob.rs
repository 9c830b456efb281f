//! The globs of `tool.uv.workspace`, which name folders below the workspace's root.
//!
//! They are those of Rust's `glob` crate, and uv reads them in two ways. In one of members `*`, `?` and `[…]` stay within a
//! folder's name; in one that excludes they match a `/` too: `exclude = ["packages/*"]` excludes `packages/a/b`. Either
//! way a glob matches a folder as a whole: `exclude = ["packages"]` says nothing of `packages/lib`, nor does `members =
//! ["packages/**"]` of `packages`.

use crate::value::Pattern;

#[derive(Debug, Clone)]
pub(super) struct Glob {
    /// None where it names the root, which is a member without being named.
    patterns: Option<Patterns>,
}

#[derive(Debug, Clone)]
struct Patterns {
    within_names: Pattern,
    across_names: glob::Pattern,
}

impl Glob {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            return Err("members lie below the workspace's root, and so does what is excluded from them");
        }
        let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        if parts.is_empty() {
            return Ok(Self { patterns: None });
        }
        let plain = parts.join("/");
        let across_names = glob::Pattern::new(&plain).map_err(|error| error.msg)?;
        let within_names = plain.replace('\\', "\\\\").replace("[!", "[^");
        let within_names = within_names.parse::<Pattern>().map_err(|error| error.reason())?;
        Ok(Self { patterns: Some(Patterns { within_names, across_names }) })
    }

    /// Whether it excludes a folder.
    pub(super) fn excludes(&self, folder: &str) -> bool {
        self.patterns.as_ref().is_some_and(|patterns| patterns.across_names.matches(folder))
    }

    /// Whether it makes a folder a member.
    pub(super) fn matches(&self, folder: &str) -> bool {
        self.patterns.as_ref().is_some_and(|patterns| patterns.within_names.matches_itself(folder))
    }

    /// Whether it may make something below a folder a member.
    pub(super) fn may_match_below(&self, folder: &str) -> bool {
        self.patterns.as_ref().is_some_and(|patterns| patterns.within_names.may_match_below(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn globs_match_folders_as_a_whole() {
        for (glob, matched, other) in [
            ("packages/*", "packages/a", "packages/a/b"),
            ("packages/*", "packages/.a", "packages"),
            ("./packages/a/", "packages/a", "packages/b"),
            ("packages/**", "packages/a/b", "packages"),
            ("**/lib", "lib", "lib/a"),
            ("a/**/lib", "a/b/c/lib", "lib"),
            ("lib-[!x]", "lib-a", "lib-x"),
            ("lib-[ab]", "lib-a", "lib-c"),
            ("l?b", "lib", "l/b"),
            ("a\\*", "a\\b", "a*"),
        ] {
            let parsed = Glob::parse(glob).unwrap();
            assert!(parsed.matches(matched) && parsed.excludes(matched), "{glob} {matched}");
            assert!(!parsed.matches(other), "{glob} {other}");
        }
        let packages = Glob::parse("packages/*").unwrap();
        assert!(packages.may_match_below("packages") && !packages.may_match_below("src"));
        assert!(packages.excludes("packages/a/b") && !packages.excludes("packages"));
        assert!(!Glob::parse(".").unwrap().matches("a"));
        for glob in ["/a", "../a", "a/..", "[a"] {
            assert!(Glob::parse(glob).is_err(), "{glob}");
        }
    }
}
