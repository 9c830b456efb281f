//! `check --fix`, and the formats of `check` for a CI.

use std::fs;

use serde_json::Value;

use crate::run::Folder;

#[test]
fn fix_writes_what_the_project_generates() {
    let current = Folder::hello().run(&[]).prints();
    for old in [None, Some(current.replace("pip", "pop")), Some(current.clone())] {
        let folder = Folder::hello();
        let folder = if let Some(old) = &old { folder.file("Dockerfile", old) } else { folder };
        let done = folder.run(&["check", "--fix", "Dockerfile"]).ends(0);
        assert_eq!(fs::read_to_string(folder.path("Dockerfile")).unwrap(), current);
        let is_current = old.as_ref() == Some(&current);
        assert_eq!(done.stderr, if is_current { "" } else { "updated Dockerfile\n" });
        assert_eq!(done.stdout.is_empty(), is_current);
        assert_eq!(folder.run(&["check", "Dockerfile"]).prints(), "");
    }
}

#[test]
fn fix_writes_the_ignore_file_of_an_in_tree_dockerfile() {
    let folder = Folder::hello().file(".env", "A=1");
    let fixed = folder.run(&["check", "--in-tree", "--fix", "Dockerfile"]).ends(0);
    assert_eq!(fixed.stderr, "updated Dockerfile\nupdated Dockerfile.dockerignore\n");
    let written = ["Dockerfile", "Dockerfile.dockerignore"].map(|name| fs::read_to_string(folder.path(name)).unwrap());
    let other = Folder::hello().file(".env", "A=1");
    other.run(&["--in-tree", "--output", "."]).prints();
    let direct = ["Dockerfile", "Dockerfile.dockerignore"].map(|name| fs::read_to_string(other.path(name)).unwrap());
    assert_eq!(written, direct);
}

#[test]
fn fix_overwrites_nothing_of_somebody_else() {
    let folder = Folder::hello().file("Dockerfile", "FROM scratch\n");
    let refused = folder.run(&["check", "--fix", "Dockerfile"]).refused();
    assert!(refused.starts_with("error: Dockerfile already exists and was not written by agentix-gen\n"), "{refused}");
    assert_eq!(folder.paths(), ["Dockerfile", "pyproject.toml"]);
    assert_eq!(fs::read_to_string(folder.path("Dockerfile")).unwrap(), "FROM scratch\n");
    assert_eq!(folder.run(&["check", "--fix", "-"]).refused(), "error: --fix needs a file to write, not `-`\n");
}

/// The formats name the lines that differ, and the exit code stays that of `check`.
#[test]
fn the_formats_of_a_ci_name_the_lines() {
    let current = Folder::hello().run(&[]).prints();
    let changed = current.lines().position(|line| line.starts_with("USER ")).unwrap();
    let old: String = current
        .lines()
        .enumerate()
        .map(|(number, line)| if number == changed { "USER x\n".to_owned() } else { format!("{line}\n") })
        .collect();
    let folder = Folder::hello().file("sub/Dockerfile", &old);
    let check = |format: &str| folder.run(&["check", ".", "sub/Dockerfile", "--format", format]).ends(1);
    let line = changed + 1;

    let sarif: Value = serde_json::from_str(&check("sarif").stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "sub/Dockerfile");
    assert_eq!(place["region"], serde_json::json!({ "startLine": line, "endLine": line }));
    assert_eq!(sarif["version"], "2.1.0");

    let annotations = check("github").stdout;
    let start = format!("::error file=sub/Dockerfile,line={line},endLine={line},title=agentix-gen check::");
    assert!(annotations.starts_with(&start) && annotations.lines().count() == 1, "{annotations}");
    assert!(annotations.contains("USER 0"), "{annotations}");

    let folder = Folder::hello().file("Dockerfile", &current);
    assert_eq!(folder.run(&["check", "Dockerfile", "--format", "github"]).prints(), "");
    let sarif: Value =
        serde_json::from_str(&folder.run(&["check", "Dockerfile", "--format", "sarif"]).prints()).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn json_says_what_was_fixed() {
    let folder = Folder::hello();
    let fix = |folder: &Folder| {
        let done = folder.run(&["check", "--fix", "--format", "json", "Dockerfile"]).ends(0);
        serde_json::from_str::<Value>(&done.stdout).unwrap()
    };
    let first = fix(&folder);
    assert_eq!((&first["current"], &first["fixed"]), (&false.into(), &true.into()));
    let second = fix(&folder);
    assert_eq!(second, serde_json::json!({ "dockerfile": "Dockerfile", "current": true, "diff": "" }));
}
