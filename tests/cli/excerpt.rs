//! Errors in `pyproject.toml` show the line, with the wrong part underlined.

use crate::run::{Folder, HELLO};

/// Returns the first line of the message, and the underlined part of the shown line.
fn refused(manifest: &str) -> (String, String) {
    let message = Folder::with("pyproject.toml", manifest).run(&["."]).refused();
    let lines: Vec<&str> = message.lines().collect();
    let carets = lines.iter().position(|line| line.contains('^')).unwrap_or_else(|| panic!("{message}"));
    let (shown, below) = (lines[carets - 1], lines[carets]);
    let columns = below.chars().enumerate().filter(|(_, c)| *c == '^').map(|(column, _)| column);
    let columns: Vec<usize> = columns.collect();
    let underlined = shown.chars().skip(columns[0]).take(columns.len()).collect();
    (lines[0].to_owned(), underlined)
}

#[test]
fn the_wrong_part_is_underlined() {
    let with = |text: &str| format!("{HELLO}[tool.agentix]\n{text}\n");
    for (manifest, underlined) in [
        (with("exlude = ['x']"), "exlude"),
        (with("apt = 'a b'"), "'a b'"),
        // For a list, the position is that of the list.
        (with("apt = ['git', 'a b']"), "['git', 'a b']"),
        (with("symlinks = 'fallow'"), "'fallow'"),
        (with("max-context = '10 X' # ü"), "'10 X'"),
        (with("\"ü\" = 1"), "\"ü\""),
        ("[project]\nname = 'x y'\nversion = '1'\n".to_owned(), "'x y'"),
        ("[project]\r\nname = 'a'\r\nversion = 'one'\r\n".to_owned(), "'one'"),
        ("[project]\nname = 'a'\nversion = '1'\ndependencies = ['six', 'rich=']".to_owned(), "'rich='"),
        ("[project]\nname = 'a'\nname = 'b'\n".to_owned(), "name"),
        // What would control the terminal is shown as another character.
        (with("\"\u{9b}31m\u{202e}\" = 1"), "\"\u{fffd}31m\u{fffd}\""),
    ] {
        assert_eq!(refused(&manifest).1, underlined, "{manifest}");
    }
}

#[test]
fn the_message_stays_in_the_first_line() {
    let folder = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\nexlude = ['x']\n"));
    assert_eq!(
        folder.run(&["."]).refused(),
        "error: ./pyproject.toml:6:1: [tool.agentix] has no key `exlude`; did you mean `exclude`?\n  |\n\
         6 | exlude = ['x']\n  | ^^^^^^ did you mean `exclude`?\n"
    );
}

/// The line may be long, may hold control characters, and may end in the middle of the wrong part.
#[test]
fn any_line_is_shown_in_a_few_short_ones() {
    let long = "x".repeat(5000);
    for text in [
        format!("exlude = '{long}'"),
        format!("env = {{ A = '{long}', B = 1, C = '{long}' }}"),
        format!("apt = [\n'{long}',\n'a b' ]"),
        "apt = ['a\\u001b[31m']".to_owned(),
        "exlude = [\n'x'\n]".to_owned(),
        "apt = \"\"\"a\nb\"\"\"".to_owned(),
        format!("apt = ['{}', 'a b']", "ü".repeat(3000)),
    ] {
        let message = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\n{text}\n")).run(&["."]).refused();
        let shown: Vec<&str> = message.lines().skip(1).collect();
        assert!(shown.len() <= 6 && shown.iter().any(|line| line.contains('^')), "{message}");
        assert!(shown.iter().all(|line| line.chars().count() <= 300), "{message}");
        assert!(!message.contains('\u{1b}'), "{message:?}");
    }
}

/// A line with credentials is not shown, whatever is wrong in it.
#[test]
fn credentials_are_not_shown() {
    let manifest = "[project]\nname = 'x y' # https://user:hunter2@git.example.org/x\nversion = '1'\n";
    for arguments in [&["."][..], &["plan"], &["build"]] {
        let message = Folder::with("pyproject.toml", manifest).run(arguments).refused();
        assert!(!message.contains("hunter2"), "{message}");
    }
}

/// A list of all keys is in the message, and not below the line as well.
#[test]
fn the_keys_are_listed_once() {
    let message = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\nzork = 1\n")).run(&["."]).refused();
    assert_eq!(message.matches("the keys are ").count(), 1, "{message}");
}
