//! The law of displayed commands: a shell into which you paste one runs the command with the same words.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process;

use agentix_gen::engine::Command;

pub(crate) fn hold(words: &[String]) {
    // A word of a command cannot contain a NUL.
    let words: Vec<String> = words.iter().map(|word| word.replace('\0', "")).collect();
    let folder = tempfile::tempdir().unwrap();
    // Files that match patterns in the words.
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
