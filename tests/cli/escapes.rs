//! Control characters in arguments and names do not reach the terminal.

use crate::run::Folder;

#[test]
fn json_holds_no_control_characters() {
    let odd = "a\u{9b}31m\u{85}\u{202e}\u{61c}é";
    let folder = Folder::hello().file(odd, "");
    let printed = folder.run(&["files", "--format", "json"]).prints();
    assert!(
        !printed.chars().any(|c| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{61c}')),
        "{printed:?}"
    );
    let listed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert!(listed.as_array().unwrap().iter().any(|entry| entry["path"] == odd), "{printed}");
}

#[test]
fn an_invalid_argument_is_shown_without_control_characters() {
    let folder = Folder::hello();
    let odd = "a\u{1b}[31m\u{9b}31m\u{85}\u{202e}\r";
    let option = format!("--{odd}");
    let equal = format!("--installer={odd}");
    for arguments in [
        &["--tag", odd][..],
        &["--label", odd],
        &["--platform", odd],
        &["--installer", odd],
        &[&equal],
        &[&option],
        &["build", &option],
        &["ps", odd],
        &["completions", odd],
        &["stage", odd, odd],
        &["engines", odd, odd],
    ] {
        let printed = folder.run(arguments).ends(2).stderr;
        let raw: Vec<char> = printed.chars().filter(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}').collect();
        assert!(raw.is_empty(), "{arguments:?}: {raw:?} in {printed:?}");
        assert!(printed.contains("\\u{1b}"), "{printed:?}");
    }
}
