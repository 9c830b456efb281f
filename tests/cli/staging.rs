//! The context as a tar archive and as a folder, the dry run, and the list of files.

use std::fs;
use std::process::Command;

use crate::run::{Folder, HELLO};

#[test]
fn a_dry_run_stages_below_the_current_folder_and_reports() {
    let folder = Folder::hello().file("default.nix", "{}").file("src/hello/__init__.py", "");
    let report = "staged build context  build/hello\n\
                  would build           hello:1.0\n\
                  extends               agentix/runtime:0.1.0\n\
                  project               hello\n\
                  nix derivation        default.nix\n";
    assert_eq!(folder.run(&["build", "--dry-run"]).prints(), report);
    let staged: Vec<String> = folder.paths().into_iter().filter(|path| path.starts_with("build/")).collect();
    assert_eq!(
        staged,
        [
            "build/hello",
            "build/hello/.agentix-stage",
            "build/hello/Dockerfile",
            "build/hello/nix",
            "build/hello/nix/build.nix",
            "build/hello/project",
            "build/hello/project/default.nix",
            "build/hello/project/pyproject.toml",
            "build/hello/project/src",
            "build/hello/project/src/hello",
            "build/hello/project/src/hello/__init__.py",
            "build/hello/requirements",
            "build/hello/requirements/build.txt",
            "build/hello/requirements/run",
            "build/hello/requirements/run/run.txt",
        ]
    );
    // A second run replaces the staged context and does not include it.
    let paths = folder.paths();
    assert_eq!(folder.run(&["build", "--dry-run"]).prints(), report);
    assert_eq!(folder.paths(), paths);
    assert_eq!(
        fs::read_to_string(folder.path("build/hello/Dockerfile")).unwrap(),
        folder.run(&["dockerfile"]).prints()
    );
}

#[test]
fn a_dry_run_of_an_image_with_a_registry_stays_below_build() {
    let folder = Folder::hello();
    folder.run(&["build", "--dry-run", "-t", "localhost:5000/team/app:2"]).prints();
    assert!(folder.path("build/app/Dockerfile").is_file());
    assert_eq!(fs::read_dir(folder.path("build")).unwrap().count(), 1);
}

#[test]
fn a_folder_not_written_by_the_command_is_refused() {
    let folder = Folder::hello().file("build/hello/precious", "mine").file("out", "a file");
    let message = " already exists and was not written by agentix-gen; remove it or choose another folder\n";
    assert_eq!(folder.run(&["build", "--dry-run"]).refused(), format!("error: build/hello{message}"));
    assert_eq!(folder.run(&["stage", "--into", "out"]).refused(), format!("error: out{message}"));
    assert_eq!(fs::read_to_string(folder.path("build/hello/precious")).unwrap(), "mine");
    assert_eq!(folder.paths(), ["build", "build/hello", "build/hello/precious", "out", "pyproject.toml"]);
    // An empty folder is accepted.
    fs::create_dir(folder.path("empty")).unwrap();
    folder.run(&["stage", "--into", "empty"]).prints();
    folder.run(&["stage", "--into", "empty"]).prints();
}

#[test]
fn a_failed_stage_leaves_no_folder() {
    // One byte longer than a file name may be.
    let into = format!("a/b/{}", "x".repeat(256));
    let refused = |folder: &Folder, into: &str| folder.run(&["stage", ".", "--into", into]).refused();
    let folder = Folder::hello().file("kept/x", "");
    assert!(refused(&folder, &into).contains(" cannot be written\n"));
    assert_eq!(folder.paths(), ["kept", "kept/x", "pyproject.toml"]);
    // Existing folders stay.
    assert!(refused(&folder, &format!("kept/{into}")).contains(" cannot be written\n"));
    assert_eq!(folder.paths(), ["kept", "kept/x", "pyproject.toml"]);
}

#[test]
fn a_name_may_have_the_maximum_length() {
    for name in ["x".repeat(255), format!("x{}", "ä".repeat(127))] {
        let folder = Folder::hello();
        folder.run(&["stage", ".", "--into", &name]).prints();
        assert!(folder.path(&name).join("Dockerfile").exists());
    }
}

#[test]
fn a_staged_folder_inside_the_project_is_not_part_of_it() {
    let folder = Folder::hello();
    folder.run(&["stage", "--into", "sub/staged"]).prints();
    folder.run(&["stage", "--into", "sub/staged"]).prints();
    assert!(folder.path("sub/staged/project/sub").is_dir());
    assert!(!folder.path("sub/staged/project/sub/staged").exists());
}

