//! The globs of `tool.uv.workspace`, which name folders below the workspace's root.
//!
//! They are those of Rust's `glob` crate: `*` and `?` stay within a folder's name, `**` is any number of folders, `[…]`
//! one of some characters, `[!…]` one of the others. A glob matches a folder as a whole: `exclude = ["packages"]` says
//! nothing of `packages/lib`.

use crate::pattern::Pattern;

#[derive(Debug, Clone)]
pub(super) struct Glob {
    /// One, and for `a/**`, which matches `a` as well, two.
    patterns: Vec<Pattern>,
}

impl Glob {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            return Err("members lie below the workspace's root, and so does what is excluded from them");
        }
        let written = text.replace('\\', "\\\\").replace("[!", "[^");
        let around = written.trim_end_matches('/').strip_suffix("/**").map(str::to_owned);
        let parse = |text: String| text.parse::<Pattern>().map_err(|error| error.reason());
        // The root is a member without being named.
        let names_root = text.split('/').all(|part| matches!(part, "" | "."));
        let texts = (!names_root).then_some(written).into_iter().chain(around);
        Ok(Self { patterns: texts.map(parse).collect::<Result<_, _>>()? })
    }

    pub(super) fn matches(&self, folder: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches_itself(folder))
    }

    pub(super) fn may_match_below(&self, folder: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.may_match_below(folder))
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
            ("packages/**", "packages/a/b", "other"),
            ("packages/**", "packages", "packag"),
            ("**/lib", "lib", "lib/a"),
            ("a/**/lib", "a/b/c/lib", "lib"),
            ("lib-[!x]", "lib-a", "lib-x"),
            ("lib-[ab]", "lib-a", "lib-c"),
            ("l?b", "lib", "l/b"),
            ("a\\*", "a\\b", "a*"),
        ] {
            let parsed = Glob::parse(glob).unwrap();
            assert!(parsed.matches(matched), "{glob} {matched}");
            assert!(!parsed.matches(other), "{glob} {other}");
        }
        assert!(Glob::parse("packages/*").unwrap().may_match_below("packages"));
        assert!(!Glob::parse("packages/*").unwrap().may_match_below("src"));
        assert!(!Glob::parse(".").unwrap().matches("a"));
        for glob in ["/a", "../a", "a/..", "[a"] {
            assert!(Glob::parse(glob).is_err(), "{glob}");
        }
    }
}
