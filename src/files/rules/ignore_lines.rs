//! The rules as lines of a `.dockerignore`, as far as patterns can express them.

use super::{BUILD_OUTPUT, CACHES, Rules, SensitiveFile, VERSION_CONTROL};
use crate::value::PatternSet;

impl Rules {
    /// Returns the weakest rules, which apply in every folder.
    pub(crate) fn default_ignore_lines() -> Vec<String> {
        let anywhere = |names: &[&str]| names.iter().map(|name| format!("**/{name}")).collect::<Vec<_>>();
        let mut lines = vec!["# Secrets, but not their examples.".to_owned()];
        lines.extend(SensitiveFile::ignore_lines());
        lines.extend(["example", "sample", "template"].map(|word| format!("!**/.env.{word}")));
        // They follow the exceptions, which would include files in them.
        lines.push("# Version control, caches and virtual environments.".to_owned());
        lines.extend([VERSION_CONTROL, CACHES, &[".venv"]].into_iter().flat_map(anywhere));
        lines
    }

    /// Returns the lines for the contents of a folder, weakest rule first. `folder` is empty for the context itself.
    pub(crate) fn ignore_lines(&self, folder: &str) -> Vec<String> {
        let mut lines = vec!["# Build output.".to_owned()];
        lines.extend(BUILD_OUTPUT.iter().map(|name| within(folder, name)));
        lines.extend((!self.keep_egg_info).then(|| within(folder, "**/*.egg-info")));
        let mut add = |title: String, section: Vec<String>| {
            if !section.is_empty() {
                lines.push(title);
                lines.extend(section);
            }
        };
        add(format!("# From {}.", self.docker_ignore.file()), self.docker_ignore.lines_for(folder));
        add("# From `include`.".to_owned(), patterns(&self.include, folder, "!"));
        add("# From `exclude`.".to_owned(), patterns(&self.exclude, folder, ""));
        lines
    }
}

/// Returns the pattern for a pattern that is relative to a folder.
fn within(folder: &str, pattern: &str) -> String {
    let pattern = pattern.trim().trim_start_matches('/');
    match (folder, pattern.chars().next()) {
        // At the start of a line, these have a meaning of their own.
        ("", Some('#' | '!')) => format!("\\{pattern}"),
        ("", _) => pattern.to_owned(),
        (folder, _) => format!("{folder}/{pattern}"),
    }
}

fn patterns(set: &PatternSet, folder: &str, sign: &str) -> Vec<String> {
    set.iter().map(|pattern| format!("{sign}{}", within(folder, pattern.as_str()))).collect()
}
