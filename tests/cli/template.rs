//! A user's template that extends the built-in one.

use crate::run::{Folder, HELLO};

const USER: &str = "{% extends 'bundle.dockerfile' %}\n{% block end %}\n\nUSER 1000\n{% endblock %}\n";

#[test]
fn an_option_or_a_key_names_the_template() {
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
    // `check` compares with the extended Dockerfile.
    assert_eq!(folder.run(&["check", "plain", "staged/Dockerfile", "--template", "own"]).prints(), "");
}

#[test]
fn a_template_error_has_its_file_and_line() {
    let folder = Folder::hello()
        .file("own", USER.replace("1000", "{{ nobody }}"))
        .file("bytes", b"\xff")
        .file("others", "FROM scratch\n");
    let refused = |name: &str| folder.run(&["--template", name]).refused();
    assert!(refused("own").starts_with("error: own:4: unknown variable `nobody`; known variables: account, "));
    assert_eq!(
        refused("others"),
        "error: others: the template must start with `{% extends \"bundle.dockerfile\" %}`\n"
    );
    assert!(refused("absent").starts_with("error: `absent` cannot be read\n"));
    assert!(refused("bytes").starts_with("error: `bytes` cannot be read\n"));
    assert!(refused("/dev/zero").contains("not a regular file"));
    let escaping = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\ntemplate = '../own'\n"));
    assert!(escaping.run(&[]).refused().contains("a path inside the project"));
}
