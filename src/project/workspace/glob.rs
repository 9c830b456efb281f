//! The globs of `tool.uv.workspace`, which match folders below the workspace root.
//!
//! The syntax is that of the Rust crate `glob`. uv interprets it in two ways: in `members`, the wildcards `*`, `?` and
//! `[…]` do not match a `/`; in `exclude`, they do. For example, `exclude = ["packages/*"]` excludes `packages/a/b`. In
//! both cases a glob matches the whole path of a folder: `exclude = ["packages"]` does not match `packages/lib`, and
//! `members = ["packages/**"]` does not match `packages`.
//!
//! A glob may start with `../`: members can be beside the root.

use camino::Utf8Path;

use crate::value::Pattern;

#[derive(Debug, Clone)]
pub(super) struct Glob {
    /// The number of `..` at the start.
    up: usize,
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
        let parts = text.split('/').filter(|part| !matches!(*part, "" | "."));
        let up = parts.clone().take_while(|part| *part == "..").count();
        let parts: Vec<&str> = parts.skip(up).collect();
        if text.starts_with('/') || parts.contains(&"..") {
            return Err("it must be relative, with `..` only at its start");
        }
        if parts.is_empty() {
            return Ok(Self { up, patterns: None });
        }
        let plain = parts.join("/");
        let across_names = glob::Pattern::new(&plain).map_err(|error| error.msg)?;
        let within_names = plain.replace('\\', "\\\\").replace("[!", "[^");
        let within_names = within_names.parse::<Pattern>().map_err(|error| error.reason())?;
        Ok(Self { up, patterns: Some(Patterns { within_names, across_names }) })
    }

    /// Returns the folder that the glob is relative to without its `..`, for the workspace root in `root`.
    pub(super) fn base<'r>(&self, root: &'r Utf8Path) -> Option<&'r Utf8Path> {
        root.ancestors().nth(self.up)
    }

    /// Returns whether a folder matches, by the rules of `exclude`.
    pub(super) fn excludes(&self, root: &Utf8Path, folder: &Utf8Path) -> bool {
        self.is_met(root, folder, |patterns, path| patterns.across_names.matches(path))
    }

    /// Returns whether a folder matches, by the rules of `members`.
    pub(super) fn matches(&self, root: &Utf8Path, folder: &Utf8Path) -> bool {
        self.is_met(root, folder, |patterns, path| patterns.within_names.matches_itself(path))
    }

    /// Returns whether a folder below this one may match, by the rules of `members`.
    pub(super) fn may_match_below(&self, root: &Utf8Path, folder: &Utf8Path) -> bool {
        self.is_met(root, folder, |patterns, path| patterns.within_names.may_match_below(path))
    }

    fn is_met(&self, root: &Utf8Path, folder: &Utf8Path, test: impl Fn(&Patterns, &str) -> bool) -> bool {
        let below = self.base(root).and_then(|base| folder.strip_prefix(base).ok());
        self.patterns.as_ref().zip(below).is_some_and(|(patterns, path)| test(patterns, path.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use camino::{Utf8Path, Utf8PathBuf};

    use super::Glob;

    /// Returns the folder at a path from the root of a workspace in `/srv/team/root`.
    fn at(path: &str) -> Utf8PathBuf {
        let up = path.matches("../").count();
        let base = Utf8Path::new("/srv/team/root").ancestors().nth(up).unwrap();
        base.join(path.trim_start_matches("../")).components().collect()
    }

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
            ("../lib-*", "../lib-a", "lib-a"),
            ("../.././lib", "../../lib", "../lib"),
        ] {
            let parsed = Glob::parse(glob).unwrap();
            let (matched, other) = (at(matched), at(other));
            assert!(parsed.matches(&at(""), &matched) && parsed.excludes(&at(""), &matched), "{glob} {matched}");
            assert!(!parsed.matches(&at(""), &other), "{glob} {other}");
        }
        let packages = Glob::parse("packages/*").unwrap();
        let may_match_below = |folder: &str| packages.may_match_below(&at(""), &at(folder));
        assert!(may_match_below("packages") && !may_match_below("src") && !may_match_below("../packages"));
        let excludes = |folder: &str| packages.excludes(&at(""), &at(folder));
        assert!(excludes("packages/a/b") && !excludes("packages"));
        assert!(!Glob::parse(".").unwrap().matches(&at(""), &at("a")));
        assert!(!Glob::parse("../../../../../a").unwrap().matches(&at(""), &at("a")), "above the file system");
        for glob in ["/a", "a/..", "../a/../b", "[a"] {
            assert!(Glob::parse(glob).is_err(), "{glob}");
        }
        let long = Glob::parse(&"a".repeat(5000)).err().unwrap();
        assert!(long.contains("4096"), "{long}");
    }
}
