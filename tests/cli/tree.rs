//! `files --tree`: sizes, the largest first.

use std::process::Command;

use crate::run::Folder;

fn project() -> Folder {
    Folder::hello()
        .file("small/one", "1")
        .file("large/deep/two", vec![b'x'; 3000])
        .file("large/deep/three", vec![b'x'; 10])
        .file("middle", vec![b'x'; 500])
        .file(".env", "TOKEN=1")
        .file(".dockerignore", "ignored\n")
        .file("ignored", "")
        .file(".venv/pyvenv.cfg", "")
}

#[test]
fn the_tree_has_the_largest_first() {
    let shown = project().run(&["files", "--tree"]).prints();
    let manifest = std::fs::metadata(project().path("pyproject.toml")).unwrap().len();
    let total = manifest + 3010 + 500 + 1 + 8;
    assert_eq!(
        shown,
        format!(
            "{:>10}  ./\n   2.9 KiB  ├── large/\n   2.9 KiB  │   └── deep/\n   2.9 KiB  │       ├── two\n      \
             10 B  │       └── three\n     500 B  ├── middle\n{:>10}  ├── pyproject.toml\n       8 B  ├── .dockerignore\n       \
             1 B  ├── small/\n       1 B  │   └── one\n         -  ├── .env  out: a secret: an environment file (.env)\n         \
             -  ├── .venv/  out: a virtual environment\n         -  └── ignored  out: .dockerignore: ignored\n",
            agentix_gen::value::ByteSize::new(total).to_string(),
            format!("{manifest} B"),
        )
    );
}

/// Colour is for terminals, and each kind of rule has one.
#[test]
fn colour_is_only_on_a_terminal() {
    let folder = project();
    let on_terminal = |variable: &str| {
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command"]);
        script.arg(format!("{} files --tree", env!("CARGO_BIN_EXE_agentix-gen"))).arg("/dev/null");
        script.current_dir(folder.path("")).env_remove("CI").env_remove("NO_COLOR").env(variable, "1");
        script.output().map(|output| String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n"))
    };
    let Ok(coloured) = on_terminal("NO_VARIABLE") else { return eprintln!("not run: there is no `script`") };
    for code in ["31m.env", "90m.venv/", "33mignored"] {
        assert!(coloured.contains(&format!("\u{1b}[{code}")), "{code}: {coloured:?}");
    }
    let plain = folder.run(&["files", "--tree"]).prints();
    for variable in ["NO_COLOR", "CI"] {
        assert_eq!(on_terminal(variable).unwrap(), plain);
    }
    assert!(!plain.contains('\u{1b}'));
}