#[test]
fn every_path_is_listed_with_its_rule() {
    let folder = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\nexclude = ['old']\n"))
        .file(".dockerignore", "*.md\n")
        .file("notes.md", "")
        .file(".env", "")
        .file("old/a\u{1b}.py", "")
        .file("build/x", "")
        .file("build/keep", "")
        .file("src/hello.py", "");
    let arguments = ["files", "--include", "build/keep"];
    let table = "in   .dockerignore\n\
                 out  .env        a secret: an environment file (.env)\n\
                 in   build/\n\
                 in   build/keep  include: build/keep\n\
                 out  build/x     build output\n\
                 out  notes.md    .dockerignore: *.md\n\
                 out  old/        exclude: old\n\
                 in   pyproject.toml\n\
                 in   src/\n\
                 in   src/hello.py\n";
    assert_eq!(folder.run(&arguments).prints(), table);
    let json = folder.run(&[&arguments[..], &["--format", "json"]].concat()).prints();
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    let expected = serde_json::json!([
        {"path": ".env", "kind": "file", "in": false, "rule": {"secret": {"kind": "environment-file", "sign": ".env"}}},
        {"path": "build/keep", "kind": "file", "in": true, "rule": {"include": "build/keep"}},
        {"path": "notes.md", "kind": "file", "in": false, "rule": {"docker-ignore": {"file": ".dockerignore", "pattern": "*.md"}}},
    ]);
    assert_eq!(serde_json::json!([list[1], list[3], list[5]]), expected);
}

#[test]
fn an_exclusion_names_the_ignore_file_that_was_read() {
    let folder = Folder::with("pyproject.toml", HELLO)
        .file(".dockerignore", "*.py\n")
        .file("Dockerfile.dockerignore", "*.md\n")
        .file("notes.md", "");
    let table = "in   .dockerignore\nin   Dockerfile.dockerignore\nout  notes.md  Dockerfile.dockerignore: *.md\nin   pyproject.toml\n";
    assert_eq!(folder.run(&["files"]).prints(), table);
    let list: serde_json::Value = serde_json::from_str(&folder.run(&["files", "--format", "json"]).prints()).unwrap();
    let rule = serde_json::json!({ "docker-ignore": { "file": "Dockerfile.dockerignore", "pattern": "*.md" } });
    assert_eq!(list[2]["rule"], rule);
}

#[test]
fn context_prints_a_tar_and_reports_excluded_secrets() {
    let folder = Folder::with("project/pyproject.toml", HELLO)
        .file("project/.env", "TOKEN=hunter2")
        .file("project/.dockerignore", "*.md\n")
        .file("project/notes.md", "")
        .file("project/pkg/build/x.py", "");
    let mut run = folder.run(&["context", "project"]).command();
    let output = run.output().unwrap();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "excluded as secrets: .env (to include one: --include PATH)\n"
    );
    assert!(!output.stdout.windows(7).any(|window| window == b"hunter2"));
    fs::write(folder.path("context.tar"), &output.stdout).unwrap();
    let listed = Command::new("tar").arg("-tf").arg(folder.path("context.tar")).output().unwrap();
    assert_eq!(
        String::from_utf8(listed.stdout).unwrap(),
        "Dockerfile\nproject/\nproject/.dockerignore\nproject/pkg/\nproject/pkg/build/\nproject/pkg/build/x.py\n\
         project/pyproject.toml\nrequirements/\nrequirements/build.txt\nrequirements/run/\nrequirements/run/run.txt\n"
    );
    assert_eq!(folder.run(&["context", "project", "--include", ".env"]).command().output().unwrap().stderr, b"");
}

/// The first five are named, all on one line, with control characters escaped.
#[test]
fn every_output_reports_excluded_secrets() {
    let names = [".env", ".env.a\u{1b}b", ".env.c", ".env.d", ".env.e", ".env.f", ".env.g"];
    let folder = names.iter().fold(Folder::hello(), |folder, name| folder.file(name, ""));
    for arguments in [&["context"][..], &["stage", "--into", "out"], &["build", "--dry-run"]] {
        let output = folder.run(arguments).command().output().unwrap();
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "excluded as secrets: .env, .env.a\\u{1b}b, .env.c, .env.d, .env.e and 2 more \
             (to include one: --include PATH)\n",
            "{arguments:?}"
        );
    }
}

/// Files that are too large to read ahead stay closed until they are written.
#[test]
fn a_context_may_have_more_files_than_a_process_may_open() {
    let files = (0..200).fold(Folder::hello(), |folder, n| folder.file(&format!("data/{n}"), vec![b'x'; 40_000]));
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 48 && exec \"$0\" context .", env!("CARGO_BIN_EXE_agentix-gen")]);
    let output = shell.current_dir(files.path("")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.len() > 200 * 40_000);
}
