//! The `init` command.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::run::{Folder, HELLO};

const GIT: &str = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['x @ git+https://git.example.org/x']\n";

fn read(folder: &Folder, path: &str) -> String {
    fs::read_to_string(folder.path(path)).unwrap()
}

/// Removes the `#` before each key, except `entrypoint`.
fn uncommented(manifest: &str) -> String {
    let is_key = |line: &str| line.split(' ').nth(1) == Some("=") && !line.starts_with("entrypoint");
    let lines = manifest.lines().map(|line| line.strip_prefix("# ").filter(|line| is_key(line)).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The table changes nothing: neither as it is written, nor with the values that it shows.
#[test]
fn the_dockerfile_stays_the_same() {
    let uv = format!("{HELLO}[tool.uv]\n");
    let scripts = format!("{HELLO}[project.scripts]\nserve = 'hello:main'\n");
    let dotted = format!("tool.uv.package = true\n{HELLO}");
    let windows = HELLO.replace('\n', "\r\n");
    // A build backend would not read the mark of a package.
    let mark = format!("\u{feff}{HELLO}[tool.uv]\n");
    for manifest in
        [HELLO, HELLO.trim_end(), &uv, &scripts, &dotted, &windows, &mark, "[tool.poetry]\nname = 'x'\nversion = '1'\n"]
    {
        let folder = Folder::with("pyproject.toml", manifest);
        let before = folder.run(&["plan"]).prints();
        let dockerfile = folder.run(&[]).prints();
        let table = folder.run(&["init", "--dry-run"]).ends(0).stdout;
        assert_eq!(read(&folder, "pyproject.toml"), manifest);
        folder.run(&["init"]).ends(0);
        assert_eq!(folder.run(&["plan"]).prints(), before, "{manifest}");
        let written = read(&folder, "pyproject.toml");
        let added = written.strip_prefix(manifest).unwrap();
        assert_eq!(added.replace('\r', "").trim_start(), table);
        assert_eq!(added.contains('\r'), manifest.contains('\r'));
        let explicit = uncommented(&written);
        assert!(explicit.contains("\ntag = ["), "{explicit}");
        assert_eq!(folder.file("pyproject.toml", explicit).run(&[]).prints(), dockerfile, "{manifest}");
    }
}

#[test]
fn what_is_decided_is_shown() {
    let folder =
        Folder::with("pyproject.toml", format!("{HELLO}[tool.uv]\n[project.scripts]\nb = 'b:b'\nhello = 'a:a'\n"));
    let printed = folder.run(&["init"]).ends(0);
    assert_eq!(printed.stdout, "");
    for line in ["tag = [\"hello:1.0\"]  # name and version\n", "installer = \"uv\"  # [tool.uv]\n"] {
        assert!(printed.stderr.contains(line), "{}", printed.stderr);
        assert!(read(&folder, "pyproject.toml").contains(&format!("\n# {line}")), "{}", printed.stderr);
    }
    assert!(printed.stderr.ends_with("wrote [tool.agentix] to ./pyproject.toml\n"), "{}", printed.stderr);
    let program = "\n# entrypoint = [\"/nix/runtime/bin/hello\"]  # ";
    assert!(read(&folder, "pyproject.toml").contains(program));
}

/// A dependency in a git repository is refused without git.
#[test]
fn a_project_that_needs_git_gets_it() {
    let folder = Folder::with("pyproject.toml", GIT);
    folder.run(&[]).refused();
    folder.run(&["init", "."]).ends(0);
    let text = read(&folder, "pyproject.toml");
    assert!(
        text.contains("\nbuild-apt = [\"git\"]  # x @ git+https://git.example.org/x is in a git repository\n"),
        "{text}"
    );
    assert!(folder.run(&[]).prints().contains("git"));
}

/// A repository behind ssh also needs a client and an agent.
#[test]
fn a_project_that_needs_ssh_gets_it() {
    let folder = Folder::with("pyproject.toml", GIT.replace("git+https://", "git+ssh://git@"));
    let refused = folder.run(&[]).refused();
    assert!(refused.contains("build-apt = [\"git\", \"openssh-client\"]"), "{refused}");
    folder.run(&["init", "."]).ends(0);
    let text = read(&folder, "pyproject.toml");
    for line in
        ["\nbuild-apt = [\"git\", \"openssh-client\"]  # x @ git+ssh://", "\nssh = [\"default\"]  # x @ git+ssh://"]
    {
        assert!(text.contains(line), "{text}");
    }
    assert!(folder.run(&[]).prints().contains("--mount=type=ssh,id=default,required=true"));
}

/// The default tag needs a version. A project with a static one needs nothing.
#[test]
fn without_a_manifest_one_is_written_only_if_it_is_needed() {
    let folder = Folder::with("app/setup.py", "from setuptools import setup\nsetup()\n")
        .file("app/PKG-INFO", "Metadata-Version: 2.1\nName: app\nVersion: 1.0\n");
    let printed = folder.run(&["init", "app"]).ends(0);
    let nothing = "nothing is written: the project needs no app/pyproject.toml\n";
    assert!(printed.stdout.is_empty() && printed.stderr.ends_with(nothing), "{printed:?}");
    assert_eq!(folder.paths(), ["app", "app/PKG-INFO", "app/setup.py"]);
    let folder = Folder::with("app/requirements.txt", "x @ git+https://git.example.org/x\n");
    folder.run(&["app"]).refused();
    folder.run(&["init", "app"]).ends(0);
    assert_eq!(folder.paths(), ["app", "app/pyproject.toml", "app/requirements.txt"]);
    let text = read(&folder, "app/pyproject.toml");
    assert!(text.starts_with("[tool.agentix]\n"), "{text}");
    for line in ["\ntag = [\"app:latest\"]  # the project has no version\n", "\nbuild-apt = [\"git\"]  # "] {
        assert!(text.contains(line), "{text}");
    }
    folder.run(&["app"]).prints();
}

#[test]
fn a_table_is_never_overwritten() {
    for table in ["[tool.agentix]\n", "[tool]\nagentix.tag = 'a:1'\n", "[tool.agentix.label]\na = 'b'\n"] {
        let manifest = format!("{HELLO}{table}");
        let folder = Folder::with("pyproject.toml", &manifest);
        for arguments in [&["init"][..], &["init", "--dry-run"]] {
            let refused = folder.run(arguments).refused();
            let message = "error: ./pyproject.toml has [tool.agentix] already, which is not changed\n";
            assert!(refused.starts_with(message), "{refused}");
        }
        assert_eq!(read(&folder, "pyproject.toml"), manifest);
    }
    let inline = format!("tool = {{ ruff = {{}} }}\n{HELLO}");
    let folder = Folder::with("pyproject.toml", &inline);
    let refused = folder.run(&["init"]).refused();
    assert!(refused.starts_with("error: ./pyproject.toml: `tool` is written in a form "), "{refused}");
    assert_eq!(folder.paths(), ["pyproject.toml"]);
    assert_eq!(read(&folder, "pyproject.toml"), inline);
}

#[test]
fn the_file_behind_a_link_is_extended_and_keeps_its_mode() {
    let folder = Folder::with("shared/manifest.toml", HELLO);
    fs::set_permissions(folder.path("shared/manifest.toml"), Permissions::from_mode(0o600)).unwrap();
    symlink("shared/manifest.toml", folder.path("pyproject.toml")).unwrap();
    folder.run(&["init"]).ends(0);
    assert!(folder.path("pyproject.toml").is_symlink());
    assert!(read(&folder, "shared/manifest.toml").contains("[tool.agentix]"));
    assert_eq!(fs::metadata(folder.path("shared/manifest.toml")).unwrap().permissions().mode() & 0o777, 0o600);
}
