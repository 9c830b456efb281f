//! Laws of `.dockerignore` files, for any text:
//!
//! 1. The line that ignores a path is a line of the file, and matches the path or a folder around it.
//! 2. More lines, which match none of the paths, change nothing. With them, the file is long enough to have an index.
//! 3. An error message is one line.

use agentix_gen::files::DockerIgnore;

const PATHS: [&str; 8] = ["a", "b", "a/b", "a/b/c", "ab/a.b", "é/a", "docs/x.md", ".env"];

pub(crate) fn hold(text: &str) {
    let file: DockerIgnore = match text.parse() {
        Ok(file) => file,
        Err(error) => return assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    };
    let longer: DockerIgnore = format!("{text}{}", "\nother/*".repeat(65)).parse().expect("each line is valid");
    for path in PATHS {
        let ignored = file.ignores(path);
        assert_eq!(longer.ignores(path).is_some(), ignored.is_some(), "{path}");
        if let Some(pattern) = ignored {
            assert!(text.contains(pattern.as_str()) && pattern.matches(path), "{pattern:?} {path}");
        }
    }
}
