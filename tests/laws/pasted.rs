//! A command is shown as a shell takes it: whoever pastes it runs it with the same words.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process;

use agentix_gen::engine::Command;

pub(crate) fn hold(words: &[String]) {
    // No word of a command has a NUL in it.
    let words: Vec<String> = words.iter().map(|word| word.replace('\0', "")).collect();
    let folder = tempfile::tempdir().unwrap();
    // What a shell would put in the place of a pattern.
    for name in ["a", "b", "-"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let mut command = Command::new("printf".into(), ["%s\\0"]);
    command.arguments.extend_from_slice(&words);
    command.environment.push(("LC_ALL".into(), "C".into()));
    let shell = process::Command::new("bash")
        .args(["-c", &command.to_string()])
        .env("LC_ALL", "C.UTF-8")
        .current_dir(&folder)
        .output()
        .unwrap();
    let read = String::from_utf8(shell.stdout).unwrap();
    assert_eq!(read.split_terminator('\0').collect::<Vec<_>>(), words, "{command}");
}
