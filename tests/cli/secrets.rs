//! Secrets: what is reported on stderr and in the plan.

use crate::run::{Folder, HELLO};

/// A token that no scanner of this repository finds.
fn token() -> String {
    ["ghp", "Zx8vQp2mRt6wLk4sNb7yHc3dJf5gTq9aWe1u"].join("_")
}

#[test]
fn a_token_in_source_code_is_kept_with_a_warning() {
    let source = format!("import os\n\nTOKEN = '{}'\n", token());
    let folder = Folder::hello().file("src/hello/client.py", &source).file("notes.txt", token());
    let line = "warning: src/hello/client.py:3 contains a secret, which will be part of the context: repository credentials \
                (GitHub token); read it from a variable or a file when the program runs, or accept it with --include PATH";
    assert!(!folder.run(&[]).ends(0).stderr.contains("client.py"), "a Dockerfile alone needs no source");
    for command in [&["--in-tree"][..], &["context"], &["stage", "--into", "out"]] {
        let printed = folder.run(command).ends(0);
        assert!(printed.stderr.lines().any(|found| found == line), "{command:?}: {}", printed.stderr);
        assert!(!printed.stderr.contains(&token()));
    }
    assert!(folder.path("out/project/src/hello/client.py").exists());
    assert!(!folder.path("out/project/notes.txt").exists());
    let plan: serde_json::Value = serde_json::from_str(&folder.run(&["plan"]).ends(0).stdout).unwrap();
    assert_eq!(plan["warnings"][0], line.strip_prefix("warning: ").unwrap());
    let accepted = folder.run(&["plan", "--include", "src/hello/client.py"]).ends(0);
    assert!(!accepted.stderr.contains("client.py"), "{}", accepted.stderr);
}

#[test]
fn the_project_names_its_own_secrets() {
    let manifest = format!("{HELLO}[tool.agentix]\nsecret-files = ['deploy/*.vars']\n");
    let folder = Folder::with("pyproject.toml", manifest).file("deploy/a.vars", "x").file("deploy/b.txt", "x");
    let files = folder.run(&["files", "--secret-files", "deploy/b.txt"]).prints();
    assert!(files.contains("out  deploy/a.vars  a secret: secret-files: deploy/*.vars\n"), "{files}");
    assert!(files.contains("out  deploy/b.txt   a secret: secret-files: deploy/b.txt\n"), "{files}");
    let staged = folder.run(&["stage", "--into", "out"]).ends(0);
    assert!(staged.stderr.contains("excluded as secrets: deploy/a.vars (to include one: --include PATH)"));
    let json = folder.run(&["files", "--format", "json"]).prints();
    let files: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rule = &files.as_array().unwrap().iter().find(|file| file["path"] == "deploy/a.vars").unwrap()["rule"];
    assert_eq!(rule["secret-files"], "deploy/*.vars");
}
