//! The `completions` command. Bash reads the script and completes with it.

use std::process::Command;

use crate::run::Folder;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Returns what bash offers for the last word of a command line.
fn in_bash(words: &[&str]) -> Vec<String> {
    const COMPLETE: &str = r#"
        eval "$SCRIPT"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        "$(complete -p agentix-gen | sed 's/.*-F \([^ ]*\).*/\1/')" agentix-gen "${@: -1}" "${@: -2:1}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let script = Folder::hello().run(&["completions", "bash"]).prints();
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-euc", COMPLETE, "bash", "agentix-gen"]).args(words).env("SCRIPT", script);
    let output = bash.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    assert_eq!(in_bash(&["bui"]), ["build"]);
    assert_eq!(in_bash(&["build", "--insta"]), ["--installer"]);
    assert_eq!(in_bash(&["build", "--installer", ""]), ["auto", "uv", "pip"]);
    assert_eq!(in_bash(&["--dialect", "c"]), ["classic"]);
    assert_eq!(in_bash(&["completions", "f"]), ["fish"]);
}

#[test]
fn every_shell_has_a_script_with_every_command() {
    let help = Folder::hello().run(&["--help"]).prints();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert!(commands.contains(&"completions"), "{commands:?}");
    for shell in SHELLS {
        let script = Folder::hello().run(&["completions", shell]).prints();
        for command in commands.iter().filter(|command| !command.is_empty()) {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    let unknown = Folder::hello().run(&["completions", "tcsh"]).ends(2).stderr;
    assert!(SHELLS.iter().all(|shell| unknown.contains(shell)), "{unknown}");
}
