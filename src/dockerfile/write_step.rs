//! A step that writes files with given texts.

use std::collections::BTreeSet;

use super::in_tree_error::InTreeError;

/// The longest step, in bytes. Linux passes at most 128 KiB to a shell as one argument.
const LONGEST: usize = 64 * 1024;

/// Returns a `RUN` instruction that writes each text to its path. The paths must not be special to a shell.
///
/// Each line is one word in single quotes, so neither the builder nor the shell interprets it.
///
/// # Errors
///
/// Fails if a line contains a control character, or if the step would be too long.
pub(super) fn write(files: &[(String, String)]) -> Result<String, InTreeError> {
    let folders: BTreeSet<&str> = files.iter().filter_map(|(path, _)| Some(path.rsplit_once('/')?.0)).collect();
    let mut step = format!("RUN mkdir -p {}", folders.into_iter().collect::<Vec<_>>().join(" "));
    for (path, text) in files {
        step += " && \\\n    printf '%s\\n' \\\n";
        for line in text.lines() {
            step.extend(["      ", &quoted(path, line)?, " \\\n"]);
        }
        step.extend(["      > ", path]);
        if step.len() > LONGEST {
            return Err(InTreeError::TooLong { path: path.clone() });
        }
    }
    Ok(step)
}

fn quoted(path: &str, line: &str) -> Result<String, InTreeError> {
    if line.chars().any(|c| c.is_control() && c != '\t') {
        return Err(InTreeError::Control { path: path.to_owned() });
    }
    Ok(format!("'{}'", line.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::{InTreeError, LONGEST, write};

    fn step(text: &str) -> Result<String, InTreeError> {
        write(&[("/a/b".to_owned(), text.to_owned())])
    }

    #[test]
    fn a_step_has_a_greatest_length() {
        let rest = step("x").unwrap().len() - 1;
        assert_eq!(step(&"x".repeat(LONGEST - rest)).unwrap().len(), LONGEST);
        let longer = step(&"x".repeat(LONGEST - rest + 1));
        assert!(matches!(longer, Err(InTreeError::TooLong { path }) if path == "/a/b"));
    }

    #[test]
    fn a_line_has_no_control_characters_but_tabs() {
        let written = step("a\tb\nit's").unwrap();
        assert!(written.ends_with("\n      'a\tb' \\\n      'it'\\''s' \\\n      > /a/b"), "{written}");
        for text in ["a\u{b}", "\u{1b}[0m", "\u{7f}"] {
            assert!(matches!(step(text), Err(InTreeError::Control { path }) if path == "/a/b"), "{text:?}");
        }
    }
}
