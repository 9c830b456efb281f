//! The `completions` command. Bash, zsh and fish read the script and complete with it.

use std::process::Command;

use crate::judges;
use crate::run::{Folder, HELLO};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Returns a project with extras and a group, and `agentix-gen` on `PATH`.
fn project() -> Folder {
    let more = "optional-dependencies = { gpu = ['x'], web = ['x'] }\n[dependency-groups]\ndev = ['x']\n";
    Folder::with("pyproject.toml", format!("{HELLO}{more}"))
}

/// Returns a shell that finds `agentix-gen` and works in a folder. The folder of the built command may hold engines.
fn shell(name: &str, folder: &Folder) -> Command {
    let programs = folder.path(".programs");
    if !programs.exists() {
        std::fs::create_dir(&programs).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_agentix-gen"), programs.join("agentix-gen")).unwrap();
    }
    let mut shell = Command::new(name);
    shell.current_dir(folder.path("")).env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    shell.env("HOME", folder.path("")).env("XDG_CONFIG_HOME", folder.path("")).env("TERM", "dumb");
    shell
}

/// Returns whether a shell is installed. If not, prints that the test does not run.
fn is_installed(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output();
    found.inspect_err(|error| judges::not_run(&format!("{name}: {error}"))).is_ok()
}

/// Returns what bash offers for the last word of a command line.
fn in_bash(words: &[&str]) -> Vec<String> {
    const COMPLETE: &str = r#"
        eval "$SCRIPT"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        "$(complete -p agentix-gen | sed 's/.*-F \([^ ]*\).*/\1/')" agentix-gen "${@: -1}" "${@: -2:1}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let folder = project();
    let script = folder.run(&["completions", "bash"]).prints();
    let mut bash = shell("bash", &folder);
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

/// The values that the shells ask for.
const ASKED: [(&str, &[&str]); 5] = [
    ("build --engine ", &["auto", "buildah", "container", "docker", "nerdctl", "podman"]),
    ("build --engine p", &["podman"]),
    ("build --extra ", &["gpu", "web"]),
    ("run --extra w", &["web"]),
    ("--group ", &["dev"]),
];

#[test]
fn bash_completes_engines_extras_and_groups() {
    for (line, expected) in ASKED {
        assert_eq!(in_bash(&line.split(' ').collect::<Vec<_>>()), expected, "{line}");
    }
}

#[test]
fn fish_completes_engines_extras_and_groups() {
    if !is_installed("fish") {
        return;
    }
    let folder = project();
    let script = folder.run(&["completions", "fish"]).prints();
    for (line, expected) in ASKED {
        let mut fish = shell("fish", &folder);
        fish.args(["--no-config", "--command", "echo $SCRIPT | source; complete --do-complete $LINE"]);
        let output = fish.env("SCRIPT", &script).env("LINE", format!("agentix-gen {line}")).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let offered = String::from_utf8(output.stdout).unwrap();
        let names: Vec<&str> = offered.lines().map(|line| line.split('\t').next().unwrap()).collect();
        assert_eq!(names, expected, "{line}");
    }
}

/// A second zsh runs in a terminal, and prints what it offers between two marks. The terminal also shows what is typed, so
/// that has the marks in two parts.
#[test]
fn zsh_completes_options_engines_extras_and_groups() {
    const COMPLETE: &str = r#"
        zmodload zsh/zpty
        zpty inner zsh -f -i
        zpty -w inner 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$SCRIPT"'
        zpty -w inner 'compadd() { builtin compadd -O found "$@"; print -r -- "BE""GIN $found E""ND" }'
        zpty -w inner 'list() { _main_complete }; zle -C offer list-choices list; bindkey "^I" offer; print re""ady'
        zpty -r inner shown '*ready*'
        zpty -w -n inner "agentix-gen $LINE"$'\t'
        zpty -r inner shown '*BEGIN*END*'
        print -r -- "${${shown##*BEGIN}%%END*}"
    "#;
    if !is_installed("zsh") {
        return;
    }
    let folder = project();
    let script = folder.run(&["completions", "zsh"]).prints();
    for (line, expected) in ASKED.into_iter().chain([("build --forc", &["--force"][..])]) {
        let mut zsh = shell("timeout", &folder);
        zsh.args(["20", "zsh", "-fc", COMPLETE]).env("SCRIPT", &script).env("LINE", line);
        let output = zsh.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let offered = String::from_utf8(output.stdout).unwrap();
        assert_eq!(offered.split_whitespace().collect::<Vec<_>>(), expected, "{line}");
    }
}

#[test]
fn the_values_need_a_project() {
    let folder = Folder::with("notes.txt", "");
    let refused = folder.run(&["completions", "--values", "extras"]).refused();
    assert!(refused.contains("pyproject.toml"), "{refused}");
    assert!(folder.run(&["completions"]).ends(2).stderr.contains("<SHELL>"));
    assert!(folder.run(&["completions", "bash", "--values", "groups"]).ends(2).stderr.contains("cannot be used with"));
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
