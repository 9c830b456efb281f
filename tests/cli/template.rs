//! A user's own template over ours.

use crate::run::{Folder, HELLO};

const USER: &str = "{% extends 'bundle.dockerfile' %}\n{% block end %}\n\nUSER 1000\n{% endblock %}\n";

#[test]
fn an_option_or_a_key_names_it() {
    let manifest = format!("{HELLO}[tool.agentix]\ntemplate = 'deploy/user.dockerfile'\n");
    let folder = Folder::with("project/pyproject.toml", manifest)
        .file("project/deploy/user.dockerfile", USER)
        .file("own", USER.replace("1000", "2000"))
        .file("plain/pyproject.toml", HELLO);
    let plain = folder.run(&["plain"]).prints();
    assert_eq!(folder.run(&["project"]).prints(), format!("{plain}\nUSER 1000\n"));
    assert_eq!(folder.run(&["project", "--template", "own"]).prints(), format!("{plain}\nUSER 2000\n"));
    assert_eq!(folder.run(&["plain", "--template", "own"]).prints(), format!("{plain}\nUSER 2000\n"));
    let arguments = ["stage", "plain", "--template", "own", "--into", "staged"];
    folder.run(&arguments).prints();
    let staged = std::fs::read_to_string(folder.path("staged/Dockerfile")).unwrap();
    assert_eq!(staged, format!("{plain}\nUSER 2000\n"));
    // What is checked against is the extended one.
    assert_eq!(folder.run(&["check", "plain", "staged/Dockerfile", "--template", "own"]).prints(), "");
}

#[test]
fn what_is_wrong_is_told_with_its_file_and_line() {
    let folder = Folder::hello()
        .file("own", USER.replace("1000", "{{ nobody }}"))
        .file("bytes", b"\xff")
        .file("others", "FROM scratch\n");
    let refused = |name: &str| folder.run(&["--template", name]).refused();
    assert!(refused("own").starts_with("error: own:4: there is no variable `nobody`; there are account, "));
    assert_eq!(refused("others"), "error: others: it does not start with {% extends \"bundle.dockerfile\" %}\n");
    assert!(refused("absent").starts_with("error: `absent` cannot be read\n"));
    assert!(refused("bytes").starts_with("error: `bytes` cannot be read\n"));
    assert!(refused("/dev/zero").contains("it is no regular file"));
    let escaping = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\ntemplate = '../own'\n"));
    assert!(escaping.run(&[]).refused().contains("a path inside the project"));
}
