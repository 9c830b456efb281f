//! The ssh agents and keys of a build.

use std::os::unix::net::UnixListener;

use serde_json::Value;
use tempfile::tempdir;

use crate::run::{Folder, HELLO};
use crate::stub;

/// Returns the values of `--ssh` in the command that builds.
fn passed(folder: &Folder, arguments: &[&str], agent: &str) -> Vec<String> {
    let arguments = [&["build", "--engine", "podman", "--print-command"], arguments].concat();
    let run = folder.run(&arguments).env("PATH", stub::path(folder)).env("HOME", folder.path("home"));
    let printed = run.env("SSH_AUTH_SOCK", agent).ends(0);
    let commands: Value = serde_json::from_str(&printed.stdout).unwrap();
    let words: Vec<String> = serde_json::from_value(commands[0]["arguments"].clone()).unwrap();
    let values = words.windows(2).filter(|pair| pair[0] == "--ssh").map(|pair| pair[1].clone());
    values.collect()
}

fn refused(folder: &Folder, value: &str, agent: &str) -> String {
    let run = folder.run(&["build", "--engine", "podman", "--ssh", value]).env("PATH", stub::path(folder));
    run.env("HOME", folder.path("home")).env("SSH_AUTH_SOCK", agent).ends(1).stderr
}

#[test]
fn the_paths_of_keys_are_those_of_a_shell() {
    let manifest = format!("{HELLO}[tool.agentix]\nssh = ['team=keys/team', 'me=~/.ssh/me']\n");
    let folder = Folder::with("pyproject.toml", manifest).file("keys/team", "").file("home/.ssh/me", "");
    let folder = stub::engine(folder, "exit 1").file("src/hello/__init__.py", "");
    let at = |path: &str| folder.path(path).display().to_string();
    let (team, me) = (format!("team={}", at("keys/team")), format!("me={}", at("home/.ssh/me")));
    let elsewhere = tempdir().unwrap();
    let agent = elsewhere.path().join("agent");
    let _answers = UnixListener::bind(&agent).unwrap();
    let own = passed(&folder, &["--ssh", "default"], &agent.display().to_string());
    assert_eq!(own, ["default".to_owned(), team, me]);
}

#[test]
fn a_missing_agent_or_key_is_refused_before_the_build() {
    let folder = stub::engine(Folder::hello(), "echo built >&2; exit 1");
    let elsewhere = tempdir().unwrap();
    let dead = elsewhere.path().join("dead");
    drop(UnixListener::bind(&dead).unwrap());
    let dead = dead.display().to_string();
    let help = "\n  help: start an agent and add the key: eval \"$(ssh-agent)\" && ssh-add\n  \
                  help: or name a key without a passphrase: --ssh default=~/.ssh/id_ed25519\n";
    assert_eq!(
        refused(&folder, "default", ""),
        format!("error: ssh `default`: no ssh agent, because SSH_AUTH_SOCK is not set{help}")
    );
    for value in ["default", &format!("default={dead}")] {
        let error = refused(&folder, value, &dead);
        assert_eq!(error, format!("error: ssh `default`: no ssh agent answers at {dead}{help}"));
    }
    let home = folder.path("home").display().to_string();
    let error = refused(&folder, "ci=~/none", &dead);
    assert_eq!(
        error,
        format!("error: ssh `ci`: {home}/none does not exist\n  help: correct the path in `ssh` or --ssh ci=PATH\n")
    );
}
