//! The globs of `tool.uv.workspace`, which match folders below the workspace root.
//!
//! The syntax is that of the Rust crate `glob`. uv interprets it in two ways: in `members`, the wildcards `*`, `?` and
//! `[…]` do not match a `/`; in `exclude`, they do. For example, `exclude = ["packages/*"]` excludes `packages/a/b`. In
//! both cases a glob matches the whole path of a folder: `exclude = ["packages"]` does not match `packages/lib`, and
//! `members = ["packages/**"]` does not match `packages`.

use crate::value::Pattern;

#[derive(Debug, Clone)]
pub(super) struct Glob {
    /// `None` if the glob is the root, which is a member anyway.
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
            return Err("members and excluded folders must be below the workspace root");
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

    /// Returns whether a folder matches, by the rules of `exclude`.
    pub(super) fn excludes(&self, folder: &str) -> bool {
        self.patterns.as_ref().is_some_and(|patterns| patterns.across_names.matches(folder))
    }

    /// Returns whether a folder matches, by the rules of `members`.
    pub(super) fn matches(&self, folder: &str) -> bool {
        self.patterns.as_ref().is_some_and(|patterns| patterns.within_names.matches_itself(folder))
    }

    /// Returns whether a folder below this one may match, by the rules of `members`.
    pub(super) fn may_match_below(&self, folder: &str) -> bool {
        self.patterns.as_ref().is_some_and(|patterns| patterns.within_names.may_match_below(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn globs_match_whole_paths() {
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
