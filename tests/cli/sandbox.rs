//! Checks what `run`, `ps` and `stop` refuse before an engine works.

use crate::run::Folder;
use crate::stub;

fn project() -> Folder {
    let folder = Folder::with("pyproject.toml", "[project]\nname = 'x'\nversion = '1'\n");
    stub::engine(folder, "exit 9")
}

#[test]
fn buildah_runs_no_containers() {
    let folder = project();
    for command in [&["run", "."][..], &["ps"], &["stop", "x"]] {
        let arguments = [command, &["--engine", "buildah"]].concat();
        let refused = folder.run(&arguments).env("PATH", stub::path(&folder)).refused();
        let expected = "error: buildah cannot run containers\n  help: choose docker or podman with --engine\n";
        assert_eq!(refused, expected, "{command:?}");
    }
}

#[test]
fn a_value_of_a_variable_is_never_shown() {
    let folder = project().file("settings.env", "# a comment\n\n  A=1\nno-name=hunter2\n");
    let run = |arguments: &[&str]| folder.run(&[&["run", "."], arguments].concat()).env("PATH", stub::path(&folder));
    let refused = run(&["--env-file", "settings.env"]).refused();
    assert_eq!(refused, "error: settings.env, line 4: expected NAME=VALUE\n");
    let missing = run(&["--env-file", "none.env"]).refused();
    assert!(missing.starts_with("error: none.env cannot be read\n"), "{missing}");
}
